use askama::Template;
use kernel::{ClusterId, Date, Permission};
use registry::clusters::Cluster;
use registry::kindergartens::{day_of, shown_day};
use serde::Deserialize;
use web::{Desk, Page, Path, Query, Routes, Shell};

use super::rules;
use super::store;
use super::types::{Committee, SeatHolder};

/// The routes of the slice.
pub fn routes() -> Routes {
    Routes::default().page("/clusters/{cluster}/committee", Permission::ReadPosts, show)
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
}

async fn show(desk: Desk, Path(id): Path<ClusterId>, Query(on): Query<OnDay>) -> Page {
    let today = desk.caller.today();
    let day = day_of(&on.day, today);
    let reading = desk.reading();
    let cluster = registry::clusters::store::find(&reading, id, day).await?;
    let committee = store::of_cluster(&reading, id, day).await?;
    let seats = committee.as_ref().map_or(&[][..], |committee| &committee.seats[..]);
    let mut shell = desk.shell(format!("{}治理委员会", cluster.name));
    shell.day = shown_day(day, today);
    let view = View {
        suffix: shell.day.as_ref().map(|day| format!("?day={day}")).unwrap_or_default(),
        shell,
        href: format!("/clusters/{id}"),
        day,
        chair: rules::chair(seats).cloned(),
        members: rules::members_counted(seats),
        vacant: seats.iter().filter(|seat| seat.holder.is_none()).count(),
        cluster,
        committee,
    };
    desk.page(&view)
}
