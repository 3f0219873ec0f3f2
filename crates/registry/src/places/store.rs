//! Rows of the administrative tree.

use std::borrow::Cow;

use geography::{Community, Regions, Street};
use kernel::{Failure, Place};
use storage::{FromRow, Source, Sql, Tx, Value};

use super::types::{District, OutlineText};

/// The setting that says whose places are stored.
const SETTING: &str = "regions";
const SHIPPED: &str = "shipped";
const OWN: &str = "own";

/// Most values of one upsert; see `storage::Tx::insert`.
const ROWS_PER_STATEMENT: usize = 500;

#[derive(FromRow)]
struct DistrictRow {
    code: String,
    name: String,
    gb_code: Option<String>,
    place: String,
}

impl From<DistrictRow> for District {
    fn from(row: DistrictRow) -> Self {
        Self {
            code: row.code,
            name: row.name,
            gb_code: row.gb_code,
            place: Place::from_path(row.place),
        }
    }
}

#[derive(FromRow)]
struct StreetRow {
    code: String,
    name: String,
    district_code: String,
}

impl From<StreetRow> for Street {
    fn from(row: StreetRow) -> Self {
        Self { code: row.code, name: row.name, district: row.district_code }
    }
}

#[derive(FromRow)]
struct CommunityRow {
    code: String,
    name: String,
    street_code: String,
}

#[derive(FromRow)]
struct OutlineRow {
    code: String,
    level: String,
    geojson: String,
    note: String,
}

/// All districts of the city in their official order. Which there are is no secret: see [`reached`] for one's own.
pub async fn districts(src: &impl Source) -> Result<Vec<District>, Failure> {
    let sql = Sql::new("SELECT code, name, gb_code, place FROM district ORDER BY position, code");
    Ok(src.all::<DistrictRow>(sql).await?.into_iter().map(District::from).collect())
}

/// The districts that the actor's areas hold, in official order: what a place filter offers.
pub async fn reached(src: &impl Source) -> Result<Vec<District>, Failure> {
    let mut all = districts(src).await?;
    all.retain(|district| src.reach().holds(&district.place));
    Ok(all)
}

/// One district within reach: by the actor's areas, or because a kindergarten that the actor reaches lies in it today.
pub async fn district(src: &impl Source, code: &str) -> Result<District, Failure> {
    let mut sql = Sql::with(
        "SELECT d.code, d.name, d.gb_code, d.place FROM district d WHERE d.code = $1",
        [code.into()],
    );
    sql.text(" AND (").within(&areas_of(src), "d.place", "NULL", src.today());
    sql.text(" OR EXISTS (SELECT 1 FROM kindergarten_state s WHERE s.district_code = d.code AND ");
    sql.on_day("s", src.today()).text(" AND ");
    sql.within(src.reach(), "s.place", "s.kindergarten_id", src.today()).text("))");
    src.one::<DistrictRow>(sql).await?.map(District::from).ok_or(Failure::NotFound)
}

/// The actor's reach without its single kindergartens and clusters.
fn areas_of(src: &impl Source) -> kernel::Reach {
    kernel::Reach { areas: src.reach().areas.clone(), ..kernel::Reach::default() }
}

/// The streets of a district, by code.
pub async fn streets(src: &impl Source, district: &str) -> Result<Vec<Street>, Failure> {
    let text =
        "SELECT code, name, district_code FROM street WHERE district_code = $1 ORDER BY code";
    Ok(src
        .all::<StreetRow>(Sql::with(text, [district.into()]))
        .await?
        .into_iter()
        .map(Street::from)
        .collect())
}

/// The communities of a street, by code.
pub async fn communities(src: &impl Source, street: &str) -> Result<Vec<Community>, Failure> {
    let text = "SELECT code, name, street_code FROM community WHERE street_code = $1 ORDER BY code";
    let rows = src.all::<CommunityRow>(Sql::with(text, [street.into()])).await?;
    Ok(rows
        .into_iter()
        .map(|row| Community { code: row.code, name: row.name, street: row.street_code })
        .collect())
}

/// The outline of a district or street; None where none was loaded.
pub async fn outline(src: &impl Source, code: &str) -> Result<Option<OutlineText>, Failure> {
    let text = "SELECT code, level, geojson, note FROM outline WHERE code = $1";
    let row = src.one::<OutlineRow>(Sql::with(text, [code.into()])).await?;
    Ok(row.map(|row| OutlineText { geojson: row.geojson, note: row.note }))
}

/// Whether any district is stored.
pub async fn are_loaded(src: &impl Source) -> Result<bool, Failure> {
    Ok(src.number(Sql::new("SELECT count(*) FROM district")).await? > 0)
}

/// The stored places as `geography` knows them, outlines included: for the import, which checks points. Reads some
/// hundred kilobytes where the bureau brought its own; take it once for a file, not once for a row.
pub async fn regions(src: &impl Source) -> Result<Cow<'static, Regions>, Failure> {
    if is_shipped(src).await? {
        return Ok(Cow::Borrowed(Regions::shipped()));
    }
    let mut files = tables(src).await?;
    files.push(communities_table(src).await?);
    files.extend(outline_files(src).await?);
    composed(&files)
}

/// The stored names of districts and streets only, for pages that show a code by its name.
pub async fn names(src: &impl Source) -> Result<Cow<'static, Regions>, Failure> {
    if is_shipped(src).await? {
        return Ok(Cow::Borrowed(Regions::shipped()));
    }
    composed(&tables(src).await?)
}

async fn is_shipped(src: &impl Source) -> Result<bool, Failure> {
    let text = "SELECT count(*) FROM setting WHERE name = $1 AND content = $2";
    Ok(src.number(Sql::with(text, [SETTING.into(), SHIPPED.into()])).await? > 0)
}

/// `geography` makes [`Regions`] from files alone, so what was stored goes back through that door.
fn composed(files: &[(String, Vec<u8>)]) -> Result<Cow<'static, Regions>, Failure> {
    Regions::read(files).map(Cow::Owned).map_err(|faults| {
        let texts: Vec<String> = faults.iter().map(ToString::to_string).collect();
        Failure::broken(format!("stored regions don't fit together: {}", texts.join("; ")))
    })
}

async fn tables(src: &impl Source) -> Result<Vec<(String, Vec<u8>)>, Failure> {
    let mut districts_table = String::from("code,name,gb_code\n");
    for district in districts(src).await? {
        let gb_code = district.gb_code.unwrap_or_default();
        districts_table.push_str(&line(&[&district.code, &district.name, &gb_code]));
    }
    let mut streets_table = String::from("code,name,district\n");
    for row in src
        .all::<StreetRow>(Sql::new("SELECT code, name, district_code FROM street ORDER BY code"))
        .await?
    {
        streets_table.push_str(&line(&[&row.code, &row.name, &row.district_code]));
    }
    Ok(vec![
        ("districts.csv".to_owned(), districts_table.into_bytes()),
        ("streets.csv".to_owned(), streets_table.into_bytes()),
    ])
}

async fn communities_table(src: &impl Source) -> Result<(String, Vec<u8>), Failure> {
    let mut table = String::from("code,name,street_code\n");
    let rows = src
        .all::<CommunityRow>(Sql::new(
            "SELECT code, name, street_code FROM community ORDER BY code",
        ))
        .await?;
    for row in rows {
        table.push_str(&line(&[&row.code, &row.name, &row.street_code]));
    }
    Ok(("communities.csv".to_owned(), table.into_bytes()))
}

/// A line of CSV; quotes are doubled, as RFC 4180 wants it.
fn line(cells: &[&str]) -> String {
    let quoted: Vec<String> =
        cells.iter().map(|cell| format!("\"{}\"", cell.replace('"', "\"\""))).collect();
    quoted.join(",") + "\n"
}

async fn outline_files(src: &impl Source) -> Result<Vec<(String, Vec<u8>)>, Failure> {
    let rows = src
        .all::<OutlineRow>(Sql::new("SELECT code, level, geojson, note FROM outline ORDER BY code"))
        .await?;
    let collection = |level: &str| {
        let features: Vec<serde_json::Value> = rows
            .iter()
            .filter(|row| row.level == level)
            .map(|row| {
                let geometry: serde_json::Value = serde_json::from_str(&row.geojson).unwrap_or_default();
                serde_json::json!({ "type": "Feature", "properties": { "code": row.code }, "geometry": geometry })
            })
            .collect();
        let is_any = !features.is_empty();
        let text = serde_json::json!({ "type": "FeatureCollection", "datum": "WGS-84", "features": features }).to_string();
        is_any.then(|| (format!("{level}_wgs84.geojson"), text.into_bytes()))
    };
    Ok(["district", "street"].into_iter().filter_map(collection).collect())
}

/// Bumps the district's version and answers the new one. Every change of clusters calls it first: the row stays locked
/// until the transaction ends, so such changes in one district stand in line on both databases. Out of reach: not found.
pub async fn lock_district(tx: &Tx, code: &str) -> Result<i64, Failure> {
    let mut sql =
        Sql::with("UPDATE district SET version = version + 1 WHERE code = $1 AND ", [code.into()]);
    sql.within(&areas_of(tx), "place", "NULL", tx.today());
    if tx.execute(sql).await? == 0 {
        return Err(Failure::NotFound);
    }
    tx.number(Sql::with("SELECT version FROM district WHERE code = $1", [code.into()])).await
}

/// What is one for the whole city, so that changes of it stand in line whatever district they come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CityLock {
    /// The working-day calendar: loading a table, and whatever counts a deadline that is kept.
    Calendar,
    /// Names of clusters, unique in the city (2.1.2-9).
    ClusterNames,
    /// National codes of kindergartens.
    NationalCodes,
}

impl CityLock {
    fn code(self) -> &'static str {
        match self {
            Self::Calendar => "calendar",
            Self::ClusterNames => "cluster_names",
            Self::NationalCodes => "national_codes",
        }
    }
}

/// Bumps the version of what is one for the whole city, before it is looked at and changed. Who locks a district as well
/// locks the district first.
pub async fn lock_city(tx: &Tx, lock: CityLock) -> Result<(), Failure> {
    let sql = Sql::with(
        "UPDATE city_lock SET version = version + 1 WHERE name = $1",
        [lock.code().into()],
    );
    match tx.execute(sql).await? {
        1 => Ok(()),
        rows => Err(Failure::broken(format!("{rows} locks named {}", lock.code()))),
    }
}

/// Replaces the stored places by `regions`. A district or street that something refers to is renamed, never removed.
pub(super) async fn replace(tx: &Tx, city: &Place, regions: &Regions) -> Result<(), Failure> {
    let districts =
        regions.districts.iter().enumerate().map(|(position, district)| -> Vec<Value> {
            vec![
                district.code.clone().into(),
                district.name.clone().into(),
                district.gb_code.clone().into(),
                city.child(&district.code).path().into(),
                (position as i64).into(),
            ]
        });
    let columns = ["code", "name", "gb_code", "place", "position"];
    upsert(tx, "district", &columns, districts.collect()).await?;
    let streets = regions.streets.iter().map(|street| -> Vec<Value> {
        vec![street.code.clone().into(), street.name.clone().into(), street.district.clone().into()]
    });
    upsert(tx, "street", &["code", "name", "district_code"], streets.collect()).await?;
    tx.execute(Sql::new("DELETE FROM community")).await?;
    let communities = regions.communities.iter().map(|community| -> Vec<Value> {
        vec![
            community.code.clone().into(),
            community.name.clone().into(),
            community.street.clone().into(),
        ]
    });
    tx.insert("community", &["code", "name", "street_code"], communities.collect()).await?;
    remove_unused(tx, regions).await?;
    tx.execute(Sql::new("DELETE FROM outline")).await?;
    tx.insert("outline", &["code", "level", "geojson", "note"], outlines_of(regions)).await?;
    let whose = if regions.boundary_note().is_some() { SHIPPED } else { OWN };
    let setting = vec![SETTING.into(), whose.into(), tx.now().millis().into()];
    upsert_on(tx, "setting", "name", &["name", "content", "changed_at"], vec![setting]).await
}

fn outlines_of(regions: &Regions) -> Vec<Vec<Value>> {
    let note = regions.boundary_note().unwrap_or_default();
    let row = |code: &str, level: &str, outline: &geography::Outline| -> Vec<Value> {
        vec![code.into(), level.into(), outline.geojson().into(), note.into()]
    };
    let districts = regions.districts.iter().filter_map(|district| {
        Some(row(&district.code, "district", regions.district_outline(&district.code)?))
    });
    let streets = regions.streets.iter().filter_map(|street| {
        Some(row(&street.code, "street", regions.street_outline(&street.code)?))
    });
    districts.chain(streets).collect()
}

/// Removes what the new files no longer name and nothing ever referred to.
async fn remove_unused(tx: &Tx, regions: &Regions) -> Result<(), Failure> {
    let mut streets = Sql::new("DELETE FROM street WHERE code NOT IN ");
    streets.bind_list(regions.streets.iter().map(|street| street.code.as_str()));
    streets.text(
        " AND NOT EXISTS (SELECT 1 FROM kindergarten_state s WHERE s.street_code = street.code)",
    );
    tx.execute(streets).await?;
    let mut districts = Sql::new("DELETE FROM district WHERE code NOT IN ");
    districts.bind_list(regions.districts.iter().map(|district| district.code.as_str()));
    for table in ["street", "kindergarten_state", "cluster", "amendment", "post", "plan"] {
        districts.text(" AND NOT EXISTS (SELECT 1 FROM ").text(table);
        districts.text(" used WHERE used.district_code = district.code)");
    }
    tx.execute(districts).await.map(drop)
}

async fn upsert(
    tx: &Tx,
    table: &str,
    columns: &[&str],
    rows: Vec<Vec<Value>>,
) -> Result<(), Failure> {
    upsert_on(tx, table, "code", columns, rows).await
}

async fn upsert_on(
    tx: &Tx,
    table: &str,
    key: &str,
    columns: &[&str],
    rows: Vec<Vec<Value>>,
) -> Result<(), Failure> {
    let mut rows = rows.into_iter().peekable();
    while rows.peek().is_some() {
        let mut sql = Sql::new("INSERT INTO ");
        sql.text(table).text(" (").text(&columns.join(", ")).text(") VALUES ");
        for (place, row) in rows.by_ref().take(ROWS_PER_STATEMENT).enumerate() {
            sql.text(if place == 0 { "" } else { ", " }).bind_list(row);
        }
        sql.text(" ON CONFLICT (").text(key).text(") DO UPDATE SET ");
        let kept: Vec<String> = columns
            .iter()
            .filter(|column| **column != key)
            .map(|c| format!("{c} = excluded.{c}"))
            .collect();
        sql.text(&kept.join(", "));
        tx.execute(sql).await?;
    }
    Ok(())
}
