//! The register as spreadsheets: reading one row by row, the template, the returned table, the list.

mod cells;
mod columns;
mod lookup;
mod rows;
mod writing;

use std::collections::{BTreeSet, HashMap};

use geography::{Datum, Regions};
use sheets::{Message, Severity, Table, Unfit};

use super::rules::{self, Resembled};
use super::types::{
    Existing, Facts, Field, Gaps, NotInFile, Preview, Reading, RegisterId, RowVerdict, Totals,
    Verdict,
};
pub(crate) use cells::yes_or_no;
use columns::Columns;
pub use lookup::{Lookup, Unfound};
use rows::Row;
pub use writing::{list, returned, template};

/// Rows between two reports of progress.
const ROWS_PER_REPORT: usize = 500;

/// Says for every row of a register what would become of it. Reads nothing but its arguments and saves nothing.
///
/// `existing` are the kindergartens of the whole city, as far as they are known; `progress` is told how many rows of how
/// many are done.
///
/// # Errors
/// A table that lacks a necessary column is refused whole.
pub fn preview(
    table: &Table,
    regions: &Regions,
    existing: &Existing,
    reading: &Reading,
    progress: &mut dyn FnMut(usize, usize),
) -> Result<Preview, Unfit> {
    let columns = Columns::of(table)?;
    let mut notes = notes(table, &columns, regions);
    let mut rows = Vec::with_capacity(table.rows.len());
    for line in &table.rows {
        if line.is_sum() {
            notes.push(format!("第 {} 行是合计或备注，没有读取。", line.line));
            continue;
        }
        rows.push(rows::read(line, &columns, regions, reading));
        if rows.len().is_multiple_of(ROWS_PER_REPORT) {
            progress(rows.len() / 2, table.rows.len());
        }
    }
    let repeated = refuse_contradictions(&mut rows, &columns, existing);
    let count = rows.len();
    let mut verdicts = Vec::with_capacity(count);
    let mut datums = DatumCount::default();
    for (index, row) in rows.into_iter().enumerate() {
        datums.add(&row, regions);
        verdicts.push(if let Some(first) = repeated.get(&index) {
            repetition(row, *first)
        } else {
            verdict(row, &columns, regions, existing, reading)
        });
        if index.is_multiple_of(ROWS_PER_REPORT) {
            progress(usize::midpoint(count, index), table.rows.len());
        }
    }
    notes.extend(datums.note());
    warn_of_resemblances(&mut verdicts, &columns, existing);
    for verdict in &mut verdicts {
        verdict.messages.sort_by_key(|message| message.severity);
    }
    progress(table.rows.len(), table.rows.len());
    Ok(Preview {
        totals: totals(&verdicts),
        gaps: gaps(&verdicts),
        not_in_file: not_in_file(&verdicts, existing, reading),
        rows: verdicts,
        notes,
    })
}

/// Reads a register for a command that has no database: the kindergartens of all good rows, and what there is to say of
/// every row.
///
/// # Errors
/// A table that lacks a necessary column is refused whole.
pub fn read_register(
    table: &Table,
    regions: &Regions,
    reading: &Reading,
) -> Result<(Vec<Facts>, Vec<RowVerdict>), Unfit> {
    let preview = preview(table, regions, &Existing::new(), reading, &mut |_, _| {})?;
    let facts = preview.rows.iter().filter_map(|row| row.facts.clone()).collect();
    Ok((facts, preview.rows))
}

fn notes(table: &Table, columns: &Columns<'_>, regions: &Regions) -> Vec<String> {
    let mut notes = columns.notes();
    if !table.unread_sheets.is_empty() {
        let read = table.sheet.as_deref().unwrap_or_default();
        notes.push(format!(
            "只读取了工作表“{read}”；还有内容的工作表“{}”没有读取。",
            table.unread_sheets.join("”“")
        ));
    }
    if !regions.has_street_outlines() {
        notes.push("没有导入街道边界：未检查坐标是否在所填街道内，坐标系只按区界核对。".to_owned());
    }
    notes
}

/// Refuses rows that contradict one another or the register: an id or a national code that stands for two
/// kindergartens. Returns the rows that merely repeat an earlier one, with its line.
fn refuse_contradictions(
    rows: &mut [Row],
    columns: &Columns<'_>,
    existing: &Existing,
) -> HashMap<usize, u32> {
    let mut by_id: HashMap<RegisterId, Vec<usize>> = HashMap::new();
    for (index, row) in rows.iter().enumerate() {
        if let Some(id) = row.draft.register_id.clone() {
            by_id.entry(id).or_default().push(index);
        }
    }
    let mut repeated = HashMap::new();
    for (id, indices) in by_id.into_iter().filter(|(_, indices)| indices.len() > 1) {
        let first = indices[0];
        if indices.iter().all(|index| rows[*index].draft == rows[first].draft) {
            repeated.extend(indices[1..].iter().map(|index| (*index, rows[first].line)));
            continue;
        }
        let lines = lines(rows, &indices);
        for index in indices {
            let text =
                format!("编号 {id} 在第 {lines} 行重复出现，内容却不相同。请只保留正确的一行。");
            rows[index].messages.push(Message::refused(columns.title(Field::RegisterId), text));
        }
    }
    refuse_doubled_codes(rows, columns, existing, &repeated);
    repeated
}

fn refuse_doubled_codes(
    rows: &mut [Row],
    columns: &Columns<'_>,
    existing: &Existing,
    repeated: &HashMap<usize, u32>,
) {
    let known: HashMap<&str, &Facts> = existing
        .values()
        .filter_map(|facts| Some((facts.national_code.as_ref()?.as_str(), facts)))
        .collect();
    let mut by_code: HashMap<String, Vec<usize>> = HashMap::new();
    for (index, row) in rows.iter().enumerate() {
        if let Some(code) = &row.draft.national_code
            && !repeated.contains_key(&index)
        {
            by_code.entry(code.to_string()).or_default().push(index);
        }
    }
    let title = columns.title(Field::NationalCode);
    for (code, indices) in by_code {
        let ids: BTreeSet<Option<&RegisterId>> =
            indices.iter().map(|index| rows[*index].draft.register_id.as_ref()).collect();
        if ids.len() > 1 {
            let lines = lines(rows, &indices);
            for index in indices {
                let text = format!(
                    "标识码 {code} 在第 {lines} 行用于不同的编号；一个标识码只属于一所幼儿园。请核对后改正。"
                );
                rows[index].messages.push(Message::refused(title, text));
            }
        } else if let Some(owner) = known.get(code.as_str()) {
            for index in indices {
                if rows[index].draft.register_id.as_ref().is_some_and(|id| *id != owner.register_id)
                {
                    let text = format!(
                        "标识码 {code} 已属于“{}”（编号 {}）。请核对后改正。",
                        owner.name, owner.register_id
                    );
                    rows[index].messages.push(Message::refused(title, text));
                }
            }
        }
    }
}

/// The first few line numbers, 2、5、9等 6 行.
fn lines(rows: &[Row], indices: &[usize]) -> String {
    const SHOWN: usize = 5;
    let shown: Vec<String> =
        indices.iter().take(SHOWN).map(|index| rows[*index].line.to_string()).collect();
    if indices.len() > SHOWN {
        format!("{}等 {} ", shown.join("、"), indices.len())
    } else {
        shown.join("、")
    }
}

fn repetition(row: Row, first: u32) -> RowVerdict {
    let mut messages = row.messages;
    messages.push(Message::mended("", format!("与第 {first} 行完全相同，只读取一次。")));
    let is_refused = messages.iter().any(|message| message.severity == Severity::Refused);
    RowVerdict {
        line: row.line,
        id: row.draft.register_id.map_or_else(String::new, String::from),
        name: row.draft.name.map_or_else(String::new, String::from),
        verdict: if is_refused { Verdict::Refused } else { Verdict::Unchanged },
        messages,
        changes: Vec::new(),
        facts: None,
    }
}

fn verdict(
    row: Row,
    columns: &Columns<'_>,
    regions: &Regions,
    existing: &Existing,
    reading: &Reading,
) -> RowVerdict {
    let Row { line, draft, mut messages, .. } = row;
    let id = draft.register_id.clone();
    let shown_id = id.as_ref().map_or_else(String::new, ToString::to_string);
    let known = existing.get(&shown_id);
    let name = draft
        .name
        .as_ref()
        .or(known.map(|known| &known.name))
        .map_or_else(String::new, ToString::to_string);
    let mut facts = None;
    match id {
        None => {
            if !says_why(&messages, columns.title(Field::RegisterId)) {
                messages.push(Message::refused(
                    columns.title(Field::RegisterId),
                    "没有编号。每所幼儿园须有不重复的编号，请补上。",
                ));
            }
        }
        Some(id) => match draft.onto(known, id) {
            Ok(found) => facts = Some(found),
            Err(missing) => {
                for field in missing {
                    let title = columns.title(field);
                    if !messages.iter().any(|message| {
                        message.severity == Severity::Refused
                            && is_about(&message.column, field, columns)
                    }) {
                        messages.push(Message::refused(
                            title,
                            format!("没有填{}，这是必填项。请补上。", field.label()),
                        ));
                    }
                }
            }
        },
    }
    if let Some(facts) = &mut facts {
        if draft.grade.is_none()
            && known.is_none()
            && !says_why(&messages, columns.title(Field::Grade))
        {
            messages.push(Message::warning(
                columns.title(Field::Grade),
                "没有填等级，按“未评级”处理。请核对。",
            ));
        }
        if facts.street.is_none()
            && !says_why(&messages, columns.title(Field::Street))
            && let Some(street) = rules::street_of(regions, &facts.district, facts.point)
        {
            messages.push(Message::mended(
                columns.title(Field::Street),
                format!("街道按坐标填为{}。", street.name),
            ));
            facts.street = Some(street.code.clone());
        }
        let found = rules::check(facts, regions, reading.today).into_iter();
        messages.extend(found.map(|finding| Message {
            column: columns.title(finding.field).to_owned(),
            severity: finding.severity,
            text: finding.text,
        }));
        if let Some((field, text)) = out_of_reach(facts, known, regions, reading) {
            messages.push(Message::refused(columns.title(field), text));
        }
    }
    let is_refused = messages.iter().any(|message| message.severity == Severity::Refused);
    let facts = facts.filter(|_| !is_refused);
    let changes = match (known, &facts) {
        (Some(known), Some(facts)) => rules::changes(known, facts, regions),
        _ => Vec::new(),
    };
    let verdict = match (known, &facts) {
        (_, None) => Verdict::Refused,
        (None, Some(_)) => Verdict::New,
        (Some(_), Some(_)) if changes.is_empty() => Verdict::Unchanged,
        (Some(_), Some(_)) => Verdict::Changed,
    };
    RowVerdict { line, id: shown_id, name, verdict, messages, changes, facts }
}

fn says_why(messages: &[Message], title: &str) -> bool {
    messages.iter().any(|message| message.severity == Severity::Refused && message.column == title)
}

/// Whether a title stands for the field, any of the columns of coordinates for the point.
fn is_about(title: &str, field: Field, columns: &Columns<'_>) -> bool {
    if field == Field::Point {
        let indices = columns.pairs.iter().flat_map(|pair| [pair.lon, pair.lat]);
        return title == columns.title(Field::Datum)
            || indices.into_iter().any(|index| columns.table.header[index] == title);
    }
    title == columns.title(field)
        || (field == Field::Ownership
            && columns.titles(columns::Meaning::Inclusive).any(|own| own == title))
        || (field == Field::District
            && columns.titles(columns::Meaning::DistrictCode).any(|own| own == title))
}

/// An officer of a district writes the kindergartens of her district, before and after a move, and none that answer to
/// the city (2.1.2-8).
fn out_of_reach(
    facts: &Facts,
    known: Option<&Facts>,
    regions: &Regions,
    reading: &Reading,
) -> Option<(Field, String)> {
    let own = reading.districts.as_ref()?;
    let states = || [Some(facts), known].into_iter().flatten();
    if let Some(foreign) =
        states().map(|facts| &facts.district).find(|district| !own.contains(district))
    {
        let name = |code: &String| {
            regions.district(code).map_or(code.as_str(), |district| &district.name).to_owned()
        };
        let own: Vec<String> = own.iter().map(name).collect();
        let text = format!(
            "{}不在您的管理范围（{}）内，这一行不能由您导入。",
            name(foreign),
            own.join("、")
        );
        return Some((Field::District, text));
    }
    // A district's register lists the city-run kindergartens, too; what says nothing new of them writes nothing.
    let is_news = known.is_none_or(|known| !rules::changes(known, facts, regions).is_empty());
    let is_city_run = states().any(|facts| facts.answers_to() == policy::RunBy::City);
    (is_news && is_city_run)
        .then(|| (Field::RunBy, "市属幼儿园由市教育局维护，这一行不能由区里导入。".to_owned()))
}

/// How many rows would stand in their streets under each datum, to notice a whole file in the wrong one.
#[derive(Default)]
struct DatumCount {
    /// The datum in which the first row was read; rows in another are not counted.
    told: Option<Datum>,
    rows: usize,
    inside: [usize; 3],
}

impl DatumCount {
    /// Fewer rows than these prove nothing.
    const FEWEST_ROWS: usize = 20;

    fn add(&mut self, row: &Row, regions: &Regions) {
        let (Some((lon, lat)), Some((_, datum))) = (row.written, row.draft.place) else { return };
        let (Some(district), Some(street)) =
            (row.draft.district.as_deref(), row.draft.street.as_deref())
        else {
            return;
        };
        if *self.told.get_or_insert(datum) != datum || regions.street_outline(street).is_none() {
            return;
        }
        self.rows += 1;
        for (inside, datum) in self.inside.iter_mut().zip(Datum::ALL) {
            let point = datum.to_wgs84(lon, lat);
            let fit = rules::fit(regions, district, Some(street), point);
            *inside += usize::from(fit.is_inside());
        }
    }

    fn note(&self) -> Option<String> {
        let told = self.told?;
        let own = Datum::ALL.iter().zip(self.inside).find(|(datum, _)| **datum == told)?.1;
        let (most, other) =
            self.inside.iter().zip(Datum::ALL).max_by_key(|(inside, _)| **inside)?;
        let clearly = most.saturating_sub(own) * 50 > self.rows;
        (self.rows >= Self::FEWEST_ROWS && clearly).then(|| {
            format!(
                "坐标按{}读取时，{} 行中有 {own} 行落在所填街道内；若按{}读取则有 {most} 行。整个文件的坐标系可能写错，请核对后再确认。",
                told.label(),
                self.rows,
                other.label()
            )
        })
    }
}

/// Compares the rows taken over with one another and with the kindergartens that the file does not mention.
fn warn_of_resemblances(verdicts: &mut [RowVerdict], columns: &Columns<'_>, existing: &Existing) {
    use super::rules::Likeness;
    let in_file: BTreeSet<&str> = verdicts.iter().map(|verdict| verdict.id.as_str()).collect();
    let mut origins: Vec<Option<usize>> = Vec::new();
    let mut entries: Vec<&Facts> = Vec::new();
    for (index, verdict) in verdicts.iter().enumerate() {
        if let Some(facts) = &verdict.facts {
            origins.push(Some(index));
            entries.push(facts);
        }
    }
    for facts in existing.values().filter(|facts| !in_file.contains(facts.register_id.as_str())) {
        origins.push(None);
        entries.push(facts);
    }
    let compared: Vec<Resembled<'_>> = entries
        .iter()
        .map(|facts| Resembled { name: &facts.name, district: &facts.district, point: facts.point })
        .collect();
    let mut said: Vec<(usize, Message)> = Vec::new();
    for (one, other, likeness) in rules::resemblances(&compared) {
        for (own, twin) in [(one, other), (other, one)] {
            let Some(row) = origins[own] else { continue };
            let twin_facts = entries[twin];
            let place = origins[twin].map_or_else(
                || format!("名册中的“{}”（编号 {}）", twin_facts.name, twin_facts.register_id),
                |index| format!("第 {} 行“{}”", verdicts[index].line, twin_facts.name),
            );
            let distance_m = entries[own].point.distance_m(twin_facts.point);
            let (field, text) = match likeness {
                Likeness::SameName => (
                    Field::Name,
                    format!(
                        "与{place}同名或几乎同名，相距 {distance_m:.0} 米。若是同一所园，请只保留一行；若是分园，可以保留。"
                    ),
                ),
                Likeness::LikeName => (
                    Field::Name,
                    format!("与{place}只差一字，相距 {distance_m:.0} 米。请核对是否同一所园。"),
                ),
                Likeness::SamePoint => (
                    Field::Point,
                    format!(
                        "与{place}的位置几乎相同（相距 {distance_m:.0} 米）。请核对是否同一所园，或坐标是否有误。"
                    ),
                ),
            };
            said.push((row, Message::warning(columns.title(field), text)));
        }
    }
    for (row, message) in said {
        verdicts[row].messages.push(message);
    }
}

/// How many rows there are of each kind.
pub fn totals<T, F>(verdicts: &[RowVerdict<T, F>]) -> Totals {
    let mut totals = Totals { rows: verdicts.len(), ..Totals::default() };
    for row in verdicts {
        match row.verdict {
            Verdict::New => totals.new += 1,
            Verdict::Changed => totals.changed += 1,
            Verdict::Unchanged => totals.unchanged += 1,
            Verdict::Refused => totals.refused += 1,
        }
        let says = |severity| {
            row.verdict != Verdict::Refused
                && row.messages.iter().any(|message| message.severity == severity)
        };
        totals.with_warnings += usize::from(says(Severity::Warning));
        totals.mended += usize::from(says(Severity::Mended));
    }
    totals
}

fn gaps(verdicts: &[RowVerdict]) -> Gaps {
    let mut gaps = Gaps::default();
    for facts in verdicts.iter().filter_map(|row| row.facts.as_ref()) {
        gaps.national_code += usize::from(facts.national_code.is_none());
        gaps.run_by += usize::from(facts.run_by.is_none());
        gaps.street += usize::from(facts.street.is_none());
        gaps.numbers += usize::from(facts.children.is_none() || facts.capacity.is_none());
    }
    gaps
}

/// A file about one district says nothing about the others.
fn not_in_file(verdicts: &[RowVerdict], existing: &Existing, reading: &Reading) -> Vec<NotInFile> {
    let mentioned: BTreeSet<&str> = verdicts.iter().map(|row| row.id.as_str()).collect();
    let districts: BTreeSet<&str> =
        verdicts.iter().filter_map(|row| Some(row.facts.as_ref()?.district.as_str())).collect();
    existing
        .values()
        .filter(|facts| {
            facts.status != policy::Status::Closed && districts.contains(facts.district.as_str())
        })
        .filter(|facts| reading.districts.as_ref().is_none_or(|own| own.contains(&facts.district)))
        .filter(|facts| !mentioned.contains(facts.register_id.as_str()))
        .map(|facts| NotInFile { id: facts.register_id.to_string(), name: facts.name.to_string() })
        .collect()
}
