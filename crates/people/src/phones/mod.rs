//! Telephone numbers: where the city plugs in its own gateway, a person may bind a number to the account and sign in by a code that
//! the gateway delivers. Nothing depends on it. Numbers are sealed; whether one is known here no answer tells.

pub(crate) mod acts;

mod pages;
mod rules;
mod store;
mod types;

#[cfg(test)]
mod tests;

pub use pages::routes;
pub use rules::Refusal;
