use kernel::{Failure, Moment};
use storage::{FromRow, Source, Sql, Tx};

use crate::acts::Made;
use crate::types::{Cause, Line, Standing};

/// Records a backup or a try.
pub(crate) async fn insert(
    tx: &Tx,
    began: Moment,
    cause: Cause,
    file: &str,
    made: Result<&Made, &Failure>,
) -> Result<(), Failure> {
    let columns = &[
        "began_at",
        "ended_at",
        "cause",
        "file_name",
        "bytes",
        "row_count",
        "key_id",
        "audit_head",
        "fault",
    ];
    let good = made.ok();
    let row = vec![
        began.millis().into(),
        tx.now().millis().into(),
        cause.code().into(),
        file.into(),
        good.map_or(0, |made| made.bytes as i64).into(),
        good.map_or(0, |made| made.manifest.rows()).into(),
        good.and_then(|made| made.header.key.clone()).into(),
        good.map_or("", |made| made.manifest.audit_head.as_str()).into(),
        made.err().map(ToString::to_string).into(),
    ];
    tx.insert("backup_made", columns, vec![row]).await
}

#[derive(FromRow)]
struct Row {
    began_at: i64,
    ended_at: i64,
    cause: String,
    file_name: String,
    bytes: i64,
    total: i64,
    key_id: Option<String>,
    fault: Option<String>,
}

impl From<Row> for Line {
    fn from(row: Row) -> Self {
        Self {
            began_at: Moment::from_millis(row.began_at),
            seconds: (row.ended_at - row.began_at + 999) / 1000,
            cause: Cause::from_code(&row.cause).map_or("", Cause::label),
            file: row.file_name,
            bytes: row.bytes,
            rows: row.total,
            is_sealed: row.key_id.is_some(),
            fault: row.fault.unwrap_or_default(),
        }
    }
}

/// The latest backups and tries, newest first. Backups lie nowhere: who reads them has no reach to be asked.
pub(crate) async fn latest(source: &impl Source, limit: i64) -> Result<Vec<Line>, Failure> {
    let mut sql = Sql::new(
        "SELECT began_at, ended_at, cause, file_name, bytes, row_count AS total, key_id, fault FROM backup_made \
         ORDER BY id DESC LIMIT ",
    );
    sql.bind(limit);
    Ok(source.all::<Row>(sql).await?.into_iter().map(Line::from).collect())
}

/// How it stands about backups.
pub async fn standing(source: &impl Source) -> Result<Standing, Failure> {
    let failed = latest(source, 1).await?.pop().filter(|line| !line.fault.is_empty());
    let good = "SELECT max(began_at) FROM backup_made WHERE fault IS NULL";
    let good = source.number(Sql::new(good)).await?;
    Ok(Standing {
        good_at: (good > 0).then(|| Moment::from_millis(good)),
        failed: failed.map(|line| (line.began_at, line.fault)),
    })
}

const LEASE: &str = "backup";

/// Takes the lease under which one node makes the scheduled backup, if nobody has it.
pub(crate) async fn take_lease(db: &storage::Db, holder: &str, ms: i64) -> Result<bool, Failure> {
    let now = db.now();
    let sql = Sql::with(
        "INSERT INTO lease (name, holder, until) VALUES ($1, $2, $3) \
         ON CONFLICT (name) DO UPDATE SET holder = $2, until = $3 WHERE lease.until < $4",
        [LEASE.into(), holder.into(), now.plus_millis(ms).millis().into(), now.millis().into()],
    );
    Ok(db.bookkeeping(sql).await? > 0)
}

/// Gives the lease up.
pub(crate) async fn release_lease(db: &storage::Db, holder: &str) -> Result<(), Failure> {
    let sql = Sql::with(
        "UPDATE lease SET until = 0 WHERE name = $1 AND holder = $2",
        [LEASE.into(), holder.into()],
    );
    db.bookkeeping(sql).await.map(drop)
}
