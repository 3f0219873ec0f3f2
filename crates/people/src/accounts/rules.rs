//! Length and classes of a password, and locking after failed tries. The standard names the controls, not the numbers
//! (standards.md §5): these are the common choices, 8 characters of 3 classes, 5 failures, 30 minutes.

use kernel::{Invalid, Moment, Refuses};

/// Failed tries after which an account is locked.
pub const FAILURES_BEFORE_LOCK: i64 = 5;
/// For how long it is locked.
pub const LOCK_MS: i64 = 30 * 60 * 1000;
/// Shortest password, in characters.
pub const SHORTEST_PASSWORD: usize = 8;
/// Longest, so that hashing stays bounded.
pub const LONGEST_PASSWORD: usize = 128;

/// Why an account can't be kept as asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The login is taken.
    #[error("账号“{0}”已被使用，请换一个")]
    LoginTaken(String),
    /// One's own lock, password or post is another administrator's work.
    #[error("不能处理自己的账号，请由另一位安全管理员办理")]
    OwnAccount,
}

impl Refuses for Refusal {}

/// Whether tries are taken now.
pub fn is_locked(locked_until: Moment, now: Moment) -> bool {
    now < locked_until
}

/// The failures and lock after one more failed try.
pub fn lock_after(failures: i64, now: Moment) -> (i64, Moment) {
    let failures = failures + 1;
    if failures >= FAILURES_BEFORE_LOCK {
        (0, now.plus_millis(LOCK_MS))
    } else {
        (failures, Moment::from_millis(0))
    }
}

/// A password long and mixed enough.
pub fn check_password(plain: &str, login: &str) -> Result<(), Invalid> {
    let length = plain.chars().count();
    let classes = [
        plain.chars().any(|letter| letter.is_ascii_lowercase()),
        plain.chars().any(|letter| letter.is_ascii_uppercase()),
        plain.chars().any(|letter| letter.is_ascii_digit()),
        plain.chars().any(|letter| !letter.is_ascii_alphanumeric()),
    ];
    if !(SHORTEST_PASSWORD..=LONGEST_PASSWORD).contains(&length) {
        return Err(Invalid::field(
            "password",
            format!("密码须为 {SHORTEST_PASSWORD} 至 {LONGEST_PASSWORD} 个字符，现为 {length} 个"),
        ));
    }
    if classes.iter().filter(|&&has| has).count() < 3 {
        return Err(Invalid::field(
            "password",
            "密码须包含大写字母、小写字母、数字、其他符号中的至少三类",
        ));
    }
    if !login.is_empty() && plain.to_ascii_lowercase().contains(&login.to_ascii_lowercase()) {
        return Err(Invalid::field("password", "密码不能包含账号名"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fifth_failure_locks_for_half_an_hour() {
        let now = Moment::from_millis(1_000);
        assert_eq!(lock_after(3, now), (4, Moment::from_millis(0)));
        let (failures, until) = lock_after(4, now);
        assert_eq!(failures, 0);
        assert!(is_locked(until, now) && !is_locked(until, now.plus_millis(LOCK_MS)));
    }

    #[test]
    fn a_short_or_plain_password_is_refused_at_its_field() {
        for bad in ["Ab1!", "alllowercase1", "nanshan-Xk12345"] {
            let invalid = check_password(bad, "nanshan").unwrap_err();
            assert!(invalid.of("password").is_some(), "{bad}");
        }
        assert!(check_password("Tide-rises-7", "nanshan").is_ok());
    }
}
