use kernel::{ClusterId, Date, Failure, KindergartenId, PersonId, PostId, PostKind, PostScope};
use storage::FromRow;
use storage::{Source, Sql, Tx};

use super::types::{NewPost, Post, scope_of};

#[derive(FromRow)]
struct Row {
    id: PostId,
    person_id: PersonId,
    kind: String,
    district_code: Option<String>,
    kindergarten_id: Option<KindergartenId>,
    district_name: Option<String>,
    kindergarten_name: Option<String>,
    own_cluster_id: Option<ClusterId>,
    own_cluster_name: Option<String>,
    cluster_id: Option<ClusterId>,
    valid_from: Date,
    valid_to: Date,
}

impl TryFrom<Row> for Post {
    type Error = Failure;
    fn try_from(row: Row) -> Result<Self, Failure> {
        let kind = PostKind::from_code(&row.kind)
            .ok_or_else(|| Failure::broken(format!("unknown post {}", row.kind)))?;
        let scope = scope_of(row.kindergarten_id, row.district_code, row.own_cluster_id);
        Ok(Self {
            id: row.id,
            person: row.person_id,
            kind,
            scope,
            at: row
                .kindergarten_name
                .or(row.own_cluster_name)
                .or(row.district_name)
                .unwrap_or_default(),
            cluster: row.cluster_id,
            valid_from: row.valid_from,
            valid_to: row.valid_to,
        })
    }
}

fn select(day: Date) -> Sql {
    let mut sql = Sql::new(
        "SELECT o.id, o.person_id, o.kind, o.district_code, o.kindergarten_id, o.valid_from, o.valid_to, \
         d.name AS district_name, k.name AS kindergarten_name, m.cluster_id, o.cluster_id AS own_cluster_id, c.name AS own_cluster_name FROM post o \
         LEFT JOIN district d ON d.code = o.district_code \
         LEFT JOIN kindergarten_state k ON k.kindergarten_id = o.kindergarten_id AND ",
    );
    sql.on_day("k", day)
        .text(" LEFT JOIN membership m ON m.kindergarten_id = o.kindergarten_id AND ")
        .on_day("m", day)
        .text(" LEFT JOIN cluster_state c ON c.cluster_id = o.cluster_id AND ")
        .on_day("c", day);
    sql
}

async fn posts(source: &impl Source, sql: Sql) -> Result<Vec<Post>, Failure> {
    source.all::<Row>(sql).await?.into_iter().map(Post::try_from).collect()
}

/// The posts in force today of some people (at most one page of them). People are no places: reach needs no asking.
pub async fn in_force_of(source: &impl Source, people: &[PersonId]) -> Result<Vec<Post>, Failure> {
    let day = source.today();
    let mut sql = select(day);
    sql.text(" WHERE o.person_id IN ")
        .bind_list(people.iter().copied())
        .text(" AND ")
        .on_day("o", day);
    sql.text(" ORDER BY o.kind, o.id LIMIT 500");
    posts(source, sql).await
}

/// All posts of a person, the latest first; for the security administrator, who reaches every account.
pub async fn all_of(source: &impl Source, person: PersonId) -> Result<Vec<Post>, Failure> {
    let mut sql = select(source.today());
    sql.text(" WHERE o.person_id = ")
        .bind(person)
        .text(" ORDER BY o.valid_from DESC, o.id LIMIT 200");
    posts(source, sql).await
}

/// Enters people by name, in batches; answers their ids in the same order. Names are personal and stay out of the trail.
pub async fn enrol(tx: &Tx, names: &[String]) -> Result<Vec<PersonId>, Failure> {
    let people: Vec<PersonId> = names.iter().map(|_| tx.mint()).collect();
    let rows = people.iter().zip(names).map(|(id, name)| {
        vec![
            (*id).into(),
            name.clone().into(),
            kernel::sort_key(name).into(),
            tx.now().millis().into(),
        ]
    });
    tx.insert("person", &["id", "name", "sort_key", "recorded_at"], rows.collect()).await?;
    Ok(people)
}

/// How many hold a post of a kind today; people are no places.
pub async fn holders_of(source: &impl Source, kind: PostKind) -> Result<i64, Failure> {
    let mut sql = Sql::new("SELECT count(*) FROM post o WHERE o.kind = ");
    sql.bind(kind.code()).text(" AND ").on_day("o", source.today());
    source.number(sql).await
}

/// Writes posts, in batches; answers their ids in the same order. The database refuses a second head of a kindergarten on
/// one day (`no_overlap_post_seat_id`).
pub(super) async fn insert(tx: &Tx, posts: &[NewPost]) -> Result<Vec<PostId>, Failure> {
    let columns = &[
        "id",
        "person_id",
        "kind",
        "district_code",
        "kindergarten_id",
        "cluster_id",
        "seat_id",
        "term",
        "paper_number",
        "valid_from",
        "valid_to",
        "recorded_at",
    ];
    let (mut ids, mut rows) = (Vec::with_capacity(posts.len()), Vec::with_capacity(posts.len()));
    for post in posts {
        let id: PostId = tx.mint();
        let (district, kindergarten, cluster) = match &post.scope {
            PostScope::City => (None, None, None),
            PostScope::District(code) => (Some(code.clone()), None, None),
            PostScope::Kindergarten(id) => (None, Some(id.uuid()), None),
            PostScope::Cluster(id) => (None, None, Some(id.uuid())),
        };
        ids.push(id);
        rows.push(vec![
            id.into(),
            post.person.into(),
            post.kind.code().into(),
            district.into(),
            kindergarten.into(),
            cluster.into(),
            kindergarten.filter(|_| post.kind.holds_seat()).into(),
            post.term.into(),
            post.paper_number.clone().into(),
            post.from.into(),
            post.to.into(),
            tx.now().millis().into(),
        ]);
    }
    tx.insert("post", columns, rows).await?;
    Ok(ids)
}

/// One post; for the security administrator, who reaches every account.
pub(crate) async fn find(source: &impl Source, id: PostId) -> Result<Option<Post>, Failure> {
    let mut sql = select(source.today());
    sql.text(" WHERE o.id = ").bind(id);
    Ok(posts(source, sql).await?.into_iter().next())
}

pub(crate) async fn set_end(tx: &Tx, post: &Post, last: Date) -> Result<(), Failure> {
    let sql = Sql::with(
        "UPDATE post SET valid_to = $1 WHERE id = $2 AND valid_to = $3",
        [last.into(), post.id.into(), post.valid_to.into()],
    );
    tx.execute_one(sql, "这个岗位刚被他人修改，请刷新后再办理").await
}

/// Posts by their ids, in force or not; for what names them: reach was asked when it was read.
pub(crate) async fn of_ids(source: &impl Source, ids: &[PostId]) -> Result<Vec<Post>, Failure> {
    let mut sql = select(source.today());
    sql.text(" WHERE o.id IN ").bind_list(ids.iter().copied());
    posts(source, sql).await
}

/// The posts in force today at the place of another post, in the order of their holders' names. Whoever holds that post
/// reaches its place.
pub(crate) async fn in_force_beside(
    source: &impl Source,
    beside: &Post,
) -> Result<Vec<Post>, Failure> {
    let day = source.today();
    let mut sql = select(day);
    sql.text(" WHERE ").on_day("o", day);
    match &beside.scope {
        PostScope::District(code) => sql.text(" AND o.district_code = ").bind(code.as_str()),
        PostScope::Kindergarten(id) => sql.text(" AND o.kindergarten_id = ").bind(*id),
        PostScope::Cluster(id) => sql.text(" AND o.cluster_id = ").bind(*id),
        PostScope::City => sql.text(
            " AND o.district_code IS NULL AND o.kindergarten_id IS NULL AND o.cluster_id IS NULL",
        ),
    };
    sql.text(" ORDER BY o.kind, o.id LIMIT 500");
    posts(source, sql).await
}
