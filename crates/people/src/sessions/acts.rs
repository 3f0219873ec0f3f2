use kernel::{Failure, Note, PersonId, PostId};
use storage::{Actor, Db};

use super::rules::Refusal;
use super::store;
use super::types::Token;
use crate::accounts::{self, Account, Password};
use crate::posts;

/// Somebody let in.
#[derive(Debug)]
pub struct SignedIn {
    /// The secret for the browser's cookie.
    pub token: Token,
    /// Whether another post could be chosen.
    pub has_other_posts: bool,
}

/// Lets a person in by login and password. Every try stands in the audit trail, the failed ones too; after five failed
/// tries the account is locked for half an hour.
pub async fn sign_in(
    db: &Db,
    visitor: Actor,
    login: &str,
    password: String,
    agent: &str,
) -> Result<SignedIn, Failure> {
    let login: String = login.trim().to_ascii_lowercase().chars().take(40).collect();
    let visitor = Actor { name: login.clone(), ..visitor };
    let account = accounts::by_login(&db.reading(visitor.clone()), &login).await?;
    if let Some(account) =
        account.as_ref().filter(|account| accounts::is_locked(account.locked_until, visitor.now))
    {
        let note = Note::refused(
            "session.refused",
            account.person,
            format!("账号 {login} 在锁定期内尝试登录"),
        );
        db.record(visitor, note).await?;
        return Err(Refusal::Locked(account.locked_until).into());
    }
    let is_right = matches(account.as_ref(), password).await?;
    match account {
        Some(account) if is_right => let_in(db, visitor, account, agent).await,
        Some(account) => {
            let (failures, until) = accounts::lock_after(account.failures, visitor.now);
            let tx = db.begin(visitor).await?;
            accounts::after_failure(&tx, account.person, failures, until).await?;
            let summary = if failures == 0 {
                "密码错误，账号锁定 30 分钟"
            } else {
                "密码错误"
            };
            tx.commit(Note::refused(
                "session.refused",
                account.person,
                format!("账号 {login} {summary}"),
            ))
            .await?;
            Err(Refusal::Wrong.into())
        }
        None => {
            db.record(visitor, Note::refused("session.refused", "unknown", "账号不存在")).await?;
            Err(Refusal::Wrong.into())
        }
    }
}

/// Hashing takes as long for an unknown login as for a known one, so that answers do not tell which logins exist.
async fn matches(account: Option<&Account>, password: String) -> Result<bool, Failure> {
    let stored = account.map(|account| account.password.clone());
    tokio::task::spawn_blocking(move || match stored {
        Some(stored) => stored.is(&password),
        None => Password::hash(&password).is_err(),
    })
    .await
    .map_err(Failure::broken)
}

async fn let_in(
    db: &Db,
    visitor: Actor,
    account: Account,
    agent: &str,
) -> Result<SignedIn, Failure> {
    let actor = Actor { person: Some(account.person), name: account.name, ..visitor };
    let tx = db.begin(actor).await?;
    let held = posts::in_force_of(&tx, &[account.person]).await?;
    let Some(post) = held.first() else {
        drop(tx);
        let note = Note::refused("session.refused", account.person, "没有在任岗位");
        db.record(db.program("sign-in"), note).await?;
        return Err(Refusal::NoPost.into());
    };
    let token = Token::fresh()?;
    accounts::after_success(&tx, account.person).await?;
    store::insert(&tx, &token, account.person, post.id, agent).await?;
    tx.commit(Note::of("session.begun", account.person, format!("登录，岗位：{}", post.label())))
        .await?;
    Ok(SignedIn { token, has_other_posts: held.len() > 1 })
}

/// Acts in another of one's posts from the next request on.
pub async fn choose_post(
    db: &Db,
    actor: Actor,
    person: PersonId,
    token: &Token,
    post: PostId,
) -> Result<(), Failure> {
    let tx = db.begin(actor).await?;
    let held = posts::in_force_of(&tx, &[person]).await?;
    let chosen = held.iter().find(|held| held.id == post).ok_or(Refusal::NotInForce)?;
    store::set_post(&tx, token, post).await?;
    tx.commit(Note::of("session.post_chosen", post, format!("切换到岗位：{}", chosen.label())))
        .await
}

/// Ends a session.
pub async fn sign_out(
    db: &Db,
    actor: Actor,
    person: PersonId,
    token: &Token,
) -> Result<(), Failure> {
    let tx = db.begin(actor).await?;
    store::delete(&tx, token).await?;
    tx.commit(Note::of("session.ended", person, "退出登录")).await
}
