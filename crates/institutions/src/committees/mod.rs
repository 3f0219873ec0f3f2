//! Committees (学区治理委员会, 2.1.3-1 to 2.1.3-3, 2.1.3-5): one for each cluster, established by the adoption paper, with its
//! office at the centre. A seat belongs to the kindergarten and is held by its principal or acting head; the chair is the
//! centre's. Seats are read from posts and memberships as of any day and never copied, so a change of either is a change of
//! the committee at once; what changed them leaves a note on the cluster.

pub mod acts;
pub mod store;

mod pages;
mod rules;
mod types;

#[cfg(test)]
mod tests;

pub use acts::{establish, membership_changed, seat_changed};
pub use pages::routes;
pub use rules::{Refusal, chair, may_meet, members_counted};
pub use store::of_cluster;
pub use types::{Committee, Seat, SeatHolder, SeatTurn};
