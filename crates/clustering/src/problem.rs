//! What is asked: sites, terms and weights, checked once so that everything after it may rely on them.
//!
//! The core is the capacitated p-median problem (Osman & Christofides 1994, Lorena & Senne 2004): choose at most, exactly or
//! between so many centres among the eligible sites and give every site whole to one centre, so that the demand on a centre
//! (its own included) stays within its capacity and the weighted distance is least. A centre always belongs to its own cluster.

use std::fmt;
use std::ops::RangeInclusive;

/// Kinds and grades are small numbers below this limit, so that a cluster's counts fit into a fixed array.
pub const CLASSES: usize = 8;

/// A place to be clustered, in our case a kindergarten.
#[derive(Clone, Debug, PartialEq)]
pub struct Site {
    /// Metres east on a local plane.
    pub x_m: f64,
    /// Metres north on a local plane.
    pub y_m: f64,
    /// How many places of its centre's capacity the site takes: 1 for a kindergarten.
    pub demand: u32,
    /// How much demand the site could lead as a centre, its own included: 16 under clause 2.1.2-2.
    pub capacity: u32,
    /// Whether the site may be a centre (clause 2.1.2-4). A forbidden centre is an ineligible site.
    pub eligible: bool,
    /// The street it lies in, any number; equal numbers are the same street.
    pub street: u32,
    /// Ownership: 0 public, 1 inclusive private, 2 private; below [`CLASSES`].
    pub kind: u8,
    /// Quality grade as a class number below [`CLASSES`].
    pub grade: u8,
}

/// How the distance between two sites is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Metric {
    /// Straight line in metres.
    #[default]
    Euclid,
    /// Straight line, each distance rounded down to a whole number, as the OR-Library's files have it.
    EuclidFloor,
}

/// What one unit of each term costs, in metres, so that every plan has one total. None may be negative.
#[derive(Clone, Debug, PartialEq)]
pub struct Weights {
    /// For each metre between a site and its centre.
    pub distance: f64,
    /// For each site by which a cluster's ownership mix differs from the mix of all sites
    /// (half the sum of the differences of the counts): clause 2.1.2-3.
    pub ownership_mix: f64,
    /// The same for the grade mix: clause 2.1.1-2.
    pub grade_mix: f64,
    /// For each site in another street than its centre: clause 2.1.2-1.
    pub street_cohesion: f64,
    /// For each site by which a cluster is larger or smaller than the mean cluster.
    pub size_balance: f64,
}

impl Default for Weights {
    /// Distance alone.
    fn default() -> Self {
        Self {
            distance: 1.0,
            ownership_mix: 0.0,
            grade_mix: 0.0,
            street_cohesion: 0.0,
            size_balance: 0.0,
        }
    }
}

/// A cluster that stays as it is. Its members are left out of the search; its capacity is not questioned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frozen {
    /// Index of the centre, which need not be eligible any more.
    pub centre: usize,
    /// Indices of all members; the centre may be listed or not.
    pub members: Vec<usize>,
}

/// The conditions a plan must keep and what it is judged by. Sites are meant by their index.
#[derive(Clone, Debug, PartialEq)]
pub struct Terms {
    /// How many clusters there may be, the frozen ones included. More centres never cost distance,
    /// so the search takes the upper end as far as there are centres.
    pub clusters: RangeInclusive<usize>,
    /// How distances are measured.
    pub metric: Metric,
    /// Groups of sites that must share a cluster.
    pub must_together: Vec<Vec<usize>>,
    /// Pairs of sites that must not share a cluster.
    pub never_together: Vec<(usize, usize)>,
    /// Sites that must be centres.
    pub fixed_centres: Vec<usize>,
    /// Clusters that are kept as they are.
    pub frozen: Vec<Frozen>,
    /// What is optimised.
    pub weights: Weights,
}

impl Terms {
    /// At most `p` clusters, distance alone, no further conditions.
    pub fn at_most(p: usize) -> Self {
        Self::between(1..=p)
    }

    /// Exactly `p` clusters, distance alone, no further conditions.
    pub fn exactly(p: usize) -> Self {
        Self::between(p..=p)
    }

    /// A number of clusters in the range, distance alone, no further conditions.
    pub fn between(clusters: RangeInclusive<usize>) -> Self {
        Self {
            clusters,
            metric: Metric::default(),
            must_together: Vec::new(),
            never_together: Vec::new(),
            fixed_centres: Vec::new(),
            frozen: Vec::new(),
            weights: Weights::default(),
        }
    }
}

/// A checked problem: whatever contradicts itself on paper was refused by [`Problem::new`].
#[derive(Clone, Debug)]
pub struct Problem {
    sites: Vec<Site>,
    terms: Terms,
    blocks: Vec<Vec<usize>>,
    frozen_by: Vec<Option<usize>>,
}

/// Why a problem has no plan. Sites are meant by their index; the text counts them from 1.
#[derive(Clone, Debug, PartialEq)]
pub enum Infeasible {
    /// There is nothing to cluster.
    NoSites,
    /// A coordinate is not a finite number.
    BadCoordinates(usize),
    /// Kind or grade is [`CLASSES`] or more.
    BadClass(usize),
    /// A weight is negative or not finite.
    BadWeight(&'static str),
    /// The range of clusters is empty or ends at zero.
    BadRange(usize, usize),
    /// A condition names a site that does not exist.
    UnknownSite(usize),
    /// Nobody may be a centre.
    NoEligibleSite,
    /// Fewer possible centres than the least number of clusters.
    TooFewCentres {
        /// Clusters wanted.
        needed: usize,
        /// Centres there could be.
        possible: usize,
    },
    /// The largest possible centres together can't take everybody.
    TooFewPlaces {
        /// Demand of all sites that are not frozen.
        demand: u64,
        /// Capacity of the best choice of centres.
        places: u64,
        /// How many centres that choice has.
        clusters: usize,
    },
    /// More fixed and frozen clusters than the upper end of the range.
    TooManyGiven {
        /// Fixed centres and frozen clusters.
        given: usize,
        /// Clusters allowed.
        allowed: usize,
    },
    /// A fixed centre is not eligible, or can't even take the sites tied to it.
    FixedCannotLead(usize),
    /// Two fixed centres must be together.
    FixedTogether(usize, usize),
    /// A group that must be together is larger than any centre's capacity.
    GroupTooLarge {
        /// Its members.
        sites: Vec<usize>,
        /// Their demand.
        demand: u64,
        /// The largest capacity.
        capacity: u64,
    },
    /// Two sites must be together and must not be.
    TogetherAndApart(usize, usize),
    /// A site is in two frozen clusters.
    FrozenTwice(usize),
    /// A frozen site must be with one that is not in its frozen cluster.
    FrozenSplits(usize, usize),
    /// Two sites of one frozen cluster must not be together.
    FrozenApart(usize, usize),
    /// A fixed centre is an ordinary member of a frozen cluster.
    FrozenNotCentre(usize),
}

impl fmt::Display for Infeasible {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let nth = |site: &usize| site + 1;
        match self {
            Self::NoSites => write!(f, "没有可划分的园所"),
            Self::BadCoordinates(s) => write!(f, "第 {} 所的坐标不是有效数字", nth(s)),
            Self::BadClass(s) => {
                write!(f, "第 {} 所的性质或等级编号超出范围（应小于 {CLASSES}）", nth(s))
            }
            Self::BadWeight(name) => write!(f, "权重 {name} 必须是不小于零的数"),
            Self::BadRange(low, high) => write!(f, "学区数量范围 {low} 至 {high} 无效"),
            Self::UnknownSite(s) => write!(f, "条件中提到的第 {} 所不存在", nth(s)),
            Self::NoEligibleSite => write!(f, "没有一所具备中心园资格"),
            Self::TooFewCentres { needed, possible } => {
                write!(f, "需要 {needed} 个学区，但最多只有 {possible} 所可作中心园")
            }
            Self::TooFewPlaces { demand, places, clusters } => {
                write!(f, "共需 {demand} 个名额，{clusters} 个学区最多只能容纳 {places} 个")
            }
            Self::TooManyGiven { given, allowed } => {
                write!(f, "已指定和锁定的学区有 {given} 个，超过允许的 {allowed} 个")
            }
            Self::FixedCannotLead(s) => write!(
                f,
                "指定的中心园（第 {} 所）不具备资格，或容纳不下必须与它同区的园所",
                nth(s)
            ),
            Self::FixedTogether(a, b) => {
                write!(f, "第 {} 所与第 {} 所都被指定为中心园，却又必须同区", nth(a), nth(b))
            }
            Self::GroupTooLarge { sites, demand, capacity } => write!(
                f,
                "必须同区的 {} 所（含第 {} 所）共需 {demand} 个名额，任何学区最多只有 {capacity} 个",
                sites.len(),
                sites.first().map_or(0, nth)
            ),
            Self::TogetherAndApart(a, b) => {
                write!(f, "第 {} 所与第 {} 所既必须同区，又不得同区", nth(a), nth(b))
            }
            Self::FrozenTwice(s) => write!(f, "第 {} 所同时属于两个锁定的学区", nth(s)),
            Self::FrozenSplits(a, b) => {
                write!(
                    f,
                    "第 {} 所在锁定的学区内，与它必须同区的第 {} 所却不在其中",
                    nth(a),
                    nth(b)
                )
            }
            Self::FrozenApart(a, b) => {
                write!(f, "第 {} 所与第 {} 所不得同区，却在同一个锁定的学区内", nth(a), nth(b))
            }
            Self::FrozenNotCentre(s) => {
                write!(f, "指定的中心园（第 {} 所）是某个锁定学区的成员园", nth(s))
            }
        }
    }
}

impl std::error::Error for Infeasible {}

impl Problem {
    /// Checks sites and terms against themselves and against each other.
    ///
    /// What passes may still have no plan (packing unequal demands is hard in itself); then
    /// [`solve`](crate::solve()) says so after its search.
    pub fn new(sites: Vec<Site>, terms: Terms) -> Result<Self, Infeasible> {
        check_values(&sites, &terms)?;
        let frozen_by = frozen_by(&sites, &terms)?;
        let blocks = blocks(&sites, &terms, &frozen_by)?;
        let problem = Self { sites, terms, blocks, frozen_by };
        problem.check_room()?;
        Ok(problem)
    }

    /// The sites, in the caller's order.
    pub fn sites(&self) -> &[Site] {
        &self.sites
    }

    /// The conditions and weights.
    pub fn terms(&self) -> &Terms {
        &self.terms
    }

    /// Metres between two sites by the problem's metric.
    pub fn distance(&self, a: usize, b: usize) -> f64 {
        let (a, b) = (&self.sites[a], &self.sites[b]);
        let (dx, dy) = (a.x_m - b.x_m, a.y_m - b.y_m);
        let straight = (dx * dx + dy * dy).sqrt();
        match self.terms.metric {
            Metric::Euclid => straight,
            Metric::EuclidFloor => straight.floor(),
        }
    }

    /// The part of the cost that a site causes at a centre whatever else the plan holds: distance and street.
    pub(crate) fn cost_at(&self, site: usize, centre: usize) -> f64 {
        let weights = &self.terms.weights;
        let other_street = self.sites[site].street != self.sites[centre].street;
        weights.distance * self.distance(site, centre)
            + if other_street { weights.street_cohesion } else { 0.0 }
    }

    /// Sites that move as one (mostly singles), the frozen ones left out; each sorted, in order of their first site.
    pub(crate) fn blocks(&self) -> &[Vec<usize>] {
        &self.blocks
    }

    /// Which frozen cluster a site belongs to.
    pub(crate) fn frozen_by(&self, site: usize) -> Option<usize> {
        self.frozen_by[site]
    }

    /// Demand of a block.
    pub(crate) fn demand(&self, block: &[usize]) -> u64 {
        block.iter().map(|&s| u64::from(self.sites[s].demand)).sum()
    }

    /// Sites of a block that may be its centre: eligible and large enough for the block itself.
    pub(crate) fn leaders<'a>(&'a self, block: &'a [usize]) -> impl Iterator<Item = usize> + 'a {
        let demand = self.demand(block);
        block
            .iter()
            .copied()
            .filter(move |&s| self.sites[s].eligible && u64::from(self.sites[s].capacity) >= demand)
    }

    /// How many clusters the range leaves beside the frozen ones, as least and most.
    pub(crate) fn open_range(&self) -> (usize, usize) {
        let frozen = self.terms.frozen.len();
        let (low, high) = (*self.terms.clusters.start(), *self.terms.clusters.end());
        (low.saturating_sub(frozen), high.saturating_sub(frozen))
    }

    /// Whether enough centres can be open, and whether they can take everybody.
    fn check_room(&self) -> Result<(), Infeasible> {
        let given = self.terms.frozen.len();
        let (low, high) = self.open_range();
        if given > *self.terms.clusters.end() {
            return Err(Infeasible::TooManyGiven { given, allowed: *self.terms.clusters.end() });
        }
        if self.blocks.is_empty() {
            return if low == 0 {
                Ok(())
            } else {
                Err(Infeasible::TooFewCentres { needed: low + given, possible: given })
            };
        }
        let eligible = self.blocks.iter().flatten().filter(|&&s| self.sites[s].eligible);
        let Some(largest) = eligible.map(|&s| u64::from(self.sites[s].capacity)).max() else {
            return Err(Infeasible::NoEligibleSite);
        };
        if let Some(block) = self.blocks.iter().find(|block| self.demand(block) > largest) {
            let (sites, demand) = (block.clone(), self.demand(block));
            return Err(Infeasible::GroupTooLarge { sites, demand, capacity: largest });
        }
        let fixed: Vec<usize> = self
            .terms
            .fixed_centres
            .iter()
            .copied()
            .filter(|&s| self.frozen_by[s].is_none())
            .collect();
        let mut fixed_rooms = Vec::new();
        let mut rooms = Vec::new();
        for block in &self.blocks {
            let mine: Vec<usize> =
                fixed.iter().copied().filter(|s| block.binary_search(s).is_ok()).collect();
            match mine.as_slice() {
                [] => rooms
                    .extend(self.leaders(block).map(|s| u64::from(self.sites[s].capacity)).max()),
                [one] if self.leaders(block).any(|s| s == *one) => {
                    fixed_rooms.push(u64::from(self.sites[*one].capacity));
                }
                [one] => return Err(Infeasible::FixedCannotLead(*one)),
                [a, b, ..] => return Err(Infeasible::FixedTogether(*a, *b)),
            }
        }
        if fixed_rooms.len() > high {
            let given = fixed_rooms.len() + given;
            return Err(Infeasible::TooManyGiven { given, allowed: *self.terms.clusters.end() });
        }
        let possible = fixed_rooms.len() + rooms.len();
        if possible < low.max(1) {
            return Err(Infeasible::TooFewCentres {
                needed: low.max(1) + given,
                possible: possible + given,
            });
        }
        rooms.sort_unstable_by(|a, b| b.cmp(a));
        rooms.truncate(high - fixed_rooms.len());
        rooms.extend(&fixed_rooms);
        let demand: u64 = self.blocks.iter().map(|block| self.demand(block)).sum();
        let places: u64 = rooms.iter().sum();
        if places < demand {
            return Err(Infeasible::TooFewPlaces { demand, places, clusters: rooms.len() });
        }
        Ok(())
    }
}

fn check_values(sites: &[Site], terms: &Terms) -> Result<(), Infeasible> {
    if sites.is_empty() {
        return Err(Infeasible::NoSites);
    }
    for (i, site) in sites.iter().enumerate() {
        // Beyond a thousand million kilometres the square of a distance would lose its meaning as a number.
        if !(site.x_m.abs() < 1e12 && site.y_m.abs() < 1e12) {
            return Err(Infeasible::BadCoordinates(i));
        }
        if usize::from(site.kind) >= CLASSES || usize::from(site.grade) >= CLASSES {
            return Err(Infeasible::BadClass(i));
        }
    }
    let weights = &terms.weights;
    for (name, weight) in [
        ("distance", weights.distance),
        ("ownership_mix", weights.ownership_mix),
        ("grade_mix", weights.grade_mix),
        ("street_cohesion", weights.street_cohesion),
        ("size_balance", weights.size_balance),
    ] {
        if !(0.0..1e12).contains(&weight) {
            return Err(Infeasible::BadWeight(name));
        }
    }
    let (low, high) = (*terms.clusters.start(), *terms.clusters.end());
    if low > high || high == 0 {
        return Err(Infeasible::BadRange(low, high));
    }
    let named = terms.must_together.iter().flatten().copied();
    let named = named.chain(terms.never_together.iter().flat_map(|&(a, b)| [a, b]));
    let named = named.chain(terms.fixed_centres.iter().copied());
    let mut named =
        named.chain(terms.frozen.iter().flat_map(|f| f.members.iter().copied().chain([f.centre])));
    match named.find(|&s| s >= sites.len()) {
        Some(site) => Err(Infeasible::UnknownSite(site)),
        None => Ok(()),
    }
}

/// For every site the frozen cluster that holds it.
fn frozen_by(sites: &[Site], terms: &Terms) -> Result<Vec<Option<usize>>, Infeasible> {
    let mut by = vec![None; sites.len()];
    for (cluster, frozen) in terms.frozen.iter().enumerate() {
        for &site in frozen.members.iter().chain([&frozen.centre]) {
            match by[site] {
                Some(other) if other != cluster => return Err(Infeasible::FrozenTwice(site)),
                _ => by[site] = Some(cluster),
            }
        }
    }
    for &(a, b) in &terms.never_together {
        if by[a].is_some() && by[a] == by[b] {
            return Err(Infeasible::FrozenApart(a, b));
        }
    }
    for &site in &terms.fixed_centres {
        if by[site].is_some_and(|cluster| terms.frozen[cluster].centre != site) {
            return Err(Infeasible::FrozenNotCentre(site));
        }
    }
    Ok(by)
}

/// Joins what must be together, and refuses what must also be apart.
fn blocks(
    sites: &[Site],
    terms: &Terms,
    frozen_by: &[Option<usize>],
) -> Result<Vec<Vec<usize>>, Infeasible> {
    fn root(parent: &mut [usize], mut site: usize) -> usize {
        while parent[site] != site {
            parent[site] = parent[parent[site]];
            site = parent[site];
        }
        site
    }
    let mut parent: Vec<usize> = (0..sites.len()).collect();
    for group in &terms.must_together {
        for pair in group.windows(2) {
            if frozen_by[pair[0]] != frozen_by[pair[1]] {
                let (inside, outside) = if frozen_by[pair[0]].is_some() {
                    (pair[0], pair[1])
                } else {
                    (pair[1], pair[0])
                };
                return Err(Infeasible::FrozenSplits(inside, outside));
            }
            let (a, b) = (root(&mut parent, pair[0]), root(&mut parent, pair[1]));
            parent[a.max(b)] = a.min(b);
        }
    }
    for &(a, b) in &terms.never_together {
        if root(&mut parent, a) == root(&mut parent, b) {
            return Err(Infeasible::TogetherAndApart(a, b));
        }
    }
    let mut members: Vec<Vec<usize>> = vec![Vec::new(); sites.len()];
    for site in (0..sites.len()).filter(|&s| frozen_by[s].is_none()) {
        let first = root(&mut parent, site);
        members[first].push(site);
    }
    members.retain(|block| !block.is_empty());
    Ok(members)
}
