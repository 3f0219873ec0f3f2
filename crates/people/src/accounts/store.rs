use kernel::{Failure, Moment, PersonId};
use storage::FromRow;
use storage::{Source, Sql, Tx, Value, like_pattern};

use super::types::{Account, Password};

#[derive(FromRow)]
struct Row {
    person_id: PersonId,
    name: String,
    password_hash: String,
    failures: i64,
    locked_until: i64,
}

/// The account of a login.
pub(crate) async fn by_login(
    source: &impl Source,
    login: &str,
) -> Result<Option<Account>, Failure> {
    let mut sql = Sql::new(
        "SELECT a.person_id, p.name, a.password_hash, a.failures, a.locked_until \
         FROM account a JOIN person p ON p.id = a.person_id WHERE a.login = ",
    );
    sql.bind(login);
    let row = source.one::<Row>(sql).await?;
    Ok(row.map(|row| Account {
        person: row.person_id,
        name: row.name,
        password: Password::stored(row.password_hash),
        failures: row.failures,
        locked_until: Moment::from_millis(row.locked_until),
    }))
}

pub(crate) async fn after_failure(
    tx: &Tx,
    person: PersonId,
    failures: i64,
    until: Moment,
) -> Result<(), Failure> {
    let sql = Sql::with(
        "UPDATE account SET failures = $1, locked_until = $2 WHERE person_id = $3",
        [failures.into(), until.millis().into(), person.into()],
    );
    tx.execute(sql).await.map(drop)
}

pub(crate) async fn after_success(tx: &Tx, person: PersonId) -> Result<(), Failure> {
    after_failure(tx, person, 0, Moment::from_millis(0)).await
}

pub(super) async fn insert_person(tx: &Tx, name: &str) -> Result<PersonId, Failure> {
    let id: PersonId = tx.mint();
    let row = vec![id.into(), name.into(), kernel::sort_key(name).into(), tx.now().millis().into()];
    tx.insert("person", &["id", "name", "sort_key", "recorded_at"], vec![row]).await?;
    Ok(id)
}

pub(super) async fn insert(
    tx: &Tx,
    person: PersonId,
    login: &str,
    password: &Password,
) -> Result<(), Failure> {
    let columns =
        &["person_id", "login", "password_hash", "failures", "locked_until", "password_changed_at"];
    let row: Vec<Value> = vec![
        person.into(),
        login.into(),
        password.as_str().into(),
        0_i64.into(),
        0_i64.into(),
        tx.now().millis().into(),
    ];
    tx.insert("account", columns, vec![row]).await
}

pub(super) async fn set_password(
    tx: &Tx,
    person: PersonId,
    password: &Password,
) -> Result<(), Failure> {
    let sql = Sql::with(
        "UPDATE account SET password_hash = $1, password_changed_at = $2, failures = 0, locked_until = 0 \
         WHERE person_id = $3",
        [password.as_str().into(), tx.now().millis().into(), person.into()],
    );
    tx.execute(sql).await?;
    tx.execute(Sql::with("DELETE FROM session WHERE person_id = $1", [person.into()]))
        .await
        .map(drop)
}

/// One line of the security administrator's list.
#[derive(FromRow)]
pub(super) struct Line {
    pub(super) person_id: PersonId,
    pub(super) name: String,
    pub(super) login: String,
    pub(super) locked_until: i64,
    pub(super) sessions: i64,
}

fn filtered(sql: &mut Sql, search: &str) {
    if !search.is_empty() {
        let pattern = like_pattern(search);
        sql.text(" WHERE (a.login LIKE ")
            .bind(pattern.clone())
            .text(" ESCAPE '\\' OR p.name LIKE ");
        sql.bind(pattern).text(" ESCAPE '\\')");
    }
}

pub(super) async fn count(source: &impl Source, search: &str) -> Result<i64, Failure> {
    let mut sql = Sql::new("SELECT count(*) FROM account a JOIN person p ON p.id = a.person_id");
    filtered(&mut sql, search);
    source.number(sql).await
}

pub(super) async fn list(
    source: &impl Source,
    search: &str,
    limit: i64,
    offset: i64,
) -> Result<Vec<Line>, Failure> {
    let mut sql = Sql::new(
        "SELECT a.person_id, p.name, a.login, a.locked_until, \
         (SELECT count(*) FROM session s WHERE s.person_id = a.person_id) AS sessions \
         FROM account a JOIN person p ON p.id = a.person_id",
    );
    filtered(&mut sql, search);
    sql.text(" ORDER BY a.login LIMIT ").bind(limit).text(" OFFSET ").bind(offset);
    source.all(sql).await
}

/// One account for the security administrator's page.
pub(super) async fn line(source: &impl Source, person: PersonId) -> Result<Option<Line>, Failure> {
    let mut sql = Sql::new(
        "SELECT a.person_id, p.name, a.login, a.locked_until, \
         (SELECT count(*) FROM session s WHERE s.person_id = a.person_id) AS sessions \
         FROM account a JOIN person p ON p.id = a.person_id WHERE a.person_id = ",
    );
    sql.bind(person);
    source.one(sql).await
}
