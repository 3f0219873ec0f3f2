//! `gongzhi export`: lists as Excel, the audit trail as JSON lines.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use kernel::{Date, OPEN_END};
use registry::kindergartens::{self, Filter, Role};
use registry::{clusters, places};
use sheets::{Column, Kind, Sheet, Value, write_lists};
use storage::{Db, Source as _};

use super::files;
use super::open::{ConfigurationFile, with_database};
use super::outcome::{Ending, Outcome, Trouble};

/// Most lines of one list: all the kindergartens of a city, with room.
const MOST: i64 = 50_000;

/// Write a list as Excel (`kindergartens`, `clusters`) or the whole audit trail as JSON lines (`audit`).
#[derive(Args, Debug)]
pub(crate) struct Export {
    /// What
    #[arg(value_enum)]
    what: What,
    /// Where it is written
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// As of which day, as 2026-02-03 [default: today in Beijing]
    #[arg(long, value_name = "DAY")]
    day: Option<Date>,
    #[command(flatten)]
    configuration: ConfigurationFile,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum What {
    /// The register, under titles that an import understands
    Kindergartens,
    /// The clusters in force, one line for each kindergarten
    Clusters,
    /// The audit trail with its seals, for `verify-audit`
    Audit,
}

/// Writes what was asked for.
pub(crate) fn run(wanted: &Export) -> Outcome {
    with_database(&wanted.configuration, async |db| {
        match wanted.what {
            What::Kindergartens => {
                let sheet = register(&db, wanted.day).await?;
                files::write(&wanted.out, &workbook(sheet)?)
            }
            What::Clusters => {
                let sheet = in_force(&db, wanted.day).await?;
                files::write(&wanted.out, &workbook(sheet)?)
            }
            What::Audit => trail(&db, &wanted.out).await,
        }?;
        Ok(Ending::Done)
    })
}

fn workbook(sheet: Sheet) -> Result<Vec<u8>, Trouble> {
    write_lists(&[sheet]).map_err(|fault| Trouble(format!("无法写成工作簿：{fault}。")))
}

async fn register(db: &Db, day: Option<Date>) -> Result<Sheet, Trouble> {
    let reading = db.reading(db.program("gongzhi export"));
    let day = day.unwrap_or_else(|| reading.today());
    let found = kindergartens::store::list(&reading, &Filter::default(), day, MOST, 0).await?;
    let regions = places::store::names(&reading).await?;
    let facts: Vec<_> = found.into_iter().map(|each| each.facts).collect();
    Ok(kindergartens::list(&facts, &regions, "幼儿园名册", vec![format!("日期：{day}")]))
}

async fn in_force(db: &Db, day: Option<Date>) -> Result<Sheet, Trouble> {
    let reading = db.reading(db.program("gongzhi export"));
    let day = day.unwrap_or_else(|| reading.today());
    let mut rows = Vec::new();
    for district in places::store::districts(&reading).await? {
        let clusters = clusters::store::in_district(&reading, &district.code, day).await?;
        let members = kindergartens::store::in_district(&reading, &district.code, day).await?;
        for cluster in clusters {
            for member in members
                .iter()
                .filter(|each| each.cluster.as_ref().is_some_and(|own| own.id == cluster.id))
            {
                let role = member.cluster.as_ref().map_or(Role::Member, |own| own.role);
                let until = if cluster.until >= OPEN_END {
                    Value::Empty
                } else {
                    Value::Date(cluster.until)
                };
                rows.push(vec![
                    cluster.name.as_str().into(),
                    district.name.as_str().into(),
                    member.facts.register_id.as_str().into(),
                    member.facts.name.as_str().into(),
                    role.label().into(),
                    cluster.paper_number.as_str().into(),
                    Value::Date(cluster.since),
                    until,
                ]);
            }
        }
    }
    let text = |title: &str| Column::new(title, Kind::Text);
    Ok(Sheet {
        name: "学区".to_owned(),
        title: None,
        notes: Vec::new(),
        columns: vec![
            text("学区名称"),
            text("区"),
            text("编号"),
            text("幼儿园"),
            text("角色"),
            text("文号"),
            Column::new("生效日期", Kind::Date),
            Column::new("失效日期", Kind::Date),
        ],
        rows,
    })
}

async fn trail(db: &Db, out: &PathBuf) -> Result<(), Trouble> {
    let unwritable = |fault: std::io::Error| {
        Trouble(format!("无法写入 {}：{}。", out.display(), files::reason(&fault)))
    };
    people::audit::seal(db).await?;
    let mut export = people::audit::Export::begin(db, db.program("gongzhi export")).await?;
    let mut file = BufWriter::new(File::create(out).map_err(unwritable)?);
    while let Some(chunk) = export.next().await? {
        file.write_all(chunk.as_bytes()).map_err(unwritable)?;
    }
    file.flush().map_err(unwritable)
}
