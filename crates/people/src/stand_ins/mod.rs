//! Stand-ins (代理): while the holder of a post is away, another person of the same place acts in it, for some days and by the
//! holder's own act. It reaches what the post reaches and lives no longer than the post: both are read anew at each request.
//! It can't be passed on, whoever does the work neither decides on it nor audits it, and the three administrators neither give
//! nor take one.

mod acts;
mod pages;
mod rules;
mod store;
mod types;

pub use acts::{Wanted, acting, end, give, in_force_of};
pub use pages::routes;
pub use rules::{LONGEST_DAYS, Refusal};
pub use types::StandIn;
