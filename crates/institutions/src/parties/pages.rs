//! The pages of party organisations: the list and its workbook, one organisation as of any day, and its registration.

mod form;
mod list;
mod show;

use kernel::{Date, Permission};
use web::{NavLine, Routes};

/// The routes of the slice.
pub fn routes() -> Routes {
    Routes::default()
        .page("/parties", Permission::ReadPosts, list::list)
        .page("/parties.xlsx", Permission::ReadPosts, list::workbook)
        .page("/parties/{party}", Permission::ReadPosts, show::show)
        .page("/districts/{code}/parties/new", Permission::KeepParties, form::blank)
        .act("/districts/{code}/parties", Permission::KeepParties, form::register)
        .act("/parties/{party}/memberships", Permission::KeepParties, show::join)
        .act("/parties/{party}/departures", Permission::KeepParties, show::leave)
        .entry(NavLine {
            href: "/parties",
            label: "党组织",
            icon: "star",
            permission: Permission::ReadPosts,
            order: 28,
        })
}

/// A day as a form sends it.
fn day(text: &str) -> Option<Date> {
    Date::parse_from_str(text.trim(), "%Y-%m-%d").ok()
}
