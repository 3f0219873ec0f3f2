//! One kindergarten as of any day.

use askama::Template;
use geography::Regions;
use kernel::{Date, OPEN_END, Permission};
use serde::Deserialize;
use web::{Desk, MapSettings, Page, Path, Query, Shell};

use super::super::types::{Change, Delegation, Facts, Kindergarten, Role, State, Stay};
use super::super::{rules, store};
use super::{day_of, id_of, may_correct, may_delegate, shown_day};
use crate::places;

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct OnDay {
    day: String,
}

/// What changed on one day.
struct Turn {
    on: Date,
    recorded: String,
    cause: String,
    changes: Vec<Change>,
}

/// The cluster on the day, from this kindergarten's side.
struct ClusterLine {
    href: String,
    name: String,
    role: Role,
    since: Date,
    centre: Option<(String, String)>,
    distance_m: Option<i64>,
    size: usize,
}

struct StayLine {
    href: String,
    name: String,
    role: Role,
    from: Date,
    to: Option<Date>,
    paper_number: String,
}

struct PaperLine {
    number: String,
    dated: Date,
    from: Date,
    last: Option<Date>,
    end: Option<String>,
    state: &'static str,
}

#[derive(Template)]
#[template(path = "kindergartens/pages/show.html")]
struct ShowView {
    shell: Shell,
    city: String,
    districts: Vec<places::District>,
    map: MapSettings,
    map_source: String,
    outline: String,
    href: String,
    day: Date,
    today: Date,
    facts: Facts,
    district: String,
    street: String,
    is_city_run: bool,
    is_known_to_end: Option<Date>,
    since: Date,
    cluster: Option<ClusterLine>,
    delegated: bool,
    turns: Vec<Turn>,
    stays: Vec<StayLine>,
    papers: Vec<PaperLine>,
    may_correct: bool,
    may_delegate: bool,
    may_see_posts: bool,
    /// What the policy asks of it, for those who may see that.
    obligations: Option<String>,
    may_read_staff: bool,
}

pub(super) async fn show(desk: Desk, path: Path<String>, Query(on): Query<OnDay>) -> Page {
    let (id, today) = (id_of(&path)?, desk.caller.today());
    let day = day_of(&on.day, today);
    let reading = desk.reading();
    let kindergarten = store::find(&reading, id, day).await?;
    let regions = places::store::names(&reading).await?;
    let cluster = match &kindergarten.cluster {
        Some(cluster) => {
            let everybody = store::in_clusters(&reading, &[cluster.id], day).await?;
            Some(cluster_line(&kindergarten, &everybody))
        }
        None => None,
    };
    let may_delegate = may_delegate(&desk.caller, &kindergarten);
    let papers = store::delegations(&reading, id).await?;
    let facts = &kindergarten.facts;
    let mut shell = desk.shell(facts.name.as_str());
    shell.day = shown_day(day, today);
    let view = ShowView {
        shell,
        city: desk.app.settings.city_name.clone(),
        districts: places::store::reached(&reading).await?,
        map: desk.app.settings.map.clone(),
        map_source: format!("/kindergartens/{id}/map.geojson?day={day}"),
        outline: format!("/districts/{}/outline.geojson", facts.district),
        href: format!("/kindergartens/{id}"),
        day,
        today,
        district: regions
            .district(&facts.district)
            .map_or(&facts.district, |district| &district.name)
            .clone(),
        street: facts
            .street
            .as_deref()
            .and_then(|code| regions.street(code))
            .map(|each| each.name.clone())
            .unwrap_or_default(),
        is_city_run: facts.answers_to() == policy::RunBy::City,
        is_known_to_end: (kindergarten.until != OPEN_END).then_some(kindergarten.until),
        since: kindergarten.since,
        cluster: cluster.flatten(),
        delegated: kindergarten.delegated,
        turns: turns(&store::history(&reading, id).await?, &regions),
        stays: store::stays(&reading, id).await?.into_iter().map(stay).collect(),
        papers: papers
            .into_iter()
            .map(|paper| paper_line(&paper, id, today, may_delegate))
            .collect(),
        may_correct: may_correct(&desk.caller, &kindergarten),
        may_delegate,
        may_see_posts: desk.caller.may(Permission::ReadPosts),
        obligations: desk
            .caller
            .may(Permission::ReadObligations)
            .then(|| format!("/obligations/places/{id}")),
        may_read_staff: desk.caller.may(kernel::Permission::ReadStaff)
            && rules::may_look_inside(&desk.caller, id).is_ok(),
        facts: kindergarten.facts,
    };
    desk.page(&view)
}

fn cluster_line(kindergarten: &Kindergarten, everybody: &[Kindergarten]) -> Option<ClusterLine> {
    let cluster = kindergarten.cluster.as_ref()?;
    let centre = everybody
        .iter()
        .find(|each| each.cluster.as_ref().is_some_and(|own| own.role == Role::Centre));
    Some(ClusterLine {
        href: format!("/clusters/{}", cluster.id),
        name: cluster.name.clone(),
        role: cluster.role,
        since: cluster.since,
        size: everybody.len(),
        centre: centre
            .map(|centre| (format!("/kindergartens/{}", centre.id), centre.facts.name.to_string())),
        distance_m: centre
            .filter(|centre| centre.id != kindergarten.id)
            .map(|centre| centre.facts.point.distance_m(kindergarten.facts.point).round() as i64),
    })
}

/// The history from the states, the latest first: each against the one before it.
fn turns(states: &[State], regions: &Regions) -> Vec<Turn> {
    let before = states.iter().skip(1).map(Some).chain([None]);
    states
        .iter()
        .zip(before)
        .map(|(state, before)| Turn {
            on: state.from,
            recorded: state.recorded_at.to_string(),
            cause: state.cause.clone(),
            changes: before
                .map(|before| rules::changes(&before.facts, &state.facts, regions))
                .unwrap_or_default(),
        })
        .collect()
}

fn stay(stay: Stay) -> StayLine {
    StayLine {
        href: format!("/clusters/{}?day={}", stay.cluster.id, stay.cluster.since),
        name: stay.cluster.name,
        role: stay.cluster.role,
        from: stay.cluster.since,
        to: (stay.to != OPEN_END).then_some(stay.to),
        paper_number: stay.paper_number,
    }
}

fn paper_line(
    paper: &Delegation,
    id: kernel::KindergartenId,
    today: Date,
    may_delegate: bool,
) -> PaperLine {
    let last = if paper.to == OPEN_END { None } else { paper.to.pred_opt() };
    let state = match (paper.from <= today, today < paper.to) {
        (false, _) => "尚未生效",
        (true, true) => "有效",
        (true, false) => "已失效",
    };
    let may_end = may_delegate && today < paper.to;
    PaperLine {
        number: paper.number.clone(),
        dated: paper.dated,
        from: paper.from,
        last,
        end: may_end.then(|| format!("/kindergartens/{id}/delegations/{}/end", paper.id)),
        state,
    }
}
