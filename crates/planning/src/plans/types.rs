//! The nouns of a plan: what it stands on, what it says, where it stands.

use std::collections::HashMap;

use geography::{Plane, Point};
use kernel::calendar::{Deadline, WorkingDays};
use kernel::{Date, KindergartenId, Moment, PersonId, Place, PlanId, coded};
use policy::plan_rules::{ClusterFacts, KindergartenFacts, PlanFacts, Position};
use policy::{Exception, Grade, Ownership, Parameters, Rule, RunBy, Status};
use serde::{Deserialize, Serialize};

coded! {
    /// Where a plan stands.
    Stage {
        /// May be edited.
        Draft = "draft", "编制中";
        /// Waits for the deputy in charge.
        Submitted = "submitted", "待审批";
        /// May be adopted.
        Approved = "approved", "已批准";
        /// In force from its effective day; frozen.
        Adopted = "adopted", "已公布";
        /// Given up; frozen.
        Withdrawn = "withdrawn", "已撤回";
    }
}

coded! {
    /// What was done with a plan as a whole.
    StepKind {
        /// A draft was begun.
        Drafted = "drafted", "开始编制";
        /// The kindergartens were asked.
        Solicited = "solicited", "征求意见";
        /// It went to the deputy in charge.
        Submitted = "submitted", "提交审批";
        /// It came back with a remark.
        Returned = "returned", "退回修改";
        /// It was approved with its exceptions.
        Approved = "approved", "批准";
        /// It was adopted.
        Adopted = "adopted", "公布实施";
        /// It was given up.
        Withdrawn = "withdrawn", "撤回";
    }
}

/// A kindergarten as a plan sees it.
#[derive(Clone, Debug, PartialEq)]
pub struct Site {
    /// Its id.
    pub id: KindergartenId,
    /// The register's own id.
    pub register_id: String,
    /// Its name.
    pub name: String,
    /// The code of the district in which it lies.
    pub district: String,
    /// Where it stands, WGS-84.
    pub point: Point,
    /// Who runs it.
    pub ownership: Ownership,
    /// Its grade.
    pub grade: Grade,
    /// Which level it answers to.
    pub run_by: RunBy,
    /// Whether it runs.
    pub status: Status,
    /// Whether a delegation paper is in force for it on the day (`2.1.2-6`).
    pub delegated: bool,
    /// The street's name; empty if unknown.
    pub street: String,
    /// The community's name; empty if unknown.
    pub community: String,
}

impl Site {
    /// Whether it may lead a cluster (`2.1.2-4`, `2.1.2-6`).
    pub fn is_eligible(&self, parameters: &Parameters) -> bool {
        self.status == Status::Open
            && (!parameters.centre_must_be_public || self.ownership == Ownership::Public)
            && parameters.is_good(self.grade)
            && (self.run_by == RunBy::District || self.delegated)
    }
}

/// Everything that a plan of a district stands on, as of one day.
#[derive(Clone, Debug)]
pub struct DistrictFacts {
    /// The district's code.
    pub code: String,
    /// Its name: 南山区.
    pub name: String,
    /// The day on which all of this holds.
    pub day: Date,
    /// Its kindergartens whatever their status.
    pub sites: Vec<Site>,
    /// The figures in force.
    pub parameters: Parameters,
    /// Names of clusters in other districts.
    pub names_in_use: Vec<String>,
    plane: Plane,
    by_id: HashMap<KindergartenId, usize>,
}

impl DistrictFacts {
    /// Gathers the facts and spans the district's own plane, on which all distances are measured.
    pub fn new(
        code: impl Into<String>,
        name: impl Into<String>,
        day: Date,
        sites: Vec<Site>,
        parameters: Parameters,
        names_in_use: Vec<String>,
    ) -> Self {
        let points: Vec<Point> = sites.iter().map(|site| site.point).collect();
        let by_id = sites.iter().enumerate().map(|(place, site)| (site.id, place)).collect();
        let (code, name) = (code.into(), name.into());
        Self {
            code,
            name,
            day,
            plane: Plane::around(&points),
            sites,
            parameters,
            names_in_use,
            by_id,
        }
    }

    /// The kindergarten with this id, if the district has it.
    pub fn site(&self, id: KindergartenId) -> Option<&Site> {
        self.by_id.get(&id).map(|&place| &self.sites[place])
    }

    /// What to call a kindergarten in a sentence.
    pub fn name_of(&self, id: KindergartenId) -> String {
        self.site(id).map_or_else(|| id.to_string(), |site| site.name.clone())
    }

    /// The kindergartens that have to be placed: open, and in the district.
    pub fn open(&self) -> impl Iterator<Item = &Site> {
        self.sites.iter().filter(|site| self.must_be_placed(site))
    }

    /// Whether a kindergarten has to be placed.
    pub fn must_be_placed(&self, site: &Site) -> bool {
        site.status == Status::Open && site.district == self.code
    }

    /// Metres east and north on the district's plane.
    pub fn position(&self, site: &Site) -> Position {
        self.position_of(site.point)
    }

    /// Any point on the district's plane.
    pub fn position_of(&self, point: Point) -> Position {
        let (x_m, y_m) = self.plane.xy_m(point);
        Position { x_m, y_m }
    }

    /// Metres between two kindergartens as the crow flies; `None` when one of them is not the district's.
    pub fn distance_m(&self, one: KindergartenId, other: KindergartenId) -> Option<f64> {
        let (one, other) = (self.site(one)?, self.site(other)?);
        Some(self.position(one).distance_m(self.position(other)))
    }

    /// Point on the plane to longitude and latitude.
    pub fn point_at(&self, position: Position) -> Point {
        self.plane.point(position.x_m, position.y_m)
    }

    /// The facts of a content of this district, as the policy's rules ask for them.
    pub fn with(&self, content: &Content) -> PlanFacts {
        let kindergarten = |site: &Site| KindergartenFacts {
            id: site.id.to_string(),
            name: site.name.clone(),
            district: site.district.clone(),
            ownership: site.ownership,
            grade: site.grade,
            run_by: site.run_by,
            status: site.status,
            delegated: site.delegated,
            position: Some(self.position(site)),
            street: site.street.clone(),
            community: site.community.clone(),
        };
        let cluster = |cluster: &Cluster| ClusterFacts {
            key: cluster.key,
            name: cluster.name.clone(),
            centres: cluster.centre.iter().map(ToString::to_string).collect(),
            members: cluster.members.iter().map(ToString::to_string).collect(),
        };
        PlanFacts {
            district: self.code.clone(),
            district_name: self.name.clone(),
            day: self.day,
            kindergartens: self.sites.iter().map(kindergarten).collect(),
            clusters: content.clusters.iter().map(cluster).collect(),
            names_in_use: self.names_in_use.clone(),
        }
    }
}

/// A cluster of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cluster {
    /// Its key within the plan; never used again after it is gone.
    pub key: u32,
    /// Its name; empty only until one is proposed.
    pub name: String,
    /// Its centre, once chosen.
    pub centre: Option<KindergartenId>,
    /// All its kindergartens, the centre included.
    pub members: Vec<KindergartenId>,
    /// Kept as it is by edits and proposals.
    #[serde(default)]
    pub locked: bool,
}

/// What the optimiser proved when it proposed this content.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Proposal {
    /// Sum of all distances to the centres, in metres, as it was proposed.
    pub distance_m: f64,
    /// No lawful plan with at most so many clusters has a smaller sum, in metres.
    pub bound_m: f64,
    /// At most how many clusters were asked for.
    pub clusters: u32,
    /// How many of them were locked: then the bound speaks only of plans that keep them.
    pub locked: u32,
    /// Start of the random numbers.
    pub seed: u64,
    /// Rounds of search.
    pub rounds: u32,
    /// Digest of the sites for which the bound was proven.
    pub sites: u64,
}

/// What a plan says: stored whole as JSON with every version.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Content {
    /// The clusters, in order of key.
    pub clusters: Vec<Cluster>,
    /// Exceptions applied for; the deputy's approval gives them their approver.
    #[serde(default)]
    pub exceptions: Vec<Exception>,
    /// The next key to give.
    pub next_key: u32,
    /// What is known from the optimiser, if it proposed the plan.
    #[serde(default)]
    pub proposal: Option<Proposal>,
}

impl Content {
    /// The cluster with this key.
    pub fn cluster(&self, key: u32) -> Option<&Cluster> {
        self.clusters.iter().find(|cluster| cluster.key == key)
    }

    /// The cluster of a kindergarten.
    pub fn cluster_of(&self, id: KindergartenId) -> Option<&Cluster> {
        self.clusters.iter().find(|cluster| cluster.members.contains(&id))
    }

    /// Open kindergartens of the district that are in no cluster, in the register's order.
    pub fn unassigned(&self, facts: &DistrictFacts) -> Vec<KindergartenId> {
        let placed: std::collections::HashSet<_> =
            self.clusters.iter().flat_map(|cluster| &cluster.members).collect();
        facts.open().map(|site| site.id).filter(|id| !placed.contains(id)).collect()
    }

    /// Sum of the distances of all members to their centres, the number of them and the longest, in metres.
    pub fn distances(&self, facts: &DistrictFacts) -> Distances {
        let mut distances = Distances::default();
        for cluster in &self.clusters {
            let Some(centre) = cluster.centre else { continue };
            for metres in cluster
                .members
                .iter()
                .filter(|&&id| id != centre)
                .filter_map(|&id| facts.distance_m(id, centre))
            {
                distances.total_m += metres;
                distances.farthest_m = distances.farthest_m.max(metres);
                distances.members += 1;
            }
        }
        distances
    }
}

/// How far the members of a plan are from their centres.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Distances {
    /// Sum, in metres.
    pub total_m: f64,
    /// The longest, in metres.
    pub farthest_m: f64,
    /// Members that have a centre to go to, the centres themselves not counted.
    pub members: u32,
}

impl Distances {
    /// The mean, in metres; zero without members.
    pub fn mean_m(&self) -> f64 {
        if self.members == 0 { 0.0 } else { self.total_m / f64::from(self.members) }
    }
}

/// One edit of a plan, as the editor sends it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Change {
    /// A kindergarten goes to another cluster.
    Move {
        /// Which.
        kindergarten: KindergartenId,
        /// The cluster's key.
        to: u32,
    },
    /// A kindergarten becomes the centre of its cluster.
    Centre {
        /// Which.
        kindergarten: KindergartenId,
    },
    /// Some kindergartens of a cluster become a cluster of their own.
    Split {
        /// The cluster they leave.
        cluster: u32,
        /// Which.
        kindergartens: Vec<KindergartenId>,
        /// The new cluster's centre, one of them.
        #[serde(default)]
        centre: Option<KindergartenId>,
    },
    /// A cluster goes up in another.
    Merge {
        /// The one that ends.
        cluster: u32,
        /// The one that takes its members and keeps its own centre and name.
        into: u32,
    },
    /// Another name.
    Rename {
        /// The cluster.
        cluster: u32,
        /// The name.
        name: String,
    },
    /// Locks or unlocks.
    Lock {
        /// The cluster.
        cluster: u32,
        /// Which of the two.
        locked: bool,
    },
    /// A kindergarten leaves its cluster and waits to be placed.
    Unassign {
        /// Which.
        kindergarten: KindergartenId,
    },
    /// Applies for an exception.
    Except {
        /// From which rule.
        rule: Rule,
        /// For which cluster.
        cluster: Option<u32>,
        /// Why.
        reason: String,
        /// The last day on which it is to hold.
        until: Date,
    },
    /// Applies for exceptions from all in-principle breaches that have none yet.
    ExceptAll {
        /// Why.
        reason: String,
        /// The last day on which they are to hold.
        until: Date,
    },
    /// Takes an application back.
    Unexcept {
        /// From which rule.
        rule: Rule,
        /// For which cluster.
        cluster: Option<u32>,
    },
    /// Back to the content before the last edit.
    Undo,
    /// Forward again after an undo.
    Redo,
}

/// A plan with its current version.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Its id.
    pub id: PlanId,
    /// Its name.
    pub name: String,
    /// Its district's code.
    pub district: String,
    /// Its district's name.
    pub district_name: String,
    /// Its district's place.
    pub place: Place,
    /// Where it stands.
    pub stage: Stage,
    /// Who began it.
    pub drafted_by: String,
    /// When it was begun.
    pub drafted_at: Moment,
    /// The document number, once adopted.
    pub paper_number: Option<String>,
    /// The first day in force, once adopted.
    pub effective_on: Option<Date>,
    /// The current version.
    pub version: Version,
}

impl Plan {
    /// Whether it can still be edited.
    pub fn is_draft(&self) -> bool {
        self.stage == Stage::Draft
    }
    /// Whether its current version was approved, and its exceptions with it.
    pub fn is_approved(&self) -> bool {
        matches!(self.stage, Stage::Approved | Stage::Adopted)
    }
    /// The day whose register a reader of the plan is shown: the effective day of an adopted plan, else today.
    pub fn day(&self, today: Date) -> Date {
        match self.stage {
            Stage::Adopted => self.effective_on.unwrap_or(today),
            _ => today,
        }
    }
}

/// One version of a plan.
#[derive(Clone, Debug)]
pub struct Version {
    /// From 1.
    pub number: i64,
    /// What the plan says.
    pub content: Content,
    /// What was done, as a sentence.
    pub cause: String,
    /// Who did it.
    pub made_by: String,
    /// When.
    pub made_at: Moment,
    /// The version to which an undo goes back.
    pub undo_to: Option<i64>,
    /// The version to which a redo goes forward.
    pub redo_to: Option<i64>,
}

/// One step of a plan's way.
#[derive(Clone, Debug)]
pub struct Step {
    /// What was done.
    pub kind: StepKind,
    /// With which version.
    pub version: i64,
    /// By whom.
    pub person: Option<PersonId>,
    /// The name.
    pub person_name: String,
    /// In which post.
    pub post: String,
    /// When.
    pub at: Moment,
    /// A remark, or what belongs to the step; may be empty.
    pub remark: String,
}

coded! {
    /// What a kindergarten answers when it is asked.
    Answer {
        /// 同意
        Agree = "agree", "同意";
        /// 不同意
        Disagree = "disagree", "不同意";
    }
}

impl Opinion {
    /// The reckoning of the day, which says whether it is provisional; `None` where a day was named.
    pub fn deadline(&self, calendar: &WorkingDays) -> Option<Deadline> {
        Some(calendar.add_working_days(self.asked_at.date(), self.working_days?))
    }
}

/// A kindergarten's opinion of a plan.
#[derive(Clone, Debug)]
pub struct Opinion {
    /// The plan.
    pub plan: PlanId,
    /// The plan's name.
    pub plan_name: String,
    /// The version that was shown.
    pub version: i64,
    /// The kindergarten.
    pub kindergarten: KindergartenId,
    /// The kindergarten's name.
    pub kindergarten_name: String,
    /// The answer, once given.
    pub answer: Option<Answer>,
    /// What else it says.
    pub remark: String,
    /// When it was asked.
    pub asked_at: Moment,
    /// By which day it should answer.
    pub due_on: Date,
    /// In how many working days from being asked that is; `None` where a day was named.
    pub working_days: Option<u16>,
    /// Who answered.
    pub answered_by: Option<String>,
    /// When.
    pub answered_at: Option<Moment>,
}
