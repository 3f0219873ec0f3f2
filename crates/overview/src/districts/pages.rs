use std::sync::Arc;

use askama::Template;
use kernel::{Date, Failure, Permission};
use policy::parameters::Parameters;
use policy::shares;
use registry::{places, settings};
use serde::Deserialize;
use web::{Desk, NavLine, Page, Path, Query, Routes, Shell, answer};

use super::store::{self, ClusterLine, Site};
use super::types::Figures;

/// The city's and the districts' pages.
pub fn routes() -> Routes {
    Routes::default()
        .page("/city", Permission::ReadPlaces, city)
        .page("/city/clusters.geojson", Permission::ReadPlaces, city_map)
        .page("/city/outline.geojson", Permission::ReadPlaces, city_outline)
        .page("/districts/{code}", Permission::ReadPlaces, district)
        .entry(NavLine {
            href: "/city",
            label: "辖区总览",
            icon: "map-2",
            permission: Permission::ReadPlaces,
            order: 20,
        })
}

/// The day that a page shows.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct OnDay {
    day: Option<String>,
}

impl OnDay {
    /// The day asked for, else today.
    pub(crate) fn or(&self, today: Date) -> Date {
        self.day
            .as_deref()
            .and_then(|text| Date::parse_from_str(text, "%Y-%m-%d").ok())
            .unwrap_or(today)
    }
}

#[derive(Template)]
#[template(path = "districts/pages/city.html")]
struct CityView {
    shell: Shell,
    city: String,
    day: Date,
    source: String,
    total: Figures,
    districts: Vec<Figures>,
}

async fn city(desk: Desk, Query(on): Query<OnDay>) -> Page {
    let reading = desk.reading();
    let day = on.or(desk.caller.today());
    let mut districts = store::figures(&reading, day).await?;
    if districts.is_empty() {
        return principal_home(&desk);
    }
    if let [only] = districts.as_slice() {
        return answer::see(&format!("/districts/{}", only.code));
    }
    let parameters = Parameters::of_city(day, &settings::settings(&reading).await?);
    let counts: Vec<u32> = districts.iter().map(|one| one.kindergartens as u32).collect();
    for (one, share) in districts.iter_mut().zip(shares::clusters_by_district(&counts, &parameters))
    {
        one.target = i64::from(share);
    }
    let name = desk.app.settings.city_name.clone();
    let view = CityView {
        shell: Shell { day: other_day(day, &desk), ..desk.shell(format!("{name}学区总览")) },
        total: Figures::sum(&name, &districts),
        city: name,
        day,
        source: format!("/city/clusters.geojson?day={day}"),
        districts,
    };
    desk.page(&view)
}

/// A principal reaches no area: the way leads to the kindergarten's own page.
fn principal_home(desk: &Desk) -> Page {
    match desk.caller.reach.kindergartens.first() {
        Some(id) => answer::see(&format!("/kindergartens/{id}")),
        None => Err(Failure::NotFound.into()),
    }
}

fn other_day(day: Date, desk: &Desk) -> Option<String> {
    (day != desk.caller.today()).then(|| day.to_string())
}

#[derive(Template)]
#[template(path = "districts/pages/district.html")]
struct DistrictView {
    shell: Shell,
    day: Date,
    figures: Figures,
    is_only: bool,
    source: String,
    outline: String,
    clusters: Arc<Vec<ClusterLine>>,
    city: String,
    districts: Vec<places::District>,
    may_plan: bool,
    may_see_obligations: bool,
}

async fn district(desk: Desk, Path(code): Path<String>, Query(on): Query<OnDay>) -> Page {
    let reading = desk.reading();
    let day = on.or(desk.caller.today());
    let place = desk.caller.district_place(&code);
    if !desk.caller.reach.holds(&place) {
        return Err(Failure::NotFound.into());
    }
    places::store::district(&reading, &code).await?;
    let figures = store::only(&reading, &place, day).await?.ok_or(Failure::NotFound)?;
    let view = DistrictView {
        shell: Shell {
            day: other_day(day, &desk), ..desk.shell(format!("{}学区", figures.name))
        },
        day,
        is_only: desk.caller.reach.only_district().is_some(),
        source: format!("/districts/{code}/clusters.geojson?day={day}"),
        outline: format!("/districts/{code}/outline.geojson"),
        clusters: store::clusters(&reading, &code, day).await?,
        city: desk.app.settings.city_name.clone(),
        districts: places::store::reached(&reading).await?,
        may_plan: desk.caller.may(Permission::ReadPlans),
        may_see_obligations: desk.caller.may(Permission::ReadObligations),
        figures,
    };
    desk.page(&view)
}

async fn city_map(desk: Desk, Query(on): Query<OnDay>) -> Page {
    let sites = store::sites(&desk.reading(), on.or(desk.caller.today())).await?;
    let features: Vec<serde_json::Value> = sites.iter().map(feature).collect();
    answer::geojson(
        serde_json::json!({ "type": "FeatureCollection", "features": features }).to_string(),
    )
}

/// A FeatureCollection with the districts' outlines, WGS-84. The stored geometry is GeoJSON already and is pasted as it is.
async fn city_outline(desk: Desk) -> Page {
    let features: Vec<String> = store::outlines(&desk.reading())
        .await?
        .iter()
        .map(|row| {
            let properties = serde_json::json!({ "code": row.code, "name": row.name });
            format!(r#"{{"type":"Feature","properties":{properties},"geometry":{}}}"#, row.geojson)
        })
        .collect();
    answer::geojson(format!(
        r#"{{"type":"FeatureCollection","features":[{}]}}"#,
        features.join(",")
    ))
}

fn feature(site: &Site) -> serde_json::Value {
    serde_json::json!({
        "type": "Feature",
        "geometry": { "type": "Point", "coordinates": [site.lon, site.lat] },
        "properties": {
            "id": site.id,
            "name": site.name,
            "ownership": site.ownership,
            "role": site.role.as_deref().unwrap_or("member"),
            "cluster": site.cluster_id,
            "cluster_name": site.cluster_name,
            "href": format!("/kindergartens/{}", site.id),
            "cluster_href": site.cluster_id.map(|id| format!("/clusters/{id}")),
        },
    })
}
