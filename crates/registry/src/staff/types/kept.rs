//! An identity number as it is stored.

use sealing::Sealed;
use serde::{Deserialize, Serialize};

/// A number as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub struct Kept {
    /// The number, sealed with its bearer's id.
    pub sealed: Sealed,
    /// Its keyed digest, equal for equal numbers.
    pub digest: String,
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
        Self { key: kept.sealed.key, sealed: hex(&kept.sealed.bytes), digest: kept.digest }
    }
}

impl TryFrom<Written> for Kept {
    type Error = &'static str;
    fn try_from(written: Written) -> Result<Self, Self::Error> {
        let bytes = unhex(&written.sealed).ok_or("no hexadecimal digits")?;
        Ok(Self { sealed: Sealed { bytes, key: written.key }, digest: written.digest })
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_reads_back_from_a_preview() {
        let sealed = Sealed { key: "0b7e6f35d2c8".to_owned(), bytes: vec![0, 15, 255, 16] };
        let kept = Kept { sealed, digest: "ab".to_owned() };
        let text = serde_json::to_string(&kept).unwrap();
        assert!(text.contains("000fff10"), "{text}");
        assert_eq!(serde_json::from_str::<Kept>(&text).unwrap(), kept);
        assert!(serde_json::from_str::<Kept>(&text.replace("0fff", "0ff")).is_err());
    }
}
