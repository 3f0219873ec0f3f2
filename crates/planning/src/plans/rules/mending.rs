//! A proposal after the optimiser: the optimiser knows distances, capacities and centres, but a rule such as "at most 20
//! points from the district's share" is a threshold over a whole cluster. Moves and swaps between near clusters mend what
//! breaks such a rule, as long as each breach costs less than it is worth in metres. Centres and sizes stay lawful.

use std::collections::HashMap;

use kernel::KindergartenId;
use policy::Ownership;
use policy::plan_rules::Position;

use super::super::types::{Content, DistrictFacts};

/// What a broken in-principle rule may cost at most, in metres of all members' ways together.
const BREACH_M: f64 = 4_000.0;
/// What each kindergarten by which it is broken weighs besides, so that half a mending counts, too. Which weight leads to
/// the best end differs from district to district, and trying is cheap.
const STEPS_M: [f64; 5] = [250.0, 500.0, 1_000.0, 2_000.0, 4_000.0];
/// Clusters that a kindergarten may move to: those with the nearest centres.
const NEAREST: usize = 6;
/// Passes over all clusters; each mends what it can, and few are needed.
const PASSES: usize = 40;

struct Member {
    id: KindergartenId,
    at: Position,
    kind: usize,
    good: bool,
    /// The cluster's place in `groups`.
    group: usize,
    is_fixed: bool,
}

#[derive(Clone)]
struct Group {
    centre: Position,
    kinds: [u32; 3],
    good: u32,
    size: u32,
    sum_m: f64,
    near: Vec<usize>,
}

struct Mending<'a> {
    facts: &'a DistrictFacts,
    shares: [f64; 3],
    most: u32,
    step_m: f64,
    members: Vec<Member>,
    groups: Vec<Group>,
}

/// Mends a content in which every cluster has its centre; locked clusters stay as they are. No cluster grows beyond
/// `most`.
pub(super) fn mended(mut content: Content, facts: &DistrictFacts, most: u32) -> Content {
    let tries = STEPS_M.iter().filter_map(|&step_m| {
        let mut mending = Mending::of(&content, facts, most, step_m)?;
        // The broken clusters first; then all, because what one mending costs another exchange may win back.
        mending.settle(true);
        mending.settle(false);
        Some(mending)
    });
    let Some(best) = tries.min_by(|a, b| a.total(0.0).total_cmp(&b.total(0.0))) else {
        return content;
    };
    for (place, cluster) in content.clusters.iter_mut().enumerate() {
        if !cluster.locked {
            let own = best.members.iter().filter(|member| member.group == place);
            cluster.members = own.map(|member| member.id).collect();
        }
    }
    content
}

impl<'a> Mending<'a> {
    fn of(content: &Content, facts: &'a DistrictFacts, most: u32, step_m: f64) -> Option<Self> {
        let index: HashMap<KindergartenId, usize> = content
            .clusters
            .iter()
            .enumerate()
            .flat_map(|(place, cluster)| cluster.members.iter().map(move |id| (*id, place)))
            .collect();
        let mut groups = Vec::new();
        for cluster in &content.clusters {
            let centre = facts.position(facts.site(cluster.centre?)?);
            groups.push(Group {
                centre,
                kinds: [0; 3],
                good: 0,
                size: 0,
                sum_m: 0.0,
                near: Vec::new(),
            });
        }
        let centres: Vec<Position> = groups.iter().map(|group| group.centre).collect();
        for (place, group) in groups.iter_mut().enumerate() {
            let mut near: Vec<usize> = (0..centres.len())
                .filter(|&other| other != place && !content.clusters[other].locked)
                .collect();
            near.sort_by(|&a, &b| {
                group
                    .centre
                    .distance_m(centres[a])
                    .total_cmp(&group.centre.distance_m(centres[b]))
                    .then(a.cmp(&b))
            });
            near.truncate(NEAREST);
            group.near = near;
        }
        let mut totals = [0.0; 3];
        let mut members = Vec::new();
        for site in facts.open() {
            let kind = match site.ownership {
                Ownership::Public => 0,
                Ownership::InclusivePrivate => 1,
                Ownership::Private => 2,
            };
            totals[kind] += 1.0;
            let Some(&group) = index.get(&site.id) else { continue };
            let cluster = &content.clusters[group];
            members.push(Member {
                id: site.id,
                at: facts.position(site),
                kind,
                good: facts.parameters.is_good(site.grade),
                group,
                is_fixed: cluster.locked || cluster.centre == Some(site.id),
            });
        }
        let everybody: f64 = totals.iter().sum();
        let mut mending = Self {
            facts,
            shares: totals.map(|count| count / everybody.max(1.0)),
            most,
            step_m,
            members,
            groups,
        };
        for place in 0..mending.members.len() {
            let group = mending.members[place].group;
            mending.put(place, group);
        }
        Some(mending)
    }

    fn put(&mut self, member: usize, group: usize) {
        let member = &mut self.members[member];
        member.group = group;
        let group = &mut self.groups[group];
        group.kinds[member.kind] += 1;
        group.good += u32::from(member.good);
        group.size += 1;
        group.sum_m += member.at.distance_m(group.centre);
    }

    fn take(&mut self, member: usize) {
        let member = &self.members[member];
        let group = &mut self.groups[member.group];
        group.kinds[member.kind] -= 1;
        group.good -= u32::from(member.good);
        group.size -= 1;
        group.sum_m -= member.at.distance_m(group.centre);
    }

    /// Metres of a cluster's ways, and what its broken rules weigh.
    fn cost(&self, group: &Group) -> f64 {
        group.sum_m + self.weight_of_breaches(group, self.step_m)
    }

    /// The whole plan's cost under another step weight.
    fn total(&self, step_m: f64) -> f64 {
        self.groups.iter().map(|group| group.sum_m + self.weight_of_breaches(group, step_m)).sum()
    }

    /// `2.1.2-3`, `2.1.1-2`, `2.1.2-1` as costs: zero while all are kept.
    fn weight_of_breaches(&self, group: &Group, step_m: f64) -> f64 {
        let parameters = &self.facts.parameters;
        let size = f64::from(group.size);
        let tolerance = f64::from(parameters.ownership_tolerance_points) / 100.0;
        let mut weight = 0.0;
        let mut break_by = |over: f64| {
            if over > 1e-9 {
                weight += BREACH_M + step_m * over;
            }
        };
        // The three shares are one rule: its breach counts once, by the sum of what is too many or too few.
        let over = group.kinds.iter().zip(self.shares).map(|(&count, share)| {
            ((f64::from(count) - share * size).abs() - tolerance * size).max(0.0)
        });
        break_by(over.sum());
        let kinds = group.kinds.iter().filter(|count| **count > 0).count() as u32;
        break_by(f64::from(parameters.least_kinds.saturating_sub(kinds)));
        break_by(f64::from(parameters.least_good.saturating_sub(group.good)));
        let mean_m = group.sum_m / (size - 1.0).max(1.0);
        break_by(if mean_m > f64::from(parameters.mean_distance_m) { 1.0 } else { 0.0 });
        weight
    }

    /// Whether a member may go to a cluster: not beyond the longest way, unless its own is as long.
    fn is_near(&self, member: usize, group: usize) -> bool {
        let member = &self.members[member];
        let way_m = member.at.distance_m(self.groups[group].centre);
        let own_m = member.at.distance_m(self.groups[member.group].centre);
        way_m <= f64::from(self.facts.parameters.farthest_distance_m).max(own_m)
    }

    /// The two groups with the members moved, and what it saves.
    fn saving(&self, out: &[usize], back: &[usize], here: usize, there: usize) -> f64 {
        let (mut one, mut other) = (self.groups[here].clone(), self.groups[there].clone());
        for (moved, from, to) in
            out.iter().map(|m| (m, true, false)).chain(back.iter().map(|m| (m, false, true)))
        {
            let member = &self.members[*moved];
            let (source, target) =
                if from && !to { (&mut one, &mut other) } else { (&mut other, &mut one) };
            source.kinds[member.kind] -= 1;
            source.good -= u32::from(member.good);
            source.size -= 1;
            source.sum_m -= member.at.distance_m(source.centre);
            target.kinds[member.kind] += 1;
            target.good += u32::from(member.good);
            target.size += 1;
            target.sum_m += member.at.distance_m(target.centre);
        }
        if one.size > self.most || other.size > self.most {
            return f64::NEG_INFINITY;
        }
        self.cost(&self.groups[here]) + self.cost(&self.groups[there])
            - self.cost(&one)
            - self.cost(&other)
    }

    /// Lets each cluster, or each broken one, make its best move or swap, until nothing helps any more.
    fn settle(&mut self, only_broken: bool) {
        for _ in 0..PASSES {
            let mut is_settled = true;
            for here in 0..self.groups.len() {
                if only_broken && self.weight_of_breaches(&self.groups[here], self.step_m) == 0.0 {
                    continue;
                }
                let Some((out, back, there)) = self.best(here) else { continue };
                for (moving, to) in [(out, there), (back, here)] {
                    for member in moving {
                        self.take(member);
                        self.put(member, to);
                    }
                }
                is_settled = false;
            }
            if is_settled {
                return;
            }
        }
    }

    /// The move out, move in or swap with a near cluster that saves most.
    fn best(&self, here: usize) -> Option<(Vec<usize>, Vec<usize>, usize)> {
        let free = |group: usize| {
            let members = self.members.iter().enumerate();
            members
                .filter(move |(_, member)| member.group == group && !member.is_fixed)
                .map(|(place, _)| place)
        };
        let mine: Vec<usize> = free(here).collect();
        let mut best = (1e-6, None);
        let mut offer = |out: &[usize], back: &[usize], there: usize| {
            let saving = self.saving(out, back, here, there);
            if saving > best.0 {
                best = (saving, Some((out.to_vec(), back.to_vec(), there)));
            }
        };
        for &there in &self.groups[here].near {
            let leaving: Vec<usize> =
                mine.iter().copied().filter(|&member| self.is_near(member, there)).collect();
            let coming: Vec<usize> =
                free(there).filter(|&member| self.is_near(member, here)).collect();
            for &out in &leaving {
                offer(&[out], &[], there);
                for &back in &coming {
                    offer(&[out], &[back], there);
                }
            }
            for &back in &coming {
                offer(&[], &[back], there);
            }
        }
        best.1
    }
}

#[cfg(test)]
mod tests {
    use super::super::judge;
    use super::super::sample::{content, facts, kg};
    use super::*;

    /// Both private ones stand in the western cluster, both inclusive ones in the eastern.
    fn lopsided() -> Content {
        let mut content = content();
        content.clusters[0].members = vec![kg(1), kg(2), kg(4), kg(8)];
        content.clusters[1].members = vec![kg(5), kg(6), kg(3), kg(7)];
        content
    }

    #[test]
    fn a_lopsided_mix_is_mended_by_a_swap() {
        let before = judge(&lopsided(), &facts());
        assert!(!before.breaches.is_empty());
        let mended = mended(lopsided(), &facts(), 16);
        assert_eq!(judge(&mended, &facts()).breaches, []);
        assert_eq!(mended.clusters[0].members.len() + mended.clusters[1].members.len(), 8);
        assert_eq!(mended.unassigned(&facts()), []);
    }

    #[test]
    fn what_keeps_the_rules_stays_as_it_is() {
        assert_eq!(mended(content(), &facts(), 16), content());
    }

    #[test]
    fn a_locked_cluster_is_not_touched() {
        let mut locked = lopsided();
        locked.clusters[0].locked = true;
        assert_eq!(mended(locked.clone(), &facts(), 16).clusters[0], locked.clusters[0]);
    }

    #[test]
    fn no_cluster_grows_beyond_the_largest() {
        let mended = mended(lopsided(), &facts(), 4);
        assert!(mended.clusters.iter().all(|cluster| cluster.members.len() == 4));
    }
}
