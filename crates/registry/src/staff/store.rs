//! Staff as rows: read as of a day within reach, written as dated states. Everything is read through the views that leave out
//! batches which are still being written.

mod row;
mod writing;

use std::collections::HashMap;

use kernel::{Date, Failure, KindergartenId, OPEN_END, Reach, StaffId};
use storage::{Source, Sql, like_pattern};

pub(crate) use writing::batch;
pub use writing::{begin_state, bump, drop_identity, end_state, keep_identity, release_identity};

use super::types::{Filter, Known, Listed, Member, Presence, Roll, Sort, StaffState, Statistics};
use row::{CountRow, DayRow, KnownRow, ListedRow, MemberRow, RollRow, StateRow};

/// Most staff that one answer holds: a whole city with room to grow.
pub const MOST: i64 = 200_000;

/// Most states of one member that the page shows.
const MOST_STATES: i64 = 200;

/// Reach over staff: a kindergarten has its own, never those of the cluster (2.1.2-8).
fn narrow_reach(src: &impl Source) -> Reach {
    Reach { clusters: Vec::new(), ..src.reach().clone() }
}

/// `s` the member's state, `k` the kindergarten's state on the day, `i` the identity number.
fn from(sql: &mut Sql, day: Date) {
    sql.text(" FROM staff_known s JOIN kindergarten_state k ON k.kindergarten_id = s.kindergarten_id AND ");
    sql.on_day("k", day)
        .text(" LEFT JOIN staff_identity_known i ON i.staff_id = s.staff_id WHERE ");
    sql.on_day("s", day);
}

async fn found(
    src: &impl Source,
    reach: &Reach,
    id: StaffId,
    day: Date,
) -> Result<Member, Failure> {
    let mut sql = Sql::new("SELECT ");
    sql.text(row::MEMBER_COLUMNS);
    from(&mut sql, day);
    sql.text(" AND s.staff_id = ").bind(id);
    sql.text(" AND ").within(reach, "k.place", "k.kindergarten_id", src.today());
    src.one::<MemberRow>(sql).await?.ok_or(Failure::NotFound)?.read()
}

/// One member as of `day`; not found when out of reach or when nothing is known on that day.
pub async fn find(src: &impl Source, id: StaffId, day: Date) -> Result<Member, Failure> {
    found(src, &narrow_reach(src), id, day).await
}

/// The same with all that the actor reaches, clusters included: for acts, whose rule then refuses what is not one's own so
/// that the try is recorded.
pub async fn find_widely(src: &impl Source, id: StaffId, day: Date) -> Result<Member, Failure> {
    found(src, src.reach(), id, day).await
}

/// How many a filter finds on `day`, within reach.
pub async fn count(src: &impl Source, filter: &Filter, day: Date) -> Result<i64, Failure> {
    let mut sql = Sql::new("SELECT count(*)");
    chosen(&mut sql, src, filter, day);
    src.number(sql).await
}

/// A page of what a filter finds on `day`, within reach.
pub async fn list(
    src: &impl Source,
    filter: &Filter,
    day: Date,
    limit: i64,
    offset: i64,
) -> Result<Vec<Listed>, Failure> {
    // First the page, then what is shown of it.
    let mut sql = Sql::new("SELECT ");
    sql.text(row::LISTED_COLUMNS);
    from(&mut sql, day);
    sql.text(" AND s.id IN (SELECT s.id");
    chosen(&mut sql, src, filter, day);
    order(&mut sql, filter.sort);
    sql.text(" LIMIT ").bind(limit.clamp(0, MOST)).text(" OFFSET ").bind(offset).text(")");
    order(&mut sql, filter.sort);
    src.all::<ListedRow>(sql).await?.into_iter().map(ListedRow::read).collect()
}

fn order(sql: &mut Sql, sort: Sort) {
    sql.text(match sort {
        Sort::Name => " ORDER BY s.sort_key, s.staff_id",
        Sort::Position => " ORDER BY s.position_rank, s.sort_key, s.staff_id",
        Sort::Hired => " ORDER BY s.hired_on DESC, s.sort_key, s.staff_id",
    });
}

/// The states `s` that a filter finds on `day`, within reach. Who reaches the whole city and asks for no district needs no
/// look at the kindergartens.
fn chosen(sql: &mut Sql, src: &impl Source, filter: &Filter, day: Date) {
    let reach = narrow_reach(src);
    let text = filter.text.trim();
    sql.text(" FROM staff_known s");
    let is_bounded = !reach.is_city_wide() || filter.district.is_some() || !text.is_empty();
    if is_bounded {
        sql.text(" JOIN kindergarten_state k ON k.kindergarten_id = s.kindergarten_id AND ")
            .on_day("k", day);
    }
    sql.text(" WHERE ").on_day("s", day);
    if is_bounded {
        sql.text(" AND ").within(&reach, "k.place", "k.kindergarten_id", src.today());
    }
    if let Some(kindergarten) = filter.kindergarten {
        sql.text(" AND s.kindergarten_id = ").bind(kindergarten);
    }
    if let Some(district) = &filter.district {
        sql.text(" AND k.district_code = ").bind(district.as_str());
    }
    if let Some(position) = filter.position {
        sql.text(" AND s.position = ").bind(position.code());
    }
    if let Some(backbone) = filter.backbone {
        sql.text(" AND s.backbone = ").bind(i64::from(backbone));
    }
    match filter.presence {
        Presence::Employed => {
            sql.text(" AND s.left_on = ").bind(OPEN_END);
        }
        Presence::Left => {
            sql.text(" AND s.left_on < ").bind(OPEN_END);
        }
        Presence::Both => {}
    }
    if !text.is_empty() {
        let pattern = like_pattern(&text.to_lowercase());
        sql.text(" AND (lower(s.name) LIKE ").bind(pattern.clone()).text(" ESCAPE '\\'");
        sql.text(" OR lower(k.name) LIKE ").bind(pattern).text(" ESCAPE '\\')");
    }
}

/// The states of a member, the latest first. Reach was judged by [`find`].
pub async fn history(src: &impl Source, id: StaffId) -> Result<Vec<StaffState>, Failure> {
    let mut sql = Sql::new("SELECT ");
    sql.text(row::STATE_COLUMNS).text(" FROM staff_known s WHERE s.staff_id = ").bind(id);
    sql.text(" ORDER BY s.valid_from DESC LIMIT ").bind(MOST_STATES);
    src.all::<StateRow>(sql).await?.into_iter().map(StateRow::read).collect()
}

/// Counts of the staff employed on `day`, of one kindergarten or district or of all, within reach.
pub async fn statistics(
    src: &impl Source,
    kindergarten: Option<KindergartenId>,
    district: Option<&str>,
    day: Date,
) -> Result<Statistics, Failure> {
    let filter =
        Filter { kindergarten, district: district.map(ToOwned::to_owned), ..Filter::default() };
    let mut sql = Sql::new(
        "SELECT CAST(count(*) AS bigint) AS people, \
         CAST(COALESCE(sum(CASE WHEN s.position = 'teacher' THEN 1 ELSE 0 END), 0) AS bigint) AS teachers, \
         CAST(COALESCE(sum(CASE WHEN s.position = 'carer' THEN 1 ELSE 0 END), 0) AS bigint) AS carers, \
         CAST(COALESCE(sum(CASE WHEN s.position = 'teacher' THEN s.backbone ELSE 0 END), 0) AS bigint) AS backbone, \
         CAST(COALESCE(sum(CASE WHEN s.position = 'teacher' AND s.certificate = 'preschool' THEN 1 ELSE 0 END), 0) AS bigint) \
         AS certified, \
         CAST(COALESCE(sum(CASE WHEN EXISTS (SELECT 1 FROM staff_identity_known i WHERE i.staff_id = s.staff_id) \
         THEN 1 ELSE 0 END), 0) AS bigint) AS identities",
    );
    chosen(&mut sql, src, &filter, day);
    Ok(src.one::<CountRow>(sql).await?.map(CountRow::read).unwrap_or_default())
}

/// The last day before which somebody with this identity number is or was employed under another record, if anybody is:
/// [`OPEN_END`] for one who has not left. Looks beyond reach and answers only the day.
pub async fn last_employed_until(
    src: &impl Source,
    digest: &str,
    except: StaffId,
) -> Result<Option<Date>, Failure> {
    let mut sql = Sql::new(
        "SELECT s.left_on AS day FROM staff_identity_known i JOIN staff_known s ON s.staff_id = i.staff_id AND s.valid_to = ",
    );
    sql.bind(OPEN_END).text(" WHERE i.digest = ").bind(digest);
    sql.text(" AND i.staff_id <> ").bind(except).text(" LIMIT 100");
    let rows = src.all::<DayRow>(sql).await?;
    Ok(rows.into_iter().map(|row| row.day).max())
}

/// Everybody of the city in the latest state, those who left included: what an import compares with, beyond the reach of who
/// brings it; what is said of others names none of them.
pub(crate) async fn known(src: &impl Source) -> Result<Vec<Known>, Failure> {
    let mut sql = Sql::new(
        "SELECT s.id AS number, s.staff_id, s.kindergarten_id, s.valid_from, s.name, s.position, ",
    );
    sql.text("s.title, s.education, s.certificate, s.backbone, s.phone, s.hired_on, s.left_on, i.digest ");
    sql.text("FROM staff_known s LEFT JOIN staff_identity_known i ON i.staff_id = s.staff_id WHERE s.valid_to = ");
    sql.bind(OPEN_END).text(" LIMIT ").bind(MOST);
    src.all::<KnownRow>(sql).await?.into_iter().map(KnownRow::read).collect()
}

/// How often the staff of each kindergarten has been changed; those that are missing never have been.
pub(crate) async fn rolls(src: &impl Source) -> Result<HashMap<KindergartenId, i64>, Failure> {
    let rows =
        src.all::<RollRow>(Sql::new("SELECT kindergarten_id, version FROM staff_roll")).await?;
    let rolls = rows.into_iter().map(RollRow::read);
    Ok(rolls.map(|roll: Roll| (roll.kindergarten, roll.version)).collect())
}
