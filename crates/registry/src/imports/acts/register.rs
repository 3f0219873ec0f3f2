//! The register of kindergartens, from file to rows.
//!
//! Reading and comparing happen before the transaction begins, on a thread for computing; the transaction only asks
//! whether what was compared with still holds, and saves.

use std::collections::BTreeMap;

use geography::Datum;
use kernel::{Date, Failure, ImportId, Note, OPEN_END, Place};
use sheets::Limits;
use storage::{Actor, Db, Tx};

use super::super::rules::{self, Concern};
use super::super::store::{self, NewImport, StoredRow};
use super::super::types::{
    Applied, Choice, Counts, Kind, Latest, Options, Previewed, Progress, Row, Summary,
};
use super::upload::{applied_note, said, to_apply, unreadable};
use crate::kindergartens::{
    self, Existing, Facts, Filter, Kindergarten, Preview, Reading, Revision,
};
use crate::places::{self, CityLock};

const CHANGED_MEANWHILE: &str =
    "预览之后名册有了变化，没有保存任何内容。已按最新名册重新比对，请核对后再确认。";

/// Reads a register and keeps what would become of each row as a preview. Nothing of it is saved before [`apply`].
///
/// An officer of a district previews the rows of her district, the city bureau and our own programs those of the city. A
/// file that can't be read as a register is refused whole, with a sentence at the field `file`, and nothing is kept.
pub async fn preview_file(
    db: &Db,
    actor: impl Into<Actor>,
    file_name: &str,
    bytes: Vec<u8>,
    options: Options,
    progress: Progress,
) -> Result<Previewed, Failure> {
    let actor = actor.into();
    let place = rules::place(&actor.reach, db.city())?;
    rules::day(options.day, actor.now.date())?;
    let read = compare(db, &place, bytes, options, progress).await?;
    let tx = db.begin(actor).await?;
    let id: ImportId = tx.mint();
    let import = NewImport {
        id,
        kind: Kind::Kindergartens,
        place: &place,
        file_name,
        file_digest: &read.file_digest,
        day: options.day,
        counts: read.preview.totals.into(),
        content: read.content,
    };
    store::insert(&tx, import, read.bytes).await?;
    store::insert_rows(&tx, id, read.rows).await?;
    let summary = format!("上传名册“{file_name}”，{}，尚未保存", said(read.preview.totals.into()));
    let note = Note::of("import.previewed", id, summary).at(place);
    tx.commit(note.after(&serde_json::json!({ "file_sm3": read.file_digest }))).await?;
    Ok(Previewed { id, preview: read.preview })
}

/// Saves the rows of a preview, all good ones or all or none as `choice` says, from its day on.
///
/// # Errors
/// [`Failure::Stale`] when what the preview compared with no longer holds: then nothing is saved, and [`renew`] makes the
/// preview anew. Applying twice is refused.
pub async fn apply(
    db: &Db,
    actor: impl Into<Actor>,
    id: ImportId,
    choice: Choice,
) -> Result<Applied, Failure> {
    let actor = actor.into();
    let reading = db.reading(actor.clone());
    let (import, summary, rows): (_, Summary, Vec<Row>) =
        to_apply(&reading, Kind::Kindergartens, id, choice).await?;
    let concern = Concern::of(&rows);

    let tx = db.begin(actor).await?;
    store::mark_applied(&tx, id).await?;
    // Else two imports at the same instant could each give one code to a new kindergarten.
    places::store::lock_city(&tx, CityLock::NationalCodes).await?;
    let latest = store::latest(&tx).await?;
    if rules::compared(&latest, &concern) != summary.compared {
        return Err(Failure::Stale(CHANGED_MEANWHILE.to_owned()));
    }
    let cause = format!("导入名册“{}”", import.file_name);
    save(&tx, import.day, &cause, rows, &latest).await?;
    let applied = Applied::from(import.counts);
    tx.commit(applied_note(import, applied)).await?;
    Ok(applied)
}

async fn save(
    tx: &Tx,
    day: Date,
    cause: &str,
    rows: Vec<Row>,
    latest: &[Latest],
) -> Result<(), Failure> {
    let known: BTreeMap<&str, &Latest> =
        latest.iter().map(|one| (one.register_id.as_str(), one)).collect();
    let (mut new, mut revisions): (Vec<Facts>, Vec<Revision>) = (Vec::new(), Vec::new());
    for row in rows {
        match (row.facts, known.get(row.id.as_str())) {
            (Some(facts), Some(one)) => {
                revisions.push(Revision { id: one.id, seen: one.state, facts });
            }
            (Some(facts), None) => new.push(facts),
            (None, _) => {}
        }
    }
    kindergartens::store::enter(tx, day, cause, &new).await?;
    kindergartens::store::revise(tx, day, cause, &revisions).await
}

/// Makes the preview of an open upload anew, against the register as it is now.
pub async fn renew(db: &Db, actor: impl Into<Actor>, id: ImportId) -> Result<(), Failure> {
    let actor = actor.into();
    let reading = db.reading(actor.clone());
    let import = store::find(&reading, Kind::Kindergartens, id).await?;
    rules::open(&import)?;
    let summary: Summary = store::content(&reading, id).await?;
    let bytes = store::file(&reading, id).await?;
    let options =
        Options { day: import.day, datum: Datum::named(&summary.datum).unwrap_or(Datum::Gcj02) };
    let read = compare(db, &import.place, bytes, options, Progress::default()).await?;
    let tx = db.begin(actor).await?;
    let counts: Counts = read.preview.totals.into();
    store::replace(&tx, id, counts, read.content).await?;
    store::insert_rows(&tx, id, read.rows).await?;
    let text = format!("名册有变化，重新预览“{}”：{}，尚未保存", import.file_name, said(counts));
    tx.commit(Note::of("import.previewed", id, text).at(import.place)).await
}

/// A file that was read and compared, with its texts for the store.
struct Read {
    bytes: Vec<u8>,
    file_digest: String,
    preview: Preview,
    rows: Vec<StoredRow>,
    content: String,
}

/// The last day on which anything can hold: what holds then is what nothing later follows.
fn last_day() -> Date {
    OPEN_END.pred_opt().unwrap_or(OPEN_END)
}

/// Compares a file with the register of the whole city: ids and codes are unique in the city, whoever uploads.
async fn compare(
    db: &Db,
    place: &Place,
    bytes: Vec<u8>,
    options: Options,
    progress: Progress,
) -> Result<Read, Failure> {
    let whole_city = db.reading(db.program("名册比对"));
    let regions = places::store::regions(&whole_city).await?;
    let most = kindergartens::store::MOST;
    let known =
        kindergartens::store::list(&whole_city, &Filter::default(), last_day(), most, 0).await?;
    let reading = Reading {
        assumed_datum: options.datum,
        districts: rules::districts(place),
        today: db.now().date(),
    };
    let computed = tokio::task::spawn_blocking(move || {
        let (existing, latest, since) = compared_with(known);
        let table =
            sheets::read(&bytes, &Limits::default()).map_err(|why| unreadable(&why.into()))?;
        let mut tell = |done, all| progress.tell(done, all);
        let mut preview = kindergartens::preview(&table, &regions, &existing, &reading, &mut tell)
            .map_err(|why| unreadable(&why))?;
        rules::refuse_earlier(&mut preview, &since, options.day);
        stored(bytes, preview, &latest, options)
    });
    computed.await.map_err(Failure::broken)?
}

fn compared_with(known: Vec<Kindergarten>) -> (Existing, Vec<Latest>, BTreeMap<String, Date>) {
    let (mut existing, mut latest, mut since) = (Existing::new(), Vec::new(), BTreeMap::new());
    for one in known {
        let register_id = one.facts.register_id.to_string();
        let national_code = one.facts.national_code.as_ref().map(ToString::to_string);
        latest.push(Latest {
            id: one.id,
            register_id: register_id.clone(),
            national_code,
            state: one.state,
        });
        since.insert(register_id.clone(), one.since);
        existing.insert(register_id, one.facts);
    }
    (existing, latest, since)
}

fn stored(
    bytes: Vec<u8>,
    preview: Preview,
    latest: &[Latest],
    options: Options,
) -> Result<Read, Failure> {
    let rows: Vec<Row> = preview.rows.iter().map(Row::of).collect();
    let summary = Summary {
        datum: options.datum.label().to_owned(),
        compared: rules::compared(latest, &Concern::of(&rows)),
        with_warnings: preview.totals.with_warnings,
        mended: preview.totals.mended,
        gaps: preview.gaps.into(),
        notes: preview.notes.clone(),
        not_in_file: preview.not_in_file.iter().cloned().map(Into::into).collect(),
    };
    Ok(Read {
        rows: super::upload::stored(&preview.rows)?,
        content: serde_json::to_string(&summary).map_err(Failure::broken)?,
        file_digest: rules::digest(&bytes),
        bytes,
        preview,
    })
}
