//! Single values of records: an identity number, a TOTP secret.

use aes_gcm::aead::{Aead as _, Payload};

use crate::{KeyRing, NONCE_BYTES, TAG_BYTES, cipher, keyed_digest};

/// A sealed value and the id of the key that opens it; the two stand in two columns side by side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed {
    /// The id of the key.
    pub key: String,
    /// Nonce, then what was sealed, then the tag.
    pub bytes: Vec<u8>,
}

/// Why a sealed value does not open.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unopened {
    /// The key is not in the key file.
    #[error("密钥文件中没有编号为 {0} 的密钥")]
    UnknownKey(String),
    /// Altered, or moved here from another record or column.
    #[error("密文已损坏或不属于这条记录")]
    Altered,
}

/// What seals and opens values of records.
///
/// `purpose` names the column (`account.totp_secret`) and `record` is the record's id: both are associated data.
pub trait Sealer: Send + Sync {
    /// Seals under the current key. `nonce` is fresh from the system's randomness for each value.
    fn seal(
        &self,
        nonce: [u8; NONCE_BYTES],
        purpose: &str,
        record: &[u8],
        plain: &[u8],
    ) -> Result<Sealed, Unopened>;
    /// Opens what was sealed under any key of the ring.
    fn open(&self, purpose: &str, record: &[u8], sealed: &Sealed) -> Result<Vec<u8>, Unopened>;
    /// Equal for equal values of one purpose, and telling nothing else to whoever has no key. Kept by rotation.
    fn likeness(&self, purpose: &str, plain: &[u8]) -> [u8; 32];
}

/// A column of sealed values, as a capability registers it: the server does not start while one holds a key id that the key
/// file lacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    /// The table.
    pub table: &'static str,
    /// Its column with the ids of keys; NULL where nothing is sealed.
    pub key_id: &'static str,
}

const USE: &[u8] = b"gongzhi-record-1";

/// What a value belongs to: the lengths keep purpose and record apart.
fn belonging(purpose: &str, record: &[u8]) -> Vec<u8> {
    let mut text = (purpose.len() as u64).to_be_bytes().to_vec();
    text.extend_from_slice(purpose.as_bytes());
    text.extend_from_slice(record);
    text
}

impl Sealer for KeyRing {
    fn seal(
        &self,
        nonce: [u8; NONCE_BYTES],
        purpose: &str,
        record: &[u8],
        plain: &[u8],
    ) -> Result<Sealed, Unopened> {
        let aad = belonging(purpose, record);
        let sealed = cipher(&self.current.bytes, &[USE])
            .encrypt(&nonce.into(), Payload { msg: plain, aad: &aad })
            .map_err(|_| Unopened::Altered)?;
        let mut bytes = nonce.to_vec();
        bytes.extend(sealed);
        Ok(Sealed { key: self.current.id.clone(), bytes })
    }

    fn open(&self, purpose: &str, record: &[u8], sealed: &Sealed) -> Result<Vec<u8>, Unopened> {
        let secret =
            self.secret(&sealed.key).ok_or_else(|| Unopened::UnknownKey(sealed.key.clone()))?;
        let Some((nonce, content)) = sealed.bytes.split_first_chunk::<NONCE_BYTES>() else {
            return Err(Unopened::Altered);
        };
        if content.len() < TAG_BYTES {
            return Err(Unopened::Altered);
        }
        let aad = belonging(purpose, record);
        cipher(secret, &[USE])
            .decrypt(nonce.into(), Payload { msg: content, aad: &aad })
            .map_err(|_| Unopened::Altered)
    }

    fn likeness(&self, purpose: &str, plain: &[u8]) -> [u8; 32] {
        let length = (purpose.len() as u64).to_be_bytes();
        keyed_digest(&self.equality.bytes, &[&length, purpose.as_bytes(), plain])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ring() -> KeyRing {
        KeyRing::new([1; 32], [9; 32])
    }

    #[test]
    fn a_value_opens_for_its_own_record_and_column_only() {
        let sealed = ring().seal([5; 12], "staff.identity", b"stf_1", b"440305").unwrap();
        assert_eq!(ring().open("staff.identity", b"stf_1", &sealed).unwrap(), b"440305");
        assert_eq!(ring().open("staff.identity", b"stf_2", &sealed), Err(Unopened::Altered));
        assert_eq!(ring().open("staff.phone", b"stf_1", &sealed), Err(Unopened::Altered));
    }

    #[test]
    fn every_flipped_bit_is_noticed() {
        let sealed = ring().seal([5; 12], "p", b"r", b"440305").unwrap();
        for place in 0..sealed.bytes.len() * 8 {
            let mut altered = sealed.clone();
            altered.bytes[place / 8] ^= 1 << (place % 8);
            assert_eq!(ring().open("p", b"r", &altered), Err(Unopened::Altered), "{place}");
        }
        let short = Sealed { bytes: sealed.bytes[..20].to_vec(), ..sealed };
        assert_eq!(ring().open("p", b"r", &short), Err(Unopened::Altered));
    }

    #[test]
    fn after_rotation_old_values_open_and_new_ones_bear_the_new_key() {
        let old = ring().seal([5; 12], "p", b"r", b"x").unwrap();
        let rotated = ring().rotated([2; 32]);
        assert_eq!(rotated.open("p", b"r", &old).unwrap(), b"x");
        let new = rotated.seal([6; 12], "p", b"r", b"x").unwrap();
        assert_ne!(new.key, old.key);
        assert_eq!(ring().open("p", b"r", &new), Err(Unopened::UnknownKey(new.key.clone())));
    }

    #[test]
    fn equality_outlives_rotation_and_differs_by_column() {
        let digest = ring().likeness("staff.identity", b"440305");
        assert_eq!(ring().rotated([2; 32]).likeness("staff.identity", b"440305"), digest);
        assert_ne!(ring().likeness("staff.phone", b"440305"), digest);
        assert_ne!(KeyRing::new([1; 32], [8; 32]).likeness("staff.identity", b"440305"), digest);
    }
}
