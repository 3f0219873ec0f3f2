//! Browser journeys: the program as a person meets it, in a real Chromium. A journey reads like what the person does:
//!
//! ```no_run
//! # fn main() -> e2e::Outcome {
//! let site = e2e::Site::demo()?;
//! let officer = site.visitor()?;
//! officer.sign_in(&site.account("学前科")?)?;
//! officer.click("幼儿园")?;
//! officer.sees("南山区")?;
//! officer.finds_it_accessible()?;
//! # Ok(()) }
//! ```
//!
//! Nothing is skipped silently: without Chromium a journey fails with a sentence that says what to install. `cargo x ci`
//! leaves the journeys out, and says so, when `GONGZHI_NO_BROWSER=1` is set.
#![expect(clippy::disallowed_methods, reason = "a tool of tests: it reads its own environment")]

mod accessibility;
mod driver;
mod machine;
mod pictures;
mod site;
mod trouble;
mod visitor;
mod walk;

pub use pictures::WIDTHS;
pub use site::{Account, Site};
pub use trouble::{Outcome, Trouble};
pub use visitor::Visitor;
pub use walk::kind_of;
