//! Existing clusters as spreadsheets, in the two forms in which districts keep them: one line a kindergarten, or one
//! line a cluster with its members separated by 、 (学区划分一览表). Several past states of a cluster may stand in one table.
//!
//! Reading only finds out what the table says; whether such clusters may be is asked of `policy` afterwards.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use geography::Regions;
use kernel::{Date, OPEN_END};
use serde::Serialize;
use sheets::{Cell, Line, Message, Severity, Table, cells};

use crate::kindergartens::{Existing, Lookup, RegisterId, Unfound};

/// A cluster's name is a line of text of at most this many characters.
const LONGEST_NAME: usize = 40;
/// A document number, e.g. 深南教〔2026〕12 号.
const LONGEST_DOCUMENT: usize = 60;

/// A cluster as it was from one day to another, as a table tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToldState {
    /// Its name.
    pub name: String,
    /// The code of its district: that of the table, else that of its centre or first member.
    pub district: String,
    /// Its centre; `None` where the table names none, a fault that `policy` will tell.
    pub centre: Option<RegisterId>,
    /// Its other members, in the order of the table.
    pub members: Vec<RegisterId>,
    /// The number of the document that set it up; empty where the table has none.
    pub document: String,
    /// In force from this day,
    pub from: Date,
    /// before this day; [`OPEN_END`] while it is in force.
    pub to: Date,
    /// The lines that tell of it.
    pub lines: Vec<u32>,
}

/// What there is to say of one line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ToldLine {
    /// The row number that Excel shows.
    pub line: u32,
    /// The cluster it tells of, as far as it could be read.
    pub cluster: String,
    /// Messages at its cells, the gravest first.
    pub messages: Vec<Message>,
}

/// What a table of clusters tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToldClusters {
    /// The states that could be read whole, by name and first day. Those of a cluster with a refused line are not among
    /// them: half a cluster is none.
    pub states: Vec<ToldState>,
    /// What there is to say, line by line.
    pub lines: Vec<ToldLine>,
    /// What concerns the table as a whole.
    pub notes: Vec<String>,
}

impl ToldClusters {
    /// How many lines were refused.
    pub fn refused(&self) -> usize {
        self.lines.iter().filter(|line| is_refused(&line.messages)).count()
    }
}

/// Why a table is refused whole.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotClusters {
    /// Necessary columns were not found under any of their names.
    #[error(
        "没有找到必需的列：{}。第 {header_line} 行读到的列名是：{}。可以一行一所园（学区名称、幼儿园、角色、生效日期），也可以一行一个学区（学区名称、中心园、成员园、生效日期）。",
        missing.join("、"),
        found.join("、")
    )]
    MissingColumns {
        /// What is missing.
        missing: Vec<&'static str>,
        /// The titles as they stand.
        found: Vec<String>,
        /// Where they stand.
        header_line: u32,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Meaning {
    Cluster,
    District,
    Id,
    Kindergarten,
    Role,
    Centre,
    Members,
    Document,
    From,
    To,
}

/// Titles for each meaning; the first is ours.
const TITLES: [(Meaning, &[&str]); 10] = [
    (Meaning::Cluster, &["学区名称", "学区", "学区名", "所属学区", "所在学区", "cluster"]),
    (Meaning::District, &["区", "行政区", "所属区", "所在区", "district"]),
    (Meaning::Id, &["编号", "幼儿园编号", "园所编号", "园所编码", "标识码", "kgid", "id"]),
    (Meaning::Kindergarten, &["幼儿园", "幼儿园名称", "名称", "园名", "园所名称", "园所", "name"]),
    (Meaning::Role, &["角色", "身份", "学区角色", "类型", "园所类型", "role"]),
    (Meaning::Centre, &["中心园", "学区中心园", "中心园名称", "中心幼儿园", "centre", "center"]),
    (Meaning::Members, &["成员园", "学区成员园", "成员园名称", "成员幼儿园", "成员", "members"]),
    (Meaning::Document, &["文号", "发文字号", "文件号", "文件编号", "document"]),
    (
        Meaning::From,
        &["生效日期", "开始日期", "起始日期", "实施日期", "启用日期", "生效时间", "from"],
    ),
    (Meaning::To, &["失效日期", "截止日期", "结束日期", "终止日期", "失效时间", "to"]),
];

/// Reads a table of clusters. `register` are the kindergartens of the whole city; kindergartens are found by register id,
/// national code, name or former name. `district` is assumed where the table has no column for it.
///
/// # Errors
/// A table that lacks a necessary column is refused whole.
pub fn read(
    table: &Table,
    regions: &Regions,
    register: &Existing,
    district: Option<&str>,
) -> Result<ToldClusters, NotClusters> {
    let columns = columns(table)?;
    let lookup = Lookup::of(register.values(), regions);
    let mut told: Vec<Told> = Vec::new();
    let mut lines: Vec<ToldLine> = Vec::new();
    for line in &table.rows {
        let mut hand = Hand { table, columns: &columns, line, messages: Vec::new() };
        let one = hand.told(regions, &lookup, district);
        lines.push(ToldLine {
            line: line.line,
            cluster: one.cluster.clone(),
            messages: hand.messages,
        });
        told.push(one);
    }
    let mut states = gather(&told, &mut lines, &columns, table, register);
    close_earlier_states(&mut states, &mut lines, &columns, table);
    refuse_double_membership(&states, &mut lines);
    // A line whose day can't be read belongs to one of the cluster's states, and nobody can say to which.
    let faulty: BTreeSet<&str> = lines
        .iter()
        .filter(|line| is_refused(&line.messages))
        .map(|line| line.cluster.as_str())
        .collect();
    states.retain(|state| !faulty.contains(state.name.as_str()));
    for line in &mut lines {
        line.messages.sort_by_key(|message| message.severity);
    }
    let notes = if table.unread_sheets.is_empty() {
        Vec::new()
    } else {
        vec![format!("还有内容的工作表“{}”没有读取。", table.unread_sheets.join("”“"))]
    };
    Ok(ToldClusters { states, lines, notes })
}

fn is_refused(messages: &[Message]) -> bool {
    messages.iter().any(|message| message.severity == Severity::Refused)
}

fn columns(table: &Table) -> Result<BTreeMap<Meaning, usize>, NotClusters> {
    let mut columns = BTreeMap::new();
    for (index, title) in table.header.iter().enumerate() {
        let plain: String = title
            .chars()
            .map(cells::half_width)
            .flat_map(char::to_lowercase)
            .take_while(|letter| *letter != '(')
            .filter(|letter| letter.is_alphanumeric())
            .collect();
        if let Some((meaning, _)) =
            TITLES.iter().find(|(_, titles)| titles.contains(&plain.as_str()))
        {
            columns.entry(*meaning).or_insert(index);
        }
    }
    let has = |meaning| columns.contains_key(&meaning);
    let by_line = (has(Meaning::Id) || has(Meaning::Kindergarten)) && has(Meaning::Role);
    let by_cluster = has(Meaning::Centre) && has(Meaning::Members);
    let mut missing = Vec::new();
    if !has(Meaning::Cluster) {
        missing.push("学区名称");
    }
    if !by_line && !by_cluster {
        missing.push("幼儿园和角色（或中心园和成员园）");
    }
    if !has(Meaning::From) {
        missing.push("生效日期");
    }
    if missing.is_empty() {
        return Ok(columns);
    }
    let found = table.header.iter().filter(|title| !title.is_empty()).cloned().collect();
    Err(NotClusters::MissingColumns { missing, found, header_line: table.header_line })
}

/// What one line says.
struct Told {
    cluster: String,
    district: Option<String>,
    centres: Vec<RegisterId>,
    members: Vec<RegisterId>,
    document: String,
    from: Option<Date>,
    to: Option<Date>,
}

struct Hand<'a> {
    table: &'a Table,
    columns: &'a BTreeMap<Meaning, usize>,
    line: &'a Line,
    messages: Vec<Message>,
}

impl<'a> Hand<'a> {
    fn cell(&mut self, meaning: Meaning) -> Option<(&'a Cell, &'a str)> {
        let column = *self.columns.get(&meaning)?;
        let (cell, title) = (self.line.cells.get(column)?, self.table.header.get(column)?);
        if let Some(text) = cells::unusable(cell) {
            self.messages.push(Message::refused(title, text));
            return None;
        }
        (!cells::says_nothing(cell)).then_some((cell, title))
    }

    fn refuse(&mut self, meaning: Meaning, text: impl Into<String>) {
        let title =
            self.columns.get(&meaning).map_or("", |column| self.table.header[*column].as_str());
        self.messages.push(Message::refused(title, text));
    }

    fn phrase(&mut self, meaning: Meaning, longest: usize) -> Option<String> {
        let (cell, title) = self.cell(meaning)?;
        let read = cells::phrase(cell);
        if read.value.chars().count() > longest || read.value.chars().any(char::is_control) {
            self.refuse(
                meaning,
                format!(
                    "“{}”过长，应在 {longest} 个字以内，不能换行。请改正。",
                    cells::excerpt(&read.value)
                ),
            );
            return None;
        }
        if let Some(text) = read.mended {
            self.messages.push(Message::mended(title, text));
        }
        Some(read.value)
    }

    fn day(&mut self, meaning: Meaning) -> Option<Date> {
        let (cell, _) = self.cell(meaning)?;
        cells::day(cell).map_err(|text| self.refuse(meaning, text)).ok()
    }

    fn told(&mut self, regions: &Regions, lookup: &Lookup<'_>, assumed: Option<&str>) -> Told {
        let cluster = self.phrase(Meaning::Cluster, LONGEST_NAME).unwrap_or_default();
        if cluster.is_empty() && self.messages.is_empty() {
            self.refuse(Meaning::Cluster, "没有填学区名称。请补上。");
        }
        let district = self.district(regions).or_else(|| assumed.map(str::to_owned));
        let document = self.phrase(Meaning::Document, LONGEST_DOCUMENT).unwrap_or_default();
        let said = self.messages.len();
        let from = self.day(Meaning::From);
        if from.is_none() && self.messages.len() == said {
            self.refuse(Meaning::From, "没有填生效日期。请补上。");
        }
        let to = self.day(Meaning::To);
        if let (Some(from), Some(to)) = (from, to)
            && to <= from
        {
            self.refuse(Meaning::To, format!("失效日期 {to} 不晚于生效日期 {from}。请改正。"));
        }
        let mut told = Told {
            cluster,
            district,
            centres: Vec::new(),
            members: Vec::new(),
            document,
            from,
            to,
        };
        if self.columns.contains_key(&Meaning::Centre)
            && self.columns.contains_key(&Meaning::Members)
        {
            self.whole_cluster(lookup, &mut told);
        } else {
            self.one_kindergarten(lookup, &mut told);
        }
        told
    }

    fn district(&mut self, regions: &Regions) -> Option<String> {
        let (cell, _) = self.cell(Meaning::District)?;
        let written = cells::code(cell).value;
        let found = regions.district_named(&written).map(|district| district.code.clone());
        if found.is_none() {
            self.refuse(
                Meaning::District,
                format!("“{}”不是{}的区。请改正。", cells::excerpt(&written), regions.city.name),
            );
        }
        found
    }

    fn whole_cluster(&mut self, lookup: &Lookup<'_>, told: &mut Told) {
        for (meaning, into) in
            [(Meaning::Centre, &mut told.centres), (Meaning::Members, &mut told.members)]
        {
            let Some((cell, _)) = self.cell(meaning) else { continue };
            let text = cell.text();
            let names = text
                .split(['、', ',', '，', ';', '；', '\n'])
                .map(str::trim)
                .filter(|name| !name.is_empty());
            for name in names {
                match lookup.find(name, told.district.as_deref()) {
                    Ok(facts) => into.push(facts.register_id.clone()),
                    Err(why) => self.refuse(meaning, why.to_string()),
                }
            }
        }
        // Many tables count the centre among the members once more.
        told.members.retain(|member| !told.centres.contains(member));
        if told.centres.is_empty() && told.members.is_empty() && !is_refused(&self.messages) {
            self.refuse(Meaning::Members, "这个学区没有填任何幼儿园。请补上。");
        }
    }

    fn one_kindergarten(&mut self, lookup: &Lookup<'_>, told: &mut Told) {
        let district = told.district.as_deref();
        let by_id = self.cell(Meaning::Id).map(|(cell, _)| cells::code(cell).value);
        let by_name = self.cell(Meaning::Kindergarten).map(|(cell, _)| cell.text().into_owned());
        let found = match (&by_id, &by_name) {
            (Some(id), _) => lookup.find(id, None).map_err(|why| (Meaning::Id, why)),
            (None, Some(name)) => {
                lookup.find(name, district).map_err(|why| (Meaning::Kindergarten, why))
            }
            (None, None) => Err((
                if self.columns.contains_key(&Meaning::Kindergarten) {
                    Meaning::Kindergarten
                } else {
                    Meaning::Id
                },
                Unfound::Blank,
            )),
        };
        let id = match found {
            Ok(facts) => facts.register_id.clone(),
            Err((meaning, why)) => return self.refuse(meaning, why.to_string()),
        };
        if let (Some(_), Some(name)) = (by_id, by_name)
            && lookup.find(&name, district).is_ok_and(|named| named.register_id != id)
        {
            return self.refuse(
                Meaning::Kindergarten,
                format!("编号与名称“{}”不是同一所幼儿园。请核对后改正。", cells::excerpt(&name)),
            );
        }
        let role =
            self.cell(Meaning::Role).map(|(cell, _)| cells::code(cell).value).unwrap_or_default();
        match role.trim_start_matches("学区").trim_end_matches("幼儿园") {
            "中心园" | "中心" | "centre" | "center" => told.centres.push(id),
            "成员园" | "成员" | "member" => told.members.push(id),
            _ => self.refuse(
                Meaning::Role,
                format!("角色是“{}”，应为“中心园”或“成员园”。请改正。", cells::excerpt(&role)),
            ),
        }
    }
}

/// Puts together the lines that tell of one state: the same name, district and days.
fn gather(
    told: &[Told],
    lines: &mut [ToldLine],
    columns: &BTreeMap<Meaning, usize>,
    table: &Table,
    register: &Existing,
) -> Vec<ToldState> {
    let title = |meaning: Meaning| {
        columns.get(&meaning).map_or(String::new(), |column| table.header[*column].clone())
    };
    type State = (String, Option<String>, Option<Date>, Option<Date>);
    let mut groups: BTreeMap<State, Vec<usize>> = BTreeMap::new();
    for (index, one) in told.iter().enumerate().filter(|(_, one)| !one.cluster.is_empty()) {
        groups
            .entry((one.cluster.clone(), one.district.clone(), one.from, one.to))
            .or_default()
            .push(index);
    }
    let mut states = Vec::new();
    for ((name, district, from, to), indices) in groups {
        let mut state = ToldState {
            name,
            district: district.unwrap_or_default(),
            centre: None,
            members: Vec::new(),
            document: String::new(),
            from: from.unwrap_or(Date::MIN),
            to: to.unwrap_or(OPEN_END),
            lines: indices.iter().map(|index| lines[*index].line).collect(),
        };
        for &index in &indices {
            let one = &told[index];
            if state.document.is_empty() {
                state.document.clone_from(&one.document);
            } else if !one.document.is_empty() && one.document != state.document {
                let text = format!(
                    "同一学区同一时段有两个文号：{}、{}。请核对后改正。",
                    state.document, one.document
                );
                lines[index].messages.push(Message::refused(title(Meaning::Document), text));
            }
            for (id, is_centre) in one
                .centres
                .iter()
                .map(|id| (id, true))
                .chain(one.members.iter().map(|id| (id, false)))
            {
                let again = state.centre.as_ref() == Some(id) || state.members.contains(id);
                if again {
                    let text = format!(
                        "“{}”在{}中重复出现。请只保留一处。",
                        shown(register, id),
                        state.name
                    );
                    lines[index].messages.push(Message::refused("", text));
                } else if !is_centre {
                    state.members.push(id.clone());
                } else if let Some(first) = &state.centre {
                    let text = format!(
                        "{}已有中心园“{}”，一个学区只有一个中心园。请改正。",
                        state.name,
                        shown(register, first)
                    );
                    let column = if columns.contains_key(&Meaning::Role) {
                        Meaning::Role
                    } else {
                        Meaning::Centre
                    };
                    lines[index].messages.push(Message::refused(title(column), text));
                } else {
                    state.centre = Some(id.clone());
                }
            }
        }
        if state.district.is_empty() {
            let first = state.centre.iter().chain(&state.members).next();
            state.district = first
                .and_then(|id| register.get(id.as_str()))
                .map(|facts| facts.district.clone())
                .unwrap_or_default();
        }
        states.push(state);
    }
    states.sort_by(|a, b| (&a.name, &a.district, a.from).cmp(&(&b.name, &b.district, b.from)));
    states
}

/// Districts note when a state begins and seldom when it ends: it ends when the cluster's next one begins.
fn close_earlier_states(
    states: &mut [ToldState],
    lines: &mut [ToldLine],
    columns: &BTreeMap<Meaning, usize>,
    table: &Table,
) {
    let title = |meaning: Meaning| {
        columns.get(&meaning).map_or("", |column| table.header[*column].as_str())
    };
    for next in 1..states.len() {
        let (earlier, later) = states.split_at_mut(next);
        let (earlier, later) = (&mut earlier[next - 1], &later[0]);
        if (&earlier.name, &earlier.district) != (&later.name, &later.district)
            || earlier.to <= later.from
        {
            continue;
        }
        let message = if earlier.to == OPEN_END && earlier.from < later.from {
            earlier.to = later.from;
            let column = if columns.contains_key(&Meaning::To) {
                title(Meaning::To)
            } else {
                title(Meaning::From)
            };
            Message::mended(
                column,
                format!("{}自 {} 起有新的划分，此前一次到该日为止。", later.name, later.from),
            )
        } else {
            let text = format!(
                "{}的两次划分时段重叠（另一次自 {} 起）。请核对生效、失效日期。",
                later.name, later.from
            );
            Message::refused(title(Meaning::From), text)
        };
        for line in lines.iter_mut().filter(|line| earlier.lines.contains(&line.line)) {
            line.messages.push(message.clone());
        }
    }
}

/// A kindergarten is in one cluster on any day (2.1.2-5); a table that says otherwise contradicts itself.
fn refuse_double_membership(states: &[ToldState], lines: &mut [ToldLine]) {
    let mut stays: HashMap<&RegisterId, Vec<&ToldState>> = HashMap::new();
    for state in states {
        for id in state.centre.iter().chain(&state.members) {
            stays.entry(id).or_default().push(state);
        }
    }
    let mut said: BTreeMap<u32, Vec<Message>> = BTreeMap::new();
    for (id, stays) in stays {
        for (index, one) in stays.iter().enumerate() {
            for other in &stays[index + 1..] {
                if one.from < other.to && other.from < one.to {
                    let from = one.from.max(other.from);
                    let text = format!(
                        "编号 {id} 的幼儿园自 {from} 起同时在“{}”和“{}”；任何一天只能在一个学区。请核对后改正。",
                        one.name, other.name
                    );
                    for line in one.lines.iter().chain(&other.lines) {
                        said.entry(*line).or_default().push(Message::refused("", text.clone()));
                    }
                }
            }
        }
    }
    for line in lines {
        line.messages.extend(said.remove(&line.line).unwrap_or_default());
    }
}

fn shown(register: &Existing, id: &RegisterId) -> String {
    register.get(id.as_str()).map_or_else(|| id.to_string(), |facts| facts.name.to_string())
}

#[cfg(test)]
mod tests;
