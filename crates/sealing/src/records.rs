//! Single values of records: an identity number, a TOTP secret.

use std::sync::Arc;

use aes_gcm::aead::{Aead as _, Payload};

use crate::{KeyRing, NONCE_BYTES, Refusal, cipher, hex, keyed_digest, random};

/// A sealed value and the id of the key that opens it; the two stand in two columns side by side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed {
    /// The id of the key.
    pub key: String,
    /// Nonce, then what was sealed, then the tag.
    pub bytes: Vec<u8>,
}

/// A column of sealed values. All of them stand in `storage::SEALED_COLUMNS`, so that rotation finds every value and the
/// program does not start without a key that one needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    /// The table.
    pub table: &'static str,
    /// Its primary key: one column of uuids.
    pub record: &'static str,
    /// The column with the id of the key, `{ascii}`; NULL where nothing is sealed.
    pub key: &'static str,
    /// The column with the sealed value, `{bytes}`; NULL where nothing is sealed. Its name ends in `_sealed`.
    pub sealed: &'static str,
}

impl Column {
    /// The associated data of a record's value: moved to another record or column it does not open.
    pub fn belonging(&self, record: &[u8]) -> Vec<u8> {
        let mut text = format!("{}.{}:", self.table, self.sealed).into_bytes();
        text.extend_from_slice(record);
        text
    }
}

/// The city's keys as acts have them (`db.keys()`), or none: then nothing is sealed or opened, and acts that need it are
/// refused with a sentence that says what to do.
#[derive(Debug, Clone, Default)]
pub struct Keys(Option<Arc<KeyRing>>);

const USE: &[u8] = b"gongzhi-record-1";

impl From<KeyRing> for Keys {
    fn from(ring: KeyRing) -> Self {
        Self(Some(Arc::new(ring)))
    }
}

impl Keys {
    /// No keys.
    pub fn none() -> Self {
        Self(None)
    }

    /// The ring, if there is one.
    pub fn ring(&self) -> Option<&KeyRing> {
        self.0.as_deref()
    }

    fn needed(&self) -> Result<&KeyRing, Refusal> {
        self.ring().ok_or(Refusal::NoKeys)
    }

    /// Seals under the current key with a fresh random nonce; `aad` says whose value it is ([`Column::belonging`]) and must be the
    /// same when it is opened.
    pub fn seal(&self, aad: &[u8], plain: &[u8]) -> Result<Sealed, Refusal> {
        self.needed()?.seal(random()?, aad, plain)
    }

    /// Opens what was sealed under any key of the ring.
    pub fn open(&self, aad: &[u8], sealed: &Sealed) -> Result<Vec<u8>, Refusal> {
        self.needed()?.open(aad, sealed)
    }

    /// Equal for equal texts of one purpose (`staff.identity`), and telling nothing else to whoever has no keys: 64 hexadecimal
    /// digits. Rotation keeps it, so a unique index may stand on it. Write the text in one way before (upper case, no spaces).
    pub fn digest(&self, purpose: &str, text: &str) -> Result<String, Refusal> {
        let length = (purpose.len() as u64).to_be_bytes();
        let secret = &self.needed()?.equality.bytes;
        Ok(hex(&keyed_digest(secret, &[&length, purpose.as_bytes(), text.as_bytes()])))
    }
}

impl KeyRing {
    fn seal(&self, nonce: [u8; NONCE_BYTES], aad: &[u8], plain: &[u8]) -> Result<Sealed, Refusal> {
        let sealed = cipher(&self.current.bytes, &[USE])
            .encrypt(&nonce.into(), Payload { msg: plain, aad })
            .map_err(|_| Refusal::Altered)?;
        let mut bytes = nonce.to_vec();
        bytes.extend(sealed);
        Ok(Sealed { key: self.current.id.clone(), bytes })
    }

    fn open(&self, aad: &[u8], sealed: &Sealed) -> Result<Vec<u8>, Refusal> {
        let secret =
            self.secret(&sealed.key).ok_or_else(|| Refusal::UnknownKey(sealed.key.clone()))?;
        let Some((nonce, msg)) = sealed.bytes.split_first_chunk::<NONCE_BYTES>() else {
            return Err(Refusal::Altered);
        };
        cipher(secret, &[USE])
            .decrypt(nonce.into(), Payload { msg, aad })
            .map_err(|_| Refusal::Altered)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const IDENTITY: Column =
        Column { table: "staff", record: "id", key: "identity_key", sealed: "identity_sealed" };
    const TOTP: Column =
        Column { table: "account", record: "person_id", key: "totp_key", sealed: "totp_sealed" };

    fn ring() -> KeyRing {
        KeyRing::new([1; 32], [9; 32])
    }

    #[test]
    fn a_value_opens_for_its_own_record_and_column_only() {
        let keys = Keys::from(ring());
        let own = IDENTITY.belonging(&[1; 16]);
        let sealed = keys.seal(&own, b"440305").unwrap();
        assert_eq!(sealed.key, ring().current_id());
        assert_eq!(keys.open(&own, &sealed).unwrap(), b"440305");
        for other in [IDENTITY.belonging(&[2; 16]), TOTP.belonging(&[1; 16])] {
            assert_eq!(keys.open(&other, &sealed), Err(Refusal::Altered));
        }
        assert_ne!(keys.seal(&own, b"440305").unwrap(), sealed, "each value has its own nonce");
    }

    #[test]
    fn every_flipped_bit_is_noticed() {
        let sealed = ring().seal([5; 12], b"r", b"440305").unwrap();
        for place in 0..sealed.bytes.len() * 8 {
            let mut altered = sealed.clone();
            altered.bytes[place / 8] ^= 1 << (place % 8);
            assert_eq!(ring().open(b"r", &altered), Err(Refusal::Altered), "{place}");
        }
        for length in 0..sealed.bytes.len() {
            let short = Sealed { bytes: sealed.bytes[..length].to_vec(), ..sealed.clone() };
            assert_eq!(ring().open(b"r", &short), Err(Refusal::Altered), "{length}");
        }
    }

    #[test]
    fn after_rotation_old_values_open_and_new_ones_bear_the_new_key() {
        let old = ring().seal([5; 12], b"r", b"x").unwrap();
        let rotated = ring().rotated_to([2; 32]);
        assert_eq!(rotated.open(b"r", &old).unwrap(), b"x");
        let new = rotated.seal([6; 12], b"r", b"x").unwrap();
        assert_ne!(new.key, old.key);
        assert_eq!(ring().open(b"r", &new), Err(Refusal::UnknownKey(new.key.clone())));
    }

    #[test]
    fn equality_outlives_rotation_and_differs_by_purpose() {
        let digest =
            |ring: KeyRing, purpose: &str| Keys::from(ring).digest(purpose, "440305").unwrap();
        let known = digest(ring(), "staff.identity");
        assert_eq!(known.len(), 64);
        assert_eq!(digest(ring().rotated_to([2; 32]), "staff.identity"), known);
        assert_ne!(digest(ring(), "staff.phone"), known);
        assert_ne!(digest(KeyRing::new([1; 32], [8; 32]), "staff.identity"), known);
    }

    #[test]
    fn without_keys_the_refusal_says_what_to_do() {
        let refusal = Keys::none().seal(b"r", b"x").unwrap_err();
        assert_eq!(Keys::none().digest("p", "x"), Err(refusal.clone()));
        assert!(refusal.to_string().contains("gongzhi keys new"));
    }
}
