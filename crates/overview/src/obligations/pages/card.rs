//! The card on the workbench. It comes after the page, which doesn't wait for ninety verdicts at every place.

use askama::Template;
use policy::obligations::State;
use web::{Desk, Page, Query};

use super::{Asked, Part, Seen, Standing, bar};

/// How many obligations the card names.
const NAMED: usize = 5;

struct Line {
    id: &'static str,
    demand: &'static str,
    failed: usize,
    in_scope: usize,
    bar: Vec<Part>,
}

#[derive(Template)]
#[template(path = "obligations/pages/_card.html")]
struct View {
    decided: usize,
    kept: usize,
    failing: usize,
    lines: Vec<Line>,
}

pub(super) async fn card(desk: Desk, Query(asked): Query<Asked>) -> Page {
    let seen = Seen::of(&desk, &asked).await?;
    let all: Vec<Standing> = seen.standings().filter(|one| one.tally.in_scope > 0).collect();
    let mut failing: Vec<&Standing> =
        all.iter().filter(|one| one.state() == Some(State::Failed)).collect();
    failing.sort_by_key(|one| std::cmp::Reverse(one.tally.failed));
    let line = |one: &&Standing| Line {
        id: one.obligation.id(),
        demand: one.obligation.demand,
        failed: one.tally.failed,
        in_scope: one.tally.in_scope,
        bar: bar(&one.tally),
    };
    let view = View {
        decided: all.iter().filter(|one| one.is_decided).count(),
        kept: all.iter().filter(|one| one.state() == Some(State::Met)).count(),
        failing: failing.len(),
        lines: failing.iter().take(NAMED).map(line).collect(),
    };
    desk.page(&view)
}
