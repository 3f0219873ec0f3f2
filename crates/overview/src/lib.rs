//! What one looks at rather than works in: the workbench after sign-in, the pages of the city and its districts, and the
//! pages for the public. Reads everything below and is imported by the server alone.

pub mod districts;
pub mod public;
pub mod search;
pub mod tasks;
pub mod workbench;

/// The routes of the family.
pub fn routes() -> web::Routes {
    workbench::routes()
        .merge(tasks::routes())
        .merge(districts::routes())
        .merge(public::routes())
        .merge(search::routes())
}
