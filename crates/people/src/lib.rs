//! People: who may sign in, which dated posts they hold, what they are signed in as, and the trail of what they did.

pub mod accounts;
pub mod audit;
pub mod invitations;
pub mod officers;
pub mod phones;
pub mod posts;
pub mod second_factor;
pub mod sessions;
pub mod stand_ins;

mod qr;
mod secret;

/// The routes of the family.
pub fn routes() -> web::Routes {
    sessions::routes()
        .merge(accounts::routes())
        .merge(invitations::routes())
        .merge(officers::routes())
        .merge(second_factor::routes())
        .merge(phones::routes())
        .merge(stand_ins::routes())
        .merge(audit::routes())
}
