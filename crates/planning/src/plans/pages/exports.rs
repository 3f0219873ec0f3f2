//! A plan to take away: GeoJSON, a workbook, a map for an A3 sheet.

use askama::Template;
use kernel::{Date, PlanId};
use serde::Deserialize;
use web::{Desk, Page, Path, Query, Shell, answer};

use super::facts_for;
use crate::plans::store;
use crate::plans::types::Stage;
use crate::plans::{rules, sheets};

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Asked {
    version: Option<i64>,
}

pub(super) async fn as_geojson(
    desk: Desk,
    Path(id): Path<PlanId>,
    Query(asked): Query<Asked>,
) -> Page {
    let reading = desk.reading();
    let plan = store::find(&reading, id).await?;
    let facts = facts_for(&reading, &desk, &plan).await?;
    let content = match asked.version {
        Some(number) => store::version(&reading, id, number).await?.content,
        None => plan.version.content,
    };
    answer::geojson(rules::geojson(&content, &facts).to_string())
}

/// The clusters in force in the plan's district, in the same shape: what the plan is compared with.
pub(super) async fn in_force_as_geojson(desk: Desk, Path(id): Path<PlanId>) -> Page {
    let reading = desk.reading();
    let plan = store::find(&reading, id).await?;
    let facts = facts_for(&reading, &desk, &plan).await?;
    let content = store::in_force(&reading, &plan.district, desk.caller.today()).await?;
    answer::geojson(rules::geojson(&content, &facts).to_string())
}

pub(super) async fn as_workbook(desk: Desk, Path(id): Path<PlanId>) -> Page {
    let reading = desk.reading();
    let plan = store::find(&reading, id).await?;
    let facts = facts_for(&reading, &desk, &plan).await?;
    let bytes = sheets::workbook(&plan, &facts)?;
    answer::workbook(&format!("{}学区划分一览表.xlsx", plan.district_name), bytes)
}

#[derive(Template)]
#[template(path = "plans/pages/map.html")]
struct MapView {
    shell: Shell,
    href: String,
    plan_name: String,
    district_name: String,
    picture: String,
    standing: String,
    totals: String,
    approval: String,
    today: Date,
}

pub(super) async fn as_picture(desk: Desk, Path(id): Path<PlanId>) -> Page {
    let reading = desk.reading();
    let plan = store::find(&reading, id).await?;
    let facts = facts_for(&reading, &desk, &plan).await?;
    let outline = registry::places::store::outline(&reading, &plan.district).await?;
    let content = &plan.version.content;
    let standing = match (&plan.paper_number, plan.effective_on) {
        (Some(number), Some(day)) if plan.stage == Stage::Adopted => {
            format!("{number}，自 {day} 起实施")
        }
        _ => format!("{}，第 {} 版", plan.stage.label(), plan.version.number),
    };
    let placed: usize = content.clusters.iter().map(|cluster| cluster.members.len()).sum();
    desk.page(&MapView {
        shell: desk.shell(format!("{} 地图", plan.name)),
        href: format!("/plans/{id}"),
        picture: rules::picture(
            content,
            &facts,
            outline.as_ref().map(|outline| outline.geojson.as_str()),
        ),
        standing,
        totals: format!("{} 个学区，{placed} 所幼儿园", content.clusters.len()),
        plan_name: plan.name,
        district_name: plan.district_name,
        approval: desk.app.settings.map.approval.clone(),
        today: desk.caller.today(),
    })
}
