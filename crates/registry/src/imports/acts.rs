//! What officers and programs do with uploads: preview, apply, make the preview anew, put aside.

mod register;

pub use register::{apply, discard, preview_file, renew};
