//! A committee as of a day, read from the committee's record, the cluster's memberships and the heads' posts.

use kernel::{ClusterId, Date, Failure, KindergartenId, PersonId, PostKind};
use registry::kindergartens::Role;
use storage::{FromRow, Source, Sql};

use super::types::{Committee, Seat, SeatHolder};

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
    let mut sql = Sql::new("SELECT established_on, paper_number FROM committee WHERE cluster_id = ");
    sql.bind(cluster).text(" AND established_on <= ").bind(day);
    let Some(row) = src.one::<CommitteeRow>(sql).await? else { return Ok(None) };
    Ok(Some(Committee {
        established_on: row.established_on,
        paper_number: row.paper_number,
        seats: seats(src, cluster, day).await?,
    }))
}

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
