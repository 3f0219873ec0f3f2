//! Kindergartens as GeoJSON, in the shape that `assets/map.js` draws.

use serde::Deserialize;
use serde_json::{Value, json};
use web::{Desk, Page, Path, Query, answer};

use super::super::store;
use super::super::types::{ClusterFilter, Filter, Site};
use super::list::Asked;
use super::{day_of, id_of};

/// One point. `picked` is the one that the page is about.
pub(crate) fn feature(site: &Site, picked: bool) -> Value {
    let cluster = site.cluster.as_ref();
    json!({
        "type": "Feature",
        "properties": {
            "kg_id": site.id,
            "name": site.name,
            "ownership": site.ownership.code(),
            "note": format!("{} · {}", site.ownership.label(), site.grade.label()),
            "role": cluster.map(|cluster| cluster.role.code()),
            "cluster": cluster.map(|cluster| cluster.id),
            "cluster_name": cluster.map(|cluster| cluster.name.as_str()),
            "href": format!("/kindergartens/{}", site.id),
            "cluster_href": cluster.map(|cluster| format!("/clusters/{}", cluster.id)),
            "state": if picked { "picked" } else { "" },
        },
        "geometry": { "type": "Point", "coordinates": [site.point.lon, site.point.lat] },
    })
}

/// A collection of points, WGS-84.
pub(crate) fn collection(features: &[Value]) -> String {
    json!({ "type": "FeatureCollection", "features": features }).to_string()
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct OnDay {
    day: String,
}

/// What the list shows, whole.
pub(super) async fn of_list(desk: Desk, Query(asked): Query<Asked>) -> Page {
    let sites =
        store::sites(&desk.reading(), &asked.filter(), asked.day(desk.caller.today())).await?;
    let features: Vec<Value> = sites.iter().map(|site| feature(site, false)).collect();
    answer::geojson(collection(&features))
}

/// One kindergarten and its cluster.
pub(super) async fn of_one(desk: Desk, path: Path<String>, Query(on): Query<OnDay>) -> Page {
    let (id, day) = (id_of(&path)?, day_of(&on.day, desk.caller.today()));
    let reading = desk.reading();
    let kindergarten = store::find(&reading, id, day).await?;
    let sites = match &kindergarten.cluster {
        Some(cluster) => {
            let filter =
                Filter { cluster: Some(ClusterFilter::In(cluster.id)), ..Filter::default() };
            store::sites(&reading, &filter, day).await?
        }
        None => vec![Site {
            id,
            name: kindergarten.facts.name.to_string(),
            point: kindergarten.facts.point,
            ownership: kindergarten.facts.ownership,
            grade: kindergarten.facts.grade,
            cluster: None,
        }],
    };
    let features: Vec<Value> = sites.iter().map(|site| feature(site, site.id == id)).collect();
    answer::geojson(collection(&features))
}
