//! Two plans, versions or the clusters in force beside each other.

use askama::Template;
use kernel::{Failure, PlanId};
use serde::Deserialize;
use storage::Source;
use web::{Desk, MapSettings, Page, Query, Shell};

use super::{facts_for, outline_of};
use crate::plans::rules::{self, Comparison, Refusal};
use crate::plans::store;
use crate::plans::types::{Content, Plan};

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Asked {
    /// A plan's id, a version as `pln_…@3`, or `in-force`.
    a: String,
    /// A plan's id or a version.
    b: String,
}

struct SideShown {
    name: String,
    href: String,
    geojson: String,
    content: Content,
}

#[derive(Template)]
#[template(path = "plans/pages/comparison.html")]
struct ComparisonView {
    shell: Shell,
    outline: String,
    first: SideShown,
    second: SideShown,
    comparison: Comparison,
    sentences: Vec<String>,
    map: MapSettings,
}

pub(super) async fn show(desk: Desk, Query(asked): Query<Asked>) -> Page {
    let reading = desk.reading();
    let (plan, second) = side(&reading, &asked.b).await?;
    let first = if asked.a == "in-force" {
        SideShown {
            name: "现行学区".to_owned(),
            href: format!("/clusters?district={}", plan.district),
            geojson: format!("/plans/{}/in-force.geojson", plan.id),
            content: store::in_force(&reading, &plan.district, desk.caller.today()).await?,
        }
    } else {
        let (other, first) = side(&reading, &asked.a).await?;
        if other.district != plan.district {
            return Err(Refusal::OtherDistrict.into());
        }
        first
    };
    let facts = facts_for(&reading, &desk, &plan).await?;
    let comparison = rules::compare(&first.content, &second.content, &facts);
    desk.page(&ComparisonView {
        shell: desk.shell("方案比较"),
        sentences: comparison.sentences(&first.name, &second.name),
        outline: outline_of(&plan.district),
        first,
        second,
        comparison,
        map: desk.app.settings.map.clone(),
    })
}

async fn side(source: &impl Source, asked: &str) -> Result<(Plan, SideShown), Failure> {
    let (id, number) = match asked.split_once('@') {
        Some((id, number)) => (id, Some(number.parse::<i64>().map_err(|_| Failure::NotFound)?)),
        None => (asked, None),
    };
    let id: PlanId = id.parse().map_err(|_| Failure::NotFound)?;
    let plan = store::find(source, id).await?;
    let shown = match number {
        Some(number) => SideShown {
            name: format!("{} 第 {number} 版", plan.name),
            href: format!("/plans/{id}/versions/{number}"),
            geojson: format!("/plans/{id}/plan.geojson?version={number}"),
            content: store::version(source, id, number).await?.content,
        },
        None => SideShown {
            name: plan.name.clone(),
            href: format!("/plans/{id}"),
            geojson: format!("/plans/{id}/plan.geojson"),
            content: plan.version.content.clone(),
        },
    };
    Ok((plan, shown))
}
