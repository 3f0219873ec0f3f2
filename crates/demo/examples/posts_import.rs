//! How long a city takes to say who holds which post, and how long others wait while it is given.
//!
//! `cargo run --release -p demo --example posts_import` plays it on an SQLite file (`synchronous=FULL`) and, when
//! `TEST_POSTGRES_URL` is set, in a schema of its own on that server: every head with two predecessors, every liaison, every
//! inspector with the terms before, and the leads and trainers of some 125 clusters. Every 20 ms somebody else writes a note; its
//! wait is counted from the moment at which it was due.
#![expect(clippy::unwrap_used, reason = "a measurement that fails must stop")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use demo::register::{RegisterRow, register, to_csv};
use institutions::appointments::{Bringer, apply_posts, preview_posts};
use kernel::{Date, KindergartenId, Moment, Note, OPEN_END, StandingClock};
use registry::clusters::{Decision, NewCluster};
use registry::imports::{self, Choice, Options, Progress};
use storage::{Db, Durability, Settings, Sql};

const EVERY: Duration = Duration::from_millis(20);
const FAMILY_NAMES: &str = "王李张刘陈杨黄赵周吴徐孙马朱胡郭何林罗高梁郑谢宋唐许韩冯邓曹";
const GIVEN_NAMES: &str = "安柏昶晨澄初川丹恩帆芳飞菲枫歌冠涵航荷衡恒宏华慧佳嘉健静娟君";

#[tokio::main]
async fn main() {
    let file = std::env::temp_dir().join(format!("posts-import-{}.db", std::process::id()));
    measure("SQLite, synchronous=FULL", &format!("sqlite://{}", file.display())).await;
    for ending in ["", "-wal", "-shm"] {
        drop(std::fs::remove_file(format!("{}{ending}", file.display())));
    }
    #[expect(clippy::disallowed_methods, reason = "a measurement's own environment")]
    if let Ok(url) = std::env::var("TEST_POSTGRES_URL") {
        let admin = open(&url).await;
        let schema = format!("posts_import_{}", std::process::id());
        admin.bookkeeping(Sql::new(&format!("CREATE SCHEMA {schema}"))).await.unwrap();
        measure("PostgreSQL", &format!("{url}?options=-c%20search_path%3D{schema}")).await;
        admin.bookkeeping(Sql::new(&format!("DROP SCHEMA {schema} CASCADE"))).await.unwrap();
    }
}

fn today() -> Date {
    Date::from_ymd_opt(2026, 2, 3).unwrap()
}

async fn open(url: &str) -> Db {
    let settings = Settings {
        url: url.to_owned(),
        durability: Durability::Full,
        connections: 8,
        city: "4403".to_owned(),
    };
    let clock = Arc::new(StandingClock::at(Moment::at(today(), 9, 0)));
    Db::open(&settings, clock).await.unwrap()
}

async fn measure(name: &str, url: &str) {
    let db = open(url).await;
    db.migrate().await.unwrap();
    registry::places::acts::ensure_shipped(&db).await.unwrap();
    let rows = register(20_220_201, 1_935);
    let (csv, options) = (to_csv(&rows).into_bytes(), Options::on(today()));
    let previewed =
        imports::preview_file(&db, db.program("bench"), "r.csv", csv, options, Progress::default());
    let id = previewed.await.unwrap().id;
    imports::apply(&db, db.program("bench"), id, Choice::GoodRows).await.unwrap();
    let clusters = clusters(&db, &rows).await;
    let text = posts(&rows, &clusters);
    println!("{name}: {} posts, {} KB of CSV", text.lines().count() - 1, text.len() >> 10);
    import(&db, "new", text.clone()).await;
    import(&db, "letters put right", text.replace("号,", "号（补）,")).await;
    db.close().await.unwrap();
}

/// Clusters of sixteen, as they stand in the register: whose they are matters here, not where they lie.
async fn clusters(db: &Db, rows: &[RegisterRow]) -> Vec<String> {
    let reading = db.reading(db.program("bench"));
    let known = registry::kindergartens::store::known(&reading, None, today()).await.unwrap();
    let mut districts: BTreeMap<String, Vec<KindergartenId>> = BTreeMap::new();
    for row in rows {
        let own = &known[&row.kg_id];
        districts.entry(own.facts.district.clone()).or_default().push(own.id);
    }
    let mut names = Vec::new();
    for (district, all) in districts {
        let new: Vec<NewCluster> = all
            .chunks(16)
            .enumerate()
            .map(|(number, some)| NewCluster {
                keep: None,
                name: format!("{district}第{number}学区"),
                centre: some[0],
                members: some[1..].to_vec(),
            })
            .collect();
        names.extend(new.iter().map(|cluster| cluster.name.clone()));
        let decision = Decision { from: today(), to: OPEN_END, paper_number: "测", cause: "测" };
        let tx = db.begin(db.program("bench")).await.unwrap();
        registry::clusters::acts::establish(&tx, &district, &decision, &new).await.unwrap();
        tx.commit(Note::of("bench.prepared", "x", "测")).await.unwrap();
    }
    names
}

fn posts(rows: &[RegisterRow], clusters: &[String]) -> String {
    let letters = |text: &str| text.chars().collect::<Vec<char>>();
    let (family, given) = (letters(FAMILY_NAMES), letters(GIVEN_NAMES));
    let (mut text, mut number) =
        (String::from("学区,幼儿园编号,岗位,姓名,届次,任职日期,任期截止,文号,同名人员\n"), 0);
    let mut line = |place: &str, kind: &str, days: &str| {
        let own = |place: usize| given[number / 30_usize.pow(place as u32) % given.len()];
        let name: String = [family[number % family.len()], own(1), own(2)].into_iter().collect();
        number += 1;
        // Who bears a name that is there already is somebody else.
        let _ = writeln!(text, "{place},{kind},{name},{days},测聘{number}号,另一人");
    };
    for row in rows {
        let place = format!(",{}", row.kg_id);
        for days in [",2014-09-01,2018-08-31", ",2018-09-01,2022-08-31", ",2022-09-01,"] {
            line(&place, "园长", days);
        }
        line(&place, "兼职视导员", ",2025-09-01,");
    }
    for cluster in clusters {
        let place = format!("{cluster},");
        for inspector in 0..9 {
            let kind = if inspector == 0 { "专职责任督学" } else { "兼职责任督学" };
            for days in ["2,2023-03-01,2026-02-28", "3,2026-03-01,2029-02-28"] {
                line(&place, kind, days);
            }
        }
        line(&place, "兼职教研员", ",2025-09-01,");
        line(&place, "兼职培训师", ",2025-09-01,");
    }
    text
}

async fn import(db: &Db, name: &str, csv: String) {
    let stop = Arc::new(AtomicBool::new(false));
    let others = tokio::spawn(write_on(db.clone(), Arc::clone(&stop)));
    let bringer = Bringer::program(db.program("bench"));
    let began = Instant::now();
    let csv = csv.into_bytes();
    let previewed = preview_posts(db, &bringer, "p.csv", csv, Progress::default()).await.unwrap();
    let (totals, preview) = (previewed.preview.totals, began.elapsed());
    let applied = apply_posts(db, &bringer, previewed.id, Choice::GoodRows).await.unwrap();
    let whole = began.elapsed();
    stop.store(true, Ordering::SeqCst);
    let mut waits = others.await.unwrap();
    waits.sort_unstable();
    let at = |share: f64| waits[((waits.len() - 1) as f64 * share) as usize].as_millis();
    println!(
        "  {name}: {} new, {} changed, {} refused: preview {:.2} s, application {:.2} s",
        applied.new,
        applied.changed,
        totals.refused,
        preview.as_secs_f64(),
        whole.saturating_sub(preview).as_secs_f64()
    );
    println!(
        "    {} other writes: median {} ms, p99 {} ms, longest {} ms",
        waits.len(),
        at(0.5),
        at(0.99),
        at(1.0)
    );
}

/// Notes something every 20 ms, on time or late.
async fn write_on(db: Db, stop: Arc<AtomicBool>) -> Vec<Duration> {
    let (began, mut waits) = (Instant::now(), Vec::new());
    while !stop.load(Ordering::SeqCst) {
        let due = began + EVERY * waits.len() as u32;
        tokio::time::sleep_until(due.into()).await;
        db.record(db.program("bench"), Note::of("bench.written", "x", "测")).await.unwrap();
        waits.push(due.elapsed());
    }
    waits
}
