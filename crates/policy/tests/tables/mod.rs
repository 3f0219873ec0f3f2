//! How a case writes down a district: tables of kindergartens and clusters, as `cases/README.md` describes them.

use kernel::Date;
use policy::plan_rules::{ClusterFacts, KindergartenFacts, Position};
use policy::{Grade, Ownership, Parameter, PlanFacts, RunBy, Setting, Status};
use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Lawful {
    district: String,
    district_name: String,
    day: Date,
    kindergartens: String,
    clusters: String,
    #[serde(default)]
    parameters: BTreeMap<String, String>,
}

/// From what all cases of a kind start, with the parameters that hold there.
pub fn lawful(path: &str) -> (PlanFacts, BTreeMap<String, String>) {
    let plan: Lawful = toml::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let mut facts = PlanFacts {
        district: plan.district,
        district_name: plan.district_name,
        day: plan.day,
        kindergartens: Vec::new(),
        clusters: Vec::new(),
        names_in_use: Vec::new(),
    };
    write_kindergartens(&mut facts, &plan.kindergartens);
    write_clusters(&mut facts, &plan.clusters);
    (facts, plan.parameters)
}

/// What the district has set, from the day of the facts on; the city's target is the city's.
pub fn settings(facts: &PlanFacts, parameters: &BTreeMap<String, String>) -> Vec<Setting> {
    let setting = |(code, value): (&String, &String)| {
        let parameter = Parameter::from_code(code).unwrap();
        let district = (parameter != Parameter::CityClusters).then_some(facts.district.as_str());
        Setting::from(facts.day, parameter, district, parameter.parse(value).unwrap())
    };
    parameters.iter().map(setting).collect()
}

/// `成员1-3` → 成员1 成员2 成员3; any other word is itself.
fn spread(word: &str) -> Vec<String> {
    let Some((left, last)) = word.split_once('-') else { return vec![word.to_owned()] };
    let stem = left.trim_end_matches(|letter: char| letter.is_ascii_digit());
    let first: u32 = left[stem.len()..].parse().unwrap();
    (first..=last.parse().unwrap()).map(|number| format!("{stem}{number}")).collect()
}

pub fn write_kindergartens(facts: &mut PlanFacts, table: &str) {
    let lines = table.lines().filter(|line| !line.trim().is_empty() && !line.starts_with("园名"));
    for line in lines {
        let words: Vec<&str> = line.split_whitespace().collect();
        let [names, ownership, grade, run_by, street, community, east, north, remarks @ ..] =
            &words[..]
        else {
            panic!("a line with too few columns: {line}");
        };
        let known = ["停办", "暂停", "有委托书", "无坐标", "在福田区"];
        assert!(remarks.iter().all(|remark| known.contains(remark)), "an unknown remark: {line}");
        let has = |remark: &str| remarks.contains(&remark);
        let position = Position { x_m: east.parse().unwrap(), y_m: north.parse().unwrap() };
        for name in spread(names) {
            let kindergarten = KindergartenFacts {
                id: name.clone(),
                name,
                district: if has("在福田区") {
                    "440304".into()
                } else {
                    facts.district.clone()
                },
                ownership: *Ownership::ALL.iter().find(|term| term.label() == *ownership).unwrap(),
                grade: *Grade::ALL.iter().find(|term| term.label() == *grade).unwrap(),
                run_by: *RunBy::ALL.iter().find(|term| term.label() == *run_by).unwrap(),
                status: match (has("停办"), has("暂停")) {
                    (true, _) => Status::Closed,
                    (_, true) => Status::Suspended,
                    _ => Status::Open,
                },
                delegated: has("有委托书"),
                position: (!has("无坐标")).then_some(position),
                street: (*street).to_owned(),
                community: (*community).to_owned(),
            };
            facts.kindergartens.retain(|each| each.id != kindergarten.id);
            facts.kindergartens.push(kindergarten);
        }
    }
}

pub fn write_clusters(facts: &mut PlanFacts, table: &str) {
    for line in table.lines().filter(|line| !line.trim().is_empty()) {
        let (key, rest) = line.split_once(' ').unwrap();
        let key: u32 = key.parse().unwrap();
        facts.clusters.retain(|cluster| cluster.key != key);
        if rest == "删除" {
            continue;
        }
        let (name, words) = rest.split_once('：').unwrap();
        let words: Vec<&str> = words.split_whitespace().collect();
        let centres =
            words.iter().filter_map(|word| word.strip_suffix('*')).map(str::to_owned).collect();
        let members = words.iter().flat_map(|word| spread(word.trim_end_matches('*'))).collect();
        facts.clusters.push(ClusterFacts { key, name: name.to_owned(), centres, members });
    }
    facts.clusters.sort_by_key(|cluster| cluster.key);
}
