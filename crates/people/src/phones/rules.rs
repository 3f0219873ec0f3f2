//! Which numbers there are, how often codes are sent, and how long they serve.

use kernel::{Moment, Refuses};

use super::types::Lately;

/// How long one waits before the next code to the same number.
const PAUSE_MS: i64 = 60 * 1000;
/// Most codes to one number in an hour.
const MOST_TO_NUMBER: i64 = 5;
/// Most codes asked for from one network address in an hour: a bureau's people share one.
const MOST_FROM_ADDRESS: i64 = 60;
/// Why no code is sent or taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Not a number.
    #[error("请填写 11 位手机号码")]
    NotANumber,
    /// Too often.
    #[error("获取验证码过于频繁，请稍后再试，或改用账号和密码登录")]
    TooOften,
    /// Wrong, old, or for another browser: one sentence for all.
    #[error("验证码不对或已过期，请重新获取")]
    WrongCode,
    /// Bound elsewhere.
    #[error("这个号码不能绑定：可能已绑定其他账号，请联系安全管理员")]
    NotFree,
    /// The gateway did not take it.
    #[error("验证码没有送出，短信网关没有响应，请稍后再试")]
    NotDelivered,
    /// Nothing bound.
    #[error("没有绑定手机号")]
    NotBound,
}

impl Refuses for Refusal {}

/// A mainland telephone number as its eleven digits, however it was typed.
pub fn plain(text: &str) -> Result<String, Refusal> {
    let digits: String = text.chars().filter(|letter| !matches!(letter, ' ' | '-')).collect();
    let digits = digits.strip_prefix("+86").unwrap_or(&digits);
    let is_number = digits.len() == 11
        && digits.starts_with('1')
        && !digits.starts_with("10")
        && digits.bytes().all(|digit| digit.is_ascii_digit());
    if is_number { Ok(digits.to_owned()) } else { Err(Refusal::NotANumber) }
}

/// 138****8000
pub fn masked(phone: &str) -> String {
    let tail = phone.get(7..).unwrap_or_default();
    format!("{}****{tail}", phone.get(..3).unwrap_or_default())
}

/// Whether one more code may be sent.
pub fn may_send(lately: Lately, now: Moment) -> Result<(), Refusal> {
    let is_pause = lately.last.is_some_and(|last| now.millis() - last.millis() < PAUSE_MS);
    if is_pause || lately.to_number >= MOST_TO_NUMBER || lately.from_address >= MOST_FROM_ADDRESS {
        return Err(Refusal::TooOften);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::types::HOUR_MS;
    use super::*;

    #[test]
    fn a_number_is_eleven_digits_however_it_is_typed() {
        assert_eq!(plain("138 0013 8000").as_deref(), Ok("13800138000"));
        assert_eq!(plain("+86138-0013-8000").as_deref(), Ok("13800138000"));
        for bad in [
            "1380013800",
            "23800138000",
            "10800138000",
            "1380013800a",
            "",
            "１３８００１３８０００",
        ] {
            assert_eq!(plain(bad), Err(Refusal::NotANumber), "{bad}");
        }
        assert_eq!(masked("13800138000"), "138****8000");
    }

    #[test]
    fn codes_are_sent_once_a_minute_and_five_times_an_hour() {
        let now = Moment::from_millis(HOUR_MS);
        let ago = |ms: i64| Some(now.plus_millis(-ms));
        let lately = |to_number, last, from_address| Lately { to_number, last, from_address };
        assert_eq!(may_send(lately(0, None, 0), now), Ok(()));
        assert_eq!(may_send(lately(1, ago(59_000), 1), now), Err(Refusal::TooOften));
        assert_eq!(may_send(lately(4, ago(60_000), 4), now), Ok(()));
        assert_eq!(may_send(lately(5, ago(900_000), 5), now), Err(Refusal::TooOften));
        assert_eq!(may_send(lately(0, None, 60), now), Err(Refusal::TooOften));
    }
}
