//! Runs the cases of `cases/*.toml`, which the policy's authors read; their format is in `cases/README.md`.

#![allow(clippy::unwrap_used, clippy::panic, reason = "the whole file is a test")]

use kernel::Date;
use policy::plan_rules::{ClusterFacts, KindergartenFacts, Position};
use policy::{
    Breach, Exception, Grade, Ownership, Parameter, Parameters, PlanFacts, Rule, RunBy, Setting,
    Status, check, verdict,
};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LawfulPlan {
    district: String,
    district_name: String,
    day: Date,
    kindergartens: String,
    clusters: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    case: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    sentence: String,
    clause: String,
    day: Option<Date>,
    #[serde(default)]
    kindergartens: String,
    #[serde(default)]
    clusters: String,
    #[serde(default)]
    names_in_use: Vec<String>,
    #[serde(default)]
    parameters: BTreeMap<String, String>,
    #[serde(default)]
    exceptions: Vec<Exception>,
    breaches: Vec<Expected>,
    legal: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    rule: Rule,
    cluster: Option<u32>,
    says: String,
}

fn lawful_plan() -> PlanFacts {
    let text = std::fs::read_to_string("cases/lawful_plan.toml").unwrap();
    let plan: LawfulPlan = toml::from_str(&text).unwrap();
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
    facts
}

fn cases() -> Vec<(String, Case)> {
    let mut cases = Vec::new();
    for entry in std::fs::read_dir("cases").unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.extension().is_some_and(|ending| ending == "toml") && name != "lawful_plan.toml" {
            let file: File = toml::from_str(&std::fs::read_to_string(&path).unwrap())
                .unwrap_or_else(|fault| panic!("{name}: {fault}"));
            cases.extend(file.case.into_iter().map(|case| (name.clone(), case)));
        }
    }
    cases
}

/// `成员1-3` → 成员1 成员2 成员3; any other word is itself.
fn spread(word: &str) -> Vec<String> {
    let Some((left, last)) = word.split_once('-') else { return vec![word.to_owned()] };
    let stem = left.trim_end_matches(|letter: char| letter.is_ascii_digit());
    let first: u32 = left[stem.len()..].parse().unwrap();
    (first..=last.parse().unwrap()).map(|number| format!("{stem}{number}")).collect()
}

fn write_kindergartens(facts: &mut PlanFacts, table: &str) {
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

fn write_clusters(facts: &mut PlanFacts, table: &str) {
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

fn outcome(case: &Case) -> (Vec<Breach>, bool) {
    let mut facts = lawful_plan();
    facts.day = case.day.unwrap_or(facts.day);
    facts.names_in_use.clone_from(&case.names_in_use);
    write_kindergartens(&mut facts, &case.kindergartens);
    write_clusters(&mut facts, &case.clusters);
    let setting = |(code, value): (&String, &String)| {
        let parameter = Parameter::from_code(code).unwrap();
        Setting::from(facts.day, parameter, Some(&facts.district), parameter.parse(value).unwrap())
    };
    let settings: Vec<Setting> = case.parameters.iter().map(setting).collect();
    let breaches = check(&facts, &Parameters::of(&facts.district, facts.day, &settings));
    let legal = verdict(&breaches, &case.exceptions, facts.day).is_legal();
    (breaches, legal)
}

#[test]
fn every_case_comes_out_as_its_authors_wrote_it() {
    let mut wrong = Vec::new();
    for (file, case) in cases() {
        let (mut found, legal) = outcome(&case);
        let missed: Vec<&str> = case
            .breaches
            .iter()
            .filter(|expected| {
                let fits = |breach: &Breach| {
                    breach.rule == expected.rule
                        && breach.cluster == expected.cluster
                        && breach.text.contains(&expected.says)
                };
                found.iter().position(fits).map(|index| found.remove(index)).is_none()
            })
            .map(|expected| expected.says.as_str())
            .collect();
        if !found.is_empty() || !missed.is_empty() || legal != case.legal {
            let found: Vec<&str> = found.iter().map(|breach| breach.text.as_str()).collect();
            wrong.push(format!(
                "{file}: {}\n  not said: {missed:?}\n  said too: {found:?}\n  legal: {legal}, expected {}",
                case.sentence, case.legal
            ));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn every_rule_has_a_case_that_breaks_it_and_one_that_keeps_it() {
    let cases = cases();
    for rule in Rule::ALL {
        let breaks = |case: &Case| case.breaches.iter().any(|breach| breach.rule == *rule);
        assert!(cases.iter().any(|(_, case)| breaks(case)), "no case breaks {rule:?}");
        let keeps =
            |case: &Case| case.clause == rule.clause().id && case.breaches.is_empty() && case.legal;
        assert!(cases.iter().any(|(_, case)| keeps(case)), "no case keeps {rule:?}");
    }
}

#[test]
fn every_case_cites_a_clause_of_the_catalogue_and_no_sentence_is_written_twice() {
    let mut sentences = BTreeSet::new();
    for (file, case) in cases() {
        assert!(policy::clauses::clause(&case.clause).is_some(), "{file}: {}", case.clause);
        assert!(sentences.insert(case.sentence.clone()), "{file}: {}", case.sentence);
    }
}
