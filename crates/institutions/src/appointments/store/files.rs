//! What a file of posts is compared with, and its rows set by set.

use kernel::{
    ClusterId, Date, Failure, KindergartenId, OPEN_END, PersonId, PostId, PostKind, PostScope,
    Reach,
};
use policy::RunBy;
use storage::{FromRow, Source, Sql, Tx};

use super::super::types::{Known, PlaceState, Stand};

/// Most posts that one file is compared with: thirty years of the largest city's.
const MOST_KNOWN: i64 = 500_000;
/// Most states of clusters and kindergartens.
const MOST_STATES: i64 = 50_000;
/// Posts that one statement changes.
const POSTS_PER_STATEMENT: usize = 200;

#[derive(FromRow)]
struct KnownRow {
    id: PostId,
    person_id: PersonId,
    name: String,
    kind: String,
    cluster_id: Option<ClusterId>,
    kindergarten_id: Option<KindergartenId>,
    district_code: String,
    valid_from: Date,
    valid_to: Date,
    term: Option<i64>,
    paper_number: String,
}

impl TryFrom<KnownRow> for Known {
    type Error = Failure;
    fn try_from(row: KnownRow) -> Result<Self, Failure> {
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
            district: row.district_code,
            from: row.valid_from,
            to: row.valid_to,
            term: row.term,
            paper_number: row.paper_number,
        })
    }
}

/// The posts in clusters of the whole city, past and coming ones too, and those in kindergartens of these districts (of all,
/// if none is named). Looks beyond reach: the rule of terms knows no district, and nothing of other districts is shown.
pub async fn known(src: &impl Source, districts: Option<&[String]>) -> Result<Vec<Known>, Failure> {
    let kinds = |of_cluster: bool| {
        let appointed = PostKind::ALL.iter().filter(|kind| kind.given_with().is_some());
        appointed.filter(move |kind| kind.is_of_cluster() == of_cluster).map(|kind| kind.code())
    };
    let columns = "o.id, o.person_id, p.name, o.kind, o.cluster_id, o.kindergarten_id, o.valid_from, o.valid_to, o.term, \
                   o.paper_number";
    let mut sql = Sql::new("SELECT c.district_code, ");
    sql.text(columns).text(
        " FROM post o JOIN person p ON p.id = o.person_id JOIN cluster c ON c.id = o.cluster_id WHERE o.kind IN ",
    );
    sql.bind_list(kinds(true)).text(" ORDER BY o.id LIMIT ").bind(MOST_KNOWN);
    let mut rows = src.all::<KnownRow>(sql).await?;
    let mut sql = Sql::new("SELECT k.district_code, ");
    sql.text(columns).text(
        " FROM post o JOIN person p ON p.id = o.person_id JOIN kindergarten_state k ON k.kindergarten_id = o.kindergarten_id \
         AND k.valid_to = ",
    );
    sql.bind(OPEN_END).text(" WHERE o.kind IN ").bind_list(kinds(false));
    if let Some(districts) = districts {
        sql.text(" AND k.district_code IN ").bind_list(districts.iter().map(String::as_str));
    }
    sql.text(" ORDER BY o.id LIMIT ").bind(MOST_KNOWN);
    rows.extend(src.all::<KnownRow>(sql).await?);
    rows.into_iter().map(Known::try_from).collect()
}

#[derive(FromRow)]
struct ClusterRow {
    id: ClusterId,
    name: String,
    district_code: String,
    district_name: String,
    valid_from: Date,
    valid_to: Date,
}

/// The clusters within reach, those that are over or yet to come too, each with the names that it has borne.
pub async fn clusters(src: &impl Source) -> Result<Vec<Stand>, Failure> {
    let mut sql = Sql::new(
        "SELECT c.id, cs.name, d.code AS district_code, d.name AS district_name, cs.valid_from, cs.valid_to \
         FROM cluster_state cs JOIN cluster c ON c.id = cs.cluster_id JOIN district d ON d.code = c.district_code WHERE ",
    );
    let areas = Reach { areas: src.reach().areas.clone(), ..Reach::default() };
    sql.within(&areas, "d.place", "NULL", src.today());
    sql.text(" ORDER BY c.id, cs.valid_from LIMIT ").bind(MOST_STATES);
    let mut stands: Vec<Stand> = Vec::new();
    for row in src.all::<ClusterRow>(sql).await? {
        let scope = PostScope::Cluster(row.id);
        let to = (row.valid_to < OPEN_END).then_some(row.valid_to);
        match stands.last_mut().filter(|stand| stand.scope == scope) {
            Some(own) => {
                let former = std::mem::replace(&mut own.name, row.name);
                own.former_names.push(former);
                own.to = to;
            }
            None => stands.push(Stand {
                scope,
                name: row.name,
                former_names: Vec::new(),
                district: row.district_code,
                district_name: row.district_name,
                run_by: RunBy::District,
                from: Some(row.valid_from),
                to,
            }),
        }
    }
    Ok(stands)
}

#[derive(FromRow)]
struct KindergartenState {
    id: KindergartenId,
    state: i64,
}

#[derive(FromRow)]
struct ClusterState {
    id: ClusterId,
    state: i64,
    until: Date,
}

/// The latest states of all clusters and kindergartens. Reach needs no asking: nothing of them is shown, only whether they
/// are still what a preview compared with.
pub async fn place_states(src: &impl Source) -> Result<Vec<PlaceState>, Failure> {
    let text = "SELECT k.kindergarten_id AS id, k.id AS state FROM kindergarten_state k WHERE k.valid_to = $1 LIMIT $2";
    let rows = src.all::<KindergartenState>(Sql::with(text, [OPEN_END.into(), MOST_STATES.into()]));
    let kindergartens = rows.await?.into_iter().map(|row| PlaceState {
        scope: PostScope::Kindergarten(row.id),
        state: row.state,
        until: OPEN_END,
    });
    let text = "SELECT cs.cluster_id AS id, max(cs.id) AS state, max(cs.valid_to) AS until FROM cluster_state cs GROUP BY cs.cluster_id LIMIT $1";
    let rows = src.all::<ClusterState>(Sql::with(text, [MOST_STATES.into()])).await?;
    let clusters = rows.into_iter().map(|row| PlaceState {
        scope: PostScope::Cluster(row.id),
        state: row.state,
        until: row.until,
    });
    Ok(kindergartens.chain(clusters).collect())
}

/// Puts terms and letters of posts right that were seen under the lock of their districts.
pub async fn amend(tx: &Tx, all: &[(PostId, Option<i64>, String)]) -> Result<(), Failure> {
    for some in all.chunks(POSTS_PER_STATEMENT) {
        let mut sql = Sql::new("UPDATE post SET term = CASE id");
        for (id, term, _) in some {
            sql.text(" WHEN ").bind(*id).text(" THEN ").bind(*term);
        }
        sql.text(" ELSE term END, paper_number = CASE id");
        for (id, _, paper_number) in some {
            sql.text(" WHEN ").bind(*id).text(" THEN ").bind(paper_number.as_str());
        }
        sql.text(" ELSE paper_number END WHERE id IN ").bind_list(some.iter().map(|one| one.0));
        tx.execute(sql).await?;
    }
    Ok(())
}

/// Ends posts of heads whose successors come, each on a day and by a letter; seen under the lock of their districts.
pub async fn make_room(
    tx: &Tx,
    reason: &str,
    all: &[(PostId, Date, String)],
) -> Result<(), Failure> {
    for some in all.chunks(POSTS_PER_STATEMENT) {
        let mut sql = Sql::new("UPDATE post SET end_reason = ");
        sql.bind(reason).text(", valid_to = CASE id");
        for (id, on, _) in some {
            sql.text(" WHEN ").bind(*id).text(" THEN ").bind(*on);
        }
        sql.text(" ELSE valid_to END, end_paper_number = CASE id");
        for (id, _, paper_number) in some {
            sql.text(" WHEN ").bind(*id).text(" THEN ").bind(paper_number.as_str());
        }
        sql.text(" ELSE end_paper_number END WHERE id IN ").bind_list(some.iter().map(|one| one.0));
        tx.execute(sql).await?;
    }
    Ok(())
}
