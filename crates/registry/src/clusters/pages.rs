//! placeholder
/// Routes.
pub fn routes() -> web::Routes { web::Routes::default() }
