//! People: who may sign in, which dated posts they hold, what they are signed in as, and the trail of what they did.

pub mod accounts;
pub mod audit;
pub mod posts;
pub mod sessions;

/// The routes of the family.
pub fn routes() -> web::Routes {
    sessions::routes().merge(accounts::routes()).merge(audit::routes())
}
