//! Measures how long the whole policy takes to be judged: facts loaded and ninety obligations evaluated at every place, for
//! the demo city and for a city of ten times its records.
//!
//! `cargo run --release -p overview --example obligations -- DIR [DAY]`, where DIR is a folder of `gongzhi demo`.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use kernel::{Date, Failure, Moment, StandingClock};
use overview::obligations::{Wanted, evaluated};
use policy::obligations::{Evaluation, Scope};
use storage::{Db, Durability, FromRow, Settings, Source, Sql};

/// How often each is measured; the middle one counts.
const TIMES: usize = 7;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut words = std::env::args().skip(1);
    let Some(folder) = words.next() else {
        println!("Usage: obligations DIR [DAY]: DIR is a folder of `gongzhi demo --prepare-only`.");
        return Ok(());
    };
    let day =
        words.next().map_or(Ok(Date::from_ymd_opt(2026, 2, 3)), |word| word.parse().map(Some))?;
    let day = day.ok_or("no day")?;
    let copy = std::env::temp_dir().join(format!("gongzhi-obligations-{}.db", std::process::id()));
    std::fs::copy(Path::new(&folder).join("demo.db"), &copy)?;
    let ended = measured(&copy, day).await;
    for ending in ["", "-wal", "-shm"] {
        drop(std::fs::remove_file(PathBuf::from(format!("{}{ending}", copy.display()))));
    }
    Ok(ended?)
}

async fn measured(file: &Path, day: Date) -> Result<(), Failure> {
    let settings = Settings {
        url: format!("sqlite://{}", file.display()),
        durability: Durability::Normal,
        connections: 2,
        city: "4403".to_owned(),
    };
    let db = Db::open(&settings, Arc::new(StandingClock::at(Moment::at(day, 9, 0)))).await?;
    db.migrate().await?;
    told("the city", &db, day).await?;
    multiplied(&db).await?;
    told("ten times the city", &db, day).await?;
    db.close().await
}

async fn told(what: &str, db: &Db, day: Date) -> Result<(), Failure> {
    let mut taken = Vec::new();
    let mut places = (0, 0);
    for _ in 0..TIMES {
        let began = Instant::now();
        let evaluation = judged(db, day).await?;
        taken.push(began.elapsed());
        let count = |scope| evaluation.places.of(scope).len();
        places = (count(Scope::Kindergarten), count(Scope::Cluster));
    }
    taken.sort_unstable();
    let middle: Duration = taken[TIMES / 2];
    println!(
        "{what:<20} {:>6} kindergartens {:>5} clusters {:>8.1} ms",
        places.0,
        places.1,
        middle.as_secs_f64() * 1000.0
    );
    Ok(())
}

/// Asked inside a transaction, which remembers nothing.
async fn judged(db: &Db, day: Date) -> Result<Arc<Evaluation>, Failure> {
    let wanted = Wanted { city: ("4403", "全市"), day, district: None, posts: true };
    evaluated(&db.begin(db.program("bench")).await?, wanted).await
}

#[derive(FromRow)]
struct ColumnRow {
    name: String,
}

/// Nine more of every record beside each one, under ids of their own.
async fn multiplied(db: &Db) -> Result<(), Failure> {
    for (twins, table) in [("twin_kindergarten", "kindergarten"), ("twin_cluster", "cluster")] {
        let text = format!(
            "CREATE TABLE {twins} AS SELECT t.id AS old, randomblob(16) AS new, nine.n FROM {table} t, \
             (SELECT 1 AS n UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4 UNION ALL SELECT 5 \
             UNION ALL SELECT 6 UNION ALL SELECT 7 UNION ALL SELECT 8 UNION ALL SELECT 9) nine"
        );
        db.bookkeeping(Sql::new(&text)).await?;
        db.bookkeeping(Sql::new(&format!("CREATE INDEX {twins}_old ON {twins} (old, n)"))).await?;
    }
    for (table, by_kindergarten, by_cluster) in [
        ("kindergarten", Some("id"), None),
        ("cluster", None, Some("id")),
        ("kindergarten_state", Some("kindergarten_id"), None),
        ("cluster_state", None, Some("cluster_id")),
        ("membership", Some("kindergarten_id"), Some("cluster_id")),
        ("paper", Some("kindergarten_id"), None),
        ("exception", None, Some("cluster_id")),
        ("committee", None, Some("cluster_id")),
        ("party_membership", Some("kindergarten_id"), None),
        ("post", Some("kindergarten_id"), None),
        ("post", None, Some("cluster_id")),
    ] {
        copied(db, table, by_kindergarten, by_cluster).await?;
    }
    db.bookkeeping(Sql::new("ANALYZE")).await?;
    Ok(())
}

async fn copied(
    db: &Db,
    table: &str,
    by_kindergarten: Option<&str>,
    by_cluster: Option<&str>,
) -> Result<(), Failure> {
    let reading = db.reading(db.program("bench"));
    let sql = Sql::new(&format!("SELECT name FROM pragma_table_info('{table}')"));
    let columns: Vec<String> =
        reading.all::<ColumnRow>(sql).await?.into_iter().map(|row| row.name).collect();
    let counts_by_itself =
        ["kindergarten_state", "cluster_state", "membership", "exception", "party_membership"];
    let mut into = Vec::new();
    let mut from = Vec::new();
    // Either key may number the copies; a row of both is copied with both.
    let number = if by_kindergarten.is_some() { "tk.n" } else { "tc.n" };
    for column in &columns {
        let value = match column.as_str() {
            "id" if counts_by_itself.contains(&table) => continue,
            own if Some(own) == by_kindergarten
                || (own == "seat_id" && by_kindergarten.is_some()) =>
            {
                if own == "seat_id" {
                    "CASE WHEN o.seat_id IS NULL THEN NULL ELSE tk.new END".to_owned()
                } else {
                    "tk.new".to_owned()
                }
            }
            own if Some(own) == by_cluster => "tc.new".to_owned(),
            "id" => "randomblob(16)".to_owned(),
            "register_id" => format!("o.register_id || '-' || {number}"),
            "name" if table == "cluster_state" => format!("o.name || '-' || {number}"),
            own => format!("o.{own}"),
        };
        into.push(column.as_str());
        from.push(value);
    }
    let mut text = format!(
        "INSERT INTO {table} ({}) SELECT {} FROM {table} o",
        into.join(", "),
        from.join(", ")
    );
    if let Some(key) = by_kindergarten {
        text.push_str(&format!(" JOIN twin_kindergarten tk ON tk.old = o.{key}"));
    }
    if let Some(key) = by_cluster {
        text.push_str(&format!(" JOIN twin_cluster tc ON tc.old = o.{key}"));
        if by_kindergarten.is_some() {
            text.push_str(" AND tc.n = tk.n");
        }
    }
    db.bookkeeping(Sql::new(&text)).await?;
    Ok(())
}
