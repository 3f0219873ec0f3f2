//! Terms in a row of everybody whom a file makes an inspector, counted over all that is known and all that the file says.

use std::collections::HashMap;

use kernel::PersonId;

use super::super::{Refusal, term_of};
use super::{Bench, words};
use crate::appointments::types::{Field, Holder, Known, Span};

/// Stretches of service, beyond which nobody is counted: a hundred clusters side by side are none.
const MOST_SPANS: usize = 100;

/// 2.1.3-7: counts the terms of rows that give a post or put a term right.
pub(super) fn count(bench: &mut Bench<'_>) {
    let mut served: HashMap<PersonId, Vec<&Known>> = HashMap::new();
    for one in bench.against.known.iter().filter(|one| one.kind.is_inspector()) {
        served.entry(one.person).or_default().push(one);
    }
    let mut people: HashMap<Holder, Vec<usize>> = HashMap::new();
    for row in bench.standing().filter(|row| bench.rows[*row].kind.is_inspector()) {
        if let Some(holder) = bench.holders[row] {
            people.entry(holder).or_default().push(row);
        }
    }
    let mut people: Vec<(Holder, Vec<usize>)> = people.into_iter().collect();
    people.sort();
    for (holder, rows) in people {
        let known = match holder {
            Holder::Known(person) => served.get(&person).map_or(&[][..], Vec::as_slice),
            Holder::New(_) => &[],
        };
        of_one(bench, &rows, known);
    }
}

fn of_one(bench: &mut Bench<'_>, rows: &[usize], known: &[&Known]) {
    let spoken_of = |one: &Known| {
        let is_it = |row: &&usize| bench.known[**row].is_some_and(|own| own.id == one.id);
        rows.iter().find(is_it).copied()
    };
    // Each stretch with the row that speaks of it, if one does.
    let mut spans: Vec<(Option<usize>, Span)> = Vec::with_capacity(known.len() + rows.len());
    for one in known {
        let row = spoken_of(one);
        let term = row.and_then(|row| bench.rows[row].term).or(one.term);
        spans.push((row, Span { from: one.from, to: one.to, term }));
    }
    for &row in rows.iter().filter(|row| bench.known[**row].is_none()) {
        let (from, to) = (bench.rows[row].from, bench.end(row));
        spans.push((Some(row), Span { from, to, term: bench.rows[row].term }));
    }
    for place in 0..spans.len() {
        let (Some(row), span) = spans[place] else { continue };
        let told = &bench.rows[row];
        let is_new = bench.known[row].is_none();
        let puts_right =
            bench.known[row].is_some_and(|own| told.term.is_some() && told.term != own.term);
        if !is_new && !puts_right {
            continue;
        }
        let others: Vec<Span> = spans
            .iter()
            .enumerate()
            .filter(|(other, _)| *other != place)
            .map(|(_, (_, span))| *span)
            .collect();
        let counted = if spans.len() > MOST_SPANS {
            Err(Refusal::TooManyTerms)
        } else {
            term_of(&others, span)
        };
        match counted {
            Ok(term) => {
                bench.terms[row] = Some(term);
                counts(bench, row, term, others.is_empty());
            }
            Err(refusal) => {
                let field =
                    if matches!(refusal, Refusal::TooManyTerms) { Field::Term } else { Field::To };
                bench.refuse(row, field, words(&refusal));
            }
        }
    }
}

/// What there is to say of the number of a term.
fn counts(bench: &mut Bench<'_>, row: usize, term: i64, is_first_heard: bool) {
    match bench.rows[row].term {
        Some(stated) if stated < term && bench.known[row].is_none() => {
            let text = format!(
                "按已登记的任期是第 {term} 届，与所填第 {stated} 届不符，按第 {term} 届登记。"
            );
            bench.warn(row, Field::Term, text);
        }
        Some(stated) if stated != term => {
            let text = format!("按已登记的任期是第 {term} 届，与所填第 {stated} 届不符。请核对。");
            bench.refuse(row, Field::Term, text);
        }
        None if is_first_heard => {
            let text = format!("没有填届次，按第 {term} 届登记；不是第一届的，请按聘书填写。");
            bench.warn(row, Field::Term, text);
        }
        _ => {}
    }
}
