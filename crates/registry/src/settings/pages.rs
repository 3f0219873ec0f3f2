use askama::Template;
use kernel::{Date, Permission};
use policy::parameters::{Parameter, Parameters};
use serde::Deserialize;
use web::{Desk, Faults, Form, NavLine, Page, Query, Routes, Shell, answer};

use super::acts::{self, DayTable, NewValue};
use super::store;
use crate::places;

/// The system administrator's desk.
pub fn routes() -> Routes {
    Routes::default()
        .page("/settings", Permission::ConfigureSystem, show)
        .act("/settings/parameters", Permission::ConfigureSystem, set)
        .act("/settings/days", Permission::ConfigureSystem, load)
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
    faults: Faults,
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

#[derive(Deserialize, Default)]
#[serde(default)]
struct Count {
    from: String,
    days: String,
}

async fn view(desk: &Desk, count: &Count) -> Result<View, kernel::Failure> {
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
    let counted = match (Date::parse_from_str(&count.from, "%Y-%m-%d"), count.days.parse::<u16>()) {
        (Ok(from), Ok(days)) if (1..=250).contains(&days) => {
            let deadline = calendar.add_working_days(from, days);
            Some(format!("{}：{}", deadline.day, deadline.explain()))
        }
        _ => None,
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
        from: if count.from.is_empty() { today.to_string() } else { count.from.clone() },
        days: if count.days.is_empty() { "10".to_owned() } else { count.days.clone() },
        tiles: map.tiles.clone(),
        approval: map.approval.clone(),
        value: ValueForm::default(),
        table: TableForm::default(),
        faults: Faults::default(),
    })
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

async fn show(desk: Desk, Query(count): Query<Count>) -> Page {
    let view = view(&desk, &count).await?;
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
                ..view(&desk, &Count::default()).await?
            };
            desk.form_again(&again, &faults)
        }
    }
}

async fn load(desk: Desk, Form(form): Form<TableForm>) -> Page {
    let table = DayTable { year: form.year.clone(), lines: form.lines.clone() };
    match acts::load_days(desk.db(), &desk.caller, &table).await {
        Ok(_) => answer::see("/settings"),
        Err(failure) => {
            let faults = Faults::of(failure)?;
            let again = View {
                table: form,
                faults: faults.clone(),
                ..view(&desk, &Count::default()).await?
            };
            desk.form_again(&again, &faults)
        }
    }
}
