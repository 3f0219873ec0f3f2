use std::pin::Pin;

use kernel::calendar::{DayKind, DayRow, WorkingDays};
use kernel::{Caller, Date, Failure, Invalid, Note, Place};
use policy::parameters::Parameter;
use storage::{Db, Tx};

use super::types::{DayTable, NewSchoolYear, NewValue};
use super::{rules, store};
use crate::places::{CityLock, districts, lock_city};

/// What the families above do about a calendar that changes (the first becomes the second): they count their deadlines
/// anew within the transaction of the change, note each that is another now, and answer how many. The registry knows
/// none of them; the server puts them together.
pub type Recount = for<'a> fn(&'a mut Tx, &'a WorkingDays, &'a WorkingDays) -> Recounting<'a>;

/// A [`Recount`] under way.
pub type Recounting<'a> = Pin<Box<dyn Future<Output = Result<usize, Failure>> + Send + 'a>>;

/// Sets a dated parameter from a day on. Not for days that are past: history keeps the figures by which it was judged.
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
    match from {
        Err(_) => invalid.add("from", "请填写生效日期，如 2026-03-01"),
        Ok(day) if day < caller.today() => {
            let today = caller.today();
            invalid.add(
                "from",
                format!("生效日期不能早于今天（{today}）：过去的日子仍按当时的参数判定"),
            );
        }
        Ok(_) => {}
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

/// Loads a year's table in place of an earlier one of the same year, and has the deadlines that rest on it counted anew.
pub async fn load_days(
    db: &Db,
    caller: &Caller,
    table: &DayTable,
    recount: Recount,
) -> Result<usize, Failure> {
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
    let mut tx = db.begin(caller).await?;
    lock_city(&tx, CityLock::Calendar).await?;
    let before = store::working_days(&tx).await?;
    let after = before
        .with_table(&rows)
        .map_err(|fault| Invalid::field("lines", format!("放假安排前后矛盾：{fault}")))?;
    store::replace_days(&tx, year, &rows).await?;
    let recounted = recount(&mut tx, &before, &after).await?;
    let text = format!(
        "载入 {year} 年放假调休安排，共 {} 天；重新计算后有变化的期限 {recounted} 项",
        rows.len()
    );
    tx.commit(Note::of("calendar.loaded", year.to_string().as_str(), text).at(caller.city.clone()))
        .await?;
    Ok(rows.len())
}

/// Sets the terms of a school year, for a district or for the city, in place of what was set of it before.
pub async fn set_school_year(db: &Db, caller: &Caller, new: &NewSchoolYear) -> Result<(), Failure> {
    let row = rules::school_year(new)?;
    let tx = db.begin(caller).await?;
    let (whom, place) = match &row.district {
        None => ("全市".to_owned(), caller.city.clone()),
        Some(code) => {
            let found = districts(&tx).await?.into_iter().find(|district| district.code == *code);
            let district = found.ok_or_else(|| Invalid::field("of", "请选择本市的一个区"))?;
            (district.name, district.place)
        }
    };
    lock_city(&tx, CityLock::Calendar).await?;
    let before = store::school_year(&tx, row.district.as_deref(), row.school_year).await?;
    store::replace_school_year(&tx, &row).await?;
    let dates = row.dates;
    let text = format!(
        "{whom}{}：第一学期 {} 开学、{} 放寒假，第二学期 {} 开学、{} 放暑假",
        row.school_year.label(),
        dates.first_term,
        dates.winter_vacation,
        dates.second_term,
        dates.summer_vacation
    );
    let subject = row.school_year.begins_in().to_string();
    let mut note = Note::of("terms.set", subject.as_str(), text).at(place).after(&dates);
    if let Some(before) = before {
        note = note.before(&before);
    }
    tx.commit(note).await
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
