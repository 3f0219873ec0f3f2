//! Accounts: a login and a password for a person. The security administrator keeps them (GB/T 22239 level 3: unique
//! identity, complexity and change of passwords, failed-login handling); what a person may do comes from posts, never from
//! the account.

mod acts;
mod pages;
mod rules;
mod sheets;
mod store;
mod types;

pub(crate) use acts::{
    count_try, is_password, new_password, of_login, one_time_password, open_in, prove,
    with_credentials_of,
};
pub use acts::{end_sessions, lock, open, reset, set_password, unlock};
pub use pages::routes;
pub use rules::{
    FAILURES_BEFORE_LOCK, LOCK_MS, PASSWORDS_REMEMBERED, Refusal, Renewal, check_password,
    locked_until, plain_login, refused_until, renewal, renewed_from,
};
pub use store::logins;
pub(crate) use store::{
    by_login, end_sessions as end_sessions_in, forget_tries, insert, of_person,
    set_password as store_password, uncount_try_in,
};
pub use types::{Account, Password, Standing, Tries};

#[cfg(test)]
pub(crate) use types::tests::work_on;
