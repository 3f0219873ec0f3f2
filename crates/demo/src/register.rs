//! The demo city's register of kindergartens, as its bureau would keep it in a file.
//!
//! Real are the districts, streets and communities, and the number of kindergartens; **invented** are every name, every
//! point and every figure, so that no real kindergarten is named or judged. The same seed gives the same city.

mod names;
mod sites;

use chrono::NaiveDate;
use geography::{Community, Datum, Regions, Street};
use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64;

use names::Names;
use sites::Ground;

/// Kindergartens of Shenzhen at the end of 2022, as published.
pub const PUBLISHED_TOTAL: usize = 1_935;

/// Children in them at the end of 2022, as published.
const PUBLISHED_CHILDREN: f64 = 591_700.0;

/// The ten districts that have kindergartens and their share of [`PUBLISHED_TOTAL`]: 福田, 罗湖 and 盐田 as published,
/// the others in proportion to a map service's count of kindergartens in each (2020).
const DISTRICTS: [(&str, usize); 10] = [
    ("440304", 158),
    ("440303", 139),
    ("440308", 30),
    ("440305", 230),
    ("440306", 430),
    ("440307", 481),
    ("440309", 273),
    ("440310", 74),
    ("440311", 93),
    ("dapeng", 27),
];

/// The old town, where grades are higher and most kindergartens of the city's own lie.
const INNER: [&str; 4] = ["440304", "440303", "440308", "440305"];

/// Ownership, its share of kindergartens, and the mean number of children before scaling. They give 53 % public
/// kindergartens, 57 % of the children in them and 90 % in public and inclusive ones together, near the published.
const OWNERSHIP: [(&str, f64, f64); 3] =
    [("公办", 0.53, 330.0), ("普惠性民办", 0.335, 300.0), ("其他民办", 0.135, 230.0)];

const GRADES: [&str; 4] = ["省一级", "市一级", "区一级", "未评级"];

/// Share of kindergartens that the city itself runs.
const CITY_RUN: f64 = 0.02;

/// One line of the register, every cell as text under the column of the same place in [`COLUMNS`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegisterRow {
    /// The register's own id: `D4403050001`.
    pub kg_id: String,
    /// An invented name: 青禾里幼儿园.
    pub name: String,
    /// 南山区.
    pub district: String,
    /// 粤海街道.
    pub street: String,
    /// 大塘龙社区.
    pub community: String,
    /// Longitude in `datum`, degrees with six decimals.
    pub lng: String,
    /// Latitude in `datum`, degrees with six decimals.
    pub lat: String,
    /// `GCJ-02`: offices take their points from the usual maps.
    pub datum: String,
    /// 公办, 普惠性民办 or 其他民办.
    pub ownership: String,
    /// 市属 or 区属; empty for a few.
    pub run_by: String,
    /// 省一级, 市一级, 区一级 or 未评级.
    pub grade: String,
    /// Opening date, `2012-09-01`; before 2022.
    pub opened: String,
    /// Number of classes.
    pub classes: String,
    /// Places (学位); never fewer than the children.
    pub capacity: String,
    /// Children enrolled.
    pub children: String,
    /// Teachers.
    pub teachers: String,
    /// Carers (保育员).
    pub carers: String,
    /// All other staff.
    pub other_staff: String,
    /// National code `1144dddddd`, from serial 900001 on, which is not in use; empty for a few.
    pub national_code: String,
}

/// The register's column titles, in the order of [`RegisterRow`]'s fields.
pub const COLUMNS: [&str; 19] = [
    "编号",
    "名称",
    "区",
    "街道",
    "社区",
    "经度",
    "纬度",
    "坐标系",
    "办园性质",
    "隶属",
    "等级",
    "开办时间",
    "班级数",
    "学位数",
    "在园幼儿数",
    "专任教师",
    "保育员",
    "其他教职工",
    "标识码",
];

impl RegisterRow {
    fn cells(&self) -> [&str; COLUMNS.len()] {
        [
            &self.kg_id,
            &self.name,
            &self.district,
            &self.street,
            &self.community,
            &self.lng,
            &self.lat,
            &self.datum,
            &self.ownership,
            &self.run_by,
            &self.grade,
            &self.opened,
            &self.classes,
            &self.capacity,
            &self.children,
            &self.teachers,
            &self.carers,
            &self.other_staff,
            &self.national_code,
        ]
    }
}

/// The register as a CSV file in UTF-8 with a header. No cell holds a comma, a quote or a line break.
pub fn to_csv(rows: &[RegisterRow]) -> String {
    let mut text = COLUMNS.join(",") + "\n";
    for row in rows {
        text += &row.cells().join(",");
        text.push('\n');
    }
    text
}

/// A paper by which the city delegates one of its kindergartens to the district, so that it may be a centre (2.1.2-6).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delegation {
    /// The register's id of the kindergarten.
    pub kg_id: String,
    /// An invented document number.
    pub document: String,
    /// The day of the paper.
    pub issued: NaiveDate,
    /// First day in force.
    pub valid_from: NaiveDate,
    /// First day no longer in force.
    pub valid_to: NaiveDate,
}

/// The papers for the register's city-run kindergartens: of five, three have one until 2028, one had one until 2025,
/// one has none.
pub fn delegations(rows: &[RegisterRow]) -> Vec<Delegation> {
    let september = |year| NaiveDate::from_ymd_opt(year, 9, 1).unwrap_or(NaiveDate::MAX);
    let june = |year| NaiveDate::from_ymd_opt(year, 6, 20).unwrap_or(NaiveDate::MAX);
    let city_run = rows.iter().filter(|row| row.run_by == "市属").enumerate();
    let year_of = |at: usize| match at % 5 {
        0..=2 => Some(2025),
        3 => Some(2022),
        _ => None,
    };
    city_run
        .filter_map(|(at, row)| Some((year_of(at)?, at, row)))
        .map(|(year, at, row)| Delegation {
            kg_id: row.kg_id.clone(),
            document: format!("演示市教委托〔{year}〕{}号", at + 1),
            issued: june(year),
            valid_from: september(year),
            valid_to: september(year + 3),
        })
        .collect()
}

/// The register of a city of `total` kindergartens in ten districts.
pub fn register(seed: u64, total: usize) -> Vec<RegisterRow> {
    register_in(seed, total, &DISTRICTS.map(|(code, _)| code))
}

/// The register of a city of `total` kindergartens in some of the ten districts, given by their codes.
pub fn register_in(seed: u64, total: usize, districts: &[&str]) -> Vec<RegisterRow> {
    let chosen: Vec<(&str, usize)> =
        DISTRICTS.into_iter().filter(|(code, _)| districts.contains(code)).collect();
    let weights: Vec<f64> = chosen.iter().map(|&(_, count)| count as f64).collect();
    let mut rng = Pcg64::seed_from_u64(seed);
    let mut names = Names::shuffled(&mut rng);
    let mut rows = Vec::with_capacity(total);
    for (&(district, _), count) in chosen.iter().zip(shares(&weights, total)) {
        rows.extend(district_rows(district, count, &mut names, &mut rng));
    }
    fill_in_children_and_staff(&mut rows, &mut rng);
    for (serial, row) in rows.iter_mut().enumerate() {
        if rng.random_bool(0.97) {
            row.national_code = format!("1144{:06}", 900_001 + serial);
        }
    }
    rows
}

/// The rows of one district, ordered by street, without children, staff and national code.
fn district_rows(
    district: &str,
    count: usize,
    names: &mut Names,
    rng: &mut Pcg64,
) -> Vec<RegisterRow> {
    let regions = Regions::shipped();
    let streets: Vec<&Street> = regions.streets_of(district).collect();
    let (Some(place), Some(outline)) =
        (regions.district(district), regions.district_outline(district))
    else {
        return Vec::new();
    };
    let communities: Vec<&[Community]> =
        streets.iter().map(|street| regions.communities_of(&street.code)).collect();
    let sizes: Vec<usize> = communities.iter().map(|listed| listed.len()).collect();
    let mut ground = Ground::laid_out(outline, &sizes, rng);
    let standing = standing(district, count, rng);
    let tag = if district == "dapeng" { "4403DP" } else { district };
    let mut rows: Vec<RegisterRow> = Vec::with_capacity(count);
    for (at, in_street) in shares(&street_weights(&sizes, rng), count).into_iter().enumerate() {
        for _ in 0..in_street {
            let (community, point) = ground.site(at, rng);
            let (lng, lat) = Datum::Gcj02.from_wgs84(point);
            let number = rows.len();
            let (ownership, run_by, grade) =
                standing.get(number).copied().unwrap_or(("公办", "区属", "未评级"));
            rows.push(RegisterRow {
                kg_id: format!("D{tag}{:04}", number + 1),
                name: format!("{}幼儿园", names.next()),
                district: place.name.clone(),
                street: streets[at].name.clone(),
                community: communities[at]
                    .get(community)
                    .map(|c| c.short_name().to_owned())
                    .unwrap_or_default(),
                lng: format!("{lng:.6}"),
                lat: format!("{lat:.6}"),
                datum: Datum::Gcj02.label().to_owned(),
                ownership: ownership.to_owned(),
                run_by: run_by.to_owned(),
                grade: grade.to_owned(),
                opened: opening(rng),
                classes: String::new(),
                capacity: String::new(),
                children: String::new(),
                teachers: String::new(),
                carers: String::new(),
                other_staff: String::new(),
                national_code: String::new(),
            });
        }
    }
    rows
}

/// Streets have kindergartens as they have communities, but for a quarter that falls where it likes: some are dense.
fn street_weights(sizes: &[usize], rng: &mut Pcg64) -> Vec<f64> {
    let luck: Vec<f64> = sizes.iter().map(|_| (0.8 * sites::gauss(rng)).exp()).collect();
    let (communities, luck_total) =
        (sizes.iter().sum::<usize>().max(1) as f64, luck.iter().sum::<f64>());
    sizes
        .iter()
        .zip(&luck)
        .map(|(&size, luck)| 0.75 * size as f64 / communities + 0.25 * luck / luck_total)
        .collect()
}

/// Ownership, level and grade of each kindergarten of a district, in no order.
fn standing(
    district: &str,
    count: usize,
    rng: &mut Pcg64,
) -> Vec<(&'static str, &'static str, &'static str)> {
    let inner = INNER.contains(&district);
    let by_place: [f64; 4] =
        if inner { [0.11, 0.46, 0.28, 0.15] } else { [0.035, 0.24, 0.42, 0.305] };
    let mut all = Vec::with_capacity(count);
    let quota = shares(&OWNERSHIP.map(|(_, share, _)| share), count);
    for ((ownership, _, _), quota) in OWNERSHIP.into_iter().zip(quota) {
        let by_ownership: [f64; 4] = match ownership {
            "公办" => [1.6, 1.2, 1.0, 0.7],
            "普惠性民办" => [0.35, 0.85, 1.0, 1.25],
            _ => [1.0; 4],
        };
        let weights = [0, 1, 2, 3].map(|grade| by_place[grade] * by_ownership[grade]);
        for _ in 0..quota {
            let run_by = if rng.random_bool(0.01) { "" } else { "区属" };
            all.push((ownership, run_by, GRADES[sites::pick(&weights, rng)]));
        }
    }
    // The public ones come first. The city's own are among the best of them; in the old town they are more frequent.
    let city_run = (count as f64 * CITY_RUN * if inner { 1.8 } else { 0.68 }).round() as usize;
    for one in all.iter_mut().take(city_run) {
        *one = ("公办", "市属", GRADES[sites::pick(&[0.6, 0.3, 0.1], rng)]);
    }
    // Every cluster needs a public centre of a good grade (2.1.2-4): one in eight at least, whatever the dice say.
    let is_eligible = |one: &(&str, &str, &str)| {
        one.0 == "公办" && one.1 != "市属" && GRADES[..2].contains(&one.2)
    };
    let missing =
        count.div_ceil(8).saturating_sub(all.iter().filter(|one| is_eligible(one)).count());
    let others = all
        .iter_mut()
        .filter(|one| one.0 == "公办" && one.1 != "市属" && !GRADES[..2].contains(&one.2));
    for one in others.take(missing) {
        one.2 = GRADES[1];
    }
    all.shuffle(rng);
    all
}

fn opening(rng: &mut Pcg64) -> String {
    let year = (2011.5 + 7.0 * sites::gauss(rng)).clamp(1984.0, 2021.0) as u32;
    let month = if rng.random_bool(0.8) { 9 } else { 3 };
    format!("{year}-{month:02}-01")
}

/// Children by ownership and grade, scaled to the published mean; classes, places and staff by the children.
fn fill_in_children_and_staff(rows: &mut [RegisterRow], rng: &mut Pcg64) {
    let drawn: Vec<f64> = rows
        .iter()
        .map(|row| {
            let mean = OWNERSHIP
                .iter()
                .find(|(name, _, _)| *name == row.ownership)
                .map_or(300.0, |&(_, _, mean)| mean);
            let by_grade = match row.grade.as_str() {
                "省一级" => 1.25,
                "市一级" => 1.1,
                "区一级" => 1.0,
                _ => 0.9,
            };
            (mean * by_grade * (0.4 * sites::gauss(rng) - 0.08).exp()).clamp(45.0, 780.0)
        })
        .collect();
    let scale =
        PUBLISHED_CHILDREN / PUBLISHED_TOTAL as f64 * rows.len() as f64 / drawn.iter().sum::<f64>();
    for (row, drawn) in rows.iter_mut().zip(drawn) {
        let children = (drawn * scale).round() as u32;
        let classes = ((f64::from(children) / rng.random_range(25.0..31.0)).round() as u32).max(3);
        let teachers = classes * 2 + u32::from(rng.random_bool(0.3));
        let other_staff = 3 + (f64::from(classes) * rng.random_range(0.5..0.9)).round() as u32;
        row.children = children.to_string();
        row.classes = classes.to_string();
        row.capacity = (classes * 30).max(children.div_ceil(30) * 30).to_string();
        row.teachers = teachers.to_string();
        row.carers = classes.to_string();
        row.other_staff = other_staff.to_string();
    }
}

/// `total` shared out by weight, by largest remainder; on a tie the earlier takes it.
fn shares(weights: &[f64], total: usize) -> Vec<usize> {
    let sum: f64 = weights.iter().sum();
    let exact: Vec<f64> = weights.iter().map(|weight| weight / sum * total as f64).collect();
    let mut whole: Vec<usize> = exact.iter().map(|share| share.floor() as usize).collect();
    let mut order: Vec<usize> = (0..weights.len()).collect();
    order.sort_by(|&a, &b| exact[b].fract().total_cmp(&exact[a].fract()));
    let left = total.saturating_sub(whole.iter().sum());
    for &at in order.iter().cycle().take(if weights.is_empty() { 0 } else { left }) {
        whole[at] += 1;
    }
    whole
}

#[cfg(test)]
mod tests;
