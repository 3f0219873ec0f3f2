use sm3::{Digest, Sm3};

use super::chain::hex;

/// Bytes of SM3's block, by which HMAC pads its key (RFC 2104).
const BLOCK: usize = 64;

/// What stands in the trail for a personal field: HMAC-SM3 under the server's key over the field's name and value. It
/// shows that the field changed, and to nobody without the key what it says (issue 2 §2: never in the clear).
pub fn personal_digest(key: &[u8], field: &str, value: &str) -> String {
    let mut message = Vec::with_capacity(field.len() + value.len() + 1);
    message.extend_from_slice(field.as_bytes());
    message.push(0);
    message.extend_from_slice(value.as_bytes());
    format!("hmac-sm3:{}", hex(&hmac(key, &message)))
}

fn hmac(key: &[u8], message: &[u8]) -> [u8; 32] {
    let hashed: [u8; 32];
    let key = if key.len() > BLOCK {
        hashed = Sm3::digest(key).into();
        &hashed
    } else {
        key
    };
    let padded = |pad: u8| -> Vec<u8> {
        (0..BLOCK).map(|place| key.get(place).copied().unwrap_or(0) ^ pad).collect()
    };
    let inner = Sm3::new().chain_update(padded(0x36)).chain_update(message).finalize();
    Sm3::new().chain_update(padded(0x5c)).chain_update(inner).finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_hmac_sm3() {
        // GM/T 0042-2015, appendix D; agrees with `openssl dgst -sm3 -mac HMAC`.
        let key: Vec<u8> = (1..=32).collect();
        let message = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq".repeat(2);
        assert_eq!(
            hex(&hmac(&key, message.as_bytes())),
            "ca05e144ed05d1857840d1f318a4a8669e559fc8391f414485bfdf7bb408963a"
        );
        assert_eq!(hmac(&[7; 65], b"x"), hmac(&<[u8; 32]>::from(Sm3::digest([7; 65])), b"x"));
    }

    #[test]
    fn key_field_and_value_all_matter_and_the_value_does_not_show() {
        let one = personal_digest(b"key", "phone", "13800000000");
        assert_eq!(one, personal_digest(b"key", "phone", "13800000000"));
        for other in [
            personal_digest(b"kez", "phone", "13800000000"),
            personal_digest(b"key", "phone", "13800000001"),
            personal_digest(b"key", "name", "13800000000"),
        ] {
            assert_ne!(one, other);
        }
        assert!(!one.contains("138000"));
    }
}
