use kernel::{Caller, Failure, Invalid, Moment, Note, PersonId};
use storage::{Actor, Db, Source, Tx, violates};
use tokio::sync::Semaphore;

use super::rules::{self, FAILURES_BEFORE_LOCK, LOCK_MS, PASSWORDS_REMEMBERED, Refusal};
use super::store;
use super::types::{Account, Password, Standing, Tries};
use crate::posts;
use crate::secret::{CROCKFORD, base32, grouped, random};

/// Passwords that are hashed at once: each takes 19 MB and a core for tens of milliseconds, and visitors can ask for them.
static HASHING: Semaphore = Semaphore::const_new(4);

/// Opens an account for a new person. The name is personal and stays out of the trail; the login stands in it.
pub async fn open(
    db: &Db,
    actor: impl Into<Actor>,
    name: &str,
    login: &str,
    password: &Password,
) -> Result<PersonId, Failure> {
    let tx = db.begin(actor).await?;
    let (person, note) = open_in(&tx, name, login, password).await?;
    tx.commit(note).await?;
    Ok(person)
}

/// The same inside a change, with the note that it needs.
pub(crate) async fn open_in(
    tx: &Tx,
    name: &str,
    login: &str,
    password: &Password,
) -> Result<(PersonId, Note), Failure> {
    let login = login.trim().to_ascii_lowercase();
    let name = name.trim();
    let mut invalid = Invalid::default();
    if name.is_empty() || name.chars().count() > 40 {
        invalid.add("name", "请填写姓名，不超过 40 个字");
    }
    let is_plain = login
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_'));
    if !(3..=40).contains(&login.len()) || !is_plain {
        invalid.add("login", "账号须为 3 至 40 个字母、数字或 . - _");
    }
    invalid.or_ok()?;
    let person = store::insert_person(tx, name).await?;
    let account = (person, login.clone(), password.clone());
    store::insert(tx, &[account]).await.map_err(|failure| {
        if violates(&failure, "account_login") || violates(&failure, "account.login") {
            Refusal::LoginTaken(login.clone()).into()
        } else {
            failure
        }
    })?;
    Ok((person, Note::of("account.opened", person, format!("开通账号 {login}"))))
}

/// Hashes or checks passwords off the runtime, a few at once.
async fn hashing<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Failure> {
    let _turn = HASHING.acquire().await.map_err(Failure::broken)?;
    tokio::task::spawn_blocking(work).await.map_err(Failure::broken)
}

/// Whether `plain` is the password of an account; takes the same work where there is none.
pub(crate) async fn is_password(account: Option<&Account>, plain: String) -> Result<bool, Failure> {
    let known = account.map(|account| account.password.clone());
    hashing(move || Password::check(known.as_ref(), &plain)).await
}

/// Hashes a new password of an account, if the rules take it: long and mixed enough, and none of the last ones.
pub(crate) async fn new_password(
    source: &impl Source,
    account: &Account,
    plain: &str,
) -> Result<Password, Failure> {
    rules::check_password(plain, &account.login)?;
    let mut known =
        store::former_passwords(source, account.person, PASSWORDS_REMEMBERED - 1).await?;
    known.push(account.password.clone());
    let plain = plain.to_owned();
    let made = hashing(move || {
        let is_known = known.iter().any(|password| !password.is_absent() && password.is(&plain));
        if is_known { Ok(None) } else { Password::hash(&plain).map(Some) }
    });
    made.await??.ok_or_else(|| {
        let text = format!("不能使用最近 {PASSWORDS_REMEMBERED} 次用过的密码");
        Invalid::field("password", text).into()
    })
}

/// Counts a try before it is judged.
pub(crate) async fn count_try(db: &Db, login: &str) -> Result<Tries, Failure> {
    store::count_try(db, login, FAILURES_BEFORE_LOCK, LOCK_MS).await
}

/// Proves at an act that matters that it is the account's owner who sits there. Tries count as those of sign-in do.
pub(crate) async fn prove(
    db: &Db,
    caller: &Caller,
    account: &Account,
    plain: String,
) -> Result<(), Failure> {
    let tries = count_try(db, &account.login).await?;
    if let Some(until) = rules::refused_until(tries) {
        return Err(Refusal::Locked(until).into());
    }
    if !is_password(Some(account), plain).await? {
        let note = Note::refused("session.refused", account.person, "核对当前密码时密码错误");
        db.record(caller, note).await?;
        return Err(Invalid::field("current", "当前密码不对").into());
    }
    db.bookkeeping(store::uncounting(&account.login)).await.map(drop)
}

/// The accounts that are locked now.
pub(super) fn locked_only(search: &str, now: Moment) -> store::Wanted<'_> {
    let since = now.plus_millis(-LOCK_MS);
    store::Wanted { search, standing: None, locked_since: Some((FAILURES_BEFORE_LOCK, since)) }
}

/// Another person's account: what the security administrator works on is never his or her own.
pub(crate) async fn of_other(
    source: &impl Source,
    caller: &Caller,
    person: PersonId,
) -> Result<Account, Failure> {
    let account = store::of_person(source, person).await?.ok_or(Failure::NotFound)?;
    if person == caller.person {
        return Err(Refusal::OwnAccount.into());
    }
    Ok(account)
}

/// The same, to change by what its owner proves to be who he or she is: never an administrator's or an auditor's account, or
/// one of the three administrators could act as another.
pub(crate) async fn with_credentials_of(
    source: &impl Source,
    caller: &Caller,
    person: PersonId,
) -> Result<Account, Failure> {
    let account = of_other(source, caller, person).await?;
    let posts = posts::all_of(source, person).await?;
    let not_over = posts.iter().filter(|post| post.valid_to > source.today());
    rules::may_be_reset(&account.login, not_over.map(|post| post.kind))?;
    Ok(account)
}

/// Sets another person's password and ends his or her sessions; it must be changed at the next sign-in.
pub async fn set_password(
    db: &Db,
    caller: &Caller,
    person: PersonId,
    plain: &str,
) -> Result<(), Failure> {
    let reading = db.reading(caller);
    let account = with_credentials_of(&reading, caller, person).await?;
    let password = new_password(&reading, &account, plain).await?;
    let tx = db.begin(caller).await?;
    store::set_password(&tx, &account, &password, Standing::Given, PASSWORDS_REMEMBERED).await?;
    store::end_sessions(&tx, person).await?;
    store::forget_tries(&tx, &account.login, Moment::from_millis(0)).await?;
    tx.commit(Note::of(
        "account.password_set",
        person,
        format!("重设账号 {} 的密码并退出其全部登录", account.login),
    ))
    .await
}

/// Takes tries again before the lock runs out.
pub async fn unlock(db: &Db, caller: &Caller, person: PersonId) -> Result<(), Failure> {
    let tx = db.begin(caller).await?;
    let account = of_other(&tx, caller, person).await?;
    store::forget_tries(&tx, &account.login, Moment::from_millis(0)).await?;
    tx.commit(Note::of("account.unlocked", person, format!("解锁账号 {}", account.login))).await
}

/// Ends all sessions of another person.
pub async fn end_sessions(db: &Db, caller: &Caller, person: PersonId) -> Result<(), Failure> {
    let tx = db.begin(caller).await?;
    let account = of_other(&tx, caller, person).await?;
    let ended = store::end_sessions(&tx, person).await?;
    let summary = format!("退出账号 {} 的全部登录，共 {ended} 处", account.login);
    tx.commit(Note::of("session.ended", person, summary)).await
}

/// A fresh password of an account that is told once and must be changed at the next sign-in: groups of letters and digits.
pub(crate) async fn one_time_password(
    source: &impl Source,
    account: &Account,
) -> Result<(String, Password), Failure> {
    loop {
        let plain = grouped(&base32(&random::<10>()?, CROCKFORD));
        if rules::check_password(&plain, &account.login).is_ok() {
            let password = new_password(source, account, &plain).await?;
            return Ok((plain, password));
        }
    }
}

/// Gives the account of a login a password that is told once, ends its sessions and takes tries again: for whoever installs the
/// system, on its own machine.
pub async fn reset(db: &Db, actor: Actor, login: &str) -> Result<String, Failure> {
    let account = of_login(db, &actor, login).await?;
    let (plain, password) = one_time_password(&db.reading(actor.clone()), &account).await?;
    let tx = db.begin(actor).await?;
    store::set_password(&tx, &account, &password, Standing::Given, PASSWORDS_REMEMBERED).await?;
    store::end_sessions(&tx, account.person).await?;
    store::forget_tries(&tx, &account.login, Moment::from_millis(0)).await?;
    let summary = format!("在服务器上重设账号 {} 的密码并退出其全部登录", account.login);
    tx.commit(Note::of("account.password_set", account.person, summary)).await?;
    Ok(plain)
}

/// Takes the password of a login away and ends its sessions, until a new one is given: for whoever installs the system.
pub async fn lock(db: &Db, actor: Actor, login: &str) -> Result<(), Failure> {
    let account = of_login(db, &actor, login).await?;
    let tx = db.begin(actor).await?;
    let none = Password::absent();
    store::set_password(&tx, &account, &none, Standing::Absent, PASSWORDS_REMEMBERED).await?;
    store::end_sessions(&tx, account.person).await?;
    let summary = format!("在服务器上停用账号 {} 并退出其全部登录", account.login);
    tx.commit(Note::of("account.locked", account.person, summary)).await
}

pub(crate) async fn of_login(db: &Db, actor: &Actor, login: &str) -> Result<Account, Failure> {
    let login = login.trim().to_ascii_lowercase();
    let found = store::by_login(&db.reading(actor.clone()), &login).await?;
    Ok(found.ok_or(Refusal::NoSuchLogin(login))?)
}
