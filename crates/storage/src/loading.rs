//! Filling a whole database from a backup, in one transaction: all of it or nothing.

use std::collections::HashMap;

use kernel::{Date, Failure, Note};
use uuid::Uuid;

use crate::connection::Writing;
use crate::{Actor, Engine, Sql, Table, Tx, Value, broken, catalog, migrations};

/// What stands in a database that is to be filled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// Nothing, or our schema in which nobody has done anything yet.
    Empty,
    /// Records: somebody has done something, for no change is kept without an entry in the audit trail.
    Filled,
    /// Tables that are not ours; they are named.
    Foreign(Vec<String>),
}

/// A database being filled. Dropped without [`Loading::commit`] it never happened.
#[derive(Debug)]
pub struct Loading {
    tx: Tx,
    engine: Engine,
    /// Foreign keys that rest meanwhile, as the statements that bring them back.
    resting: Vec<String>,
}

impl Loading {
    pub(crate) fn new(writing: Writing, engine: Engine, actor: Actor) -> Self {
        Self { tx: Tx::new(writing, actor), engine, resting: Vec::new() }
    }

    /// The transaction, for reading what has been filled in.
    pub fn tx(&self) -> &Tx {
        &self.tx
    }

    /// What stands in the database.
    pub async fn standing(&self) -> Result<Standing, Failure> {
        let tables = self.tables().await?;
        let ours: Vec<&str> = migrations::table_names().chain(["migration"]).collect();
        let foreign: Vec<String> = tables
            .iter()
            .map(|table| table.name.clone())
            .filter(|name| !ours.contains(&name.as_str()))
            .collect();
        if !foreign.is_empty() {
            return Ok(Standing::Foreign(foreign));
        }
        let has_trail = tables.iter().any(|table| table.name == "audit_entry");
        let entry = "SELECT event FROM audit_entry LIMIT 1";
        let is_filled = has_trail && !catalog::texts(&self.tx, entry).await?.is_empty();
        Ok(if is_filled { Standing::Filled } else { Standing::Empty })
    }

    /// Drops every table, makes the schema anew as it was after the named migrations, and empties what they filled. Until
    /// [`Loading::finish`] rows may come in any order.
    pub async fn make_room(&mut self, named: &[String]) -> Result<(), Failure> {
        self.drop_all().await?;
        self.script(migrations::TABLE).await?;
        let now = crate::Source::now(&self.tx);
        let wanted = |name: &str| named.iter().any(|known| known == name);
        migrations::apply(self.tx.writing(), self.engine, now, wanted).await?;
        let tables = self.tables().await?;
        if self.engine == Engine::Postgres {
            let keys = "SELECT format('ALTER TABLE %I ', r.relname) || \
                 format('ADD CONSTRAINT %I %s', c.conname, pg_get_constraintdef(c.oid)) \
                 FROM pg_constraint c JOIN pg_class r ON r.oid = c.conrelid \
                 WHERE c.contype = 'f' AND c.connamespace = current_schema()::regnamespace";
            self.resting = catalog::texts(&self.tx, keys).await?;
            let drops = "SELECT format('ALTER TABLE %I DROP CONSTRAINT %I', r.relname, c.conname) \
                 FROM pg_constraint c JOIN pg_class r ON r.oid = c.conrelid \
                 WHERE c.contype = 'f' AND c.connamespace = current_schema()::regnamespace";
            self.scripts(catalog::texts(&self.tx, drops).await?).await?;
            for table in &tables {
                self.script(&format!("ALTER TABLE {} DISABLE TRIGGER USER", table.name)).await?;
            }
        }
        for table in tables.iter().filter(|table| table.name != "migration") {
            self.script(&format!("DELETE FROM {}", table.name)).await?;
        }
        Ok(())
    }

    async fn drop_all(&self) -> Result<(), Failure> {
        match self.engine {
            Engine::Sqlite => {
                let views = "SELECT 'DROP VIEW ' || name FROM sqlite_master WHERE type = 'view'";
                self.scripts(catalog::texts(&self.tx, views).await?).await?;
                for table in self.tables().await? {
                    self.script(&format!("DROP TABLE {}", table.name)).await?;
                }
            }
            Engine::Postgres => {
                // The functions of our guards, which a migration makes anew.
                let functions = "SELECT DISTINCT 'DROP FUNCTION IF EXISTS ' || t.tgfoid::regprocedure || ' CASCADE' \
                     FROM pg_trigger t JOIN pg_class r ON r.oid = t.tgrelid \
                     WHERE NOT t.tgisinternal AND r.relnamespace = current_schema()::regnamespace";
                self.scripts(catalog::texts(&self.tx, functions).await?).await?;
                for table in self.tables().await? {
                    self.script(&format!("DROP TABLE {} CASCADE", table.name)).await?;
                }
            }
        }
        Ok(())
    }

    /// The tables that there are now.
    pub async fn tables(&self) -> Result<Vec<Table>, Failure> {
        catalog::tables(&self.tx, self.engine).await
    }

    /// Fills rows into a table. Values may come from the other engine.
    pub async fn insert(
        &self,
        table: &Table,
        columns: &[String],
        rows: Vec<Vec<Value>>,
    ) -> Result<(), Failure> {
        let types: HashMap<&str, &str> =
            table.columns.iter().map(|(name, kind)| (name.as_str(), kind.as_str())).collect();
        let types: Vec<&str> = columns
            .iter()
            .map(|name| types.get(name.as_str()).copied().unwrap_or_default())
            .collect();
        let overriding = match self.engine {
            Engine::Sqlite => "",
            Engine::Postgres => " OVERRIDING SYSTEM VALUE",
        };
        let mut sql = Sql::new(&format!(
            "INSERT INTO {} ({}){overriding} VALUES ",
            table.name,
            columns.join(", ")
        ));
        for (place, row) in rows.into_iter().enumerate() {
            sql.text(if place == 0 { "" } else { ", " });
            sql.bind_list(row.into_iter().zip(&types).map(|(value, kind)| self.fit(value, kind)));
        }
        self.tx.execute(sql).await.map(drop)
    }

    /// SQLite knows fewer types: what it hands over is given the type of the column.
    fn fit(&self, value: Value, kind: &str) -> Value {
        if self.engine == Engine::Sqlite {
            return value;
        }
        match (value, kind) {
            (Value::Bytes(bytes), "uuid") => {
                Uuid::from_slice(&bytes).map_or(Value::Bytes(bytes), Value::Uuid)
            }
            (Value::Text(text), "date") => {
                text.parse::<Date>().map_or(Value::Text(text), Value::Date)
            }
            (Value::Number(number), "boolean") => Value::Flag(number != 0),
            (Value::Number(number), "double precision") => Value::Real(number as f64),
            (value, _) => value,
        }
    }

    /// Guards and keys watch again and find nothing wrong, numbers go on after the last, and the migrations that are younger
    /// than the backup run.
    pub async fn finish(&mut self) -> Result<(), Failure> {
        match self.engine {
            Engine::Sqlite => {
                let loose =
                    "SELECT \"table\" || ' → ' || parent FROM pragma_foreign_key_check LIMIT 1";
                if let Some(loose) = catalog::texts(&self.tx, loose).await?.pop() {
                    return Err(Failure::broken(format!("a row refers to nothing: {loose}")));
                }
            }
            Engine::Postgres => {
                for table in self.tables().await? {
                    self.script(&format!("ALTER TABLE {} ENABLE TRIGGER USER", table.name)).await?;
                }
                let resting = std::mem::take(&mut self.resting);
                self.scripts(resting).await?;
                let numbered = "SELECT format('SELECT setval(%L, (SELECT max(%I) FROM %I))', \
                     pg_get_serial_sequence(quote_ident(t.relname), c.attname), c.attname, t.relname) \
                     FROM pg_class t JOIN pg_attribute c ON c.attrelid = t.oid AND c.attidentity <> '' \
                     WHERE t.relnamespace = current_schema()::regnamespace";
                self.scripts(catalog::texts(&self.tx, numbered).await?).await?;
            }
        }
        let now = crate::Source::now(&self.tx);
        migrations::apply(self.tx.writing(), self.engine, now, |_| true).await.map(drop)
    }

    /// Keeps it, together with the note of where it came from.
    pub async fn commit(self, note: Note) -> Result<(), Failure> {
        self.tx.commit(note).await
    }

    async fn script(&self, text: &str) -> Result<(), Failure> {
        self.tx.writing().script(text).await.map_err(broken)
    }

    async fn scripts(&self, texts: Vec<String>) -> Result<(), Failure> {
        for text in texts {
            self.script(&text).await?;
        }
        Ok(())
    }
}
