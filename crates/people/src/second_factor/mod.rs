//! The second factor: a code of six digits that changes every half minute (TOTP, RFC 6238), by the person's own choice, with
//! ten recovery codes for the day on which the telephone is lost. No code is taken twice.
//!
//! The secret is sealed under a key that is not in the database. Without keys (`db.keys()`) the
//! second factor can't be switched on, and its page says so.

mod acts;
mod pages;
mod rules;
mod store;

pub use acts::switch_off;
pub(crate) use acts::{Taken, take};
pub use pages::routes;
#[cfg(test)]
pub(crate) use rules::code_at;
pub use rules::{RECOVERY_CODES, Refusal};
