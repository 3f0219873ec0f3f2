//! Rows of clusters that begin and end. What began on the very day on which it is to end never held: it is removed.

use std::collections::BTreeMap;

use kernel::{ClusterId, Date, Failure, KindergartenId, sort_key};
use storage::FromRow;
use storage::{Source, Sql, Tx, Value, violates};

use super::super::types::{Decision, Membership, NewCluster, StandingException};
use crate::kindergartens::Role;

/// The dated tables of a cluster.
const DATED: [&str; 3] = ["cluster_state", "membership", "exception"];

const CHANGED: &str = "学区刚被他人调整，请刷新后再办理。";

#[derive(FromRow)]
struct DayRow {
    day: Option<Date>,
}

#[derive(FromRow)]
struct IdRow {
    id: ClusterId,
}

#[derive(FromRow)]
struct NamedRow {
    id: ClusterId,
    name: String,
}

/// The first day after `day` on which a cluster state or stay of the district begins.
pub(in crate::clusters) async fn later(
    src: &impl Source,
    district: &str,
    day: Date,
) -> Result<Option<Date>, Failure> {
    let mut first: Option<Date> = None;
    for table in ["cluster_state", "membership"] {
        let mut sql = Sql::new("SELECT min(t.valid_from) AS day FROM ");
        sql.text(table)
            .text(" t JOIN cluster c ON c.id = t.cluster_id WHERE c.district_code = ")
            .bind(district);
        sql.text(" AND t.valid_from > ").bind(day);
        let found = src.one::<DayRow>(sql).await?.and_then(|row| row.day);
        first = [first, found].into_iter().flatten().min();
    }
    Ok(first)
}

/// The first day of a cluster state of the district that meets `from <= day < to`. For acts, whose lock on the district
/// has asked for reach.
pub(in crate::clusters) async fn meeting(
    src: &impl Source,
    district: &str,
    from: Date,
    to: Date,
) -> Result<Option<Date>, Failure> {
    let text = "SELECT min(t.valid_from) AS day FROM cluster_state t JOIN cluster c ON c.id = t.cluster_id \
                WHERE c.district_code = $1 AND t.valid_from < $3 AND t.valid_to > $2";
    let row = src.one::<DayRow>(Sql::with(text, [district.into(), from.into(), to.into()])).await?;
    Ok(row.and_then(|row| row.day))
}

/// The ids of all clusters that a district has or had.
pub(in crate::clusters) async fn ids(
    src: &impl Source,
    district: &str,
) -> Result<Vec<ClusterId>, Failure> {
    let sql = Sql::with("SELECT id FROM cluster WHERE district_code = $1", [district.into()]);
    Ok(src.all::<IdRow>(sql).await?.into_iter().map(|row| row.id).collect())
}

/// How many of these kindergartens lie in the district on `day`. For acts, whose lock on the district has asked for reach.
pub(in crate::clusters) async fn count_in_district(
    src: &impl Source,
    district: &str,
    day: Date,
    kindergartens: &[KindergartenId],
) -> Result<usize, Failure> {
    let mut count = 0;
    for some in kindergartens.chunks(1_000) {
        let mut sql = Sql::with(
            "SELECT count(*) FROM kindergarten_state s WHERE s.district_code = $1 AND ",
            [district.into()],
        );
        sql.on_day("s", day).text(" AND s.kindergarten_id IN ").bind_list(some.iter().copied());
        count += src.number(sql).await? as usize;
    }
    Ok(count)
}

/// How many of these kindergartens lie in the district on `day`, or lie there today if nothing is known of them on `day`.
/// Whether the district is within reach is asked by the lock before.
pub(in crate::clusters) async fn count_belonging(
    src: &impl Source,
    district: &str,
    day: Date,
    kindergartens: &[KindergartenId],
) -> Result<usize, Failure> {
    let mut sql = Sql::with(
        "SELECT count(*) FROM kindergarten_state s WHERE s.district_code = $1 AND ((",
        [district.into()],
    );
    sql.on_day("s", day).text(") OR (").on_day("s", src.today());
    sql.text(" AND NOT EXISTS (SELECT 1 FROM kindergarten_state o WHERE o.kindergarten_id = s.kindergarten_id AND ");
    sql.on_day("o", day)
        .text("))) AND s.kindergarten_id IN ")
        .bind_list(kindergartens.iter().copied());
    Ok(usize::try_from(src.number(sql).await?).unwrap_or_default())
}

/// The clusters that a district has or had, by the names that they ever bore. Whether the district is within reach is
/// asked by the lock before.
pub(in crate::clusters) async fn ids_by_name(
    src: &impl Source,
    district: &str,
) -> Result<BTreeMap<String, ClusterId>, Failure> {
    let text = "SELECT c.id, cs.name FROM cluster_state cs JOIN cluster c ON c.id = cs.cluster_id \
                WHERE c.district_code = $1 ORDER BY cs.valid_from";
    let rows: Vec<NamedRow> = src.all(Sql::with(text, [district.into()])).await?;
    Ok(rows.into_iter().map(|row| (row.name, row.id)).collect())
}

/// Ends everything of the district's clusters on `day`.
pub(in crate::clusters) async fn end_district(
    tx: &Tx,
    district: &str,
    day: Date,
) -> Result<(), Failure> {
    for table in DATED {
        end(tx, table, day, |sql| {
            sql.text("cluster_id IN (SELECT id FROM cluster WHERE district_code = ")
                .bind(district)
                .text(")");
        })
        .await?;
    }
    Ok(())
}

/// Ends everything of one cluster on `day`.
pub(in crate::clusters) async fn end_cluster(
    tx: &Tx,
    cluster: ClusterId,
    day: Date,
) -> Result<(), Failure> {
    for table in DATED {
        end(tx, table, day, |sql| of_cluster(sql, cluster)).await?;
    }
    Ok(())
}

/// Ends the state (name, document) of one cluster on `day`, so that the next can begin.
pub(in crate::clusters) async fn end_state(
    tx: &Tx,
    cluster: ClusterId,
    day: Date,
) -> Result<(), Failure> {
    match end(tx, "cluster_state", day, |sql| of_cluster(sql, cluster)).await? {
        0 => Err(Failure::Stale(CHANGED.to_owned())),
        _ => Ok(()),
    }
}

/// Ends the stay of a kindergarten in a cluster on `day`; stale when it is not there.
pub(in crate::clusters) async fn end_stay(
    tx: &Tx,
    stay: &Membership,
    day: Date,
) -> Result<(), Failure> {
    let ended = end(tx, "membership", day, |sql| {
        sql.text("cluster_id = ")
            .bind(stay.cluster)
            .text(" AND kindergarten_id = ")
            .bind(stay.kindergarten);
    });
    match ended.await? {
        0 => Err(Failure::Stale(CHANGED.to_owned())),
        _ => Ok(()),
    }
}

fn of_cluster(sql: &mut Sql, cluster: ClusterId) {
    sql.text("cluster_id = ").bind(cluster);
}

async fn end(tx: &Tx, table: &str, day: Date, whose: impl Fn(&mut Sql)) -> Result<u64, Failure> {
    let mut removed = Sql::new("DELETE FROM ");
    removed.text(table).text(" WHERE valid_from >= ").bind(day).text(" AND ");
    whose(&mut removed);
    let mut ended = Sql::new("UPDATE ");
    ended.text(table).text(" SET valid_to = ").bind(day).text(" WHERE valid_from < ").bind(day);
    ended.text(" AND valid_to > ").bind(day).text(" AND ");
    whose(&mut ended);
    Ok(tx.execute(removed).await? + tx.execute(ended).await?)
}

/// Begins clusters under `ids`, of which `fresh` are new.
pub(in crate::clusters) async fn begin(
    tx: &Tx,
    district: &str,
    fresh: &[ClusterId],
    clusters: &[(ClusterId, &NewCluster)],
    decision: &Decision<'_>,
) -> Result<(), Failure> {
    let now = tx.now().millis();
    let rows = fresh.iter().map(|id| vec![(*id).into(), district.into(), now.into()]);
    tx.insert("cluster", &["id", "district_code", "recorded_at"], rows.collect()).await?;
    for (id, cluster) in clusters {
        begin_state(tx, *id, &cluster.name, decision).await?;
    }
    let stays: Vec<(KindergartenId, ClusterId, Role)> = clusters
        .iter()
        .flat_map(|(id, cluster)| {
            cluster.everybody().map(move |(kindergarten, role)| (kindergarten, *id, role))
        })
        .collect();
    begin_stays(tx, &stays, decision).await
}

/// Begins a cluster's state.
pub(in crate::clusters) async fn begin_state(
    tx: &Tx,
    cluster: ClusterId,
    name: &str,
    decision: &Decision<'_>,
) -> Result<(), Failure> {
    let columns = [
        "cluster_id",
        "valid_from",
        "valid_to",
        "recorded_at",
        "name",
        "sort_key",
        "paper_number",
        "cause",
    ];
    let row = vec![
        cluster.into(),
        decision.from.into(),
        decision.to.into(),
        tx.now().millis().into(),
        name.into(),
        sort_key(name).into(),
        decision.paper_number.into(),
        decision.cause.into(),
    ];
    tx.insert("cluster_state", &columns, vec![row]).await
}

/// Begins stays.
pub(in crate::clusters) async fn begin_stays(
    tx: &Tx,
    stays: &[(KindergartenId, ClusterId, Role)],
    decision: &Decision<'_>,
) -> Result<(), Failure> {
    let columns = [
        "kindergarten_id",
        "cluster_id",
        "role",
        "valid_from",
        "valid_to",
        "recorded_at",
        "paper_number",
        "cause",
    ];
    let row = |(kindergarten, cluster, role): &(KindergartenId, ClusterId, Role)| -> Vec<Value> {
        vec![
            (*kindergarten).into(),
            (*cluster).into(),
            role.code().into(),
            decision.from.into(),
            decision.to.into(),
            tx.now().millis().into(),
            decision.paper_number.into(),
            decision.cause.into(),
        ]
    };
    tx.insert("membership", &columns, stays.iter().map(row).collect()).await
}

/// Whether a failure is the guard that keeps a kindergarten in one cluster a day.
pub(in crate::clusters) fn is_second_cluster(failure: &Failure) -> bool {
    violates(failure, "no_overlap_membership_kindergarten_id")
}

/// Records an exception; its approver is the actor unless another is named.
pub(in crate::clusters) async fn insert_exception(
    tx: &Tx,
    exception: &StandingException,
) -> Result<(), Failure> {
    let columns = [
        "cluster_id",
        "rule",
        "reason",
        "approved_by",
        "approved_by_name",
        "paper_number",
        "valid_from",
        "valid_to",
        "recorded_at",
    ];
    let row = vec![
        exception.cluster.into(),
        exception.rule.clone().into(),
        exception.reason.clone().into(),
        tx.actor().person.map(kernel::Id::uuid).into(),
        exception.approved_by.clone().into(),
        exception.paper_number.clone().into(),
        exception.from.into(),
        exception.to.into(),
        tx.now().millis().into(),
    ];
    tx.insert("exception", &columns, vec![row]).await
}

/// Records an amendment in the officer's words.
pub(in crate::clusters) async fn insert_amendment(
    tx: &Tx,
    district: &str,
    cluster: ClusterId,
    kindergarten: Option<KindergartenId>,
    kind: &str,
    decision: &Decision<'_>,
) -> Result<(), Failure> {
    let columns = [
        "district_code",
        "cluster_id",
        "kindergarten_id",
        "kind",
        "reason",
        "paper_number",
        "effective_on",
        "made_by",
        "made_by_name",
        "made_at",
    ];
    let row = vec![
        district.into(),
        cluster.into(),
        kindergarten.map(kernel::Id::uuid).into(),
        kind.into(),
        decision.cause.into(),
        decision.paper_number.into(),
        decision.from.into(),
        tx.actor().person.map(kernel::Id::uuid).into(),
        tx.actor().name.clone().into(),
        tx.now().millis().into(),
    ];
    tx.insert("amendment", &columns, vec![row]).await
}
