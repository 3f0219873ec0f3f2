//! Uploads as rows: within reach by the place of the officer who made them.

use kernel::{Date, Failure, ImportId, KindergartenId, Moment, Place};
use sealing::Sealed;
use serde::de::DeserializeOwned;
use storage::FromRow;
use storage::{Actor, Db, Source, Sql, Tx, Value};

use super::types::{Counts, Import, Kind, Latest, Row, Shown, Stage};
use crate::kindergartens::{self, StateNumber, Verdict};

/// Rows of a preview read at once when it is applied: what a file may hold at most.
const MOST_ROWS: i64 = 200_000;

const COLUMNS: &str = "SELECT i.id, i.kind, i.stage, i.place, i.file_name, i.file_digest, i.day, i.uploaded_by_name, \
     i.uploaded_at, i.applied_at, i.rows_new, i.rows_changed, i.rows_unchanged, i.rows_refused FROM import i WHERE ";

#[derive(FromRow)]
struct ImportRow {
    id: ImportId,
    kind: String,
    stage: String,
    place: String,
    file_name: String,
    file_digest: String,
    day: Date,
    uploaded_by_name: String,
    uploaded_at: i64,
    applied_at: Option<i64>,
    rows_new: i64,
    rows_changed: i64,
    rows_unchanged: i64,
    rows_refused: i64,
}

impl ImportRow {
    fn read(self) -> Result<Import, Failure> {
        let unknown =
            |code: &str| Failure::broken(format!("a stored code means nothing: {code:?}"));
        Ok(Import {
            id: self.id,
            kind: Kind::from_code(&self.kind).ok_or_else(|| unknown(&self.kind))?,
            stage: Stage::from_code(&self.stage).ok_or_else(|| unknown(&self.stage))?,
            place: Place::from_path(self.place),
            file_name: self.file_name,
            file_digest: self.file_digest,
            day: self.day,
            uploaded_by: self.uploaded_by_name,
            uploaded_at: Moment::from_millis(self.uploaded_at),
            applied_at: self.applied_at.map(Moment::from_millis),
            counts: Counts {
                new: self.rows_new,
                changed: self.rows_changed,
                unchanged: self.rows_unchanged,
                refused: self.rows_refused,
            },
        })
    }
}

#[derive(FromRow)]
struct TextRow {
    content: String,
}

#[derive(FromRow)]
struct FileRow {
    content: Vec<u8>,
}

#[derive(FromRow)]
struct LatestRow {
    id: KindergartenId,
    register_id: String,
    national_code: Option<String>,
    state: i64,
}

fn within(sql: &mut Sql, src: &impl Source) {
    sql.text(" AND ").within(src.reach(), "i.place", "NULL", src.today());
}

/// One upload of a kind; not found when it is out of reach.
pub async fn find(src: &impl Source, kind: Kind, id: ImportId) -> Result<Import, Failure> {
    let mut sql = Sql::new(COLUMNS);
    sql.text("i.kind = ").bind(kind.code()).text(" AND i.id = ").bind(id);
    within(&mut sql, src);
    src.one::<ImportRow>(sql).await?.ok_or(Failure::NotFound)?.read()
}

/// How many uploads of a kind there are within reach.
pub(super) async fn count(src: &impl Source, kind: Kind) -> Result<i64, Failure> {
    let mut sql =
        Sql::new("SELECT count(*) FROM import i WHERE i.stage <> 'preparing' AND i.kind = ");
    sql.bind(kind.code());
    within(&mut sql, src);
    src.number(sql).await
}

/// A page of uploads of a kind, the latest first, within reach.
pub(super) async fn list(
    src: &impl Source,
    kind: Kind,
    limit: i64,
    offset: i64,
) -> Result<Vec<Import>, Failure> {
    let mut sql = Sql::new(COLUMNS);
    sql.text("i.stage <> 'preparing' AND i.kind = ").bind(kind.code());
    within(&mut sql, src);
    sql.text(" ORDER BY i.uploaded_at DESC, i.id DESC LIMIT ")
        .bind(limit)
        .text(" OFFSET ")
        .bind(offset);
    src.all::<ImportRow>(sql).await?.into_iter().map(ImportRow::read).collect()
}

/// What the preview of an upload that was just found says as a whole.
pub async fn content<T: DeserializeOwned>(src: &impl Source, id: ImportId) -> Result<T, Failure> {
    let sql = Sql::with("SELECT content FROM import WHERE id = $1", [id.into()]);
    let row = src.one::<TextRow>(sql).await?.ok_or(Failure::NotFound)?;
    serde_json::from_str(&row.content).map_err(Failure::broken)
}

/// The file of an upload that was just found.
pub(super) async fn file(src: &impl Source, id: ImportId) -> Result<Vec<u8>, Failure> {
    let sql = Sql::with("SELECT content FROM import_file WHERE import_id = $1", [id.into()]);
    Ok(src.one::<FileRow>(sql).await?.ok_or(Failure::NotFound)?.content)
}

fn narrow(sql: &mut Sql, id: ImportId, shown: Shown) {
    sql.text(" FROM import_row r WHERE r.import_id = ").bind(id);
    match shown {
        Shown::All => {}
        Shown::Of(verdict) => {
            sql.text(" AND r.verdict = ").bind(verdict.code());
        }
        Shown::Warned => {
            sql.text(" AND r.verdict <> 'refused' AND r.warnings > 0");
        }
    }
}

/// How many rows of an upload that was just found are shown.
pub(super) async fn count_rows(
    src: &impl Source,
    id: ImportId,
    shown: Shown,
) -> Result<i64, Failure> {
    let mut sql = Sql::new("SELECT count(*)");
    narrow(&mut sql, id, shown);
    src.number(sql).await
}

/// Rows of an upload that was just found, in the order of the file.
pub(super) async fn rows<T: DeserializeOwned, F: DeserializeOwned>(
    src: &impl Source,
    id: ImportId,
    shown: Shown,
    limit: i64,
    offset: i64,
) -> Result<Vec<Row<T, F>>, Failure> {
    let mut sql = Sql::new("SELECT r.content");
    narrow(&mut sql, id, shown);
    sql.text(" ORDER BY r.position LIMIT ").bind(limit).text(" OFFSET ").bind(offset);
    let rows = src.all::<TextRow>(sql).await?;
    rows.into_iter()
        .map(|row| serde_json::from_str(&row.content).map_err(Failure::broken))
        .collect()
}

/// Every row of an upload that was just found.
pub async fn every_row<T: DeserializeOwned, F: DeserializeOwned>(
    src: &impl Source,
    id: ImportId,
) -> Result<Vec<Row<T, F>>, Failure> {
    rows(src, id, Shown::All, MOST_ROWS, 0).await
}

/// The latest state of every kindergarten of the city. Reach needs no asking: nothing of it is shown, only whether it
/// is still what a preview compared with.
pub(super) async fn latest(src: &impl Source) -> Result<Vec<Latest>, Failure> {
    let text = "SELECT k.id, k.register_id, s.national_code, s.id AS state FROM kindergarten k \
                JOIN kindergarten_state s ON s.kindergarten_id = k.id WHERE s.valid_to = $1 LIMIT $2";
    let rows: Vec<LatestRow> = src
        .all(Sql::with(text, [kernel::OPEN_END.into(), kindergartens::store::MOST.into()]))
        .await?;
    let read = |row: LatestRow| Latest {
        id: row.id,
        register_id: row.register_id,
        national_code: row.national_code,
        state: StateNumber(row.state),
    };
    Ok(rows.into_iter().map(read).collect())
}

/// A preview to be stored.
#[derive(Debug)]
pub(super) struct NewImport<'a> {
    pub(super) id: ImportId,
    pub(super) kind: Kind,
    pub(super) place: &'a Place,
    pub(super) file_name: &'a str,
    pub(super) file_digest: &'a str,
    pub(super) day: Date,
    pub(super) counts: Counts,
    pub(super) content: String,
}

const IMPORT_COLUMNS: [&str; 15] = [
    "id",
    "kind",
    "stage",
    "place",
    "file_name",
    "file_digest",
    "day",
    "uploaded_by",
    "uploaded_by_name",
    "uploaded_at",
    "rows_new",
    "rows_changed",
    "rows_unchanged",
    "rows_refused",
    "content",
];

fn new_row(import: NewImport<'_>, stage: Stage, actor: &Actor) -> Vec<Value> {
    vec![
        import.id.into(),
        import.kind.code().into(),
        stage.code().into(),
        import.place.path().into(),
        import.file_name.into(),
        import.file_digest.into(),
        import.day.into(),
        actor.person.map(kernel::Id::uuid).into(),
        actor.name.clone().into(),
        actor.now.millis().into(),
        import.counts.new.into(),
        import.counts.changed.into(),
        import.counts.unchanged.into(),
        import.counts.refused.into(),
        import.content.into(),
    ]
}

/// Stores an upload with its file.
pub(super) async fn insert(tx: &Tx, import: NewImport<'_>, file: Vec<u8>) -> Result<(), Failure> {
    let id = import.id;
    let row = new_row(import, Stage::Previewed, tx.actor());
    tx.insert("import", &IMPORT_COLUMNS, vec![row]).await?;
    tx.insert("import_file", &["import_id", "content"], vec![vec![id.into(), file.into()]]).await
}

/// A file as it is kept.
#[derive(Debug)]
pub enum Kept {
    /// As it came, or without what may not be kept in the clear.
    Plain(Vec<u8>),
    /// Under a key.
    Sealed(Sealed),
}

/// A row of a preview: what becomes of it, how many warnings there are, its text.
pub type StoredRow = (Verdict, i64, String);

/// Rows that one statement writes ahead.
const ROWS_AHEAD: usize = 300;

/// Writes an upload ahead, in bounded statements, with its file and its rows: nothing shows it before [`finish`].
pub(super) async fn prepare(
    db: &Db,
    actor: &Actor,
    import: NewImport<'_>,
    file: Kept,
    rows: Vec<StoredRow>,
) -> Result<(), Failure> {
    let id = import.id;
    let row = new_row(import, Stage::Preparing, actor);
    db.bookkeeping(Sql::inserting("import", &IMPORT_COLUMNS, [row])).await?;
    let (columns, row): (&[&str], Vec<Value>) = match file {
        Kept::Plain(content) => (&["import_id", "content"], vec![id.into(), content.into()]),
        Kept::Sealed(Sealed { key, bytes }) => (
            &["import_id", "content_key", "content_sealed"],
            vec![id.into(), key.into(), bytes.into()],
        ),
    };
    db.bookkeeping(Sql::inserting("import_file", columns, [row])).await?;
    let mut rows = row_values(id, rows).peekable();
    while rows.peek().is_some() {
        let some = rows.by_ref().take(ROWS_AHEAD);
        db.bookkeeping(Sql::inserting("import_row", &ROW_COLUMNS, some)).await?;
    }
    Ok(())
}

/// An upload that was written ahead can be seen from now on.
pub(super) async fn finish(tx: &Tx, id: ImportId) -> Result<(), Failure> {
    let text = "UPDATE import SET stage = 'previewed' WHERE id = $1 AND stage = 'preparing'";
    tx.execute_one(Sql::with(text, [id.into()]), DECIDED).await
}

/// Marks an upload that was just found as put aside; its rows and file go by [`clear`].
pub(super) async fn put_aside(tx: &Tx, id: ImportId) -> Result<(), Failure> {
    let text = "UPDATE import SET stage = 'discarded', content = '{}' WHERE id = $1 AND stage = 'previewed'";
    tx.execute_one(Sql::with(text, [id.into()]), DECIDED).await
}

/// Takes the rows and the file of an upload away, in bounded statements.
pub(super) async fn clear(db: &Db, id: ImportId) -> Result<(), Failure> {
    let some = format!(
        "DELETE FROM import_row WHERE import_id = $1 AND position IN \
         (SELECT r.position FROM import_row r WHERE r.import_id = $1 LIMIT {ROWS_AHEAD})"
    );
    while db.bookkeeping(Sql::with(&some, [id.into()])).await? > 0 {}
    let file = "DELETE FROM import_file WHERE import_id = $1";
    db.bookkeeping(Sql::with(file, [id.into()])).await.map(drop)
}

/// How long a preview may be in writing before it counts as left behind.
const PREPARING_MS: i64 = 60 * 60_000;

#[derive(FromRow)]
struct IdRow {
    id: ImportId,
}

/// Takes uploads away whose program ended while it wrote them, wherever: nothing of them is shown, so reach needs no asking.
pub(super) async fn sweep(db: &Db) -> Result<(), Failure> {
    let before = db.now().plus_millis(-PREPARING_MS).millis();
    let text = "SELECT id FROM import WHERE stage = 'preparing' AND uploaded_at < $1 LIMIT 100";
    let left: Vec<IdRow> =
        db.reading(db.program("导入")).all(Sql::with(text, [before.into()])).await?;
    for row in left {
        clear(db, row.id).await?;
        let text = "DELETE FROM import WHERE id = $1 AND stage = 'preparing'";
        db.bookkeeping(Sql::with(text, [row.id.into()])).await?;
    }
    Ok(())
}

/// The file of an upload that was just found, as it is kept.
pub(super) async fn kept_file(src: &impl Source, id: ImportId) -> Result<Kept, Failure> {
    let text = "SELECT content, content_key, content_sealed FROM import_file WHERE import_id = $1";
    let row = src.one::<KeptRow>(Sql::with(text, [id.into()])).await?.ok_or(Failure::NotFound)?;
    match (row.content, row.content_key.zip(row.content_sealed)) {
        (Some(content), _) => Ok(Kept::Plain(content)),
        (None, Some((key, bytes))) => Ok(Kept::Sealed(Sealed { key, bytes })),
        (None, None) => Err(Failure::NotFound),
    }
}

#[derive(FromRow)]
struct KeptRow {
    content: Option<Vec<u8>>,
    content_key: Option<String>,
    content_sealed: Option<Vec<u8>>,
}

const ROW_COLUMNS: [&str; 5] = ["import_id", "position", "verdict", "warnings", "content"];

fn row_values(id: ImportId, rows: Vec<StoredRow>) -> impl Iterator<Item = Vec<Value>> + Send {
    (0_i64..).zip(rows).map(move |(position, (verdict, warnings, content))| {
        vec![id.into(), position.into(), verdict.code().into(), warnings.into(), content.into()]
    })
}

/// Stores the rows of a preview, each with its verdict, its warnings and its text.
pub(super) async fn insert_rows(
    tx: &Tx,
    id: ImportId,
    rows: Vec<StoredRow>,
) -> Result<(), Failure> {
    tx.insert("import_row", &ROW_COLUMNS, row_values(id, rows).collect()).await
}

/// Replaces what the preview of an upload says that was just found; stale when it is no longer open.
pub(super) async fn replace(
    tx: &Tx,
    id: ImportId,
    counts: Counts,
    content: String,
) -> Result<(), Failure> {
    let text = "UPDATE import SET rows_new = $2, rows_changed = $3, rows_unchanged = $4, rows_refused = $5, content = $6 \
                WHERE id = $1 AND stage = 'previewed'";
    let values: [Value; 6] = [
        id.into(),
        counts.new.into(),
        counts.changed.into(),
        counts.unchanged.into(),
        counts.refused.into(),
        content.into(),
    ];
    tx.execute_one(Sql::with(text, values), DECIDED).await?;
    tx.execute(Sql::with("DELETE FROM import_row WHERE import_id = $1", [id.into()]))
        .await
        .map(drop)
}

const DECIDED: &str = "这份文件刚被他人导入或放弃，请刷新后查看。";

/// Marks an upload that was just found as applied; stale when it is no longer open.
pub async fn mark_applied(tx: &Tx, id: ImportId) -> Result<(), Failure> {
    let text = "UPDATE import SET stage = 'applied', applied_at = $2 WHERE id = $1 AND stage = 'previewed'";
    tx.execute_one(Sql::with(text, [id.into(), tx.now().millis().into()]), DECIDED).await
}
