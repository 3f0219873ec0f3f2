//! Accounts: a login and a password for a person. The security administrator keeps them (GB/T 22239 level 3: unique
//! identity, failed-login handling); what a person may do comes from posts, never from the account.

mod acts;
mod pages;
mod rules;
mod store;
mod types;

pub use acts::{open, set_password, unlock};
pub use pages::routes;
pub use rules::{Refusal, check_password, is_locked, lock_after};
pub(crate) use store::{after_failure, after_success, by_login};
pub use types::{Account, Password};
