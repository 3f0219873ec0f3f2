//! What the bureau itself sets: dated parameters of the policy, for the city or one district, and the working-day calendar
//! beyond the years that ship, and the terms of school years. Kept by the system administrator; read by every rule.

mod acts;
mod pages;
mod rules;
mod store;
mod types;

#[cfg(test)]
mod tests;

pub use acts::{Recount, Recounting, load_days, set_parameter, set_school_year};
pub use pages::routes;
pub use store::{parameters_of, school_calendar, settings, working_days};
pub use types::{DayTable, NewSchoolYear, NewValue};
