//! `2.1.2-9` the name of a cluster: one of the two lawful forms, unique in the plan and in the city, and never one that
//! sounds like an enrolment area (`standards.md` §0: a cluster has nothing to do with enrolment).

use super::facts::{Plan, names};
use super::{Breach, Rule};
use crate::naming::{self, CentrePlace};
use crate::parameters::Parameters;
use std::collections::BTreeMap;

/// `2.1.2-9`: the cluster has a lawful name that no other cluster of the city has. While it has no centre only the form
/// with a number can be told; the missing centre is a breach of its own.
pub(super) fn lawful_name(plan: &Plan, _: &Parameters) -> Vec<Breach> {
    let district = &plan.facts.district_name;
    let mut uses: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for name in &plan.facts.names_in_use {
        uses.entry(naming::identity(name, district))
            .or_default()
            .push(format!("本市已有的{}", name.trim()));
    }
    for cluster in plan.clusters() {
        uses.entry(naming::identity(&cluster.name, district)).or_default().push(cluster.title());
    }
    let mut breaches = Vec::new();
    for cluster in plan.clusters() {
        let mut say = |text: String, remedy: &str| {
            breaches.push(cluster.breach(Rule::LawfulName, Vec::new(), text, remedy.to_owned()));
        };
        let name = cluster.name.as_str();
        if name.trim().is_empty() {
            say(
                format!("{}还没有名称", cluster.title()),
                "以中心园所在街道（社区）名或行政区加序号命名",
            );
            continue;
        }
        let centres = plan.centres(cluster);
        let places: Vec<CentrePlace> =
            centres.iter().map(|centre| CentrePlace::of(centre)).collect();
        if naming::form(name, district, &places).is_none() {
            if let Some(word) = naming::enrolment_word(name) {
                let text =
                    format!("“{name}”中的“{word}”会让人误以为是招生范围，学区与招生范围无关");
                say(text, "去掉这个词，按街道（社区）名或行政区加序号命名");
            } else if !places.is_empty() {
                let examples = naming::examples(district, &places);
                let text =
                    format!("“{name}”不符合命名方式：应为中心园所在街道（社区）名，或行政区加序号");
                say(text, &format!("例如改为{}", names(examples.iter().map(String::as_str))));
            }
        }
        let same = uses.get(&naming::identity(name, district)).map_or(&[][..], Vec::as_slice);
        if same.len() > 1 {
            let listed = names(same.iter().map(String::as_str));
            say(
                format!("“{name}”重名：{listed}，学区名称全市不得相同"),
                "改用社区名或行政区加序号",
            );
        }
    }
    breaches
}

#[cfg(test)]
mod tests {
    use super::super::{PlanFacts, check, sample};
    use super::*;

    fn said(facts: &PlanFacts) -> Vec<String> {
        let breaches = check(facts, &Parameters::on(facts.day));
        breaches
            .into_iter()
            .filter(|breach| breach.rule == Rule::LawfulName)
            .map(|breach| breach.text)
            .collect()
    }

    fn named(name: &str) -> PlanFacts {
        let mut facts = sample::plan();
        facts.clusters[0].name = name.into();
        facts
    }

    #[test]
    fn a_cluster_without_a_name_is_refused() {
        assert_eq!(said(&named(" ")), ["1 号学区（未命名）还没有名称"]);
    }

    #[test]
    fn a_name_of_another_place_is_refused_with_examples() {
        let facts = named("海岸城学区");
        let breaches = check(&facts, &Parameters::on(facts.day));
        assert_eq!(
            breaches[0].text,
            "“海岸城学区”不符合命名方式：应为中心园所在街道（社区）名，或行政区加序号"
        );
        assert_eq!(breaches[0].remedy, "例如改为粤海学区、麻岭学区、南山区第1学区");
    }

    #[test]
    fn a_name_that_speaks_of_enrolment_is_refused() {
        assert_eq!(
            said(&named("粤海招生片区")),
            ["“粤海招生片区”中的“招生”会让人误以为是招生范围，学区与招生范围无关"]
        );
    }

    #[test]
    fn the_same_name_twice_in_a_plan_is_refused_for_both() {
        let mut facts = named("南山区第2学区");
        facts.clusters[1].name = "南山第二学区".into();
        let said = said(&facts);
        assert_eq!(said.len(), 2);
        assert_eq!(
            said[0],
            "“南山区第2学区”重名：南山区第2学区、南山第二学区，学区名称全市不得相同"
        );
    }

    #[test]
    fn a_name_used_elsewhere_in_the_city_is_refused() {
        let mut facts = sample::plan();
        facts.names_in_use = vec!["粤海学前教育学区".into()];
        assert_eq!(
            said(&facts),
            ["“粤海学区”重名：本市已有的粤海学前教育学区、粤海学区，学区名称全市不得相同"]
        );
    }

    #[test]
    fn without_a_centre_the_form_is_not_judged_yet() {
        let mut facts = named("海岸城学区");
        facts.clusters[0].centres.clear();
        assert!(said(&facts).is_empty());
    }
}
