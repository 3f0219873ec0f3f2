//! Invented kindergartens for tests.

use std::sync::OnceLock;

use geography::{Datum, Plane, Point, Regions};
use kernel::Date;
use policy::{Grade, Ownership, RunBy, Status};

use crate::kindergartens::types::{Facts, Name, RegisterId};

/// The middle of the 粤海街道 of [`grid`].
pub(crate) const MIDDLE: Point = Point { lon: 113.936, lat: 22.528 };

/// The day of the tests.
pub(crate) fn day() -> Date {
    Date::from_ymd_opt(2026, 2, 3).unwrap()
}

/// Two districts of squares, 2 km wide: 南山区 has 粤海街道 in the west and 南山街道 east of it, 福田区 has 福田街道 next.
pub(crate) fn grid() -> &'static Regions {
    static GRID: OnceLock<Regions> = OnceLock::new();
    GRID.get_or_init(|| {
        let streets = "code,name,district\n440305007,粤海街道,南山区\n440305002,南山街道,南山区\n440304008,福田街道,福田区\n";
        let outlines = collection(&[
            ("440305007", "粤海街道", "南山区", -1_000.0, 1_000.0),
            ("440305002", "南山街道", "南山区", 1_000.0, 3_000.0),
            ("440304008", "福田街道", "福田区", 3_000.0, 5_000.0),
        ]);
        let districts = collection(&[
            ("440305", "南山区", "", -1_000.0, 3_000.0),
            ("440304", "福田区", "", 3_000.0, 5_000.0),
        ]);
        let files = [("streets.csv", streets.to_owned()), ("streets_wgs84.geojson", outlines), ("districts_wgs84.geojson", districts)];
        Regions::read(&files.map(|(name, content)| (name.to_owned(), content.into_bytes()))).unwrap()
    })
}

fn collection(areas: &[(&str, &str, &str, f64, f64)]) -> String {
    let plane = Plane::around(&[MIDDLE]);
    let feature = |(code, name, district, west, east): &(&str, &str, &str, f64, f64)| {
        let ring = [
            (*west, -1_000.0),
            (*east, -1_000.0),
            (*east, 1_000.0),
            (*west, 1_000.0),
            (*west, -1_000.0),
        ]
        .map(|(x, y)| {
            let corner = plane.point(x, y);
            [corner.lon, corner.lat]
        });
        let mut properties = serde_json::json!({ "code": code, "name": name });
        if !district.is_empty() {
            properties["district"] = (*district).into();
        }
        serde_json::json!({ "type": "Feature", "properties": properties, "geometry": { "type": "Polygon", "coordinates": [ring] } })
    };
    let features: Vec<_> = areas.iter().map(feature).collect();
    serde_json::json!({ "type": "FeatureCollection", "features": features }).to_string()
}

/// A public kindergarten in the middle of 粤海街道, 南山区.
pub(crate) fn facts(id: &str, name: &str) -> Facts {
    Facts {
        register_id: RegisterId::new(id).unwrap(),
        national_code: None,
        former_codes: Vec::new(),
        name: Name::new(name).unwrap(),
        former_names: Vec::new(),
        district: "440305".into(),
        street: Some("440305007".into()),
        community: None,
        address: None,
        point: MIDDLE,
        datum: Datum::Wgs84,
        ownership: Ownership::Public,
        run_by: Some(RunBy::District),
        grade: Grade::Municipal,
        opened_on: None,
        campuses: None,
        classes: Some(9),
        capacity: Some(270),
        children: Some(260),
        teachers: Some(18),
        carers: Some(9),
        other_staff: Some(6),
        floor_area_m2: None,
        status: Status::Open,
    }
}
