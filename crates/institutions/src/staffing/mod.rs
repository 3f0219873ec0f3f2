//! Staffing (人员配备): what the policy demands of every cluster and kindergarten (2.1.3-1, -6, -8, -9, -10) against what is
//! filled on a day. [`store::clusters`] and [`store::kindergartens`] are also what obligations are judged by.

pub mod store;

mod pages;
mod rules;
mod sheets;
mod types;

#[cfg(test)]
mod tests;

pub use pages::routes;
pub use rules::{FULL_TIME, LEADS, PART_TIME, TRAINERS};
pub use types::{ClusterStaffing, Gap, KindergartenStaffing};
