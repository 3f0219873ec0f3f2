//! One kindergarten: its head, its liaison, its party organisation, and the forms that fill what is missing.

use askama::Template;
use kernel::{Date, KindergartenId, PostKind, PostScope};
use registry::kindergartens::{day_of, shown_day};
use serde::Deserialize;
use web::{Desk, Page, Path, Query, Shell};

use crate::appointments::{self, Holding, State};
use crate::parties::{self, Party};
use crate::staffing::types::Gap;

/// Most posts of a kindergarten that the page shows.
const MOST_POSTS: i64 = 100;

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct OnDay {
    day: String,
}

#[derive(Template)]
#[template(path = "staffing/pages/kindergarten.html")]
struct View {
    shell: Shell,
    href: String,
    suffix: String,
    day: Date,
    name: String,
    is_open: bool,
    /// The committee's page, when the kindergarten is in a cluster.
    committee: Option<String>,
    heads: Vec<Holding>,
    liaisons: Vec<Holding>,
    past: Vec<Holding>,
    party: Option<Party>,
    new_head: Option<String>,
    new_liaison: Option<String>,
    new_party: Option<String>,
}

pub(super) async fn show(
    desk: Desk,
    Path(id): Path<KindergartenId>,
    Query(on): Query<OnDay>,
) -> Page {
    let today = desk.caller.today();
    let day = day_of(&on.day, today);
    let reading = desk.reading();
    let kindergarten = registry::kindergartens::store::find(&reading, id, day).await?;
    let filter = appointments::Filter { kindergarten: Some(id), ..appointments::Filter::default() };
    let posts = appointments::list(&reading, &filter, day, MOST_POSTS, 0).await?;
    let (past, standing): (Vec<Holding>, Vec<Holding>) =
        posts.into_iter().partition(|held| held.state_on(day) == State::Ended);
    let (heads, liaisons) = standing.into_iter().partition(|held: &Holding| held.kind.holds_seat());
    let scope = PostScope::Kindergarten(id);
    let ground = appointments::ground(&reading, &scope, today).await.ok();
    let new = |kind: PostKind| {
        let ground = ground.as_ref()?;
        let may = kind.given_with().is_some_and(|permission| desk.caller.may(permission))
            && appointments::may_give(&desk.caller, kind, ground).is_ok();
        may.then(|| appointments::new_form(kind, &scope))
    };
    let facts = &kindergarten.facts;
    let keeps_parties = desk.caller.may(Gap::Party.filled_with())
        && desk.caller.district() == Some(facts.district.as_str());
    let mut shell = desk.shell(format!("{}人员配备", facts.name));
    shell.day = shown_day(day, today);
    let suffix = shell.day.as_ref().map(|day| format!("?day={day}")).unwrap_or_default();
    let view = View {
        shell,
        href: format!("/kindergartens/{id}"),
        day,
        name: facts.name.to_string(),
        is_open: facts.status == policy::Status::Open,
        committee: kindergarten
            .cluster
            .as_ref()
            .map(|own| format!("/clusters/{}/committee{suffix}", own.id)),
        suffix,
        heads,
        liaisons,
        past,
        party: parties::of_kindergarten(&reading, id, day).await?,
        new_head: new(PostKind::Principal),
        new_liaison: new(PostKind::Liaison),
        new_party: keeps_parties
            .then(|| format!("/districts/{}/parties/new?kindergarten={id}", facts.district)),
    };
    desk.page(&view)
}
