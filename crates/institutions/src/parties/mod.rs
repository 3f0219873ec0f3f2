//! Party organisations (2.1.3-10): a kindergarten forms its own branch, or belongs to a joint branch or joint committee of
//! the cluster; to exactly one on any day.

pub mod acts;
pub mod store;

mod pages;
mod rules;
mod sheets;
mod types;

#[cfg(test)]
mod tests;

pub use pages::routes;
pub use rules::Refusal;
pub use store::{list, of_kindergarten};
pub use types::{Belonging, Filter, Kind, NewParty, Party};
