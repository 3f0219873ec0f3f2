//! New states of kindergartens, set by set.

use std::collections::BTreeMap;

use kernel::{Date, Failure, KindergartenId, OPEN_END, Place, sort_key};
use storage::FromRow;
use storage::{Source, Sql, Tx, Value, violates};

use super::super::types::{Facts, Revision};

const COLUMNS: [&str; 31] = [
    "kindergarten_id",
    "valid_from",
    "valid_to",
    "recorded_at",
    "cause",
    "place",
    "district_code",
    "street_code",
    "national_code",
    "name",
    "sort_key",
    "former_names",
    "former_codes",
    "community",
    "address",
    "lon",
    "lat",
    "source_datum",
    "ownership",
    "run_by",
    "grade",
    "opened_on",
    "campuses",
    "classes",
    "capacity",
    "children",
    "teachers",
    "carers",
    "other_staff",
    "floor_area_m2",
    "status",
];

/// Ids that one statement names.
const IDS_PER_STATEMENT: usize = 1_000;

#[derive(FromRow)]
struct DistrictPlace {
    code: String,
    place: String,
}

/// Enters kindergartens that the register did not know, from `day` on. Whether the actor may is the act's question
/// ([`super::super::may_write`] for each). Stale when somebody entered one of the register ids first.
pub async fn enter(
    tx: &Tx,
    day: Date,
    cause: &str,
    all: &[Facts],
) -> Result<Vec<KindergartenId>, Failure> {
    let places = places(tx).await?;
    let now = tx.now().millis();
    let ids: Vec<KindergartenId> = all.iter().map(|_| tx.mint()).collect();
    let named = ids.iter().zip(all);
    let rows = named
        .clone()
        .map(|(id, facts)| vec![(*id).into(), facts.register_id.as_str().into(), now.into()]);
    tx.insert("kindergarten", &["id", "register_id", "recorded_at"], rows.collect())
        .await
        .map_err(first_come)?;
    let states = named.map(|(id, facts)| state(*id, day, now, cause, facts, &places));
    tx.insert("kindergarten_state", &COLUMNS, states.collect::<Result<_, _>>()?).await?;
    Ok(ids)
}

/// Two imports with the same new kindergarten: the second must look again.
fn first_come(failure: Failure) -> Failure {
    if violates(&failure, "kindergarten_register_id")
        || violates(&failure, "kindergarten.register_id")
    {
        return Failure::Stale("名册中的幼儿园刚被他人登记，请重新预览后再保存。".to_owned());
    }
    failure
}

/// Whether another kindergarten of the city than `except` bears the national code now. Codes are unique in the city, so
/// this looks beyond reach and answers only yes or no.
pub async fn is_code_taken(
    src: &impl Source,
    code: &str,
    except: KindergartenId,
) -> Result<bool, Failure> {
    let text = "SELECT count(*) FROM kindergarten_state \
                WHERE national_code = $1 AND valid_to = $2 AND kindergarten_id <> $3";
    Ok(src.number(Sql::with(text, [code.into(), OPEN_END.into(), except.into()])).await? > 0)
}

/// Changes kindergartens from `day` on: the state that was seen ends and a new one begins; a state that began on that
/// very day is replaced. All or nothing: stale when any of them is no longer in the state that was seen, when something
/// is recorded for a later day, or when it is out of reach.
pub async fn revise(tx: &Tx, day: Date, cause: &str, all: &[Revision]) -> Result<(), Failure> {
    let mut touched = 0;
    for some in all.chunks(IDS_PER_STATEMENT) {
        // What began that day never held for a whole day before: it is replaced, not ended.
        let mut replaced = Sql::new("DELETE FROM kindergarten_state WHERE valid_from = ");
        replaced.bind(day);
        seen(&mut replaced, tx, some);
        touched += tx.execute(replaced).await?;
        let mut ended = Sql::new("UPDATE kindergarten_state SET valid_to = ");
        ended.bind(day).text(" WHERE valid_from < ").bind(day);
        seen(&mut ended, tx, some);
        touched += tx.execute(ended).await?;
    }
    if touched != all.len() as u64 {
        return Err(Failure::Stale("有幼儿园的信息刚被他人修改，请刷新后再办理。".to_owned()));
    }
    let places = places(tx).await?;
    let now = tx.now().millis();
    let states =
        all.iter().map(|revision| state(revision.id, day, now, cause, &revision.facts, &places));
    tx.insert("kindergarten_state", &COLUMNS, states.collect::<Result<_, _>>()?).await
}

fn seen(sql: &mut Sql, tx: &Tx, all: &[Revision]) {
    sql.text(" AND valid_to = ")
        .bind(OPEN_END)
        .text(" AND id IN ")
        .bind_list(all.iter().map(|revision| revision.seen.0));
    sql.text(" AND ").within(tx.reach(), "place", "kindergarten_id", tx.today());
}

async fn places(tx: &Tx) -> Result<BTreeMap<String, Place>, Failure> {
    let rows: Vec<DistrictPlace> = tx.all(Sql::new("SELECT code, place FROM district")).await?;
    Ok(rows.into_iter().map(|row| (row.code, Place::from_path(row.place))).collect())
}

fn state(
    id: KindergartenId,
    day: Date,
    now: i64,
    cause: &str,
    facts: &Facts,
    places: &BTreeMap<String, Place>,
) -> Result<Vec<Value>, Failure> {
    let district = places
        .get(&facts.district)
        .ok_or_else(|| Failure::broken(format!("no district {} is stored", facts.district)))?;
    let place =
        facts.street.as_deref().map_or_else(|| district.clone(), |street| district.child(street));
    let count = |number: Option<u32>| Value::from(number.map(i64::from));
    let json = |texts: &[String]| serde_json::to_string(texts).map_err(Failure::broken);
    let names: Vec<String> = facts.former_names.iter().map(ToString::to_string).collect();
    let codes: Vec<String> = facts.former_codes.iter().map(ToString::to_string).collect();
    let row = vec![
        id.into(),
        day.into(),
        OPEN_END.into(),
        now.into(),
        cause.into(),
        place.path().into(),
        facts.district.clone().into(),
        facts.street.clone().into(),
        facts.national_code.as_ref().map(ToString::to_string).into(),
        facts.name.as_str().into(),
        sort_key(&facts.name).into(),
        json(&names)?.into(),
        json(&codes)?.into(),
        facts.community.as_ref().map_or("", |name| name.as_str()).into(),
        facts.address.as_ref().map_or("", |address| address.as_str()).into(),
        facts.point.lon.into(),
        facts.point.lat.into(),
        facts.datum.label().into(),
        facts.ownership.code().into(),
        facts.run_by.map(|level| level.code().to_owned()).into(),
        facts.grade.code().into(),
        facts.opened_on.map(|opened| opened.to_string()).into(),
        count(facts.campuses),
        count(facts.classes),
        count(facts.capacity),
        count(facts.children),
        count(facts.teachers),
        count(facts.carers),
        count(facts.other_staff),
        count(facts.floor_area_m2),
        facts.status.code().into(),
    ];
    Ok(row)
}
