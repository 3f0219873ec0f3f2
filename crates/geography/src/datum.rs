//! The coordinate systems in which Chinese offices write points, and the way from each to WGS-84 and back.
//!
//! GCJ-02 shifts WGS-84 by a published-by-use formula that has no closed inverse; the inverse is found by iteration,
//! to well under a centimetre. In Shenzhen the shift is about 600 m, so a point read in the wrong datum stands in the
//! wrong street.

use std::f64::consts::PI;

use crate::Point;

/// A coordinate system.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Datum {
    /// GPS. CGCS2000 (国家大地坐标系, 天地图) differs from it by centimetres and is read as the same.
    Wgs84,
    /// The national encrypted system: 高德, 腾讯.
    Gcj02,
    /// 百度: GCJ-02 shifted once more.
    Bd09,
}

impl Datum {
    /// Every datum, the stored one first.
    pub const ALL: [Datum; 3] = [Datum::Wgs84, Datum::Gcj02, Datum::Bd09];

    /// The WGS-84 point that is written as `lon`, `lat` (degrees) in this datum. Outside China nothing changes.
    pub fn to_wgs84(self, lon: f64, lat: f64) -> Point {
        let (lon, lat) = match self {
            Datum::Wgs84 => (lon, lat),
            _ if is_outside_china(lon, lat) => (lon, lat),
            Datum::Gcj02 => undo(gcj02_of_wgs84, (lon, lat)),
            Datum::Bd09 => undo(gcj02_of_wgs84, undo(bd09_of_gcj02, (lon, lat))),
        };
        Point { lon, lat }
    }

    /// How a WGS-84 point is written in this datum: longitude, latitude in degrees. Outside China nothing changes.
    pub fn from_wgs84(self, p: Point) -> (f64, f64) {
        let written = (p.lon, p.lat);
        match self {
            Datum::Wgs84 => written,
            _ if is_outside_china(p.lon, p.lat) => written,
            Datum::Gcj02 => gcj02_of_wgs84(written),
            Datum::Bd09 => bd09_of_gcj02(gcj02_of_wgs84(written)),
        }
    }

    /// The datum that a cell, a column name or a file name speaks of: `GCJ-02`, `lng_gcj02`, `百度坐标`, `CGCS2000`,
    /// `火星坐标系（高德）` … None when it names none or two that differ.
    pub fn named(text: &str) -> Option<Datum> {
        let plain: String = text
            .chars()
            .filter(|c| !matches!(c, '-' | '_' | ' ' | '－' | '　'))
            .flat_map(char::to_lowercase)
            .collect();
        const NAMES: [(Datum, &[&str]); 3] = [
            (
                Datum::Wgs84,
                &[
                    "wgs84",
                    "wgs1984",
                    "cgcs2000",
                    "国家2000",
                    "2000国家",
                    "天地图",
                    "gps",
                    "epsg:4326",
                    "crs84",
                ],
            ),
            (Datum::Gcj02, &["gcj02", "火星", "国测局", "高德", "腾讯"]),
            (Datum::Bd09, &["bd09", "百度"]),
        ];
        let mut found =
            NAMES.into_iter().filter(|(_, names)| names.iter().any(|name| plain.contains(name)));
        match (found.next(), found.next()) {
            (Some((datum, _)), None) => Some(datum),
            _ => None,
        }
    }

    /// The name on pages and in exports.
    pub fn label(self) -> &'static str {
        match self {
            Datum::Wgs84 => "WGS-84",
            Datum::Gcj02 => "GCJ-02",
            Datum::Bd09 => "BD-09",
        }
    }
}

/// The rectangle outside which the shift is not applied (as in every implementation of it); NaN counts as outside.
fn is_outside_china(lon: f64, lat: f64) -> bool {
    !((72.004..=137.8347).contains(&lon) && (0.8293..=55.8271).contains(&lat))
}

/// Finds the pair that `forward` maps to `written`. The shifts vary so slowly that each round gains three digits;
/// the bound on rounds only guards against bad input.
fn undo(forward: fn((f64, f64)) -> (f64, f64), written: (f64, f64)) -> (f64, f64) {
    let mut guess = written;
    for _ in 0..12 {
        let there = forward(guess);
        let miss = (there.0 - written.0, there.1 - written.1);
        guess = (guess.0 - miss.0, guess.1 - miss.1);
        if miss.0.abs().max(miss.1.abs()) < 1e-10 {
            break;
        }
    }
    guess
}

fn gcj02_of_wgs84((lon, lat): (f64, f64)) -> (f64, f64) {
    // Krasovsky 1940, the ellipsoid of the shift.
    const SEMI_MAJOR_M: f64 = 6_378_245.0;
    const ECCENTRICITY_SQUARED: f64 = 0.006_693_421_622_965_943;
    let (x, y) = (lon - 105.0, lat - 35.0);
    let wave = |amplitude: f64, angle: f64| amplitude * (angle * PI).sin();
    let shared = wave(20.0, 6.0 * x) + wave(20.0, 2.0 * x);
    let north = -100.0
        + 2.0 * x
        + 3.0 * y
        + 0.2 * y * y
        + 0.1 * x * y
        + 0.2 * x.abs().sqrt()
        + (shared
            + wave(20.0, y)
            + wave(40.0, y / 3.0)
            + wave(160.0, y / 12.0)
            + wave(320.0, y / 30.0))
            * 2.0
            / 3.0;
    let east = 300.0
        + x
        + 2.0 * y
        + 0.1 * x * x
        + 0.1 * x * y
        + 0.1 * x.abs().sqrt()
        + (shared
            + wave(20.0, x)
            + wave(40.0, x / 3.0)
            + wave(150.0, x / 12.0)
            + wave(300.0, x / 30.0))
            * 2.0
            / 3.0;
    let rad = lat.to_radians();
    let bulge = 1.0 - ECCENTRICITY_SQUARED * rad.sin() * rad.sin();
    let meridian_m = SEMI_MAJOR_M * (1.0 - ECCENTRICITY_SQUARED) / (bulge * bulge.sqrt());
    let parallel_m = SEMI_MAJOR_M / bulge.sqrt() * rad.cos();
    (lon + (east / parallel_m).to_degrees(), lat + (north / meridian_m).to_degrees())
}

fn bd09_of_gcj02((lon, lat): (f64, f64)) -> (f64, f64) {
    const FREQUENCY: f64 = PI * 3000.0 / 180.0;
    let radius = lon.hypot(lat) + 2e-5 * (lat * FREQUENCY).sin();
    let angle = lat.atan2(lon) + 3e-6 * (lon * FREQUENCY).cos();
    (radius * angle.cos() + 0.0065, radius * angle.sin() + 0.006)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Known pairs of the widely used open implementations (coordtransform, eviltransform).
    #[test]
    fn known_points_are_written_as_the_maps_write_them() {
        let tiananmen = Point { lon: 116.404, lat: 39.915 };
        let near = |(lon, lat): (f64, f64), expected: (f64, f64)| {
            assert!(
                (lon - expected.0).abs() < 1e-7 && (lat - expected.1).abs() < 1e-7,
                "{lon},{lat} is not {expected:?}"
            );
        };
        near(Datum::Gcj02.from_wgs84(tiananmen), (116.410_244_499_169_38, 39.916_404_281_501_64));
        near(bd09_of_gcj02((116.404, 39.915)), (116.410_369_493_710_29, 39.921_336_993_510_21));
        let shenzhen = Point { lon: 113.912_316, lat: 22.543_847 };
        let (lon, lat) = Datum::Gcj02.from_wgs84(shenzhen);
        assert!((lon - 113.917_176).abs() < 1e-5 && (lat - 22.540_796).abs() < 1e-5, "{lon},{lat}");
    }

    #[test]
    fn in_shenzhen_the_shift_is_about_six_hundred_metres_to_the_south_east() {
        let p = Point { lon: 114.05, lat: 22.55 };
        let (lon, lat) = Datum::Gcj02.from_wgs84(p);
        assert!((lon - p.lon - 0.0051).abs() < 0.0003 && (lat - p.lat + 0.0027).abs() < 0.0003);
        assert!((550.0..650.0).contains(&p.distance_m(Point { lon, lat })));
    }

    #[test]
    fn every_datum_comes_back_within_a_centimetre_all_over_the_country() {
        for datum in Datum::ALL {
            for (lon, lat) in
                (75..135).step_by(3).flat_map(|lon| (18..54).step_by(3).map(move |lat| (lon, lat)))
            {
                let p = Point { lon: f64::from(lon) + 0.123, lat: f64::from(lat) + 0.456 };
                let (lon, lat) = datum.from_wgs84(p);
                assert!(datum.to_wgs84(lon, lat).distance_m(p) < 0.01, "{datum:?} at {p:?}");
            }
        }
    }

    #[test]
    fn outside_china_nothing_is_shifted() {
        for datum in Datum::ALL {
            for (lon, lat) in [(2.2945, 48.8584), (0.0, 0.0), (141.35, 43.06), (f64::NAN, 22.0)] {
                let there = datum.to_wgs84(lon, lat);
                assert_eq!((there.lon.to_bits(), there.lat), (lon.to_bits(), lat));
                let (x, y) = datum.from_wgs84(Point { lon, lat });
                assert_eq!((x.to_bits(), y), (lon.to_bits(), lat));
            }
        }
    }

    #[test]
    fn a_datum_is_known_under_the_names_that_offices_use() {
        for (text, datum) in [
            ("WGS-84", Some(Datum::Wgs84)),
            ("CGCS2000", Some(Datum::Wgs84)),
            ("国家2000大地坐标系", Some(Datum::Wgs84)),
            ("shenzhen_streets_wgs84.geojson", Some(Datum::Wgs84)),
            ("lng_gcj02", Some(Datum::Gcj02)),
            ("高德坐标", Some(Datum::Gcj02)),
            ("火星坐标系（GCJ-02）", Some(Datum::Gcj02)),
            ("BD-09", Some(Datum::Bd09)),
            ("百度", Some(Datum::Bd09)),
            ("西安80", None),
            ("", None),
            ("wgs84转gcj02", None),
        ] {
            assert_eq!(Datum::named(text), datum, "{text}");
        }
        for datum in Datum::ALL {
            assert_eq!(Datum::named(datum.label()), Some(datum));
        }
    }
}
