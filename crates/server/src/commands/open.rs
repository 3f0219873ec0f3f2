//! The database of a command: configured, opened, brought up to date, and closed again.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use kernel::Clock;
use sealing::KeyRing;
use storage::{Db, SEALED_COLUMNS};

use super::files;
use super::outcome::{Outcome, Trouble};
use crate::clock::SystemClock;
use crate::configuration::Configuration;

/// Where the configuration stands.
#[derive(Args, Debug)]
pub(crate) struct ConfigurationFile {
    /// Configuration file (TOML); the environment, `GONGZHI_…`, goes before it
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

impl ConfigurationFile {
    /// The checked configuration.
    pub(crate) fn read(&self) -> Result<Configuration, Trouble> {
        Configuration::read(self.config.as_deref()).map_err(|faults| Trouble(faults.to_string()))
    }
}

/// Runs `work` with the configured database, its schema brought up to date.
pub(crate) fn with_database(
    file: &ConfigurationFile,
    work: impl AsyncFnOnce(Db) -> Outcome,
) -> Outcome {
    let configuration = file.read()?;
    runtime()?.block_on(async {
        let db = open(&configuration, Arc::new(SystemClock)).await?;
        let ending = work(db.clone()).await?;
        // Entries of this command don't wait for a server to seal them.
        people::audit::seal(&db).await?;
        db.close().await?;
        Ok(ending)
    })
}

/// Opens the configured database with the city's keys, and brings its schema up to date. Refused while it holds values that
/// are sealed under a key that is not at hand: what can't be read should not be kept from being noticed.
pub(crate) async fn open(
    configuration: &Configuration,
    clock: Arc<dyn Clock>,
) -> Result<Db, Trouble> {
    let keys = super::keys::read(configuration)?;
    let db = connect(configuration, clock).await?.with_keys(keys);
    db.migrate().await.map_err(|failure| Trouble(format!("无法更新数据库结构：{failure}。")))?;
    let reading = db.reading(db.program("gongzhi"));
    let needed = storage::sealed_under(&reading, SEALED_COLUMNS).await?;
    let at_hand = db.keys().ring().map(KeyRing::ids).unwrap_or_default();
    let missing: Vec<&str> =
        needed.iter().map(String::as_str).filter(|key| !at_hand.contains(key)).collect();
    if missing.is_empty() {
        drop(reading);
        return Ok(db);
    }
    Err(Trouble(format!(
        "数据库中有用编号为 {} 的密钥加密的内容，但没有这个密钥。请在配置中把 key_file 指向原来的密钥文件。",
        missing.join("、")
    )))
}

/// Opens the configured database as it is.
pub(crate) async fn connect(
    configuration: &Configuration,
    clock: Arc<dyn Clock>,
) -> Result<Db, Trouble> {
    if configuration.database_url.starts_with("sqlite:") {
        let folder =
            configuration.database_url.trim_start_matches("sqlite:").trim_start_matches("//");
        if let Some(folder) =
            PathBuf::from(folder).parent().filter(|folder| !folder.as_os_str().is_empty())
        {
            fs::create_dir_all(folder).map_err(|fault| {
                Trouble(format!("无法建立文件夹 {}：{}。", folder.display(), files::reason(&fault)))
            })?;
        }
    }
    let settings = storage::Settings {
        url: configuration.database_url.clone(),
        durability: configuration.durability,
        connections: configuration.connections,
        city: configuration.city_code.clone(),
    };
    let unreachable = |failure: kernel::Failure| {
        Trouble(format!("无法打开数据库：{failure}。请检查 database_url。"))
    };
    Db::open(&settings, clock).await.map_err(unreachable)
}

/// The runtime of a command that needs the database or the network.
pub(crate) fn runtime() -> Result<tokio::runtime::Runtime, Trouble> {
    let built = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    built.map_err(|fault| Trouble(format!("无法启动：{fault}。")))
}
