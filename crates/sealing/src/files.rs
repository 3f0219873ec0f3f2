//! Long files, sealed in pieces that open one after the other.

use aes_gcm::aead::{Aead as _, Payload};

use crate::{KeyRing, NONCE_BYTES, Refusal, SALT_BYTES, Sm4Gcm, cipher};

/// The cipher of one file, under a key derived from a master key and the file's own salt. A piece's nonce is its number and
/// whether it is the last, so that no piece can be left out, moved, doubled or cut off.
pub struct FileCipher {
    cipher: Sm4Gcm,
}

impl std::fmt::Debug for FileCipher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("FileCipher")
    }
}

fn nonce(number: u64, is_last: bool) -> [u8; NONCE_BYTES] {
    let mut nonce = [0_u8; NONCE_BYTES];
    nonce[3..11].copy_from_slice(&number.to_be_bytes());
    nonce[11] = u8::from(is_last);
    nonce
}

impl FileCipher {
    /// Seals a piece; `belonging` (the file's header) must be the same when it is opened.
    pub fn seal(
        &self,
        number: u64,
        is_last: bool,
        belonging: &[u8],
        plain: &[u8],
    ) -> Result<Vec<u8>, Refusal> {
        self.cipher
            .encrypt(&nonce(number, is_last).into(), Payload { msg: plain, aad: belonging })
            .map_err(|_| Refusal::Altered)
    }

    /// Opens a piece.
    pub fn open(
        &self,
        number: u64,
        is_last: bool,
        belonging: &[u8],
        sealed: &[u8],
    ) -> Result<Vec<u8>, Refusal> {
        self.cipher
            .decrypt(&nonce(number, is_last).into(), Payload { msg: sealed, aad: belonging })
            .map_err(|_| Refusal::Altered)
    }
}

impl KeyRing {
    /// The cipher of a file with this salt under the key with this id; the salt is random and used once.
    pub fn file_cipher(&self, key: &str, salt: &[u8; SALT_BYTES]) -> Result<FileCipher, Refusal> {
        let secret = self.secret(key).ok_or_else(|| Refusal::UnknownKey(key.to_owned()))?;
        Ok(FileCipher { cipher: cipher(secret, &[b"gongzhi-file-1", salt]) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_piece_opens_in_its_own_place_of_its_own_file_only() {
        let ring = KeyRing::new([1; 32], [9; 32]);
        let key = ring.current_id();
        let file = ring.file_cipher(key, &[4; 16]).unwrap();
        let piece = file.seal(3, false, b"head", b"text").unwrap();
        assert_eq!(file.open(3, false, b"head", &piece).unwrap(), b"text");
        for (number, is_last, head) in
            [(4, false, &b"head"[..]), (3, true, b"head"), (3, false, b"other")]
        {
            assert_eq!(file.open(number, is_last, head, &piece), Err(Refusal::Altered));
        }
        let other = ring.file_cipher(key, &[5; 16]).unwrap();
        assert_eq!(other.open(3, false, b"head", &piece), Err(Refusal::Altered));
        assert!(ring.file_cipher("000000000000", &[4; 16]).is_err());
    }
}
