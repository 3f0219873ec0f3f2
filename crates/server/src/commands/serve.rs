//! `gongzhi serve` and `gongzhi migrate`.

use std::net::SocketAddr;
use std::sync::Arc;

use clap::Args;
use kernel::Clock;
use storage::{Db, Durability, Engine};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tracing_subscriber::EnvFilter;

use super::files;
use super::open::{ConfigurationFile, open, runtime, with_database};
use super::outcome::{Ending, Outcome, Trouble, print, say};
use crate::clock::SystemClock;
use crate::{serving, wiring};

/// Serve the city that is configured.
#[derive(Args, Debug)]
pub(crate) struct Serve {
    #[command(flatten)]
    configuration: ConfigurationFile,
}

/// Bring the schema of the configured database up to date and stop.
#[derive(Args, Debug)]
pub(crate) struct Migrate {
    #[command(flatten)]
    configuration: ConfigurationFile,
}

/// Serves until asked to stop.
pub(crate) fn run(wanted: &Serve) -> Outcome {
    let configuration = wanted.configuration.read()?;
    log(&configuration.log)?;
    runtime()?.block_on(async {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let db = open(&configuration, clock).await?;
        registry::places::acts::ensure_shipped(&db).await?;
        let listener = listen(configuration.listen).await?;
        let durability = match (db.engine(), configuration.durability) {
            (Engine::Postgres, _) => "PostgreSQL",
            (Engine::Sqlite, Durability::Full) => "SQLite，synchronous=FULL",
            (Engine::Sqlite, Durability::Normal) => {
                "SQLite，synchronous=NORMAL（断电可能丢失最后的提交）"
            }
        };
        say(format_args!(
            "{}：http://{}（{durability}）",
            configuration.city_name, configuration.listen
        ));
        let settings = web::Settings {
            city_name: configuration.city_name.clone(),
            is_demo: false,
            secure_cookies: configuration.secure_cookies,
            map: configuration.map.clone(),
            backups: configuration.backups.as_ref().map(|set| web::BackupSettings {
                folder: set.folder.display().to_string(),
                hours: set.hours,
                keep: set.keep,
            }),
            sign_in: configuration.sign_in,
            phone_gateway: configuration
                .phones
                .clone()
                .map(|gateway| kernel::PhoneGateway(Arc::new(gateway))),
        };
        serve(db, settings, configuration.backups, listener).await
    })
}

/// Migrates.
pub(crate) fn migrate(wanted: &Migrate) -> Outcome {
    with_database(&wanted.configuration, async |_| {
        print("数据库结构已是最新。\n");
        Ok(Ending::Done)
    })
}

/// Serves the pages, and beside them seals the audit trail and makes backups by the clock, until asked to stop.
pub(crate) async fn serve(
    db: Db,
    settings: web::Settings,
    schedule: Option<backups::Schedule>,
    listener: TcpListener,
) -> Outcome {
    let (running, stopping) = watch::channel(true);
    let until_stopped = || {
        let mut stopping = stopping.clone();
        async move {
            // An error means that the server is gone, which is the same.
            drop(stopping.wait_for(|running| !running).await);
        }
    };
    let sealing = tokio::spawn(people::audit::run(db.clone(), until_stopped()));
    let backing = schedule.map(|set| tokio::spawn(backups::run(db.clone(), set, until_stopped())));
    let served = serving::serve(wiring::app(db.clone(), settings), listener, running).await;
    served.map_err(|fault| Trouble(format!("服务中断：{}。", files::reason(&fault))))?;
    // What was done last is sealed before the database is closed.
    drop(sealing.await);
    if let Some(backing) = backing {
        drop(backing.await);
    }
    db.close().await?;
    Ok(Ending::Done)
}

/// Listens on an address.
pub(crate) async fn listen(address: SocketAddr) -> Result<TcpListener, Trouble> {
    let bound = TcpListener::bind(address).await;
    bound.map_err(|fault| {
        Trouble(format!("无法监听 {address}：{}。请检查 listen。", files::reason(&fault)))
    })
}

/// Writes log lines to stderr from now on.
pub(crate) fn log(filter: &str) -> Result<(), Trouble> {
    let filter: EnvFilter =
        filter.parse().map_err(|fault| Trouble(format!("日志级别“{filter}”不对：{fault}。")))?;
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    lines.try_init().map_err(|fault| Trouble(format!("无法写日志：{fault}。")))
}
