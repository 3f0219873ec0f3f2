//! Amendments as rows, and the clusters on which they are judged. An amendment is reached by its district's place:
//! whoever reaches the district reaches what was amended in it.

use kernel::{ClusterId, Date, Failure, KindergartenId, Moment, OPEN_END, Place, Reach};
use storage::FromRow;
use storage::{Source, Sql};

use super::types::{Entry, Filter, Home, Kind, Standing};
use crate::plans;

/// Most lines of a workbook.
pub const MOST: i64 = 20_000;
/// Most later days on which something is recorded: two school years of days.
const MOST_DAYS: i64 = 800;

/// Rights are today's; only areas reach amendments, a membership in a cluster does not.
fn within(sql: &mut Sql, src: &impl Source) {
    let areas = Reach { areas: src.reach().areas.clone(), ..Reach::default() };
    sql.within(&areas, "d.place", "NULL", src.today());
}

#[derive(FromRow)]
struct HomeRow {
    district_code: String,
    district_name: String,
    place: String,
    name: Option<String>,
}

/// Where a cluster lies; not found when out of reach.
pub async fn home(src: &impl Source, cluster: ClusterId) -> Result<Home, Failure> {
    let mut sql = Sql::new(
        "SELECT c.district_code, d.name AS district_name, d.place, (SELECT cs.name FROM cluster_state cs \
         WHERE cs.cluster_id = c.id ORDER BY cs.valid_from DESC LIMIT 1) AS name \
         FROM cluster c JOIN district d ON d.code = c.district_code WHERE c.id = ",
    );
    sql.bind(cluster).text(" AND ");
    within(&mut sql, src);
    let row = src.one::<HomeRow>(sql).await?.ok_or(Failure::NotFound)?;
    Ok(Home {
        name: row.name.unwrap_or_default(),
        district: row.district_code,
        district_name: row.district_name,
        place: Place::from_path(row.place),
    })
}

/// The clusters of a district on `day`, with what the rules ask of it.
pub async fn standing(src: &impl Source, home: &Home, day: Date) -> Result<Standing, Failure> {
    let facts = plans::store::facts(src, &home.district, &home.district_name, day).await?;
    let content = plans::store::in_force(src, &home.district, day).await?;
    // Names are unique in the city (2.1.2-9), so they tell whose key is whose.
    let clusters = registry::clusters::store::in_district(src, &home.district, day).await?;
    let key_of =
        |name: &str| content.clusters.iter().find(|each| each.name == name).map(|each| each.key);
    let ids =
        clusters.iter().filter_map(|cluster| Some((key_of(&cluster.name)?, cluster.id))).collect();
    Ok(Standing { facts, content, ids })
}

#[derive(FromRow)]
struct DayRow {
    day: Date,
}

/// The days after `day` on which clusters of the district or who is in them change, as recorded by now.
pub async fn turning_days(
    src: &impl Source,
    district: &str,
    day: Date,
) -> Result<Vec<Date>, Failure> {
    let mut sql = Sql::new("SELECT turn.day FROM (");
    let turns = [
        ("membership", "valid_from"),
        ("membership", "valid_to"),
        ("cluster_state", "valid_from"),
        ("cluster_state", "valid_to"),
    ];
    for (place, (table, column)) in turns.into_iter().enumerate() {
        sql.text(if place == 0 { "SELECT t." } else { " UNION SELECT t." })
            .text(column)
            .text(" AS day FROM ")
            .text(table);
        sql.text(" t JOIN cluster c ON c.id = t.cluster_id WHERE c.district_code = ")
            .bind(district);
        sql.text(" AND t.").text(column).text(" > ").bind(day);
        sql.text(" AND t.").text(column).text(" < ").bind(OPEN_END);
    }
    sql.text(") turn ORDER BY turn.day LIMIT ").bind(MOST_DAYS);
    Ok(src.all::<DayRow>(sql).await?.into_iter().map(|row| row.day).collect())
}

#[derive(FromRow)]
struct EntryRow {
    kind: String,
    cluster_id: ClusterId,
    cluster_name: Option<String>,
    name_before: Option<String>,
    kindergarten_id: Option<KindergartenId>,
    kindergarten_name: Option<String>,
    district_name: String,
    reason: String,
    paper_number: String,
    effective_on: Date,
    made_by_name: String,
    made_at: i64,
}

impl EntryRow {
    fn read(self) -> Result<Entry, Failure> {
        Ok(Entry {
            kind: Kind::from_code(&self.kind)
                .ok_or_else(|| Failure::broken(format!("unknown kind {}", self.kind)))?,
            cluster: self.cluster_id,
            cluster_name: self.cluster_name.unwrap_or_default(),
            name_before: self.name_before.unwrap_or_default(),
            kindergarten: self.kindergarten_id,
            kindergarten_name: self.kindergarten_name.unwrap_or_default(),
            district_name: self.district_name,
            reason: self.reason,
            paper_number: self.paper_number,
            effective_on: self.effective_on,
            made_by: self.made_by_name,
            made_at: Moment::from_millis(self.made_at),
        })
    }
}

/// `a` the amendment, `d` its district, `cs` the cluster's state from that day on, `o` the stay that a transfer ended and
/// `os` the name until then, `s` the kindergarten on that day.
fn selected(src: &impl Source, select: &str, filter: &Filter) -> Sql {
    let mut sql = Sql::new(select);
    sql.text(
        " FROM amendment a JOIN district d ON d.code = a.district_code \
         LEFT JOIN cluster_state cs ON cs.cluster_id = a.cluster_id AND cs.valid_from <= a.effective_on \
         AND cs.valid_to > a.effective_on \
         LEFT JOIN membership o ON a.kind = 'transfer' AND o.kindergarten_id = a.kindergarten_id \
         AND o.valid_to = a.effective_on AND o.cluster_id <> a.cluster_id \
         LEFT JOIN cluster_state os ON os.cluster_id = COALESCE(o.cluster_id, a.cluster_id) \
         AND os.valid_from < a.effective_on AND os.valid_to >= a.effective_on \
         LEFT JOIN kindergarten_state s ON s.kindergarten_id = a.kindergarten_id AND s.valid_from <= a.effective_on \
         AND s.valid_to > a.effective_on WHERE ",
    );
    within(&mut sql, src);
    if let Some(district) = &filter.district {
        sql.text(" AND a.district_code = ").bind(district.as_str());
    }
    if let Some(cluster) = filter.cluster {
        sql.text(" AND (a.cluster_id = ")
            .bind(cluster)
            .text(" OR o.cluster_id = ")
            .bind(cluster)
            .text(")");
    }
    if let Some(kind) = filter.kind {
        sql.text(" AND a.kind = ").bind(kind.code());
    }
    if let Some(from) = filter.from {
        sql.text(" AND a.effective_on >= ").bind(from);
    }
    if let Some(to) = filter.to {
        sql.text(" AND a.effective_on <= ").bind(to);
    }
    sql
}

/// How many amendments a filter finds within reach.
pub async fn count(src: &impl Source, filter: &Filter) -> Result<i64, Failure> {
    src.number(selected(src, "SELECT count(*)", filter)).await
}

/// A page of the amendments that a filter finds within reach, the latest effective day first.
pub async fn list(
    src: &impl Source,
    filter: &Filter,
    limit: i64,
    offset: i64,
) -> Result<Vec<Entry>, Failure> {
    let mut sql = selected(
        src,
        "SELECT a.kind, a.cluster_id, cs.name AS cluster_name, os.name AS name_before, a.kindergarten_id, \
         s.name AS kindergarten_name, d.name AS district_name, a.reason, a.paper_number, a.effective_on, \
         a.made_by_name, a.made_at",
        filter,
    );
    sql.text(" ORDER BY a.effective_on DESC, a.id DESC LIMIT ")
        .bind(limit.clamp(0, MOST))
        .text(" OFFSET ")
        .bind(offset);
    src.all::<EntryRow>(sql).await?.into_iter().map(EntryRow::read).collect()
}
