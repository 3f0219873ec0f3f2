//! A plan, its cost by term and its faults, counted afresh from the definitions.
//!
//! The search keeps its own running figures; what is reported always comes from here, so a slip in the search can make a plan
//! worse but never make a wrong figure or pass off an illegal plan as a legal one.

use crate::problem::{CLASSES, Problem, Site};

/// Who belongs to which centre.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// For every site, in the problem's order, the index of its centre; a centre has its own index.
    pub centre_of: Vec<usize>,
}

/// The weighted cost of a plan, term by term, each in metres.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Cost {
    /// Distances to the centres.
    pub distance: f64,
    /// Ownership mix away from the mix of all sites.
    pub ownership_mix: f64,
    /// Grade mix away from the mix of all sites.
    pub grade_mix: f64,
    /// Sites in another street than their centre.
    pub street_cohesion: f64,
    /// Clusters away from the mean size.
    pub size_balance: f64,
}

impl Cost {
    /// Sum of all terms in metres.
    pub fn total(&self) -> f64 {
        self.distance
            + self.ownership_mix
            + self.grade_mix
            + self.street_cohesion
            + self.size_balance
    }
}

/// What a plan breaks. Sites are meant by their index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Breach {
    /// The plan does not speak about each site exactly once, or names a centre that does not exist.
    Malformed,
    /// A centre that does not belong to its own cluster.
    CentreElsewhere(usize),
    /// A centre that may not be one.
    NotEligible(usize),
    /// More demand on a centre than its capacity.
    OverCapacity {
        /// The centre.
        centre: usize,
        /// Demand of its cluster.
        demand: u64,
    },
    /// Fewer or more clusters than the range allows.
    WrongNumber(usize),
    /// Two sites that must be together are not.
    Parted(usize, usize),
    /// Two sites that must not be together are.
    Joined(usize, usize),
    /// A fixed centre is not a centre.
    NotCentre(usize),
    /// A frozen cluster (by its position) was changed.
    Thawed(usize),
}

impl Plan {
    /// The centres, ascending.
    pub fn centres(&self) -> Vec<usize> {
        let mut centres = self.centre_of.clone();
        centres.sort_unstable();
        centres.dedup();
        centres
    }

    /// Members of each centre's cluster, the centre included, ascending by centre.
    pub fn clusters(&self) -> Vec<(usize, Vec<usize>)> {
        let mut by_centre: std::collections::BTreeMap<usize, Vec<usize>> =
            std::collections::BTreeMap::new();
        for (site, &centre) in self.centre_of.iter().enumerate() {
            by_centre.entry(centre).or_default().push(site);
        }
        by_centre.into_iter().collect()
    }

    /// Everything in which the plan breaks the problem's conditions; empty for a legal plan.
    pub fn breaches(&self, problem: &Problem) -> Vec<Breach> {
        let (sites, terms, of) = (problem.sites(), problem.terms(), &self.centre_of);
        if of.len() != sites.len() || of.iter().any(|&c| c >= sites.len()) {
            return vec![Breach::Malformed];
        }
        let mut found = Vec::new();
        let clusters = self.clusters();
        for (centre, members) in &clusters {
            if of[*centre] != *centre {
                found.push(Breach::CentreElsewhere(*centre));
            }
            if problem.frozen_by(*centre).is_some() {
                continue;
            }
            if !sites[*centre].eligible {
                found.push(Breach::NotEligible(*centre));
            }
            let demand = problem.demand(members);
            if demand > u64::from(sites[*centre].capacity) {
                found.push(Breach::OverCapacity { centre: *centre, demand });
            }
        }
        if !terms.clusters.contains(&clusters.len()) {
            found.push(Breach::WrongNumber(clusters.len()));
        }
        for pair in terms.must_together.iter().flat_map(|group| group.windows(2)) {
            if of[pair[0]] != of[pair[1]] {
                found.push(Breach::Parted(pair[0], pair[1]));
            }
        }
        found.extend(
            terms
                .never_together
                .iter()
                .filter(|&&(a, b)| of[a] == of[b])
                .map(|&(a, b)| Breach::Joined(a, b)),
        );
        found.extend(
            terms.fixed_centres.iter().filter(|&&s| of[s] != s).map(|&s| Breach::NotCentre(s)),
        );
        for (position, frozen) in terms.frozen.iter().enumerate() {
            let kept = (0..sites.len())
                .all(|s| (of[s] == frozen.centre) == (problem.frozen_by(s) == Some(position)));
            if !kept {
                found.push(Breach::Thawed(position));
            }
        }
        found
    }

    /// The plan's cost by term. The plan must speak about every site.
    pub fn cost(&self, problem: &Problem) -> Cost {
        let weights = &problem.terms().weights;
        let sites = problem.sites();
        let mut cost = Cost::default();
        for (site, &centre) in self.centre_of.iter().enumerate() {
            cost.distance += weights.distance * problem.distance(site, centre);
            if sites[site].street != sites[centre].street {
                cost.street_cohesion += weights.street_cohesion;
            }
        }
        let everybody = Tally::of(sites, 0..sites.len());
        let clusters = self.clusters();
        let mean_size = sites.len() as f64 / clusters.len() as f64;
        for (_, members) in &clusters {
            let tally = Tally::of(sites, members.iter().copied());
            cost.ownership_mix += weights.ownership_mix * tally.ownership_away_from(&everybody);
            cost.grade_mix += weights.grade_mix * tally.grade_away_from(&everybody);
            cost.size_balance += weights.size_balance * (f64::from(tally.size) - mean_size).abs();
        }
        cost
    }
}

/// How many sites of each kind and grade there are in a group.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) size: u32,
    kinds: [u32; CLASSES],
    grades: [u32; CLASSES],
}

impl Tally {
    pub(crate) fn of(sites: &[Site], group: impl IntoIterator<Item = usize>) -> Self {
        let mut tally = Self::default();
        for site in group {
            tally.size += 1;
            tally.kinds[usize::from(sites[site].kind)] += 1;
            tally.grades[usize::from(sites[site].grade)] += 1;
        }
        tally
    }

    pub(crate) fn add(&mut self, other: &Self) {
        self.size += other.size;
        for class in 0..CLASSES {
            self.kinds[class] += other.kinds[class];
            self.grades[class] += other.grades[class];
        }
    }

    pub(crate) fn take(&mut self, other: &Self) {
        self.size -= other.size;
        for class in 0..CLASSES {
            self.kinds[class] -= other.kinds[class];
            self.grades[class] -= other.grades[class];
        }
    }

    /// How many sites would have to be of another ownership for the mix of `whole`.
    pub(crate) fn ownership_away_from(&self, whole: &Self) -> f64 {
        away(&self.kinds, self.size, &whole.kinds, whole.size)
    }

    /// How many sites would have to be of another grade for the mix of `whole`.
    pub(crate) fn grade_away_from(&self, whole: &Self) -> f64 {
        away(&self.grades, self.size, &whole.grades, whole.size)
    }
}

fn away(part: &[u32; CLASSES], part_size: u32, whole: &[u32; CLASSES], whole_size: u32) -> f64 {
    let scale = f64::from(part_size) / f64::from(whole_size);
    let differences =
        part.iter().zip(whole).map(|(&p, &w)| (f64::from(p) - f64::from(w) * scale).abs());
    differences.sum::<f64>() / 2.0
}
