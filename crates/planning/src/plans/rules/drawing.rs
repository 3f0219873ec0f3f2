//! A plan as GeoJSON (WGS-84) and as a picture for paper. Hulls are rounded outlines around a cluster's kindergartens: they
//! show who belongs together and are no boundary of anything.

use std::fmt::Write;

use kernel::KindergartenId;
use policy::Ownership;
use policy::plan_rules::Position;
use serde_json::{Value, json};

use super::super::types::{Cluster, Content, DistrictFacts};

/// Corners of the circle that is drawn around each point.
const CORNERS: usize = 16;
/// Room around the points of a hull, in metres: a share of the usual spacing between these.
const LEAST_ROOM_M: f64 = 40.0;
const MOST_ROOM_M: f64 = 320.0;

/// The plan as a FeatureCollection: one Point for each kindergarten that the district has open or the plan names, with
/// `kg_id` (the register's id), `cluster` (key) and `role` (`centre` or `member`), and one Polygon for each cluster.
pub fn geojson(content: &Content, facts: &DistrictFacts) -> Value {
    let mut features = Vec::new();
    for site in &facts.sites {
        let cluster = content.cluster_of(site.id);
        if cluster.is_none() && !facts.must_be_placed(site) {
            continue;
        }
        let role = cluster
            .map(|cluster| if cluster.centre == Some(site.id) { "centre" } else { "member" });
        features.push(json!({
            "type": "Feature",
            "properties": {
                "kg_id": site.register_id,
                "name": site.name,
                "cluster": cluster.map(|cluster| cluster.key),
                "cluster_name": cluster.map(|cluster| cluster.name.as_str()),
                "role": role,
                "ownership": site.ownership.code(),
                "grade": site.grade.code(),
                "note": format!("{} · {}", site.ownership.label(), site.grade.label()),
            },
            "geometry": { "type": "Point", "coordinates": [rounded(site.point.lon), rounded(site.point.lat)] },
        }));
    }
    let room_m = room_m(facts);
    for cluster in &content.clusters {
        let ring: Vec<[f64; 2]> = hull(cluster, facts, room_m)
            .into_iter()
            .map(|corner| facts.point_at(corner))
            .map(|point| [rounded(point.lon), rounded(point.lat)])
            .collect();
        if ring.is_empty() {
            continue;
        }
        features.push(json!({
            "type": "Feature",
            "properties": {
                "cluster": cluster.key,
                "name": cluster.name,
                "centre": cluster.centre.and_then(|centre| facts.site(centre)).map(|site| site.register_id.as_str()),
                "kindergartens": cluster.members.len(),
            },
            "geometry": { "type": "Polygon", "coordinates": [ring] },
        }));
    }
    json!({
        "type": "FeatureCollection",
        "name": format!("{}学区划分方案", facts.name),
        "note": "学区轮廓仅示意成员园的组合，不是招生片区；边界仅供演示，非标准地图",
        "features": features,
    })
}

/// Six decimals of a degree: a tenth of a metre.
fn rounded(degrees: f64) -> f64 {
    (degrees * 1e6).round() / 1e6
}

/// A share of the usual spacing of the district's kindergartens, so that hulls neither vanish nor drown each other.
fn room_m(facts: &DistrictFacts) -> f64 {
    let (low, high) = bounds(facts);
    let area = ((high.x_m - low.x_m) * (high.y_m - low.y_m)).max(0.0);
    let count = facts.sites.len().max(1) as f64;
    (0.2 * (area / count).sqrt()).clamp(LEAST_ROOM_M, MOST_ROOM_M)
}

/// South-west and north-east corner of all that must be placed.
fn bounds(facts: &DistrictFacts) -> (Position, Position) {
    let mut low = Position { x_m: f64::INFINITY, y_m: f64::INFINITY };
    let mut high = Position { x_m: f64::NEG_INFINITY, y_m: f64::NEG_INFINITY };
    for site in facts.open() {
        let at = facts.position(site);
        low = Position { x_m: low.x_m.min(at.x_m), y_m: low.y_m.min(at.y_m) };
        high = Position { x_m: high.x_m.max(at.x_m), y_m: high.y_m.max(at.y_m) };
    }
    if low.x_m > high.x_m {
        let origin = Position { x_m: 0.0, y_m: 0.0 };
        return (origin, origin);
    }
    (low, high)
}

/// The closed ring around a cluster, counter-clockwise as GeoJSON wants it; empty without a known kindergarten.
fn hull(cluster: &Cluster, facts: &DistrictFacts, room_m: f64) -> Vec<Position> {
    let mut around = Vec::new();
    for site in cluster.members.iter().filter_map(|id| facts.site(*id)) {
        let at = facts.position(site);
        for corner in 0..CORNERS {
            let angle = std::f64::consts::TAU * corner as f64 / CORNERS as f64;
            around.push(Position {
                x_m: at.x_m + room_m * angle.cos(),
                y_m: at.y_m + room_m * angle.sin(),
            });
        }
    }
    let mut ring = convex(around);
    if let Some(first) = ring.first().copied() {
        ring.push(first);
    }
    ring
}

/// The convex hull, counter-clockwise (monotone chain).
fn convex(mut points: Vec<Position>) -> Vec<Position> {
    points.sort_by(|a, b| a.x_m.total_cmp(&b.x_m).then(a.y_m.total_cmp(&b.y_m)));
    points.dedup();
    let half = |points: &mut dyn Iterator<Item = Position>| {
        let mut chain: Vec<Position> = Vec::new();
        for point in points {
            while let [.., a, b] = chain[..] {
                let turn =
                    (b.x_m - a.x_m) * (point.y_m - a.y_m) - (b.y_m - a.y_m) * (point.x_m - a.x_m);
                if turn > 0.0 {
                    break;
                }
                chain.pop();
            }
            chain.push(point);
        }
        chain.pop();
        chain
    };
    let mut ring = half(&mut points.iter().copied());
    ring.extend(half(&mut points.iter().rev().copied()));
    ring
}

/// Fill and line of the clusters, as on the interactive maps.
const PALETTE: [(&str, &str); 12] = [
    ("#2f8f83", "#17665c"),
    ("#d98032", "#96500f"),
    ("#5a7fc4", "#2f549b"),
    ("#b65a8e", "#873064"),
    ("#8aa63c", "#566b14"),
    ("#8b6bb8", "#5e3f8e"),
    ("#c9604f", "#973527"),
    ("#3f9bb5", "#1b6780"),
    ("#c4a02f", "#755c06"),
    ("#6b8f6b", "#3f643f"),
    ("#a97c58", "#75492a"),
    ("#7486a0", "#485b76"),
];

/// The drawing's size in millimetres: an A3 sheet across, less margins and the lines above and below.
const WIDTH_MM: f64 = 396.0;
const HEIGHT_MM: f64 = 236.0;
const EDGE_MM: f64 = 8.0;
/// The legend's width, kept free of the map.
const LEGEND_MM: f64 = 44.0;

/// The plan as an SVG picture for an A3 sheet: hulls, kindergartens, names, legend, scale and north. `outline` is the
/// district's outline as a GeoJSON geometry, if there is one. Colours are presentation attributes, so that the page's
/// content policy need not allow styles.
pub fn picture(content: &Content, facts: &DistrictFacts, outline: Option<&str>) -> String {
    let mut border = outline.and_then(|text| rings(text, facts)).unwrap_or_default();
    border.retain(|ring| is_near(ring, facts));
    let sheet = Sheet::of(facts, &border);
    let mut svg = format!(
        r#"<svg class="plan-picture" viewBox="0 0 {WIDTH_MM} {HEIGHT_MM}" role="img" aria-label="{}学区划分示意图" font-family="PingFang SC, Microsoft YaHei, Source Han Sans SC, Noto Sans CJK SC, sans-serif">"#,
        escaped(&facts.name)
    );
    if !border.is_empty() {
        let path: String = border.iter().map(|ring| sheet.path(ring)).collect();
        push(
            &mut svg,
            format_args!(
                r##"<path d="{path}" fill="#fbfcfb" stroke="#7d9093" stroke-width="0.4" stroke-dasharray="3 1.2 0.8 1.2"/>"##
            ),
        );
    }
    let colours = colours(content, facts);
    let room_m = room_m(facts);
    for (cluster, &colour) in content.clusters.iter().zip(&colours) {
        let ring = hull(cluster, facts, room_m);
        if ring.is_empty() {
            continue;
        }
        let (fill, line) = PALETTE[colour];
        let path = sheet.path(&ring);
        push(
            &mut svg,
            format_args!(
                r#"<path d="{path}" fill="{fill}" fill-opacity="0.22" stroke="{line}" stroke-width="0.35"/>"#
            ),
        );
    }
    for site in facts.open() {
        let is_centre =
            content.cluster_of(site.id).is_some_and(|cluster| cluster.centre == Some(site.id));
        let at = sheet.at(facts.position(site));
        symbol(&mut svg, site.ownership, is_centre, at, sheet.symbol_mm);
    }
    for (cluster, &colour) in content.clusters.iter().zip(&colours) {
        let anchor = cluster
            .centre
            .or(cluster.members.first().copied())
            .and_then(|id: KindergartenId| facts.site(id));
        if let Some(anchor) = anchor {
            let (x, y) = sheet.at(facts.position(anchor));
            push(
                &mut svg,
                format_args!(
                    r##"<text x="{x:.2}" y="{:.2}" font-size="3.1" font-weight="600" text-anchor="middle" fill="{}" stroke="#fff" stroke-width="0.8" paint-order="stroke">{}</text>"##,
                    y - sheet.symbol_mm * 1.9,
                    PALETTE[colour].1,
                    escaped(&cluster.name)
                ),
            );
        }
    }
    sheet.legend(&mut svg);
    svg.push_str("</svg>");
    svg
}

/// The rings of a GeoJSON geometry on the plane; nothing when it is no polygon.
fn rings(text: &str, facts: &DistrictFacts) -> Option<Vec<Vec<Position>>> {
    let geometry: Value = serde_json::from_str(text).ok()?;
    let coordinates = geometry.get("coordinates")?.as_array()?;
    let polygons: Vec<&Value> = match geometry.get("type")?.as_str()? {
        "Polygon" => vec![geometry.get("coordinates")?],
        "MultiPolygon" => coordinates.iter().collect(),
        _ => return None,
    };
    let corner = |corner: &Value| {
        let point =
            geography::Point { lon: corner.get(0)?.as_f64()?, lat: corner.get(1)?.as_f64()? };
        Some(facts.position_of(point))
    };
    let all = polygons.into_iter().filter_map(Value::as_array).flatten();
    Some(
        all.filter_map(Value::as_array)
            .map(|ring| ring.iter().filter_map(corner).collect())
            .collect(),
    )
}

/// Whether a ring meets the part of the district where kindergartens are: an island without any would only take room.
fn is_near(ring: &[Position], facts: &DistrictFacts) -> bool {
    let (low, high) = bounds(facts);
    let spans = |of: fn(&Position) -> f64, least: f64, most: f64| {
        ring.iter().any(|corner| of(corner) >= least)
            && ring.iter().any(|corner| of(corner) <= most)
    };
    facts.open().next().is_none()
        || spans(|at| at.x_m, low.x_m, high.x_m) && spans(|at| at.y_m, low.y_m, high.y_m)
}

/// From the plane to the paper.
struct Sheet {
    low: Position,
    mm_per_m: f64,
    left: f64,
    bottom: f64,
    symbol_mm: f64,
}

impl Sheet {
    /// A sheet on which all kindergartens and the border find room.
    fn of(facts: &DistrictFacts, border: &[Vec<Position>]) -> Self {
        let (mut low, mut high) = bounds(facts);
        for corner in border.iter().flatten() {
            low = Position { x_m: low.x_m.min(corner.x_m), y_m: low.y_m.min(corner.y_m) };
            high = Position { x_m: high.x_m.max(corner.x_m), y_m: high.y_m.max(corner.y_m) };
        }
        let room = MOST_ROOM_M;
        let (width_m, height_m) =
            (high.x_m - low.x_m + 2.0 * room, high.y_m - low.y_m + 2.0 * room);
        let (width, height) = (WIDTH_MM - LEGEND_MM - 2.0 * EDGE_MM, HEIGHT_MM - 2.0 * EDGE_MM);
        let mm_per_m = (width / width_m).min(height / height_m);
        Self {
            low: Position { x_m: low.x_m - room, y_m: low.y_m - room },
            mm_per_m,
            left: EDGE_MM + (width - width_m * mm_per_m) / 2.0,
            bottom: HEIGHT_MM - EDGE_MM - (height - height_m * mm_per_m) / 2.0,
            symbol_mm: if facts.sites.len() > 250 { 0.9 } else { 1.2 },
        }
    }

    fn at(&self, position: Position) -> (f64, f64) {
        (
            self.left + (position.x_m - self.low.x_m) * self.mm_per_m,
            self.bottom - (position.y_m - self.low.y_m) * self.mm_per_m,
        )
    }

    fn path(&self, ring: &[Position]) -> String {
        let mut path = String::new();
        for (place, corner) in ring.iter().enumerate() {
            let (x, y) = self.at(*corner);
            push(&mut path, format_args!("{}{x:.2} {y:.2}", if place == 0 { 'M' } else { 'L' }));
        }
        path.push('Z');
        path
    }

    fn legend(&self, svg: &mut String) {
        let (x, mut y) = (WIDTH_MM - LEGEND_MM + 2.0, EDGE_MM + 4.0);
        push(
            svg,
            format_args!(
                r##"<rect x="{:.1}" y="{EDGE_MM}" width="{:.1}" height="50" fill="#fff" stroke="#9aa9ab" stroke-width="0.25"/>"##,
                x - 2.0,
                LEGEND_MM - 4.0
            ),
        );
        push(
            svg,
            format_args!(
                r##"<text x="{x}" y="{:.1}" font-size="3.6" font-weight="600" fill="#12333a">图例</text>"##,
                y + 2.0
            ),
        );
        let lines = [
            (Ownership::Public, true, "学区中心园"),
            (Ownership::Public, false, "公办"),
            (Ownership::InclusivePrivate, false, "普惠性民办"),
            (Ownership::Private, false, "民办"),
        ];
        for (ownership, is_centre, words) in lines {
            y += 7.0;
            symbol(svg, ownership, is_centre, (x + 2.5, y + 1.0), 1.3);
            push(
                svg,
                format_args!(
                    r##"<text x="{:.1}" y="{:.1}" font-size="3.1" fill="#12333a">{words}</text>"##,
                    x + 7.0,
                    y + 2.1
                ),
            );
        }
        y += 7.0;
        push(
            svg,
            format_args!(
                r##"<rect x="{x}" y="{:.1}" width="5" height="3" rx="1.4" fill="#2f8f83" fill-opacity="0.22" stroke="#17665c" stroke-width="0.35"/>"##,
                y - 0.5
            ),
        );
        push(
            svg,
            format_args!(
                r##"<text x="{:.1}" y="{:.1}" font-size="3.1" fill="#12333a">学区（不是招生片区）</text>"##,
                x + 7.0,
                y + 2.1
            ),
        );
        // A round number of metres that is about 30 mm long.
        let wanted_m = 30.0 / self.mm_per_m;
        let step = [100.0, 200.0, 500.0, 1_000.0, 2_000.0, 5_000.0, 10_000.0]
            .into_iter()
            .rfind(|step| *step <= wanted_m)
            .unwrap_or(100.0);
        let length = step * self.mm_per_m;
        let bottom = HEIGHT_MM - EDGE_MM;
        push(
            svg,
            format_args!(
                r##"<path d="M{x} {:.1}v2h{length:.2}v-2" fill="none" stroke="#12333a" stroke-width="0.4"/>"##,
                bottom - 2.0
            ),
        );
        let words = if step < 1_000.0 {
            format!("{step:.0} 米")
        } else {
            format!("{:.0} 公里", step / 1_000.0)
        };
        push(
            svg,
            format_args!(
                r##"<text x="{x}" y="{:.1}" font-size="3.1" fill="#12333a">{words}</text>"##,
                bottom - 4.0
            ),
        );
        push(
            svg,
            format_args!(
                r##"<path d="M{0:.1} {1:.1}l-2.4 8 2.4 -1.8 2.4 1.8z" fill="#12333a"/><text x="{0:.1}" y="{2:.1}" font-size="3.6" text-anchor="middle" fill="#12333a">北</text>"##,
                x + 32.0,
                bottom - 17.0,
                bottom - 18.5
            ),
        );
    }
}

fn symbol(svg: &mut String, ownership: Ownership, is_centre: bool, (x, y): (f64, f64), size: f64) {
    if is_centre {
        let mut path = String::new();
        for corner in 0..10 {
            let radius = if corner % 2 == 0 { 2.0 * size } else { 0.88 * size };
            let angle = std::f64::consts::PI * (f64::from(corner) / 5.0 - 0.5);
            let letter = if corner == 0 { 'M' } else { 'L' };
            push(
                &mut path,
                format_args!(
                    "{letter}{:.2} {:.2}",
                    x + radius * angle.cos(),
                    y + radius * angle.sin()
                ),
            );
        }
        push(
            svg,
            format_args!(
                r##"<path d="{path}Z" fill="#ffd75e" stroke="#3d2c00" stroke-width="0.25"/>"##
            ),
        );
        return;
    }
    match ownership {
        Ownership::Public => push(
            svg,
            format_args!(
                r##"<circle cx="{x:.2}" cy="{y:.2}" r="{size}" fill="#0f5c63" stroke="#fff" stroke-width="0.2"/>"##
            ),
        ),
        Ownership::InclusivePrivate => push(
            svg,
            format_args!(
                r##"<rect x="{:.2}" y="{:.2}" width="{2:.2}" height="{2:.2}" fill="#3b6fb6" stroke="#fff" stroke-width="0.2"/>"##,
                x - 0.9 * size,
                y - 0.9 * size,
                1.8 * size
            ),
        ),
        Ownership::Private => push(
            svg,
            format_args!(
                r##"<path d="M{x:.2} {:.2}l{:.2} {:.2}h{:.2}z" fill="#8a4a9e" stroke="#fff" stroke-width="0.2"/>"##,
                y - 1.2 * size,
                1.1 * size,
                2.0 * size,
                -2.2 * size
            ),
        ),
    }
}

/// Colours such that near clusters differ: each takes the one that its eight nearest use least.
fn colours(content: &Content, facts: &DistrictFacts) -> Vec<usize> {
    let middles: Vec<Option<Position>> =
        content.clusters.iter().map(|cluster| middle(cluster, facts)).collect();
    let mut chosen: Vec<usize> = Vec::with_capacity(middles.len());
    for (place, here) in middles.iter().enumerate() {
        let mut near: Vec<(f64, usize)> = (0..place)
            .filter_map(|other| Some((here.as_ref()?.distance_m(middles[other]?), chosen[other])))
            .collect();
        near.sort_by(|a, b| a.0.total_cmp(&b.0));
        let mut cost = [0; PALETTE.len()];
        for &colour in &chosen {
            cost[colour] += 1;
        }
        for (rank, &(_, colour)) in near.iter().take(8).enumerate() {
            cost[colour] += 1_000 * (8 - rank);
        }
        let best = (0..PALETTE.len()).min_by_key(|&colour| cost[colour]).unwrap_or(0);
        chosen.push(best);
    }
    chosen
}

fn middle(cluster: &Cluster, facts: &DistrictFacts) -> Option<Position> {
    let all: Vec<Position> = cluster
        .members
        .iter()
        .filter_map(|id| facts.site(*id))
        .map(|site| facts.position(site))
        .collect();
    let count = all.len() as f64;
    (!all.is_empty()).then(|| Position {
        x_m: all.iter().map(|at| at.x_m).sum::<f64>() / count,
        y_m: all.iter().map(|at| at.y_m).sum::<f64>() / count,
    })
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// Writing to a `String` can't fail.
fn push(text: &mut String, words: std::fmt::Arguments<'_>) {
    let _ = text.write_fmt(words);
}

#[cfg(test)]
mod tests {
    use super::super::applied;
    use super::super::sample::{content, facts, kg};
    use super::*;
    use crate::plans::types::Change;

    #[test]
    fn each_kindergarten_is_one_point_with_its_register_id_and_each_cluster_one_closed_hull() {
        let map = geojson(&content(), &facts());
        let features = map["features"].as_array().unwrap();
        let points: Vec<&Value> =
            features.iter().filter(|f| f["geometry"]["type"] == "Point").collect();
        assert_eq!(points.len(), 8);
        assert_eq!(points[0]["properties"]["kg_id"], "A1");
        assert_eq!(
            (&points[0]["properties"]["role"], &points[1]["properties"]["role"]),
            (&json!("centre"), &json!("member"))
        );
        let hulls: Vec<&Value> =
            features.iter().filter(|f| f["geometry"]["type"] == "Polygon").collect();
        assert_eq!(hulls.len(), 2);
        let ring = hulls[0]["geometry"]["coordinates"][0].as_array().unwrap();
        assert!(ring.len() > 4 && ring.first() == ring.last());
    }

    #[test]
    fn a_hull_holds_its_kindergartens_and_runs_counter_clockwise() {
        let (content, facts) = (content(), facts());
        let ring = hull(&content.clusters[0], &facts, 50.0);
        let area: f64 = ring.windows(2).map(|w| w[0].x_m * w[1].y_m - w[1].x_m * w[0].y_m).sum();
        assert!(area > 0.0);
        for id in &content.clusters[0].members {
            let at = facts.position(facts.site(*id).unwrap());
            let inside = ring.windows(2).all(|w| {
                (w[1].x_m - w[0].x_m) * (at.y_m - w[0].y_m)
                    - (w[1].y_m - w[0].y_m) * (at.x_m - w[0].x_m)
                    > 0.0
            });
            assert!(inside);
        }
    }

    #[test]
    fn who_is_in_no_cluster_is_a_point_without_one() {
        let content =
            applied(&content(), &Change::Unassign { kindergarten: kg(2) }, &facts()).unwrap().0;
        let map = geojson(&content, &facts());
        assert_eq!(map["features"][1]["properties"]["cluster"], Value::Null);
    }

    #[test]
    fn the_picture_names_every_cluster_and_escapes_what_it_writes() {
        let mut content = content();
        content.clusters[1].name = "<蛇口>学区".into();
        let outline = r#"{"type":"Polygon","coordinates":[[[113.9,22.5],[114.0,22.5],[114.0,22.6],[113.9,22.5]]]}"#;
        let svg = picture(&content, &facts(), Some(outline));
        assert!(svg.contains(">粤海学区</text>") && svg.contains("&lt;蛇口&gt;学区"));
        assert!(svg.contains("stroke-dasharray") && !svg.contains("style="));
        assert_eq!(svg.matches("#ffd75e").count(), 3);
        // Every mark lies on the sheet.
        for (name, most) in [("x", WIDTH_MM), ("y", HEIGHT_MM), ("cx", WIDTH_MM), ("cy", HEIGHT_MM)]
        {
            for rest in svg.split(&format!(" {name}=\"")).skip(1) {
                let at: f64 = rest.split('"').next().unwrap().parse().unwrap();
                assert!((0.0..=most).contains(&at), "{name} {at}");
            }
        }
        let squares: Vec<&str> =
            svg.split("<rect ").filter(|rect| rect.contains("#3b6fb6")).collect();
        let heights: std::collections::BTreeSet<&str> =
            squares.iter().map(|rect| rect.split('"').nth(3).unwrap()).collect();
        assert_eq!(
            (squares.len(), heights.len()),
            (3, 3),
            "one for each of the two and one in the legend"
        );
    }

    #[test]
    fn an_island_without_kindergartens_takes_no_room() {
        let near = "[[[113.9,22.5],[114.0,22.5],[114.0,22.6],[113.9,22.5]]]";
        let far = "[[[113.1,22.1],[113.2,22.1],[113.2,22.2],[113.1,22.1]]]";
        let outline =
            |polygons: &str| format!(r#"{{"type":"MultiPolygon","coordinates":[{polygons}]}}"#);
        let alone = picture(&content(), &facts(), Some(&outline(near)));
        assert_eq!(picture(&content(), &facts(), Some(&outline(&format!("{near},{far}")))), alone);
    }

    #[test]
    fn an_empty_district_has_an_empty_picture() {
        let nobody = DistrictFacts::new(
            "shenshan",
            "深汕特别合作区",
            facts().day,
            vec![],
            facts().parameters,
            vec![],
        );
        let svg = picture(&Content::default(), &nobody, None);
        assert!(svg.ends_with("</svg>") && !svg.contains("NaN") && !svg.contains("inf"));
    }
}
