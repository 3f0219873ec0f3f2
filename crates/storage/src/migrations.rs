//! Forward-only migrations: one list, one text for both databases.
//!
//! The palette, so that one DDL text and one query fit both: `uuid` ids, `bigint` counts and moments (milliseconds since
//! 1970 UTC), `{day}` Beijing dates, `boolean` flags, `double precision` coordinates, `text` for everything else (codes
//! with a CHECK, JSON as text). No database enums, no arrays. Guards and dialect words: see `dialect.rs`.

use kernel::{Failure, Moment};

use crate::connection::Writing;
use crate::{Db, Engine, Sql, broken, dialect};

/// Name and text of each migration, in the order in which they run.
pub const MIGRATIONS: &[(&str, &str)] = &[
    ("m0001_audit", include_str!("migrations/m0001_audit.sql")),
    ("m0002_places", include_str!("migrations/m0002_places.sql")),
    ("m0003_kindergartens", include_str!("migrations/m0003_kindergartens.sql")),
    ("m0004_clusters", include_str!("migrations/m0004_clusters.sql")),
    ("m0005_people", include_str!("migrations/m0005_people.sql")),
    ("m0006_planning", include_str!("migrations/m0006_planning.sql")),
    ("m0007_city_locks", include_str!("migrations/m0007_city_locks.sql")),
    ("m0008_accounts", include_str!("migrations/m0008_accounts.sql")),
    ("m0009_institutions", include_str!("migrations/m0009_institutions.sql")),
    ("m0010_search", include_str!("migrations/m0010_search.sql")),
    ("m0011_backups", include_str!("migrations/m0011_backups.sql")),
    ("m0012_phones", include_str!("migrations/m0012_phones.sql")),
    ("m0013_staff", include_str!("migrations/m0013_staff.sql")),
    ("m0015_import_kinds", include_str!("migrations/m0015_import_kinds.sql")),
];

/// The whole schema as one engine is given it: written to `schema/*.sql` and compared by a test.
pub fn schema_text(engine: Engine) -> String {
    MIGRATIONS
        .iter()
        .map(|(name, text)| format!("-- {name}\n{}", dialect::expand(text, engine)))
        .collect()
}

/// One advisory lock number for migrating, ours alone.
const MIGRATION_LOCK: i64 = 0x676f_6e67_7a68_6901;

/// Which migrations have run.
pub(crate) const TABLE: &str =
    "CREATE TABLE IF NOT EXISTS migration (name text PRIMARY KEY, applied_at bigint NOT NULL)";

pub(crate) async fn run(db: &Db) -> Result<Vec<&'static str>, Failure> {
    let engine = db.engine();
    db.execute_script(TABLE).await.or_else(|failure| {
        if crate::violates(&failure, "pg_type_typname_nsp_index") { Ok(()) } else { Err(failure) }
    })?;
    let writing = db.writing().await?;
    if engine == Engine::Postgres {
        let lock = Sql::with("SELECT pg_advisory_xact_lock($1)", [MIGRATION_LOCK.into()]);
        writing.execute(&lock).await.map_err(broken)?;
    }
    let fresh = apply(&writing, engine, db.now(), |_| true).await?;
    writing.commit().await.map_err(broken)?;
    Ok(fresh)
}

/// Runs those migrations that are wanted and have not run yet.
pub(crate) async fn apply(
    writing: &Writing,
    engine: Engine,
    now: Moment,
    wanted: impl Fn(&str) -> bool,
) -> Result<Vec<&'static str>, Failure> {
    let names = Sql::new("SELECT name FROM migration ORDER BY name");
    let applied: Vec<String> =
        writing.rows(&names, usize::MAX, |row| row.first()).await.map_err(broken)?;
    let mut fresh = Vec::new();
    for (name, text) in MIGRATIONS {
        if !wanted(name) || applied.iter().any(|done| done == name) {
            continue;
        }
        writing.script(&dialect::expand(text, engine)).await.map_err(broken)?;
        let record = Sql::with(
            "INSERT INTO migration (name, applied_at) VALUES ($1, $2)",
            [(*name).into(), now.millis().into()],
        );
        writing.execute(&record).await.map_err(broken)?;
        fresh.push(*name);
    }
    Ok(fresh)
}

/// Every name that a table has ever had in our schema.
pub(crate) fn table_names() -> impl Iterator<Item = &'static str> {
    MIGRATIONS.iter().flat_map(|(_, text)| text.lines()).filter_map(|line| {
        let words: Vec<&str> = line.split([' ', ';', '(']).collect();
        match words[..] {
            ["CREATE", "TABLE", name, ..] | ["ALTER", "TABLE", _, "RENAME", "TO", name, ..] => {
                Some(name)
            }
            _ => None,
        }
    })
}
