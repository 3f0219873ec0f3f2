//! The problem as the search sees it: items, candidate centres and sparse arcs between them.
//!
//! Frozen clusters are gone, what must be together is one item, and each item keeps arcs to its nearest candidates only.
//! Arcs are enough for nearly every move; where they are not, costs are computed when needed.

use rstar::RTree;
use rstar::primitives::GeomWithData;

use crate::plan::{Plan, Tally};
use crate::problem::Problem;

/// No slot, no candidate.
pub(crate) const NONE: u32 = u32::MAX;

/// Items that each candidate lies near, and candidates that each item lies near, never fewer than this where there are so many.
const FEWEST_ARCS: usize = 40;

/// Below this many item-candidate pairs all costs are kept in one table (64 MB).
const TABLE_LIMIT: usize = 8_000_000;

/// Sites that move as one.
pub(crate) struct Item {
    pub(crate) sites: Vec<usize>,
    pub(crate) demand: u64,
    pub(crate) tally: Tally,
    /// Items that must not be in the same cluster.
    pub(crate) apart: Vec<u32>,
}

/// A site that may be a centre.
pub(crate) struct Candidate {
    pub(crate) site: usize,
    pub(crate) item: u32,
    pub(crate) capacity: u64,
    pub(crate) fixed: bool,
}

/// The cost of reaching one end of an arc from the other.
#[derive(Clone, Copy)]
pub(crate) struct Arc {
    pub(crate) to: u32,
    pub(crate) cost: f64,
}

/// Arcs by the end they start from, cheapest first.
pub(crate) struct Arcs {
    start: Vec<usize>,
    arcs: Vec<Arc>,
}

impl Arcs {
    fn collect(lists: Vec<Vec<Arc>>) -> Self {
        let mut start = vec![0];
        let mut arcs = Vec::with_capacity(lists.iter().map(Vec::len).sum());
        for list in lists {
            arcs.extend(list);
            start.push(arcs.len());
        }
        Self { start, arcs }
    }

    pub(crate) fn of(&self, from: u32) -> &[Arc] {
        &self.arcs[self.start[from as usize]..self.start[from as usize + 1]]
    }
}

/// The problem prepared for bound and search.
pub(crate) struct Model<'p> {
    pub(crate) problem: &'p Problem,
    pub(crate) items: Vec<Item>,
    pub(crate) candidates: Vec<Candidate>,
    /// From items to their nearest candidates.
    pub(crate) near: Arcs,
    /// The same arcs from candidates to items.
    pub(crate) reach: Arcs,
    /// For each item a cost that no left-out arc undercuts.
    pub(crate) left_out: Vec<f64>,
    /// How many centres are open in every plan of the search.
    pub(crate) open_count: usize,
    /// Fewest centres the range allows beside the frozen ones.
    pub(crate) open_least: usize,
    /// Demand of every item when all have the same and nothing but distance and street counts: then assignment is a
    /// transportation problem and solved exactly.
    pub(crate) uniform_demand: Option<u64>,
    /// Whether costs depend on who else is in the cluster.
    pub(crate) has_mix: bool,
    /// Mix of all sites, frozen ones included.
    everybody: Tally,
    mean_size: f64,
    /// What one unit over a capacity costs: more than any detour.
    pub(crate) penalty: f64,
    table: Vec<f64>,
}

impl<'p> Model<'p> {
    pub(crate) fn of(problem: &'p Problem) -> Self {
        let sites = problem.sites();
        let terms = problem.terms();
        let mut items: Vec<Item> = Vec::new();
        let mut candidates = Vec::new();
        let mut item_of = vec![NONE; sites.len()];
        for block in problem.blocks() {
            let item = items.len() as u32;
            for &site in block {
                item_of[site] = item;
            }
            let fixed = block.iter().copied().find(|s| terms.fixed_centres.contains(s));
            for site in problem.leaders(block).filter(|&s| fixed.is_none_or(|f| f == s)) {
                let capacity = u64::from(sites[site].capacity);
                candidates.push(Candidate { site, item, capacity, fixed: fixed.is_some() });
            }
            let tally = Tally::of(sites, block.iter().copied());
            items.push(Item {
                sites: block.clone(),
                demand: problem.demand(block),
                tally,
                apart: Vec::new(),
            });
        }
        for &(a, b) in &terms.never_together {
            let (a, b) = (item_of[a], item_of[b]);
            if a != NONE && b != NONE {
                items[a as usize].apart.push(b);
                items[b as usize].apart.push(a);
            }
        }
        let (open_least, open_most) = problem.open_range();
        let mut leading: Vec<u32> = candidates.iter().map(|c: &Candidate| c.item).collect();
        leading.dedup();
        let open_count = open_most.min(leading.len());
        let weights = &terms.weights;
        let has_mix =
            weights.ownership_mix > 0.0 || weights.grade_mix > 0.0 || weights.size_balance > 0.0;
        let first_demand = items.first().map(|item| item.demand);
        let uniform_demand = first_demand.filter(|&demand| {
            !has_mix
                && items.iter().all(|item| {
                    item.demand == demand && item.sites.len() == 1 && item.apart.is_empty()
                })
        });
        let clusters = open_count + terms.frozen.len();
        let mut model = Self {
            problem,
            items,
            candidates,
            near: Arcs::collect(Vec::new()),
            reach: Arcs::collect(Vec::new()),
            left_out: Vec::new(),
            open_count,
            open_least,
            uniform_demand,
            has_mix,
            everybody: Tally::of(sites, 0..sites.len()),
            mean_size: sites.len() as f64 / clusters.max(1) as f64,
            penalty: 0.0,
            table: Vec::new(),
        };
        model.fill_table();
        model.connect();
        model.penalty = model.dearest();
        model
    }

    /// Cost of an item at a candidate, distance and street.
    pub(crate) fn cost(&self, item: u32, candidate: u32) -> f64 {
        if self.table.is_empty() {
            self.computed_cost(item, candidate)
        } else {
            self.table[item as usize * self.candidates.len() + candidate as usize]
        }
    }

    fn computed_cost(&self, item: u32, candidate: u32) -> f64 {
        let centre = self.candidates[candidate as usize].site;
        self.items[item as usize].sites.iter().map(|&site| self.problem.cost_at(site, centre)).sum()
    }

    /// Cost of a cluster's mix and size; zero when nobody asked for it.
    pub(crate) fn mix_cost(&self, tally: &Tally) -> f64 {
        if !self.has_mix {
            return 0.0;
        }
        let weights = &self.problem.terms().weights;
        let term = |weight: f64, away: fn(&Tally, &Tally) -> f64| {
            if weight > 0.0 { weight * away(tally, &self.everybody) } else { 0.0 }
        };
        term(weights.ownership_mix, Tally::ownership_away_from)
            + term(weights.grade_mix, Tally::grade_away_from)
            + weights.size_balance * (f64::from(tally.size) - self.mean_size).abs()
    }

    /// The most that exchanging two items between clusters without excess can save on mix: each cluster gives one site for one.
    pub(crate) fn most_mix_saved(&self, a: u32, b: u32) -> f64 {
        if !self.has_mix {
            return 0.0;
        }
        let (a, b) = (&self.items[a as usize], &self.items[b as usize]);
        let ([a], [b]) = (a.sites.as_slice(), b.sites.as_slice()) else { return f64::INFINITY };
        let (weights, sites) = (&self.problem.terms().weights, self.problem.sites());
        let ownership = if sites[*a].kind == sites[*b].kind { 0.0 } else { weights.ownership_mix };
        let grade = if sites[*a].grade == sites[*b].grade { 0.0 } else { weights.grade_mix };
        2.0 * (ownership + grade)
    }

    /// Cost of the frozen clusters as far as it is distance and street.
    pub(crate) fn frozen_cost(&self) -> f64 {
        let frozen = self.problem.terms().frozen.iter().enumerate();
        let members = frozen.flat_map(|(position, f)| {
            (0..self.problem.sites().len())
                .filter(move |&s| self.problem.frozen_by(s) == Some(position))
                .map(move |s| self.problem.cost_at(s, f.centre))
        });
        members.sum()
    }

    /// The plan in the caller's terms, frozen clusters included, from the candidate of each item.
    pub(crate) fn plan(&self, candidate_of: impl Fn(u32) -> u32) -> Plan {
        let mut centre_of: Vec<usize> = (0..self.problem.sites().len()).collect();
        for (site, centre) in centre_of.iter_mut().enumerate() {
            if let Some(position) = self.problem.frozen_by(site) {
                *centre = self.problem.terms().frozen[position].centre;
            }
        }
        for (item, Item { sites, .. }) in self.items.iter().enumerate() {
            let candidate = candidate_of(item as u32);
            for &site in sites {
                centre_of[site] = self.candidates[candidate as usize].site;
            }
        }
        Plan { centre_of }
    }

    fn fill_table(&mut self) {
        if self.items.len() * self.candidates.len() > TABLE_LIMIT {
            return;
        }
        let (items, candidates) = (self.items.len() as u32, self.candidates.len() as u32);
        self.table = (0..items)
            .flat_map(|i| (0..candidates).map(move |c| (i, c)))
            .map(|(i, c)| self.computed_cost(i, c))
            .collect();
    }

    /// Chooses each item's nearest candidates: about twelve of them will be open, and at least [`FEWEST_ARCS`] are kept.
    fn connect(&mut self) {
        let wanted = (12 * self.candidates.len()).div_ceil(self.open_count.max(1)).max(FEWEST_ARCS);
        let sites = self.problem.sites();
        let points = self.candidates.iter().enumerate();
        let points = points.map(|(c, candidate)| {
            let site = &sites[candidate.site];
            GeomWithData::new([site.x_m, site.y_m], c as u32)
        });
        let tree = RTree::bulk_load(points.collect());
        let all = wanted >= self.candidates.len();
        let mut near = Vec::with_capacity(self.items.len());
        let mut reach: Vec<Vec<Arc>> = vec![Vec::new(); self.candidates.len()];
        for i in 0..self.items.len() as u32 {
            let members = &self.items[i as usize].sites;
            let mut arcs: Vec<Arc>;
            if all || members.len() > 1 {
                arcs = (0..self.candidates.len() as u32)
                    .map(|to| Arc { to, cost: self.cost(i, to) })
                    .collect();
                arcs.sort_by(|a, b| a.cost.total_cmp(&b.cost).then(a.to.cmp(&b.to)));
                self.left_out.push(arcs.get(wanted).map_or(f64::INFINITY, |arc| arc.cost));
                arcs.truncate(wanted);
            } else {
                let site = members[0];
                let found = tree.nearest_neighbor_iter([sites[site].x_m, sites[site].y_m]);
                let mut found: Vec<u32> = found.take(wanted + 1).map(|point| point.data).collect();
                // The first that is left out is the nearest left out; streets only add to its cost.
                let beyond = found
                    .pop()
                    .map(|c| self.problem.distance(site, self.candidates[c as usize].site));
                let weight = self.problem.terms().weights.distance;
                self.left_out.push(beyond.map_or(f64::INFINITY, |metres| weight * metres));
                arcs = found.into_iter().map(|to| Arc { to, cost: self.cost(i, to) }).collect();
                arcs.sort_by(|a, b| a.cost.total_cmp(&b.cost).then(a.to.cmp(&b.to)));
            }
            // A candidate must reach its own item, whose multiplier the bound takes from this arc.
            for c in self.own_candidates(i) {
                if !arcs.iter().any(|arc| arc.to == c) {
                    arcs.insert(0, Arc { to: c, cost: self.cost(i, c) });
                    arcs.sort_by(|a, b| a.cost.total_cmp(&b.cost).then(a.to.cmp(&b.to)));
                }
            }
            for arc in &arcs {
                reach[arc.to as usize].push(Arc { to: i, cost: arc.cost });
            }
            near.push(arcs);
        }
        for arcs in &mut reach {
            arcs.sort_by(|a, b| a.cost.total_cmp(&b.cost).then(a.to.cmp(&b.to)));
        }
        self.near = Arcs::collect(near);
        self.reach = Arcs::collect(reach);
    }

    /// Candidates that lie inside an item; they stand next to each other.
    pub(crate) fn own_candidates(&self, item: u32) -> std::ops::Range<u32> {
        let from = self.candidates.partition_point(|c| c.item < item);
        let to = self.candidates.partition_point(|c| c.item <= item);
        from as u32..to as u32
    }

    /// More than any single item can cost or save anywhere.
    fn dearest(&self) -> f64 {
        let sites = self.problem.sites();
        let span = |of: fn(&crate::Site) -> f64| {
            let (low, high) =
                sites.iter().map(of).fold((f64::MAX, f64::MIN), |(l, h), v| (l.min(v), h.max(v)));
            high - low
        };
        let weights = &self.problem.terms().weights;
        let diagonal = span(|s| s.x_m).hypot(span(|s| s.y_m));
        let largest = self.items.iter().map(|item| item.sites.len()).max().unwrap_or(1) as f64;
        let mixes = 2.0 * (weights.ownership_mix + weights.grade_mix + weights.size_balance);
        4.0 * largest * (weights.distance * diagonal + weights.street_cohesion + mixes) + 1.0
    }
}
