//! How long an invitation serves, and for whom accounts are opened in bulk.

use kernel::{PostKind, Refuses};

/// How long an invitation serves: seven days.
pub const VALID_MS: i64 = 7 * 24 * 60 * 60 * 1000;
/// Most accounts that are opened at once: a district's principals, with room.
pub const MOST: usize = 500;

/// Why an invitation is not made or accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Unknown, expired or used: one sentence for all three, for whoever guesses.
    #[error("邀请码不对、已过期或已用过，请向安全管理员索取新的邀请")]
    NotValid,
    /// The two passwords differ.
    #[error("两次输入的密码不一样")]
    NotTheSame,
    /// Nobody to open an account for.
    #[error("所选范围内的在任人员都已有账号")]
    NobodyLeft,
    /// The administrators' accounts are opened one by one.
    #[error("管理员账号不能批量开通")]
    Administrator,
}

impl Refuses for Refusal {}

/// The posts whose holders are given accounts in bulk: all but the three administrators.
pub fn kinds() -> impl Iterator<Item = PostKind> {
    PostKind::ALL.iter().copied().filter(|kind| !kind.is_administrator())
}

/// The login after the last one with this beginning: `440305-00012`.
pub fn login_after(prefix: &str, last: Option<&str>, step: usize) -> String {
    let number = last
        .and_then(|login| login.strip_prefix(prefix))
        .and_then(|rest| rest.strip_prefix('-'))
        .and_then(|digits| digits.parse::<usize>().ok())
        .unwrap_or_default();
    format!("{prefix}-{:05}", number + step)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logins_are_counted_on() {
        assert_eq!(login_after("440305", None, 1), "440305-00001");
        assert_eq!(login_after("440305", Some("440305-00011"), 2), "440305-00013");
        assert_eq!(login_after("dapeng", Some("dapeng-leader"), 1), "dapeng-00001");
    }

    #[test]
    fn administrators_are_not_made_in_bulk() {
        assert!(kinds().all(|kind| !kind.may(kernel::Permission::KeepAccounts)));
        assert!(kinds().any(|kind| kind == PostKind::Principal));
    }
}
