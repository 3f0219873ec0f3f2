//! Posts: dated appointments from which every right follows. A post that ends, ends its rights on the next request.

mod acts;
mod rules;
mod store;
mod types;

pub use acts::give;
pub use rules::{Refusal, acting_in, reach_of, stands_at};
pub use store::{all_of, enrol, holders_of, in_force_of};
pub(crate) use store::{find, in_force_beside, of_ids, set_end};
pub(crate) use types::scope_of;
pub use types::{NewPost, Post};
