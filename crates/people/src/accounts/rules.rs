//! What a password must be, when it must be changed, and when a login is locked. GB/T 22239-2019 level 3 (安全计算环境,
//! identity a and b) names the controls, not the numbers (standards.md §5). The common choices are 8 characters or more of 3
//! classes, 5 failures, 30 minutes, 90 days; we ask for 10 characters.

use kernel::{Invalid, Moment, PostKind, Refuses};

use super::types::{Standing, Tries};

/// Failed tries after which a login is locked.
pub const FAILURES_BEFORE_LOCK: i64 = 5;
/// For how long it is locked.
pub const LOCK_MS: i64 = 30 * 60 * 1000;
/// Shortest password, in characters.
pub const SHORTEST_PASSWORD: usize = 10;
/// Longest, so that hashing stays bounded.
pub const LONGEST_PASSWORD: usize = 128;
/// How many passwords, the present one included, are not taken again.
pub const PASSWORDS_REMEMBERED: usize = 5;

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// Why an account can't be kept as asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The login is taken.
    #[error("账号“{0}”已被使用，请换一个")]
    LoginTaken(String),
    /// One's own lock, password or post is another administrator's work.
    #[error("不能处理自己的账号，请由另一位安全管理员办理")]
    OwnAccount,
    /// Nobody signs in as that.
    #[error("没有账号“{0}”")]
    NoSuchLogin(String),
    /// Too many failed tries.
    #[error("连续输错次数过多，请在 {0} 之后再试，或请安全管理员解锁")]
    Locked(Moment),
    /// An administrator's or auditor's.
    #[error(
        "账号 {0} 属于管理员或审计人员，密码、邀请和动态码不由安全管理员办理；请安装人员在服务器上执行 gongzhi user reset {0}"
    )]
    AdministratorsAccount(String),
}

impl Refuses for Refusal {}

/// GB/T 22239 level 3: none of the three administrators can do another's work, nor act as an auditor. Whoever could set their
/// passwords could.
pub fn may_be_reset(login: &str, posts: impl Iterator<Item = PostKind>) -> Result<(), Refusal> {
    let mut posts = posts;
    if posts.any(|kind| kind.is_administrator() || kind == PostKind::Auditor) {
        return Err(Refusal::AdministratorsAccount(login.to_owned()));
    }
    Ok(())
}

/// Until when no try is taken, if the login is locked now.
pub fn locked_until(tries: Tries, now: Moment) -> Option<Moment> {
    let until = tries.tried_at.plus_millis(LOCK_MS);
    (tries.failures >= FAILURES_BEFORE_LOCK && now < until).then_some(until)
}

/// Until when a try is refused that has just been counted: the fifth is still taken, the sixth is not.
pub fn refused_until(tries: Tries) -> Option<Moment> {
    (tries.failures > FAILURES_BEFORE_LOCK).then(|| tries.tried_at.plus_millis(LOCK_MS))
}

/// Why a password must be changed before anything else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Renewal {
    /// Somebody else gave it.
    Given,
    /// It has been used for longer than the period.
    Old,
}

/// Whether a password must be changed at sign-in. `period_days` 0 means never for its age.
pub fn renewal(
    standing: Standing,
    since: Moment,
    period_days: i64,
    now: Moment,
) -> Option<Renewal> {
    if standing == Standing::Given {
        return Some(Renewal::Given);
    }
    let is_old = period_days > 0 && now.millis() - since.millis() >= period_days * DAY_MS;
    is_old.then_some(Renewal::Old)
}

/// The moment from which a password must be changed; none when it never must.
pub fn renewed_from(since: Moment, period_days: i64) -> Option<Moment> {
    (period_days > 0).then(|| since.plus_millis(period_days * DAY_MS))
}

/// A login in the one way in which it is stored.
pub fn plain_login(login: &str) -> String {
    login.trim().to_ascii_lowercase().chars().take(40).collect()
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
        let tries = |failures| Tries { failures, tried_at: now };
        assert_eq!(locked_until(tries(4), now), None);
        assert_eq!(locked_until(tries(5), now), Some(now.plus_millis(LOCK_MS)));
        assert_eq!(locked_until(tries(5), now.plus_millis(LOCK_MS)), None);
        assert_eq!(refused_until(tries(5)), None);
        assert_eq!(refused_until(tries(6)), Some(now.plus_millis(LOCK_MS)));
    }

    #[test]
    fn no_administrators_or_auditors_password_is_set_by_another_administrator() {
        let refused = |kind| may_be_reset("li", [PostKind::Head, kind].into_iter()).is_err();
        for kind in PostKind::ALL {
            let expected = kind.is_administrator() || *kind == PostKind::Auditor;
            assert_eq!(refused(*kind), expected, "{kind:?}");
        }
    }

    #[test]
    fn a_short_or_plain_password_is_refused_at_its_field() {
        for bad in ["Ab1!", "Tide-ri-7", "alllowercase1", "nanshan-Xk12345"] {
            let invalid = check_password(bad, "nanshan").unwrap_err();
            assert!(invalid.of("password").is_some(), "{bad}");
        }
        assert!(check_password("Tide-rises-7", "nanshan").is_ok());
        assert!(check_password(&"Aa1-".repeat(33), "nanshan").is_err());
    }

    #[test]
    fn a_password_grows_old_on_the_ninetieth_day_and_a_given_one_at_once() {
        let since = Moment::from_millis(0);
        let day = |days: i64| since.plus_millis(days * DAY_MS);
        assert_eq!(renewal(Standing::Chosen, since, 90, day(89)), None);
        assert_eq!(renewal(Standing::Chosen, since, 90, day(90)), Some(Renewal::Old));
        assert_eq!(renewal(Standing::Chosen, since, 0, day(9_000)), None);
        assert_eq!(renewal(Standing::Given, since, 0, since), Some(Renewal::Given));
    }
}
