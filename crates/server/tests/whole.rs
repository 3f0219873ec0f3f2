//! Everything at once: every route × every kind of post × inside and outside reach, against the checked-in files.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

#[path = "../src/wiring.rs"]
#[expect(dead_code, reason = "the tests lay their own layers around the same routes")]
mod wiring;

#[path = "whole/random.rs"]
mod random;
#[path = "whole/samples.rs"]
mod samples;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{Method, StatusCode, header};
use axum::middleware::from_fn_with_state;
use kernel::{Caller, PostKind, PostScope};
use samples::Samples;
use tower::ServiceExt;
use web::{Access, App, RouteLine, Settings, Visit};

/// Compares a generated text with its checked-in file, or writes the file when `UPDATE_GENERATED` is set.
fn compare(file: &str, made: &str) {
    let path = format!("{}/../../docs/generated/{file}", env!("CARGO_MANIFEST_DIR"));
    #[expect(clippy::disallowed_methods, reason = "the test's own environment")]
    if std::env::var("UPDATE_GENERATED").is_ok() {
        std::fs::write(&path, made).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        kept == made,
        "docs/generated/{file} is not what the program says; run `cargo x generate` and look at the difference"
    );
}

#[test]
fn the_generated_route_table_is_true() {
    let mut lines: Vec<String> = wiring::routes().table().iter().map(line).collect();
    lines.sort();
    compare("routes.txt", &(lines.join("\n") + "\n"));
}

fn line(route: &RouteLine) -> String {
    let access = match route.access {
        Access::Open => "open to all".to_owned(),
        Access::Needs(permission) => permission.code().to_owned(),
    };
    format!("{:<52} {:<4} {access}", route.path, route.method)
}

const SECRET: &str = "the secret of a session in a test";

/// A request for a route, by a caller or by nobody.
fn request(route: &RouteLine, path: &str, caller: Option<&Caller>) -> Request {
    let visit = Visit {
        caller: caller.cloned(),
        has_session: caller.is_some(),
        secret: SECRET.to_owned(),
        request: "test".to_owned(),
        address: "127.0.0.1".to_owned(),
    };
    let method = if route.method == "GET" { Method::GET } else { Method::POST };
    let (kind, body) = samples::body(route.path);
    Request::builder()
        .method(method)
        .uri(path)
        .header(header::CONTENT_TYPE, kind)
        .header(header::CONTENT_LENGTH, body.len())
        .header(web::csrf::HEADER, web::csrf::token(SECRET))
        .extension(visit)
        .body(Body::from(body))
        .unwrap()
}

/// What a caller is answered on a route.
async fn answer(router: &Router, route: &RouteLine, path: &str, caller: &Caller) -> StatusCode {
    router.clone().oneshot(request(route, path, Some(caller))).await.unwrap().status()
}

/// The whole program in front of a test's city, without the layers that find out who asks.
fn program(city: &fixtures::City) -> Router {
    let (router, nav) = wiring::routes().into_parts();
    let settings = Settings { city_name: "深圳市".to_owned(), ..Settings::default() };
    let app = App::new(city.db.clone(), settings, nav);
    router.layer(from_fn_with_state(app.clone(), web::finish)).with_state(app)
}

fn word(status: StatusCode) -> &'static str {
    match status.as_u16() {
        403 => "403",
        404 => "404",
        401 => "401",
        500.. => "500",
        _ => "yes",
    }
}

/// The three administrators keep out of one another's work (GB/T 22239-2019 level 3): every route that only one of them may
/// have is tried by the other two.
#[tokio::test(flavor = "multi_thread")]
async fn the_three_administrators_are_refused_one_anothers_work() {
    const THREE: [PostKind; 3] = [
        PostKind::SystemAdministrator,
        PostKind::SecurityAdministrator,
        PostKind::AuditAdministrator,
    ];
    fixtures::each_database(|city| async move {
        let samples = Samples::make(&city).await;
        let (table, router) = (wiring::routes().table().to_vec(), program(&city));
        let mut tried = [0; 3];
        for route in &table {
            let Access::Needs(permission) = route.access else { continue };
            let owner = THREE.iter().position(|kind| kind.may(permission));
            let Some(owner) = owner.filter(|_| THREE.iter().any(|kind| !kind.may(permission)))
            else {
                continue;
            };
            for other in THREE.iter().filter(|kind| **kind != THREE[owner]) {
                assert!(!other.may(permission), "{permission:?} is held by two administrators");
                let (_, caller) = samples.callers.iter().find(|(kind, _)| kind == other).unwrap();
                let path = samples::fill(route.path, samples.inside(*other));
                let status = answer(&router, route, &path, caller).await;
                assert_eq!(status, StatusCode::FORBIDDEN, "{} {path}: {other:?}", route.method);
                tried[owner] += 1;
            }
        }
        assert!(tried.iter().all(|count| *count > 0), "each has work of its own: {tried:?}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_generated_permission_matrix_is_true() {
    fixtures::each_database(|city| async move {
        let samples = Samples::make(&city).await;
        let mut table = wiring::routes().table().to_vec();
        table.sort_by_key(|route| (route.path, route.method));
        let router = program(&city);
        let mut text = String::from(
            "# Every route that needs a permission × every kind of post. `inside/outside` reach; one word where an address\n\
             # names nothing that lies somewhere. yes: the route answers (a rule may still say no); 403: the post lacks the\n\
             # permission; 404: out of reach, which is the same as not there. Written by `cargo x generate`.\n\n",
        );
        let mut leaks = Vec::new();
        for route in table.iter().filter(|route| route.access != Access::Open) {
            text.push_str(&format!("{} {}\n", route.method, route.path));
            for (kind, caller) in &samples.callers {
                let inside = answer(&router, route, &samples::fill(route.path, samples.inside(*kind)), caller).await;
                let outside = answer(&router, route, &samples::fill(route.path, &samples.outside), caller).await;
                let says = if samples::names_something_placed(route.path) {
                    format!("{}/{}", word(inside), word(outside))
                } else {
                    word(inside).to_owned()
                };
                text.push_str(&format!("    {:<24} {says}\n", kind.code()));
                let may = matches!(route.access, Access::Needs(permission) if kind.may(permission));
                if (word(inside) == "403") == may {
                    leaks.push(format!("{} {}: {} answers {inside}", route.method, route.path, kind.code()));
                }
                let reaches_all = caller.scope == PostScope::City;
                if may && !reaches_all && samples::names_something_placed(route.path) && outside != StatusCode::NOT_FOUND {
                    leaks.push(format!("{} {}: out of reach, {} is answered {outside}", route.method, route.path, kind.code()));
                }
                if inside.is_server_error() || outside.is_server_error() {
                    leaks.push(format!("{} {}: {} breaks it ({inside}/{outside})", route.method, route.path, kind.code()));
                }
            }
        }
        assert!(leaks.is_empty(), "{}", leaks.join("\n"));
        compare("permissions.txt", &text);
    })
    .await;
}
