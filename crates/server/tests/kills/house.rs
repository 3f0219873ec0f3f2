//! A database that outlives the process that works in it.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use kernel::{Date, Moment, StandingClock};
use storage::{Db, Durability, Engine, Settings, Source, Sql};

/// The day of every test.
pub fn today() -> Date {
    Date::from_ymd_opt(2026, 2, 3).unwrap()
}

/// Opens a database by its URL, without migrating it.
pub async fn open(url: &str) -> Db {
    let clock = Arc::new(StandingClock::at(Moment::at(today(), 9, 0)));
    let settings = Settings {
        url: url.to_owned(),
        durability: Durability::Normal,
        connections: 2,
        city: "4403".to_owned(),
    };
    Db::open(&settings, clock).await.unwrap()
}

/// A fresh, migrated database with the shipped places: a file, or a schema of its own.
pub struct House {
    url: String,
    place: Place,
}

enum Place {
    File(PathBuf),
    Schema { name: String, admin: Db },
}

impl House {
    /// Makes one on an engine; none when there is no server of that kind at hand.
    pub async fn make(engine: Engine) -> Option<Self> {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("kills_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::SeqCst));
        let house = match engine {
            Engine::Sqlite => {
                let file = std::env::temp_dir().join(format!("gongzhi-{name}.db"));
                Self { url: format!("sqlite://{}", file.display()), place: Place::File(file) }
            }
            Engine::Postgres => {
                #[expect(clippy::disallowed_methods, reason = "the test's own environment")]
                let server = std::env::var("TEST_POSTGRES_URL").ok()?;
                let admin = open(&server).await;
                let schema = Sql::new(&format!("CREATE SCHEMA {name}"));
                admin.bookkeeping(schema).await.unwrap();
                // The server looks ten times a second whether the client of a running statement is still there.
                let options = format!(
                    "-c%20search_path%3D{name}%20-c%20client_connection_check_interval%3D100"
                );
                let url = format!("{server}?options={options}&application_name={name}");
                Self { url, place: Place::Schema { name, admin } }
            }
        };
        let db = house.open().await;
        db.migrate().await.unwrap();
        registry::places::acts::ensure_shipped(&db).await.unwrap();
        house.close(db).await;
        Some(house)
    }

    /// Where it is.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Opens it. On SQLite the first to open it after a kill recovers it.
    pub async fn open(&self) -> Db {
        open(&self.url).await
    }

    /// Closes it, so that nobody is at it.
    pub async fn close(&self, db: Db) {
        db.close().await.unwrap();
        self.deserted().await;
    }

    /// Waits until the server has noticed that the killed process is gone. A file needs no waiting: the system has taken
    /// the locks of the dead.
    pub async fn deserted(&self) {
        let deadline = Instant::now() + Duration::from_secs(20);
        while self.connections("").await > 0 {
            assert!(Instant::now() < deadline, "the server keeps a dead client's connection");
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Waits until somebody stands in [`House::halt_before_commit`]'s trap. A file does not say; there `enough` must do.
    pub async fn somebody_halts(&self, enough: Duration) {
        if let Place::File(_) = self.place {
            std::thread::sleep(enough);
            return;
        }
        let deadline = Instant::now() + Duration::from_mins(1);
        while self.connections("AND wait_event = 'PgSleep'").await == 0 {
            assert!(Instant::now() < deadline, "nobody came to the commit");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    async fn connections(&self, which: &str) -> i64 {
        let Place::Schema { name, admin } = &self.place else { return 0 };
        let text = format!(
            "SELECT count(*) FROM pg_stat_activity WHERE application_name = '{name}' {which}"
        );
        admin.reading(admin.program("test")).number(Sql::new(&text)).await.unwrap()
    }

    /// From now on whoever writes an audit entry of `event`, the last thing before the commit, is held there for minutes.
    pub async fn halt_before_commit(&self, event: &str) {
        let held = match self.place {
            Place::File(_) => vec![format!(
                "CREATE TRIGGER halt BEFORE INSERT ON audit_entry WHEN NEW.event = '{event}' BEGIN \
                 SELECT count(*) FROM import_row a, import_row b, import_row c, import_row d \
                 WHERE a.position + b.position + c.position + d.position < 0; END"
            )],
            Place::Schema { .. } => vec![
                "CREATE FUNCTION halt() RETURNS trigger LANGUAGE plpgsql AS \
                 'BEGIN PERFORM pg_sleep(300); RETURN NEW; END'"
                    .to_owned(),
                format!(
                    "CREATE TRIGGER halt BEFORE INSERT ON audit_entry FOR EACH ROW \
                     WHEN (NEW.event = '{event}') EXECUTE FUNCTION halt()"
                ),
            ],
        };
        self.execute(held).await;
    }

    /// Nobody is held any more.
    pub async fn let_go(&self) {
        let on = if let Place::File(_) = self.place { "" } else { " ON audit_entry" };
        self.execute(vec![format!("DROP TRIGGER halt{on}")]).await;
    }

    async fn execute(&self, texts: Vec<String>) {
        let db = self.open().await;
        for text in texts {
            db.bookkeeping(Sql::new(&text)).await.unwrap();
        }
        self.close(db).await;
    }

    /// Clears it away.
    pub async fn raze(self) {
        match self.place {
            Place::File(file) => {
                for ending in ["", "-wal", "-shm"] {
                    // Absent is as good as removed.
                    drop(std::fs::remove_file(format!("{}{ending}", file.display())));
                }
            }
            Place::Schema { name, admin } => {
                let schema = Sql::new(&format!("DROP SCHEMA {name} CASCADE"));
                admin.bookkeeping(schema).await.unwrap();
                admin.close().await.unwrap();
            }
        }
    }
}
