//! Backups: one file that holds all records of a city, whichever of the two databases they stand in.
//!
//! # The file
//!
//! One line of JSON ([`Header`]): the format, and the key if the rest is sealed. Then pieces: their length in 4 bytes, little
//! end first, whose highest bit marks the last, and the piece; sealed (SM4-GCM, with its number and whether it is the last) if
//! there is a key. Together the pieces are one stream of raw DEFLATE (RFC 1951), and that is:
//!
//! * the length of the manifest in 4 bytes, and the [`Manifest`] as JSON;
//! * for each of its tables the rows, each beginning with a byte 1, their cells one after the other, then a byte 0;
//! * SM3 over all of this, 32 bytes.
//!
//! A cell is a byte for its type and the value: 0 nothing, 1 false, 2 true, 3 a whole number and 4 a real one (8 bytes each),
//! 5 a text and 6 bytes (length in 4 bytes first), 7 a uuid, 8 a day (days since the Common Era began, 4 bytes).
//!
//! Everything is read within one transaction that sees one moment, so a backup is whole although others go on writing. A file
//! bears its name only when it has been read back. Restoring is one transaction, too: all of it or nothing.

mod acts;
mod cells;
mod file;
mod jobs;
mod pages;
mod pieces;
mod rules;
mod store;
mod types;

pub use acts::{Made, make, restore};
pub use file::{Backup, inspect};
pub use jobs::{file_name, run};
pub use pages::routes;
pub use rules::{Fault, worry};
pub use store::standing;
pub use types::{Cause, FORMAT, Header, Manifest, Schedule, Standing, TableLine};
