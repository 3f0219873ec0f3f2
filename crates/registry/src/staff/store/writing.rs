//! New states and identity numbers, one by one; a whole batch is in [`batch`].

pub(crate) mod batch;

use kernel::{Date, Failure, KindergartenId, OPEN_END, StaffId, sort_key};
use storage::{Source, Sql, Tx, Value, violates};

use super::super::types::{Certificate, Education, Facts, Kept, Phone, StateNumber, Title};

const STATE_COLUMNS: [&str; 19] = [
    "staff_id",
    "kindergarten_id",
    "valid_from",
    "valid_to",
    "recorded_at",
    "cause",
    "name",
    "sort_key",
    "position",
    "position_rank",
    "title",
    "education",
    "certificate",
    "backbone",
    "phone",
    "hired_on",
    "left_on",
    "replaces",
    "batch",
];

/// The last column only of who is employed.
const IDENTITY_COLUMNS: [&str; 6] =
    ["staff_id", "identity_key", "identity_sealed", "digest", "batch", "employed"];

/// The batch of what is entered by itself.
const BY_ITSELF: i64 = 0;

/// Bumps the roll of a kindergarten, which every change of its staff does first.
pub async fn bump(tx: &Tx, kindergarten: KindergartenId) -> Result<(), Failure> {
    let text = "INSERT INTO staff_roll (kindergarten_id, version) VALUES ($1, 1) \
                ON CONFLICT (kindergarten_id) DO UPDATE SET version = staff_roll.version + 1";
    tx.execute(Sql::with(text, [kindergarten.into()])).await.map(drop)
}

/// Begins a state on `day`, open-ended. Reach and rule were judged by the act.
pub async fn begin_state(
    tx: &Tx,
    id: StaffId,
    kindergarten: KindergartenId,
    day: Date,
    cause: &str,
    facts: &Facts,
) -> Result<(), Failure> {
    let now = tx.now().millis();
    let row = state(id, kindergarten, (day, OPEN_END), now, cause, facts, (0, BY_ITSELF));
    tx.insert("staff_state", &STATE_COLUMNS, vec![row]).await
}

/// Ends the state that was seen on `day`, or takes it away if it began on that very day. Stale when it is no longer the latest.
pub async fn end_state(tx: &Tx, id: StaffId, seen: StateNumber, day: Date) -> Result<(), Failure> {
    let condition = "staff_id = $1 AND id = $2 AND valid_to = $3";
    let values = || -> [Value; 4] { [id.into(), seen.0.into(), OPEN_END.into(), day.into()] };
    let gone = format!("DELETE FROM staff_state WHERE {condition} AND valid_from = $4");
    if tx.execute(Sql::with(&gone, values())).await? > 0 {
        return Ok(());
    }
    let ended =
        format!("UPDATE staff_state SET valid_to = $4 WHERE {condition} AND valid_from < $4");
    tx.execute_one(Sql::with(&ended, values()), "教职工信息刚被他人修改，请刷新后再办理。").await
}

/// Keeps a sealed number. Answers whether it could: not when somebody with it is employed, whoever was first.
pub async fn keep_identity(
    tx: &Tx,
    id: StaffId,
    kept: &Kept,
    is_employed: bool,
) -> Result<bool, Failure> {
    let row = identity(id, kept, is_employed, BY_ITSELF);
    let columns = &IDENTITY_COLUMNS[..row.len()];
    match tx.insert("staff_identity", columns, vec![row]).await {
        Ok(()) => Ok(true),
        Err(failure) if is_employed_twice(&failure) => Ok(false),
        Err(failure) => Err(failure),
    }
}

fn is_employed_twice(failure: &Failure) -> bool {
    violates(failure, "staff_identity_employed") || violates(failure, "staff_identity.employed")
}

/// Keeps the number of a member no longer.
pub async fn drop_identity(tx: &Tx, id: StaffId) -> Result<(), Failure> {
    tx.execute(Sql::with("DELETE FROM staff_identity WHERE staff_id = $1", [id.into()]))
        .await
        .map(drop)
}

/// The member has left: others may employ whoever has the number.
pub async fn release_identity(tx: &Tx, id: StaffId) -> Result<(), Failure> {
    let text = "UPDATE staff_identity SET employed = NULL WHERE staff_id = $1";
    tx.execute(Sql::with(text, [id.into()])).await.map(drop)
}

/// A row of [`STATE_COLUMNS`], which holds on `days`; it replaces a state in a batch.
fn state(
    id: StaffId,
    kindergarten: KindergartenId,
    days: (Date, Date),
    now: i64,
    cause: &str,
    facts: &Facts,
    (replaces, batch): (i64, i64),
) -> Vec<Value> {
    vec![
        id.into(),
        kindergarten.into(),
        days.0.into(),
        days.1.into(),
        now.into(),
        cause.into(),
        facts.name.as_str().into(),
        sort_key(&facts.name).into(),
        facts.position.code().into(),
        facts.position.rank().into(),
        facts.title.map_or("", Title::code).into(),
        facts.education.map_or("", Education::code).into(),
        facts.certificate.map_or("", Certificate::code).into(),
        i64::from(facts.backbone).into(),
        facts.phone.as_ref().map_or("", Phone::as_str).into(),
        facts.hired_on.into(),
        facts.left_on.unwrap_or(OPEN_END).into(),
        replaces.into(),
        batch.into(),
    ]
}

/// A row of [`IDENTITY_COLUMNS`], without the last column of who has left.
fn identity(id: StaffId, kept: &Kept, is_employed: bool, batch: i64) -> Vec<Value> {
    let mut row: Vec<Value> = vec![
        id.into(),
        kept.sealed.key.as_str().into(),
        kept.sealed.bytes.clone().into(),
        kept.digest.clone().into(),
        batch.into(),
    ];
    if is_employed {
        row.push(kept.digest.clone().into());
    }
    row
}
