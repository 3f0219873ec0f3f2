//! Better centres: swaps of one centre, judged all at once, and kicks out of local optima.
//!
//! Teitz & Bart's interchange (1968) opens one candidate and closes one centre. As in the fast interchange of Whitaker (1983) and
//! Resende & Werneck (2004), gain of opening, loss of closing and what both share are tabulated for all pairs in one sweep over
//! the arcs; here with the prices of places from the assignment's dual, so that for the transportation case the estimate
//! is a lower bound of the change: a pair whose estimate promises nothing need not be tried. What is promising is tried exactly.
//! Around this runs an iterated local search (Lourenço, Martin & Stützle 2003) whose kicks swap some neighbouring centres.

use std::collections::HashMap;

use rand::RngExt;
use rand_pcg::Pcg64Mcg;

use crate::allocation::{Allocation, EPSILON};
use crate::assignment::Assigner;
use crate::model::NONE;

/// Promising swaps tried in a row without success before a descent ends.
const TRIES: usize = 30;

/// Of these with the same opening candidate.
const TRIES_EACH: usize = 4;

/// How much worse, as a share of a cluster's mean cost, a kick may leave the plan and be kept, on average.
const RIDGE: f64 = 0.02;

/// Centres among which a kick chooses its replacement.
const KICK_CANDIDATES: usize = 10;

/// One chain of the search.
#[derive(Clone)]
pub(crate) struct Search<'m> {
    pub(crate) plan: Allocation<'m>,
    assigner: Assigner,
    rng: Pcg64Mcg,
    /// Swaps (closing and opening candidate) that failed, with their estimate then: the same estimate means that
    /// nothing around them has changed.
    failed: HashMap<(u32, u32), f64>,
}

/// A swap that may help.
struct Swap {
    estimate: f64,
    closing: u32,
    opening: u32,
}

/// What an item would pay at the centres that are open, prices included.
#[derive(Clone, Copy)]
struct Standing {
    slot: u32,
    pays: f64,
    would_pay: f64,
    pinned: bool,
}

impl<'m> Search<'m> {
    pub(crate) fn new(plan: Allocation<'m>, rng: Pcg64Mcg) -> Self {
        Self { plan, assigner: Assigner::default(), rng, failed: HashMap::new() }
    }

    /// Swaps centres until no promising swap helps, or until told to stop.
    pub(crate) fn descend(&mut self, stop: &dyn Fn() -> bool) {
        self.recentre(stop);
        let mut tried_openings = vec![0; self.plan.model.candidates.len()];
        loop {
            let before = self.plan.value();
            let mut tries = 0;
            let mut improved = false;
            tried_openings.fill(0);
            for swap in self.promising_swaps() {
                // The estimates of one candidate err together, so the tries are spread over many.
                if tried_openings[swap.opening as usize] == TRIES_EACH {
                    continue;
                }
                tried_openings[swap.opening as usize] += 1;
                let key = (self.plan.slots[swap.closing as usize].candidate, swap.opening);
                if self.failed.get(&key).is_some_and(|&then| (then - swap.estimate).abs() < EPSILON)
                {
                    continue;
                }
                if stop() {
                    return;
                }
                let mark = self.plan.mark();
                self.assigner.swap(&mut self.plan, swap.closing, swap.opening);
                if self.plan.value() < before - EPSILON {
                    improved = true;
                    break;
                }
                self.plan.back_to(mark);
                self.failed.insert(key, swap.estimate);
                tries += 1;
                if tries == TRIES {
                    break;
                }
            }
            if !improved {
                return;
            }
        }
    }

    /// Lets every cluster be led by its own best member, and assigns anew, while that helps (Cooper 1964).
    fn recentre(&mut self, stop: &dyn Fn() -> bool) {
        let mut improved = true;
        while improved {
            improved = false;
            for slot in 0..self.plan.slots.len() as u32 {
                if stop() {
                    return;
                }
                if let Some(better) = self.better_leader(slot) {
                    let (mark, before) = (self.plan.mark(), self.plan.value());
                    self.assigner.swap(&mut self.plan, slot, better);
                    if self.plan.value() < before - EPSILON {
                        improved = true;
                    } else {
                        self.plan.back_to(mark);
                    }
                }
            }
        }
    }

    /// The candidate among a cluster's members to which all of them together have the shortest way, if it is not the centre.
    fn better_leader(&self, slot: u32) -> Option<u32> {
        let plan = &self.plan;
        let cluster = &plan.slots[slot as usize];
        if cluster.candidate == NONE || plan.model.candidates[cluster.candidate as usize].fixed {
            return None;
        }
        let cost = |candidate: u32| {
            cluster.members.iter().map(|&item| plan.model.cost(item, candidate)).sum::<f64>()
        };
        let fits = |c: &u32| plan.model.candidates[*c as usize].capacity >= cluster.load;
        let inside =
            cluster.members.iter().flat_map(|&item| plan.model.own_candidates(item)).filter(fits);
        let (best, least) = inside.map(|c| (c, cost(c))).min_by(|a, b| a.1.total_cmp(&b.1))?;
        (least < cost(cluster.candidate) - EPSILON).then_some(best)
    }

    /// Kicks and descends so many times, keeping what is not worse.
    pub(crate) fn kick_and_descend(&mut self, times: usize, stop: &dyn Fn() -> bool) {
        let mut best = self.plan.clone();
        for _ in 0..times {
            if stop() {
                break;
            }
            self.plan.settle();
            let mark = self.plan.mark();
            let before = self.plan.value();
            self.kick();
            self.descend(stop);
            // Somewhat worse is taken now and then, so that the chain can cross a low ridge.
            let ridge = RIDGE * before / self.plan.model.open_count as f64
                * -self.rng.random_range(f64::EPSILON..1.0).ln();
            if self.plan.value() > before + EPSILON + ridge {
                self.plan.back_to(mark);
            } else if self.plan.value() < best.value() - EPSILON {
                self.plan.settle();
                best.clone_from(&self.plan);
            }
        }
        self.plan.clone_from(&best);
        self.plan.settle();
        self.plan.recount();
        self.failed.clear();
    }

    /// Replaces some centres that lie together by random ones nearby.
    fn kick(&mut self) {
        let open: Vec<u32> = self.plan.open_slots().collect();
        if open.is_empty() {
            return;
        }
        let first = open[self.rng.random_range(0..open.len())];
        let around = self.plan.pinned(first);
        let mut nearest = Vec::new();
        self.plan.nearest_open(around, 5, &mut nearest);
        for _ in 0..self.rng.random_range(1..=3) {
            let (closing, _) = nearest[self.rng.random_range(0..nearest.len())];
            let candidate = self.plan.slots[closing as usize].candidate;
            if candidate == NONE || self.plan.model.candidates[candidate as usize].fixed {
                continue;
            }
            let near = self.plan.model.near.of(self.plan.pinned(closing));
            let closed = near.iter().map(|arc| arc.to).filter(|&c| self.plan.can_open(c, closing));
            let closed: Vec<u32> = closed.take(KICK_CANDIDATES).collect();
            if !closed.is_empty() {
                let opening = closed[self.rng.random_range(0..closed.len())];
                self.assigner.swap(&mut self.plan, closing, opening);
            }
        }
    }

    /// All swaps whose estimate is better than what the present plan could lose, best first.
    fn promising_swaps(&mut self) -> Vec<Swap> {
        let prices = Assigner::prices(&mut self.plan);
        let plan = &self.plan;
        let model = plan.model;
        let standing: Vec<Standing> =
            (0..model.items.len() as u32).map(|item| standing(plan, item, &prices)).collect();
        let units = |candidate: u32| {
            let demand = model.uniform_demand.unwrap_or(1).max(1);
            (model.candidates[candidate as usize].capacity / demand) as f64
        };

        let mut loss = vec![f64::INFINITY; plan.slots.len()];
        let mut dual = 0.0;
        for slot in plan.open_slots() {
            let candidate = plan.slots[slot as usize].candidate;
            let worth = units(candidate) * prices[slot as usize];
            dual -= worth;
            if !model.candidates[candidate as usize].fixed {
                loss[slot as usize] = worth;
            }
        }
        for s in &standing {
            loss[s.slot as usize] += s.would_pay - s.pays;
            dual += s.pays;
        }
        let slack = plan.value() - dual;
        let mut easiest: Vec<u32> =
            plan.open_slots().filter(|&s| loss[s as usize] < f64::INFINITY).collect();
        easiest.sort_by(|&a, &b| loss[a as usize].total_cmp(&loss[b as usize]));
        easiest.truncate(3);

        let mut swaps = Vec::new();
        let mut shared = vec![0.0; plan.slots.len()];
        let mut sharing: Vec<u32> = Vec::new();
        let mut gains = Vec::new();
        for opening in 0..model.candidates.len() as u32 {
            if plan.slot_of_candidate(opening) != NONE {
                continue;
            }
            let reach = model.reach.of(opening);
            let own = model.candidates[opening as usize].item;
            let places = units(opening) as usize;
            let price = if model.uniform_demand.is_some() {
                place_price(reach, &standing, places, &mut gains)
            } else {
                0.0
            };
            let mut gain = -price * places as f64;
            for arc in reach {
                let s = standing[arc.to as usize];
                let cost = arc.cost + price;
                let saves = if arc.to == own {
                    s.pays - cost
                } else if s.pinned {
                    0.0
                } else {
                    (s.pays - cost).max(0.0)
                };
                gain += saves;
                let also = if arc.to == own {
                    s.would_pay - s.pays
                } else {
                    (s.would_pay - cost).max(0.0) - saves
                };
                if also > 0.0 {
                    if shared[s.slot as usize] == 0.0 {
                        sharing.push(s.slot);
                    }
                    shared[s.slot as usize] += also;
                }
            }
            let standing_own = standing[own as usize];
            for &closing in easiest.iter().filter(|slot| !sharing.contains(slot)).chain(&sharing) {
                let estimate = loss[closing as usize] - gain - shared[closing as usize];
                // A candidate whose item leads a cluster can only replace that cluster's centre.
                let possible = !standing_own.pinned || standing_own.slot == closing;
                if estimate < slack - EPSILON && possible && plan.can_open(opening, closing) {
                    swaps.push(Swap { estimate, closing, opening });
                }
            }
            for slot in sharing.drain(..) {
                shared[slot as usize] = 0.0;
            }
        }
        swaps.sort_by(|a, b| a.estimate.total_cmp(&b.estimate));
        swaps
    }

    /// Takes over a better plan that another chain has found.
    pub(crate) fn adopt(&mut self, better: &Allocation<'m>) {
        self.plan.clone_from(better);
    }

    /// First descent after construction.
    pub(crate) fn settle_in(&mut self, stop: &dyn Fn() -> bool) {
        if self.plan.model.uniform_demand.is_none() {
            let open = self.plan.open_slots().collect();
            self.assigner.polish(&mut self.plan, open);
        }
        self.descend(stop);
        self.plan.settle();
        self.plan.recount();
    }
}

/// The cheapest and the second cheapest open centre of an item; a centre's own item stays until the centre closes.
fn standing(plan: &Allocation, item: u32, prices: &[f64]) -> Standing {
    let model = plan.model;
    let at = plan.slot_of_item(item);
    let here = model.cost(item, plan.slots[at as usize].candidate) + prices[at as usize];
    let pinned = plan.pinned(at) == item;
    let mut best = (at, here);
    let mut second = f64::INFINITY;
    let mut seen = 0;
    for arc in model.near.of(item) {
        let slot = plan.slot_of_candidate(arc.to);
        if slot == NONE {
            continue;
        }
        seen += 1;
        if slot != at {
            let pays = arc.cost + prices[slot as usize];
            if pays < best.1 && !pinned {
                second = best.1;
                best = (slot, pays);
            } else if pays < second {
                second = pays;
            }
        }
        if seen > crate::allocation::NEAREST_OPEN {
            break;
        }
    }
    let would_pay = if second < f64::INFINITY { second } else { best.1 + model.penalty };
    Standing { slot: best.0, pays: best.1, would_pay, pinned }
}

/// The price at which no more than its places would be taken at a new centre.
fn place_price(
    reach: &[crate::model::Arc],
    standing: &[Standing],
    places: usize,
    gains: &mut Vec<f64>,
) -> f64 {
    gains.clear();
    let wanting = reach.iter().filter(|arc| !standing[arc.to as usize].pinned);
    gains.extend(
        wanting.map(|arc| standing[arc.to as usize].pays - arc.cost).filter(|&gain| gain > 0.0),
    );
    if gains.len() <= places {
        return 0.0;
    }
    let (_, &mut price, _) = gains.select_nth_unstable_by(places, |a, b| b.total_cmp(a));
    price
}
