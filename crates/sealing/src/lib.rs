//! Sealing what must not be read from a stolen disk: SM4 (GB/T 32907) in Galois/counter mode (RFC 8998), keyed digests by
//! HMAC with SM3 (GB/T 32905), and the key file in which the master keys stand.
//!
//! * A *record* is sealed under the current key with a random nonce; what it is and whose it is are associated
//!   data, so that a sealed value moved to another record or column does not open. The id of the key stands beside
//!   the value. One key seals at most 2³² records with random nonces (NIST SP 800-38D, 8.3): far more than a city has.
//! * *Equality* of sealed values is asked through a keyed digest. Its secret outlives rotation: a digest made last year must
//!   still find its record, and a unique index over digests must hold across keys.
//! * A *file* is sealed in pieces under a key of its own, derived from a master key and the file's salt.
//!
//! No file and no clock: the program's configuration reads the key file and hands its text in.

mod files;
mod keys;
mod records;

pub use files::FileCipher;
pub use keys::{KeyFault, KeyRing};
pub use records::{Column, Keys, Sealed};

/// Why something is not sealed or does not open.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The program was started without keys.
    #[error(
        "尚未配置密钥，不能保存或读取加密内容。请系统管理员用 gongzhi keys new 生成密钥文件，并在配置中设置 key_file。"
    )]
    NoKeys,
    /// The key is not in the key file.
    #[error("密钥文件中没有编号为 {0} 的密钥，请使用加密时的密钥文件")]
    UnknownKey(String),
    /// Altered, or moved here from another record or column.
    #[error("密文已损坏，或不属于这条记录")]
    Altered,
    /// The system gives no random numbers.
    #[error("系统随机数不可用，不能加密")]
    NoRandomness,
}

impl kernel::Refuses for Refusal {}

/// The bytes of one secret.
pub const SECRET_BYTES: usize = 32;
/// The bytes of a nonce.
pub const NONCE_BYTES: usize = 12;
/// The bytes of a tag, by which something sealed is longer than what was sealed.
pub const TAG_BYTES: usize = 16;
/// The bytes of a file's salt.
pub const SALT_BYTES: usize = 16;

/// SM4 in Galois/counter mode with nonces of 96 and tags of 128 bits.
type Sm4Gcm = aes_gcm::AesGcm<sm4::Sm4, aes_gcm::aead::consts::U12>;

/// HMAC with SM3 over the parts, one after the other.
fn keyed_digest(secret: &[u8; SECRET_BYTES], parts: &[&[u8]]) -> [u8; 32] {
    use hmac::{KeyInit as _, Mac as _};
    // HMAC fills a key up to the block of its digest with zeros.
    let mut block = [0_u8; 64];
    block[..SECRET_BYTES].copy_from_slice(secret);
    let mut mac = hmac::Hmac::<sm3::Sm3>::new(&block.into());
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

/// A cipher under a key derived from a secret for one use.
fn cipher(secret: &[u8; SECRET_BYTES], parts: &[&[u8]]) -> Sm4Gcm {
    use aes_gcm::KeyInit as _;
    let mut key = [0_u8; 16];
    key.copy_from_slice(&keyed_digest(secret, parts)[..16]);
    Sm4Gcm::new(&key.into())
}

/// Fresh random bytes of the system: a nonce, a salt, a secret.
pub fn random<const N: usize>() -> Result<[u8; N], Refusal> {
    let mut bytes = [0_u8; N];
    getrandom::fill(&mut bytes).map_err(|_| Refusal::NoRandomness)?;
    Ok(bytes)
}

/// HMAC-SM3 of a content under a secret that two programs share, in hexadecimal digits.
pub fn signature(secret: &[u8], content: &[u8]) -> String {
    use hmac::{KeyInit as _, Mac as _};
    // A key of any length is one: longer than a block it is digested first (GB/T 15852.2).
    let mac = hmac::Hmac::<sm3::Sm3>::new_from_slice(secret);
    mac.map(|mac| hex(&mac.chain_update(content).finalize().into_bytes())).unwrap_or_default()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use aes_gcm::KeyInit as _;
    use aes_gcm::aead::{Aead as _, Payload};
    use sm3::Digest as _;

    use super::*;

    fn bytes(text: &str) -> Vec<u8> {
        let digits: Vec<char> = text.chars().filter(char::is_ascii_hexdigit).collect();
        digits
            .chunks(2)
            .map(|pair| u8::from_str_radix(&pair.iter().collect::<String>(), 16).unwrap())
            .collect()
    }

    #[test]
    fn sm4_answers_the_example_of_the_standard() {
        // GB/T 32907-2016, A.1.
        use sm4::cipher::BlockCipherEncrypt as _;
        let key: [u8; 16] = bytes("0123456789abcdeffedcba9876543210").try_into().unwrap();
        let mut block = key.into();
        sm4::Sm4::new(&key.into()).encrypt_block(&mut block);
        assert_eq!(hex(&block), "681edf34d206965e86b3e94f536e4246");
    }

    #[test]
    fn sm3_answers_the_examples_of_the_standard() {
        // GB/T 32905-2016, A.1 and A.2.
        let digest = |text: &[u8]| hex(&sm3::Sm3::digest(text));
        assert_eq!(
            digest(b"abc"),
            "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
        );
        assert_eq!(
            digest(&b"abcd".repeat(16)),
            "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"
        );
    }

    #[test]
    fn sm4_gcm_answers_the_example_of_rfc_8998() {
        // RFC 8998, A.1.
        let key: [u8; 16] = bytes("0123456789ABCDEFFEDCBA9876543210").try_into().unwrap();
        let nonce: [u8; 12] = bytes("00001234567800000000ABCD").try_into().unwrap();
        let plain = bytes(
            "AAAAAAAAAAAAAAAABBBBBBBBBBBBBBBBCCCCCCCCCCCCCCCCDDDDDDDDDDDDDDDD\
             EEEEEEEEEEEEEEEEFFFFFFFFFFFFFFFFEEEEEEEEEEEEEEEEAAAAAAAAAAAAAAAA",
        );
        let aad = bytes("FEEDFACEDEADBEEFFEEDFACEDEADBEEFABADDAD2");
        let sealed = Sm4Gcm::new(&key.into())
            .encrypt(&nonce.into(), Payload { msg: &plain, aad: &aad })
            .unwrap();
        let expected = bytes(
            "17F399F08C67D5EE19D0DC9969C4BB7D5FD46FD3756489069157B282BB200735\
             D82710CA5C22F0CCFA7CBF93D496AC15A56834CBCF98C397B4024A2691233B8D\
             83DE3541E4C2B58177E065A9BF7B62EC",
        );
        assert_eq!(sealed, expected);
    }

    #[test]
    fn a_keyed_digest_is_hmac_as_it_is_defined() {
        // RFC 2104 spelt out: H(K xor opad, H(K xor ipad, text)).
        let secret = [7_u8; SECRET_BYTES];
        let padded = |with: u8| {
            let mut block = [with; 64];
            secret.iter().enumerate().for_each(|(place, byte)| block[place] ^= byte);
            block
        };
        let inner = sm3::Sm3::new().chain_update(padded(0x36)).chain_update(b"ab").finalize();
        let outer = sm3::Sm3::new().chain_update(padded(0x5c)).chain_update(inner).finalize();
        assert_eq!(keyed_digest(&secret, &[b"a", b"b"]).as_slice(), outer.as_slice());
    }
}
