//! What every kind of upload goes through: read and compared it is kept as a preview, found again it is applied, made anew or
//! put aside.

use kernel::{Date, Failure, ImportId, Invalid, Note, Place};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sheets::{Severity, Table, Unfit};
use storage::{Actor, Db, Source};

use super::super::rules;
use super::super::store::{self, Kept, NewImport, StoredRow};
use super::super::types::{Applied, Choice, Counts, Import, Kind, Row};
use crate::kindergartens::RowVerdict;
use crate::staff::{self, Identities};

/// A file that was read and compared, as it is kept.
#[derive(Debug)]
pub struct Compared {
    /// The file.
    pub file: Kept,
    /// SM3 of the file as it came.
    pub file_digest: String,
    /// Its rows of each kind.
    pub counts: Counts,
    /// What becomes of each.
    pub rows: Vec<StoredRow>,
    /// What is said of the file as a whole.
    pub content: String,
}

impl Compared {
    /// A file of people, whose rows became these: sealed with a key, without one as a table whose identity numbers are left out.
    pub fn people<T, F>(
        identities: &Identities,
        id: ImportId,
        (table, bytes): (&Table, &[u8]),
        (counts, rows): (Counts, &[RowVerdict<T, F>]),
        summary: &impl Serialize,
    ) -> Result<Self, Failure>
    where
        T: Clone + Serialize,
        F: Clone + Serialize,
    {
        let file = if identities.is_ready() {
            Kept::Sealed(identities.seal_file(id, bytes)?)
        } else {
            Kept::Plain(staff::blank_numbers(table))
        };
        Ok(Self {
            file,
            file_digest: rules::digest(bytes),
            counts,
            rows: stored(rows)?,
            content: serde_json::to_string(summary).map_err(Failure::broken)?,
        })
    }
}

/// An upload of which a preview is to be kept.
#[derive(Debug, Clone, Copy)]
pub struct Uploaded<'a> {
    /// What it brings.
    pub kind: Kind,
    /// For which place.
    pub place: &'a Place,
    /// The name of its file.
    pub file_name: &'a str,
    /// The day of which it speaks.
    pub day: Date,
}

/// Keeps a preview, written ahead in bounded statements: nothing shows it before it is whole.
pub async fn keep(
    db: &Db,
    actor: Actor,
    id: ImportId,
    uploaded: Uploaded<'_>,
    compared: Compared,
) -> Result<(), Failure> {
    let Uploaded { kind, place, file_name, day } = uploaded;
    let (counts, file_digest) = (compared.counts, compared.file_digest);
    let import = NewImport {
        id,
        kind,
        place,
        file_name,
        file_digest: &file_digest,
        day,
        counts,
        content: compared.content,
    };
    store::sweep(db).await?;
    store::prepare(db, &actor, import, compared.file, compared.rows).await?;
    let tx = db.begin(actor).await?;
    store::finish(&tx, id).await?;
    let summary = format!("上传{}“{file_name}”，{}，尚未保存", kind.label(), said(counts));
    let note = Note::of("import.previewed", id, summary).at(place.clone());
    tx.commit(note.after(&serde_json::json!({ "file_sm3": file_digest }))).await
}

/// What is stored of rows.
pub(super) fn stored<T, F>(rows: &[RowVerdict<T, F>]) -> Result<Vec<StoredRow>, Failure>
where
    T: Clone + Serialize,
    F: Clone + Serialize,
{
    let text = |verdict: &RowVerdict<T, F>| {
        let row = Row::of(verdict);
        let is_warning = |severity| severity == Severity::Warning;
        let warnings = row.messages.iter().filter(|message| is_warning(message.severity)).count();
        let content = serde_json::to_string(&row).map_err(Failure::broken)?;
        Ok((row.verdict, i64::try_from(warnings).unwrap_or(i64::MAX), content))
    };
    rows.iter().map(text).collect()
}

/// An upload that may be applied now, as the officer chose, with what its preview says of the file and of each row.
pub async fn to_apply<S, T, F>(
    src: &impl Source,
    kind: Kind,
    id: ImportId,
    choice: Choice,
) -> Result<(Import, S, Vec<Row<T, F>>), Failure>
where
    S: DeserializeOwned,
    T: DeserializeOwned,
    F: DeserializeOwned,
{
    let import = store::find(src, kind, id).await?;
    rules::apply(&import, choice)?;
    Ok((import, store::content(src, id).await?, store::every_row(src, id).await?))
}

/// An upload that still waits for a decision, with its file as it came.
pub async fn to_renew(
    db: &Db,
    src: &impl Source,
    kind: Kind,
    id: ImportId,
) -> Result<(Import, Vec<u8>), Failure> {
    let import = store::find(src, kind, id).await?;
    rules::open(&import)?;
    Ok((import, file(src, &Identities::of(db), id).await?))
}

/// The file of an upload that was just found, opened.
pub(in super::super) async fn file(
    src: &impl Source,
    identities: &Identities,
    id: ImportId,
) -> Result<Vec<u8>, Failure> {
    match store::kept_file(src, id).await? {
        Kept::Plain(bytes) => Ok(bytes),
        Kept::Sealed(sealed) => Ok(identities.open_file(id, &sealed)?),
    }
}

/// Puts an open upload aside, of whatever kind.
pub async fn discard(
    db: &Db,
    actor: impl Into<Actor>,
    kind: Kind,
    id: ImportId,
) -> Result<(), Failure> {
    let tx = db.begin(actor).await?;
    let import = store::find(&tx, kind, id).await?;
    rules::open(&import)?;
    store::put_aside(&tx, id).await?;
    let text = format!("放弃{}“{}”的预览，没有保存任何内容", kind.label(), import.file_name);
    tx.commit(Note::of("import.discarded", id, text).at(import.place)).await?;
    store::clear(db, id).await
}

/// What the trail says of an import that was applied.
pub fn applied_note(import: Import, applied: Applied) -> Note {
    let since = if import.kind.is_dated() {
        format!("，自 {} 起生效", import.day)
    } else {
        String::new()
    };
    let (what, name) = (import.kind.label(), &import.file_name);
    let text = format!("导入{what}“{name}”{since}：{}", said(import.counts));
    let after = serde_json::json!({ "rows": applied, "file_sm3": import.file_digest });
    Note::of("import.applied", import.id, text).at(import.place).after(&after)
}

pub(super) fn said(counts: Counts) -> String {
    format!(
        "新增 {} 行，变更 {} 行，无变化 {} 行，拒绝 {} 行",
        counts.new, counts.changed, counts.unchanged, counts.refused
    )
}

/// A file that is refused whole, said at its field.
pub fn unreadable(why: &Unfit) -> Failure {
    Invalid::field("file", why.to_string()).into()
}
