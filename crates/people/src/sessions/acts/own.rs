//! What somebody does with his or her own sessions and password.

use kernel::{Caller, Failure, Note};
use storage::{Actor, Db};

use super::super::rules::Refusal;
use super::super::store;
use super::super::types::{Choice, Token};
use crate::accounts;
use crate::posts;
use crate::stand_ins;

/// Acts in another of one's posts, or in another's as a stand-in, from the next request on and under a new secret.
pub(in super::super) async fn choose_post(
    db: &Db,
    caller: &Caller,
    token: &Token,
    choice: Choice,
) -> Result<Token, Failure> {
    let tx = db.begin(caller).await?;
    let (post, summary) = match choice {
        Choice::Post(id) => {
            let held = posts::in_force_of(&tx, &[caller.person]).await?;
            let post = held.into_iter().find(|held| held.id == id).ok_or(Refusal::NotInForce)?;
            (post.id, format!("切换到岗位：{}", post.label()))
        }
        Choice::StandIn(id) => {
            let taken = stand_ins::acting(&tx, id, caller.person).await?;
            let taken = taken.ok_or(Refusal::NotInForce)?;
            let summary = format!("切换到代理岗位：{}（代理{}）", taken.post.label(), taken.giver);
            (taken.post.id, summary)
        }
    };
    let fresh = Token::fresh()?;
    store::renew(&tx, token, &fresh, choice).await?;
    tx.commit(Note::of("session.post_chosen", post, summary)).await?;
    Ok(fresh)
}

/// Ends a session; a secret that opens none is as good as ended.
pub(in super::super) async fn sign_out(
    db: &Db,
    actor: Actor,
    token: &Token,
) -> Result<(), Failure> {
    let subject =
        actor.person.map_or_else(|| kernel::Subject::from("unknown"), kernel::Subject::from);
    let tx = db.begin(actor).await?;
    if store::delete(&tx, &token.digest()).await? == 0 {
        return Ok(());
    }
    tx.commit(Note::of("session.ended", subject, "退出登录")).await
}

/// Ends one of one's own sessions, on another device perhaps.
pub(in super::super) async fn end_one(
    db: &Db,
    caller: &Caller,
    handle: &str,
) -> Result<(), Failure> {
    let tx = db.begin(caller).await?;
    store::delete_own(&tx, caller.person, handle).await?;
    tx.commit(Note::of("session.ended", caller.person, "退出自己的一处登录")).await
}

/// Ends all of one's own sessions, this one too.
pub(in super::super) async fn end_all(db: &Db, caller: &Caller) -> Result<(), Failure> {
    let tx = db.begin(caller).await?;
    let ended = accounts::end_sessions_in(&tx, caller.person).await?;
    let summary = format!("退出自己的全部登录，共 {ended} 处");
    tx.commit(Note::of("session.ended", caller.person, summary)).await
}

/// Changes one's own password: all other sessions end, this one goes on under a new secret.
pub(in super::super) async fn change_password(
    db: &Db,
    caller: &Caller,
    token: &Token,
    current: String,
    password: &str,
    again: &str,
) -> Result<Token, Failure> {
    let reading = db.reading(caller);
    let account = accounts::of_person(&reading, caller.person).await?.ok_or(Failure::NotFound)?;
    if password != again {
        return Err(kernel::Invalid::field("again", Refusal::NotTheSame.to_string()).into());
    }
    accounts::prove(db, caller, &account, current).await?;
    let hash = accounts::new_password(&reading, &account, password).await?;
    let tx = db.begin(caller).await?;
    let standing = accounts::Standing::Chosen;
    accounts::store_password(&tx, &account, &hash, standing, accounts::PASSWORDS_REMEMBERED)
        .await?;
    let fresh = Token::fresh()?;
    store::delete_others(&tx, caller.person, token).await?;
    store::rename(&tx, token, &fresh).await?;
    let summary = "更换密码，并退出其他登录";
    tx.commit(Note::of("account.password_changed", caller.person, summary)).await?;
    Ok(fresh)
}
