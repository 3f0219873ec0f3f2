//! All ninety, by clause, and the workbook of the gaps.

use askama::Template;
use policy::Strength;
use policy::obligations::{State, Tally};
use web::{Desk, Page, Query, Shell, answer};

use super::super::sheets;
use super::{Asked, Part, Seen, Standing, bar, measure_word, said};

struct Line {
    id: &'static str,
    reference: &'static str,
    href: String,
    demand: &'static str,
    party: &'static str,
    scope: &'static str,
    capability: &'static str,
    strength: Strength,
    state: (&'static str, &'static str),
    tally: Tally,
    bar: Vec<Part>,
    /// The way to the places of each state.
    ways: [(State, usize, String); 3],
}

#[derive(Template)]
#[template(path = "obligations/pages/list.html")]
struct View {
    shell: Shell,
    city: String,
    asked: Asked,
    elsewhere: String,
    query: String,
    districts: Vec<(String, String)>,
    states: Vec<(&'static str, &'static str)>,
    strengths: Vec<(&'static str, &'static str)>,
    paragraphs: Vec<(&'static str, &'static str)>,
    decided: usize,
    kept: usize,
    failed: usize,
    excepted: usize,
    unknown: usize,
    lines: Vec<Line>,
}

pub(super) async fn list(desk: Desk, Query(asked): Query<Asked>) -> Page {
    let seen = Seen::of(&desk, &asked).await?;
    let all: Vec<Standing> = seen.standings().collect();
    let count = |state: State| all.iter().filter(|one| one.state() == Some(state)).count();
    let mut paragraphs: Vec<(&str, &str)> =
        all.iter().map(|one| one.obligation.clause.reference).map(|each| (each, each)).collect();
    paragraphs.dedup();
    let fits = |one: &&Standing| {
        let clause = one.obligation.clause;
        (asked.strength.is_empty() || clause.strength.code() == asked.strength)
            && (asked.paragraph.is_empty() || clause.reference == asked.paragraph)
            && asked.wants(one.state())
    };
    let narrowed = asked.place_and_day();
    let view = View {
        shell: seen.shell(&desk, "政策落实"),
        city: desk.app.settings.city_name.clone(),
        elsewhere: {
            let others = Asked { district: String::new(), cluster: String::new(), ..asked.clone() };
            format!("/obligations?{}district=", others.query())
        },
        query: narrowed.query(),
        districts: if seen.districts.len() > 1 { seen.pairs() } else { Vec::new() },
        states: State::ALL.iter().map(|state| (state.code(), state.label())).collect(),
        strengths: Strength::ALL.iter().map(|each| (each.code(), each.label())).collect(),
        paragraphs,
        decided: all.iter().filter(|one| one.is_decided).count(),
        kept: count(State::Met),
        failed: count(State::Failed),
        excepted: count(State::Excepted),
        unknown: count(State::Unknown),
        lines: all.iter().filter(fits).map(|one| line(one, &narrowed)).collect(),
        asked,
    };
    desk.page(&view)
}

fn line(one: &Standing, asked: &Asked) -> Line {
    let obligation = one.obligation;
    let clause = obligation.clause;
    let way = |state: State, count: usize| {
        let href = format!("/obligations/{}?{}", clause.id, asked.with_state(state.code()));
        (state, count, href)
    };
    let query = asked.query();
    Line {
        id: clause.id,
        reference: clause.reference,
        href: format!("/obligations/{}?{query}", clause.id).trim_end_matches(['?', '&']).to_owned(),
        demand: obligation.demand,
        party: obligation.party,
        scope: measure_word(obligation.scope),
        capability: obligation.capability.label(),
        strength: clause.strength,
        state: said(one.state()),
        bar: bar(&one.tally),
        ways: [
            way(State::Failed, one.tally.failed),
            way(State::Excepted, one.tally.excepted),
            way(State::Unknown, one.tally.unknown),
        ],
        tally: one.tally,
    }
}

pub(super) async fn workbook(desk: Desk, Query(asked): Query<Asked>) -> Page {
    let seen = Seen::of(&desk, &asked).await?;
    let day = seen.day;
    let evaluation = seen.evaluation;
    let bytes = tokio::task::spawn_blocking(move || sheets::gaps(&evaluation))
        .await
        .map_err(kernel::Failure::broken)??;
    answer::workbook(&format!("政策落实缺口-{day}.xlsx"), bytes)
}
