//! 二（一）2: what a cluster is not. `2.1.2-7` no legal person, `2.1.2-8` no superior of its kindergartens.

use super::{Facts, Obligation, Place, Places, Scope, Verdict, Verdicts};
use crate::clauses::formation;

/// The cluster's own organ; whatever bears its name bears the cluster's.
const COMMITTEE: &str = "治理委员会";

pub(super) fn verdicts(
    obligation: &Obligation,
    facts: &Facts,
    places: &Places,
) -> Option<Verdicts> {
    if obligation.clause == &formation::NO_LEGAL_PERSON {
        let holders = facts.register.holders.as_ref()?;
        let verdict = |place: &Place| Some(no_legal_person(place, holders));
        return Some(places.of(Scope::Cluster).iter().map(verdict).collect());
    }
    if obligation.clause == &formation::AUTONOMY {
        let taken_over = facts.register.taken_over.as_ref()?;
        let verdict = |place: &Place| {
            // Outside of a cluster there is nothing that could have changed by it.
            place.cluster.as_ref()?;
            Some(match taken_over.get(&place.id) {
                None => Verdict::Met,
                Some((before, now)) => Verdict::Failed(format!(
                    "{}编入学区后由{}改为{}，原有行政隶属关系应不变",
                    place.name,
                    before.label(),
                    now.label()
                )),
            })
        };
        return Some(places.of(Scope::Kindergarten).iter().map(verdict).collect());
    }
    None
}

/// `2.1.2-7`: nothing is registered and no account is held in the cluster's name or its committee's.
fn no_legal_person(cluster: &Place, holders: &[String]) -> Verdict {
    let is_own = |holder: &&String| {
        let name = holder.trim().trim_end_matches(COMMITTEE);
        !cluster.name.is_empty() && name.ends_with(&cluster.name)
    };
    match holders.iter().find(is_own) {
        None => Verdict::Met,
        Some(holder) => Verdict::Failed(format!(
            "登记有以“{}”为名的机构或账号，学区不设为独立法人机构",
            holder.trim()
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::obligations::State;

    #[test]
    fn a_kindergarten_that_is_only_called_after_a_place_is_no_cluster() {
        let cluster = Place {
            id: "c1".into(),
            name: "粤海学区".into(),
            district: "440305".into(),
            cluster: None,
            is_open: true,
        };
        let state = |holder: &str| no_legal_person(&cluster, &[holder.to_owned()]).state();
        assert_eq!(state("粤海学区"), State::Failed);
        assert_eq!(state("南山区粤海学区治理委员会"), State::Failed);
        assert_eq!(state("粤海学区附近的青禾幼儿园"), State::Met);
        assert_eq!(state("蛇口学区"), State::Met);
    }
}
