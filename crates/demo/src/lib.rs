//! The demo city: real districts, streets and communities; invented kindergartens and people. Said so on its pages.
//!
//! [`play`] plays it through the acts of the domain, as the people would who do this work: the city's officer imports the
//! register, districts record their delegation papers, draft plans, have clusters proposed, apply for exceptions, submit;
//! deputies approve and adopt; then posts are
//! taken over and party organisations registered; at last some things go wrong (`gaps`). So whatever a rule refuses, the demo can't hold.

mod cast;
mod days;
mod gaps;
mod play;
mod posts;
pub mod register;
pub mod staff;

pub use cast::{PASSWORD, PrintedAccount, printed_accounts};
pub use play::{StaffOf, Wishes, play};

#[cfg(test)]
mod tests;
