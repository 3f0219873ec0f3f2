use kernel::{Failure, Moment, Reach};
use storage::FromRow;
use storage::{Source, Sql};

use super::types::Change;

fn areas(source: &impl Source) -> Reach {
    Reach { areas: source.reach().areas.clone(), ..Reach::default() }
}

/// Plans of a stage in the caller's districts.
pub(super) async fn plans(source: &impl Source, stage: &str) -> Result<i64, Failure> {
    let mut sql = Sql::new(
        "SELECT count(*) FROM plan p JOIN district d ON d.code = p.district_code WHERE p.stage = ",
    );
    sql.bind(stage).text(" AND ").within(&areas(source), "d.place", "d.code", source.today());
    source.number(sql).await
}

/// Open kindergartens in the caller's areas that are in no cluster today (1.2-2).
pub(super) async fn left_out(source: &impl Source) -> Result<i64, Failure> {
    let day = source.today();
    let mut sql =
        Sql::new("SELECT count(*) FROM kindergarten_state s WHERE s.status = 'open' AND ");
    sql.on_day("s", day).text(" AND ").within(&areas(source), "s.place", "s.kindergarten_id", day);
    sql.text(" AND NOT EXISTS (SELECT 1 FROM membership m WHERE m.kindergarten_id = s.kindergarten_id AND ");
    sql.on_day("m", day).text(")");
    source.number(sql).await
}

/// Kindergartens in the caller's areas without a national code.
pub(super) async fn without_code(source: &impl Source) -> Result<i64, Failure> {
    let day = source.today();
    let mut sql = Sql::new(
        "SELECT count(*) FROM kindergarten_state s WHERE s.national_code IS NULL AND s.status = 'open' AND ",
    );
    sql.on_day("s", day).text(" AND ").within(&areas(source), "s.place", "s.kindergarten_id", day);
    source.number(sql).await
}

/// Previews that nobody has applied or discarded.
pub(super) async fn open_imports(source: &impl Source) -> Result<i64, Failure> {
    let mut sql = Sql::new("SELECT count(*) FROM import i WHERE i.stage = 'previewed' AND ");
    sql.within(&areas(source), "i.place", "i.kind", source.today());
    source.number(sql).await
}

/// Exceptions and delegation papers in the caller's areas that end within 90 days.
pub(super) async fn ending(source: &impl Source) -> Result<(i64, i64), Failure> {
    let today = source.today();
    let soon = today + chrono::Days::new(90);
    let mut sql = Sql::new(
        "SELECT count(*) FROM exception e JOIN cluster c ON c.id = e.cluster_id \
         JOIN district d ON d.code = c.district_code WHERE e.valid_to > ",
    );
    sql.bind(today).text(" AND e.valid_to <= ").bind(soon).text(" AND ");
    sql.within(&areas(source), "d.place", "d.code", today);
    let exceptions = source.number(sql).await?;
    let mut sql = Sql::new(
        "SELECT count(*) FROM paper p JOIN kindergarten_state s ON s.kindergarten_id = p.kindergarten_id AND ",
    );
    sql.on_day("s", today)
        .text(" WHERE p.valid_to > ")
        .bind(today)
        .text(" AND p.valid_to <= ")
        .bind(soon)
        .text(" AND ");
    sql.within(&areas(source), "s.place", "s.kindergarten_id", today);
    Ok((exceptions, source.number(sql).await?))
}

/// Opinions that the caller's own kindergartens were asked for and have not given.
pub(super) async fn opinions(source: &impl Source) -> Result<i64, Failure> {
    let mut sql = Sql::new(
        "SELECT count(*) FROM opinion o JOIN plan p ON p.id = o.plan_id WHERE o.answer IS NULL AND p.stage = 'draft' AND o.kindergarten_id IN ",
    );
    sql.bind_list(source.reach().kindergartens.iter().copied());
    source.number(sql).await
}

#[derive(FromRow)]
struct ChangeRow {
    at: i64,
    person: String,
    summary: String,
    subject: String,
}

/// The latest ten changes in the caller's areas.
pub(super) async fn changes(source: &impl Source) -> Result<Vec<Change>, Failure> {
    if source.reach().areas.is_empty() {
        return Ok(Vec::new());
    }
    let mut sql = Sql::new(
        "SELECT e.at, e.person, e.summary, e.subject FROM audit_entry e WHERE e.outcome = 'done' AND ",
    );
    sql.within(&areas(source), "e.place", "e.subject", source.today());
    sql.text(" ORDER BY e.id DESC LIMIT 10");
    let rows = source.all::<ChangeRow>(sql).await?;
    Ok(rows
        .into_iter()
        .map(|row| Change {
            at: Moment::from_millis(row.at).to_string(),
            who: row.person,
            summary: row.summary,
            href: page_of(&row.subject),
        })
        .collect())
}

/// The page of a record, by the letters that its id begins with.
fn page_of(subject: &str) -> Option<String> {
    let folder = match subject.split_once('_')?.0 {
        "kg" => "kindergartens",
        "cls" => "clusters",
        "pln" => "plans",
        _ => return None,
    };
    Some(format!("/{folder}/{subject}"))
}

#[cfg(test)]
mod tests {
    use super::page_of;

    #[test]
    fn a_change_opens_the_record_that_changed() {
        assert_eq!(page_of("kg_01").as_deref(), Some("/kindergartens/kg_01"));
        assert_eq!(page_of("pln_01").as_deref(), Some("/plans/pln_01"));
        assert_eq!(page_of("at_most_sixteen"), None);
        assert_eq!(page_of(""), None);
    }
}
