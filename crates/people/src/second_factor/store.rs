use kernel::{Failure, Moment, PersonId};
use sealing::Sealed;
use storage::FromRow;
use storage::{Source, Sql, Tx};

/// A person's second factor as it is kept.
pub(super) struct Kept {
    pub(super) sealed: Sealed,
    pub(super) confirmed_at: Option<Moment>,
    pub(super) last_step: i64,
}

#[derive(FromRow)]
struct Row {
    key_id: String,
    sealed: Vec<u8>,
    confirmed_at: Option<i64>,
    last_step: i64,
}

/// The second factor of a person, confirmed or only begun. It belongs to the person: reach needs no asking.
pub(super) async fn of(source: &impl Source, person: PersonId) -> Result<Option<Kept>, Failure> {
    let sql = Sql::with(
        "SELECT key_id, sealed, confirmed_at, last_step FROM second_factor WHERE person_id = $1",
        [person.into()],
    );
    let row = source.one::<Row>(sql).await?;
    Ok(row.map(|row| Kept {
        sealed: Sealed { key: row.key_id, bytes: row.sealed },
        confirmed_at: row.confirmed_at.map(Moment::from_millis),
        last_step: row.last_step,
    }))
}

/// Whether a person is asked for a code.
pub(super) async fn is_on(source: &impl Source, person: PersonId) -> Result<bool, Failure> {
    let sql = Sql::with(
        "SELECT count(*) FROM second_factor WHERE person_id = $1 AND confirmed_at IS NOT NULL",
        [person.into()],
    );
    Ok(source.number(sql).await? > 0)
}

pub(super) async fn begin(tx: &Tx, person: PersonId, sealed: Sealed) -> Result<(), Failure> {
    clear(tx, person).await?;
    let columns = &["person_id", "key_id", "sealed", "begun_at", "last_step"];
    let now = tx.now().millis();
    let row = vec![person.into(), sealed.key.into(), sealed.bytes.into(), now.into(), 0_i64.into()];
    tx.insert("second_factor", columns, vec![row]).await
}

pub(super) async fn confirm(tx: &Tx, person: PersonId) -> Result<(), Failure> {
    let sql = Sql::with(
        "UPDATE second_factor SET confirmed_at = $1 WHERE person_id = $2 AND confirmed_at IS NULL",
        [tx.now().millis().into(), person.into()],
    );
    tx.execute_one(sql, "动态码刚被启用，请刷新页面").await
}

/// Keeps the step whose code was taken; false when another request was first to take it or a later one.
pub(super) async fn advance(tx: &Tx, person: PersonId, step: i64) -> Result<bool, Failure> {
    let sql = Sql::with(
        "UPDATE second_factor SET last_step = $1 WHERE person_id = $2 AND last_step < $1",
        [step.into(), person.into()],
    );
    Ok(tx.execute(sql).await? == 1)
}

/// Removes the second factor with its recovery codes; answers whether there was one.
pub(super) async fn clear(tx: &Tx, person: PersonId) -> Result<bool, Failure> {
    tx.execute(Sql::with("DELETE FROM recovery_code WHERE person_id = $1", [person.into()]))
        .await?;
    let sql = Sql::with("DELETE FROM second_factor WHERE person_id = $1", [person.into()]);
    Ok(tx.execute(sql).await? == 1)
}

/// Puts new recovery codes in the place of all others.
pub(super) async fn replace_codes(
    tx: &Tx,
    person: PersonId,
    digests: Vec<String>,
) -> Result<(), Failure> {
    tx.execute(Sql::with("DELETE FROM recovery_code WHERE person_id = $1", [person.into()]))
        .await?;
    let rows = digests.into_iter().map(|digest| vec![person.into(), digest.into()]).collect();
    tx.insert("recovery_code", &["person_id", "digest"], rows).await
}

/// Uses up a recovery code; false when there is none such, or it is used already.
pub(super) async fn use_code(tx: &Tx, person: PersonId, digest: &str) -> Result<bool, Failure> {
    let sql = Sql::with(
        "UPDATE recovery_code SET used_at = $1 WHERE person_id = $2 AND digest = $3 AND used_at IS NULL",
        [tx.now().millis().into(), person.into(), digest.into()],
    );
    Ok(tx.execute(sql).await? == 1)
}

/// How many recovery codes are left.
pub(super) async fn codes_left(source: &impl Source, person: PersonId) -> Result<i64, Failure> {
    let sql = Sql::with(
        "SELECT count(*) FROM recovery_code WHERE person_id = $1 AND used_at IS NULL",
        [person.into()],
    );
    source.number(sql).await
}
