use askama::Template;
use kernel::{Failure, Permission};
use storage::Source as _;
use web::{Desk, NavLine, Page, Porch, Routes, Shell, answer};

use super::store;
use super::types::Change;
use crate::districts::{self, Figures};
use crate::tasks::{self, Group};

/// The first pages.
pub fn routes() -> Routes {
    Routes::default().open_page("/", front).page("/workbench", Permission::Workbench, show).entry(
        NavLine {
            href: "/workbench",
            label: "工作台",
            icon: "layout-dashboard",
            permission: Permission::Workbench,
            order: 10,
        },
    )
}

async fn front(porch: Porch) -> Page {
    answer::see(if porch.visit.caller.is_some() { "/workbench" } else { "/sign-in" })
}

#[derive(Template)]
#[template(path = "workbench/pages/show.html")]
struct View {
    shell: Shell,
    greeting: String,
    tasks: Vec<Group>,
    places: Vec<Figures>,
    changes: Vec<Change>,
    own: Option<String>,
    cluster: Option<String>,
    may_see_obligations: bool,
    /// What is wrong with the backups, for who configures the system; else empty.
    backups: String,
}

async fn show(desk: Desk) -> Page {
    let reading = desk.reading();
    let caller = &desk.caller;
    let reads_places = caller.may(Permission::ReadPlaces);
    let places =
        if reads_places { districts::figures(&reading, caller.today()).await? } else { Vec::new() };
    let view = View {
        shell: desk.shell("工作台"),
        greeting: format!("{}，{}", caller.name, caller.post_label),
        tasks: tasks::waiting(&reading, caller, 1).await?,
        places,
        changes: if reads_places {
            reading.remembered("changes", (), store::changes(&reading)).await?.to_vec()
        } else {
            Vec::new()
        },
        own: caller.reach.kindergartens.first().map(ToString::to_string),
        cluster: caller.reach.clusters.first().map(ToString::to_string),
        may_see_obligations: caller.may(Permission::ReadObligations),
        backups: backups(&desk).await?,
    };
    desk.page(&view)
}

/// The demo city is played anew, not restored.
async fn backups(desk: &Desk) -> Result<String, Failure> {
    if !desk.caller.may(Permission::ConfigureSystem) || desk.app.settings.is_demo {
        return Ok(String::new());
    }
    let hours = desk.app.settings.backups.as_ref().map(|set| set.hours);
    let standing = backups::standing(&desk.reading()).await?;
    Ok(backups::worry(&standing, hours, desk.caller.now).unwrap_or_default())
}
