use kernel::{Caller, Date, Failure, Note, PersonId, PostId, PostKind, PostScope};
use storage::{Actor, Db, Tx, violates};

use super::rules::{self, Refusal};
use super::store;
use super::types::NewPost;

/// A post to be given.
#[derive(Debug, Clone)]
pub struct Appointment {
    /// To whom.
    pub person: PersonId,
    /// Which.
    pub kind: PostKind,
    /// Where.
    pub scope: PostScope,
    /// First day.
    pub from: Date,
    /// First day on which it no longer holds.
    pub to: Date,
}

/// Gives a post. Nobody appoints himself.
pub async fn appoint(
    db: &Db,
    actor: impl Into<Actor>,
    appointment: Appointment,
) -> Result<PostId, Failure> {
    let Appointment { person, kind, scope, from, to } = appointment;
    let actor = actor.into();
    rules::stands_at(kind, &scope)?;
    if actor.person == Some(person) {
        return Err(Refusal::OwnPost.into());
    }
    if to <= from {
        return Err(Refusal::EndsBeforeItBegins.into());
    }
    let tx = db.begin(actor).await?;
    let post = NewPost { person, kind, scope, from, to, term: None, paper_number: String::new() };
    let id = give(&tx, &[post]).await?.pop().ok_or(Failure::NotFound)?;
    tx.commit(Note::of("post.given", id, format!("任命为{}，自 {from} 起", kind.label()))).await?;
    Ok(id)
}

/// Writes posts that were judged before, in batches, inside its caller's transaction; answers their ids in the same order.
/// A kindergarten's second head on one day is refused.
pub async fn give(tx: &Tx, posts: &[NewPost]) -> Result<Vec<PostId>, Failure> {
    store::insert(tx, posts).await.map_err(|failure| {
        if violates(&failure, "no_overlap_post_seat_id") {
            Refusal::SeatTaken.into()
        } else {
            failure
        }
    })
}

/// Ends a post: from `on` it no longer holds, and the next request knows it.
pub async fn end(db: &Db, caller: &Caller, id: PostId, on: Date) -> Result<(), Failure> {
    let tx = db.begin(caller).await?;
    let post = store::find(&tx, id).await?.ok_or(Failure::NotFound)?;
    if post.person == caller.person {
        return Err(Refusal::OwnPost.into());
    }
    if on <= post.valid_from {
        return Err(Refusal::EndsBeforeItBegins.into());
    }
    store::set_end(&tx, &post, on).await?;
    tx.commit(Note::of("post.ended", id, format!("{}于 {on} 离任", post.kind.label()))).await
}
