//! A city's places: its districts, their streets, the streets' communities, and the outlines of districts and streets.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

use crate::names::{community_stem, district_stem, short_community, street_stem};
use crate::reading::{self, Fault};
use crate::{Outline, Point, country};

/// The city.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct City {
    /// Four digits: `4403`.
    pub code: String,
    /// 深圳市.
    pub name: String,
}

/// A district that manages education; 大鹏新区 and 深汕特别合作区 do so without a code of GB/T 2260.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct District {
    /// The GB code where there is one (`440305`), else its own (`dapeng`).
    pub code: String,
    /// 南山区.
    pub name: String,
    /// The code of GB/T 2260, if the district has one.
    pub gb_code: Option<String>,
}

/// A street (街道) or town (镇).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Street {
    /// Nine digits: `440305007`.
    pub code: String,
    /// 粤海街道.
    pub name: String,
    /// The code of its [`District`]. Not always its own first six digits: 葵涌 is 440307009 and belongs to `dapeng`.
    pub district: String,
}

/// A community (社区, 村).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Community {
    /// Twelve digits.
    pub code: String,
    /// 大塘龙社区居民委员会.
    pub name: String,
    /// The code of its [`Street`], also its own first nine digits.
    pub street: String,
}

impl Community {
    /// The name as people say it: 大塘龙社区.
    pub fn short_name(&self) -> &str {
        short_community(&self.name)
    }
}

/// A city's places. Made by [`Regions::shipped`] or [`Regions::read`], never changed afterwards.
#[derive(Debug, Clone, PartialEq)]
pub struct Regions {
    /// The city itself.
    pub city: City,
    /// In the city's official order. For Shenzhen eleven: nine of GB/T 2260, 大鹏新区, and 深汕特别合作区, which
    /// exists without kindergartens.
    pub districts: Vec<District>,
    /// Ordered by code.
    pub streets: Vec<Street>,
    /// Ordered by code.
    pub communities: Vec<Community>,
    pub(crate) district_outlines: BTreeMap<String, Outline>,
    pub(crate) street_outlines: BTreeMap<String, Outline>,
    pub(crate) are_shipped: bool,
    pub(crate) notes: Vec<String>,
}

impl Regions {
    /// Shenzhen, from the licensed packages that ship with the program (see `data/README.md`): every name and code,
    /// simplified outlines of the districts but for 深汕, no outlines of streets.
    pub fn shipped() -> &'static Regions {
        static SHIPPED: OnceLock<Regions> = OnceLock::new();
        SHIPPED.get_or_init(reading::shipped)
    }

    /// A bureau's own folder, given as file names and contents: a table of streets with their districts, tables of
    /// districts and communities, outlines as GeoJSON whose datum stands in the file name or in a member `datum`.
    /// Tables are known by their columns, not by their names. Either everything fits together, or every fault is told.
    pub fn read(files: &[(String, Vec<u8>)]) -> Result<Regions, Vec<Fault>> {
        reading::read(files)
    }

    /// What was left out while reading, and why; sentences for the person who brought the files.
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// What every map must say that draws the outlines shipped with the program; None for a bureau's own outlines.
    pub fn boundary_note(&self) -> Option<&'static str> {
        self.are_shipped.then_some("边界仅供演示，非标准地图")
    }

    /// The district with this code.
    pub fn district(&self, code: &str) -> Option<&District> {
        self.districts.iter().find(|district| district.code == code)
    }

    /// The district that a cell means: 南山区, 南山, 深圳市南山区 or 440305.
    pub fn district_named(&self, written: &str) -> Option<&District> {
        let written = written.trim();
        let stem = district_stem(written, &self.city.name);
        self.district(written).or_else(|| {
            self.districts
                .iter()
                .find(|district| district_stem(&district.name, &self.city.name) == stem)
        })
    }

    /// The street with this code.
    pub fn street(&self, code: &str) -> Option<&Street> {
        let at = self.streets.binary_search_by(|street| street.code.as_str().cmp(code)).ok()?;
        self.streets.get(at)
    }

    /// The street of a district that a cell means: 粤海街道, 粤海, 粤海街道办事处 or 440305007.
    pub fn street_named(&self, district: &str, written: &str) -> Option<&Street> {
        let (written, stem) = (written.trim(), street_stem(written));
        self.streets_of(district)
            .find(|street| street.code == written || street_stem(&street.name) == stem)
    }

    /// The streets of a district, ordered by code.
    pub fn streets_of(&self, district: &str) -> impl Iterator<Item = &Street> {
        self.streets.iter().filter(move |street| street.district == district)
    }

    /// The communities of a street, ordered by code.
    pub fn communities_of(&self, street: &str) -> &[Community] {
        let from = self.communities.partition_point(|community| community.street.as_str() < street);
        let length =
            self.communities[from..].partition_point(|community| community.street == street);
        &self.communities[from..from + length]
    }

    /// The community of a street that a cell means: 大塘龙社区居民委员会, 大塘龙社区, 大塘龙 or its code.
    pub fn community_named(&self, street: &str, written: &str) -> Option<&Community> {
        let (written, stem) = (written.trim(), community_stem(written));
        self.communities_of(street)
            .iter()
            .find(|community| community.code == written || community_stem(&community.name) == stem)
    }

    /// The district's outline; None where none was brought.
    pub fn district_outline(&self, code: &str) -> Option<&Outline> {
        self.district_outlines.get(code)
    }

    /// The street's outline; None where none was brought (none ship with the program).
    pub fn street_outline(&self, code: &str) -> Option<&Outline> {
        self.street_outlines.get(code)
    }

    /// Whether a point can be told from another street's: without outlines of streets such checks must say that they
    /// were not made.
    pub fn has_street_outlines(&self) -> bool {
        !self.street_outlines.is_empty()
    }

    /// The district in whose outline the point lies.
    pub fn district_at(&self, p: Point) -> Option<&District> {
        self.districts
            .iter()
            .find(|district| self.district_outline(&district.code).is_some_and(|o| o.contains(p)))
    }

    /// The street in whose outline the point lies.
    pub fn street_at(&self, p: Point) -> Option<&Street> {
        self.street_outlines
            .iter()
            .find(|(_, outline)| outline.contains(p))
            .and_then(|(code, _)| self.street(code))
    }
}

/// The name of the city with this code: a municipality's counties stand under 市辖区, which nobody calls it.
pub(crate) fn city_name(code: &str) -> Option<&'static str> {
    let own = country::division(code)?.name;
    if own == "市辖区" || own == "县" {
        Some(country::division(code.get(..2)?)?.name)
    } else {
        Some(own)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shenzhen_ships_with_eleven_districts_in_official_order() {
        let city = Regions::shipped();
        assert_eq!((city.city.code.as_str(), city.city.name.as_str()), ("4403", "深圳市"));
        let names: Vec<&str> = city.districts.iter().map(|d| d.name.as_str()).collect();
        assert_eq!(
            names,
            [
                "福田区",
                "罗湖区",
                "盐田区",
                "南山区",
                "宝安区",
                "龙岗区",
                "龙华区",
                "坪山区",
                "光明区",
                "大鹏新区",
                "深汕特别合作区"
            ]
        );
        assert_eq!(city.district("dapeng").unwrap().gb_code, None);
        assert_eq!(city.district("440305").unwrap().gb_code.as_deref(), Some("440305"));
    }

    #[test]
    fn shipped_streets_and_communities_hang_under_their_districts() {
        let city = Regions::shipped();
        assert_eq!(city.streets.len(), 74 + 4);
        let dapeng: Vec<&str> = city.streets_of("dapeng").map(|s| s.name.as_str()).collect();
        assert_eq!(dapeng, ["葵涌街道", "大鹏街道", "南澳街道"]);
        assert_eq!(city.streets_of("440307").count(), 11);
        assert_eq!(city.streets_of("shenshan").count(), 4);
        for street in &city.streets {
            assert!(city.district(&street.district).is_some());
            assert!(!city.communities_of(&street.code).is_empty(), "{street:?} has no community");
        }
        let listed: usize =
            city.streets.iter().map(|street| city.communities_of(&street.code).len()).sum();
        assert_eq!(listed, city.communities.len());
    }

    #[test]
    fn places_are_found_under_the_names_that_offices_write() {
        let city = Regions::shipped();
        for written in ["南山区", "南山", "深圳市南山区", "440305", " 南山区 "] {
            assert_eq!(city.district_named(written).unwrap().code, "440305", "{written}");
        }
        assert_eq!(city.district_named("大鹏").unwrap().code, "dapeng");
        assert_eq!(city.district_named("深汕合作区").unwrap().code, "shenshan");
        assert_eq!(city.district_named("青禾区"), None);
        assert_eq!(city.district_named(""), None);
        for written in ["粤海街道", "粤海", "粤海街道办事处", "440305007"] {
            assert_eq!(
                city.street_named("440305", written).unwrap().code,
                "440305007",
                "{written}"
            );
        }
        assert_eq!(city.street_named("440304", "粤海街道"), None);
        assert_eq!(city.community_named("440303001", "大塘龙").unwrap().short_name(), "大塘龙社区");
    }

    #[test]
    fn ten_districts_ship_with_an_outline_and_no_point_lies_in_two() {
        let city = Regions::shipped();
        let outlined: Vec<&District> =
            city.districts.iter().filter(|d| city.district_outline(&d.code).is_some()).collect();
        assert_eq!(outlined.len(), 10);
        assert!(!city.has_street_outlines());
        assert_eq!(city.boundary_note(), Some("边界仅供演示，非标准地图"));
        let mut inside = 0;
        for (lon, lat) in (0..90).flat_map(|x| {
            (0..45).map(move |y| (113.74 + f64::from(x) * 0.01, 22.42 + f64::from(y) * 0.01))
        }) {
            let holders = outlined
                .iter()
                .filter(|d| {
                    city.district_outline(&d.code).is_some_and(|o| o.contains(Point { lon, lat }))
                })
                .count();
            assert!(holders <= 1, "{lon},{lat} lies in {holders} districts");
            inside += holders;
        }
        assert!(
            (1_500..1_900).contains(&inside),
            "about 1,950 km2 in cells of 1.14 km2, found {inside}"
        );
    }

    /// Public landmarks, WGS-84: the shipped outlines are WGS-84, in GCJ-02 they would lie 600 m to the south-east.
    #[test]
    fn landmarks_lie_in_their_districts() {
        let city = Regions::shipped();
        for (lon, lat, district) in [
            (114.0545, 22.5446, "440304"), // 市民中心
            (114.1120, 22.5340, "440303"), // 罗湖火车站
            (113.9430, 22.5250, "440305"), // 深圳湾体育中心以北
            (114.4800, 22.5960, "dapeng"), // 大鹏所城一带
            (114.2470, 22.7200, "440307"), // 龙岗中心城
            (113.9250, 22.7500, "440311"), // 光明
        ] {
            assert_eq!(
                city.district_at(Point { lon, lat }).map(|d| d.code.as_str()),
                Some(district),
                "{lon},{lat}"
            );
        }
        assert_eq!(
            city.district_at(Point { lon: 114.17, lat: 22.30 }),
            None,
            "Kowloon is not Shenzhen"
        );
    }
}
