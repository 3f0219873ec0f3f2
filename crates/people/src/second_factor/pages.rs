use askama::Template;
use kernel::{Failure, Permission, PersonId};
use serde::Deserialize;
use web::{Desk, Faults, Form, Page, Path, Routes, Shell, answer};

use super::rules;
use super::{acts, store};
use crate::accounts;
use crate::qr::Picture;
use crate::secret::{RFC_4648, base32, grouped};

/// One's own second factor, and switching off that of somebody who lost it.
pub fn routes() -> Routes {
    Routes::default()
        .page("/account/second-factor", Permission::Workbench, show)
        .act("/account/second-factor", Permission::Workbench, begin)
        .act("/account/second-factor/confirmation", Permission::Workbench, confirm)
        .act("/account/second-factor/recovery-codes", Permission::Workbench, renew_codes)
        .act("/account/second-factor/removal", Permission::Workbench, remove)
        .act("/accounts/{person}/second-factor/removal", Permission::KeepAccounts, remove_of)
}

/// A secret to be read by an app, or typed into it.
struct Begun {
    picture: Picture,
    letters: String,
}

#[derive(Template)]
#[template(path = "second_factor/pages/show.html")]
struct ShowView {
    shell: Shell,
    is_on: bool,
    has_key: bool,
    codes_left: i64,
    begun: Option<Begun>,
    faults: Faults,
}

async fn view(desk: &Desk, faults: Faults) -> Result<ShowView, Failure> {
    let reading = desk.reading();
    let caller = &desk.caller;
    let begun = match acts::begun_secret(&reading, caller, desk.db().keys()).await? {
        Some(secret) => {
            let account = accounts::of_person(&reading, caller.person).await?;
            let login = account.map(|account| account.login).unwrap_or_default();
            let address = rules::app_address("共治", &login, &secret);
            let letters = grouped(&base32(&secret, RFC_4648));
            Some(Begun { picture: Picture::of(&address)?, letters })
        }
        None => None,
    };
    Ok(ShowView {
        shell: desk.shell("动态码"),
        is_on: store::is_on(&reading, caller.person).await?,
        has_key: desk.db().keys().ring().is_some(),
        codes_left: store::codes_left(&reading, caller.person).await?,
        begun,
        faults,
    })
}

async fn show(desk: Desk) -> Page {
    let view = view(&desk, Faults::default()).await?;
    desk.page(&view)
}

async fn again(desk: &Desk, failure: Failure) -> Page {
    let faults = Faults::of(failure)?;
    let view = view(desk, faults.clone()).await?;
    desk.form_again(&view, &faults)
}

async fn begin(desk: Desk) -> Page {
    match acts::begin(desk.db(), &desk.caller).await {
        Ok(()) => answer::see("/account/second-factor"),
        Err(failure) => again(&desk, failure).await,
    }
}

#[derive(Template)]
#[template(path = "second_factor/pages/codes.html")]
struct CodesView {
    shell: Shell,
    codes: Vec<String>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Typed {
    code: String,
    current: String,
}

async fn confirm(desk: Desk, Form(form): Form<Typed>) -> Page {
    match acts::confirm(desk.db(), &desk.caller, &form.code).await {
        Ok(codes) => desk.page(&CodesView { shell: desk.shell("恢复码"), codes }),
        Err(failure) => again(&desk, failure).await,
    }
}

async fn renew_codes(desk: Desk, Form(form): Form<Typed>) -> Page {
    match acts::renew_codes(desk.db(), &desk.caller, form.current).await {
        Ok(codes) => desk.page(&CodesView { shell: desk.shell("恢复码"), codes }),
        Err(failure) => again(&desk, failure).await,
    }
}

async fn remove(desk: Desk, Form(form): Form<Typed>) -> Page {
    match acts::remove(desk.db(), &desk.caller, form.current).await {
        Ok(()) => answer::see("/account/second-factor"),
        Err(failure) => again(&desk, failure).await,
    }
}

async fn remove_of(desk: Desk, Path(person): Path<PersonId>) -> Page {
    acts::remove_of(desk.db(), &desk.caller, person).await?;
    answer::see(&format!("/accounts/{person}"))
}
