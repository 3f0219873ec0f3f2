use kernel::{Caller, Failure, Moment, Note, PersonId};
use storage::{Actor, Db, Source, Tx, violates};

use super::rules::{self, MOST, Refusal, VALID_MS};
use super::store;
use super::types::{Holders, Slip};
use crate::accounts::{self, Password, Standing};
use crate::posts;
use crate::secret::{CROCKFORD, base32, digest, grouped, random, typed};

/// 256 random bits as letters.
fn fresh() -> Result<String, Failure> {
    Ok(base32(&random::<32>()?, CROCKFORD))
}

/// Invites a person who has an account to choose a password; links that were made before serve no more.
pub async fn invite(db: &Db, caller: &Caller, person: PersonId) -> Result<Slip, Failure> {
    let tx = db.begin(caller).await?;
    let account = accounts::with_credentials_of(&tx, caller, person).await?;
    let slip = invite_in(&tx, person, account.name, &account.login).await?;
    let summary = format!("向账号 {} 发出启用邀请", account.login);
    tx.commit(Note::of("account.invited", person, summary)).await?;
    Ok(slip)
}

/// The same inside a change.
pub(crate) async fn invite_in(
    tx: &Tx,
    person: PersonId,
    name: String,
    login: &str,
) -> Result<Slip, Failure> {
    let held = posts::in_force_of(tx, &[person]).await?;
    let secret = fresh()?;
    let expires_at = tx.now().plus_millis(VALID_MS);
    store::insert(tx, &[(person, digest(&secret))], expires_at).await?;
    let labels: Vec<String> = held.iter().map(posts::Post::label).collect();
    Ok(Slip {
        name,
        login: login.to_owned(),
        posts: labels.join("、"),
        code: grouped(&secret),
        expires_at,
    })
}

/// Opens accounts for all holders of a post who have none, and invites them.
pub async fn open_for_posts(
    db: &Db,
    caller: &Caller,
    holders: &Holders,
) -> Result<Vec<Slip>, Failure> {
    if !rules::kinds().any(|kind| kind == holders.kind) {
        return Err(Refusal::Administrator.into());
    }
    let mut tx = db.begin(caller).await?;
    let people = store::without_account(&tx, holders, MOST).await?;
    if people.is_empty() {
        return Err(Refusal::NobodyLeft.into());
    }
    let ids: Vec<PersonId> = people.iter().map(|person| person.id).collect();
    let mut held = Vec::new();
    for some in ids.chunks(200) {
        held.extend(posts::in_force_of(&tx, some).await?);
    }
    let prefix = holders.district.clone().unwrap_or_else(|| caller.city.path().to_owned());
    let prefix = prefix.trim_matches('/').to_owned();
    let last = store::last_login(&tx, &prefix).await?;
    let expires_at = tx.now().plus_millis(VALID_MS);
    let (mut opened, mut invited, mut slips) = (Vec::new(), Vec::new(), Vec::new());
    for (place, person) in people.into_iter().enumerate() {
        let login = rules::login_after(&prefix, last.as_deref(), place + 1);
        let secret = fresh()?;
        opened.push((person.id, login.clone(), Password::absent()));
        invited.push((person.id, digest(&secret)));
        tx.note(Note::of("account.opened", person.id, format!("开通账号 {login}，待本人启用")));
        let own = held.iter().filter(|post| post.person == person.id);
        let labels: Vec<String> = own.map(posts::Post::label).collect();
        slips.push(Slip {
            name: person.name,
            login,
            posts: labels.join("、"),
            code: grouped(&secret),
            expires_at,
        });
    }
    accounts::insert(&tx, &opened).await.map_err(|failure| {
        if violates(&failure, "account") {
            Failure::Stale("另一位管理员正在开通账号，请稍后再试".to_owned())
        } else {
            failure
        }
    })?;
    store::insert(&tx, &invited, expires_at).await?;
    let summary = format!("为{}批量开通账号 {} 个", holders.kind.label(), slips.len());
    tx.commit(Note::of("account.invited", prefix.as_str(), summary)).await?;
    Ok(slips)
}

/// Takes a first or new password from whoever brings an invitation, once.
pub async fn accept(
    db: &Db,
    visitor: Actor,
    code: &str,
    password: &str,
    again: &str,
) -> Result<(), Failure> {
    let key = digest(&typed(code));
    let reading = db.reading(visitor.clone());
    let account = match store::invited(&reading, &key).await? {
        Some(person) => accounts::of_person(&reading, person).await?,
        None => None,
    };
    let Some(account) = account else { return refused(db, visitor).await };
    if password != again {
        return Err(kernel::Invalid::field("again", Refusal::NotTheSame.to_string()).into());
    }
    let hash = accounts::new_password(&reading, &account, password).await?;
    let actor =
        Actor { person: Some(account.person), name: account.name.clone(), ..visitor.clone() };
    let tx = db.begin(actor).await?;
    if !store::take(&tx, &key).await? {
        drop(tx);
        return refused(db, visitor).await;
    }
    let remembered = accounts::PASSWORDS_REMEMBERED;
    accounts::store_password(&tx, &account, &hash, Standing::Chosen, remembered).await?;
    accounts::end_sessions_in(&tx, account.person).await?;
    accounts::forget_tries(&tx, &account.login, Moment::from_millis(0)).await?;
    let summary = format!("账号 {} 的本人凭邀请设置密码", account.login);
    tx.commit(Note::of("account.accepted", account.person, summary)).await
}

async fn refused(db: &Db, visitor: Actor) -> Result<(), Failure> {
    let note = Note::refused("account.accepted", "unknown", "邀请码不对、已过期或已用过");
    db.record(visitor, note).await?;
    Err(Refusal::NotValid.into())
}
