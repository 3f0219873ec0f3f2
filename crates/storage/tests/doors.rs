//! The doors of the store, on SQLite always and on PostgreSQL when `TEST_POSTGRES_URL` is set.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::sync::Arc;

use kernel::{Date, Moment, Note, StandingClock};
use storage::{Db, Durability, Engine, Settings, Source, Sql, schema_text, violates};

async fn open(url: &str) -> Db {
    let db = connect(url).await;
    db.migrate().await.unwrap();
    db
}

async fn connect(url: &str) -> Db {
    let clock = StandingClock::at(Moment::at(Date::from_ymd_opt(2026, 2, 3).unwrap(), 9, 0));
    let settings = Settings {
        url: url.to_owned(),
        durability: Durability::Normal,
        connections: 4,
        city: "4403".to_owned(),
    };
    Db::open(&settings, Arc::new(clock)).await.unwrap()
}

/// One fresh database for each engine at hand.
async fn databases(name: &str) -> Vec<Db> {
    let path = std::env::temp_dir().join(format!("gongzhi-doors-{}-{name}.db", std::process::id()));
    for ending in ["", "-wal", "-shm"] {
        drop(std::fs::remove_file(format!("{}{ending}", path.display())));
    }
    let mut databases = vec![open(&format!("sqlite://{}", path.display())).await];
    #[expect(clippy::disallowed_methods, reason = "the test's own environment")]
    if let Ok(url) = std::env::var("TEST_POSTGRES_URL") {
        let schema = format!("doors_{}_{name}", std::process::id());
        let admin = connect(&url).await;
        for text in
            [format!("DROP SCHEMA IF EXISTS {schema} CASCADE"), format!("CREATE SCHEMA {schema}")]
        {
            admin.bookkeeping(Sql::new(&text)).await.unwrap();
        }
        admin.close().await.unwrap();
        databases.push(open(&format!("{url}?options=-c%20search_path%3D{schema}")).await);
    }
    databases
}

#[tokio::test]
async fn a_second_migration_finds_nothing_to_do() {
    for db in databases("migrate").await {
        assert!(db.migrate().await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn a_change_without_commit_never_happened_and_with_it_stands_in_the_trail() {
    for db in databases("commit").await {
        let insert = || {
            Sql::with(
                "INSERT INTO setting (name, content, changed_at) VALUES ($1, $2, $3)",
                ["tiles".into(), "x".into(), 1_i64.into()],
            )
        };
        let tx = db.begin(db.program("test")).await.unwrap();
        tx.execute(insert()).await.unwrap();
        drop(tx);
        let reading = db.reading(db.program("test"));
        assert_eq!(reading.number(Sql::new("SELECT count(*) FROM setting")).await.unwrap(), 0);
        let tx = db.begin(db.program("test")).await.unwrap();
        tx.execute(insert()).await.unwrap();
        tx.commit(Note::of("setting.changed", "tiles", "更换底图")).await.unwrap();
        assert_eq!(reading.number(Sql::new("SELECT count(*) FROM setting")).await.unwrap(), 1);
        assert_eq!(reading.number(Sql::new("SELECT count(*) FROM audit_entry")).await.unwrap(), 1);
    }
}

#[tokio::test]
async fn an_answer_is_remembered_until_a_record_changes_and_for_nobody_of_another_reach() {
    for db in databases("memory").await {
        let counted = async |db: &Db, reach: &str, with: i64| {
            let mut actor = db.program("test");
            actor.reach.areas = vec![kernel::Place::city(reach)];
            let reading = db.reading(actor);
            let mut worked = false;
            let work = async {
                worked = true;
                reading.number(Sql::new("SELECT count(*) FROM setting")).await
            };
            let answer = *reading.remembered("settings", with, work).await.unwrap();
            (answer, worked)
        };
        assert_eq!(counted(&db, "4403", 1).await, (0, true));
        assert_eq!(counted(&db, "4403", 1).await, (0, false), "nothing has changed");
        assert_eq!(counted(&db, "4401", 1).await, (0, true), "another reach");
        assert_eq!(counted(&db, "4403", 2).await, (0, true), "another question");
        let tx = db.begin(db.program("test")).await.unwrap();
        let row = vec!["tiles".into(), "x".into(), 1_i64.into()];
        tx.insert("setting", &["name", "content", "changed_at"], vec![row]).await.unwrap();
        assert_eq!(counted(&db, "4403", 1).await.0, 0, "not committed");
        tx.commit(Note::of("setting.changed", "tiles", "更换底图")).await.unwrap();
        assert_eq!(counted(&db, "4403", 1).await, (1, true), "committed");
        assert_eq!(counted(&db, "4401", 1).await, (1, true), "committed, another reach");
    }
}

#[tokio::test]
async fn what_failed_is_not_remembered() {
    for db in databases("unremembered").await {
        let reading = db.reading(db.program("test"));
        let failing = async { Err::<i64, _>(kernel::Failure::NotFound) };
        assert!(reading.remembered("number", (), failing).await.is_err());
        assert_eq!(*reading.remembered("number", (), async { Ok(7_i64) }).await.unwrap(), 7);
    }
}

#[tokio::test]
async fn nobody_changes_or_clears_the_trail() {
    for db in databases("trail").await {
        db.record(db.program("test"), Note::of("test.noted", "x", "试")).await.unwrap();
        let mut attempts = vec!["UPDATE audit_entry SET person = 'y'", "DELETE FROM audit_entry"];
        if db.engine() == Engine::Postgres {
            attempts.push("TRUNCATE audit_entry");
        }
        for attempt in attempts {
            let tx = db.begin(db.program("test")).await.unwrap();
            let failure = tx.execute(Sql::new(attempt)).await.unwrap_err();
            assert!(violates(&failure, "append_only_audit_entry"), "{attempt}: {failure}");
        }
        let kept = db
            .reading(db.program("test"))
            .number(Sql::new("SELECT count(*) FROM audit_entry"))
            .await
            .unwrap();
        assert_eq!(kept, 1);
    }
}

#[tokio::test]
async fn a_kindergarten_is_in_one_cluster_on_any_day() {
    for db in databases("overlap").await {
        let day = |m, d| Date::from_ymd_opt(2026, m, d).unwrap();
        let tx = db.begin(db.program("test")).await.unwrap();
        let district = "INSERT INTO district (code, name, place, position) VALUES ('440305', '南山区', '4403/440305/', 1)";
        tx.execute(Sql::new(district)).await.unwrap();
        let kindergarten: kernel::KindergartenId = tx.mint();
        let cluster: kernel::ClusterId = tx.mint();
        tx.insert(
            "kindergarten",
            &["id", "register_id", "recorded_at"],
            vec![vec![kindergarten.into(), "D1".into(), 0_i64.into()]],
        )
        .await
        .unwrap();
        tx.insert(
            "cluster",
            &["id", "district_code", "recorded_at"],
            vec![vec![cluster.into(), "440305".into(), 0_i64.into()]],
        )
        .await
        .unwrap();
        let columns = &[
            "kindergarten_id",
            "cluster_id",
            "role",
            "valid_from",
            "valid_to",
            "recorded_at",
            "paper_number",
            "cause",
        ];
        let row = |from: Date, to: Date| {
            vec![
                kindergarten.into(),
                cluster.into(),
                "member".into(),
                from.into(),
                to.into(),
                0_i64.into(),
                "".into(),
                "".into(),
            ]
        };
        tx.insert(
            "membership",
            columns,
            vec![row(day(2, 1), day(3, 1)), row(day(3, 1), kernel::OPEN_END)],
        )
        .await
        .unwrap();
        tx.commit(Note::of("test.done", "x", "试")).await.unwrap();
        let tx = db.begin(db.program("test")).await.unwrap();
        let failure =
            tx.insert("membership", columns, vec![row(day(2, 20), day(2, 21))]).await.unwrap_err();
        assert!(violates(&failure, "no_overlap_membership_kindergarten_id"), "{failure}");
    }
}

#[test]
fn the_checked_in_schemas_are_what_the_migrations_make() {
    for (engine, name) in [(Engine::Sqlite, "sqlite"), (Engine::Postgres, "postgres")] {
        let path = format!("{}/schema/{name}.sql", env!("CARGO_MANIFEST_DIR"));
        let made = schema_text(engine);
        #[expect(clippy::disallowed_methods, reason = "the test's own environment")]
        if std::env::var("UPDATE_GENERATED").is_ok() {
            std::fs::write(&path, &made).unwrap();
        }
        assert_eq!(
            std::fs::read_to_string(&path).unwrap_or_default(),
            made,
            "run `cargo x generate` and commit {path}"
        );
    }
}

/// A table with a sealed column, as a migration would make it.
const LOCKER: sealing::Column =
    sealing::Column { table: "locker", record: "id", key: "note_key", sealed: "note_sealed" };

async fn put(db: &Db, id: uuid::Uuid, plain: &str) {
    let sealed = db.keys().seal(&LOCKER.belonging(id.as_bytes()), plain.as_bytes()).unwrap();
    let tx = db.begin(db.program("test")).await.unwrap();
    let row = vec![id.into(), sealed.key.into(), sealed.bytes.into()];
    tx.insert("locker", &["id", "note_key", "note_sealed"], vec![row]).await.unwrap();
    tx.commit(Note::of("test.noted", "x", "试")).await.unwrap();
}

#[tokio::test]
async fn rotation_seals_every_value_anew_and_an_altered_one_stops_it() {
    for db in databases("sealed").await {
        let bytes = if db.engine() == Engine::Postgres { "bytea" } else { "blob" };
        let table = format!(
            "CREATE TABLE locker (id uuid PRIMARY KEY, note_key text, note_sealed {bytes})"
        );
        db.bookkeeping(Sql::new(&table)).await.unwrap();
        let ring = sealing::KeyRing::random().unwrap();
        let old = db.clone().with_keys(ring.clone().into());
        for number in 0..450_u128 {
            put(&old, uuid::Uuid::from_u128(number), &format!("值 {number}")).await;
        }
        let empty = "INSERT INTO locker (id) VALUES ($1)";
        let id = uuid::Uuid::from_u128(999);
        db.bookkeeping(Sql::with(empty, [id.into()])).await.unwrap();

        let rotated = ring.clone().rotated().unwrap();
        let current = rotated.current_id().to_owned();
        let new = db.clone().with_keys(rotated.into());
        put(&new, uuid::Uuid::from_u128(450), "值 450").await;
        let keys = storage::sealed_under(&new.reading(new.program("test")), &[LOCKER]).await;
        assert_eq!(keys.unwrap().len(), 2);
        assert_eq!(storage::reseal(&new, &[LOCKER]).await.unwrap(), 450);
        assert_eq!(storage::reseal(&new, &[LOCKER]).await.unwrap(), 0);
        let found = storage::sealed_values(&new, &[LOCKER]).await.unwrap();
        let column = "locker.note_sealed".to_owned();
        let line = storage::SealedValues { column, key: current, values: 451, unopened: 0 };
        assert_eq!(found, std::slice::from_ref(&line));
        let without = storage::sealed_values(&old, &[LOCKER]).await.unwrap();
        assert_eq!(without, [storage::SealedValues { unopened: 451, ..line }]);

        // A value moved to another record opens neither there nor under a new key.
        let moved = "UPDATE locker SET note_sealed = (SELECT l.note_sealed FROM locker l WHERE l.id = $1) WHERE id = $2";
        let ids = [1, 2].map(uuid::Uuid::from_u128);
        db.bookkeeping(Sql::with(moved, ids.map(Into::into))).await.unwrap();
        assert_eq!(storage::sealed_values(&new, &[LOCKER]).await.unwrap()[0].unopened, 1);
        let newest = new.keys().ring().cloned().unwrap().rotated().unwrap();
        let failure = storage::reseal(&db.with_keys(newest.into()), &[LOCKER]).await.unwrap_err();
        assert!(failure.to_string().contains("locker.note_sealed"), "{failure}");
    }
}
