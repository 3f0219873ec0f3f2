//! Party organisations and who belongs to them, as rows within reach.

use kernel::{Date, Failure, KindergartenId, OPEN_END, PartyId, Place, Reach};
use storage::{FromRow, Source, Sql, Tx, like_pattern};

use super::types::{Belonging, Filter, Kind, NewParty, Party};

/// Most organisations that one answer holds.
pub const MOST: i64 = 5_000;

#[derive(FromRow)]
struct Row {
    id: PartyId,
    kind: String,
    name: String,
    district_code: String,
    district_name: String,
    place: String,
    paper_number: String,
    established_on: Date,
    kindergartens: i64,
}

impl TryFrom<Row> for Party {
    type Error = Failure;
    fn try_from(row: Row) -> Result<Self, Failure> {
        let kind = Kind::from_code(&row.kind)
            .ok_or_else(|| Failure::broken(format!("unknown kind {:?}", row.kind)))?;
        Ok(Self {
            id: row.id,
            kind,
            name: row.name,
            district: row.district_code,
            district_name: row.district_name,
            place: Place::from_path(row.place),
            paper_number: row.paper_number,
            established_on: row.established_on,
            kindergartens: row.kindergartens,
        })
    }
}

fn select(day: Date) -> Sql {
    let mut sql = Sql::new(
        "SELECT g.id, g.kind, g.name, g.district_code, d.name AS district_name, d.place, g.paper_number, g.established_on, \
         CAST((SELECT count(*) FROM party_membership n WHERE n.organisation_id = g.id AND ",
    );
    sql.on_day("n", day).text(") AS bigint) AS kindergartens FROM party_organisation g ");
    sql.text("JOIN district d ON d.code = g.district_code WHERE 1 = 1");
    sql
}

/// By an area, or because a kindergarten that the caller reaches belongs to it today.
fn within(sql: &mut Sql, src: &impl Source) {
    let reach = src.reach();
    let areas = Reach { areas: reach.areas.clone(), ..Reach::default() };
    sql.text(" AND (").within(&areas, "d.place", "NULL", src.today());
    if reach.areas.is_empty() {
        sql.text(" OR g.id IN (SELECT b.organisation_id FROM party_membership b WHERE ");
        sql.on_day("b", src.today()).text(" AND ");
        sql.within(reach, "''", "b.kindergarten_id", src.today()).text(")");
    }
    sql.text(")");
}

fn narrow(sql: &mut Sql, filter: &Filter) {
    if let Some(district) = &filter.district {
        sql.text(" AND g.district_code = ").bind(district.as_str());
    }
    if let Some(kind) = filter.kind {
        sql.text(" AND g.kind = ").bind(kind.code());
    }
    let text = filter.text.trim();
    if !text.is_empty() {
        sql.text(" AND lower(g.name) LIKE ")
            .bind(like_pattern(&text.to_lowercase()))
            .text(" ESCAPE '\\'");
    }
}

/// How many a filter finds within reach.
pub async fn count(src: &impl Source, filter: &Filter) -> Result<i64, Failure> {
    let mut sql = Sql::new(
        "SELECT count(*) FROM party_organisation g JOIN district d ON d.code = g.district_code WHERE 1 = 1",
    );
    narrow(&mut sql, filter);
    within(&mut sql, src);
    src.number(sql).await
}

/// A page of what a filter finds within reach, by district and name.
pub async fn list(
    src: &impl Source,
    filter: &Filter,
    day: Date,
    limit: i64,
    offset: i64,
) -> Result<Vec<Party>, Failure> {
    let mut sql = select(day);
    narrow(&mut sql, filter);
    within(&mut sql, src);
    sql.text(" ORDER BY d.position, g.sort_key, g.id LIMIT ")
        .bind(limit.clamp(0, MOST))
        .text(" OFFSET ")
        .bind(offset);
    src.all::<Row>(sql).await?.into_iter().map(Party::try_from).collect()
}

/// One organisation within reach.
pub async fn find(src: &impl Source, id: PartyId, day: Date) -> Result<Party, Failure> {
    let mut sql = select(day);
    sql.text(" AND g.id = ").bind(id);
    within(&mut sql, src);
    src.one::<Row>(sql).await?.map(Party::try_from).transpose()?.ok_or(Failure::NotFound)
}

#[derive(FromRow)]
struct BelongingRow {
    id: i64,
    kindergarten_id: KindergartenId,
    name: Option<String>,
    valid_from: Date,
    valid_to: Date,
}

/// Who belongs or belonged to an organisation that was just found, those of today first.
pub async fn belongings(
    src: &impl Source,
    id: PartyId,
    day: Date,
) -> Result<Vec<Belonging>, Failure> {
    let mut sql = Sql::new(
        "SELECT b.id, b.kindergarten_id, k.name, b.valid_from, b.valid_to FROM party_membership b \
         LEFT JOIN kindergarten_state k ON k.kindergarten_id = b.kindergarten_id AND ",
    );
    sql.on_day("k", day).text(" WHERE b.organisation_id = ").bind(id);
    sql.text(" ORDER BY b.valid_to DESC, k.sort_key, b.id LIMIT 500");
    let belonging = |row: BelongingRow| Belonging {
        id: row.id,
        kindergarten: row.kindergarten_id,
        name: row.name.unwrap_or_default(),
        from: row.valid_from,
        to: row.valid_to,
    };
    Ok(src.all::<BelongingRow>(sql).await?.into_iter().map(belonging).collect())
}

#[derive(FromRow)]
struct NameRow {
    id: KindergartenId,
    name: String,
}

/// The running kindergartens of a district within reach that belong to no organisation on `day`.
pub async fn without(
    src: &impl Source,
    district: &str,
    day: Date,
) -> Result<Vec<(KindergartenId, String)>, Failure> {
    let mut sql = Sql::new(
        "SELECT k.kindergarten_id AS id, k.name FROM kindergarten_state k WHERE k.status <> 'closed' AND k.district_code = ",
    );
    sql.bind(district).text(" AND ").on_day("k", day).text(" AND ").within(
        src.reach(),
        "k.place",
        "k.kindergarten_id",
        src.today(),
    );
    sql.text(" AND NOT EXISTS (SELECT 1 FROM party_membership b WHERE b.kindergarten_id = k.kindergarten_id AND ");
    sql.on_day("b", day).text(") ORDER BY k.sort_key, k.kindergarten_id LIMIT 2000");
    Ok(src.all::<NameRow>(sql).await?.into_iter().map(|row| (row.id, row.name)).collect())
}

/// Writes an organisation.
pub(super) async fn insert(tx: &Tx, district: &str, party: &NewParty) -> Result<PartyId, Failure> {
    let id: PartyId = tx.mint();
    let columns = &[
        "id",
        "district_code",
        "kind",
        "name",
        "sort_key",
        "paper_number",
        "established_on",
        "recorded_at",
    ];
    let row = vec![
        id.into(),
        district.into(),
        party.kind.code().into(),
        party.name.clone().into(),
        kernel::sort_key(&party.name).into(),
        party.paper_number.clone().into(),
        party.established_on.into(),
        tx.now().millis().into(),
    ];
    tx.insert("party_organisation", columns, vec![row]).await?;
    Ok(id)
}

/// Writes belongings; the database refuses a second one of a kindergarten on one day
/// (`no_overlap_party_membership_kindergarten_id`).
pub(super) async fn join(
    tx: &Tx,
    id: PartyId,
    kindergartens: &[KindergartenId],
    from: Date,
) -> Result<(), Failure> {
    let columns = &["organisation_id", "kindergarten_id", "valid_from", "valid_to", "recorded_at"];
    let row = |kindergarten: &KindergartenId| {
        vec![
            id.into(),
            (*kindergarten).into(),
            from.into(),
            OPEN_END.into(),
            tx.now().millis().into(),
        ]
    };
    tx.insert("party_membership", columns, kindergartens.iter().map(row).collect()).await
}

/// Ends a belonging.
pub(super) async fn leave(tx: &Tx, belonging: &Belonging, on: Date) -> Result<(), Failure> {
    let sql = Sql::with(
        "UPDATE party_membership SET valid_to = $1 WHERE id = $2 AND valid_to = $3",
        [on.into(), belonging.id.into(), belonging.to.into()],
    );
    tx.execute_one(sql, "这所幼儿园的党组织归属刚有变动，请刷新后再办理").await
}

/// The organisation to which a kindergarten that was just found belongs on `day`.
pub async fn of_kindergarten(
    src: &impl Source,
    kindergarten: KindergartenId,
    day: Date,
) -> Result<Option<Party>, Failure> {
    let mut sql = select(day);
    sql.text(
        " AND g.id IN (SELECT b.organisation_id FROM party_membership b WHERE b.kindergarten_id = ",
    );
    sql.bind(kindergarten).text(" AND ").on_day("b", day).text(") LIMIT 1");
    src.one::<Row>(sql).await?.map(Party::try_from).transpose()
}
