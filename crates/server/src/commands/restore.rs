//! `gongzhi restore`: a backup into an empty database, all of it or nothing.

use std::path::PathBuf;
use std::sync::Arc;

use backups::{Header, Manifest, inspect, restore};
use clap::Args;

use super::open::{ConfigurationFile, connect, runtime};
use super::outcome::{Ending, Outcome, Trouble, print};
use super::solve::json_line;
use crate::clock::SystemClock;

/// Fill the configured database, which must be empty, from a backup of either database; all of it or nothing.
#[derive(Args, Debug)]
pub(crate) struct Restore {
    /// The backup
    file: PathBuf,
    /// Replace all records that the database has
    #[arg(long, conflicts_with = "check")]
    replace: bool,
    /// Only read the whole file and say what it holds; needs no database
    #[arg(long)]
    check: bool,
    /// Print one line of JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    configuration: ConfigurationFile,
}

/// Restores.
pub(crate) fn run(wanted: &Restore) -> Outcome {
    let configuration = wanted.configuration.read()?;
    let keys = super::keys::read(&configuration)?;
    let refused = |fault: backups::Fault| Trouble(format!("{fault}。"));
    // Before the database is even opened: SQLite would make a file.
    let (header, manifest) = inspect(&wanted.file, &keys).map_err(refused)?;
    if !wanted.check {
        runtime()?.block_on(async {
            let db = connect(&configuration, Arc::new(SystemClock)).await?.with_keys(keys);
            restore(&db, &wanted.file, wanted.replace).await?;
            db.close().await?;
            Ok::<(), Trouble>(())
        })?;
    }
    if wanted.json {
        print(&json_line(&serde_json::json!({"header": header, "manifest": manifest}))?);
    } else {
        let what = if wanted.check {
            "备份完整，可以恢复。"
        } else {
            "已恢复：行数与备份一致，审计日志核验通过。"
        };
        print(&format!("{what}\n{}", described(&header, &manifest)));
    }
    Ok(Ending::Done)
}

/// What a backup holds, for people.
pub(crate) fn described(header: &Header, manifest: &Manifest) -> String {
    let key = header
        .key
        .as_ref()
        .map_or_else(|| "未加密（没有配置密钥）".to_owned(), |key| format!("密钥 {key}"));
    let head = match manifest.audit_head.as_str() {
        "" => "尚无",
        head => head,
    };
    let mut text = format!(
        "时间 {}；城市 {}；结构 {}；{} 张表 {} 行；{key}。\n审计链头（SM3）：{head}\n",
        header.made_at,
        manifest.city,
        manifest.schema(),
        manifest.tables.len(),
        manifest.rows(),
    );
    for table in manifest.tables.iter().filter(|table| table.rows > 0) {
        text.push_str(&format!("  {:<24}{:>10}\n", table.name, table.rows));
    }
    text
}
