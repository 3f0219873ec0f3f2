//! `gongzhi backup`: everything into one file, while the server goes on.

use std::path::PathBuf;

use backups::{Cause, make};
use clap::Args;

use super::open::{ConfigurationFile, with_database};
use super::outcome::{Ending, Outcome, Trouble, print};
use super::restore::described;
use super::solve::json_line;

/// Write all records into one file, whichever database they are in; sealed if there are keys, and read back.
#[derive(Args, Debug)]
pub(crate) struct Backup {
    /// Where [default: a new file in the configured `backup_dir`, or in `backups` of the data directory]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Print one line of JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    configuration: ConfigurationFile,
}

/// Backs up.
pub(crate) fn run(wanted: &Backup) -> Outcome {
    let configuration = wanted.configuration.read()?;
    let folder = configuration
        .backups
        .as_ref()
        .map_or_else(|| configuration.data_dir.join("backups"), |set| set.folder.clone());
    with_database(&wanted.configuration, async |db| {
        let name = backups::file_name(&configuration.city_code, db.now());
        let path = wanted.out.clone().unwrap_or_else(|| folder.join(name));
        if path.exists() {
            return Err(Trouble(format!("{} 已存在，没有备份。", path.display())));
        }
        let made = make(&db, &path, Cause::Asked).await?;
        if wanted.json {
            print(&json_line(&serde_json::json!({
                "file": path, "bytes": made.bytes, "header": made.header, "manifest": made.manifest,
            }))?);
        } else {
            let text = described(&made.header, &made.manifest);
            print(&format!(
                "已备份到 {}（{} 字节），并已回读核对。\n{text}",
                path.display(),
                made.bytes
            ));
        }
        Ok(Ending::Done)
    })
}
