use askama::Template;
use axum::http::{HeaderMap, header};
use kernel::{Failure, Permission, PersonId, PostKind};
use serde::Deserialize;
use storage::Actor;
use web::{App, Desk, Faults, Form, Page, Path, Porch, Query, Routes, Shell, answer};

use super::rules::{self, MOST};
use super::types::{Holders, Slip};
use super::{acts, sheets, store};
use crate::qr::Picture;

/// Inviting, in bulk and one by one; accepting, for whoever brings a code.
pub fn routes() -> Routes {
    Routes::default()
        .open_page("/invitation", page)
        .open_act("/invitation", accept)
        .page("/accounts/invitations", Permission::KeepAccounts, choose)
        .act("/accounts/invitations", Permission::KeepAccounts, open)
        .act("/accounts/{person}/invitation", Permission::KeepAccounts, invite)
}

#[derive(Template)]
#[template(path = "invitations/pages/accept.html")]
struct AcceptView {
    shell: Shell,
    code: String,
    faults: Faults,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Brought {
    code: String,
}

async fn page(porch: Porch, Query(query): Query<Brought>) -> Page {
    let shell = porch.shell("启用账号");
    porch.page(&AcceptView { shell, code: query.code, faults: Faults::default() })
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct AcceptForm {
    code: String,
    password: String,
    again: String,
}

async fn accept(porch: Porch, Form(form): Form<AcceptForm>) -> Page {
    let (db, visit) = (&porch.app.db, &porch.visit);
    let visitor = Actor::visitor("", db.now(), &visit.address, &visit.request);
    match acts::accept(db, visitor, &form.code, &form.password, &form.again).await {
        Ok(()) => answer::see("/sign-in?invited=yes"),
        Err(failure) => {
            let faults = Faults::of(failure)?;
            let shell = porch.shell("启用账号");
            porch.form_again(&AcceptView { shell, code: form.code, faults })
        }
    }
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Asked {
    district: String,
    kind: String,
    form: String,
}

impl Asked {
    fn holders(&self) -> Option<Holders> {
        let kind = PostKind::from_code(&self.kind)?;
        let district = (!self.district.is_empty()).then(|| self.district.clone());
        Some(Holders { kind, district })
    }
}

/// How many names the page shows before the accounts are opened.
const SHOWN: usize = 50;

#[derive(Template)]
#[template(path = "invitations/pages/choose.html")]
struct ChooseView {
    shell: Shell,
    districts: Vec<(String, String)>,
    kinds: Vec<(&'static str, &'static str)>,
    asked: Asked,
    /// The names, once a post is chosen.
    names: Option<Vec<String>>,
    total: usize,
    most: usize,
    faults: Faults,
}

async fn choosing(desk: &Desk, asked: Asked, faults: Faults) -> Result<ChooseView, Failure> {
    let reading = desk.reading();
    let found = match asked.holders() {
        Some(holders) => Some(store::without_account(&reading, &holders, MOST).await?),
        None => None,
    };
    Ok(ChooseView {
        shell: desk.shell("批量开通账号"),
        districts: store::districts(&reading).await?,
        kinds: rules::kinds().map(|kind| (kind.code(), kind.label())).collect(),
        total: found.as_ref().map(Vec::len).unwrap_or_default(),
        names: found
            .map(|people| people.into_iter().take(SHOWN).map(|person| person.name).collect()),
        most: MOST,
        asked,
        faults,
    })
}

async fn choose(desk: Desk, Query(asked): Query<Asked>) -> Page {
    let view = choosing(&desk, asked, Faults::default()).await?;
    desk.page(&view)
}

struct PrintedSlip {
    slip: Slip,
    link: String,
    picture: Picture,
}

#[derive(Template)]
#[template(path = "invitations/pages/slips.html")]
struct SlipsView {
    shell: Shell,
    slips: Vec<PrintedSlip>,
}

/// Our own address as the administrator's browser knows it, for links on paper.
fn origin(app: &App, headers: &HeaderMap) -> String {
    let host = headers.get(header::HOST).and_then(|value| value.to_str().ok());
    let scheme = if app.settings.secure_cookies { "https" } else { "http" };
    format!("{scheme}://{}", host.unwrap_or_default())
}

fn printed(slip: Slip, origin: &str) -> Result<PrintedSlip, Failure> {
    let link = format!("{origin}/invitation?code={}", slip.code);
    Ok(PrintedSlip { picture: Picture::of(&link)?, slip, link })
}

/// The page of slips that were just made; they are shown this once.
pub(crate) fn slips_page(desk: &Desk, slips: Vec<Slip>, headers: &HeaderMap) -> Page {
    let origin = &origin(&desk.app, headers);
    let slips: Result<Vec<PrintedSlip>, Failure> =
        slips.into_iter().map(|slip| printed(slip, origin)).collect();
    desk.page(&SlipsView { shell: desk.shell("启用邀请"), slips: slips? })
}

async fn open(desk: Desk, headers: HeaderMap, Form(asked): Form<Asked>) -> Page {
    let opened = match asked.holders() {
        Some(holders) => acts::open_for_posts(desk.db(), &desk.caller, &holders).await,
        None => Err(kernel::Invalid::field("kind", "请选择岗位").into()),
    };
    match opened {
        Ok(slips) => {
            if asked.form == "sheet" {
                let origin = origin(&desk.app, &headers);
                let bytes = sheets::list(&slips, &origin, desk.caller.now)?;
                return answer::workbook(&format!("启用邀请-{}.xlsx", desk.caller.today()), bytes);
            }
            slips_page(&desk, slips, &headers)
        }
        Err(failure) => {
            let faults = Faults::of(failure)?;
            let view = choosing(&desk, asked, faults.clone()).await?;
            desk.form_again(&view, &faults)
        }
    }
}

async fn invite(desk: Desk, headers: HeaderMap, Path(person): Path<PersonId>) -> Page {
    let slip = acts::invite(desk.db(), &desk.caller, person).await?;
    slips_page(&desk, vec![slip], &headers)
}
