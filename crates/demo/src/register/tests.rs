use std::collections::{BTreeMap, HashSet};

use super::*;
use geography::Point;

const SEED: u64 = 20_220_201;

fn point(row: &RegisterRow) -> Point {
    Datum::Gcj02.to_wgs84(row.lng.parse().unwrap(), row.lat.parse().unwrap())
}

fn share(rows: &[RegisterRow], holds: impl Fn(&RegisterRow) -> bool) -> f64 {
    rows.iter().filter(|row| holds(row)).count() as f64 / rows.len() as f64
}

#[test]
fn the_city_has_the_published_number_of_kindergartens_in_ten_districts() {
    let rows = register(SEED, PUBLISHED_TOTAL);
    assert_eq!(rows.len(), 1_935);
    let mut by_district: BTreeMap<&str, usize> = BTreeMap::new();
    for row in &rows {
        *by_district.entry(&row.district).or_default() += 1;
    }
    assert_eq!(by_district.len(), 10);
    assert_eq!(
        (by_district["福田区"], by_district["盐田区"], by_district["大鹏新区"]),
        (158, 30, 27)
    );
    assert_eq!(rows.iter().map(|row| &row.kg_id).collect::<HashSet<_>>().len(), rows.len());
    assert_eq!(rows.iter().map(|row| &row.name).collect::<HashSet<_>>().len(), rows.len());
}

#[test]
fn the_same_seed_gives_the_same_city_and_another_seed_another() {
    assert_eq!(to_csv(&register(7, 60)), to_csv(&register(7, 60)));
    assert_ne!(to_csv(&register(7, 60)), to_csv(&register(8, 60)));
}

#[test]
fn a_small_city_keeps_to_its_districts() {
    let rows = register_in(SEED, 60, &["440305", "dapeng"]);
    assert_eq!(rows.len(), 60);
    let names: HashSet<&str> = rows.iter().map(|row| row.district.as_str()).collect();
    assert_eq!(names, HashSet::from(["南山区", "大鹏新区"]));
    assert_eq!(rows[0].kg_id, "D4403050001");
    assert!(register_in(SEED, 60, &[]).is_empty());
    assert!(register(SEED, 0).is_empty());
}

#[test]
fn every_kindergarten_stands_in_a_real_street_and_community_inside_its_district() {
    let regions = Regions::shipped();
    for row in register(SEED, PUBLISHED_TOTAL) {
        let district = regions.district_named(&row.district).unwrap();
        let street = regions.street_named(&district.code, &row.street).unwrap();
        assert!(regions.community_named(&street.code, &row.community).is_some(), "{row:?}");
        assert!(
            regions.district_outline(&district.code).unwrap().distance_m(point(&row)) < 1.0,
            "{row:?}"
        );
    }
}

#[test]
fn kindergartens_stand_apart_and_streets_are_dense_and_sparse() {
    let rows = register(SEED, PUBLISHED_TOTAL);
    let points: Vec<Point> = rows.iter().map(point).collect();
    let crowded = (0..points.len())
        .filter(|&at| {
            points[..at].iter().any(|other| {
                (other.lat - points[at].lat).abs() < 0.002 && other.distance_m(points[at]) < 148.0
            })
        })
        .count();
    assert!(crowded < rows.len() / 100, "{crowded} stand closer than 150 m");
    let mut by_street: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for row in &rows {
        *by_street.entry((&row.district, &row.street)).or_default() += 1;
    }
    assert_eq!(by_street.len(), 74, "no street is without a kindergarten");
    assert!(
        by_street.values().any(|&count| count < 10) && by_street.values().any(|&count| count > 60)
    );
}

#[test]
fn ownership_level_and_grade_have_the_shares_they_should() {
    let rows = register(SEED, PUBLISHED_TOTAL);
    assert!((share(&rows, |row| row.ownership == "公办") - 0.53).abs() < 0.005);
    assert!((share(&rows, |row| row.run_by == "市属") - 0.02).abs() < 0.004);
    assert!(
        (0.25..0.45).contains(&share(&rows, |row| row.grade == "省一级" || row.grade == "市一级"))
    );
    assert!(rows.iter().filter(|row| row.run_by == "市属").all(|row| row.ownership == "公办"));
    let gaps = share(&rows, |row| row.national_code.is_empty());
    assert!((0.01..0.06).contains(&gaps));
    let codes: HashSet<&str> =
        rows.iter().map(|row| row.national_code.as_str()).filter(|code| !code.is_empty()).collect();
    assert_eq!(codes.len(), rows.iter().filter(|row| !row.national_code.is_empty()).count());
    assert!(codes.iter().all(|code| code.len() == 10 && code.starts_with("11449")));
}

#[test]
fn children_fit_their_places_and_come_to_the_published_number() {
    let rows = register(SEED, PUBLISHED_TOTAL);
    let number = |text: &str| text.parse::<u32>().unwrap();
    let total: u32 = rows.iter().map(|row| number(&row.children)).sum();
    assert!((f64::from(total) - PUBLISHED_CHILDREN).abs() < 1_000.0, "{total}");
    for row in &rows {
        assert!(
            number(&row.children) <= number(&row.capacity) && number(&row.classes) >= 3,
            "{row:?}"
        );
        assert!(number(&row.teachers) >= 2 * number(&row.classes), "{row:?}");
    }
}

/// 2.1.2-4: without a public kindergarten of a good grade no cluster has a centre.
#[test]
fn in_any_small_city_one_kindergarten_in_eight_may_be_a_centre() {
    for seed in 0..12 {
        let rows = register_in(seed, 40, &["440310", "dapeng"]);
        for district in ["坪山区", "大鹏新区"] {
            let own: Vec<&RegisterRow> =
                rows.iter().filter(|row| row.district == district).collect();
            let may = |row: &&&RegisterRow| {
                row.ownership == "公办"
                    && row.run_by != "市属"
                    && ["省一级", "市一级"].contains(&row.grade.as_str())
            };
            assert!(
                own.iter().filter(may).count() >= own.len().div_ceil(8),
                "seed {seed}, {district}"
            );
        }
    }
}

#[test]
fn some_city_run_kindergartens_have_a_delegation_paper_in_force_one_an_old_one_some_none() {
    let rows = register(SEED, PUBLISHED_TOTAL);
    let papers = delegations(&rows);
    let day = NaiveDate::from_ymd_opt(2026, 2, 3).unwrap();
    let in_force =
        papers.iter().filter(|paper| paper.valid_from <= day && day < paper.valid_to).count();
    let city_run: HashSet<&str> =
        rows.iter().filter(|row| row.run_by == "市属").map(|row| row.kg_id.as_str()).collect();
    assert!(in_force > 0 && in_force < papers.len() && papers.len() < city_run.len());
    assert!(papers.iter().all(|paper| city_run.contains(paper.kg_id.as_str()) && paper.issued < paper.valid_from));
}

#[test]
fn the_file_has_a_line_for_each_row_and_a_cell_for_each_column() {
    let text = to_csv(&register(SEED, 50));
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 51);
    assert!(lines.iter().all(|line| line.split(',').count() == COLUMNS.len()));
    assert!(!text.contains('"'));
}

#[test]
fn shares_add_up_to_the_whole() {
    assert_eq!(shares(&[1.0, 1.0, 1.0], 5), [2, 2, 1]);
    assert_eq!(shares(&[0.5, 0.25, 0.25], 8), [4, 2, 2]);
    assert!(shares(&[], 5).is_empty());
}
