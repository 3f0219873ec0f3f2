use std::collections::{BTreeMap, BTreeSet};

use crate::program::{check_of, file, folder, gongzhi, path, plan_of, planned, register};
use serde_json::Value;

fn features(plan: &std::path::Path) -> Vec<Value> {
    let plan: Value = serde_json::from_slice(&std::fs::read(plan).unwrap()).unwrap();
    plan["features"].as_array().unwrap().clone()
}

#[test]
fn every_kindergarten_is_planned_once_with_one_centre_and_one_hull_for_each_cluster() {
    let (register, plan) = planned();
    let features = features(plan);
    let points: Vec<&Value> =
        features.iter().filter(|each| each["geometry"]["type"] == "Point").collect();
    let hulls: Vec<&Value> =
        features.iter().filter(|each| each["geometry"]["type"] == "Polygon").collect();
    let ids: BTreeSet<&str> =
        points.iter().map(|each| each["properties"]["kg_id"].as_str().unwrap()).collect();
    let listed = std::fs::read_to_string(register).unwrap().lines().count() - 1;
    assert_eq!((points.len(), ids.len()), (listed, listed));
    let mut centres: BTreeMap<u64, usize> = BTreeMap::new();
    for point in &points {
        let is_centre = point["properties"]["role"] == "centre";
        *centres.entry(point["properties"]["cluster"].as_u64().unwrap()).or_default() +=
            usize::from(is_centre);
    }
    assert!(centres.values().all(|count| *count == 1), "{centres:?}");
    let drawn: BTreeSet<u64> =
        hulls.iter().map(|each| each["properties"]["cluster"].as_u64().unwrap()).collect();
    assert_eq!(drawn, centres.keys().copied().collect());
    assert_eq!(hulls.len(), centres.len());
}

#[test]
fn the_check_on_its_own_path_agrees_with_the_plan() {
    let (register, plan) = planned();
    let ended = check_of(register, plan);
    let answer = ended.json();
    assert_eq!(
        (ended.code, answer["hard"].as_u64(), answer["passed"].as_bool()),
        (Some(0), Some(0), Some(true))
    );
    assert_eq!(answer["notes"], serde_json::json!([]));
    let again = folder().join("again.geojson");
    let planned = plan_of(register, &again, &["--effort", "1", "--json"]).json();
    let (own, theirs) =
        (answer["distance_m"].as_f64().unwrap(), planned["distance_m"].as_f64().unwrap());
    assert!((own - theirs).abs() <= 1.0, "{own} {theirs}");
    assert_eq!(answer["clusters"], planned["clusters"]);
}

#[test]
fn the_same_seed_and_effort_give_the_same_plan_on_any_number_of_threads() {
    let (register, plan) = planned();
    let again = folder().join("threads.geojson");
    for threads in ["1", "4"] {
        plan_of(register, &again, &["--effort", "1", "--threads", threads]);
        assert_eq!(
            std::fs::read(plan).unwrap(),
            std::fs::read(&again).unwrap(),
            "{threads} threads"
        );
    }
}

#[test]
fn distance_bound_and_gap_are_told_for_each_district_and_altogether() {
    let (register, _) = planned();
    let ended = plan_of(register, &folder().join("told.geojson"), &["--effort", "0", "--json"]);
    let answer = ended.json();
    assert_eq!(answer["districts"].as_array().unwrap().len(), 2);
    let lines = answer["districts"].as_array().unwrap().iter().chain([&answer]);
    for line in lines {
        let number = |key: &str| line[key].as_f64().unwrap();
        let (distance, bound, gap) = (number("distance_m"), number("lower_bound_m"), number("gap"));
        assert!(bound > 0.0 && bound <= distance, "{line}");
        assert!(((distance - bound) / distance - gap).abs() < 1e-6, "{line}");
    }
    let readable = plan_of(register, &folder().join("told.geojson"), &["--effort", "0"]).printed;
    for part in ["盐田区", "坪山区", "全市", "下界", "差距"] {
        assert!(readable.contains(part), "{part} in {readable}");
    }
}

#[test]
fn a_part_of_the_city_gets_its_share_of_the_clusters_and_no_more() {
    let (register, _) = planned();
    let answer =
        plan_of(register, &folder().join("share.geojson"), &["--effort", "0", "--json"]).json();
    let clusters = answer["clusters"].as_u64().unwrap();
    assert!(
        (10..=12).contains(&clusters),
        "104 of 1,935 kindergartens have {clusters} of 200 clusters"
    );
    let answer = plan_of(
        register,
        &folder().join("share.geojson"),
        &["--effort", "0", "--json", "--clusters", "14"],
    )
    .json();
    assert_eq!(answer["clusters"], 14);
}

#[test]
fn a_time_limit_is_kept() {
    let (register, _) = planned();
    let answer =
        plan_of(register, &folder().join("limit.geojson"), &["--seconds", "0.5", "--json"]).json();
    assert!(answer["seconds"].as_f64().unwrap() < 5.0, "{answer}");
}

#[test]
fn a_row_that_can_not_be_read_is_told_and_left_out() {
    let damaged = register().replacen(",公办,", ",集体,", 1);
    let damaged = file("damaged.csv", damaged);
    let ended = plan_of(&damaged, &folder().join("damaged.geojson"), &["--effort", "0", "--json"]);
    assert_eq!(ended.json()["refused_rows"], 1);
    assert!(ended.said.contains("集体"), "{}", ended.said);
}

#[test]
fn a_city_run_kindergarten_leads_only_if_a_column_says_that_it_is_delegated() {
    // Without its only possible centres a district has no plan; one city-run kindergarten may then lead or not.
    let rows: Vec<String> = register().lines().map(str::to_owned).collect();
    let column = |title: &str| rows[0].split(',').position(|each| each == title).unwrap();
    let (district, ownership, run_by, grade) =
        (column("区"), column("办园性质"), column("隶属"), column("等级"));
    let with = |delegated: &str| {
        let mut first = true;
        let lines = rows.iter().enumerate().map(|(at, row)| {
            let mut cells: Vec<String> = row.split(',').map(str::to_owned).collect();
            let mut last = String::new();
            if at == 0 {
                last = "委托书".to_owned();
            } else if cells[district] == "盐田区" {
                cells[grade] = "未评级".to_owned();
                if std::mem::take(&mut first) {
                    (cells[ownership], cells[run_by]) = ("公办".to_owned(), "市属".to_owned());
                    cells[grade] = "省一级".to_owned();
                    last = delegated.to_owned();
                }
            }
            cells.join(",") + "," + &last
        });
        file("delegated.csv", lines.collect::<Vec<_>>().join("\n"))
    };
    let out = folder().join("delegated.geojson");
    let without = plan_of(&with(""), &out, &["--effort", "0", "--json"]);
    assert_eq!(without.code, Some(1));
    assert!(
        without.json()["districts"]
            .as_array()
            .unwrap()
            .iter()
            .any(|line| line["unplanned"].is_string())
    );
    let delegated = plan_of(&with("演示委〔2025〕1号"), &out, &["--effort", "0", "--json"]);
    assert!(
        delegated.json()["districts"]
            .as_array()
            .unwrap()
            .iter()
            .all(|line| line["unplanned"].is_null()),
        "{delegated:?}"
    );
}

#[test]
fn what_can_not_be_used_is_said_in_chinese_with_exit_code_2() {
    let out = folder().join("none.geojson");
    let (nothing, text) = (file("nothing.csv", ""), file("text.csv", "甲,乙\n1,2\n"));
    for input in [&nothing, &text, &folder().join("not-there.csv"), &folder().to_path_buf()] {
        let ended = plan_of(input, &out, &[]);
        assert_eq!(ended.code, Some(2), "{ended:?}");
        assert!(ended.said.starts_with("错误：") && ended.printed.is_empty(), "{ended:?}");
        assert!(!out.exists());
    }
    let (register, _) = planned();
    let ended = plan_of(register, &folder().join("no-folder/plan.geojson"), &["--effort", "0"]);
    assert_eq!(ended.code, Some(2), "{ended:?}");
    assert_eq!(gongzhi(["plan"]).code, Some(2));
    assert_eq!(
        gongzhi(["plan", "--input", path(register), "--out", "x", "--seconds", "-1"]).code,
        Some(2)
    );
    assert_eq!(gongzhi(["--help"]).code, Some(0));
}
