//! The key file: the secrets of a city, as lines of text.
//!
//! ```text
//! gongzhi-keys-1
//! equality 3f0c52a91b6e <64 hexadecimal digits>
//! key 91d27c4410aa <64 hexadecimal digits>
//! key 0b7e6f35d2c8 <64 hexadecimal digits>
//! ```
//!
//! The first `key` seals; the others, older, only open. An id is a digest of its secret, so that a damaged line is noticed and a
//! wrong key is told apart from a damaged value.

use std::fmt;

use crate::{Refusal, SECRET_BYTES, hex, keyed_digest, random};

/// The first line of a key file.
const FORMAT: &str = "gongzhi-keys-1";
/// Digits of a key's id: 48 bits of a digest.
const ID_DIGITS: usize = 12;

/// Why a text is no key file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyFault {
    /// The first line is another one.
    #[error("不是密钥文件：第一行应为 {FORMAT}")]
    NotAKeyFile,
    /// A line does not read as a secret with its id, or the two don't belong together.
    #[error("密钥文件第 {0} 行已损坏：编号与密钥不符")]
    Damaged(usize),
    /// There is no line `equality`, or no line `key`, or a key twice.
    #[error("密钥文件不完整：应有一行 equality 和至少一行 key，且不重复")]
    Incomplete,
}

/// A secret with its id. Never printed but into the key file.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Secret {
    pub(crate) id: String,
    pub(crate) bytes: [u8; SECRET_BYTES],
}

impl Secret {
    fn of(bytes: [u8; SECRET_BYTES]) -> Self {
        let mut id = hex(&keyed_digest(&bytes, &[b"gongzhi-key-id-1"]));
        id.truncate(ID_DIGITS);
        Self { id, bytes }
    }
    fn line(&self, word: &str) -> String {
        format!("{word} {} {}\n", self.id, hex(&self.bytes))
    }
    fn read(id: &str, digits: &str) -> Option<Self> {
        if digits.len() != 2 * SECRET_BYTES || !digits.is_ascii() {
            return None;
        }
        let mut bytes = [0_u8; SECRET_BYTES];
        for (place, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(digits.get(2 * place..2 * place + 2)?, 16).ok()?;
        }
        Some(Self::of(bytes)).filter(|secret| secret.id == id)
    }
}

/// The secrets of a city: one that seals, older ones that still open, one for equality.
#[derive(Clone, PartialEq, Eq)]
pub struct KeyRing {
    pub(crate) equality: Secret,
    pub(crate) current: Secret,
    pub(crate) older: Vec<Secret>,
}

impl fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyRing").field("ids", &self.ids()).finish_non_exhaustive()
    }
}

impl KeyRing {
    /// A new ring of random secrets.
    pub fn random() -> Result<Self, Refusal> {
        Ok(Self::new(random()?, random()?))
    }

    /// The ring with a new random secret that seals from now on; the others still open. Equality keeps its secret.
    pub fn rotated(self) -> Result<Self, Refusal> {
        Ok(self.rotated_to(random()?))
    }

    /// The ring without its older keys: for when no value is left under them.
    #[must_use]
    pub fn without_older(self) -> Self {
        Self { older: Vec::new(), ..self }
    }

    pub(crate) fn new(secret: [u8; SECRET_BYTES], equality: [u8; SECRET_BYTES]) -> Self {
        Self { equality: Secret::of(equality), current: Secret::of(secret), older: Vec::new() }
    }

    pub(crate) fn rotated_to(mut self, secret: [u8; SECRET_BYTES]) -> Self {
        let before = std::mem::replace(&mut self.current, Secret::of(secret));
        self.older.insert(0, before);
        self
    }

    /// Reads a key file, or the same text in a variable of the environment, where `;` may end a line.
    pub fn read(text: &str) -> Result<Self, KeyFault> {
        let mut lines = text.split(['\n', ';']).enumerate();
        if lines.next().map(|(_, line)| line.trim()) != Some(FORMAT) {
            return Err(KeyFault::NotAKeyFile);
        }
        let mut equality = None;
        let mut keys: Vec<Secret> = Vec::new();
        for (place, line) in lines.filter(|(_, line)| !line.trim().is_empty()) {
            let damaged = || KeyFault::Damaged(place + 1);
            let words: Vec<&str> = line.split_whitespace().collect();
            let [word, id, digits] = words[..] else { return Err(damaged()) };
            let secret = Secret::read(id, digits).ok_or_else(damaged)?;
            match word {
                "equality" if equality.is_none() => equality = Some(secret),
                "key" if keys.iter().all(|known| known.id != secret.id) => keys.push(secret),
                "equality" | "key" => return Err(KeyFault::Incomplete),
                _ => return Err(damaged()),
            }
        }
        let mut keys = keys.into_iter();
        match (equality, keys.next()) {
            (Some(equality), Some(current)) => {
                Ok(Self { equality, current, older: keys.collect() })
            }
            _ => Err(KeyFault::Incomplete),
        }
    }

    /// The text of the key file.
    pub fn to_text(&self) -> String {
        let mut text = format!("{FORMAT}\n{}", self.equality.line("equality"));
        text.push_str(&self.current.line("key"));
        self.older.iter().for_each(|older| text.push_str(&older.line("key")));
        text
    }

    /// The id of the key that seals.
    pub fn current_id(&self) -> &str {
        &self.current.id
    }

    /// The ids of all keys, the one that seals first.
    pub fn ids(&self) -> Vec<&str> {
        std::iter::once(&self.current).chain(&self.older).map(|key| key.id.as_str()).collect()
    }

    pub(crate) fn secret(&self, id: &str) -> Option<&[u8; SECRET_BYTES]> {
        std::iter::once(&self.current)
            .chain(&self.older)
            .find(|key| key.id == id)
            .map(|key| &key.bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_file_reads_back_with_all_its_keys() {
        let ring = KeyRing::new([1; 32], [9; 32]).rotated_to([2; 32]).rotated_to([3; 32]);
        let read = KeyRing::read(&ring.to_text()).unwrap();
        assert_eq!(read, ring);
        assert_eq!(read.ids().len(), 3);
        assert_eq!(read.current_id(), Secret::of([3; 32]).id);
        assert_eq!(KeyRing::read(&ring.to_text().replace('\n', ";")).unwrap(), ring);
    }

    #[test]
    fn a_changed_digit_is_noticed_and_its_line_named() {
        let text = KeyRing::new([1; 32], [9; 32]).to_text();
        let damaged = text.replacen("01010101", "01010111", 1);
        assert_ne!(damaged, text);
        assert_eq!(KeyRing::read(&damaged), Err(KeyFault::Damaged(3)));
    }

    #[test]
    fn what_is_no_key_file_is_refused() {
        assert_eq!(KeyRing::read(""), Err(KeyFault::NotAKeyFile));
        assert_eq!(KeyRing::read("PK\u{3}"), Err(KeyFault::NotAKeyFile));
        let text = KeyRing::new([1; 32], [9; 32]).to_text();
        let cut: String = text.lines().take(2).map(|line| format!("{line}\n")).collect();
        assert_eq!(KeyRing::read(&cut), Err(KeyFault::Incomplete));
        let twice = format!("{text}{}", text.lines().last().unwrap());
        assert_eq!(KeyRing::read(&twice), Err(KeyFault::Incomplete));
    }

    #[test]
    fn no_secret_is_printed_for_debugging() {
        let shown = format!("{:?}", KeyRing::new([0xab; 32], [0xcd; 32]));
        assert!(!shown.contains("abab") && !shown.contains("cdcd"), "{shown}");
    }
}
