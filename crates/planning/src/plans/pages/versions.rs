//! An earlier version of a plan, to look at.

use askama::Template;
use kernel::PlanId;
use web::{Desk, MapSettings, Page, Path, Shell};

use super::show::{Told, told};
use super::{facts_for, outline_of};
use crate::plans::store;
use crate::plans::types::{Plan, Version};

#[derive(Template)]
#[template(path = "plans/pages/version.html")]
struct VersionView {
    shell: Shell,
    href: String,
    title: String,
    cause: String,
    geojson: String,
    outline: String,
    plan: Plan,
    version: Version,
    told: Told,
    map: MapSettings,
}

pub(super) async fn show(desk: Desk, Path((id, number)): Path<(PlanId, i64)>) -> Page {
    let reading = desk.reading();
    let plan = store::find(&reading, id).await?;
    let version = store::version(&reading, id, number).await?;
    let facts = facts_for(&reading, &desk, &plan).await?;
    desk.page(&VersionView {
        shell: desk.shell(format!("{} 第 {number} 版", plan.name)),
        href: format!("/plans/{id}"),
        title: format!("第 {number} 版"),
        cause: version.cause.clone(),
        geojson: format!("/plans/{id}/plan.geojson?version={number}"),
        outline: outline_of(&plan.district),
        told: told(&version.content, &facts, plan.is_approved() && number == plan.version.number),
        plan,
        version,
        map: desk.app.settings.map.clone(),
    })
}
