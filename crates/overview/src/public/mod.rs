//! Pages for the public, without sign-in: which clusters there are. They say that a cluster is no enrolment area.

mod pages;
mod store;

pub use pages::routes;

#[cfg(test)]
mod tests;
