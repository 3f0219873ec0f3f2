use askama::Template;
use kernel::Date;
use registry::places;
use serde::Deserialize;
use storage::Actor;
use web::{Page, Path, Porch, Query, Routes, Shell};

use super::store;

/// The public's pages.
pub fn routes() -> Routes {
    Routes::default().open_page("/public", list).open_page("/public/{district}", show)
}

struct District {
    code: String,
    name: String,
}

struct Cluster {
    name: String,
    centre: String,
    members: Vec<String>,
}

#[derive(Template)]
#[template(path = "public/pages/show.html")]
struct View {
    shell: Shell,
    districts: Vec<District>,
    chosen: Option<String>,
    day: String,
    clusters: Vec<Cluster>,
}

async fn list(porch: Porch) -> Page {
    page(porch, None, "").await
}

/// The day that a visitor asks for.
#[derive(Deserialize, Default)]
#[serde(default)]
struct OnDay {
    day: String,
}

async fn show(porch: Porch, Path(district): Path<String>, Query(on): Query<OnDay>) -> Page {
    page(porch, Some(district), &on.day).await
}

async fn page(porch: Porch, code: Option<String>, asked: &str) -> Page {
    let now = porch.app.db.now();
    let today = now.date();
    // What begins on a later day is announced by its own paper, not here.
    let day = Date::parse_from_str(asked.trim(), "%Y-%m-%d").unwrap_or(today).min(today);
    let reading = porch.app.db.reading(Actor::visitor(
        "公众",
        now,
        &porch.visit.address,
        &porch.visit.request,
    ));
    let districts = places::store::districts(&reading).await?;
    let (chosen, clusters) = match &code {
        Some(code) => {
            let district = districts
                .iter()
                .find(|known| known.code == *code)
                .ok_or(kernel::Failure::NotFound)?;
            (Some(district.name.clone()), grouped(store::clusters(&reading, code, day).await?))
        }
        None => (None, Vec::new()),
    };
    let city = porch.app.settings.city_name.clone();
    let title = chosen
        .as_ref()
        .map_or_else(|| format!("{city}学前教育学区"), |name| format!("{name}学前教育学区"));
    let shell = Shell {
        day: (day != today).then(|| day.to_string()),
        today_href: code.map(|code| format!("/public/{code}")).unwrap_or_default(),
        ..porch.shell(title)
    };
    let view = View {
        shell,
        districts: districts
            .into_iter()
            .map(|known| District { code: known.code, name: known.name })
            .collect(),
        chosen,
        day: day.to_string(),
        clusters,
    };
    porch.page(&view)
}

/// Rows come ordered by cluster, the centre before the members.
fn grouped(lines: Vec<store::Line>) -> Vec<Cluster> {
    let mut clusters: Vec<Cluster> = Vec::new();
    for line in lines {
        if clusters.last().is_none_or(|last| last.name != line.cluster) {
            clusters.push(Cluster {
                name: line.cluster,
                centre: String::new(),
                members: Vec::new(),
            });
        }
        if let Some(cluster) = clusters.last_mut() {
            if line.role == "centre" {
                cluster.centre = line.kindergarten;
            } else {
                cluster.members.push(line.kindergarten);
            }
        }
    }
    clusters
}
