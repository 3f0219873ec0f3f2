//! The pages before anybody is in.

use askama::Template;
use axum::http::{HeaderMap, header};
use kernel::{Failure, PhoneGateway};
use serde::Deserialize;
use storage::Actor;
use web::{Faults, Form, Page, Porch, Query, Shell, answer};

use super::super::acts::{self, Arrival, SignedIn};
use super::super::types::Awaited;
use super::{SESSION_COOKIE, away, cookie, limits, onward};
use crate::phones;

/// Where one arrives after signing in.
const HOME: &str = "/workbench";

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignInView {
    shell: Shell,
    error: String,
    login: String,
    next: String,
    /// An account was just given its password by an invitation.
    is_invited: bool,
    /// There is a session, but the post chosen in it is in force no more.
    is_post_over: bool,
    /// Whether a gateway delivers codes to telephones.
    has_phones: bool,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Onward {
    next: String,
    invited: String,
}

pub(super) async fn page(porch: Porch, headers: HeaderMap, Query(query): Query<Onward>) -> Page {
    let next = local(&query.next);
    if porch.visit.caller.is_some() {
        return answer::see(&next);
    }
    if let Some(step) = waits_for(&porch, &headers).await? {
        return answer::see(&address_of(step, &next)?);
    }
    let view = SignInView {
        shell: porch.shell("登录"),
        error: String::new(),
        login: String::new(),
        next,
        is_invited: !query.invited.is_empty(),
        is_post_over: porch.visit.has_session,
        has_phones: porch.app.settings.phone_gateway.is_some(),
    };
    porch.page(&view)
}

/// What this browser's session waits for, if it does.
async fn waits_for(porch: &Porch, headers: &HeaderMap) -> Result<Option<Awaited>, Failure> {
    if !porch.visit.has_session {
        return Ok(None);
    }
    let reading = porch.app.db.reading(visitor(porch, ""));
    let token = cookie(headers, SESSION_COOKIE);
    let found = acts::waiting(&reading, token.as_ref(), limits(&porch.app)).await?;
    Ok(found.map(|(_, step)| step))
}

fn address_of(step: Awaited, next: &str) -> Result<String, Failure> {
    let query = serde_urlencoded::to_string([("next", next)]).map_err(Failure::broken)?;
    Ok(match step {
        Awaited::Code => format!("/sign-in/code?{query}"),
        Awaited::Password => format!("/sign-in/password?{query}"),
    })
}

fn visitor(porch: &Porch, name: &str) -> Actor {
    Actor::visitor(name, porch.app.db.now(), &porch.visit.address, &porch.visit.request)
}

fn arrival(porch: &Porch, headers: &HeaderMap, name: &str) -> Arrival {
    let agent =
        headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    Arrival { visitor: visitor(porch, name), agent: agent.to_owned(), limits: limits(&porch.app) }
}

/// In, or on to what is still waited for.
fn proceed(porch: &Porch, signed_in: &SignedIn, next: &str) -> Page {
    let path = match signed_in.awaits {
        None => next.to_owned(),
        Some(step) => address_of(step, next)?,
    };
    Ok(onward(&porch.app, &signed_in.token, &path))
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct SignInForm {
    login: String,
    password: String,
    next: String,
}

pub(super) async fn sign_in(
    porch: Porch,
    headers: HeaderMap,
    Form(form): Form<SignInForm>,
) -> Page {
    let arrival = arrival(&porch, &headers, &form.login);
    let next = local(&form.next);
    match acts::sign_in(&porch.app.db, arrival, &form.login, form.password).await {
        Ok(signed_in) => proceed(&porch, &signed_in, &next),
        Err(failure) => {
            let faults = Faults::of(failure)?;
            let view = SignInView {
                shell: porch.shell("登录"),
                error: faults.summary().to_owned(),
                login: form.login,
                next,
                is_invited: false,
                is_post_over: false,
                has_phones: porch.app.settings.phone_gateway.is_some(),
            };
            porch.form_again(&view)
        }
    }
}

#[derive(Template)]
#[template(path = "sessions/pages/phone.html")]
struct PhoneView {
    shell: Shell,
    error: String,
    next: String,
    /// A code was asked for and is to be typed.
    is_asked: bool,
    phone: String,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct PhoneForm {
    phone: String,
    code: String,
    next: String,
}

fn gateway(porch: &Porch) -> Result<PhoneGateway, Failure> {
    porch.app.settings.phone_gateway.clone().ok_or(Failure::NotFound)
}

fn phone_view(porch: &Porch, error: String, is_asked: bool, form: PhoneForm) -> PhoneView {
    let next = local(&form.next);
    PhoneView { shell: porch.shell("手机号登录"), error, next, is_asked, phone: form.phone }
}

pub(super) async fn phone_page(porch: Porch, Query(query): Query<Onward>) -> Page {
    gateway(&porch)?;
    let form = PhoneForm { next: query.next, ..PhoneForm::default() };
    porch.page(&phone_view(&porch, String::new(), false, form))
}

pub(super) async fn ask_code(porch: Porch, Form(form): Form<PhoneForm>) -> Page {
    let gateway = gateway(&porch)?;
    let (visitor, secret) = (visitor(&porch, ""), porch.visit.secret.clone());
    match phones::acts::ask(&porch.app.db, &gateway, visitor, &secret, &form.phone).await {
        Ok(()) => porch.page(&phone_view(&porch, String::new(), true, form)),
        Err(failure) => {
            let error = Faults::of(failure)?.summary().to_owned();
            porch.form_again(&phone_view(&porch, error, false, form))
        }
    }
}

pub(super) async fn sign_in_by_phone(
    porch: Porch,
    headers: HeaderMap,
    Form(form): Form<PhoneForm>,
) -> Page {
    gateway(&porch)?;
    let arrival = arrival(&porch, &headers, "");
    let secret = porch.visit.secret.clone();
    match acts::sign_in_by_phone(&porch.app.db, arrival, &secret, &form.code).await {
        Ok(signed_in) => proceed(&porch, &signed_in, &local(&form.next)),
        Err(failure) => {
            let error = Faults::of(failure)?.summary().to_owned();
            porch.form_again(&phone_view(&porch, error, true, form))
        }
    }
}

#[derive(Template)]
#[template(path = "sessions/pages/code.html")]
struct CodeView {
    shell: Shell,
    error: String,
    next: String,
}

pub(super) async fn code_page(
    porch: Porch,
    headers: HeaderMap,
    Query(query): Query<Onward>,
) -> Page {
    if waits_for(&porch, &headers).await? != Some(Awaited::Code) {
        return answer::see("/sign-in");
    }
    let shell = porch.shell("输入动态码");
    porch.page(&CodeView { shell, error: String::new(), next: local(&query.next) })
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct CodeForm {
    code: String,
    next: String,
}

pub(super) async fn enter_code(
    porch: Porch,
    headers: HeaderMap,
    Form(form): Form<CodeForm>,
) -> Page {
    let (token, next) = (cookie(&headers, SESSION_COOKIE), local(&form.next));
    let arrival = arrival(&porch, &headers, "");
    let db = &porch.app.db;
    match acts::enter_code(db, arrival, token.as_ref(), &form.code).await {
        Ok(signed_in) => proceed(&porch, &signed_in, &next),
        Err(failure) => {
            let error = Faults::of(failure)?.summary().to_owned();
            porch.form_again(&CodeView { shell: porch.shell("输入动态码"), error, next })
        }
    }
}

#[derive(Template)]
#[template(path = "sessions/pages/renewal.html")]
struct RenewalView {
    shell: Shell,
    faults: Faults,
    next: String,
}

pub(super) async fn password_page(
    porch: Porch,
    headers: HeaderMap,
    Query(query): Query<Onward>,
) -> Page {
    if waits_for(&porch, &headers).await? != Some(Awaited::Password) {
        return answer::see("/sign-in");
    }
    let shell = porch.shell("更换密码");
    porch.page(&RenewalView { shell, faults: Faults::default(), next: local(&query.next) })
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct RenewalForm {
    password: String,
    again: String,
    next: String,
}

pub(super) async fn renew_password(
    porch: Porch,
    headers: HeaderMap,
    Form(form): Form<RenewalForm>,
) -> Page {
    let (token, next) = (cookie(&headers, SESSION_COOKIE), local(&form.next));
    let arrival = arrival(&porch, &headers, "");
    let db = &porch.app.db;
    let renewed =
        acts::renew_password(db, arrival, token.as_ref(), &form.password, &form.again).await;
    match renewed {
        Ok(signed_in) => proceed(&porch, &signed_in, &next),
        Err(failure) => {
            let faults = Faults::of(failure)?;
            porch.form_again(&RenewalView { shell: porch.shell("更换密码"), faults, next })
        }
    }
}

/// Anybody may sign out: whoever has no post in force any more, and whoever is still asked for a code, too.
pub(super) async fn sign_out(porch: Porch, headers: HeaderMap) -> Page {
    if let Some(token) = cookie(&headers, SESSION_COOKIE) {
        let actor = match &porch.visit.caller {
            Some(caller) => Actor::from(caller),
            None => visitor(&porch, ""),
        };
        acts::sign_out(&porch.app.db, actor, &token).await?;
    }
    Ok(away(&porch.app))
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
