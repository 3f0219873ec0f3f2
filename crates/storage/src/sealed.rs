//! The columns whose values are sealed.

use std::collections::{BTreeMap, BTreeSet};

use kernel::{Failure, Note};
use sealing::{Column, Sealed};
use uuid::Uuid;

use crate::{Cell, Db, Fault, FromRow, Row, Source, Sql, Table};

/// Every sealed column of the schema; a migration that adds one adds its line here. Start, `gongzhi keys rotate` and
/// `gongzhi keys check` go through them.
///
/// A sealed value stands in two columns: `sealed {bytes}` (or `x_sealed`) and, beside it, `key_id {ascii}`, NULL where nothing is
/// sealed.
/// Its associated data are [`Column::belonging`] with the bytes of the record's uuid:
///
/// ```text
/// let own = STAFF_IDENTITY.belonging(id.uuid().as_bytes());
/// let sealed = db.keys().seal(&own, number.as_bytes())?;   // → identity_sealed, identity_key
/// let digest = db.keys().digest("staff.identity", &number)?; // → identity_digest {ascii}, unique
/// ```
pub const SEALED_COLUMNS: &[Column] = &[SECOND_FACTOR, STAFF_IDENTITY, IMPORT_FILE, PHONE];

/// The secret of a person's second factor.
pub const SECOND_FACTOR: Column =
    Column { table: "second_factor", record: "person_id", key: "key_id", sealed: "sealed" };

/// The identity number of a staff member.
pub const STAFF_IDENTITY: Column = Column {
    table: "staff_identity",
    record: "staff_id",
    key: "identity_key",
    sealed: "identity_sealed",
};

/// The telephone number by which a person signs in.
pub const PHONE: Column =
    Column { table: "phone", record: "person_id", key: "phone_key", sealed: "phone_sealed" };

/// An uploaded file with identity numbers in it.
pub const IMPORT_FILE: Column = Column {
    table: "import_file",
    record: "import_id",
    key: "content_key",
    sealed: "content_sealed",
};

/// The ids of the keys under which the values of these columns are sealed.
pub async fn sealed_under(
    source: &impl Source,
    columns: &[Column],
) -> Result<Vec<String>, Failure> {
    let mut keys = BTreeSet::new();
    for Column { table, key, .. } in columns {
        let sql = format!("SELECT DISTINCT {key} FROM {table} WHERE {key} IS NOT NULL");
        keys.extend(source.rows(Sql::new(&sql), usize::MAX, |row| row.first::<String>()).await?);
    }
    Ok(keys.into_iter().collect())
}

/// The values of one column under one key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedValues {
    /// The column, as `table.column`.
    pub column: String,
    /// The id of the key.
    pub key: String,
    /// How many there are.
    pub values: u64,
    /// How many of them do not open: the key is not at hand, or they were altered.
    pub unopened: u64,
}

/// Tries to open every sealed value.
pub async fn sealed_values(db: &Db, columns: &[Column]) -> Result<Vec<SealedValues>, Failure> {
    let snapshot = db.snapshot(db.program("gongzhi keys")).await?;
    let mut found: BTreeMap<(String, String), (u64, u64)> = BTreeMap::new();
    for column in columns {
        let parts = [column.record, column.key, column.sealed];
        let table = Table {
            name: column.table.to_owned(),
            columns: parts.map(|name| (name.to_owned(), String::new())).to_vec(),
        };
        let name = format!("{}.{}", column.table, column.sealed);
        snapshot
            .pour(&table, |cells| {
                if let Some((record, sealed)) = value(cells) {
                    let opens = db.keys().open(&column.belonging(record.as_bytes()), &sealed);
                    let counts = found.entry((name.clone(), sealed.key)).or_default();
                    counts.0 += 1;
                    counts.1 += u64::from(opens.is_err());
                }
                Ok(())
            })
            .await?;
    }
    let line = |((column, key), (values, unopened))| SealedValues { column, key, values, unopened };
    Ok(found.into_iter().map(line).collect())
}

/// Record, key and sealed value of a row that has one.
fn value(cells: &[Cell<'_>]) -> Option<(Uuid, Sealed)> {
    let [record, Cell::Text(key), Cell::Bytes(bytes)] = *cells else { return None };
    let sealed = Sealed { key: key.to_owned(), bytes: bytes.to_vec() };
    Some((<Uuid as crate::Column>::read(record)?, sealed))
}

struct SealedRow {
    record: Uuid,
    sealed: Sealed,
}

impl FromRow for SealedRow {
    fn from_row(row: &mut Row<'_>) -> Result<Self, Fault> {
        let record = row.get("record")?;
        Ok(Self { record, sealed: Sealed { key: row.get("key")?, bytes: row.get("sealed")? } })
    }
}

/// Values that one transaction seals anew.
const BATCH: i64 = 200;

/// Seals every value anew that is not under the current key, batch by batch while others go on; answers how many. Ended in the
/// middle it leaves values under either key, and a second run does the rest.
pub async fn reseal(db: &Db, columns: &[Column]) -> Result<u64, Failure> {
    let current = db.keys().ring().ok_or(sealing::Refusal::NoKeys)?.current_id().to_owned();
    let mut resealed = 0;
    for column in columns {
        let Column { table, record, key, sealed } = column;
        loop {
            let tx = db.begin(db.program("gongzhi keys")).await?;
            let mut old = Sql::new(&format!(
                "SELECT {record} AS record, {key} AS key, {sealed} AS sealed FROM {table} WHERE {key} <> "
            ));
            old.bind(current.as_str()).text(" LIMIT ").bind(BATCH);
            let rows = tx.all::<SealedRow>(old).await?;
            if rows.is_empty() {
                break;
            }
            let count = rows.len() as u64;
            for row in rows {
                let own = column.belonging(row.record.as_bytes());
                let plain = db.keys().open(&own, &row.sealed).map_err(|refusal| {
                    let place = format!("{table}.{sealed} {}", row.record);
                    Failure::refused(format!("{place}：{refusal}"), None)
                })?;
                let anew = db.keys().seal(&own, &plain)?;
                // Whoever changed the value meanwhile has sealed it under the current key.
                let mut sql = Sql::new(&format!("UPDATE {table} SET {key} = "));
                sql.bind(anew.key).text(&format!(", {sealed} = ")).bind(anew.bytes);
                sql.text(&format!(" WHERE {record} = ")).bind(row.record);
                sql.text(&format!(" AND {key} = ")).bind(row.sealed.key);
                sql.text(&format!(" AND {sealed} = ")).bind(row.sealed.bytes);
                tx.execute(sql).await?;
            }
            let summary = format!("{table}.{sealed} 中 {count} 个值改用编号为 {current} 的密钥");
            tx.commit(Note::of("keys.rotated", current.as_str(), summary)).await?;
            resealed += count;
        }
    }
    Ok(resealed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::MIGRATIONS;

    #[test]
    fn every_sealed_column_of_the_schema_is_listed() {
        let is_sealed = |column: &str| column == "sealed" || column.ends_with("_sealed");
        let mut written = Vec::new();
        for (_, text) in MIGRATIONS {
            let mut table = "";
            for line in text.lines() {
                let words: Vec<&str> = line.split_whitespace().collect();
                match words[..] {
                    ["CREATE", "TABLE", name, ..] => table = name,
                    ["ALTER", "TABLE", name, "ADD", "COLUMN", column, ..] if is_sealed(column) => {
                        written.push((name, column));
                    }
                    [column, "{bytes}" | "{bytes},", ..] if is_sealed(column) => {
                        written.push((table, column));
                    }
                    _ => {}
                }
            }
        }
        for (table, sealed) in written {
            let is_listed =
                SEALED_COLUMNS.iter().any(|known| (known.table, known.sealed) == (table, sealed));
            assert!(is_listed, "{table}.{sealed} stands in no line of SEALED_COLUMNS");
        }
    }
}
