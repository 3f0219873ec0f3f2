//! Staffing as of a day, within reach: a few set-based queries, whatever the number of places.

use std::collections::BTreeMap;

use kernel::{ClusterId, Date, Failure, KindergartenId, PostKind};
use registry::clusters;
use storage::{FromRow, Source, Sql};

use super::types::{ClusterStaffing, Gap, KindergartenStaffing};

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
        "SELECT k.kindergarten_id AS id, k.name, k.district_code, m.cluster_id, m.role, h.kind AS head, \
         CAST((SELECT count(*) FROM post l WHERE l.kindergarten_id = k.kindergarten_id AND l.kind = 'liaison' AND ",
    );
    sql.on_day("l", day);
    sql.text(") AS bigint) AS liaisons, CAST((SELECT count(*) FROM party_membership b WHERE b.kindergarten_id = k.kindergarten_id AND ");
    sql.on_day("b", day).text(") AS bigint) AS parties FROM kindergarten_state k ");
    sql.text("LEFT JOIN membership m ON m.kindergarten_id = k.kindergarten_id AND ").on_day("m", day);
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
struct CountRow {
    cluster_id: ClusterId,
    kind: String,
    held: i64,
}

#[derive(FromRow)]
struct CommitteeRow {
    cluster_id: ClusterId,
}

/// What is filled on `day` in every cluster of a district, or of all within reach, by district and name.
pub async fn clusters(
    src: &impl Source,
    district: Option<&str>,
    day: Date,
) -> Result<Vec<ClusterStaffing>, Failure> {
    let filter =
        clusters::Filter { district: district.map(str::to_owned), text: String::new() };
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
    // Counts alone, and only those of clusters that were found within reach are used.
    let mut sql = Sql::new(
        "SELECT o.cluster_id, o.kind, CAST(count(*) AS bigint) AS held FROM post o WHERE o.cluster_id IS NOT NULL AND ",
    );
    sql.on_day("o", day).text(" GROUP BY o.cluster_id, o.kind");
    let mut held: BTreeMap<(ClusterId, String), i64> = BTreeMap::new();
    for row in src.all::<CountRow>(sql).await? {
        held.insert((row.cluster_id, row.kind), row.held);
    }
    let mut sql = Sql::new("SELECT cluster_id FROM committee WHERE established_on <= ");
    sql.bind(day);
    let committees: std::collections::BTreeSet<ClusterId> =
        src.all::<CommitteeRow>(sql).await?.into_iter().map(|row| row.cluster_id).collect();
    let count = |id: ClusterId, kind: PostKind| {
        held.get(&(id, kind.code().to_owned())).copied().unwrap_or_default()
    };
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

/// How much is missing today of what the caller's post fills, with the page that shows where. A kindergarten's own post is
/// asked for its own kindergarten alone.
pub async fn own_gaps(
    src: &impl Source,
    may: impl Fn(kernel::Permission) -> bool + Send,
) -> Result<Vec<(Gap, i64, String)>, Failure> {
    let gaps: Vec<Gap> =
        Gap::ALL.iter().copied().filter(|gap| may(gap.filled_with())).collect();
    if gaps.is_empty() {
        return Ok(Vec::new());
    }
    let day = src.today();
    if let Some(own) = src.reach().kindergartens.first().copied() {
        let missing = kindergartens(src, Scope::Kindergarten(own), day)
            .await?
            .iter()
            .any(|each| each.liaisons == 0);
        let href = crate::appointments::new_form(
            PostKind::Liaison,
            &kernel::PostScope::Kindergarten(own),
        );
        let found = gaps.contains(&Gap::Liaison) && missing;
        return Ok(if found { vec![(Gap::Liaison, 1, href)] } else { Vec::new() });
    }
    let all = clusters(src, None, day).await?;
    let total = |gap: Gap| all.iter().map(|each| each.missing(gap)).sum::<i64>();
    Ok(gaps
        .into_iter()
        .map(|gap| (gap, total(gap), format!("/staffing?gap={}", gap.code())))
        .filter(|(_, count, _)| *count > 0)
        .collect())
}
