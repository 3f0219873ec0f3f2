//! The outline of a district or street: is a point inside, and if not, how far away is it?

use geo::{BoundingRect, Coord, Intersects, LineString, MultiPolygon, Polygon};
use geojson::{GeometryValue, Position};
use serde_json::json;

use crate::{Datum, Plane, Point};

/// An area in WGS-84, possibly of several parts and with holes.
#[derive(Debug, Clone, PartialEq)]
pub struct Outline {
    shape: MultiPolygon<f64>,
    bounds: Bounds,
}

/// The smallest rectangle around an outline, in WGS-84 degrees.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bounds {
    /// The smallest longitude.
    pub west: f64,
    /// The smallest latitude.
    pub south: f64,
    /// The largest longitude.
    pub east: f64,
    /// The largest latitude.
    pub north: f64,
}

impl Bounds {
    /// Whether the point is in the rectangle, its edge included.
    pub fn contains(&self, p: Point) -> bool {
        (self.west..=self.east).contains(&p.lon) && (self.south..=self.north).contains(&p.lat)
    }
}

/// Why a geometry is no outline; a sentence for the person who brought the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotAnOutline {
    /// A point, a line, or nothing.
    #[error("不是面（Polygon 或 MultiPolygon）")]
    NoArea,
    /// A ring of fewer than four positions, or without a beginning.
    #[error("边界线不足四个点，围不成面")]
    RingTooShort,
    /// A position that is not on the earth.
    #[error("坐标不是经度、纬度，或超出范围")]
    OffTheEarth,
}

impl Outline {
    /// An outline from a GeoJSON geometry written in `datum`.
    pub fn of_geometry(geometry: &GeometryValue, datum: Datum) -> Result<Outline, NotAnOutline> {
        let polygons = match geometry {
            GeometryValue::Polygon { coordinates } => vec![polygon(coordinates, datum)?],
            GeometryValue::MultiPolygon { coordinates } => {
                coordinates.iter().map(|rings| polygon(rings, datum)).collect::<Result<_, _>>()?
            }
            _ => return Err(NotAnOutline::NoArea),
        };
        Outline::of_shape(MultiPolygon(polygons)).ok_or(NotAnOutline::NoArea)
    }

    /// The parts laid together, as a district is made of its streets; None when there are none. Borders between the
    /// parts stay in it: they change no answer, they are only drawn.
    pub fn of_parts<'a>(parts: impl IntoIterator<Item = &'a Outline>) -> Option<Outline> {
        Outline::of_shape(MultiPolygon(
            parts.into_iter().flat_map(|part| part.shape.0.clone()).collect(),
        ))
    }

    fn of_shape(shape: MultiPolygon<f64>) -> Option<Outline> {
        let rectangle = shape.bounding_rect()?;
        let (low, high) = (rectangle.min(), rectangle.max());
        let bounds = Bounds { west: low.x, south: low.y, east: high.x, north: high.y };
        Some(Outline { shape, bounds })
    }

    /// The smallest rectangle around it.
    pub fn bbox(&self) -> Bounds {
        self.bounds
    }

    /// Whether the point is inside or on the border.
    pub fn contains(&self, p: Point) -> bool {
        self.bounds.contains(p) && self.shape.intersects(&Coord { x: p.lon, y: p.lat })
    }

    /// Metres from the point to the nearest border; 0 inside.
    pub fn distance_m(&self, p: Point) -> f64 {
        if self.contains(p) {
            return 0.0;
        }
        let plane = Plane::around(&[p]);
        let rings = self
            .shape
            .iter()
            .flat_map(|part| std::iter::once(part.exterior()).chain(part.interiors()));
        rings
            .flat_map(LineString::lines)
            .map(|side| {
                let xy = |c: Coord<f64>| plane.xy_m(Point { lon: c.x, lat: c.y });
                distance_to_side_m(xy(side.start), xy(side.end))
            })
            .fold(f64::INFINITY, f64::min)
    }

    /// The GeoJSON geometry (MultiPolygon, WGS-84, six decimals: about 0.1 m).
    pub fn geojson(&self) -> String {
        let ring = |line: &LineString<f64>| {
            line.coords().map(|c| [six_decimals(c.x), six_decimals(c.y)]).collect::<Vec<_>>()
        };
        let coordinates: Vec<Vec<_>> = self
            .shape
            .iter()
            .map(|part| {
                std::iter::once(part.exterior()).chain(part.interiors()).map(ring).collect()
            })
            .collect();
        json!({ "type": "MultiPolygon", "coordinates": coordinates }).to_string()
    }
}

fn polygon(rings: &[Vec<Position>], datum: Datum) -> Result<Polygon<f64>, NotAnOutline> {
    let mut rings = rings
        .iter()
        .map(|ring| closed_ring(ring, datum))
        .collect::<Result<Vec<_>, _>>()?
        .into_iter();
    let exterior = rings.next().ok_or(NotAnOutline::RingTooShort)?;
    Ok(Polygon::new(exterior, rings.collect()))
}

fn closed_ring(positions: &[Position], datum: Datum) -> Result<LineString<f64>, NotAnOutline> {
    if positions.len() < 4 {
        return Err(NotAnOutline::RingTooShort);
    }
    let coordinate = |position: &Position| match position.as_slice() {
        [lon, lat, ..] if lon.abs() <= 180.0 && lat.abs() <= 90.0 => {
            let p = datum.to_wgs84(*lon, *lat);
            Ok(Coord { x: p.lon, y: p.lat })
        }
        _ => Err(NotAnOutline::OffTheEarth),
    };
    positions.iter().map(coordinate).collect::<Result<Vec<_>, _>>().map(LineString::new)
}

/// Distance in metres from the plane's origin to the side between two points.
fn distance_to_side_m(a: (f64, f64), b: (f64, f64)) -> f64 {
    let (dx, dy) = (b.0 - a.0, b.1 - a.1);
    let length_squared = dx * dx + dy * dy;
    let along = if length_squared > 0.0 {
        (-(a.0 * dx + a.1 * dy) / length_squared).clamp(0.0, 1.0)
    } else {
        0.0
    };
    (a.0 + along * dx).hypot(a.1 + along * dy)
}

fn six_decimals(degrees: f64) -> f64 {
    (degrees * 1e6).round() / 1e6
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A square of 0.02 degrees with a hole of half that width, west of an island.
    fn ring_road_and_island() -> Outline {
        let square = |west: f64, south: f64, side: f64| {
            vec![
                [west, south],
                [west + side, south],
                [west + side, south + side],
                [west, south + side],
                [west, south],
            ]
        };
        let geometry = GeometryValue::new_multi_polygon([
            vec![square(114.0, 22.5, 0.02), square(114.005, 22.505, 0.01)],
            vec![square(114.1, 22.5, 0.01)],
        ]);
        Outline::of_geometry(&geometry, Datum::Wgs84).unwrap()
    }

    fn at(lon: f64, lat: f64) -> Point {
        Point { lon, lat }
    }

    #[test]
    fn inside_are_all_parts_but_not_the_holes_between() {
        let outline = ring_road_and_island();
        for p in [at(114.002, 22.51), at(114.105, 22.505), at(114.0, 22.5)] {
            assert!(outline.contains(p), "{p:?}");
            assert_eq!(outline.distance_m(p), 0.0);
        }
        for p in [at(114.01, 22.51), at(114.05, 22.505), at(113.9, 22.51)] {
            assert!(!outline.contains(p), "{p:?}");
            assert!(outline.distance_m(p) > 0.0);
        }
    }

    #[test]
    fn distance_is_measured_to_the_nearest_border_hole_or_corner() {
        let outline = ring_road_and_island();
        let degree_lon_m = at(114.0, 22.505).distance_m(at(115.0, 22.505));
        let near = |p: Point, metres: f64| {
            let found = outline.distance_m(p);
            assert!((found - metres).abs() < metres * 0.001, "{found} is not {metres}");
        };
        near(at(113.99, 22.51), 0.01 * degree_lon_m);
        near(at(114.009, 22.51), 0.004 * degree_lon_m);
        near(at(114.099, 22.499), at(114.099, 22.499).distance_m(at(114.1, 22.5)));
    }

    #[test]
    fn an_outline_in_gcj_02_lands_where_its_wgs_84_twin_lies() {
        let corners = [at(114.0, 22.5), at(114.1, 22.5), at(114.1, 22.6), at(114.0, 22.5)];
        let written = corners.map(|p| <[f64; 2]>::from(Datum::Gcj02.from_wgs84(p)));
        let outline =
            Outline::of_geometry(&GeometryValue::new_polygon([written]), Datum::Gcj02).unwrap();
        assert!(at(outline.bbox().west, outline.bbox().south).distance_m(corners[0]) < 0.01);
    }

    #[test]
    fn what_is_no_area_is_refused_with_a_reason() {
        let refused =
            |geometry: &GeometryValue| Outline::of_geometry(geometry, Datum::Wgs84).unwrap_err();
        assert_eq!(refused(&GeometryValue::new_point([114.0, 22.5])), NotAnOutline::NoArea);
        let empty: [Vec<Vec<[f64; 2]>>; 0] = [];
        assert_eq!(refused(&GeometryValue::new_multi_polygon(empty)), NotAnOutline::NoArea);
        assert_eq!(
            refused(&GeometryValue::new_polygon([[[1.0, 1.0], [1.0, 2.0], [1.0, 1.0]]])),
            NotAnOutline::RingTooShort
        );
        let metres = [
            [512_000.0, 2_490_000.0],
            [513_000.0, 2_490_000.0],
            [513_000.0, 2_491_000.0],
            [512_000.0, 2_490_000.0],
        ];
        assert_eq!(refused(&GeometryValue::new_polygon([metres])), NotAnOutline::OffTheEarth);
    }

    #[test]
    fn its_geojson_reads_back_as_the_same_outline() {
        let outline = ring_road_and_island();
        let geometry: geojson::Geometry = outline.geojson().parse().unwrap();
        assert_eq!(Outline::of_geometry(&geometry.value, Datum::Wgs84).unwrap(), outline);
    }
}
