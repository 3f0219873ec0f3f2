//! Databases, people and requests for the tests of the trail.

use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use kernel::{Caller, Date, Moment, Note, Place, PostKind, PostScope, Reach, StandingClock};
use storage::{Db, Durability, Settings, Source, Sql};
use tower::ServiceExt;

use crate::audit::{Export, Verdict, routes, verify};

/// A database and the clock that it goes by.
pub struct Stage {
    pub db: Db,
    pub clock: Arc<StandingClock>,
}

pub fn morning() -> Moment {
    Moment::at(Date::from_ymd_opt(2026, 2, 3).unwrap(), 9, 0)
}

async fn connect(url: String) -> (Db, Arc<StandingClock>) {
    let clock = Arc::new(StandingClock::at(morning()));
    let settings =
        Settings { url, durability: Durability::Normal, connections: 8, city: "4403".to_owned() };
    (Db::open(&settings, clock.clone()).await.unwrap(), clock)
}

async fn open(url: String) -> Stage {
    let (db, clock) = connect(url).await;
    db.migrate().await.unwrap();
    let tx = db.begin(db.program("test")).await.unwrap();
    for (code, name, position) in [("440305", "南山区", 1), ("440306", "宝安区", 2)] {
        let text = "INSERT INTO district (code, name, place, position) VALUES ($1, $2, $3, $4)";
        let place = format!("4403/{code}/");
        tx.execute(Sql::with(
            text,
            [code.into(), name.into(), place.into(), i64::from(position).into()],
        ))
        .await
        .unwrap();
    }
    tx.commit(Note::of("setting.changed", "districts", "设置行政区")).await.unwrap();
    Stage { db, clock }
}

/// A fresh PostgreSQL schema, if a server is at hand.
pub async fn postgres(name: &str) -> Option<Stage> {
    #[expect(clippy::disallowed_methods, reason = "the test's own environment")]
    let url = std::env::var("TEST_POSTGRES_URL").ok()?;
    let schema = format!("audit_{}_{name}", std::process::id());
    let (admin, _) = connect(url.clone()).await;
    for text in
        [format!("DROP SCHEMA IF EXISTS {schema} CASCADE"), format!("CREATE SCHEMA {schema}")]
    {
        admin.bookkeeping(Sql::new(&text)).await.unwrap();
    }
    admin.close().await.unwrap();
    Some(open(format!("{url}?options=-c%20search_path%3D{schema}")).await)
}

/// One fresh database for each engine at hand.
pub async fn stages(name: &str) -> Vec<Stage> {
    let path = std::env::temp_dir().join(format!("gongzhi-audit-{}-{name}.db", std::process::id()));
    for ending in ["", "-wal", "-shm"] {
        drop(std::fs::remove_file(format!("{}{ending}", path.display())));
    }
    let mut stages = vec![open(format!("sqlite://{}", path.display())).await];
    stages.extend(postgres(name).await);
    stages
}

impl Stage {
    /// Records one thing that happened to a kindergarten of 南山区.
    pub async fn record(&self, subject: &str) {
        self.db.record(self.db.program("test"), note(subject)).await.unwrap();
    }
    pub async fn number(&self, text: &str) -> i64 {
        self.db.reading(self.db.program("test")).number(Sql::new(text)).await.unwrap()
    }
    /// Does what the database refuses, as somebody with its owner's rights could.
    pub async fn tamper(&self, text: &str) {
        let open = match self.db.engine() {
            storage::Engine::Sqlite => {
                vec![
                    "DROP TRIGGER append_only_audit_entry_update",
                    "DROP TRIGGER append_only_audit_entry_delete",
                ]
            }
            storage::Engine::Postgres => vec!["ALTER TABLE audit_entry DISABLE TRIGGER USER"],
        };
        for text in open.into_iter().chain([text]) {
            self.db.bookkeeping(Sql::new(text)).await.unwrap();
        }
    }
    pub async fn export(&self) -> String {
        let mut export = Export::begin(&self.db, self.db.program("test")).await.unwrap();
        let mut text = String::new();
        while let Some(chunk) = export.next().await.unwrap() {
            text.push_str(&chunk);
        }
        text
    }
    /// What a request of `caller` is answered.
    pub async fn get(&self, caller: &Caller, path: &str) -> (StatusCode, Vec<u8>) {
        let app = web::App::new(self.db.clone(), web::Settings::default(), Vec::new());
        let visit = web::Visit {
            caller: Some(caller.clone()),
            has_session: true,
            secret: "secret".to_owned(),
            request: "1".to_owned(),
            address: "10.0.0.7".to_owned(),
        };
        let request = Request::builder().uri(path).extension(visit).body(Body::empty()).unwrap();
        let response = routes().into_parts().0.with_state(app).oneshot(request).await.unwrap();
        let status = response.status();
        (status, to_bytes(response.into_body(), usize::MAX).await.unwrap().to_vec())
    }
    pub async fn page(&self, caller: &Caller, path: &str) -> String {
        let (status, bytes) = self.get(caller, path).await;
        assert_eq!(status, StatusCode::OK, "{path}");
        String::from_utf8(bytes).unwrap()
    }
}

pub fn note(subject: &str) -> Note {
    Note::of("kindergarten.corrected", subject, format!("更正青禾幼儿园 {subject}"))
        .at(Place::city("4403").child("440305"))
        .before(&serde_json::json!({"children": 180}))
        .after(&serde_json::json!({"children": 200}))
}

pub fn check(text: &str) -> Verdict {
    verify(text.lines().map(|line| Ok::<_, String>(line.to_owned())), None)
}

/// An auditor of the city, or of the district with this code.
pub fn auditor(stage: &Stage, district: Option<&str>) -> Caller {
    let city = stage.db.city().clone();
    let area = district.map_or_else(|| city.clone(), |code| city.child(code));
    Caller {
        person: stage.db.mint(),
        name: "周宁".to_owned(),
        post: stage.db.mint(),
        kind: PostKind::Auditor,
        scope: district.map_or(PostScope::City, |code| PostScope::District(code.to_owned())),
        post_label: "审计员".to_owned(),
        has_other_posts: false,
        city,
        reach: Reach { areas: vec![area], ..Reach::default() },
        now: stage.db.now(),
        address: "10.0.0.7".to_owned(),
        request: "r1".to_owned(),
    }
}
