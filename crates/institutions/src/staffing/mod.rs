//! Staffing (人员配备): what the policy demands of every cluster and kindergarten (2.1.3-1, -6, -8, -9, -10) against what is
//! filled on a day, and whose task it is to fill what is missing. [`institutions`] is what obligations are judged by.

pub mod store;

mod pages;
mod rules;
mod sheets;
mod types;

#[cfg(test)]
mod tests;

pub use pages::{GapPlace, OwnGap, own_gaps, routes};
pub use store::institutions;
pub use types::{ClusterStaffing, Gap, KindergartenStaffing};
