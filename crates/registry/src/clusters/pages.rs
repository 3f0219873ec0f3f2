//! Pages of clusters: the list and its workbook, one cluster as of any day, maps.

mod list;
mod map;
mod show;

use kernel::Permission;
use web::{NavLine, Routes};

/// The routes of the slice.
pub fn routes() -> Routes {
    Routes::default()
        .page("/clusters", Permission::ReadPlaces, list::list)
        .page("/clusters.xlsx", Permission::ReadPlaces, list::workbook)
        .page("/clusters/{id}", Permission::ReadPlaces, show::show)
        .page("/clusters/{id}/map.geojson", Permission::ReadPlaces, map::of_cluster)
        .page("/districts/{code}/clusters.geojson", Permission::ReadPlaces, map::of_district)
        .entry(NavLine {
            href: "/clusters",
            label: "学区",
            icon: "topology-star-3",
            permission: Permission::ReadPlaces,
            order: 25,
        })
}

/// Metres as a page shows them.
fn metres(distance: Option<f64>) -> String {
    distance.map(|metres| format!("{metres:.0}")).unwrap_or_default()
}
