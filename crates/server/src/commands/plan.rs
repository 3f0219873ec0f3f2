//! `gongzhi plan`: clusters for a whole city from a register, without server or database.

use std::cmp::Reverse;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use clap::Args;
use clustering::{Effort, Work};
use geography::{District, Regions};
use kernel::KindergartenId;
use planning::plans::{Content, DistrictFacts, Site, propose_district, settled};
use policy::{Parameters, Strength, check, shares};
use serde::Serialize;
use uuid::Uuid;

use super::files;
use super::interruption::{Interruption, Patience};
use super::outcome::{Ending, Outcome, Trouble, print, say};
use super::plan_file::{self, Placed, PlannedCluster};
use super::register::{Register, RegisterOptions};
use super::solve::{json_line, seconds, threads};

/// Effort for a whole city where none is given: a few seconds. More gains less than a thousandth of the distance.
const DEFAULT_EFFORT: u32 = 2;

/// Plan the clusters of every district of a register and write them as GeoJSON.
#[derive(Args, Debug)]
pub(crate) struct Plan {
    #[command(flatten)]
    register: RegisterOptions,
    /// Where the plan is written
    #[arg(long, value_name = "PLAN.geojson")]
    out: PathBuf,
    /// Clusters in the city, shared out by largest remainder [default: the policy's 200]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=10_000))]
    clusters: Option<u32>,
    /// Stop after so many seconds with the best plan found
    #[arg(long, value_name = "S", conflicts_with = "effort", value_parser = seconds)]
    seconds: Option<Duration>,
    /// Do a fixed amount of work: the same plan for the same seed, on any number of threads [default: 2]
    #[arg(long, value_name = "E")]
    effort: Option<u32>,
    /// Start of the random numbers
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// Threads to use [default: as many as the machine has]
    #[arg(long, value_name = "N", value_parser = threads)]
    threads: Option<usize>,
    /// Print one line of JSON
    #[arg(long)]
    json: bool,
}

/// A district to be planned.
struct Task {
    facts: DistrictFacts,
    clusters: u32,
}

/// What came of the city.
#[derive(Serialize)]
struct Answer {
    kindergartens: usize,
    clusters: usize,
    distance_m: f64,
    lower_bound_m: f64,
    gap: f64,
    hard: usize,
    in_principle: usize,
    refused_rows: usize,
    seconds: f64,
    districts: Vec<Line>,
}

/// What came of a district.
#[derive(Serialize)]
struct Line {
    code: String,
    name: String,
    kindergartens: usize,
    clusters: usize,
    distance_m: f64,
    lower_bound_m: f64,
    gap: f64,
    hard: usize,
    in_principle: usize,
    /// Why the district has no plan.
    #[serde(skip_serializing_if = "Option::is_none")]
    unplanned: Option<String>,
}

/// Plans the city.
pub(crate) fn run(wanted: &Plan) -> Outcome {
    let began = Instant::now();
    let interruption = Interruption::watched();
    let register = Register::read(&wanted.register)?;
    let tasks = tasks(&register, wanted.clusters);
    let contents = proposed(&tasks, wanted, &interruption);
    if interruption.is_asked() {
        say("已按要求停止，写出目前最好的可行方案。");
    }
    let contents = named(&tasks, contents);
    let planned = clusters(&tasks, &contents);
    if planned.is_empty() {
        let reasons: Vec<String> = tasks
            .iter()
            .zip(&contents)
            .filter_map(|(task, content)| unplanned(task, content))
            .collect();
        return Err(Trouble(format!("没有一个区能够划分：{}。", reasons.join("；"))));
    }
    files::write(&wanted.out, plan_file::write(&planned).as_bytes())?;
    let answer = Answer {
        seconds: rounded(began.elapsed().as_secs_f64()),
        ..summed(&register, &tasks, &contents)
    };
    if wanted.json {
        print(&json_line(&answer)?);
    } else {
        print(&readable(&answer));
    }
    let whole = answer.hard == 0 && answer.districts.iter().all(|line| line.unplanned.is_none());
    Ok(if whole { Ending::Done } else { Ending::FaultFound })
}

type Proposed = Result<Content, planning::plans::NoProposal>;

fn tasks(register: &Register, target: Option<u32>) -> Vec<Task> {
    let districts: Vec<(&District, Vec<Site>)> =
        register.districts().map(|district| (district, sites(register, &district.code))).collect();
    let mut city = Parameters::of_city(register.day, &[]);
    city.city_clusters = target.unwrap_or(city.city_clusters);
    let is_open = |site: &&Site| site.status == policy::Status::Open;
    let open: Vec<u32> =
        districts.iter().map(|(_, sites)| sites.iter().filter(is_open).count() as u32).collect();
    let elsewhere = if target.is_none() { not_in_register(&register.regions, &open) } else { 0 };
    let shares = shares::clusters_by_district(&[open.as_slice(), &[elsewhere]].concat(), &city);
    let task = |((district, sites), clusters): ((&District, Vec<Site>), u32)| {
        let parameters = Parameters::of(&district.code, register.day, &[]);
        let facts = DistrictFacts::new(
            &district.code,
            &district.name,
            register.day,
            sites,
            parameters,
            Vec::new(),
        );
        Task { facts, clusters }
    };
    districts.into_iter().zip(shares).filter(|(_, clusters)| *clusters > 0).map(task).collect()
}

/// Shenzhen's kindergartens at the end of 2022, as published.
const PUBLISHED_KINDERGARTENS: (&str, u32) = ("4403", 1_935);

/// Kindergartens that the city has and the register of a part of it does not list: they take their share of the city's
/// clusters too.
fn not_in_register(regions: &Regions, open: &[u32]) -> u32 {
    let is_missing = |(district, open): (&District, &u32)| {
        *open == 0 && regions.district_outline(&district.code).is_some()
    };
    let (city, published) = PUBLISHED_KINDERGARTENS;
    let is_part = regions.city.code == city && regions.districts.iter().zip(open).any(is_missing);
    if is_part { published.saturating_sub(open.iter().sum()) } else { 0 }
}

fn sites(register: &Register, district: &str) -> Vec<Site> {
    let site = |(place, (facts, point)): (
        usize,
        (policy::plan_rules::KindergartenFacts, geography::Point),
    )| Site {
        // A plan without a database has no ids of its own: the place in the register serves.
        id: KindergartenId::new(Uuid::from_u128(place as u128 + 1)),
        register_id: facts.id,
        name: facts.name,
        district: facts.district,
        point,
        ownership: facts.ownership,
        grade: facts.grade,
        run_by: facts.run_by,
        status: facts.status,
        delegated: facts.delegated,
        street: facts.street,
        community: facts.community,
    };
    register.with_points(district).into_iter().enumerate().map(site).collect()
}

/// Every district's proposal, several at a time, the largest first; in the order of the tasks.
fn proposed(tasks: &[Task], wanted: &Plan, interruption: &Interruption) -> Vec<Proposed> {
    let machine = || thread::available_parallelism().map_or(1, usize::from);
    let threads = wanted.threads.unwrap_or_else(machine);
    let at_once = threads.min(tasks.len()).max(1);
    let total: usize = tasks.iter().map(|task| task.facts.sites.len()).sum();
    let mut order: Vec<usize> = (0..tasks.len()).collect();
    order.sort_by_key(|&at| Reverse(tasks[at].facts.sites.len()));
    let work = match (wanted.seconds, wanted.effort) {
        (Some(_), _) => Work::UntilStopped,
        (None, Some(level)) => Work::Level(level),
        (None, None) => Work::Level(DEFAULT_EFFORT),
    };
    let effort = Effort { work, seed: wanted.seed, threads: (threads / at_once).max(1) };
    let next = AtomicUsize::new(0);
    let done: Mutex<Vec<Option<Proposed>>> = Mutex::new(tasks.iter().map(|_| None).collect());
    thread::scope(|scope| {
        for _ in 0..at_once {
            scope.spawn(|| {
                while let Some(&at) = order.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let task = &tasks[at];
                    // Districts share the time by their size.
                    let share = task.facts.sites.len() as f64 / total as f64 * at_once as f64;
                    let patience = Patience::of(
                        interruption,
                        wanted.seconds.map(|most| most.mul_f64(share.min(1.0))),
                    );
                    let content = propose_district(
                        &task.facts,
                        &Content::default(),
                        task.clusters,
                        &effort,
                        &patience,
                    );
                    let Ok(mut done) = done.lock() else { return };
                    done[at] = Some(content);
                    let ready = done.iter().flatten().count();
                    say(format_args!(
                        "（{ready}/{}）{}：{} 所幼儿园",
                        tasks.len(),
                        task.facts.name,
                        task.facts.sites.len()
                    ));
                }
            });
        }
    });
    let done = done.into_inner().unwrap_or_default();
    done.into_iter()
        .map(|content| content.unwrap_or(Err(planning::plans::NoProposal::Stopped)))
        .collect()
}

/// Names that are unique in the city (2.1.2-9): districts were planned side by side, so names are given one after another.
fn named(tasks: &[Task], contents: Vec<Proposed>) -> Vec<Proposed> {
    let mut taken: Vec<String> = Vec::new();
    let mut named = Vec::with_capacity(contents.len());
    for (task, content) in tasks.iter().zip(contents) {
        named.push(content.map(|mut content| {
            content.clusters.iter_mut().for_each(|cluster| cluster.name.clear());
            let mut facts = task.facts.clone();
            facts.names_in_use.clone_from(&taken);
            let content = settled(content, &facts);
            taken.extend(content.clusters.iter().map(|cluster| cluster.name.clone()));
            content
        }));
    }
    named
}

fn clusters(tasks: &[Task], contents: &[Proposed]) -> Vec<PlannedCluster> {
    let mut planned = Vec::new();
    for (task, content) in tasks.iter().zip(contents) {
        let Ok(content) = content else { continue };
        for cluster in &content.clusters {
            let members: Vec<&Site> =
                cluster.members.iter().filter_map(|id| task.facts.site(*id)).collect();
            let centre = cluster.centre.and_then(|id| task.facts.site(id));
            planned.push(PlannedCluster {
                key: planned.len() as u32 + 1,
                name: cluster.name.clone(),
                district: task.facts.code.clone(),
                centre: centre.map(|site| site.register_id.clone()).unwrap_or_default(),
                members: members
                    .into_iter()
                    .map(|site| Placed {
                        id: site.register_id.clone(),
                        name: site.name.clone(),
                        point: site.point,
                    })
                    .collect(),
            });
        }
    }
    planned
}

fn unplanned(task: &Task, content: &Proposed) -> Option<String> {
    content.as_ref().err().map(|reason| format!("{}：{reason}", task.facts.name))
}

fn summed(register: &Register, tasks: &[Task], contents: &[Proposed]) -> Answer {
    let districts: Vec<Line> =
        tasks.iter().zip(contents).map(|(task, content)| line(task, content)).collect();
    let metres = |of: fn(&Line) -> f64| districts.iter().map(of).sum::<f64>();
    let count = |of: fn(&Line) -> usize| districts.iter().map(of).sum::<usize>();
    let (distance_m, lower_bound_m) =
        (metres(|line| line.distance_m), metres(|line| line.lower_bound_m));
    Answer {
        kindergartens: count(|line| line.kindergartens),
        clusters: count(|line| line.clusters),
        distance_m: rounded(distance_m),
        lower_bound_m: rounded(lower_bound_m),
        gap: gap(distance_m, lower_bound_m),
        hard: count(|line| line.hard),
        in_principle: count(|line| line.in_principle),
        refused_rows: register.refused,
        seconds: 0.0,
        districts,
    }
}

fn line(task: &Task, content: &Proposed) -> Line {
    let (code, name, kindergartens) =
        (task.facts.code.clone(), task.facts.name.clone(), task.facts.open().count());
    let Ok(content) = content else {
        let unplanned = content.as_ref().err().map(ToString::to_string);
        let (clusters, hard, in_principle) = (0, 0, 0);
        return Line {
            code,
            name,
            kindergartens,
            clusters,
            distance_m: 0.0,
            lower_bound_m: 0.0,
            gap: 0.0,
            hard,
            in_principle,
            unplanned,
        };
    };
    let distance_m = content.distances(&task.facts).total_m;
    let lower_bound_m = content.proposal.as_ref().map_or(0.0, |proposal| proposal.bound_m);
    let breaches = check(&task.facts.with(content), &task.facts.parameters);
    let count =
        |strength: Strength| breaches.iter().filter(|breach| breach.strength() == strength).count();
    Line {
        code,
        name,
        kindergartens,
        clusters: content.clusters.len(),
        distance_m: rounded(distance_m),
        lower_bound_m: rounded(lower_bound_m),
        gap: gap(distance_m, lower_bound_m),
        hard: count(Strength::Hard),
        in_principle: count(Strength::InPrinciple),
        unplanned: None,
    }
}

/// (plan − bound) / plan.
fn gap(distance_m: f64, lower_bound_m: f64) -> f64 {
    if distance_m > 0.0 { ((distance_m - lower_bound_m) / distance_m).max(0.0) } else { 0.0 }
}

/// To the millimetre, and the millisecond.
fn rounded(number: f64) -> f64 {
    (number * 1000.0).round() / 1000.0
}

fn readable(answer: &Answer) -> String {
    let mut text = String::new();
    let mut row = |name: &str, cells: [String; 7]| {
        // Chinese characters take two columns of a terminal.
        let pad = 16_usize.saturating_sub(name.chars().count() * 2);
        // Writing to a String can't fail.
        let _ = write!(text, "{name}{:pad$}", "");
        let [kindergartens, clusters, distance, bound, gap, hard, in_principle] = cells;
        let _ = writeln!(
            text,
            "{kindergartens:>8} {clusters:>6} {distance:>12} {bound:>12} {gap:>8} {hard:>6} {in_principle:>6}"
        );
    };
    let titles = ["园数", "学区", "总距离米", "下界米", "差距", "硬性", "原则"];
    // Each title takes twice as many columns as characters, which the padding by characters does not know.
    let widths = [8, 6, 12, 12, 8, 6, 6];
    let mut at = 0;
    row(
        "",
        titles.map(|title| {
            let width: usize = widths[at] - title.chars().count();
            at += 1;
            format!("{title:>width$}")
        }),
    );
    let metres = |metres: f64| format!("{metres:.0}");
    for line in &answer.districts {
        row(
            &line.name,
            [
                line.kindergartens.to_string(),
                line.clusters.to_string(),
                metres(line.distance_m),
                metres(line.lower_bound_m),
                format!("{:.2}%", line.gap * 100.0),
                line.hard.to_string(),
                line.in_principle.to_string(),
            ],
        );
    }
    row(
        "全市",
        [
            answer.kindergartens.to_string(),
            answer.clusters.to_string(),
            metres(answer.distance_m),
            metres(answer.lower_bound_m),
            format!("{:.2}%", answer.gap * 100.0),
            answer.hard.to_string(),
            answer.in_principle.to_string(),
        ],
    );
    for line in &answer.districts {
        if let Some(reason) = &line.unplanned {
            let _ = writeln!(text, "{}没有划分：{reason}。", line.name);
        }
    }
    text
}
