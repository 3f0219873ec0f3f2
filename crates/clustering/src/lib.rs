//! The clustering optimiser: sites, distances and capacities in; a plan, its cost by term and a proven lower bound out.
//!
//! Clause 二（一）2 of the Opinions asks for clusters whose kindergartens lie near one another, at most sixteen with one good public
//! centre each. The core of that is the capacitated p-median problem; [`problem`] says exactly what is asked, [`solve`](mod@solve) how long to
//! look, and a [`Solution`] what was found and how far from the best it can be at most. The library is pure: no files, no clock, no
//! ambient randomness.
//!
//! Read on in the order of the work: [`problem`] → `model` (items, candidates, arcs) → `bound` (Lagrangian relaxation) →
//! `construction` (a first plan) → `allocation` (a plan in the making, with undo) → `assignment` (who goes to which open centre) →
//! `search` (which centres) → [`solve`](mod@solve) (the whole run) → [`plan`] (counted afresh before it is reported). [`instances`] reads and
//! writes the files of benchmarks.
//!
//! ```
//! use clustering::{Effort, Problem, Site, Terms, solve};
//!
//! let site = |x_m: f64, eligible| Site { x_m, y_m: 0.0, demand: 1, capacity: 2, eligible, street: 1, kind: 0, grade: 0 };
//! let sites = vec![site(0.0, true), site(300.0, false), site(5000.0, true), site(5200.0, false)];
//! let problem = Problem::new(sites, Terms::at_most(2))?;
//! let solution = solve(&problem, &Effort::default(), &())?;
//! assert_eq!(solution.plan.centre_of, [0, 0, 2, 2]);
//! assert_eq!(solution.total, 500.0);
//! assert!(solution.proven);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod allocation;
mod assignment;
mod bound;
mod construction;
pub mod instances;
mod model;
pub mod plan;
pub mod problem;
mod search;
pub mod solve;

pub use plan::{Breach, Cost, Plan};
pub use problem::{Frozen, Infeasible, Metric, Problem, Site, Terms, Weights};
pub use solve::{Effort, NoPlan, Progress, Solution, Watcher, Work, solve};
