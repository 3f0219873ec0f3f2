//! The embedded database: one file, one writer, as many readers as ask at once.
//!
//! Statements run on the thread that asks. They read from memory and take microseconds; handing each to another thread and
//! back cost ten times as much (`docs/decisions/0005-statements-run-where-they-are-asked.md`).

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, OpenFlags};
use tokio::runtime::{Handle, RuntimeFlavor};
use tokio::sync::OwnedMutexGuard;

use crate::row::{Fault, Order, Row};
use crate::value::{Cell, Value};
use crate::{Durability, Sql};

/// How long a statement waits for another program that writes to the same file.
const PATIENCE: Duration = Duration::from_secs(10);
/// Statements that a connection keeps prepared; every page's statements fit.
const PREPARED: usize = 256;

/// The open file.
#[derive(Clone)]
pub(crate) struct File {
    path: Arc<str>,
    durability: Durability,
    /// Connections that nobody reads with just now.
    idle: Arc<Mutex<Vec<Connection>>>,
    /// How many of them are kept.
    kept: usize,
    writer: Arc<tokio::sync::Mutex<Connection>>,
}

/// A writing transaction; dropped without a commit it is rolled back.
pub(crate) struct Writing {
    /// Behind a lock only because a transaction is shared between the futures of one task.
    conn: Mutex<OwnedMutexGuard<Connection>>,
    open: bool,
    /// Whether foreign keys and triggers rest meanwhile.
    loads: bool,
}

/// A reading transaction on a connection of its own: one picture of the file, while the writer goes on.
pub(crate) struct Picture {
    conn: Mutex<Connection>,
}

impl File {
    pub(crate) fn open(path: &str, durability: Durability, readers: u32) -> Result<Self, Fault> {
        let writer = blocking(|| connect(path, durability, true))?;
        Ok(Self {
            path: path.into(),
            durability,
            idle: Arc::default(),
            kept: readers as usize,
            writer: Arc::new(tokio::sync::Mutex::new(writer)),
        })
    }

    pub(crate) fn read<T>(
        &self,
        sql: &Sql,
        most: usize,
        read: impl FnMut(&mut Row<'_>) -> Result<T, Fault>,
    ) -> Result<Vec<T>, Fault> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let conn = match idle {
            Some(conn) => conn,
            None => connect(&self.path, self.durability, false)?,
        };
        let rows = rows(&conn, sql, most, read);
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < self.kept {
            idle.push(conn);
        }
        rows
    }

    pub(crate) async fn begin(&self) -> Result<Writing, Fault> {
        let conn = Arc::clone(&self.writer).lock_owned().await;
        // Immediate: a transaction that reads first and writes later would fail, however long it waited.
        blocking(|| conn.execute_batch("BEGIN IMMEDIATE")).map_err(said)?;
        Ok(Writing { conn: Mutex::new(conn), open: true, loads: false })
    }

    /// A writing transaction in which foreign keys are not asked and triggers rest: the tables are filled in any order with
    /// rows that met them before. `PRAGMA foreign_key_check`
    /// asks the keys at the end.
    pub(crate) async fn begin_loading(&self) -> Result<Writing, Fault> {
        let conn = Arc::clone(&self.writer).lock_owned().await;
        guards(&conn, false)?;
        let mut writing = Writing { conn: Mutex::new(conn), open: false, loads: true };
        blocking(|| writing.script("BEGIN IMMEDIATE"))?;
        writing.open = true;
        Ok(writing)
    }

    pub(crate) fn picture(&self) -> Result<Picture, Fault> {
        let conn = blocking(|| connect(&self.path, self.durability, false))?;
        // The picture is taken when it is first read from.
        conn.execute_batch("BEGIN; SELECT count(*) FROM sqlite_master;").map_err(said)?;
        Ok(Picture { conn: Mutex::new(conn) })
    }

    /// Executes statements outside of any transaction of ours.
    pub(crate) async fn script(&self, text: &str) -> Result<(), Fault> {
        let conn = self.writer.lock().await;
        blocking(|| conn.execute_batch(text)).map_err(said)
    }

    pub(crate) async fn execute(&self, sql: &Sql) -> Result<u64, Fault> {
        let conn = self.writer.lock().await;
        blocking(|| execute(&conn, sql))
    }

    pub(crate) async fn execute_number(&self, sql: &Sql) -> Result<Option<i64>, Fault> {
        let conn = self.writer.lock().await;
        blocking(|| rows(&conn, sql, 1, |row| row.first())).map(|mut rows| rows.pop())
    }

    /// Closes the readers and folds the log into the file, so that the file alone is the database.
    pub(crate) async fn close(&self) -> Result<(), Fault> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).clear();
        let mut conn = self.writer.lock().await;
        let memory = Connection::open_in_memory().map_err(said)?;
        std::mem::replace(&mut *conn, memory).close().map_err(|(_, fault)| said(fault))
    }
}

impl Writing {
    pub(crate) fn read<T>(
        &self,
        sql: &Sql,
        most: usize,
        read: impl FnMut(&mut Row<'_>) -> Result<T, Fault>,
    ) -> Result<Vec<T>, Fault> {
        rows(&self.conn.lock().unwrap_or_else(PoisonError::into_inner), sql, most, read)
    }
    pub(crate) fn execute(&self, sql: &Sql) -> Result<u64, Fault> {
        // A bulk of inserts holds its thread for as long as it takes: pages go on with another one.
        blocking(|| execute(&self.conn.lock().unwrap_or_else(PoisonError::into_inner), sql))
    }
    pub(crate) fn script(&self, text: &str) -> Result<(), Fault> {
        self.conn.lock().unwrap_or_else(PoisonError::into_inner).execute_batch(text).map_err(said)
    }
    pub(crate) fn commit(mut self) -> Result<(), Fault> {
        blocking(|| self.script("COMMIT"))?;
        self.open = false;
        Ok(())
    }
}

impl Drop for Writing {
    fn drop(&mut self) {
        if self.open {
            // It fails only when the database has rolled back by itself already.
            drop(self.script("ROLLBACK"));
        }
        if self.loads {
            // Setting a flag of the connection does not fail.
            drop(guards(&self.conn.lock().unwrap_or_else(PoisonError::into_inner), true));
        }
    }
}

impl Picture {
    pub(crate) fn read<T>(
        &self,
        sql: &Sql,
        most: usize,
        read: impl FnMut(&mut Row<'_>) -> Result<T, Fault>,
    ) -> Result<Vec<T>, Fault> {
        let conn = self.conn.lock().unwrap_or_else(PoisonError::into_inner);
        blocking(|| rows(&conn, sql, most, read))
    }
}

/// Foreign keys and triggers of a connection, on or at rest. Outside of a transaction only.
fn guards(conn: &Connection, on: bool) -> Result<(), Fault> {
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_FKEY, on).map_err(said)?;
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, on).map_err(said)?;
    Ok(())
}

fn connect(path: &str, durability: Durability, writes: bool) -> Result<Connection, Fault> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_CREATE
        // Nobody shares a connection: it belongs to one reader at a time, or to the writer.
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let conn = Connection::open_with_flags(path, flags)
        .map_err(|fault| Fault::new(format!("{path}: {fault}")))?;
    conn.busy_timeout(PATIENCE).map_err(said)?;
    // A plan once made holds for all values: otherwise each new value of a bound day or name prepares a statement anew.
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map_err(said)?;
    conn.set_prepared_statement_cache_capacity(PREPARED);
    let synchronous = match durability {
        Durability::Full => "FULL",
        Durability::Normal => "NORMAL",
    };
    let only = if writes { "OFF" } else { "ON" };
    conn.execute_batch(&format!(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = {synchronous}; PRAGMA foreign_keys = ON; \
         PRAGMA cache_size = -8000; PRAGMA mmap_size = 134217728; PRAGMA temp_store = MEMORY; \
         PRAGMA query_only = {only};"
    ))
    .map_err(said)?;
    Ok(conn)
}

/// Lets other tasks move to another thread while this one waits for a lock or for the disk.
fn blocking<T>(wait: impl FnOnce() -> T) -> T {
    match Handle::try_current().map(|handle| handle.runtime_flavor()) {
        Ok(RuntimeFlavor::MultiThread) => tokio::task::block_in_place(wait),
        _ => wait(),
    }
}

fn rows<T>(
    conn: &Connection,
    sql: &Sql,
    most: usize,
    mut read: impl FnMut(&mut Row<'_>) -> Result<T, Fault>,
) -> Result<Vec<T>, Fault> {
    let mut statement = prepared(conn, sql)?;
    let mut rows = statement.raw_query();
    let (mut answer, mut order) = (Vec::new(), Order::default());
    while answer.len() < most
        && let Some(row) = rows.next().map_err(|fault| with(sql, &fault))?
    {
        answer.push(read(&mut Row::sqlite(row, &mut order))?);
    }
    Ok(answer)
}

fn execute(conn: &Connection, sql: &Sql) -> Result<u64, Fault> {
    let changed = prepared(conn, sql)?.raw_execute().map_err(|fault| with(sql, &fault))?;
    Ok(changed as u64)
}

fn prepared<'conn>(
    conn: &'conn Connection,
    sql: &Sql,
) -> Result<rusqlite::CachedStatement<'conn>, Fault> {
    let mut statement =
        conn.prepare_cached(&numbered(&sql.text)).map_err(|fault| with(sql, &fault))?;
    for (place, value) in sql.values.iter().enumerate() {
        statement.raw_bind_parameter(place + 1, value).map_err(|fault| with(sql, &fault))?;
    }
    Ok(statement)
}

/// To SQLite `$3` is a name and `?3` is the third value.
fn numbered(text: &str) -> String {
    let mut numbered = String::with_capacity(text.len());
    let mut pieces = text.split('$');
    numbered.push_str(pieces.next().unwrap_or_default());
    for piece in pieces {
        numbered.push(if piece.starts_with(|c: char| c.is_ascii_digit()) { '?' } else { '$' });
        numbered.push_str(piece);
    }
    numbered
}

pub(crate) fn cell<'row>(row: &'row rusqlite::Row<'_>, place: usize) -> Result<Cell<'row>, Fault> {
    Ok(match row.get_ref(place).map_err(said)? {
        ValueRef::Null => Cell::Null,
        ValueRef::Integer(number) => Cell::Number(number),
        ValueRef::Real(real) => Cell::Real(real),
        ValueRef::Text(text) => Cell::Text(
            std::str::from_utf8(text).map_err(|_| Fault::new("a stored text is not UTF-8"))?,
        ),
        ValueRef::Blob(bytes) => Cell::Bytes(bytes),
    })
}

impl rusqlite::ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self {
            Self::Null => ToSqlOutput::Borrowed(ValueRef::Null),
            Self::Flag(flag) => ToSqlOutput::Borrowed(ValueRef::Integer(i64::from(*flag))),
            Self::Number(number) => ToSqlOutput::Borrowed(ValueRef::Integer(*number)),
            Self::Real(real) => ToSqlOutput::Borrowed(ValueRef::Real(*real)),
            Self::Text(text) => ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes())),
            Self::Bytes(bytes) => ToSqlOutput::Borrowed(ValueRef::Blob(bytes)),
            Self::Uuid(id) => ToSqlOutput::Borrowed(ValueRef::Blob(id.as_bytes())),
            Self::Date(day) => ToSqlOutput::Owned(day.to_string().into()),
        })
    }
}

#[expect(clippy::needless_pass_by_value, reason = "the shape that map_err wants")]
fn said(fault: rusqlite::Error) -> Fault {
    Fault::new(fault.to_string())
}

fn with(sql: &Sql, fault: &rusqlite::Error) -> Fault {
    Fault::new(fault.to_string()).during(sql)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_placeholder_is_numbered() {
        assert_eq!(numbered("SELECT $1, '$argon2', $12"), "SELECT ?1, '$argon2', ?12");
        assert_eq!(numbered("SELECT 1"), "SELECT 1");
    }

    #[test]
    fn a_value_is_bound_by_its_number_however_often_and_in_whatever_order_it_is_named() {
        let conn = Connection::open_in_memory().unwrap();
        let sql = Sql::with("SELECT $2 || $1 || $2", ["a".into(), "b".into()]);
        let read = rows(&conn, &sql, 9, |row| row.first::<String>()).unwrap();
        assert_eq!(read, ["bab"]);
    }
}
