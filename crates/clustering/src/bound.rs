//! A proven lower bound: Lagrangian relaxation of "every site exactly once", improved by subgradient steps.
//!
//! With a multiplier for each item the problem falls apart by centre: an open centre takes its own item and, within its capacity,
//! whatever pays more than it costs; then the best centres are opened (Mulvey & Beck 1984; Beasley 1988; Lorena & Senne 2004;
//! steps after Held, Wolfe & Crowder 1974, directions smoothed after Camerini, Fratta & Maffioli 1975). Multipliers never exceed
//! the cheapest left-out arc, so those arcs can't pay and the sparse bound is the bound of the full problem. For unequal demands
//! the knapsack of a centre is taken fractionally, which is lower still.
//!
//! The bound covers distance, street cohesion and frozen clusters. Every other term is never negative, so it holds
//! for the whole objective.

use crate::model::Model;
use crate::problem::Metric;

/// Sums of so many roundings stay far below this share of the sum of their absolute values.
const ROUNDING: f64 = 1e-10;

/// Steps without a better bound before the step length is halved.
const PATIENCE: usize = 15;

/// Below this step length the bound does not move any more.
const SHORTEST_STEP: f64 = 1e-4;

/// The relaxation with its best multipliers so far.
pub(crate) struct Relaxation<'m> {
    model: &'m Model<'m>,
    multipliers: Vec<f64>,
    best_multipliers: Vec<f64>,
    best: f64,
    /// Sum of absolute values behind `best`, for its safe rounding.
    best_scale: f64,
    direction: Vec<f64>,
    step: f64,
    stale: usize,
    frozen: f64,
}

/// The answer of the relaxed problem to some multipliers.
struct Answer {
    value: f64,
    scale: f64,
    /// How often each item is served, in parts for fractional knapsacks.
    served: Vec<f64>,
}

impl<'m> Relaxation<'m> {
    /// Starts from multipliers as high as a typical distance to a centre, and evaluates them once.
    pub(crate) fn new(model: &'m Model<'m>) -> Self {
        let typical = model.candidates.len() / model.open_count.max(1);
        let multipliers = (0..model.items.len() as u32).map(|item| {
            let arcs = model.near.of(item);
            let cost =
                arcs.get(typical.min(arcs.len().saturating_sub(1))).map_or(0.0, |arc| arc.cost);
            cost.min(model.left_out[item as usize])
        });
        let multipliers: Vec<f64> = multipliers.collect();
        let mut relaxation = Self {
            model,
            best_multipliers: multipliers.clone(),
            direction: vec![0.0; multipliers.len()],
            multipliers,
            best: f64::NEG_INFINITY,
            best_scale: 0.0,
            step: 1.5,
            stale: 0,
            frozen: model.frozen_cost(),
        };
        let answer = relaxation.answer();
        relaxation.keep(&answer);
        relaxation
    }

    /// The bound on the whole objective, frozen clusters included, rounded down; never below zero, which is a bound too.
    pub(crate) fn bound(&self) -> f64 {
        let safe = self.best - ROUNDING * self.best_scale;
        let weights = &self.model.problem.terms().weights;
        let whole_numbers = self.model.problem.terms().metric == Metric::EuclidFloor
            && weights.distance.fract() == 0.0
            && weights.street_cohesion.fract() == 0.0;
        let open = if whole_numbers && safe.abs() < 1e12 { (safe - 1e-6).ceil() } else { safe };
        (open + self.frozen * (1.0 - ROUNDING)).max(0.0)
    }

    /// Whether further steps would still change something.
    pub(crate) fn is_converged(&self) -> bool {
        self.step < SHORTEST_STEP
    }

    /// Takes so many subgradient steps towards the cost of a known plan (distance and street, frozen clusters left out).
    /// Ends early when converged or told to stop.
    pub(crate) fn improve(&mut self, steps: usize, plan_cost: f64, stop: &dyn Fn() -> bool) {
        for _ in 0..steps {
            if self.is_converged() || stop() {
                return;
            }
            let answer = self.answer();
            if self.keep(&answer) {
                self.stale = 0;
            } else {
                self.stale += 1;
                if self.stale == PATIENCE {
                    self.stale = 0;
                    self.step /= 2.0;
                    self.multipliers.clone_from(&self.best_multipliers);
                    self.direction.fill(0.0);
                    continue;
                }
            }
            let mut length = 0.0;
            for (direction, served) in self.direction.iter_mut().zip(&answer.served) {
                *direction = 0.7 * (1.0 - served) + 0.3 * *direction;
                length += *direction * *direction;
            }
            if length < 1e-12 {
                self.step = 0.0;
                return;
            }
            let target = (1.002 * plan_cost - answer.value).max(1e-6 * plan_cost.abs()).max(1e-9);
            let step = self.step * target / length;
            for (item, multiplier) in self.multipliers.iter_mut().enumerate() {
                *multiplier =
                    (*multiplier + step * self.direction[item]).min(self.model.left_out[item]);
            }
        }
    }

    /// Lets the steps grow again, for another try after a better plan is known.
    pub(crate) fn restart(&mut self) {
        self.step = 0.5;
        self.stale = 0;
        self.multipliers.clone_from(&self.best_multipliers);
        self.direction.fill(0.0);
    }

    fn keep(&mut self, answer: &Answer) -> bool {
        let better = answer.value - ROUNDING * answer.scale
            > self.best - ROUNDING * self.best_scale + 1e-9 * self.best.abs().min(1e300);
        if better || self.best == f64::NEG_INFINITY {
            self.best = answer.value;
            self.best_scale = answer.scale;
            self.best_multipliers.clone_from(&self.multipliers);
        }
        better
    }

    /// Candidates from the most to the least attractive under the best multipliers, one for each item, fixed ones first.
    pub(crate) fn attractive(&self) -> Vec<u32> {
        let mut taken = Vec::new();
        let mut valued = self.values(&self.best_multipliers, &mut taken);
        self.sort(&mut valued);
        let mut seen = vec![false; self.model.items.len()];
        let mut order: Vec<u32> = valued.into_iter().map(|(_, candidate)| candidate).collect();
        order.retain(|&c| {
            !std::mem::replace(&mut seen[self.model.candidates[c as usize].item as usize], true)
        });
        order
    }

    fn sort(&self, valued: &mut [(f64, u32)]) {
        let free = |candidate: u32| !self.model.candidates[candidate as usize].fixed;
        valued.sort_by(|a, b| {
            free(a.1).cmp(&free(b.1)).then(a.0.total_cmp(&b.0)).then(a.1.cmp(&b.1))
        });
    }

    /// What each candidate would contribute if open.
    fn values(&self, multipliers: &[f64], taken: &mut Vec<(f64, f64, u32)>) -> Vec<(f64, u32)> {
        let candidates = 0..self.model.candidates.len() as u32;
        candidates.map(|candidate| (self.take(candidate, multipliers, taken), candidate)).collect()
    }

    /// The best a candidate can take: its own item and a fractional knapsack of the others. Fills `taken` with
    /// (contribution, share, item).
    fn take(&self, candidate: u32, multipliers: &[f64], taken: &mut Vec<(f64, f64, u32)>) -> f64 {
        let model = self.model;
        let own = model.candidates[candidate as usize].item;
        taken.clear();
        let mut value = 0.0;
        for arc in model.reach.of(candidate) {
            let reduced = arc.cost - multipliers[arc.to as usize];
            if arc.to == own {
                value += reduced;
            } else if reduced < 0.0 {
                taken.push((reduced, 1.0, arc.to));
            }
        }
        let mut room =
            model.candidates[candidate as usize].capacity - model.items[own as usize].demand;
        if let Some(demand) = model.uniform_demand {
            let places = room.checked_div(demand).map_or(usize::MAX, |places| places as usize);
            if places < taken.len() {
                taken
                    .select_nth_unstable_by(places, |a, b| a.0.total_cmp(&b.0).then(a.2.cmp(&b.2)));
                taken.truncate(places);
            }
        } else if taken.iter().map(|t| model.items[t.2 as usize].demand).sum::<u64>() > room {
            let demand = |item: u32| model.items[item as usize].demand;
            // By contribution for each unit of demand; the division-free comparison keeps zero demands first.
            taken.sort_by(|a, b| {
                let (left, right) = (a.0 * demand(b.2) as f64, b.0 * demand(a.2) as f64);
                left.total_cmp(&right).then(a.2.cmp(&b.2))
            });
            let mut kept = 0;
            for t in taken.iter_mut() {
                let demand = demand(t.2);
                kept += 1;
                if demand > room {
                    t.1 = room as f64 / demand as f64;
                    break;
                }
                room -= demand;
            }
            taken.truncate(kept);
        }
        value + taken.iter().map(|t| t.0 * t.1).sum::<f64>()
    }

    fn answer(&self) -> Answer {
        let model = self.model;
        let mut taken = Vec::new();
        let mut valued = self.values(&self.multipliers, &mut taken);
        self.sort(&mut valued);
        let fixed = model.candidates.iter().filter(|c| c.fixed).count();
        let least = model.open_least.max(fixed);
        let open = valued.iter().take(model.open_count).enumerate();
        let open: Vec<u32> = open
            .take_while(|(n, (value, _))| *n < least || *value < 0.0)
            .map(|(_, (_, c))| *c)
            .collect();
        let mut value: f64 = self.multipliers.iter().sum();
        let mut scale: f64 = self.multipliers.iter().map(|m| m.abs()).sum();
        let mut served = vec![0.0; model.items.len()];
        for &candidate in &open {
            value += self.take(candidate, &self.multipliers, &mut taken);
            let own = model.candidates[candidate as usize].item;
            served[own as usize] += 1.0;
            scale += self.multipliers[own as usize].abs();
            for &(contribution, share, item) in &taken {
                served[item as usize] += share;
                scale += contribution.abs();
            }
        }
        Answer { value, scale, served }
    }
}
