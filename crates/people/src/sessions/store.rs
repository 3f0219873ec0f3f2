use kernel::{
    Caller, ClusterId, Date, Failure, KindergartenId, Moment, PersonId, Place as City, PostId,
    PostKind, StandInId,
};
use storage::FromRow;
use storage::{Db, Source, Sql, Tx};

use super::types::{Awaited, Choice, Limits, Place, Session, Token};
use crate::posts::{self, Post};

#[derive(FromRow)]
struct Row {
    person_id: PersonId,
    name: String,
    started_at: i64,
    seen_at: i64,
    awaits: Option<String>,
    stand_in_id: Option<StandInId>,
    posts: i64,
    stand_ins: i64,
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
        "SELECT s.person_id, p.name, s.started_at, s.seen_at, s.awaits, s.stand_in_id, o.id AS post_id, o.kind, o.district_code, \
         o.kindergarten_id, o.valid_from, o.valid_to, d.name AS district_name, k.name AS kindergarten_name, m.cluster_id, \
         o.cluster_id AS own_cluster_id, c.name AS own_cluster_name, \
         (SELECT count(*) FROM post h WHERE h.person_id = s.person_id AND ",
    );
    sql.on_day("h", day).text(") AS posts, ");
    sql.text("(SELECT count(*) FROM stand_in i WHERE i.person_id = s.person_id AND i.ended_at IS NULL AND ");
    sql.on_day("i", day).text(") AS stand_ins FROM session s JOIN person p ON p.id = s.person_id ");
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
        awaits: match row.awaits {
            Some(code) => Some(
                Awaited::from_code(&code)
                    .ok_or_else(|| Failure::broken(format!("unknown step {code}")))?,
            ),
            None => None,
        },
        // Whoever stands in acts in a post that is not his or her own; it is read with the stand-in.
        post: post.filter(|_| row.stand_in_id.is_none()),
        stand_in: row.stand_in_id,
        acting_for: None,
        posts: row.posts + row.stand_ins,
    })
}

/// A session in the making.
pub(super) struct NewSession<'a> {
    pub(super) token: &'a Token,
    pub(super) person: PersonId,
    pub(super) choice: Choice,
    pub(super) awaits: Option<Awaited>,
    pub(super) agent: &'a str,
}

pub(super) async fn insert(tx: &Tx, new: &NewSession<'_>) -> Result<(), Failure> {
    let now = tx.now().millis();
    let columns = &[
        "token_digest",
        "person_id",
        "post_id",
        "stand_in_id",
        "awaits",
        "started_at",
        "seen_at",
        "address",
        "agent",
    ];
    let agent: String = new.agent.chars().take(200).collect();
    let (post, stand_in) = columns_of(new.choice);
    let row = vec![
        new.token.digest().into(),
        new.person.into(),
        post.into(),
        stand_in.into(),
        new.awaits.map(Awaited::code).into(),
        now.into(),
        now.into(),
        tx.actor().address.clone().into(),
        agent.into(),
    ];
    tx.insert("session", columns, vec![row]).await
}

fn columns_of(choice: Choice) -> (Option<PostId>, Option<StandInId>) {
    match choice {
        Choice::Post(post) => (Some(post), None),
        Choice::StandIn(stand_in) => (None, Some(stand_in)),
    }
}

/// Puts a session under a new secret, acting in what was chosen: the old secret opens nothing any more.
pub(super) async fn renew(
    tx: &Tx,
    old: &Token,
    new: &Token,
    choice: Choice,
) -> Result<(), Failure> {
    let (post, stand_in) = columns_of(choice);
    let sql = Sql::with(
        "UPDATE session SET token_digest = $1, post_id = $2, stand_in_id = $3 WHERE token_digest = $4",
        [new.digest().into(), post.into(), stand_in.into(), old.digest().into()],
    );
    tx.execute_one(sql, "登录已失效，请重新登录").await
}

/// Puts a session under a new secret and leaves the rest as it is.
pub(super) async fn rename(tx: &Tx, old: &Token, new: &Token) -> Result<(), Failure> {
    let sql = Sql::with(
        "UPDATE session SET token_digest = $1 WHERE token_digest = $2",
        [new.digest().into(), old.digest().into()],
    );
    tx.execute_one(sql, "登录已失效，请重新登录").await
}

pub(super) async fn delete(tx: &Tx, digest: &str) -> Result<u64, Failure> {
    tx.execute(Sql::with("DELETE FROM session WHERE token_digest = $1", [digest.into()])).await
}

/// Ends one of a person's own sessions by its handle.
pub(super) async fn delete_own(tx: &Tx, person: PersonId, handle: &str) -> Result<(), Failure> {
    let sql = Sql::with(
        "DELETE FROM session WHERE token_digest = $1 AND person_id = $2",
        [handle.into(), person.into()],
    );
    match tx.execute(sql).await? {
        0 => Err(Failure::NotFound),
        _ => Ok(()),
    }
}

/// Ends the sessions of a person but the one with this secret.
pub(super) async fn delete_others(tx: &Tx, person: PersonId, kept: &Token) -> Result<(), Failure> {
    let sql = Sql::with(
        "DELETE FROM session WHERE person_id = $1 AND token_digest <> $2",
        [person.into(), kept.digest().into()],
    );
    tx.execute(sql).await.map(drop)
}

/// Clears away sessions that have ended by themselves.
pub(super) async fn clear_away(tx: &Tx, limits: Limits) -> Result<(), Failure> {
    let now = tx.now().millis();
    let sql = Sql::with(
        "DELETE FROM session WHERE seen_at < $1 OR started_at < $2",
        [(now - limits.idle_ms).into(), (now - limits.longest_ms).into()],
    );
    tx.execute(sql).await.map(drop)
}

#[derive(FromRow)]
struct PlaceRow {
    token_digest: String,
    started_at: i64,
    seen_at: i64,
    address: String,
    agent: String,
}

/// A person's own sessions that hold, the latest seen first.
pub(super) async fn places(
    source: &impl Source,
    person: PersonId,
    limits: Limits,
) -> Result<Vec<Place>, Failure> {
    let now = source.now().millis();
    let sql = Sql::with(
        "SELECT token_digest, started_at, seen_at, address, agent FROM session \
         WHERE person_id = $1 AND awaits IS NULL AND seen_at >= $2 AND started_at >= $3 \
         ORDER BY seen_at DESC, token_digest LIMIT 50",
        [person.into(), (now - limits.idle_ms).into(), (now - limits.longest_ms).into()],
    );
    let rows = source.all::<PlaceRow>(sql).await?;
    Ok(rows
        .into_iter()
        .map(|row| Place {
            handle: row.token_digest,
            started_at: Moment::from_millis(row.started_at),
            seen_at: Moment::from_millis(row.seen_at),
            address: row.address,
            agent: row.agent,
        })
        .collect())
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
    city: &City,
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
        post_label: match &session.acting_for {
            Some(giver) => format!("{}（代理{giver}）", post.label()),
            None => post.label(),
        },
        reach: posts::reach_of(&post, city),
        scope: post.scope,
        has_other_posts: session.posts > 1 || session.acting_for.is_some(),
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
        awaits: None,
        stand_in: None,
        post: Some(post),
        acting_for: None,
        posts: count,
    };
    caller(session, db.city(), now, "local", "").ok_or(Failure::NotFound)
}
