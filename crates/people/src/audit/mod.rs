//! The audit trail, for auditors: reading it, exporting it, sealing it, and checking an export without the server.
//!
//! An entry is written in the transaction of what it reports (`storage::Tx::commit`). The sealer, of which one works at a
//! time, chains entries into append-only seals with SM3 (GB/T 32905) within two seconds, so that business transactions
//! never wait for one another at the head of a chain. GB/T 22239-2019 level 3: every user, date and time, event, success,
//! and no unexpected deletion, change or overwriting.
//!
//! # Why entries may be covered late
//!
//! On PostgreSQL a transaction takes its entry's number when it inserts, and shows the entry when it commits: number 2 may
//! be there before number 1, and number 1 may never come. A sealer that took "everything above the last number" would
//! pass over number 1 for ever. So each seal accounts for every number up to its `last_id`: *covered*, *pending* (not seen
//! yet; its transaction may be open) or *void* (not seen for an hour: rolled back). What was pending is looked for again by
//! each later seal and covered when it appears. An entry that appears after its number was given up stays uncovered, and
//! the check names it.
//!
//! # The export
//!
//! JSON lines: one `header`, the `entry` lines in the order of their numbers, the `seal` lines, one `end` with counts.
//!
//! * A *field* is one byte 0 for "none", or one byte 1, the text's length in bytes (8 bytes, big-endian) and its UTF-8
//!   bytes. Numbers are written in decimal.
//! * The digest of an entry is SM3 over the fields `gongzhi-entry-1`, id, at, person_id, person, post, address, request,
//!   event, subject, summary, place, before, after, outcome.
//! * The head of a seal is SM3 over the fields `gongzhi-seal-1`, previous, number, sealed_at, last_id, entries, covers,
//!   pending, void, digests; `digests` is the hexadecimal digests of the covered entries, in the order of their numbers,
//!   one after the other. `previous` is the head of the seal before; 64 zeros before the first.
//!
//! Whoever keeps a head outside (on paper, at the auditor's) can prove later that nothing before it was cut or rewritten.

mod acts;
mod jobs;
mod pages;
mod rules;
mod sheets;
mod store;
mod types;

pub use acts::{Export, head, prove};
pub use jobs::{LEASE_MS, Sealer, run, seal};
pub use pages::routes;
pub use rules::{Refusal, event_label, personal_digest, report, verify};
pub use types::{Entry, Fault, Finding, Ids, Seal, Verdict};

#[cfg(test)]
mod tests {
    mod exporting;
    mod reading;
    mod sealing;
    pub mod stage;
}
