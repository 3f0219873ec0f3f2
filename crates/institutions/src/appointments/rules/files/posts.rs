//! Who else serves in a place on the same days: one head and one liaison of a kindergarten, nobody twice.

use std::collections::HashMap;

use kernel::{Date, PostId, PostKind, PostScope};
use policy::staffing::{FULL_TIME_INSPECTORS, PART_TIME_INSPECTORS};

use super::super::Refusal;
use super::{Bench, days, words};
use crate::appointments::types::{Field, Holder, Known};

/// Rows of one cluster that are counted: more stand there only in a file that is wrong all over.
const MOST_COUNTED: usize = 200;

/// Refuses rows whose days are taken.
pub(super) fn compare(bench: &mut Bench<'_>) {
    nobody_twice(bench);
    one_liaison(bench);
    one_head(bench);
}

/// Posts that nobody holds twice in one place: inspectors are either full-time or part-time.
fn alike(kind: PostKind) -> PostKind {
    if kind.is_inspector() { PostKind::FullTimeInspector } else { kind }
}

/// The rows that give posts, by place and whatever else, in the order of their first days.
fn gathered<'a, K: std::hash::Hash + Eq>(
    bench: &Bench<'a>,
    key: impl Fn(usize) -> Option<K>,
) -> Vec<Vec<usize>> {
    let mut places: HashMap<(&'a PostScope, K), Vec<usize>> = HashMap::new();
    for row in bench.fresh() {
        if let Some(key) = key(row) {
            places.entry((&bench.rows[row].stand.scope, key)).or_default().push(row);
        }
    }
    let mut all: Vec<Vec<usize>> = places.into_values().collect();
    for rows in &mut all {
        rows.sort_by_key(|row| (bench.rows[*row].from, *row));
    }
    all.sort();
    all
}

/// Pairs of rows, in the order of their first days, of which the second begins before the first is over.
fn overlaps(bench: &Bench<'_>, rows: &[usize]) -> Vec<(usize, usize)> {
    let mut longest: Option<usize> = None;
    let mut found = Vec::new();
    for &row in rows {
        if let Some(before) = longest.filter(|before| bench.rows[row].from < bench.end(*before)) {
            found.push((before, row));
        }
        if longest.is_none_or(|before| bench.end(row) > bench.end(before)) {
            longest = Some(row);
        }
    }
    found
}

/// Refuses both rows of each pair, with a sentence about the other.
fn refuse_both(
    bench: &mut Bench<'_>,
    pairs: Vec<(usize, usize)>,
    field: Field,
    text: impl Fn(&Bench<'_>, usize) -> String,
) {
    for (one, other) in pairs {
        for (row, beside) in [(one, other), (other, one)] {
            if !bench.is_out[row] {
                let text = text(bench, beside);
                bench.refuse(row, field, text);
            }
        }
    }
}

fn is_beside(bench: &Bench<'_>, row: usize, one: &Known, end: Date) -> bool {
    one.from < bench.end(row) && bench.rows[row].from < end
}

/// The same person twice in a place.
fn nobody_twice(bench: &mut Bench<'_>) {
    let rows: Vec<usize> = bench.fresh().collect();
    for row in rows {
        let told = &bench.rows[row];
        let Some(Holder::Known(person)) = bench.holders[row] else { continue };
        let held = bench.known_at(&told.stand.scope).iter().find(|one| {
            one.person == person
                && alike(one.kind) == alike(told.kind)
                && is_beside(bench, row, one, one.to)
        });
        if let Some(held) = held.copied() {
            let who = format!("{}（{}）", told.name, days(held.from, held.to));
            let text = words(&Refusal::HeldAlready(who, held.kind.label()));
            bench.refuse(row, Field::From, text);
        }
    }
    for rows in gathered(bench, |row| Some((bench.holders[row]?, alike(bench.rows[row].kind)))) {
        let pairs = overlaps(bench, &rows);
        refuse_both(bench, pairs, Field::From, |bench, beside| {
            format!("与第 {} 行的任期重叠，那一行是同一人的。请核对日期。", bench.rows[beside].line)
        });
    }
}

/// 2.1.3-8: one liaison.
fn one_liaison(bench: &mut Bench<'_>) {
    let is_liaison =
        |row: usize| (bench.rows[row].kind == PostKind::Liaison).then_some(PostKind::Liaison);
    for rows in gathered(bench, is_liaison) {
        let pairs = overlaps(bench, &rows);
        refuse_both(bench, pairs, Field::Place, |bench, beside| {
            let beside = &bench.rows[beside];
            format!(
                "与第 {} 行（{}）的任期重叠：每园配备 1 名兼职视导员（2.1.3-8）。",
                beside.line, beside.name
            )
        });
        for row in rows {
            let at = bench.known_at(&bench.rows[row].stand.scope).iter();
            let held = at
                .filter(|one| one.kind == PostKind::Liaison)
                .find(|one| is_beside(bench, row, one, one.to));
            if let Some(held) = held.filter(|_| !bench.is_out[row]).copied() {
                let text = words(&Refusal::LiaisonTaken(held.name.clone()));
                bench.refuse(row, Field::Place, text);
            }
        }
    }
}

/// 2.1.3-3: one head, whose predecessor leaves on the first day if the row says so.
fn one_head(bench: &mut Bench<'_>) {
    // Ends that rows of the file state for posts that are known.
    let stated: HashMap<PostId, u32> = bench
        .standing()
        .filter(|row| bench.rows[*row].to.is_some())
        .filter_map(|row| Some((bench.known[row]?.id, bench.rows[row].line)))
        .collect();
    for rows in gathered(bench, |row| bench.rows[row].kind.holds_seat().then_some(())) {
        let pairs = overlaps(bench, &rows);
        refuse_both(bench, pairs, Field::From, |bench, beside| {
            let beside = &bench.rows[beside];
            format!(
                "与第 {} 行（{}）的任期重叠：一所幼儿园同一天只有一位园长或主持工作人员（2.1.3-3）。请填写先任者的任期截止。",
                beside.line, beside.name
            )
        });
        let mut ended: HashMap<PostId, Date> = HashMap::new();
        for row in rows {
            if !bench.is_out[row] {
                takes_seat(bench, row, &mut ended, &stated);
            }
        }
    }
}

/// 2.1.3-6: how many inspectors a cluster has on the first day of a row, if that is more than it needs. Seen, never refused: the
/// staffing of the cluster shows it, too.
pub(super) fn count(bench: &mut Bench<'_>) {
    let inspector = |row: usize| {
        let kind = bench.rows[row].kind;
        kind.is_inspector().then_some(kind)
    };
    for rows in gathered(bench, inspector) {
        let Some(&first) = rows.first() else { continue };
        let (kind, stand) = (bench.rows[first].kind, bench.rows[first].stand);
        let needed = match kind {
            PostKind::FullTimeInspector => FULL_TIME_INSPECTORS,
            _ => PART_TIME_INSPECTORS,
        } as usize;
        for &row in rows.iter().take(MOST_COUNTED) {
            let day = bench.rows[row].from.max(bench.against.today);
            let beside =
                rows.iter().filter(|row| bench.rows[**row].from <= day && day < bench.end(**row));
            let known = bench.known_at(&stand.scope).iter();
            let held = known.filter(|one| one.kind == kind && one.from <= day && day < one.to);
            let all = beside.count() + held.count();
            if all > needed && day < bench.end(row) {
                let text = format!(
                    "导入后{}在 {day} 有{} {all} 名，应配 {needed} 名（2.1.3-6）。请核对。",
                    stand.name,
                    kind.label()
                );
                bench.warn(row, Field::Place, text);
            }
        }
    }
}

/// Whether the seat is free for a row, or becomes so.
fn takes_seat(
    bench: &mut Bench<'_>,
    row: usize,
    ended: &mut HashMap<PostId, Date>,
    stated: &HashMap<PostId, u32>,
) {
    let told = &bench.rows[row];
    let in_the_way: Vec<&Known> = bench
        .known_at(&told.stand.scope)
        .iter()
        .filter(|one| one.kind.holds_seat())
        .filter(|one| is_beside(bench, row, one, ended.get(&one.id).copied().unwrap_or(one.to)))
        .copied()
        .collect();
    for one in &in_the_way {
        let who = format!("{}（{}，{}）", one.name, one.kind.label(), days(one.from, one.to));
        let text = if !told.predecessor_leaves {
            format!(
                "{}已有{who}，一所幼儿园同一天只有一位园长或主持工作人员（2.1.3-3）。由这一行接任的，请在“原任离任”列填“是”。",
                told.stand.name
            )
        } else if one.from >= told.from {
            format!("{who}到任不早于这一行，不能由这一行接任。请核对日期。")
        } else if let Some(line) = stated.get(&one.id) {
            format!("第 {line} 行写明了{who}的任期截止，与这一行的“原任离任”不一致。请核对。")
        } else {
            continue;
        };
        bench.refuse(row, Field::Predecessor, text);
        return;
    }
    for one in in_the_way {
        ended.insert(one.id, told.from);
        bench.replaces[row].push(one.id);
        let text = format!("{}{}自 {} 起离任。", one.kind.label(), one.name, told.from);
        bench.warn(row, Field::Predecessor, text);
    }
}
