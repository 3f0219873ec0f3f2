//! The second factor: a code of six digits that changes every half minute (TOTP, RFC 6238), by the person's own choice, with
//! ten recovery codes for the day on which the telephone is lost. No code is taken twice.
//!
//! The secret is sealed under a key that is not in the database. Who holds the key is plugged in: [`Vault`]. Without one the
//! second factor can't be switched on, and its page says so.

mod acts;
mod pages;
mod rules;
mod store;
mod types;

pub(crate) use acts::{Taken, take};
pub use pages::routes;
#[cfg(test)]
pub(crate) use rules::code_at;
pub use rules::{RECOVERY_CODES, Refusal};
pub use types::{Sealed, Sealer, Vault};

/// The column that this capability seals, with the table's and the key's column: for whoever checks that every key is there.
pub const SEALED_COLUMN: (&str, &str) = ("second_factor", "key_id");
