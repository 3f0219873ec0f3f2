//! What the bureau itself sets: dated parameters of the policy, for the city or one district, and the working-day calendar
//! beyond the years that ship. Kept by the system administrator; read by every rule.

mod acts;
mod pages;
mod store;

pub use acts::{DayTable, NewValue, load_days, set_parameter};
pub use pages::routes;
pub use store::{parameters_of, settings, working_days};
