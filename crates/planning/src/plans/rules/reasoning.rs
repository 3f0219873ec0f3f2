//! "Why is it here?": the nearest centres of a kindergarten, and what a move to each would cost and break.

use kernel::KindergartenId;
use policy::{Breach, check};

use super::super::types::{Change, Content, DistrictFacts};
use super::{Refusal, applied};

/// How many centres are told.
const NEAREST: usize = 3;

/// One of the nearest centres.
#[derive(Clone, Debug, PartialEq)]
pub struct Reason {
    /// The cluster's key.
    pub cluster: u32,
    /// The cluster's name.
    pub name: String,
    /// The centre's name.
    pub centre: String,
    /// Metres to it.
    pub distance_m: f64,
    /// By how many metres the plan's total distance would change.
    pub change_m: f64,
    /// What the move would break that is not broken now; or why it can't be made at all.
    pub breaks: Vec<String>,
}

/// The three nearest centres of a kindergarten.
pub fn reasons(
    content: &Content,
    id: KindergartenId,
    facts: &DistrictFacts,
) -> Result<Vec<Reason>, Refusal> {
    let name =
        facts.site(id).ok_or_else(|| Refusal::UnknownKindergarten("该园".to_owned()))?.name.clone();
    let own = content.cluster_of(id);
    let mut near: Vec<(f64, u32)> = content
        .clusters
        .iter()
        .filter_map(|cluster| Some((facts.distance_m(id, cluster.centre?)?, cluster.key)))
        .collect();
    near.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    let before = check(&facts.with(content), &facts.parameters);
    let total_m = content.distances(facts).total_m;
    let mut reasons = Vec::new();
    for (distance_m, key) in near.into_iter().take(NEAREST) {
        let Some(cluster) = content.cluster(key) else { continue };
        let centre = cluster.centre.map_or_else(String::new, |centre| facts.name_of(centre));
        let mut reason = Reason {
            cluster: key,
            name: cluster.name.clone(),
            centre,
            distance_m,
            change_m: 0.0,
            breaks: Vec::new(),
        };
        if own.is_none_or(|own| own.key != key) {
            match applied(content, &Change::Move { kindergarten: id, to: key }, facts) {
                Ok((moved, _)) => {
                    reason.change_m = moved.distances(facts).total_m - total_m;
                    let after = check(&facts.with(&moved), &facts.parameters);
                    reason.breaks =
                        new_breaches(&before, &after).map(|breach| breach.text.clone()).collect();
                    if own.is_some_and(|own| own.centre == Some(id)) && reason.breaks.is_empty() {
                        reason.breaks.push(format!("{name}是本学区的中心园"));
                    }
                }
                Err(refusal) => reason.breaks.push(refusal.to_string()),
            }
        }
        reasons.push(reason);
    }
    Ok(reasons)
}

/// Breaches that were not there before. The same rule broken for the same cluster is not new, though its figures change.
fn new_breaches<'a>(before: &'a [Breach], after: &'a [Breach]) -> impl Iterator<Item = &'a Breach> {
    after.iter().filter(|breach| {
        !before.iter().any(|old| old.rule == breach.rule && old.cluster == breach.cluster)
    })
}

#[cfg(test)]
mod tests {
    use super::super::sample::{content, facts, kg};
    use super::*;

    #[test]
    fn ones_own_cluster_costs_nothing_and_the_next_one_its_detour() {
        let reasons = reasons(&content(), kg(2), &facts()).unwrap();
        assert_eq!(reasons.len(), 2);
        assert_eq!((reasons[0].cluster, reasons[0].change_m), (1, 0.0));
        assert!((reasons[0].distance_m - 111.2).abs() < 0.1, "{}", reasons[0].distance_m);
        assert!(
            (reasons[1].change_m - (reasons[1].distance_m - reasons[0].distance_m)).abs() < 1e-6
        );
    }

    #[test]
    fn what_a_move_would_break_is_said() {
        let mut facts = facts();
        facts.parameters.farthest_distance_m = 1_000;
        let reasons = reasons(&content(), kg(2), &facts).unwrap();
        assert!(reasons[0].breaks.is_empty());
        assert!(
            reasons[1].breaks.iter().any(|text| text.contains("蛇口学区")),
            "{:?}",
            reasons[1].breaks
        );
    }

    #[test]
    fn a_locked_cluster_says_so() {
        let mut content = content();
        content.clusters[1].locked = true;
        assert_eq!(
            reasons(&content, kg(2), &facts()).unwrap()[1].breaks,
            ["蛇口学区已锁定，请先解锁再调整"]
        );
    }
}
