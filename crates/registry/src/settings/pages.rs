use std::collections::BTreeSet;

use askama::Template;
use kernel::calendar::{Period, SchoolCalendar, SchoolYear, SchoolYearDates};
use kernel::{Date, Permission};
use policy::parameters::{Parameter, Parameters};
use serde::Deserialize;
use web::{Desk, Faults, Form, NavLine, Page, Query, Routes, Shell, answer};

use super::acts::{self, Recount};
use super::store;
use super::types::{DayTable, NewSchoolYear, NewValue};
use crate::places;

/// The system administrator's desk. `recount` is what the families above do about a calendar that changes.
pub fn routes(recount: Recount) -> Routes {
    Routes::default()
        .page("/settings", Permission::ConfigureSystem, show)
        .act("/settings/parameters", Permission::ConfigureSystem, set)
        .act("/settings/days", Permission::ConfigureSystem, move |desk, form| {
            load(desk, form, recount)
        })
        .act("/settings/terms", Permission::ConfigureSystem, announce)
        .entry(NavLine {
            href: "/settings",
            label: "系统设置",
            icon: "settings",
            permission: Permission::ConfigureSystem,
            order: 90,
        })
}

struct Line {
    label: &'static str,
    value: String,
    unit: &'static str,
    clause: &'static str,
    basis: &'static str,
    own: Vec<String>,
}

#[derive(Template)]
#[template(path = "settings/pages/show.html")]
struct View {
    shell: Shell,
    lines: Vec<Line>,
    parameters: Vec<(String, String)>,
    districts: Vec<(String, String)>,
    sources: Vec<String>,
    counted: Option<String>,
    from: String,
    days: String,
    tiles: String,
    approval: String,
    value: ValueForm,
    table: TableForm,
    terms: Vec<TermsLine>,
    term: TermForm,
    faults: Faults,
}

/// A school year of the city or of a district, ready for the page; last days belong to their period.
struct TermsLine {
    year: String,
    whom: String,
    first_term: String,
    winter: String,
    second_term: String,
    summer: String,
    is_provisional: bool,
    change: String,
}

#[derive(Deserialize, Default, Clone)]
#[serde(default)]
struct ValueForm {
    parameter: String,
    district: String,
    content: String,
    basis: String,
    from: String,
}

#[derive(Deserialize, Default, Clone)]
#[serde(default)]
struct TableForm {
    year: String,
    lines: String,
}

/// The form of a school year's terms. Its names are its own: the page has other forms with districts and years.
#[derive(Deserialize, Default, Clone)]
#[serde(default)]
struct TermForm {
    of: String,
    school_year: String,
    first_begins: String,
    first_lasts: String,
    second_begins: String,
    second_lasts: String,
}

impl TermForm {
    /// What is known of a school year, to be changed.
    fn of(district: &str, year: SchoolYear, calendar: &SchoolCalendar) -> Self {
        let (dates, _) = calendar.dates(district, year);
        Self {
            of: district.to_owned(),
            school_year: year.begins_in().to_string(),
            first_begins: dates.first_term.to_string(),
            first_lasts: last(dates.winter_vacation).to_string(),
            second_begins: dates.second_term.to_string(),
            second_lasts: last(dates.summer_vacation).to_string(),
        }
    }
}

/// The last day of a period, by the first day after it.
fn last(end: Date) -> Date {
    end.pred_opt().unwrap_or(end)
}

/// What the page is asked for: a deadline to count, a school year to change.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Asked {
    from: String,
    days: String,
    of: String,
    school_year: String,
}

async fn view(desk: &Desk, asked: &Asked) -> Result<View, kernel::Failure> {
    let reading = desk.reading();
    let settings = store::settings(&reading).await?;
    let today = desk.caller.today();
    let city = Parameters::of_city(today, &settings);
    let districts = places::store::districts(&reading).await?;
    let name_of = |code: &str| {
        districts
            .iter()
            .find(|known| known.code == code)
            .map_or(code, |known| known.name.as_str())
            .to_owned()
    };
    let lines = Parameter::ALL
        .iter()
        .map(|&parameter| Line {
            label: parameter.label(),
            value: shown(&city.value(parameter).to_string()),
            unit: parameter.unit().label(),
            clause: parameter.clause().id,
            basis: parameter.basis(),
            own: settings
                .iter()
                .filter(|setting| setting.parameter == parameter && setting.valid_to > today)
                .map(|setting| {
                    let whom =
                        setting.district.as_deref().map_or_else(|| "全市".to_owned(), name_of);
                    format!(
                        "{whom}自 {} 起 {}",
                        setting.valid_from,
                        shown(&setting.value.to_string())
                    )
                })
                .collect(),
        })
        .collect();
    let calendar = store::working_days(&reading).await?;
    let counted = match (Date::parse_from_str(&asked.from, "%Y-%m-%d"), asked.days.parse::<u16>()) {
        (Ok(from), Ok(days)) if (1..=250).contains(&days) => {
            let deadline = calendar.add_working_days(from, days);
            Some(format!("{}：{}", deadline.day, deadline.explain()))
        }
        _ => None,
    };
    let announced = store::school_years(&reading).await?;
    let school = store::school_calendar(&reading).await?;
    let this = SchoolYear::on(today);
    // The city's line of this school year and the next stands there even when nothing was announced.
    let mut shown: BTreeSet<(SchoolYear, Option<String>)> =
        [this, this.next()].into_iter().map(|year| (year, None)).collect();
    shown.extend(announced.into_iter().map(|row| (row.school_year, row.district)));
    let terms = shown
        .into_iter()
        .rev()
        .map(|(year, district)| {
            let whom = district.as_deref().map_or_else(|| "全市".to_owned(), name_of);
            terms_line(&school, year, district.as_deref().unwrap_or_default(), whom)
        })
        .collect();
    let term = match asked.school_year.parse() {
        Ok(year @ 2020..2100) => TermForm::of(&asked.of, SchoolYear::beginning(year), &school),
        _ => TermForm::default(),
    };
    let map = &desk.app.settings.map;
    Ok(View {
        shell: desk.shell("系统设置"),
        lines,
        parameters: Parameter::ALL
            .iter()
            .map(|known| (known.code().to_owned(), known.label().to_owned()))
            .collect(),
        districts: districts.iter().map(|known| (known.code.clone(), known.name.clone())).collect(),
        sources: (2025..=today.format("%Y").to_string().parse().unwrap_or(2026) + 1)
            .map(|year| {
                format!(
                    "{year} 年：{}",
                    if calendar.knows_year(year) {
                        "已公布"
                    } else {
                        "尚未公布，期限为暂定"
                    }
                )
            })
            .collect(),
        counted,
        from: if asked.from.is_empty() { today.to_string() } else { asked.from.clone() },
        days: if asked.days.is_empty() { "10".to_owned() } else { asked.days.clone() },
        tiles: map.tiles.clone(),
        approval: map.approval.clone(),
        value: ValueForm::default(),
        table: TableForm::default(),
        terms,
        term,
        faults: Faults::default(),
    })
}

fn terms_line(
    calendar: &SchoolCalendar,
    year: SchoolYear,
    district: &str,
    whom: String,
) -> TermsLine {
    let (dates, is_provisional) = calendar.dates(district, year);
    let SchoolYearDates { first_term, winter_vacation, second_term, summer_vacation } = dates;
    let span = |from: Date, end: Date| format!("{from} 至 {}", last(end));
    let summer = match calendar.period_on(district, summer_vacation) {
        Period::Vacation(vacation) => span(vacation.begins, vacation.ends),
        Period::Term(_) => "—".to_owned(),
    };
    TermsLine {
        year: year.label(),
        whom,
        first_term: span(first_term, winter_vacation),
        winter: span(winter_vacation, second_term),
        second_term: span(second_term, summer_vacation),
        summer,
        is_provisional,
        change: format!("/settings?school_year={}&of={district}#terms", year.begins_in()),
    }
}

/// Stored words as people say them.
fn shown(content: &str) -> String {
    content
        .split(',')
        .map(|word| match word {
            "yes" => "是".to_owned(),
            "no" => "否".to_owned(),
            other => policy::Grade::from_code(other)
                .map_or_else(|| other.to_owned(), |grade| grade.label().to_owned()),
        })
        .collect::<Vec<_>>()
        .join("、")
}

async fn show(desk: Desk, Query(asked): Query<Asked>) -> Page {
    let view = view(&desk, &asked).await?;
    desk.page(&view)
}

async fn set(desk: Desk, Form(form): Form<ValueForm>) -> Page {
    let new = NewValue {
        parameter: form.parameter.clone(),
        district: form.district.clone(),
        content: form.content.clone(),
        basis: form.basis.clone(),
        from: form.from.clone(),
    };
    match acts::set_parameter(desk.db(), &desk.caller, &new).await {
        Ok(()) => answer::see("/settings"),
        Err(failure) => {
            let faults = Faults::of(failure)?;
            let again = View {
                value: form,
                faults: faults.clone(),
                ..view(&desk, &Asked::default()).await?
            };
            desk.form_again(&again, &faults)
        }
    }
}

async fn load(desk: Desk, Form(form): Form<TableForm>, recount: Recount) -> Page {
    let table = DayTable { year: form.year.clone(), lines: form.lines.clone() };
    match acts::load_days(desk.db(), &desk.caller, &table, recount).await {
        Ok(_) => answer::see("/settings"),
        Err(failure) => {
            let faults = Faults::of(failure)?;
            let again = View {
                table: form,
                faults: faults.clone(),
                ..view(&desk, &Asked::default()).await?
            };
            desk.form_again(&again, &faults)
        }
    }
}

async fn announce(desk: Desk, Form(form): Form<TermForm>) -> Page {
    let new = NewSchoolYear {
        district: form.of.clone(),
        year: form.school_year.clone(),
        first_begins: form.first_begins.clone(),
        first_lasts: form.first_lasts.clone(),
        second_begins: form.second_begins.clone(),
        second_lasts: form.second_lasts.clone(),
    };
    match acts::set_school_year(desk.db(), &desk.caller, &new).await {
        Ok(()) => answer::see("/settings#terms"),
        Err(failure) => {
            let faults = Faults::of(failure)?;
            let again = View {
                term: form,
                faults: faults.clone(),
                ..view(&desk, &Asked::default()).await?
            };
            desk.form_again(&again, &faults)
        }
    }
}
