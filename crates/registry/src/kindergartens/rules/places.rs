//! Is a kindergarten where it is said to be, and in which datum would it be?

use geography::{Datum, Point, Regions};

use super::{refused, warning};
use crate::kindergartens::types::{Facts, Field, Finding};

/// A point this far outside its district can't belong to it (issue 2, §3).
const FARTHEST_OUTSIDE_M: f64 = 300.0;
/// Outlines are drawn to some ten metres, and a building may straddle a street's border.
const BORDER_M: f64 = 30.0;

/// How well a point fits what is said about its place: metres outside the outlines, 0 inside, `None` without an outline.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Fit {
    /// Metres outside its district.
    pub(crate) district_m: Option<f64>,
    /// Metres outside its street.
    pub(crate) street_m: Option<f64>,
}

impl Fit {
    /// Inside its street or, where streets have no outlines, inside its district.
    pub(crate) fn is_inside(self) -> bool {
        self.street_m.or(self.district_m).is_some_and(|outside_m| outside_m <= 0.0)
    }

    fn outside_m(self) -> f64 {
        self.street_m.or(self.district_m).unwrap_or(0.0)
    }
}

/// Whether degrees can be a place in China at all.
pub(crate) fn is_possible(lon: f64, lat: f64) -> bool {
    (73.0..=135.5).contains(&lon) && (3.0..=54.0).contains(&lat)
}

/// How well `point` fits a district and, if known, a street.
pub(crate) fn fit(regions: &Regions, district: &str, street: Option<&str>, point: Point) -> Fit {
    Fit {
        district_m: regions.district_outline(district).map(|outline| outline.distance_m(point)),
        street_m: street
            .and_then(|street| regions.street_outline(street))
            .map(|outline| outline.distance_m(point)),
    }
}

/// The street of the district in whose outline the point lies.
pub(crate) fn street_of<'a>(
    regions: &'a Regions,
    district: &str,
    point: Point,
) -> Option<&'a geography::Street> {
    regions.streets_of(district).find(|street| {
        regions.street_outline(&street.code).is_some_and(|outline| outline.contains(point))
    })
}

pub(super) fn check(facts: &Facts, regions: &Regions) -> Option<Finding> {
    let Facts { point, datum, .. } = *facts;
    if point.lon.abs() < 0.1 && point.lat.abs() < 0.1 {
        return Some(refused(
            Field::Point,
            "坐标是 (0, 0)，即没有定位。请填写园所实际位置的经纬度。",
        ));
    }
    if !is_possible(point.lon, point.lat) {
        let (lon, lat) = (point.lon, point.lat);
        return Some(refused(
            Field::Point,
            format!(
                "坐标（{lon}，{lat}）不在中国范围内。经度应在 73 至 135.5 之间，纬度应在 3 至 54 之间，单位为度。"
            ),
        ));
    }
    let street = facts.street.as_deref();
    let found = fit(regions, &facts.district, street, point);
    let district = regions
        .district(&facts.district)
        .map_or(facts.district.as_str(), |district| &district.name);
    if let Some(outside_m) = found.district_m
        && outside_m > FARTHEST_OUTSIDE_M
    {
        let hint = other_datum(facts, regions).map_or_else(String::new, |other| {
            format!("按{}换算则在其中，坐标系可能写错了。", other.label())
        });
        return Some(refused(
            Field::Point,
            format!(
                "按{}换算，坐标在{district}以外 {}，超过 300 米。{hint}请核对坐标和所在区。",
                datum.label(),
                metres(outside_m)
            ),
        ));
    }
    let outside_street = found.street_m.is_some_and(|outside_m| outside_m > BORDER_M);
    let outside_district =
        found.street_m.is_none() && found.district_m.is_some_and(|outside_m| outside_m > BORDER_M);
    if !outside_street && !outside_district {
        return None;
    }
    let outside_m = metres(found.outside_m());
    let place = street
        .filter(|_| outside_street)
        .and_then(|code| regions.street(code))
        .map_or(district, |street| &street.name);
    let lies_in = street_of(regions, &facts.district, point).filter(|_| outside_street);
    let lies_in = lies_in.map_or_else(String::new, |actual| format!("，落在{}", actual.name));
    let advice = match other_datum(facts, regions) {
        Some(other) => format!(
            "按{}换算则在{place}内，疑似坐标系写错（现按{}）。请核对。",
            other.label(),
            datum.label()
        ),
        None => "请核对坐标或所属区、街道。".to_owned(),
    };
    let text = format!("坐标在{place}以外 {outside_m}{lies_in}。{advice}");
    Some(warning(Field::Point, text))
}

/// Another datum in which the point would stand inside its street (or district, where there are no outlines of streets).
fn other_datum(facts: &Facts, regions: &Regions) -> Option<Datum> {
    let (lon, lat) = facts.datum.from_wgs84(facts.point);
    Datum::ALL.into_iter().filter(|datum| *datum != facts.datum).find(|datum| {
        fit(regions, &facts.district, facts.street.as_deref(), datum.to_wgs84(lon, lat)).is_inside()
    })
}

fn metres(metres: f64) -> String {
    if metres < 1000.0 {
        format!("{metres:.0} 米")
    } else {
        format!("{:.1} 公里", metres / 1000.0)
    }
}

#[cfg(test)]
mod tests {
    use sheets::Severity;

    use super::*;
    use crate::kindergartens::tests::samples::{facts, grid};

    /// The sample stands in the middle of the western street, 1 km from every border of it.
    fn moved(east_m: f64, north_m: f64) -> Facts {
        let mut kindergarten = facts("A1", "青禾幼儿园");
        let plane = geography::Plane::around(&[kindergarten.point]);
        kindergarten.point = plane.point(east_m, north_m);
        kindergarten
    }

    fn finding(facts: &Facts) -> Option<(Severity, String)> {
        check(facts, grid()).map(|finding| (finding.severity, finding.text))
    }

    #[test]
    fn a_point_more_than_300_m_outside_its_district_is_refused() {
        assert_eq!(finding(&moved(-900.0, 0.0)), None);
        let (severity, text) = finding(&moved(-1_290.0, 0.0)).unwrap();
        assert_eq!(severity, Severity::Warning, "{text}");
        let (severity, text) = finding(&moved(-1_310.0, 0.0)).unwrap();
        assert_eq!(severity, Severity::Refused, "{text}");
        assert!(text.contains("300 米"), "{text}");
    }

    #[test]
    fn no_position_at_all_is_refused() {
        for (lon, lat) in [(0.0, 0.0), (22.5, 113.9), (213.9, 22.5)] {
            let kindergarten =
                Facts { point: Point { lon, lat }, ..facts("A1", "青禾幼儿园") };
            assert_eq!(finding(&kindergarten).unwrap().0, Severity::Refused, "{lon},{lat}");
        }
    }

    #[test]
    fn a_point_outside_its_street_is_warned_about_and_the_other_street_named() {
        let (severity, text) = finding(&moved(1_500.0, 0.0)).unwrap();
        assert_eq!(severity, Severity::Warning);
        assert!(text.contains("粤海街道以外 500 米") && text.contains("落在南山街道"), "{text}");
    }

    #[test]
    fn a_wrong_datum_is_suspected_where_the_point_fits_its_street_under_another() {
        for (told, truth) in [
            (Datum::Wgs84, Datum::Bd09),
            (Datum::Gcj02, Datum::Wgs84),
            (Datum::Wgs84, Datum::Gcj02),
        ] {
            // 100 m inside the border on which the wrong datum throws the point out.
            let corner = match truth {
                Datum::Wgs84 => moved(-900.0, 900.0),
                _ => moved(900.0, 0.0),
            };
            let (lon, lat) = truth.from_wgs84(corner.point);
            let wrong = Facts { point: told.to_wgs84(lon, lat), datum: told, ..corner };
            let (severity, text) = finding(&wrong).unwrap();
            assert!(text.contains(truth.label()), "{told:?} for {truth:?}: {severity:?} {text}");
        }
    }

    #[test]
    fn without_outlines_of_streets_only_the_district_is_checked() {
        let shipped = Regions::shipped();
        assert_eq!(check(&facts("A1", "青禾幼儿园"), shipped), None);
        let far =
            Facts { point: Point { lon: 114.24, lat: 22.72 }, ..facts("A1", "青禾幼儿园") };
        assert_eq!(check(&far, shipped).unwrap().severity, Severity::Refused);
    }
}
