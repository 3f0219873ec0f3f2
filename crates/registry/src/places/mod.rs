//! The administrative tree below the city as it is stored: districts, streets, communities and outlines, from the files
//! that ship with the program or from the bureau's own.

pub mod acts;
pub mod store;

mod pages;
mod types;

#[cfg(test)]
mod tests;

pub use pages::routes;
pub use store::{CityLock, districts, lock_city, lock_district};
pub use types::{District, OutlineText};
