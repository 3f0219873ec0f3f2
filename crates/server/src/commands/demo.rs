//! `gongzhi demo`: the demo city, prepared once in a folder and served from there.

use std::fs;
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use clap::{Args, ValueEnum};
use kernel::{Clock, Date, Moment, StandingClock};
use storage::{Db, Durability, Settings};

use super::files;
use super::open::runtime;
use super::outcome::{Ending, Outcome, Trouble, print, say};
use super::serve::{listen, log, serve};
use crate::clock::{ShiftedClock, SystemClock};

/// The city's code and name.
const CITY: (&str, &str) = ("4403", "深圳市（演示）");

/// The file in which the city is being prepared: a killed preparation leaves no half city behind.
const PREPARING: &str = "demo-preparing.db";

/// How much of the city has staff records.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Scale {
    /// Staff of one district
    District,
    /// Staff of all districts, some 80,000 people
    City,
}

impl Scale {
    /// The prepared city's file.
    fn ready(self) -> &'static str {
        match self {
            Self::District => "demo.db",
            Self::City => "demo-city.db",
        }
    }
}

/// Serve the demo city: real districts and streets, invented kindergartens; prepared in a few seconds on the first start.
#[derive(Args, Debug)]
pub(crate) struct Demo {
    /// Folder of the demo city, made if absent
    #[arg(long, value_name = "DIR", default_value = "demo-city")]
    data: PathBuf,
    /// Whose staff is played, besides all kindergartens of the city
    #[arg(long, value_enum, default_value_t = Scale::District)]
    scale: Scale,
    /// Stop when the city is ready
    #[arg(long)]
    prepare_only: bool,
    /// The day of the demo city, as 2026-02-03 [default: today in Beijing]
    #[arg(long, value_name = "DAY")]
    today: Option<Date>,
    /// Where to listen
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
}

/// Prepares the city unless it is there, and serves it.
pub(crate) fn run(wanted: &Demo) -> Outcome {
    log("warn")?;
    fs::create_dir_all(&wanted.data).map_err(|fault| {
        Trouble(format!("无法建立文件夹 {}：{}。", wanted.data.display(), files::reason(&fault)))
    })?;
    let today = wanted.today.unwrap_or_else(|| SystemClock.now().date());
    runtime()?.block_on(async {
        let ready = wanted.data.join(wanted.scale.ready());
        if !ready.is_file() {
            let began = Instant::now();
            say("正在准备演示城市……");
            prepare(wanted, today).await?;
            say(format_args!("演示城市已就绪，用时 {:.1} 秒。", began.elapsed().as_secs_f64()));
        }
        if wanted.prepare_only {
            print(&accounts());
            return Ok(Ending::Done);
        }
        let clock: Arc<dyn Clock> = match wanted.today {
            Some(day) => Arc::new(ShiftedClock::starting_on(day)),
            None => Arc::new(SystemClock),
        };
        let db = open(&ready, clock).await?;
        let listener = listen(wanted.listen).await?;
        let address = listener.local_addr().unwrap_or(wanted.listen);
        print(&format!("演示城市：http://{address}\n{}按 Ctrl-C 停止。\n", accounts()));
        let settings = web::Settings {
            city_name: CITY.1.to_owned(),
            is_demo: true,
            secure_cookies: false,
            map: web::MapSettings::default(),
            backups: None,
            // The printed passwords stay what they are, however long the folder is kept.
            sign_in: web::SignInSettings { password_days: 0, ..web::SignInSettings::default() },
            phone_gateway: None,
        };
        serve(db, settings, None, listener).await
    })
}

/// Plays the city into a file of its own, which bears the city's name only when it is ready.
async fn prepare(wanted: &Demo, today: Date) -> Result<(), Trouble> {
    let folder = &wanted.data;
    let preparing = folder.join(PREPARING);
    remove(&preparing)?;
    let clock = Arc::new(StandingClock::at(Moment::at(today, 9, 0)));
    let db = open(&preparing, clock.clone()).await?;
    let staff = match wanted.scale {
        Scale::District => demo::StaffOf::OneDistrict,
        Scale::City => demo::StaffOf::WholeCity,
    };
    demo::play(&db, &clock, &demo::Wishes { staff, ..demo::Wishes::on(today) }).await?;
    people::audit::seal(&db).await?;
    db.close().await?;
    let ready = folder.join(wanted.scale.ready());
    fs::rename(&preparing, &ready).map_err(|fault| {
        Trouble(format!("无法写入 {}：{}。", ready.display(), files::reason(&fault)))
    })
}

/// Removes a database file and what SQLite keeps beside it.
fn remove(file: &Path) -> Result<(), Trouble> {
    for ending in ["", "-wal", "-shm"] {
        let path = PathBuf::from(format!("{}{ending}", file.display()));
        match fs::remove_file(&path) {
            Err(fault) if fault.kind() != ErrorKind::NotFound => {
                return Err(Trouble(format!(
                    "无法删除 {}：{}。",
                    path.display(),
                    files::reason(&fault)
                )));
            }
            _ => {}
        }
    }
    Ok(())
}

/// The demo's database: `synchronous=NORMAL`, since nothing of it is missed after a power cut.
async fn open(file: &Path, clock: Arc<dyn Clock>) -> Result<Db, Trouble> {
    let settings = Settings {
        url: format!("sqlite://{}", file.display()),
        durability: Durability::Normal,
        connections: 4,
        city: CITY.0.to_owned(),
    };
    let db = Db::open(&settings, clock).await?;
    db.migrate().await?;
    Ok(db)
}

/// The accounts to sign in with.
fn accounts() -> String {
    let mut text =
        String::from("园名、位置与数据均为虚构。可用以下账号登录（账号、密码、用途）：\n");
    for account in demo::printed_accounts() {
        let pad = 24_usize.saturating_sub(account.post.chars().count() * 2);
        text.push_str(&format!(
            "  {}{:pad$}{:<19}{}  {}\n",
            account.post,
            "",
            account.login,
            demo::PASSWORD,
            account.purpose
        ));
    }
    text.push_str("数据库为 SQLite，synchronous=NORMAL（仅用于演示）。\n");
    text
}
