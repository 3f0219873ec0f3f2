//! The pages of amendments: a district's, a cluster's, and the form on which one is checked and made.

mod form;
mod list;

use kernel::{Date, Permission};
use web::Routes;

/// The routes of the slice.
pub fn routes() -> Routes {
    Routes::default()
        .page("/amendments", Permission::ReadPlans, list::list)
        .page("/amendments.xlsx", Permission::ReadPlans, list::workbook)
        .page("/clusters/{cluster}/amendments", Permission::ReadPlans, list::of_cluster)
        .page("/clusters/{cluster}/amendments/new", Permission::AmendClusters, form::blank)
        .act("/clusters/{cluster}/amendments/check", Permission::AmendClusters, form::check)
        .act("/clusters/{cluster}/amendments", Permission::AmendClusters, form::amend)
}

/// A day as a form sends it.
fn day(text: &str) -> Option<Date> {
    Date::parse_from_str(text.trim(), "%Y-%m-%d").ok()
}
