//! Where records live: one set of queries and migrations for SQLite (embedded) and PostgreSQL (production).
//!
//! A slice's `store.rs` writes each query once, as SQL with `$1` placeholders and columns from the palette in
//! `migrations.rs`; it never asks which database runs. Reads go through [`Reading`], changes through [`Tx`], and a `Tx`
//! is only kept by [`Tx::commit`] with a note of what happened.

mod actor;
mod catalog;
mod connection;
mod dialect;
mod loading;
mod memory;
mod migrations;
mod postgres;
mod reading;
mod row;
mod sealed;
mod snapshot;
mod sql;
mod sqlite;
mod tx;
mod value;

pub use actor::Actor;
pub use catalog::{NOT_KEPT, Table};
pub use connection::{Db, Durability, Engine, Settings};
pub use loading::{Loading, Standing};
pub use migrations::{MIGRATIONS, schema_text};
pub use reading::{Reading, Source};
pub use row::{Fault, FromRow, Row};
pub use sealed::{
    IMPORT_FILE, PHONE, SEALED_COLUMNS, SECOND_FACTOR, STAFF_IDENTITY, SealedValues, reseal,
    sealed_under, sealed_values,
};
pub use snapshot::Snapshot;
pub use sql::{Sql, like_pattern};
pub use storage_derive::FromRow;
pub use tx::Tx;
pub use value::{Cell, Column, Value};

use kernel::Failure;

/// A fault of the database is ours, unless a store function turns a named constraint into a refusal first.
pub(crate) fn broken(fault: Fault) -> Failure {
    Failure::broken(fault)
}

/// Whether a failure is the violation of the constraint, index or guard with this name.
pub fn violates(failure: &Failure, name: &str) -> bool {
    match failure {
        Failure::Broken(cause) => {
            cause.downcast_ref::<Fault>().is_some_and(|fault| fault.text().contains(name))
        }
        _ => false,
    }
}
