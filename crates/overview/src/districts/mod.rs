//! The city's page and its districts' pages: figures that open to their records, a map, the clusters, what is missing
//! (1.2-1, 1.2-2).

mod pages;
mod store;
mod types;

pub use pages::routes;
pub(crate) use store::{figures, sites};
pub(crate) use types::Figures;
