//! Sessions: signing in and out, and knowing on each request who asks. A session holds only the person and the chosen
//! post; what the post may do and reaches is read anew each time. The secret in the browser's cookie is a new one at sign-in,
//! after the second factor, at a change of post and at a change of password.

mod acts;
mod pages;
mod rules;
mod store;
mod types;

pub use pages::{identify, routes};
pub use rules::Refusal;
pub use store::as_caller;

#[cfg(test)]
pub(crate) mod tests {
    mod acting;
    mod inviting;
    mod keeping;
    mod second_factor;
    mod signing_in;
    pub(crate) mod stage;
}
