use kernel::{Date, Failure, Reach};
use std::sync::Arc;

use storage::FromRow;
use storage::{Source, Sql};

use super::types::Figures;

#[derive(FromRow)]
struct Row {
    code: String,
    name: String,
    kindergartens: i64,
    public: i64,
    inclusive: i64,
    private: i64,
    good: i64,
    children: i64,
    placed: i64,
    clusters: i64,
}

/// The figures of the districts that the actor's areas hold, in official order, on a day: one query.
pub(crate) async fn figures(source: &impl Source, day: Date) -> Result<Vec<Figures>, Failure> {
    let areas = Reach { areas: source.reach().areas.clone(), ..Reach::default() };
    let figures = source.remembered("districts in figures", day, select(source, day, &areas));
    figures.await.map(Arc::unwrap_or_clone)
}

/// The figures of one district, whoever asks: the caller has been let to its page already.
pub(crate) async fn only(
    source: &impl Source,
    district: &kernel::Place,
    day: Date,
) -> Result<Option<Figures>, Failure> {
    let area = Reach { areas: vec![district.clone()], ..Reach::default() };
    let figures =
        source.remembered("a district in figures", (district, day), select(source, day, &area));
    Ok(figures.await?.first().cloned())
}

async fn select(source: &impl Source, day: Date, areas: &Reach) -> Result<Vec<Figures>, Failure> {
    let count = |condition: &str, name: &str| {
        format!(
            "CAST(coalesce(sum(CASE WHEN {condition} THEN 1 ELSE 0 END), 0) AS bigint) AS {name}"
        )
    };
    let columns = [
        count("s.ownership = 'public'", "public"),
        count("s.ownership = 'inclusive'", "inclusive"),
        count("s.ownership = 'private'", "private"),
        count("s.grade IN ('provincial', 'municipal')", "good"),
        count("m.id IS NOT NULL", "placed"),
    ]
    .join(", ");
    let mut sql = Sql::new("SELECT d.code, d.name, count(s.id) AS kindergartens, ");
    sql.text(&columns);
    sql.text(
        ", CAST(coalesce(sum(s.children), 0) AS bigint) AS children, count(DISTINCT m.cluster_id) AS clusters \
         FROM district d LEFT JOIN kindergarten_state s ON s.district_code = d.code AND s.status = 'open' AND ",
    );
    sql.on_day("s", day)
        .text(" LEFT JOIN membership m ON m.kindergarten_id = s.kindergarten_id AND ")
        .on_day("m", day);
    sql.text(" WHERE ").within(areas, "d.place", "s.kindergarten_id", day);
    sql.text(" GROUP BY d.code, d.name, d.position ORDER BY d.position");
    let rows = source.all::<Row>(sql).await?;
    Ok(rows
        .into_iter()
        .map(|row| Figures {
            code: row.code,
            name: row.name,
            kindergartens: row.kindergartens,
            public: row.public,
            inclusive: row.inclusive,
            private: row.private,
            good: row.good,
            children: row.children,
            placed: row.placed,
            clusters: row.clusters,
            target: 0,
        })
        .collect())
}

/// One cluster of a district's list.
#[derive(FromRow)]
pub(super) struct ClusterLine {
    pub(super) cluster_id: kernel::ClusterId,
    pub(super) name: String,
    pub(super) size: i64,
    pub(super) public: i64,
    pub(super) inclusive: i64,
    pub(super) private: i64,
    pub(super) centre: Option<String>,
    pub(super) centre_id: Option<kernel::KindergartenId>,
}

/// The clusters of a district on a day; a district has at most a few hundred. The page has asked for reach already.
pub(super) async fn clusters(
    source: &impl Source,
    district: &str,
    day: Date,
) -> Result<Arc<Vec<ClusterLine>>, Failure> {
    // Counted first: joined before the counting, the centre would be looked up once for every member.
    let mut sql = Sql::new(
        "SELECT c.cluster_id, c.name, coalesce(g.size, 0) AS size, coalesce(g.public, 0) AS public, \
         coalesce(g.inclusive, 0) AS inclusive, coalesce(g.private, 0) AS private, \
         z.name AS centre, z.kindergarten_id AS centre_id \
         FROM cluster k JOIN cluster_state c ON c.cluster_id = k.id AND ",
    );
    sql.on_day("c", day);
    sql.text(
        " LEFT JOIN (SELECT m.cluster_id, count(*) AS size, \
         CAST(sum(CASE WHEN s.ownership = 'public' THEN 1 ELSE 0 END) AS bigint) AS public, \
         CAST(sum(CASE WHEN s.ownership = 'inclusive' THEN 1 ELSE 0 END) AS bigint) AS inclusive, \
         CAST(sum(CASE WHEN s.ownership = 'private' THEN 1 ELSE 0 END) AS bigint) AS private \
         FROM cluster n JOIN membership m ON m.cluster_id = n.id AND ",
    );
    sql.on_day("m", day)
        .text(" JOIN kindergarten_state s ON s.kindergarten_id = m.kindergarten_id AND ")
        .on_day("s", day);
    sql.text(" WHERE n.district_code = ").bind(district);
    sql.text(" GROUP BY m.cluster_id) g ON g.cluster_id = k.id ");
    sql.text("LEFT JOIN membership y ON y.cluster_id = k.id AND y.role = 'centre' AND ")
        .on_day("y", day);
    sql.text(" LEFT JOIN kindergarten_state z ON z.kindergarten_id = y.kindergarten_id AND ")
        .on_day("z", day);
    sql.text(" WHERE k.district_code = ").bind(district).text(" ORDER BY c.sort_key LIMIT 400");
    source.remembered("clusters of a district", (district, day), source.all(sql)).await
}

/// An open kindergarten on a map.
#[derive(FromRow)]
pub(crate) struct Site {
    pub(crate) id: kernel::KindergartenId,
    pub(crate) name: String,
    pub(crate) lon: f64,
    pub(crate) lat: f64,
    pub(crate) ownership: String,
    pub(crate) role: Option<String>,
    pub(crate) cluster_id: Option<kernel::ClusterId>,
    pub(crate) cluster_name: Option<String>,
}

/// The open kindergartens within reach with their clusters, for the city's map; bounded well above the city's size.
pub(crate) async fn sites(source: &impl Source, day: Date) -> Result<Vec<Site>, Failure> {
    let mut sql = Sql::new(
        "SELECT s.kindergarten_id AS id, s.name, s.lon, s.lat, s.ownership, m.role, m.cluster_id, c.name AS cluster_name \
         FROM kindergarten_state s LEFT JOIN membership m ON m.kindergarten_id = s.kindergarten_id AND ",
    );
    sql.on_day("m", day)
        .text(" LEFT JOIN cluster_state c ON c.cluster_id = m.cluster_id AND ")
        .on_day("c", day);
    sql.text(" WHERE s.status = 'open' AND ").on_day("s", day).text(" AND ");
    let reach = source.reach().clone();
    sql.within(&reach, "s.place", "s.kindergarten_id", day).text(" LIMIT 20000");
    source.all(sql).await
}

#[derive(FromRow)]
pub(super) struct OutlineRow {
    pub(super) code: String,
    pub(super) name: String,
    pub(super) geojson: String,
}

/// The outlines of the districts that the actor's areas hold, for the ground of the city's map.
pub(super) async fn outlines(source: &impl Source) -> Result<Vec<OutlineRow>, Failure> {
    let areas = Reach { areas: source.reach().areas.clone(), ..Reach::default() };
    let mut sql = Sql::new(
        "SELECT d.code, d.name, o.geojson FROM district d JOIN outline o ON o.code = d.code WHERE ",
    );
    sql.within(&areas, "d.place", "d.code", source.today()).text(" ORDER BY d.position");
    source.all(sql).await
}
