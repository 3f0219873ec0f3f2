//! Ten thousand requests by random persons for random things: no answer that the matrix forbids, and on no page a word of
//! another place.

use axum::body::to_bytes;
use axum::http::StatusCode;
use kernel::{Caller, PostKind, PostScope};
use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64Mcg;
use tower::ServiceExt;
use web::{Access, RouteLine};

use crate::samples::{self, Side};
use crate::{program, request, wiring};

const REQUESTS: usize = 10_000;
const PLACES: [(&str, &str, &str, &str); 3] = [
    ("440305", "440305007", "青禾幼儿园", "南山区青禾学区"),
    ("440306", "440306020", "云帆幼儿园", "宝安区云帆学区"),
    ("440304", "440304004", "星海幼儿园", "福田区星海学区"),
];
/// By these words a place betrays itself on a page.
const MARKS: [&str; 3] = ["青禾", "云帆", "星海"];

/// A person, and the place (by its number) that the post reaches; `None`: all.
struct Somebody {
    kind: PostKind,
    caller: Caller,
    home: Option<usize>,
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_random_requests_find_no_answer_that_the_matrix_forbids() {
    fixtures::each_database(|city| async move {
        let mut sides: Vec<Side> = Vec::new();
        for (district, street, name, cluster) in PLACES {
            sides.push(samples::side(&city, district, street, name, cluster).await);
        }
        let mut everybody = Vec::new();
        for &kind in PostKind::ALL {
            for (home, side) in sides.iter().enumerate() {
                for scope in [
                    PostScope::City,
                    PostScope::District(side.district.to_owned()),
                    PostScope::Kindergarten(side.kindergarten),
                ] {
                    if people::posts::stands_at(kind, &scope).is_err() {
                        continue;
                    }
                    let home = (scope != PostScope::City).then_some(home);
                    let caller = city.caller("测试", kind, scope).await;
                    everybody.push(Somebody { kind, caller, home });
                }
            }
        }
        let mut table = wiring::routes().table().to_vec();
        table.sort_by_key(|route| (route.path, route.method));
        let router = program(&city);
        let mut chance = Pcg64Mcg::seed_from_u64(20_261_124);
        let mut forbidden = Vec::new();
        for _ in 0..REQUESTS {
            let route = &table[chance.random_range(0..table.len())];
            let who = &everybody[chance.random_range(0..everybody.len())];
            let is_stranger = chance.random_range(0..20) == 0;
            // Each thing that the address names lies in a place of its own.
            let (path, named) = filled(route, &sides, &mut chance);
            let caller = (!is_stranger).then_some(&who.caller);
            let answer = router.clone().oneshot(request(route, &path, caller)).await.unwrap();
            let status = answer.status();
            let text = to_bytes(answer.into_body(), usize::MAX).await.unwrap();
            let text = String::from_utf8_lossy(&text);
            let asked = format!("{} {path} by {:?} of {:?}", route.method, who.kind, who.home);
            if let Some(wrong) = verdict(route, who, is_stranger, &named, status, &text) {
                forbidden.push(format!("{asked}: {wrong} ({status})"));
            }
        }
        assert!(forbidden.is_empty(), "{} answers:\n{}", forbidden.len(), forbidden.join("\n"));
    })
    .await;
}

/// The route's address with things of random places, and the places.
fn filled(route: &RouteLine, sides: &[Side], chance: &mut Pcg64Mcg) -> (String, Vec<usize>) {
    let mut named = Vec::new();
    let mut segments: Vec<String> = route.path.split('/').map(str::to_owned).collect();
    for (number, segment) in route.path.split('/').enumerate() {
        if segment.contains('{') {
            let place = chance.random_range(0..sides.len());
            if samples::is_placed(segment) {
                named.push(place);
            }
            let whole = samples::fill(route.path, &sides[place]);
            whole.split('/').nth(number).unwrap_or_default().clone_into(&mut segments[number]);
        }
    }
    (segments.join("/"), named)
}

/// What is wrong with an answer.
fn verdict(
    route: &RouteLine,
    who: &Somebody,
    is_stranger: bool,
    named: &[usize],
    status: StatusCode,
    text: &str,
) -> Option<String> {
    if status.is_server_error() {
        return Some("breaks".to_owned());
    }
    let Access::Needs(permission) = route.access else { return None };
    if is_stranger {
        let is_turned_away = status.is_redirection() || status == StatusCode::UNAUTHORIZED;
        return (!is_turned_away).then(|| "a stranger is let in".to_owned());
    }
    if !who.kind.may(permission) {
        return (status != StatusCode::FORBIDDEN).then(|| "the post may not".to_owned());
    }
    let home = who.home?;
    let is_elsewhere = named.iter().any(|place| *place != home);
    if samples::names_something_placed(route.path)
        && is_elsewhere
        && status != StatusCode::NOT_FOUND
    {
        return Some("out of reach".to_owned());
    }
    let strange =
        MARKS.iter().enumerate().find(|(place, mark)| *place != home && text.contains(*mark));
    strange.map(|(_, mark)| format!("the page speaks of {mark}"))
}
