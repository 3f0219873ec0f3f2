//! What the pages ask for and count.

use policy::obligations::{Evaluation, Obligation, Outcome, State, Tally};

/// One part of a bar, in thousandths of its length.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// Where it begins.
    pub from: usize,
    /// How long it is.
    pub length: usize,
    /// What it stands for.
    pub state: State,
}

/// The shortest part that can be seen: one kindergarten that fails among two thousand shows.
const LEAST: usize = 6;

/// The states of a tally as the parts of one bar, in the order met, excepted, failed, unknown; empty when nothing is in
/// scope. What is left of the bar by the least parts goes to the longest.
pub fn bar(tally: &Tally) -> Vec<Part> {
    let parts = [
        (tally.met, State::Met),
        (tally.excepted, State::Excepted),
        (tally.failed, State::Failed),
        (tally.unknown, State::Unknown),
    ];
    let mut bar: Vec<Part> = parts
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, state)| Part {
            from: 0,
            length: (count * 1000 / tally.in_scope).max(LEAST),
            state,
        })
        .collect();
    let longest = (0..bar.len()).max_by_key(|place| bar[*place].length);
    if let Some(longest) = longest {
        let others: usize = bar.iter().map(|part| part.length).sum::<usize>() - bar[longest].length;
        bar[longest].length = 1000 - others;
    }
    let mut from = 0;
    for part in &mut bar {
        part.from = from;
        from += part.length;
    }
    bar
}

/// How one obligation stands within a reader's reach.
#[derive(Debug, Clone, Copy)]
pub struct Standing {
    /// The obligation.
    pub obligation: &'static Obligation,
    /// How its places stand.
    pub tally: Tally,
    /// Whether every place in scope has a verdict from records.
    pub is_decided: bool,
}

impl Standing {
    /// How it stands at the places that are seen.
    pub fn of(outcome: &Outcome, evaluation: &Evaluation) -> Self {
        Self {
            obligation: outcome.obligation,
            tally: outcome.tally(&evaluation.places),
            is_decided: outcome.is_decided(),
        }
    }

    /// The gravest state; `None` where it asks nothing of any place that is seen.
    pub fn state(&self) -> Option<State> {
        (self.tally.in_scope > 0).then(|| self.tally.state())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_of_a_bar_fill_it() {
        let mut tally = Tally::default();
        for state in [State::Met, State::Met, State::Failed] {
            tally.add(state);
        }
        let bar = bar(&tally);
        assert_eq!((bar[0].from, bar[0].length, bar[0].state), (0, 667, State::Met));
        assert_eq!((bar[1].from, bar[1].length, bar[1].state), (667, 333, State::Failed));
        assert!(super::bar(&Tally::default()).is_empty());
    }

    #[test]
    fn one_among_two_thousand_is_seen() {
        let mut tally = Tally::default();
        (0..1999).for_each(|_| tally.add(State::Met));
        tally.add(State::Failed);
        let bar = bar(&tally);
        assert_eq!((bar[1].from, bar[1].length), (994, 6));
    }
}
