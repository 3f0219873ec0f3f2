//! Runs the cases of `cases/*.toml`, which the policy's authors read; their format is in `cases/README.md`.

#![allow(clippy::unwrap_used, clippy::panic, reason = "the whole file is a test")]

mod tables;

use kernel::Date;
use policy::{Breach, Exception, Parameters, Rule, check, verdict};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

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

fn outcome(case: &Case) -> (Vec<Breach>, bool) {
    let mut facts = tables::lawful("cases/lawful_plan.toml").0;
    facts.day = case.day.unwrap_or(facts.day);
    facts.names_in_use.clone_from(&case.names_in_use);
    tables::write_kindergartens(&mut facts, &case.kindergartens);
    tables::write_clusters(&mut facts, &case.clusters);
    let settings = tables::settings(&facts, &case.parameters);
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
