//! One obligation: what it says, who must, how it stands, where it fails; and how it stood month by month.

use std::sync::Arc;

use std::collections::BTreeMap;

use askama::Template;
use chrono::{Datelike, Months};
use kernel::{Date, Failure};
use policy::Parameters;
use policy::obligations::{Obligation, Scope, State, Tally, obligation};
use policy::parameters::Value;
use registry::settings;
use web::{Desk, MapSettings, Page, Paging, Path, Query, Shell};

use super::super::rules::who_acts;
use super::super::{evaluated, types::Standing};
use super::{Asked, Part, Seen, bar, measure_word, record, said, wanted};

struct Line {
    place: String,
    href: Option<String>,
    /// All that is asked of the place.
    verdicts: String,
    district: String,
    cluster: String,
    state: (&'static str, &'static str),
    reason: String,
    who: String,
}

struct ParameterLine {
    label: &'static str,
    value: String,
    basis: &'static str,
}

#[derive(Template)]
#[template(path = "obligations/pages/show.html")]
struct View {
    shell: Shell,
    city: String,
    map: MapSettings,
    map_source: Option<String>,
    outline: String,
    asked: Asked,
    elsewhere: String,
    query: String,
    trend: String,
    list: String,
    day: Date,
    districts: Vec<(String, String)>,
    one: &'static Obligation,
    state: (&'static str, &'static str),
    is_decided: bool,
    tally: Tally,
    counted: &'static str,
    bar: Vec<Part>,
    /// The states that occur, with the way to their places.
    ways: Vec<(State, usize, String)>,
    parameters: Vec<ParameterLine>,
    paging: Paging,
    lines: Vec<Line>,
}

fn known(id: &str) -> Result<&'static Obligation, Failure> {
    obligation(id).ok_or(Failure::NotFound)
}

pub(super) async fn show(desk: Desk, Path(id): Path<String>, Query(asked): Query<Asked>) -> Page {
    let one = known(&id)?;
    let seen = Seen::of(&desk, &asked).await?;
    let outcome = seen.evaluation.outcome(&id).ok_or(Failure::NotFound)?;
    let standing = Standing::of(outcome, &seen.evaluation);
    let tally = standing.tally;
    let places = &seen.evaluation.places;
    let suffix = if asked.day.is_empty() { String::new() } else { format!("?day={}", seen.day) };
    let name = |scope: Scope| -> BTreeMap<&str, &str> {
        places.of(scope).iter().map(|each| (each.id.as_str(), each.name.as_str())).collect()
    };
    let (districts, clusters) = (name(Scope::District), name(Scope::Cluster));
    let mut each: Vec<_> =
        outcome.each(places).filter(|(_, verdict)| asked.wants(Some(verdict.state()))).collect();
    each.sort_by_key(|(_, verdict)| verdict.state());
    let paging = Paging::of(asked.page.as_deref(), i64::try_from(each.len()).unwrap_or(i64::MAX));
    let skipped = usize::try_from(paging.offset()).unwrap_or_default();
    let taken = usize::try_from(paging.limit()).unwrap_or_default();
    let lines = each.into_iter().skip(skipped).take(taken).map(|(place, verdict)| {
        let district = districts
            .get(place.district.as_str())
            .map_or_else(|| seen.name_of_district(&place.district), |name| *name);
        let cluster = place.cluster.as_ref().and_then(|id| clusters.get(id.as_str())).copied();
        Line {
            place: place.name.clone(),
            href: record(one, place, &suffix),
            verdicts: format!("/obligations/places/{}{suffix}", place.id),
            district: district.to_owned(),
            cluster: cluster.unwrap_or_default().to_owned(),
            state: said(Some(verdict.state())),
            reason: verdict.reason(),
            who: who_acts(one, place, district, cluster),
        }
    });
    let narrowed = asked.place_and_day();
    let counts = [
        (State::Failed, tally.failed),
        (State::Excepted, tally.excepted),
        (State::Unknown, tally.unknown),
        (State::Met, tally.met),
    ];
    let ways = counts.into_iter().filter(|(_, count)| *count > 0).map(|(state, count)| {
        (state, count, format!("/obligations/{id}?{}", narrowed.with_state(state.code())))
    });
    let has_map = standing.is_decided && tally.in_scope > 0 && one.scope != Scope::City;
    let query = narrowed.query();
    let address = |tail: &str| {
        format!("/obligations/{id}{tail}?{query}").trim_end_matches(['?', '&']).to_owned()
    };
    let view = View {
        shell: seen.shell(&desk, format!("{id} {}", one.demand)),
        city: desk.app.settings.city_name.clone(),
        map: desk.app.settings.map.clone(),
        map_source: has_map.then(|| address("/map.geojson")),
        outline: outline(&desk, &asked, &seen),
        elsewhere: {
            let others = Asked { district: String::new(), cluster: String::new(), ..asked.clone() };
            format!("/obligations/{id}?{}district=", others.query())
        },
        query: asked.query(),
        trend: address("/trend"),
        list: format!("/obligations?{query}").trim_end_matches(['?', '&']).to_owned(),
        day: seen.day,
        districts: if seen.districts.len() > 1 { seen.pairs() } else { Vec::new() },
        one,
        state: said(standing.state()),
        is_decided: standing.is_decided,
        tally,
        counted: measure_word(one.scope),
        bar: bar(&tally),
        ways: ways.collect(),
        parameters: parameters(&desk, &asked, one, seen.day).await?,
        paging,
        lines: lines.collect(),
        asked,
    };
    desk.page(&view)
}

/// The ground of the map: the district that is shown, or all that are reached.
fn outline(desk: &Desk, asked: &Asked, seen: &Seen) -> String {
    let only = match seen.districts.as_slice() {
        _ if !asked.district.is_empty() => Some(asked.district.clone()),
        [only] => Some(only.code.clone()),
        // A principal reaches no area: the district of her own cluster.
        [] => seen.evaluation.places.of(Scope::Cluster).first().map(|own| own.district.clone()),
        _ => None,
    };
    match only {
        Some(code) => format!("/districts/{code}/outline.geojson"),
        None if desk.caller.reach.is_city_wide() => "/city/outline.geojson".to_owned(),
        None => String::new(),
    }
}

/// What the clause leaves open, as it holds on the day in the district that is shown, or in the city.
async fn parameters(
    desk: &Desk,
    asked: &Asked,
    one: &Obligation,
    day: Date,
) -> Result<Vec<ParameterLine>, Failure> {
    if one.parameters.is_empty() {
        return Ok(Vec::new());
    }
    let settings = settings::settings(&desk.reading()).await?;
    let only = desk.caller.reach.only_district().map(str::to_owned);
    let district = if asked.district.is_empty() { only } else { Some(asked.district.clone()) };
    let holding = match district {
        Some(code) => Parameters::of(&code, day, &settings),
        None => Parameters::of_city(day, &settings),
    };
    let line = |parameter: &policy::Parameter| {
        let value = holding.value(*parameter);
        let value = match value {
            Value::Whole(number) => {
                format!("{number} {}", parameter.unit().label())
            }
            Value::Flag(flag) => if flag { "是" } else { "否" }.to_owned(),
            Value::Grades(grades) => {
                grades.iter().map(|grade| grade.label()).collect::<Vec<_>>().join("、")
            }
        };
        ParameterLine { label: parameter.label(), value, basis: parameter.basis() }
    };
    Ok(one.parameters.iter().map(line).collect())
}

struct Month {
    day: Date,
    tally: Tally,
    bar: Vec<Part>,
    href: String,
}

#[derive(Template)]
#[template(path = "obligations/pages/_trend.html")]
struct TrendView {
    months: Vec<Month>,
}

/// How it stood at the ends of the last twelve months and stands on the day: judged anew by the records and parameters of
/// each of these days, since a correction may change what is past.
pub(super) async fn trend(desk: Desk, Path(id): Path<String>, Query(asked): Query<Asked>) -> Page {
    let one = known(&id)?;
    let day = asked.day(desk.caller.today());
    let district = (!asked.district.is_empty()).then_some(asked.district.as_str());
    let posts = one.capability == policy::obligations::Capability::Institutions;
    let reading = desk.reading();
    let mut months = Vec::new();
    for end in month_ends(day) {
        let evaluation = evaluated(&reading, wanted(&desk, end, district, posts)).await?;
        let is_asked = |place: &policy::obligations::Place| {
            asked.cluster.is_empty() || place.cluster.as_deref() == Some(asked.cluster.as_str())
        };
        let evaluation = Arc::unwrap_or_clone(evaluation).within(|_, place| is_asked(place));
        let tally =
            evaluation.outcome(&id).map(|own| own.tally(&evaluation.places)).unwrap_or_default();
        let there = Asked { day: end.to_string(), ..asked.place_and_day() };
        months.push(Month {
            day: end,
            bar: bar(&tally),
            tally,
            href: format!("/obligations/{id}?{}", there.query()).trim_end_matches('&').to_owned(),
        });
    }
    desk.page(&TrendView { months })
}

/// The last days of the twelve months before the day's, and the day.
fn month_ends(day: Date) -> Vec<Date> {
    let first = day.with_day(1).unwrap_or(day);
    let ends = (0..12).rev().filter_map(|back| first.checked_sub_months(Months::new(back)));
    ends.filter_map(|begin| begin.pred_opt()).chain([day]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_year_of_month_ends_lies_before_the_day() {
        let day = Date::from_ymd_opt(2026, 3, 15).unwrap();
        let ends = month_ends(day);
        assert_eq!(ends.len(), 13);
        assert_eq!(ends[0], Date::from_ymd_opt(2025, 3, 31).unwrap());
        assert_eq!(ends[11], Date::from_ymd_opt(2026, 2, 28).unwrap());
        assert_eq!(ends[12], day);
    }
}
