//! Identity numbers between the form and the database: sealed on the way in, opened for a reason.

use kernel::{Date, ImportId, StaffId};
use sealing::{Keys, Refusal, Sealed};
use storage::{Db, IMPORT_FILE, STAFF_IDENTITY};

use super::super::types::{IdentityNumber, Kept};

/// For which purpose digests of identity numbers are made.
const PURPOSE: &str = "staff.identity";

/// The city's keys as far as identity numbers go. Without keys the field is refused, and all else works.
#[derive(Debug, Clone, Default)]
pub struct Identities(Keys);

impl Identities {
    /// With the keys of a database.
    pub fn of(db: &Db) -> Self {
        Self(db.keys().clone())
    }
    /// Whether keys are configured.
    pub fn is_ready(&self) -> bool {
        self.0.ring().is_some()
    }
    /// The keyed digest of a number.
    pub fn digest(&self, number: &IdentityNumber) -> Result<String, Refusal> {
        self.0.digest(PURPOSE, number.whole())
    }
    /// A number sealed for its bearer.
    pub fn seal(&self, bearer: StaffId, number: &IdentityNumber) -> Result<Kept, Refusal> {
        let own = STAFF_IDENTITY.belonging(bearer.uuid().as_bytes());
        let sealed = self.0.seal(&own, number.whole().as_bytes())?;
        Ok(Kept { sealed, digest: self.digest(number)? })
    }
    /// The number of its bearer.
    pub fn open(&self, bearer: StaffId, sealed: &Sealed) -> Result<IdentityNumber, Refusal> {
        let own = STAFF_IDENTITY.belonging(bearer.uuid().as_bytes());
        let text = String::from_utf8(self.0.open(&own, sealed)?).map_err(|_| Refusal::Altered)?;
        // What was sealed had been read once: no birth date lies ahead of the last day.
        IdentityNumber::read(&text, Date::MAX).map_err(|_| Refusal::Altered)
    }
    /// What a page or an export shows of a kept number; empty when none is kept.
    pub fn mask(&self, bearer: StaffId, sealed: Option<&Sealed>) -> String {
        match sealed.map(|sealed| self.open(bearer, sealed)) {
            None => String::new(),
            Some(Ok(number)) => number.masked(),
            Some(Err(_)) => "已加密".to_owned(),
        }
    }
    /// Whether a value that was sealed a while ago can still be opened.
    pub(crate) fn knows(&self, key: &str) -> bool {
        self.0.ring().is_some_and(|ring| ring.ids().contains(&key))
    }
    /// A file with numbers in it, sealed for its import.
    pub(crate) fn seal_file(&self, import: ImportId, file: &[u8]) -> Result<Sealed, Refusal> {
        self.0.seal(&IMPORT_FILE.belonging(import.uuid().as_bytes()), file)
    }
    /// That file again.
    pub(crate) fn open_file(&self, import: ImportId, sealed: &Sealed) -> Result<Vec<u8>, Refusal> {
        self.0.open(&IMPORT_FILE.belonging(import.uuid().as_bytes()), sealed)
    }
}
