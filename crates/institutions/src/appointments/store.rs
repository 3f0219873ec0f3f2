//! Posts with their holders, within reach: of the districts, clusters and kindergartens that the caller reaches.

mod files;

use kernel::{
    ClusterId, Date, Failure, KindergartenId, PersonId, Place, PostId, PostKind, PostScope, Reach,
};
use policy::RunBy;
use storage::{FromRow, Source, Sql, Tx, like_pattern};

use super::types::{Ending, Filter, Ground, Holding, SOON_DAYS, Span, State};
pub(super) use files::{amend, clusters, known, make_room, place_states};

/// Most posts that one workbook holds: all of the largest city's.
pub const MOST: i64 = 20_000;
/// Most posts from which a form offers people to choose.
const MOST_CANDIDATES: i64 = 1_000;

#[derive(FromRow)]
struct Row {
    id: PostId,
    person_id: PersonId,
    name: String,
    kind: String,
    cluster_id: Option<ClusterId>,
    kindergarten_id: Option<KindergartenId>,
    cluster_name: Option<String>,
    kindergarten_name: Option<String>,
    district_code: String,
    district_name: String,
    term: Option<i64>,
    paper_number: String,
    end_reason: String,
    end_paper_number: String,
    valid_from: Date,
    valid_to: Date,
}

impl TryFrom<Row> for Holding {
    type Error = Failure;
    fn try_from(row: Row) -> Result<Self, Failure> {
        let kind = PostKind::from_code(&row.kind)
            .ok_or_else(|| Failure::broken(format!("unknown post {}", row.kind)))?;
        let scope = match (row.cluster_id, row.kindergarten_id) {
            (Some(id), _) => PostScope::Cluster(id),
            (None, Some(id)) => PostScope::Kindergarten(id),
            (None, None) => PostScope::District(row.district_code.clone()),
        };
        Ok(Self {
            id: row.id,
            person: row.person_id,
            name: row.name,
            kind,
            scope,
            at: row.cluster_name.or(row.kindergarten_name).unwrap_or_default(),
            district: row.district_code,
            district_name: row.district_name,
            term: row.term,
            paper_number: row.paper_number,
            end_reason: row.end_reason,
            end_paper_number: row.end_paper_number,
            from: row.valid_from,
            to: row.valid_to,
        })
    }
}

const COLUMNS: &str = "SELECT o.id, o.person_id, p.name, o.kind, o.cluster_id, o.kindergarten_id, cs.name AS cluster_name, \
     k.name AS kindergarten_name, d.code AS district_code, d.name AS district_name, o.term, o.paper_number, o.end_reason, o.end_paper_number, \
     o.valid_from, o.valid_to ";

/// `o` the post, `p` its holder, `cs` and `k` its cluster's and kindergarten's state on the day, `d` its district.
fn from(sql: &mut Sql, day: Date) {
    sql.text("FROM post o JOIN person p ON p.id = o.person_id LEFT JOIN cluster c ON c.id = o.cluster_id ");
    sql.text("LEFT JOIN cluster_state cs ON cs.cluster_id = o.cluster_id AND ").on_day("cs", day);
    sql.text(" LEFT JOIN kindergarten_state k ON k.kindergarten_id = o.kindergarten_id AND ")
        .on_day("k", day);
    sql.text(
        " JOIN district d ON d.code = COALESCE(c.district_code, k.district_code) WHERE o.kind IN ",
    );
    let appointed = PostKind::ALL.iter().filter(|kind| kind.given_with().is_some());
    sql.bind_list(appointed.map(|kind| kind.code()));
}

fn within(sql: &mut Sql, src: &impl Source) {
    let reach: &Reach = src.reach();
    sql.text(" AND (").within(reach, "d.place", "o.kindergarten_id", src.today());
    if !reach.clusters.is_empty() {
        sql.text(" OR o.cluster_id IN ").bind_list(reach.clusters.iter().copied());
    }
    sql.text(")");
}

fn narrow(sql: &mut Sql, filter: &Filter, day: Date) {
    if let Some(district) = &filter.district {
        sql.text(" AND d.code = ").bind(district.as_str());
    }
    if let Some(cluster) = filter.cluster {
        sql.text(" AND o.cluster_id = ").bind(cluster);
    }
    if let Some(kindergarten) = filter.kindergarten {
        sql.text(" AND o.kindergarten_id = ").bind(kindergarten);
    }
    if let Some(person) = filter.person {
        sql.text(" AND o.person_id = ").bind(person);
    }
    if let Some(kind) = filter.kind {
        sql.text(" AND o.kind = ").bind(kind.code());
    }
    match filter.state {
        Some(State::Held) => {
            sql.text(" AND ").on_day("o", day);
        }
        Some(State::Ending) => {
            let soon = day.checked_add_days(chrono::Days::new(SOON_DAYS)).unwrap_or(day);
            sql.text(" AND ").on_day("o", day).text(" AND o.valid_to <= ").bind(soon);
        }
        Some(State::Ended) => {
            sql.text(" AND o.valid_to <= ").bind(day);
        }
        Some(State::Coming) => {
            sql.text(" AND o.valid_from > ").bind(day);
        }
        None => {}
    }
    let text = filter.text.trim();
    if !text.is_empty() {
        sql.text(" AND lower(p.name) LIKE ")
            .bind(like_pattern(&text.to_lowercase()))
            .text(" ESCAPE '\\'");
    }
}

/// How many posts a filter finds.
pub async fn count(src: &impl Source, filter: &Filter, day: Date) -> Result<i64, Failure> {
    let mut sql = Sql::new("SELECT count(*) ");
    from(&mut sql, day);
    narrow(&mut sql, filter, day);
    within(&mut sql, src);
    src.number(sql).await
}

/// A page of the posts that a filter finds, the latest first within a place.
pub async fn list(
    src: &impl Source,
    filter: &Filter,
    day: Date,
    limit: i64,
    offset: i64,
) -> Result<Vec<Holding>, Failure> {
    let mut sql = Sql::new(COLUMNS);
    from(&mut sql, day);
    narrow(&mut sql, filter, day);
    within(&mut sql, src);
    sql.text(" ORDER BY d.position, COALESCE(cs.sort_key, k.sort_key), o.kind, o.valid_from DESC, o.id LIMIT ");
    sql.bind(limit.clamp(0, MOST)).text(" OFFSET ").bind(offset);
    src.all::<Row>(sql).await?.into_iter().map(Holding::try_from).collect()
}

/// One post within reach.
pub async fn find(src: &impl Source, id: PostId, day: Date) -> Result<Holding, Failure> {
    let mut sql = Sql::new(COLUMNS);
    from(&mut sql, day);
    sql.text(" AND o.id = ").bind(id);
    within(&mut sql, src);
    src.one::<Row>(sql).await?.map(Holding::try_from).transpose()?.ok_or(Failure::NotFound)
}

#[derive(FromRow)]
struct GroundRow {
    name: String,
    district_code: String,
    district_name: String,
    place: String,
    run_by: Option<String>,
    cluster_id: Option<ClusterId>,
}

/// The cluster or kindergarten in which a post is to stand, on a day, within reach; a closed kindergarten or an ended
/// cluster is not found.
pub async fn ground(src: &impl Source, scope: &PostScope, day: Date) -> Result<Ground, Failure> {
    let mut sql = match scope {
        PostScope::Cluster(id) => {
            let mut sql = Sql::new(
                "SELECT cs.name, d.code AS district_code, d.name AS district_name, d.place, NULL AS run_by, c.id AS cluster_id \
                 FROM cluster c JOIN district d ON d.code = c.district_code JOIN cluster_state cs ON cs.cluster_id = c.id AND ",
            );
            sql.on_day("cs", day).text(" WHERE c.id = ").bind(*id);
            let reach = src.reach();
            let areas = Reach { areas: reach.areas.clone(), ..Reach::default() };
            sql.text(" AND (").within(&areas, "d.place", "NULL", src.today());
            sql.text(" OR c.id IN ").bind_list(reach.clusters.iter().copied()).text(")");
            sql
        }
        PostScope::Kindergarten(id) => {
            let mut sql = Sql::new(
                "SELECT k.name, d.code AS district_code, d.name AS district_name, d.place, k.run_by, m.cluster_id \
                 FROM kindergarten_state k JOIN district d ON d.code = k.district_code \
                 LEFT JOIN membership m ON m.kindergarten_id = k.kindergarten_id AND ",
            );
            sql.on_day("m", day)
                .text(" WHERE k.status <> 'closed' AND k.kindergarten_id = ")
                .bind(*id);
            sql.text(" AND ").on_day("k", day).text(" AND ").within(
                src.reach(),
                "k.place",
                "k.kindergarten_id",
                src.today(),
            );
            sql
        }
        PostScope::City | PostScope::District(_) => return Err(Failure::NotFound),
    };
    sql.text(" LIMIT 1");
    let row = src.one::<GroundRow>(sql).await?.ok_or(Failure::NotFound)?;
    Ok(Ground {
        scope: scope.clone(),
        name: row.name,
        district: row.district_code,
        district_name: row.district_name,
        place: Place::from_path(row.place),
        run_by: row.run_by.as_deref().and_then(RunBy::from_code).unwrap_or(RunBy::District),
        cluster: row.cluster_id,
    })
}

/// People whom an appointment in a district can name: who holds or held a post of the same kind there, within reach; each
/// with the latest of those posts.
pub async fn candidates(
    src: &impl Source,
    district: &str,
    kinds: &[PostKind],
) -> Result<Vec<Holding>, Failure> {
    let mut sql = Sql::new(COLUMNS);
    from(&mut sql, src.today());
    sql.text(" AND d.code = ").bind(district);
    sql.text(" AND o.kind IN ").bind_list(kinds.iter().map(|kind| kind.code()));
    within(&mut sql, src);
    sql.text(" ORDER BY p.sort_key, p.id, o.valid_from DESC LIMIT ").bind(MOST_CANDIDATES);
    let mut found: Vec<Holding> = Vec::new();
    for row in src.all::<Row>(sql).await? {
        if found.last().is_none_or(|last| last.person != row.person_id) {
            found.push(row.try_into()?);
        }
    }
    Ok(found)
}

/// Whether somebody of this name holds or held a post in a district.
pub(super) async fn is_known(tx: &Tx, district: &str, name: &str) -> Result<bool, Failure> {
    let mut sql = Sql::new("SELECT count(*) ");
    from(&mut sql, tx.today());
    sql.text(" AND d.code = ").bind(district).text(" AND p.name = ").bind(name);
    Ok(tx.number(sql).await? > 0)
}

/// A person's name, if he or she holds or held a post within reach.
pub async fn name_of(src: &impl Source, person: PersonId) -> Result<String, Failure> {
    let mut sql = Sql::new(COLUMNS);
    from(&mut sql, src.today());
    sql.text(" AND o.person_id = ").bind(person);
    within(&mut sql, src);
    sql.text(" LIMIT 1");
    src.one::<Row>(sql).await?.map(|row| row.name).ok_or(Failure::NotFound)
}

#[derive(FromRow)]
struct SpanRow {
    valid_from: Date,
    valid_to: Date,
    term: Option<i64>,
}

/// Every stretch of a person as an inspector anywhere: the rule of terms knows no district.
pub(super) async fn spans(tx: &Tx, person: PersonId) -> Result<Vec<Span>, Failure> {
    let mut sql = Sql::new("SELECT o.valid_from, o.valid_to, o.term FROM post o WHERE o.kind IN ");
    sql.bind_list(PostKind::ALL.iter().filter(|kind| kind.is_inspector()).map(|kind| kind.code()));
    sql.text(" AND o.person_id = ").bind(person).text(" ORDER BY o.valid_from LIMIT 200");
    let span = |row: SpanRow| Span { from: row.valid_from, to: row.valid_to, term: row.term };
    Ok(tx.all::<SpanRow>(sql).await?.into_iter().map(span).collect())
}

/// Posts of a place that hold on any of the days `from <= day < to`.
pub(super) async fn overlapping(
    tx: &Tx,
    scope: &PostScope,
    from_day: Date,
    to: Date,
) -> Result<Vec<Holding>, Failure> {
    let mut sql = Sql::new(COLUMNS);
    from(&mut sql, from_day);
    match scope {
        PostScope::Cluster(id) => sql.text(" AND o.cluster_id = ").bind(*id),
        PostScope::Kindergarten(id) => sql.text(" AND o.kindergarten_id = ").bind(*id),
        PostScope::City | PostScope::District(_) => return Ok(Vec::new()),
    };
    sql.text(" AND o.valid_from < ").bind(to).text(" AND o.valid_to > ").bind(from_day);
    sql.text(" ORDER BY o.valid_from, o.id LIMIT 500");
    tx.all::<Row>(sql).await?.into_iter().map(Holding::try_from).collect()
}

/// Appointments in a district stand in line: whoever bumps its version first is first. The caller has found the place
/// within reach; a principal, who reaches no district, settles her own liaison under the same lock.
pub(super) async fn lock(tx: &Tx, district: &str) -> Result<(), Failure> {
    let sql =
        Sql::with("UPDATE district SET version = version + 1 WHERE code = $1", [district.into()]);
    tx.execute_one(sql, "这个区刚有变动，请刷新后再办理").await
}

/// A person's terms are counted one after another, whichever district appoints.
pub(super) async fn lock_terms(tx: &Tx, person: PersonId) -> Result<(), Failure> {
    let sql = Sql::with(
        "UPDATE person SET terms_version = terms_version + 1 WHERE id = $1",
        [person.into()],
    );
    tx.execute_one(sql, "人员信息刚有变动，请刷新后再办理").await
}

pub(super) async fn set_end(tx: &Tx, post: &Holding, ending: &Ending) -> Result<(), Failure> {
    let sql = Sql::with(
        "UPDATE post SET valid_to = $1, end_reason = $2, end_paper_number = $3 WHERE id = $4 AND valid_to = $5",
        [
            ending.on.into(),
            ending.reason.clone().into(),
            ending.paper_number.clone().into(),
            post.id.into(),
            post.to.into(),
        ],
    );
    tx.execute_one(sql, "这项任职刚被他人修改，请刷新后再办理").await
}

/// Kindergartens of a district that have a liaison on or after `day`.
pub(super) async fn with_liaison(
    tx: &Tx,
    district: &str,
    day: Date,
) -> Result<Vec<KindergartenId>, Failure> {
    #[derive(FromRow)]
    struct Own {
        kindergarten_id: KindergartenId,
    }
    let mut sql = Sql::new(
        "SELECT o.kindergarten_id FROM post o JOIN kindergarten_state k ON k.kindergarten_id = o.kindergarten_id AND ",
    );
    sql.on_day("k", day).text(" WHERE o.kind = ").bind(PostKind::Liaison.code());
    sql.text(" AND k.district_code = ").bind(district).text(" AND o.valid_to > ").bind(day);
    Ok(tx.all::<Own>(sql).await?.into_iter().map(|row| row.kindergarten_id).collect())
}

#[derive(FromRow)]
struct EndingRow {
    #[row(nested)]
    post: Row,
    total: i64,
}

/// The posts of these kinds that end within 90 days of today, within reach, the first to end first; and how many there are.
pub async fn ending(
    src: &impl Source,
    kinds: &[PostKind],
    most: i64,
) -> Result<(i64, Vec<Holding>), Failure> {
    let day = src.today();
    let soon = day.checked_add_days(chrono::Days::new(SOON_DAYS)).unwrap_or(day);
    let mut sql = Sql::new(COLUMNS);
    sql.text(", CAST(count(*) OVER () AS bigint) AS total ");
    from(&mut sql, day);
    sql.text(" AND o.kind IN ").bind_list(kinds.iter().map(|kind| kind.code()));
    sql.text(" AND ").on_day("o", day).text(" AND o.valid_to <= ").bind(soon);
    within(&mut sql, src);
    sql.text(" ORDER BY o.valid_to, o.id LIMIT ").bind(most.clamp(0, MOST));
    let rows = src.all::<EndingRow>(sql).await?;
    let total = rows.first().map_or(0, |row| row.total);
    let found: Result<Vec<Holding>, Failure> =
        rows.into_iter().map(|row| Holding::try_from(row.post)).collect();
    Ok((total, found?))
}

/// The clusters and kindergartens of a district in which posts can stand on `day`.
pub(super) async fn grounds(
    tx: &Tx,
    district: &str,
    day: Date,
) -> Result<(Vec<ClusterId>, Vec<KindergartenId>), Failure> {
    #[derive(FromRow)]
    struct Cluster {
        id: ClusterId,
    }
    #[derive(FromRow)]
    struct Kindergarten {
        id: KindergartenId,
    }
    let mut sql =
        Sql::new("SELECT c.id FROM cluster c JOIN cluster_state cs ON cs.cluster_id = c.id AND ");
    sql.on_day("cs", day).text(" WHERE c.district_code = ").bind(district).text(" LIMIT 20000");
    let clusters = tx.all::<Cluster>(sql).await?;
    let mut sql = Sql::new(
        "SELECT k.kindergarten_id AS id FROM kindergarten_state k WHERE k.status <> 'closed' AND k.district_code = ",
    );
    sql.bind(district).text(" AND ").on_day("k", day).text(" LIMIT 20000");
    let kindergartens = tx.all::<Kindergarten>(sql).await?;
    Ok((
        clusters.into_iter().map(|row| row.id).collect(),
        kindergartens.into_iter().map(|row| row.id).collect(),
    ))
}
