//! `2.1.2-1` 地理位置相对就近: the mean and the farthest distance of the members to the centre, against the district's figure.

use super::facts::{KindergartenFacts, Plan, names};
use super::measures::measured;
use super::{Breach, Rule};
use crate::parameters::Parameters;

const REMEDY: &str = "把偏远的幼儿园调入就近学区，或另选居中的中心园；确需保留的，说明理由报批例外";

/// `2.1.2-1`: members are near their centre. Without a centre nothing is measured; that breach is the centre's. A
/// kindergarten without coordinates can't be judged, which is said rather than passed over.
pub(super) fn near_one_another(plan: &Plan, parameters: &Parameters) -> Vec<Breach> {
    let mut breaches = Vec::new();
    for cluster in plan.clusters() {
        let Some(centre) = plan.centre(cluster) else { continue };
        let title = cluster.title();
        let kindergartens = plan.kindergartens(cluster);
        let ids = |concerned: &[&KindergartenFacts]| {
            concerned.iter().map(|each| each.id.clone()).collect()
        };
        let mut unplaced = kindergartens.clone();
        unplaced.retain(|each| each.usable_position().is_none());
        if !unplaced.is_empty() {
            let listed = names(unplaced.iter().map(|each| each.name.as_str()));
            let text =
                format!("{title}有 {} 所幼儿园没有坐标，无法核对距离：{listed}", unplaced.len());
            breaches.push(cluster.breach(
                Rule::NearOneAnother,
                ids(&unplaced),
                text,
                "补登坐标".to_owned(),
            ));
        }
        let measures = measured(plan, cluster, parameters);
        let mean_limit = parameters.mean_distance_m;
        if let Some(mean) = measures.mean_m.filter(|mean| *mean > f64::from(mean_limit)) {
            let text =
                format!("{title}成员园到中心园平均 {} 米，超过 {mean_limit} 米", mean.ceil());
            breaches.push(cluster.breach(
                Rule::NearOneAnother,
                Vec::new(),
                text,
                REMEDY.to_owned(),
            ));
        }
        let limit = parameters.farthest_distance_m;
        if let Some(farthest) = measures.farthest_m.filter(|farthest| *farthest > f64::from(limit))
        {
            let is_far = |each: &&KindergartenFacts| {
                let pair = centre.usable_position().zip(each.usable_position());
                pair.is_some_and(|(from, to)| from.distance_m(to) > f64::from(limit))
            };
            let far: Vec<&KindergartenFacts> =
                kindergartens.iter().copied().filter(is_far).collect();
            let listed = names(far.iter().map(|each| each.name.as_str()));
            let text = format!(
                "{title}有 {} 所成员园离中心园超过 {limit} 米，最远 {} 米：{listed}",
                far.len(),
                farthest.ceil()
            );
            breaches.push(cluster.breach(Rule::NearOneAnother, ids(&far), text, REMEDY.to_owned()));
        }
    }
    breaches
}

#[cfg(test)]
mod tests {
    use super::super::{PlanFacts, Position, check, sample};
    use super::*;

    fn said(facts: &PlanFacts) -> Vec<String> {
        let parameters = Parameters {
            mean_distance_m: 1_050,
            farthest_distance_m: 2_000,
            ..Parameters::on(facts.day)
        };
        let breaches = check(facts, &parameters);
        breaches
            .into_iter()
            .filter(|breach| breach.rule == Rule::NearOneAnother)
            .map(|breach| breach.text)
            .collect()
    }

    /// The sample with its second kindergarten so far to the east of the centre.
    fn with_one_at(x_m: f64) -> PlanFacts {
        let mut facts = sample::plan();
        facts.kindergartens[1].position = Some(Position { x_m, y_m: 0.0 });
        facts
    }

    #[test]
    fn a_member_at_the_farthest_distance_allowed_is_near_enough() {
        assert!(said(&with_one_at(2_000.0)).is_empty());
    }

    #[test]
    fn a_member_beyond_the_farthest_distance_is_named() {
        assert_eq!(
            said(&with_one_at(2_000.5)),
            ["粤海学区有 1 所成员园离中心园超过 2000 米，最远 2001 米：青禾2幼儿园"]
        );
    }

    #[test]
    fn a_cluster_too_wide_on_average_is_listed() {
        assert_eq!(
            said(&with_one_at(2_600.0))[0],
            "粤海学区成员园到中心园平均 1200 米，超过 1050 米"
        );
    }

    #[test]
    fn a_kindergarten_without_coordinates_is_said_to_be_unjudged() {
        let mut facts = sample::plan();
        facts.kindergartens[1].position = None;
        facts.kindergartens[2].position = Some(Position { x_m: f64::NAN, y_m: 0.0 });
        let text = "粤海学区有 2 所幼儿园没有坐标，无法核对距离：青禾2幼儿园、青禾3幼儿园";
        assert_eq!(said(&facts), [text]);
    }
}
