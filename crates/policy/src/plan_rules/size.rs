//! `2.1.2-2` 每个学区幼儿园数量原则上不超过16所.

use super::facts::Plan;
use super::{Breach, Rule};
use crate::parameters::Parameters;

/// `2.1.2-2`: a cluster has at most 16 kindergartens, the centre included.
pub(super) fn at_most_sixteen(plan: &Plan, parameters: &Parameters) -> Vec<Breach> {
    let most = parameters.largest_cluster as usize;
    let too_large = plan.clusters().iter().filter_map(|cluster| {
        let size = Plan::ids(cluster).len();
        (size > most).then(|| {
            let text = format!("{}有 {size} 所幼儿园，超过 {most} 所", cluster.title());
            let remedy =
                format!("移出至少 {} 所或拆分学区；确需保留的，说明理由报批例外", size - most);
            cluster.breach(Rule::AtMostSixteen, Vec::new(), text, remedy)
        })
    });
    too_large.collect()
}

#[cfg(test)]
mod tests {
    use super::super::{check, sample};
    use super::*;

    fn sizes_refused(members: usize) -> Vec<String> {
        let facts = sample::plan_of_size(members);
        let breaches = check(&facts, &Parameters::on(facts.day));
        breaches
            .into_iter()
            .filter(|breach| breach.rule == Rule::AtMostSixteen)
            .map(|breach| breach.text)
            .collect()
    }

    #[test]
    fn sixteen_kindergartens_are_allowed() {
        assert!(sizes_refused(16).is_empty());
    }

    #[test]
    fn a_seventeenth_kindergarten_is_refused() {
        assert_eq!(sizes_refused(17), ["粤海学区有 17 所幼儿园，超过 16 所"]);
    }

    #[test]
    fn the_figure_is_the_parameters() {
        let facts = sample::plan_of_size(17);
        let parameters = Parameters { largest_cluster: 18, ..Parameters::on(facts.day) };
        assert!(check(&facts, &parameters).iter().all(|breach| breach.rule != Rule::AtMostSixteen));
    }

    #[test]
    fn a_kindergarten_written_twice_counts_once() {
        let mut facts = sample::plan_of_size(16);
        let twice = facts.clusters[0].members[3].clone();
        facts.clusters[0].members.push(twice);
        let breaches = check(&facts, &Parameters::on(facts.day));
        assert!(breaches.iter().all(|breach| breach.rule != Rule::AtMostSixteen));
    }
}
