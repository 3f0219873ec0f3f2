//! Appointing and ending. The district is locked first, then the person: whoever comes at the same time waits, and is
//! judged by what is then.

mod files;

use std::collections::{HashMap, HashSet};

use kernel::{Caller, Date, Failure, Invalid, Note, PersonId, PostId, PostKind, PostScope};
use people::posts::{self, NewPost};
use storage::{Actor, Db, Source, Tx};

use super::rules::{self, Refusal};
use super::store;
use super::types::{
    Appointment, Ending, Ground, Holding, LONGEST_NAME, LONGEST_PAPER, NewHolder, Span, Who,
};
use crate::committees;

pub use files::{Bringer, apply_posts, last_day, look_at_posts, preview_posts, renew_posts};

const LONGEST_REASON: usize = 200;

/// Gives a post, by the post that may give it (2.1.3-6 to 2.1.3-9).
pub async fn appoint(
    db: &Db,
    caller: &Caller,
    appointment: &Appointment,
) -> Result<PostId, Failure> {
    let Appointment { kind, scope, from, to, .. } = appointment;
    allowed(caller, *kind)?;
    posts::stands_at(*kind, scope)?;
    let paper_number = paper(&appointment.paper_number)?;
    rules::check_days(*from, *to, caller.today())?;
    let mut tx = db.begin(caller).await?;
    let ground = store::ground(&tx, scope, *from).await?;
    rules::may_give(caller, *kind, &ground)?;
    store::lock(&tx, &ground.district).await?;
    let (person, name) = match &appointment.who {
        Who::Known(person) => {
            let name = store::name_of(&tx, *person).await?;
            (*person, name)
        }
        Who::New(name) => {
            let name = plain("name", name, LONGEST_NAME, "请选择人员，或填写姓名")?;
            if !appointment.is_namesake && store::is_known(&tx, &ground.district, &name).await? {
                return Err(Refusal::NameKnown(name).into());
            }
            let person = posts::enrol(&tx, std::slice::from_ref(&name)).await?;
            (person.first().copied().ok_or(Failure::NotFound)?, name)
        }
    };
    if person == caller.person {
        return Err(Refusal::OwnPost.into());
    }
    let standing = store::overlapping(&tx, scope, *from, *to).await?;
    no_second(&standing, appointment, person, &name, &ground)?;
    let term = if kind.is_inspector() {
        store::lock_terms(&tx, person).await?;
        let spans = store::spans(&tx, person).await?;
        Some(rules::term_of(&spans, Span { from: *from, to: *to, term: appointment.stated_term })?)
    } else {
        None
    };
    if kind.holds_seat() {
        make_room(&mut tx, &standing, appointment, &ground).await?;
    }
    let post = NewPost {
        person,
        kind: *kind,
        scope: scope.clone(),
        from: *from,
        to: *to,
        term,
        paper_number: paper_number.clone(),
    };
    let id = posts::give(&tx, &[post]).await?.pop().ok_or(Failure::NotFound)?;
    if kind.holds_seat() {
        committees::seat_changed(
            &mut tx,
            &ground.scope,
            &ground.name,
            ground.cluster,
            *from,
            &ground.place,
        );
    }
    let words = term.map(|term| format!("，第 {term} 届")).unwrap_or_default();
    let summary =
        format!("任命{}{}（自 {from} 起{words}，{paper_number}）", ground.name, kind.label());
    let note = Note::of("post.given", id, summary).at(ground.place.clone()).after(
        &serde_json::json!({ "kind": kind.code(), "from": from, "to": to, "term": term, "paper_number": paper_number }),
    );
    tx.commit(note).await?;
    Ok(id)
}

/// Ends a post: from `on` it no longer holds, and the next request of its holder knows it.
pub async fn end(db: &Db, caller: &Caller, id: PostId, ending: &Ending) -> Result<(), Failure> {
    let mut tx = db.begin(caller).await?;
    let today = tx.today();
    let post = store::find(&tx, id, today).await?;
    allowed(caller, post.kind)?;
    let ending = settled(ending, post.kind)?;
    let on = ending.on;
    let ground = ground_of(&tx, &post).await?;
    rules::may_give(caller, post.kind, &ground)?;
    if post.person == caller.person {
        return Err(Refusal::OwnPost.into());
    }
    store::lock(&tx, &ground.district).await?;
    if on <= post.from || on > post.to {
        return Err(Refusal::NotInForce(post.from).into());
    }
    store::set_end(&tx, &post, &ending).await?;
    if post.kind.holds_seat() {
        committees::seat_changed(
            &mut tx,
            &ground.scope,
            &ground.name,
            ground.cluster,
            on,
            &ground.place,
        );
    }
    let note = Note::of(
        "post.ended",
        id,
        format!(
            "{}{}自 {on} 起离任：{}{}",
            post.at,
            post.kind.label(),
            ending.reason,
            bracketed(&ending.paper_number)
        ),
    )
    .at(ground.place.clone())
    .before(&serde_json::json!({ "to": post.to }))
    .after(&serde_json::json!({ "to": on }));
    tx.commit(note).await
}

/// Takes over posts that stand in a district already, with holders entered by name: set by set, under the same rules. Used
/// where a bureau begins with this system.
pub async fn take_over(
    db: &Db,
    actor: impl Into<Actor>,
    district: &str,
    holders: &[NewHolder],
    day: Date,
) -> Result<usize, Failure> {
    let tx = db.begin(actor).await?;
    let place = registry::places::store::district(&tx, district).await?.place;
    store::lock(&tx, district).await?;
    let (clusters, kindergartens) = store::grounds(&tx, district, day).await?;
    let (clusters, kindergartens): (HashSet<_>, HashSet<_>) =
        (clusters.into_iter().collect(), kindergartens.into_iter().collect());
    // Liaisons of a takeover hold until further notice, so who has one later stands in the way as well.
    let mut with_liaison: HashSet<_> =
        store::with_liaison(&tx, district, day).await?.into_iter().collect();
    let mut fresh = Vec::with_capacity(holders.len());
    for holder in holders {
        let stands = match &holder.scope {
            PostScope::Cluster(id) => clusters.contains(id),
            PostScope::Kindergarten(id) => kindergartens.contains(id),
            PostScope::City | PostScope::District(_) => false,
        };
        if !stands {
            return Err(Failure::NotFound);
        }
        posts::stands_at(holder.kind, &holder.scope)?;
        if holder.kind == PostKind::Liaison
            && let PostScope::Kindergarten(id) = &holder.scope
            && !with_liaison.insert(*id)
        {
            return Err(Refusal::LiaisonTaken("其他人".to_owned()).into());
        }
        if holder.to <= holder.from {
            return Err(Refusal::EndsBeforeItBegins.into());
        }
        let term = if holder.kind.is_inspector() {
            // Whoever is entered by name has no other terms here.
            Some(rules::term_of(&[], Span { from: holder.from, to: holder.to, term: holder.term })?)
        } else {
            None
        };
        fresh.push((holder, term));
    }
    let names: Vec<String> = holders.iter().map(|holder| holder.name.clone()).collect();
    let people = posts::enrol(&tx, &names).await?;
    let rows: Vec<NewPost> = fresh
        .into_iter()
        .zip(people)
        .map(|((holder, term), person)| NewPost {
            person,
            kind: holder.kind,
            scope: holder.scope.clone(),
            from: holder.from,
            to: holder.to,
            term,
            paper_number: holder.paper_number.clone(),
        })
        .collect();
    posts::give(&tx, &rows).await?;
    let mut kinds: HashMap<PostKind, usize> = HashMap::new();
    for holder in holders {
        *kinds.entry(holder.kind).or_default() += 1;
    }
    let said: Vec<String> = PostKind::ALL
        .iter()
        .filter_map(|kind| kinds.get(kind).map(|count| format!("{} {count} 人", kind.label())))
        .collect();
    let note = Note::of("post.taken_over", district, format!("登记现任人员：{}", said.join("、")));
    tx.commit(note.at(place)).await?;
    Ok(holders.len())
}

/// The act itself asks, too: one form serves several kinds of posts.
fn allowed(caller: &Caller, kind: PostKind) -> Result<(), Failure> {
    let permission = kind.given_with().ok_or(Failure::NotFound)?;
    if caller.may(permission) { Ok(()) } else { Err(Failure::Forbidden(permission)) }
}

/// The ground of a post that exists, whatever became of its place since.
async fn ground_of(tx: &Tx, post: &Holding) -> Result<Ground, Failure> {
    match store::ground(tx, &post.scope, tx.today()).await {
        Err(Failure::NotFound) => {
            let place = registry::places::store::district(tx, &post.district).await?.place;
            Ok(Ground {
                scope: post.scope.clone(),
                name: post.at.clone(),
                district: post.district.clone(),
                district_name: post.district_name.clone(),
                place,
                run_by: policy::RunBy::District,
                cluster: None,
            })
        }
        other => other,
    }
}

/// The same person twice in a place, or a second liaison.
fn no_second(
    standing: &[Holding],
    appointment: &Appointment,
    person: PersonId,
    name: &str,
    ground: &Ground,
) -> Result<(), Failure> {
    let kind = appointment.kind;
    let alike =
        |held: &&Holding| held.kind == kind || (held.kind.is_inspector() && kind.is_inspector());
    if let Some(held) = standing.iter().filter(alike).find(|held| held.person == person) {
        return Err(
            Refusal::HeldAlready(format!("{name}（{}）", ground.name), held.kind.label()).into()
        );
    }
    if kind == PostKind::Liaison
        && let Some(held) = standing.iter().find(|held| held.kind == PostKind::Liaison)
    {
        return Err(Refusal::LiaisonTaken(held.name.clone()).into());
    }
    Ok(())
}

/// The predecessor leaves on the first day, if the form said so; any other head stands in the way.
async fn make_room(
    tx: &mut Tx,
    standing: &[Holding],
    appointment: &Appointment,
    ground: &Ground,
) -> Result<(), Failure> {
    for held in standing.iter().filter(|held| held.kind.holds_seat()) {
        if Some(held.id) != appointment.replaces || held.from >= appointment.from {
            return Err(Refusal::SeatTaken(ground.name.clone(), held.name.clone()).into());
        }
        let ending = Ending {
            on: appointment.from,
            reason: files::SUCCEEDED.to_owned(),
            paper_number: appointment.paper_number.trim().to_owned(),
        };
        store::set_end(tx, held, &ending).await?;
        let summary = format!(
            "{}{}自 {} 起离任：{}",
            ground.name,
            held.kind.label(),
            appointment.from,
            files::SUCCEEDED
        );
        tx.note(Note::of("post.ended", held.id, summary).at(ground.place.clone()));
    }
    match appointment.replaces {
        Some(seen) if !standing.iter().any(|held| held.id == seen) => {
            Err(Refusal::PredecessorChanged.into())
        }
        _ => Ok(()),
    }
}

/// An ending as it is kept.
fn settled(ending: &Ending, kind: PostKind) -> Result<Ending, Failure> {
    let reason = plain("reason", &ending.reason, LONGEST_REASON, "请填写离任事由")?;
    let paper_number = match ending.paper_number.trim() {
        "" if kind == PostKind::Liaison => String::new(),
        text => plain("end_paper_number", text, LONGEST_PAPER, "请填写解聘或免职文件的文号")?,
    };
    Ok(Ending { on: ending.on, reason, paper_number })
}

fn bracketed(text: &str) -> String {
    if text.is_empty() { String::new() } else { format!("（{text}）") }
}

fn paper(text: &str) -> Result<String, Failure> {
    plain("paper_number", text, LONGEST_PAPER, "请填写聘书或任命文件的文号")
}

fn plain(field: &'static str, text: &str, most: usize, empty: &str) -> Result<String, Failure> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Invalid::field(field, empty).into());
    }
    if text.chars().count() > most || text.chars().any(char::is_control) {
        return Err(Invalid::field(field, format!("不超过 {most} 个字，不含换行")).into());
    }
    Ok(text.to_owned())
}
