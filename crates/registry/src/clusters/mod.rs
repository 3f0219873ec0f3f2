//! Clusters (学区): dated groupings of at most 16 kindergartens around a centre, across streets, within one district
//! (2.1.2). A cluster is no legal person (2.1.2-7) and never an enrolment area; its kindergartens keep all their rights.
//!
//! [`acts`] holds the primitive changes, which planning calls inside its own transactions after asking the policy's rules;
//! they keep what must always be true: one cluster a day, one centre, one district, names unique in the city.

pub mod acts;
pub mod sheets;
pub mod store;

mod pages;
mod rules;
mod types;

#[cfg(test)]
mod tests;

pub use pages::routes;
pub use rules::{Measures, Refusal, measure};
pub use types::{
    Centre, Cluster, Decision, Event, Filter, Membership, NewCluster, StandingException,
};
