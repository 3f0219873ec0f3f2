//! What becomes of the rows of a file: the same rules as for single appointments, asked of all rows together, since what one
//! of them may be follows from the others too.

mod compared;
mod people;
mod posts;
mod terms;

use std::collections::HashMap;

use kernel::{Date, PersonId, PostId, PostKind, PostScope, Refuses};
use policy::staffing::TERM_YEARS;
use registry::kindergartens::Change;
use sheets::Severity;

use super::super::types::{
    Becomes, Field, Finding, Holder, Judged, Known, Namesake, Staged, Stand, Told,
};
use super::{Refusal, check_days, default_end, gives};

pub use compared::{Concern, compared};

/// Before this day nobody was appointed who still serves: a year was mistyped.
const EARLIEST: Option<Date> = Date::from_ymd_opt(1980, 1, 1);

/// What rows are judged against, and for whom.
#[derive(Debug, Clone, Copy)]
pub struct Against<'a> {
    /// The posts that are known, of the districts concerned and of all inspectors of the city.
    pub known: &'a [Known],
    /// Where posts can stand.
    pub stands: &'a [Stand],
    /// Where whoever brings the file stands.
    pub scope: &'a PostScope,
    /// Who it is, if it is a person.
    pub person: Option<PersonId>,
    /// The posts that may be brought.
    pub kinds: &'a [PostKind],
    /// Today, in Beijing.
    pub today: Date,
}

/// Judges the rows of a file.
pub fn judge<'a>(rows: &'a [Told<'a>], against: &Against<'a>) -> Vec<Judged> {
    let mut bench = Bench::of(rows, *against);
    bench.each_by_itself();
    bench.find_repetitions();
    bench.find_known();
    people::tell(&mut bench);
    posts::compare(&mut bench);
    terms::count(&mut bench);
    posts::count(&mut bench);
    bench.end_terms();
    bench.need_letters();
    (0..rows.len()).map(|row| bench.settle(row)).collect()
}

/// The rows with what has been found out about them.
struct Bench<'a> {
    rows: &'a [Told<'a>],
    against: Against<'a>,
    /// The known posts of each place.
    at: HashMap<&'a PostScope, Vec<&'a Known>>,
    said: Vec<Vec<Finding>>,
    is_out: Vec<bool>,
    /// Rows that merely repeat an earlier one.
    repeats: Vec<bool>,
    /// The known post of which a row speaks.
    known: Vec<Option<&'a Known>>,
    holders: Vec<Option<Holder>>,
    replaces: Vec<Vec<PostId>>,
    terms: Vec<Option<i64>>,
}

impl<'a> Bench<'a> {
    fn of(rows: &'a [Told<'a>], against: Against<'a>) -> Self {
        let mut at: HashMap<&PostScope, Vec<&Known>> = HashMap::new();
        for one in against.known {
            at.entry(&one.scope).or_default().push(one);
        }
        let count = rows.len();
        Self {
            rows,
            against,
            at,
            said: vec![Vec::new(); count],
            is_out: vec![false; count],
            repeats: vec![false; count],
            known: vec![None; count],
            holders: vec![None; count],
            replaces: vec![Vec::new(); count],
            terms: vec![None; count],
        }
    }

    fn say(&mut self, row: usize, severity: Severity, field: Option<Field>, text: String) {
        self.said[row].push(Finding { field, severity, text });
    }
    fn refuse(&mut self, row: usize, field: Field, text: String) {
        self.is_out[row] = true;
        self.say(row, Severity::Refused, Some(field), text);
    }
    fn warn(&mut self, row: usize, field: Field, text: String) {
        self.say(row, Severity::Warning, Some(field), text);
    }

    /// Rows that may still be taken over and are not said twice.
    fn standing(&self) -> impl Iterator<Item = usize> {
        (0..self.rows.len()).filter(|row| !self.is_out[*row] && !self.repeats[*row])
    }
    /// Those of them that give a post.
    fn fresh(&self) -> impl Iterator<Item = usize> {
        self.standing().filter(|row| self.known[*row].is_none())
    }
    /// The first day on which the post of a row no longer holds.
    fn end(&self, row: usize) -> Date {
        let told = &self.rows[row];
        told.to.unwrap_or_else(|| default_end(told.kind, told.from))
    }
    fn known_at(&self, scope: &PostScope) -> &[&'a Known] {
        self.at.get(scope).map_or(&[], Vec::as_slice)
    }
    fn lines(&self, rows: &[usize]) -> String {
        let lines: Vec<String> =
            rows.iter().take(5).map(|row| self.rows[*row].line.to_string()).collect();
        lines.join("、")
    }

    fn each_by_itself(&mut self) {
        for (row, told) in self.rows.iter().enumerate() {
            let (kind, stand) = (told.kind, told.stand);
            if !self.against.kinds.contains(&kind) {
                let act = kind.given_with().map_or("办理", kernel::Permission::label);
                let text = format!("当前岗位不能{act}，{}的行不能在这里导入。", kind.label());
                self.refuse(row, Field::Kind, text);
                continue;
            }
            let allowed =
                gives(self.against.scope, kind, &stand.scope, &stand.district, stand.run_by);
            if let Err(refusal) = allowed {
                self.refuse(row, Field::Place, words(&refusal));
            }
            match check_days(told.from, self.end(row), self.against.today) {
                Ok(()) => self.within_life(row),
                Err(refusal @ Refusal::TooFarAhead(_)) => {
                    self.refuse(row, Field::From, words(&refusal));
                }
                Err(refusal) => self.refuse(row, Field::To, words(&refusal)),
            }
            if EARLIEST.is_some_and(|earliest| told.from < earliest) {
                self.warn(row, Field::From, format!("任职日期为 {}，请核对年份。", told.from));
            }
            if told.term.is_some() && !kind.is_inspector() {
                self.warn(row, Field::Term, "只有责任督学分届次，没有读取。".to_owned());
            }
            if told.predecessor_leaves && !kind.holds_seat() {
                let text = "只用于园长和主持工作，没有读取。";
                self.warn(row, Field::Predecessor, text.to_owned());
            }
        }
    }

    /// A post stands in a place that is there.
    fn within_life(&mut self, row: usize) {
        let (told, end) = (&self.rows[row], self.end(row));
        let (name, ended) = match &told.stand.scope {
            PostScope::Cluster(_) => (&told.stand.name, "撤销"),
            _ => (&told.stand.name, "停办"),
        };
        if let Some(over) = told.stand.to.filter(|over| end > *over) {
            if told.from >= over {
                let text = format!("{name}自 {over} 起{ended}，任职日期应早于这一天。请核对。");
                self.refuse(row, Field::Place, text);
            } else {
                let text = format!("{name}自 {over} 起{ended}。请填写不晚于此的任期截止。");
                self.refuse(row, Field::To, text);
            }
        }
        if let Some(begun) = told.stand.from.filter(|begun| end <= *begun) {
            let text = format!("{name}自 {begun} 起设立，这项任职在此之前已经结束。请核对。");
            self.refuse(row, Field::Place, text);
        }
    }

    /// Two rows of one post: merely doubled, or contradicting each other.
    fn find_repetitions(&mut self) {
        let mut alike: HashMap<_, Vec<usize>> = HashMap::new();
        for row in self.standing() {
            let told = &self.rows[row];
            let is_other = told.namesake == Some(Namesake::Other);
            let key = (told.kind, &told.stand.scope, told.name.as_str(), told.from, is_other);
            alike.entry(key).or_default().push(row);
        }
        for rows in alike.into_values().filter(|rows| rows.len() > 1) {
            let first = &self.rows[rows[0]];
            let same = |row: &usize| Told { line: first.line, ..self.rows[*row].clone() } == *first;
            if rows.iter().all(same) {
                let text = format!("与第 {} 行完全相同，只读取一次。", first.line);
                for row in &rows[1..] {
                    self.repeats[*row] = true;
                    self.say(*row, Severity::Mended, None, text.clone());
                }
                continue;
            }
            let lines = self.lines(&rows);
            for row in rows {
                let text = format!(
                    "第 {lines} 行是“{}”的同一项任职，内容却不相同。请只保留正确的一行；确是两个人的，请在其中一行的“同名人员”列填“另一人”。",
                    self.rows[row].name
                );
                self.refuse(row, Field::Name, text);
            }
        }
    }

    /// The known posts of which rows speak: the same post at the same place of somebody of the same name from the same day.
    fn find_known(&mut self) {
        let mut known: HashMap<_, Vec<&'a Known>> = HashMap::new();
        for one in self.against.known.iter().rev() {
            let key = (one.kind, &one.scope, one.name.as_str(), one.from);
            known.entry(key).or_default().push(one);
        }
        // Of two people with one name the one of whom nothing more is said comes first.
        let is_other = |row: &usize| self.rows[*row].namesake == Some(Namesake::Other);
        let (others, plain): (Vec<usize>, Vec<usize>) = self.standing().partition(is_other);
        for row in plain.into_iter().chain(others) {
            let told = &self.rows[row];
            let key = (told.kind, &told.stand.scope, told.name.as_str(), told.from);
            let Some(one) = known.get_mut(&key).and_then(Vec::pop) else { continue };
            self.known[row] = Some(one);
            if let Some(to) = told.to.filter(|to| *to != one.to) {
                let until = last_day(one.to).map_or_else(
                    || "已登记，没有定期限".to_owned(),
                    |last| format!("已登记到 {last}"),
                );
                let advice = if to > one.to {
                    "续任请另填一行，写新的任期"
                } else {
                    "提前离任请在任职页面办理"
                };
                let text = format!("这项任职{until}，与所填不同。{advice}。");
                self.refuse(row, Field::To, text);
            }
        }
    }

    /// As on the form, a term that names no end has three years.
    fn end_terms(&mut self) {
        let endless: Vec<usize> = self
            .fresh()
            .filter(|row| self.rows[*row].kind.is_inspector() && self.rows[*row].to.is_none())
            .collect();
        for row in endless {
            if let Some(last) = last_day(self.end(row)) {
                let text = format!("没有填任期截止，按 {TERM_YEARS} 年计，到 {last}。");
                self.say(row, Severity::Mended, Some(Field::To), text);
            }
        }
    }

    /// As on the form, nobody is appointed without a letter. Asked last, so that whatever else is wrong is told, too.
    fn need_letters(&mut self) {
        for (row, told) in self.rows.iter().enumerate() {
            let gives = self.known[row].is_none() && !self.repeats[row];
            if gives && told.paper_number.is_none() {
                self.refuse(row, Field::Paper, "没有填文号，这是必填项。请补上。".to_owned());
            }
        }
    }

    /// What a row puts right of the known post of which it speaks.
    fn changes(&self, row: usize) -> Vec<Change<Field>> {
        let (told, Some(known)) = (&self.rows[row], self.known[row]) else { return Vec::new() };
        let change = |field: Field, before: String, after: String| Change {
            field,
            label: field.label().to_owned(),
            before,
            after,
        };
        let term =
            |term: Option<i64>| term.map_or_else(String::new, |term| format!("第 {term} 届"));
        let mut changes = Vec::new();
        if told.kind.is_inspector() && told.term.is_some() && told.term != known.term {
            changes.push(change(Field::Term, term(known.term), term(told.term)));
        }
        if let Some(paper) =
            told.paper_number.as_ref().filter(|paper| **paper != known.paper_number)
        {
            changes.push(change(Field::Paper, known.paper_number.clone(), paper.clone()));
        }
        changes
    }

    fn settle(&mut self, row: usize) -> Judged {
        let said = std::mem::take(&mut self.said[row]);
        let told = &self.rows[row];
        let becomes = match (self.is_out[row], self.repeats[row], self.holders[row]) {
            (true, _, _) | (false, false, None) => Becomes::Refused,
            (false, true, _) => Becomes::Unchanged,
            (false, false, Some(holder)) => {
                let changes = self.changes(row);
                let known = self.known[row];
                let staged = Staged {
                    kind: told.kind,
                    scope: told.stand.scope.clone(),
                    district: told.stand.district.clone(),
                    holder,
                    from: told.from,
                    to: known.map_or_else(|| self.end(row), |known| known.to),
                    term: self.terms[row].or(known.and_then(|known| known.term)),
                    paper_number: told
                        .paper_number
                        .clone()
                        .or_else(|| known.map(|known| known.paper_number.clone()))
                        .unwrap_or_default(),
                    amends: known.map(|known| known.id),
                    replaces: std::mem::take(&mut self.replaces[row]),
                };
                match known {
                    None => Becomes::New(staged),
                    Some(_) if changes.is_empty() => Becomes::Unchanged,
                    Some(_) => Becomes::Changed(staged, changes),
                }
            }
        };
        Judged { said, becomes }
    }
}

/// A refusal as it stands at a cell.
fn words(refusal: &Refusal) -> String {
    match refusal.clause() {
        Some(clause) => format!("{refusal}（{clause}）。"),
        None => format!("{refusal}。"),
    }
}

/// The last day before `to`, if there is one.
fn last_day(to: Date) -> Option<Date> {
    if to >= kernel::OPEN_END { None } else { to.pred_opt() }
}

/// From when to when, as one would say it.
fn days(from: Date, to: Date) -> String {
    match last_day(to) {
        Some(last) => format!("{from} 至 {last}"),
        None => format!("{from} 起"),
    }
}

#[cfg(test)]
mod tests;
