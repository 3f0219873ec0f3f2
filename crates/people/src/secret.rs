//! Random secrets that are handed out once; the store keeps their digest or keeps them sealed.

use kernel::Failure;
use sm3::{Digest, Sm3};

/// The alphabet of RFC 4648, as authenticator apps read it.
pub(crate) const RFC_4648: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
/// Crockford's alphabet, without letters that look like digits: for codes that people type from paper.
pub(crate) const CROCKFORD: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Bytes of the system's randomness.
pub(crate) fn random<const N: usize>() -> Result<[u8; N], Failure> {
    let mut bytes = [0_u8; N];
    getrandom::fill(&mut bytes).map_err(|error| Failure::broken(error.to_string()))?;
    Ok(bytes)
}

/// Hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What is kept of a secret that is random enough not to be guessed: its SM3 digest.
pub(crate) fn digest(text: &str) -> String {
    hex(&Sm3::digest(text.as_bytes()))
}

/// Five bits a letter, the last one filled up with zeros; no padding.
pub(crate) fn base32(bytes: &[u8], alphabet: &[u8; 32]) -> String {
    let (mut letters, mut held, mut bits) = (String::new(), 0_u32, 0_u32);
    for byte in bytes {
        held = held << 8 | u32::from(*byte);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            letters.push(char::from(alphabet[(held >> bits) as usize & 31]));
        }
        held &= (1 << bits) - 1;
    }
    if bits > 0 {
        letters.push(char::from(alphabet[(held << (5 - bits)) as usize & 31]));
    }
    letters
}

/// In groups of four, as one reads it aloud.
pub(crate) fn grouped(letters: &str) -> String {
    let letters: Vec<char> = letters.chars().collect();
    letters.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join("-")
}

/// A code of Crockford's alphabet as somebody typed it from paper: without spaces and hyphens, O for 0, I and L for 1.
pub(crate) fn typed(text: &str) -> String {
    text.chars()
        .take(200)
        .filter(char::is_ascii_alphanumeric)
        .map(|letter| match letter.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            other => other,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base32_answers_the_examples_of_rfc_4648() {
        for (plain, letters) in
            [("", ""), ("f", "MY"), ("fo", "MZXQ"), ("foo", "MZXW6"), ("foobar", "MZXW6YTBOI")]
        {
            assert_eq!(base32(plain.as_bytes(), RFC_4648), letters);
        }
    }

    #[test]
    fn what_is_typed_from_paper_is_what_was_printed() {
        let code = base32(&[0xff; 10], CROCKFORD);
        assert_eq!(typed(&format!(" {} ", grouped(&code).to_lowercase())), code);
        assert_eq!(typed("o0-iL"), "0011");
    }

    #[test]
    fn no_two_secrets_are_alike() {
        assert_ne!(random::<32>().unwrap(), random::<32>().unwrap());
    }
}
