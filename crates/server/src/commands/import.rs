//! `gongzhi import`: a bureau's files into the database; of a register, also only a look at what would become of it.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use institutions::appointments::{self, Bringer};
use kernel::{Date, Failure, Reach};
use registry::imports::{self, Choice, Options, Progress, Takeover};
use registry::kindergartens::{Existing, RowVerdict, Totals, Verdict, preview};
use registry::places;
use storage::Actor;

use super::files;
use super::open::{ConfigurationFile, with_database};
use super::outcome::{Ending, Outcome, Trouble, print, say};
use super::register::{ReadingOptions, table};
use super::solve::json_line;

/// Under which name the audit trail has what these commands do.
const ACTOR: &str = "gongzhi import";

/// More clusters, with their past states, than any district has.
const MOST_CLUSTERS: u32 = 5_000;

/// Messages that are shown before the rest is only counted.
const SHOWN_ROWS: usize = 50;

/// Take a bureau's files over.
#[derive(Subcommand, Debug)]
pub(crate) enum Import {
    Kindergartens(Kindergartens),
    Staff(Staff),
    Posts(Posts),
    Clusters(Clusters),
    Regions(RegionsOf),
}

/// Take a register of kindergartens over: all its good rows at once.
#[derive(Args, Debug)]
pub(crate) struct Kindergartens {
    /// The register: CSV or Excel, columns recognised under the names that offices use
    file: PathBuf,
    /// Only say what would become of each row; needs no database
    #[arg(long)]
    dry_run: bool,
    /// Take nothing over if a row is refused
    #[arg(long)]
    all_or_none: bool,
    /// Print JSON: every row with its verdict and messages, and totals
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    reading: ReadingOptions,
    #[command(flatten)]
    configuration: ConfigurationFile,
}

/// Take the staff of kindergartens over: all good rows at once. Identity numbers are sealed under the configured key.
#[derive(Args, Debug)]
pub(crate) struct Staff {
    /// The staff: CSV or Excel, columns recognised under the names that offices use
    file: PathBuf,
    /// Only say what would become of each row; the register of the database is compared with, nothing is kept
    #[arg(long)]
    dry_run: bool,
    /// Take nothing over if a row is refused
    #[arg(long)]
    all_or_none: bool,
    /// Print JSON: every row with its verdict and messages, and totals
    #[arg(long)]
    json: bool,
    /// The day from which the contents hold, as 2026-02-03 [default: today in Beijing]
    #[arg(long, value_name = "DAY")]
    day: Option<Date>,
    #[command(flatten)]
    configuration: ConfigurationFile,
}

/// Take over who holds which post: heads, inspectors with their terms, liaisons, teaching-research leads and trainers; all good
/// rows at once.
#[derive(Args, Debug)]
pub(crate) struct Posts {
    /// The posts: CSV or Excel, columns recognised under the names that offices use
    file: PathBuf,
    /// Only say what would become of each row; the records of the database are compared with, nothing is kept
    #[arg(long)]
    dry_run: bool,
    /// Take nothing over if a row is refused
    #[arg(long)]
    all_or_none: bool,
    /// Print JSON: every row with its verdict and messages, and totals
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    configuration: ConfigurationFile,
}

/// Bring a district's existing clusters along: name, centre, members, document number, in force from; past states too.
#[derive(Args, Debug)]
pub(crate) struct Clusters {
    /// The clusters: CSV or Excel, one line for each kindergarten or one for each cluster
    file: PathBuf,
    /// The district's code
    #[arg(long, value_name = "CODE")]
    district: String,
    /// Why clusters that depart from rules in principle are taken over all the same, as exceptions
    #[arg(long, value_name = "TEXT", requires = "until")]
    reason: Option<String>,
    /// The last day on which these exceptions hold, as 2027-08-31
    #[arg(long, value_name = "DAY")]
    until: Option<Date>,
    /// Take nothing over if a cluster is refused
    #[arg(long)]
    all_or_none: bool,
    #[command(flatten)]
    configuration: ConfigurationFile,
}

/// Take districts, streets, communities (CSV with codes) and outlines (GeoJSON) over.
#[derive(Args, Debug)]
pub(crate) struct RegionsOf {
    /// Folder with the bureau's files
    folder: PathBuf,
    #[command(flatten)]
    configuration: ConfigurationFile,
}

/// Imports what was asked for.
pub(crate) fn run(wanted: Import) -> Outcome {
    match wanted {
        Import::Kindergartens(wanted) if wanted.dry_run => dry_run(&wanted),
        Import::Kindergartens(wanted) => kindergartens(&wanted),
        Import::Staff(wanted) => staff(&wanted),
        Import::Posts(wanted) => posts(&wanted),
        Import::Clusters(wanted) => clusters(&wanted),
        Import::Regions(wanted) => regions(&wanted),
    }
}

fn dry_run(wanted: &Kindergartens) -> Outcome {
    let regions = files::regions(wanted.reading.regions.as_deref())?;
    let preview = preview(
        &table(&wanted.file)?,
        &regions,
        &Existing::new(),
        &wanted.reading.reading(),
        &mut |_, _| {},
    )
    .map_err(|fault| Trouble(format!("{}：{fault}", wanted.file.display())))?;
    let said = Said { totals: &preview.totals, notes: &preview.notes, rows: &preview.rows };
    told(&preview, &said, &wanted.file, wanted.json)
}

/// What a preview says, of whatever kind.
struct Said<'a, T, F> {
    totals: &'a Totals,
    notes: &'a [String],
    rows: &'a [RowVerdict<T, F>],
}

fn told<T, F>(
    preview: &impl serde::Serialize,
    said: &Said<'_, T, F>,
    file: &Path,
    json: bool,
) -> Outcome {
    print(&if json { json_line(preview)? } else { readable(said, file) });
    Ok(if said.totals.refused > 0 { Ending::FaultFound } else { Ending::Done })
}

fn readable<T, F>(said: &Said<'_, T, F>, file: &Path) -> String {
    let totals = said.totals;
    let mut text = format!(
        "{}：共 {} 行，新增 {}，变更 {}，无变化 {}，拒绝 {}；有提醒 {}，已修正 {}。\n",
        file.display(),
        totals.rows,
        totals.new,
        totals.changed,
        totals.unchanged,
        totals.refused,
        totals.with_warnings,
        totals.mended
    );
    // Writing to a String can't fail.
    for note in said.notes {
        let _ = writeln!(text, "  {note}");
    }
    let mut shown = 0;
    let with_messages = said.rows.iter().filter(|row| !row.messages.is_empty());
    let refused_first = with_messages
        .clone()
        .filter(|row| row.verdict == Verdict::Refused)
        .chain(with_messages.clone().filter(|row| row.verdict != Verdict::Refused));
    for row in refused_first.take(SHOWN_ROWS) {
        shown += 1;
        let _ =
            writeln!(text, "第 {} 行 {} {}（{}）", row.line, row.id, row.name, row.verdict.label());
        for message in &row.messages {
            let _ = writeln!(
                text,
                "  {}｜{}｜{}",
                message.severity.label(),
                message.column,
                message.text
            );
        }
    }
    let rest = with_messages.count() - shown;
    if rest > 0 {
        let _ = writeln!(text, "另有 {rest} 行有问题或提醒，用 --json 查看全部。");
    }
    text
}

fn kindergartens(wanted: &Kindergartens) -> Outcome {
    let bytes = files::bytes(&wanted.file)?;
    let name =
        wanted.file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let options = Options { day: wanted.reading.day(), datum: wanted.reading.datum };
    let choice = if wanted.all_or_none { Choice::AllOrNone } else { Choice::GoodRows };
    with_database(&wanted.configuration, async |db| {
        places::acts::ensure_shipped(&db).await?;
        let actor = || db.program(ACTOR);
        let import =
            imports::preview_file(&db, actor(), &name, bytes, options, Progress::default()).await?;
        let totals = import.preview.totals;
        let keep = totals.new + totals.changed > 0 && !(wanted.all_or_none && totals.refused > 0);
        if keep {
            let applied = imports::apply(&db, actor(), import.id, choice).await?;
            say(format_args!("已导入：新增 {}，变更 {}。", applied.new, applied.changed));
        } else {
            imports::discard(&db, actor(), imports::Kind::Kindergartens, import.id).await?;
            say("没有保存任何内容。");
        }
        let preview = &import.preview;
        let said = Said { totals: &preview.totals, notes: &preview.notes, rows: &preview.rows };
        told(preview, &said, &wanted.file, wanted.json)
    })
}

fn staff(wanted: &Staff) -> Outcome {
    let bytes = files::bytes(&wanted.file)?;
    let choice = if wanted.all_or_none { Choice::AllOrNone } else { Choice::GoodRows };
    with_database(&wanted.configuration, async |db| {
        let actor = || db.program(ACTOR);
        let day = wanted.day.unwrap_or_else(|| db.now().date());
        let preview = if wanted.dry_run {
            imports::look_at_staff(&db, actor(), bytes, day).await?
        } else {
            let (name, progress) = (name_of(&wanted.file), Progress::default());
            let import = imports::preview_staff(&db, actor(), &name, bytes, day, progress).await?;
            let totals = import.preview.totals;
            if totals.new + totals.changed > 0 && !(wanted.all_or_none && totals.refused > 0) {
                let applied = imports::apply_staff(&db, actor(), import.id, choice).await?;
                say(format_args!("已导入：新增 {}，变更 {}。", applied.new, applied.changed));
            } else {
                imports::discard(&db, actor(), imports::Kind::Staff, import.id).await?;
                say("没有保存任何内容。");
            }
            import.preview
        };
        let said = Said { totals: &preview.totals, notes: &preview.notes, rows: &preview.rows };
        told(&preview, &said, &wanted.file, wanted.json)
    })
}

fn posts(wanted: &Posts) -> Outcome {
    let bytes = files::bytes(&wanted.file)?;
    let choice = if wanted.all_or_none { Choice::AllOrNone } else { Choice::GoodRows };
    with_database(&wanted.configuration, async |db| {
        let bringer = Bringer::program(db.program(ACTOR));
        let preview = if wanted.dry_run {
            appointments::look_at_posts(&db, &bringer, bytes).await?
        } else {
            let (name, progress) = (name_of(&wanted.file), Progress::default());
            let import = appointments::preview_posts(&db, &bringer, &name, bytes, progress).await?;
            let totals = import.preview.totals;
            if totals.new + totals.changed > 0 && !(wanted.all_or_none && totals.refused > 0) {
                let applied = appointments::apply_posts(&db, &bringer, import.id, choice).await?;
                say(format_args!("已导入：新增 {}，变更 {}。", applied.new, applied.changed));
            } else {
                imports::discard(&db, db.program(ACTOR), bringer.import(), import.id).await?;
                say("没有保存任何内容。");
            }
            import.preview
        };
        let said = Said { totals: &preview.totals, notes: &preview.notes, rows: &preview.rows };
        told(&preview, &said, &wanted.file, wanted.json)
    })
}

fn regions(wanted: &RegionsOf) -> Outcome {
    let regions = files::regions(Some(&wanted.folder))?;
    with_database(&wanted.configuration, async |db| {
        places::acts::load_regions(&db, db.program(ACTOR), &regions).await?;
        let (districts, streets) = (regions.districts.len(), regions.streets.len());
        say(format_args!(
            "已载入 {districts} 个区、{streets} 个街道、{} 个社区。",
            regions.communities.len()
        ));
        Ok(Ending::Done)
    })
}

fn clusters(wanted: &Clusters) -> Outcome {
    let bytes = files::bytes(&wanted.file)?;
    let name = name_of(&wanted.file);
    with_database(&wanted.configuration, async |db| {
        places::acts::ensure_shipped(&db).await?;
        let district =
            places::store::district(&db.reading(db.program(ACTOR)), &wanted.district).await;
        let district =
            district.map_err(|_| Trouble(format!("没有代码为“{}”的区。", wanted.district)))?;
        // The rules of an import ask which district it is for: whoever imports reaches no other.
        let reach = Reach { areas: vec![district.place], ..Reach::default() };
        let actor = || Actor { reach: reach.clone(), ..db.program(ACTOR) };
        let import = imports::preview_clusters(&db, actor(), &name, bytes).await?;
        let reason = wanted.reason.as_deref().unwrap_or_default();
        let takeover = Takeover {
            choice: if wanted.all_or_none { Choice::AllOrNone } else { Choice::GoodRows },
            reasons: (0..MOST_CLUSTERS).map(|key| (key, reason.to_owned())).collect(),
            until: wanted.until.unwrap_or_else(|| db.now().date()),
        };
        match imports::apply_clusters(&db, actor(), import, &takeover).await {
            Ok(count) => {
                say(format_args!("已导入{}的 {count} 个学区（时段）。", district.name));
                Ok(Ending::Done)
            }
            Err(failure @ (Failure::Refused(_) | Failure::Invalid(_))) => {
                imports::discard(&db, actor(), imports::Kind::Clusters, import).await?;
                say(format_args!("没有保存任何内容：{failure}"));
                Ok(Ending::FaultFound)
            }
            Err(failure) => Err(failure.into()),
        }
    })
}

fn name_of(file: &Path) -> String {
    file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}
