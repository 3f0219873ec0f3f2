//! All that the policy asks of one place.

use std::sync::Arc;

use askama::Template;
use kernel::{ClusterId, Failure, KindergartenId};
use policy::obligations::{Obligation, Scope, Verdict};
use registry::{clusters, kindergartens, places};
use web::{Desk, Page, Path, Query, Shell, answer};

use super::super::rules::who_acts;
use super::super::{evaluated, types::Standing};
use super::{Asked, Part, bar, said, wanted};

struct Line {
    one: &'static Obligation,
    href: String,
    state: (&'static str, &'static str),
    reason: String,
    who: String,
}

struct InsideLine {
    one: &'static Obligation,
    href: String,
    state: (&'static str, &'static str),
    bar: Vec<Part>,
    failed: usize,
    in_scope: usize,
}

#[derive(Template)]
#[template(path = "obligations/pages/place.html")]
struct View {
    shell: Shell,
    city: String,
    districts: Vec<places::District>,
    district: String,
    district_name: String,
    day: kernel::Date,
    href: String,
    record: String,
    record_label: &'static str,
    cluster: Option<(String, String)>,
    failed: usize,
    excepted: usize,
    met: usize,
    lines: Vec<Line>,
    /// What is asked of the kindergartens of a cluster.
    inside: Vec<InsideLine>,
    /// How many more no record decides yet.
    unknown: usize,
}

/// What the page is about.
struct About {
    scope: Scope,
    name: String,
    district: String,
    record: String,
}

/// The page of a cluster or kindergarten within reach; the city and its districts have theirs in the list.
pub(super) async fn place(
    desk: Desk,
    Path(place): Path<String>,
    Query(asked): Query<Asked>,
) -> Page {
    let reading = desk.reading();
    let today = desk.caller.today();
    let day = asked.day(today);
    let about = match (place.parse::<ClusterId>(), place.parse::<KindergartenId>()) {
        (Ok(id), _) => {
            let found = clusters::store::find(&reading, id, day).await?;
            About {
                scope: Scope::Cluster,
                name: found.name,
                district: found.district,
                record: format!("/clusters/{id}"),
            }
        }
        (_, Ok(id)) => {
            let found = kindergartens::store::find(&reading, id, day).await?;
            About {
                scope: Scope::Kindergarten,
                name: found.facts.name.to_string(),
                district: found.facts.district,
                record: format!("/kindergartens/{id}"),
            }
        }
        _ => return elsewhere(&desk, &place, &asked),
    };
    let evaluation = evaluated(&reading, wanted(&desk, day, Some(&about.district), true)).await?;
    let suffix = if asked.day.is_empty() { String::new() } else { format!("?day={day}") };
    let own = evaluation.places.of(about.scope).iter().find(|each| each.id == place).cloned();
    let cluster = own.as_ref().and_then(|own| own.cluster.clone());
    let named = |id: &str| {
        let all = evaluation.places.of(Scope::Cluster);
        all.iter().find(|each| each.id == id).map(|each| each.name.clone())
    };
    let cluster_name = cluster.as_deref().and_then(named);
    let district_name = places::store::district(&reading, &about.district).await?.name;
    let mut lines = Vec::new();
    let mut unknown = 0;
    for outcome in evaluation.outcomes.iter().filter(|each| each.obligation.scope == about.scope) {
        let verdict = outcome.each(&evaluation.places).find(|(each, _)| each.id == place);
        match verdict {
            Some((_, Verdict::Unknown(_))) => unknown += 1,
            Some((at, verdict)) => lines.push(Line {
                one: outcome.obligation,
                href: format!("/obligations/{}{suffix}", outcome.obligation.id()),
                state: said(Some(verdict.state())),
                reason: verdict.reason(),
                who: who_acts(outcome.obligation, at, &district_name, cluster_name.as_deref()),
            }),
            None => {}
        }
    }
    let count = |code: &str| lines.iter().filter(|line| line.state.0 == code).count();
    let (failed, excepted, met) = (count("failed"), count("excepted"), count("met"));
    let inside = if about.scope == Scope::Cluster {
        inside(
            &Arc::unwrap_or_clone(evaluation)
                .within(|_, each| each.cluster.as_deref() == Some(&place)),
            &place,
            &asked,
        )
    } else {
        Vec::new()
    };
    let title = format!("{}：政策落实", about.name);
    let other = (day != today).then(|| day.to_string());
    let is_kindergarten = about.scope == Scope::Kindergarten;
    let view = View {
        shell: Shell { day: other, ..desk.shell(title) },
        city: desk.app.settings.city_name.clone(),
        districts: places::store::reached(&reading).await?,
        district: about.district,
        district_name,
        day,
        href: format!("/obligations/places/{place}"),
        record: format!("{}{suffix}", about.record),
        record_label: if is_kindergarten { "幼儿园登记信息" } else { "学区登记信息" },
        cluster: cluster
            .filter(|_| is_kindergarten)
            .zip(cluster_name)
            .map(|(id, name)| (format!("/obligations/places/{id}{suffix}"), name)),
        failed,
        excepted,
        met,
        lines,
        inside,
        unknown,
    };
    desk.page(&view)
}

/// What is asked of the kindergartens of the cluster to which the evaluation was narrowed.
fn inside(
    narrowed: &policy::obligations::Evaluation,
    cluster: &str,
    asked: &Asked,
) -> Vec<InsideLine> {
    let of_kindergartens =
        narrowed.outcomes.iter().filter(|each| each.obligation.scope == Scope::Kindergarten);
    let there = Asked { cluster: cluster.to_owned(), day: asked.day.clone(), ..Asked::default() };
    of_kindergartens
        .map(|outcome| Standing::of(outcome, narrowed))
        .filter(|standing| standing.is_decided && standing.tally.in_scope > 0)
        .map(|standing| InsideLine {
            one: standing.obligation,
            href: format!("/obligations/{}?{}", standing.obligation.id(), there.query())
                .trim_end_matches('&')
                .to_owned(),
            state: said(standing.state()),
            bar: bar(&standing.tally),
            failed: standing.tally.failed,
            in_scope: standing.tally.in_scope,
        })
        .collect()
}

/// The obligations of the city or of a district are the list itself.
fn elsewhere(desk: &Desk, place: &str, asked: &Asked) -> Page {
    let is_city = desk.caller.city.codes().next() == Some(place);
    if !is_city && !desk.caller.reach.holds(&desk.caller.district_place(place)) {
        return Err(Failure::NotFound.into());
    }
    let district = if is_city { String::new() } else { place.to_owned() };
    let there = Asked { district, day: asked.day.clone(), ..Asked::default() };
    answer::see(format!("/obligations?{}", there.query()).trim_end_matches(['?', '&']))
}
