//! The policy's text, with the state of what it asks in the margin.

use askama::Template;
use policy::clauses::OPINIONS;
use web::{Desk, Page, Query, Shell};

use super::{Asked, Seen, Standing, said};

/// A part of a paragraph: plain, or the wording of an obligation.
#[derive(Debug, PartialEq, Eq)]
struct Piece<'t> {
    text: &'t str,
    id: Option<&'static str>,
}

struct Note {
    id: &'static str,
    href: String,
    demand: &'static str,
    state: (&'static str, &'static str),
    failed: usize,
}

struct Paragraph {
    pieces: Vec<Piece<'static>>,
    notes: Vec<Note>,
    is_heading: bool,
}

#[derive(Template)]
#[template(path = "obligations/pages/text.html")]
struct View {
    shell: Shell,
    city: String,
    asked: Asked,
    districts: Vec<(String, String)>,
    title: String,
    suffix: String,
    paragraphs: Vec<Paragraph>,
}

pub(super) async fn text(desk: Desk, Query(asked): Query<Asked>) -> Page {
    let seen = Seen::of(&desk, &asked).await?;
    let standings: Vec<Standing> = seen.standings().collect();
    let suffix = asked.place_and_day().query();
    let suffix =
        if suffix.is_empty() { suffix } else { format!("?{}", suffix.trim_end_matches('&')) };
    let lines: Vec<&'static str> =
        OPINIONS.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    // The title stands above what says that this is a draft for comment.
    let begin = lines.iter().position(|line| line.starts_with('（')).unwrap_or_default();
    let note = |standing: &&Standing| Note {
        id: standing.obligation.id(),
        href: format!("/obligations/{}{suffix}", standing.obligation.id()),
        demand: standing.obligation.demand,
        state: said(standing.state()),
        failed: standing.tally.failed,
    };
    let paragraph = |line: &'static str| {
        let own: Vec<&Standing> =
            standings.iter().filter(|one| stands_in(line, one.obligation.clause.wording)).collect();
        let wordings: Vec<(&'static str, &'static str)> =
            own.iter().map(|one| (one.obligation.id(), one.obligation.clause.wording)).collect();
        Paragraph {
            pieces: pieces(line, &wordings),
            notes: own.iter().map(note).collect(),
            is_heading: line.chars().count() < 24 && !line.ends_with('。'),
        }
    };
    let view = View {
        shell: seen.shell(&desk, "政策原文"),
        city: desk.app.settings.city_name.clone(),
        districts: if seen.districts.len() > 1 { seen.pairs() } else { Vec::new() },
        title: lines[..begin].concat(),
        suffix: suffix.clone(),
        paragraphs: lines[begin..].iter().copied().map(paragraph).collect(),
        asked,
    };
    desk.page(&view)
}

/// Whether a wording stands in a line, or begins there: the text's lines end where the paper's did.
fn stands_in(line: &str, wording: &str) -> bool {
    let first = wording.lines().next().unwrap_or(wording).trim();
    !first.is_empty() && line.contains(first)
}

/// The line cut where a wording begins and ends; of wordings that overlap the one that begins first is marked.
fn pieces<'t>(line: &'t str, wordings: &[(&'static str, &str)]) -> Vec<Piece<'t>> {
    let mut found: Vec<(usize, usize, &'static str)> = wordings
        .iter()
        .filter_map(|(id, wording)| {
            let first = wording.lines().next().unwrap_or(wording).trim();
            let from = line.find(first)?;
            Some((from, from + first.len(), *id))
        })
        .collect();
    found.sort_unstable();
    let mut pieces = Vec::new();
    let mut done = 0;
    for (from, to, id) in found {
        if from < done {
            continue;
        }
        if from > done {
            pieces.push(Piece { text: &line[done..from], id: None });
        }
        pieces.push(Piece { text: &line[from..to], id: Some(id) });
        done = to;
    }
    if done < line.len() {
        pieces.push(Piece { text: &line[done..], id: None });
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;
    use policy::obligations::all;

    #[test]
    fn every_obligation_stands_in_exactly_one_line_of_the_text() {
        let lines: Vec<&str> = OPINIONS.lines().map(str::trim).collect();
        for one in all() {
            let count = lines.iter().filter(|line| stands_in(line, one.clause.wording)).count();
            assert_eq!(count, 1, "{}", one.id());
        }
    }

    #[test]
    fn a_line_is_cut_around_the_wordings_and_nothing_is_lost() {
        let line = "学区成立委员会，由园长任主任。";
        let cut =
            pieces(line, &[("2", "由园长任主任"), ("1", "成立委员会"), ("3", "委员会，由园长")]);
        let texts: Vec<&str> = cut.iter().map(|piece| piece.text).collect();
        assert_eq!(texts, ["学区", "成立委员会", "，", "由园长任主任", "。"]);
        assert_eq!(cut[1].id, Some("1"));
        assert_eq!(pieces("没有义务", &[]), [Piece { text: "没有义务", id: None }]);
    }
}
