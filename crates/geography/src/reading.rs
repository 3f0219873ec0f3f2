//! Reading a city's places from files, those of a bureau and those shipped with the program.
//!
//! A file is known by what it holds, because every office names its files differently. Whatever is not recognised is
//! left out and noted; whatever is recognised and does not fit together is a fault with its file and line.

mod outlines;
mod tables;

use std::collections::{BTreeMap, HashMap};

use crate::country;
use crate::regions::{City, Community, District, Regions, Street, city_name};
use tables::Row;

/// What is wrong with a bureau's files, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}{}：{text}", line.map(|line| format!(" 第 {line} 行")).unwrap_or_default())]
pub struct Fault {
    /// The file's name; empty when the fault is of the folder as a whole.
    pub file: String,
    /// Line of the file, counted from 1, where the fault has one.
    pub line: Option<u64>,
    /// The fault as a sentence.
    pub text: String,
}

impl Fault {
    fn of(file: &str, line: impl Into<Option<u64>>, text: impl Into<String>) -> Fault {
        Fault { file: file.to_owned(), line: line.into(), text: text.into() }
    }
}

/// What has been found in the folder so far: rows of known tables, collections of outlines, notes on the rest.
#[derive(Default)]
struct Found {
    districts: Vec<Row>,
    streets: Vec<Row>,
    communities: Vec<Row>,
    names: HashMap<String, String>,
    outlines: Vec<outlines::Collection>,
    notes: Vec<String>,
    faults: Vec<Fault>,
}

/// Reads a bureau's folder; see [`Regions::read`].
pub(crate) fn read(files: &[(String, Vec<u8>)]) -> Result<Regions, Vec<Fault>> {
    let mut found = Found::default();
    for (file, bytes) in files {
        sort_in(&mut found, file, bytes);
    }
    if !found.faults.is_empty() {
        return Err(found.faults);
    }
    let Some(code) = city_code(&found.streets) else {
        let missing = "没有找到街道表：需要一份含“代码、名称、所属区”三列、代码为 9 位的 CSV 文件";
        return Err(vec![Fault::of("", None, missing)]);
    };
    assemble(found, code)
}

/// Shenzhen from the files in `data/`. They are part of the program and their tests read them whole, so a fault here
/// cannot happen; if it did, the city would be found without places rather than the program without a start.
pub(crate) fn shipped() -> Regions {
    const CODE: &str = "4403";
    let mut found = Found::default();
    sort_in(&mut found, "districts.csv", include_bytes!("../data/districts.csv"));
    sort_in(&mut found, "communities.csv", include_bytes!("../data/communities.csv"));
    sort_in(&mut found, "outlines_wgs84.geojson", include_bytes!("../data/outlines_wgs84.geojson"));
    let own_code = |street: &str| {
        found
            .districts
            .iter()
            .find(|d| d.also.split(' ').any(|listed| listed == street))
            .map(|d| d.code.clone())
    };
    for division in country::divisions() {
        let is_zone = division.code.get(6..7) == Some("4"); // 福田保税区 and such: statistical zones, not streets
        if division.code.len() != 9 || is_zone {
            continue;
        }
        let district = own_code(division.code)
            .or_else(|| division.code.starts_with(CODE).then(|| division.code[..6].to_owned()));
        if let Some(district) = district {
            found.streets.push(Row::shipped(division.code, division.name, district));
        }
    }
    let empty = Regions {
        city: City { code: CODE.to_owned(), name: "深圳市".to_owned() },
        districts: Vec::new(),
        streets: Vec::new(),
        communities: Vec::new(),
        district_outlines: BTreeMap::new(),
        street_outlines: BTreeMap::new(),
        are_shipped: true,
        notes: Vec::new(),
    };
    let regions = assemble(found, CODE.to_owned()).unwrap_or(empty);
    Regions { are_shipped: true, ..regions }
}

/// Puts one file where it belongs.
fn sort_in(found: &mut Found, file: &str, bytes: &[u8]) {
    let ending = file.rsplit_once('.').map_or(String::new(), |(_, ending)| ending.to_lowercase());
    if !matches!(ending.as_str(), "csv" | "txt" | "json" | "geojson") {
        found.notes.push(format!("{file}：不是 CSV 或 GeoJSON 文件，未读取"));
        return;
    }
    let Ok(text) = std::str::from_utf8(bytes) else {
        found.faults.push(Fault::of(file, None, "不是 UTF-8 编码，请另存为“CSV UTF-8”后再试"));
        return;
    };
    let text = text.trim_start_matches('\u{feff}');
    if matches!(ending.as_str(), "json" | "geojson") {
        outlines::sort_in(found, file, text);
    } else {
        tables::sort_in(found, file, text);
    }
}

/// The city of the most streets: a city may govern some that the national code places elsewhere (深汕).
fn city_code(streets: &[Row]) -> Option<String> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for city in streets.iter().filter_map(|street| street.code.get(..4)) {
        *counts.entry(city).or_default() += 1;
    }
    counts.into_iter().max_by_key(|&(_, count)| count).map(|(city, _)| city.to_owned())
}

fn assemble(mut found: Found, code: String) -> Result<Regions, Vec<Fault>> {
    let name = found.names.get(&code).cloned().or_else(|| city_name(&code).map(str::to_owned));
    let Some(name) = name else {
        return Err(vec![Fault::of(
            "",
            None,
            format!("街道代码以 {code} 开头，全国区划中没有这个市"),
        )]);
    };
    let mut regions = Regions {
        districts: districts(&found, &code),
        city: City { code, name },
        streets: Vec::new(),
        communities: Vec::new(),
        district_outlines: BTreeMap::new(),
        street_outlines: BTreeMap::new(),
        are_shipped: false,
        notes: std::mem::take(&mut found.notes),
    };
    let mut faults = Vec::new();
    for row in std::mem::take(&mut found.streets) {
        match regions.district_named(&row.also).map(|district| district.code.clone()) {
            Some(district) => regions.streets.push(Street { code: row.code, name: row.name, district }),
            None => faults.push(Fault::of(
                &row.file,
                row.line,
                format!("“{}”不是{}的区；新区等没有国标代码的区，请在区划表（代码、名称、国标代码）中列出", row.also, regions.city.name),
            )),
        }
    }
    regions.streets.sort_by(|a, b| a.code.cmp(&b.code));
    let mut without_street = 0;
    for row in std::mem::take(&mut found.communities) {
        if regions.street(&row.also).is_some() {
            regions.communities.push(Community {
                code: row.code,
                name: row.name,
                street: row.also,
            });
        } else {
            without_street += 1;
        }
    }
    regions.communities.sort_by(|a, b| (&a.street, &a.code).cmp(&(&b.street, &b.code)));
    if without_street > 0 {
        regions.notes.push(format!(
            "{without_street} 个社区的街道不在街道表中（如保税区等统计用区划），未采用"
        ));
    }
    if faults.is_empty() {
        outlines::place(&mut regions, &found.outlines, &mut faults);
    }
    if faults.is_empty() { Ok(regions) } else { Err(faults) }
}

/// The bureau's own list of districts; else for the city that ships with the program the shipped list, which knows the
/// districts without a national code; else the country's.
fn districts(found: &Found, city: &str) -> Vec<District> {
    if !found.districts.is_empty() {
        let own = |row: &Row| District {
            code: row.code.clone(),
            name: row.name.clone(),
            gb_code: row.gb_code.clone(),
        };
        return found.districts.iter().map(own).collect();
    }
    if Regions::shipped().city.code == city {
        return Regions::shipped().districts.clone();
    }
    let national = |division: country::Division| District {
        code: division.code.to_owned(),
        name: found.names.get(division.code).cloned().unwrap_or_else(|| division.name.to_owned()),
        gb_code: Some(division.code.to_owned()),
    };
    country::children(city).map(national).collect()
}

#[cfg(test)]
mod tests;
