//! The nouns: a post with its holder, and what is asked for.

mod files;

use kernel::{
    ClusterId, Date, KindergartenId, OPEN_END, Permission, PersonId, Place, PostId, PostKind,
    PostScope, coded,
};
use policy::RunBy;
use registry::imports;
use serde::{Deserialize, Serialize};

pub use files::{
    Becomes, Field, Finding, Holder, Judged, Known, Namesake, PlaceState, PostRow, Preview,
    PreviewedPosts, Staged, Stand, Summary, Told,
};

/// Longest name of a person, in characters.
pub const LONGEST_NAME: usize = 40;
/// Longest number of a letter.
pub const LONGEST_PAPER: usize = 60;

/// A post with its holder, as lists show it.
#[derive(Debug, Clone)]
pub struct Holding {
    /// The post.
    pub id: PostId,
    /// Who holds it.
    pub person: PersonId,
    /// His or her name.
    pub name: String,
    /// Which post.
    pub kind: PostKind,
    /// Where it stands.
    pub scope: PostScope,
    /// The cluster's or kindergarten's name on the day of the list.
    pub at: String,
    /// The district in which that lies.
    pub district: String,
    /// Its name.
    pub district_name: String,
    /// Which term in a row, for inspectors.
    pub term: Option<i64>,
    /// The letter's number; may be empty.
    pub paper_number: String,
    /// Why it ended before its time; may be empty.
    pub end_reason: String,
    /// The letter that ended it; may be empty.
    pub end_paper_number: String,
    /// First day.
    pub from: Date,
    /// First day on which it no longer holds.
    pub to: Date,
}

impl Holding {
    /// The page of the cluster or kindergarten in which it stands.
    pub fn place_href(&self) -> String {
        match &self.scope {
            PostScope::Cluster(id) => format!("/clusters/{id}"),
            PostScope::Kindergarten(id) => format!("/kindergartens/{id}"),
            PostScope::District(code) => format!("/districts/{code}"),
            PostScope::City => "/city".to_owned(),
        }
    }
    /// The last day, if one is known.
    pub fn last_day(&self) -> Option<Date> {
        if self.to >= OPEN_END { None } else { self.to.pred_opt() }
    }
    /// In which part of its life it is on `day`.
    pub fn state_on(&self, day: Date) -> State {
        if day < self.from {
            State::Coming
        } else if self.to <= day {
            State::Ended
        } else if self.to.signed_duration_since(day).num_days() <= SOON_DAYS as i64 {
            State::Ending
        } else {
            State::Held
        }
    }
}

/// What ends within so many days is shown as ending.
pub const SOON_DAYS: u64 = 90;

coded! {
    /// Which part of a post's life a list shows.
    State {
        /// Held on the day of the list.
        Held = "held", "在任";
        /// Held, and ending within 90 days.
        Ending = "ending", "90 天内到期";
        /// Ended before the day.
        Ended = "ended", "已离任";
        /// Beginning after the day.
        Coming = "coming", "待到任";
    }
}

/// Which posts a list shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Of this district.
    pub district: Option<String>,
    /// In this cluster (the cluster's own posts).
    pub cluster: Option<ClusterId>,
    /// In this kindergarten.
    pub kindergarten: Option<KindergartenId>,
    /// Of this person.
    pub person: Option<PersonId>,
    /// Of this kind.
    pub kind: Option<PostKind>,
    /// In this part of their life; none shows all.
    pub state: Option<State>,
    /// With this text in the holder's name.
    pub text: String,
}

/// Who is to be appointed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Who {
    /// Somebody who is known here.
    Known(PersonId),
    /// Somebody who is entered by name.
    New(String),
}

/// A post to be given.
#[derive(Debug, Clone)]
pub struct Appointment {
    /// Which.
    pub kind: PostKind,
    /// Where: a cluster or a kindergarten.
    pub scope: PostScope,
    /// To whom.
    pub who: Who,
    /// First day.
    pub from: Date,
    /// First day on which it no longer holds.
    pub to: Date,
    /// The letter's number.
    pub paper_number: String,
    /// The term that the letter states, when earlier terms are not recorded here.
    pub stated_term: Option<i64>,
    /// That a new name which is known already is somebody else's (同名不同人).
    pub is_namesake: bool,
    /// The head who makes room on the first day, as the form showed it.
    pub replaces: Option<PostId>,
}

/// How a post ends before its time.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ending {
    /// First day on which it no longer holds.
    pub on: Date,
    /// Why.
    pub reason: String,
    /// The letter's number; a kindergarten settles its own liaison without one.
    pub paper_number: String,
}

/// Posts that are given on one form, with one permission.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Door {
    /// 2.1.3-6, -7: by the supervision office.
    Inspectors,
    /// 2.1.3-9: by the research office.
    Leads,
    /// 2.1.3-9: by the training office.
    Trainers,
    /// 2.1.3-2, -3: by the bureau to which the kindergarten answers.
    Heads,
    /// 2.1.3-8: by the kindergarten.
    Liaisons,
}

impl Door {
    /// Every door.
    pub const ALL: [Self; 5] =
        [Self::Inspectors, Self::Leads, Self::Trainers, Self::Heads, Self::Liaisons];
    /// The posts that are given here.
    pub const fn kinds(self) -> &'static [PostKind] {
        match self {
            Self::Inspectors => &[PostKind::FullTimeInspector, PostKind::PartTimeInspector],
            Self::Leads => &[PostKind::ResearchLead],
            Self::Trainers => &[PostKind::Trainer],
            Self::Heads => &[PostKind::Principal, PostKind::ActingHead],
            Self::Liaisons => &[PostKind::Liaison],
        }
    }
    /// The door of a kind of post; none for posts that the security administrator gives.
    pub fn of(kind: PostKind) -> Option<Self> {
        Self::ALL.into_iter().find(|door| door.kinds().contains(&kind))
    }
    /// Its folder in addresses.
    pub const fn folder(self) -> &'static str {
        match self {
            Self::Inspectors => "inspectors",
            Self::Leads => "leads",
            Self::Trainers => "trainers",
            Self::Heads => "heads",
            Self::Liaisons => "liaisons",
        }
    }
    /// The files that are brought here; none where one post is given at a time.
    pub const fn import(self) -> Option<imports::Kind> {
        match self {
            Self::Inspectors => Some(imports::Kind::Inspectors),
            Self::Leads => Some(imports::Kind::Leads),
            Self::Trainers => Some(imports::Kind::Trainers),
            Self::Heads => Some(imports::Kind::Heads),
            Self::Liaisons => None,
        }
    }
    /// The permission with which posts are given here.
    pub const fn permission(self) -> Permission {
        match self {
            Self::Inspectors => Permission::AppointInspectors,
            Self::Leads => Permission::AppointLeads,
            Self::Trainers => Permission::AppointTrainers,
            Self::Heads => Permission::AppointHeads,
            Self::Liaisons => Permission::AppointLiaison,
        }
    }
    /// What is done here.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Inspectors => "聘任责任督学",
            Self::Leads => "聘任兼职教研员",
            Self::Trainers => "聘任兼职培训师",
            Self::Heads => "任命园长或主持工作人员",
            Self::Liaisons => "确定兼职视导员",
        }
    }
}

/// Somebody entered by name together with a post that stands already: for taking over what is in force.
#[derive(Debug, Clone)]
pub struct NewHolder {
    /// The name.
    pub name: String,
    /// Which post.
    pub kind: PostKind,
    /// Where.
    pub scope: PostScope,
    /// First day.
    pub from: Date,
    /// First day on which it no longer holds.
    pub to: Date,
    /// Which term in a row, for inspectors.
    pub term: Option<i64>,
    /// The letter's number.
    pub paper_number: String,
}

/// A cluster or kindergarten in which a post can stand, on a day.
#[derive(Debug, Clone)]
pub struct Ground {
    /// The post's scope there.
    pub scope: PostScope,
    /// Its name.
    pub name: String,
    /// The code of its district.
    pub district: String,
    /// The name of its district.
    pub district_name: String,
    /// The place of its district.
    pub place: Place,
    /// Whom it answers to; a cluster answers to its district.
    pub run_by: RunBy,
    /// The cluster itself, or the one in which the kindergarten is.
    pub cluster: Option<ClusterId>,
}

/// A stretch of service as an inspector.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// First day.
    pub from: Date,
    /// First day after.
    pub to: Date,
    /// The term that a letter states.
    pub term: Option<i64>,
}
