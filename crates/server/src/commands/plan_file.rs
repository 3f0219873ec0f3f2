//! The plan as GeoJSON: one Point for each kindergarten, one hull for each cluster, WGS-84.
//!
//! | feature | properties |
//! | --- | --- |
//! | Point | `kg_id`, `cluster` (number), `role` (`centre` or `member`), `name`, `cluster_name`, `district` (code) |
//! | Polygon | `cluster`, `cluster_name`, `district`, `size`, `centre` (a `kg_id`) |

use std::collections::{BTreeMap, BTreeSet};

use geo::{ConvexHull, Coord, MultiPoint};
use geography::{Plane, Point};
use geojson::{Feature, FeatureCollection, GeoJson, Geometry, GeometryValue};
use serde_json::{Map, Value, json};

use super::outcome::Trouble;

/// Around each kindergarten the hull keeps this distance, so that one or two kindergartens have a shape too.
const HULL_MARGIN_M: f64 = 40.0;

/// A cluster to be written.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct PlannedCluster {
    /// Its number in the file.
    pub(crate) key: u32,
    /// Its name.
    pub(crate) name: String,
    /// Its district's code.
    pub(crate) district: String,
    /// The centre's id.
    pub(crate) centre: String,
    /// Its kindergartens, the centre included.
    pub(crate) members: Vec<Placed>,
}

/// A kindergarten to be written.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Placed {
    /// Its id in the register.
    pub(crate) id: String,
    /// Its name.
    pub(crate) name: String,
    /// Where it is.
    pub(crate) point: Point,
}

/// The plan as a GeoJSON text.
pub(crate) fn write(clusters: &[PlannedCluster]) -> String {
    let mut features = Vec::new();
    for cluster in clusters {
        for member in &cluster.members {
            let role = if member.id == cluster.centre { "centre" } else { "member" };
            let point = GeometryValue::new_point(degrees(member.point));
            features.push(feature(
                point,
                json!({
                    "kg_id": member.id, "cluster": cluster.key, "role": role, "name": member.name,
                    "cluster_name": cluster.name, "district": cluster.district,
                }),
            ));
        }
    }
    for cluster in clusters {
        let points: Vec<Point> = cluster.members.iter().map(|member| member.point).collect();
        features.push(feature(
            GeometryValue::new_polygon([hull(&points)]),
            json!({
                "cluster": cluster.key, "cluster_name": cluster.name, "district": cluster.district,
                "size": cluster.members.len(), "centre": cluster.centre,
            }),
        ));
    }
    GeoJson::from(FeatureCollection::new(features)).to_string() + "\n"
}

fn feature(geometry: GeometryValue, properties: Value) -> Feature {
    let properties = match properties {
        Value::Object(properties) => properties,
        _ => Map::new(),
    };
    Feature {
        geometry: Some(Geometry::new(geometry)),
        properties: Some(properties),
        ..Feature::default()
    }
}

/// The closed ring of the convex hull of small squares around the points: a valid polygon of any number of them.
fn hull(points: &[Point]) -> Vec<[f64; 2]> {
    let plane = Plane::around(points);
    let corners = points.iter().flat_map(|point| {
        let (x, y) = plane.xy_m(*point);
        let m = HULL_MARGIN_M;
        [(m, 0.0), (0.0, m), (-m, 0.0), (0.0, -m)]
            .map(|(dx, dy)| geo::Point(Coord { x: x + dx, y: y + dy }))
    });
    let hull = corners.collect::<MultiPoint>().convex_hull();
    hull.exterior().coords().map(|corner| degrees(plane.point(corner.x, corner.y))).collect()
}

/// Six decimals are a tenth of a metre.
fn degrees(point: Point) -> [f64; 2] {
    [point.lon, point.lat].map(|degrees| (degrees * 1e6).round() / 1e6)
}

/// What a plan file says, whoever wrote it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct PlanFile {
    /// The kindergartens in the order of the file, each with its cluster as written.
    pub(crate) marks: Vec<Mark>,
    /// All names given to each cluster.
    pub(crate) names: BTreeMap<String, BTreeSet<String>>,
    /// The district given to each cluster by its hull.
    pub(crate) districts: BTreeMap<String, String>,
    /// Features that could not be read.
    pub(crate) faults: Vec<String>,
}

/// One Point feature.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Mark {
    /// The kindergarten's id.
    pub(crate) id: String,
    /// Its cluster; `None` if it is said to be in none.
    pub(crate) cluster: Option<String>,
    /// Whether it is marked as the centre.
    pub(crate) is_centre: bool,
    /// Where the file puts it.
    pub(crate) point: Point,
}

/// Reads a plan file; a feature that can't be read is a fault of the plan, a text that is no plan a trouble.
pub(crate) fn read(text: &str) -> Result<PlanFile, Trouble> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let no_plan = |why: String| Trouble(format!("不是学区划分方案的 GeoJSON：{why}。"));
    let parsed = text.parse::<GeoJson>().map_err(|fault| no_plan(fault.to_string()))?;
    let GeoJson::FeatureCollection(collection) = parsed else {
        return Err(no_plan("最外层应为 FeatureCollection".to_owned()));
    };
    let mut plan = PlanFile::default();
    for (place, feature) in collection.features.iter().enumerate() {
        if let Err(fault) = take(&mut plan, feature) {
            plan.faults.push(format!("第 {} 个要素：{fault}", place + 1));
        }
    }
    if plan.marks.is_empty() {
        return Err(no_plan("没有一个带 kg_id 的点要素".to_owned()));
    }
    Ok(plan)
}

fn take(plan: &mut PlanFile, feature: &Feature) -> Result<(), &'static str> {
    let text = |name: &str| match feature.property(name) {
        Some(Value::String(text)) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
        Some(Value::Number(number)) => Some(number.to_string()),
        _ => None,
    };
    let cluster = text("cluster");
    if let (Some(cluster), Some(name)) = (&cluster, text("cluster_name")) {
        plan.names.entry(cluster.clone()).or_default().insert(name);
    }
    match feature.geometry.as_ref().map(|geometry| &geometry.value) {
        Some(GeometryValue::Point { coordinates }) => {
            let id = text("kg_id").ok_or("点要素没有 kg_id")?;
            let is_centre = match text("role").as_deref() {
                Some("centre") => true,
                Some("member") => false,
                _ => return Err("role 应为 centre 或 member"),
            };
            let (Some(&lon), Some(&lat)) =
                (coordinates.as_slice().first(), coordinates.as_slice().get(1))
            else {
                return Err("点没有坐标");
            };
            plan.marks.push(Mark { id, cluster, is_centre, point: Point { lon, lat } });
            Ok(())
        }
        Some(GeometryValue::Polygon { .. } | GeometryValue::MultiPolygon { .. }) => {
            let cluster = cluster.ok_or("范围要素没有 cluster")?;
            if let Some(district) = text("district") {
                plan.districts.insert(cluster, district);
            }
            Ok(())
        }
        Some(_) => Err("既不是点，也不是面"),
        None => Err("没有几何形状"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::{Area, Contains, Polygon};

    fn placed(id: &str, lon: f64, lat: f64) -> Placed {
        Placed { id: id.into(), name: format!("青禾{id}幼儿园"), point: Point { lon, lat } }
    }

    fn cluster(members: Vec<Placed>) -> PlannedCluster {
        PlannedCluster {
            key: 3,
            name: "粤海学区".into(),
            district: "440305".into(),
            centre: members[0].id.clone(),
            members,
        }
    }

    #[test]
    fn a_plan_reads_back_as_it_was_written() {
        let plan = read(&write(&[cluster(vec![
            placed("k1", 113.93, 22.52),
            placed("k2", 113.94, 22.53),
        ])]))
        .unwrap();
        let marks: Vec<_> = plan
            .marks
            .iter()
            .map(|mark| (mark.id.as_str(), mark.cluster.as_deref(), mark.is_centre))
            .collect();
        assert_eq!(marks, [("k1", Some("3"), true), ("k2", Some("3"), false)]);
        assert_eq!(plan.names["3"], BTreeSet::from(["粤海学区".to_owned()]));
        assert_eq!(plan.districts["3"], "440305");
        assert_eq!(plan.faults, Vec::<String>::new());
    }

    #[test]
    fn one_two_or_a_row_of_kindergartens_have_a_hull_with_an_area() {
        for count in 1..=4 {
            let points: Vec<Point> = (0..count)
                .map(|at| Point { lon: 113.9 + f64::from(at) * 0.01, lat: 22.5 })
                .collect();
            let ring: Vec<(f64, f64)> =
                hull(&points).into_iter().map(|[lon, lat]| (lon, lat)).collect();
            assert_eq!(ring.first(), ring.last());
            let polygon = Polygon::new(ring.into(), vec![]);
            assert!(polygon.signed_area() > 0.0, "exterior rings run counter-clockwise (RFC 7946)");
            assert!(
                points.iter().all(|point| polygon.contains(&geo::Point::new(point.lon, point.lat)))
            );
        }
    }

    #[test]
    fn a_text_that_is_no_plan_is_said_to_be_none() {
        for text in [
            "",
            "{}",
            "[1]",
            "{\"type\":\"Point\",\"coordinates\":[1,2]}",
            "{\"type\":\"FeatureCollection\",\"features\":[]}",
        ] {
            assert!(read(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_feature_without_its_properties_is_a_fault_of_the_plan() {
        let text =
            write(&[cluster(vec![placed("k1", 113.93, 22.52), placed("k2", 113.94, 22.53)])]);
        for (from, to) in
            [("\"role\":\"member\"", "\"role\":\"chief\""), ("\"kg_id\":\"k2\"", "\"kg_id\":null")]
        {
            assert!(text.contains(from));
            assert_eq!(read(&text.replace(from, to)).unwrap().faults.len(), 1);
        }
    }
}
