//! People: who may sign in, which dated posts they hold, what they are signed in as, and the trail of what they did.

pub mod accounts;
pub mod audit;
pub mod invitations;
pub mod posts;
pub mod second_factor;
pub mod sessions;
pub mod stand_ins;

mod qr;
mod secret;

/// The routes of the family. `vault` seals and opens the secrets of second factors; without one none can be switched on.
pub fn routes(vault: &second_factor::Vault) -> web::Routes {
    sessions::routes(vault)
        .merge(accounts::routes())
        .merge(invitations::routes())
        .merge(second_factor::routes(vault))
        .merge(stand_ins::routes())
        .merge(audit::routes())
}
