//! The program as an officer or a script would call it, on registers of the demo's generator.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that can't go on says where by panicking"
)]

mod backing;
mod checking;
mod demonstrating;
mod importing;
mod planning;
mod program;
mod solving;
