//! Opening the database, and the two doors to it: [`Db::reading`] and [`Db::begin`].

use std::sync::Arc;

use kernel::{Clock, Failure, Id, Moment, Note, Place};
use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DatabaseTransaction,
    SqliteTransactionMode, TransactionOptions, TransactionTrait,
};
use uuid::Uuid;

use crate::{Actor, Reading, Tx, broken, migrations};

/// Which database runs. Known to this crate and to nobody above it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// Embedded, one file.
    Sqlite,
    /// A server, by URL.
    Postgres,
}

/// How surely a commit survives a power cut on SQLite. PostgreSQL keeps its own default (on).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// `synchronous=FULL`: every commit reaches the disk. For serving a real city.
    Full,
    /// `synchronous=NORMAL`: the last commits may be lost in a power cut, never torn. For the demo and for tests.
    Normal,
}

/// How to open a database.
#[derive(Debug, Clone)]
pub struct Settings {
    /// `sqlite://PATH` or `postgres://…`.
    pub url: String,
    /// See [`Durability`].
    pub durability: Durability,
    /// Connections for reading (SQLite) or altogether (PostgreSQL).
    pub connections: u32,
    /// The city's division code, e.g. `4403`.
    pub city: String,
}

/// The open database, the clock and the source of ids.
#[derive(Clone)]
pub struct Db {
    pub(crate) readers: DatabaseConnection,
    pub(crate) writer: DatabaseConnection,
    engine: Engine,
    clock: Arc<dyn Clock>,
    city: Place,
}

impl std::fmt::Debug for Db {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Db").field("engine", &self.engine).finish_non_exhaustive()
    }
}

impl Db {
    /// Opens the database; makes the file if it is SQLite and absent. Does not migrate.
    pub async fn open(settings: &Settings, clock: Arc<dyn Clock>) -> Result<Self, Failure> {
        let engine =
            if settings.url.starts_with("sqlite:") { Engine::Sqlite } else { Engine::Postgres };
        let (readers, writer) = match engine {
            Engine::Sqlite => {
                let writer = Database::connect(sqlite(settings, 1, true)).await.map_err(broken)?;
                let readers = Database::connect(sqlite(settings, settings.connections, false))
                    .await
                    .map_err(broken)?;
                (readers, writer)
            }
            Engine::Postgres => {
                let mut options = ConnectOptions::new(&settings.url);
                options
                    .max_connections(settings.connections)
                    .min_connections(1)
                    .sqlx_logging(false);
                let pool = Database::connect(options).await.map_err(broken)?;
                (pool.clone(), pool)
            }
        };
        Ok(Self { readers, writer, engine, clock, city: Place::city(&settings.city) })
    }

    /// Brings the schema up to date; a second node that does the same waits and finds nothing to do.
    pub async fn migrate(&self) -> Result<Vec<&'static str>, Failure> {
        migrations::run(self).await
    }

    /// A door for reading as `actor`.
    pub fn reading(&self, actor: impl Into<Actor>) -> Reading<'_> {
        Reading { conn: &self.readers, actor: actor.into() }
    }

    /// A door for changing as `actor`: one transaction.
    pub async fn begin(&self, actor: impl Into<Actor>) -> Result<Tx, Failure> {
        Ok(Tx::new(self.transaction().await?, actor.into()))
    }

    /// Records something that changes nothing else: a sign-in, a refusal, a look at personal data.
    pub async fn record(&self, actor: impl Into<Actor>, note: Note) -> Result<(), Failure> {
        self.begin(actor).await?.commit(note).await
    }

    /// Executes a statement that is no change of any record and so needs no audit entry: when a session was last seen,
    /// who holds a lease, a seal over entries. Anything else goes through [`Db::begin`]. Answers how many rows it changed.
    pub async fn bookkeeping(&self, sql: crate::Sql) -> Result<u64, Failure> {
        let statement = crate::reading::statement(self.writer.get_database_backend(), sql);
        self.writer.execute_raw(statement).await.map(|done| done.rows_affected()).map_err(broken)
    }

    /// A program of ours as actor, reaching the whole city.
    pub fn program(&self, name: &str) -> Actor {
        Actor::program(name, &self.city, self.now())
    }

    /// The present moment by the clock that was handed in.
    pub fn now(&self) -> Moment {
        self.clock.now()
    }

    /// The city's place.
    pub fn city(&self) -> &Place {
        &self.city
    }

    /// Which database runs: for the start-up line and for tests.
    pub fn engine(&self) -> Engine {
        self.engine
    }

    /// A new id: UUIDv7 of the clock's moment.
    pub fn mint<K>(&self) -> Id<K> {
        mint(self.now())
    }

    /// Closes all connections, so that a database can be copied or dropped.
    pub async fn close(self) -> Result<(), Failure> {
        self.readers.clone().close().await.map_err(broken)?;
        self.writer.clone().close().await.map_err(broken)
    }

    pub(crate) async fn transaction(&self) -> Result<DatabaseTransaction, Failure> {
        self.writer
            .begin_with_options(TransactionOptions {
                isolation_level: None,
                access_mode: None,
                sqlite_transaction_mode: (self.engine == Engine::Sqlite)
                    .then_some(SqliteTransactionMode::Immediate),
            })
            .await
            .map_err(broken)
    }

    pub(crate) async fn execute_script(&self, text: &str) -> Result<(), Failure> {
        self.writer.execute_unprepared(text).await.map(drop).map_err(broken)
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "only as a source of random bytes for the v7 id of the given moment"
)]
pub(crate) fn mint<K>(now: Moment) -> Id<K> {
    let mut random = [0_u8; 10];
    random.copy_from_slice(&Uuid::new_v4().as_bytes()[..10]);
    let millis = u64::try_from(now.millis()).unwrap_or(0);
    Id::new(uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid())
}

fn sqlite(settings: &Settings, connections: u32, writes: bool) -> ConnectOptions {
    let synchronous = match settings.durability {
        Durability::Full => "FULL",
        Durability::Normal => "NORMAL",
    };
    let path = settings.url.split('?').next().unwrap_or_default();
    let mut options = ConnectOptions::new(format!("{path}?mode=rwc"));
    options
        .max_connections(connections)
        .min_connections(1)
        .sqlx_logging(false)
        .map_sqlx_sqlite_opts(move |sqlite| {
            sqlite
                .pragma("journal_mode", "WAL")
                .pragma("synchronous", synchronous)
                .pragma("busy_timeout", "10000")
                .pragma("foreign_keys", "ON")
                .pragma("cache_size", "-8000")
                .pragma("mmap_size", "134217728")
                .pragma("temp_store", "MEMORY")
                .pragma("query_only", if writes { "OFF" } else { "ON" })
                .statement_cache_capacity(256)
        });
    options
}
