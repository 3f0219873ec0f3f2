//! A kindergarten as the store knows it: its facts with the days on which they hold, its cluster, its papers.

use geography::Point;
use kernel::{ClusterId, Date, KindergartenId, Moment, PaperId, Place, coded};
use policy::{Grade, Ownership, RunBy, Status};
use serde::{Deserialize, Serialize};

use super::Facts;

coded! {
    /// What a kindergarten is in its cluster.
    Role {
        /// 学区中心园
        Centre = "centre", "中心园";
        /// 学区成员园
        Member = "member", "成员园";
    }
}

/// The number of a stored state. It changes with every change, so who shows it can later tell whether somebody was first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct StateNumber(pub i64);

/// The cluster in which a kindergarten is on the day that was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InCluster {
    /// The cluster.
    pub id: ClusterId,
    /// Its name on that day.
    pub name: String,
    /// What the kindergarten is in it.
    pub role: Role,
    /// Since when, in this role and by this decision.
    pub since: Date,
}

/// One kindergarten on one day.
#[derive(Debug, Clone, PartialEq)]
pub struct Kindergarten {
    /// Its id.
    pub id: KindergartenId,
    /// What is known of it on that day.
    pub facts: Facts,
    /// Where it lies in the administrative tree.
    pub place: Place,
    /// The stored state that holds on that day.
    pub state: StateNumber,
    /// First day of that state.
    pub since: Date,
    /// First day after that state; [`kernel::OPEN_END`] while nothing later is known.
    pub until: Date,
    /// Its cluster on that day.
    pub cluster: Option<InCluster>,
    /// Whether a delegation paper (2.1.2-6) is in force for it on that day.
    pub delegated: bool,
}

/// One state in a kindergarten's history.
#[derive(Debug, Clone, PartialEq)]
pub struct State {
    /// Its number.
    pub number: StateNumber,
    /// What held.
    pub facts: Facts,
    /// From this day,
    pub from: Date,
    /// before this day.
    pub to: Date,
    /// Why it began.
    pub cause: String,
    /// When it was entered.
    pub recorded_at: Moment,
}

/// A stay of a kindergarten in a cluster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stay {
    /// The cluster, under its name on the first day.
    pub cluster: InCluster,
    /// It ends before this day.
    pub to: Date,
    /// The document that decided it.
    pub paper_number: String,
}

/// A delegation paper (委托书): by it a city-run kindergarten may be a centre (2.1.2-6).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Delegation {
    /// Its id.
    pub id: PaperId,
    /// Its document number.
    pub number: String,
    /// The date on it.
    pub dated: Date,
    /// In force from this day,
    pub from: Date,
    /// before this day.
    pub to: Date,
}

/// What an import must know of a kindergarten to compare with it and to change it.
#[derive(Debug, Clone, PartialEq)]
pub struct Known {
    /// Its id.
    pub id: KindergartenId,
    /// The state compared with.
    pub state: StateNumber,
    /// What holds.
    pub facts: Facts,
}

/// A change of one kindergarten's facts, made in view of one state.
#[derive(Debug, Clone, PartialEq)]
pub struct Revision {
    /// The kindergarten.
    pub id: KindergartenId,
    /// The state that was seen; if it is no longer the one that holds, the change is stale.
    pub seen: StateNumber,
    /// What holds from now on. The register id stays what it is.
    pub facts: Facts,
}

/// Which kindergartens a list shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// In this district.
    pub district: Option<String>,
    /// In this street.
    pub street: Option<String>,
    /// Of this ownership.
    pub ownership: Option<Ownership>,
    /// Of this grade.
    pub grade: Option<Grade>,
    /// Answering to this level; where nothing was stated, to the district.
    pub run_by: Option<RunBy>,
    /// Open, suspended or closed.
    pub status: Option<Status>,
    /// In this cluster, or in none.
    pub cluster: Option<ClusterFilter>,
    /// With this text in its name, register id or national code.
    pub text: String,
    /// Without a national code.
    pub without_code: bool,
}

/// Of clusters, what a list may be filtered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClusterFilter {
    /// In this one.
    In(ClusterId),
    /// In none.
    Without,
}

/// What a plan asks of a kindergarten.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// Its id.
    pub id: KindergartenId,
    /// The register's own id.
    pub register_id: String,
    /// Its name.
    pub name: String,
    /// The code of its district.
    pub district: String,
    /// The code of its street, if known.
    pub street: Option<String>,
    /// The community's name; empty if unknown.
    pub community: String,
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
}

/// A kindergarten as a point on a map.
#[derive(Debug, Clone, PartialEq)]
pub struct Site {
    /// Its id.
    pub id: KindergartenId,
    /// Its name.
    pub name: String,
    /// Where it stands, WGS-84.
    pub point: Point,
    /// Who runs it.
    pub ownership: Ownership,
    /// Its grade.
    pub grade: Grade,
    /// Its cluster on the day.
    pub cluster: Option<InCluster>,
}

impl From<&Kindergarten> for Site {
    fn from(whole: &Kindergarten) -> Self {
        Self {
            id: whole.id,
            name: whole.facts.name.to_string(),
            point: whole.facts.point,
            ownership: whole.facts.ownership,
            grade: whole.facts.grade,
            cluster: whole.cluster.clone(),
        }
    }
}
