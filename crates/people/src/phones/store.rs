//! Numbers and codes as rows. Numbers belong to persons, who are no places.

use kernel::{Failure, Moment, PersonId};
use sealing::Sealed;
use storage::{Db, FromRow, Source, Sql, Tx, Value};

use super::types::{HOUR_MS, Lately, MOST_TRIES};

#[derive(FromRow)]
struct PhoneRow {
    phone_key: String,
    phone_sealed: Vec<u8>,
}

/// A person's sealed number.
pub(super) async fn of(src: &impl Source, person: PersonId) -> Result<Option<Sealed>, Failure> {
    let sql = Sql::with(
        "SELECT phone_key, phone_sealed FROM phone WHERE person_id = $1",
        [person.into()],
    );
    let row = src.one::<PhoneRow>(sql).await?;
    Ok(row.map(|row| Sealed { key: row.phone_key, bytes: row.phone_sealed }))
}

/// To whom a number is bound.
pub(super) async fn bearer(src: &impl Source, digest: &str) -> Result<Option<PersonId>, Failure> {
    #[derive(FromRow)]
    struct Bearer {
        person_id: PersonId,
    }
    let sql = Sql::with("SELECT person_id FROM phone WHERE digest = $1", [digest.into()]);
    Ok(src.one::<Bearer>(sql).await?.map(|row| row.person_id))
}

pub(super) async fn bind(
    tx: &Tx,
    person: PersonId,
    sealed: Sealed,
    digest: &str,
) -> Result<(), Failure> {
    unbind(tx, person).await?;
    let row: Vec<Value> = vec![
        person.into(),
        sealed.key.into(),
        sealed.bytes.into(),
        digest.into(),
        tx.now().millis().into(),
    ];
    let columns = ["person_id", "phone_key", "phone_sealed", "digest", "bound_at"];
    tx.insert("phone", &columns, vec![row]).await
}

pub(super) async fn unbind(tx: &Tx, person: PersonId) -> Result<bool, Failure> {
    let sql = Sql::with("DELETE FROM phone WHERE person_id = $1", [person.into()]);
    Ok(tx.execute(sql).await? > 0)
}

#[derive(FromRow)]
struct LatelyRow {
    to_number: i64,
    last_at: Option<i64>,
    from_address: i64,
}

/// What was sent in the last hour to a number, and from an address.
pub(super) async fn lately(
    src: &impl Source,
    phone_digest: &str,
    address: &str,
) -> Result<Lately, Failure> {
    let since = src.now().plus_millis(-HOUR_MS).millis();
    let mut sql = Sql::new("SELECT (SELECT count(*) FROM phone_code c WHERE c.phone_digest = ");
    sql.bind(phone_digest).text(" AND c.sent_at > ").bind(since);
    sql.text(") AS to_number, (SELECT max(c.sent_at) FROM phone_code c WHERE c.phone_digest = ");
    sql.bind(phone_digest).text(" AND c.sent_at > ").bind(since);
    sql.text(") AS last_at, (SELECT count(*) FROM phone_code c WHERE c.address = ").bind(address);
    sql.text(" AND c.sent_at > ").bind(since).text(") AS from_address");
    let row = src.one::<LatelyRow>(sql).await?;
    Ok(row.map_or(Lately::default(), |row| Lately {
        to_number: row.to_number,
        last: row.last_at.map(Moment::from_millis),
        from_address: row.from_address,
    }))
}

/// A code that is sent.
pub(super) struct NewCode<'a> {
    pub(super) visitor: &'a str,
    pub(super) purpose: &'static str,
    pub(super) phone_digest: &'a str,
    pub(super) code_digest: &'a str,
    pub(super) address: &'a str,
    pub(super) expires_at: Moment,
}

/// Keeps a code; what is older than a day goes.
pub(super) async fn keep(db: &Db, code: &NewCode<'_>) -> Result<(), Failure> {
    let now = db.now();
    let old = now.plus_millis(-24 * HOUR_MS).millis();
    db.bookkeeping(Sql::with("DELETE FROM phone_code WHERE sent_at < $1", [old.into()])).await?;
    let row: Vec<Value> = vec![
        code.visitor.into(),
        code.purpose.into(),
        code.phone_digest.into(),
        code.code_digest.into(),
        code.address.into(),
        0_i64.into(),
        now.millis().into(),
        code.expires_at.millis().into(),
    ];
    let columns = [
        "visitor",
        "purpose",
        "phone_digest",
        "code_digest",
        "address",
        "tries",
        "sent_at",
        "expires_at",
    ];
    db.bookkeeping(Sql::inserting("phone_code", &columns, [row])).await.map(drop)
}

#[derive(FromRow)]
struct CodeRow {
    id: i64,
    phone_digest: String,
    code_digest: String,
}

/// Takes a code that this browser asked for: counts the try first, and uses the code up when it is right. Answers the digest of
/// the number that it proves.
pub(super) async fn take(
    db: &Db,
    visitor: &str,
    purpose: &str,
    code_digest: &str,
) -> Result<Option<String>, Failure> {
    let now = db.now().millis();
    let reading = db.reading(db.program("sign-in"));
    let mut sql =
        Sql::new("SELECT c.id, c.phone_digest, c.code_digest FROM phone_code c WHERE c.visitor = ");
    sql.bind(visitor)
        .text(" AND c.purpose = ")
        .bind(purpose)
        .text(" AND c.expires_at > ")
        .bind(now);
    sql.text(" ORDER BY c.id DESC");
    let Some(row) = reading.one::<CodeRow>(sql).await? else { return Ok(None) };
    let counting =
        "UPDATE phone_code SET tries = tries + 1 WHERE id = $1 AND tries < $2 AND expires_at > $3";
    let counted =
        db.bookkeeping(Sql::with(counting, [row.id.into(), MOST_TRIES.into(), now.into()])).await?;
    if counted == 0 || row.code_digest != code_digest {
        return Ok(None);
    }
    // Of two who bring it at once one uses it up.
    let using = "UPDATE phone_code SET expires_at = 0 WHERE id = $1 AND expires_at > 0";
    let used = db.bookkeeping(Sql::with(using, [row.id.into()])).await?;
    Ok((used == 1).then_some(row.phone_digest))
}
