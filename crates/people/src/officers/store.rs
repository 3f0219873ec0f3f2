//! Posts of offices as rows. Officers are no places: the security administrator reaches every account.

use kernel::{Date, Failure, PersonId, PostId, PostKind};
use storage::{FromRow, Source, Sql, Tx, like_pattern};

use super::types::{Filter, Officer, State};

/// Most posts of one answer.
pub const MOST: i64 = 5_000;

#[derive(FromRow)]
struct Row {
    id: PostId,
    person_id: PersonId,
    name: String,
    login: Option<String>,
    kind: String,
    at: Option<String>,
    valid_from: Date,
    valid_to: Date,
    paper_number: String,
    end_reason: String,
}

impl TryFrom<Row> for Officer {
    type Error = Failure;
    fn try_from(row: Row) -> Result<Self, Failure> {
        Ok(Self {
            kind: PostKind::from_code(&row.kind)
                .ok_or_else(|| Failure::broken(format!("unknown post {}", row.kind)))?,
            post: row.id,
            person: row.person_id,
            name: row.name,
            login: row.login,
            at: row.at.unwrap_or_default(),
            from: row.valid_from,
            to: row.valid_to,
            paper_number: row.paper_number,
            end_reason: row.end_reason,
        })
    }
}

const TABLES: &str = "FROM post o JOIN person p ON p.id = o.person_id LEFT JOIN account a ON a.person_id = o.person_id \
     LEFT JOIN district d ON d.code = o.district_code WHERE o.kind IN ";

fn narrow(sql: &mut Sql, filter: &Filter, day: Date) {
    let kinds = PostKind::ALL.iter().filter(|kind| kind.is_of_office());
    let kinds = kinds.filter(|kind| filter.kind.is_none_or(|wanted| wanted == **kind));
    sql.text(TABLES).bind_list(kinds.map(|kind| kind.code()));
    if let Some(district) = &filter.district {
        sql.text(" AND o.district_code = ").bind(district.as_str());
    }
    match filter.state {
        Some(State::Held) => {
            sql.text(" AND ").on_day("o", day);
        }
        Some(State::Coming) => {
            sql.text(" AND o.valid_from > ").bind(day);
        }
        Some(State::Ended) => {
            sql.text(" AND o.valid_to <= ").bind(day);
        }
        None => {}
    }
    if !filter.text.is_empty() {
        let pattern = like_pattern(&filter.text);
        sql.text(" AND (p.name LIKE ").bind(pattern.as_str()).text(" ESCAPE '\\' OR a.login LIKE ");
        sql.bind(pattern.as_str()).text(" ESCAPE '\\')");
    }
}

/// How many posts a list holds.
pub async fn count(src: &impl Source, filter: &Filter, day: Date) -> Result<i64, Failure> {
    let mut sql = Sql::new("SELECT count(*) ");
    narrow(&mut sql, filter, day);
    src.number(sql).await
}

/// A page of a list: the city's first, then by district and name.
pub async fn list(
    src: &impl Source,
    filter: &Filter,
    day: Date,
    most: i64,
    skip: i64,
) -> Result<Vec<Officer>, Failure> {
    let mut sql = Sql::new(
        "SELECT o.id, o.person_id, p.name, a.login, o.kind, d.name AS at, o.valid_from, o.valid_to, o.paper_number, o.end_reason ",
    );
    narrow(&mut sql, filter, day);
    sql.text(" ORDER BY COALESCE(d.position, -1), o.kind, p.sort_key, o.id LIMIT ").bind(most);
    sql.text(" OFFSET ").bind(skip);
    src.all::<Row>(sql).await?.into_iter().map(Officer::try_from).collect()
}

/// How many others hold a kind of post on a day.
pub(super) async fn others(
    src: &impl Source,
    kind: PostKind,
    but: PostId,
    day: Date,
) -> Result<i64, Failure> {
    let mut sql = Sql::new("SELECT count(*) FROM post o WHERE o.kind = ");
    sql.bind(kind.code()).text(" AND o.id <> ").bind(but).text(" AND ").on_day("o", day);
    src.number(sql).await
}

/// Puts in line whoever gives a post of an office or ends one.
pub(super) async fn lock(tx: &Tx) -> Result<(), Failure> {
    let sql = Sql::new("UPDATE city_lock SET version = version + 1 WHERE name = 'officers'");
    tx.execute_one(sql, "岗位刚有变动，请刷新后再办理").await
}

/// The name of somebody who is known here.
pub(super) async fn name_of(src: &impl Source, person: PersonId) -> Result<String, Failure> {
    #[derive(FromRow)]
    struct NameRow {
        name: String,
    }
    let sql = Sql::with("SELECT p.name FROM person p WHERE p.id = $1", [person.into()]);
    Ok(src.one::<NameRow>(sql).await?.ok_or(Failure::NotFound)?.name)
}

/// Notes why a post ended, after its day was set.
pub(super) async fn note_reason(tx: &Tx, post: PostId, reason: &str) -> Result<(), Failure> {
    let text = "UPDATE post SET end_reason = $1 WHERE id = $2";
    tx.execute(Sql::with(text, [reason.into(), post.into()])).await.map(drop)
}
