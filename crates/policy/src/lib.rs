//! The policy as pure functions: what the *Opinions on governing preschools by clusters* (the draft for comment that
//! ships as `opinions.txt`) and the regulations around it demand, from what day, how strictly, and by what measure.
//!
//! - [`terms`]: the words the policy uses of a kindergarten, and how strict a rule is.
//! - [`clauses`]: the paragraphs and obligations that the program decides, in their official wording.
//! - [`obligations`]: the ninety obligations, and which of them is kept where.
//! - [`parameters`]: the figures the policy leaves open or may change, each dated, with a source and a default.
//! - [`plan_rules`]: whether a clustering plan is lawful.
//! - [`shares`]: how many of the city's clusters a district has by default.
//! - [`staffing`]: how many of whom a cluster and a kindergarten need.
//! - [`naming`]: lawful names of clusters, checked and proposed.
//!
//! Nothing here knows a database, a page, a file or a clock. What the authors of the policy want to read is in
//! `cases/*.toml`: a sentence in the words of the clause, facts, and what the program says to them.

pub mod clauses;
pub mod naming;
pub mod obligations;
pub mod parameters;
pub mod plan_rules;
pub mod shares;
pub mod staffing;
pub mod terms;

pub use clauses::Clause;
pub use parameters::{Parameter, Parameters, Setting};
pub use plan_rules::{Breach, Exception, Legality, PlanFacts, Rule, check, verdict};
pub use terms::{Grade, Ownership, RunBy, Status, Strength};
