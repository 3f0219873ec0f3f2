//! The page after sign-in: what waits for me, my places, what changed.

mod pages;
mod store;
mod types;

pub use pages::routes;
