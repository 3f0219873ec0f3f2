//! Many records at once: written ahead in bounded statements under a pending batch that no view shows, and made known all
//! together by one short transaction. A program that ends in between leaves nothing that anybody could see.

use kernel::{Date, Failure, ImportId, KindergartenId, OPEN_END, StaffId};
use storage::{Db, FromRow, Source, Sql, Tx, Value};

use super::super::super::types::{Facts, Kept, Roll, StateNumber};
use super::{IDENTITY_COLUMNS, STATE_COLUMNS, identity, is_employed_twice, state};

/// Rows of one statement that writes ahead: other writers wait for no longer than it takes.
const ROWS: usize = 400;
/// How long a batch may take before it counts as left behind.
const PATIENCE_MS: i64 = 10 * 60_000;
/// Kindergartens whose rolls one statement compares.
const ROLLS: usize = 500;

/// One record of a batch.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    /// Whose.
    pub(crate) id: StaffId,
    /// Where.
    pub(crate) kindergarten: KindergartenId,
    /// The state that it ends, if something is known already.
    pub(crate) replaces: Option<StateNumber>,
    /// What holds.
    pub(crate) facts: Facts,
    /// The identity number, if it is new.
    pub(crate) kept: Option<Kept>,
}

/// The number of a pending batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Batch(i64);

#[derive(FromRow)]
struct BatchRow {
    batch: i64,
}

/// Opens a batch for an import.
pub(crate) async fn open(db: &Db, import: ImportId) -> Result<Batch, Failure> {
    let until = db.now().plus_millis(PATIENCE_MS).millis();
    let values: Vec<Value> = vec![import.into(), until.into()];
    let mut sql = Sql::inserting("staff_pending", &["import_id", "until"], [values]);
    // Told by the statement itself: of two applications of one upload each must have a batch of its own.
    sql.text(" RETURNING batch");
    db.bookkeeping_number(sql).await.map(Batch)
}

/// Writes entries ahead, from `day` on. Answers whether all could be: not when somebody else's identity number is among them.
pub(crate) async fn write_ahead(
    db: &Db,
    batch: Batch,
    day: Date,
    cause: &str,
    entries: &[Entry],
) -> Result<bool, Failure> {
    let now = db.now().millis();
    let mut states = Vec::with_capacity(ROWS + 1);
    let (mut employed, mut left) = (Vec::new(), Vec::new());
    for entry in entries {
        states.extend(rows(batch, day, cause, now, entry));
        if let Some(kept) = &entry.kept {
            let is_employed = entry.facts.left_on.is_none();
            let row = identity(entry.id, kept, is_employed, batch.0);
            if is_employed { &mut employed } else { &mut left }.push(row);
        }
        if states.len() >= ROWS {
            insert(db, "staff_state", &STATE_COLUMNS, states.drain(..ROWS)).await?;
        }
    }
    if !states.is_empty() {
        insert(db, "staff_state", &STATE_COLUMNS, states).await?;
    }
    for (rows, columns) in [(employed, &IDENTITY_COLUMNS[..]), (left, &IDENTITY_COLUMNS[..5])] {
        let mut rows = rows.into_iter().peekable();
        while rows.peek().is_some() {
            match insert(db, "staff_identity", columns, rows.by_ref().take(ROWS)).await {
                Err(failure) if is_taken(&failure) => return Ok(false),
                ended => ended?,
            }
        }
    }
    Ok(true)
}

fn is_taken(failure: &Failure) -> bool {
    is_employed_twice(failure)
        || storage::violates(failure, "staff_identity_pkey")
        || storage::violates(failure, "staff_identity.staff_id")
}

async fn insert(
    db: &Db,
    table: &str,
    columns: &[&str],
    rows: impl IntoIterator<Item = Vec<Value>>,
) -> Result<(), Failure> {
    db.bookkeeping(Sql::inserting(table, columns, rows)).await.map(drop)
}

/// The states of an entry: one, or two of whom leaves on a later day.
fn rows(batch: Batch, day: Date, cause: &str, now: i64, entry: &Entry) -> Vec<Vec<Value>> {
    let facts = &entry.facts;
    let from = if entry.replaces.is_none() { day.max(facts.hired_on) } else { day };
    let replaces = entry.replaces.map_or(0, |state| state.0);
    let row = |days, facts: &Facts, replaces| {
        state(entry.id, entry.kindergarten, days, now, cause, facts, (replaces, batch.0))
    };
    match facts.left_on {
        Some(left) if left > from => {
            let until_then = Facts { left_on: None, ..facts.clone() };
            vec![row((from, left), &until_then, replaces), row((left, OPEN_END), facts, 0)]
        }
        _ => vec![row((from, OPEN_END), facts, replaces)],
    }
}

/// Makes sure that every kindergarten has a roll that can be compared.
pub(crate) async fn have_rolls(db: &Db, rolls: &[Roll]) -> Result<(), Failure> {
    for some in rolls.chunks(ROLLS) {
        let rows = some.iter().map(|roll| vec![roll.kindergarten.into(), 0_i64.into()]);
        let mut sql = Sql::inserting("staff_roll", &["kindergarten_id", "version"], rows);
        sql.text(" ON CONFLICT (kindergarten_id) DO NOTHING");
        db.bookkeeping(sql).await?;
    }
    Ok(())
}

/// Makes a batch known: in a transaction that is short, however large the batch. Stale when the staff of one of the
/// kindergartens was changed since `rolls`, or when the batch was swept.
pub(crate) async fn make_known(
    tx: &Tx,
    batch: Batch,
    day: Date,
    rolls: &[Roll],
    stale: &str,
) -> Result<(), Failure> {
    let mut bumped = 0;
    for some in rolls.chunks(ROLLS) {
        let mut sql = Sql::new(
            "UPDATE staff_roll SET version = version + 1 WHERE (kindergarten_id, version) IN (VALUES ",
        );
        for (place, roll) in some.iter().enumerate() {
            sql.text(if place == 0 { "" } else { ", " });
            sql.bind_list::<Value>([roll.kindergarten.into(), roll.version.into()]);
        }
        sql.text(")");
        bumped += tx.execute(sql).await?;
    }
    if bumped != rolls.len() as u64 {
        return Err(Failure::Stale(stale.to_owned()));
    }
    let pending = "DELETE FROM staff_pending WHERE batch = $1 AND until > 0";
    tx.execute_one(Sql::with(pending, [batch.0.into()]), stale).await?;
    // What began that day never held for a whole day before: it is replaced, not ended.
    let replaced = "DELETE FROM staff_state WHERE valid_from = $1 AND id IN \
                    (SELECT n.replaces FROM staff_state n WHERE n.batch = $2 AND n.replaces > 0)";
    tx.execute(Sql::with(replaced, [day.into(), batch.0.into()])).await?;
    let ended = "UPDATE staff_state SET valid_to = $1 WHERE id IN \
                 (SELECT n.replaces FROM staff_state n WHERE n.batch = $2 AND n.replaces > 0)";
    tx.execute(Sql::with(ended, [day.into(), batch.0.into()])).await?;
    let released = "UPDATE staff_identity SET employed = NULL WHERE staff_id IN \
                    (SELECT n.staff_id FROM staff_state n WHERE n.batch = $1 AND n.left_on < $2)";
    tx.execute(Sql::with(released, [batch.0.into(), OPEN_END.into()])).await.map(drop)
}

/// Takes a batch back that did not become known.
pub(crate) async fn take_back(db: &Db, batch: Batch) -> Result<(), Failure> {
    let text = "UPDATE staff_pending SET until = 0 WHERE batch = $1";
    if db.bookkeeping(Sql::with(text, [batch.0.into()])).await? > 0 {
        erase(db, batch).await?;
    }
    Ok(())
}

/// Takes back what programs left behind that ended in the middle.
pub(crate) async fn sweep(db: &Db) -> Result<(), Failure> {
    let reading = db.reading(db.program("导入"));
    let text = "SELECT batch FROM staff_pending WHERE until > 0 AND until < $1";
    let left: Vec<BatchRow> = reading.all(Sql::with(text, [db.now().millis().into()])).await?;
    for row in left {
        take_back(db, Batch(row.batch)).await?;
    }
    Ok(())
}

async fn erase(db: &Db, batch: Batch) -> Result<(), Failure> {
    for (table, key) in [("staff_state", "id"), ("staff_identity", "staff_id")] {
        let text = format!(
            "DELETE FROM {table} WHERE {key} IN (SELECT {key} FROM {table} WHERE batch = $1 LIMIT {ROWS})"
        );
        while db.bookkeeping(Sql::with(&text, [batch.0.into()])).await? > 0 {}
    }
    Ok(())
}
