//! A row on its way out of the database.

use std::fmt;

use crate::value::{Cell, Column};
use crate::{Sql, postgres, sqlite};

/// What went wrong in the database or between it and us, in its own words.
#[derive(Debug)]
pub struct Fault {
    text: String,
    /// How the statement began that was being executed.
    statement: Option<String>,
}

impl Fault {
    /// A fault, said in words.
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), statement: None }
    }
    /// The fault of a statement.
    pub(crate) fn during(self, sql: &Sql) -> Self {
        Self { statement: Some(sql.text.chars().take(300).collect()), ..self }
    }
    /// What the database said, without the statement.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }
}
impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.statement {
            Some(statement) => write!(f, "{} (in: {statement})", self.text),
            None => f.write_str(&self.text),
        }
    }
}
impl std::error::Error for Fault {}

/// One row of an answer.
#[derive(Debug)]
pub struct Row<'answer> {
    source: Source<'answer>,
    columns: usize,
    order: &'answer mut Order,
    /// How many columns have been asked for.
    asked: usize,
}

/// Where the columns of an answer were found, in the order in which its first row was asked for them: the rows after it are
/// asked in the same order, so their columns need not be looked for by name.
#[derive(Debug, Default)]
pub(crate) struct Order(Vec<(&'static str, usize)>);

enum Source<'answer> {
    Sqlite(&'answer rusqlite::Row<'answer>),
    Postgres(&'answer tokio_postgres::Row),
}

impl fmt::Debug for Source<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sqlite(_) => "Sqlite",
            Self::Postgres(_) => "Postgres",
        })
    }
}

/// A struct that is read from a row. Derive it: `#[derive(FromRow)]`.
pub trait FromRow: Sized {
    /// Reads the row.
    fn from_row(row: &mut Row<'_>) -> Result<Self, Fault>;
}

impl<'answer> Row<'answer> {
    pub(crate) fn sqlite(row: &'answer rusqlite::Row<'answer>, order: &'answer mut Order) -> Self {
        let columns = row.as_ref().column_count();
        Self { columns, source: Source::Sqlite(row), order, asked: 0 }
    }
    pub(crate) fn postgres(row: &'answer tokio_postgres::Row, order: &'answer mut Order) -> Self {
        Self { columns: row.len(), source: Source::Postgres(row), order, asked: 0 }
    }

    /// The column of this name.
    pub fn get<T: Column>(&mut self, name: &'static str) -> Result<T, Fault> {
        let place = match self.order.0.get(self.asked) {
            Some((known, place)) if std::ptr::eq(*known, name) => *place,
            _ => self.look_for(name)?,
        };
        self.asked += 1;
        self.read(place, name)
    }

    fn look_for(&mut self, name: &'static str) -> Result<usize, Fault> {
        let place = (0..self.columns)
            .find(|place| self.is_named(*place, name))
            .ok_or_else(|| Fault::new(format!("the answer has no column {name:?}")))?;
        self.order.0.truncate(self.asked);
        if self.order.0.len() == self.asked {
            self.order.0.push((name, place));
        }
        Ok(place)
    }

    /// The first column, whatever its name.
    pub fn first<T: Column>(&self) -> Result<T, Fault> {
        self.read(0, "1")
    }

    /// How many columns there are.
    pub(crate) fn width(&self) -> usize {
        self.columns
    }

    /// The cell of a column, as the database has it.
    pub(crate) fn cell(&self, place: usize) -> Result<Cell<'_>, Fault> {
        match self.source {
            Source::Sqlite(row) => sqlite::cell(row, place),
            Source::Postgres(row) => postgres::cell(row, place),
        }
    }

    fn is_named(&self, place: usize, name: &str) -> bool {
        match self.source {
            Source::Sqlite(row) => row.as_ref().column_name(place).is_ok_and(|own| own == name),
            Source::Postgres(row) => row.columns().get(place).is_some_and(|own| own.name() == name),
        }
    }

    fn read<T: Column>(&self, place: usize, name: &str) -> Result<T, Fault> {
        let cell = self.cell(place)?;
        T::read(cell).ok_or_else(|| {
            let cell = match cell {
                Cell::Text(_) => "a text".to_owned(),
                Cell::Bytes(_) => "bytes".to_owned(),
                other => format!("{other:?}"),
            };
            Fault::new(format!("column {name:?} holds {cell}, not {}", std::any::type_name::<T>()))
        })
    }
}
