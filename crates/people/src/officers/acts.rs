//! Giving a post of an office, welcoming a newcomer, ending a post. All of them stand in line: who is the last administrator, and
//! who holds which post already, is looked at behind one lock.

use kernel::{Date, Failure, Invalid, Note, OPEN_END, PersonId, PostId, PostKind, PostScope};
use storage::{Actor, Db, Source as _, Tx};

use super::rules::{self, Refusal};
use super::store;
use crate::accounts::{self, Account, Password, Standing};
use crate::invitations::{self, Slip};
use crate::posts::{self, NewPost, Post, stands_at};

const LONGEST_PAPER: usize = 60;
const LONGEST_REASON: usize = 100;

/// A post of an office to be given.
#[derive(Debug, Clone)]
pub struct Appointment {
    /// Which.
    pub kind: PostKind,
    /// Where.
    pub scope: PostScope,
    /// First day.
    pub from: Date,
    /// First day on which it no longer holds.
    pub to: Date,
    /// The paper that gives it; may be empty.
    pub paper_number: String,
}

/// Somebody who is not known here yet.
#[derive(Debug, Clone)]
pub struct Newcomer {
    /// The name.
    pub name: String,
    /// The login of the account that is opened.
    pub login: String,
}

/// Gives a post of an office to somebody who is known here.
pub async fn appoint(
    db: &Db,
    actor: impl Into<Actor>,
    person: PersonId,
    appointment: &Appointment,
) -> Result<PostId, Failure> {
    let tx = db.begin(actor).await?;
    store::lock(&tx).await?;
    let name = store::name_of(&tx, person).await?;
    let (id, note) = give(&tx, person, &name, appointment).await?;
    tx.commit(note).await?;
    Ok(id)
}

/// Gives a post of an office to a newcomer: opens the account and makes the invitation in the same act. Administrators and auditors
/// get no invitation, which whoever makes it could use: their first password is told on the server.
pub async fn welcome(
    db: &Db,
    actor: impl Into<Actor>,
    newcomer: &Newcomer,
    appointment: &Appointment,
) -> Result<(PersonId, Option<Slip>), Failure> {
    let mut tx = db.begin(actor).await?;
    store::lock(&tx).await?;
    let (person, opened) =
        accounts::open_in(&tx, &newcomer.name, &newcomer.login, &Password::absent()).await?;
    let (_, given) = give(&tx, person, newcomer.name.trim(), appointment).await?;
    tx.note(opened);
    let login = newcomer.login.trim().to_ascii_lowercase();
    let slip = if appointment.kind.is_administrator() || appointment.kind == PostKind::Auditor {
        None
    } else {
        let name = newcomer.name.trim().to_owned();
        let slip = invitations::invite_in(&tx, person, name, &login).await?;
        tx.note(Note::of("account.invited", person, format!("向账号 {login} 发出启用邀请")));
        Some(slip)
    };
    tx.commit(given).await?;
    Ok((person, slip))
}

/// Opens the account of an administrator and answers the password that is told once: for whoever installs the system, before
/// there is anybody who could do it. All of it, or nothing.
pub async fn found(
    db: &Db,
    actor: Actor,
    newcomer: &Newcomer,
    kind: PostKind,
) -> Result<String, Failure> {
    let mut tx = db.begin(actor).await?;
    store::lock(&tx).await?;
    let (person, opened) =
        accounts::open_in(&tx, &newcomer.name, &newcomer.login, &Password::absent()).await?;
    let account: Account = accounts::of_person(&tx, person)
        .await?
        .ok_or_else(|| Failure::broken("an account is gone"))?;
    let (plain, password) = accounts::one_time_password(&tx, &account).await?;
    let remembered = accounts::PASSWORDS_REMEMBERED;
    accounts::store_password(&tx, &account, &password, Standing::Given, remembered).await?;
    let appointment = Appointment {
        kind,
        scope: PostScope::City,
        from: tx.today(),
        to: OPEN_END,
        paper_number: String::new(),
    };
    let (_, given) = give(&tx, person, &account.name, &appointment).await?;
    tx.note(opened);
    tx.commit(given).await?;
    Ok(plain)
}

async fn give(
    tx: &Tx,
    person: PersonId,
    name: &str,
    appointment: &Appointment,
) -> Result<(PostId, Note), Failure> {
    let Appointment { kind, scope, from, to, paper_number } = appointment;
    rules::is_given_here(*kind)?;
    stands_at(*kind, scope)?;
    if tx.actor().person == Some(person) {
        return Err(Refusal::OwnPost.into());
    }
    let paper_number = paper_number.trim();
    if paper_number.chars().count() > LONGEST_PAPER || paper_number.chars().any(char::is_control) {
        let text = format!("不超过 {LONGEST_PAPER} 个字，不含换行");
        return Err(Invalid::field("paper_number", text).into());
    }
    let held = posts::all_of(tx, person).await?;
    rules::may_hold(name, &held, (*kind, scope), (*from, *to))?;
    let post = NewPost {
        person,
        kind: *kind,
        scope: scope.clone(),
        from: *from,
        to: *to,
        term: None,
        paper_number: paper_number.to_owned(),
    };
    let id = posts::give(tx, &[post]).await?.pop().ok_or(Failure::NotFound)?;
    let place = match scope {
        PostScope::District(code) => tx.actor().reach.areas.first().map(|city| city.child(code)),
        _ => tx.actor().reach.areas.first().cloned(),
    };
    let note = Note::of("post.given", id, format!("任命为{}，自 {from} 起", kind.label()));
    Ok((
        id,
        match place {
            Some(place) => note.at(place),
            None => note,
        },
    ))
}

/// Ends a post of an office: from `on` it no longer holds, and the next request knows it.
pub async fn end(
    db: &Db,
    actor: impl Into<Actor>,
    id: PostId,
    on: Date,
    reason: &str,
) -> Result<Post, Failure> {
    let tx = db.begin(actor).await?;
    store::lock(&tx).await?;
    let post = posts::find(&tx, id).await?.ok_or(Failure::NotFound)?;
    let reason = reason.trim();
    if reason.is_empty() || reason.chars().count() > LONGEST_REASON {
        let text = format!("请填写离任事由，不超过 {LONGEST_REASON} 个字");
        return Err(Invalid::field("reason", text).into());
    }
    let others = store::others(&tx, post.kind, id, on).await?;
    rules::may_end(&post, tx.actor().person, on, others)?;
    posts::set_end(&tx, &post, on).await?;
    store::note_reason(&tx, id, reason).await?;
    let summary = format!("{}于 {on} 离任：{reason}", post.label());
    tx.commit(Note::of("post.ended", id, summary)).await?;
    Ok(post)
}
