//! Signing in: the password, the second factor's code if there is one, a new password if the old one must go.

use kernel::{Failure, Moment, Note};
use storage::{Actor, Db, Source, Tx};

use super::super::rules::{self, Refusal};
use super::super::store::{self, NewSession};
use super::super::types::{Awaited, Choice, Limits, Session, Token};
use crate::accounts::{self, Account};
use crate::second_factor::{self, Taken};
use crate::{phones, posts};

/// How a sign-in stands.
#[derive(Debug)]
pub(in super::super) struct SignedIn {
    /// The secret for the browser's cookie.
    pub(in super::super) token: Token,
    /// What is still waited for.
    pub(in super::super) awaits: Option<Awaited>,
}

/// Somebody at the door.
#[derive(Debug, Clone)]
pub(in super::super) struct Arrival {
    /// Who it says it is, and from where.
    pub(in super::super) visitor: Actor,
    /// What the browser calls itself.
    pub(in super::super) agent: String,
    /// How long sessions and passwords hold here.
    pub(in super::super) limits: Limits,
}

impl Arrival {
    fn as_person(&self, account: &Account) -> Actor {
        Actor { person: Some(account.person), name: account.name.clone(), ..self.visitor.clone() }
    }
}

/// Forgotten tries of other logins are cleared away after a day.
const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// Lets a person in by login and password. Every try stands in the audit trail, the failed ones too, and is counted before it
/// is judged; after five failures the login is locked for half an hour.
pub(in super::super) async fn sign_in(
    db: &Db,
    arrival: Arrival,
    login: &str,
    password: String,
) -> Result<SignedIn, Failure> {
    let login = accounts::plain_login(login);
    let arrival = Arrival { visitor: Actor { name: login.clone(), ..arrival.visitor }, ..arrival };
    let account = accounts::by_login(&db.reading(arrival.visitor.clone()), &login).await?;
    let attempt = counted(db, &arrival, &login, account.as_ref()).await?;
    let is_right = accounts::is_password(account.as_ref(), password).await?;
    let Some(account) = account.as_ref().filter(|_| is_right) else {
        let said = if account.is_some() { "密码错误" } else { "账号不存在" };
        attempt.failed(said).await?;
        return Err(Refusal::Wrong.into());
    };
    let tx = db.begin(arrival.as_person(account)).await?;
    let awaits = if account.has_second_factor {
        Some(Awaited::Code)
    } else {
        must_renew(account, arrival.limits, tx.now())
    };
    let_in(db, tx, &arrival, account, awaits, "").await
}

/// Lets a person in by a code that came to the telephone: in the place of the password, and of nothing else. A second factor is
/// asked for all the same.
pub(in super::super) async fn sign_in_by_phone(
    db: &Db,
    arrival: Arrival,
    secret: &str,
    code: &str,
) -> Result<SignedIn, Failure> {
    let person = phones::acts::redeem(db, arrival.visitor.clone(), secret, code).await?;
    let reading = db.reading(arrival.visitor.clone());
    let account = accounts::of_person(&reading, person).await?;
    let account = account.ok_or_else(|| Failure::from(phones::Refusal::WrongCode))?;
    // A locked login stays locked.
    let attempt = counted(db, &arrival, &account.login, Some(&account)).await?;
    drop(attempt);
    let tx = db.begin(arrival.as_person(&account)).await?;
    let awaits = account.has_second_factor.then_some(Awaited::Code);
    let_in(db, tx, &arrival, &account, awaits, "（手机验证码）").await
}

/// A try that is counted already.
struct Attempt<'a> {
    db: &'a Db,
    visitor: Actor,
    login: &'a str,
    subject: kernel::Subject,
    is_last: bool,
}

impl Attempt<'_> {
    async fn failed(&self, said: &str) -> Result<(), Failure> {
        let lock = if self.is_last { "，锁定 30 分钟" } else { "" };
        let summary = format!("账号 {} {said}{lock}", self.login);
        let note = Note::refused("session.refused", self.subject.clone(), summary);
        self.db.record(self.visitor.clone(), note).await
    }
}

async fn counted<'a>(
    db: &'a Db,
    arrival: &Arrival,
    login: &'a str,
    account: Option<&Account>,
) -> Result<Attempt<'a>, Failure> {
    let tries = accounts::count_try(db, login).await?;
    let attempt = Attempt {
        db,
        visitor: arrival.visitor.clone(),
        login,
        subject: account.map_or_else(|| "unknown".into(), |account| account.person.into()),
        is_last: tries.failures >= accounts::FAILURES_BEFORE_LOCK,
    };
    match accounts::refused_until(tries) {
        Some(until) => {
            attempt.failed("在锁定期内尝试登录").await?;
            Err(Refusal::Locked(until).into())
        }
        None => Ok(attempt),
    }
}

fn must_renew(account: &Account, limits: Limits, now: Moment) -> Option<Awaited> {
    accounts::renewal(account.standing, account.password_since, limits.password_days, now)
        .map(|_| Awaited::Password)
}

/// Begins a session under a fresh secret; whatever the browser brought along is worth nothing.
async fn let_in(
    db: &Db,
    tx: Tx,
    arrival: &Arrival,
    account: &Account,
    awaits: Option<Awaited>,
    how: &str,
) -> Result<SignedIn, Failure> {
    let held = posts::in_force_of(&tx, &[account.person]).await?;
    let Some(post) = held.first() else {
        drop(tx);
        let note = Note::refused("session.refused", account.person, "没有在任岗位");
        db.record(db.program("sign-in"), note).await?;
        return Err(Refusal::NoPost.into());
    };
    let token = Token::fresh()?;
    store::clear_away(&tx, arrival.limits).await?;
    let new = NewSession {
        token: &token,
        person: account.person,
        choice: Choice::Post(post.id),
        awaits,
        agent: &arrival.agent,
    };
    store::insert(&tx, &new).await?;
    if awaits == Some(Awaited::Code) {
        // Right as far as it went, but the count stands until the code is right, too.
        accounts::uncount_try_in(&tx, &account.login).await?;
    } else {
        let yesterday = tx.now().plus_millis(-DAY_MS);
        accounts::forget_tries(&tx, &account.login, yesterday).await?;
    }
    let note = match awaits {
        None => {
            Note::of("session.begun", account.person, format!("登录，岗位：{}{how}", post.label()))
        }
        Some(step) => Note::of(
            "session.held",
            account.person,
            format!("身份核对无误，等待{}{how}", step.label()),
        ),
    };
    tx.commit(note).await?;
    Ok(SignedIn { token, awaits })
}

/// A session that waits for a step, by its secret.
pub(in super::super) async fn waiting(
    source: &impl Source,
    token: Option<&Token>,
    limits: Limits,
) -> Result<Option<(Session, Awaited)>, Failure> {
    let Some(token) = token else { return Ok(None) };
    let session = store::find(source, token, source.today()).await?;
    Ok(session
        .filter(|session| rules::holds(session, limits, source.now()))
        .and_then(|session| session.awaits.map(|step| (session, step))))
}

async fn waiting_for(
    source: &impl Source,
    token: Option<&Token>,
    step: Awaited,
    limits: Limits,
) -> Result<Account, Failure> {
    let found = waiting(source, token, limits).await?;
    let (session, _) = found.filter(|(_, awaited)| *awaited == step).ok_or(Refusal::TooLate)?;
    let account = accounts::of_person(source, session.person).await?;
    Ok(account.ok_or(Refusal::TooLate)?)
}

/// Takes the second factor's code, or a recovery code, from somebody whose password was right.
pub(in super::super) async fn enter_code(
    db: &Db,
    arrival: Arrival,
    token: Option<&Token>,
    code: &str,
) -> Result<SignedIn, Failure> {
    let reading = db.reading(arrival.visitor.clone());
    let account = waiting_for(&reading, token, Awaited::Code, arrival.limits).await?;
    let attempt = counted(db, &arrival, &account.login, Some(&account)).await?;
    let tx = db.begin(arrival.as_person(&account)).await?;
    let how = match second_factor::take(&tx, db.keys(), account.person, code).await? {
        Some(Taken::Code) => "（动态码）".to_owned(),
        Some(Taken::RecoveryCode(left)) => format!("（恢复码，尚余 {left} 个）"),
        None => {
            drop(tx);
            attempt.failed("动态码错误").await?;
            return Err(Refusal::WrongCode.into());
        }
    };
    if let Some(token) = token {
        store::delete(&tx, &token.digest()).await?;
    }
    let awaits = must_renew(&account, arrival.limits, tx.now());
    let_in(db, tx, &arrival, &account, awaits, &how).await
}

/// Takes a new password from somebody whose old one must go, and lets him or her in.
pub(in super::super) async fn renew_password(
    db: &Db,
    arrival: Arrival,
    token: Option<&Token>,
    password: &str,
    again: &str,
) -> Result<SignedIn, Failure> {
    let reading = db.reading(arrival.visitor.clone());
    let account = waiting_for(&reading, token, Awaited::Password, arrival.limits).await?;
    if password != again {
        return Err(Refusal::NotTheSame.into());
    }
    let hash = accounts::new_password(&reading, &account, password).await?;
    let mut tx = db.begin(arrival.as_person(&account)).await?;
    let standing = accounts::Standing::Chosen;
    accounts::store_password(&tx, &account, &hash, standing, accounts::PASSWORDS_REMEMBERED)
        .await?;
    accounts::end_sessions_in(&tx, account.person).await?;
    tx.note(Note::of("account.password_changed", account.person, "登录时更换密码"));
    let_in(db, tx, &arrival, &account, None, "").await
}
