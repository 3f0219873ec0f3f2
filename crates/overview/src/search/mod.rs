//! Search from anywhere: kindergartens, clusters, persons, clauses of the policy and pages, by name, part of the name, pinyin
//! (full, initials, every reading), code or former name, on any day, and never beyond what the caller reaches.
//! Why it is built as it is: `docs/decisions/0007-search.md`.

pub mod store;

mod pages;
mod types;

#[cfg(test)]
mod tests;

pub use pages::routes;
pub use types::{Sought, Unsearchable};
