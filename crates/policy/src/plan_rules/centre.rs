//! `2.1.2-4` 每个学区选定一所优质公办园担任学区中心园, and `2.1.2-6` 市属公办园可以接受委托担任.

use super::facts::{KindergartenFacts, Plan, names};
use super::{Breach, ClusterFacts, Rule};
use crate::parameters::Parameters;
use crate::terms::{Ownership, RunBy};
use kernel::calendar::spoken_date;

/// `2.1.2-4`: exactly one centre, one of the cluster's own kindergartens, public and of a good grade. That it must be
/// public is a dated parameter, because the final wording is reported without 公办 (`standards.md` §0).
pub(super) fn one_centre(plan: &Plan, parameters: &Parameters) -> Vec<Breach> {
    let mut breaches = Vec::new();
    for cluster in plan.clusters() {
        breaches.extend(miscounted(plan, cluster));
        for centre in plan.centres(cluster) {
            let mut say = |text: String, remedy: &str| {
                let concerned = vec![centre.id.clone()];
                breaches.push(cluster.breach(Rule::OneCentre, concerned, text, remedy.to_owned()));
            };
            let (title, name) = (cluster.title(), &centre.name);
            if !cluster.members.contains(&centre.id) {
                say(
                    format!("{title}的中心园{name}不在本学区内"),
                    "把它编入本学区，或在本学区内另选中心园",
                );
            }
            if parameters.centre_must_be_public && centre.ownership != Ownership::Public {
                let ownership = centre.ownership.label();
                say(
                    format!("{title}的中心园{name}是{ownership}园，中心园应为公办园"),
                    "另选一所优质公办园为中心园",
                );
            }
            if !parameters.is_good(centre.grade) {
                let grade = centre.grade.label();
                let good = good_grades(parameters);
                say(
                    format!("{title}的中心园{name}为{grade}，中心园应为{good}"),
                    "另选一所优质公办园为中心园",
                );
            }
        }
    }
    breaches
}

fn miscounted(plan: &Plan, cluster: &ClusterFacts) -> Option<Breach> {
    let title = cluster.title();
    let (text, remedy) = match cluster.centres.as_slice() {
        [_] => return None,
        [] if cluster.members.is_empty() => {
            (format!("{title}没有幼儿园，也没有中心园"), "删去这个学区，或编入幼儿园并选定中心园")
        }
        [] => (format!("{title}没有中心园，应有 1 所"), "在本学区内选定一所优质公办园为中心园"),
        several => {
            let called =
                |id: &'_ String| plan.find(id).map_or_else(|| id.clone(), |each| each.name.clone());
            let called: Vec<String> = several.iter().map(called).collect();
            let listed = names(called.iter().map(String::as_str));
            (
                format!("{title}有 {} 所中心园（{listed}），只能有 1 所", several.len()),
                "保留一所，其余改为成员园",
            )
        }
    };
    Some(cluster.breach(Rule::OneCentre, cluster.centres.clone(), text, remedy.to_owned()))
}

fn good_grades(parameters: &Parameters) -> String {
    parameters.good_grades.iter().map(|grade| grade.label()).collect::<Vec<_>>().join("或")
}

/// `2.1.2-6`: a city-run kindergarten is a centre only while a delegation paper of the district is in force.
pub(super) fn delegated_centre(plan: &Plan, _: &Parameters) -> Vec<Breach> {
    let lacks_paper =
        |centre: &&KindergartenFacts| centre.run_by == RunBy::City && !centre.delegated;
    let mut breaches = Vec::new();
    for cluster in plan.clusters() {
        for centre in plan.centres(cluster).into_iter().filter(lacks_paper) {
            let (title, name) = (cluster.title(), &centre.name);
            let text = format!(
                "{title}的中心园{name}是市属园，{}没有在有效期内的委托书",
                spoken_date(plan.facts.day)
            );
            let remedy = "登记所在区教育行政部门的委托书，或另选中心园".to_owned();
            breaches.push(cluster.breach(
                Rule::DelegatedCentre,
                vec![centre.id.clone()],
                text,
                remedy,
            ));
        }
    }
    breaches
}

#[cfg(test)]
mod tests {
    use super::super::{check, sample};
    use super::*;
    use crate::terms::Grade;

    fn said(facts: &super::super::PlanFacts, parameters: &Parameters) -> Vec<String> {
        let about_centre =
            |breach: &Breach| matches!(breach.rule, Rule::OneCentre | Rule::DelegatedCentre);
        check(facts, parameters)
            .into_iter()
            .filter(about_centre)
            .map(|breach| breach.text)
            .collect()
    }

    fn defaults() -> Parameters {
        Parameters::on(sample::plan().day)
    }

    #[test]
    fn a_cluster_without_a_centre_is_refused() {
        let mut facts = sample::plan();
        facts.clusters[0].centres.clear();
        assert_eq!(said(&facts, &defaults()), ["粤海学区没有中心园，应有 1 所"]);
    }

    #[test]
    fn two_centres_are_refused() {
        let mut facts = sample::plan();
        facts.clusters[0].centres.push("k2".into());
        let said = said(&facts, &defaults());
        assert_eq!(said[0], "粤海学区有 2 所中心园（青禾幼儿园、青禾2幼儿园），只能有 1 所");
    }

    #[test]
    fn a_private_kindergarten_is_no_centre_unless_the_parameter_is_lifted() {
        let mut facts = sample::plan();
        facts.kindergartens[0].ownership = Ownership::InclusivePrivate;
        assert_eq!(
            said(&facts, &defaults()),
            ["粤海学区的中心园青禾幼儿园是普惠性民办园，中心园应为公办园"]
        );
        let lifted = Parameters { centre_must_be_public: false, ..defaults() };
        assert!(said(&facts, &lifted).is_empty());
    }

    #[test]
    fn a_kindergarten_of_a_lower_grade_is_no_centre_unless_the_city_counts_it_as_good() {
        let mut facts = sample::plan();
        facts.kindergartens[0].grade = Grade::District;
        assert_eq!(
            said(&facts, &defaults()),
            ["粤海学区的中心园青禾幼儿园为区一级，中心园应为省一级或市一级"]
        );
        let widened =
            Parameters { good_grades: vec![Grade::Municipal, Grade::District], ..defaults() };
        assert!(said(&facts, &widened).is_empty());
    }

    #[test]
    fn a_centre_from_outside_the_cluster_is_refused() {
        let mut facts = sample::plan();
        facts.clusters[0].members.retain(|id| id != "k1");
        assert_eq!(said(&facts, &defaults()), ["粤海学区的中心园青禾幼儿园不在本学区内"]);
    }

    #[test]
    fn a_city_run_centre_needs_a_paper_in_force() {
        let mut facts = sample::plan();
        facts.kindergartens[0].run_by = RunBy::City;
        let text = "粤海学区的中心园青禾幼儿园是市属园，2026 年 3 月 1 日没有在有效期内的委托书";
        assert_eq!(said(&facts, &defaults()), [text]);
        facts.kindergartens[0].delegated = true;
        assert!(said(&facts, &defaults()).is_empty());
    }

    #[test]
    fn a_city_run_member_needs_no_paper() {
        let mut facts = sample::plan();
        facts.kindergartens[1].run_by = RunBy::City;
        assert!(said(&facts, &defaults()).is_empty());
    }
}
