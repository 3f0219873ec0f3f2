//! A first plan: the centres that the relaxation finds most attractive, with everybody assigned.

use crate::allocation::Allocation;
use crate::assignment::Assigner;
use crate::bound::Relaxation;
use crate::model::Model;

/// Opens the most attractive centres that together have enough places, and assigns everybody.
///
/// When capacities or demands are unequal the result may still be over a capacity; the search mends that first.
pub(crate) fn first_plan<'m>(model: &'m Model<'m>, relaxation: &Relaxation) -> Allocation<'m> {
    let mut chosen = relaxation.attractive();
    let mut rest = chosen.split_off(model.open_count.min(chosen.len()));
    let demand: u64 = model.items.iter().map(|item| item.demand).sum();
    let capacity = |candidate: &u32| model.candidates[*candidate as usize].capacity;
    let mut places: u64 = chosen.iter().map(capacity).sum();
    rest.sort_by_key(|candidate| std::cmp::Reverse(capacity(candidate)));
    for larger in rest {
        if places >= demand {
            break;
        }
        let free = (0..chosen.len()).filter(|&at| !model.candidates[chosen[at] as usize].fixed);
        if let Some(at) = free.min_by_key(|&at| capacity(&chosen[at])) {
            places = places - capacity(&chosen[at]) + capacity(&larger);
            chosen[at] = larger;
        }
    }

    let mut plan = Allocation::new(model);
    for candidate in chosen {
        let slot = plan.open(candidate);
        plan.shift(model.candidates[candidate as usize].item, slot);
    }
    Assigner::default().place(&mut plan, (0..model.items.len() as u32).collect());
    plan.settle();
    plan
}
