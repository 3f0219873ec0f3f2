//! Who belongs where: `2.1.2-5` one cluster for each kindergarten, `1.2-2` every open kindergarten in one, `2.1.2` the
//! district's own only.

use super::facts::{KindergartenFacts, Plan, names};
use super::{Breach, ClusterFacts, Rule};
use crate::parameters::Parameters;
use crate::terms::Status;
use std::collections::{BTreeMap, BTreeSet};

/// `2.1.2-5`: a kindergarten stands in one cluster, and once.
pub(super) fn one_cluster_each(plan: &Plan, _: &Parameters) -> Vec<Breach> {
    let mut places: BTreeMap<&str, Vec<&ClusterFacts>> = BTreeMap::new();
    for cluster in plan.clusters() {
        let own_centres = cluster.centres.iter().filter(|id| !cluster.members.contains(id));
        for id in cluster.members.iter().chain(own_centres) {
            places.entry(id).or_default().push(cluster);
        }
    }
    places.retain(|_, clusters| clusters.len() > 1);
    let said_twice = |(id, clusters): (&str, Vec<&ClusterFacts>)| {
        let name = plan.find(id).map_or(id, |each| &each.name);
        let keys: BTreeSet<u32> = clusters.iter().map(|cluster| cluster.key).collect();
        let titles: Vec<String> = clusters.iter().map(|cluster| cluster.title()).collect();
        let one_cluster = keys.len() == 1;
        let text = if one_cluster {
            format!("{name}在{}中列了 {} 次，只能列 1 次", titles[0], clusters.len())
        } else {
            format!(
                "{name}同时列入{}，一所幼儿园只能属于 1 个学区",
                names(titles.iter().map(String::as_str))
            )
        };
        Breach {
            rule: Rule::OneClusterEach,
            cluster: keys.first().copied().filter(|_| one_cluster),
            kindergartens: vec![id.to_owned()],
            text,
            remedy: "只保留一处".to_owned(),
        }
    };
    places.into_iter().map(said_twice).collect()
}

/// `1.2-2`: the clusters and the register agree: every open kindergarten of the district is in a cluster, and nothing
/// that is suspended, closed or not in the register.
pub(super) fn whole_register(plan: &Plan, _: &Parameters) -> Vec<Breach> {
    let placed: BTreeSet<&str> = plan.clusters().iter().flat_map(Plan::ids).collect();
    let left_out: Vec<&KindergartenFacts> =
        plan.open_in_district().filter(|each| !placed.contains(each.id.as_str())).collect();
    let mut breaches = Vec::new();
    if !left_out.is_empty() {
        let listed = names(left_out.iter().map(|each| each.name.as_str()));
        breaches.push(Breach {
            rule: Rule::WholeRegister,
            cluster: None,
            kindergartens: left_out.iter().map(|each| each.id.clone()).collect(),
            text: format!("有 {} 所在办幼儿园未编入任何学区：{listed}", left_out.len()),
            remedy: "编入就近的学区".to_owned(),
        });
    }
    for cluster in plan.clusters() {
        let title = cluster.title();
        for status in [Status::Suspended, Status::Closed] {
            let mut idle = plan.kindergartens(cluster);
            idle.retain(|each| each.status == status);
            if !idle.is_empty() {
                let listed = names(idle.iter().map(|each| each.name.as_str()));
                let text =
                    format!("{title}中有 {} 所幼儿园{}：{listed}", idle.len(), status.label());
                let ids = idle.iter().map(|each| each.id.clone()).collect();
                breaches.push(cluster.breach(
                    Rule::WholeRegister,
                    ids,
                    text,
                    "移出学区".to_owned(),
                ));
            }
        }
        let mut unknown = Plan::ids(cluster);
        unknown.retain(|id| plan.find(id).is_none());
        if !unknown.is_empty() {
            let text = format!(
                "{title}中有 {} 所幼儿园不在名册中：{}",
                unknown.len(),
                names(unknown.iter().copied())
            );
            let ids = unknown.into_iter().map(str::to_owned).collect();
            breaches.push(cluster.breach(
                Rule::WholeRegister,
                ids,
                text,
                "核对编号，或先登记到名册".to_owned(),
            ));
        }
    }
    breaches
}

/// `2.1.2`: a district divides the kindergartens of its own area. A city-run one that lies in the district is among them.
pub(super) fn one_district(plan: &Plan, _: &Parameters) -> Vec<Breach> {
    let mut breaches = Vec::new();
    for cluster in plan.clusters() {
        let mut foreign = plan.kindergartens(cluster);
        foreign.retain(|each| each.district != plan.facts.district);
        if !foreign.is_empty() {
            let listed = names(foreign.iter().map(|each| each.name.as_str()));
            let district = &plan.facts.district_name;
            let text = format!(
                "{}中有 {} 所幼儿园不在{district}：{listed}",
                cluster.title(),
                foreign.len()
            );
            let ids = foreign.iter().map(|each| each.id.clone()).collect();
            breaches.push(cluster.breach(
                Rule::OneDistrict,
                ids,
                text,
                "移出，由所在区编入学区".to_owned(),
            ));
        }
    }
    breaches
}

#[cfg(test)]
mod tests {
    use super::super::{PlanFacts, check, sample};
    use super::*;

    fn said(facts: &PlanFacts, rule: Rule) -> Vec<String> {
        let breaches = check(facts, &Parameters::on(facts.day));
        breaches
            .into_iter()
            .filter(|breach| breach.rule == rule)
            .map(|breach| breach.text)
            .collect()
    }

    #[test]
    fn a_kindergarten_in_two_clusters_is_refused() {
        let mut facts = sample::plan();
        facts.clusters[1].members.push("k2".into());
        let text = "青禾2幼儿园同时列入粤海学区、蛇口学区，一所幼儿园只能属于 1 个学区";
        assert_eq!(said(&facts, Rule::OneClusterEach), [text]);
    }

    #[test]
    fn a_kindergarten_twice_in_one_cluster_is_refused() {
        let mut facts = sample::plan();
        facts.clusters[0].members.push("k2".into());
        assert_eq!(
            said(&facts, Rule::OneClusterEach),
            ["青禾2幼儿园在粤海学区中列了 2 次，只能列 1 次"]
        );
    }

    #[test]
    fn an_open_kindergarten_left_out_is_refused() {
        let mut facts = sample::plan();
        facts.clusters[0].members.retain(|id| id != "k3");
        assert_eq!(
            said(&facts, Rule::WholeRegister),
            ["有 1 所在办幼儿园未编入任何学区：青禾3幼儿园"]
        );
    }

    #[test]
    fn a_closed_kindergarten_may_be_left_out_but_not_in() {
        let mut facts = sample::plan();
        facts.kindergartens[2].status = Status::Closed;
        assert_eq!(
            said(&facts, Rule::WholeRegister),
            ["粤海学区中有 1 所幼儿园已停办：青禾3幼儿园"]
        );
        facts.clusters[0].members.retain(|id| id != "k3");
        assert!(said(&facts, Rule::WholeRegister).is_empty());
    }

    #[test]
    fn an_unknown_kindergarten_is_refused_even_as_a_centre() {
        let mut facts = sample::plan();
        facts.clusters[0].centres = vec!["nobody".into()];
        assert_eq!(
            said(&facts, Rule::WholeRegister),
            ["粤海学区中有 1 所幼儿园不在名册中：nobody"]
        );
    }

    #[test]
    fn a_kindergarten_of_another_district_is_refused_inside_and_not_missed_outside() {
        let mut facts = sample::plan();
        facts.kindergartens[2].district = "440304".into();
        assert_eq!(
            said(&facts, Rule::OneDistrict),
            ["粤海学区中有 1 所幼儿园不在南山区：青禾3幼儿园"]
        );
        facts.clusters[0].members.retain(|id| id != "k3");
        assert!(said(&facts, Rule::OneDistrict).is_empty());
        assert!(said(&facts, Rule::WholeRegister).is_empty());
    }

    #[test]
    fn of_many_left_out_five_are_named() {
        let facts = PlanFacts { clusters: Vec::new(), ..sample::plan() };
        let said = said(&facts, Rule::WholeRegister);
        assert!(said[0].starts_with("有 8 所在办幼儿园未编入任何学区：青禾幼儿园、"));
        assert!(said[0].ends_with("等"));
    }
}
