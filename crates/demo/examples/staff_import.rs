//! How long the import of a whole city's staff takes, and how long others wait while it runs.
//!
//! `cargo run --release -p demo --example staff_import` plays it on an SQLite file (`synchronous=FULL`) and, when
//! `TEST_POSTGRES_URL` is set, in a schema of its own on that server. Every 20 ms another kindergarten hires somebody; its wait is
//! counted from the moment at which it was due.
#![expect(clippy::unwrap_used, reason = "a measurement that fails must stop")]

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use demo::register::{register, to_csv};
use demo::staff::staff_csv;
use kernel::{Caller, Date, Id, KindergartenId, Moment, PostKind, PostScope, Reach, StandingClock};
use registry::imports::{self, Choice, Options, Progress};
use registry::staff::{Education, Facts, PersonName, Position, acts};
use sealing::{KeyRing, Keys};
use storage::{Db, Durability, Settings, Source, Sql};

const PEOPLE: usize = 80_000;
const EVERY: Duration = Duration::from_millis(20);

#[tokio::main]
async fn main() {
    let file = std::env::temp_dir().join(format!("staff-import-{}.db", std::process::id()));
    measure("SQLite, synchronous=FULL", &format!("sqlite://{}", file.display())).await;
    for ending in ["", "-wal", "-shm"] {
        drop(std::fs::remove_file(format!("{}{ending}", file.display())));
    }
    #[expect(clippy::disallowed_methods, reason = "a measurement's own environment")]
    if let Ok(url) = std::env::var("TEST_POSTGRES_URL") {
        let admin = open(&url).await;
        let schema = format!("staff_import_{}", std::process::id());
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
    let db = open(url).await.with_keys(Keys::from(KeyRing::random().unwrap()));
    db.migrate().await.unwrap();
    registry::places::acts::ensure_shipped(&db).await.unwrap();
    let rows = register(20_220_201, 1_935);
    let options = Options::on(today());
    let csv = to_csv(&rows).into_bytes();
    let previewed =
        imports::preview_file(&db, db.program("bench"), "r.csv", csv, options, Progress::default());
    let id = previewed.await.unwrap().id;
    imports::apply(&db, db.program("bench"), id, Choice::GoodRows).await.unwrap();
    // The last kindergarten is not in the file: it is the one that goes on hiring.
    let reading = db.reading(db.program("bench"));
    let known = registry::kindergartens::store::known(&reading, None, today()).await.unwrap();
    let own = known[&rows[rows.len() - 1].kg_id].id;
    drop(reading);
    let csv = with_numbers(&staff_csv(rows[..rows.len() - 1].iter(), 7, today()));
    let changed = csv.replace(",本科,", ",研究生,");
    println!("{name}: {} lines, {} MB of CSV", csv.lines().count() - 1, csv.len() >> 20);
    import(&db, own, "new", csv).await;
    import(&db, own, "some 20,000 changed", changed).await;
    db.close().await.unwrap();
}

/// As many lines as wanted, each with an identity number of its own.
fn with_numbers(csv: &str) -> String {
    let mut lines = csv.lines();
    let mut text = format!("{},身份证号\n", lines.next().unwrap_or_default());
    for (n, line) in lines.take(PEOPLE).enumerate() {
        text.push_str(&format!("{line},{}\n", number(n)));
    }
    text
}

/// A well-formed number of a county that does not exist (GB 11643, MOD 11-2).
fn number(n: usize) -> String {
    let born = Date::from_ymd_opt(1970, 1, 1).unwrap() + chrono::Days::new((n / 900) as u64 * 90);
    let digits = format!("440399{}{:03}", born.format("%Y%m%d"), n % 900);
    let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 =
        digits.bytes().zip(weights).map(|(digit, by)| u32::from(digit - b'0') * by).sum();
    format!("{digits}{}", char::from(b"10X98765432"[sum as usize % 11]))
}

async fn import(db: &Db, own: KindergartenId, name: &str, csv: String) {
    let stop = Arc::new(AtomicBool::new(false));
    let others = tokio::spawn(hire_on(db.clone(), own, Arc::clone(&stop)));
    let began = Instant::now();
    let previewed = imports::preview_staff(
        db,
        db.program("bench"),
        "staff.csv",
        csv.into_bytes(),
        today(),
        Progress::default(),
    );
    let previewed = previewed.await.unwrap();
    let (totals, preview) = (previewed.preview.totals, began.elapsed());
    drop(previewed.preview);
    let applied = imports::apply_staff(db, db.program("bench"), previewed.id, Choice::GoodRows)
        .await
        .unwrap();
    let whole = began.elapsed();
    stop.store(true, Ordering::SeqCst);
    let mut waits = others.await.unwrap();
    waits.sort_unstable();
    let at = |share: f64| waits[((waits.len() - 1) as f64 * share) as usize];
    println!(
        "  {name}: {} new, {} changed, {} refused: preview {:.1} s, application {:.1} s, whole {:.1} s",
        applied.new,
        applied.changed,
        totals.refused,
        preview.as_secs_f64(),
        whole.as_secs_f64() - preview.as_secs_f64(),
        whole.as_secs_f64()
    );
    println!(
        "    {} other writes meanwhile: median {} ms, p99 {} ms, longest {} ms",
        waits.len(),
        at(0.5).as_millis(),
        at(0.99).as_millis(),
        at(1.0).as_millis()
    );
    let known = Sql::new("SELECT count(*) FROM staff_known WHERE valid_to = '9999-12-31'");
    println!("    {} people known", db.reading(db.program("bench")).number(known).await.unwrap());
}

/// Hires somebody every 20 ms, on time or late.
async fn hire_on(db: Db, own: KindergartenId, stop: Arc<AtomicBool>) -> Vec<Duration> {
    let head = Caller {
        person: db.mint(),
        name: "陈静".to_owned(),
        post: db.mint(),
        kind: PostKind::Principal,
        scope: PostScope::Kindergarten(own),
        post_label: "园长".to_owned(),
        has_other_posts: false,
        city: db.city().clone(),
        reach: Reach { kindergartens: vec![Id::new(own.uuid())], ..Reach::default() },
        now: db.now(),
        address: String::new(),
        request: String::new(),
    };
    let facts = Facts {
        name: PersonName::new("王敏").unwrap(),
        position: Position::Teacher,
        title: None,
        education: Some(Education::Bachelor),
        certificate: None,
        backbone: false,
        phone: None,
        hired_on: today(),
        left_on: None,
    };
    let (began, mut waits) = (Instant::now(), Vec::new());
    while !stop.load(Ordering::SeqCst) {
        let due = began + EVERY * waits.len() as u32;
        tokio::time::sleep_until(due.into()).await;
        acts::hire(&db, &head, own, facts.clone(), None).await.unwrap();
        waits.push(due.elapsed());
    }
    waits
}
