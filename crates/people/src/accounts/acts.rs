use kernel::{Caller, Failure, Invalid, Note, PersonId};
use storage::{Actor, Db, violates};

use super::rules::{self, Refusal};
use super::store;
use super::types::Password;

/// Opens an account for a new person. The name is personal and stays out of the trail; the login stands in it.
pub async fn open(
    db: &Db,
    actor: impl Into<Actor>,
    name: &str,
    login: &str,
    password: &Password,
) -> Result<PersonId, Failure> {
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
    let tx = db.begin(actor).await?;
    let person = store::insert_person(&tx, name).await?;
    store::insert(&tx, person, &login, password).await.map_err(|failure| {
        if violates(&failure, "account_login") || violates(&failure, "account.login") {
            Refusal::LoginTaken(login.clone()).into()
        } else {
            failure
        }
    })?;
    tx.commit(Note::of("account.opened", person, format!("开通账号 {login}"))).await?;
    Ok(person)
}

/// Sets another person's password and ends his or her sessions.
pub async fn set_password(
    db: &Db,
    caller: &Caller,
    person: PersonId,
    plain: &str,
) -> Result<(), Failure> {
    let tx = db.begin(caller).await?;
    let line = store::line(&tx, person).await?.ok_or(Failure::NotFound)?;
    if person == caller.person {
        return Err(Refusal::OwnAccount.into());
    }
    rules::check_password(plain, &line.login)?;
    let password = Password::hash(plain)?;
    store::set_password(&tx, person, &password).await?;
    tx.commit(Note::of(
        "account.password_set",
        person,
        format!("重设账号 {} 的密码并退出其全部登录", line.login),
    ))
    .await
}

/// Takes tries again before the lock runs out.
pub async fn unlock(db: &Db, caller: &Caller, person: PersonId) -> Result<(), Failure> {
    let tx = db.begin(caller).await?;
    let line = store::line(&tx, person).await?.ok_or(Failure::NotFound)?;
    if person == caller.person {
        return Err(Refusal::OwnAccount.into());
    }
    store::after_success(&tx, person).await?;
    tx.commit(Note::of("account.unlocked", person, format!("解锁账号 {}", line.login))).await
}
