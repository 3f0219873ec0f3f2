//! A point on the earth, and the flat plane in which a district is measured.

use serde::{Deserialize, Serialize};

/// Mean radius of the earth in metres (IUGG).
const EARTH_RADIUS_M: f64 = 6_371_008.8;

/// A place on the earth in WGS-84 degrees, the only datum that is ever stored.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Point {
    /// Longitude in degrees, east positive.
    pub lon: f64,
    /// Latitude in degrees, north positive.
    pub lat: f64,
}

impl Point {
    /// Great-circle distance in metres (haversine).
    pub fn distance_m(self, other: Point) -> f64 {
        let (lat_a, lat_b) = (self.lat.to_radians(), other.lat.to_radians());
        let half_lat = ((lat_b - lat_a) / 2.0).sin();
        let half_lon = ((other.lon - self.lon).to_radians() / 2.0).sin();
        let h = half_lat * half_lat + lat_a.cos() * lat_b.cos() * half_lon * half_lon;
        2.0 * EARTH_RADIUS_M * h.min(1.0).sqrt().asin()
    }
}

/// A flat plane in metres around some points. Within one city its distances differ from [`Point::distance_m`] by less
/// than one in a thousand, and they are far cheaper.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Plane {
    origin: Point,
    lon_m: f64,
    lat_m: f64,
}

impl Plane {
    /// The plane that touches the earth in the middle of the points' bounding box; around 0,0 when there are none.
    pub fn around(points: &[Point]) -> Plane {
        let middle = |of: fn(&Point) -> f64| {
            let (low, high) =
                points.iter().map(of).fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), x| {
                    (low.min(x), high.max(x))
                });
            if low <= high { f64::midpoint(low, high) } else { 0.0 }
        };
        let origin = Point { lon: middle(|p| p.lon), lat: middle(|p| p.lat) };
        let lat_m = EARTH_RADIUS_M.to_radians();
        Plane { origin, lon_m: lat_m * origin.lat.to_radians().cos(), lat_m }
    }

    /// Metres east and metres north of the plane's origin.
    pub fn xy_m(&self, p: Point) -> (f64, f64) {
        ((p.lon - self.origin.lon) * self.lon_m, (p.lat - self.origin.lat) * self.lat_m)
    }

    /// The point that lies so many metres east and north of the plane's origin.
    pub fn point(&self, x_m: f64, y_m: f64) -> Point {
        Point { lon: self.origin.lon + x_m / self.lon_m, lat: self.origin.lat + y_m / self.lat_m }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EAST: Point = Point { lon: 114.62, lat: 22.51 };
    const WEST: Point = Point { lon: 113.76, lat: 22.85 };

    #[test]
    fn a_degree_of_latitude_is_about_111_kilometres() {
        let metres = Point { lon: 114.0, lat: 22.0 }.distance_m(Point { lon: 114.0, lat: 23.0 });
        assert!((metres - 111_195.0).abs() < 1.0, "{metres}");
    }

    #[test]
    fn the_plane_agrees_with_the_sphere_across_the_whole_city() {
        let plane = Plane::around(&[EAST, WEST]);
        let ((ax, ay), (bx, by)) = (plane.xy_m(EAST), plane.xy_m(WEST));
        let flat = (ax - bx).hypot(ay - by);
        let round = EAST.distance_m(WEST);
        assert!((flat - round).abs() < round * 0.001, "{flat} against {round}");
    }

    #[test]
    fn a_point_comes_back_from_the_plane() {
        let plane = Plane::around(&[EAST, WEST]);
        let (x, y) = plane.xy_m(EAST);
        assert!(plane.point(x, y).distance_m(EAST) < 0.001);
    }

    #[test]
    fn a_plane_around_nothing_lies_at_the_origin() {
        assert_eq!(Plane::around(&[]).xy_m(Point { lon: 0.0, lat: 0.0 }), (0.0, 0.0));
    }
}
