//! Where things are: datums, the country's divisions, and the outlines of a city's districts and streets.
//!
//! Everything is stored and computed in WGS-84 ([`Point`]); other datums ([`Datum`]) exist only at the edges, where
//! files come in and where maps of others are fed. [`Regions`] holds a city's districts, streets and communities: either
//! those shipped with the program ([`Regions::shipped`]) or the bureau's own files ([`Regions::read`]).
//! The crate is pure: it is given bytes and gives back values.

pub mod country;
mod datum;
mod names;
mod outline;
mod point;
mod reading;
mod regions;

pub use datum::Datum;
pub use outline::{Bounds, NotAnOutline, Outline};
pub use point::{Plane, Point};
pub use reading::Fault;
pub use regions::{City, Community, District, Regions, Street};
