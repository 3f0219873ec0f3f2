//! Kindergartens as rows: read as of a day within reach, written as dated states.

mod papers;
mod row;
mod writing;

use std::collections::BTreeMap;

use kernel::{ClusterId, Date, Failure, KindergartenId};
use storage::{Source, Sql, like_pattern};

pub use papers::{delegations, end_delegation, record_delegation};
pub use writing::{enter, is_code_taken, revise};

use super::types::{
    Candidate, ClusterFilter, Existing, Filter, Kindergarten, Known, Site, State, Stay,
};
use row::{CandidateRow, KindergartenRow, SiteRow, StateRow, StayRow};

/// Most kindergartens that one answer holds: twenty times the largest city's. A list that reaches it would be cut.
pub const MOST: i64 = 50_000;

/// Most states and stays of one kindergarten that its page shows.
const MOST_STATES: i64 = 200;

/// What every reading of whole kindergartens selects: `s` the state, `k` the kindergarten, `m` the stay in a cluster on
/// the day, `cs` the cluster's state on the day.
fn select(day: Date) -> Sql {
    let mut sql = Sql::new("SELECT ");
    sql.text(row::STATE_COLUMNS);
    sql.text(", m.cluster_id, cs.name AS cluster_name, m.role AS cluster_role, m.valid_from AS cluster_since, ");
    sql.text("CAST((SELECT count(*) FROM paper p WHERE p.kindergarten_id = s.kindergarten_id AND p.kind = 'delegation' AND ");
    sql.on_day("p", day).text(") AS bigint) AS papers ");
    from(&mut sql, day);
    sql
}

fn from(sql: &mut Sql, day: Date) {
    sql.text("FROM kindergarten_state s JOIN kindergarten k ON k.id = s.kindergarten_id ");
    sql.text("LEFT JOIN membership m ON m.kindergarten_id = s.kindergarten_id AND ")
        .on_day("m", day);
    sql.text(" LEFT JOIN cluster_state cs ON cs.cluster_id = m.cluster_id AND ").on_day("cs", day);
    sql.text(" WHERE ").on_day("s", day);
}

/// Rights are today's, whatever day is shown.
fn within(sql: &mut Sql, src: &impl Source) {
    sql.text(" AND ").within(src.reach(), "s.place", "s.kindergarten_id", src.today());
}

/// One kindergarten as of `day`; not found when it is out of reach or nothing is known of it on that day.
pub async fn find(
    src: &impl Source,
    id: KindergartenId,
    day: Date,
) -> Result<Kindergarten, Failure> {
    let mut sql = select(day);
    sql.text(" AND s.kindergarten_id = ").bind(id);
    within(&mut sql, src);
    src.one::<KindergartenRow>(sql).await?.ok_or(Failure::NotFound)?.read()
}

/// How many a filter finds on `day`, within reach.
pub async fn count(src: &impl Source, filter: &Filter, day: Date) -> Result<i64, Failure> {
    let mut sql = Sql::new("SELECT count(*) ");
    chosen(&mut sql, src, filter, day);
    src.number(sql).await
}

/// A page of what a filter finds on `day`, within reach, by name.
pub async fn list(
    src: &impl Source,
    filter: &Filter,
    day: Date,
    limit: i64,
    offset: i64,
) -> Result<Vec<Kindergarten>, Failure> {
    // First the page, then what is shown of it: else clusters and papers were looked up for every row that is sorted.
    let mut sql = select(day);
    sql.text(" AND s.id IN (SELECT s.id ");
    chosen(&mut sql, src, filter, day);
    sql.text(" ORDER BY s.sort_key, s.kindergarten_id LIMIT ")
        .bind(limit.clamp(0, MOST))
        .text(" OFFSET ")
        .bind(offset);
    sql.text(") ORDER BY s.sort_key, s.kindergarten_id");
    src.all::<KindergartenRow>(sql).await?.into_iter().map(KindergartenRow::read).collect()
}

/// The states `s` that a filter finds on `day`, within reach, with only those tables joined that the filter asks.
fn chosen(sql: &mut Sql, src: &impl Source, filter: &Filter, day: Date) {
    sql.text("FROM kindergarten_state s ");
    if !filter.text.trim().is_empty() {
        sql.text("JOIN kindergarten k ON k.id = s.kindergarten_id ");
    }
    if filter.cluster.is_some() {
        sql.text("LEFT JOIN membership m ON m.kindergarten_id = s.kindergarten_id AND ")
            .on_day("m", day);
    }
    sql.text(" WHERE ").on_day("s", day);
    narrow(sql, filter);
    within(sql, src);
}

fn narrow(sql: &mut Sql, filter: &Filter) {
    let mut equal = |column: &str, value: Option<&str>| {
        if let Some(value) = value {
            sql.text(" AND ").text(column).text(" = ").bind(value);
        }
    };
    equal("s.district_code", filter.district.as_deref());
    equal("s.street_code", filter.street.as_deref());
    equal("s.ownership", filter.ownership.map(policy::Ownership::code));
    equal("s.grade", filter.grade.map(policy::Grade::code));
    equal("COALESCE(s.run_by, 'district')", filter.run_by.map(policy::RunBy::code));
    equal("s.status", filter.status.map(policy::Status::code));
    match filter.cluster {
        Some(ClusterFilter::In(cluster)) => {
            sql.text(" AND m.cluster_id = ").bind(cluster);
        }
        Some(ClusterFilter::Without) => {
            sql.text(" AND m.cluster_id IS NULL");
        }
        None => {}
    }
    if filter.without_code {
        sql.text(" AND s.national_code IS NULL");
    }
    let text = filter.text.trim();
    if !text.is_empty() {
        let pattern = like_pattern(&text.to_lowercase());
        for (place, column) in
            ["s.name", "k.register_id", "COALESCE(s.national_code, '')"].into_iter().enumerate()
        {
            sql.text(if place == 0 { " AND (" } else { " OR " });
            sql.text("lower(")
                .text(column)
                .text(") LIKE ")
                .bind(pattern.clone())
                .text(" ESCAPE '\\'");
        }
        sql.text(")");
    }
}

/// Every kindergarten of a district on `day`, whatever its status, by name, with its cluster and whether it is
/// delegated: the facts of a plan. Within reach.
pub async fn in_district(
    src: &impl Source,
    district: &str,
    day: Date,
) -> Result<Vec<Kindergarten>, Failure> {
    let filter = Filter { district: Some(district.to_owned()), ..Filter::default() };
    list(src, &filter, day, MOST, 0).await
}

/// The same of a plan's point of view: only what its rules and its pages ask for.
pub async fn candidates(
    src: &impl Source,
    district: &str,
    day: Date,
) -> Result<Vec<Candidate>, Failure> {
    let mut sql = Sql::new(
        "SELECT s.kindergarten_id, k.register_id, s.name, s.district_code, s.street_code, s.community, s.lon, s.lat, \
         s.ownership, s.grade, s.run_by, s.status, \
         CAST((SELECT count(*) FROM paper p WHERE p.kindergarten_id = s.kindergarten_id AND p.kind = 'delegation' AND ",
    );
    sql.on_day("p", day).text(") AS bigint) AS papers FROM kindergarten_state s ");
    sql.text("JOIN kindergarten k ON k.id = s.kindergarten_id WHERE s.district_code = ")
        .bind(district);
    sql.text(" AND ").on_day("s", day);
    within(&mut sql, src);
    sql.text(" ORDER BY s.sort_key, s.kindergarten_id LIMIT ").bind(MOST);
    src.all::<CandidateRow>(sql).await?.into_iter().map(CandidateRow::read).collect()
}

/// The kindergartens of these clusters on `day`, by name, within reach.
pub async fn in_clusters(
    src: &impl Source,
    clusters: &[ClusterId],
    day: Date,
) -> Result<Vec<Kindergarten>, Failure> {
    let mut found = Vec::new();
    for some in clusters.chunks(500) {
        let mut sql = select(day);
        sql.text(" AND m.cluster_id IN ").bind_list(some.iter().copied());
        within(&mut sql, src);
        sql.text(" ORDER BY s.sort_key, s.kindergarten_id");
        for row in src.all::<KindergartenRow>(sql).await? {
            found.push(row.read()?);
        }
    }
    Ok(found)
}

/// The kindergartens with these ids on `day`, by name, within reach.
pub async fn with_ids(
    src: &impl Source,
    ids: &[KindergartenId],
    day: Date,
) -> Result<Vec<Kindergarten>, Failure> {
    let mut found = Vec::new();
    for some in ids.chunks(500) {
        let mut sql = select(day);
        sql.text(" AND s.kindergarten_id IN ").bind_list(some.iter().copied());
        within(&mut sql, src);
        sql.text(" ORDER BY s.sort_key, s.kindergarten_id");
        for row in src.all::<KindergartenRow>(sql).await? {
            found.push(row.read()?);
        }
    }
    Ok(found)
}

/// What a filter finds on `day`, as points for a map, within reach.
pub async fn sites(src: &impl Source, filter: &Filter, day: Date) -> Result<Vec<Site>, Failure> {
    let mut sql = select_sites(day);
    narrow(&mut sql, filter);
    found_sites(src, sql).await
}

/// The kindergartens of these clusters on `day`, as points, by name, within reach.
pub async fn sites_in(
    src: &impl Source,
    clusters: &[ClusterId],
    day: Date,
) -> Result<Vec<Site>, Failure> {
    let mut found = Vec::new();
    for some in clusters.chunks(500) {
        let mut sql = select_sites(day);
        sql.text(" AND m.cluster_id IN ").bind_list(some.iter().copied());
        found.extend(found_sites(src, sql).await?);
    }
    Ok(found)
}

fn select_sites(day: Date) -> Sql {
    let mut sql = Sql::new(
        "SELECT s.kindergarten_id AS id, s.name, s.lon, s.lat, s.ownership, s.grade, m.cluster_id, \
         cs.name AS cluster_name, m.role AS cluster_role, m.valid_from AS cluster_since ",
    );
    from(&mut sql, day);
    sql
}

async fn found_sites(src: &impl Source, mut sql: Sql) -> Result<Vec<Site>, Failure> {
    within(&mut sql, src);
    sql.text(" ORDER BY s.sort_key, s.kindergarten_id LIMIT ").bind(MOST);
    src.all::<SiteRow>(sql).await?.into_iter().map(SiteRow::read).collect()
}

/// What is known on `day` in these districts (`None`: in the whole city), by register id, within reach: what an import
/// compares with. Keep it until [`revise`], which is stale when a state is no longer the one that was compared with.
pub async fn known(
    src: &impl Source,
    districts: Option<&[String]>,
    day: Date,
) -> Result<BTreeMap<String, Known>, Failure> {
    let mut sql = select(day);
    if let Some(districts) = districts {
        sql.text(" AND s.district_code IN ").bind_list(districts.iter().map(String::as_str));
    }
    within(&mut sql, src);
    sql.text(" ORDER BY k.register_id LIMIT ").bind(MOST);
    let rows = src.all::<KindergartenRow>(sql).await?;
    rows.into_iter()
        .map(|row| {
            let found = row.read()?;
            let known = Known { id: found.id, state: found.state, facts: found.facts };
            Ok((known.facts.register_id.to_string(), known))
        })
        .collect()
}

/// The facts of [`known`] alone, as a preview wants them.
pub async fn existing(
    src: &impl Source,
    districts: Option<&[String]>,
    day: Date,
) -> Result<Existing, Failure> {
    Ok(known(src, districts, day).await?.into_iter().map(|(id, known)| (id, known.facts)).collect())
}

/// The states of a kindergarten, the latest first. Reach was judged by [`find`].
pub async fn history(src: &impl Source, id: KindergartenId) -> Result<Vec<State>, Failure> {
    let mut sql = Sql::new("SELECT ");
    sql.text(row::STATE_COLUMNS)
        .text(" FROM kindergarten_state s JOIN kindergarten k ON k.id = s.kindergarten_id ");
    sql.text("WHERE s.kindergarten_id = ")
        .bind(id)
        .text(" ORDER BY s.valid_from DESC LIMIT ")
        .bind(MOST_STATES);
    src.all::<StateRow>(sql).await?.into_iter().map(StateRow::read).collect()
}

/// The clusters in which a kindergarten is, was and will be, the latest first. Reach was judged by [`find`].
pub async fn stays(src: &impl Source, id: KindergartenId) -> Result<Vec<Stay>, Failure> {
    let mut sql = Sql::new(
        "SELECT m.cluster_id, cs.name AS cluster_name, m.role AS cluster_role, m.valid_from AS cluster_since, m.valid_to, m.paper_number \
         FROM membership m JOIN cluster_state cs ON cs.cluster_id = m.cluster_id \
         AND cs.valid_from <= m.valid_from AND cs.valid_to > m.valid_from WHERE m.kindergarten_id = ",
    );
    sql.bind(id).text(" ORDER BY m.valid_from DESC LIMIT ").bind(MOST_STATES);
    src.all::<StayRow>(sql).await?.into_iter().map(StayRow::read).collect()
}

/// Ids and names of a district's clusters on `day`, by name, within reach: what a list can be filtered by.
pub async fn cluster_names(
    src: &impl Source,
    district: &str,
    day: Date,
) -> Result<Vec<(String, String)>, Failure> {
    let mut sql = Sql::new(
        "SELECT cs.name AS cluster_name, c.id AS cluster_id FROM cluster c \
         JOIN cluster_state cs ON cs.cluster_id = c.id AND ",
    );
    sql.on_day("cs", day).text(" WHERE c.district_code = ").bind(district);
    sql.text(" AND EXISTS (SELECT 1 FROM membership m JOIN kindergarten_state s ON s.kindergarten_id = m.kindergarten_id AND ");
    sql.on_day("s", day).text(" WHERE m.cluster_id = c.id AND ").on_day("m", day);
    within(&mut sql, src);
    sql.text(") ORDER BY cs.sort_key LIMIT 2000");
    let rows = src.all::<row::ClusterNameRow>(sql).await?;
    Ok(rows.into_iter().map(|row| (row.cluster_id.to_string(), row.cluster_name)).collect())
}
