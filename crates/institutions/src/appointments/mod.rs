//! Appointments (聘任): heads of kindergartens, inspectors, liaisons, teaching-research leads and trainers, each by whoever
//! must appoint them (2.1.3-6 to 2.1.3-9), with a letter, an end and, for inspectors, a term. One by one on a form, or many
//! at once from a file, by the same rules and under the same locks.

pub mod acts;
pub mod store;

mod pages;
mod rules;
mod sheets;
mod types;

#[cfg(test)]
mod tests;

pub use acts::{Bringer, apply_posts, look_at_posts, preview_posts, renew_posts};
pub use pages::{import_page, import_routes, new_form, routes};
pub use rules::{Refusal, default_end, may_give, term_of};
pub use store::{ending, ground, list};
pub use types::{
    Appointment, Door, Ending, Filter, Ground, Holding, NewHolder, Preview, PreviewedPosts,
    SOON_DAYS, Span, State, Who,
};
