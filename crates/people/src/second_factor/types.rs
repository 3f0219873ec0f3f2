use std::sync::Arc;

use kernel::Failure;

/// A sealed value and the id of the key that opens it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed {
    /// The id of the key.
    pub key: String,
    /// What only the key opens.
    pub bytes: Vec<u8>,
}

/// What seals and opens a secret for its record. `purpose` names the column and `record` is the record's id; both are bound
/// to the sealed value, so that it does not open for another record.
pub trait Sealer: Send + Sync {
    /// Seals under the current key, with fresh randomness.
    fn seal(&self, purpose: &str, record: &[u8], plain: &[u8]) -> Result<Sealed, Failure>;
    /// Opens what was sealed.
    fn open(&self, purpose: &str, record: &[u8], sealed: &Sealed) -> Result<Vec<u8>, Failure>;
}

/// Where secrets are sealed; none when the server has no key.
pub type Vault = Option<Arc<dyn Sealer>>;
