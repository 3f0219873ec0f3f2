//! When a session ends by itself, and why a sign-in is refused.

use kernel::{Moment, Refuses};

/// Idle for so long, a session has ended (standards.md §5: 30 minutes is the common choice).
pub const IDLE_MS: i64 = 30 * 60 * 1000;
/// However busy, a session ends after this.
pub const LONGEST_MS: i64 = 12 * 60 * 60 * 1000;
/// How stale `seen_at` may grow before it is written again.
pub const TOUCH_MS: i64 = 60 * 1000;

/// Why somebody is not let in. The same words for a wrong login and a wrong password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Login or password wrong.
    #[error("账号或密码不对。连续输错 5 次，账号将锁定 30 分钟")]
    Wrong,
    /// Too many failed tries.
    #[error("账号已锁定，请在 {0} 之后再试，或请安全管理员解锁")]
    Locked(Moment),
    /// No post in force today.
    #[error("您目前没有在任岗位，不能登录。请联系本单位管理员")]
    NoPost,
    /// The chosen post is not one of the person's own in force today.
    #[error("这个岗位今天不在任期内，请另选一个")]
    NotInForce,
}

impl Refuses for Refusal {}

/// Whether a session still holds.
pub fn holds(started_at: Moment, seen_at: Moment, now: Moment) -> bool {
    now.millis() - seen_at.millis() <= IDLE_MS && now.millis() - started_at.millis() <= LONGEST_MS
}

/// Whether `seen_at` should be written again.
pub fn is_due(seen_at: Moment, now: Moment) -> bool {
    now.millis() - seen_at.millis() >= TOUCH_MS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_an_hour_of_silence_ends_a_session() {
        let start = Moment::from_millis(0);
        assert!(holds(start, start, start.plus_millis(IDLE_MS)));
        assert!(!holds(start, start, start.plus_millis(IDLE_MS + 1)));
        assert!(!holds(start, start.plus_millis(LONGEST_MS), start.plus_millis(LONGEST_MS + 1)));
    }
}
