//! A city with people who have accounts, and browsers with their own cookies in front of the family's real routes and the
//! real finding out of who asks.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode, header};
use axum::middleware::from_fn_with_state;
use fixtures::City;
use kernel::{Caller, Note};
use sealing::KeyRing;
use storage::{Source, Sql};
use tower::ServiceExt;

use crate::accounts::{self, Password};
use crate::sessions::identify;

/// The password of everybody in the tests.
pub const PASSWORD: &str = "Tide-rises-7";

/// A door to the city.
#[derive(Clone)]
pub struct Door {
    router: Router,
}

/// The city with keys.
pub fn sealed(city: &City) -> City {
    let mut city = city.clone();
    city.db = city.db.with_keys(KeyRing::random().unwrap().into());
    city
}

impl Door {
    pub fn of(city: &City) -> Self {
        Self::opened(city, None)
    }
    /// Where a gateway delivers codes to telephones.
    pub fn with_phones(city: &City, gateway: kernel::PhoneGateway) -> Self {
        Self::opened(city, Some(gateway))
    }
    fn opened(city: &City, phone_gateway: Option<kernel::PhoneGateway>) -> Self {
        let (router, nav) = crate::routes().into_parts();
        let settings = web::Settings {
            city_name: "深圳市".to_owned(),
            phone_gateway,
            ..web::Settings::default()
        };
        let app = web::App::new(city.db.clone(), settings, nav);
        let router = router
            .layer(from_fn_with_state(app.clone(), web::finish))
            .layer(from_fn_with_state(app.clone(), identify))
            .with_state(app);
        Self { router }
    }
    /// A browser that has never been here.
    pub fn browser(&self) -> Browser {
        Browser { router: self.router.clone(), cookies: Arc::default() }
    }
    /// A browser in which somebody is signed in.
    pub async fn signed_in(&self, login: &str) -> Browser {
        let browser = self.browser();
        let answer = browser.sign_in(login, PASSWORD).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{login}: {}", answer.text);
        browser
    }
}

/// A browser with its cookies.
#[derive(Clone)]
pub struct Browser {
    router: Router,
    cookies: Arc<Mutex<BTreeMap<String, String>>>,
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    /// Where it leads, of a redirect; else empty.
    pub location: String,
    pub text: String,
}

impl Answer {
    /// Whether it asks to sign in.
    pub fn is_signed_out(&self) -> bool {
        self.status == StatusCode::UNAUTHORIZED || self.location.starts_with("/sign-in")
    }
    /// Everything that stands between two texts, each time.
    pub fn between(&self, before: &str, after: &str) -> Vec<String> {
        let pieces = self.text.split(before).skip(1);
        pieces
            .filter_map(|piece| piece.split_once(after))
            .map(|(text, _)| text.to_owned())
            .collect()
    }
}

impl Browser {
    /// A second browser with the same cookies: what a thief would have.
    pub fn copied(&self) -> Browser {
        let cookies = self.cookies.lock().unwrap().clone();
        Browser { router: self.router.clone(), cookies: Arc::new(Mutex::new(cookies)) }
    }
    pub fn cookie(&self, name: &str) -> Option<String> {
        self.cookies.lock().unwrap().get(name).cloned()
    }
    pub fn set_cookie(&self, name: &str, value: &str) {
        self.cookies.lock().unwrap().insert(name.to_owned(), value.to_owned());
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(Request::get(path).body(Body::empty()).unwrap()).await
    }
    /// Sends a form as the page `from` carries it.
    pub async fn post(&self, from: &str, path: &str, fields: &[(&str, &str)]) -> Answer {
        let page = self.get(from).await;
        let token = page.between("name=\"csrf-token\" content=\"", "\"").pop().unwrap_or_default();
        let all: Vec<(&str, &str)> =
            fields.iter().copied().chain([(web::csrf::FIELD, token.as_str())]).collect();
        let body = serde_urlencoded::to_string(all).unwrap();
        let request = Request::post(path)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::HOST, "xuequ.example");
        self.send(request.body(Body::from(body)).unwrap()).await
    }
    pub async fn sign_in(&self, login: &str, password: &str) -> Answer {
        self.post("/sign-in", "/sign-in", &[("login", login), ("password", password)]).await
    }

    async fn send(&self, mut request: Request<Body>) -> Answer {
        let cookies = self.cookies.lock().unwrap().clone();
        let pairs: Vec<String> =
            cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        if !pairs.is_empty() {
            let value = pairs.join("; ").parse().unwrap();
            request.headers_mut().insert(header::COOKIE, value);
        }
        let agent = "Mozilla/5.0 (Windows NT 10.0) Chrome/120.0 Safari/537.36".parse().unwrap();
        request.headers_mut().insert(header::USER_AGENT, agent);
        let response = self.router.clone().oneshot(request).await.unwrap();
        for cookie in response.headers().get_all(header::SET_COOKIE) {
            let text = cookie.to_str().unwrap();
            let (pair, rest) = text.split_once(';').unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            let mut jar = self.cookies.lock().unwrap();
            if rest.contains("Max-Age=0") {
                jar.remove(name);
            } else {
                jar.insert(name.to_owned(), value.to_owned());
            }
        }
        let status = response.status();
        let location = response.headers().get(header::LOCATION);
        let location =
            location.and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
        let bytes = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        Answer { status, location, text: String::from_utf8_lossy(&bytes).into_owned() }
    }
}

/// Gives somebody an account with the password of the tests.
pub async fn account(city: &City, person: &Caller, login: &str) {
    account_with(city, person, login, &Password::hash_cheaply(PASSWORD).unwrap()).await;
}

/// Gives somebody an account.
pub async fn account_with(city: &City, person: &Caller, login: &str, password: &Password) {
    let tx = city.db.begin(city.db.program("test")).await.unwrap();
    accounts::insert(&tx, &[(person.person, login.to_owned(), password.clone())]).await.unwrap();
    tx.commit(Note::of("test.prepared", person.person, "测试准备")).await.unwrap();
}

/// A number that a query selects.
pub async fn number(city: &City, sql: Sql) -> i64 {
    city.reading().number(sql).await.unwrap()
}

/// How many entries of the trail are of an event, by somebody acting in a post of this name.
pub async fn entries(city: &City, event: &str, post: &str) -> i64 {
    let sql = Sql::with(
        "SELECT count(*) FROM audit_entry WHERE event = $1 AND post LIKE $2",
        [event.into(), format!("%{post}%").into()],
    );
    number(city, sql).await
}

/// How many accounts are locked now.
pub async fn locked(city: &City) -> i64 {
    let since = city.db.now().millis() - accounts::LOCK_MS;
    let sql = Sql::with(
        "SELECT count(*) FROM account a JOIN sign_in_try t ON t.login = a.login WHERE t.failures >= $1 AND t.tried_at > $2",
        [accounts::FAILURES_BEFORE_LOCK.into(), since.into()],
    );
    number(city, sql).await
}
