//! Staff as spreadsheets: reading a file row by row, the template, the list.

mod columns;
mod rows;
mod writing;

use std::collections::HashMap;

use kernel::{Date, KindergartenId, StaffId};
use policy::{RunBy, Status};
use serde::{Deserialize, Serialize};
use sheets::{Message, Severity, Table, Unfit};

use super::acts::Identities;
use super::rules;
use super::types::{Change, Facts, Field, Kept, Known, StateNumber};
use crate::kindergartens::{Kindergarten, RowVerdict, Totals, Verdict, totals};
use columns::Columns;
use rows::{Draft, Row};
pub(crate) use writing::blank_numbers;
#[cfg(test)]
pub(super) use writing::fields;
pub use writing::{list, masked, template};

/// Rows between two reports of progress.
const ROWS_PER_REPORT: usize = 1_000;

/// What is to be saved of a row.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Staged {
    /// Whose record: new, or one that is known.
    pub id: StaffId,
    /// Where.
    pub kindergarten: KindergartenId,
    /// The state that it ends.
    pub replaces: Option<StateNumber>,
    /// What holds from now on.
    pub facts: Facts,
    /// The identity number, sealed, if it is new.
    pub kept: Option<Kept>,
}

/// What an import of staff would do, row by row. Nothing is saved by making one.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Preview {
    /// The rows in the order of the file.
    pub rows: Vec<RowVerdict<Staged, Field>>,
    /// How many of each kind.
    pub totals: Totals,
    /// What concerns the file as a whole.
    pub notes: Vec<String>,
}

/// What a file is compared with, and who brings it.
#[derive(Debug)]
pub struct Ground {
    /// The kindergartens of the whole city.
    pub kindergartens: Vec<Kindergarten>,
    /// The staff of the whole city: an identity number is employed once, wherever.
    pub known: Vec<Known>,
    /// Codes of the districts that the officer may write to; `None` for the whole city.
    pub districts: Option<Vec<String>>,
    /// From this day the contents hold.
    pub day: Date,
    /// Today, in Beijing.
    pub today: Date,
    /// What seals identity numbers.
    pub identities: Identities,
}

/// The ground with its indexes.
struct Index<'g> {
    ground: &'g Ground,
    by_register_id: HashMap<&'g str, &'g Kindergarten>,
    by_code: HashMap<&'g str, &'g Kindergarten>,
    by_name: HashMap<&'g str, Vec<&'g Kindergarten>>,
    by_digest: HashMap<&'g str, Vec<&'g Known>>,
    members: HashMap<(KindergartenId, &'g str), Vec<&'g Known>>,
}

impl<'g> Index<'g> {
    fn of(ground: &'g Ground) -> Self {
        let mut index = Self {
            ground,
            by_register_id: HashMap::new(),
            by_code: HashMap::new(),
            by_name: HashMap::new(),
            by_digest: HashMap::new(),
            members: HashMap::with_capacity(ground.known.len()),
        };
        for one in &ground.kindergartens {
            index.by_register_id.insert(one.facts.register_id.as_str(), one);
            if let Some(code) = &one.facts.national_code {
                index.by_code.insert(code.as_str(), one);
            }
            index.by_name.entry(one.facts.name.as_str()).or_default().push(one);
        }
        for one in &ground.known {
            if let Some(digest) = &one.digest {
                index.by_digest.entry(digest.as_str()).or_default().push(one);
            }
            let key = (one.kindergarten, one.facts.name.as_str());
            index.members.entry(key).or_default().push(one);
        }
        index
    }

    /// The kindergarten that a line names: by its id or code, else by a name that is one within reach.
    fn kindergarten(&self, draft: &Draft) -> Result<&'g Kindergarten, String> {
        let known = |found: Option<&&'g Kindergarten>, what: &str, text: &str| {
            found.copied().ok_or_else(|| {
                format!("名册中没有{what}为“{}”的幼儿园。请核对。", sheets::cells::excerpt(text))
            })
        };
        if let Some(id) = &draft.kindergarten_id {
            let found = self.by_register_id.get(id.as_str());
            return known(found.or_else(|| self.by_code.get(id.as_str())), "编号", id);
        }
        if let Some(code) = &draft.kindergarten_code {
            return known(self.by_code.get(code.as_str()), "标识码", code);
        }
        let Some(name) = &draft.kindergarten_name else {
            return Err("没有填幼儿园。请填写幼儿园编号或名称。".to_owned());
        };
        let all = self.by_name.get(name.as_str()).map_or(&[][..], Vec::as_slice);
        let own: Vec<_> =
            all.iter().filter(|one| self.reaches(&one.facts.district)).copied().collect();
        match (own.as_slice(), all) {
            ([only], _) | ([], [only]) => Ok(only),
            ([], []) => known(None, "名称", name),
            _ => Err(format!("名册中有多所“{name}”。请填写幼儿园编号。")),
        }
    }

    fn reaches(&self, district: &str) -> bool {
        let own = self.ground.districts.as_ref();
        own.is_none_or(|own| own.iter().any(|code| code == district))
    }
}

/// Says for every row of a file what would become of it, and seals the identity numbers that are new. Saves nothing.
/// `mint` gives the ids of new records; `progress` is told how many rows of how many are done.
///
/// # Errors
/// A table that lacks a necessary column is refused whole.
pub fn preview(
    table: &Table,
    ground: &Ground,
    mint: &dyn Fn() -> StaffId,
    progress: &mut dyn FnMut(usize, usize),
) -> Result<Preview, Unfit> {
    let columns = columns::of(table)?;
    let mut notes = columns.notes();
    let index = Index::of(ground);
    let has_key = ground.identities.is_ready();
    let mut read = Vec::with_capacity(table.rows.len());
    for line in &table.rows {
        if line.is_sum() {
            notes.push(format!("第 {} 行是合计或备注，没有读取。", line.line));
            continue;
        }
        let row = rows::read(line, &columns, ground.today, has_key);
        let kindergarten = index.kindergarten(&row.draft);
        let digest =
            row.draft.number.as_ref().and_then(|number| ground.identities.digest(number).ok());
        read.push(Named { row, kindergarten, digest });
    }
    let repeated = refuse_doubles(&mut read, &columns);
    let count = read.len();
    let mut verdicts = Vec::with_capacity(count);
    for (place, named) in read.into_iter().enumerate() {
        verdicts.push(match repeated.get(&place) {
            Some(first) => repetition(named, *first),
            None => verdict(named, &columns, &index, mint),
        });
        if place.is_multiple_of(ROWS_PER_REPORT) {
            progress(place, count);
        }
    }
    for verdict in &mut verdicts {
        verdict.messages.sort_by_key(|message| message.severity);
    }
    progress(count, count);
    Ok(Preview { totals: totals(&verdicts), rows: verdicts, notes })
}

/// A row with the kindergarten that it names and the digest of its number.
struct Named<'g> {
    row: Row,
    kindergarten: Result<&'g Kindergarten, String>,
    digest: Option<String>,
}

impl Named<'_> {
    /// What tells a member in a file: the number, else the name in its kindergarten.
    fn key(&self) -> Option<Key<'_>> {
        match (&self.digest, &self.kindergarten, &self.row.draft.name) {
            (Some(digest), _, _) => Some((Ok(digest.as_str()), self.row.draft.left_on)),
            (None, Ok(kindergarten), Some(name)) => {
                Some((Err((kindergarten.id, name.as_str())), self.row.draft.left_on))
            }
            _ => None,
        }
    }
}

type Key<'a> = (Result<&'a str, (KindergartenId, &'a str)>, Option<Date>);

/// Refuses rows that speak of one member differently. Answers the rows that merely repeat an earlier one, with its line.
fn refuse_doubles(read: &mut [Named<'_>], columns: &Columns<'_>) -> HashMap<usize, u32> {
    let mut by_key: HashMap<Key<'_>, Vec<usize>> = HashMap::with_capacity(read.len());
    for (place, named) in read.iter().enumerate() {
        if let Some(key) = named.key() {
            by_key.entry(key).or_default().push(place);
        }
    }
    let doubled: Vec<Vec<usize>> = by_key.into_values().filter(|all| all.len() > 1).collect();
    let mut repeated = HashMap::new();
    for places in doubled {
        let first = places[0];
        if places.iter().all(|place| read[*place].row.draft == read[first].row.draft) {
            let line = read[first].row.line;
            repeated.extend(places[1..].iter().map(|place| (*place, line)));
            continue;
        }
        let lines: Vec<String> =
            places.iter().take(5).map(|place| read[*place].row.line.to_string()).collect();
        let lines = lines.join("、");
        for place in places {
            let (field, text) = if read[place].digest.is_some() {
                (
                    Field::Identity,
                    format!("同一身份证号在第 {lines} 行出现，内容却不相同。请只保留正确的一行。"),
                )
            } else {
                (
                    Field::Name,
                    format!(
                        "同一幼儿园第 {lines} 行姓名相同。确是不同的人，请填写身份证号加以区分。"
                    ),
                )
            };
            read[place].row.messages.push(Message::refused(columns::title(columns, field), text));
        }
    }
    repeated
}

fn repetition(named: Named<'_>, first: u32) -> RowVerdict<Staged, Field> {
    let mut messages = named.row.messages;
    messages.push(Message::mended("", format!("与第 {first} 行完全相同，只读取一次。")));
    let is_refused = messages.iter().any(|message| message.severity == Severity::Refused);
    RowVerdict {
        line: named.row.line,
        id: where_from(&named.kindergarten),
        name: named.row.draft.name.map_or_else(String::new, String::from),
        verdict: if is_refused { Verdict::Refused } else { Verdict::Unchanged },
        messages,
        changes: Vec::new(),
        facts: None,
    }
}

/// The name of the kindergarten, which stands under the member's.
fn where_from(kindergarten: &Result<&Kindergarten, String>) -> String {
    kindergarten.as_ref().map_or_else(|_| String::new(), |one| one.facts.name.to_string())
}

fn verdict(
    named: Named<'_>,
    columns: &Columns<'_>,
    index: &Index<'_>,
    mint: &dyn Fn() -> StaffId,
) -> RowVerdict<Staged, Field> {
    let shown = where_from(&named.kindergarten);
    let Named { row: Row { line, draft, mut messages }, kindergarten, digest } = named;
    let name = draft.name.as_ref().map_or_else(String::new, ToString::to_string);
    let mut refuse = |field: Field, text: String| {
        messages.push(Message::refused(columns::title(columns, field), text));
    };
    let mut staged = None;
    let mut changes = Vec::new();
    match kindergarten {
        Err(text) => refuse(Field::Kindergarten, text),
        Ok(kindergarten) => match known_as(&draft, digest.as_deref(), kindergarten, index) {
            Err((field, text)) => refuse(field, text),
            Ok(known) => match draft.onto(known.map(|known| &known.facts)) {
                Err(missing) => {
                    for field in missing {
                        let title = columns::title(columns, field);
                        let is_told = messages.iter().any(|message| {
                            message.severity == Severity::Refused && message.column == title
                        });
                        if !is_told {
                            let text = format!("没有填{}，这是必填项。请补上。", field.label());
                            messages.push(Message::refused(title, text));
                        }
                    }
                }
                Ok(facts) => {
                    let judged =
                        judged(&draft, known, &facts, digest.as_deref(), kindergarten, index);
                    messages.extend(judged.said.into_iter().map(|finding| Message {
                        column: columns::title(columns, finding.field).to_owned(),
                        severity: finding.severity,
                        text: finding.text,
                    }));
                    let is_refused =
                        messages.iter().any(|message| message.severity == Severity::Refused);
                    if !is_refused {
                        changes = judged.changes;
                        let id = known.map_or_else(mint, |known| known.id);
                        let number = draft.number.as_ref().filter(|_| judged.is_new_number);
                        match number
                            .map(|number| index.ground.identities.seal(id, number))
                            .transpose()
                        {
                            Ok(kept) => {
                                staged = Some(Staged {
                                    id,
                                    kindergarten: kindergarten.id,
                                    replaces: known.map(|known| known.state),
                                    facts,
                                    kept,
                                });
                            }
                            Err(_) => messages.push(Message::refused(
                                columns::title(columns, Field::Identity),
                                "身份证号没能加密。请检查密钥后重试。",
                            )),
                        }
                    }
                }
            },
        },
    }
    let is_refused = messages.iter().any(|message| message.severity == Severity::Refused);
    let staged = staged.filter(|_| !is_refused);
    let verdict = match &staged {
        None => Verdict::Refused,
        Some(staged) if staged.replaces.is_none() => Verdict::New,
        Some(_) if changes.is_empty() => Verdict::Unchanged,
        Some(_) => Verdict::Changed,
    };
    if verdict == Verdict::New {
        changes.clear();
    }
    RowVerdict { line, id: shown, name, verdict, messages, changes, facts: staged }
}

/// The record that a line speaks of: by the number, else by the name in its kindergarten. `None` is a new one.
fn known_as<'g>(
    draft: &Draft,
    digest: Option<&str>,
    kindergarten: &Kindergarten,
    index: &Index<'g>,
) -> Result<Option<&'g Known>, (Field, String)> {
    // Who left long ago is spoken of by a line that says so.
    let speaks_of = |known: &Known| match known.facts.left_on {
        None => true,
        left => draft.left_on.is_some() && draft.left_on == left,
    };
    if let Some(digest) = digest {
        let all = index.by_digest.get(digest).map_or(&[][..], Vec::as_slice);
        if let Some(own) =
            all.iter().find(|known| known.kindergarten == kindergarten.id && speaks_of(known))
        {
            return Ok(Some(own));
        }
        let hired_on = draft.hired_on.unwrap_or(index.ground.day);
        let elsewhere = all.iter().find(|known| match known.facts.left_on {
            None => draft.left_on.is_none_or(|left| left > known.facts.hired_on),
            Some(left) => {
                hired_on < left && draft.left_on.is_none_or(|own| own > known.facts.hired_on)
            }
        });
        if let Some(elsewhere) = elsewhere {
            let text = match elsewhere.facts.left_on {
                None if elsewhere.kindergarten == kindergarten.id => continue_text(),
                None => {
                    "这个身份证号已在另一所幼儿园登记为在职。请先由原幼儿园登记离职。".to_owned()
                }
                Some(left) => format!(
                    "这个身份证号的教职工到 {left} 才从另一所幼儿园离职，入职日期应不早于这一天。"
                ),
            };
            return Err((Field::Identity, text));
        }
    }
    let Some(name) = &draft.name else { return Ok(None) };
    let namesakes = index.members.get(&(kindergarten.id, name.as_str()));
    let same: Vec<&Known> = namesakes
        .into_iter()
        .flatten()
        .filter(|known| speaks_of(known) && (digest.is_none() || known.digest.is_none()))
        .copied()
        .collect();
    match same.as_slice() {
        [] => Ok(None),
        [only] => Ok(Some(only)),
        _ => Err((
            Field::Name,
            format!("本园有 {} 位“{name}”。请填写身份证号加以区分。", same.len()),
        )),
    }
}

fn continue_text() -> String {
    "这个身份证号已在本园登记为在职，与这一行的离职日期对不上。请核对。".to_owned()
}

/// What the rules say of a row.
struct Judged {
    said: Vec<super::types::Finding>,
    changes: Vec<Change>,
    is_new_number: bool,
}

fn judged(
    draft: &Draft,
    known: Option<&Known>,
    facts: &Facts,
    digest: Option<&str>,
    kindergarten: &Kindergarten,
    index: &Index<'_>,
) -> Judged {
    let ground = index.ground;
    let mut said = rules::check(facts, ground.today);
    let finding = |field, severity, text: &str| super::types::Finding {
        field,
        severity,
        text: text.to_owned(),
    };
    if let Some(number) = &draft.number {
        said.extend(rules::check_birth(number, facts));
    }
    let is_new_number = digest.is_some() && known.is_none_or(|known| known.digest.is_none());
    if draft.is_masked && known.is_none_or(|known| known.digest.is_none()) {
        let text = "身份证号是掩码，没有读取。需要登记的，请填写完整号码。";
        said.push(finding(Field::Identity, Severity::Warning, text));
    }
    let mut changes = known.map(|known| rules::changes(&known.facts, facts)).unwrap_or_default();
    if is_new_number {
        changes.push(Change {
            field: Field::Identity,
            label: Field::Identity.label().to_owned(),
            before: String::new(),
            after: "已登记".to_owned(),
        });
    }
    let is_news = known.is_none() || !changes.is_empty();
    if !is_news {
        return Judged { said, changes, is_new_number };
    }
    if !index.reaches(&kindergarten.facts.district) {
        let text = "幼儿园不在您的管理范围内，这一行不能由您导入。";
        said.push(finding(Field::Kindergarten, Severity::Refused, text));
    } else if ground.districts.is_some() && kindergarten.facts.answers_to() == RunBy::City {
        let text = "市属幼儿园由市教育局维护，这一行不能由区里导入。";
        said.push(finding(Field::Kindergarten, Severity::Refused, text));
    }
    if known.is_none() && facts.left_on.is_none() && kindergarten.facts.status == Status::Closed {
        let text = "幼儿园已停办，不能登记新入职的教职工。";
        said.push(finding(Field::Kindergarten, Severity::Refused, text));
    }
    if let Some(known) = known.filter(|known| known.since > ground.day) {
        let text = format!(
            "已登记自 {0} 起的情况，不能再登记自 {1} 起的变更。请以 {0} 或之后的日期重新上传这一行。",
            known.since, ground.day
        );
        said.push(finding(Field::Name, Severity::Refused, &text));
    }
    Judged { said, changes, is_new_number }
}
