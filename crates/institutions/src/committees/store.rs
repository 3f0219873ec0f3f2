//! A committee as of a day, read from the committee's record, the cluster's memberships and the heads' posts.

use kernel::{ClusterId, Date, Failure, KindergartenId, OPEN_END, PersonId, PostKind};
use registry::kindergartens::Role;
use storage::{FromRow, Source, Sql, Tx, Value};

use super::types::{Committee, Seat, SeatHolder, SeatTurn};

#[derive(FromRow)]
struct CommitteeRow {
    established_on: Date,
    paper_number: String,
}

#[derive(FromRow)]
struct SeatRow {
    kindergarten_id: KindergartenId,
    name: String,
    role: String,
    person_id: Option<PersonId>,
    person_name: Option<String>,
    kind: Option<String>,
    since: Option<Date>,
}

/// The committee of a cluster that was just found within reach; none when it has not been established by `day`.
pub async fn of_cluster(
    src: &impl Source,
    cluster: ClusterId,
    day: Date,
) -> Result<Option<Committee>, Failure> {
    let mut sql =
        Sql::new("SELECT established_on, paper_number FROM committee WHERE cluster_id = ");
    sql.bind(cluster).text(" AND established_on <= ").bind(day);
    let Some(row) = src.one::<CommitteeRow>(sql).await? else { return Ok(None) };
    Ok(Some(Committee {
        established_on: row.established_on,
        paper_number: row.paper_number,
        seats: seats(src, cluster, day).await?,
    }))
}

/// Writes the committees of clusters that have none; answers how many.
pub(super) async fn insert(
    tx: &Tx,
    clusters: &[ClusterId],
    on: Date,
    paper_number: &str,
) -> Result<u64, Failure> {
    if clusters.is_empty() {
        return Ok(0);
    }
    let mut sql = Sql::new(
        "INSERT INTO committee (cluster_id, established_on, paper_number, recorded_at) VALUES ",
    );
    for (place, cluster) in clusters.iter().enumerate() {
        let row: [Value; 4] =
            [(*cluster).into(), on.into(), paper_number.into(), tx.now().millis().into()];
        sql.text(if place == 0 { "" } else { ", " }).bind_list(row);
    }
    sql.text(" ON CONFLICT (cluster_id) DO NOTHING");
    tx.execute(sql).await
}

#[derive(FromRow)]
struct TurnRow {
    kindergarten: String,
    name: String,
    kind: String,
    valid_from: Date,
    valid_to: Date,
}

/// Who held the seats of a cluster that was just found, of the kindergartens that are in it on `day`: the latest first.
pub async fn turns(
    src: &impl Source,
    cluster: ClusterId,
    day: Date,
) -> Result<Vec<SeatTurn>, Failure> {
    let mut sql = Sql::new(
        "SELECT k.name AS kindergarten, p.name, o.kind, o.valid_from, o.valid_to FROM membership m \
         JOIN kindergarten_state k ON k.kindergarten_id = m.kindergarten_id AND ",
    );
    sql.on_day("k", day).text(" JOIN post o ON o.seat_id = m.kindergarten_id AND o.valid_from <= ");
    sql.bind(day).text(" JOIN person p ON p.id = o.person_id WHERE m.cluster_id = ").bind(cluster);
    sql.text(" AND ").on_day("m", day).text(" ORDER BY o.valid_from DESC, k.sort_key LIMIT 60");
    let turn = |row: TurnRow| {
        Ok(SeatTurn {
            kindergarten: row.kindergarten,
            name: row.name,
            kind: PostKind::from_code(&row.kind)
                .ok_or_else(|| Failure::broken(format!("unknown post {}", row.kind)))?,
            from: row.valid_from,
            until: (row.valid_to < OPEN_END).then_some(row.valid_to),
        })
    };
    src.all::<TurnRow>(sql).await?.into_iter().map(turn).collect()
}

/// The seats of a cluster that was just found.
async fn seats(src: &impl Source, cluster: ClusterId, day: Date) -> Result<Vec<Seat>, Failure> {
    let mut sql = Sql::new(
        "SELECT m.kindergarten_id, k.name, m.role, o.person_id, p.name AS person_name, o.kind, o.valid_from AS since \
         FROM membership m JOIN kindergarten_state k ON k.kindergarten_id = m.kindergarten_id AND ",
    );
    sql.on_day("k", day)
        .text(" LEFT JOIN post o ON o.seat_id = m.kindergarten_id AND ")
        .on_day("o", day)
        .text(" LEFT JOIN person p ON p.id = o.person_id WHERE m.cluster_id = ")
        .bind(cluster)
        .text(" AND ")
        .on_day("m", day)
        .text(" ORDER BY m.role, k.sort_key, m.kindergarten_id LIMIT 500");
    src.all::<SeatRow>(sql).await?.into_iter().map(seat).collect()
}

fn seat(row: SeatRow) -> Result<Seat, Failure> {
    let role = Role::from_code(&row.role)
        .ok_or_else(|| Failure::broken(format!("unknown role {:?}", row.role)))?;
    let kind = row.kind.as_deref().and_then(PostKind::from_code);
    let holder = match (row.person_id, row.person_name, kind, row.since) {
        (Some(person), Some(name), Some(kind), Some(since)) => {
            Some(SeatHolder { person, name, kind, since })
        }
        _ => None,
    };
    Ok(Seat { kindergarten: row.kindergarten_id, name: row.name, role, holder })
}
