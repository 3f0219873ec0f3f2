//! The columns whose values are sealed.

use sealing::Column;

/// Every sealed column of the schema; a migration that adds one adds its line here. Start, `gongzhi keys rotate` and
/// `gongzhi keys check` go through them.
///
/// A sealed value stands in two columns: `x_sealed {bytes}` and, beside it, `x_key {ascii}`, both NULL where nothing is sealed.
/// Its associated data are [`Column::belonging`] with the bytes of the record's uuid:
///
/// ```text
/// let own = STAFF_IDENTITY.belonging(id.uuid().as_bytes());
/// let sealed = db.keys().seal(&own, number.as_bytes())?;   // → identity_sealed, identity_key
/// let digest = db.keys().digest("staff.identity", &number)?; // → identity_digest {ascii}, unique
/// ```
pub const SEALED_COLUMNS: &[Column] = &[STAFF_IDENTITY, IMPORT_FILE];

/// The identity number of a staff member.
pub const STAFF_IDENTITY: Column = Column {
    table: "staff_identity",
    record: "staff_id",
    key: "identity_key",
    sealed: "identity_sealed",
};

/// An uploaded file with identity numbers in it.
pub const IMPORT_FILE: Column = Column {
    table: "import_file",
    record: "import_id",
    key: "content_key",
    sealed: "content_sealed",
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::MIGRATIONS;

    #[test]
    fn every_sealed_column_of_the_schema_is_listed_and_no_other() {
        let mut written = Vec::new();
        for (_, text) in MIGRATIONS {
            let mut table = "";
            for line in text.lines() {
                let words: Vec<&str> = line.split_whitespace().collect();
                match words[..] {
                    ["CREATE", "TABLE", name, ..] => table = name,
                    ["ALTER", "TABLE", name, "ADD", "COLUMN", column, ..]
                        if column.ends_with("_sealed") =>
                    {
                        written.push((name, column));
                    }
                    [column, "{bytes}" | "{bytes},", ..] if column.ends_with("_sealed") => {
                        written.push((table, column));
                    }
                    _ => {}
                }
            }
        }
        let listed: Vec<(&str, &str)> =
            SEALED_COLUMNS.iter().map(|column| (column.table, column.sealed)).collect();
        assert_eq!(listed, written);
    }
}
