//! What a backup holds and what restoring it leaves, from each database to each.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};

use backups::{Backup, Cause, Manifest, inspect, make, restore};
use fixtures::{City, each_database};
use kernel::{Date, Failure, Moment, Note, StandingClock};
use sealing::{KeyRing, Keys};
use storage::{Db, Durability, Settings, Source, Sql};

/// Nobody's name but this test's.
fn unique() -> String {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    format!("{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::SeqCst))
}

fn folder() -> PathBuf {
    let folder = std::env::temp_dir().join(format!("gongzhi-backups-{}", unique()));
    fs::create_dir_all(&folder).unwrap();
    folder
}

/// An empty database to restore to: no table in it.
struct Target {
    db: Db,
    admin: Option<(Db, String)>,
    file: Option<PathBuf>,
}

async fn open(url: &str) -> Db {
    let moment = Moment::at(Date::from_ymd_opt(2026, 2, 4).unwrap(), 9, 0);
    let settings = Settings {
        url: url.to_owned(),
        durability: Durability::Normal,
        connections: 4,
        city: "4403".to_owned(),
    };
    Db::open(&settings, Arc::new(StandingClock::at(moment))).await.unwrap()
}

async fn targets(keys: &Keys) -> Vec<Target> {
    let name = format!("restored_{}", unique());
    let file = std::env::temp_dir().join(format!("gongzhi-{name}.db"));
    let db = open(&format!("sqlite://{}", file.display())).await.with_keys(keys.clone());
    let mut targets = vec![Target { db, admin: None, file: Some(file) }];
    #[expect(clippy::disallowed_methods, reason = "the test's own environment")]
    if let Ok(url) = std::env::var("TEST_POSTGRES_URL") {
        let admin = open(&url).await;
        admin.bookkeeping(Sql::new(&format!("CREATE SCHEMA {name}"))).await.unwrap();
        let url = format!("{url}?options=-c%20search_path%3D{name}");
        let db = open(&url).await.with_keys(keys.clone());
        targets.push(Target { db, admin: Some((admin, name)), file: None });
    }
    targets
}

impl Target {
    async fn count(&self, table: &str) -> i64 {
        self.db.reading(self.db.program("test")).count(table).await.unwrap()
    }
    async fn is_bare(&self) -> bool {
        let snapshot = self.db.snapshot(self.db.program("test")).await.unwrap();
        snapshot.tables().await.unwrap().is_empty()
    }
    async fn raze(self) {
        self.db.close().await.unwrap();
        if let Some((admin, schema)) = self.admin {
            admin.bookkeeping(Sql::new(&format!("DROP SCHEMA {schema} CASCADE"))).await.unwrap();
            admin.close().await.unwrap();
        }
        for ending in ["", "-wal", "-shm"] {
            if let Some(file) = &self.file {
                drop(fs::remove_file(format!("{}{ending}", file.display())));
            }
        }
    }
}

/// Every table as the backup says it was; the trail with the one entry more that tells of the restore.
async fn holds(target: &Target, manifest: &Manifest) {
    for table in &manifest.tables {
        let more = i64::from(table.name == "audit_entry");
        let more = if table.name == "audit_seal" {
            target.count("audit_seal").await - table.rows
        } else {
            more
        };
        assert_eq!(target.count(&table.name).await, table.rows + more, "{}", table.name);
    }
    let verdict =
        people::audit::prove(&target.db.reading(target.db.program("test"))).await.unwrap();
    assert!(verdict.passed, "{verdict:?}");
    assert_eq!(verdict.entries, manifest.rows_of("audit_entry").unwrap() + 1);
}

fn refusal(failure: &Failure) -> String {
    match failure {
        Failure::Refused(refusal) => refusal.text.clone(),
        other => panic!("{other:?}"),
    }
}

async fn some_kindergartens(city: &City) {
    for name in ["青禾幼儿园", "云杉幼儿园", "海棠幼儿园"] {
        city.kindergarten(name).at(113.93, 22.53).add().await;
    }
}

/// An act of two tables and the trail: all three or none.
async fn note_twice(db: &Db, number: i64) {
    let tx = db.begin(db.program("writer")).await.unwrap();
    let values = |name: String| vec![name.into(), "内容".into(), number.into()];
    let columns = &["name", "content", "changed_at"];
    tx.insert("setting", columns, vec![values(format!("load-{number}"))]).await.unwrap();
    let lock = Sql::with(
        "INSERT INTO city_lock (name, version) VALUES ($1, 1)",
        [format!("load-{number}").into()],
    );
    tx.execute(lock).await.unwrap();
    tx.commit(Note::of("setting.changed", "load", "改写")).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_backup_made_under_load_restores_to_one_moment_with_a_proven_trail() {
    each_database(|city| async move {
        some_kindergartens(&city).await;
        let db = &city.db;
        let shipped = city.reading().count("setting").await.unwrap();
        let (begun, done) = (Arc::new(AtomicI64::new(0)), Arc::new(AtomicI64::new(0)));
        let running = Arc::new(AtomicBool::new(true));
        let writers: Vec<_> = (0..4)
            .map(|_| {
                let (db, begun, done, running) =
                    (db.clone(), begun.clone(), done.clone(), running.clone());
                tokio::spawn(async move {
                    while running.load(Ordering::SeqCst) {
                        note_twice(&db, begun.fetch_add(1, Ordering::SeqCst)).await;
                        done.fetch_add(1, Ordering::SeqCst);
                    }
                })
            })
            .collect();
        let sealer = {
            let (db, running) = (db.clone(), running.clone());
            tokio::spawn(async move {
                while running.load(Ordering::SeqCst) {
                    people::audit::seal(&db).await.unwrap();
                }
            })
        };
        while done.load(Ordering::SeqCst) < 20 {
            tokio::task::yield_now().await;
        }
        let keys = Keys::from(KeyRing::random().unwrap());
        let folder = folder();
        let path = folder.join("city.backup");
        let before = done.load(Ordering::SeqCst);
        let made = make(&db.clone().with_keys(keys.clone()), &path, Cause::Asked).await.unwrap();
        let after = begun.load(Ordering::SeqCst);
        while done.load(Ordering::SeqCst) < after + 5 {
            tokio::task::yield_now().await;
        }
        running.store(false, Ordering::SeqCst);
        for writer in writers {
            writer.await.unwrap();
        }
        sealer.await.unwrap();

        let noted = made.manifest.rows_of("setting").unwrap() - shipped;
        assert!((before..=after).contains(&noted), "{before} ≤ {noted} ≤ {after}");
        for target in targets(&keys).await {
            let manifest = restore(&target.db, &path, false).await.unwrap();
            assert_eq!(manifest, made.manifest);
            holds(&target, &manifest).await;
            // One moment: of each act all three rows are there, or none.
            let locks = "SELECT count(*) FROM city_lock WHERE name LIKE 'load-%'";
            let entries = "SELECT count(*) FROM audit_entry WHERE subject = 'load'";
            let reading = target.db.reading(target.db.program("test"));
            for text in [locks, entries] {
                assert_eq!(reading.number(Sql::new(text)).await.unwrap(), noted, "{text}");
            }
            // It goes on from there: numbers are not given twice, guards watch again.
            note_twice(&target.db, -1).await;
            people::audit::seal(&target.db).await.unwrap();
            assert!(people::audit::prove(&reading).await.unwrap().passed);
            let tx = target.db.begin(target.db.program("test")).await.unwrap();
            let cleared = tx.execute(Sql::new("DELETE FROM audit_entry")).await.unwrap_err();
            assert!(storage::violates(&cleared, "append_only_audit_entry"));
            drop(tx);
            let loose =
                "INSERT INTO street (code, name, district_code) VALUES ('x', 'x', 'nowhere')";
            let tx = target.db.begin(target.db.program("test")).await.unwrap();
            assert!(tx.execute(Sql::new(loose)).await.is_err(), "a key that refers to nothing");
            drop(tx);
            target.raze().await;
        }
        fs::remove_dir_all(&folder).unwrap();
    })
    .await;
}

/// Every row of every table but those that grow by backups themselves, as text, sorted.
async fn content(db: &Db) -> Vec<String> {
    let snapshot = db.snapshot(db.program("test")).await.unwrap();
    let mut rows = Vec::new();
    for table in snapshot.tables().await.unwrap() {
        if !["audit_entry", "audit_seal", "backup_made"].contains(&table.name.as_str()) {
            let mut add = |cells: &[storage::Cell<'_>]| {
                rows.push(format!("{} {cells:?}", table.name));
                Ok(())
            };
            snapshot.pour(&table, &mut add).await.unwrap();
        }
    }
    rows.sort();
    rows
}

#[tokio::test(flavor = "multi_thread")]
async fn a_city_that_moves_through_both_databases_and_back_is_the_same() {
    each_database(|city| async move {
        some_kindergartens(&city).await;
        let folder = folder();
        let path = |name: &str| folder.join(name);
        make(&city.db, &path("0"), Cause::Asked).await.unwrap();
        let mut latest = path("0");
        for (place, target) in targets(&Keys::none()).await.into_iter().enumerate() {
            restore(&target.db, &latest, false).await.unwrap();
            latest = path(&format!("{}", place + 1));
            make(&target.db, &latest, Cause::Asked).await.unwrap();
            target.raze().await;
        }
        for target in targets(&Keys::none()).await {
            restore(&target.db, &latest, false).await.unwrap();
            if target.db.engine() == city.db.engine() {
                assert_eq!(content(&target.db).await, content(&city.db).await);
            }
            target.raze().await;
        }
        fs::remove_dir_all(&folder).unwrap();
    })
    .await;
}

/// What a file is refused with when it is restored; nothing is written.
async fn refused(path: &Path, keys: &Keys) -> String {
    let mut said = Vec::new();
    for target in targets(keys).await {
        said.push(refusal(&restore(&target.db, path, false).await.unwrap_err()));
        assert!(target.is_bare().await, "something was written");
        target.raze().await;
    }
    said.dedup();
    assert_eq!(said.len(), 1, "{said:?}");
    said.remove(0)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_a_cut_and_a_strange_file_are_refused_and_nothing_is_written() {
    each_database(|city| async move {
        some_kindergartens(&city).await;
        let folder = folder();
        let altered = folder.join("altered");
        let ring = KeyRing::random().unwrap();
        for keys in [Keys::none(), Keys::from(ring.clone())] {
            let path = folder.join("whole");
            make(&city.db.clone().with_keys(keys.clone()), &path, Cause::Asked).await.unwrap();
            let whole = fs::read(&path).unwrap();
            inspect(&path, &keys).unwrap();
            // Read everywhere, restored where it is expensive to try.
            for part in 1..40 {
                fs::write(&altered, &whole[..whole.len() * part / 40]).unwrap();
                assert!(inspect(&altered, &keys).is_err(), "cut at {part}/40");
                let mut flipped = whole.clone();
                flipped[whole.len() * part / 40] ^= 4;
                fs::write(&altered, &flipped).unwrap();
                assert!(inspect(&altered, &keys).is_err(), "flipped at {part}/40");
            }
            fs::write(&altered, &whole[..whole.len() - 1]).unwrap();
            assert!(refused(&altered, &keys).await.contains("不完整"));
            fs::write(&altered, [&whole[..], b"\n"].concat()).unwrap();
            assert!(refused(&altered, &keys).await.contains("损坏"));
            let mut flipped = whole.clone();
            flipped[whole.len() - 40] ^= 1;
            fs::write(&altered, &flipped).unwrap();
            assert!(refused(&altered, &keys).await.contains("损坏"));
        }
        for strange in [&b""[..], b"PK\x03\x04", b"{\"format\":\"other\"}\n"] {
            fs::write(&altered, strange).unwrap();
            assert!(refused(&altered, &Keys::none()).await.contains("不是共治的备份文件"));
        }
        assert!(refused(&folder.join("absent"), &Keys::none()).await.contains("不存在"));
        // The sealed one, without its key and with another's; its header is bound to what is sealed.
        let path = folder.join("whole");
        assert!(refused(&path, &Keys::none()).await.contains("没有配置密钥"));
        let other = Keys::from(KeyRing::random().unwrap());
        assert!(refused(&path, &other).await.contains("密钥不符"));
        let text = fs::read(&path).unwrap();
        let end = text.iter().position(|byte| *byte == b'\n').unwrap();
        let head = String::from_utf8_lossy(&text[..end]).replace("\"made_at\":1", "\"made_at\":2");
        fs::write(&altered, [head.as_bytes(), &text[end..]].concat()).unwrap();
        assert!(refused(&altered, &Keys::from(ring)).await.contains("损坏"));
        fs::remove_dir_all(&folder).unwrap();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_of_a_younger_schema_is_refused_and_one_of_an_older_is_brought_up_to_date() {
    each_database(|city| async move {
        let folder = folder();
        let path = folder.join("file");
        let young = "INSERT INTO migration (name, applied_at) VALUES ('m9999_tomorrow', 1)";
        city.db.bookkeeping(Sql::new(young)).await.unwrap();
        make(&city.db, &path, Cause::Asked).await.unwrap();
        let said = refused(&path, &Keys::none()).await;
        assert!(said.contains("m9999_tomorrow") && said.contains("升级"), "{said}");

        for old in targets(&Keys::none()).await {
            let names: Vec<String> =
                ["m0001_audit", "m0002_places"].map(ToOwned::to_owned).to_vec();
            let mut loading = old.db.begin_loading(old.db.program("test")).await.unwrap();
            loading.make_room(&names).await.unwrap();
            loading.commit(Note::of("setting.changed", "x", "旧版")).await.unwrap();
            let snapshot = old.db.snapshot(old.db.program("test")).await.unwrap();
            assert_eq!(snapshot.migrations().await.unwrap(), names);
            drop(snapshot);
            // This program records its backups in a table that the old schema lacks: the file is there all the same.
            make(&old.db, &path, Cause::Asked).await.unwrap_err();
            assert_eq!(Backup::open(&path, &Keys::none()).unwrap().manifest().migrations, names);
            for target in targets(&Keys::none()).await {
                restore(&target.db, &path, false).await.unwrap();
                assert!(target.db.migrate().await.unwrap().is_empty(), "it is up to date");
                assert_eq!(target.count("audit_entry").await, 2);
                target.raze().await;
            }
            old.raze().await;
        }
        fs::remove_dir_all(&folder).unwrap();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn records_that_are_there_are_replaced_only_when_told_and_the_tables_of_others_never() {
    each_database(|city| async move {
        some_kindergartens(&city).await;
        let folder = folder();
        let path = folder.join("file");
        let made = make(&city.db, &path, Cause::Asked).await.unwrap();
        for target in targets(&Keys::none()).await {
            target.db.migrate().await.unwrap();
            note_twice(&target.db, 7).await;
            let said = refusal(&restore(&target.db, &path, false).await.unwrap_err());
            assert!(said.contains("--replace"), "{said}");
            assert_eq!(target.count("setting").await, 1, "what was there is untouched");
            let manifest = restore(&target.db, &path, true).await.unwrap();
            assert_eq!(manifest, made.manifest);
            holds(&target, &manifest).await;
            target.db.bookkeeping(Sql::new("CREATE TABLE payroll (id bigint)")).await.unwrap();
            let said = refusal(&restore(&target.db, &path, true).await.unwrap_err());
            assert!(said.contains("payroll"), "{said}");
            holds(&target, &manifest).await;
            target.raze().await;
        }
        fs::remove_dir_all(&folder).unwrap();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_whose_trail_was_altered_before_is_not_restored() {
    each_database(|city| async move {
        note_twice(&city.db, 1).await;
        people::audit::seal(&city.db).await.unwrap();
        let open = match city.db.engine() {
            storage::Engine::Sqlite => "DROP TRIGGER append_only_audit_entry_update",
            storage::Engine::Postgres => "ALTER TABLE audit_entry DISABLE TRIGGER USER",
        };
        for text in [open, "UPDATE audit_entry SET person = '别人' WHERE subject = 'load'"] {
            city.db.bookkeeping(Sql::new(text)).await.unwrap();
        }
        let folder = folder();
        let path = folder.join("file");
        make(&city.db, &path, Cause::Asked).await.unwrap();
        let said = refused(&path, &Keys::none()).await;
        assert!(said.contains("已被改动") && said.contains("没有保存"), "{said}");
        fs::remove_dir_all(&folder).unwrap();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_signed_in_before_is_signed_in_after_a_restore() {
    each_database(|city| async move {
        let officer = city.officer("440305").await;
        let session = Sql::with(
            "INSERT INTO session (token_digest, person_id, started_at, seen_at, address, agent) VALUES ('x', $1, 1, 1, '', '')",
            [officer.person.into()],
        );
        city.db.bookkeeping(session).await.unwrap();
        let folder = folder();
        let path = folder.join("file");
        let made = make(&city.db, &path, Cause::Asked).await.unwrap();
        assert_eq!(made.manifest.rows_of("session"), None);
        for target in targets(&Keys::none()).await {
            restore(&target.db, &path, false).await.unwrap();
            assert_eq!((target.count("session").await, target.count("person").await), (0, 1));
            target.raze().await;
        }
        fs::remove_dir_all(&folder).unwrap();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_that_fails_leaves_no_file_and_is_shown() {
    each_database(|city| async move {
        let folder = folder();
        fs::write(folder.join("file"), "no folder").unwrap();
        let path = folder.join("file/inside");
        let failure = make(&city.db, &path, Cause::Scheduled).await.unwrap_err();
        let standing = backups::standing(&city.reading()).await.unwrap();
        assert_eq!(standing.failed.unwrap().1, refusal(&failure));
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 1);
        fs::remove_dir_all(&folder).unwrap();
    })
    .await;
}
