//! What a cluster is composed of: `2.1.2-3` the proportion of ownership, `2.1.1-2` different kinds and levels.

use super::facts::Plan;
use super::measures::{by_ownership, measured};
use super::{Breach, Rule};
use crate::parameters::Parameters;
use crate::terms::Ownership;

/// `2.1.2-3`: a cluster's share of each ownership differs from the district's by at most 20 percentage points. Compared
/// in whole numbers, so that exactly 20 points are allowed.
pub(super) fn ownership_mix(plan: &Plan, parameters: &Parameters) -> Vec<Breach> {
    let district = by_ownership(plan.open_in_district().map(|each| each.ownership));
    let district_size = i64::from(district.iter().sum::<u32>());
    let tolerance = i64::from(parameters.ownership_tolerance_points);
    let mut breaches = Vec::new();
    for cluster in plan.clusters() {
        let mix = measured(plan, cluster, parameters).by_ownership;
        let size = i64::from(mix.iter().sum::<u32>());
        if size == 0 || district_size == 0 {
            continue;
        }
        let mut off = Vec::new();
        for ((ownership, here), there) in Ownership::ALL.iter().zip(mix).zip(district) {
            // The difference of here/size and there/district_size over their common denominator.
            let difference = i64::from(here) * district_size - i64::from(there) * size;
            if 100 * difference.abs() > tolerance * size * district_size {
                let share = |part: u32, whole: i64| f64::from(part) * 100.0 / whole as f64;
                let (here, there) = (share(here, size), share(there, district_size));
                let (here, there, apart) =
                    (figure(here), figure(there), figure((here - there).abs()));
                off.push(format!(
                    "{}占 {here}%，全区 {there}%，相差 {apart} 个百分点",
                    ownership.label()
                ));
            }
        }
        if !off.is_empty() {
            let text = format!(
                "{}办园性质与全区比例相差超过 {tolerance} 个百分点：{}",
                cluster.title(),
                off.join("；")
            );
            let remedy = "与相邻学区互换幼儿园；确需保留的，说明理由报批例外".to_owned();
            breaches.push(cluster.breach(Rule::OwnershipMix, Vec::new(), text, remedy));
        }
    }
    breaches
}

/// One decimal at most: `53`, `26.7`.
fn figure(number: f64) -> String {
    let text = format!("{number:.1}");
    text.strip_suffix(".0").map_or(text.clone(), str::to_owned)
}

/// `2.1.1-2`: at least two kinds of ownership, and at least one good kindergarten.
pub(super) fn different_kinds(plan: &Plan, parameters: &Parameters) -> Vec<Breach> {
    let mut breaches = Vec::new();
    for cluster in plan.clusters() {
        let measures = measured(plan, cluster, parameters);
        if measures.by_ownership.iter().sum::<u32>() == 0 {
            continue;
        }
        let present =
            Ownership::ALL.iter().zip(measures.by_ownership).filter(|(_, count)| *count > 0);
        let kinds: Vec<&str> = present.map(|(ownership, _)| ownership.label()).collect();
        let mut say = |text: String, remedy: &str| {
            breaches.push(cluster.breach(
                Rule::DifferentKinds,
                Vec::new(),
                text,
                remedy.to_owned(),
            ));
        };
        let title = cluster.title();
        if kinds.len() < parameters.least_kinds as usize {
            let (listed, least) = (kinds.join("、"), parameters.least_kinds);
            let text =
                format!("{title}只有 {} 种办园性质（{listed}），应不少于 {least} 种", kinds.len());
            say(text, "编入其他性质的幼儿园；确需保留的，说明理由报批例外");
        }
        if measures.good < parameters.least_good {
            let grades: Vec<&str> =
                parameters.good_grades.iter().map(|grade| grade.label()).collect();
            let (good, least) = (measures.good, parameters.least_good);
            let text =
                format!("{title}有 {good} 所优质园（{}），应不少于 {least} 所", grades.join("、"));
            say(text, "编入优质园；确需保留的，说明理由报批例外");
        }
    }
    breaches
}

#[cfg(test)]
mod tests {
    use super::super::{PlanFacts, check, sample};
    use super::*;
    use crate::terms::Grade;

    fn said(facts: &PlanFacts, parameters: &Parameters, rule: Rule) -> Vec<String> {
        let breaches = check(facts, parameters);
        breaches
            .into_iter()
            .filter(|breach| breach.rule == rule)
            .map(|breach| breach.text)
            .collect()
    }

    /// A district of ten, five of them public, and a cluster of five with so many public ones.
    fn public_in_five(public: usize) -> PlanFacts {
        let mut facts = sample::plan();
        let template = facts.kindergartens[1].clone();
        facts.kindergartens.truncate(5);
        facts.kindergartens.extend((0..5).map(|index| {
            let id = format!("other{index}");
            super::super::KindergartenFacts { name: id.clone(), id, ..template.clone() }
        }));
        for (index, each) in facts.kindergartens.iter_mut().enumerate() {
            let is_public = if index < 5 { index < public } else { index < 5 + 5 - public };
            each.ownership = if is_public { Ownership::Public } else { Ownership::Private };
        }
        facts.clusters.truncate(1);
        facts.clusters[0].members.push("k5".into());
        facts
    }

    #[test]
    fn a_difference_below_twenty_points_is_allowed() {
        let facts = public_in_five(3);
        assert!(said(&facts, &Parameters::on(facts.day), Rule::OwnershipMix).is_empty());
    }

    #[test]
    fn a_difference_above_twenty_points_is_named_with_its_numbers() {
        let facts = public_in_five(4);
        assert_eq!(
            said(&facts, &Parameters::on(facts.day), Rule::OwnershipMix),
            [
                "粤海学区办园性质与全区比例相差超过 20 个百分点：公办占 80%，全区 50%，相差 30 个百分点；\
              民办占 20%，全区 50%，相差 30 个百分点"
            ]
        );
    }

    #[test]
    fn a_difference_of_exactly_the_tolerance_is_allowed() {
        let facts = public_in_five(4);
        let thirty = Parameters { ownership_tolerance_points: 30, ..Parameters::on(facts.day) };
        assert!(said(&facts, &thirty, Rule::OwnershipMix).is_empty());
        let less = Parameters { ownership_tolerance_points: 29, ..thirty };
        assert_eq!(said(&facts, &less, Rule::OwnershipMix).len(), 1);
    }

    #[test]
    fn a_cluster_of_one_kind_only_is_listed() {
        let mut facts = sample::plan();
        facts.kindergartens.iter_mut().for_each(|each| each.ownership = Ownership::Public);
        let said = said(&facts, &Parameters::on(facts.day), Rule::DifferentKinds);
        assert_eq!(said[0], "粤海学区只有 1 种办园性质（公办），应不少于 2 种");
    }

    #[test]
    fn a_cluster_without_a_good_kindergarten_is_listed() {
        let mut facts = sample::plan();
        facts.kindergartens[0].grade = Grade::Ungraded;
        let said = said(&facts, &Parameters::on(facts.day), Rule::DifferentKinds);
        assert_eq!(said, ["粤海学区有 0 所优质园（省一级、市一级），应不少于 1 所"]);
    }

    #[test]
    fn figures_have_one_decimal_at_most() {
        assert_eq!([figure(53.0), figure(26.67), figure(0.04)], ["53", "26.7", "0"]);
    }
}
