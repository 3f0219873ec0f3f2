//! The register of kindergartens: what is known of each, and the import of the files in which offices keep them.
//!
//! Reading a file, comparing it with what is known and saying what would become of every row is pure (`rules`, `sheets`):
//! it happens outside the write lock and without a database.

pub mod acts;
pub mod store;

mod pages;
mod rules;
mod sheets;
mod types;

pub use pages::routes;
pub(crate) use pages::{collection, feature};
pub use pages::{day_of, shown_day};
pub use rules::{Refusal, may_delegate, may_look_inside, may_write};
pub use rules::{ceiling, changes, check};
pub(crate) use sheets::yes_or_no;
pub use sheets::{Lookup, Unfound, list, preview, read_register, returned, template, totals};
pub use types::{
    Address, Bounded, Change, CommunityName, Existing, Facts, Field, Finding, Gaps, Name,
    NationalCode, NotInFile, OpenedOn, Preview, Reading, RegisterId, RowVerdict, Totals, Verdict,
};

pub use types::{
    ClusterFilter, Delegation, Filter, InCluster, Kindergarten, Known, Revision, Role, Site, State,
    StateNumber, Stay,
};

#[cfg(test)]
pub(crate) use tests::samples;
#[cfg(test)]
mod tests;
