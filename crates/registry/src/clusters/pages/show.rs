//! One cluster as of any day.

use askama::Template;
use kernel::{Date, Failure, OPEN_END, Permission};
use policy::{Grade, Ownership, Rule};
use serde::Deserialize;
use web::{Desk, MapSettings, Page, Path, Query, Shell, answer};

use super::super::rules::measure;
use super::super::store;
use super::super::types::{Cluster, Event, StandingException};
use super::metres;
use crate::kindergartens::{self, Kindergarten, Role, Site, day_of, shown_day};
use crate::{places, settings};

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct OnDay {
    day: String,
}

struct MemberLine {
    href: String,
    name: String,
    role: Role,
    street: String,
    ownership: Ownership,
    grade: Grade,
    is_city_run: bool,
    status: policy::Status,
    distance: String,
    since: Date,
}

struct ExceptionLine {
    rule: String,
    clause: &'static str,
    wording: &'static str,
    reason: String,
    approved_by: String,
    paper_number: String,
    last: Option<Date>,
}

#[derive(Template)]
#[template(path = "clusters/pages/show.html")]
struct ShowView {
    shell: Shell,
    city: String,
    districts: Vec<places::District>,
    map: MapSettings,
    map_source: String,
    outline: String,
    href: String,
    suffix: String,
    day: Date,
    cluster: Cluster,
    until: Option<Date>,
    may_see_amendments: bool,
    may_see_posts: bool,
    may_see_obligations: bool,
    most: u32,
    mix: String,
    mean: String,
    farthest: String,
    members: Vec<MemberLine>,
    exceptions: Vec<ExceptionLine>,
    history: Vec<Event>,
}

pub(super) async fn show(desk: Desk, Path(id): Path<String>, Query(on): Query<OnDay>) -> Page {
    let id = id.parse().map_err(|_| Failure::NotFound)?;
    let today = desk.caller.today();
    let day = day_of(&on.day, today);
    let reading = desk.reading();
    let cluster = match store::find(&reading, id, day).await {
        Ok(cluster) => cluster,
        // Without a day in the address a cluster that has ended is shown as it last was.
        Err(Failure::NotFound) if on.day.is_empty() => {
            let last = store::last_day(&reading, id, today).await?;
            store::find(&reading, id, last).await?;
            return answer::see(&format!("/clusters/{id}?day={last}"));
        }
        Err(failure) => return Err(failure.into()),
    };
    let everybody = kindergartens::store::in_clusters(&reading, &[id], day).await?;
    let regions = places::store::names(&reading).await?;
    let parameters = settings::parameters_of(&reading, &cluster.district, day).await?;
    let measures = measure(&everybody.iter().map(Site::from).collect::<Vec<_>>());
    let mut members: Vec<MemberLine> = everybody
        .iter()
        .map(|each| {
            let street = each.facts.street.as_deref().and_then(|code| regions.street(code));
            member(each, &cluster, street.map(|street| street.name.clone()).unwrap_or_default())
        })
        .collect();
    members.sort_by_key(|member| member.role);
    let mut shell = desk.shell(cluster.name.as_str());
    shell.day = shown_day(day, today);
    let suffix = shell.day.as_ref().map(|day| format!("?day={day}")).unwrap_or_default();
    let [public, inclusive, private] = measures.by_ownership;
    let view = ShowView {
        shell,
        city: desk.app.settings.city_name.clone(),
        districts: places::store::reached(&reading).await?,
        map: desk.app.settings.map.clone(),
        map_source: format!("/clusters/{id}/map.geojson{suffix}"),
        outline: format!("/districts/{}/outline.geojson", cluster.district),
        href: format!("/clusters/{id}"),
        suffix,
        day,
        until: (cluster.until != OPEN_END).then_some(cluster.until),
        may_see_amendments: desk.caller.may(Permission::ReadPlans),
        may_see_posts: desk.caller.may(Permission::ReadPosts),
        may_see_obligations: desk.caller.may(Permission::ReadObligations),
        most: parameters.largest_cluster,
        mix: format!("{public}／{inclusive}／{private}"),
        mean: metres(measures.mean_m),
        farthest: metres(measures.farthest_m),
        members,
        exceptions: store::exceptions(&reading, id, day)
            .await?
            .into_iter()
            .map(exception)
            .collect(),
        history: store::history(&reading, id).await?,
        cluster,
    };
    desk.page(&view)
}

fn member(each: &Kindergarten, cluster: &Cluster, street: String) -> MemberLine {
    let own = each.cluster.as_ref();
    let centre = cluster.centre.as_ref().filter(|centre| centre.id != each.id);
    MemberLine {
        href: format!("/kindergartens/{}", each.id),
        name: each.facts.name.to_string(),
        role: own.map_or(Role::Member, |own| own.role),
        street,
        ownership: each.facts.ownership,
        grade: each.facts.grade,
        is_city_run: each.facts.answers_to() == policy::RunBy::City,
        status: each.facts.status,
        distance: metres(centre.map(|centre| centre.point.distance_m(each.facts.point))),
        since: own.map_or(cluster.since, |own| own.since),
    }
}

fn exception(exception: StandingException) -> ExceptionLine {
    let rule = Rule::from_code(&exception.rule);
    ExceptionLine {
        rule: rule.map_or(exception.rule, |rule| rule.label().to_owned()),
        clause: rule.map_or("", |rule| rule.clause().id),
        wording: rule.map_or("", |rule| rule.clause().wording),
        reason: exception.reason,
        approved_by: exception.approved_by,
        paper_number: exception.paper_number,
        last: if exception.to == OPEN_END { None } else { exception.to.pred_opt() },
    }
}
