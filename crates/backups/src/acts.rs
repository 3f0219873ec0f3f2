use std::path::{Path, PathBuf};

use kernel::{Failure, Moment, Note};
use storage::{
    Db, Engine, MIGRATIONS, SEALED_COLUMNS, Snapshot, Source, Table, Value, sealed_under,
};

use crate::file::{Backup, Draft, inspect};
use crate::rules::{self, Fault};
use crate::store;
use crate::types::{Cause, FORMAT, Header, Manifest, TableLine};

/// Under which name the audit trail has these acts.
const ACTOR: &str = "gongzhi backup";

/// Values and bytes that one statement of a restore carries.
const VALUES_PER_STATEMENT: usize = 1_500;
const BYTES_PER_STATEMENT: usize = 4 << 20;

/// A backup that was made.
#[derive(Debug, Clone)]
pub struct Made {
    /// The file.
    pub path: PathBuf,
    /// Its bytes.
    pub bytes: u64,
    /// Its first line.
    pub header: Header,
    /// What it holds.
    pub manifest: Manifest,
}

/// Makes a backup of this moment, sealed if there are keys, while others go on; reads it back; and records it. What fails is
/// recorded, too, for the system administrator to see.
pub async fn make(db: &Db, path: &Path, cause: Cause) -> Result<Made, Failure> {
    // The trail is sealed as far as it can be, unless the server is at it.
    people::audit::seal(db).await?;
    let began = db.now();
    let made = written(db, path, began).await;
    let tx = db.begin(db.program(ACTOR)).await?;
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    store::insert(&tx, began, cause, &name, made.as_ref()).await?;
    let note = match &made {
        Ok(made) => {
            let rows = made.manifest.rows();
            Note::of("backup.made", name.as_str(), format!("{}备份 {rows} 行", cause.label()))
        }
        Err(failure) => Note::refused(
            "backup.failed",
            name.as_str(),
            format!("{}备份没有成功：{failure}", cause.label()),
        ),
    };
    tx.commit(note).await?;
    made
}

async fn written(db: &Db, path: &Path, began: Moment) -> Result<Made, Failure> {
    let snapshot = db.snapshot(db.program(ACTOR)).await?;
    let tables = snapshot.tables().await?;
    let manifest = manifest(db, &snapshot, &tables).await?;
    let ring = db.keys().ring();
    let salt: [u8; sealing::SALT_BYTES] = sealing::random()?;
    let header = Header {
        format: FORMAT.to_owned(),
        made_at: began,
        program: env!("CARGO_PKG_VERSION").to_owned(),
        key: ring.map(|ring| ring.current_id().to_owned()),
        salt: ring.map(|_| format!("{:032x}", u128::from_be_bytes(salt))).unwrap_or_default(),
    };
    let mut draft = Draft::begin(path, &header, ring, &manifest)?;
    for table in &tables {
        snapshot.pour(table, |cells| draft.row(cells)).await?;
        draft.end_table()?;
    }
    drop(snapshot);
    let bytes = draft.finish(db.keys())?;
    Ok(Made { path: path.to_owned(), bytes, header, manifest })
}

async fn manifest(db: &Db, snapshot: &Snapshot, tables: &[Table]) -> Result<Manifest, Failure> {
    let mut lines = Vec::new();
    for table in tables {
        lines.push(TableLine {
            name: table.name.clone(),
            columns: table.columns.iter().map(|(name, _)| name.clone()).collect(),
            rows: snapshot.count(&table.name).await?,
        });
    }
    // An older schema lacks some.
    let has = |column: &sealing::Column| {
        let own = tables.iter().find(|table| table.name == column.table);
        own.is_some_and(|table| table.columns.iter().any(|(name, _)| name == column.key))
    };
    let sealed: Vec<sealing::Column> = SEALED_COLUMNS.iter().copied().filter(has).collect();
    let engine = match db.engine() {
        Engine::Sqlite => "sqlite",
        Engine::Postgres => "postgres",
    };
    Ok(Manifest {
        city: db.city().codes().next().unwrap_or_default().to_owned(),
        engine: engine.to_owned(),
        migrations: snapshot.migrations().await?,
        tables: lines,
        audit_head: people::audit::head(snapshot).await?,
        keys: sealed_under(snapshot, &sealed).await?,
    })
}

/// Fills the database from a backup, in one transaction: what the file holds is compared with what it says of itself, what is
/// filled in with the file, and the audit trail proved, before anything is kept. The database need not be migrated; an
/// older backup is brought up to date.
pub async fn restore(db: &Db, path: &Path, replace: bool) -> Result<Manifest, Failure> {
    let (header, manifest) = inspect(path, db.keys())?;
    let known: Vec<&str> = MIGRATIONS.iter().map(|(name, _)| *name).collect();
    let city = db.city().codes().next().unwrap_or_default().to_owned();
    rules::restorable(&manifest, &known, db.keys(), &city)?;
    let mut loading = db.begin_loading(db.program("gongzhi restore")).await?;
    rules::fillable(&loading.standing().await?, replace)?;
    loading.make_room(&manifest.migrations).await?;
    let tables = loading.tables().await?;
    let mut backup = Backup::open(path, db.keys())?;
    for line in &manifest.tables {
        let table = tables
            .iter()
            .find(|table| table.name == line.name)
            .ok_or(Fault::Damaged("清单中有未知的表"))?;
        if !line.columns.iter().all(|name| table.columns.iter().any(|(own, _)| own == name)) {
            return Err(Fault::Damaged("清单中有未知的列").into());
        }
        let most = (VALUES_PER_STATEMENT / line.columns.len().max(1)).clamp(1, 500);
        let (mut rows, mut bytes) = (Vec::new(), 0);
        while let Some(row) = backup.row(line.columns.len())? {
            bytes += row.iter().map(size).sum::<usize>();
            rows.push(row);
            if rows.len() >= most || bytes >= BYTES_PER_STATEMENT {
                loading.insert(table, &line.columns, std::mem::take(&mut rows)).await?;
                bytes = 0;
            }
        }
        if !rows.is_empty() {
            loading.insert(table, &line.columns, rows).await?;
        }
        let found = loading.tx().count(&line.name).await?;
        if found != line.rows {
            let table = line.name.clone();
            return Err(Fault::Counts { table, expected: line.rows, found }.into());
        }
    }
    backup.finish()?;
    loading.finish().await?;
    let verdict = people::audit::prove(loading.tx()).await?;
    if let Some(fault) = verdict.faults.first() {
        return Err(Fault::Trail(fault.to_string()).into());
    }
    if verdict.head != manifest.audit_head {
        return Err(Fault::Trail("链头与备份清单不符".to_owned()).into());
    }
    let rows = manifest.rows();
    let summary = format!("从 {} 的备份恢复 {rows} 行", header.made_at);
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    loading.commit(Note::of("backup.restored", name.as_str(), summary)).await?;
    people::audit::seal(db).await?;
    Ok(manifest)
}

fn size(value: &Value) -> usize {
    match value {
        Value::Text(text) => text.len(),
        Value::Bytes(bytes) => bytes.len(),
        _ => 8,
    }
}
