//! The pages of the obligations: by clause, one clause, the text itself, by place, on the map.

mod card;
mod list;
mod map;
mod place;
mod show;
mod text;

use std::sync::Arc;

use kernel::{Date, Failure, Permission};
use policy::obligations::{Capability, Evaluation, Obligation, Place, Scope, State};
use registry::places;
use serde::{Deserialize, Serialize};
use web::{Desk, NavLine, Routes, Shell};

use super::types::{Part, Standing, bar};
use super::{Wanted, evaluated};

/// The routes of the slice.
pub fn routes() -> Routes {
    const READ: Permission = Permission::ReadObligations;
    Routes::default()
        .page("/obligations", READ, list::list)
        .page("/obligations.xlsx", READ, list::workbook)
        .page("/obligations/text", READ, text::text)
        .page("/obligations/card", READ, card::card)
        .page("/obligations/places/{place}", READ, place::place)
        .page("/obligations/{id}", READ, show::show)
        .page("/obligations/{id}/trend", READ, show::trend)
        .page("/obligations/{id}/map.geojson", READ, map::map)
        .entry(NavLine {
            href: "/obligations",
            label: "政策落实",
            icon: "scale",
            permission: READ,
            order: 35,
        })
}

/// What an address asks for. Each page reads what it needs of it.
#[derive(Deserialize, Serialize, Default, Clone)]
#[serde(default)]
struct Asked {
    #[serde(skip_serializing_if = "String::is_empty")]
    district: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    cluster: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    state: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    strength: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    paragraph: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    day: String,
    #[serde(skip_serializing)]
    page: Option<String>,
}

impl Asked {
    /// The day asked for, else today.
    fn day(&self, today: Date) -> Date {
        Date::parse_from_str(&self.day, "%Y-%m-%d").unwrap_or(today)
    }
    /// The filters as an address bears them, with a closing `&`, or nothing.
    fn query(&self) -> String {
        let query = serde_urlencoded::to_string(self).unwrap_or_default();
        if query.is_empty() { query } else { query + "&" }
    }
    /// Only what says where and when, for the way from page to page.
    fn place_and_day(&self) -> Asked {
        Asked {
            district: self.district.clone(),
            cluster: self.cluster.clone(),
            day: self.day.clone(),
            ..Asked::default()
        }
    }
    /// The same with a state.
    fn with_state(&self, state: &str) -> String {
        let asked = Asked { state: state.to_owned(), ..self.clone() };
        serde_urlencoded::to_string(&asked).unwrap_or_default()
    }
    fn wants(&self, state: Option<State>) -> bool {
        self.state.is_empty() || state.is_some_and(|state| state.code() == self.state)
    }
}

/// What a reader sees on a day, and among which districts she may choose.
struct Seen {
    evaluation: Arc<Evaluation>,
    day: Date,
    /// The districts that her areas hold; fewer than two are no choice.
    districts: Vec<places::District>,
}

impl Seen {
    async fn of(desk: &Desk, asked: &Asked) -> Result<Self, Failure> {
        let day = asked.day(desk.caller.today());
        let reading = desk.reading();
        let districts = places::store::reached(&reading).await?;
        let district = (!asked.district.is_empty()).then_some(asked.district.as_str());
        if district.is_some_and(|code| districts.iter().all(|each| each.code != code)) {
            return Err(Failure::NotFound);
        }
        let evaluation = evaluated(&reading, wanted(desk, day, district, true)).await?;
        let evaluation = if asked.cluster.is_empty() {
            evaluation
        } else {
            let own = Arc::unwrap_or_clone(evaluation);
            Arc::new(
                own.within(|_, place| place.cluster.as_deref() == Some(asked.cluster.as_str())),
            )
        };
        Ok(Self { evaluation, day, districts })
    }

    /// The frame of a page, which says when it shows another day than today.
    fn shell(&self, desk: &Desk, title: impl Into<String>) -> Shell {
        let other = (self.day != desk.caller.today()).then(|| self.day.to_string());
        Shell { day: other, ..desk.shell(title) }
    }

    fn pairs(&self) -> Vec<(String, String)> {
        self.districts.iter().map(|each| (each.code.clone(), each.name.clone())).collect()
    }

    fn name_of_district(&self, code: &str) -> &str {
        self.districts.iter().find(|each| each.code == code).map_or("", |each| each.name.as_str())
    }

    fn standings(&self) -> impl Iterator<Item = Standing> {
        self.evaluation.outcomes.iter().map(|outcome| Standing::of(outcome, &self.evaluation))
    }
}

fn wanted<'a>(desk: &'a Desk, day: Date, district: Option<&'a str>, posts: bool) -> Wanted<'a> {
    let code = desk.caller.city.codes().next().unwrap_or_default();
    Wanted { city: (code, &desk.app.settings.city_name), day, district, posts }
}

/// The page of the record that decides an obligation at a place: who holds which post there, or what is registered of it.
/// None for the city and its districts, whose obligations have a page of their own.
fn record(one: &Obligation, place: &Place, suffix: &str) -> Option<String> {
    let folder = match place.id.split_once('_')?.0 {
        "kg" => "kindergartens",
        "cls" => "clusters",
        _ => return None,
    };
    let page = match one.id() {
        "2.1.3-1" | "2.1.3-2" | "2.1.3-3" | "2.1.3-5" => "/committee",
        _ if one.capability == Capability::Institutions => "/staffing",
        _ => "",
    };
    Some(format!("/{folder}/{}{page}{suffix}", place.id))
}

/// How places of a scope are counted.
fn measure_word(scope: Scope) -> &'static str {
    match scope {
        Scope::City => "",
        Scope::District => "个区",
        Scope::Cluster => "个学区",
        Scope::Kindergarten => "所幼儿园",
    }
}

/// A state's code and words; without one the obligation asks nothing here.
fn said(state: Option<State>) -> (&'static str, &'static str) {
    state.map_or(("none", "不涉及"), |state| (state.code(), state.label()))
}
