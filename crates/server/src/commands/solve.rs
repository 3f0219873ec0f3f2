//! `gongzhi solve`: the optimiser on an instance of the benchmarks.

use std::cell::Cell;
use std::path::PathBuf;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use clap::{Args, ValueEnum};
use clustering::instances::{self, Options};
use clustering::{Effort, Metric, NoPlan, Progress, Watcher, Work};
use serde::Serialize;

use super::files;
use super::interruption::{Interruption, Patience};
use super::outcome::{Ending, Outcome, Trouble, print, say};

/// Seconds between two lines of progress.
const PROGRESS_SECONDS: u64 = 5;

/// Solve one benchmark instance: a city CSV (at most p clusters) or a CPMP text file (exactly p).
#[derive(Args, Debug)]
pub(crate) struct Solve {
    /// The instance: CSV with `id,x_m,y_m,eligible`, or text `n p` and lines `x y capacity demand`
    instance: PathBuf,
    /// Number of clusters [default: from the file, or `_pN` in its name]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    p: Option<u32>,
    /// Most sites in a cluster [default: from the file, or `_cN` in its name]
    #[arg(long, value_name = "C", value_parser = clap::value_parser!(u32).range(1..))]
    capacity: Option<u32>,
    /// Stop after so many seconds with the best plan found
    #[arg(long, value_name = "S", conflicts_with = "effort", value_parser = seconds)]
    time_limit: Option<Duration>,
    /// Do a fixed amount of work: the same plan for the same seed, on any number of threads [default: 8]
    #[arg(long, value_name = "E")]
    effort: Option<u32>,
    /// Start of the random numbers
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// Threads to use
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = threads)]
    threads: usize,
    /// How distances are measured
    #[arg(long, value_enum, default_value_t = Distance::Euclid)]
    distance: Distance,
    /// Where the plan is written, as `id,centre_id`
    #[arg(long, value_name = "PLAN.csv")]
    out: PathBuf,
}

/// How distances are measured.
#[derive(Clone, Copy, Debug, ValueEnum)]
#[value(rename_all = "snake_case")]
enum Distance {
    /// Straight line, unrounded
    Euclid,
    /// Straight line, each rounded down to a whole number
    EuclidFloor,
}

/// A positive number of seconds, up to a month.
pub(crate) fn seconds(text: &str) -> Result<Duration, String> {
    let number = text.parse::<f64>().ok().filter(|number| *number > 0.0 && *number <= 2_678_400.0);
    number
        .map(Duration::from_secs_f64)
        .ok_or_else(|| "expected a number of seconds above 0".to_owned())
}

/// One to 256 threads.
pub(crate) fn threads(text: &str) -> Result<usize, String> {
    let number = text.parse::<usize>().ok().filter(|number| (1..=256).contains(number));
    number.ok_or_else(|| "expected a number of threads from 1 to 256".to_owned())
}

/// The one line of JSON.
#[derive(Serialize)]
struct Answer {
    objective: f64,
    lower_bound: f64,
    gap: f64,
    seconds: f64,
    proven: bool,
}

/// Prints a line of progress now and then.
struct Watch {
    patience: Patience,
    said: Mutex<Cell<Instant>>,
}

impl Watcher for Watch {
    fn should_stop(&self) -> bool {
        self.patience.should_stop()
    }

    fn progressed(&self, progress: &Progress) {
        let Ok(said) = self.said.lock() else { return };
        if said.get().elapsed() >= Duration::from_secs(PROGRESS_SECONDS) {
            said.set(Instant::now());
            let total = progress
                .total
                .map_or("还没有可行方案".to_owned(), |total| format!("{total:.2}"));
            say(format_args!(
                "第 {} 轮：目前最好 {total}，下界 {:.2}",
                progress.round, progress.lower_bound
            ));
        }
    }
}

/// Solves the instance.
pub(crate) fn run(wanted: &Solve) -> Outcome {
    let began = Instant::now();
    let interruption = Interruption::watched();
    let text = files::text(&wanted.instance)?;
    let name = wanted
        .instance
        .file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default();
    let options = Options {
        clusters: wanted.p.map(|p| p as usize),
        capacity: wanted.capacity,
        metric: match wanted.distance {
            Distance::Euclid => Metric::Euclid,
            Distance::EuclidFloor => Metric::EuclidFloor,
        },
    };
    let instance = instances::read(&text, &name, &options)
        .map_err(|fault| Trouble(format!("{}：{fault}。", wanted.instance.display())))?;
    let work = match (wanted.time_limit, wanted.effort) {
        (Some(_), _) => Work::UntilStopped,
        (None, Some(level)) => Work::Level(level),
        (None, None) => Effort::default().work,
    };
    let effort = Effort { work, seed: wanted.seed, threads: wanted.threads };
    let left = wanted.time_limit.map(|limit| limit.saturating_sub(began.elapsed()));
    let watch =
        Watch { patience: Patience::of(&interruption, left), said: Mutex::new(Cell::new(began)) };
    let solution =
        clustering::solve(&instance.problem, &effort, &watch).map_err(|reason| match reason {
            NoPlan::Stopped => {
                Trouble::new("在找到可行方案之前已停止，没有写出方案。请延长时间后再试。")
            }
            NoPlan::NotFound { .. } => Trouble(format!("{reason}。")),
        })?;
    if interruption.is_asked() {
        say("已按要求停止，写出目前最好的可行方案。");
    }
    files::write(&wanted.out, instances::write_plan(&instance, &solution.plan).as_bytes())?;
    let answer = Answer {
        objective: solution.total,
        lower_bound: solution.lower_bound,
        gap: solution.gap,
        seconds: (began.elapsed().as_secs_f64() * 1000.0).round() / 1000.0,
        proven: solution.proven,
    };
    print(&json_line(&answer)?);
    Ok(Ending::Done)
}

/// One line of JSON.
pub(crate) fn json_line(answer: &impl Serialize) -> Result<String, Trouble> {
    serde_json::to_string(answer)
        .map(|text| text + "\n")
        .map_err(|fault| Trouble(format!("无法写成 JSON：{fault}。")))
}
