//! What could be meant, out of the database: names within reach, on a day. The patterns leave out most of it; what is left is
//! judged by [`Sought::finds`].

use std::collections::BTreeMap;

use kernel::{ClusterId, Date, Failure, KindergartenId, PersonId, PostKind, Reach};
use storage::{Db, FromRow, Source, Sql, Value};

use super::types::{Catch, FoundCluster, FoundPerson, HeldPost, Way};
use super::types::{Sought, key_of, texts_of};

/// Most rows that one search judges where some have no key yet: twenty times the largest city.
const MOST: i64 = 50_000;
/// Most rows that one search judges else: who typed what a thousand names hold must type more. The shortest are judged.
const MANY: i64 = 1_000;
/// States that one statement reads in full.
const STATES_PER_STATEMENT: usize = 1_000;
/// Keys that one transaction writes.
const KEYS_PER_STATEMENT: i64 = 500;

#[derive(FromRow)]
struct KeyRow {
    state: i64,
    id: KindergartenId,
    content: Option<String>,
}

/// The kindergartens within reach that bear a name, former name or code on `day` in which all is found.
pub async fn kindergartens(
    src: &impl Source,
    sought: &Sought,
    day: Date,
    wanted: usize,
) -> Result<Catch<KindergartenId>, Failure> {
    let mut rows = keys(src, sought, day, MANY).await?;
    if rows.len() == MANY as usize && rows.iter().any(|row| row.content.is_none()) {
        rows = keys(src, sought, day, MOST).await?;
    }
    let mut catch = Catch::of(wanted);
    catch.is_cut = rows.len() == MANY as usize;
    let mut unlearnt = Vec::new();
    for row in rows {
        match row.content {
            Some(key) => judge(&mut catch, sought, &key, row.id),
            None => unlearnt.push(row.state),
        }
    }
    catch.is_unlearnt = !unlearnt.is_empty();
    for some in unlearnt.chunks(STATES_PER_STATEMENT) {
        let mut sql = Sql::new(STATE_TEXTS);
        sql.text(" WHERE s.id IN ").bind_list(some.iter().copied());
        for row in src.all::<TextsRow>(sql).await? {
            judge(&mut catch, sought, &row.key()?, row.id);
        }
    }
    Ok(catch)
}

/// The keys within reach that are like what is sought, and the states without one, these first.
async fn keys(
    src: &impl Source,
    sought: &Sought,
    day: Date,
    most: i64,
) -> Result<Vec<KeyRow>, Failure> {
    let mut sql = Sql::new(
        "SELECT s.id AS state, s.kindergarten_id AS id, y.content FROM kindergarten_state s \
         LEFT JOIN kindergarten_key y ON y.state_id = s.id WHERE ",
    );
    sql.on_day("s", day).text(" AND ");
    sql.within(src.reach(), "s.place", "s.kindergarten_id", src.today());
    alike(&mut sql, sought);
    sql.text(" ORDER BY COALESCE(octet_length(y.content), 0), s.id LIMIT ").bind(most);
    src.all(sql).await
}

fn judge<S>(catch: &mut Catch<S>, sought: &Sought, key: &str, subject: S) {
    let texts = texts_of(key);
    if let Some(finding) = sought.finds(&texts) {
        catch.take(&finding, &texts, subject);
    }
}

/// Every text of a state by which it can be found.
const STATE_TEXTS: &str = "SELECT s.id AS state, s.kindergarten_id AS id, s.name, s.former_names, s.former_codes, \
     COALESCE(s.national_code, '') AS national_code, k.register_id \
     FROM kindergarten_state s JOIN kindergarten k ON k.id = s.kindergarten_id";

#[derive(FromRow)]
struct TextsRow {
    state: i64,
    id: KindergartenId,
    name: String,
    former_names: String,
    former_codes: String,
    national_code: String,
    register_id: String,
}

impl TextsRow {
    fn key(&self) -> Result<String, Failure> {
        let (names, codes) = (list(&self.former_names)?, list(&self.former_codes)?);
        let mut texts = vec![
            (Way::Name, self.name.as_str()),
            (Way::NationalCode, self.national_code.as_str()),
            (Way::Number, self.register_id.as_str()),
        ];
        texts.extend(names.iter().map(|name| (Way::Former, name.as_str())));
        texts.extend(codes.iter().map(|code| (Way::FormerCode, code.as_str())));
        Ok(key_of(&texts))
    }
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
        "SELECT c.id, cs.name, b.name AS borne, d.name AS district \
         FROM cluster_state cs JOIN cluster c ON c.id = cs.cluster_id JOIN district d ON d.code = c.district_code \
         JOIN cluster_state b ON b.cluster_id = c.id AND b.valid_from <= ",
    );
    sql.bind(day).text(" WHERE ").on_day("cs", day);
    let reach = src.reach();
    let areas = Reach { areas: reach.areas.clone(), ..Reach::default() };
    sql.text(" AND (").within(&areas, "d.place", "NULL", src.today());
    if !reach.clusters.is_empty() {
        sql.text(" OR c.id IN ").bind_list(reach.clusters.iter().copied());
    }
    // There are so few that none needs a key.
    sql.text(") ORDER BY b.valid_from LIMIT ").bind(MOST);
    let mut catch = Catch::of(wanted);
    let mut found: BTreeMap<ClusterId, (FoundCluster, String, Vec<String>)> = BTreeMap::new();
    for row in src.all::<ClusterRow>(sql).await? {
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
    cluster_id: Option<ClusterId>,
    cluster: Option<String>,
}

/// The persons in whose names all is found and who on `day` hold a post that stands within reach, with those of their posts
/// that do: a post of the city within reach of the whole city, a district's within reach of the district, a cluster's within
/// reach of its district or of itself.
pub async fn persons(
    src: &impl Source,
    sought: &Sought,
    day: Date,
    wanted: usize,
) -> Result<Catch<FoundPerson>, Failure> {
    let mut sql = Sql::new(
        "SELECT p.id, p.name, o.kind, o.district_code, d.name AS district, o.kindergarten_id, s.name AS kindergarten, \
         o.cluster_id, cs.name AS cluster FROM ",
    );
    // The names first, as they stand: SQLite takes what is joined by CROSS JOIN in the order in which it is written.
    let is_unlearnt = src.number(Sql::new(PERSONS_UNLEARNT)).await? > 0;
    sql.text(if is_unlearnt {
        "person p LEFT JOIN person_key y ON y.person_id = p.id CROSS JOIN post o "
    } else {
        "person_key y CROSS JOIN person p CROSS JOIN post o "
    });
    sql.text(
        "LEFT JOIN cluster c ON c.id = o.cluster_id \
         LEFT JOIN district d ON d.code = COALESCE(o.district_code, c.district_code) \
         LEFT JOIN cluster_state cs ON cs.cluster_id = c.id AND ",
    );
    sql.on_day("cs", day);
    sql.text(" LEFT JOIN kindergarten_state s ON s.kindergarten_id = o.kindergarten_id AND ");
    sql.on_day("s", day).text(" WHERE o.person_id = p.id AND ");
    sql.text(if is_unlearnt { "" } else { "p.id = y.person_id AND " });
    sql.on_day("o", day).text(" AND (");
    // A post stands at one place; each kind of place is asked for by itself, so that nothing unknown counts as the city.
    let reach = src.reach();
    sql.text("(o.kindergarten_id IS NOT NULL AND ");
    sql.within(reach, "s.place", "o.kindergarten_id", src.today());
    let areas = Reach { areas: reach.areas.clone(), ..Reach::default() };
    sql.text(") OR (o.kindergarten_id IS NULL AND d.code IS NOT NULL AND ");
    sql.within(&areas, "d.place", "NULL", src.today());
    if !reach.clusters.is_empty() {
        sql.text(") OR (o.cluster_id IN ").bind_list(reach.clusters.iter().copied());
    }
    sql.text(
        ") OR (o.district_code IS NULL AND o.cluster_id IS NULL AND o.kindergarten_id IS NULL AND ",
    );
    sql.text(if reach.is_city_wide() { "1 = 1" } else { "1 = 0" }).text("))");
    alike(&mut sql, sought);
    // The shorter names first, and each person's posts together.
    let most = if is_unlearnt { MOST } else { MANY };
    sql.text(" ORDER BY octet_length(p.name), p.id, o.valid_from, o.id LIMIT ").bind(most);
    let mut catch = Catch::of(wanted);
    catch.is_unlearnt = is_unlearnt;
    let mut found: BTreeMap<PersonId, (String, Vec<HeldPost>)> = BTreeMap::new();
    let rows = src.all::<PersonRow>(sql).await?;
    catch.is_cut = rows.len() == MANY as usize;
    for row in rows {
        let kind = PostKind::from_code(&row.kind)
            .ok_or_else(|| Failure::broken(format!("unknown post {}", row.kind)))?;
        let at =
            if row.cluster_id.is_some() { row.cluster } else { row.kindergarten.or(row.district) };
        let at = at.unwrap_or_default();
        let post = HeldPost {
            label: format!("{at}{}", kind.label()),
            district: row.district_code,
            kindergarten: row.kindergarten_id,
            cluster: row.cluster_id,
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

/// How many persons have no key: persons are never deleted.
const PERSONS_UNLEARNT: &str =
    "SELECT (SELECT count(*) FROM person) - (SELECT count(*) FROM person_key)";

/// Appends that the key `y` is like every word, or not there yet.
fn alike(sql: &mut Sql, sought: &Sought) {
    sql.text(" AND (y.content IS NULL OR (");
    for (place, pattern) in sought.patterns().iter().enumerate() {
        sql.text(if place == 0 { "y.content LIKE " } else { " AND y.content LIKE " });
        sql.bind(pattern.as_str());
    }
    sql.text("))");
}

#[derive(FromRow)]
struct NameRow {
    id: PersonId,
    name: String,
}

/// Gives a key to everything that has none, so that the next search need not read it in full. Reach is no question: keys
/// follow from the rows alone, nothing is changed that anybody recorded, and nobody is shown anything.
pub async fn learn(db: &Db) -> Result<(), Failure> {
    let reading = db.reading(db.program("search"));
    loop {
        let mut sql = Sql::new(STATE_TEXTS);
        sql.text(" WHERE NOT EXISTS (SELECT 1 FROM kindergarten_key y WHERE y.state_id = s.id) ORDER BY s.id LIMIT ");
        let rows = reading.all::<TextsRow>(sql.bind(KEYS_PER_STATEMENT).clone()).await?;
        let keys: Result<Vec<(Value, String)>, Failure> =
            rows.iter().map(|row| Ok((row.state.into(), row.key()?))).collect();
        keep(db, "kindergarten_key (state_id, content)", "state_id", keys?).await?;
        if rows.len() < KEYS_PER_STATEMENT as usize {
            break;
        }
    }
    loop {
        let mut sql = Sql::new(
            "SELECT p.id, p.name FROM person p \
             WHERE NOT EXISTS (SELECT 1 FROM person_key y WHERE y.person_id = p.id) ORDER BY p.id LIMIT ",
        );
        let rows = reading.all::<NameRow>(sql.bind(KEYS_PER_STATEMENT).clone()).await?;
        let key = |row: &NameRow| (row.id.into(), key_of(&[(Way::Name, row.name.as_str())]));
        keep(db, "person_key (person_id, content)", "person_id", rows.iter().map(key).collect())
            .await?;
        if rows.len() < KEYS_PER_STATEMENT as usize {
            return Ok(());
        }
    }
}

/// Two may learn the same at once: they come in the same order, and the second finds it done.
async fn keep(
    db: &Db,
    columns: &str,
    owner: &str,
    keys: Vec<(Value, String)>,
) -> Result<(), Failure> {
    if keys.is_empty() {
        return Ok(());
    }
    let mut sql = Sql::new("INSERT INTO ");
    sql.text(columns).text(" VALUES ");
    for (place, (id, key)) in keys.into_iter().enumerate() {
        sql.text(if place == 0 { "" } else { ", " }).bind_list([id, key.into()]);
    }
    sql.text(" ON CONFLICT (").text(owner).text(") DO NOTHING");
    db.bookkeeping(sql).await.map(drop)
}
