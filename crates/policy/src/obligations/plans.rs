//! What the plan rules decide: their breaches, turned into a verdict for every cluster or kindergarten.

use super::{Facts, Obligation, Places, Scope, Verdict, Verdicts};
use crate::plan_rules::{Breach, Exception, Rule};
use crate::terms::RunBy;
use kernel::Date;
use std::collections::{BTreeMap, BTreeSet};

/// The rules that decide an obligation: those that cite its clause, and for `2.1.2-1`, whose sentence it is, also that a
/// district divides only its own (`2.1.2`).
fn rules(obligation: &Obligation) -> Vec<Rule> {
    let id = obligation.id();
    let decides =
        |rule: &&Rule| rule.clause().id == id || (id == "2.1.2-1" && **rule == Rule::OneDistrict);
    Rule::ALL.iter().filter(decides).copied().collect()
}

pub(super) fn verdicts(
    obligation: &Obligation,
    facts: &Facts,
    places: &Places,
    breaches: &[Vec<Breach>],
) -> Option<Verdicts> {
    let rules = rules(obligation);
    if rules.is_empty() {
        return None;
    }
    match obligation.scope {
        Scope::Cluster => Some(at_clusters(&rules, facts, breaches)),
        Scope::Kindergarten => Some(at_kindergartens(&rules, places, breaches)),
        Scope::City | Scope::District => None,
    }
}

fn at_clusters(rules: &[Rule], facts: &Facts, breaches: &[Vec<Breach>]) -> Verdicts {
    let mut verdicts = Vec::new();
    for (district, found) in facts.districts.iter().zip(breaches) {
        let mut by_key: BTreeMap<u32, Vec<&Breach>> = BTreeMap::new();
        for breach in found.iter().filter(|breach| rules.contains(&breach.rule)) {
            if let Some(key) = breach.cluster {
                by_key.entry(key).or_default().push(breach);
            }
        }
        let city_run: BTreeSet<&str> = district
            .plan
            .kindergartens
            .iter()
            .filter(|each| each.run_by == RunBy::City)
            .map(|each| each.id.as_str())
            .collect();
        for cluster in &district.plan.clusters {
            let breaches = by_key.get(&cluster.key).map_or(&[][..], Vec::as_slice);
            // Nearness is measured from the centre, and only a city-run centre needs a paper: without one, nothing is
            // judged. That a centre is missing is the verdict of 2.1.2-4 alone.
            let applies = if rules.contains(&Rule::NearOneAnother) {
                cluster.centres.len() == 1
            } else if rules.contains(&Rule::DelegatedCentre) {
                cluster.centres.iter().any(|centre| city_run.contains(centre.as_str()))
            } else {
                true
            };
            let applies = applies || !breaches.is_empty();
            verdicts.push(applies.then(|| weighed(breaches, &district.exceptions, facts.day)));
        }
    }
    verdicts
}

/// Met without a breach; excepted if each breach is; else failed for what is not.
fn weighed(breaches: &[&Breach], exceptions: &[Exception], day: Date) -> Verdict {
    let mut lifted = None;
    let mut reasons = Vec::new();
    for breach in breaches {
        match exceptions.iter().find(|exception| exception.lifts(breach, day)) {
            Some(exception) => lifted = Some(exception.clone()),
            None => reasons.push(breach.text.as_str()),
        }
    }
    match (reasons.is_empty(), lifted) {
        (false, _) => Verdict::Failed(reasons.join("；")),
        (true, Some(exception)) => Verdict::Excepted(exception),
        (true, None) => Verdict::Met,
    }
}

fn at_kindergartens(rules: &[Rule], places: &Places, breaches: &[Vec<Breach>]) -> Verdicts {
    let mut reasons: BTreeMap<&str, &Breach> = BTreeMap::new();
    for breach in breaches.iter().flatten().filter(|breach| rules.contains(&breach.rule)) {
        for id in &breach.kindergartens {
            reasons.entry(id).or_insert(breach);
        }
    }
    let only_placed = rules.contains(&Rule::OneClusterEach);
    let verdict = |place: &super::Place| {
        if only_placed && place.cluster.is_none() {
            // Nothing to be twice in; that it is in none is the verdict of 1.2-2.
            return None;
        }
        Some(match reasons.get(place.id.as_str()) {
            None => Verdict::Met,
            Some(_) if place.cluster.is_none() => {
                Verdict::Failed(format!("{}在办，未编入任何学区", place.name))
            }
            Some(_) if !place.is_open => {
                Verdict::Failed(format!("{}不在办，仍列在学区中", place.name))
            }
            Some(breach) => Verdict::Failed(breach.text.clone()),
        })
    };
    places.of(Scope::Kindergarten).iter().map(verdict).collect()
}
