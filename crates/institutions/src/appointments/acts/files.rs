//! Posts from a file: read and compared without any lock, given by one transaction under the locks of single appointments.

use std::collections::BTreeSet;

use kernel::{Caller, Date, Failure, ImportId, OPEN_END, PersonId, PostId, PostKind, PostScope};
use people::posts::{self, NewPost};
use registry::imports::{self, Applied, Choice, Import, Progress};
use registry::kindergartens::{self, Filter};
use registry::staff::Identities;
use sheets::Limits;
use storage::{Actor, Db, Tx};

use super::super::rules::{self, Concern, Refusal};
use super::super::sheets as files;
use super::super::store;
use super::super::types::{Door, Holder, PostRow, Preview, PreviewedPosts, Staged, Summary};

const CHANGED_MEANWHILE: &str =
    "预览之后任职、学区或幼儿园有了变化，没有保存任何内容。请刷新预览，核对后再确认。";
/// Why a head leaves whom the next one follows.
pub(super) const SUCCEEDED: &str = "继任者到任";

/// Every kind of post that one of our own programs takes over.
const ALL: [PostKind; 7] = [
    PostKind::Principal,
    PostKind::ActingHead,
    PostKind::FullTimeInspector,
    PostKind::PartTimeInspector,
    PostKind::Liaison,
    PostKind::ResearchLead,
    PostKind::Trainer,
];

/// Who brings files of posts, and which posts they may hold.
#[derive(Debug, Clone)]
pub struct Bringer {
    actor: Actor,
    scope: PostScope,
    kinds: &'static [PostKind],
    import: imports::Kind,
}

impl Bringer {
    /// An office, for the posts that are given at its door.
    ///
    /// # Errors
    /// [`Failure::Forbidden`] when the post acted in gives none of these.
    pub fn office(caller: &Caller, door: Door) -> Result<Self, Failure> {
        let import = door.import().ok_or(Failure::NotFound)?;
        let permission = door.permission();
        if !caller.may(permission) {
            return Err(Failure::Forbidden(permission));
        }
        let (scope, kinds) = (caller.scope.clone(), door.kinds());
        Ok(Self { actor: caller.into(), scope, kinds, import })
    }
    /// One of our own programs, which takes over what is in force in the whole city.
    pub fn program(actor: Actor) -> Self {
        Self { actor, scope: PostScope::City, kinds: &ALL, import: imports::Kind::Posts }
    }
    /// Which kind of upload the files are.
    pub fn import(&self) -> imports::Kind {
        self.import
    }
}

/// Reads a file of posts and keeps what would become of each row as a preview. Nothing of it is saved before [`apply_posts`].
///
/// A file that can't be read as one of posts is refused whole, with a sentence at the field `file`, and nothing is kept.
pub async fn preview_posts(
    db: &Db,
    bringer: &Bringer,
    file_name: &str,
    bytes: Vec<u8>,
    progress: Progress,
) -> Result<PreviewedPosts, Failure> {
    let actor = bringer.actor.clone();
    let place = imports::place(&actor.reach, db.city())?;
    let id: ImportId = db.mint();
    let (preview, compared) = compare(db, bringer, id, bytes, progress).await?;
    let (kind, day) = (bringer.import, actor.now.date());
    let uploaded = imports::acts::Uploaded { kind, place: &place, file_name, day };
    imports::acts::keep(db, actor, id, uploaded, compared).await?;
    Ok(PreviewedPosts { id, preview })
}

/// Says what would become of each row of a file of posts, and keeps nothing.
pub async fn look_at_posts(db: &Db, bringer: &Bringer, bytes: Vec<u8>) -> Result<Preview, Failure> {
    Ok(compare(db, bringer, db.mint(), bytes, Progress::default()).await?.0)
}

/// Gives the posts of a preview, all good rows or all or none as `choice` says.
///
/// # Errors
/// [`Failure::Stale`] when something that the preview compared with has changed: then nothing is saved, and [`renew_posts`]
/// makes the preview anew. Applying twice is refused.
pub async fn apply_posts(
    db: &Db,
    bringer: &Bringer,
    id: ImportId,
    choice: Choice,
) -> Result<Applied, Failure> {
    let actor = bringer.actor.clone();
    let reading = db.reading(actor.clone());
    let (import, summary, rows): (Import, Summary, Vec<PostRow>) =
        imports::acts::to_apply(&reading, bringer.import, id, choice).await?;
    let staged: Vec<(&str, &Staged)> =
        rows.iter().filter_map(|row| Some((row.name.as_str(), row.facts.as_ref()?))).collect();
    // Whoever applies it need not be whoever uploaded it.
    if let Some(own) = actor.person.map(Holder::Known)
        && staged.iter().any(|(_, staged)| staged.holder == own)
    {
        return Err(Refusal::OwnPost.into());
    }
    let tx = db.begin(actor).await?;
    imports::store::mark_applied(&tx, id).await?;
    lock(&tx, &staged).await?;
    let districts: Vec<String> = districts(&staged).into_iter().map(str::to_owned).collect();
    let places = store::place_states(&tx).await?;
    let known = store::known(&tx, Some(&districts)).await?;
    let concern = Concern::of(staged.iter().copied());
    if rules::compared(&known, &places, &concern) != summary.compared {
        return Err(Failure::Stale(CHANGED_MEANWHILE.to_owned()));
    }
    save(&tx, &staged).await?;
    let applied = Applied::from(import.counts);
    tx.commit(imports::acts::applied_note(import, applied)).await?;
    Ok(applied)
}

/// Makes the preview of an open upload anew, against what is known now: a new upload of the same file, whose id is answered.
/// The old one is put aside.
pub async fn renew_posts(db: &Db, bringer: &Bringer, id: ImportId) -> Result<ImportId, Failure> {
    let reading = db.reading(bringer.actor.clone());
    let (import, bytes) = imports::acts::to_renew(db, &reading, bringer.import, id).await?;
    let fresh = preview_posts(db, bringer, &import.file_name, bytes, Progress::default()).await?;
    imports::discard(db, bringer.actor.clone(), bringer.import, id).await?;
    Ok(fresh.id)
}

/// The last day on which anything can hold: what holds then is what nothing later follows.
pub fn last_day() -> Date {
    OPEN_END.pred_opt().unwrap_or(OPEN_END)
}

fn districts<'a>(staged: &[(&str, &'a Staged)]) -> BTreeSet<&'a str> {
    staged.iter().map(|(_, staged)| staged.district.as_str()).collect()
}

/// The locks of single appointments: first the districts, then the inspectors whose terms are counted; each in one order, so
/// that two imports never wait for each other.
async fn lock(tx: &Tx, staged: &[(&str, &Staged)]) -> Result<(), Failure> {
    for district in districts(staged) {
        store::lock(tx, district).await?;
    }
    let served = staged.iter().filter(|(_, staged)| staged.kind.is_inspector());
    let people: BTreeSet<PersonId> = served
        .filter_map(|(_, staged)| match staged.holder {
            Holder::Known(person) => Some(person),
            Holder::New(_) => None,
        })
        .collect();
    for person in people {
        store::lock_terms(tx, person).await?;
    }
    Ok(())
}

/// Predecessors leave first, else their seats were taken.
async fn save(tx: &Tx, staged: &[(&str, &Staged)]) -> Result<(), Failure> {
    let mut leaving: Vec<(PostId, Date, String)> = Vec::new();
    let mut amended = Vec::new();
    let mut given: Vec<(&str, &Staged)> = Vec::new();
    for (name, one) in staged {
        let paper_number = || one.paper_number.clone();
        leaving.extend(one.replaces.iter().map(|post| (*post, one.from, paper_number())));
        match one.amends {
            Some(post) => amended.push((post, one.term, paper_number())),
            None => given.push((name, one)),
        }
    }
    store::make_room(tx, SUCCEEDED, &leaving).await?;
    store::amend(tx, &amended).await?;
    let mut fresh: Vec<(u32, &str)> = given
        .iter()
        .filter_map(|(name, one)| match one.holder {
            Holder::New(number) => Some((number, *name)),
            Holder::Known(_) => None,
        })
        .collect();
    fresh.sort_unstable();
    fresh.dedup_by_key(|(number, _)| *number);
    let names: Vec<String> = fresh.iter().map(|(_, name)| (*name).to_owned()).collect();
    let people = posts::enrol(tx, &names).await?;
    let person = |holder: Holder| match holder {
        Holder::Known(person) => Some(person),
        Holder::New(number) => {
            let place = fresh.binary_search_by_key(&number, |(number, _)| *number).ok()?;
            people.get(place).copied()
        }
    };
    let new = |(_, one): &(&str, &Staged)| -> Result<NewPost, Failure> {
        Ok(NewPost {
            person: person(one.holder).ok_or(Failure::NotFound)?,
            kind: one.kind,
            scope: one.scope.clone(),
            from: one.from,
            to: one.to,
            term: one.term,
            paper_number: one.paper_number.clone(),
        })
    };
    let new: Vec<NewPost> = given.iter().map(new).collect::<Result<_, Failure>>()?;
    posts::give(tx, &new).await.map(drop)
}

async fn compare(
    db: &Db,
    bringer: &Bringer,
    id: ImportId,
    bytes: Vec<u8>,
    progress: Progress,
) -> Result<(Preview, imports::acts::Compared), Failure> {
    let actor = bringer.actor.clone();
    let place = imports::place(&actor.reach, db.city())?;
    let whole_city = db.reading(db.program("任职比对"));
    // First what tells whether a preview still holds: what is changed after it makes the preview stale, never the other way.
    let places = store::place_states(&whole_city).await?;
    let own = place.district().map(|code| vec![code.to_owned()]);
    let known = store::known(&whole_city, own.as_deref()).await?;
    let within_reach = db.reading(actor.clone());
    let (last, most) = (last_day(), kindergartens::store::MOST);
    let ground = files::Ground {
        kindergartens: kindergartens::store::list(&within_reach, &Filter::default(), last, most, 0)
            .await?,
        clusters: store::clusters(&within_reach).await?,
        regions: registry::places::store::names(&within_reach).await?.into_owned(),
        known,
        scope: bringer.scope.clone(),
        person: actor.person,
        kinds: bringer.kinds,
        today: actor.now.date(),
    };
    let identities = Identities::of(db);
    let computed = tokio::task::spawn_blocking(move || {
        let table = sheets::read(&bytes, &Limits::DEFAULT)
            .map_err(|why| imports::acts::unreadable(&why.into()))?;
        let mut tell = |done, all| progress.tell(done, all);
        let preview = files::preview(&table, &ground, &mut tell)
            .map_err(|why| imports::acts::unreadable(&why))?;
        let staged = preview
            .rows
            .iter()
            .filter(|row| row.verdict.is_telling())
            .filter_map(|row| Some((row.name.as_str(), row.facts.as_ref()?)));
        let summary = Summary {
            compared: rules::compared(&ground.known, &places, &Concern::of(staged)),
            with_warnings: preview.totals.with_warnings,
            notes: preview.notes.clone(),
        };
        let rows = (preview.totals.into(), preview.rows.as_slice());
        let compared =
            imports::acts::Compared::people(&identities, id, (&table, &bytes), rows, &summary)?;
        Ok((preview, compared))
    });
    computed.await.map_err(Failure::broken)?
}
