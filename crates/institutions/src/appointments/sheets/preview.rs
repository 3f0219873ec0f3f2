//! What would become of each row of a file of posts.

use std::collections::HashMap;

use geography::Regions;
use kernel::{Date, PersonId, PostKind, PostScope};
use policy::Status;
use policy::staffing::TERM_YEARS;
use registry::kindergartens::{Kindergarten, Lookup, RowVerdict, Unfound, Verdict, totals};
use sheets::cells::excerpt;
use sheets::{Message, Severity, Table, Unfit};

use super::columns::{self, Columns, Meaning};
use super::rows::{self, Draft, Row};
use crate::appointments::rules::{self, Against};
use crate::appointments::types::{Becomes, Field, Judged, Known, Preview, Staged, Stand, Told};

/// Rows between two reports of progress.
const ROWS_PER_REPORT: usize = 1_000;

/// What a file is compared with, and for whom.
#[derive(Debug)]
pub struct Ground {
    /// The kindergartens within reach.
    pub kindergartens: Vec<Kindergarten>,
    /// The clusters within reach.
    pub clusters: Vec<Stand>,
    /// The names of districts.
    pub regions: Regions,
    /// The posts that are known already.
    pub known: Vec<Known>,
    /// Where whoever brings the file stands.
    pub scope: PostScope,
    /// Who it is, if it is a person.
    pub person: Option<PersonId>,
    /// The posts that may be brought.
    pub kinds: &'static [PostKind],
    /// Today, in Beijing.
    pub today: Date,
}

/// Says for every row of a file what would become of it. Saves nothing; `progress` is told how many rows of how many are
/// done.
///
/// # Errors
/// A table that lacks a necessary column is refused whole.
pub fn preview(
    table: &Table,
    ground: &Ground,
    progress: &mut dyn FnMut(usize, usize),
) -> Result<Preview, Unfit> {
    let columns = columns::of(table, ground.kinds)?;
    let mut notes = columns.notes();
    let assumed = columns::assumed(ground.kinds).filter(|_| !columns.has(Meaning::Of(Field::Kind)));
    if let (Some(kind), [_, _, ..]) = (assumed, ground.kinds) {
        notes.push(format!("没有“岗位”列，全部按{}读取。", kind.label()));
    }
    let has_inspectors = ground.kinds.iter().any(|kind| kind.is_inspector());
    if has_inspectors && !columns.has(Meaning::Of(Field::Term)) {
        notes.push(
            "没有“届次”列，责任督学的届次按已登记的任期推算，没有登记的按第 1 届。".to_owned(),
        );
    }
    let stands = stands(&ground.kindergartens, &ground.clusters, &ground.regions);
    let places = Places::of(ground, &stands);
    let count = table.rows.len();
    let (mut read, mut whole) = (Vec::with_capacity(count), Vec::with_capacity(count));
    for (number, line) in table.rows.iter().enumerate() {
        if line.is_sum() {
            notes.push(format!("第 {} 行是合计或备注，没有读取。", line.line));
            continue;
        }
        let mut row = rows::read(line, &columns, &ground.regions, ground.kinds);
        row.draft.kind = row.draft.kind.or(assumed);
        let told = told(&mut row, &columns, &places);
        read.push((row, told.is_some()));
        whole.extend(told);
        if number.is_multiple_of(ROWS_PER_REPORT) {
            progress(number, count);
        }
    }
    let against = Against {
        known: &ground.known,
        stands: &stands,
        scope: &ground.scope,
        person: ground.person,
        kinds: ground.kinds,
        today: ground.today,
    };
    let mut judged = whole.iter().zip(rules::judge(&whole, &against));
    let rows: Vec<RowVerdict<Staged, Field>> = read
        .into_iter()
        .map(|(row, is_whole)| verdict(row, if is_whole { judged.next() } else { None }, &columns))
        .collect();
    progress(count, count);
    Ok(Preview { totals: totals(&rows), rows, notes })
}

/// Where posts can stand: the kindergartens first, in their own order, then the clusters.
pub fn stands(kindergartens: &[Kindergarten], clusters: &[Stand], regions: &Regions) -> Vec<Stand> {
    let district = |code: &str| {
        regions.district(code).map_or_else(String::new, |district| district.name.clone())
    };
    let kindergarten = |one: &Kindergarten| Stand {
        scope: PostScope::Kindergarten(one.id),
        name: one.facts.name.to_string(),
        former_names: Vec::new(),
        district: one.facts.district.clone(),
        district_name: district(&one.facts.district),
        run_by: one.facts.answers_to(),
        from: None,
        to: (one.facts.status == Status::Closed).then_some(one.since),
    };
    kindergartens.iter().map(kindergarten).chain(clusters.iter().cloned()).collect()
}

/// Where posts can stand, under everything that a file may call it.
struct Places<'g> {
    kindergartens: Lookup<'g>,
    by_register_id: HashMap<&'g str, &'g Stand>,
    /// Names, then former names: the later counts only where the earlier finds nothing.
    clusters: [HashMap<String, Vec<&'g Stand>>; 2],
}

impl<'g> Places<'g> {
    fn of(ground: &'g Ground, stands: &'g [Stand]) -> Self {
        let facts = ground.kindergartens.iter().map(|one| &one.facts);
        let ids = ground.kindergartens.iter().map(|one| one.facts.register_id.as_str());
        let mut clusters = [HashMap::new(), HashMap::new()];
        for stand in stands.iter().skip(ground.kindergartens.len()) {
            let mut add = |kind: usize, name: String| {
                clusters[kind].entry(name).or_insert_with(Vec::new).push(stand);
            };
            add(0, stand.name.clone());
            if let PostScope::Cluster(id) = &stand.scope {
                add(0, id.to_string());
            }
            for former in &stand.former_names {
                add(1, former.clone());
            }
        }
        Self {
            kindergartens: Lookup::of(facts, &ground.regions),
            by_register_id: ids.zip(stands).collect(),
            clusters,
        }
    }

    /// The cluster of this name or id; its name may be written without 学区.
    fn cluster(&self, written: &str) -> Result<&'g Stand, String> {
        for names in &self.clusters {
            for name in [written.to_owned(), format!("{written}学区")] {
                match names.get(&name).map(Vec::as_slice) {
                    Some([only]) => return Ok(only),
                    Some(_) => {
                        return Err(format!(
                            "有几个学区曾叫“{}”。请填写现在的名称。",
                            excerpt(written)
                        ));
                    }
                    None => {}
                }
            }
        }
        Err(format!("没有名为“{}”的学区。请核对名称。", excerpt(written)))
    }

    fn kindergarten(&self, draft: &Draft) -> Result<&'g Stand, String> {
        let district = draft.district.as_deref();
        let by_code = draft.kindergarten_id.as_ref().or(draft.kindergarten_code.as_ref());
        let by_name = draft.kindergarten.as_ref().or(draft.place.as_ref());
        let find = |written: &str, district| self.kindergartens.find(written, district);
        let facts = match (by_code, by_name) {
            (Some(code), _) => find(code, None),
            (None, Some(name)) => find(name, district),
            (None, None) => Err(Unfound::Blank),
        };
        let facts = facts.map_err(|why| why.to_string())?;
        if let (Some(_), Some(name)) = (by_code, by_name)
            && find(name, district).is_ok_and(|named| named.register_id != facts.register_id)
        {
            return Err(format!("编号与名称“{}”不是同一所幼儿园。请核对后改正。", excerpt(name)));
        }
        self.by_register_id
            .get(facts.register_id.as_str())
            .copied()
            .ok_or_else(|| Unfound::Unknown(facts.name.to_string()).to_string())
    }

    fn find(&self, kind: PostKind, draft: &Draft) -> Result<&'g Stand, String> {
        let stand = if kind.is_of_cluster() {
            let written = draft.cluster.as_ref().or(draft.place.as_ref());
            self.cluster(written.ok_or_else(|| "没有填学区。请补上。".to_owned())?)?
        } else {
            self.kindergarten(draft)?
        };
        match &draft.district {
            Some(district) if *district != stand.district => {
                Err(format!("{}不在所填的区，而在{}。请核对。", stand.name, stand.district_name))
            }
            _ => Ok(stand),
        }
    }
}

/// What a row says, once everything that it must say could be read.
fn told<'g>(row: &mut Row, columns: &Columns<'_>, places: &Places<'g>) -> Option<Told<'g>> {
    let is_told = |row: &Row, title: &str| {
        let is_refused = |message: &Message| message.severity == Severity::Refused;
        row.messages.iter().any(|message| is_refused(message) && message.column == title)
    };
    let draft = row.draft.clone();
    let (kind, title) = (draft.kind, |field| columns::title(columns, field, &draft));
    for (field, is_missing) in [
        (Field::Kind, draft.kind.is_none()),
        (Field::Name, draft.name.is_none()),
        (Field::From, draft.from.is_none()),
    ] {
        if is_missing && !is_told(row, title(field)) {
            let text = format!("没有填{}，这是必填项。请补上。", field.label());
            row.messages.push(Message::refused(title(field), text));
        }
    }
    let stand = match kind.map(|kind| places.find(kind, &draft)) {
        Some(Ok(stand)) => Some(stand),
        Some(Err(text)) => {
            if !is_told(row, title(Field::Place)) {
                row.messages.push(Message::refused(title(Field::Place), text));
            }
            None
        }
        None => None,
    };
    let (kind, stand, from) = (kind?, stand?, draft.from?);
    let name = draft.name.clone()?;
    if row.messages.iter().any(|message| message.severity == Severity::Refused) {
        return None;
    }
    let last = draft.last.map(|last| match last_day(kind, from, last) {
        Some((last, text)) => {
            row.messages.push(Message::mended(title(Field::To), text));
            last
        }
        None => last,
    });
    Some(Told {
        line: row.line,
        kind,
        stand,
        name,
        from,
        to: last.map(|last| last.succ_opt().unwrap_or(kernel::OPEN_END)),
        term: draft.term,
        paper_number: draft.paper_number,
        namesake: draft.namesake,
        predecessor_leaves: draft.predecessor_leaves,
    })
}

/// Many letters let a term of three years end on the day of the month on which it began: its last day is the one before.
fn last_day(kind: PostKind, from: Date, last: Date) -> Option<(Date, String)> {
    let is_full = kind.is_inspector() && last == rules::default_end(kind, from);
    let before = last.pred_opt().filter(|_| is_full)?;
    let text = format!("自 {from} 起满 {TERM_YEARS} 年，任期到前一日为止，读作 {before}。");
    Some((before, text))
}

fn verdict(
    row: Row,
    judged: Option<(&Told<'_>, Judged)>,
    columns: &Columns<'_>,
) -> RowVerdict<Staged, Field> {
    let Row { line, draft, mut messages } = row;
    let told = judged.as_ref().map(|(told, _)| *told);
    let becomes = match judged {
        None => Becomes::Refused,
        Some((_, Judged { said, becomes })) => {
            messages.extend(said.into_iter().filter_map(|finding| {
                let title =
                    finding.field.map_or("", |field| columns::title(columns, field, &draft));
                // Of terms without a column the whole file was told.
                let is_told = finding.field == Some(Field::Term)
                    && finding.severity == Severity::Warning
                    && title.is_empty();
                (!is_told).then(|| Message {
                    column: title.to_owned(),
                    severity: finding.severity,
                    text: finding.text,
                })
            }));
            becomes
        }
    };
    messages.sort_by_key(|message| message.severity);
    let place = told.map(|told| told.stand.name.clone()).or(draft.cluster).or(draft.kindergarten);
    let id = [place.or(draft.place), draft.kind.map(|kind| kind.label().to_owned())];
    let (verdict, changes, facts) = match becomes {
        Becomes::New(staged) => (Verdict::New, Vec::new(), Some(staged)),
        Becomes::Changed(staged, changes) => (Verdict::Changed, changes, Some(staged)),
        Becomes::Unchanged => (Verdict::Unchanged, Vec::new(), None),
        Becomes::Refused => (Verdict::Refused, Vec::new(), None),
    };
    RowVerdict {
        line,
        id: id.into_iter().flatten().collect::<Vec<_>>().join(" "),
        name: draft.name.unwrap_or_default(),
        verdict,
        messages,
        changes,
        facts,
    }
}
