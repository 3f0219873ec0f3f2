//! What officers and programs do with uploads: preview, apply, make the preview anew, put aside.

mod existing;
mod register;

pub use existing::{apply_clusters, preview_clusters, renew_clusters};
pub use register::{apply, discard, preview_file, renew};
