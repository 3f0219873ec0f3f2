use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};

use askama::Template;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use kernel::{Caller, Failure, Moment, Permission, PostId};
use serde::Deserialize;
use storage::Actor;
use web::{App, Desk, Ended, Faults, Form, Page, Porch, Query, Routes, Shell, Visit, answer};

use super::types::Token;
use super::{acts, rules, store};
use crate::posts;

const SESSION_COOKIE: &str = "gz_session";
const VISITOR_COOKIE: &str = "gz_visitor";
/// Where one arrives after signing in.
const HOME: &str = "/workbench";

/// Signing in and out, choosing a post.
pub fn routes() -> Routes {
    Routes::default()
        .open_page("/sign-in", sign_in_page)
        .open_act("/sign-in", sign_in)
        .act("/sign-out", Permission::Workbench, sign_out)
        .page("/posts/switch", Permission::Workbench, switch_page)
        .act("/posts/switch", Permission::Workbench, switch)
}

/// Finds out who asks, before any route is chosen: one query for a signed-in request, none for a visitor.
pub async fn identify(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let now = app.db.now();
    let number = request_number(now);
    let address = request
        .extensions()
        .get::<ConnectInfo<SocketAddr>>()
        .map_or_else(|| "unknown".to_owned(), |info| info.0.ip().to_string());
    let token = cookie(request.headers(), SESSION_COOKIE);
    let found = match &token {
        Some(token) => match caller(&app, token, now, &address, &number).await {
            Ok(found) => found,
            Err(failure) => return Ended::from(failure).into_response(),
        },
        None => None,
    };
    let has_session = found.is_some();
    let mut new_visitor = None;
    let secret = match (&token, has_session) {
        (Some(token), true) => token.secret().to_owned(),
        _ => match cookie(request.headers(), VISITOR_COOKIE).map_or_else(Token::fresh, Ok) {
            Ok(visitor) => {
                if cookie(request.headers(), VISITOR_COOKIE).is_none() {
                    new_visitor = Some(visitor.clone());
                }
                visitor.secret().to_owned()
            }
            Err(failure) => return Ended::from(failure).into_response(),
        },
    };
    let caller = found.flatten();
    request.extensions_mut().insert(Visit {
        caller,
        has_session,
        secret,
        request: number,
        address,
    });
    let mut response = next.run(request).await;
    if let Some(visitor) = new_visitor {
        set_cookie(&mut response, &app, VISITOR_COOKIE, visitor.secret(), 86_400);
    }
    response
}

/// The caller of a session that still holds; `Some(None)` when the person has no post in force.
async fn caller(
    app: &App,
    token: &Token,
    now: Moment,
    address: &str,
    request: &str,
) -> Result<Option<Option<Caller>>, Failure> {
    let reading = app.db.reading(Actor::visitor("", now, address, request));
    let Some(session) = store::find(&reading, token, now.date()).await? else { return Ok(None) };
    if !rules::holds(session.started_at, session.seen_at, now) {
        return Ok(None);
    }
    if rules::is_due(session.seen_at, now) {
        store::touch(&app.db, token, now).await?;
    }
    Ok(Some(store::caller(session, app.db.city(), now, address, request)))
}

/// A short number by which the audit trail, the log and the user's error page name the same request.
fn request_number(now: Moment) -> String {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    format!("{:08x}{:04x}", (now.millis() / 1000) as u32, count & 0xffff)
}

fn cookie(headers: &HeaderMap, name: &str) -> Option<Token> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|text| text.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(known, _)| *known == name)
        .and_then(|(_, value)| Token::read(value))
}

fn set_cookie(response: &mut Response, app: &App, name: &str, value: &str, seconds: i64) {
    let secure = if app.settings.secure_cookies { "; Secure" } else { "" };
    let text = format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}");
    if let Ok(text) = HeaderValue::from_str(&text) {
        response.headers_mut().append(header::SET_COOKIE, text);
    }
}

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignInView {
    shell: Shell,
    error: String,
    login: String,
    next: String,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Onward {
    next: String,
}

async fn sign_in_page(porch: Porch, Query(query): Query<Onward>) -> Page {
    if porch.visit.caller.is_some() {
        return answer::see(&local(&query.next));
    }
    let view = SignInView {
        shell: porch.shell("登录"),
        error: String::new(),
        login: String::new(),
        next: local(&query.next),
    };
    porch.page(&view)
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct SignInForm {
    login: String,
    password: String,
    next: String,
}

async fn sign_in(porch: Porch, headers: HeaderMap, Form(form): Form<SignInForm>) -> Page {
    let agent =
        headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let visit = &porch.visit;
    let visitor = Actor::visitor(&form.login, porch.app.db.now(), &visit.address, &visit.request);
    match acts::sign_in(&porch.app.db, visitor, &form.login, form.password, agent).await {
        Ok(signed_in) => {
            let mut response = Redirect::to(&local(&form.next)).into_response();
            set_cookie(
                &mut response,
                &porch.app,
                SESSION_COOKIE,
                signed_in.token.secret(),
                rules::LONGEST_MS / 1000,
            );
            Ok(response)
        }
        Err(failure) => {
            let faults = Faults::of(failure)?;
            let view = SignInView {
                shell: porch.shell("登录"),
                error: faults.summary().to_owned(),
                login: form.login,
                next: local(&form.next),
            };
            porch.form_again(&view)
        }
    }
}

/// Where to go after sign-in: a path of ours, never another site.
fn local(next: &str) -> String {
    let is_ours = next.starts_with('/')
        && !next.starts_with("//")
        && !next.contains('\\')
        && !next.starts_with("/sign-")
        && next != "/";
    if is_ours { next.to_owned() } else { HOME.to_owned() }
}

async fn sign_out(desk: Desk, headers: HeaderMap) -> Page {
    if let Some(token) = cookie(&headers, SESSION_COOKIE) {
        acts::sign_out(desk.db(), Actor::from(&desk.caller), desk.caller.person, &token).await?;
    }
    let mut response = Redirect::to("/sign-in").into_response();
    set_cookie(&mut response, &desk.app, SESSION_COOKIE, "", 0);
    Ok(response)
}

struct Choice {
    id: PostId,
    title: String,
    place: String,
    term: String,
    current: bool,
}

#[derive(Template)]
#[template(path = "switch_post.html")]
struct SwitchView {
    shell: Shell,
    posts: Vec<Choice>,
}

async fn switch_page(desk: Desk) -> Page {
    let held = posts::in_force_of(&desk.reading(), &[desk.caller.person]).await?;
    let choices = held
        .into_iter()
        .map(|post| Choice {
            id: post.id,
            title: post.kind.label().to_owned(),
            place: if post.at.is_empty() {
                desk.app.settings.city_name.clone()
            } else {
                post.at.clone()
            },
            term: if post.is_open_ended() {
                format!("自 {} 起", post.valid_from)
            } else {
                format!("{} 至 {}", post.valid_from, post.valid_to)
            },
            current: post.id == desk.caller.post,
        })
        .collect();
    desk.page(&SwitchView { shell: desk.shell("切换岗位"), posts: choices })
}

#[derive(Deserialize)]
struct SwitchForm {
    post: PostId,
}

async fn switch(desk: Desk, headers: HeaderMap, Form(form): Form<SwitchForm>) -> Page {
    let token = cookie(&headers, SESSION_COOKIE).ok_or(Ended::SignedOut)?;
    acts::choose_post(desk.db(), Actor::from(&desk.caller), desk.caller.person, &token, form.post)
        .await?;
    answer::see("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sign_in_never_leads_to_another_site() {
        assert_eq!(local("/plans/pln_1?x=1"), "/plans/pln_1?x=1");
        for foreign in
            ["https://evil.example", "//evil.example", "/\\evil.example", "", "/sign-out"]
        {
            assert_eq!(local(foreign), HOME);
        }
    }
}
