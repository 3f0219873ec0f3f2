//! The registry: where things are (districts, streets), what kindergartens there are, and which clusters they form, each
//! as of any day. Every family above reads here who is where and in which cluster.

pub mod clusters;
pub mod imports;
pub mod kindergartens;
pub mod places;
pub mod settings;
pub mod staff;

/// The routes of the family but two slices: [`settings::routes`] must be told what counts its deadlines anew, and
/// [`imports::routes`] where previews run that other families share.
pub fn routes() -> web::Routes {
    places::routes().merge(kindergartens::routes()).merge(staff::routes()).merge(clusters::routes())
}
