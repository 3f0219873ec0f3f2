//! Measures the optimiser on a folder of instances against the stored optima.
//!
//! `cargo run --release -p clustering --example measure -- FOLDER [SECONDS] [--level N] [--threads N] [--seed N] [--floor]
//! [--best FILE] [--only TEXT] [--mix METRES] [--out FOLDER] [--progress]`; `--out` names a folder for
//! the plans; `--mix` puts that weight on every soft term; `--best` names a CSV whose first column is a file and whose second is its best known cost (default:
//! `bench/optima.csv`; a `best_known.csv` of the literature has the cost in its fourth, which is recognised).

use std::collections::HashMap;
use std::path::Path;
use std::time::{Duration, Instant};

use clustering::instances::{self, Options};
use clustering::{Effort, Metric, Problem, Progress, Watcher, Weights, Work, solve};

struct Deadline {
    end: Option<Instant>,
    loud: bool,
}

impl Watcher for Deadline {
    fn should_stop(&self) -> bool {
        self.end.is_some_and(|end| Instant::now() >= end)
    }

    fn progressed(&self, progress: &Progress) {
        if self.loud {
            eprintln!(
                "  round {} total {:?} bound {:.1}",
                progress.round, progress.total, progress.lower_bound
            );
        }
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let (mut folder, mut out) = (None, None);
    let (mut seconds, mut mix, mut loud) = (2.0, 0.0, false);
    let mut effort = Effort { work: Work::UntilStopped, seed: 1, threads: 1 };
    let mut best_file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../bench/optima.csv").to_owned();
    let (mut metric, mut only) = (Metric::Euclid, String::new());
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut next = || arguments.next().ok_or(format!("{argument} needs a value"));
        match argument.as_str() {
            "--level" => effort.work = Work::Level(next()?.parse()?),
            "--threads" => effort.threads = next()?.parse()?,
            "--seed" => effort.seed = next()?.parse()?,
            "--best" => best_file = next()?,
            "--out" => out = Some(next()?),
            "--only" => only = next()?,
            "--mix" => mix = next()?.parse()?,
            "--progress" => loud = true,
            "--floor" => metric = Metric::EuclidFloor,
            number if folder.is_some() => seconds = number.parse()?,
            path => folder = Some(path.to_owned()),
        }
    }
    let Some(folder) = folder else {
        println!(
            "No folder of instances was given, so there is nothing to measure. Usage: measure FOLDER [SECONDS] [--level N]"
        );
        println!(
            "[--threads N] [--seed N] [--floor] [--best FILE] [--only TEXT]; our own instances are in bench/city."
        );
        return Ok(());
    };
    let best_known = best_known(&std::fs::read_to_string(&best_file)?);

    let mut files: Vec<_> =
        std::fs::read_dir(&folder)?.filter_map(|entry| Some(entry.ok()?.path())).collect();
    files.sort();
    println!(
        "{:<36} {:>14} {:>14} {:>8} {:>14} {:>9} {:>7} {:>6}",
        "instance", "cost", "bound", "gap %", "best known", "above %", "s", "rounds"
    );
    let mut above = Vec::new();
    for file in files {
        let name =
            file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let literature =
            file.extension().is_some_and(|extension| extension == "txt" || extension == "dat");
        let is_instance = literature || instances::from_file_name(&name).0.is_some();
        if !is_instance || !name.contains(&only) {
            continue;
        }
        let started = Instant::now();
        let end =
            (effort.work == Work::UntilStopped).then(|| started + Duration::from_secs_f64(seconds));
        let instance = instances::read(
            &std::fs::read_to_string(&file)?,
            &name,
            &Options { metric, ..Options::default() },
        )?;
        let mut terms = instance.problem.terms().clone();
        terms.weights = Weights {
            distance: 1.0,
            ownership_mix: mix,
            grade_mix: mix,
            street_cohesion: mix,
            size_balance: mix,
        };
        let problem = Problem::new(instance.problem.sites().to_vec(), terms)?;
        match solve(&problem, &effort, &Deadline { end, loud }) {
            Ok(found) => {
                if let Some(out) = &out {
                    let plan = instances::write_plan(&instance, &found.plan);
                    std::fs::write(Path::new(out).join(format!("{name}.plan.csv")), plan)?;
                }
                let known = best_known.get(&name).copied();
                let over = known.map(|best| 100.0 * (found.total / best - 1.0));
                above.extend(over);
                let text = |value: Option<f64>, digits: usize| {
                    value.map_or(String::from("-"), |v| format!("{v:.digits$}"))
                };
                println!(
                    "{name:<36} {:>14.2} {:>14.2} {:>8.3} {:>14} {:>9} {:>7.2} {:>6}{}",
                    found.total,
                    found.lower_bound,
                    100.0 * found.gap,
                    text(known, 2),
                    text(over, 4),
                    started.elapsed().as_secs_f64(),
                    found.rounds,
                    if found.proven { " proven" } else { "" }
                );
            }
            Err(reason) => println!("{name:<36} {reason}"),
        }
    }
    if above.is_empty() {
        println!("No best known costs for these instances in {}.", Path::new(&best_file).display());
    } else {
        println!(
            "mean above best known: {:.4} % of {} instances",
            above.iter().sum::<f64>() / above.len() as f64,
            above.len()
        );
    }
    Ok(())
}

fn best_known(text: &str) -> HashMap<String, f64> {
    let mut lines = text.lines().map(|line| line.split(',').collect::<Vec<_>>());
    let header = lines.next().unwrap_or_default();
    let cost = header.iter().position(|&cell| cell == "best_known").unwrap_or(1);
    lines.filter_map(|cells| Some((cells[0].to_owned(), cells.get(cost)?.parse().ok()?))).collect()
}
