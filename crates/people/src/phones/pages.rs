use askama::Template;
use kernel::{Failure, Permission, PhoneGateway};
use serde::Deserialize;
use web::{Desk, Faults, Form, Page, Routes, Shell, answer};

use super::acts;

/// Binding one's own number. Where no gateway is plugged in there is no such page.
pub fn routes() -> Routes {
    Routes::default()
        .page("/account/phone", Permission::Workbench, show)
        .act("/account/phone", Permission::Workbench, begin)
        .act("/account/phone/confirmation", Permission::Workbench, confirm)
        .act("/account/phone/removal", Permission::Workbench, remove)
}

#[derive(Template)]
#[template(path = "phones/pages/show.html")]
struct View {
    shell: Shell,
    /// The number that is bound, masked.
    bound: Option<String>,
    /// The number to which a code was just sent.
    proving: String,
    has_key: bool,
    typed: String,
    faults: Faults,
}

fn gateway(desk: &Desk) -> Result<PhoneGateway, Failure> {
    desk.app.settings.phone_gateway.clone().ok_or(Failure::NotFound)
}

async fn view(desk: &Desk, proving: &str, typed: &str, faults: Faults) -> Result<View, Failure> {
    gateway(desk)?;
    Ok(View {
        shell: desk.shell("手机号登录"),
        bound: acts::bound(desk.db(), &desk.caller).await?,
        proving: proving.to_owned(),
        has_key: desk.db().keys().ring().is_some(),
        typed: typed.to_owned(),
        faults,
    })
}

async fn show(desk: Desk) -> Page {
    let view = view(&desk, "", "", Faults::default()).await?;
    desk.page(&view)
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Typed {
    phone: String,
    /// The password, as everywhere that it is asked for again.
    current: String,
    code: String,
}

async fn begin(desk: Desk, Form(form): Form<Typed>) -> Page {
    let gateway = gateway(&desk)?;
    let secret = desk.csrf().to_owned();
    let begun =
        acts::begin(desk.db(), &gateway, &desk.caller, &secret, &form.phone, form.current).await;
    match begun {
        Ok(phone) => {
            let view = view(&desk, &phone, "", Faults::default()).await?;
            desk.page(&view)
        }
        Err(failure) => {
            let faults = Faults::of(failure)?;
            let view = view(&desk, "", &form.phone, faults.clone()).await?;
            desk.form_again(&view, &faults)
        }
    }
}

async fn confirm(desk: Desk, Form(form): Form<Typed>) -> Page {
    gateway(&desk)?;
    let secret = desk.csrf().to_owned();
    match acts::confirm(desk.db(), &desk.caller, &secret, &form.phone, &form.code).await {
        Ok(()) => answer::see("/account/phone"),
        Err(failure) => {
            let faults = Faults::of(failure)?;
            let view = view(&desk, &form.phone, "", faults.clone()).await?;
            desk.form_again(&view, &faults)
        }
    }
}

async fn remove(desk: Desk, Form(form): Form<Typed>) -> Page {
    gateway(&desk)?;
    match acts::remove(desk.db(), &desk.caller, form.current).await {
        Ok(()) => answer::see("/account/phone"),
        Err(failure) => {
            let faults = Faults::of(failure)?;
            let view = view(&desk, "", "", faults.clone()).await?;
            desk.form_again(&view, &faults)
        }
    }
}
