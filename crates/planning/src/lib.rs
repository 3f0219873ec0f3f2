//! Dividing a district's kindergartens into clusters: plans from the first draft to adoption (二（一）2), and what is
//! asked of the kindergartens about them; and what is amended afterwards.

pub mod amendments;
pub mod plans;

/// The routes of the family.
pub fn routes() -> web::Routes {
    plans::routes().merge(amendments::routes())
}
