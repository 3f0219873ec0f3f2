//! What could be meant, out of the database: names within reach, on a day. The patterns leave out most of it; what is left is
//! judged by [`Sought::finds`].

use std::collections::{BTreeMap, BTreeSet};

use kernel::{ClusterId, Date, Failure, KindergartenId, PersonId, PostKind, Reach};
use storage::{Db, FromRow, Source, Sql};

use super::rules::{Sought, key_of};
use super::types::{Catch, FoundCluster, FoundPerson, HeldPost, Way};

/// Most rows that one search judges: twenty times the largest city.
const MOST: i64 = 50_000;
/// Longest text that is given a key; a longer list of former names is read in full each time.
const LONGEST: usize = 200;
/// Keys that one statement writes.
const KEYS_PER_STATEMENT: usize = 500;

#[derive(FromRow)]
struct KindergartenRow {
    id: KindergartenId,
    name: String,
    former_names: String,
    former_codes: String,
    national_code: String,
    register_id: String,
    unknown: i64,
    unknown_former: i64,
}

/// The kindergartens within reach that bear a name, former name or code on `day` in which all is found.
pub async fn kindergartens(
    src: &impl Source,
    sought: &Sought,
    day: Date,
    wanted: usize,
) -> Result<Catch<KindergartenId>, Failure> {
    let mut sql = Sql::new(
        "SELECT s.kindergarten_id AS id, s.name, s.former_names, s.former_codes, \
         COALESCE(s.national_code, '') AS national_code, k.register_id, \
         CASE WHEN n.content IS NULL THEN 1 ELSE 0 END AS unknown, \
         CASE WHEN f.content IS NULL AND s.former_names <> '[]' THEN 1 ELSE 0 END AS unknown_former \
         FROM kindergarten_state s JOIN kindergarten k ON k.id = s.kindergarten_id \
         LEFT JOIN name_key n ON n.name = s.name \
         LEFT JOIN name_key f ON s.former_names <> '[]' AND f.name = s.former_names WHERE ",
    );
    sql.on_day("s", day).text(" AND ");
    sql.within(src.reach(), "s.place", "s.kindergarten_id", src.today());
    sql.text(" AND (n.content IS NULL OR (f.content IS NULL AND s.former_names <> '[]') OR (");
    let codes = sought.code_patterns();
    for (place, (pattern, code)) in sought.patterns().iter().zip(&codes).enumerate() {
        sql.text(if place == 0 { "(n.content LIKE " } else { " AND (n.content LIKE " });
        sql.bind(pattern.as_str()).text(" OR f.content LIKE ").bind(pattern.as_str());
        if let Some(code) = code {
            for column in ["s.national_code", "k.register_id", "s.former_codes"] {
                sql.text(" OR lower(").text(column).text(") LIKE ").bind(code.as_str());
            }
        }
        sql.text(")");
    }
    sql.text(")) LIMIT ").bind(MOST);
    let mut catch = Catch::of(wanted);
    for row in src.all::<KindergartenRow>(sql).await? {
        if row.unknown == 1 {
            catch.unknown.insert(row.name.clone());
        }
        if row.unknown_former == 1 {
            catch.unknown.insert(row.former_names.clone());
        }
        let (formers, codes) = (list(&row.former_names)?, list(&row.former_codes)?);
        let mut texts = vec![
            (Way::Name, row.name.as_str()),
            (Way::Code("国家标识码"), row.national_code.as_str()),
            (Way::Code("编号"), row.register_id.as_str()),
        ];
        texts.extend(formers.iter().map(|name| (Way::Former, name.as_str())));
        texts.extend(codes.iter().map(|code| (Way::Code("曾用标识码"), code.as_str())));
        if let Some(finding) = sought.finds(&texts) {
            catch.take(&finding, &texts, row.id);
        }
    }
    Ok(catch)
}

/// A list of texts as a state keeps it.
fn list(json: &str) -> Result<Vec<String>, Failure> {
    // By far most are empty.
    if json == "[]" { Ok(Vec::new()) } else { serde_json::from_str(json).map_err(Failure::broken) }
}

#[derive(FromRow)]
struct ClusterRow {
    id: ClusterId,
    name: String,
    borne: String,
    district: String,
    unknown: i64,
}

/// The clusters within reach that stand on `day` and then bear, or before bore, a name in which all is found: by their
/// district, or because one's own kindergarten is in it today.
pub async fn clusters(
    src: &impl Source,
    sought: &Sought,
    day: Date,
    wanted: usize,
) -> Result<Catch<FoundCluster>, Failure> {
    let mut sql = Sql::new(
        "SELECT c.id, cs.name, b.name AS borne, d.name AS district, \
         CASE WHEN n.content IS NULL THEN 1 ELSE 0 END AS unknown \
         FROM cluster_state cs JOIN cluster c ON c.id = cs.cluster_id JOIN district d ON d.code = c.district_code \
         JOIN cluster_state b ON b.cluster_id = c.id AND b.valid_from <= ",
    );
    sql.bind(day).text(" LEFT JOIN name_key n ON n.name = b.name WHERE ").on_day("cs", day);
    let reach = src.reach();
    let areas = Reach { areas: reach.areas.clone(), ..Reach::default() };
    sql.text(" AND (").within(&areas, "d.place", "NULL", src.today());
    if !reach.clusters.is_empty() {
        sql.text(" OR c.id IN ").bind_list(reach.clusters.iter().copied());
    }
    sql.text(")");
    alike(&mut sql, sought);
    sql.text(" ORDER BY b.valid_from LIMIT ").bind(MOST);
    let mut catch = Catch::of(wanted);
    let mut found: BTreeMap<ClusterId, (FoundCluster, String, Vec<String>)> = BTreeMap::new();
    for row in src.all::<ClusterRow>(sql).await? {
        if row.unknown == 1 {
            catch.unknown.insert(row.borne.clone());
        }
        let subject = FoundCluster { id: row.id, district: row.district };
        let (_, name, formers) =
            found.entry(row.id).or_insert_with(|| (subject, row.name, Vec::new()));
        if row.borne != *name {
            formers.push(row.borne);
        }
    }
    for (subject, name, formers) in found.into_values() {
        let mut texts = vec![(Way::Name, name.as_str())];
        texts.extend(formers.iter().map(|name| (Way::Former, name.as_str())));
        if let Some(finding) = sought.finds(&texts) {
            catch.take(&finding, &texts, subject);
        }
    }
    Ok(catch)
}

#[derive(FromRow)]
struct PersonRow {
    id: PersonId,
    name: String,
    kind: String,
    district_code: Option<String>,
    district: Option<String>,
    kindergarten_id: Option<KindergartenId>,
    kindergarten: Option<String>,
    unknown: i64,
}

/// The persons in whose names all is found and who on `day` hold a post that stands within reach, with those of their posts
/// that do: a post of the city within reach of the whole city, a district's within reach of the district.
pub async fn persons(
    src: &impl Source,
    sought: &Sought,
    day: Date,
    wanted: usize,
) -> Result<Catch<FoundPerson>, Failure> {
    let mut sql = Sql::new(
        "SELECT p.id, p.name, o.kind, o.district_code, d.name AS district, o.kindergarten_id, s.name AS kindergarten, \
         CASE WHEN n.content IS NULL THEN 1 ELSE 0 END AS unknown \
         FROM post o JOIN person p ON p.id = o.person_id LEFT JOIN name_key n ON n.name = p.name \
         LEFT JOIN district d ON d.code = o.district_code \
         LEFT JOIN kindergarten_state s ON s.kindergarten_id = o.kindergarten_id AND ",
    );
    sql.on_day("s", day).text(" WHERE ").on_day("o", day).text(" AND (");
    // A post stands at one place; each kind of place is asked for by itself, so that nothing unknown counts as the city.
    let reach = src.reach();
    sql.text("(o.kindergarten_id IS NOT NULL AND ");
    sql.within(reach, "s.place", "o.kindergarten_id", src.today());
    let areas = Reach { areas: reach.areas.clone(), ..Reach::default() };
    sql.text(") OR (o.district_code IS NOT NULL AND ");
    sql.within(&areas, "d.place", "NULL", src.today());
    sql.text(") OR (o.district_code IS NULL AND o.kindergarten_id IS NULL AND ");
    sql.text(if reach.is_city_wide() { "1 = 1" } else { "1 = 0" }).text("))");
    alike(&mut sql, sought);
    sql.text(" ORDER BY o.valid_from, o.id LIMIT ").bind(MOST);
    let mut catch = Catch::of(wanted);
    let mut found: BTreeMap<PersonId, (String, Vec<HeldPost>)> = BTreeMap::new();
    for row in src.all::<PersonRow>(sql).await? {
        if row.unknown == 1 {
            catch.unknown.insert(row.name.clone());
        }
        let kind = PostKind::from_code(&row.kind)
            .ok_or_else(|| Failure::broken(format!("unknown post {}", row.kind)))?;
        let at = row.kindergarten.or(row.district).unwrap_or_default();
        let post = HeldPost {
            label: format!("{at}{}", kind.label()),
            district: row.district_code,
            kindergarten: row.kindergarten_id,
        };
        found.entry(row.id).or_insert_with(|| (row.name, Vec::new())).1.push(post);
    }
    for (id, (name, posts)) in found {
        let texts = [(Way::Name, name.as_str())];
        if let Some(finding) = sought.finds(&texts) {
            catch.take(&finding, &texts, FoundPerson { id, posts });
        }
    }
    Ok(catch)
}

/// Appends that the name whose key is `n` is like every word, or has no key yet.
fn alike(sql: &mut Sql, sought: &Sought) {
    sql.text(" AND (n.content IS NULL OR (");
    for (place, pattern) in sought.patterns().iter().enumerate() {
        sql.text(if place == 0 { "n.content LIKE " } else { " AND n.content LIKE " });
        sql.bind(pattern.as_str());
    }
    sql.text("))");
}

/// Keeps the keys of names that had none, so that the next search need not read them in full. They follow from the names
/// alone: nothing is changed that anybody recorded.
pub async fn learn(db: &Db, names: BTreeSet<String>) -> Result<(), Failure> {
    // In the order of the names, so that two who learn the same don't wait for each other in turn.
    let names: Vec<String> =
        names.into_iter().filter(|name| name.chars().count() <= LONGEST).collect();
    for some in names.chunks(KEYS_PER_STATEMENT) {
        let mut sql = Sql::new("INSERT INTO name_key (name, content) VALUES ");
        for (place, name) in some.iter().enumerate() {
            sql.text(if place == 0 { "" } else { ", " });
            sql.bind_list([name.clone(), key_of(name)]);
        }
        sql.text(" ON CONFLICT (name) DO NOTHING");
        db.bookkeeping(sql).await?;
    }
    Ok(())
}
