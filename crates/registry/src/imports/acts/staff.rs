//! Staff, from file to records.
//!
//! A city's file has some 80,000 lines. It is read, compared and sealed without any lock; its preview is written ahead in bounded
//! statements. Applying writes the new states ahead in the same way, where no view shows them, and makes them known by one
//! short transaction: others wait for a statement at most, and see all of the import or nothing.

use std::collections::{BTreeSet, HashMap};

use kernel::{Date, Failure, ImportId, KindergartenId, OPEN_END, Place};
use sheets::Limits;
use storage::{Actor, Db};

use super::super::rules;
use super::super::store;
use super::super::types::{
    Applied, Choice, Kind, PreviewedStaff, Progress, StaffRow, StaffSummary,
};
use super::upload::{
    Compared, Uploaded, applied_note, discard, keep, to_apply, to_renew, unreadable,
};
use crate::kindergartens::{self, Filter, RowVerdict};
use crate::staff::batch::{self, Entry};
use crate::staff::{self, Field, Ground, Identities, Preview, Roll, Staged};

const CHANGED_MEANWHILE: &str =
    "预览之后教职工信息有了变化，没有保存任何内容。请重新上传或刷新预览，核对后再确认。";

/// Bounds on a file of staff: the whole city's 80,000 lines of a dozen columns are some 12 MB of CSV, or a workbook of 6 MB
/// that unpacks to 80.
pub(in super::super) const LIMITS: Limits =
    Limits { bytes: 20 << 20, unpacked_bytes: 256 << 20, rows: 120_000, columns: 60 };

/// Reads a file of staff and keeps what would become of each row as a preview. Nothing of it is saved before [`apply_staff`].
///
/// An officer of a district previews the staff of her district, the city bureau and our own programs those of the city. Identity
/// numbers are sealed before anything is written, the file with them; without a key neither is kept.
pub async fn preview_staff(
    db: &Db,
    actor: impl Into<Actor>,
    file_name: &str,
    bytes: Vec<u8>,
    day: Date,
    progress: Progress,
) -> Result<PreviewedStaff, Failure> {
    let actor = actor.into();
    let place = rules::place(&actor.reach, db.city())?;
    rules::day(day, actor.now.date())?;
    let id: ImportId = db.mint();
    let (preview, compared) = compare(db, &place, id, bytes, day, progress).await?;
    let uploaded = Uploaded { kind: Kind::Staff, place: &place, file_name, day };
    keep(db, actor, id, uploaded, compared).await?;
    Ok(PreviewedStaff { id, preview })
}

/// Saves the rows of a preview, all good ones or all or none as `choice` says, from its day on.
///
/// # Errors
/// [`Failure::Stale`] when the staff of one of its kindergartens was changed since the preview, or somebody was employed
/// elsewhere: then nothing is saved, and [`renew_staff`] makes the preview anew. Applying twice is refused.
pub async fn apply_staff(
    db: &Db,
    actor: impl Into<Actor>,
    id: ImportId,
    choice: Choice,
) -> Result<Applied, Failure> {
    let actor = actor.into();
    let reading = db.reading(actor.clone());
    let (import, summary, rows): (_, StaffSummary, Vec<StaffRow>) =
        to_apply(&reading, Kind::Staff, id, choice).await?;
    batch::sweep(db).await?;
    let entries: Vec<Entry> = rows.into_iter().filter_map(entry).collect();
    let cause = format!("导入教职工名册“{}”", import.file_name);
    let identities = Identities::of(db);
    if entries
        .iter()
        .filter_map(|entry| entry.kept.as_ref())
        .any(|kept| !identities.knows(&kept.sealed.key))
    {
        return Err(Failure::Stale(CHANGED_MEANWHILE.to_owned()));
    }
    batch::have_rolls(db, &summary.compared).await?;
    let batch = batch::open(db, id).await?;
    let applied = async {
        if !batch::write_ahead(db, batch, import.day, &cause, &entries).await? {
            return Err(Failure::Stale(CHANGED_MEANWHILE.to_owned()));
        }
        let tx = db.begin(actor).await?;
        store::mark_applied(&tx, id).await?;
        batch::make_known(&tx, batch, import.day, &summary.compared, CHANGED_MEANWHILE).await?;
        let applied = Applied::from(import.counts);
        tx.commit(applied_note(import, applied)).await?;
        Ok(applied)
    };
    match applied.await {
        Ok(applied) => Ok(applied),
        Err(failure) => {
            batch::take_back(db, batch).await?;
            Err(failure)
        }
    }
}

fn entry(row: StaffRow) -> Option<Entry> {
    let staged = row.facts?;
    Some(Entry {
        id: staged.id,
        kindergarten: staged.kindergarten,
        replaces: staged.replaces,
        facts: staged.facts,
        kept: staged.kept,
    })
}

/// Makes the preview of an open upload anew, against the staff as they are now: a new upload of the same file, whose id is
/// answered. The old one is put aside.
pub async fn renew_staff(
    db: &Db,
    actor: impl Into<Actor>,
    id: ImportId,
) -> Result<ImportId, Failure> {
    let actor = actor.into();
    let reading = db.reading(actor.clone());
    let (import, bytes) = to_renew(db, &reading, Kind::Staff, id).await?;
    let fresh =
        preview_staff(db, actor.clone(), &import.file_name, bytes, import.day, Progress::default())
            .await?;
    discard(db, actor, Kind::Staff, id).await?;
    Ok(fresh.id)
}

/// Says what would become of each row of a file of staff, and keeps nothing.
pub async fn look_at_staff(
    db: &Db,
    actor: impl Into<Actor>,
    bytes: Vec<u8>,
    day: Date,
) -> Result<Preview, Failure> {
    let actor = actor.into();
    let place = rules::place(&actor.reach, db.city())?;
    rules::day(day, actor.now.date())?;
    let (preview, _) = compare(db, &place, db.mint(), bytes, day, Progress::default()).await?;
    Ok(preview)
}

async fn compare(
    db: &Db,
    place: &Place,
    id: ImportId,
    bytes: Vec<u8>,
    day: Date,
    progress: Progress,
) -> Result<(Preview, Compared), Failure> {
    let whole_city = db.reading(db.program("教职工比对"));
    // First the rolls: what is changed after them makes the preview stale, never the other way round.
    let rolls = staff::store::rolls(&whole_city).await?;
    let last = OPEN_END.pred_opt().unwrap_or(OPEN_END);
    let most = kindergartens::store::MOST;
    let ground = Ground {
        kindergartens: kindergartens::store::list(&whole_city, &Filter::default(), last, most, 0)
            .await?,
        known: staff::store::known(&whole_city).await?,
        districts: rules::districts(place),
        day,
        today: db.now().date(),
        identities: Identities::of(db),
    };
    let minting = db.clone();
    let computed = tokio::task::spawn_blocking(move || {
        let table = sheets::read(&bytes, &LIMITS).map_err(|why| unreadable(&why.into()))?;
        let mut tell = |done, all| progress.tell(done, all);
        let preview = staff::preview(&table, &ground, &|| minting.mint(), &mut tell)
            .map_err(|why| unreadable(&why))?;
        let summary = summary(&preview, &rolls);
        let rows = (preview.totals.into(), preview.rows.as_slice());
        let compared = Compared::people(&ground.identities, id, (&table, &bytes), rows, &summary)?;
        Ok((preview, compared))
    });
    computed.await.map_err(Failure::broken)?
}

fn summary(preview: &Preview, rolls: &HashMap<KindergartenId, i64>) -> StaffSummary {
    let telling = |row: &&RowVerdict<Staged, Field>| row.verdict.is_telling();
    let facts = preview.rows.iter().filter(telling).filter_map(|row| row.facts.as_ref());
    let touched: BTreeSet<KindergartenId> = facts.map(|staged| staged.kindergarten).collect();
    let roll = |kindergarten| Roll {
        kindergarten,
        version: rolls.get(&kindergarten).copied().unwrap_or_default(),
    };
    StaffSummary {
        compared: touched.into_iter().map(roll).collect(),
        with_warnings: preview.totals.with_warnings,
        mended: preview.totals.mended,
        notes: preview.notes.clone(),
    }
}
