//! What the rules see of a plan: plain facts of one day, gathered by the caller.

use super::{Breach, Rule};
use crate::terms::{Grade, Ownership, RunBy, Status};
use kernel::Date;
use std::collections::{BTreeMap, BTreeSet};

/// A point on the district's own plane.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Position {
    /// Metres to the east of the plane's origin.
    pub x_m: f64,
    /// Metres to the north of it.
    pub y_m: f64,
}

impl Position {
    /// The distance as the crow flies, in metres.
    pub fn distance_m(self, other: Self) -> f64 {
        (self.x_m - other.x_m).hypot(self.y_m - other.y_m)
    }
}

/// A kindergarten as it stands in the register on the plan's day.
#[derive(Clone, Debug, PartialEq)]
pub struct KindergartenFacts {
    /// The register's id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The code of the district in which it lies.
    pub district: String,
    /// Who runs it.
    pub ownership: Ownership,
    /// Its grade.
    pub grade: Grade,
    /// Which level it answers to.
    pub run_by: RunBy,
    /// Whether it runs.
    pub status: Status,
    /// Whether a delegation paper of the district is in force for it on the plan's day.
    pub delegated: bool,
    /// Where it is, on the same plane as all others; `None` while the register has no coordinates.
    pub position: Option<Position>,
    /// The street's name (粤海街道); empty if unknown.
    pub street: String,
    /// The community's name (麻岭社区); empty if unknown.
    pub community: String,
}

/// A cluster of the plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClusterFacts {
    /// The cluster's key within the plan, by which breaches and exceptions name it.
    pub key: u32,
    /// Its name; may be empty in a draft.
    pub name: String,
    /// The ids of what is marked as its centre: one in a lawful plan, none or several in a faulty one.
    pub centres: Vec<String>,
    /// The ids of all its kindergartens, the centre included.
    pub members: Vec<String>,
}

/// A plan and everything that its rules ask.
#[derive(Clone, Debug, PartialEq)]
pub struct PlanFacts {
    /// The district's code.
    pub district: String,
    /// The district's name: 南山区.
    pub district_name: String,
    /// The day on which the plan is to hold.
    pub day: Date,
    /// The register: the district's kindergartens whatever their status, and any other that a cluster names.
    pub kindergartens: Vec<KindergartenFacts>,
    /// The clusters.
    pub clusters: Vec<ClusterFacts>,
    /// Names of clusters elsewhere in the city that stay in use on that day.
    pub names_in_use: Vec<String>,
}

impl ClusterFacts {
    /// How a sentence calls the cluster.
    pub(super) fn title(&self) -> String {
        let name = self.name.trim();
        if name.is_empty() {
            format!("{} 号学区（未命名）", self.key)
        } else {
            name.to_owned()
        }
    }

    pub(super) fn breach(
        &self,
        rule: Rule,
        kindergartens: Vec<String>,
        text: String,
        remedy: String,
    ) -> Breach {
        Breach { rule, cluster: Some(self.key), kindergartens, text, remedy }
    }
}

/// The facts with the register at hand by id.
pub(super) struct Plan<'a> {
    pub(super) facts: &'a PlanFacts,
    register: BTreeMap<&'a str, &'a KindergartenFacts>,
}

impl<'a> Plan<'a> {
    pub(super) fn of(facts: &'a PlanFacts) -> Self {
        Self {
            facts,
            register: facts.kindergartens.iter().map(|each| (each.id.as_str(), each)).collect(),
        }
    }

    pub(super) fn clusters(&self) -> &'a [ClusterFacts] {
        &self.facts.clusters
    }

    pub(super) fn find(&self, id: &str) -> Option<&'a KindergartenFacts> {
        self.register.get(id).copied()
    }

    /// Each id of the cluster once, members first, then a centre that is not among them.
    pub(super) fn ids(cluster: &'a ClusterFacts) -> Vec<&'a str> {
        let mut seen = BTreeSet::new();
        let all = cluster.members.iter().chain(&cluster.centres).map(String::as_str);
        all.filter(|id| seen.insert(*id)).collect()
    }

    /// The cluster's kindergartens that are in the register, each once.
    pub(super) fn kindergartens(&self, cluster: &'a ClusterFacts) -> Vec<&'a KindergartenFacts> {
        Self::ids(cluster).into_iter().filter_map(|id| self.find(id)).collect()
    }

    /// Whatever is marked as the centre and is in the register.
    pub(super) fn centres(&self, cluster: &'a ClusterFacts) -> Vec<&'a KindergartenFacts> {
        cluster.centres.iter().filter_map(|id| self.find(id)).collect()
    }

    /// The centre, if exactly one is marked and it is in the register.
    pub(super) fn centre(&self, cluster: &'a ClusterFacts) -> Option<&'a KindergartenFacts> {
        match cluster.centres.as_slice() {
            [only] => self.find(only),
            _ => None,
        }
    }

    /// The district's kindergartens that run.
    pub(super) fn open_in_district(&self) -> impl Iterator<Item = &'a KindergartenFacts> + use<'a> {
        let facts = self.facts;
        let open = |each: &&KindergartenFacts| each.status == Status::Open;
        facts.kindergartens.iter().filter(|each| each.district == facts.district).filter(open)
    }
}

impl KindergartenFacts {
    /// The position, if it is one that can be measured from.
    pub(super) fn usable_position(&self) -> Option<Position> {
        self.position.filter(|position| position.x_m.is_finite() && position.y_m.is_finite())
    }
}

/// How many names a sentence lists before it says 等.
const NAMES_IN_A_SENTENCE: usize = 5;

/// `青禾幼儿园、星海幼儿园` or, of many, the first five and 等.
pub(super) fn names<'n>(all: impl IntoIterator<Item = &'n str>) -> String {
    let all: Vec<&str> = all.into_iter().collect();
    let listed = all.iter().take(NAMES_IN_A_SENTENCE).copied().collect::<Vec<_>>().join("、");
    if all.len() > NAMES_IN_A_SENTENCE { format!("{listed}等") } else { listed }
}
