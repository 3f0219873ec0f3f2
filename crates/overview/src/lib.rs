//! What one looks at rather than works in: the workbench after sign-in, the pages of the city and its districts, the policy's
//! obligations and how they are kept, and the pages for the public. Reads everything below and is imported by the server
//! alone.

pub mod districts;
pub mod obligations;
pub mod public;
pub mod search;
pub mod tasks;
pub mod workbench;

/// The routes of the family.
pub fn routes() -> web::Routes {
    workbench::routes()
        .merge(tasks::routes())
        .merge(districts::routes())
        .merge(obligations::routes())
        .merge(public::routes())
        .merge(search::routes())
}
