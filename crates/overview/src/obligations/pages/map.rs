//! The verdicts on the map: clusters coloured by state, kindergartens where it fails ringed.

use std::collections::{HashMap, HashSet};

use policy::obligations::{Scope, State, Tally, Verdict};
use web::{Desk, Page, Path, Query, answer};

use super::{Asked, Seen};
use crate::districts;

pub(super) async fn map(desk: Desk, Path(id): Path<String>, Query(asked): Query<Asked>) -> Page {
    let seen = Seen::of(&desk, &asked).await?;
    let outcome = seen.evaluation.outcome(&id).ok_or(kernel::Failure::NotFound)?;
    let places = &seen.evaluation.places;
    let scope = outcome.obligation.scope;
    // A cluster bears its own verdict, its district's, or the gravest of its kindergartens.
    let mut of_cluster: HashMap<&str, Tally> = HashMap::new();
    let mut failed: HashMap<&str, &Verdict> = HashMap::new();
    for (place, verdict) in outcome.each(places) {
        match scope {
            Scope::District => {
                let all = places.of(Scope::Cluster).iter();
                for cluster in all.filter(|each| each.district == place.district) {
                    of_cluster.entry(&cluster.id).or_default().add(verdict.state());
                }
            }
            _ => {
                if let Some(cluster) = &place.cluster {
                    of_cluster.entry(cluster).or_default().add(verdict.state());
                }
            }
        }
        if scope == Scope::Kindergarten && verdict.state() == State::Failed {
            failed.insert(&place.id, verdict);
        }
    }
    let shown: HashSet<&str> =
        places.of(Scope::Kindergarten).iter().map(|place| place.id.as_str()).collect();
    let suffix = if asked.day.is_empty() { String::new() } else { format!("?day={}", seen.day) };
    let sites = districts::sites(&desk.reading(), seen.day).await?;
    let features = sites.iter().filter_map(|site| {
        let own = site.id.to_string();
        if !shown.contains(own.as_str()) {
            return None;
        }
        let cluster = site.cluster_id.map(|id| id.to_string());
        let verdict = cluster
            .as_deref()
            .map(|id| of_cluster.get(id).map_or("none", |tally| tally.state().code()));
        Some(serde_json::json!({
            "type": "Feature",
            "geometry": { "type": "Point", "coordinates": [site.lon, site.lat] },
            "properties": {
                "id": own,
                "name": site.name,
                "ownership": site.ownership,
                "role": site.role.as_deref().unwrap_or("member"),
                "cluster": cluster,
                "cluster_name": site.cluster_name,
                "href": format!("/obligations/places/{own}{suffix}"),
                "cluster_href": cluster.as_deref().map(|id| format!("/obligations/places/{id}{suffix}")),
                "verdict": verdict,
                "state": failed.get(own.as_str()).map(|_| "alarm"),
                "note": failed.get(own.as_str()).map(|verdict| verdict.reason()),
            },
        }))
    });
    let features: Vec<serde_json::Value> = features.collect();
    answer::geojson(
        serde_json::json!({ "type": "FeatureCollection", "features": features }).to_string(),
    )
}
