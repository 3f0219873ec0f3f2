//! Staff of the kindergartens (教职工): who works where in which position, as of any day, and the import of the files in which
//! offices keep them. Every kindergarten's staff is its own (2.1.2-8): the centre of a cluster neither reads nor writes it.

pub mod acts;
pub mod store;

mod pages;
mod rules;
mod sheets;
mod types;

pub use acts::{Correction, Identities, Identity};
pub use pages::routes;
pub use rules::{Refusal, changes, check, may_employ, may_keep, may_read};
pub(crate) use sheets::blank_numbers;
pub use sheets::masked;
pub use sheets::{Ground, Preview, Staged, list, preview, template};
pub(crate) use store::batch;
pub use types::{
    Certificate, Change, Education, Facts, Field, Filter, Finding, IdentityNumber, Known, Listed,
    Member, NoIdentityNumber, PersonName, Phone, Position, Presence, Roll, Sort, StaffState,
    StateNumber, Statistics, Title,
};

#[cfg(test)]
mod tests;
