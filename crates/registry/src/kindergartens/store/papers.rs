//! Delegation papers (委托书, 2.1.2-6).

use kernel::{Date, Failure, KindergartenId, PaperId};
use storage::FromRow;
use storage::{Source, Sql, Tx};

use super::super::types::Delegation;

/// Most papers of one kindergarten that are shown.
const MOST: i64 = 100;

#[derive(FromRow)]
struct Row {
    id: PaperId,
    number: String,
    dated: Date,
    valid_from: Date,
    valid_to: Date,
}

/// The delegation papers of a kindergarten, the latest first. Reach was judged by [`super::find`].
pub async fn delegations(
    src: &impl Source,
    kindergarten: KindergartenId,
) -> Result<Vec<Delegation>, Failure> {
    let mut sql = Sql::new(
        "SELECT id, number, dated, valid_from, valid_to FROM paper WHERE kind = 'delegation' AND ",
    );
    sql.text("kindergarten_id = ")
        .bind(kindergarten)
        .text(" ORDER BY valid_from DESC, id LIMIT ")
        .bind(MOST);
    let rows = src.all::<Row>(sql).await?;
    let read = |row: Row| Delegation {
        id: row.id,
        number: row.number,
        dated: row.dated,
        from: row.valid_from,
        to: row.valid_to,
    };
    Ok(rows.into_iter().map(read).collect())
}

/// Records a paper for a kindergarten that was just found.
pub async fn record_delegation(
    tx: &Tx,
    kindergarten: KindergartenId,
    paper: &Delegation,
) -> Result<(), Failure> {
    let columns = [
        "id",
        "kind",
        "kindergarten_id",
        "number",
        "dated",
        "valid_from",
        "valid_to",
        "recorded_at",
    ];
    let row = vec![
        paper.id.into(),
        "delegation".into(),
        kindergarten.into(),
        paper.number.clone().into(),
        paper.dated.into(),
        paper.from.into(),
        paper.to.into(),
        tx.now().millis().into(),
    ];
    tx.insert("paper", &columns, vec![row]).await
}

/// Ends a paper that was just found; stale when it has been ended meanwhile.
pub async fn end_delegation(tx: &Tx, paper: &Delegation, on: Date) -> Result<(), Failure> {
    let text = "UPDATE paper SET valid_to = $1 WHERE id = $2 AND valid_to = $3";
    tx.execute_one(
        Sql::with(text, [on.into(), paper.id.into(), paper.to.into()]),
        "这份委托书刚被他人终止，请刷新后查看。",
    )
    .await
}
