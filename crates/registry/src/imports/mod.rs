//! Files that offices upload: the register of their kindergartens, their staff, and the clusters that a district has already.
//! Families above bring kinds of their own (who holds which post): what differs stands in a [`Brought`] and in what
//! [`acts`] is given, all else is here.
//!
//! An upload is read and compared outside any lock and kept as a preview; nothing of it is saved until an officer applies
//! it. Application is one transaction: it asks whether what the preview compared with still holds, saves the rows and
//! writes the audit entry, or does nothing at all.

pub mod acts;
pub mod store;

mod jobs;
mod pages;
mod rules;
mod sheets;
mod types;

#[cfg(test)]
mod tests;

pub use acts::{
    apply, apply_clusters, apply_staff, discard, look_at_staff, preview_clusters, preview_file,
    preview_staff, renew, renew_clusters, renew_staff,
};
pub use jobs::Previews;
pub use pages::{Asks, Brought, Paths, Whole, Words, pages_of, routes};
pub use rules::{Refusal, digest, place};
pub use types::{
    Applied, Choice, Counts, Import, Kind, Options, Previewed, PreviewedStaff, Progress, Row,
    Stage, Takeover,
};
