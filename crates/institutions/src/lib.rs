//! Institutions: who must be where. Appointments of heads, inspectors, liaisons, leads and trainers; committees whose seats
//! follow from them; party organisations; and the staffing that the policy demands against what is filled on a day.

pub mod appointments;
pub mod committees;
pub mod parties;
pub mod staffing;

#[cfg(test)]
mod stage;

/// The routes of the family but the files of posts: [`appointments::import_routes`] shares the previews of all uploads.
pub fn routes() -> web::Routes {
    appointments::routes()
        .merge(committees::routes())
        .merge(parties::routes())
        .merge(staffing::routes())
}
