//! The registration of a party organisation with the kindergartens that form it.

use askama::Template;
use kernel::{Failure, Invalid, KindergartenId, PartyId};
use registry::places::District;
use serde::Deserialize;
use web::{Desk, Faults, Form, Page, Path, Query, Shell, answer};

use super::day;
use crate::parties::types::{Kind, NewParty};
use crate::parties::{acts, store};

/// The form as it was typed. Ticked kindergartens arrive as `kindergartens=…` several times, which urlencoded forms can't
/// read into a list; each is its own field.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Typed {
    kind: String,
    name: String,
    paper_number: String,
    established_on: String,
    /// One kindergarten, from a gap.
    kindergarten: String,
    #[serde(flatten)]
    ticked: std::collections::BTreeMap<String, String>,
}

impl Typed {
    fn kindergartens(&self) -> Vec<KindergartenId> {
        let ticked = self.ticked.keys().filter_map(|id| id.parse().ok());
        ticked.chain(self.kindergarten.parse().ok()).collect()
    }

    fn read(&self) -> Result<NewParty, Failure> {
        let mut invalid = Invalid::default();
        let kind = Kind::from_code(&self.kind);
        if kind.is_none() {
            invalid.add("kind", "请选择党组织形式");
        }
        let established_on = day(&self.established_on);
        if established_on.is_none() {
            invalid.add("established_on", "请填写成立日期，如 2026-03-01");
        }
        match (kind, established_on) {
            (Some(kind), Some(established_on)) => Ok(NewParty {
                kind,
                name: self.name.clone(),
                paper_number: self.paper_number.clone(),
                established_on,
                kindergartens: self.kindergartens(),
            }),
            _ => Err(invalid.into()),
        }
    }
}

/// A kindergarten that can be ticked.
struct Choice {
    id: KindergartenId,
    name: String,
    is_ticked: bool,
}

#[derive(Template)]
#[template(path = "parties/pages/form.html")]
struct FormView {
    shell: Shell,
    district: District,
    kinds: Vec<(&'static str, &'static str)>,
    choices: Vec<Choice>,
    typed: Typed,
    faults: Faults,
}

async fn view(
    desk: &Desk,
    district: District,
    mut typed: Typed,
    faults: Faults,
) -> Result<FormView, Failure> {
    let today = desk.caller.today();
    if typed.established_on.is_empty() {
        typed.established_on = today.to_string();
    }
    let ticked = typed.kindergartens();
    let free = store::without(&desk.reading(), &district.code, today).await?;
    let choice =
        |(id, name): (KindergartenId, String)| Choice { id, name, is_ticked: ticked.contains(&id) };
    Ok(FormView {
        shell: desk.shell("登记党组织"),
        kinds: Kind::ALL.iter().map(|kind| (kind.code(), kind.label())).collect(),
        choices: free.into_iter().map(choice).collect(),
        district,
        typed,
        faults,
    })
}

/// The district within reach of one who registers: an officer's own.
async fn own(desk: &Desk, code: &str) -> Result<District, Failure> {
    registry::places::store::district(&desk.reading(), code).await
}

pub(super) async fn blank(
    desk: Desk,
    Path(code): Path<String>,
    Query(typed): Query<Typed>,
) -> Page {
    let district = own(&desk, &code).await?;
    let view = view(&desk, district, typed, Faults::default()).await?;
    desk.page(&view)
}

pub(super) async fn register(
    desk: Desk,
    Path(code): Path<String>,
    Form(typed): Form<Typed>,
) -> Page {
    let district = own(&desk, &code).await?;
    match registered(&desk, &code, &typed).await {
        Ok(id) => answer::see(&format!("/parties/{id}")),
        Err(failure) => {
            let faults = Faults::of(failure)?;
            let view = view(&desk, district, typed, faults.clone()).await?;
            desk.form_again(&view, &faults)
        }
    }
}

async fn registered(desk: &Desk, code: &str, typed: &Typed) -> Result<PartyId, Failure> {
    acts::register(desk.db(), &desk.caller, code, &typed.read()?).await
}
