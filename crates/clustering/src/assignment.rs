//! Who goes to which open centre.
//!
//! With one demand for all and costs of distance and street alone this is a transportation problem: adding a site is one shortest
//! augmenting path between clusters, opening a centre a few negative ones (successive shortest paths; Ahuja, Magnanti & Orlin
//! 1993, ch. 9), so after every change of one centre the assignment is again the best for its centres, at the price of the change.
//! (Each member looks at its [`NEAREST_OPEN`] centres; chains reach further.) Its prices judge all swaps of centres at once.
//!
//! With unequal demands, mix or never-together it is a generalised assignment problem, hard in itself; there sites are placed
//! largest first and then shifted and exchanged between neighbouring clusters while that helps (Martello & Toth 1990, ch. 7).

use std::collections::VecDeque;

use crate::allocation::{Allocation, EPSILON, NEAREST_OPEN};
use crate::model::NONE;

/// Scratch memory of the assignment, kept to spare allocations.
#[derive(Clone, Default)]
pub(crate) struct Assigner {
    label: Vec<f64>,
    /// From which slot the label came, and which item is handed over.
    parent: Vec<(u32, u32)>,
    queued: Vec<bool>,
    queue: VecDeque<u32>,
    nearest: Vec<(u32, f64)>,
}

impl Assigner {
    /// Opens a candidate, gives it its own item and whoever gains by it.
    pub(crate) fn open(&mut self, plan: &mut Allocation, candidate: u32) {
        let slot = plan.open(candidate);
        if slot == NONE {
            return;
        }
        let own = plan.model.candidates[candidate as usize].item;
        plan.shift(own, slot);
        if let Some(demand) = plan.model.uniform_demand {
            self.cancel_negative_paths(plan, demand);
        } else {
            for arc in plan.model.reach.of(candidate) {
                let from = plan.slot_of_item(arc.to);
                if from != NONE
                    && from != slot
                    && plan.pinned(from) != arc.to
                    && plan.shift_delta(arc.to, slot) < -EPSILON
                {
                    plan.shift(arc.to, slot);
                }
            }
        }
    }

    /// Closes a slot and finds new places for its members.
    pub(crate) fn close(&mut self, plan: &mut Allocation, slot: u32) {
        let orphans = plan.close(slot);
        self.place(plan, orphans);
    }

    /// Opens one candidate and closes one slot, and leaves the best assignment it can find.
    pub(crate) fn swap(&mut self, plan: &mut Allocation, closing: u32, candidate: u32) {
        let mark = plan.mark();
        let item = plan.model.candidates[candidate as usize].item;
        if plan.pinned(closing) == item {
            // Two candidates of one item can't be open together, so here the old one goes first.
            let orphans = plan.close(closing);
            self.open(plan, candidate);
            self.place(plan, orphans);
        } else {
            self.open(plan, candidate);
            self.close(plan, closing);
        }
        if plan.model.uniform_demand.is_none() {
            let mut touched = Vec::new();
            plan.touched_since(mark, |slot| touched.push(slot));
            self.polish(plan, touched);
        }
    }

    /// Gives a slot to every item in the list that has none.
    pub(crate) fn place(&mut self, plan: &mut Allocation, mut items: Vec<u32>) {
        items.retain(|&item| plan.slot_of_item(item) == NONE);
        if let Some(demand) = plan.model.uniform_demand {
            for item in items {
                self.augment(plan, item, demand);
            }
        } else {
            items.sort_by_key(|&item| {
                (std::cmp::Reverse(plan.model.items[item as usize].demand), item)
            });
            for item in items {
                plan.nearest_open(item, NEAREST_OPEN, &mut self.nearest);
                let mut best = self.cheapest_place(plan, item);
                if best.1 >= plan.model.penalty {
                    self.nearest = plan.open_slots().map(|s| (s, 0.0)).collect();
                    best = self.cheapest_place(plan, item);
                }
                plan.shift(item, best.0);
            }
        }
    }

    fn cheapest_place(&self, plan: &Allocation, item: u32) -> (u32, f64) {
        let priced = self.nearest.iter().map(|&(slot, _)| (slot, plan.shift_delta(item, slot)));
        priced.min_by(|a, b| a.1.total_cmp(&b.1)).unwrap_or((NONE, f64::INFINITY))
    }

    fn clear(&mut self, plan: &Allocation, label: f64) {
        self.label.clear();
        self.label.resize(plan.slots.len(), label);
        self.parent.clear();
        self.parent.resize(plan.slots.len(), (NONE, NONE));
        self.queued.clear();
        self.queued.resize(plan.slots.len(), false);
        self.queue.clear();
    }

    fn enqueue(&mut self, slot: u32) {
        if !self.queued[slot as usize] {
            self.queued[slot as usize] = true;
            self.queue.push_back(slot);
        }
    }

    /// Correct labels for all slots by handing members on. A cycle of negative length can only be rounding; the count of
    /// corrections ends it.
    fn spread(&mut self, plan: &mut Allocation) {
        let mut left = 40 * plan.slots.len();
        while let Some(slot) = self.queue.pop_front() {
            self.queued[slot as usize] = false;
            if left == 0 {
                return;
            }
            left -= 1;
            plan.refresh_handovers(slot);
            let here = self.label[slot as usize];
            for handover in &plan.slots[slot as usize].handovers {
                let to = handover.to as usize;
                if here + handover.delta < self.label[to] - EPSILON {
                    self.label[to] = here + handover.delta;
                    self.parent[to] = (slot, handover.item);
                    if !self.queued[to] {
                        self.queued[to] = true;
                        self.queue.push_back(to as u32);
                    }
                }
            }
        }
    }

    /// Hands members on along the path that ends in a slot, and says where it began.
    fn hand_over(&self, plan: &mut Allocation, end: u32) -> u32 {
        let mut slot = end;
        for _ in 0..plan.slots.len() {
            let (from, item) = self.parent[slot as usize];
            if from == NONE {
                break;
            }
            plan.shift(item, slot);
            slot = from;
        }
        slot
    }

    /// Adds an item by the cheapest chain of handovers that ends where there is room.
    fn augment(&mut self, plan: &mut Allocation, item: u32, demand: u64) {
        let mut nearest = std::mem::take(&mut self.nearest);
        plan.nearest_open(item, NEAREST_OPEN, &mut nearest);
        // In a best assignment no chain to a place with room is negative, so room at the nearest centre can't be beaten.
        if let Some(&(slot, _)) = nearest.first().filter(|(slot, _)| plan.has_room(*slot, demand)) {
            plan.shift(item, slot);
        } else {
            self.clear(plan, f64::INFINITY);
            for &(slot, cost) in &nearest {
                self.label[slot as usize] = cost;
                self.enqueue(slot);
            }
            self.spread(plan);
            let with_room = plan.open_slots().filter(|&s| plan.has_room(s, demand));
            let reached = with_room.filter(|&s| self.label[s as usize] < f64::INFINITY);
            let end =
                reached.min_by(|&a, &b| self.label[a as usize].total_cmp(&self.label[b as usize]));
            let end = end.or_else(|| {
                let open = plan.open_slots().filter(|&s| plan.has_room(s, demand));
                let cost = |s: u32| plan.model.cost(item, plan.slots[s as usize].candidate);
                open.min_by(|&a, &b| cost(a).total_cmp(&cost(b)))
            });
            let end = end.or(nearest.first().map(|&(slot, _)| slot));
            if let Some(end) = end {
                let start = self.hand_over(plan, end);
                plan.shift(item, start);
            }
        }
        self.nearest = nearest;
    }

    /// Uses new room while some chain of handovers into it saves something.
    fn cancel_negative_paths(&mut self, plan: &mut Allocation, demand: u64) {
        for _ in 0..plan.model.items.len() {
            self.clear(plan, 0.0);
            let open: Vec<u32> = plan.open_slots().collect();
            for &slot in &open {
                self.enqueue(slot);
            }
            self.spread(plan);
            let with_room = open.into_iter().filter(|&s| plan.has_room(s, demand));
            let end = with_room
                .min_by(|&a, &b| self.label[a as usize].total_cmp(&self.label[b as usize]));
            match end.filter(|&slot| self.label[slot as usize] < -EPSILON) {
                Some(end) => self.hand_over(plan, end),
                None => return,
            };
        }
    }

    /// Price of one place in each slot: the cheapest chain that frees one. Zero where there is room; zero everywhere when the
    /// assignment is not a transportation problem. The assignment's dual solution, so a lower bound for other centres.
    pub(crate) fn prices(plan: &mut Allocation) -> Vec<f64> {
        let Some(demand) = plan.model.uniform_demand else {
            return vec![0.0; plan.slots.len()];
        };
        let open: Vec<u32> = plan.open_slots().collect();
        let mut price = vec![0.0; plan.slots.len()];
        for &slot in &open {
            plan.refresh_handovers(slot);
            if !plan.has_room(slot, demand) {
                price[slot as usize] = plan.model.penalty;
            }
        }
        for _ in 0..open.len() {
            let mut settled = true;
            for &slot in &open {
                let handovers = plan.slots[slot as usize].handovers.iter();
                let cheapest =
                    handovers.map(|h| h.delta + price[h.to as usize]).fold(f64::INFINITY, f64::min);
                if cheapest < price[slot as usize] - EPSILON {
                    price[slot as usize] = cheapest.max(0.0);
                    settled = false;
                }
            }
            if settled {
                break;
            }
        }
        price
    }

    /// Shifts and exchanges members between neighbouring clusters while that helps, beginning with the given slots.
    pub(crate) fn polish(&mut self, plan: &mut Allocation, slots: Vec<u32>) {
        self.clear(plan, 0.0);
        for slot in slots {
            self.enqueue(slot);
        }
        let mut left = 20 * plan.slots.len() + 200;
        while let Some(slot) = self.queue.pop_front() {
            self.queued[slot as usize] = false;
            if plan.slots[slot as usize].candidate == NONE || left == 0 {
                continue;
            }
            left -= 1;
            for item in plan.slots[slot as usize].members.clone() {
                if plan.slot_of_item(item) == slot && plan.pinned(slot) != item {
                    self.improve(plan, item);
                }
            }
        }
    }

    /// Moves an item in, the one that it crowds out to a third cluster with room: the best such chain, if any helps.
    /// Only where distances alone count.
    fn eject(&mut self, plan: &mut Allocation, item: u32, nearest: &[(u32, f64)]) -> bool {
        let model = plan.model;
        let from = plan.slot_of_item(item);
        let here = model.cost(item, plan.slots[from as usize].candidate);
        let demand = |item: u32| model.items[item as usize].demand;
        let mut best = (-EPSILON, NONE, NONE, NONE);
        // The second move alone would be a shift, so the first must bring the item nearer.
        for &(through, cost) in nearest.iter().filter(|&&(slot, cost)| slot != from && cost < here)
        {
            let slot = &plan.slots[through as usize];
            let too_much = (slot.load + demand(item))
                .saturating_sub(model.candidates[slot.candidate as usize].capacity);
            let pinned = plan.pinned(through);
            for &other in
                slot.members.iter().filter(|&&other| other != pinned && demand(other) >= too_much)
            {
                let so_far = cost - here - model.cost(other, slot.candidate);
                let open = model
                    .near
                    .of(other)
                    .iter()
                    .map(|arc| (plan.slot_of_candidate(arc.to), arc.cost));
                let open = open.filter(|&(slot, _)| slot != NONE).take(NEAREST_OPEN);
                for (to, cost) in open.take_while(|(_, cost)| so_far + cost < best.0) {
                    if to != from && to != through && plan.has_room(to, demand(other)) {
                        best = (so_far + cost, through, other, to);
                        break;
                    }
                }
            }
        }
        let (_, through, other, to) = best;
        if to == NONE
            || !model.items[item as usize].apart.is_empty()
            || !model.items[other as usize].apart.is_empty()
        {
            return false;
        }
        plan.shift(other, to);
        plan.shift(item, through);
        self.enqueue(through);
        self.enqueue(to);
        true
    }

    /// Takes the best shift or exchange of one item, if any helps.
    fn improve(&mut self, plan: &mut Allocation, item: u32) {
        let from = plan.slot_of_item(item);
        let mut nearest = std::mem::take(&mut self.nearest);
        plan.nearest_open(item, NEAREST_OPEN, &mut nearest);
        let mut best = (-EPSILON, NONE, NONE);
        let home = plan.slots[from as usize].candidate;
        let here = plan.model.cost(item, home);
        // Without excess, the distances and the kinds of the two bound what an exchange can bring.
        let legal = plan.excess() == 0;
        for &(to, cost) in nearest.iter().filter(|&&(to, _)| to != from) {
            let delta = plan.shift_delta(item, to);
            if delta < best.0 {
                best = (delta, to, NONE);
            }
            let there = plan.slots[to as usize].candidate;
            for &other in
                plan.slots[to as usize].members.iter().filter(|&&other| other != plan.pinned(to))
            {
                let linear =
                    cost - here + plan.model.cost(other, home) - plan.model.cost(other, there);
                if legal && linear >= best.0 + plan.model.most_mix_saved(item, other) {
                    continue;
                }
                let delta = plan.exchange_delta(item, other);
                if delta < best.0 {
                    best = (delta, to, other);
                }
            }
        }
        if legal && !plan.model.has_mix && best.1 == NONE && self.eject(plan, item, &nearest) {
            self.enqueue(from);
            self.nearest = nearest;
            return;
        }
        let (_, to, other) = best;
        if to != NONE {
            plan.shift(item, to);
            if other != NONE {
                plan.shift(other, from);
            }
            for &(near, _) in nearest.iter().take(4) {
                self.enqueue(near);
            }
            self.enqueue(from);
            self.enqueue(to);
        }
        self.nearest = nearest;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Model;
    use crate::{Problem, Site, Terms};

    /// The cheapest assignment to the open slots by trying everything.
    fn exhaustive(plan: &Allocation, item: u32, loads: &mut [u64]) -> f64 {
        let model = plan.model;
        if item as usize == model.items.len() {
            return 0.0;
        }
        let mut best = f64::INFINITY;
        for slot in plan.open_slots() {
            let candidate = plan.slots[slot as usize].candidate;
            let own = model.own_candidates(item).any(|c| plan.slot_of_candidate(c) != NONE);
            let full = loads[slot as usize] == model.candidates[candidate as usize].capacity;
            if full || (own && plan.pinned(slot) != item) {
                continue;
            }
            loads[slot as usize] += 1;
            best = best.min(model.cost(item, candidate) + exhaustive(plan, item + 1, loads));
            loads[slot as usize] -= 1;
        }
        best
    }

    #[test]
    fn after_every_swap_of_centres_the_assignment_is_the_best_there_is() {
        let site = |i: u32| Site {
            x_m: f64::from(i * i * 31 % 97),
            y_m: f64::from(i * 57 % 89),
            demand: 1,
            capacity: 4,
            eligible: true,
            street: 0,
            kind: 0,
            grade: 0,
        };
        let problem = Problem::new((0..10).map(site).collect(), Terms::at_most(3)).unwrap();
        let model = Model::of(&problem);
        let mut assigner = Assigner::default();
        let mut plan = Allocation::new(&model);
        for candidate in 0..3 {
            assigner.open(&mut plan, candidate);
        }
        assigner.place(&mut plan, (0..10).collect());
        for step in 0..40_u32 {
            let best = exhaustive(&plan, 0, &mut vec![0; plan.slots.len()]);
            assert_eq!(plan.excess(), 0);
            assert!(
                (plan.linear() - best).abs() < 1e-6,
                "step {step}: {} instead of {best}",
                plan.linear()
            );
            let prices = Assigner::prices(&mut plan);
            let pays = |item: u32| {
                let at = |s: u32| {
                    model.cost(item, plan.slots[s as usize].candidate) + prices[s as usize]
                };
                let pinned = plan.pinned(plan.slot_of_item(item)) == item;
                if pinned {
                    at(plan.slot_of_item(item))
                } else {
                    plan.open_slots().map(at).fold(f64::INFINITY, f64::min)
                }
            };
            let dual = (0..10).map(pays).sum::<f64>()
                - plan.open_slots().map(|s| 4.0 * prices[s as usize]).sum::<f64>();
            assert!(
                (dual - best).abs() < 1e-6,
                "step {step}: prices give {dual} instead of {best}"
            );
            let open: Vec<u32> = plan.open_slots().collect();
            let candidate = (step * 7 + 3) % 10;
            if plan.can_open(candidate, NONE) {
                assigner.swap(&mut plan, open[step as usize % 3], candidate);
            }
        }
    }
}
