//! `gongzhi check`: whether a plan file keeps the policy. Its own path from register and plan to the rules: nothing of
//! the optimiser is used here, so the two can't be wrong together.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::PathBuf;

use clap::Args;
use geography::District;
use policy::plan_rules::{ClusterFacts, KindergartenFacts, PlanFacts};
use policy::{Breach, Parameters, Rule, Strength, check};
use serde::Serialize;

use super::files;
use super::outcome::{Ending, Outcome, print, say};
use super::plan_file::{self, PlanFile};
use super::register::{Register, RegisterOptions};
use super::solve::json_line;

/// A kindergarten that the plan puts farther than this from where the register has it is on the map in a wrong place,
/// most likely in another datum (GCJ-02 is about 600 m off).
const MISPLACED_M: f64 = 50.0;

/// Check a plan against the rules of the policy, clause by clause.
#[derive(Args, Debug)]
pub(crate) struct Check {
    #[command(flatten)]
    register: RegisterOptions,
    /// The plan: GeoJSON as `gongzhi plan` writes it
    #[arg(long, value_name = "PLAN.geojson")]
    plan: PathBuf,
    /// Print one line of JSON
    #[arg(long)]
    json: bool,
}

/// What was found.
#[derive(Serialize)]
struct Answer {
    /// No hard rule is broken, no cluster is too large, and the file could be read to the end.
    passed: bool,
    kindergartens: usize,
    clusters: usize,
    /// Sum of the distances of all members to their centres, in metres.
    distance_m: f64,
    hard: usize,
    in_principle: usize,
    encouraged: usize,
    breaches: Vec<Line>,
    /// What can't be read in the plan file.
    faults: Vec<String>,
    /// What deserves a look but breaks no rule.
    notes: Vec<String>,
}

/// One breach.
#[derive(Serialize)]
struct Line {
    rule: &'static str,
    clause: &'static str,
    strength: Strength,
    district: String,
    cluster: Option<String>,
    kindergartens: Vec<String>,
    text: String,
    remedy: String,
}

/// A cluster of the file.
struct Drawn {
    label: String,
    name: String,
    centres: Vec<String>,
    members: Vec<String>,
}

/// Checks the plan.
pub(crate) fn run(wanted: &Check) -> Outcome {
    let plan = plan_file::read(&files::text(&wanted.plan)?)?;
    let register = Register::read(&wanted.register)?;
    let answer = judged(&register, &plan);
    if wanted.json {
        print(&json_line(&answer)?);
    } else {
        print(&readable(&answer));
    }
    Ok(if answer.passed { Ending::Done } else { Ending::FaultFound })
}

fn judged(register: &Register, plan: &PlanFile) -> Answer {
    let mut notes = misplaced(register, plan);
    if register.refused > 0 {
        notes.push(format!("名册有 {} 行不能采用，这些幼儿园无法核对。", register.refused));
    }
    let mut faults = plan.faults.clone();
    let drawn = drawn(plan, &mut faults);
    let clusters = drawn.len();
    let by_district = by_district(register, plan, drawn);
    let every_name: Vec<(String, String)> = by_district
        .iter()
        .flat_map(|(code, drawn)| drawn.iter().map(|each| (code.clone(), each.name.clone())))
        .filter(|(_, name)| !name.is_empty())
        .collect();
    let mut breaches = Vec::new();
    let mut distance_m = 0.0;
    for district in register.districts() {
        let drawn = by_district.get(&district.code).map(Vec::as_slice).unwrap_or_default();
        let names_elsewhere = every_name
            .iter()
            .filter(|(code, _)| *code != district.code)
            .map(|(_, name)| name.clone())
            .collect();
        let facts = facts(register, district, drawn, names_elsewhere);
        distance_m += total_distance_m(&facts);
        let parameters = Parameters::of(&district.code, register.day, &[]);
        breaches.extend(
            check(&facts, &parameters).into_iter().map(|breach| line(breach, district, drawn)),
        );
    }
    let count =
        |strength: Strength| breaches.iter().filter(|line| line.strength == strength).count();
    let (hard, in_principle, encouraged) =
        (count(Strength::Hard), count(Strength::InPrinciple), count(Strength::Encouraged));
    // A plan file carries no approved exception, and unlike a mix or a distance, which depend on where kindergartens
    // stand, the size of a cluster can always be kept: a seventeenth is refused although 2.1.2-2 says 原则上.
    let too_large = breaches.iter().any(|line| line.rule == Rule::AtMostSixteen.code());
    Answer {
        passed: hard == 0 && !too_large && faults.is_empty(),
        kindergartens: register.len(),
        clusters,
        distance_m: distance_m.round(),
        hard,
        in_principle,
        encouraged,
        breaches,
        faults,
        notes,
    }
}

/// The clusters of the file with their names. Names that contradict one another are a fault of the file.
fn drawn(plan: &PlanFile, faults: &mut Vec<String>) -> Vec<Drawn> {
    let mut by_label: BTreeMap<&str, Drawn> = BTreeMap::new();
    for mark in &plan.marks {
        let Some(label) = mark.cluster.as_deref() else { continue };
        let drawn = by_label.entry(label).or_insert_with(|| Drawn {
            label: label.to_owned(),
            name: String::new(),
            centres: Vec::new(),
            members: Vec::new(),
        });
        drawn.members.push(mark.id.clone());
        if mark.is_centre {
            drawn.centres.push(mark.id.clone());
        }
    }
    for drawn in by_label.values_mut() {
        let names: Vec<&String> = plan.names.get(&drawn.label).into_iter().flatten().collect();
        match names.as_slice() {
            [] if drawn.label.parse::<u64>().is_err() => drawn.name.clone_from(&drawn.label),
            [] => {}
            [name] => drawn.name.clone_from(name),
            [name, ..] => {
                drawn.name.clone_from(name);
                let listed: Vec<&str> = names.iter().map(|name| name.as_str()).collect();
                faults.push(format!(
                    "学区 {} 有几个不同的名称：{}",
                    drawn.label,
                    listed.join("、")
                ));
            }
        }
    }
    for label in plan.names.keys().filter(|label| !by_label.contains_key(label.as_str())) {
        faults.push(format!("学区 {label} 没有一所幼儿园"));
    }
    by_label.into_values().collect()
}

/// Each cluster in the district of its centre; without one, in that of most members; of unknown ones, where the file says.
fn by_district(
    register: &Register,
    plan: &PlanFile,
    drawn: Vec<Drawn>,
) -> BTreeMap<String, Vec<Drawn>> {
    let district_of = register.district_of();
    let mut sorted: BTreeMap<String, Vec<Drawn>> = BTreeMap::new();
    for cluster in drawn {
        let known = |ids: &[String]| -> Option<String> {
            let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
            for district in ids.iter().filter_map(|id| district_of.get(id.as_str())) {
                *counts.entry(district).or_default() += 1;
            }
            counts
                .into_iter()
                .max_by_key(|(_, count)| *count)
                .map(|(district, _)| district.to_owned())
        };
        let said = || {
            plan.districts
                .get(&cluster.label)
                .filter(|code| register.regions.district(code).is_some())
                .cloned()
        };
        let first = || {
            register.districts().next().map(|district| district.code.clone()).unwrap_or_default()
        };
        let own = known(&cluster.centres)
            .or_else(|| known(&cluster.members))
            .or_else(said)
            .unwrap_or_else(first);
        sorted.entry(own).or_default().push(cluster);
    }
    sorted
}

fn facts(
    register: &Register,
    district: &District,
    drawn: &[Drawn],
    names_in_use: Vec<String>,
) -> PlanFacts {
    let named: BTreeSet<&str> =
        drawn.iter().flat_map(|cluster| &cluster.members).map(String::as_str).collect();
    let clusters = drawn.iter().enumerate().map(|(place, cluster)| ClusterFacts {
        key: place as u32 + 1,
        name: cluster.name.clone(),
        centres: cluster.centres.clone(),
        members: cluster.members.clone(),
    });
    PlanFacts {
        district: district.code.clone(),
        district_name: district.name.clone(),
        day: register.day,
        kindergartens: register.facts_for(&district.code, &named),
        clusters: clusters.collect(),
        names_in_use,
    }
}

fn line(breach: Breach, district: &District, drawn: &[Drawn]) -> Line {
    let cluster = breach.cluster.and_then(|key| drawn.get((key as usize).checked_sub(1)?));
    Line {
        rule: breach.rule.code(),
        clause: breach.clause().id,
        strength: breach.strength(),
        district: district.name.clone(),
        cluster: cluster.map(|cluster| cluster.label.clone()),
        kindergartens: breach.kindergartens,
        text: breach.text,
        remedy: breach.remedy,
    }
}

fn total_distance_m(facts: &PlanFacts) -> f64 {
    let by_id: BTreeMap<&str, &KindergartenFacts> =
        facts.kindergartens.iter().map(|each| (each.id.as_str(), each)).collect();
    let position = |id: &String| by_id.get(id.as_str()).and_then(|each| each.position);
    let of_cluster = |cluster: &ClusterFacts| {
        let [centre] = cluster.centres.as_slice() else { return 0.0 };
        let Some(from) = position(centre) else { return 0.0 };
        cluster.members.iter().filter_map(position).map(|to| from.distance_m(to)).sum::<f64>()
    };
    facts.clusters.iter().map(of_cluster).sum()
}

/// Points that lie elsewhere than in the register.
fn misplaced(register: &Register, plan: &PlanFile) -> Vec<String> {
    let points = register.points();
    let off: Vec<(&str, f64)> = plan
        .marks
        .iter()
        .filter_map(|mark| {
            Some((mark.id.as_str(), points.get(mark.id.as_str())?.distance_m(mark.point)))
        })
        .filter(|(_, metres)| metres.is_nan() || *metres > MISPLACED_M)
        .collect();
    let farthest = off.iter().max_by(|a, b| a.1.total_cmp(&b.1));
    farthest
        .map(|(id, metres)| {
            let count = off.len();
            format!("有 {count} 所幼儿园在方案中的坐标与名册不符，相差最大的是 {id}（{metres:.0} 米）。方案的坐标应为 WGS-84。")
        })
        .into_iter()
        .collect()
}

fn readable(answer: &Answer) -> String {
    let mut text = String::new();
    let verdict = if answer.passed { "通过" } else { "不通过" };
    // Writing to a String can't fail.
    let _ = writeln!(
        text,
        "{verdict}：{} 所幼儿园，{} 个学区，到中心园总距离 {} 米。硬性 {} 处，原则上 {} 处。",
        answer.kindergartens, answer.clusters, answer.distance_m, answer.hard, answer.in_principle
    );
    for fault in &answer.faults {
        let _ = writeln!(text, "  方案文件：{fault}");
    }
    for strength in [Strength::Hard, Strength::InPrinciple, Strength::Encouraged] {
        for rule in Rule::ALL {
            let concerned: Vec<&Line> = answer
                .breaches
                .iter()
                .filter(|line| line.rule == rule.code() && line.strength == strength)
                .collect();
            if concerned.is_empty() {
                continue;
            }
            let clause = rule.clause();
            let _ = writeln!(
                text,
                "\n【{}】{}（{}，条目 {}）：{} 处",
                strength.label(),
                rule.label(),
                clause.reference,
                clause.id,
                concerned.len()
            );
            for line in concerned {
                let _ = writeln!(text, "  {} {}", line.district, line.text);
            }
        }
    }
    for note in &answer.notes {
        say(format_args!("提醒：{note}"));
    }
    text
}
