//! Officers: the posts of bureaux and the administrators', which no office gives. The security administrator gives and ends
//! them, opens the account of a newcomer in the same act, and can do none of it for himself.

pub mod acts;

mod pages;
mod rules;
mod sheets;
mod store;
mod types;

#[cfg(test)]
mod tests;

pub use acts::{Appointment, Newcomer, appoint, found, welcome};
pub use pages::routes;
pub use rules::Refusal;
