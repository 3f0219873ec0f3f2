use kernel::{Date, Failure, Moment, PersonId, PostId, StandInId};
use storage::FromRow;
use storage::{Source, Sql, Tx};

use super::types::StandIn;
use crate::posts::{self, Post};

#[derive(FromRow)]
struct Row {
    id: StandInId,
    post_id: PostId,
    giver: String,
    person_id: PersonId,
    name: String,
    valid_from: Date,
    valid_to: Date,
    reason: String,
    ended_at: Option<i64>,
}

/// Most stand-ins of one person that are ever shown or looked at.
const MOST: i64 = 100;

fn select() -> Sql {
    Sql::new(
        "SELECT i.id, i.post_id, g.name AS giver, i.person_id, p.name, i.valid_from, i.valid_to, i.reason, i.ended_at \
         FROM stand_in i JOIN person p ON p.id = i.person_id JOIN post o ON o.id = i.post_id \
         JOIN person g ON g.id = o.person_id WHERE ",
    )
}

async fn stand_ins(source: &impl Source, sql: Sql) -> Result<Vec<StandIn>, Failure> {
    let rows = source.all::<Row>(sql).await?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<PostId> = rows.iter().map(|row| row.post_id).collect();
    let posts = posts::of_ids(source, &ids).await?;
    let stand_in = |row: Row| {
        let post = posts.iter().find(|post| post.id == row.post_id)?.clone();
        Some(StandIn {
            id: row.id,
            post,
            giver: row.giver,
            person: row.person_id,
            name: row.name,
            from: row.valid_from,
            to: row.valid_to,
            reason: row.reason,
            ended_at: row.ended_at.map(Moment::from_millis),
        })
    };
    Ok(rows.into_iter().filter_map(stand_in).collect())
}

/// One of them. It belongs to two persons, who are asked for: reach needs no asking.
pub(super) async fn find(source: &impl Source, id: StandInId) -> Result<Option<StandIn>, Failure> {
    let mut sql = select();
    sql.text("i.id = ").bind(id);
    Ok(stand_ins(source, sql).await?.pop())
}

/// Those in which a person acts today by their own days; whether the post still holds is judged by the rule.
pub(super) async fn taken_today(
    source: &impl Source,
    person: PersonId,
) -> Result<Vec<StandIn>, Failure> {
    let mut sql = select();
    sql.text("i.person_id = ").bind(person).text(" AND i.ended_at IS NULL AND ");
    sql.on_day("i", source.today()).text(" ORDER BY i.valid_from, i.id LIMIT ").bind(MOST);
    stand_ins(source, sql).await
}

/// Those that a person took or gave, the latest first.
pub(super) async fn around(
    source: &impl Source,
    person: PersonId,
) -> Result<Vec<StandIn>, Failure> {
    let mut sql = select();
    sql.text("(i.person_id = ").bind(person).text(" OR o.person_id = ").bind(person);
    sql.text(") ORDER BY i.valid_from DESC, i.id DESC LIMIT ").bind(MOST);
    stand_ins(source, sql).await
}

/// Those of a post that are not over before `from` and begin before `to`; the post stays locked until the change ends.
pub(super) async fn overlapping(
    tx: &Tx,
    post: PostId,
    from: Date,
    to: Date,
) -> Result<Vec<StandIn>, Failure> {
    tx.execute(Sql::with("UPDATE post SET valid_to = valid_to WHERE id = $1", [post.into()]))
        .await?;
    let mut sql = select();
    sql.text("i.ended_at IS NULL AND i.post_id = ").bind(post);
    sql.text(" AND i.valid_from < ").bind(to).text(" AND i.valid_to > ").bind(from);
    stand_ins(tx, sql).await
}

pub(super) async fn insert(
    tx: &Tx,
    post: &Post,
    person: PersonId,
    from: Date,
    to: Date,
    reason: &str,
) -> Result<StandInId, Failure> {
    let id: StandInId = tx.mint();
    let columns =
        &["id", "post_id", "person_id", "valid_from", "valid_to", "reason", "recorded_at"];
    let row = vec![
        id.into(),
        post.id.into(),
        person.into(),
        from.into(),
        to.into(),
        reason.into(),
        tx.now().millis().into(),
    ];
    tx.insert("stand_in", columns, vec![row]).await?;
    Ok(id)
}

pub(super) async fn end(tx: &Tx, id: StandInId) -> Result<(), Failure> {
    let sql = Sql::with(
        "UPDATE stand_in SET ended_at = $1 WHERE id = $2 AND ended_at IS NULL",
        [tx.now().millis().into(), id.into()],
    );
    tx.execute_one(sql, "这项代理刚被终止，请刷新").await
}

/// A person's name, for the people of one's own place.
pub(super) async fn names(
    source: &impl Source,
    people: &[PersonId],
) -> Result<Vec<(PersonId, String)>, Failure> {
    #[derive(FromRow)]
    struct Named {
        id: PersonId,
        name: String,
    }
    let mut sql = Sql::new(
        "SELECT p.id, p.name FROM person p JOIN account a ON a.person_id = p.id WHERE p.id IN ",
    );
    sql.bind_list(people.iter().copied()).text(" ORDER BY p.sort_key, p.id LIMIT 500");
    let rows = source.all::<Named>(sql).await?;
    Ok(rows.into_iter().map(|row| (row.id, row.name)).collect())
}
