//! Which tables there are: for copying a whole database, which no slice does alone.

use kernel::Failure;

use crate::{Engine, Fault, FromRow, Row, Source, Sql};

/// Tables that no copy of the database holds: what has run on this database itself, who works at the moment, who is signed in. A
/// session that was ended after the copy must not live again with it.
pub const NOT_KEPT: &[&str] = &["migration", "lease", "session", "half_sign_in"];

/// A table with its columns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// Its name.
    pub name: String,
    /// Its columns and the types that the database gives them, in its order.
    pub columns: Vec<(String, String)>,
}

struct ColumnRow {
    table: String,
    column: String,
    type_name: String,
}

impl FromRow for ColumnRow {
    fn from_row(row: &mut Row<'_>) -> Result<Self, Fault> {
        Ok(Self {
            table: row.get("table_name")?,
            column: row.get("column_name")?,
            type_name: row.get("type_name")?,
        })
    }
}

/// Every table of the database, by name.
pub(crate) async fn tables(source: &impl Source, engine: Engine) -> Result<Vec<Table>, Failure> {
    let sql = Sql::new(match engine {
        Engine::Sqlite => {
            "SELECT m.name AS table_name, c.name AS column_name, c.type AS type_name \
             FROM sqlite_master m JOIN pragma_table_info(m.name) c \
             WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY m.name, c.cid"
        }
        Engine::Postgres => {
            "SELECT t.relname AS table_name, c.attname AS column_name, format_type(c.atttypid, NULL) AS type_name \
             FROM pg_class t JOIN pg_attribute c ON c.attrelid = t.oid AND c.attnum > 0 AND NOT c.attisdropped \
             WHERE t.relnamespace = current_schema()::regnamespace AND t.relkind = 'r' ORDER BY t.relname, c.attnum"
        }
    });
    let mut tables: Vec<Table> = Vec::new();
    for row in source.all::<ColumnRow>(sql).await? {
        if tables.last().is_none_or(|table| table.name != row.table) {
            tables.push(Table { name: row.table, columns: Vec::new() });
        }
        if let Some(table) = tables.last_mut() {
            table.columns.push((row.column, row.type_name));
        }
    }
    Ok(tables)
}

/// Texts of a query's first column.
pub(crate) async fn texts(source: &impl Source, text: &str) -> Result<Vec<String>, Failure> {
    source.rows(Sql::new(text), usize::MAX, |row| row.first()).await
}
