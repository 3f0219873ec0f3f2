use kernel::{Caller, Date, Failure, Invalid, Note, PersonId, StandInId};
use storage::{Db, Source};

use super::rules::{self, Refusal};
use super::store;
use super::types::StandIn;
use crate::posts::{self, Post};

/// Whom somebody wants to act in his or her post.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// Who.
    pub person: PersonId,
    /// First day.
    pub from: Date,
    /// First day on which it no longer holds.
    pub to: Date,
    /// Why.
    pub reason: String,
}

/// The stand-ins in which a person can act today.
pub async fn in_force_of(source: &impl Source, person: PersonId) -> Result<Vec<StandIn>, Failure> {
    let taken = store::taken_today(source, person).await?;
    if taken.is_empty() {
        return Ok(taken);
    }
    let theirs = posts::in_force_of(source, &[person]).await?;
    let today = source.today();
    Ok(taken.into_iter().filter(|one| rules::holds(one, &theirs, today)).collect())
}

/// What a person acts in by one stand-in, if it holds today: asked anew at each request of a session that chose it.
pub async fn acting(
    source: &impl Source,
    id: StandInId,
    person: PersonId,
) -> Result<Option<StandIn>, Failure> {
    Ok(in_force_of(source, person).await?.into_iter().find(|one| one.id == id))
}

/// The caller's own post, if it is one that can be given.
pub(super) async fn own_post(source: &impl Source, caller: &Caller) -> Result<Post, Failure> {
    let found = posts::of_ids(source, &[caller.post]).await?;
    let post = found.into_iter().next().ok_or(Failure::NotFound)?;
    rules::can_be_given(&post, caller.person)?;
    Ok(post)
}

/// Who could stand in for a post, with name and own post.
pub(super) async fn candidates(
    source: &impl Source,
    post: &Post,
) -> Result<Vec<(PersonId, String)>, Failure> {
    let beside = posts::in_force_beside(source, post).await?;
    let mut people: Vec<PersonId> = beside.iter().map(|other| other.person).collect();
    people.sort_unstable();
    people.dedup();
    let theirs = posts::in_force_of(source, &people).await?;
    let fits = |person: &PersonId| {
        let own: Vec<Post> = theirs.iter().filter(|post| post.person == *person).cloned().collect();
        rules::may_act_in(post, *person, &own).is_ok()
    };
    people.retain(fits);
    let label = |(person, name): (PersonId, String)| {
        let own = beside.iter().find(|other| other.person == person);
        (person, format!("{name}（{}）", own.map(Post::label).unwrap_or_default()))
    };
    Ok(store::names(source, &people).await?.into_iter().map(label).collect())
}

/// Gives the post that the caller acts in to another person for some days.
pub async fn give(db: &Db, caller: &Caller, wanted: Wanted) -> Result<StandInId, Failure> {
    let reason = wanted.reason.trim();
    if reason.is_empty() || reason.chars().count() > 100 {
        return Err(Invalid::field("reason", "请写明事由，不超过 100 个字").into());
    }
    let tx = db.begin(caller).await?;
    let post = own_post(&tx, caller).await?;
    rules::days_fit(&post, wanted.from, wanted.to, caller.today())?;
    let theirs = posts::in_force_of(&tx, &[wanted.person]).await?;
    rules::may_act_in(&post, wanted.person, &theirs)?;
    let named = store::names(&tx, &[wanted.person]).await?;
    let name = named.into_iter().next().map(|(_, name)| name).ok_or(Refusal::Elsewhere)?;
    let others = store::overlapping(&tx, post.id, wanted.from, wanted.to).await?;
    if let Some(other) = others.into_iter().next() {
        return Err(Refusal::Taken(other.name).into());
    }
    let id = store::insert(&tx, &post, wanted.person, wanted.from, wanted.to, reason).await?;
    let last = wanted.to.pred_opt().unwrap_or(wanted.to);
    let summary =
        format!("将{}交由{name}代理，{} 至 {last}，事由：{reason}", post.label(), wanted.from);
    tx.commit(Note::of("stand_in.given", id, summary)).await?;
    Ok(id)
}

/// Ends one at once: its giver or the one who stands in.
pub async fn end(db: &Db, caller: &Caller, id: StandInId) -> Result<(), Failure> {
    let tx = db.begin(caller).await?;
    let found = store::find(&tx, id).await?;
    let concerns = |one: &StandIn| one.post.person == caller.person || one.person == caller.person;
    let stand_in = found.filter(concerns).ok_or(Failure::NotFound)?;
    if stand_in.ended_at.is_some() || stand_in.to <= caller.today() {
        return Err(Refusal::Over.into());
    }
    store::end(&tx, id).await?;
    let summary = format!("终止{}对{}的代理", stand_in.name, stand_in.post.label());
    tx.commit(Note::of("stand_in.ended", id, summary)).await
}
