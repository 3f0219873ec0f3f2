//! What officers and programs do with uploads: preview, apply, make the preview anew, put aside.

mod existing;
mod register;
mod staff;
mod upload;

pub use existing::{apply_clusters, preview_clusters, renew_clusters};
pub use register::{apply, preview_file, renew};
pub(super) use staff::LIMITS as STAFF_LIMITS;
pub use staff::{apply_staff, look_at_staff, preview_staff, renew_staff};
pub(super) use upload::file;
pub use upload::{Compared, Uploaded, applied_note, discard, keep, to_apply, to_renew, unreadable};
