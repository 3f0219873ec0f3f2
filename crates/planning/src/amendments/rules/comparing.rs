//! What an amendment breaks that was not broken before.

use kernel::ClusterId;
use policy::plan_rules::{Measures, measure};
use policy::{Breach, Ownership, Rule, check};

use super::{Refusal, changed};
use crate::amendments::types::{Caused, Change, Effect, Figures, Standing};
use crate::plans::{Content, DistrictFacts};

/// A metre more counts; what lies below is rounding.
const SLIGHTEST_M: f64 = 1.0;

/// Judges the clusters of a day before and after a change.
pub fn effect(standing: &Standing, cluster: ClusterId, change: &Change) -> Result<Effect, Refusal> {
    let after = changed(standing, cluster, change)?;
    let facts = &standing.facts;
    let (was, is) = (Judged::of(&standing.content, facts), Judged::of(&after, facts));
    let touched: Vec<u32> = (standing.content.clusters.iter().zip(&after.clusters))
        .filter(|(before, after)| before != after)
        .map(|(before, _)| before.key)
        .collect();
    let (mut caused, mut stands) = (Vec::new(), Vec::new());
    for breach in &is.breaches {
        if is_caused(breach, &was, &is, facts) {
            let cluster = breach.cluster.and_then(|key| standing.id(key));
            caused.push(Caused { breach: breach.clone(), cluster });
        } else if breach.cluster.is_none_or(|key| touched.contains(&key)) {
            stands.push(breach.clone());
        }
    }
    let figures = touched.iter().filter_map(|key| {
        let name = after.cluster(*key)?.name.clone();
        Some(Figures {
            name,
            before: was.measures(*key)?.clone(),
            after: is.measures(*key)?.clone(),
        })
    });
    Ok(Effect { day: facts.day, caused, standing: stands, figures: figures.collect() })
}

struct Judged {
    breaches: Vec<Breach>,
    measures: Vec<Measures>,
}

impl Judged {
    fn of(content: &Content, facts: &DistrictFacts) -> Self {
        let plan = facts.with(content);
        Self {
            breaches: check(&plan, &facts.parameters),
            measures: measure(&plan, &facts.parameters),
        }
    }
    fn measures(&self, key: u32) -> Option<&Measures> {
        self.measures.iter().find(|measures| measures.cluster == key)
    }
}

/// A breach is the change's when its rule was kept by its cluster before, or is broken worse now: it names a kindergarten
/// or a name that was not at fault, or what the rule measures lies further off.
fn is_caused(breach: &Breach, was: &Judged, is: &Judged, facts: &DistrictFacts) -> bool {
    let before: Vec<&Breach> = was
        .breaches
        .iter()
        .filter(|old| (old.rule, old.cluster) == (breach.rule, breach.cluster))
        .collect();
    if before.is_empty() {
        return true;
    }
    let excess = |judged: &Judged| {
        let measures = breach.cluster.and_then(|key| judged.measures(key));
        measures.map_or(0.0, |measures| excess(breach.rule, measures, facts))
    };
    match breach.rule {
        Rule::AtMostSixteen | Rule::OwnershipMix | Rule::DifferentKinds => {
            excess(is) > excess(was) + 1e-9
        }
        Rule::NearOneAnother => excess(is) > excess(was) + SLIGHTEST_M,
        Rule::LawfulName => before.iter().all(|old| old.text != breach.text),
        Rule::OneCentre
        | Rule::DelegatedCentre
        | Rule::OneClusterEach
        | Rule::WholeRegister
        | Rule::OneDistrict => {
            let was_named = |id: &String| before.iter().any(|old| old.kindergartens.contains(id));
            !breach.kindergartens.iter().all(was_named)
        }
    }
}

/// By how much a cluster is beyond what the rule allows, in the rule's own measure; zero within it.
fn excess(rule: Rule, of: &Measures, facts: &DistrictFacts) -> f64 {
    let allowed = &facts.parameters;
    let beyond = |value: f64, limit: u32| (value - f64::from(limit)).max(0.0);
    match rule {
        Rule::AtMostSixteen => f64::from(of.size.saturating_sub(allowed.largest_cluster)),
        Rule::NearOneAnother => {
            let mean = of.mean_m.map_or(0.0, |mean| beyond(mean, allowed.mean_distance_m));
            mean + of
                .farthest_m
                .map_or(0.0, |farthest| beyond(farthest, allowed.farthest_distance_m))
        }
        Rule::DifferentKinds => {
            let kinds = of.by_ownership.iter().filter(|count| **count > 0).count() as u32;
            let lacking = allowed.least_kinds.saturating_sub(kinds)
                + allowed.least_good.saturating_sub(of.good);
            f64::from(lacking)
        }
        Rule::OwnershipMix => {
            let tolerance = allowed.ownership_tolerance_points;
            let apart = |(here, there): (f64, f64)| beyond(100.0 * (here - there).abs(), tolerance);
            shares(of.by_ownership).into_iter().zip(shares(district_mix(facts))).map(apart).sum()
        }
        _ => 0.0,
    }
}

fn district_mix(facts: &DistrictFacts) -> [u32; 3] {
    let mut mix = [0; 3];
    for (count, ownership) in mix.iter_mut().zip(Ownership::ALL) {
        *count = facts.open().filter(|site| site.ownership == *ownership).count() as u32;
    }
    mix
}

fn shares(counts: [u32; 3]) -> [f64; 3] {
    let all = f64::from(counts.iter().sum::<u32>().max(1));
    counts.map(|count| f64::from(count) / all)
}

#[cfg(test)]
mod tests {
    use policy::{Grade, Status};

    use super::super::sample::{cluster, facts_of, kg, site, standing};
    use super::*;

    fn caused(standing: &Standing, change: &Change) -> Vec<Rule> {
        let effect = effect(standing, cluster(1), change).unwrap();
        effect.caused.iter().map(|caused| caused.breach.rule).collect()
    }

    fn transfer(number: u128) -> Change {
        Change::Transfer { kindergarten: kg(number), to: cluster(2) }
    }

    /// A ninth kindergarten waits to be placed.
    fn with_a_ninth() -> Standing {
        Standing { facts: facts_of((1..=9).map(site).collect()), ..standing() }
    }

    #[test]
    fn placing_who_was_left_out_breaks_nothing_and_mends_the_district() {
        let standing = with_a_ninth();
        let effect = effect(&standing, cluster(1), &Change::Admit { kindergarten: kg(9) }).unwrap();
        assert_eq!((effect.caused, effect.standing), (vec![], vec![]));
        assert_eq!((effect.figures[0].before.size, effect.figures[0].after.size), (4, 5));
    }

    #[test]
    fn a_second_one_left_out_is_new_though_the_rule_was_broken_before() {
        let standing = with_a_ninth();
        let release = Change::Release { kindergarten: kg(2) };
        assert!(caused(&standing, &release).contains(&Rule::WholeRegister));
    }

    #[test]
    fn one_of_two_closed_members_leaves_and_the_other_is_only_shown() {
        let mut sites: Vec<_> = (1..=8).map(site).collect();
        sites[1].status = Status::Closed;
        sites[2].status = Status::Closed;
        let standing = Standing { facts: facts_of(sites), ..standing() };
        let effect =
            effect(&standing, cluster(1), &Change::Release { kindergarten: kg(2) }).unwrap();
        assert!(
            effect.caused.iter().all(|caused| caused.breach.rule != Rule::WholeRegister),
            "{:?}",
            effect.caused
        );
        assert!(effect.standing.iter().any(|breach| breach.text.contains("青禾3幼儿园")));
    }

    #[test]
    fn a_closed_kindergarten_is_not_admitted() {
        let mut sites: Vec<_> = (1..=9).map(site).collect();
        sites[8].status = Status::Closed;
        let standing = Standing { facts: facts_of(sites), ..standing() };
        assert_eq!(
            caused(&standing, &Change::Admit { kindergarten: kg(9) }),
            [Rule::WholeRegister]
        );
    }

    #[test]
    fn a_cluster_that_is_too_large_may_shrink_but_not_grow() {
        let mut standing = standing();
        standing.facts.parameters.largest_cluster = 3;
        let rules = caused(&standing, &transfer(2));
        assert!(rules.contains(&Rule::AtMostSixteen));
        let effect = effect(&standing, cluster(1), &transfer(2)).unwrap();
        let too_large =
            effect.caused.iter().find(|caused| caused.breach.rule == Rule::AtMostSixteen).unwrap();
        assert_eq!(
            (too_large.cluster, too_large.breach.text.as_str()),
            (Some(cluster(2)), "蛇口学区有 5 所幼儿园，超过 3 所")
        );
        standing.facts.parameters.largest_cluster = 2;
        let shrinking = effect_of_four_to_three(&standing);
        assert!(shrinking.standing.iter().any(|breach| breach.rule == Rule::AtMostSixteen));
    }

    fn effect_of_four_to_three(standing: &Standing) -> Effect {
        let effect = effect(standing, cluster(1), &transfer(2)).unwrap();
        assert!(effect.caused.iter().all(|caused| caused.cluster != Some(cluster(1))
            || caused.breach.rule != Rule::AtMostSixteen));
        effect
    }

    #[test]
    fn distance_counts_when_it_grows() {
        let mut standing = with_a_ninth();
        standing.facts.parameters.farthest_distance_m = 100;
        let admit = Change::Admit { kindergarten: kg(9) };
        assert!(caused(&standing, &admit).contains(&Rule::NearOneAnother));
        let release = transfer(4);
        let effect = effect(&standing, cluster(1), &release).unwrap();
        let near_here = |caused: &&Caused| {
            caused.breach.rule == Rule::NearOneAnother && caused.cluster == Some(cluster(1))
        };
        assert!(effect.caused.iter().find(near_here).is_none());
    }

    #[test]
    fn a_mix_that_drifts_further_is_new_and_one_that_comes_nearer_is_not() {
        let mut standing = standing();
        standing.facts.parameters.ownership_tolerance_points = 5;
        assert_eq!(
            caused(&standing, &transfer(2))
                .iter()
                .filter(|rule| **rule == Rule::OwnershipMix)
                .count(),
            2
        );
        standing.content = changed(&standing, cluster(1), &transfer(2)).unwrap();
        let back = Change::Transfer { kindergarten: kg(2), to: cluster(1) };
        let effect = effect(&standing, cluster(2), &back).unwrap();
        assert_eq!((effect.caused, effect.standing), (vec![], vec![]));
    }

    #[test]
    fn a_centre_that_may_not_lead_is_refused_and_an_unfit_one_may_be_replaced() {
        let centre = |number| Change::Centre {
            kindergarten: kg(number),
            instead_of: Some(kg(1)),
            name: None,
        };
        assert!(caused(&standing(), &centre(2)).contains(&Rule::OneCentre));
        let mut sites: Vec<_> = (1..=8).map(site).collect();
        sites[0].grade = Grade::Ungraded;
        sites[1].grade = Grade::Municipal;
        let standing = Standing { facts: facts_of(sites), ..standing() };
        assert_eq!(caused(&standing, &centre(2)), []);
        assert!(caused(&standing, &centre(3)).contains(&Rule::OneCentre));
    }

    #[test]
    fn a_new_centre_of_another_street_needs_a_name_that_tells_of_it() {
        let mut sites: Vec<_> = (1..=8).map(site).collect();
        sites[1].grade = Grade::Municipal;
        sites[1].street = "沙河街道".into();
        sites[1].community = "高发社区".into();
        let standing = Standing { facts: facts_of(sites), ..standing() };
        let centre = |name: Option<&str>| Change::Centre {
            kindergarten: kg(2),
            instead_of: Some(kg(1)),
            name: name.map(str::to_owned),
        };
        assert_eq!(caused(&standing, &centre(None)), [Rule::LawfulName]);
        assert_eq!(caused(&standing, &centre(Some("沙河学区"))), []);
        let taken = caused(&standing, &centre(Some("蛇口学区")));
        assert!(
            !taken.is_empty() && taken.iter().all(|rule| *rule == Rule::LawfulName),
            "{taken:?}"
        );
    }
}
