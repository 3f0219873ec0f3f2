use kernel::calendar::{DayKind, DayRow, WorkingDays};
use kernel::{Caller, Date, Failure, Invalid, Note, Place};
use policy::parameters::Parameter;
use storage::Db;

use super::store;

/// A value to be set.
#[derive(Debug, Clone, Default)]
pub struct NewValue {
    /// The parameter's code.
    pub parameter: String,
    /// A district's code; empty for the whole city.
    pub district: String,
    /// The value as it was typed.
    pub content: String,
    /// The paper on which it rests.
    pub basis: String,
    /// First day.
    pub from: String,
}

/// Sets a dated parameter from a day on.
pub async fn set_parameter(db: &Db, caller: &Caller, new: &NewValue) -> Result<(), Failure> {
    let mut invalid = Invalid::default();
    let parameter = Parameter::from_code(&new.parameter);
    if parameter.is_none() {
        invalid.add("parameter", "请选择一项参数");
    }
    let content = match parameter.map(|parameter| parameter.parse(new.content.trim())) {
        Some(Ok(value)) => value.to_string(),
        Some(Err(unfit)) => {
            invalid.add("content", unfit.to_string());
            String::new()
        }
        None => String::new(),
    };
    let from = Date::parse_from_str(new.from.trim(), "%Y-%m-%d");
    if from.is_err() {
        invalid.add("from", "请填写生效日期，如 2026-03-01");
    }
    let basis = new.basis.trim();
    if basis.is_empty() || basis.chars().count() > 100 {
        invalid.add("basis", "请填写依据的文件名称或文号，不超过 100 字");
    }
    invalid.or_ok()?;
    let (Some(parameter), Ok(from)) = (parameter, from) else { return Ok(()) };
    let tx = db.begin(caller).await?;
    store::set(&tx, parameter, &new.district, &content, basis, from).await?;
    let whom = if new.district.is_empty() { "全市".to_owned() } else { new.district.clone() };
    let note = Note::of(
        "parameter.set",
        parameter.code(),
        format!("{whom}“{}”自 {from} 起为 {content}", parameter.label()),
    );
    let place = if new.district.is_empty() {
        caller.city.clone()
    } else {
        caller.district_place(&new.district)
    };
    tx.commit(note.at(Place::clone(&place))).await
}

/// A year's table of rest days and moved working days, one line each: `2027-01-01 休 元旦`.
#[derive(Debug, Clone, Default)]
pub struct DayTable {
    /// The year of the notice.
    pub year: String,
    /// The lines as they were typed.
    pub lines: String,
}

/// Loads a year's table in place of an earlier one of the same year.
pub async fn load_days(db: &Db, caller: &Caller, table: &DayTable) -> Result<usize, Failure> {
    let year: i32 = table
        .year
        .trim()
        .parse()
        .ok()
        .filter(|year| (2020..2100).contains(year))
        .ok_or_else(|| Invalid::field("year", "请填写年份，如 2027"))?;
    let mut rows = Vec::new();
    for (number, line) in
        table.lines.lines().enumerate().filter(|(_, line)| !line.trim().is_empty())
    {
        rows.push(day_row(line, year).ok_or_else(|| {
            let text = format!(
                "第 {} 行“{}”不能识别，应为“2027-01-01 休 元旦”或“2027-01-31 班 春节调休”",
                number + 1,
                line.trim()
            );
            Invalid::field("lines", text)
        })?);
    }
    if rows.is_empty() || rows.len() > 100 {
        return Err(Invalid::field("lines", "请填写 1 至 100 行").into());
    }
    WorkingDays::published()
        .with_table(&rows)
        .map_err(|fault| Invalid::field("lines", format!("放假安排前后矛盾：{fault}")))?;
    let tx = db.begin(caller).await?;
    store::replace_days(&tx, year, &rows).await?;
    let text = format!("载入 {year} 年放假调休安排，共 {} 天", rows.len());
    tx.commit(Note::of("calendar.loaded", year.to_string().as_str(), text).at(caller.city.clone()))
        .await?;
    Ok(rows.len())
}

fn day_row(line: &str, source_year: i32) -> Option<DayRow> {
    let mut words = line.split_whitespace();
    let day = Date::parse_from_str(words.next()?, "%Y-%m-%d").ok()?;
    let kind = match words.next()? {
        "休" => DayKind::Rest,
        "班" => DayKind::Work,
        _ => return None,
    };
    let name: String = words.collect::<Vec<_>>().join(" ").chars().take(20).collect();
    (!name.is_empty()).then_some(DayRow { day, kind, name, source_year })
}
