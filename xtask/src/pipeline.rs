//! `cargo x ci`: one list of steps, the same on a laptop and in CI.

use std::io::{BufRead, BufReader, IsTerminal, Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::postgres::Postgres;
use crate::{Outcome, provision, tidy, vendor, workspace};

/// How one step ended.
enum Ending {
    Passed(Duration),
    Failed(Duration, String),
    Skipped(String),
}

/// The steps taken so far, and what the test runner counted.
#[derive(Default)]
struct Record {
    steps: Vec<(&'static str, Ending)>,
    counted: Count,
}

/// Tests that passed and failed, read from the runner's own closing lines.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Count {
    passed: u64,
    failed: u64,
}

impl Record {
    fn step(&mut self, name: &'static str, act: impl FnOnce() -> Outcome) {
        println!("\n── {name}");
        let begun = Instant::now();
        let ending = match act() {
            Ok(()) => Ending::Passed(begun.elapsed()),
            Err(reason) => {
                println!("{reason}");
                Ending::Failed(begun.elapsed(), reason)
            }
        };
        self.steps.push((name, ending));
    }

    fn skip(&mut self, name: &'static str, why: &str) {
        println!("\n── {name}: not run: {why}");
        self.steps.push((name, Ending::Skipped(why.to_owned())));
    }

    fn tests(&mut self, name: &'static str, mut command: Command, postgres: &str) {
        command.env("TEST_POSTGRES_URL", postgres);
        let mut counted = Count::default();
        self.step(name, || {
            let (count, ended_well) = run_and_count(&mut command)?;
            counted = count;
            match count {
                Count { passed: 0, failed: 0 } => Err("no test ran".to_owned()),
                Count { failed: 0, .. } if ended_well => Ok(()),
                Count { failed, .. } => Err(format!("{failed} failed")),
            }
        });
        self.counted.passed += counted.passed;
        self.counted.failed += counted.failed;
    }

    /// Prints the summary; the last line is the plain one that any reader of test output understands.
    fn close(self) -> Outcome {
        println!("\n── summary");
        let mut failures = Vec::new();
        for (name, ending) in &self.steps {
            match ending {
                Ending::Passed(time) => println!("  {:<22} {:>7.1} s", name, time.as_secs_f64()),
                Ending::Skipped(why) => println!("  {name:<22}  skipped: {why}"),
                Ending::Failed(time, reason) => {
                    println!("  {:<22} {:>7.1} s  FAILED", name, time.as_secs_f64());
                    failures.push(format!(
                        "{name}: {}",
                        reason.lines().take(3).map(str::trim).collect::<Vec<_>>().join(" ")
                    ));
                }
            }
        }
        println!("{} passed, {} failed", self.counted.passed, self.counted.failed);
        if failures.is_empty() {
            Ok(())
        } else {
            Err(format!("failed:\n  {}", failures.join("\n  ")))
        }
    }
}

/// The whole pipeline. Every step is taken whatever became of the one before, so that one run tells everything.
pub fn ci(root: &Path) -> Outcome {
    let mut record = Record::default();
    let cargo = |words: &[&str]| workspace::run(workspace::cargo(root).args(words));
    record.step("format", || cargo(&["fmt", "--all", "--check"]));
    record.step("tidy", || tidy::report(root));
    record.step("vendored files", || vendor::verify(root));
    if workspace::has_cargo_command(root, "deny") {
        record.step("licences and sources", || {
            cargo(&["deny", "check", "licenses", "bans", "sources"])
        });
    } else {
        record
            .skip("licences and sources", "cargo-deny is not installed (cargo install cargo-deny)");
    }
    match workspace::program(&["typos"]) {
        Some(typos) => {
            record.step("spelling", || workspace::run(Command::new(typos).current_dir(root)));
        }
        None => record.skip(
            "spelling",
            "typos is not installed (cargo install typos-cli, or pip install typos)",
        ),
    }
    record.step("lints", || {
        cargo(&["clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"])
    });
    record.step("what tests need", provision::provide);
    with_postgres(&mut record, |record, postgres| {
        record.step("build", || {
            workspace::run(tests(root, &Chosen::All).arg("--no-run"))?;
            // The journeys start the program itself.
            cargo(&["build", "--workspace", "--bins"])
        });
        record.tests("tests", tests(root, &Chosen::Rooms), postgres);
        if without_browser() {
            record.skip("browser journeys", "GONGZHI_NO_BROWSER=1 is set");
        } else {
            record.tests("browser journeys", tests(root, &Chosen::Journeys), postgres);
        }
    });
    record.close()
}

/// The tests alone, those that `words` choose: all of them when none are given.
pub fn test(root: &Path, words: &[&str]) -> Outcome {
    let mut record = Record::default();
    record.step("what tests need", provision::provide);
    with_postgres(&mut record, |record, postgres| {
        if words.is_empty() {
            let mut build = workspace::cargo(root);
            record.step("build", || workspace::run(build.args(["build", "--workspace", "--bins"])));
        }
        let chosen = match words {
            [] if without_browser() => Chosen::Rooms,
            [] => Chosen::All,
            _ => Chosen::Words(words),
        };
        record.tests("tests", tests(root, &chosen), postgres);
    });
    record.close()
}

/// Whether someone asked to leave the browser out.
fn without_browser() -> bool {
    workspace::setting("GONGZHI_NO_BROWSER").is_some_and(|value| value == "1")
}

/// Which tests a run is about.
enum Chosen<'a> {
    All,
    /// All but the browser's.
    Rooms,
    /// The browser's alone.
    Journeys,
    /// What someone typed after `cargo x test`.
    Words(&'a [&'a str]),
}

/// The test runner: cargo-nextest when it is installed, else cargo's own. Nextest always selects the whole workspace and
/// filters afterwards, because another selection of packages would build the dependencies with other features once more.
fn tests(root: &Path, chosen: &Chosen) -> Command {
    let mut command = workspace::cargo(root);
    if workspace::has_cargo_command(root, "nextest") {
        command.args(["nextest", "run"]);
        match chosen {
            Chosen::All => command.arg("--workspace"),
            Chosen::Rooms => command.args(["--workspace", "-E", "not package(e2e)"]),
            Chosen::Journeys => command.args(["--workspace", "-E", "package(e2e)"]),
            Chosen::Words(words) => command.args(*words),
        };
    } else {
        command.args(["test", "--no-fail-fast"]);
        match chosen {
            Chosen::All => command.arg("--workspace"),
            Chosen::Rooms => command.args(["--workspace", "--exclude", "e2e"]),
            Chosen::Journeys => command.args(["--package", "e2e"]),
            Chosen::Words(words) => command.args(*words),
        };
    }
    command
}

fn with_postgres(record: &mut Record, act: impl FnOnce(&mut Record, &str)) {
    let mut server = None;
    record.step("PostgreSQL", || {
        server = Some(Postgres::start()?);
        Ok(())
    });
    if let Some(server) = server {
        println!("a private PostgreSQL at {}", server.url());
        act(record, server.url());
    }
}

/// Runs the test runner, shows what it prints as it comes, and adds up its closing lines. The second value tells whether it
/// exited with 0.
fn run_and_count(command: &mut Command) -> Outcome<(Count, bool)> {
    if std::io::stdout().is_terminal() {
        command.env("CARGO_TERM_COLOR", "always");
    }
    let said = |fault: std::io::Error| format!("test runner: {fault}");
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().map_err(said)?;
    let (out, err) = (child.stdout.take(), child.stderr.take());
    let count = thread::scope(|scope| {
        let others = scope.spawn(|| err.map(show_and_count).unwrap_or_default());
        let own = out.map(show_and_count).unwrap_or_default();
        let others = others.join().unwrap_or_default();
        Count { passed: own.passed + others.passed, failed: own.failed + others.failed }
    });
    Ok((count, child.wait().map_err(said)?.success()))
}

fn show_and_count(stream: impl Read) -> Count {
    let mut count = Count::default();
    let mut reader = BufReader::new(stream);
    let mut line = Vec::new();
    while reader.read_until(b'\n', &mut line).is_ok_and(|length| length > 0) {
        // A reader that went away ends the showing, never the tests.
        drop(std::io::stdout().write_all(&line));
        let found = closing_line(&String::from_utf8_lossy(&line));
        count.passed += found.passed;
        count.failed += found.failed;
        line.clear();
    }
    count
}

/// What a line of cargo test (`test result: ok. 3 passed; 0 failed; …`) or of nextest
/// (`Summary [ 1.2s] 4 tests run: 3 passed, 1 failed, 0 skipped`) counts; nothing for any other line.
fn closing_line(line: &str) -> Count {
    let plain = without_colours(line);
    if !plain.starts_with("test result:") && !plain.trim_start().starts_with("Summary [") {
        return Count::default();
    }
    let words: Vec<&str> =
        plain.split([' ', ',', ';', '(', ')']).filter(|word| !word.is_empty()).collect();
    let number_before = |name: &str| {
        let place = words.iter().position(|word| word.trim() == name)?;
        words.get(place.checked_sub(1)?)?.parse::<u64>().ok()
    };
    let failed = ["failed", "timed"].into_iter().filter_map(number_before).sum();
    Count { passed: number_before("passed").unwrap_or_default(), failed }
}

fn without_colours(line: &str) -> String {
    let mut plain = String::with_capacity(line.len());
    let mut rest = line;
    while let Some((before, after)) = rest.split_once('\u{1b}') {
        plain.push_str(before);
        rest = after.split_once('m').map_or("", |(_, text)| text);
    }
    plain + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn closing_lines_of_both_runners_are_understood() {
        let cargo = "test result: FAILED. 12 passed; 2 failed; 0 ignored; 0 measured; 3 filtered out; finished in 0.10s";
        assert_eq!(closing_line(cargo), Count { passed: 12, failed: 2 });
        let nextest = "     Summary [   2.350s] 17 tests run: 14 passed (1 slow), 1 failed, 2 timed out, 5 skipped";
        assert_eq!(closing_line(nextest), Count { passed: 14, failed: 3 });
        let coloured = "\u{1b}[32;1m     Summary\u{1b}[0m [   0.01s] \u{1b}[1m3\u{1b}[0m tests run: \u{1b}[1m3\u{1b}[0m \u{1b}[32;1mpassed\u{1b}[0m, 0 skipped\n";
        assert_eq!(closing_line(coloured), Count { passed: 3, failed: 0 });
    }

    #[test]
    fn a_line_that_only_talks_about_passing_counts_nothing() {
        assert_eq!(closing_line("3 passed the gate, 4 failed"), Count::default());
    }

    #[test]
    fn a_failed_step_fails_the_pipeline_but_not_the_next_step() {
        let mut record = Record::default();
        let mut reached = false;
        record.step("first", || Err("it broke".to_owned()));
        record.step("second", || {
            reached = true;
            Ok(())
        });
        assert!(reached);
        assert_eq!(record.close(), Err("failed:\n  first: it broke".to_owned()));
    }
}
