//! One picture of all records, for a backup.

use kernel::Failure;

use crate::connection::Picture;
use crate::{Actor, Cell, Engine, Fault, NOT_KEPT, Row, Source, Sql, Table, broken, catalog};

/// All records as they were at one moment. Others go on writing; nothing of that is seen here.
#[derive(Debug)]
pub struct Snapshot {
    picture: Picture,
    engine: Engine,
    actor: Actor,
}

impl Source for Snapshot {
    fn actor(&self) -> &Actor {
        &self.actor
    }
    async fn rows<T: Send>(
        &self,
        sql: Sql,
        most: usize,
        read: impl FnMut(&mut Row<'_>) -> Result<T, Fault> + Send,
    ) -> Result<Vec<T>, Failure> {
        match &self.picture {
            Picture::Sqlite(picture) => picture.read(&sql, most, read),
            Picture::Postgres(picture) => picture.read(&sql, most, read).await,
        }
        .map_err(broken)
    }
}

impl Snapshot {
    pub(crate) fn new(picture: Picture, engine: Engine, actor: Actor) -> Self {
        Self { picture, engine, actor }
    }

    /// The tables that a copy holds.
    pub async fn tables(&self) -> Result<Vec<Table>, Failure> {
        let mut tables = catalog::tables(self, self.engine).await?;
        tables.retain(|table| !NOT_KEPT.contains(&table.name.as_str()));
        Ok(tables)
    }

    /// The migrations that have run.
    pub async fn migrations(&self) -> Result<Vec<String>, Failure> {
        catalog::texts(self, "SELECT name FROM migration ORDER BY name").await
    }

    /// Every row of a table as it comes, one after the other, never all in memory.
    pub async fn pour(
        &self,
        table: &Table,
        mut each: impl FnMut(&[Cell<'_>]) -> std::io::Result<()> + Send,
    ) -> Result<(), Failure> {
        let columns: Vec<&str> = table.columns.iter().map(|(name, _)| name.as_str()).collect();
        let sql = Sql::new(&format!("SELECT {} FROM {}", columns.join(", "), table.name));
        let read = |row: &mut Row<'_>| {
            let cells: Result<Vec<Cell<'_>>, Fault> =
                (0..row.width()).map(|place| row.cell(place)).collect();
            each(&cells?).map_err(|fault| Fault::new(fault.to_string()))
        };
        match &self.picture {
            Picture::Sqlite(picture) => picture.read(&sql, usize::MAX, read).map(drop),
            Picture::Postgres(picture) => picture.pour(&sql, read).await,
        }
        .map_err(broken)
    }
}
