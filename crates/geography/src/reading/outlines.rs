//! The outlines of a bureau's folder: which file, which level, which datum, and whose each feature is.

use std::collections::BTreeMap;

use geojson::{Feature, FeatureCollection};

use super::{Fault, Found};
use crate::{Datum, Outline, Regions};

/// A GeoJSON file of areas.
pub(super) struct Collection {
    file: String,
    datum: Option<Datum>,
    features: Vec<Feature>,
}

/// Keeps a file if it is a GeoJSON collection; whose outlines it holds is known only when the places are.
pub(super) fn sort_in(found: &mut Found, file: &str, text: &str) {
    match serde_json::from_str::<serde_json::Value>(text) {
        Ok(value)
            if value.get("type").and_then(serde_json::Value::as_str)
                == Some("FeatureCollection") => {}
        Ok(_) => {
            return found
                .notes
                .push(format!("{file}：不是 GeoJSON 要素集（FeatureCollection），未采用"));
        }
        Err(error) => {
            let line = u64::try_from(error.line()).ok();
            return found.faults.push(Fault::of(file, line, "不是完整的 JSON 文件"));
        }
    }
    match text.parse::<FeatureCollection>() {
        Ok(collection) => {
            let member = collection
                .foreign_members
                .as_ref()
                .and_then(|members| members.get("datum")?.as_str());
            let datum = member.map_or_else(|| Datum::named(file), Datum::named);
            found.outlines.push(Collection {
                file: file.to_owned(),
                datum,
                features: collection.features,
            });
        }
        Err(error) => {
            found.faults.push(Fault::of(file, None, format!("不合 GeoJSON 格式：{error}")));
        }
    }
}

/// The level of a collection, and the code of each of its features that belongs to the city.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Level {
    Districts,
    Streets,
}

/// Gives the city's districts and streets their outlines: for each level from one file, in WGS-84 if it is there in
/// more than one datum, and from the one that names most of the city's places.
pub(super) fn place(regions: &mut Regions, collections: &[Collection], faults: &mut Vec<Fault>) {
    let mut best: BTreeMap<bool, (&Collection, Vec<Option<String>>)> = BTreeMap::new();
    let rank = |collection: &Collection, codes: &[Option<String>]| {
        (collection.datum == Some(Datum::Wgs84), codes.iter().flatten().count())
    };
    for collection in collections {
        let (level, codes) = whose(regions, collection);
        if codes.iter().flatten().next().is_none() {
            regions
                .notes
                .push(format!("{}：没有{}的区或街道，未采用", collection.file, regions.city.name));
            continue;
        }
        let is_streets = level == Level::Streets;
        let passed_over = match best.get(&is_streets) {
            Some((other, others)) if rank(other, others) >= rank(collection, &codes) => {
                Some(collection)
            }
            _ => best.insert(is_streets, (collection, codes)).map(|(other, _)| other),
        };
        if let Some(passed_over) = passed_over {
            regions.notes.push(format!("{}：同一级边界有更合适的文件，未采用", passed_over.file));
        }
    }
    for (is_streets, (collection, codes)) in best {
        let outlines = read(collection, &codes, faults);
        let foreign = codes.iter().filter(|code| code.is_none()).count();
        if foreign > 0 {
            regions.notes.push(format!(
                "{}：{foreign} 个要素不属于{}，未采用",
                collection.file, regions.city.name
            ));
        }
        if is_streets {
            regions.street_outlines = outlines;
        } else {
            regions.district_outlines = outlines;
        }
    }
    if regions.district_outlines.is_empty() && regions.has_street_outlines() {
        for district in &regions.districts {
            let parts = regions
                .streets_of(&district.code)
                .filter_map(|street| regions.street_outline(&street.code));
            if let Some(outline) = Outline::of_parts(parts) {
                regions.district_outlines.insert(district.code.clone(), outline);
            }
        }
    }
}

/// Which place of the city each feature draws; a feature of elsewhere draws none.
fn whose(regions: &Regions, collection: &Collection) -> (Level, Vec<Option<String>>) {
    let street = |feature: &Feature| {
        let by_code =
            text_of(feature, &["code", "代码", "编码"]).and_then(|code| regions.street(&code));
        let by_name = || {
            let district =
                regions.district_named(&text_of(feature, &["district", "所属区", "区"])?)?;
            regions.street_named(&district.code, &text_of(feature, &["name", "名称"])?)
        };
        by_code.or_else(by_name).map(|street| street.code.clone())
    };
    // By name first: a file may give 大鹏新区 the code of 龙岗, to which it belongs by the national code.
    let district = |feature: &Feature| {
        let by_name =
            text_of(feature, &["name", "名称"]).and_then(|name| regions.district_named(&name));
        let by_code = || regions.district(&text_of(feature, &["code", "adcode", "gb", "代码"])?);
        by_name.or_else(by_code).map(|district| district.code.clone())
    };
    let streets: Vec<_> = collection.features.iter().map(street).collect();
    let districts: Vec<_> = collection.features.iter().map(district).collect();
    if streets.iter().flatten().count() > districts.iter().flatten().count() {
        (Level::Streets, streets)
    } else {
        (Level::Districts, districts)
    }
}

fn text_of(feature: &Feature, properties: &[&str]) -> Option<String> {
    properties.iter().find_map(|name| match feature.property(name)? {
        serde_json::Value::String(text) => Some(text.clone()),
        serde_json::Value::Number(number) => Some(number.to_string()),
        _ => None,
    })
}

fn read(
    collection: &Collection,
    codes: &[Option<String>],
    faults: &mut Vec<Fault>,
) -> BTreeMap<String, Outline> {
    let mut outlines = BTreeMap::new();
    let Some(datum) = collection.datum else {
        let text = "文件名或 datum 项没有写明坐标系，请写明 wgs84、cgcs2000、gcj02 或 bd09";
        faults.push(Fault::of(&collection.file, None, text));
        return outlines;
    };
    for (number, (feature, code)) in collection.features.iter().zip(codes).enumerate() {
        let Some(code) = code else { continue };
        let mut fault = |text: String| {
            faults.push(Fault::of(
                &collection.file,
                None,
                format!("第 {} 个要素（{code}）{text}", number + 1),
            ));
        };
        let Some(geometry) = &feature.geometry else {
            fault("没有几何图形".to_owned());
            continue;
        };
        match Outline::of_geometry(&geometry.value, datum) {
            Ok(outline) => {
                if outlines.insert(code.clone(), outline).is_some() {
                    fault("与前面的要素是同一个地方".to_owned());
                }
            }
            Err(reason) => fault(reason.to_string()),
        }
    }
    outlines
}
