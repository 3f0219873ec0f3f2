//! What officers and programs do with uploads: preview, apply, make the preview anew, put aside.

mod existing;
mod register;
mod staff;

pub use existing::{apply_clusters, preview_clusters, renew_clusters};
pub use register::{apply, discard, preview_file, renew};
pub(super) use staff::{LIMITS as STAFF_LIMITS, file as staff_file};
pub use staff::{apply_staff, discard_staff, look_at_staff, preview_staff, renew_staff};
