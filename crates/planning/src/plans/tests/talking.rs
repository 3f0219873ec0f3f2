//! Over HTTP, as the browser does.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use fixtures::each_database;
use serde_json::{Value, json};
use tower::ServiceExt;
use web::{App, Settings, Visit};

use super::*;

struct Browser {
    router: Router,
    visit: Visit,
}

impl Browser {
    fn of(city: &City, caller: &Caller) -> Self {
        let (router, nav) = crate::plans::routes().into_parts();
        let app = App::new(city.db.clone(), Settings::default(), nav);
        let visit = Visit {
            caller: Some(caller.clone()),
            has_session: true,
            secret: "secret".into(),
            request: "r1".into(),
            address: "127.0.0.1".into(),
        };
        Self { router: router.with_state(app), visit }
    }

    async fn send(&self, request: Request<Body>) -> (StatusCode, String) {
        let mut request = request;
        request.extensions_mut().insert(self.visit.clone());
        let response = self.router.clone().oneshot(request).await.unwrap();
        let status = response.status();
        let bytes = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        (status, String::from_utf8_lossy(&bytes).into_owned())
    }

    async fn get(&self, path: &str) -> (StatusCode, String) {
        self.send(Request::get(path).body(Body::empty()).unwrap()).await
    }

    async fn json(&self, path: &str) -> Value {
        let (status, text) = self.get(path).await;
        assert_eq!(status, StatusCode::OK, "{path}: {text}");
        serde_json::from_str(&text).unwrap()
    }

    async fn post(&self, path: &str, body: &Value) -> (StatusCode, Value) {
        let request = Request::post(path)
            .header("content-type", "application/json")
            .header(web::csrf::HEADER, web::csrf::token("secret"))
            .body(Body::from(body.to_string()))
            .unwrap();
        let (status, text) = self.send(request).await;
        (status, serde_json::from_str(&text).unwrap_or(Value::Null))
    }
}

#[tokio::test]
async fn the_editor_loads_a_plan_proposes_moves_and_is_told_when_it_is_late() {
    each_database(|city| async move {
        let ground = ground(&city).await;
        let officer = city.officer(NANSHAN).await;
        let browser = Browser::of(&city, &officer);
        let id = acts::draft(&city.db, &officer, NANSHAN, "春季方案", Origin::Scratch).await.unwrap();
        let root = format!("/plans/{id}");
        let content = browser.json(&format!("{root}/content")).await;
        assert_eq!(content["sites"].as_array().unwrap().len(), 8);
        assert_eq!(content["unassigned"].as_array().unwrap().len(), 8);
        assert_eq!((&content["legal"], &content["plan"]["editable"]), (&json!(false), &json!(true)));

        let wish = json!({ "base": 1, "clusters": 2, "seconds": 1 });
        let (status, run) = browser.post(&format!("{root}/proposal"), &wish).await;
        assert_eq!(status, StatusCode::ACCEPTED);
        let run = format!("{root}/proposal/{}", run["run"].as_str().unwrap());
        let report = loop {
            let report = browser.json(&run).await;
            if report["state"] != "running" {
                break report;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        };
        assert_eq!(report["state"], "done", "{report}");
        let content = browser.json(&format!("{root}/content")).await;
        assert_eq!(content["plan"]["version"], 2);
        assert_eq!(content["clusters"].as_array().unwrap().len(), 2);
        assert_eq!((&content["legal"], &content["breaches"]), (&json!(true), &json!([])));
        assert!(content["cost"]["bound_m"].as_f64().unwrap() <= content["cost"]["total_m"].as_f64().unwrap() + 1.0);

        let target = content["clusters"].as_array().unwrap().iter().find(|cluster| {
            cluster["members"].as_array().unwrap().contains(&json!(ground.east[0]))
        });
        let target = target.unwrap()["key"].clone();
        let edit = json!({ "base": 2, "change": { "kind": "move", "kindergarten": ground.west[0], "to": target } });
        let (status, moved) = browser.post(&format!("{root}/changes"), &edit).await;
        assert_eq!(status, StatusCode::OK);
        assert!(moved.get("sites").is_none() && moved["legal"] == json!(false));
        let hard: Vec<&Value> =
            moved["breaches"].as_array().unwrap().iter().filter(|breach| breach["strength"] == "hard").collect();
        assert_eq!(hard[0]["clause"], "2.1.2-4");

        let (status, stale) = browser.post(&format!("{root}/changes"), &edit).await;
        assert_eq!(status, StatusCode::CONFLICT);
        assert!(stale["message"].as_str().unwrap().contains("王敏"));
        assert_eq!(stale["content"]["plan"]["version"], 3);
        let nonsense = json!({ "base": 3, "change": { "kind": "burn" } });
        assert_eq!(browser.post(&format!("{root}/changes"), &nonsense).await.0, StatusCode::UNPROCESSABLE_ENTITY);
        let reasons = browser.json(&format!("{root}/reasons/{}", ground.west[1])).await;
        assert!(!reasons["nearest"].as_array().unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn every_page_of_a_plan_renders_for_those_who_may_and_is_not_found_elsewhere() {
    each_database(|city| async move {
        let ground = ground(&city).await;
        let (officer, deputy) = (city.officer(NANSHAN).await, city.deputy(NANSHAN).await);
        let id = proposed(&city, &officer).await;
        acts::solicit(&city.db, &officer, id, 2, 10).await.unwrap();
        let pages = [
            format!("/plans/{id}"),
            format!("/plans/{id}/content"),
            format!("/plans/{id}/versions/1"),
            format!("/plans/compare?a=in-force&b={id}"),
            format!("/plans/compare?a={id}@1&b={id}"),
            format!("/plans/{id}/plan.geojson"),
            format!("/plans/{id}/in-force.geojson"),
            format!("/plans/{id}/plan.xlsx"),
            format!("/plans/{id}/map"),
            format!("/plans/{id}/sheets"),
            format!("/plans/{id}/sheets/{}", ground.west[0]),
        ];
        let (inside, outside) =
            (Browser::of(&city, &deputy), Browser::of(&city, &city.deputy("440306").await));
        for page in &pages {
            assert_eq!(inside.get(page).await.0, StatusCode::OK, "{page}");
            assert_eq!(outside.get(page).await.0, StatusCode::NOT_FOUND, "{page}");
        }
        assert_eq!(inside.get(&format!("/plans/{id}/editor")).await.0, StatusCode::FORBIDDEN);
        let drafting = Browser::of(&city, &officer);
        for page in ["/plans".to_owned(), "/plans/new".to_owned(), format!("/plans/{id}/editor")] {
            assert_eq!(drafting.get(&page).await.0, StatusCode::OK, "{page}");
        }
        assert!(drafting.get("/plans").await.1.contains("春季方案"));
        assert!(!outside.get("/plans").await.1.contains("春季方案"));
        let principal = Browser::of(&city, &city.principal(ground.west[3]).await);
        let (status, text) = principal.get("/opinions").await;
        assert_eq!(status, StatusCode::OK);
        assert!(text.contains("春季方案") && text.contains("青禾1幼儿园"));
    })
    .await;
}

#[tokio::test]
async fn one_application_covers_all_that_is_broken_in_principle() {
    each_database(|city| async move {
        let ground = ground(&city).await;
        let officer = city.officer(NANSHAN).await;
        let id = proposed(&city, &officer).await;
        let content = plan(&city, id).await.version.content;
        let to = content.cluster_of(ground.east[0]).unwrap().key;
        let moved = crate::plans::Change::Move { kindergarten: ground.west[3], to };
        acts::change(&city.db, &officer, id, 2, &moved).await.unwrap();
        let browser = Browser::of(&city, &officer);
        let root = format!("/plans/{id}");
        assert!(browser.get(&root).await.1.contains("为全部剩余原则性问题申请例外"));
        let form = "version=3&remark=待新园开办后再调整&until=2027-08-31";
        let request = Request::post(format!("{root}/exceptions"))
            .header("content-type", "application/x-www-form-urlencoded")
            .header(web::csrf::HEADER, web::csrf::token("secret"))
            .body(Body::from(form))
            .unwrap();
        assert_eq!(browser.send(request).await.0, StatusCode::SEE_OTHER);
        assert_eq!(browser.json(&format!("{root}/content")).await["legal"], json!(true));
        assert!(!browser.get(&root).await.1.contains("为全部剩余原则性问题申请例外"));
    })
    .await;
}
