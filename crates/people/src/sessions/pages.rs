//! Who asks, found out before any route is chosen; the cookie by which it is known; and the pages of sign-in and of one's own
//! account.

mod account;
mod signing_in;
mod switching;

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use kernel::{Caller, Failure, Moment, Permission};
use storage::Actor;
use web::{App, Ended, Routes, Visit};

use super::types::{Limits, Token};
use super::{rules, store};
use crate::stand_ins;

const SESSION_COOKIE: &str = "gz_session";
const VISITOR_COOKIE: &str = "gz_visitor";

/// Signing in and out, choosing a post, one's own account.
pub fn routes() -> Routes {
    Routes::default()
        .open_page("/sign-in", signing_in::page)
        .open_act("/sign-in", signing_in::sign_in)
        .open_page("/sign-in/phone", signing_in::phone_page)
        .open_act("/sign-in/phone", signing_in::ask_code)
        .open_act("/sign-in/phone/code", signing_in::sign_in_by_phone)
        .open_page("/sign-in/code", signing_in::code_page)
        .open_act("/sign-in/code", signing_in::enter_code)
        .open_page("/sign-in/password", signing_in::password_page)
        .open_act("/sign-in/password", signing_in::renew_password)
        .open_act("/sign-out", signing_in::sign_out)
        .page("/posts/switch", Permission::Workbench, switching::page)
        .act("/posts/switch", Permission::Workbench, switching::switch)
        .page("/account", Permission::Workbench, account::show)
        .act("/account/password", Permission::Workbench, account::change_password)
        .act("/account/sessions/ending", Permission::Workbench, account::end_all)
        .act("/account/sessions/{session}/ending", Permission::Workbench, account::end_one)
}

/// How long sessions and passwords hold in this city.
fn limits(app: &App) -> Limits {
    let set = app.settings.sign_in;
    Limits {
        idle_ms: set.idle_minutes * 60_000,
        longest_ms: set.longest_hours * 3_600_000,
        password_days: set.password_days,
    }
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

/// The caller of a session that still holds; `Some(None)` when the person has no post in force, or the session waits for a
/// code or a new password.
async fn caller(
    app: &App,
    token: &Token,
    now: Moment,
    address: &str,
    request: &str,
) -> Result<Option<Option<Caller>>, Failure> {
    let reading = app.db.reading(Actor::visitor("", now, address, request));
    let Some(mut session) = store::find(&reading, token, now.date()).await? else {
        return Ok(None);
    };
    if !rules::holds(&session, limits(app), now) {
        return Ok(None);
    }
    if session.awaits.is_some() {
        return Ok(Some(None));
    }
    if rules::is_due(session.seen_at, now) {
        store::touch(&app.db, token, now).await?;
    }
    if let Some(id) = session.stand_in
        && let Some(taken) = stand_ins::acting(&reading, id, session.person).await?
    {
        session.acting_for = Some(taken.giver);
        session.post = Some(taken.post);
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

/// On to a page, with the session's secret in the browser's cookie from now on.
fn onward(app: &App, token: &Token, path: &str) -> Response {
    let mut response = Redirect::to(path).into_response();
    let seconds = limits(app).longest_ms / 1000;
    set_cookie(&mut response, app, SESSION_COOKIE, token.secret(), seconds);
    response
}

/// To sign-in, with no session any more.
fn away(app: &App) -> Response {
    let mut response = Redirect::to("/sign-in").into_response();
    set_cookie(&mut response, app, SESSION_COOKIE, "", 0);
    response
}
