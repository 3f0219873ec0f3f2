use kernel::{
    Caller, ClusterId, Date, Failure, KindergartenId, Moment, PersonId, Place, PostId, PostKind,
};
use storage::FromRow;
use storage::{Db, Source, Sql, Tx};

use super::types::{Session, Token};
use crate::posts::{self, Post};

#[derive(FromRow)]
struct Row {
    person_id: PersonId,
    name: String,
    started_at: i64,
    seen_at: i64,
    posts: i64,
    post_id: Option<PostId>,
    kind: Option<String>,
    district_code: Option<String>,
    kindergarten_id: Option<KindergartenId>,
    district_name: Option<String>,
    kindergarten_name: Option<String>,
    cluster_id: Option<ClusterId>,
    own_cluster_id: Option<ClusterId>,
    own_cluster_name: Option<String>,
    valid_from: Option<Date>,
    valid_to: Option<Date>,
}

/// The session of a token with its post in force on `day`: one query, made on every request. Reach follows from it.
pub(super) async fn find(
    source: &impl Source,
    token: &Token,
    day: Date,
) -> Result<Option<Session>, Failure> {
    let mut sql = Sql::new(
        "SELECT s.person_id, p.name, s.started_at, s.seen_at, o.id AS post_id, o.kind, o.district_code, \
         o.kindergarten_id, o.valid_from, o.valid_to, d.name AS district_name, k.name AS kindergarten_name, m.cluster_id, \
         o.cluster_id AS own_cluster_id, c.name AS own_cluster_name, \
         (SELECT count(*) FROM post h WHERE h.person_id = s.person_id AND ",
    );
    sql.on_day("h", day).text(") AS posts FROM session s JOIN person p ON p.id = s.person_id ");
    sql.text("LEFT JOIN post o ON o.id = s.post_id AND o.person_id = s.person_id AND ")
        .on_day("o", day);
    sql.text(" LEFT JOIN district d ON d.code = o.district_code ");
    sql.text("LEFT JOIN kindergarten_state k ON k.kindergarten_id = o.kindergarten_id AND ")
        .on_day("k", day);
    sql.text(" LEFT JOIN membership m ON m.kindergarten_id = o.kindergarten_id AND ")
        .on_day("m", day);
    sql.text(" LEFT JOIN cluster_state c ON c.cluster_id = o.cluster_id AND ").on_day("c", day);
    sql.text(" WHERE s.token_digest = ").bind(token.digest());
    source.one::<Row>(sql).await?.map(session).transpose()
}

fn session(row: Row) -> Result<Session, Failure> {
    let post = match (row.post_id, row.kind, row.valid_from, row.valid_to) {
        (Some(id), Some(kind), Some(valid_from), Some(valid_to)) => Some(Post {
            id,
            person: row.person_id,
            kind: PostKind::from_code(&kind)
                .ok_or_else(|| Failure::broken(format!("unknown post {kind}")))?,
            scope: posts::scope_of(row.kindergarten_id, row.district_code, row.own_cluster_id),
            at: row
                .kindergarten_name
                .or(row.own_cluster_name)
                .or(row.district_name)
                .unwrap_or_default(),
            cluster: row.cluster_id,
            valid_from,
            valid_to,
        }),
        _ => None,
    };
    Ok(Session {
        person: row.person_id,
        name: row.name,
        started_at: Moment::from_millis(row.started_at),
        seen_at: Moment::from_millis(row.seen_at),
        post,
        posts: row.posts,
    })
}

pub(super) async fn insert(
    tx: &Tx,
    token: &Token,
    person: PersonId,
    post: PostId,
    agent: &str,
) -> Result<(), Failure> {
    let now = tx.now().millis();
    let columns =
        &["token_digest", "person_id", "post_id", "started_at", "seen_at", "address", "agent"];
    let agent: String = agent.chars().take(200).collect();
    let row = vec![
        token.digest().into(),
        person.into(),
        post.into(),
        now.into(),
        now.into(),
        tx.actor().address.clone().into(),
        agent.into(),
    ];
    tx.insert("session", columns, vec![row]).await
}

pub(super) async fn set_post(tx: &Tx, token: &Token, post: PostId) -> Result<(), Failure> {
    let sql = Sql::with(
        "UPDATE session SET post_id = $1 WHERE token_digest = $2",
        [post.into(), token.digest().into()],
    );
    tx.execute_one(sql, "登录已失效，请重新登录").await
}

pub(super) async fn delete(tx: &Tx, token: &Token) -> Result<(), Failure> {
    tx.execute(Sql::with("DELETE FROM session WHERE token_digest = $1", [token.digest().into()]))
        .await
        .map(drop)
}

pub(super) async fn touch(db: &Db, token: &Token, now: Moment) -> Result<(), Failure> {
    let sql = Sql::with(
        "UPDATE session SET seen_at = $1 WHERE token_digest = $2",
        [now.millis().into(), token.digest().into()],
    );
    db.bookkeeping(sql).await.map(drop)
}

pub(super) fn caller(
    session: Session,
    city: &Place,
    now: Moment,
    address: &str,
    request: &str,
) -> Option<Caller> {
    let post = session.post?;
    Some(Caller {
        person: session.person,
        name: session.name,
        post: post.id,
        kind: post.kind,
        post_label: post.label(),
        reach: posts::reach_of(&post, city),
        scope: post.scope,
        has_other_posts: session.posts > 1,
        city: city.clone(),
        now,
        address: address.to_owned(),
        request: request.to_owned(),
    })
}

/// A person acting in one of his or her posts in force, without a session: the demo city is played by such callers.
pub async fn as_caller(
    db: &Db,
    person: PersonId,
    name: &str,
    kind: PostKind,
) -> Result<Caller, Failure> {
    let reading = db.reading(db.program("posts"));
    let posts = posts::in_force_of(&reading, &[person]).await?;
    let count = posts.len() as i64;
    let post = posts.into_iter().find(|post| post.kind == kind).ok_or(Failure::NotFound)?;
    let now = db.now();
    let session = Session {
        person,
        name: name.to_owned(),
        started_at: now,
        seen_at: now,
        post: Some(post),
        posts: count,
    };
    caller(session, db.city(), now, "local", "").ok_or(Failure::NotFound)
}
