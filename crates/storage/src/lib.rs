//! Where records live: one set of queries and migrations for SQLite (embedded) and PostgreSQL (production).
//!
//! A slice's `store.rs` writes each query once, as SQL with `$1` placeholders and columns from the palette in
//! `migrations.rs`; it never asks which database runs. Reads go through [`Reading`], changes through [`Tx`], and a `Tx`
//! is only kept by [`Tx::commit`] with a note of what happened.

mod actor;
mod connection;
mod dialect;
mod migrations;
mod reading;
mod sql;
mod tx;

pub use actor::Actor;
pub use connection::{Db, Durability, Engine, Settings};
pub use migrations::{MIGRATIONS, schema_text};
pub use reading::{Reading, Source};
pub use sea_orm::{FromQueryResult, Value};
pub use sql::{Sql, like_pattern};
pub use tx::Tx;

use kernel::Failure;
use sea_orm::DbErr;

/// A database error is ours, unless a store function turns a named constraint into a refusal first.
pub(crate) fn broken(error: DbErr) -> Failure {
    Failure::broken(error)
}

/// Whether a failure is the violation of the constraint, index or guard with this name.
pub fn violates(failure: &Failure, name: &str) -> bool {
    match failure {
        Failure::Broken(cause) => cause.to_string().contains(name),
        _ => false,
    }
}
