//! The facts of a city on a day, in a handful of queries whatever the number of places. What a check sees is not what a
//! person is shown: a cluster's mix is measured against its whole district, so a district is read whole, and the verdicts are
//! narrowed to the reader's reach afterwards (`rules.rs`).

mod posts;

use std::collections::{BTreeMap, HashMap, HashSet};

use geography::{Plane, Point};
use kernel::{ClusterId, Date, Failure, KindergartenId};
use policy::obligations::{DistrictFacts, Facts, Institutions, Register};
use policy::plan_rules::{ClusterFacts, KindergartenFacts, Position};
use policy::{Exception, Grade, Ownership, Parameters, PlanFacts, Rule, RunBy, Setting, Status};
use registry::settings;
use storage::{FromRow, Source, Sql};

/// Most kindergartens and stays that are read: twenty times the largest city's.
const MOST: i64 = 50_000;

/// Which facts are wanted.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    /// The city's code and name.
    pub city: (&'a str, &'a str),
    /// The day.
    pub day: Date,
    /// One district alone.
    pub district: Option<&'a str>,
    /// Whether posts, committees and party organisations are asked for.
    pub posts: bool,
}

/// The facts of every district that the actor reaches any place of, with the institutions and the parameters of the day.
pub async fn facts(src: &impl Source, wanted: Wanted<'_>) -> Result<Facts, Failure> {
    let day = wanted.day;
    let all = districts(src).await?;
    let reached = reached(src, &all, wanted.district).await?;
    let codes: Vec<&str> = reached.iter().map(|each| each.code.as_str()).collect();
    let narrowed = (codes.len() < all.len()).then_some(codes.as_slice());
    let settings = settings::settings(src).await?;
    let mut found = Found {
        day,
        streets: streets(src).await?,
        delegated: delegated(src, day).await?,
        clusters: clusters(src, day).await?,
        stays: stays(src, narrowed, day).await?,
        exceptions: exceptions(src, day).await?,
        kindergartens: BTreeMap::new(),
        elsewhere: HashMap::new(),
    };
    for row in kindergartens(src, narrowed, day).await? {
        found.kindergartens.entry(row.district_code.clone()).or_default().push(row);
    }
    found.seek_strangers(src).await?;
    let register = Register {
        holders: Some(holders(src, &found).await?),
        taken_over: Some(taken_over(src, narrowed, day).await?),
    };
    let institutions = if wanted.posts {
        posts::institutions(src, &found, narrowed, day).await?
    } else {
        Institutions::default()
    };
    let districts = reached.iter().map(|each| found.district(each, &settings));
    let districts = districts.collect::<Result<Vec<_>, _>>()?;
    let (city, city_name) = wanted.city;
    Ok(Facts {
        city: city.to_owned(),
        city_name: city_name.to_owned(),
        day,
        parameters: Parameters::of_city(day, &settings),
        districts,
        institutions,
        register,
    })
}

#[derive(FromRow)]
struct DistrictRow {
    code: String,
    name: String,
    place: String,
}

async fn districts(src: &impl Source) -> Result<Vec<DistrictRow>, Failure> {
    src.all(Sql::new("SELECT code, name, place FROM district ORDER BY position, code")).await
}

#[derive(FromRow)]
struct CodeRow {
    district_code: String,
}

/// The districts that the actor reaches any place of: by an area, or because a cluster or kindergarten of hers lies in it.
async fn reached(
    src: &impl Source,
    all: &[DistrictRow],
    only: Option<&str>,
) -> Result<Vec<DistrictRow>, Failure> {
    let reach = src.reach();
    let mut codes: HashSet<String> = HashSet::new();
    let holds =
        |each: &&DistrictRow| reach.areas.iter().any(|area| each.place.starts_with(area.path()));
    codes.extend(all.iter().filter(holds).map(|each| each.code.clone()));
    if !reach.clusters.is_empty() {
        let mut sql = Sql::new("SELECT DISTINCT district_code FROM cluster WHERE id IN ");
        sql.bind_list(reach.clusters.iter().copied());
        codes.extend(src.all::<CodeRow>(sql).await?.into_iter().map(|row| row.district_code));
    }
    if !reach.kindergartens.is_empty() {
        let mut sql = Sql::new(
            "SELECT DISTINCT s.district_code FROM kindergarten_state s WHERE s.kindergarten_id IN ",
        );
        sql.bind_list(reach.kindergartens.iter().copied());
        sql.text(" AND ").on_day("s", src.today());
        codes.extend(src.all::<CodeRow>(sql).await?.into_iter().map(|row| row.district_code));
    }
    let wanted = |each: &&DistrictRow| {
        codes.contains(&each.code) && only.is_none_or(|only| only == each.code)
    };
    let copied = |each: &DistrictRow| DistrictRow {
        code: each.code.clone(),
        name: each.name.clone(),
        place: each.place.clone(),
    };
    Ok(all.iter().filter(wanted).map(copied).collect())
}

#[derive(FromRow)]
struct NameRow {
    code: String,
    name: String,
}

async fn streets(src: &impl Source) -> Result<HashMap<String, String>, Failure> {
    let rows: Vec<NameRow> = src.all(Sql::new("SELECT code, name FROM street")).await?;
    Ok(rows.into_iter().map(|row| (row.code, row.name)).collect())
}

#[derive(FromRow)]
pub(super) struct KindergartenRow {
    pub(super) id: KindergartenId,
    pub(super) name: String,
    district_code: String,
    street_code: Option<String>,
    community: String,
    lon: f64,
    lat: f64,
    ownership: String,
    grade: String,
    run_by: Option<String>,
    status: String,
}

fn select_kindergartens(day: Date) -> Sql {
    let mut sql = Sql::new(
        "SELECT s.kindergarten_id AS id, s.name, s.district_code, s.street_code, s.community, s.lon, s.lat, s.ownership, \
         s.grade, s.run_by, s.status FROM kindergarten_state s WHERE ",
    );
    sql.on_day("s", day);
    sql
}

/// Whatever the reach of the reader: a district is judged as a whole, and what is shown of it is narrowed afterwards.
async fn kindergartens(
    src: &impl Source,
    districts: Option<&[&str]>,
    day: Date,
) -> Result<Vec<KindergartenRow>, Failure> {
    let mut sql = select_kindergartens(day);
    in_districts(&mut sql, "s.district_code", districts);
    sql.text(" ORDER BY s.sort_key, s.kindergarten_id LIMIT ").bind(MOST);
    src.all(sql).await
}

fn in_districts(sql: &mut Sql, column: &str, districts: Option<&[&str]>) {
    if let Some(codes) = districts {
        sql.text(" AND ").text(column).text(" IN ").bind_list(codes.iter().copied());
    }
}

#[derive(FromRow)]
struct DelegatedRow {
    kindergarten_id: KindergartenId,
}

/// Beyond reach: whether a centre may be one (2.1.2-6) is a fact of the district.
async fn delegated(src: &impl Source, day: Date) -> Result<HashSet<KindergartenId>, Failure> {
    let mut sql =
        Sql::new("SELECT p.kindergarten_id FROM paper p WHERE p.kind = 'delegation' AND ");
    sql.on_day("p", day);
    let rows = src.all::<DelegatedRow>(sql).await?;
    Ok(rows.into_iter().map(|row| row.kindergarten_id).collect())
}

#[derive(FromRow)]
struct ClusterRow {
    cluster_id: ClusterId,
    district_code: String,
    name: String,
}

/// All of the city whatever the reach: names of clusters are public, and unique in the city (2.1.2-9).
async fn clusters(src: &impl Source, day: Date) -> Result<Vec<ClusterRow>, Failure> {
    let mut sql = Sql::new(
        "SELECT cs.cluster_id, c.district_code, cs.name FROM cluster_state cs JOIN cluster c ON c.id = cs.cluster_id WHERE ",
    );
    sql.on_day("cs", day).text(" ORDER BY cs.sort_key, cs.cluster_id LIMIT ").bind(MOST);
    src.all(sql).await
}

#[derive(FromRow)]
struct StayRow {
    cluster_id: ClusterId,
    kindergarten_id: KindergartenId,
    role: String,
}

/// Whatever the reach of the reader: a district is judged as a whole, and what is shown of it is narrowed afterwards.
async fn stays(
    src: &impl Source,
    districts: Option<&[&str]>,
    day: Date,
) -> Result<HashMap<ClusterId, Vec<StayRow>>, Failure> {
    let mut sql = Sql::new(
        "SELECT m.cluster_id, m.kindergarten_id, m.role FROM membership m JOIN cluster c ON c.id = m.cluster_id WHERE ",
    );
    sql.on_day("m", day);
    in_districts(&mut sql, "c.district_code", districts);
    sql.text(" LIMIT ").bind(MOST);
    let mut stays: HashMap<ClusterId, Vec<StayRow>> = HashMap::new();
    for row in src.all::<StayRow>(sql).await? {
        stays.entry(row.cluster_id).or_default().push(row);
    }
    Ok(stays)
}

#[derive(FromRow)]
struct ExceptionRow {
    cluster_id: ClusterId,
    rule: String,
    reason: String,
    approved_by_name: String,
    valid_to: Date,
}

/// Whatever the reach of the reader: shown only with a verdict that is within it.
async fn exceptions(src: &impl Source, day: Date) -> Result<Vec<ExceptionRow>, Failure> {
    let mut sql = Sql::new(
        "SELECT e.cluster_id, e.rule, e.reason, e.approved_by_name, e.valid_to FROM exception e WHERE ",
    );
    sql.on_day("e", day).text(" ORDER BY e.id LIMIT ").bind(MOST);
    src.all(sql).await
}

#[derive(FromRow)]
struct LevelRow {
    kindergarten_id: KindergartenId,
    earlier: Option<String>,
    now: Option<String>,
}

/// `2.1.2-8`: who answers to another level than when it joined its cluster. A level that was never stated has not changed.
/// Whatever the reach of the reader: what is shown is narrowed afterwards.
async fn taken_over(
    src: &impl Source,
    districts: Option<&[&str]>,
    day: Date,
) -> Result<BTreeMap<String, (RunBy, RunBy)>, Failure> {
    // `o`: the states before today's that the stay began with or began right after.
    let mut sql = Sql::new(
        "SELECT s.kindergarten_id, o.run_by AS earlier, s.run_by AS now FROM kindergarten_state s \
         JOIN membership m ON m.kindergarten_id = s.kindergarten_id AND ",
    );
    sql.on_day("m", day);
    sql.text(
        " JOIN kindergarten_state o ON o.kindergarten_id = s.kindergarten_id AND o.valid_from < s.valid_from \
         AND o.valid_to >= m.valid_from WHERE ",
    );
    sql.on_day("s", day);
    in_districts(&mut sql, "s.district_code", districts);
    sql.text(" ORDER BY s.kindergarten_id, o.valid_from LIMIT ").bind(MOST);
    let level = |code: Option<String>| code.as_deref().and_then(RunBy::from_code);
    let mut first: BTreeMap<String, (RunBy, RunBy)> = BTreeMap::new();
    for row in src.all::<LevelRow>(sql).await? {
        if let (Some(earlier), Some(now)) = (level(row.earlier), level(row.now)) {
            first.entry(row.kindergarten_id.to_string()).or_insert((earlier, now));
        }
    }
    first.retain(|_, (earlier, now)| earlier != now);
    Ok(first)
}

#[derive(FromRow)]
struct HolderRow {
    name: String,
}

/// `2.1.2-7`: the names of registered institutions and of account holders that speak of a cluster. Names of persons are
/// compared with those of clusters and shown only where one is the other.
async fn holders(src: &impl Source, found: &Found) -> Result<Vec<String>, Failure> {
    let sql = Sql::new(
        "SELECT p.name FROM account a JOIN person p ON p.id = a.person_id WHERE p.name LIKE '%学区%' LIMIT 1000",
    );
    let persons = src.all::<HolderRow>(sql).await?.into_iter().map(|row| row.name);
    let institutions = found.kindergartens.values().flatten().map(|each| each.name.clone());
    Ok(persons.chain(institutions.filter(|name| name.contains("学区"))).collect())
}

/// What was read of one day.
pub(super) struct Found {
    day: Date,
    streets: HashMap<String, String>,
    delegated: HashSet<KindergartenId>,
    clusters: Vec<ClusterRow>,
    stays: HashMap<ClusterId, Vec<StayRow>>,
    exceptions: Vec<ExceptionRow>,
    /// By district.
    kindergartens: BTreeMap<String, Vec<KindergartenRow>>,
    /// Those that a cluster of another district names.
    elsewhere: HashMap<KindergartenId, KindergartenRow>,
}

impl Found {
    /// The clusters of the districts that were read, with the stays in them.
    fn read_clusters(&self) -> impl Iterator<Item = (&ClusterRow, &[StayRow])> {
        self.clusters.iter().filter_map(|cluster| {
            let stays = self.stays.get(&cluster.cluster_id)?;
            Some((cluster, stays.as_slice()))
        })
    }

    /// Reads the kindergartens that a cluster names although they lie in a district that was not read, or are in none.
    async fn seek_strangers(&mut self, src: &impl Source) -> Result<(), Failure> {
        let known: HashMap<KindergartenId, &str> = self
            .kindergartens
            .iter()
            .flat_map(|(code, all)| all.iter().map(|each| (each.id, code.as_str())))
            .collect();
        let mut strangers: Vec<KindergartenId> = Vec::new();
        for (cluster, stays) in self.read_clusters() {
            let is_stranger = |id: &KindergartenId| {
                known.get(id).is_none_or(|district| *district != cluster.district_code)
            };
            strangers.extend(stays.iter().map(|stay| stay.kindergarten_id).filter(is_stranger));
        }
        for some in strangers.chunks(500) {
            let mut sql = select_kindergartens(self.day);
            sql.text(" AND s.kindergarten_id IN ").bind_list(some.iter().copied());
            let rows = src.all::<KindergartenRow>(sql).await?;
            self.elsewhere.extend(rows.into_iter().map(|row| (row.id, row)));
        }
        Ok(())
    }

    fn district(&self, own: &DistrictRow, settings: &[Setting]) -> Result<DistrictFacts, Failure> {
        let nobody = Vec::new();
        let rows = self.kindergartens.get(&own.code).unwrap_or(&nobody);
        let points: Vec<Point> =
            rows.iter().map(|row| Point { lon: row.lon, lat: row.lat }).collect();
        let plane = Plane::around(&points);
        let mut kindergartens =
            rows.iter().map(|row| self.kindergarten(row, &plane)).collect::<Result<Vec<_>, _>>()?;
        let mut clusters = Vec::new();
        let mut cluster_ids = Vec::new();
        let mut exceptions = Vec::new();
        let in_district = self.clusters.iter().filter(|each| each.district_code == own.code);
        for (cluster, key) in in_district.zip(1..) {
            let stays = self.stays.get(&cluster.cluster_id).map_or(&[][..], Vec::as_slice);
            let strangers =
                stays.iter().filter_map(|stay| self.elsewhere.get(&stay.kindergarten_id));
            for stranger in strangers {
                kindergartens.push(self.kindergarten(stranger, &plane)?);
            }
            let centres = stays.iter().filter(|stay| stay.role == "centre");
            clusters.push(ClusterFacts {
                key,
                name: cluster.name.clone(),
                centres: centres.map(|stay| stay.kindergarten_id.to_string()).collect(),
                members: stays.iter().map(|stay| stay.kindergarten_id.to_string()).collect(),
            });
            cluster_ids.push(cluster.cluster_id.to_string());
            let own = self.exceptions.iter().filter(|each| each.cluster_id == cluster.cluster_id);
            exceptions.extend(own.filter_map(|row| exception(row, key)));
        }
        let elsewhere = self.clusters.iter().filter(|each| each.district_code != own.code);
        Ok(DistrictFacts {
            plan: PlanFacts {
                district: own.code.clone(),
                district_name: own.name.clone(),
                day: self.day,
                kindergartens,
                clusters,
                names_in_use: elsewhere.map(|each| each.name.clone()).collect(),
            },
            cluster_ids,
            exceptions,
            parameters: Parameters::of(&own.code, self.day, settings),
        })
    }

    fn kindergarten(
        &self,
        row: &KindergartenRow,
        plane: &Plane,
    ) -> Result<KindergartenFacts, Failure> {
        let (x_m, y_m) = plane.xy_m(Point { lon: row.lon, lat: row.lat });
        let street = row.street_code.as_ref().and_then(|code| self.streets.get(code));
        let unknown = |what: &str| Failure::broken(format!("unknown {what} of {}", row.id));
        let run_by = row.run_by.as_deref().map_or(Some(RunBy::District), RunBy::from_code);
        Ok(KindergartenFacts {
            id: row.id.to_string(),
            name: row.name.clone(),
            district: row.district_code.clone(),
            ownership: Ownership::from_code(&row.ownership).ok_or_else(|| unknown("ownership"))?,
            grade: Grade::from_code(&row.grade).ok_or_else(|| unknown("grade"))?,
            run_by: run_by.ok_or_else(|| unknown("run_by"))?,
            status: Status::from_code(&row.status).ok_or_else(|| unknown("status"))?,
            delegated: self.delegated.contains(&row.id),
            position: Some(Position { x_m, y_m }),
            street: street.cloned().unwrap_or_default(),
            community: row.community.clone(),
        })
    }
}

fn exception(row: &ExceptionRow, key: u32) -> Option<Exception> {
    Some(Exception {
        rule: Rule::from_code(&row.rule)?,
        cluster: Some(key),
        reason: row.reason.clone(),
        approver: Some(row.approved_by_name.clone()),
        until: row.valid_to.pred_opt()?,
    })
}
