//! Clusters as GeoJSON: their kindergartens, from which the map draws the hulls.

use kernel::Failure;
use serde::Deserialize;
use web::{Desk, Page, Path, Query, answer};

use super::super::store;
use crate::kindergartens::{self, ClusterFilter, Filter, collection, day_of, feature};
use crate::places;

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct OnDay {
    day: String,
}

pub(super) async fn of_cluster(
    desk: Desk,
    Path(id): Path<String>,
    Query(on): Query<OnDay>,
) -> Page {
    let id = id.parse().map_err(|_| Failure::NotFound)?;
    let day = day_of(&on.day, desk.caller.today());
    let reading = desk.reading();
    let cluster = store::find(&reading, id, day).await?;
    let filter = Filter { cluster: Some(ClusterFilter::In(cluster.id)), ..Filter::default() };
    points(&desk, &filter, day).await
}

/// All kindergartens of a district with their clusters; those in none stand alone.
pub(super) async fn of_district(
    desk: Desk,
    Path(code): Path<String>,
    Query(on): Query<OnDay>,
) -> Page {
    let district = places::store::district(&desk.reading(), &code).await?;
    let filter = Filter {
        district: Some(district.code),
        status: Some(policy::Status::Open),
        ..Filter::default()
    };
    points(&desk, &filter, day_of(&on.day, desk.caller.today())).await
}

async fn points(desk: &Desk, filter: &Filter, day: kernel::Date) -> Page {
    let sites = kindergartens::store::sites(&desk.reading(), filter, day).await?;
    let features: Vec<serde_json::Value> = sites.iter().map(|site| feature(site, false)).collect();
    answer::geojson(collection(&features))
}
