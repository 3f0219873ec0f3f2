//! Clusters as rows, as of a day, within reach: the district's officers reach them by its place, a principal by the
//! membership of her own kindergarten.

mod history;
mod writing;

use geography::Point;
use kernel::{ClusterId, Date, Failure, KindergartenId, Reach};
use storage::FromRow;
use storage::{Source, Sql, like_pattern};

pub use history::history;
pub(super) use writing::*;

use super::types::{Centre, Cluster, Filter, Membership, StandingException};
use crate::kindergartens::Role;

/// Most clusters that one answer holds: ten times the largest city's.
pub const MOST: i64 = 2_000;
/// Most memberships that one answer holds.
const MOST_MEMBERSHIPS: i64 = 20_000;

#[derive(FromRow)]
struct ClusterRow {
    id: ClusterId,
    district_code: String,
    district_name: String,
    name: String,
    valid_from: Date,
    valid_to: Date,
    established: Date,
    paper_number: String,
    cause: String,
    size: i64,
    centre_id: Option<KindergartenId>,
    centre_name: Option<String>,
    centre_lon: Option<f64>,
    centre_lat: Option<f64>,
}

impl From<ClusterRow> for Cluster {
    fn from(row: ClusterRow) -> Self {
        let centre = match (row.centre_id, row.centre_lon, row.centre_lat) {
            (Some(id), Some(lon), Some(lat)) => Some(Centre {
                id,
                name: row.centre_name.unwrap_or_default(),
                point: Point { lon, lat },
            }),
            _ => None,
        };
        Self {
            id: row.id,
            district: row.district_code,
            district_name: row.district_name,
            name: row.name,
            since: row.valid_from,
            until: row.valid_to,
            established: row.established,
            paper_number: row.paper_number,
            cause: row.cause,
            centre,
            size: row.size,
        }
    }
}

#[derive(FromRow)]
struct MembershipRow {
    kindergarten_id: KindergartenId,
    cluster_id: ClusterId,
    role: String,
    valid_from: Date,
    valid_to: Date,
}

impl MembershipRow {
    fn read(self) -> Result<Membership, Failure> {
        let role = Role::from_code(&self.role)
            .ok_or_else(|| Failure::broken(format!("unknown role {:?}", self.role)))?;
        Ok(Membership {
            kindergarten: self.kindergarten_id,
            cluster: self.cluster_id,
            role,
            from: self.valid_from,
            to: self.valid_to,
        })
    }
}

#[derive(FromRow)]
struct ExceptionRow {
    cluster_id: ClusterId,
    rule: String,
    reason: String,
    approved_by_name: String,
    paper_number: String,
    valid_from: Date,
    valid_to: Date,
}

impl From<ExceptionRow> for StandingException {
    fn from(row: ExceptionRow) -> Self {
        Self {
            cluster: row.cluster_id,
            rule: row.rule,
            reason: row.reason,
            approved_by: row.approved_by_name,
            paper_number: row.paper_number,
            from: row.valid_from,
            to: row.valid_to,
        }
    }
}

#[derive(FromRow)]
struct NameRow {
    name: String,
}

fn select(day: Date) -> Sql {
    let mut sql = Sql::new(
        "SELECT c.id, c.district_code, d.name AS district_name, cs.name, cs.valid_from, cs.valid_to, cs.paper_number, \
         cs.cause, (SELECT min(e.valid_from) FROM cluster_state e WHERE e.cluster_id = c.id) AS established, \
         CAST((SELECT count(*) FROM membership n WHERE n.cluster_id = c.id AND ",
    );
    sql.on_day("n", day)
        .text(") AS bigint) AS size, m.kindergarten_id AS centre_id, s.name AS centre_name, ");
    sql.text("s.lon AS centre_lon, s.lat AS centre_lat ");
    from(&mut sql, day);
    sql
}

/// `cs` the state on the day, `c` the cluster, `d` its district, `m` and `s` its centre's membership and state.
fn from(sql: &mut Sql, day: Date) {
    sql.text("FROM cluster_state cs JOIN cluster c ON c.id = cs.cluster_id JOIN district d ON d.code = c.district_code ");
    sql.text("LEFT JOIN membership m ON m.cluster_id = c.id AND m.role = 'centre' AND ")
        .on_day("m", day);
    sql.text(" LEFT JOIN kindergarten_state s ON s.kindergarten_id = m.kindergarten_id AND ")
        .on_day("s", day);
    sql.text(" WHERE ").on_day("cs", day);
}

/// Appends that the cluster `c` of district `d` is reached: by an area, or because one's own kindergarten is in it today.
fn within(sql: &mut Sql, src: &impl Source) {
    let reach = src.reach();
    let areas = Reach { areas: reach.areas.clone(), ..Reach::default() };
    sql.text(" AND (").within(&areas, "d.place", "NULL", src.today());
    if !reach.clusters.is_empty() {
        sql.text(" OR c.id IN ").bind_list(reach.clusters.iter().copied());
    }
    if !reach.kindergartens.is_empty() {
        sql.text(
            " OR c.id IN (SELECT own.cluster_id FROM membership own WHERE own.kindergarten_id IN ",
        );
        sql.bind_list(reach.kindergartens.iter().copied())
            .text(" AND ")
            .on_day("own", src.today())
            .text(")");
    }
    sql.text(")");
}

fn narrow(sql: &mut Sql, filter: &Filter) {
    if let Some(district) = &filter.district {
        sql.text(" AND c.district_code = ").bind(district.as_str());
    }
    let text = filter.text.trim();
    if !text.is_empty() {
        sql.text(" AND lower(cs.name) LIKE ")
            .bind(like_pattern(&text.to_lowercase()))
            .text(" ESCAPE '\\'");
    }
}

/// A cluster as of `day`; not found when it is out of reach or not in force on that day.
pub async fn find(src: &impl Source, id: ClusterId, day: Date) -> Result<Cluster, Failure> {
    let mut sql = select(day);
    sql.text(" AND c.id = ").bind(id);
    within(&mut sql, src);
    src.one::<ClusterRow>(sql).await?.map(Cluster::from).ok_or(Failure::NotFound)
}

/// The last day on which a cluster was in force, or `day` if it is: which day its page shows after it was dissolved.
/// The page itself asks for reach.
pub async fn last_day(src: &impl Source, id: ClusterId, day: Date) -> Result<Date, Failure> {
    let mut sql = Sql::new(
        "SELECT max(cs.valid_to) AS valid_to FROM cluster_state cs WHERE cs.cluster_id = ",
    );
    sql.bind(id).text(" AND cs.valid_from <= ").bind(day);
    let end =
        src.one::<EndRow>(sql).await?.and_then(|row| row.valid_to).ok_or(Failure::NotFound)?;
    Ok(if end > day { day } else { end.pred_opt().unwrap_or(end) })
}

#[derive(FromRow)]
struct EndRow {
    valid_to: Option<Date>,
}

/// How many a filter finds in force on `day`, within reach.
pub async fn count(src: &impl Source, filter: &Filter, day: Date) -> Result<i64, Failure> {
    let mut sql = Sql::new("SELECT count(*) ");
    from(&mut sql, day);
    narrow(&mut sql, filter);
    within(&mut sql, src);
    src.number(sql).await
}

/// A page of what a filter finds in force on `day`, within reach: by district, then by name.
pub async fn list(
    src: &impl Source,
    filter: &Filter,
    day: Date,
    limit: i64,
    offset: i64,
) -> Result<Vec<Cluster>, Failure> {
    let mut sql = select(day);
    narrow(&mut sql, filter);
    within(&mut sql, src);
    sql.text(" ORDER BY d.position, cs.sort_key, c.id LIMIT ")
        .bind(limit.clamp(0, MOST))
        .text(" OFFSET ")
        .bind(offset);
    Ok(src.all::<ClusterRow>(sql).await?.into_iter().map(Cluster::from).collect())
}

/// The clusters of a district in force on `day`, by name, within reach.
pub async fn in_district(
    src: &impl Source,
    district: &str,
    day: Date,
) -> Result<Vec<Cluster>, Failure> {
    list(src, &Filter { district: Some(district.to_owned()), text: String::new() }, day, MOST, 0)
        .await
}

/// Who is in which cluster of a district on `day`, within reach.
pub async fn memberships(
    src: &impl Source,
    district: &str,
    day: Date,
) -> Result<Vec<Membership>, Failure> {
    let mut sql = Sql::new(
        "SELECT m.kindergarten_id, m.cluster_id, m.role, m.valid_from, m.valid_to FROM membership m \
         JOIN cluster c ON c.id = m.cluster_id JOIN district d ON d.code = c.district_code WHERE c.district_code = ",
    );
    sql.bind(district).text(" AND ").on_day("m", day);
    within(&mut sql, src);
    sql.text(" ORDER BY m.cluster_id, m.role, m.kindergarten_id LIMIT ").bind(MOST_MEMBERSHIPS);
    src.all::<MembershipRow>(sql).await?.into_iter().map(MembershipRow::read).collect()
}

/// The stays of a kindergarten from `day` on, the earliest first. For acts, which have found the kindergarten within reach.
pub(super) async fn stays_from(
    src: &impl Source,
    id: KindergartenId,
    day: Date,
) -> Result<Vec<Membership>, Failure> {
    let text = "SELECT kindergarten_id, cluster_id, role, valid_from, valid_to FROM membership \
                WHERE kindergarten_id = $1 AND valid_to > $2 ORDER BY valid_from LIMIT 100";
    let rows = src.all::<MembershipRow>(Sql::with(text, [id.into(), day.into()])).await?;
    rows.into_iter().map(MembershipRow::read).collect()
}

/// The exceptions in force on `day` in a cluster that was just found.
pub async fn exceptions(
    src: &impl Source,
    cluster: ClusterId,
    day: Date,
) -> Result<Vec<StandingException>, Failure> {
    let mut sql = exceptions_on(day);
    sql.text(" AND e.cluster_id = ").bind(cluster).text(" ORDER BY e.rule, e.id LIMIT ").bind(MOST);
    Ok(src.all::<ExceptionRow>(sql).await?.into_iter().map(StandingException::from).collect())
}

/// The exceptions in force on `day` in a district, within reach.
pub async fn exceptions_in_district(
    src: &impl Source,
    district: &str,
    day: Date,
) -> Result<Vec<StandingException>, Failure> {
    let mut sql = exceptions_on(day);
    sql.text(" AND c.district_code = ").bind(district);
    within(&mut sql, src);
    sql.text(" ORDER BY e.cluster_id, e.rule, e.id LIMIT ").bind(MOST);
    Ok(src.all::<ExceptionRow>(sql).await?.into_iter().map(StandingException::from).collect())
}

fn exceptions_on(day: Date) -> Sql {
    let mut sql = Sql::new(
        "SELECT e.cluster_id, e.rule, e.reason, e.approved_by_name, e.paper_number, e.valid_from, e.valid_to \
         FROM exception e JOIN cluster c ON c.id = e.cluster_id JOIN district d ON d.code = c.district_code WHERE ",
    );
    sql.on_day("e", day);
    sql
}

/// The names in use on any of the days `from <= day < to` in the districts of the city other than `district`. Names of
/// clusters are public, so reach does not matter: they must be unique in the whole city (2.1.2-9).
pub async fn names_elsewhere(
    src: &impl Source,
    district: &str,
    from: Date,
    to: Date,
) -> Result<Vec<String>, Failure> {
    let text = "SELECT DISTINCT cs.name FROM cluster_state cs JOIN cluster c ON c.id = cs.cluster_id \
                WHERE c.district_code <> $1 AND cs.valid_from < $3 AND cs.valid_to > $2 ORDER BY cs.name LIMIT 20000";
    let rows =
        src.all::<NameRow>(Sql::with(text, [district.into(), from.into(), to.into()])).await?;
    Ok(rows.into_iter().map(|row| row.name).collect())
}

/// Whether another cluster of the city than `except` bears the name on `day` or later. Names are unique in the city,
/// so this looks beyond reach and answers only yes or no.
pub async fn is_name_taken(
    src: &impl Source,
    name: &str,
    day: Date,
    except: ClusterId,
) -> Result<bool, Failure> {
    let text =
        "SELECT count(*) FROM cluster_state WHERE name = $1 AND valid_to > $2 AND cluster_id <> $3";
    Ok(src.number(Sql::with(text, [name.into(), day.into(), except.into()])).await? > 0)
}
