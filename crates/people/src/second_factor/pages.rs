use askama::Template;
use kernel::{Failure, Permission, PersonId};
use serde::Deserialize;
use web::{Desk, Faults, Form, Page, Path, Routes, Shell, answer};

use super::rules;
use super::types::Vault;
use super::{acts, store};
use crate::accounts;
use crate::qr::Picture;
use crate::secret::{RFC_4648, base32, grouped};

/// One's own second factor, and switching off that of somebody who lost it.
pub fn routes(vault: &Vault) -> Routes {
    let with = |vault: &Vault| vault.clone();
    let (shown, begun, confirmed) = (with(vault), with(vault), with(vault));
    let (renewed, removed) = (with(vault), with(vault));
    Routes::default()
        .page("/account/second-factor", Permission::Workbench, move |desk| {
            show(desk, shown.clone())
        })
        .act("/account/second-factor", Permission::Workbench, move |desk| {
            begin(desk, begun.clone())
        })
        .act("/account/second-factor/confirmation", Permission::Workbench, move |desk, form| {
            confirm(desk, form, confirmed.clone())
        })
        .act("/account/second-factor/recovery-codes", Permission::Workbench, move |desk, form| {
            renew_codes(desk, form, renewed.clone())
        })
        .act("/account/second-factor/removal", Permission::Workbench, move |desk, form| {
            remove(desk, form, removed.clone())
        })
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

async fn view(desk: &Desk, vault: &Vault, faults: Faults) -> Result<ShowView, Failure> {
    let reading = desk.reading();
    let caller = &desk.caller;
    let begun = match acts::begun_secret(&reading, caller, vault).await? {
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
        has_key: vault.is_some(),
        codes_left: store::codes_left(&reading, caller.person).await?,
        begun,
        faults,
    })
}

async fn show(desk: Desk, vault: Vault) -> Page {
    let view = view(&desk, &vault, Faults::default()).await?;
    desk.page(&view)
}

async fn again(desk: &Desk, vault: &Vault, failure: Failure) -> Page {
    let faults = Faults::of(failure)?;
    let view = view(desk, vault, faults.clone()).await?;
    desk.form_again(&view, &faults)
}

async fn begin(desk: Desk, vault: Vault) -> Page {
    match acts::begin(desk.db(), &desk.caller, &vault).await {
        Ok(()) => answer::see("/account/second-factor"),
        Err(failure) => again(&desk, &vault, failure).await,
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

async fn confirm(desk: Desk, Form(form): Form<Typed>, vault: Vault) -> Page {
    match acts::confirm(desk.db(), &desk.caller, &vault, &form.code).await {
        Ok(codes) => desk.page(&CodesView { shell: desk.shell("恢复码"), codes }),
        Err(failure) => again(&desk, &vault, failure).await,
    }
}

async fn renew_codes(desk: Desk, Form(form): Form<Typed>, vault: Vault) -> Page {
    match acts::renew_codes(desk.db(), &desk.caller, form.current).await {
        Ok(codes) => desk.page(&CodesView { shell: desk.shell("恢复码"), codes }),
        Err(failure) => again(&desk, &vault, failure).await,
    }
}

async fn remove(desk: Desk, Form(form): Form<Typed>, vault: Vault) -> Page {
    match acts::remove(desk.db(), &desk.caller, form.current).await {
        Ok(()) => answer::see("/account/second-factor"),
        Err(failure) => again(&desk, &vault, failure).await,
    }
}

async fn remove_of(desk: Desk, Path(person): Path<PersonId>) -> Page {
    acts::remove_of(desk.db(), &desk.caller, person).await?;
    answer::see(&format!("/accounts/{person}"))
}
