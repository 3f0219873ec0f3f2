//! When a session ends by itself, and why a sign-in is refused.

use kernel::{Moment, Refuses};

use super::types::{Limits, Session};

/// How stale `seen_at` may grow before it is written again.
pub const TOUCH_MS: i64 = 60 * 1000;
/// How long a session waits for a code or a new password.
pub const WAITING_MS: i64 = 10 * 60 * 1000;

/// Why somebody is not let in. The same words for a wrong login and a wrong password, and for a login that is locked whether
/// it exists or not.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Login or password wrong.
    #[error("账号或密码不对。连续输错 5 次，账号将锁定 30 分钟")]
    Wrong,
    /// The second factor's code is wrong.
    #[error("动态码或恢复码不对、已过期或已用过。连续输错 5 次，账号将锁定 30 分钟")]
    WrongCode,
    /// Too many failed tries.
    #[error("账号已锁定，请在 {0} 之后再试，或请安全管理员解锁")]
    Locked(Moment),
    /// No post in force today.
    #[error("您目前没有在任岗位，不能登录。请联系本单位管理员")]
    NoPost,
    /// The chosen post is not one of the person's own in force today.
    #[error("这个岗位今天不在任期内，请另选一个")]
    NotInForce,
    /// The session that waited for a code or password is over.
    #[error("等待时间过长，请重新登录")]
    TooLate,
    /// The two new passwords differ.
    #[error("两次输入的新密码不一样")]
    NotTheSame,
}

impl Refuses for Refusal {}

/// Whether a session still holds.
pub fn holds(session: &Session, limits: Limits, now: Moment) -> bool {
    let (age, silence) =
        (now.millis() - session.started_at.millis(), now.millis() - session.seen_at.millis());
    let longest = match session.awaits {
        Some(_) => WAITING_MS.min(limits.longest_ms),
        None => limits.longest_ms,
    };
    silence <= limits.idle_ms && age <= longest
}

/// Whether `seen_at` should be written again.
pub fn is_due(seen_at: Moment, now: Moment) -> bool {
    now.millis() - seen_at.millis() >= TOUCH_MS
}

/// What a browser says of itself, in two words that its user recognises.
pub fn device(agent: &str) -> String {
    let known = |words: &[(&str, &'static str)]| {
        words.iter().find(|(word, _)| agent.contains(word)).map(|(_, name)| *name)
    };
    // The order matters: each of these names those after it, too.
    let browser = known(&[
        ("MicroMessenger", "微信"),
        ("Edg", "Edge"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ]);
    let system = known(&[
        ("HarmonyOS", "鸿蒙"),
        ("OpenHarmony", "鸿蒙"),
        ("Android", "安卓手机"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS X", "macOS"),
        ("Linux", "Linux"),
    ]);
    match (browser, system) {
        (Some(browser), Some(system)) => format!("{browser}（{system}）"),
        (Some(one), None) | (None, Some(one)) => one.to_owned(),
        (None, None) => "未知设备".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use kernel::Id;

    use super::super::types::Awaited;
    use super::*;

    const LIMITS: Limits =
        Limits { idle_ms: 30 * 60_000, longest_ms: 12 * 3_600_000, password_days: 90 };

    fn session(started: i64, seen: i64) -> Session {
        Session {
            person: Id::new(uuid::Uuid::from_u128(1)),
            name: "王敏".to_owned(),
            started_at: Moment::from_millis(started),
            seen_at: Moment::from_millis(seen),
            awaits: None,
            stand_in: None,
            post: None,
            acting_for: None,
            posts: 1,
        }
    }

    #[test]
    fn half_an_hour_of_silence_ends_a_session_and_twelve_hours_in_any_case() {
        let at = Moment::from_millis;
        assert!(holds(&session(0, 0), LIMITS, at(LIMITS.idle_ms)));
        assert!(!holds(&session(0, 0), LIMITS, at(LIMITS.idle_ms + 1)));
        let longest = LIMITS.longest_ms;
        assert!(holds(&session(0, longest), LIMITS, at(longest)));
        assert!(!holds(&session(0, longest), LIMITS, at(longest + 1)));
    }

    #[test]
    fn a_session_waits_ten_minutes_for_a_code() {
        let waiting = Session { awaits: Some(Awaited::Code), ..session(0, 0) };
        assert!(holds(&waiting, LIMITS, Moment::from_millis(WAITING_MS)));
        assert!(!holds(&waiting, LIMITS, Moment::from_millis(WAITING_MS + 1)));
    }

    #[test]
    fn a_device_is_named_in_two_words() {
        let edge = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/120.0 Safari/537.36 Edg/120.0";
        assert_eq!(device(edge), "Edge（Windows）");
        assert_eq!(
            device("Mozilla/5.0 (Linux; Android 14) Chrome/120.0 Safari/537.36"),
            "Chrome（安卓手机）"
        );
        assert_eq!(device("curl/8"), "未知设备");
    }
}
