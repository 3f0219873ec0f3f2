//! Opening the database, and the two doors to it: [`Db::reading`] and [`Db::begin`].

use std::sync::Arc;

use kernel::{Clock, Failure, Id, Moment, Note, Place};
use sealing::Keys;
use uuid::Uuid;

use crate::memory::Memory;
use crate::{Actor, Fault, Loading, Reading, Row, Snapshot, Sql, Tx};
use crate::{broken, migrations, postgres, sqlite};

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
    /// Connections that are kept open for reading (SQLite) or that there are altogether (PostgreSQL).
    pub connections: u32,
    /// The city's division code, e.g. `4403`.
    pub city: String,
}

/// The open database, the clock, the source of ids and the keys of sealed columns.
#[derive(Clone)]
pub struct Db {
    home: Home,
    clock: Arc<dyn Clock>,
    city: Place,
    keys: Keys,
    memory: Memory,
}

impl std::fmt::Debug for Db {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Db").field("engine", &self.engine()).finish_non_exhaustive()
    }
}

impl Db {
    /// Opens the database; makes the file if it is SQLite and absent. Does not migrate.
    pub async fn open(settings: &Settings, clock: Arc<dyn Clock>) -> Result<Self, Failure> {
        let home = match settings.url.strip_prefix("sqlite:") {
            Some(path) => {
                let path = path.trim_start_matches("//").split('?').next().unwrap_or_default();
                let file = sqlite::File::open(path, settings.durability, settings.connections);
                Home::Sqlite(file.map_err(broken)?)
            }
            None => Home::Postgres(
                postgres::Server::open(&settings.url, settings.connections).map_err(broken)?,
            ),
        };
        home.script("SELECT 1").await.map_err(broken)?;
        Ok(Self {
            home,
            clock,
            city: Place::city(&settings.city),
            keys: Keys::none(),
            memory: Memory::default(),
        })
    }

    /// The same database with the city's keys.
    #[must_use]
    pub fn with_keys(self, keys: Keys) -> Self {
        Self { keys, ..self }
    }

    /// What seals and opens the values of sealed columns; without configured keys it refuses in a sentence.
    pub fn keys(&self) -> &Keys {
        &self.keys
    }

    /// Brings the schema up to date; a second node that does the same waits and finds nothing to do.
    pub async fn migrate(&self) -> Result<Vec<&'static str>, Failure> {
        migrations::run(self).await
    }

    /// A door for reading as `actor`.
    pub fn reading(&self, actor: impl Into<Actor>) -> Reading<'_> {
        Reading { home: &self.home, memory: &self.memory, actor: actor.into() }
    }

    /// A door for changing as `actor`: one transaction.
    pub async fn begin(&self, actor: impl Into<Actor>) -> Result<Tx, Failure> {
        Ok(Tx::new(self.writing().await?, actor.into()))
    }

    /// One picture of all records at this moment, while others go on changing them: for a backup.
    pub async fn snapshot(&self, actor: impl Into<Actor>) -> Result<Snapshot, Failure> {
        let picture = match &self.home {
            Home::Sqlite(file) => file.picture().map(Picture::Sqlite),
            Home::Postgres(server) => server.picture().await.map(Box::new).map(Picture::Postgres),
        };
        Ok(Snapshot::new(picture.map_err(broken)?, self.engine(), actor.into()))
    }

    /// A door for filling the whole database from a backup: one transaction.
    pub async fn begin_loading(&self, actor: impl Into<Actor>) -> Result<Loading, Failure> {
        let writing = match &self.home {
            Home::Sqlite(file) => file.begin_loading().await.map(Writing::Sqlite),
            Home::Postgres(server) => server.begin().await.map(Box::new).map(Writing::Postgres),
        };
        Ok(Loading::new(writing.map_err(broken)?, self.engine(), actor.into()))
    }

    /// Records something that changes nothing else: a sign-in, a refusal, a look at personal data.
    pub async fn record(&self, actor: impl Into<Actor>, note: Note) -> Result<(), Failure> {
        self.begin(actor).await?.commit(note).await
    }

    /// Executes a statement that is no change of any record and so needs no audit entry: when a session was last seen,
    /// who holds a lease, a seal over entries. Anything else goes through [`Db::begin`]. Answers how many rows it changed.
    pub async fn bookkeeping(&self, sql: Sql) -> Result<u64, Failure> {
        match &self.home {
            Home::Sqlite(file) => file.execute(&sql).await,
            Home::Postgres(server) => server.execute(&sql).await,
        }
        .map_err(broken)
    }

    /// The same for a statement that returns one number of the row that it wrote (`RETURNING`).
    pub async fn bookkeeping_number(&self, sql: Sql) -> Result<i64, Failure> {
        let number = match &self.home {
            Home::Sqlite(file) => file.execute_number(&sql).await,
            Home::Postgres(server) => {
                server.read(&sql, 1, |row| row.first()).await.map(|mut rows| rows.pop())
            }
        };
        number.map_err(broken)?.ok_or_else(|| Failure::broken("a row was written and told nothing"))
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
        match self.home {
            Home::Sqlite(_) => Engine::Sqlite,
            Home::Postgres(_) => Engine::Postgres,
        }
    }

    /// A new id: UUIDv7 of the clock's moment.
    pub fn mint<K>(&self) -> Id<K> {
        mint(self.now())
    }

    /// Closes all connections, so that a database can be copied or dropped.
    pub async fn close(self) -> Result<(), Failure> {
        match self.home {
            Home::Sqlite(file) => file.close().await.map_err(broken),
            Home::Postgres(server) => {
                server.close();
                Ok(())
            }
        }
    }

    pub(crate) async fn writing(&self) -> Result<Writing, Failure> {
        self.home.begin().await.map_err(broken)
    }

    pub(crate) async fn execute_script(&self, text: &str) -> Result<(), Failure> {
        self.home.script(text).await.map_err(broken)
    }
}

/// Where the records are.
#[derive(Clone)]
pub(crate) enum Home {
    Sqlite(sqlite::File),
    Postgres(postgres::Server),
}

impl std::fmt::Debug for Home {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Sqlite(_) => "Sqlite",
            Self::Postgres(_) => "Postgres",
        })
    }
}

impl Home {
    async fn begin(&self) -> Result<Writing, Fault> {
        match self {
            Self::Sqlite(file) => file.begin().await.map(Writing::Sqlite),
            Self::Postgres(server) => server.begin().await.map(Box::new).map(Writing::Postgres),
        }
    }
    /// Selects what differs whenever any record does. Where one writes after the other the last audit entry's number tells.
    /// Where many write at once an entry may become visible after one with a higher number: then there are more of the last
    /// numbers, and what comes later than two hundred others is told by the seal that covers it.
    pub(crate) fn state(&self) -> &'static str {
        match self {
            Self::Sqlite(_) => "SELECT CAST(max(id) AS text) FROM audit_entry",
            Self::Postgres(_) => {
                "SELECT concat(max(id), ' ', count(*), ' ', (SELECT max(number) FROM audit_seal)) \
                 FROM audit_entry WHERE id > (SELECT max(id) FROM audit_entry) - 200"
            }
        }
    }
    async fn script(&self, text: &str) -> Result<(), Fault> {
        match self {
            Self::Sqlite(file) => file.script(text).await,
            Self::Postgres(server) => server.script(text).await,
        }
    }
}

/// A reading transaction on either database.
pub(crate) enum Picture {
    Sqlite(sqlite::Picture),
    Postgres(Box<postgres::Writing>),
}

impl std::fmt::Debug for Picture {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Picture")
    }
}

/// An open transaction on either database; dropped without a commit it never happened.
pub(crate) enum Writing {
    Sqlite(sqlite::Writing),
    Postgres(Box<postgres::Writing>),
}

impl std::fmt::Debug for Writing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Writing")
    }
}

impl Writing {
    pub(crate) async fn rows<T>(
        &self,
        sql: &Sql,
        most: usize,
        read: impl FnMut(&mut Row<'_>) -> Result<T, Fault>,
    ) -> Result<Vec<T>, Fault> {
        match self {
            Self::Sqlite(writing) => writing.read(sql, most, read),
            Self::Postgres(writing) => writing.read(sql, most, read).await,
        }
    }
    pub(crate) async fn execute(&self, sql: &Sql) -> Result<u64, Fault> {
        match self {
            Self::Sqlite(writing) => writing.execute(sql),
            Self::Postgres(writing) => writing.execute(sql).await,
        }
    }
    pub(crate) async fn script(&self, text: &str) -> Result<(), Fault> {
        match self {
            Self::Sqlite(writing) => writing.script(text),
            Self::Postgres(writing) => writing.script(text).await,
        }
    }
    pub(crate) async fn commit(self) -> Result<(), Fault> {
        match self {
            Self::Sqlite(writing) => writing.commit(),
            Self::Postgres(writing) => writing.commit().await,
        }
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
