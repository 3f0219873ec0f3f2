//! placeholder
use web::Routes;
/// The routes of the slice.
pub fn routes() -> Routes { Routes::default() }
