use kernel::{Failure, Moment, PersonId};
use storage::FromRow;
use storage::{Db, Source, Sql, Tx, Value, like_pattern};

use super::types::{Account, Password, Standing, Tries};

#[derive(FromRow)]
struct Row {
    person_id: PersonId,
    name: String,
    login: String,
    password_hash: String,
    password_standing: String,
    password_changed_at: i64,
    has_second_factor: bool,
}

const SELECT: &str = "SELECT a.person_id, p.name, a.login, a.password_hash, a.password_standing, a.password_changed_at, \
     EXISTS (SELECT 1 FROM second_factor f WHERE f.person_id = a.person_id AND f.confirmed_at IS NOT NULL) AS has_second_factor \
     FROM account a JOIN person p ON p.id = a.person_id WHERE ";

async fn account(source: &impl Source, sql: Sql) -> Result<Option<Account>, Failure> {
    let Some(row) = source.one::<Row>(sql).await? else { return Ok(None) };
    Ok(Some(Account {
        person: row.person_id,
        name: row.name,
        login: row.login,
        password: Password::stored(row.password_hash),
        standing: standing(&row.password_standing)?,
        password_since: Moment::from_millis(row.password_changed_at),
        has_second_factor: row.has_second_factor,
    }))
}

fn standing(code: &str) -> Result<Standing, Failure> {
    Standing::from_code(code).ok_or_else(|| Failure::broken(format!("unknown standing {code}")))
}

/// The account of a login.
pub(crate) async fn by_login(
    source: &impl Source,
    login: &str,
) -> Result<Option<Account>, Failure> {
    let mut sql = Sql::new(SELECT);
    sql.text("a.login = ").bind(login);
    account(source, sql).await
}

/// The account of a person.
pub(crate) async fn of_person(
    source: &impl Source,
    person: PersonId,
) -> Result<Option<Account>, Failure> {
    let mut sql = Sql::new(SELECT);
    sql.text("a.person_id = ").bind(person);
    account(source, sql).await
}

#[derive(FromRow)]
struct TriesRow {
    failures: i64,
    tried_at: i64,
}

/// Counts a try before it is judged; counting it afterwards would let a hundred tries at once all be the first. After
/// `lock_ms` without a try the count begins anew; `most` failures stand still until then.
pub(crate) async fn count_try(
    db: &Db,
    login: &str,
    most: i64,
    lock_ms: i64,
) -> Result<Tries, Failure> {
    let now = db.now().millis();
    let mut sql = Sql::new("INSERT INTO sign_in_try AS t (login, failures, tried_at) VALUES (");
    sql.bind(login).text(", 1, ").bind(now).text(") ON CONFLICT (login) DO UPDATE SET ");
    sql.text("failures = CASE WHEN t.tried_at <= ").bind(now - lock_ms);
    sql.text(" THEN 1 ELSE t.failures + 1 END, tried_at = CASE WHEN t.failures >= ").bind(most);
    sql.text(" AND t.tried_at > ").bind(now - lock_ms);
    sql.text(" THEN t.tried_at ELSE ").bind(now).text(" END");
    db.bookkeeping(sql).await?;
    let reading = db.reading(db.program("sign-in"));
    let sql =
        Sql::with("SELECT failures, tried_at FROM sign_in_try WHERE login = $1", [login.into()]);
    let row = reading.one::<TriesRow>(sql).await?;
    Ok(row.map_or(Tries { failures: 1, tried_at: Moment::from_millis(now) }, |row| Tries {
        failures: row.failures,
        tried_at: Moment::from_millis(row.tried_at),
    }))
}

/// Takes back the count of a try that was right as far as it went.
pub(super) fn uncounting(login: &str) -> Sql {
    Sql::with(
        "UPDATE sign_in_try SET failures = failures - 1 WHERE login = $1 AND failures > 0",
        [login.into()],
    )
}

/// The same inside a change.
pub(crate) async fn uncount_try_in(tx: &Tx, login: &str) -> Result<(), Failure> {
    tx.execute(uncounting(login)).await.map(drop)
}

/// Forgets the tries of a login, and those of all logins that nobody has tried since `before`.
pub(crate) async fn forget_tries(tx: &Tx, login: &str, before: Moment) -> Result<(), Failure> {
    let sql = Sql::with(
        "DELETE FROM sign_in_try WHERE login = $1 OR tried_at < $2",
        [login.into(), before.millis().into()],
    );
    tx.execute(sql).await.map(drop)
}

pub(super) async fn insert_person(tx: &Tx, name: &str) -> Result<PersonId, Failure> {
    let id: PersonId = tx.mint();
    let row = vec![id.into(), name.into(), kernel::sort_key(name).into(), tx.now().millis().into()];
    tx.insert("person", &["id", "name", "sort_key", "recorded_at"], vec![row]).await?;
    Ok(id)
}

#[derive(FromRow)]
struct LoginRow {
    person_id: PersonId,
    login: String,
    password_standing: String,
}

/// Persons with their logins and how their passwords stand, by login: for whoever installs the system.
pub async fn logins(
    source: &impl Source,
    limit: i64,
) -> Result<Vec<(PersonId, String, Standing)>, Failure> {
    let mut sql =
        Sql::new("SELECT person_id, login, password_standing FROM account ORDER BY login LIMIT ");
    sql.bind(limit);
    let rows = source.all::<LoginRow>(sql).await?.into_iter();
    rows.map(|row| Ok((row.person_id, row.login, standing(&row.password_standing)?))).collect()
}

/// Gives persons their accounts, in batches.
pub(crate) async fn insert(
    tx: &Tx,
    accounts: &[(PersonId, String, Password)],
) -> Result<(), Failure> {
    let columns =
        &["person_id", "login", "password_hash", "password_standing", "password_changed_at"];
    let row = |(person, login, password): &(PersonId, String, Password)| -> Vec<Value> {
        let standing = if password.is_absent() { Standing::Absent } else { Standing::Chosen };
        vec![
            (*person).into(),
            login.clone().into(),
            password.as_str().into(),
            standing.code().into(),
            tx.now().millis().into(),
        ]
    };
    tx.insert("account", columns, accounts.iter().map(row).collect()).await
}

/// Sets a password; the one before is remembered among the last `remembered`.
pub(crate) async fn set_password(
    tx: &Tx,
    account: &Account,
    password: &Password,
    standing: Standing,
    remembered: usize,
) -> Result<(), Failure> {
    let person = account.person;
    let now = tx.now().millis();
    if !account.password.is_absent() {
        let row = vec![person.into(), account.password.as_str().into(), now.into()];
        tx.insert("former_password", &["person_id", "password_hash", "retired_at"], vec![row])
            .await?;
    }
    let mut sql = Sql::new("DELETE FROM former_password WHERE person_id = ");
    sql.bind(person)
        .text(" AND password_hash NOT IN (SELECT password_hash FROM former_password WHERE person_id = ")
        .bind(person)
        .text(" ORDER BY retired_at DESC LIMIT ")
        .bind(remembered.saturating_sub(1) as i64)
        .text(")");
    tx.execute(sql).await?;
    let sql = Sql::with(
        "UPDATE account SET password_hash = $1, password_changed_at = $2, password_standing = $3 \
         WHERE person_id = $4 AND password_hash = $5",
        [
            password.as_str().into(),
            now.into(),
            standing.code().into(),
            person.into(),
            account.password.as_str().into(),
        ],
    );
    tx.execute_one(sql, "密码刚被更改，请重新登录").await
}

/// The passwords that a person had before, the latest first.
pub(super) async fn former_passwords(
    source: &impl Source,
    person: PersonId,
    most: usize,
) -> Result<Vec<Password>, Failure> {
    #[derive(FromRow)]
    struct Former {
        password_hash: String,
    }
    let sql = Sql::with(
        "SELECT password_hash FROM former_password WHERE person_id = $1 ORDER BY retired_at DESC LIMIT $2",
        [person.into(), (most as i64).into()],
    );
    let rows = source.all::<Former>(sql).await?;
    Ok(rows.into_iter().map(|row| Password::stored(row.password_hash)).collect())
}

/// Ends all sessions of a person; answers how many.
pub(crate) async fn end_sessions(tx: &Tx, person: PersonId) -> Result<u64, Failure> {
    tx.execute(Sql::with("DELETE FROM session WHERE person_id = $1", [person.into()])).await
}

/// One line of the security administrator's list.
pub(super) struct Line {
    pub(super) person: PersonId,
    pub(super) name: String,
    pub(super) login: String,
    pub(super) standing: Standing,
    pub(super) password_since: Moment,
    pub(super) tries: Tries,
    pub(super) sessions: i64,
    pub(super) has_second_factor: bool,
    pub(super) invited_until: Option<Moment>,
}

#[derive(FromRow)]
struct LineRow {
    person_id: PersonId,
    name: String,
    login: String,
    password_standing: String,
    password_changed_at: i64,
    failures: Option<i64>,
    tried_at: Option<i64>,
    sessions: i64,
    has_second_factor: bool,
    invited_until: Option<i64>,
}

impl TryFrom<LineRow> for Line {
    type Error = Failure;
    fn try_from(row: LineRow) -> Result<Self, Failure> {
        Ok(Self {
            person: row.person_id,
            name: row.name,
            login: row.login,
            standing: standing(&row.password_standing)?,
            password_since: Moment::from_millis(row.password_changed_at),
            tries: Tries {
                failures: row.failures.unwrap_or_default(),
                tried_at: Moment::from_millis(row.tried_at.unwrap_or_default()),
            },
            sessions: row.sessions,
            has_second_factor: row.has_second_factor,
            invited_until: row.invited_until.map(Moment::from_millis),
        })
    }
}

const FROM: &str = " FROM account a JOIN person p ON p.id = a.person_id LEFT JOIN sign_in_try t ON t.login = a.login";

fn lines(now: Moment) -> Sql {
    let mut sql = Sql::new(
        "SELECT a.person_id, p.name, a.login, a.password_standing, a.password_changed_at, t.failures, t.tried_at, \
         (SELECT count(*) FROM session s WHERE s.person_id = a.person_id AND s.awaits IS NULL) AS sessions, \
         EXISTS (SELECT 1 FROM second_factor f WHERE f.person_id = a.person_id AND f.confirmed_at IS NOT NULL) AS has_second_factor, \
         (SELECT max(i.expires_at) FROM invitation i WHERE i.person_id = a.person_id AND i.used_at IS NULL AND i.expires_at > ",
    );
    sql.bind(now.millis()).text(") AS invited_until").text(FROM);
    sql
}

/// Which accounts a list shows.
pub(super) struct Wanted<'a> {
    /// Part of the login or name.
    pub(super) search: &'a str,
    /// How their passwords stand.
    pub(super) standing: Option<Standing>,
    /// Only those whose fifth failure is not before this moment.
    pub(super) locked_since: Option<(i64, Moment)>,
}

fn filtered(sql: &mut Sql, wanted: &Wanted<'_>) {
    sql.text(" WHERE 1 = 1");
    if !wanted.search.is_empty() {
        let pattern = like_pattern(wanted.search);
        sql.text(" AND (a.login LIKE ").bind(pattern.clone()).text(" ESCAPE '\\' OR p.name LIKE ");
        sql.bind(pattern).text(" ESCAPE '\\')");
    }
    if let Some(standing) = wanted.standing {
        sql.text(" AND a.password_standing = ").bind(standing.code());
    }
    if let Some((failures, since)) = wanted.locked_since {
        sql.text(" AND t.failures >= ").bind(failures);
        sql.text(" AND t.tried_at > ").bind(since.millis());
    }
}

pub(super) async fn count(source: &impl Source, wanted: &Wanted<'_>) -> Result<i64, Failure> {
    let mut sql = Sql::new("SELECT count(*)");
    sql.text(FROM);
    filtered(&mut sql, wanted);
    source.number(sql).await
}

pub(super) async fn list(
    source: &impl Source,
    wanted: &Wanted<'_>,
    limit: i64,
    offset: i64,
) -> Result<Vec<Line>, Failure> {
    let mut sql = lines(source.now());
    filtered(&mut sql, wanted);
    sql.text(" ORDER BY a.login LIMIT ").bind(limit).text(" OFFSET ").bind(offset);
    source.all::<LineRow>(sql).await?.into_iter().map(Line::try_from).collect()
}

/// One account for the security administrator's page.
pub(super) async fn line(source: &impl Source, person: PersonId) -> Result<Option<Line>, Failure> {
    let mut sql = lines(source.now());
    sql.text(" WHERE a.person_id = ").bind(person);
    source.one::<LineRow>(sql).await?.map(Line::try_from).transpose()
}
