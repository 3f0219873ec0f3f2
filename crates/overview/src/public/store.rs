use kernel::{Date, Failure};
use storage::FromRow;
use storage::{Source, Sql};

/// One kindergarten of a cluster, as the public sees it: names and the centre's role only.
#[derive(FromRow)]
pub(super) struct Line {
    pub(super) cluster: String,
    pub(super) kindergarten: String,
    pub(super) role: String,
}

/// The clusters of a district in force on a day, with their kindergartens in order. Public: no reach is asked for, and
/// nothing but names stands in it.
pub(super) async fn clusters(
    source: &impl Source,
    district: &str,
    day: Date,
) -> Result<Vec<Line>, Failure> {
    let mut sql = Sql::new(
        "SELECT c.name AS cluster, s.name AS kindergarten, m.role FROM cluster k \
         JOIN cluster_state c ON c.cluster_id = k.id AND ",
    );
    sql.on_day("c", day).text(" JOIN membership m ON m.cluster_id = k.id AND ").on_day("m", day);
    sql.text(" JOIN kindergarten_state s ON s.kindergarten_id = m.kindergarten_id AND ")
        .on_day("s", day);
    sql.text(" WHERE k.district_code = ").bind(district);
    sql.text(" ORDER BY c.sort_key, m.role, s.sort_key LIMIT 4000");
    source.all(sql).await
}
