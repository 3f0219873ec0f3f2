//! Invitations: how a person comes to a first password that nobody else ever knew. A one-time link, or the same as a code on a
//! printed slip: 256 random bits of which only the digest is kept, for seven days, once. The security administrator opens
//! accounts for all holders of a post at once; the slips are made in that moment and stored nowhere.

mod acts;
mod pages;
mod rules;
mod sheets;
mod store;
mod types;

pub(crate) use acts::invite_in;
pub use acts::{accept, invite, open_for_posts};
pub use pages::routes;
pub(crate) use pages::slips_page;
pub use rules::{Refusal, VALID_MS};
pub(crate) use store::districts;
pub use types::{Holders, Slip};
