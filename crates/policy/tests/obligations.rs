//! Runs the cases of `cases/obligations/*.toml`, flips each decided obligation by one record, and holds the list of those
//! that no record decides yet.

#![allow(clippy::unwrap_used, clippy::panic, reason = "the whole file is a test")]

mod tables;

use kernel::Date;
use policy::obligations::{
    Committee, DistrictFacts, Evaluation, Facts, Inspectors, Institutions, Register, Researchers,
    Seat, State, Verdict, all, evaluate,
};
use policy::{Exception, Grade, Ownership, Parameters, PlanFacts, Rule, RunBy, Strength};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

const LAWFUL: &str = "cases/obligations/lawful_city.toml";
const CITY: &str = "4403";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    case: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    sentence: String,
    obligation: String,
    at: String,
    state: Expected,
    #[serde(default)]
    says: String,
    day: Option<Date>,
    #[serde(default)]
    kindergartens: String,
    #[serde(default)]
    clusters: String,
    #[serde(default)]
    parameters: BTreeMap<String, String>,
    #[serde(default)]
    exceptions: Vec<Exception>,
    #[serde(default)]
    posts: String,
    #[serde(default)]
    holders: Vec<String>,
    #[serde(default)]
    taken_over: Vec<String>,
}

#[derive(Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
enum Expected {
    Met,
    Failed,
    Excepted,
    NotApplicable,
}

impl Expected {
    fn of(verdict: Option<&Verdict>) -> Option<Self> {
        Some(match verdict.map(Verdict::state) {
            None => Self::NotApplicable,
            Some(State::Met) => Self::Met,
            Some(State::Failed) => Self::Failed,
            Some(State::Excepted) => Self::Excepted,
            Some(State::Unknown) => return None,
        })
    }
}

fn cases() -> Vec<(String, Case)> {
    let mut cases = Vec::new();
    for entry in std::fs::read_dir("cases/obligations").unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.extension().is_some_and(|ending| ending == "toml") && name != "lawful_city.toml" {
            let file: File = toml::from_str(&std::fs::read_to_string(&path).unwrap())
                .unwrap_or_else(|fault| panic!("{name}: {fault}"));
            cases.extend(file.case.into_iter().map(|case| (name.clone(), case)));
        }
    }
    cases
}

/// Everybody where the policy wants somebody.
fn staffed(plan: &PlanFacts) -> Institutions {
    let principal = |id: &String| format!("园长{id}");
    let ids = || plan.kindergartens.iter().map(|each| each.id.clone());
    let by_cluster = || plan.clusters.iter().map(|each| each.name.clone());
    let committees = plan.clusters.iter().map(|each| Committee {
        cluster: each.name.clone(),
        chair: each.centres.first().map(principal),
        seats: each
            .members
            .iter()
            .map(|id| Seat { kindergarten: id.clone(), holder: Some(principal(id)) })
            .collect(),
        office: each.centres.first().cloned(),
    });
    Institutions {
        principals: Some(ids().map(|id| (id.clone(), principal(&id))).collect()),
        committees: Some(committees.collect()),
        inspectors: Some(
            by_cluster().map(|id| (id, Inspectors { full_time: 1, part_time: 8 })).collect(),
        ),
        liaisons: Some(ids().map(|id| (id, 1)).collect()),
        researchers: Some(
            by_cluster().map(|id| (id, Researchers { leads: 1, trainers: 1 })).collect(),
        ),
        party_organisations: Some(
            ids().map(|id| (id.clone(), vec![format!("{id}党支部")])).collect(),
        ),
    }
}

/// The city of one district; a cluster's id is its name, a kindergarten's too.
fn city(
    plan: PlanFacts,
    parameters: &BTreeMap<String, String>,
    institutions: Institutions,
) -> Facts {
    let settings = tables::settings(&plan, parameters);
    let day = plan.day;
    Facts {
        city: CITY.to_owned(),
        city_name: "深圳市".to_owned(),
        day,
        parameters: Parameters::of_city(day, &settings),
        register: Register { holders: Some(Vec::new()), taken_over: Some(BTreeMap::new()) },
        institutions,
        districts: vec![DistrictFacts {
            cluster_ids: plan.clusters.iter().map(|each| each.name.clone()).collect(),
            exceptions: Vec::new(),
            parameters: Parameters::of(&plan.district, day, &settings),
            plan,
        }],
    }
}

fn lawful_city() -> Facts {
    let (plan, parameters) = tables::lawful(LAWFUL);
    let institutions = staffed(&plan);
    city(plan, &parameters, institutions)
}

fn facts(case: &Case) -> Facts {
    let (mut plan, mut parameters) = tables::lawful(LAWFUL);
    plan.day = case.day.unwrap_or(plan.day);
    // The posts are those of the lawful city: what a case changes in the register doesn't appoint anybody.
    let mut institutions = staffed(&plan);
    tables::write_kindergartens(&mut plan, &case.kindergartens);
    tables::write_clusters(&mut plan, &case.clusters);
    parameters.extend(case.parameters.clone());
    write_posts(&mut institutions, &case.posts);
    let mut facts = city(plan, &parameters, institutions);
    facts.districts[0].exceptions.clone_from(&case.exceptions);
    facts.register.holders = Some(case.holders.clone());
    let taken_over = |id: &String| (id.clone(), (RunBy::District, RunBy::City));
    facts.register.taken_over = Some(case.taken_over.iter().map(taken_over).collect());
    facts
}

fn write_posts(known: &mut Institutions, table: &str) {
    for line in table.lines().filter(|line| !line.trim().is_empty()) {
        let words: Vec<&str> = line.split_whitespace().collect();
        let [place, what, value] = words[..] else { panic!("not three words: {line}") };
        let place = place.to_owned();
        let named = |none: &str| (value != none).then(|| value.to_owned());
        let committees = known.committees.as_mut().unwrap();
        let at = committees.iter().position(|each| each.cluster == place);
        match what {
            "委员会" if value == "没有" => drop(committees.remove(at.unwrap())),
            "委员会" if value == "两个" => committees.push(committees[at.unwrap()].clone()),
            "主任" => committees[at.unwrap()].chair = named("空缺"),
            "办公室" => committees[at.unwrap()].office = named("没有"),
            "席位" => {
                let (kindergarten, holder) = value.split_once('=').unwrap();
                let seats = &mut committees[at.unwrap()].seats;
                if holder == "没有" {
                    seats.retain(|seat| seat.kindergarten != kindergarten);
                } else {
                    let seat = seats.iter_mut().find(|seat| seat.kindergarten == kindergarten);
                    seat.unwrap().holder = (holder != "空缺").then(|| holder.to_owned());
                }
            }
            "专职督学" | "兼职督学" => {
                let own = known.inspectors.as_mut().unwrap().get_mut(&place).unwrap();
                let count = value.parse().unwrap();
                if what == "专职督学" { own.full_time = count } else { own.part_time = count }
            }
            "教研员" | "培训师" => {
                let own = known.researchers.as_mut().unwrap().get_mut(&place).unwrap();
                let count = value.parse().unwrap();
                if what == "教研员" { own.leads = count } else { own.trainers = count }
            }
            "园长" => {
                let principals = known.principals.as_mut().unwrap();
                match named("空缺") {
                    Some(person) => principals.insert(place, person),
                    None => principals.remove(&place),
                };
            }
            "视导员" => {
                known.liaisons.as_mut().unwrap().insert(place, value.parse().unwrap());
            }
            "党组织" => {
                let names = named("没有")
                    .iter()
                    .flat_map(|all| all.split('、'))
                    .map(str::to_owned)
                    .collect();
                known.party_organisations.as_mut().unwrap().insert(place, names);
            }
            _ => panic!("an unknown word: {line}"),
        }
    }
}

/// The verdict at the place of this name.
fn at<'e>(evaluation: &'e Evaluation, obligation: &str, name: &str) -> Option<&'e Verdict> {
    let outcome = evaluation.outcome(obligation).unwrap();
    outcome.each(&evaluation.places).find(|(place, _)| place.name == name).map(|(_, own)| own)
}

#[test]
fn every_case_comes_out_as_its_authors_wrote_it() {
    for (file, case) in cases() {
        let evaluation = evaluate(&facts(&case));
        let found = at(&evaluation, &case.obligation, &case.at);
        let reason = found.map(Verdict::reason).unwrap_or_default();
        assert_eq!(Expected::of(found), Some(case.state), "{file}: {}\n{reason}", case.sentence);
        assert!(reason.contains(&case.says), "{file}: {}\n{reason}", case.sentence);
        assert!(case.state != Expected::Failed || !case.says.is_empty(), "{}", case.sentence);
        let plan = &facts(&case).districts[0].plan;
        let is_known = case.at == "深圳市"
            || plan.clusters.iter().any(|each| each.name == case.at)
            || plan.kindergartens.iter().any(|each| each.name == case.at);
        assert!(is_known, "{file}: nothing is called {}", case.at);
    }
}

fn decided() -> Vec<&'static str> {
    let outcomes = evaluate(&lawful_city()).outcomes;
    outcomes.iter().filter(|each| each.is_decided()).map(|each| each.obligation.id()).collect()
}

#[test]
fn every_decided_obligation_has_a_case_that_keeps_it_and_one_that_does_not() {
    let cases = cases();
    for id in decided() {
        let has = |state: Expected| {
            cases.iter().any(|(_, case)| case.obligation == id && case.state == state)
        };
        assert!(has(Expected::Met) && has(Expected::Failed), "{id}");
    }
    for rule in Rule::ALL.iter().filter(|rule| rule.strength() == Strength::InPrinciple) {
        let id = rule.clause().id;
        let excepted =
            |(_, case): &(String, Case)| case.obligation == id && case.state == Expected::Excepted;
        assert!(cases.iter().any(excepted), "{id} has no case of an exception");
    }
}

#[test]
fn no_sentence_is_written_twice() {
    let mut sentences = BTreeSet::new();
    for (file, case) in cases() {
        assert!(sentences.insert(case.sentence.clone()), "{file}: {}", case.sentence);
    }
}

#[test]
fn the_lawful_city_keeps_everything_that_is_decided() {
    let evaluation = evaluate(&lawful_city());
    for outcome in evaluation.outcomes.iter().filter(|outcome| outcome.is_decided()) {
        let tally = outcome.tally(&evaluation.places);
        assert_eq!((tally.met, tally.failed), (tally.in_scope, 0), "{}", outcome.obligation.id());
        assert!(tally.in_scope > 0, "{}", outcome.obligation.id());
    }
}

/// The state of every obligation at every place.
fn states(facts: &Facts) -> BTreeMap<(&'static str, String), State> {
    let evaluation = evaluate(facts);
    let each = evaluation.outcomes.iter().flat_map(|outcome| {
        let id = outcome.obligation.id();
        outcome
            .each(&evaluation.places)
            .map(move |(place, verdict)| ((id, place.id.clone()), verdict.state()))
    });
    each.collect()
}

/// What another record changes: obligation, place, state then (`None`: it asks nothing of the place any more).
fn changed(by: impl FnOnce(&mut Facts)) -> BTreeSet<(&'static str, String, Option<State>)> {
    let mut facts = lawful_city();
    let before = states(&facts);
    by(&mut facts);
    let after = states(&facts);
    let keys: BTreeSet<_> = before.keys().chain(after.keys()).collect();
    keys.into_iter()
        .filter(|key| before.get(*key) != after.get(*key))
        .map(|key| (key.0, key.1.clone(), after.get(key).copied()))
        .collect()
}

struct Flip {
    obligation: &'static str,
    at: &'static str,
    record: fn(&mut Facts),
    /// What can't but change with it.
    companions: &'static [(&'static str, &'static str, Option<State>)],
}

const fn flip(obligation: &'static str, at: &'static str, record: fn(&mut Facts)) -> Flip {
    Flip { obligation, at, record, companions: &[] }
}

fn kindergarten<'f>(
    facts: &'f mut Facts,
    id: &str,
) -> &'f mut policy::plan_rules::KindergartenFacts {
    facts.districts[0].plan.kindergartens.iter_mut().find(|each| each.id == id).unwrap()
}

fn committee(facts: &mut Facts) -> &mut Committee {
    &mut facts.institutions.committees.as_mut().unwrap()[0]
}

/// One record each, and what it flips.
const FLIPS: &[Flip] = &[
    flip("1.2-1", CITY, |facts| facts.parameters.city_clusters = 3),
    Flip {
        // The membership of one kindergarten.
        obligation: "1.2-2",
        at: "鹿鸣",
        record: |facts| facts.districts[0].plan.clusters[1].members.retain(|id| id != "鹿鸣"),
        companions: &[
            ("2.1.2-5", "鹿鸣", None),
            ("2.1.2-8", "鹿鸣", None),
            ("2.1.3-3", "蛇口学区", Some(State::Failed)),
        ],
    },
    flip("2.1.1-2", "粤海学区", |facts| kindergarten(facts, "春田").grade = Grade::Ungraded),
    flip("2.1.2-1", "蛇口学区", |facts| {
        kindergarten(facts, "百合").position.as_mut().unwrap().x_m = 12_000.0;
    }),
    flip("2.1.2-2", "蛇口学区", |facts| facts.districts[0].parameters.largest_cluster = 7),
    flip("2.1.2-3", "粤海学区", |facts| {
        kindergarten(facts, "春田").ownership = Ownership::Private;
    }),
    flip("2.1.2-4", "蛇口学区", |facts| kindergarten(facts, "蓝湾").grade = Grade::District),
    Flip {
        // A second membership.
        obligation: "2.1.2-5",
        at: "星海",
        record: |facts| facts.districts[0].plan.clusters[1].members.push("星海".to_owned()),
        companions: &[("2.1.3-3", "蛇口学区", Some(State::Failed))],
    },
    flip("2.1.2-6", "蛇口学区", |facts| kindergarten(facts, "蓝湾").delegated = false),
    flip("2.1.2-7", "粤海学区", |facts| {
        facts.register.holders.as_mut().unwrap().push("南山区粤海学区".to_owned());
    }),
    flip("2.1.2-8", "春田", |facts| {
        let change = (RunBy::District, RunBy::City);
        facts.register.taken_over.as_mut().unwrap().insert("春田".to_owned(), change);
    }),
    flip("2.1.2-9", "粤海学区", |facts| {
        "同心学区".clone_into(&mut facts.districts[0].plan.clusters[0].name);
    }),
    Flip {
        obligation: "2.1.3-1",
        at: "粤海学区",
        record: |facts| drop(facts.institutions.committees.as_mut().unwrap().remove(0)),
        // Without a committee there is no chair, no seat and no office to judge.
        companions: &[
            ("2.1.3-2", "粤海学区", None),
            ("2.1.3-3", "粤海学区", None),
            ("2.1.3-5", "粤海学区", None),
        ],
    },
    flip("2.1.3-2", "粤海学区", |facts| committee(facts).chair = Some("前任园长".to_owned())),
    flip("2.1.3-3", "粤海学区", |facts| committee(facts).seats[1].holder = None),
    flip("2.1.3-5", "粤海学区", |facts| committee(facts).office = Some("春田".to_owned())),
    flip("2.1.3-6", "粤海学区", |facts| {
        let inspectors = facts.institutions.inspectors.as_mut().unwrap();
        inspectors.get_mut("粤海学区").unwrap().part_time -= 1;
    }),
    flip("2.1.3-8", "云杉", |facts| {
        facts.institutions.liaisons.as_mut().unwrap().remove("云杉");
    }),
    flip("2.1.3-9", "粤海学区", |facts| {
        let researchers = facts.institutions.researchers.as_mut().unwrap();
        researchers.get_mut("粤海学区").unwrap().trainers = 0;
    }),
    flip("2.1.3-10", "云杉", |facts| {
        facts.institutions.party_organisations.as_mut().unwrap().remove("云杉");
    }),
];

#[test]
fn one_record_flips_exactly_the_verdict_of_its_obligation() {
    for flip in FLIPS {
        let own = (flip.obligation, flip.at, Some(State::Failed));
        let expected: BTreeSet<(&str, String, Option<State>)> = std::iter::once(&own)
            .chain(flip.companions)
            .map(|(id, place, state)| (*id, (*place).to_owned(), *state))
            .collect();
        assert_eq!(changed(flip.record), expected, "{}", flip.obligation);
    }
}

#[test]
fn every_decided_obligation_has_a_record_that_flips_it() {
    let flipped: Vec<&str> = FLIPS.iter().map(|flip| flip.obligation).collect();
    assert_eq!(flipped, decided());
}

#[test]
fn without_its_exception_what_was_excepted_has_failed() {
    for rule in
        [Rule::AtMostSixteen, Rule::NearOneAnother, Rule::OwnershipMix, Rule::DifferentKinds]
    {
        let mut facts = lawful_city();
        let district = &mut facts.districts[0];
        match rule {
            Rule::AtMostSixteen => district.parameters.largest_cluster = 7,
            Rule::NearOneAnother => {
                district.plan.kindergartens[7].position.as_mut().unwrap().x_m = 12_000.0;
            }
            Rule::OwnershipMix => district.plan.kindergartens[1].ownership = Ownership::Private,
            _ => district.plan.kindergartens[1].grade = Grade::Ungraded,
        }
        let cluster =
            if matches!(rule, Rule::AtMostSixteen | Rule::NearOneAnother) { 2 } else { 1 };
        district.exceptions.push(Exception {
            rule,
            cluster: Some(cluster),
            reason: "新园 9 月开办".to_owned(),
            approver: Some("周正".to_owned()),
            until: district.plan.day,
        });
        let with = states(&facts);
        facts.districts[0].exceptions.clear();
        let without = states(&facts);
        let flipped: Vec<_> = with.iter().filter(|(key, state)| without[*key] != **state).collect();
        let [(key, state)] = flipped[..] else { panic!("{rule:?}: {flipped:?}") };
        assert_eq!(
            (key.0, *state, without[key]),
            (rule.clause().id, State::Excepted, State::Failed)
        );
    }
}

#[test]
fn what_was_never_recorded_is_unknown_and_not_decided() {
    let (plan, parameters) = tables::lawful(LAWFUL);
    let mut facts = city(plan, &parameters, Institutions::default());
    facts.register = Register::default();
    let evaluation = evaluate(&facts);
    let register = [
        "1.2-1", "1.2-2", "2.1.1-2", "2.1.2-1", "2.1.2-2", "2.1.2-3", "2.1.2-4", "2.1.2-5",
        "2.1.2-6", "2.1.2-9",
    ];
    for outcome in &evaluation.outcomes {
        let id = outcome.obligation.id();
        assert_eq!(outcome.is_decided(), register.contains(&id), "{id}");
        let tally = outcome.tally(&evaluation.places);
        if !outcome.is_decided() {
            assert_eq!((tally.unknown, tally.met), (tally.in_scope, 0), "{id}");
        }
    }
}

#[test]
fn who_sees_one_cluster_is_told_of_no_other() {
    let mut facts = lawful_city();
    facts.institutions.liaisons.as_mut().unwrap().clear();
    let evaluation =
        evaluate(&facts).within(|_, place| place.cluster.as_deref() == Some("粤海学区"));
    let liaisons = evaluation.outcome("2.1.3-8").unwrap();
    let told: Vec<&str> =
        liaisons.each(&evaluation.places).map(|(place, _)| place.name.as_str()).collect();
    assert_eq!(told, ["青禾", "春田", "云杉", "星海"]);
    assert_eq!(evaluation.outcome("2.1.2-2").unwrap().tally(&evaluation.places).in_scope, 1);
    assert_eq!(evaluation.outcome("1.2-1").unwrap().tally(&evaluation.places).in_scope, 0);
    assert_eq!(evaluation.at("2.1.3-8", "百合"), None);
}

/// How many obligations no record decides. It was 70 when the list was first written; it only gets smaller.
const MOST_UNDECIDED: usize = 70;

#[test]
fn the_list_of_the_undecided_is_exact_and_only_gets_shorter() {
    let text = std::fs::read_to_string("cases/obligations/undecided.txt").unwrap();
    let listed: Vec<&str> = text.lines().filter(|line| !line.starts_with('#')).collect();
    let decided = decided();
    let undecided: Vec<&str> =
        all().map(policy::obligations::Obligation::id).filter(|id| !decided.contains(id)).collect();
    assert_eq!(listed, undecided, "what is decided is taken off the list");
    assert!(listed.len() <= MOST_UNDECIDED, "nothing may be added to the list");
}
