//! `cargo x bench`: what the program is worth on this machine. Anyone can run it; nothing of it runs in CI.

mod client;
mod load;
mod server;

use std::fs;
use std::path::{Path, PathBuf};

use crate::{Outcome, workspace};
use load::Load;
use server::{Server, Session};

/// What was asked for on the command line.
struct Options {
    instances: Option<PathBuf>,
    /// What stood behind `--`: for the optimiser's own measuring.
    measuring: Vec<String>,
    paths: Option<PathBuf>,
    load: Load,
    pages: bool,
    obligations: bool,
    optimiser: bool,
}

/// All benches, or the one that was asked for.
pub fn run(root: &Path, words: &[&str]) -> Outcome {
    let options = read_options(words)?;
    if options.pages {
        pages(root, &options)?;
    }
    if options.obligations {
        obligations(root)?;
    }
    if options.optimiser {
        optimiser(root, &options)?;
    }
    Ok(())
}

fn read_options(words: &[&str]) -> Outcome<Options> {
    let mut options = Options {
        instances: None,
        measuring: Vec::new(),
        paths: None,
        load: Load { connections: 32, seconds: 20, gzip: false },
        pages: true,
        obligations: true,
        optimiser: true,
    };
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let mut value = || words.next().copied().ok_or_else(|| format!("{word} needs a value"));
        let number = |text: &str| {
            text.parse::<u64>().map_err(|_| format!("{word} needs a number, not `{text}`"))
        };
        match *word {
            "--instances" => options.instances = Some(PathBuf::from(value()?)),
            "--paths" => options.paths = Some(PathBuf::from(value()?)),
            "--seconds" => options.load.seconds = number(value()?)?.clamp(1, 600),
            "--connections" => options.load.connections = number(value()?)?.clamp(1, 256) as usize,
            "--gzip" => options.load.gzip = true,
            "--pages" => (options.obligations, options.optimiser) = (false, false),
            "--obligations" => (options.pages, options.optimiser) = (false, false),
            "--optimiser" => (options.pages, options.obligations) = (false, false),
            "--" => options.measuring = words.by_ref().map(|word| (*word).to_owned()).collect(),
            other => return Err(format!("cargo x bench does not know `{other}`")),
        }
    }
    Ok(options)
}

/// Closed loop over the pages of the demo city, signed in as an officer; the load comes from this same machine.
fn pages(root: &Path, options: &Options) -> Outcome {
    println!("── pages of the demo city");
    let program = program(root)?;
    let server = Server::start(&program, &workspace::target_dir(root).join("bench/demo"))?;
    let session = server.sign_in()?;
    let paths = match &options.paths {
        Some(file) => listed(file)?,
        None => session.pages_by_following_links()?,
    };
    if paths.is_empty() {
        return Err("There is no page to ask for.".to_owned());
    }
    loaded(options.load, &server, &session, &paths)?;
    if options.paths.is_none() {
        println!("── of these, the pages of a day: without the large pages of work on one plan");
        let day: Vec<String> =
            paths.iter().filter(|path| !is_work_on_a_plan(path)).cloned().collect();
        loaded(options.load, &server, &session, &day)?;
    }
    println!(
        "resident memory       {:>9.1} MB (highest {:.1} MB)",
        server.memory_mb("VmRSS:")?,
        server.memory_mb("VmHWM:")?
    );
    println!("start, existing data  {:>9.3} s", server.start_seconds());
    Ok(())
}

/// One mix of pages under load, and what it cost the server.
fn loaded(load: Load, server: &Server, session: &Session, paths: &[String]) -> Outcome {
    load.warm_up(session, paths)?;
    let before = server.cpu_seconds()?;
    let result = load.run(session, paths)?;
    let cpu = server.cpu_seconds()? - before;
    result.print(paths);
    println!("CPU of the server     {:>9.3} ms a page", cpu * 1000.0 / result.answered() as f64);
    Ok(())
}

/// Pages that carry a whole plan or draft: some 100 kB, open before the few officers who plan, a few weeks a year.
fn is_work_on_a_plan(path: &str) -> bool {
    path.starts_with("/plans/pln_")
        || path.starts_with("/plans/compare")
        || path.contains("/amendments")
}

/// The program to measure: named by `GONGZHI_BIN`, else built for release.
fn program(root: &Path) -> Outcome<PathBuf> {
    if let Some(named) = workspace::setting("GONGZHI_BIN") {
        return Ok(PathBuf::from(named));
    }
    let mut build = workspace::cargo(root);
    workspace::run(build.args(["build", "--release", "--package", "server", "--bin", "gongzhi"]))?;
    Ok(workspace::target_dir(root).join("release/gongzhi"))
}

fn listed(file: &Path) -> Outcome<Vec<String>> {
    let text = fs::read_to_string(file).map_err(|fault| format!("{}: {fault}", file.display()))?;
    Ok(text
        .lines()
        .map(str::trim)
        .filter(|line| line.starts_with('/'))
        .map(str::to_owned)
        .collect())
}

/// The whole policy at every place of the demo city, and of ten times its records: its own example measures it.
fn obligations(root: &Path) -> Outcome {
    println!("── the policy's obligations, facts loaded and judged");
    let folder = workspace::target_dir(root).join("bench/obligations");
    let mut demo = std::process::Command::new(program(root)?);
    demo.args(["demo", "--today", "2026-02-03", "--prepare-only", "--data"]).arg(&folder);
    workspace::run(demo.stdout(std::process::Stdio::null()))?;
    let mut command = workspace::cargo(root);
    command.args(["run", "--release", "--package", "overview", "--example", "obligations", "--"]);
    workspace::run(command.arg(folder).arg("2026-02-03"))
}

/// The optimiser on a folder of instances: its own example measures them.
fn optimiser(root: &Path, options: &Options) -> Outcome {
    println!("── optimiser");
    let own = root.join("bench/city");
    let folder = match &options.instances {
        Some(folder) => folder.clone(),
        None if own.is_dir() => own,
        None => {
            println!("no instances: none in bench/city, and no --instances DIR was given");
            return Ok(());
        }
    };
    if !folder.is_dir() {
        return Err(format!("{} is no folder of instances", folder.display()));
    }
    let folder = folder.canonicalize().map_err(|fault| format!("{}: {fault}", folder.display()))?;
    let mut command = workspace::cargo(root);
    command.args(["run", "--release", "--package", "clustering", "--example", "measure", "--"]);
    workspace::run(command.arg(folder).args(&options.measuring))
}
