//! Which column means what, under the names that offices use.

use std::collections::BTreeMap;

use geography::Datum;
use sheets::{Table, Unfit, plain_titles};

use crate::kindergartens::types::Field;

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Meaning {
    /// One field of the facts.
    Of(Field),
    /// The code of a district beside its name.
    DistrictCode,
    /// The code of a street beside its name.
    StreetCode,
    /// Whether a private kindergarten is inclusive.
    Inclusive,
    /// Longitude in the datum that the title names, if it does.
    Lon(Option<Datum>),
    /// Latitude, likewise.
    Lat(Option<Datum>),
    /// Longitude and latitude in one cell, likewise.
    LonLat(Option<Datum>),
}

/// The columns of a table that are understood.
pub(super) struct Columns<'t> {
    pub(super) table: &'t Table,
    found: BTreeMap<Meaning, Vec<usize>>,
    /// Pairs of coordinates, those with a named datum first.
    pub(super) pairs: Vec<Pair>,
}

/// Where one point is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Pair {
    /// The datum that the titles name.
    pub(super) datum: Option<Datum>,
    /// The column of the longitude, or of both.
    pub(super) lon: usize,
    /// The column of the latitude; the same as `lon` when one cell holds both.
    pub(super) lat: usize,
}

/// Titles for each field, without blanks, brackets and case. The first is ours.
const TITLES: &[(Meaning, &[&str])] = &[
    (
        Meaning::Of(Field::RegisterId),
        &[
            "编号",
            "幼儿园编号",
            "园所编号",
            "园所编码",
            "幼儿园编码",
            "编码",
            "代码",
            "幼儿园代码",
            "园所代码",
            "机构编码",
            "机构代码",
            "单位编码",
            "单位代码",
            "学校代码",
            "学校编码",
            "统一编号",
            "登记编号",
            "名册编号",
            "园编号",
            "kgid",
            "id",
            "code",
            "registerid",
        ],
    ),
    (
        Meaning::Of(Field::NationalCode),
        &[
            "标识码",
            "学校标识码",
            "机构标识码",
            "学校机构标识码",
            "幼儿园标识码",
            "园所标识码",
            "全国标识码",
            "国标码",
            "nationalcode",
        ],
    ),
    (
        Meaning::Of(Field::FormerCodes),
        &["曾用编号", "原编号", "原编码", "旧编号", "曾用标识码", "原标识码", "formercodes"],
    ),
    (
        Meaning::Of(Field::Name),
        &[
            "名称",
            "园名",
            "幼儿园名称",
            "幼儿园",
            "园所名称",
            "园所",
            "学校名称",
            "机构名称",
            "单位名称",
            "幼儿园全称",
            "园所全称",
            "全称",
            "幼儿园园名",
            "name",
            "kindergarten",
        ],
    ),
    (
        Meaning::Of(Field::FormerNames),
        &["曾用名", "曾用名称", "原名", "原名称", "原园名", "formernames"],
    ),
    (
        Meaning::Of(Field::District),
        &[
            "区",
            "行政区",
            "所属区",
            "所在区",
            "所属行政区",
            "所在行政区",
            "区县",
            "县区",
            "区域",
            "所属区域",
            "辖区",
            "所属辖区",
            "区名",
            "所属区县",
            "行政区划",
            "区新区",
            "district",
        ],
    ),
    (
        Meaning::DistrictCode,
        &[
            "区划代码",
            "行政区划代码",
            "行政区划码",
            "区代码",
            "区编码",
            "行政区代码",
            "districtcode",
            "gbdistrictcode",
        ],
    ),
    (
        Meaning::Of(Field::Street),
        &[
            "街道",
            "镇街",
            "街镇",
            "所属街道",
            "所在街道",
            "街道名称",
            "街道办",
            "街道办事处",
            "所属镇街",
            "乡镇街道",
            "街道乡镇",
            "乡镇",
            "街道镇",
            "street",
        ],
    ),
    (Meaning::StreetCode, &["街道代码", "街道编码", "镇街代码", "streetcode"]),
    (
        Meaning::Of(Field::Community),
        &[
            "社区",
            "所属社区",
            "所在社区",
            "社区名称",
            "社区村",
            "村社区",
            "村居",
            "居委会",
            "community",
        ],
    ),
    (
        Meaning::Of(Field::Address),
        &[
            "地址",
            "详细地址",
            "园址",
            "办园地址",
            "幼儿园地址",
            "园所地址",
            "办学地址",
            "单位地址",
            "通讯地址",
            "address",
        ],
    ),
    (Meaning::Of(Field::Datum), &["坐标系", "坐标系统", "坐标类型", "坐标基准", "datum", "crs"]),
    (
        Meaning::Of(Field::Ownership),
        &[
            "办园性质",
            "性质",
            "类别",
            "办学性质",
            "园所性质",
            "幼儿园性质",
            "办园类别",
            "园所类别",
            "幼儿园类别",
            "办园类型",
            "办学类型",
            "园所类型",
            "类型",
            "举办性质",
            "公民办",
            "公办民办",
            "ownership",
        ],
    ),
    (
        Meaning::Inclusive,
        &[
            "是否普惠",
            "是否普惠性",
            "是否普惠园",
            "是否普惠性幼儿园",
            "是否为普惠性幼儿园",
            "普惠性",
            "普惠",
            "普惠性幼儿园",
            "isinclusive",
        ],
    ),
    (
        Meaning::Of(Field::RunBy),
        &[
            "隶属",
            "隶属关系",
            "隶属级别",
            "举办级别",
            "举办层级",
            "管理级别",
            "市属区属",
            "市区属",
            "办园级别",
            "runby",
        ],
    ),
    (
        Meaning::Of(Field::Grade),
        &[
            "等级",
            "级别",
            "园所等级",
            "园所级别",
            "幼儿园等级",
            "幼儿园级别",
            "办园等级",
            "评估等级",
            "等级评估",
            "评级",
            "grade",
        ],
    ),
    (
        Meaning::Of(Field::OpenedOn),
        &[
            "开办时间",
            "成立年份",
            "成立时间",
            "成立日期",
            "开办年份",
            "开办日期",
            "开园时间",
            "开园年份",
            "办园时间",
            "建园时间",
            "建园年份",
            "创办时间",
            "设立时间",
            "openedyear",
            "openedon",
        ],
    ),
    (Meaning::Of(Field::Campuses), &["园区数", "办园点数", "校区数", "园区数量", "campuses"]),
    (
        Meaning::Of(Field::Classes),
        &["班级数", "班数", "班级数量", "班级总数", "教学班数", "现有班级数", "班级", "classes"],
    ),
    (
        Meaning::Of(Field::Capacity),
        &[
            "学位数",
            "核定学位",
            "核定学位数",
            "学位",
            "学位总数",
            "审批学位",
            "批准学位",
            "办园规模",
            "核定规模",
            "规模",
            "核定人数",
            "capacity",
        ],
    ),
    (
        Meaning::Of(Field::Children),
        &[
            "在园幼儿数",
            "在园人数",
            "在园幼儿",
            "在园幼儿人数",
            "在园儿童数",
            "幼儿数",
            "幼儿人数",
            "在校生数",
            "实际在园人数",
            "children",
        ],
    ),
    (
        Meaning::Of(Field::Teachers),
        &["专任教师", "专任教师数", "专任教师人数", "教师数", "教师人数", "teachers"],
    ),
    (Meaning::Of(Field::Carers), &["保育员", "保育员数", "保育员人数", "保育人员", "carers"]),
    (
        Meaning::Of(Field::OtherStaff),
        &[
            "其他教职工",
            "其他教职工数",
            "其他人员",
            "其他职工",
            "其他教职工人数",
            "其他",
            "otherstaff",
        ],
    ),
    (
        Meaning::Of(Field::FloorArea),
        &["建筑面积", "园舍建筑面积", "校舍建筑面积", "园舍面积", "flooraream2", "floorarea"],
    ),
    (
        Meaning::Of(Field::Status),
        &["状态", "办园状态", "办学状态", "运行状态", "园所状态", "在办状态", "status"],
    ),
];

const LON: &[&str] = &["经度", "东经", "lng", "lon", "longitude", "x坐标", "坐标x", "x"];
const LAT: &[&str] = &["纬度", "北纬", "lat", "latitude", "y坐标", "坐标y", "y"];
const LON_LAT: &[&str] =
    &["经纬度", "坐标", "经纬度坐标", "位置坐标", "地理坐标", "lnglat", "lonlat"];
/// What is left of the names of datums when the title is `lng_gcj02` or 百度坐标系经度.
const DATUM_WORDS: &[&str] = &[
    "wgs1984",
    "wgs84",
    "cgcs2000",
    "国家2000",
    "2000国家",
    "天地图",
    "gps",
    "gcj02",
    "火星",
    "国测局",
    "高德",
    "腾讯",
    "bd09",
    "百度",
    "坐标系",
    "大地",
];

impl<'t> Columns<'t> {
    /// Recognises the columns of a table.
    pub(super) fn of(table: &'t Table) -> Result<Columns<'t>, Unfit> {
        let mut found: BTreeMap<Meaning, Vec<usize>> = BTreeMap::new();
        for (index, title) in table.header.iter().enumerate() {
            if let Some(meaning) = meaning(title) {
                found.entry(meaning).or_default().push(index);
            }
        }
        // A register that is kept under the national code needs no id of its own.
        if !found.contains_key(&Meaning::Of(Field::RegisterId))
            && let Some(codes) = found.get(&Meaning::Of(Field::NationalCode)).cloned()
        {
            found.insert(Meaning::Of(Field::RegisterId), codes);
        }
        let pairs = pairs(&found);
        let columns = Columns { table, found, pairs };
        let missing = columns.missing();
        if missing.is_empty() { Ok(columns) } else { Err(Unfit::missing(table, missing)) }
    }

    fn missing(&self) -> Vec<&'static str> {
        let has = |meaning| self.found.contains_key(&meaning);
        let mut missing: Vec<&'static str> =
            [Field::RegisterId, Field::Name, Field::Ownership, Field::Grade]
                .into_iter()
                .filter(|field| !has(Meaning::Of(*field)))
                .map(Field::label)
                .collect();
        if !has(Meaning::Of(Field::District)) && !has(Meaning::DistrictCode) {
            missing.push(Field::District.label());
        }
        if self.pairs.is_empty() {
            missing.push("经度和纬度");
        }
        missing
    }

    /// The columns with this meaning, most often one.
    pub(super) fn all(&self, meaning: Meaning) -> &[usize] {
        self.found.get(&meaning).map_or(&[], Vec::as_slice)
    }

    /// The titles of the columns with this meaning.
    pub(super) fn titles(&self, meaning: Meaning) -> impl Iterator<Item = &str> {
        self.all(meaning).iter().map(|column| self.table.header[*column].as_str())
    }

    /// The title under which a field stands in the file; empty when it does not.
    pub(super) fn title(&self, field: Field) -> &str {
        let meaning = match field {
            Field::District if self.all(Meaning::Of(field)).is_empty() => Meaning::DistrictCode,
            Field::Street if self.all(Meaning::Of(field)).is_empty() => Meaning::StreetCode,
            field => Meaning::Of(field),
        };
        let column = match field {
            Field::Point => self.pairs.first().map(|pair| pair.lon),
            _ => self.all(meaning).first().copied(),
        };
        column.map_or("", |column| self.table.header[column].as_str())
    }

    /// Pairs of titles that mean the same, and titles that mean nothing to us.
    pub(super) fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        for (meaning, columns) in &self.found {
            let is_own_id = *meaning == Meaning::Of(Field::RegisterId)
                && columns == self.all(Meaning::Of(Field::NationalCode));
            if columns.len() > 1 && !is_own_id {
                let titles: Vec<&str> =
                    columns.iter().map(|column| self.table.header[*column].as_str()).collect();
                notes.push(format!(
                    "列“{}”意思相同：同一行内容一致的照常读取，不一致的该行拒绝。",
                    titles.join("”“")
                ));
            }
        }
        let ignored: Vec<&str> = self
            .table
            .header
            .iter()
            .filter(|title| !title.is_empty() && meaning(title).is_none())
            .map(String::as_str)
            .collect();
        if !ignored.is_empty() {
            notes.push(format!("以下列没有读取：{}。", ignored.join("、")));
        }
        notes
    }
}

fn pairs(found: &BTreeMap<Meaning, Vec<usize>>) -> Vec<Pair> {
    let first = |meaning| found.get(&meaning).and_then(|columns| columns.first()).copied();
    let datums = Datum::ALL.into_iter().map(Some).chain([None]);
    let mut pairs = Vec::new();
    for datum in datums {
        if let (Some(lon), Some(lat)) = (first(Meaning::Lon(datum)), first(Meaning::Lat(datum))) {
            pairs.push(Pair { datum, lon, lat });
        } else if let Some(both) = first(Meaning::LonLat(datum)) {
            pairs.push(Pair { datum, lon: both, lat: both });
        }
    }
    pairs
}

fn meaning(title: &str) -> Option<Meaning> {
    let plain = plain_titles(title);
    plain
        .iter()
        .find_map(|plain| {
            TITLES
                .iter()
                .find(|(_, titles)| titles.contains(&plain.as_str()))
                .map(|(meaning, _)| *meaning)
        })
        .or_else(|| coordinate(title, &plain[1]))
}

fn coordinate(title: &str, closed: &str) -> Option<Meaning> {
    let datum = Datum::named(title);
    let bare = DATUM_WORDS.iter().fold(closed.to_owned(), |text, word| text.replace(word, ""));
    let is = |names: &[&str]| {
        names.contains(&bare.as_str())
            || names.contains(&closed)
            || names.iter().any(|name| bare == format!("坐标{name}"))
    };
    if is(LON) {
        Some(Meaning::Lon(datum))
    } else if is(LAT) {
        Some(Meaning::Lat(datum))
    } else if is(LON_LAT) || (bare.is_empty() && datum.is_some()) {
        Some(Meaning::LonLat(datum))
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_that_offices_use_are_understood() {
        for (title, expected) in [
            ("kg_id", Meaning::Of(Field::RegisterId)),
            ("幼儿园编号*", Meaning::Of(Field::RegisterId)),
            ("学校（机构）标识码", Meaning::Of(Field::NationalCode)),
            ("园 名", Meaning::Of(Field::Name)),
            ("所属区（必填）", Meaning::Of(Field::District)),
            ("gb_district_code", Meaning::DistrictCode),
            ("街道（镇）", Meaning::Of(Field::Street)),
            ("lng_gcj02", Meaning::Lon(Some(Datum::Gcj02))),
            ("lat_wgs84", Meaning::Lat(Some(Datum::Wgs84))),
            ("经度（GCJ-02）", Meaning::Lon(Some(Datum::Gcj02))),
            ("WGS84经度", Meaning::Lon(Some(Datum::Wgs84))),
            ("百度坐标系纬度", Meaning::Lat(Some(Datum::Bd09))),
            ("高德坐标", Meaning::LonLat(Some(Datum::Gcj02))),
            ("经度", Meaning::Lon(None)),
            ("经纬度", Meaning::LonLat(None)),
            ("坐标系", Meaning::Of(Field::Datum)),
            ("办园性质【公办/民办】", Meaning::Of(Field::Ownership)),
            ("is_inclusive", Meaning::Inclusive),
            ("在园幼儿数（人）", Meaning::Of(Field::Children)),
            ("floor_area_m2", Meaning::Of(Field::FloorArea)),
            ("opened_year", Meaning::Of(Field::OpenedOn)),
        ] {
            assert_eq!(meaning(title), Some(expected), "{title}");
        }
        for title in
            ["序号", "园长", "has_party_branch", "last_inspection", "备注", "point_source", "问题"]
        {
            assert_eq!(meaning(title), None, "{title}");
        }
    }

    #[test]
    fn no_title_stands_for_two_things() {
        let mut seen = std::collections::BTreeSet::new();
        for title in TITLES.iter().flat_map(|(_, titles)| *titles) {
            assert!(seen.insert(title), "{title}");
            assert!(
                LON.iter().chain(LAT).chain(LON_LAT).all(|coordinate| coordinate != title),
                "{title}"
            );
        }
    }
}
