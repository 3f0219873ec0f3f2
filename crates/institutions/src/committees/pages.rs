use askama::Template;
use kernel::{ClusterId, Date, Failure, Invalid, Permission};
use registry::clusters::Cluster;
use registry::kindergartens::{day_of, shown_day};
use serde::Deserialize;
use web::{Desk, Faults, Form, Page, Path, Query, Routes, Shell, answer};

use super::types::{Committee, SeatHolder, SeatTurn};
use super::{acts, rules, store};

/// The routes of the slice.
pub fn routes() -> Routes {
    Routes::default().page("/clusters/{cluster}/committee", Permission::ReadPosts, show).act(
        "/clusters/{cluster}/committee",
        Permission::AmendClusters,
        register,
    )
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct OnDay {
    day: String,
}

#[derive(Template)]
#[template(path = "committees/pages/show.html")]
struct View {
    shell: Shell,
    href: String,
    suffix: String,
    day: Date,
    cluster: Cluster,
    committee: Option<Committee>,
    chair: Option<SeatHolder>,
    members: usize,
    vacant: usize,
    turns: Vec<SeatTurn>,
    may_register: bool,
    typed: Typed,
    faults: Faults,
}

/// A committee to be registered, as it was typed.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Typed {
    established_on: String,
    paper_number: String,
}

async fn show(desk: Desk, Path(id): Path<ClusterId>, Query(on): Query<OnDay>) -> Page {
    let day = day_of(&on.day, desk.caller.today());
    let view = view(&desk, id, day, Typed::default(), Faults::default()).await?;
    desk.page(&view)
}

async fn view(
    desk: &Desk,
    id: ClusterId,
    day: Date,
    mut typed: Typed,
    faults: Faults,
) -> Result<View, Failure> {
    let today = desk.caller.today();
    let reading = desk.reading();
    let cluster = registry::clusters::store::find(&reading, id, day).await?;
    let committee = store::of_cluster(&reading, id, day).await?;
    let seats = committee.as_ref().map_or(&[][..], |committee| &committee.seats[..]);
    if typed.established_on.is_empty() {
        typed.established_on = cluster.established.to_string();
    }
    let mut shell = desk.shell(format!("{}治理委员会", cluster.name));
    shell.day = shown_day(day, today);
    Ok(View {
        suffix: shell.day.as_ref().map(|day| format!("?day={day}")).unwrap_or_default(),
        shell,
        href: format!("/clusters/{id}"),
        day,
        chair: rules::chair(seats).cloned(),
        members: rules::members_counted(seats),
        vacant: seats.iter().filter(|seat| seat.holder.is_none()).count(),
        turns: store::turns(&reading, id, day).await?,
        may_register: desk.caller.may(Permission::AmendClusters)
            && store::of_cluster(&reading, id, today).await?.is_none(),
        cluster,
        committee,
        typed,
        faults,
    })
}

async fn register(desk: Desk, Path(id): Path<ClusterId>, Form(typed): Form<Typed>) -> Page {
    let today = desk.caller.today();
    registry::clusters::store::find(&desk.reading(), id, today).await?;
    match registered(&desk, id, &typed).await {
        Ok(()) => answer::see(&format!("/clusters/{id}/committee")),
        Err(failure) => {
            let faults = Faults::of(failure)?;
            let view = view(&desk, id, today, typed, faults.clone()).await?;
            desk.form_again(&view, &faults)
        }
    }
}

async fn registered(desk: &Desk, id: ClusterId, typed: &Typed) -> Result<(), Failure> {
    let on = Date::parse_from_str(typed.established_on.trim(), "%Y-%m-%d")
        .map_err(|_| Invalid::field("established_on", "请填写成立日期，如 2026-03-01"))?;
    acts::register(desk.db(), &desk.caller, id, on, &typed.paper_number).await
}
