//! The repository's own tools, as a library so that tidy is a test too. See `main.rs` for the commands.
#![expect(
    clippy::format_collect,
    clippy::format_push_string,
    reason = "these strings are short and made once; the plain way reads best"
)]

pub mod bench;
pub mod generated;
pub mod pipeline;
pub mod postgres;
pub mod provision;
pub mod shots;
pub mod tidy;
pub mod vendor;
pub mod workspace;

/// What a command ends with: nothing, or the sentence that says what went wrong.
pub type Outcome<T = ()> = Result<T, String>;
