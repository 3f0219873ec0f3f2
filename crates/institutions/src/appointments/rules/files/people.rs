//! Whose posts a file gives. Files name people and nothing else tells them apart: a name that is known in the district is the
//! same person where the place is the same too, and everywhere else somebody must say so, as on the form.

use std::collections::{BTreeSet, HashMap};

use kernel::{PersonId, PostScope};

use super::super::Refusal;
use super::{Bench, days, words};
use crate::appointments::types::{Field, Holder, Known, Namesake};

/// Most posts that are named when somebody is asked who is meant.
const MOST_NAMED: usize = 2;

/// Rows of one name in one place that speak of one person.
struct Local<'a> {
    scope: &'a PostScope,
    /// Of the other one of this name.
    is_other: bool,
    rows: Vec<usize>,
}

/// Finds the holder of every row that stands.
pub(super) fn tell(bench: &mut Bench<'_>) {
    let mut names: HashMap<(&str, &str), usize> = HashMap::new();
    let mut groups: Vec<Vec<usize>> = Vec::new();
    for row in bench.standing() {
        let told = &bench.rows[row];
        let group = *names.entry((&told.stand.district, &told.name)).or_insert(groups.len());
        if group == groups.len() {
            groups.push(Vec::new());
        }
        groups[group].push(row);
    }
    let mut known: HashMap<usize, Vec<&Known>> = HashMap::new();
    for one in bench.against.known {
        if let Some(group) = names.get(&(one.district.as_str(), one.name.as_str())) {
            known.entry(*group).or_default().push(one);
        }
    }
    let mut fresh = 0..;
    for (group, rows) in groups.iter().enumerate() {
        let known = known.get(&group).map_or(&[][..], Vec::as_slice);
        of_one_name(bench, rows, known, &mut fresh);
    }
    not_oneself(bench);
}

fn of_one_name(
    bench: &mut Bench<'_>,
    rows: &[usize],
    known: &[&Known],
    fresh: &mut impl Iterator<Item = u32>,
) {
    let mut locals: Vec<Local<'_>> = Vec::new();
    for &row in rows {
        let told = &bench.rows[row];
        let (scope, is_other) = (&told.stand.scope, told.namesake == Some(Namesake::Other));
        match locals.iter_mut().find(|one| one.scope == scope && one.is_other == is_other) {
            Some(own) => own.rows.push(row),
            None => locals.push(Local { scope, is_other, rows: vec![row] }),
        }
        if let Some(one) = bench.known[row] {
            bench.holders[row] = Some(Holder::Known(one.person));
        }
    }
    let mut floating: Vec<&Local<'_>> = Vec::new();
    for local in &locals {
        let people = people_here(bench, local, &locals, known);
        match (people.len(), local.is_other) {
            (1, _) => here(bench, local, &people, known),
            (0, true) => settle(bench, &local.rows, fresh.next().map(Holder::New)),
            (0, false) => floating.push(local),
            (many, _) => refuse_many(bench, &local.rows, many),
        }
    }
    elsewhere(bench, &floating, known, fresh);
}

/// Who of this name is known in the place of a local group: those of whom its rows speak already, else all.
fn people_here(
    bench: &Bench<'_>,
    local: &Local<'_>,
    locals: &[Local<'_>],
    known: &[&Known],
) -> BTreeSet<PersonId> {
    let spoken_of = |local: &Local<'_>| -> BTreeSet<PersonId> {
        local.rows.iter().filter_map(|row| bench.known[*row]).map(|one| one.person).collect()
    };
    let own = spoken_of(local);
    if !own.is_empty() || local.is_other {
        return own;
    }
    let is_there = |one: &&&Known| one.scope == *local.scope;
    let mut people: BTreeSet<PersonId> =
        known.iter().filter(is_there).map(|one| one.person).collect();
    for other in locals.iter().filter(|other| other.is_other && other.scope == local.scope) {
        for person in spoken_of(other) {
            people.remove(&person);
        }
    }
    people
}

/// Somebody of this name serves or served here: it is the same person, and the officer is told.
fn here(bench: &mut Bench<'_>, local: &Local<'_>, people: &BTreeSet<PersonId>, known: &[&Known]) {
    let Some(person) = people.first() else { return };
    for &row in &local.rows {
        if bench.holders[row].is_some() {
            continue;
        }
        bench.holders[row] = Some(Holder::Known(*person));
        let told = &bench.rows[row];
        if told.namesake.is_none() {
            let own = known.iter().find(|one| one.person == *person && one.scope == *local.scope);
            let post = own.map_or_else(String::new, |one| {
                format!("（{}，{}）", one.kind.label(), days(one.from, one.to))
            });
            let text = format!(
                "{}已有“{}”任职{post}，按同一人登记。是另一人的，请在“同名人员”列填“另一人”。",
                told.stand.name, told.name
            );
            bench.warn(row, Field::Namesake, text);
        }
    }
}

/// Rows of a name that is not known in their places. It may be known elsewhere in the district, or stand in several places
/// of the file.
fn elsewhere(
    bench: &mut Bench<'_>,
    floating: &[&Local<'_>],
    known: &[&Known],
    fresh: &mut impl Iterator<Item = u32>,
) {
    let says_same = |bench: &Bench<'_>, local: &Local<'_>| {
        local.rows.iter().any(|row| bench.rows[*row].namesake == Some(Namesake::Same))
    };
    let people: BTreeSet<PersonId> = known.iter().map(|one| one.person).collect();
    if let Some(person) = people.first() {
        for local in floating {
            match (says_same(bench, local), people.len()) {
                (true, 1) => settle(bench, &local.rows, Some(Holder::Known(*person))),
                (true, many) => refuse_many(bench, &local.rows, many),
                (false, _) => ask(bench, &local.rows, &named(bench, known)),
            }
        }
        return;
    }
    let silent = floating.iter().filter(|local| !says_same(bench, local)).count();
    if floating.len() > 1 && silent > 1 {
        let all: Vec<usize> = floating.iter().flat_map(|local| local.rows.clone()).collect();
        let others = format!("第 {} 行", bench.lines(&all));
        for local in floating {
            ask(bench, &local.rows, &others);
        }
    } else if let Some(person) = (!floating.is_empty()).then(|| fresh.next()).flatten() {
        for local in floating {
            settle(bench, &local.rows, Some(Holder::New(person)));
        }
        if let ([only], 0) = (floating, silent) {
            nobody_else(bench, &only.rows);
        }
    }
}

/// Rows that speak of somebody who is not there.
fn nobody_else(bench: &mut Bench<'_>, rows: &[usize]) {
    for &row in rows {
        let told = &bench.rows[row];
        let text = format!(
            "{}没有登记过其他“{}”，按新登记的人员处理。请核对。",
            told.stand.district_name, told.name
        );
        bench.warn(row, Field::Namesake, text);
    }
}

/// Known posts of one name, as one would say them.
fn named(bench: &Bench<'_>, known: &[&Known]) -> String {
    let at = |one: &&Known| {
        let stand = bench.against.stands.iter().find(|stand| stand.scope == one.scope);
        format!("{}{}", stand.map_or("", |stand| stand.name.as_str()), one.kind.label())
    };
    let posts: Vec<String> = known.iter().take(MOST_NAMED).map(at).collect();
    let more = if known.len() > MOST_NAMED { "等" } else { "" };
    posts.join("、") + more
}

fn ask(bench: &mut Bench<'_>, rows: &[usize], others: &str) {
    for &row in rows {
        let told = &bench.rows[row];
        let text = format!(
            "{}还有“{}”（{others}）。请在“同名人员”列写明：是同一人的填“同一人”，不是的填“另一人”。",
            told.stand.district_name, told.name
        );
        bench.refuse(row, Field::Namesake, text);
    }
}

fn refuse_many(bench: &mut Bench<'_>, rows: &[usize], many: usize) {
    for &row in rows {
        if bench.holders[row].is_none() {
            let text = format!(
                "已登记 {many} 位“{}”，无法判断是哪一位。请在学区或幼儿园的人员配备页面从名单中选择人员办理。",
                bench.rows[row].name
            );
            bench.refuse(row, Field::Name, text);
        }
    }
}

/// Gives the rows that have no holder yet to this one.
fn settle(bench: &mut Bench<'_>, rows: &[usize], holder: Option<Holder>) {
    for &row in rows {
        bench.holders[row] = bench.holders[row].or(holder);
    }
}

/// Nobody appoints himself.
fn not_oneself(bench: &mut Bench<'_>) {
    let Some(own) = bench.against.person.map(Holder::Known) else { return };
    let mine: Vec<usize> =
        bench.standing().filter(|row| bench.holders[*row] == Some(own)).collect();
    for row in mine {
        if bench.known[row].is_none() || !bench.changes(row).is_empty() {
            bench.refuse(row, Field::Name, words(&Refusal::OwnPost));
        }
    }
}
