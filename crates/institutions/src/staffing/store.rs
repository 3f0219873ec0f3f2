//! Staffing as of a day, within reach: a few set-based queries, whatever the number of places.

use std::collections::{BTreeMap, BTreeSet};

use kernel::{ClusterId, Date, Failure, KindergartenId, PersonId, PostKind};
use policy::RunBy;
use policy::obligations::{Committee, Inspectors, Institutions, Researchers, Seat};
use registry::clusters;
use registry::kindergartens::Role;
use storage::{FromRow, Source, Sql};

use super::types::{Answering, ClusterStaffing, Gap, KindergartenStaffing};

/// Most kindergartens that one answer holds: ten times the largest city's.
const MOST: i64 = 40_000;

#[derive(FromRow)]
struct Row {
    id: KindergartenId,
    name: String,
    district_code: String,
    cluster_id: Option<ClusterId>,
    role: Option<String>,
    head: Option<String>,
    run_by: Option<String>,
    liaisons: i64,
    parties: i64,
}

/// Which kindergartens are asked for.
#[derive(Debug, Clone, Copy)]
pub enum Scope<'a> {
    /// All within reach.
    All,
    /// Of a district.
    District(&'a str),
    /// Of a cluster.
    Cluster(ClusterId),
    /// One.
    Kindergarten(KindergartenId),
}

/// What is filled on `day` in every running kindergarten of a scope, within reach.
pub async fn kindergartens(
    src: &impl Source,
    scope: Scope<'_>,
    day: Date,
) -> Result<Vec<KindergartenStaffing>, Failure> {
    let mut sql = Sql::new(
        "SELECT k.kindergarten_id AS id, k.name, k.district_code, k.run_by, m.cluster_id, m.role, h.kind AS head, \
         CAST((SELECT count(*) FROM post l WHERE l.kindergarten_id = k.kindergarten_id AND l.kind = 'liaison' AND ",
    );
    sql.on_day("l", day);
    sql.text(") AS bigint) AS liaisons, CAST((SELECT count(*) FROM party_membership b WHERE b.kindergarten_id = k.kindergarten_id AND ");
    sql.on_day("b", day).text(") AS bigint) AS parties FROM kindergarten_state k ");
    sql.text("LEFT JOIN membership m ON m.kindergarten_id = k.kindergarten_id AND ")
        .on_day("m", day);
    sql.text(" LEFT JOIN post h ON h.seat_id = k.kindergarten_id AND ").on_day("h", day);
    sql.text(" WHERE k.status = 'open' AND ").on_day("k", day).text(" AND ");
    sql.within(src.reach(), "k.place", "k.kindergarten_id", src.today());
    match scope {
        Scope::All => &mut sql,
        Scope::District(code) => sql.text(" AND k.district_code = ").bind(code),
        Scope::Cluster(id) => sql.text(" AND m.cluster_id = ").bind(id),
        Scope::Kindergarten(id) => sql.text(" AND k.kindergarten_id = ").bind(id),
    };
    sql.text(" ORDER BY k.sort_key, k.kindergarten_id LIMIT ").bind(MOST);
    let staffing = |row: Row| {
        let head = row.head.as_deref().and_then(PostKind::from_code);
        KindergartenStaffing {
            kindergarten: row.id,
            name: row.name,
            district: row.district_code,
            run_by: row.run_by.as_deref().and_then(RunBy::from_code).unwrap_or(RunBy::District),
            cluster: row.cluster_id,
            is_centre: row.role.as_deref() == Some("centre"),
            has_principal: head == Some(PostKind::Principal),
            has_acting_head: head == Some(PostKind::ActingHead),
            liaisons: row.liaisons,
            parties: row.parties,
        }
    };
    Ok(src.all::<Row>(sql).await?.into_iter().map(staffing).collect())
}

#[derive(FromRow)]
struct LackingRow {
    id: KindergartenId,
    name: String,
    total: i64,
}

/// The running kindergartens of the clusters within reach that lack something of their own on `day`, at most `most` by
/// name; and how many there are.
pub async fn lacking(
    src: &impl Source,
    gap: Gap,
    whose: Answering,
    day: Date,
    most: i64,
) -> Result<(i64, Vec<(KindergartenId, String)>), Failure> {
    let mut sql = Sql::new(
        "SELECT k.kindergarten_id AS id, k.name, CAST(count(*) OVER () AS bigint) AS total FROM kindergarten_state k JOIN membership m ON m.kindergarten_id = k.kindergarten_id AND ",
    );
    sql.on_day("m", day).text(" WHERE k.status = 'open' AND ").on_day("k", day).text(" AND ");
    sql.within(src.reach(), "k.place", "k.kindergarten_id", src.today());
    match whose {
        Answering::To(RunBy::City) => sql.text(" AND k.run_by = ").bind(RunBy::City.code()),
        // Where the register does not say, the district.
        Answering::To(RunBy::District) => {
            sql.text(" AND COALESCE(k.run_by, '') <> ").bind(RunBy::City.code())
        }
        Answering::ToAny => &mut sql,
    };
    sql.text(" AND NOT EXISTS (SELECT 1 FROM ");
    match gap {
        Gap::Head => sql.text("post x WHERE x.seat_id = k.kindergarten_id"),
        Gap::Liaison => {
            sql.text("post x WHERE x.kindergarten_id = k.kindergarten_id AND x.kind = 'liaison'")
        }
        Gap::Party => sql.text("party_membership x WHERE x.kindergarten_id = k.kindergarten_id"),
        // What a cluster needs no kindergarten lacks.
        Gap::Committee | Gap::FullTime | Gap::PartTime | Gap::Lead | Gap::Trainer => {
            return Ok((0, Vec::new()));
        }
    };
    sql.text(" AND ").on_day("x", day).text(") ORDER BY k.sort_key, k.kindergarten_id LIMIT ");
    sql.bind(most);
    let rows = src.all::<LackingRow>(sql).await?;
    let total = rows.first().map_or(0, |row| row.total);
    Ok((total, rows.into_iter().map(|row| (row.id, row.name)).collect()))
}

#[derive(FromRow)]
struct CountRow {
    cluster_id: ClusterId,
    kind: String,
    held: i64,
}

#[derive(FromRow)]
struct CommitteeRow {
    cluster_id: ClusterId,
}

/// How many posts of each kind stand in each cluster on `day`, whatever the reach: counts, which say nothing without the
/// clusters that a caller has found within reach.
async fn held(
    src: &impl Source,
    day: Date,
) -> Result<BTreeMap<(ClusterId, PostKind), i64>, Failure> {
    let mut sql = Sql::new(
        "SELECT o.cluster_id, o.kind, CAST(count(*) AS bigint) AS held FROM post o WHERE o.cluster_id IS NOT NULL AND ",
    );
    sql.on_day("o", day).text(" GROUP BY o.cluster_id, o.kind");
    let rows = src.all::<CountRow>(sql).await?.into_iter();
    let counted = |row: CountRow| {
        PostKind::from_code(&row.kind).map(|kind| ((row.cluster_id, kind), row.held))
    };
    Ok(rows.filter_map(counted).collect())
}

/// The clusters that have a committee on `day`, whatever the reach: ids alone.
async fn committees(src: &impl Source, day: Date) -> Result<BTreeSet<ClusterId>, Failure> {
    let sql =
        Sql::with("SELECT cluster_id FROM committee WHERE established_on <= $1", [day.into()]);
    Ok(src.all::<CommitteeRow>(sql).await?.into_iter().map(|row| row.cluster_id).collect())
}

/// What is filled on `day` in every cluster of a district, or of all within reach, by district and name.
pub async fn clusters(
    src: &impl Source,
    district: Option<&str>,
    day: Date,
) -> Result<Vec<ClusterStaffing>, Failure> {
    let filter = clusters::Filter { district: district.map(str::to_owned), text: String::new() };
    let found = clusters::store::list(src, &filter, day, clusters::store::MOST, 0).await?;
    let own = kindergartens(src, district.map_or(Scope::All, Scope::District), day).await?;
    let mut by_cluster: BTreeMap<ClusterId, [i64; 4]> = BTreeMap::new();
    for each in own {
        if let Some(cluster) = each.cluster {
            let counts = by_cluster.entry(cluster).or_default();
            counts[0] += 1;
            counts[1] += i64::from(!each.has_head());
            counts[2] += i64::from(each.liaisons == 0);
            counts[3] += i64::from(each.parties == 0);
        }
    }
    let held = held(src, day).await?;
    let committees = committees(src, day).await?;
    let count = |id: ClusterId, kind: PostKind| held.get(&(id, kind)).copied().unwrap_or_default();
    Ok(found
        .into_iter()
        .map(|cluster| {
            let id = cluster.id;
            let [kindergartens, without_head, without_liaison, without_party] =
                by_cluster.get(&id).copied().unwrap_or_default();
            ClusterStaffing {
                cluster: id,
                name: cluster.name,
                district: cluster.district,
                district_name: cluster.district_name,
                has_committee: committees.contains(&id),
                full_time: count(id, PostKind::FullTimeInspector),
                part_time: count(id, PostKind::PartTimeInspector),
                leads: count(id, PostKind::ResearchLead),
                trainers: count(id, PostKind::Trainer),
                kindergartens,
                without_head,
                without_liaison,
                without_party,
            }
        })
        .collect())
}

#[derive(FromRow)]
struct HeadRow {
    kindergarten_id: KindergartenId,
    person_id: PersonId,
}

#[derive(FromRow)]
struct MemberRow {
    kindergarten_id: KindergartenId,
    cluster_id: ClusterId,
    role: String,
}

#[derive(FromRow)]
struct LiaisonRow {
    kindergarten_id: KindergartenId,
    held: i64,
}

#[derive(FromRow)]
struct PartyRow {
    kindergarten_id: KindergartenId,
    name: String,
}

/// Who holds which post in the whole city on `day`, as the obligations are judged by it: six set-based queries, whatever
/// the reach. Ids, counts and names of party organisations; a page shows only places that it has found within reach.
pub async fn institutions(src: &impl Source, day: Date) -> Result<Institutions, Failure> {
    let mut sql = Sql::new(
        "SELECT o.seat_id AS kindergarten_id, o.person_id FROM post o WHERE o.seat_id IS NOT NULL AND ",
    );
    sql.on_day("o", day);
    let heads: BTreeMap<KindergartenId, PersonId> = src
        .all::<HeadRow>(sql)
        .await?
        .into_iter()
        .map(|row| (row.kindergarten_id, row.person_id))
        .collect();
    let mut sql = Sql::new(
        "SELECT o.kindergarten_id, CAST(count(*) AS bigint) AS held FROM post o WHERE o.kindergarten_id IS NOT NULL AND o.kind = ",
    );
    sql.bind(PostKind::Liaison.code()).text(" AND ").on_day("o", day);
    sql.text(" GROUP BY o.kindergarten_id");
    let liaisons = src.all::<LiaisonRow>(sql).await?;
    let (mut inspectors, mut researchers): (
        BTreeMap<String, Inspectors>,
        BTreeMap<String, Researchers>,
    ) = (BTreeMap::new(), BTreeMap::new());
    for ((cluster, kind), count) in held(src, day).await? {
        let (id, count) = (cluster.to_string(), u32::try_from(count).unwrap_or(u32::MAX));
        match kind {
            PostKind::FullTimeInspector => inspectors.entry(id).or_default().full_time = count,
            PostKind::PartTimeInspector => inspectors.entry(id).or_default().part_time = count,
            PostKind::ResearchLead => researchers.entry(id).or_default().leads = count,
            PostKind::Trainer => researchers.entry(id).or_default().trainers = count,
            _ => {}
        }
    }
    Ok(Institutions {
        committees: Some(seated(src, &heads, day).await?),
        principals: Some(
            heads.iter().map(|(id, person)| (id.to_string(), person.to_string())).collect(),
        ),
        inspectors: Some(inspectors),
        liaisons: Some(
            liaisons
                .into_iter()
                .map(|row| {
                    let count = u32::try_from(row.held).unwrap_or(u32::MAX);
                    (row.kindergarten_id.to_string(), count)
                })
                .collect(),
        ),
        researchers: Some(researchers),
        party_organisations: Some(belonging(src, day).await?),
    })
}

/// The committees in office with their seats, whatever the reach: seat and chair follow from membership and post.
async fn seated(
    src: &impl Source,
    heads: &BTreeMap<KindergartenId, PersonId>,
    day: Date,
) -> Result<Vec<Committee>, Failure> {
    let established = committees(src, day).await?;
    let mut sql =
        Sql::new("SELECT m.kindergarten_id, m.cluster_id, m.role FROM membership m WHERE ");
    sql.on_day("m", day).text(" ORDER BY m.cluster_id, m.role, m.kindergarten_id");
    let mut found: BTreeMap<ClusterId, Committee> = BTreeMap::new();
    for row in src.all::<MemberRow>(sql).await? {
        if !established.contains(&row.cluster_id) {
            continue;
        }
        let holder = heads.get(&row.kindergarten_id).map(ToString::to_string);
        let kindergarten = row.kindergarten_id.to_string();
        let committee = found.entry(row.cluster_id).or_insert_with(|| Committee {
            cluster: row.cluster_id.to_string(),
            chair: None,
            seats: Vec::new(),
            office: None,
        });
        if row.role == Role::Centre.code() {
            committee.chair.clone_from(&holder);
            committee.office = Some(kindergarten.clone());
        }
        committee.seats.push(Seat { kindergarten, holder });
    }
    Ok(found.into_values().collect())
}

/// To which party organisations each kindergarten belongs, whatever the reach.
async fn belonging(src: &impl Source, day: Date) -> Result<BTreeMap<String, Vec<String>>, Failure> {
    let mut sql = Sql::new(
        "SELECT b.kindergarten_id, g.name FROM party_membership b JOIN party_organisation g ON g.id = b.organisation_id WHERE ",
    );
    sql.on_day("b", day).text(" ORDER BY b.kindergarten_id, g.sort_key");
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for row in src.all::<PartyRow>(sql).await? {
        found.entry(row.kindergarten_id.to_string()).or_default().push(row.name);
    }
    Ok(found)
}
