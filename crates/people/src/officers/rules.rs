//! What the security administrator may give and end, and to whom.

use kernel::{Date, PersonId, PostKind, Refuses};

use crate::posts::Post;

/// Why a post is not given or not ended.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Another office's to give.
    #[error("“{0}”由主管部门聘任，不在这里办理")]
    NotOfOffice(&'static str),
    /// Nobody appoints or dismisses himself.
    #[error("不能任免自己，请由另一位安全管理员办理")]
    OwnPost,
    /// It ends before it begins.
    #[error("离任日期须晚于任职日期 {0}，且不晚于原定截止日期")]
    NotInForce(Date),
    /// It would end before it begins.
    #[error("任期截止日期须晚于任职日期")]
    EndsBeforeItBegins,
    /// The same post twice.
    #[error("{0}在这段时间已担任{1}")]
    HeldAlready(String, String),
    /// Of the three administrators nobody is two.
    #[error("系统、安全、审计三类管理员须由不同的人担任，{0}在这段时间已是{1}")]
    TwoAdministrators(String, &'static str),
    /// Somebody must be left.
    #[error("这是最后一位安全管理员，先任命继任者，再办理离任")]
    LastSecurityAdministrator,
}

impl Refuses for Refusal {}

/// Whether a kind of post is given here.
pub fn is_given_here(kind: PostKind) -> Result<(), Refusal> {
    if kind.is_of_office() { Ok(()) } else { Err(Refusal::NotOfOffice(kind.label())) }
}

/// Whether a person with these posts may be given one more from `from` until `to`.
pub fn may_hold(
    name: &str,
    held: &[Post],
    post: (PostKind, &kernel::PostScope),
    (from, to): (Date, Date),
) -> Result<(), Refusal> {
    if to <= from {
        return Err(Refusal::EndsBeforeItBegins);
    }
    let (kind, scope) = post;
    for own in held.iter().filter(|own| own.valid_from < to && from < own.valid_to) {
        if own.kind == kind && own.scope == *scope {
            return Err(Refusal::HeldAlready(name.to_owned(), own.label()));
        }
        if kind.is_administrator() && own.kind.is_administrator() {
            return Err(Refusal::TwoAdministrators(name.to_owned(), own.kind.label()));
        }
    }
    Ok(())
}

/// Whether a post may end on `on`; `others` hold the same post then.
pub fn may_end(post: &Post, by: Option<PersonId>, on: Date, others: i64) -> Result<(), Refusal> {
    is_given_here(post.kind)?;
    if by == Some(post.person) {
        return Err(Refusal::OwnPost);
    }
    if on <= post.valid_from || on >= post.valid_to {
        return Err(Refusal::NotInForce(post.valid_from));
    }
    if post.kind == PostKind::SecurityAdministrator && others == 0 {
        return Err(Refusal::LastSecurityAdministrator);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::{Id, OPEN_END, PostScope};

    fn day(month: u32) -> Date {
        Date::from_ymd_opt(2026, month, 1).unwrap()
    }

    fn post(kind: PostKind) -> Post {
        Post {
            id: Id::new(uuid::Uuid::from_u128(1)),
            person: Id::new(uuid::Uuid::from_u128(2)),
            kind,
            scope: PostScope::City,
            at: String::new(),
            cluster: None,
            valid_from: day(1),
            valid_to: OPEN_END,
        }
    }

    #[test]
    fn nobody_is_two_of_the_three_administrators() {
        let held = [post(PostKind::AuditAdministrator)];
        let system = (PostKind::SystemAdministrator, &PostScope::City);
        let refused = may_hold("林岚", &held, system, (day(3), OPEN_END));
        assert!(matches!(refused, Err(Refusal::TwoAdministrators(..))), "{refused:?}");
        let before = [Post { valid_to: day(3), ..post(PostKind::AuditAdministrator) }];
        assert_eq!(may_hold("林岚", &before, system, (day(3), OPEN_END)), Ok(()));
    }

    #[test]
    fn the_same_post_is_not_held_twice_at_once() {
        let held = [post(PostKind::Auditor)];
        let again =
            may_hold("林岚", &held, (PostKind::Auditor, &PostScope::City), (day(2), OPEN_END));
        assert!(matches!(again, Err(Refusal::HeldAlready(..))));
    }

    #[test]
    fn inspectors_and_principals_are_not_given_here() {
        assert!(is_given_here(PostKind::Principal).is_err());
        assert!(is_given_here(PostKind::FullTimeInspector).is_err());
        assert!(is_given_here(PostKind::DeputyInCharge).is_ok());
    }

    #[test]
    fn the_last_security_administrator_stays_and_nobody_dismisses_himself() {
        let own = post(PostKind::SecurityAdministrator);
        let other = Some(Id::new(uuid::Uuid::from_u128(9)));
        assert_eq!(may_end(&own, other, day(3), 0), Err(Refusal::LastSecurityAdministrator));
        assert_eq!(may_end(&own, other, day(3), 1), Ok(()));
        assert_eq!(may_end(&own, Some(own.person), day(3), 1), Err(Refusal::OwnPost));
        assert_eq!(may_end(&own, other, day(1), 1), Err(Refusal::NotInForce(day(1))));
    }
}
