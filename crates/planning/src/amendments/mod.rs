//! Amendments (学区调整): what changes a district's clusters after a plan was adopted. A new kindergarten is admitted, a
//! closed one released, a member transferred, a centre replaced, a cluster renamed; each from a day on, for a reason, by
//! a document.
//!
//! An amendment is judged by the rules of 二（一）2 that a plan is judged by, on the clusters as they stand on its day and
//! on every later day for which something is recorded already. Only what the amendment itself breaks, or makes worse,
//! stands in its way; what was broken before is shown.

mod acts;
mod pages;
mod rules;
mod sheets;
mod store;
mod types;

#[cfg(test)]
mod tests;

pub use acts::{amend, check};
pub use pages::routes;
pub use rules::{Refusal, permitted};
pub use types::{
    Amendment, Caused, Change, Effect, ExceptionTerms, Figures, Judgement, Kind, Lifted,
};
