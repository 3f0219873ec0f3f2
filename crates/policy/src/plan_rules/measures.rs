//! What is measured of a cluster. The rules and the pages use the same numbers.

use super::facts::{ClusterFacts, Plan, PlanFacts};
use crate::parameters::Parameters;
use crate::terms::Ownership;

/// The numbers of a cluster.
#[derive(Clone, Debug, PartialEq)]
pub struct Measures {
    /// The cluster's key.
    pub cluster: u32,
    /// Kindergartens, the centre included.
    pub size: u32,
    /// Kindergartens by ownership, in the order of [`Ownership::ALL`]; those in the register only.
    pub by_ownership: [u32; 3],
    /// Good kindergartens, the centre included.
    pub good: u32,
    /// Mean distance of the members to the centre, in metres; `None` without a centre, or with nobody else to measure.
    pub mean_m: Option<f64>,
    /// Longest distance of a member to the centre, in metres.
    pub farthest_m: Option<f64>,
}

/// The numbers of every cluster of the plan, in its order.
pub fn measure(facts: &PlanFacts, parameters: &Parameters) -> Vec<Measures> {
    let plan = Plan::of(facts);
    plan.clusters().iter().map(|cluster| measured(&plan, cluster, parameters)).collect()
}

pub(super) fn measured(plan: &Plan, cluster: &ClusterFacts, parameters: &Parameters) -> Measures {
    let kindergartens = plan.kindergartens(cluster);
    let good = kindergartens.iter().filter(|each| parameters.is_good(each.grade)).count();
    let mut distances = Vec::new();
    if let Some((centre, from)) =
        plan.centre(cluster).and_then(|centre| Some((centre, centre.usable_position()?)))
    {
        let members = kindergartens.iter().filter(|each| each.id != centre.id);
        distances.extend(
            members.filter_map(|each| each.usable_position()).map(|to| from.distance_m(to)),
        );
    }
    let mean =
        (!distances.is_empty()).then(|| distances.iter().sum::<f64>() / distances.len() as f64);
    Measures {
        cluster: cluster.key,
        size: Plan::ids(cluster).len() as u32,
        by_ownership: by_ownership(kindergartens.iter().map(|each| each.ownership)),
        good: good as u32,
        mean_m: mean,
        farthest_m: distances.into_iter().reduce(f64::max),
    }
}

/// How many of each ownership, in the order of [`Ownership::ALL`].
pub(super) fn by_ownership(all: impl Iterator<Item = Ownership>) -> [u32; 3] {
    let mut counts = [0; 3];
    for ownership in all {
        counts[match ownership {
            Ownership::Public => 0,
            Ownership::InclusivePrivate => 1,
            Ownership::Private => 2,
        }] += 1;
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    #[test]
    fn the_centre_counts_in_the_size_and_not_in_the_mean_distance() {
        let facts = sample::plan();
        let measures = measure(&facts, &Parameters::on(facts.day));
        assert_eq!(
            (measures[0].size, measures[0].by_ownership, measures[0].good),
            (4, [2, 1, 1], 1)
        );
        assert_eq!((measures[0].mean_m, measures[0].farthest_m), (Some(400.0), Some(600.0)));
    }

    #[test]
    fn without_a_centre_there_is_no_distance() {
        let mut facts = sample::plan();
        facts.clusters[0].centres.clear();
        let measures = measure(&facts, &Parameters::on(facts.day));
        assert_eq!((measures[0].mean_m, measures[0].farthest_m), (None, None));
    }
}
