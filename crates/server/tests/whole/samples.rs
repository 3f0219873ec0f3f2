//! One thing of each kind inside reach and one outside, and a body for each act, so that every route can be asked.

use fixtures::City;
use kernel::{
    Caller, ClusterId, Date, Id, ImportId, KindergartenId, Note, OPEN_END, PaperId, PartyId,
    PersonId, PlanId, PostId, PostKind, PostScope, StaffId,
};
use storage::Sql;

/// What addresses can name, on one side.
pub struct Side {
    pub district: &'static str,
    pub kindergarten: KindergartenId,
    pub cluster: ClusterId,
    pub paper: PaperId,
    pub plan: PlanId,
    pub import: ImportId,
    pub person: PersonId,
    pub staff: StaffId,
    pub entry: i64,
    pub party: PartyId,
    /// A post of each kind that is appointed, by the folder of its door.
    pub posts: Vec<(&'static str, PostId)>,
}

/// Both sides, and a caller of each kind whose reach is the inside.
pub struct Samples {
    pub inside: Side,
    pub own: Side,
    pub outside: Side,
    pub callers: Vec<(PostKind, Caller)>,
}

impl Samples {
    pub async fn make(city: &City) -> Self {
        let inside = side(city, "440305", "440305007", "青禾幼儿园", "南山区青禾学区").await;
        let outside = side(city, "440306", "440306020", "云帆幼儿园", "宝安区云帆学区").await;
        let mut callers = Vec::new();
        for &kind in PostKind::ALL {
            let scope = match kind {
                PostKind::SectionOfficer
                | PostKind::DeputyInCharge
                | PostKind::SupervisionOfficer
                | PostKind::ResearchOfficer
                | PostKind::TrainingOfficer => PostScope::District("440305".to_owned()),
                PostKind::Principal | PostKind::ActingHead | PostKind::Liaison => {
                    PostScope::Kindergarten(inside.kindergarten)
                }
                kind if kind.is_of_cluster() => PostScope::Cluster(inside.cluster),
                _ => PostScope::City,
            };
            callers.push((kind, city.caller("测试", kind, scope).await));
        }
        let own = Side { posts: inside.posts.clone(), ..inside };
        Self { inside, own, outside, callers }
    }
    pub fn inside(&self, kind: PostKind) -> &Side {
        if kind == PostKind::Principal { &self.own } else { &self.inside }
    }
}

/// A district's kindergarten, its cluster, and one of everything else that an address can name there.
pub async fn side(
    city: &City,
    district: &'static str,
    street: &str,
    name: &str,
    cluster_name: &str,
) -> Side {
    let kindergarten = city.kindergarten(name).in_street(street).city_run().add().await;
    let since = Date::from_ymd_opt(2025, 9, 1).unwrap();
    let tx = city.db.begin(city.db.program("samples")).await.unwrap();
    let (cluster, paper, plan, import): (ClusterId, PaperId, PlanId, ImportId) =
        (tx.mint(), tx.mint(), tx.mint(), tx.mint());
    let party: PartyId = tx.mint();
    let person = city_person(&tx, district).await;
    let place = city.db.city().child(district);
    let statements = [
        Sql::with(
            "INSERT INTO cluster (id, district_code, recorded_at) VALUES ($1, $2, 0)",
            [cluster.into(), district.into()],
        ),
        Sql::with(
            "INSERT INTO cluster_state (cluster_id, valid_from, valid_to, recorded_at, name, sort_key, paper_number, cause) \
             VALUES ($1, $2, $3, 0, $4, $5, '', '')",
            [
                cluster.into(),
                since.into(),
                OPEN_END.into(),
                cluster_name.into(),
                kernel::sort_key(cluster_name).into(),
            ],
        ),
        Sql::with(
            "INSERT INTO membership (kindergarten_id, cluster_id, role, valid_from, valid_to, recorded_at, paper_number, cause) \
             VALUES ($1, $2, 'centre', $3, $4, 0, '', '')",
            [kindergarten.into(), cluster.into(), since.into(), OPEN_END.into()],
        ),
        Sql::with(
            "INSERT INTO paper (id, kind, kindergarten_id, number, dated, valid_from, valid_to, recorded_at) \
             VALUES ($1, 'delegation', $2, '试〔2025〕1号', $3, $3, $4, 0)",
            [paper.into(), kindergarten.into(), since.into(), OPEN_END.into()],
        ),
        Sql::with(
            "INSERT INTO plan (id, district_code, name, stage, version, drafted_by_name, drafted_at) \
             VALUES ($1, $2, $3, 'draft', 1, '测试', 0)",
            [plan.into(), district.into(), format!("{cluster_name}方案").into()],
        ),
        Sql::with(
            "INSERT INTO plan_version (plan_id, version, content, cause, made_by_name, made_at) VALUES ($1, 1, $2, '起草', '测试', 0)",
            [plan.into(), content(kindergarten).into()],
        ),
        Sql::with(
            "INSERT INTO import (id, kind, stage, place, file_name, file_digest, day, uploaded_by, uploaded_by_name, uploaded_at, \
             rows_new, rows_changed, rows_unchanged, rows_refused, content) \
             VALUES ($1, 'kindergartens', 'discarded', $2, 'a.xlsx', '', $3, $4, '测试', 0, 0, 0, 0, 0, '{}')",
            [import.into(), place.path().into(), since.into(), person.into()],
        ),
    ];
    let staff: StaffId = tx.mint();
    tx.execute(Sql::with(
        "INSERT INTO staff_state (staff_id, kindergarten_id, valid_from, valid_to, recorded_at, cause, name, sort_key, position, \
         position_rank, title, education, certificate, backbone, phone, hired_on, left_on, replaces, batch) \
         VALUES ($1, $2, $3, $4, 0, '', '某人', '', 'teacher', 2, '', '', '', 0, '', $3, $4, 0, 0)",
        [staff.into(), kindergarten.into(), since.into(), OPEN_END.into()],
    ))
    .await
    .unwrap();
    for statement in statements {
        tx.execute(statement).await.unwrap();
    }
    let posts =
        institutions(&tx, (district, name), (kindergarten, cluster), (party, person), since).await;
    tx.commit(Note::of("test.prepared", plan, "测试准备").at(place.clone())).await.unwrap();
    let mut sql = Sql::new("SELECT max(id) FROM audit_entry WHERE place = ");
    sql.bind(place.path());
    let entry = storage::Source::number(&city.reading(), sql).await.unwrap();
    Side {
        district,
        kindergarten,
        cluster,
        paper,
        plan,
        import,
        person,
        staff,
        entry,
        party,
        posts,
    }
}

/// A party organisation to which the kindergarten belongs, and a post behind each door.
async fn institutions(
    tx: &storage::Tx,
    (district, name): (&str, &str),
    (kindergarten, cluster): (KindergartenId, ClusterId),
    (party, person): (PartyId, PersonId),
    since: Date,
) -> Vec<(&'static str, PostId)> {
    tx.execute(Sql::with(
        "INSERT INTO party_organisation (id, district_code, kind, name, sort_key, paper_number, established_on, recorded_at) \
         VALUES ($1, $2, 'joint_branch', $3, '', '', $4, 0)",
        [party.into(), district.into(), format!("{name}支部").into(), since.into()],
    ))
    .await
    .unwrap();
    tx.execute(Sql::with(
        "INSERT INTO party_membership (organisation_id, kindergarten_id, valid_from, valid_to, recorded_at) \
         VALUES ($1, $2, $3, $4, 0)",
        [party.into(), kindergarten.into(), since.into(), OPEN_END.into()],
    ))
    .await
    .unwrap();
    let mut posts = Vec::new();
    for (folder, kind, is_of_cluster) in [
        ("inspectors", PostKind::FullTimeInspector, true),
        ("leads", PostKind::ResearchLead, true),
        ("trainers", PostKind::Trainer, true),
        ("heads", PostKind::Principal, false),
        ("liaisons", PostKind::Liaison, false),
    ] {
        let post: PostId = tx.mint();
        let (column, place) = if is_of_cluster {
            ("cluster_id", cluster.uuid())
        } else {
            ("kindergarten_id", kindergarten.uuid())
        };
        let columns = ["id", "person_id", "kind", column, "valid_from", "valid_to", "recorded_at"];
        let row = vec![
            post.into(),
            person.into(),
            kind.code().into(),
            place.into(),
            since.into(),
            OPEN_END.into(),
            0_i64.into(),
        ];
        tx.insert("post", &columns, vec![row]).await.unwrap();
        posts.push((folder, post));
    }
    posts
}

/// The post that an address names: the one behind its door, any one elsewhere.
fn post_of(side: &Side, folder: &str) -> String {
    let own = side.posts.iter().find(|(door, _)| *door == folder).or(side.posts.first());
    own.unwrap().1.to_string()
}

async fn city_person(tx: &storage::Tx, login: &str) -> PersonId {
    let person: PersonId = tx.mint();
    tx.execute(Sql::with(
        "INSERT INTO person (id, name, sort_key, recorded_at) VALUES ($1, '某人', '', 0)",
        [person.into()],
    ))
    .await
    .unwrap();
    tx.execute(Sql::with(
        "INSERT INTO account (person_id, login, password_hash, password_changed_at) VALUES ($1, $2, '', 0)",
        [person.into(), format!("sample-{login}").into()],
    ))
    .await
    .unwrap();
    person
}

fn content(kindergarten: KindergartenId) -> String {
    serde_json::json!({
        "clusters": [{ "key": 1, "name": "试编学区", "centre": kindergarten, "members": [kindergarten], "locked": false }],
        "exceptions": [],
        "next_key": 2,
    })
    .to_string()
}

/// An address with its parameters filled in from one side. A route that names a new kind of thing must be taught here.
pub fn fill(path: &str, side: &Side) -> String {
    let kind = path.split('/').nth(1).unwrap_or_default();
    let mut filled = Vec::new();
    for segment in path.split('/') {
        let bare = segment.trim_end_matches(".xlsx").trim_end_matches(".geojson");
        let ending = &segment[bare.len()..];
        let value = match (bare, kind) {
            ("{id}" | "{kindergarten}", "kindergartens") | ("{kindergarten}", _) => {
                side.kindergarten.to_string()
            }
            ("{paper}", _) => side.paper.to_string(),
            ("{id}" | "{cluster}", "clusters" | "amendments")
            | ("{cluster}", _)
            | ("{place}", "obligations") => side.cluster.to_string(),
            ("{id}", "obligations") => "2.1.2-2".to_owned(),
            ("{id}" | "{plan}", "plans" | "opinions") => side.plan.to_string(),
            ("{id}" | "{import}", "imports") => side.import.to_string(),
            ("{person}", _) => side.person.to_string(),
            ("{staff}", _) => side.staff.to_string(),
            ("{entry}", _) => side.entry.to_string(),
            ("{party}", _) => side.party.to_string(),
            ("{post}", folder) => post_of(side, folder),
            // Sessions and stand-ins belong to persons: these belong to none of the callers.
            ("{session}", _) => "0".repeat(64),
            ("{stand_in}", _) => Id::<kernel::kind::StandIn>::new(uuid()).to_string(),
            ("{code}" | "{district}", _) => side.district.to_owned(),
            ("{version}" | "{number}" | "{n}", _) => "1".to_owned(),
            ("{run}", _) => "run_00000000000000000000000001".to_owned(),
            (fixed, _) if !fixed.contains('{') => fixed.to_owned(),
            (unknown, _) => panic!("tell samples::fill what {unknown} of {path} names"),
        };
        filled.push(format!("{value}{ending}"));
    }
    filled.join("/")
}

/// Inside and outside differ only where an address names something that lies somewhere.
pub fn names_something_placed(path: &str) -> bool {
    path.contains('{')
        && !path.starts_with("/accounts/")
        && !path.starts_with("/public/")
        && !path.starts_with("/obligations/{id}")
        && !path.contains("/runs/")
}

/// Whether a part of an address names something that lies somewhere, rather than a number within it.
pub fn is_placed(segment: &str) -> bool {
    segment.contains('{') && !["{number}", "{version}", "{n}", "{run}"].contains(&segment)
}

/// A body that a handler can parse, so that what answers is permission, reach or rule.
pub fn body(path: &str) -> (&'static str, String) {
    let json = |text: &str| ("application/json", text.to_owned());
    if path.ends_with("/changes") {
        return json(r#"{"base":1,"change":{"kind":"undo"}}"#);
    }
    if path.ends_with("/proposal") {
        return json(r#"{"base":0,"clusters":null,"seconds":1}"#);
    }
    if path.ends_with("/delegations/{paper}/end") {
        return ("application/x-www-form-urlencoded", "on=2026-03-01".to_owned());
    }
    if path == "/posts/switch" {
        return (
            "application/x-www-form-urlencoded",
            format!("post={}", Id::<kernel::kind::Post>::new(uuid())),
        );
    }
    if path.starts_with("/imports") && !path.contains('{') {
        let text = "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\n\r\n--x--\r\n";
        return ("multipart/form-data; boundary=x", text.to_owned());
    }
    ("application/x-www-form-urlencoded", "answer=agree&remark=x".to_owned())
}

fn uuid() -> uuid::Uuid {
    uuid::Uuid::from_u128(7)
}
