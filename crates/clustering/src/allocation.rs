//! A plan in the making: open centres, who is where, and running costs, every step of which can be taken back.
//!
//! A centre's item is pinned to it. Capacity and never-together may be broken on the way; each unit of excess costs the model's
//! penalty, which is more than any detour, so a plan without excess always wins over one with.

use crate::model::{Model, NONE};
use crate::plan::Tally;

/// Open centre nearest to an item's members that a move may lead to; further ones are reached by chains of moves.
pub(crate) const NEAREST_OPEN: usize = 8;

/// Steps smaller than this many metres are rounding, not progress.
pub(crate) const EPSILON: f64 = 1e-6;

/// The cheapest way to hand one member of a cluster on to another cluster.
#[derive(Clone, Copy)]
pub(crate) struct Handover {
    pub(crate) to: u32,
    pub(crate) delta: f64,
    pub(crate) item: u32,
}

/// An open centre with its cluster, or a free place for one.
#[derive(Clone)]
pub(crate) struct Slot {
    pub(crate) candidate: u32,
    pub(crate) members: Vec<u32>,
    pub(crate) load: u64,
    tally: Tally,
    /// Mix cost of `tally`.
    mix: f64,
    /// Handovers to nearby clusters, good until `stale`.
    pub(crate) handovers: Vec<Handover>,
    pub(crate) stale: bool,
}

#[derive(Clone)]
enum Step {
    Moved { item: u32, from: u32 },
    Opened { slot: u32 },
    Closed { slot: u32, candidate: u32 },
}

/// A point to which [`Allocation::back_to`] returns.
#[derive(Clone, Copy)]
pub(crate) struct Mark {
    steps: usize,
    linear: f64,
    mix: f64,
    excess: u64,
}

/// Open centres and assignment.
#[derive(Clone)]
pub(crate) struct Allocation<'m> {
    pub(crate) model: &'m Model<'m>,
    pub(crate) slots: Vec<Slot>,
    free: Vec<u32>,
    slot_of: Vec<u32>,
    of: Vec<u32>,
    position: Vec<u32>,
    linear: f64,
    mix: f64,
    excess: u64,
    steps: Vec<Step>,
}

impl<'m> Allocation<'m> {
    /// Nothing open, nobody assigned.
    pub(crate) fn new(model: &'m Model<'m>) -> Self {
        // One more than will stay open, because a swap opens before it closes.
        let slots = model.open_count + 1;
        let empty = Slot {
            candidate: NONE,
            members: Vec::new(),
            load: 0,
            tally: Tally::default(),
            mix: model.mix_cost(&Tally::default()),
            handovers: Vec::new(),
            stale: true,
        };
        Self {
            model,
            slots: vec![empty; slots],
            free: (0..slots as u32).rev().collect(),
            slot_of: vec![NONE; model.candidates.len()],
            of: vec![NONE; model.items.len()],
            position: vec![NONE; model.items.len()],
            linear: 0.0,
            mix: 0.0,
            excess: 0,
            steps: Vec::new(),
        }
    }

    /// What the search makes small.
    pub(crate) fn value(&self) -> f64 {
        self.linear + self.mix + self.model.penalty * self.excess as f64
    }

    /// Distance and street cost.
    pub(crate) fn linear(&self) -> f64 {
        self.linear
    }

    /// Units over capacity and pairs wrongly together.
    pub(crate) fn excess(&self) -> u64 {
        self.excess
    }

    /// The slot of an item, [`NONE`] while it has none.
    pub(crate) fn slot_of_item(&self, item: u32) -> u32 {
        self.of[item as usize]
    }

    /// The slot of a candidate, [`NONE`] while it is closed.
    pub(crate) fn slot_of_candidate(&self, candidate: u32) -> u32 {
        self.slot_of[candidate as usize]
    }

    /// The candidate of an item that has a slot.
    pub(crate) fn candidate_of(&self, item: u32) -> u32 {
        self.slots[self.of[item as usize] as usize].candidate
    }

    /// Slots with an open centre, ascending.
    pub(crate) fn open_slots(&self) -> impl Iterator<Item = u32> + '_ {
        (0..self.slots.len() as u32).filter(|&s| self.slots[s as usize].candidate != NONE)
    }

    /// The item that is pinned to an open slot.
    pub(crate) fn pinned(&self, slot: u32) -> u32 {
        self.model.candidates[self.slots[slot as usize].candidate as usize].item
    }

    /// Whether one more item of this demand fits.
    pub(crate) fn has_room(&self, slot: u32, demand: u64) -> bool {
        let slot = &self.slots[slot as usize];
        slot.load + demand <= self.model.candidates[slot.candidate as usize].capacity
    }

    /// Whether a candidate could be opened now, or once `closing` is closed.
    pub(crate) fn can_open(&self, candidate: u32, closing: u32) -> bool {
        if self.slot_of[candidate as usize] != NONE {
            return false;
        }
        let siblings = self.model.own_candidates(self.model.candidates[candidate as usize].item);
        siblings.len() == 1
            || siblings
                .into_iter()
                .all(|c| self.slot_of[c as usize] == NONE || self.slot_of[c as usize] == closing)
    }

    /// Open slots with their cost for an item, nearest first, at least one.
    pub(crate) fn nearest_open(&self, item: u32, most: usize, into: &mut Vec<(u32, f64)>) {
        into.clear();
        for arc in self.model.near.of(item) {
            let slot = self.slot_of[arc.to as usize];
            if slot != NONE {
                into.push((slot, arc.cost));
                if into.len() == most {
                    return;
                }
            }
        }
        if into.is_empty() {
            into.extend(
                self.open_slots()
                    .map(|s| (s, self.model.cost(item, self.slots[s as usize].candidate))),
            );
            into.sort_by(|a, b| a.1.total_cmp(&b.1));
        }
    }

    pub(crate) fn mark(&self) -> Mark {
        Mark { steps: self.steps.len(), linear: self.linear, mix: self.mix, excess: self.excess }
    }

    /// Forgets how the present state came about.
    pub(crate) fn settle(&mut self) {
        self.steps.clear();
    }

    /// Takes back every step since the mark.
    pub(crate) fn back_to(&mut self, mark: Mark) {
        while self.steps.len() > mark.steps {
            match self.steps.pop() {
                Some(Step::Moved { item, from }) => self.put(item, from),
                Some(Step::Opened { slot }) => self.shut(slot),
                Some(Step::Closed { slot, candidate }) => self.unshut(slot, candidate),
                None => break,
            }
        }
        (self.linear, self.mix, self.excess) = (mark.linear, mark.mix, mark.excess);
    }

    /// Slots that were touched since the mark and are open now.
    pub(crate) fn touched_since(&self, mark: Mark, mut each: impl FnMut(u32)) {
        for step in &self.steps[mark.steps..] {
            match *step {
                Step::Moved { item, from } => {
                    for slot in [from, self.of[item as usize]] {
                        if slot != NONE && self.slots[slot as usize].candidate != NONE {
                            each(slot);
                        }
                    }
                }
                Step::Opened { slot } if self.slots[slot as usize].candidate != NONE => each(slot),
                Step::Opened { .. } | Step::Closed { .. } => {}
            }
        }
    }

    /// Opens a candidate with nobody in it. The caller has asked [`Self::can_open`].
    pub(crate) fn open(&mut self, candidate: u32) -> u32 {
        let slot = self.free.last().copied().unwrap_or(NONE);
        if slot != NONE {
            self.unshut(slot, candidate);
            self.steps.push(Step::Opened { slot });
        }
        slot
    }

    /// Closes a slot; its members are left without one and returned.
    pub(crate) fn close(&mut self, slot: u32) -> Vec<u32> {
        let orphans = self.slots[slot as usize].members.clone();
        for &item in &orphans {
            self.shift(item, NONE);
        }
        let candidate = self.slots[slot as usize].candidate;
        self.shut(slot);
        self.steps.push(Step::Closed { slot, candidate });
        orphans
    }

    fn shut(&mut self, slot: u32) {
        let candidate = self.slots[slot as usize].candidate;
        self.slot_of[candidate as usize] = NONE;
        self.mix -= self.model.mix_cost(&Tally::default());
        self.mark_stale_around(candidate);
        self.slots[slot as usize].candidate = NONE;
        self.free.push(slot);
    }

    fn unshut(&mut self, slot: u32, candidate: u32) {
        self.free.pop();
        self.slot_of[candidate as usize] = slot;
        self.mix += self.model.mix_cost(&Tally::default());
        let opened = &mut self.slots[slot as usize];
        opened.candidate = candidate;
        opened.stale = true;
        self.mark_stale_around(candidate);
    }

    /// Handovers of the clusters around a candidate change when it opens or closes.
    fn mark_stale_around(&mut self, candidate: u32) {
        for arc in self.model.reach.of(candidate) {
            let slot = self.of[arc.to as usize];
            if slot != NONE {
                self.slots[slot as usize].stale = true;
            }
        }
    }

    /// Moves an item to a slot, or out of any.
    pub(crate) fn shift(&mut self, item: u32, to: u32) {
        let from = self.of[item as usize];
        if from == to {
            return;
        }
        self.linear += self.cost_in(item, to) - self.cost_in(item, from);
        self.steps.push(Step::Moved { item, from });
        if self.model.has_mix {
            self.mix -= self.mix_in(from) + self.mix_in(to);
        }
        let before = self.overload(from) + self.overload(to) + self.clashes(item, from, NONE);
        self.put(item, to);
        let after = self.overload(from) + self.overload(to) + self.clashes(item, to, NONE);
        self.excess = self.excess + after - before;
        if self.model.has_mix {
            self.mix += self.mix_in(from) + self.mix_in(to);
        }
    }

    fn cost_in(&self, item: u32, slot: u32) -> f64 {
        if slot == NONE { 0.0 } else { self.model.cost(item, self.slots[slot as usize].candidate) }
    }

    fn mix_in(&self, slot: u32) -> f64 {
        if slot == NONE { 0.0 } else { self.slots[slot as usize].mix }
    }

    fn overload(&self, slot: u32) -> u64 {
        if slot == NONE { 0 } else { self.overload_with(slot, self.slots[slot as usize].load) }
    }

    fn overload_with(&self, slot: u32, load: u64) -> u64 {
        load.saturating_sub(
            self.model.candidates[self.slots[slot as usize].candidate as usize].capacity,
        )
    }

    /// Members of a slot, one of them overlooked, that must not be with the item.
    fn clashes(&self, item: u32, slot: u32, overlooked: u32) -> u64 {
        let apart = &self.model.items[item as usize].apart;
        if slot == NONE {
            return 0;
        }
        apart
            .iter()
            .filter(|&&other| other != overlooked && self.of[other as usize] == slot)
            .count() as u64
    }

    /// The bare move, without costs.
    fn put(&mut self, item: u32, to: u32) {
        let i = item as usize;
        let Self { slots, of, position, model, .. } = self;
        let (from, demand, tally) = (of[i], model.items[i].demand, &model.items[i].tally);
        if from != NONE {
            let left = &mut slots[from as usize];
            let at = position[i] as usize;
            left.members.swap_remove(at);
            if let Some(&moved) = left.members.get(at) {
                position[moved as usize] = at as u32;
            }
            left.load -= demand;
            left.tally.take(tally);
            left.mix = model.mix_cost(&left.tally);
            left.stale = true;
        }
        of[i] = to;
        if to != NONE {
            let joined = &mut slots[to as usize];
            position[i] = joined.members.len() as u32;
            joined.members.push(item);
            joined.load += demand;
            joined.tally.add(tally);
            joined.mix = model.mix_cost(&joined.tally);
            joined.stale = true;
        }
    }

    /// By how much the value changes when an item moves to a slot.
    pub(crate) fn shift_delta(&self, item: u32, to: u32) -> f64 {
        let from = self.of[item as usize];
        let moved = &self.model.items[item as usize];
        let mut delta = self.cost_in(item, to) - self.cost_in(item, from);
        let mut excess =
            self.clashes(item, to, NONE) as f64 - self.clashes(item, from, NONE) as f64;
        for (slot, joins) in [(from, false), (to, true)] {
            if slot == NONE {
                continue;
            }
            let load = self.slots[slot as usize].load;
            let new_load = if joins { load + moved.demand } else { load - moved.demand };
            excess +=
                self.overload_with(slot, new_load) as f64 - self.overload_with(slot, load) as f64;
            if self.model.has_mix {
                let mut tally = self.slots[slot as usize].tally;
                if joins {
                    tally.add(&moved.tally);
                } else {
                    tally.take(&moved.tally);
                }
                delta += self.model.mix_cost(&tally) - self.mix_in(slot);
            }
        }
        delta + self.model.penalty * excess
    }

    /// By how much the value changes when two items of different slots change places.
    pub(crate) fn exchange_delta(&self, a: u32, b: u32) -> f64 {
        let (slot_a, slot_b) = (self.of[a as usize], self.of[b as usize]);
        let mut delta = self.cost_in(a, slot_b) + self.cost_in(b, slot_a)
            - self.cost_in(a, slot_a)
            - self.cost_in(b, slot_b);
        let mut excess = self.clashes(a, slot_b, b) as f64 + self.clashes(b, slot_a, a) as f64;
        excess -= self.clashes(a, slot_a, NONE) as f64 + self.clashes(b, slot_b, NONE) as f64;
        for (slot, leaves, joins) in [(slot_a, a, b), (slot_b, b, a)] {
            let (leaves, joins) =
                (&self.model.items[leaves as usize], &self.model.items[joins as usize]);
            let load = self.slots[slot as usize].load;
            let new_load = load + joins.demand - leaves.demand;
            excess +=
                self.overload_with(slot, new_load) as f64 - self.overload_with(slot, load) as f64;
            if self.model.has_mix {
                let mut tally = self.slots[slot as usize].tally;
                tally.take(&leaves.tally);
                tally.add(&joins.tally);
                delta += self.model.mix_cost(&tally) - self.mix_in(slot);
            }
        }
        delta + self.model.penalty * excess
    }

    /// Brings a slot's handovers up to date.
    pub(crate) fn refresh_handovers(&mut self, slot: u32) {
        if !self.slots[slot as usize].stale {
            return;
        }
        let pinned = self.pinned(slot);
        let mut handovers = std::mem::take(&mut self.slots[slot as usize].handovers);
        handovers.clear();
        let candidate = self.slots[slot as usize].candidate;
        for &item in self.slots[slot as usize].members.iter().filter(|&&item| item != pinned) {
            let here = self.model.cost(item, candidate);
            let mut seen = 0;
            for arc in self.model.near.of(item) {
                let to = self.slot_of[arc.to as usize];
                if to == NONE || to == slot {
                    continue;
                }
                let delta = arc.cost - here;
                match handovers.iter_mut().find(|h| h.to == to) {
                    Some(known) if delta < known.delta => *known = Handover { to, delta, item },
                    Some(_) => {}
                    None => handovers.push(Handover { to, delta, item }),
                }
                seen += 1;
                if seen == NEAREST_OPEN {
                    break;
                }
            }
        }
        let refreshed = &mut self.slots[slot as usize];
        refreshed.handovers = handovers;
        refreshed.stale = false;
    }

    /// Sums the running costs anew, so that rounding can't pile up over millions of steps.
    pub(crate) fn recount(&mut self) {
        self.linear =
            (0..self.of.len() as u32).map(|item| self.cost_in(item, self.of[item as usize])).sum();
        self.mix = self.open_slots().map(|slot| self.mix_in(slot)).sum();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Problem, Site, Terms, Weights};

    fn problem() -> Problem {
        let site = |i: u32| Site {
            x_m: f64::from(i * i % 17) * 100.0,
            y_m: f64::from(i * 7 % 13) * 100.0,
            demand: 1 + i % 3,
            capacity: 9,
            eligible: i.is_multiple_of(2),
            street: i % 4,
            kind: (i % 3) as u8,
            grade: (i % 5) as u8,
        };
        let weights = Weights {
            distance: 1.0,
            ownership_mix: 300.0,
            grade_mix: 200.0,
            street_cohesion: 50.0,
            size_balance: 100.0,
        };
        let terms = Terms { weights, never_together: vec![(0, 3), (5, 6)], ..Terms::at_most(4) };
        Problem::new((0..14).map(site).collect(), terms).unwrap()
    }

    fn opened<'m>(model: &'m Model<'m>) -> Allocation<'m> {
        let mut plan = Allocation::new(model);
        for candidate in [0, 2, 4, 6] {
            let slot = plan.open(candidate);
            plan.shift(model.candidates[candidate as usize].item, slot);
        }
        for item in 0..model.items.len() as u32 {
            if plan.slot_of_item(item) == NONE {
                plan.shift(item, item % 4);
            }
        }
        plan
    }

    #[test]
    fn running_costs_are_what_a_recount_and_the_plan_itself_say() {
        let problem = problem();
        let model = Model::of(&problem);
        let mut plan = opened(&model);
        let value = plan.value();
        plan.recount();
        assert!((plan.value() - value).abs() < 1e-6);
        let total = model.plan(|item| plan.candidate_of(item)).cost(&problem).total();
        assert!((plan.value() - model.penalty * plan.excess() as f64 - total).abs() < 1e-6);
    }

    #[test]
    fn deltas_are_what_the_moves_then_cost() {
        let problem = problem();
        let model = Model::of(&problem);
        let mut plan = opened(&model);
        for item in 0..model.items.len() as u32 {
            if plan.pinned(plan.slot_of_item(item)) == item {
                continue;
            }
            for to in 0..4 {
                let (before, delta, mark) = (plan.value(), plan.shift_delta(item, to), plan.mark());
                let moves = plan.slot_of_item(item) != to;
                plan.shift(item, to);
                assert!(!moves || (plan.value() - before - delta).abs() < 1e-6);
                plan.back_to(mark);
            }
            for other in 0..item {
                let (here, there) = (plan.slot_of_item(item), plan.slot_of_item(other));
                if here != there {
                    let (before, delta, mark) =
                        (plan.value(), plan.exchange_delta(item, other), plan.mark());
                    plan.shift(item, there);
                    plan.shift(other, here);
                    assert!((plan.value() - before - delta).abs() < 1e-6);
                    plan.back_to(mark);
                }
            }
        }
    }

    #[test]
    fn what_was_opened_closed_and_moved_is_taken_back_whole() {
        let problem = problem();
        let model = Model::of(&problem);
        let mut plan = opened(&model);
        let sorted = |plan: &Allocation| -> Vec<(u32, Vec<u32>, u64)> {
            let slots = plan.slots.iter();
            slots
                .map(|s| {
                    (
                        s.candidate,
                        {
                            let mut m = s.members.clone();
                            m.sort_unstable();
                            m
                        },
                        s.load,
                    )
                })
                .collect()
        };
        let (before, value, mark) = (sorted(&plan), plan.value(), plan.mark());
        let slot = plan.open(1);
        plan.shift(model.candidates[1].item, slot);
        let orphans = plan.close(2);
        for item in orphans {
            plan.shift(item, slot);
        }
        plan.close(0);
        plan.open(3);
        assert_ne!(sorted(&plan), before);
        plan.back_to(mark);
        assert_eq!((sorted(&plan), plan.value()), (before, value));
    }
}
