//! The nouns: a post with its holder, and what is asked for.

use kernel::{ClusterId, Date, KindergartenId, OPEN_END, PersonId, Place, PostId, PostKind, PostScope, coded};
use policy::RunBy;
use serde::{Deserialize, Serialize};

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
    /// Whether it is held on `day`.
    pub fn is_held_on(&self, day: &Date) -> bool {
        self.from <= *day && *day < self.to
    }
}

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
    /// The head who makes room on the first day, as the form showed it.
    pub replaces: Option<PostId>,
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
