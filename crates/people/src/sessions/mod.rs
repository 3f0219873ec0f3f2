//! Sessions: signing in and out, and knowing on each request who asks. A session holds only the person and the chosen
//! post; what the post may do and reaches is read anew each time.

mod acts;
mod pages;
mod rules;
mod store;
mod types;

pub use acts::{SignedIn, choose_post, sign_in, sign_out};
pub use pages::{identify, routes};
pub use rules::Refusal;
pub use store::as_caller;
