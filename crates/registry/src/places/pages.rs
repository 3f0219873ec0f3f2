//! The outline of a district, for maps.

use kernel::{Failure, Permission};
use web::{Desk, Page, Path, Routes, answer};

use super::store;

/// The routes of the slice.
pub fn routes() -> Routes {
    Routes::default().page("/districts/{code}/outline.geojson", Permission::ReadPlaces, outline)
}

/// A FeatureCollection with the district's outline, WGS-84; not found where none was loaded.
async fn outline(desk: Desk, Path(code): Path<String>) -> Page {
    let reading = desk.reading();
    let district = store::district(&reading, &code).await?;
    let outline = store::outline(&reading, &district.code).await?.ok_or(Failure::NotFound)?;
    let properties =
        serde_json::json!({ "code": district.code, "name": district.name, "note": outline.note });
    // The stored geometry is GeoJSON already and is pasted as it is: no need to parse it for every map.
    answer::geojson(format!(
        r#"{{"type":"FeatureCollection","features":[{{"type":"Feature","properties":{properties},"geometry":{}}}]}}"#,
        outline.geojson
    ))
}
