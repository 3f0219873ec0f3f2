//! Codes that change with time (RFC 6238 with SHA-1, six digits, thirty seconds: what every authenticator app speaks).

use hmac::{Hmac, KeyInit, Mac};
use kernel::{Moment, Refuses};
use sha1::Sha1;

use crate::secret::{RFC_4648, base32};

/// For how long a code is shown.
const STEP_MS: i64 = 30_000;
/// How many steps before and after the present one are taken: clocks of telephones go wrong by some seconds.
const STEPS_ASIDE: i64 = 1;
/// How many recovery codes there are.
pub const RECOVERY_CODES: usize = 10;

/// Why a second factor is not switched or taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The server has no key to seal the secret.
    #[error("系统尚未配置密钥，不能启用动态码。请联系系统管理员")]
    NoKey,
    /// It is on.
    #[error("动态码已经启用；要更换手机，请先停用")]
    AlreadyOn,
    /// It is not on, or not begun.
    #[error("动态码尚未启用，请从头开始")]
    NotOn,
    /// The code is wrong, old or used.
    #[error("动态码不对、已过期或已用过，请等手机上出现新的一组再输入")]
    WrongCode,
    /// It can't be checked without the key; recovery codes can.
    #[error("系统的密钥暂不可用，无法核对动态码，请输入恢复码")]
    KeyMissing,
}

impl Refuses for Refusal {}

/// The step of time in which a moment lies.
fn step_of(now: Moment) -> i64 {
    now.millis().div_euclid(STEP_MS)
}

/// The code of a step (RFC 4226, 5.3).
fn code(secret: &[u8], step: i64) -> Option<String> {
    let mut mac = Hmac::<Sha1>::new_from_slice(secret).ok()?;
    mac.update(&step.to_be_bytes());
    let digest = mac.finalize().into_bytes();
    let offset = usize::from(digest.last()? & 15);
    let four: [u8; 4] = digest.get(offset..offset + 4)?.try_into().ok()?;
    let number = u32::from_be_bytes(four) & 0x7fff_ffff;
    Some(format!("{:06}", number % 1_000_000))
}

/// What an app with this secret shows at a moment.
#[cfg(test)]
pub(crate) fn code_at(secret: &[u8], now: Moment) -> Option<String> {
    code(secret, step_of(now))
}

/// The step whose code was typed: one near the present and later than the last that was taken, so that none serves twice.
pub fn accepted_step(secret: &[u8], typed: &str, last_step: i64, now: Moment) -> Option<i64> {
    let present = step_of(now);
    let typed: String = typed.chars().filter(|letter| !letter.is_whitespace()).collect();
    (present - STEPS_ASIDE..=present + STEPS_ASIDE)
        .filter(|step| *step > last_step)
        .find(|step| code(secret, *step).is_some_and(|code| code == typed))
}

/// Whether a text has the form of such a code; anything else is taken for a recovery code.
pub fn is_code(typed: &str) -> bool {
    let digits: Vec<char> = typed.chars().filter(|letter| !letter.is_whitespace()).collect();
    digits.len() == 6 && digits.iter().all(char::is_ascii_digit)
}

/// What an authenticator app reads from the picture.
pub fn app_address(issuer: &str, login: &str, secret: &[u8]) -> String {
    let quoted = |text: &str| -> String {
        text.bytes()
            .map(|byte| {
                if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_') {
                    char::from(byte).to_string()
                } else {
                    format!("%{byte:02X}")
                }
            })
            .collect()
    };
    let (issuer, login) = (quoted(issuer), quoted(login));
    let secret = base32(secret, RFC_4648);
    format!(
        "otpauth://totp/{issuer}:{login}?secret={secret}&issuer={issuer}&algorithm=SHA1&digits=6&period=30"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &[u8] = b"12345678901234567890";

    fn at(seconds: i64) -> Moment {
        Moment::from_millis(seconds * 1_000)
    }

    #[test]
    fn codes_are_those_of_rfc_6238() {
        // RFC 6238, appendix B, SHA-1; the last six of the eight digits.
        for (seconds, expected) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(code(SECRET, step_of(at(seconds))).unwrap(), expected);
        }
    }

    #[test]
    fn a_code_is_taken_a_step_aside_and_never_twice() {
        let now = at(1_111_111_111);
        let step = accepted_step(SECRET, "050 471", 0, now).unwrap();
        assert_eq!(accepted_step(SECRET, "050471", step, now), None);
        assert_eq!(accepted_step(SECRET, "081804", 0, now), Some(step - 1));
        assert_eq!(accepted_step(SECRET, "081804", step, now), None, "older than the last taken");
        assert_eq!(accepted_step(SECRET, "050471", 0, at(1_111_111_111 + 90)), None);
        assert_eq!(accepted_step(SECRET, "000000", 0, now), None);
    }

    #[test]
    fn the_apps_address_keeps_chinese_and_signs_quoted() {
        let address = app_address("共治", "a&b", SECRET);
        assert!(address.starts_with("otpauth://totp/%E5%85%B1%E6%B2%BB:a%26b?secret=GEZDGNBV"));
    }
}
