//! From a district's facts to the optimiser's problem, and from its solution to a content with names.

use std::collections::{BTreeMap, HashMap};

use clustering::{
    Effort, Frozen, Infeasible, NoPlan, Problem, Site as Place, Terms, Watcher, solve,
};
use kernel::KindergartenId;
use policy::{Grade, Ownership};

use super::super::types::{Cluster, Content, DistrictFacts, Proposal, Site};
use super::mending::mended;
use super::{digest_of_sites, settled};

/// Why there is no proposal: a sentence to the officer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoProposal {
    /// Nothing to place.
    #[error("本区没有在办幼儿园，无需划分")]
    Nobody,
    /// Nobody may lead.
    #[error(
        "本区没有符合条件的中心园（公办、优质，市属须有委托书），请先核对名册中的办园性质和等级"
    )]
    NoCentre,
    /// More locked clusters than clusters.
    #[error("已锁定 {locked} 个学区，学区数 {clusters} 个不够")]
    TooManyLocked {
        /// Locked clusters.
        locked: u32,
        /// Clusters asked for.
        clusters: u32,
    },
    /// A locked cluster whose centre is gone.
    #[error("锁定的{0}的中心园已不在在办名册中，请先解锁")]
    LockedCentreGone(String),
    /// Too few clusters for so many kindergartens.
    #[error(
        "{kindergartens} 所幼儿园至少要 {least} 个学区（每个不超过 {largest} 所），现为 {clusters} 个"
    )]
    TooFewClusters {
        /// To be placed.
        kindergartens: u32,
        /// Fewest clusters.
        least: u32,
        /// Most kindergartens in each.
        largest: u32,
        /// Clusters asked for.
        clusters: u32,
    },
    /// The problem contradicts itself.
    #[error("按现有条件无法划分：{0}")]
    Infeasible(String),
    /// It was stopped.
    #[error("已停止，没有生成方案")]
    Stopped,
}

impl From<Infeasible> for NoProposal {
    fn from(reason: Infeasible) -> Self {
        match reason {
            Infeasible::NoSites => Self::Nobody,
            Infeasible::NoEligibleSite => Self::NoCentre,
            other => Self::Infeasible(other.to_string()),
        }
    }
}

impl From<NoPlan> for NoProposal {
    fn from(reason: NoPlan) -> Self {
        match reason {
            NoPlan::Stopped => Self::Stopped,
            NoPlan::NotFound { .. } => Self::Infeasible(reason.to_string()),
        }
    }
}

/// Divides the district's open kindergartens into at most `clusters` clusters (`2.1.2-1` to `-4`, `-6`, `-9`): the
/// optimiser by distance alone, then `mending` what breaks the rules of composition. A weight for the mix inside the
/// optimiser costs twice the distance for each breach that it avoids, because the rule is a threshold and the weight is not. Locked
/// clusters of `current` stay; a cluster that keeps its centre keeps its key and name. The same facts, seed and level of
/// effort give the same content.
pub fn propose_district(
    facts: &DistrictFacts,
    current: &Content,
    clusters: u32,
    effort: &Effort,
    watcher: &dyn Watcher,
) -> Result<Content, NoProposal> {
    let sites: Vec<&Site> = facts.open().collect();
    if sites.is_empty() {
        return Err(NoProposal::Nobody);
    }
    let index: HashMap<KindergartenId, usize> =
        sites.iter().enumerate().map(|(place, site)| (site.id, place)).collect();
    let locked: Vec<&Cluster> = current.clusters.iter().filter(|cluster| cluster.locked).collect();
    let frozen = locked.iter().map(|cluster| {
        let centre = cluster.centre.and_then(|centre| index.get(&centre).copied());
        let centre = centre.ok_or_else(|| NoProposal::LockedCentreGone(cluster.name.clone()))?;
        Ok(Frozen {
            centre,
            members: cluster.members.iter().filter_map(|id| index.get(id).copied()).collect(),
        })
    });
    let frozen: Vec<Frozen> = frozen.collect::<Result<_, NoProposal>>()?;
    let capacity = capacity(facts, &sites, &frozen, clusters)?;
    let terms = Terms { frozen, ..Terms::at_most(clusters as usize) };
    let problem = Problem::new(places(facts, &sites, capacity), terms)?;
    let solution = solve(&problem, effort, watcher)?;

    let mut members: BTreeMap<usize, Vec<KindergartenId>> = BTreeMap::new();
    for (site, &centre) in sites.iter().zip(&solution.plan.centre_of) {
        members.entry(centre).or_default().push(site.id);
    }
    let mut content = Content { next_key: current.next_key.max(1), ..Content::default() };
    for (centre, members) in members {
        let centre = sites[centre].id;
        let before = current.clusters.iter().find(|cluster| cluster.centre == Some(centre));
        content.clusters.push(match before {
            Some(cluster) if cluster.locked => cluster.clone(),
            Some(cluster) => Cluster { members, ..cluster.clone() },
            None => {
                let key = content.next_key;
                content.next_key += 1;
                Cluster { key, name: String::new(), centre: Some(centre), members, locked: false }
            }
        });
    }
    content.exceptions.clone_from(&current.exceptions);
    let mut content = settled(mended(content, facts, capacity), facts);
    content.proposal = Some(Proposal {
        distance_m: content.distances(facts).total_m,
        // Only distance was weighed, so this is a bound of the distance of every plan, whatever its mix.
        bound_m: solution.lower_bound,
        clusters,
        locked: locked.len() as u32,
        seed: effort.seed,
        rounds: solution.rounds,
        sites: digest_of_sites(facts),
    });
    Ok(content)
}

/// Most kindergartens in a cluster. Where even the largest lawful clusters around every possible centre can't take all,
/// clusters grow beyond it and need an exception (`2.1.2-2` is in principle); where only too few clusters were asked for,
/// more are asked for instead.
fn capacity(
    facts: &DistrictFacts,
    sites: &[&Site],
    frozen: &[Frozen],
    clusters: u32,
) -> Result<u32, NoProposal> {
    let largest = facts.parameters.largest_cluster.max(1);
    let locked = frozen.len() as u32;
    let is_frozen = |place: usize| {
        frozen.iter().any(|cluster| cluster.centre == place || cluster.members.contains(&place))
    };
    let free: Vec<&&Site> = sites
        .iter()
        .enumerate()
        .filter(|(place, _)| !is_frozen(*place))
        .map(|(_, site)| site)
        .collect();
    let to_place = free.len() as u32;
    let eligible = free.iter().filter(|site| site.is_eligible(&facts.parameters)).count() as u32;
    if to_place == 0 {
        return Ok(largest);
    }
    if locked >= clusters {
        return Err(NoProposal::TooManyLocked { locked, clusters });
    }
    if eligible == 0 {
        return Err(NoProposal::NoCentre);
    }
    let open = (clusters - locked).min(eligible);
    if to_place <= open * largest {
        return Ok(largest);
    }
    if open == eligible {
        return Ok(to_place.div_ceil(eligible));
    }
    let least = to_place.div_ceil(largest) + locked;
    Err(NoProposal::TooFewClusters { kindergartens: to_place, least, largest, clusters })
}

fn places(facts: &DistrictFacts, sites: &[&Site], capacity: u32) -> Vec<Place> {
    let mut streets: Vec<&str> = sites.iter().map(|site| site.street.as_str()).collect();
    streets.sort_unstable();
    streets.dedup();
    let place = |site: &&Site| {
        let position = facts.position(site);
        Place {
            x_m: position.x_m,
            y_m: position.y_m,
            demand: 1,
            capacity,
            eligible: site.is_eligible(&facts.parameters),
            street: streets.partition_point(|street| *street < site.street.as_str()) as u32,
            kind: match site.ownership {
                Ownership::Public => 0,
                Ownership::InclusivePrivate => 1,
                Ownership::Private => 2,
            },
            grade: match site.grade {
                Grade::Provincial => 0,
                Grade::Municipal => 1,
                Grade::District => 2,
                Grade::Ungraded => 3,
            },
        }
    };
    sites.iter().map(place).collect()
}

#[cfg(test)]
mod tests {
    use super::super::sample::{content, facts, facts_of, kg, site};
    use super::super::{applied, judge};
    use super::*;
    use crate::plans::types::Change;
    use policy::{Ownership, RunBy};

    fn proposed(
        facts: &DistrictFacts,
        current: &Content,
        clusters: u32,
    ) -> Result<Content, NoProposal> {
        propose_district(facts, current, clusters, &Effort::default(), &())
    }

    #[test]
    fn everybody_is_placed_once_around_lawful_centres_with_lawful_names() {
        let content = proposed(&facts(), &Content::default(), 2).unwrap();
        assert_eq!(content.clusters.len(), 2);
        assert!(content.unassigned(&facts()).is_empty());
        assert_eq!(judge(&content, &facts()).breaches, []);
        assert_eq!(content.clusters[0].name, "粤海学区");
        let proposal = content.proposal.unwrap();
        assert!(
            proposal.bound_m <= proposal.distance_m + 1e-6 && proposal.bound_m > 0.0,
            "{proposal:?}"
        );
    }

    #[test]
    fn the_same_seed_gives_the_same_plan() {
        assert_eq!(
            proposed(&facts(), &Content::default(), 2),
            proposed(&facts(), &Content::default(), 2)
        );
    }

    #[test]
    fn a_cluster_that_keeps_its_centre_keeps_key_and_name() {
        let mut before = content();
        before.clusters[0].key = 41;
        before.clusters[0].name = "南山区第7学区".into();
        before.next_key = 42;
        let after = proposed(&facts(), &before, 2).unwrap();
        assert_eq!(after.cluster(41).unwrap().name, "南山区第7学区");
    }

    #[test]
    fn a_locked_cluster_stays_as_it_is() {
        let moved =
            applied(&content(), &Change::Move { kindergarten: kg(8), to: 1 }, &facts()).unwrap().0;
        let locked =
            applied(&moved, &Change::Lock { cluster: 1, locked: true }, &facts()).unwrap().0;
        let after = proposed(&facts(), &locked, 2).unwrap();
        assert_eq!(after.cluster(1), locked.cluster(1));
        assert_eq!(after.cluster(2).unwrap().members, [kg(5), kg(6), kg(7)]);
        assert_eq!(
            proposed(&facts(), &locked, 1),
            Err(NoProposal::TooManyLocked { locked: 1, clusters: 1 })
        );
    }

    #[test]
    fn a_city_run_kindergarten_leads_only_with_its_paper() {
        let mut sites: Vec<Site> = (1..=8).map(site).collect();
        sites[0].run_by = RunBy::City;
        let without = proposed(&facts_of(sites.clone()), &Content::default(), 2).unwrap();
        assert!(without.clusters.iter().all(|cluster| cluster.centre != Some(kg(1))));
        sites[0].delegated = true;
        let with = proposed(&facts_of(sites), &Content::default(), 2).unwrap();
        assert!(with.clusters.iter().any(|cluster| cluster.centre == Some(kg(1))));
    }

    #[test]
    fn without_a_possible_centre_the_reason_is_told() {
        let mut sites: Vec<Site> = (1..=8).map(site).collect();
        for site in &mut sites {
            site.ownership = Ownership::Private;
        }
        assert_eq!(proposed(&facts_of(sites), &Content::default(), 2), Err(NoProposal::NoCentre));
        assert_eq!(proposed(&facts_of(vec![]), &Content::default(), 2), Err(NoProposal::Nobody));
    }

    #[test]
    fn too_few_clusters_are_refused_and_too_few_centres_make_large_ones() {
        let mut facts = facts();
        facts.parameters.largest_cluster = 3;
        let refusal = proposed(&facts, &Content::default(), 1).unwrap_err();
        assert_eq!(refusal.to_string(), "8 所幼儿园至少要 3 个学区（每个不超过 3 所），现为 1 个");
        let large = proposed(&facts, &Content::default(), 3).unwrap();
        assert_eq!(large.clusters.iter().map(|cluster| cluster.members.len()).max(), Some(4));
    }
}
