//! `gongzhi obligations`: how the policy's ninety obligations stand on a day, from the command line.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use kernel::{Clock as _, Date};
use overview::obligations::{Wanted, evaluated};
use policy::obligations::{Evaluation, Obligation, Tally};
use serde::Serialize;
use storage::{Db, Durability, Settings};

use super::open::{ConfigurationFile, runtime, with_database};
use super::outcome::{Ending, Outcome, Trouble, print};
use super::solve::json_line;
use crate::clock::SystemClock;

/// The databases that a folder may hold: of a real city, of the demo city.
const FILES: [&str; 2] = ["gongzhi.db", "demo.db"];

/// Which of the policy's obligations are kept in the city on a day, by its records.
#[derive(Args, Debug)]
pub(crate) struct Obligations {
    /// Folder with the city's database, as `serve` or `demo` keeps it [default: the configured database]
    #[arg(long, value_name = "DIR", conflicts_with = "config")]
    data: Option<PathBuf>,
    /// As of which day, as 2026-02-03 [default: today in Beijing]
    #[arg(long, value_name = "DAY")]
    as_of: Option<Date>,
    /// Print one line of JSON for each obligation
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    configuration: ConfigurationFile,
}

/// One obligation, as `--json` prints it.
#[derive(Serialize)]
struct Line {
    id: &'static str,
    strength: &'static str,
    decided: bool,
    #[serde(flatten)]
    tally: Tally,
}

/// Prints how the obligations stand.
pub(crate) fn run(wanted: &Obligations) -> Outcome {
    match &wanted.data {
        Some(folder) => runtime()?.block_on(async {
            let city = wanted.configuration.read()?.city_code;
            let db = open(folder, city).await?;
            let ending = told(&db, wanted).await?;
            db.close().await?;
            Ok(ending)
        }),
        None => with_database(&wanted.configuration, async |db| told(&db, wanted).await),
    }
}

async fn open(folder: &Path, city: String) -> Result<Db, Trouble> {
    let found = FILES.iter().map(|file| folder.join(file)).find(|file| file.is_file());
    let file = found.ok_or_else(|| {
        Trouble(format!("{} 中没有数据库（{}）。", folder.display(), FILES.join("、")))
    })?;
    let settings = Settings {
        url: format!("sqlite://{}", file.display()),
        durability: Durability::Normal,
        connections: 2,
        city,
    };
    let db = Db::open(&settings, Arc::new(SystemClock)).await?;
    db.migrate().await?;
    Ok(db)
}

async fn told(db: &Db, wanted: &Obligations) -> Outcome {
    let day = wanted.as_of.unwrap_or_else(|| SystemClock.now().date());
    let city = db.city().codes().next().unwrap_or_default().to_owned();
    let asked = Wanted { city: (&city, "全市"), day, district: None, posts: true };
    let evaluation = evaluated(&db.reading(db.program("命令行")), asked).await?;
    if wanted.json {
        for outcome in &evaluation.outcomes {
            let obligation = outcome.obligation;
            print(&json_line(&Line {
                id: obligation.id(),
                strength: obligation.clause.strength.code(),
                decided: outcome.is_decided(),
                tally: outcome.tally(&evaluation.places),
            })?);
        }
    } else {
        print(&table(&evaluation));
    }
    Ok(Ending::Done)
}

/// A table for people: what is decided first, then what no record decides yet.
fn table(evaluation: &Evaluation) -> String {
    let mut text = format!("{} 的政策落实情况\n\n", evaluation.day);
    let head = ["条目", "应落实", "已落实", "未落实", "例外", "尚无记录"];
    // Writing to a String can't fail.
    let _ = writeln!(text, "{}  义务", head.iter().map(|word| padded(word, 9)).collect::<String>());
    let (decided, undecided): (Vec<_>, Vec<_>) =
        evaluation.outcomes.iter().partition(|outcome| outcome.is_decided());
    for outcome in &decided {
        let tally = outcome.tally(&evaluation.places);
        let counts = [tally.in_scope, tally.met, tally.failed, tally.excepted, tally.unknown];
        let counts: String = counts.iter().map(|count| padded(&count.to_string(), 9)).collect();
        let _ = writeln!(
            text,
            "{}{counts}  {}",
            padded(outcome.obligation.id(), 9),
            described(outcome.obligation)
        );
    }
    let _ = writeln!(text, "\n系统尚无记录、由后续功能判定的 {} 项：", undecided.len());
    for outcome in undecided {
        let obligation = outcome.obligation;
        let _ = writeln!(
            text,
            "{}{}  {}",
            padded(obligation.id(), 9),
            padded(obligation.capability.label(), 18),
            described(obligation)
        );
    }
    text
}

fn described(obligation: &Obligation) -> String {
    format!("{}（{}）", obligation.demand, obligation.clause.strength.label())
}

/// Filled with blanks to so many columns; a Chinese letter takes two.
fn padded(text: &str, columns: usize) -> String {
    let taken: usize = text.chars().map(|letter| if letter.is_ascii() { 1 } else { 2 }).sum();
    format!("{text}{:1$}", "", columns.saturating_sub(taken))
}

#[cfg(test)]
mod tests {
    use super::padded;

    #[test]
    fn a_chinese_letter_takes_two_columns() {
        assert_eq!(padded("例外", 6), "例外  ");
        assert_eq!(padded("12", 3), "12 ");
        assert_eq!(padded("尚无记录", 2), "尚无记录");
    }
}
