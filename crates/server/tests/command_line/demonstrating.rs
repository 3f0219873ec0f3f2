use crate::program::{DAY, folder, gongzhi, path};

#[test]
fn the_demo_city_is_prepared_once_even_after_a_start_that_was_killed() {
    let city = folder().join("city");
    std::fs::create_dir_all(&city).unwrap();
    std::fs::write(city.join("demo-preparing.db"), "half a city").unwrap();
    let demo = || gongzhi(["demo", "--data", path(&city), "--today", DAY, "--prepare-only"]);
    let first = demo();
    assert_eq!(first.code, Some(0), "{first:?}");
    for part in ["南山区学前科科员", "nanshan", "福田区分管领导", "principal", "sysadmin"]
    {
        assert!(first.printed.contains(part), "{part} in {}", first.printed);
    }
    let files: Vec<_> =
        std::fs::read_dir(&city).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(files, ["demo.db"], "{first:?}");
    let prepared = std::fs::read(city.join("demo.db")).unwrap();
    let second = demo();
    assert_eq!((second.code, &second.printed), (Some(0), &first.printed), "{second:?}");
    assert!(!second.said.contains("准备"), "{}", second.said);
    assert!(
        std::fs::read(city.join("demo.db")).unwrap() == prepared,
        "the city was prepared again"
    );
    every_checkable_obligation_fails_somewhere(&city);
}

/// What the program's own rules make impossible, so that no play can show it failing.
const NEVER_FAILS: [(&str, &str); 4] = [
    ("1.2-1", "the city is divided by the target's own shares"),
    ("2.1.2-5", "a guard in the database refuses a second cluster"),
    ("2.1.3-1", "adoption establishes the committee with the cluster"),
    ("2.1.3-5", "the committee's office is where the centre is, by definition"),
];

fn every_checkable_obligation_fails_somewhere(city: &std::path::Path) {
    let ended = gongzhi(["obligations", "--data", path(city), "--as-of", DAY, "--json"]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let lines: Vec<serde_json::Value> =
        ended.printed.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 90);
    let count = |line: &serde_json::Value, what: &str| line[what].as_u64().unwrap();
    let undecided = include_str!("../../../policy/cases/obligations/undecided.txt");
    for line in &lines {
        let id = line["id"].as_str().unwrap();
        let states = ["met", "failed", "excepted", "unknown"];
        let sum: u64 = states.iter().map(|state| count(line, state)).sum();
        assert_eq!(sum, count(line, "in_scope"), "{line}");
        let is_listed = undecided.lines().any(|listed| listed == id);
        assert_eq!(line["decided"], !is_listed, "{line}");
        if is_listed {
            continue;
        }
        match NEVER_FAILS.iter().find(|(never, _)| *never == id) {
            Some((_, reason)) => assert_eq!(count(line, "failed"), 0, "{reason}: {line}"),
            None => assert!(count(line, "failed") > 0, "nothing fails: {line}"),
        }
    }
    let table = gongzhi(["obligations", "--data", path(city), "--as-of", DAY]);
    assert!(table.printed.contains("2.1.3-6") && table.printed.contains("由后续功能判定的 70 项"));
    let nowhere = gongzhi(["obligations", "--data", "/nowhere"]);
    assert_eq!(nowhere.code, Some(2), "{nowhere:?}");
}

#[test]
fn an_address_that_is_taken_is_told() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let configuration = crate::program::file(
        "gongzhi.toml",
        format!(
            "listen = \"{address}\"\ndatabase_url = \"sqlite://{}\"\n",
            path(&folder().join("taken.db"))
        ),
    );
    let ended = gongzhi(["serve", "--config", path(&configuration)]);
    assert_eq!(ended.code, Some(2), "{ended:?}");
    assert!(ended.said.contains(&address) && ended.said.contains("占用"), "{ended:?}");
}
