//! What the checks see: a city on one day. What no record tells yet is absent, and absent is not the same as none.

use super::Scope;
use crate::parameters::Parameters;
use crate::plan_rules::{Exception, PlanFacts};
use crate::terms::{RunBy, Status};
use kernel::Date;
use std::collections::{BTreeMap, BTreeSet};

/// A city on a day.
#[derive(Clone, Debug)]
pub struct Facts {
    /// The city's code.
    pub city: String,
    /// Its name.
    pub city_name: String,
    /// The day of which all of this is true.
    pub day: Date,
    /// The figures that hold for the city as a whole.
    pub parameters: Parameters,
    /// Its districts in official order.
    pub districts: Vec<DistrictFacts>,
    /// Who holds which post; each part absent until its records exist.
    pub institutions: Institutions,
    /// What the register and the accounts say beside the clusters themselves.
    pub register: Register,
}

/// What the register and the accounts say beside the clusters themselves. Absent is not the same as none.
#[derive(Clone, Debug, Default)]
pub struct Register {
    /// Under which names institutions are registered and accounts are held, as far as they speak of a cluster (`2.1.2-7`).
    pub holders: Option<Vec<String>>,
    /// The kindergartens that answer to another level than before they joined their cluster: before and now (`2.1.2-8`).
    pub taken_over: Option<BTreeMap<String, (RunBy, RunBy)>>,
}

/// A district on the day: its clusters in force seen as a plan.
#[derive(Clone, Debug)]
pub struct DistrictFacts {
    /// The clusters in force, their kindergartens and everything that the plan rules ask.
    pub plan: PlanFacts,
    /// The record's id of each cluster of the plan, in the plan's order.
    pub cluster_ids: Vec<String>,
    /// The exceptions in force on the day, by the plan's keys of the clusters.
    pub exceptions: Vec<Exception>,
    /// The figures that hold in the district.
    pub parameters: Parameters,
}

/// Who holds which post on the day. Clusters, kindergartens and persons are named by their ids; a place that a map does
/// not hold has none.
#[derive(Clone, Debug, Default)]
pub struct Institutions {
    /// The principal or acting head of each kindergarten that has one.
    pub principals: Option<BTreeMap<String, String>>,
    /// The committees in office.
    pub committees: Option<Vec<Committee>>,
    /// Inspectors in office by cluster.
    pub inspectors: Option<BTreeMap<String, Inspectors>>,
    /// How many liaisons each kindergarten has.
    pub liaisons: Option<BTreeMap<String, u32>>,
    /// Leads and trainers by cluster.
    pub researchers: Option<BTreeMap<String, Researchers>>,
    /// The names of the party organisations to which each kindergarten belongs.
    pub party_organisations: Option<BTreeMap<String, Vec<String>>>,
}

/// A committee in office.
#[derive(Clone, Debug)]
pub struct Committee {
    /// Its cluster.
    pub cluster: String,
    /// The person in the chair; `None` while vacant.
    pub chair: Option<String>,
    /// Its seats.
    pub seats: Vec<Seat>,
    /// The kindergarten where its office is.
    pub office: Option<String>,
}

/// A seat, which belongs to a kindergarten.
#[derive(Clone, Debug)]
pub struct Seat {
    /// The kindergarten.
    pub kindergarten: String,
    /// The person in it; `None` while vacant.
    pub holder: Option<String>,
}

/// Inspectors of a cluster.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Inspectors {
    /// Full-time (专职).
    pub full_time: u32,
    /// Part-time (兼职).
    pub part_time: u32,
}

/// Those who follow up research and training in a cluster.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Researchers {
    /// Teaching-research leads (教研员).
    pub leads: u32,
    /// Trainers (培训师).
    pub trainers: u32,
}

/// A place at which obligations are judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The record's id or the district's or city's code.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The code of its district; empty for the city.
    pub district: String,
    /// The id of the cluster in which a kindergarten is, or the cluster's own.
    pub cluster: Option<String>,
    /// False for a kindergarten that does not run and stands in a cluster all the same.
    pub is_open: bool,
}

/// All places, by scope.
#[derive(Clone, Debug, Default)]
pub struct Places {
    city: Vec<Place>,
    districts: Vec<Place>,
    clusters: Vec<Place>,
    kindergartens: Vec<Place>,
}

impl Places {
    /// The places of a scope.
    pub fn of(&self, scope: Scope) -> &[Place] {
        match scope {
            Scope::City => &self.city,
            Scope::District => &self.districts,
            Scope::Cluster => &self.clusters,
            Scope::Kindergarten => &self.kindergartens,
        }
    }

    /// Only those that `keep` lets through.
    pub(super) fn within(mut self, keep: impl Fn(Scope, &Place) -> bool) -> Self {
        self.city.retain(|place| keep(Scope::City, place));
        self.districts.retain(|place| keep(Scope::District, place));
        self.clusters.retain(|place| keep(Scope::Cluster, place));
        self.kindergartens.retain(|place| keep(Scope::Kindergarten, place));
        self
    }

    /// District by district: its clusters, its open kindergartens and whatever else stands in its clusters.
    pub(super) fn of_facts(facts: &Facts) -> Self {
        let place = |id: &str, name: &str, district: &str| Place {
            id: id.to_owned(),
            name: name.to_owned(),
            district: district.to_owned(),
            cluster: None,
            is_open: true,
        };
        let mut places =
            Self { city: vec![place(&facts.city, &facts.city_name, "")], ..Self::default() };
        // Only the district in which a kindergarten lies answers for it.
        let mut seen: BTreeSet<&str> = BTreeSet::new();
        for district in &facts.districts {
            let plan = &district.plan;
            let code = plan.district.as_str();
            places.districts.push(place(code, &plan.district_name, code));
            let mut cluster_of: BTreeMap<&str, &String> = BTreeMap::new();
            for (cluster, id) in plan.clusters.iter().zip(&district.cluster_ids) {
                let own = Place { cluster: Some(id.clone()), ..place(id, &cluster.name, code) };
                places.clusters.push(own);
                for member in cluster.members.iter().chain(&cluster.centres) {
                    cluster_of.entry(member).or_insert(id);
                }
            }
            for each in plan.kindergartens.iter().filter(|each| each.district == code) {
                let cluster = cluster_of.get(each.id.as_str()).copied().cloned();
                let is_open = each.status == Status::Open;
                if (is_open || cluster.is_some()) && seen.insert(&each.id) {
                    let own = place(&each.id, &each.name, code);
                    places.kindergartens.push(Place { cluster, is_open, ..own });
                }
            }
        }
        places
    }
}
