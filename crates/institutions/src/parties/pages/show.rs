//! One party organisation as of any day: who belongs to it, who joins, who leaves.

use askama::Template;
use kernel::{Date, Failure, Invalid, PartyId, Permission};
use registry::kindergartens::{day_of, shown_day};
use serde::Deserialize;
use web::{Desk, Faults, Form, Page, Path, Query, Shell, answer};

use super::day;
use crate::parties::types::{Belonging, Party};
use crate::parties::{acts, store};

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct OnDay {
    day: String,
}

/// Who joins or leaves, as it was typed.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Typed {
    kindergarten: String,
    from: String,
    leaving: String,
    on: String,
}

#[derive(Template)]
#[template(path = "parties/pages/show.html")]
struct ShowView {
    shell: Shell,
    href: String,
    suffix: String,
    day: Date,
    party: Party,
    current: Vec<Belonging>,
    past: Vec<Belonging>,
    may_keep: bool,
    free: Vec<(String, String)>,
    /// Who belongs to it until further notice, and can leave.
    leaving: Vec<(String, String)>,
    typed: Typed,
    faults: Faults,
}

async fn view(
    desk: &Desk,
    id: PartyId,
    day: Date,
    mut typed: Typed,
    faults: Faults,
) -> Result<ShowView, Failure> {
    let today = desk.caller.today();
    let reading = desk.reading();
    let party = store::find(&reading, id, day).await?;
    let belongings = store::belongings(&reading, id, day).await?;
    let (past, current): (Vec<Belonging>, Vec<Belonging>) =
        belongings.into_iter().partition(|held| held.to <= day);
    let may_keep = desk.caller.may(Permission::KeepParties)
        && desk.caller.district() == Some(party.district.as_str());
    let free =
        if may_keep { store::without(&reading, &party.district, today).await? } else { Vec::new() };
    for date in [&mut typed.from, &mut typed.on] {
        if date.is_empty() {
            *date = today.to_string();
        }
    }
    let open = current.iter().filter(|held| held.last_day().is_none());
    let leaving = open.map(|held| (held.kindergarten.to_string(), held.name.clone())).collect();
    let mut shell = desk.shell(party.name.as_str());
    shell.day = shown_day(day, today);
    Ok(ShowView {
        suffix: shell.day.as_ref().map(|day| format!("?day={day}")).unwrap_or_default(),
        shell,
        href: format!("/parties/{id}"),
        day,
        party,
        current,
        past,
        may_keep,
        leaving,
        free: free.into_iter().map(|(id, name)| (id.to_string(), name)).collect(),
        typed,
        faults,
    })
}

pub(super) async fn show(desk: Desk, Path(id): Path<PartyId>, Query(on): Query<OnDay>) -> Page {
    let day = day_of(&on.day, desk.caller.today());
    let view = view(&desk, id, day, Typed::default(), Faults::default()).await?;
    desk.page(&view)
}

pub(super) async fn join(desk: Desk, Path(id): Path<PartyId>, Form(typed): Form<Typed>) -> Page {
    store::find(&desk.reading(), id, desk.caller.today()).await?;
    let ended = joined(&desk, id, &typed).await;
    finish(&desk, id, typed, ended).await
}

async fn joined(desk: &Desk, id: PartyId, typed: &Typed) -> Result<(), Failure> {
    let kindergarten =
        typed.kindergarten.parse().map_err(|_| Invalid::field("kindergarten", "请选择幼儿园"))?;
    let from =
        day(&typed.from).ok_or_else(|| Invalid::field("from", "请填写归入日期，如 2026-03-01"))?;
    acts::join(desk.db(), &desk.caller, id, kindergarten, from).await
}

pub(super) async fn leave(desk: Desk, Path(id): Path<PartyId>, Form(typed): Form<Typed>) -> Page {
    store::find(&desk.reading(), id, desk.caller.today()).await?;
    let ended = left(&desk, id, &typed).await;
    finish(&desk, id, typed, ended).await
}

async fn left(desk: &Desk, id: PartyId, typed: &Typed) -> Result<(), Failure> {
    let kindergarten =
        typed.leaving.parse().map_err(|_| Invalid::field("leaving", "请选择幼儿园"))?;
    let on = day(&typed.on).ok_or_else(|| Invalid::field("on", "请填写退出日期，如 2026-03-01"))?;
    acts::leave(desk.db(), &desk.caller, id, kindergarten, on).await
}

async fn finish(desk: &Desk, id: PartyId, typed: Typed, ended: Result<(), Failure>) -> Page {
    match ended {
        Ok(()) => answer::see(&format!("/parties/{id}")),
        Err(failure) => {
            let faults = Faults::of(failure)?;
            let view = view(desk, id, desk.caller.today(), typed, faults.clone()).await?;
            desk.form_again(&view, &faults)
        }
    }
}
