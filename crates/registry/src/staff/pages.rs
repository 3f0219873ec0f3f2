//! Pages of the staff: lists of a kindergarten and of a district, one member as of any day, the forms.

mod form;
mod list;
mod show;

use kernel::{Date, Failure, Permission, StaffId};
use web::{NavLine, Path, Routes};

/// The routes of the slice.
pub fn routes() -> Routes {
    Routes::default()
        .page("/staff", Permission::ReadStaff, list::everywhere)
        .page("/staff.xlsx", Permission::ReadStaff, list::workbook)
        .page("/staff/{staff}", Permission::ReadStaff, show::show)
        .page("/staff/{staff}/edit", Permission::KeepStaff, form::edit)
        .act("/staff/{staff}/corrections", Permission::KeepStaff, form::correct)
        .act("/staff/{staff}/leaving", Permission::KeepStaff, show::leave)
        .act("/staff/{staff}/identity", Permission::UnmaskIdentity, show::unmask)
        .page("/kindergartens/{id}/staff", Permission::ReadStaff, list::of_kindergarten)
        .page("/kindergartens/{id}/staff/new", Permission::KeepStaff, form::new)
        .act("/kindergartens/{id}/staff", Permission::KeepStaff, form::hire)
        .entry(NavLine {
            href: "/staff",
            label: "教职工",
            icon: "users",
            permission: Permission::ReadStaff,
            order: 25,
        })
}

/// The last day on which anything can hold: what holds then is what nothing later follows.
fn last_day() -> Date {
    kernel::OPEN_END.pred_opt().unwrap_or(kernel::OPEN_END)
}

/// A day as a form sends it.
fn parse_day(text: &str) -> Option<Date> {
    Date::parse_from_str(text.trim(), "%Y-%m-%d").ok()
}

/// The id in a path; what is none is not found.
fn id_of(Path(id): &Path<String>) -> Result<StaffId, Failure> {
    id.parse().map_err(|_| Failure::NotFound)
}

/// Code and label of every variant, as a drop-down wants them.
macro_rules! options {
    ($term:ty) => {
        <$term>::ALL.iter().map(|term| (term.code(), term.label())).collect::<Vec<_>>()
    };
}
use options;
