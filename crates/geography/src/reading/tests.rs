//! Folders with invented content that offices might bring.

use super::*;
use crate::{Datum, Point};

const STREETS: &str = "code,name,district,gb_district_code\n440305007,粤海街道,南山区,440305\n440307009,葵涌街道,大鹏新区,440307\n";
const COMMUNITIES: &str = "code,name,street_code\n440305007001,青禾社区居民委员会,440305007\n";

fn folder(files: &[(&str, &str)]) -> Result<Regions, Vec<Fault>> {
    let files: Vec<(String, Vec<u8>)> =
        files.iter().map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec())).collect();
    read(&files)
}

fn faults(files: &[(&str, &str)]) -> Vec<String> {
    folder(files).unwrap_err().iter().map(ToString::to_string).collect()
}

/// A square of 0.1 degrees whose corner is a WGS-84 point, written in `datum`.
fn square(properties: &str, west: f64, south: f64, datum: Datum) -> String {
    let corner = |lon: f64, lat: f64| {
        let (lon, lat) = datum.from_wgs84(Point { lon, lat });
        format!("[{lon},{lat}]")
    };
    let ring = [(0.0, 0.0), (0.1, 0.0), (0.1, 0.1), (0.0, 0.1), (0.0, 0.0)]
        .map(|(x, y)| corner(west + x, south + y))
        .join(",");
    format!(
        r#"{{"type":"Feature","properties":{{{properties}}},"geometry":{{"type":"Polygon","coordinates":[[{ring}]]}}}}"#
    )
}

fn collection(features: &[String]) -> String {
    format!(r#"{{"type":"FeatureCollection","features":[{}]}}"#, features.join(","))
}

#[test]
fn a_folder_of_tables_is_read_by_its_columns() {
    let regions =
        folder(&[("街道.csv", STREETS), ("社区.CSV", COMMUNITIES), ("说明.docx", "…")]).unwrap();
    assert_eq!(regions.city.name, "深圳市");
    assert_eq!(regions.district_named("大鹏").unwrap().code, "dapeng");
    assert_eq!(regions.street("440307009").unwrap().district, "dapeng");
    assert_eq!(regions.community_named("440305007", "青禾社区").unwrap().code, "440305007001");
    assert_eq!(regions.district("shenshan").unwrap().name, "深汕特别合作区");
    assert_eq!(regions.boundary_note(), None);
    assert_eq!(regions.notes(), ["说明.docx：不是 CSV 或 GeoJSON 文件，未读取"]);
}

#[test]
fn chinese_columns_and_a_byte_order_mark_are_welcome() {
    let text = "\u{feff}代码,名称,所属区\n440305007,粤海街道,南山\n";
    assert_eq!(folder(&[("a.csv", text)]).unwrap().streets[0].district, "440305");
}

#[test]
fn another_city_takes_its_districts_from_the_country() {
    let regions = folder(&[("s.csv", "code,name,district\n440106011,石牌街道,天河区\n")]).unwrap();
    assert_eq!((regions.city.name.as_str(), regions.districts.len()), ("广州市", 11));
    let regions = folder(&[("s.csv", "code,name,district\n110101001,东华门街道,东城\n")]).unwrap();
    assert_eq!(regions.city.name, "北京市");
}

#[test]
fn a_bureau_may_list_its_own_districts() {
    let own = "code,name,gb_code\n440106,天河区,\nqinghe,青禾新区,\n";
    let streets = "code,name,district\n440106011,石牌街道,天河区\n440106012,青禾街道,青禾新区\n";
    let regions = folder(&[("区.csv", own), ("街道.csv", streets)]).unwrap();
    assert_eq!(regions.district("440106").unwrap().gb_code.as_deref(), Some("440106"));
    assert_eq!(regions.street("440106012").unwrap().district, "qinghe");
}

#[test]
fn a_community_of_an_unlisted_street_is_left_out_and_noted() {
    let communities = "code,name,street_code\n440304400498,某保税区虚拟社区,440304400\n";
    let regions = folder(&[("s.csv", STREETS), ("c.csv", communities)]).unwrap();
    assert!(regions.communities.is_empty());
    assert!(regions.notes()[0].starts_with("1 个社区"));
}

#[test]
fn every_fault_has_its_file_and_line() {
    let streets = "code,name,district\n44030507,粤海街道,南山区\n440305008,,南山区\n440305009,西丽街道,\n440305001,南头街道,南山区\n440305001,南头街道,南山区\n";
    assert_eq!(
        faults(&[("街道.csv", streets)]),
        [
            "街道.csv 第 2 行：代码“44030507”应为 9 位数字",
            "街道.csv 第 3 行：名称为空",
            "街道.csv 第 4 行：所属区为空",
            "街道.csv 第 6 行：代码 440305001 重复",
        ]
    );
    let foreign = faults(&[("街道.csv", "code,name,district\n440305001,南头街道,青禾新区\n")]);
    assert!(foreign[0].starts_with("街道.csv 第 2 行：“青禾新区”不是深圳市的区"), "{foreign:?}");
    assert!(faults(&[("c.csv", COMMUNITIES)])[0].contains("没有找到街道表"));
    assert!(faults(&[])[0].contains("没有找到街道表"));
    let gbk = read(&[("街道.csv".to_owned(), vec![0xB4, 0xFA, 0xC2, 0xEB])]).unwrap_err();
    assert!(gbk[0].text.contains("UTF-8"));
    assert_eq!(
        faults(&[("s.csv", STREETS), ("a_wgs84.json", "{\n\"type\":")]),
        ["a_wgs84.json 第 2 行：不是完整的 JSON 文件"]
    );
}

#[test]
fn outlines_are_matched_by_name_before_code_and_brought_to_wgs_84() {
    let districts = collection(&[
        square(r#""code":"440307","name":"大鹏新区""#, 114.4, 22.5, Datum::Gcj02),
        square(r#""adcode":440305,"name":"南山区""#, 113.9, 22.5, Datum::Gcj02),
        square(r#""name":"青禾区""#, 120.0, 30.0, Datum::Gcj02),
    ]);
    let regions = folder(&[("s.csv", STREETS), ("区界_gcj02.geojson", &districts)]).unwrap();
    let corner = regions.district_outline("dapeng").unwrap().bbox();
    assert!((corner.west - 114.4).abs() < 1e-6 && (corner.north - 22.6).abs() < 1e-6);
    assert_eq!(regions.district_outline("440307"), None);
    assert_eq!(regions.district_at(Point { lon: 113.95, lat: 22.55 }).unwrap().name, "南山区");
    assert_eq!(regions.notes(), ["区界_gcj02.geojson：1 个要素不属于深圳市，未采用"]);
    assert!(!regions.has_street_outlines());
}

#[test]
fn of_two_datums_wgs_84_is_taken_and_districts_are_made_of_their_streets() {
    let streets = |datum, west| {
        collection(&[
            square(
                r#""code":"440305007","name":"粤海街道","district":"南山区""#,
                west,
                22.5,
                datum,
            ),
            square(r#""name":"葵涌","district":"大鹏新区""#, west + 0.3, 22.5, datum),
        ])
    };
    let (gcj, wgs) = (streets(Datum::Gcj02, 113.0), streets(Datum::Wgs84, 114.0));
    for order in [
        [("a_gcj02.json", &gcj), ("b_wgs84.json", &wgs)],
        [("b_wgs84.json", &wgs), ("a_gcj02.json", &gcj)],
    ] {
        let regions =
            folder(&[("s.csv", STREETS), (order[0].0, order[0].1), (order[1].0, order[1].1)])
                .unwrap();
        assert_eq!(regions.street_at(Point { lon: 114.05, lat: 22.55 }).unwrap().name, "粤海街道");
        assert_eq!(regions.district_at(Point { lon: 114.35, lat: 22.55 }).unwrap().code, "dapeng");
        assert_eq!(regions.notes(), ["a_gcj02.json：同一级边界有更合适的文件，未采用"]);
    }
}

#[test]
fn an_outline_without_datum_or_area_is_a_fault() {
    let named = collection(&[square(r#""name":"南山区""#, 113.9, 22.5, Datum::Wgs84)]);
    assert!(
        faults(&[("s.csv", STREETS), ("区界.geojson", &named)])[0]
            .starts_with("区界.geojson：文件名或 datum 项没有写明坐标系")
    );
    let with_member = named.replacen('{', r#"{"datum":"CGCS2000","#, 1);
    assert!(folder(&[("s.csv", STREETS), ("区界.geojson", &with_member)]).is_ok());
    let line = r#"{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"name":"南山区"},"geometry":{"type":"LineString","coordinates":[[1,2],[3,4]]}},{"type":"Feature","properties":{"name":"福田区"},"geometry":null}]}"#;
    assert_eq!(
        faults(&[("s.csv", STREETS), ("a_wgs84.geojson", line)]),
        [
            "a_wgs84.geojson：第 1 个要素（440305）不是面（Polygon 或 MultiPolygon）",
            "a_wgs84.geojson：第 2 个要素（440304）没有几何图形",
        ]
    );
}

#[test]
fn a_collection_of_another_place_is_left_out_and_noted() {
    let elsewhere = collection(&[square(r#""name":"中央区""#, 141.3, 43.0, Datum::Wgs84)]);
    let regions =
        folder(&[("s.csv", STREETS), ("w_wgs84.geojson", &elsewhere), ("x.json", "{}")]).unwrap();
    assert_eq!(regions.notes().len(), 2);
    assert_eq!(regions.district_outline("440305"), None);
}
