//! The one door for changes: a transaction that is kept only together with its audit entries.

use kernel::{Failure, Id, Note};

use crate::connection::{Writing, mint};
use crate::{Actor, Fault, Row, Source, Sql, Value, broken};

/// Most values that one inserting statement binds. SQLite allows 32,766 and PostgreSQL 65,535; beyond some hundred rows a
/// longer statement is not a faster one.
const VALUES_PER_STATEMENT: usize = 1_500;

/// A change in the making. Dropped without [`Tx::commit`], it never happened.
#[derive(Debug)]
pub struct Tx {
    writing: Writing,
    actor: Actor,
    notes: Vec<Note>,
}

impl Source for Tx {
    fn actor(&self) -> &Actor {
        &self.actor
    }
    async fn rows<T: Send>(
        &self,
        sql: Sql,
        most: usize,
        read: impl FnMut(&mut Row<'_>) -> Result<T, Fault> + Send,
    ) -> Result<Vec<T>, Failure> {
        self.writing.rows(&sql, most, read).await.map_err(broken)
    }
}

impl Tx {
    pub(crate) fn new(writing: Writing, actor: Actor) -> Self {
        Self { writing, actor, notes: Vec::new() }
    }

    pub(crate) fn writing(&self) -> &Writing {
        &self.writing
    }

    /// A new id: UUIDv7 of the actor's moment.
    pub fn mint<K>(&self) -> Id<K> {
        mint(self.actor.now)
    }

    /// Executes a statement; answers how many rows it changed.
    pub async fn execute(&self, sql: Sql) -> Result<u64, Failure> {
        self.writing.execute(&sql).await.map_err(broken)
    }

    /// Executes an update that must change exactly one row; none means that somebody was first.
    pub async fn execute_one(&self, sql: Sql, stale: &str) -> Result<(), Failure> {
        match self.execute(sql).await? {
            0 => Err(Failure::Stale(stale.to_owned())),
            _ => Ok(()),
        }
    }

    /// Inserts rows in batches. `table` and `columns` are written in our sources, values are bound.
    pub async fn insert(
        &self,
        table: &str,
        columns: &[&str],
        rows: Vec<Vec<Value>>,
    ) -> Result<(), Failure> {
        let per_statement = (VALUES_PER_STATEMENT / columns.len().max(1)).clamp(1, 500);
        let mut rows = rows.into_iter().peekable();
        while rows.peek().is_some() {
            self.execute(Sql::inserting(table, columns, rows.by_ref().take(per_statement))).await?;
        }
        Ok(())
    }

    /// Notes a further thing that happened in this change.
    pub fn note(&mut self, note: Note) {
        self.notes.push(note);
    }

    /// Keeps the change, together with its audit entries.
    pub async fn commit(mut self, note: Note) -> Result<(), Failure> {
        self.notes.push(note);
        let entries =
            std::mem::take(&mut self.notes).into_iter().map(|note| self.entry(note)).collect();
        self.insert("audit_entry", ENTRY_COLUMNS, entries).await?;
        self.writing.commit().await.map_err(broken)
    }

    fn entry(&self, note: Note) -> Vec<Value> {
        let actor = &self.actor;
        vec![
            actor.now.millis().into(),
            actor.person.map(Id::uuid).into(),
            actor.name.clone().into(),
            actor.post.clone().into(),
            actor.address.clone().into(),
            actor.request.clone().into(),
            note.event.to_owned().into(),
            note.subject.0.into(),
            note.summary.into(),
            note.place.map(|place| place.path().to_owned()).into(),
            note.before.into(),
            note.after.into(),
            note.outcome.code().to_owned().into(),
        ]
    }
}

const ENTRY_COLUMNS: &[&str] = &[
    "at",
    "person_id",
    "person",
    "post",
    "address",
    "request",
    "event",
    "subject",
    "summary",
    "place",
    "state_before",
    "state_after",
    "outcome",
];
