//! Identity numbers between the form and the database: sealed on the way in, opened for a reason.

use std::sync::Arc;

use kernel::{Date, Failure, StaffId};
use sealing::{NONCE_BYTES, Sealed, Sealer};
use serde::{Deserialize, Serialize};

use super::super::rules::Refusal;
use super::super::types::IdentityNumber;

/// What sealed numbers are associated with, besides the member's id.
const PURPOSE: &str = "staff_identity.sealed";

/// The city's key for identity numbers, if one is configured. Without it the field is refused and all else works.
#[derive(Clone, Default)]
pub struct Identities(Option<Arc<dyn Sealer>>);

impl std::fmt::Debug for Identities {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Identities").field(&self.is_ready()).finish()
    }
}

/// A number as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub struct Kept {
    /// The number, sealed with its bearer's id.
    pub sealed: Sealed,
    /// Its keyed digest, equal for equal numbers.
    pub digest: Vec<u8>,
}

/// The same in a preview: bytes as hexadecimal digits.
#[derive(Serialize, Deserialize)]
struct Written {
    key: String,
    sealed: String,
    digest: String,
}

impl From<Kept> for Written {
    fn from(kept: Kept) -> Self {
        Self { key: kept.sealed.key, sealed: hex(&kept.sealed.bytes), digest: hex(&kept.digest) }
    }
}

impl TryFrom<Written> for Kept {
    type Error = &'static str;
    fn try_from(written: Written) -> Result<Self, Self::Error> {
        let bytes = |text: &str| unhex(text).ok_or("no hexadecimal digits");
        Ok(Self {
            sealed: Sealed { bytes: bytes(&written.sealed)?, key: written.key },
            digest: bytes(&written.digest)?,
        })
    }
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |half: u8| char::from(DIGITS[usize::from(half & 15)]);
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(*byte)]).collect()
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digit = |letter: u8| char::from(letter).to_digit(16).map(|digit| digit as u8);
    let pairs = text.as_bytes().chunks(2);
    pairs.map(|pair| Some(digit(*pair.first()?)? << 4 | digit(*pair.get(1)?)?)).collect()
}

impl Identities {
    /// With a key.
    pub fn with(sealer: Arc<dyn Sealer>) -> Self {
        Self(Some(sealer))
    }
    /// With a key, if there is one.
    pub fn of(sealer: Option<Arc<dyn Sealer>>) -> Self {
        Self(sealer)
    }
    /// Whether a key is configured.
    pub fn is_ready(&self) -> bool {
        self.0.is_some()
    }
    fn sealer(&self) -> Result<&dyn Sealer, Refusal> {
        self.0.as_deref().ok_or(Refusal::NoKey)
    }
    /// The keyed digest of a number.
    pub fn digest(&self, number: &IdentityNumber) -> Result<Vec<u8>, Refusal> {
        Ok(self.sealer()?.likeness(PURPOSE, number.whole().as_bytes()).to_vec())
    }
    /// A number sealed for its bearer.
    pub fn seal(&self, bearer: StaffId, number: &IdentityNumber) -> Result<Kept, Failure> {
        let digest = self.digest(number)?;
        let record = bearer.uuid();
        let sealed = self
            .sealer()?
            .seal(nonce()?, PURPOSE, record.as_bytes(), number.whole().as_bytes())
            .map_err(Failure::broken)?;
        Ok(Kept { sealed, digest })
    }
    /// The number of its bearer.
    pub fn open(&self, bearer: StaffId, sealed: &Sealed) -> Result<IdentityNumber, Refusal> {
        let opened = self.sealer()?.open(PURPOSE, bearer.uuid().as_bytes(), sealed);
        let text = String::from_utf8(opened.map_err(|_| Refusal::Unopened)?)
            .map_err(|_| Refusal::Unopened)?;
        // What was sealed had been read once: no birth date lies ahead of the last day.
        IdentityNumber::read(&text, Date::MAX).map_err(|_| Refusal::Unopened)
    }
    /// What a page or an export shows of a kept number; empty when none is kept.
    pub fn mask(&self, bearer: StaffId, sealed: Option<&Sealed>) -> String {
        match sealed.map(|sealed| self.open(bearer, sealed)) {
            None => String::new(),
            Some(Ok(number)) => number.masked(),
            Some(Err(_)) => "已加密".to_owned(),
        }
    }
    /// A file with numbers in it, sealed for its import.
    pub(crate) fn seal_file(&self, import: kernel::ImportId, file: &[u8]) -> Result<Sealed, Failure> {
        let record = import.uuid();
        self.sealer()?
            .seal(nonce()?, FILE_PURPOSE, record.as_bytes(), file)
            .map_err(Failure::broken)
    }
    /// That file again.
    pub(crate) fn open_file(
        &self,
        import: kernel::ImportId,
        sealed: &Sealed,
    ) -> Result<Vec<u8>, Refusal> {
        self.sealer()?
            .open(FILE_PURPOSE, import.uuid().as_bytes(), sealed)
            .map_err(|_| Refusal::Unopened)
    }
}

/// What sealed files are associated with, besides the import's id.
const FILE_PURPOSE: &str = "import_file.content";

fn nonce() -> Result<[u8; NONCE_BYTES], Failure> {
    let mut nonce = [0_u8; NONCE_BYTES];
    getrandom::fill(&mut nonce).map_err(|error| Failure::broken(error.to_string()))?;
    Ok(nonce)
}
