//! One's own account: password, second factor, posts, and where one is signed in.

use askama::Template;
use axum::http::HeaderMap;
use kernel::{Failure, Moment};
use serde::Deserialize;
use web::{Desk, Ended, Faults, Form, Page, Path, Shell, answer};

use super::super::{acts, rules, store};
use super::{SESSION_COOKIE, away, cookie, limits, onward};
use crate::accounts::{self, Account};
use crate::posts::{self, Post};
use crate::stand_ins::{self, StandIn};

struct Line {
    href: String,
    device: String,
    address: String,
    since: Moment,
    seen: Moment,
    is_this: bool,
}

#[derive(Template)]
#[template(path = "sessions/pages/account.html")]
struct View {
    shell: Shell,
    name: String,
    account: Option<Account>,
    has_phones: bool,
    renewed_from: Option<Moment>,
    password_days: i64,
    idle_minutes: i64,
    longest_hours: i64,
    posts: Vec<Post>,
    taken: Vec<StandIn>,
    sessions: Vec<Line>,
    faults: Faults,
}

async fn view(desk: &Desk, headers: &HeaderMap, faults: Faults) -> Result<View, Failure> {
    let reading = desk.reading();
    let caller = &desk.caller;
    let limits = limits(&desk.app);
    let account = accounts::of_person(&reading, caller.person).await?;
    let own = cookie(headers, SESSION_COOKIE).map(|token| token.digest());
    let places = store::places(&reading, caller.person, limits).await?;
    let sessions = places
        .into_iter()
        .map(|place| Line {
            href: format!("/account/sessions/{}", place.handle),
            device: rules::device(&place.agent),
            address: place.address,
            since: place.started_at,
            seen: place.seen_at,
            is_this: own.as_ref() == Some(&place.handle),
        })
        .collect();
    Ok(View {
        shell: desk.shell("我的账号"),
        name: caller.name.clone(),
        renewed_from: account.as_ref().and_then(|account| {
            accounts::renewed_from(account.password_since, limits.password_days)
        }),
        account,
        has_phones: desk.app.settings.phone_gateway.is_some(),
        password_days: limits.password_days,
        idle_minutes: limits.idle_ms / 60_000,
        longest_hours: limits.longest_ms / 3_600_000,
        posts: posts::all_of(&reading, caller.person).await?,
        taken: stand_ins::in_force_of(&reading, caller.person).await?,
        sessions,
        faults,
    })
}

pub(super) async fn show(desk: Desk, headers: HeaderMap) -> Page {
    let view = view(&desk, &headers, Faults::default()).await?;
    desk.page(&view)
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct PasswordForm {
    current: String,
    password: String,
    again: String,
}

pub(super) async fn change_password(
    desk: Desk,
    headers: HeaderMap,
    Form(form): Form<PasswordForm>,
) -> Page {
    let token = cookie(&headers, SESSION_COOKIE).ok_or(Ended::SignedOut)?;
    let changed = acts::change_password(
        desk.db(),
        &desk.caller,
        &token,
        form.current,
        &form.password,
        &form.again,
    );
    match changed.await {
        Ok(fresh) => Ok(onward(&desk.app, &fresh, "/account")),
        Err(failure) => {
            let faults = Faults::of(failure)?;
            let view = view(&desk, &headers, faults.clone()).await?;
            desk.form_again(&view, &faults)
        }
    }
}

pub(super) async fn end_one(desk: Desk, headers: HeaderMap, Path(session): Path<String>) -> Page {
    acts::end_one(desk.db(), &desk.caller, &session).await?;
    let own = cookie(&headers, SESSION_COOKIE).map(|token| token.digest());
    if own.as_deref() == Some(session.as_str()) {
        Ok(away(&desk.app))
    } else {
        answer::see("/account")
    }
}

pub(super) async fn end_all(desk: Desk) -> Page {
    acts::end_all(desk.db(), &desk.caller).await?;
    Ok(away(&desk.app))
}
