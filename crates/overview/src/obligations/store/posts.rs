//! Who holds which post on the day (二（一）3). What nobody has recorded by then is unknown, not missing.

use std::collections::{BTreeMap, HashMap};

use kernel::{ClusterId, Date, Failure, KindergartenId, PersonId};
use policy::obligations::{Committee, Inspectors, Institutions, Researchers, Seat};
use storage::{FromRow, Source, Sql};

use super::{Found, in_districts};

/// The posts, committees and party organisations of the districts that were read. Whatever the reach of the reader: the
/// verdicts name places and offices, and are narrowed afterwards.
pub(super) async fn institutions(
    src: &impl Source,
    found: &Found,
    districts: Option<&[&str]>,
    day: Date,
) -> Result<Institutions, Failure> {
    let heads = heads(src, districts, day).await?;
    let committees = committees(src, found, &heads, day).await?;
    let held = held_in_clusters(src, day).await?;
    let is_recorded =
        async |kinds: &str| was_recorded(src, "post", &format!("r.kind IN ({kinds})"), day).await;
    let principals = (!heads.is_empty() || is_recorded("'principal', 'acting_head'").await?)
        .then(|| heads.iter().map(|(id, person)| (id.to_string(), person.to_string())).collect());
    let count = |cluster: &ClusterId, kind: &'static str| {
        held.get(&(*cluster, kind.to_owned())).copied().unwrap_or_default()
    };
    let clusters: Vec<ClusterId> = found.read_clusters().map(|(row, _)| row.cluster_id).collect();
    let inspectors =
        is_recorded("'full_time_inspector', 'part_time_inspector'").await?.then(|| {
            let of = |id: &ClusterId| Inspectors {
                full_time: count(id, "full_time_inspector"),
                part_time: count(id, "part_time_inspector"),
            };
            clusters.iter().map(|id| (id.to_string(), of(id))).collect()
        });
    let researchers = is_recorded("'research_lead', 'trainer'").await?.then(|| {
        let of = |id: &ClusterId| Researchers {
            leads: count(id, "research_lead"),
            trainers: count(id, "trainer"),
        };
        clusters.iter().map(|id| (id.to_string(), of(id))).collect()
    });
    let liaisons = liaisons(src, districts, day).await?;
    let parties = parties(src, districts, day).await?;
    Ok(Institutions {
        principals,
        committees,
        inspectors,
        liaisons: (!liaisons.is_empty() || is_recorded("'liaison'").await?).then_some(liaisons),
        researchers,
        party_organisations: (!parties.is_empty()
            || was_recorded(src, "party_membership", "1 = 1", day).await?)
            .then_some(parties),
    })
}

/// Whether anything of the kind was ever recorded in the city by the day. A count that names nobody: reach is not asked.
async fn was_recorded(
    src: &impl Source,
    table: &str,
    which: &str,
    day: Date,
) -> Result<bool, Failure> {
    let mut sql = Sql::new("SELECT count(*) FROM (SELECT 1 AS one FROM ");
    sql.text(table).text(" r WHERE ").text(which).text(" AND r.valid_from <= ").bind(day);
    sql.text(" LIMIT 1) found");
    Ok(src.number(sql).await? > 0)
}

/// Appends that a kindergarten lies in one of the districts on the day; in the whole city nothing is asked.
fn lies_in(sql: &mut Sql, column: &str, districts: Option<&[&str]>, day: Date) {
    if districts.is_some() {
        sql.text(" AND ")
            .text(column)
            .text(" IN (SELECT s.kindergarten_id FROM kindergarten_state s WHERE ");
        sql.on_day("s", day);
        in_districts(sql, "s.district_code", districts);
        sql.text(")");
    }
}

#[derive(FromRow)]
struct HeadRow {
    seat_id: KindergartenId,
    person_id: PersonId,
}

/// Who heads each kindergarten, as principal or acting. Whatever the reach: persons are compared, not shown.
async fn heads(
    src: &impl Source,
    districts: Option<&[&str]>,
    day: Date,
) -> Result<HashMap<KindergartenId, PersonId>, Failure> {
    let mut sql =
        Sql::new("SELECT o.seat_id, o.person_id FROM post o WHERE o.seat_id IS NOT NULL AND ");
    sql.on_day("o", day);
    lies_in(&mut sql, "o.seat_id", districts, day);
    let rows = src.all::<HeadRow>(sql).await?;
    Ok(rows.into_iter().map(|row| (row.seat_id, row.person_id)).collect())
}

#[derive(FromRow)]
struct CommitteeRow {
    cluster_id: ClusterId,
}

/// The committees of the clusters. Their seats follow the memberships and the heads, their office the centre, as the record
/// of a committee defines it; so they can be vacant but not be another's. Whatever the reach: narrowed afterwards.
async fn committees(
    src: &impl Source,
    found: &Found,
    heads: &HashMap<KindergartenId, PersonId>,
    day: Date,
) -> Result<Option<Vec<Committee>>, Failure> {
    let mut sql = Sql::new("SELECT k.cluster_id FROM committee k WHERE k.established_on <= ");
    sql.bind(day);
    let rows = src.all::<CommitteeRow>(sql).await?;
    if rows.is_empty() {
        return Ok(None);
    }
    let established: std::collections::HashSet<ClusterId> =
        rows.into_iter().map(|row| row.cluster_id).collect();
    let holder = |id: &KindergartenId| heads.get(id).map(ToString::to_string);
    let of_clusters =
        found.read_clusters().filter(|(row, _)| established.contains(&row.cluster_id));
    let committee = |(row, stays): (&super::ClusterRow, &[super::StayRow])| {
        let centre =
            stays.iter().find(|stay| stay.role == "centre").map(|stay| stay.kindergarten_id);
        Committee {
            cluster: row.cluster_id.to_string(),
            chair: centre.as_ref().and_then(holder),
            seats: stays
                .iter()
                .map(|stay| Seat {
                    kindergarten: stay.kindergarten_id.to_string(),
                    holder: holder(&stay.kindergarten_id),
                })
                .collect(),
            office: centre.map(|id| id.to_string()),
        }
    };
    Ok(Some(of_clusters.map(committee).collect()))
}

#[derive(FromRow)]
struct HeldRow {
    cluster_id: ClusterId,
    kind: String,
    held: i64,
}

/// How many of each kind stand in each cluster: counts alone, whatever the reach.
async fn held_in_clusters(
    src: &impl Source,
    day: Date,
) -> Result<HashMap<(ClusterId, String), u32>, Failure> {
    let mut sql = Sql::new(
        "SELECT o.cluster_id, o.kind, CAST(count(*) AS bigint) AS held FROM post o WHERE o.cluster_id IS NOT NULL AND ",
    );
    sql.on_day("o", day).text(" GROUP BY o.cluster_id, o.kind");
    let rows = src.all::<HeldRow>(sql).await?;
    let count =
        |row: HeldRow| ((row.cluster_id, row.kind), u32::try_from(row.held).unwrap_or(u32::MAX));
    Ok(rows.into_iter().map(count).collect())
}

#[derive(FromRow)]
struct LiaisonRow {
    kindergarten_id: KindergartenId,
    held: i64,
}

/// How many liaisons each kindergarten has: counts alone, whatever the reach.
async fn liaisons(
    src: &impl Source,
    districts: Option<&[&str]>,
    day: Date,
) -> Result<BTreeMap<String, u32>, Failure> {
    let mut sql = Sql::new(
        "SELECT o.kindergarten_id, CAST(count(*) AS bigint) AS held FROM post o \
         WHERE o.kind = 'liaison' AND o.kindergarten_id IS NOT NULL AND ",
    );
    sql.on_day("o", day);
    lies_in(&mut sql, "o.kindergarten_id", districts, day);
    sql.text(" GROUP BY o.kindergarten_id");
    let rows = src.all::<LiaisonRow>(sql).await?;
    let count = |row: LiaisonRow| {
        (row.kindergarten_id.to_string(), u32::try_from(row.held).unwrap_or(u32::MAX))
    };
    Ok(rows.into_iter().map(count).collect())
}

#[derive(FromRow)]
struct PartyRow {
    kindergarten_id: KindergartenId,
    name: String,
}

/// The party organisations to which each kindergarten belongs. Whatever the reach: narrowed afterwards.
async fn parties(
    src: &impl Source,
    districts: Option<&[&str]>,
    day: Date,
) -> Result<BTreeMap<String, Vec<String>>, Failure> {
    let mut sql = Sql::new(
        "SELECT b.kindergarten_id, g.name FROM party_membership b \
         JOIN party_organisation g ON g.id = b.organisation_id WHERE ",
    );
    sql.on_day("b", day);
    lies_in(&mut sql, "b.kindergarten_id", districts, day);
    let mut parties: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for row in src.all::<PartyRow>(sql).await? {
        parties.entry(row.kindergarten_id.to_string()).or_default().push(row.name);
    }
    Ok(parties)
}
