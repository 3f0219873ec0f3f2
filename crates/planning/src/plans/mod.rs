//! Plans (学区划分方案): a district's officer drafts one, has clusters proposed, edits them on the map while every rule of
//! 二（一）2 is told, asks the kindergartens, and submits; the deputy in charge approves and adopts. From the effective day
//! on the plan's clusters are the district's.
//!
//! What a plan stands on, [`DistrictFacts`], and what the rules say of a content, [`judge`], serve whoever else judges
//! clusters of this family (amendments, existing clusters), and [`propose_district`] the command line, without a database.

pub mod acts;
pub mod store;

mod jobs;
mod pages;
mod rules;
mod sheets;
mod types;

#[cfg(test)]
mod tests;

pub use pages::routes;
pub use rules::{
    Comparison, Judgement, NoProposal, Refusal, applied, compare, gap, geojson, is_excepted, judge,
    lawful, propose_district, proven_bound_m, reasons, settled,
};
pub use types::{
    Answer, Change, Cluster, Content, Distances, DistrictFacts, Opinion, Plan, Proposal, Site,
    Stage, Step, StepKind, Version,
};
