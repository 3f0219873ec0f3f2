//! Pages of the register: the list and its workbook, one kindergarten as of any day, its correction, its papers.

mod correction;
mod delegation;
mod list;
mod map;
mod show;

use kernel::{Caller, Date, KindergartenId, Permission};
use web::{NavLine, Path, Routes};

use super::rules;
use super::types::Kindergarten;

pub(crate) use map::{collection, feature};

/// The routes of the slice.
pub fn routes() -> Routes {
    Routes::default()
        .page("/kindergartens", Permission::ReadPlaces, list::list)
        .page("/kindergartens.xlsx", Permission::ReadPlaces, list::workbook)
        .page("/kindergartens.geojson", Permission::ReadPlaces, map::of_list)
        .page("/kindergartens/{id}", Permission::ReadPlaces, show::show)
        .page("/kindergartens/{id}/map.geojson", Permission::ReadPlaces, map::of_one)
        .page("/kindergartens/{id}/edit", Permission::EditRegister, correction::edit)
        .act("/kindergartens/{id}/corrections", Permission::EditRegister, correction::correct)
        .page("/kindergartens/{id}/delegations/new", Permission::EditRegister, delegation::new)
        .act("/kindergartens/{id}/delegations", Permission::EditRegister, delegation::record)
        .act(
            "/kindergartens/{id}/delegations/{paper}/end",
            Permission::EditRegister,
            delegation::end,
        )
        .entry(NavLine {
            href: "/kindergartens",
            label: "幼儿园",
            icon: "school",
            permission: Permission::ReadPlaces,
            order: 20,
        })
}

/// The day that a page was asked for; what is no day is today.
pub fn day_of(asked: &str, today: Date) -> Date {
    parse_day(asked).unwrap_or(today)
}

/// A day as a form sends it.
fn parse_day(text: &str) -> Option<Date> {
    Date::parse_from_str(text.trim(), "%Y-%m-%d").ok()
}

/// What the frame of a page says of the day that it shows.
pub fn shown_day(day: Date, today: Date) -> Option<String> {
    (day != today).then(|| day.to_string())
}

/// The id in a path; what is none is not found.
fn id_of(Path(id): &Path<String>) -> Result<KindergartenId, kernel::Failure> {
    id.parse().map_err(|_| kernel::Failure::NotFound)
}

fn may_correct(caller: &Caller, kindergarten: &Kindergarten) -> bool {
    caller.may(Permission::EditRegister)
        && rules::may_write(caller, &kindergarten.facts.district, kindergarten.facts.answers_to())
            .is_ok()
}

fn may_delegate(caller: &Caller, kindergarten: &Kindergarten) -> bool {
    caller.may(Permission::EditRegister)
        && rules::may_delegate(
            caller,
            &kindergarten.facts.district,
            kindergarten.facts.answers_to(),
        )
        .is_ok()
}

/// Code and label of every variant, as a drop-down wants them.
macro_rules! options {
    ($term:ty) => {
        <$term>::ALL.iter().map(|term| (term.code(), term.label())).collect::<Vec<_>>()
    };
}
use options;
