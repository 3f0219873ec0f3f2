use kernel::{Failure, Moment, Reach};
use storage::FromRow;
use storage::{Source, Sql};

use super::types::Change;

fn areas(source: &impl Source) -> Reach {
    Reach { areas: source.reach().areas.clone(), ..Reach::default() }
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
        "pst" => "appointments",
        "pty" => "parties",
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
