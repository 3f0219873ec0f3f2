//! The list of plans, and the form that begins one.

use askama::Template;
use kernel::{Failure, Moment, Permission, PlanId};
use serde::Deserialize;
use storage::Source;
use web::{Desk, Faults, Form, Page, Paging, Query, Shell, answer};

use crate::plans::acts::{self, Origin};
use crate::plans::store::{self, Filter};
use crate::plans::types::Stage;

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Asked {
    district: String,
    stage: String,
    page: Option<String>,
}

struct Line {
    href: String,
    name: String,
    district: String,
    stage: Stage,
    version: i64,
    edited: String,
    in_force: String,
}

#[derive(Template)]
#[template(path = "plans/pages/list.html")]
struct ListView {
    shell: Shell,
    asked: Asked,
    districts: Vec<(String, String)>,
    stages: Vec<(&'static str, &'static str)>,
    lines: Vec<Line>,
    paging: Paging,
    city: String,
    elsewhere: String,
    query: String,
    may_draft: bool,
}

pub(super) async fn list(desk: Desk, Query(asked): Query<Asked>) -> Page {
    let reading = desk.reading();
    let districts = districts(&reading).await?;
    let filter = Filter {
        district: districts
            .iter()
            .find(|(code, _)| *code == asked.district)
            .map(|(code, _)| code.clone()),
        stage: Stage::from_code(&asked.stage),
    };
    let paging = Paging::of(asked.page.as_deref(), store::count(&reading, &filter).await?);
    let found = store::list(&reading, &filter, paging.limit(), paging.offset()).await?;
    let lines = found
        .into_iter()
        .map(|line| {
            Ok(Line {
                href: format!("/plans/{}", line.id),
                name: line.name,
                district: line.district_name,
                stage: Stage::from_code(&line.stage)
                    .ok_or_else(|| Failure::broken("unknown stage"))?,
                version: line.version,
                edited: format!("{} {}", line.made_by_name, Moment::from_millis(line.made_at)),
                in_force: match (line.paper_number, line.effective_on) {
                    (Some(number), Some(day)) => format!("{number}，自 {day} 起"),
                    _ => String::new(),
                },
            })
        })
        .collect::<Result<Vec<_>, Failure>>()?;
    let mut query = String::new();
    for (name, value) in
        [("district", filter.district.as_deref()), ("stage", filter.stage.map(Stage::code))]
    {
        if let Some(value) = value {
            query.push_str(&format!("{name}={value}&"));
        }
    }
    desk.page(&ListView {
        shell: desk.shell("划分方案"),
        asked,
        districts,
        stages: Stage::ALL.iter().map(|stage| (stage.code(), stage.label())).collect(),
        lines,
        paging,
        city: desk.app.settings.city_name.clone(),
        elsewhere: match filter.stage {
            Some(stage) => format!("/plans?stage={}&district=", stage.code()),
            None => "/plans?district=".to_owned(),
        },
        query,
        may_draft: desk.caller.may(Permission::DraftPlans),
    })
}

async fn districts(source: &impl Source) -> Result<Vec<(String, String)>, Failure> {
    let reached = registry::places::store::reached(source).await?;
    Ok(reached.into_iter().map(|district| (district.code, district.name)).collect())
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct DraftForm {
    district: String,
    name: String,
    /// `scratch`, `in_force` or the id of another plan.
    origin: String,
}

#[derive(Template)]
#[template(path = "plans/pages/form.html")]
struct FormView {
    shell: Shell,
    form: DraftForm,
    districts: Vec<(String, String)>,
    origins: Vec<(String, String)>,
    faults: Faults,
}

async fn form_view(desk: &Desk, mut form: DraftForm, faults: Faults) -> Result<FormView, Failure> {
    let reading = desk.reading();
    let districts = districts(&reading).await?;
    if form.district.is_empty()
        && let Some((code, name)) = districts.first()
    {
        form.district.clone_from(code);
        if form.name.is_empty() {
            form.name =
                format!("{name}学区划分方案（{}）", desk.caller.today().format("%Y 年 %-m 月"));
        }
    }
    let mut origins = vec![
        ("scratch".to_owned(), "空白方案（随后自动划分）".to_owned()),
        ("in_force".to_owned(), "现行学区".to_owned()),
    ];
    for line in store::list(&reading, &Filter::default(), 50, 0).await? {
        origins
            .push((line.id.to_string(), format!("复制：{}（{}）", line.name, line.district_name)));
    }
    Ok(FormView { shell: desk.shell("新建划分方案"), form, districts, origins, faults })
}

pub(super) async fn blank(desk: Desk, Query(form): Query<DraftForm>) -> Page {
    let view = form_view(&desk, form, Faults::default()).await?;
    desk.page(&view)
}

pub(super) async fn draft(desk: Desk, Form(form): Form<DraftForm>) -> Page {
    let origin = match form.origin.as_str() {
        "" | "scratch" => Origin::Scratch,
        "in_force" => Origin::InForce,
        other => Origin::Copy(other.parse::<PlanId>().map_err(|_| Failure::NotFound)?),
    };
    match acts::draft(desk.db(), &desk.caller, &form.district, &form.name, origin).await {
        Ok(id) => answer::see(&format!("/plans/{id}/editor")),
        Err(failure) => {
            let faults = Faults::of(failure)?;
            let view = form_view(&desk, form, faults.clone()).await?;
            desk.form_again(&view, &faults)
        }
    }
}
