//! When somebody may act in another's post, and whether it still holds.

use kernel::{Date, Permission, PersonId, PostKind, Refuses};

use super::types::StandIn;
use crate::posts::Post;

/// The longest time for which a post is given, in days: half a year; who is away for longer is replaced, not stood in for.
pub const LONGEST_DAYS: i64 = 183;

/// Why a stand-in is not given or ended.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The post acted in is not one's own: it can't be passed on.
    #[error("代理的岗位不能再转交他人；请切换到自己的岗位后办理")]
    NotOwnPost,
    /// The administrators neither give nor take.
    #[error("系统、安全、审计三类管理员的岗位不能代理，也不能代理他人")]
    Administrator,
    /// To oneself.
    #[error("不能交给自己代理")]
    Oneself,
    /// To somebody from elsewhere.
    #[error("只能交给同一单位的在任人员代理")]
    Elsewhere,
    /// A post that its holder was chosen for, with a letter.
    #[error("这个岗位须由受聘的本人履行，不能代理")]
    BoundToPerson,
    /// Whoever does the work neither decides on it nor audits it.
    #[error("经办、审批、审计三类岗位不能互相代理")]
    KeptApart,
    /// In the past.
    #[error("代理不能从今天以前开始")]
    InThePast,
    /// The last day lies before the first.
    #[error("截止日期不能早于开始日期")]
    EndsBeforeItBegins,
    /// Longer than allowed.
    #[error("一次代理最长 {LONGEST_DAYS} 天；更长时间请办理任免")]
    TooLong,
    /// Longer than the post.
    #[error("代理不能晚于本人任期结束，最晚到 {0}")]
    OutlivesPost(Date),
    /// Somebody stands in already.
    #[error("这段时间已交给{0}代理，请先终止")]
    Taken(String),
    /// It is over.
    #[error("这项代理已经结束")]
    Over,
}

impl Refuses for Refusal {}

/// Posts of an office, which goes on while its holder is away, and a kindergarten's head. Every other post was given to a
/// person for what he or she is.
fn goes_on(kind: PostKind) -> bool {
    kind.is_of_office() || kind == PostKind::Principal
}

/// What a post does of three things that one person never does of the same matter: the work, the decision, the audit.
fn parts(kind: PostKind) -> [bool; 3] {
    let may = |permissions: &[Permission]| permissions.iter().any(|one| kind.may(*one));
    [
        may(&[Permission::DraftPlans, Permission::EditRegister, Permission::ImportRegister]),
        may(&[Permission::ApprovePlans, Permission::AdoptPlans]),
        may(&[Permission::ReadAudit]),
    ]
}

fn kept_apart(one: PostKind, other: PostKind) -> bool {
    let (one, other) = (parts(one), parts(other));
    (0..3).any(|part| one[part] && (0..3).any(|another| another != part && other[another]))
}

/// Whether a post can be given at all.
pub fn can_be_given(post: &Post, giver: PersonId) -> Result<(), Refusal> {
    if post.person != giver {
        return Err(Refusal::NotOwnPost);
    }
    if post.kind.is_administrator() {
        return Err(Refusal::Administrator);
    }
    if !goes_on(post.kind) {
        return Err(Refusal::BoundToPerson);
    }
    Ok(())
}

/// Whether somebody with `theirs`, the posts in force today, may act in `post`.
pub fn may_act_in(post: &Post, person: PersonId, theirs: &[Post]) -> Result<(), Refusal> {
    if person == post.person {
        return Err(Refusal::Oneself);
    }
    if theirs.iter().any(|own| own.kind.is_administrator()) {
        return Err(Refusal::Administrator);
    }
    if !theirs.iter().any(|own| own.scope == post.scope) {
        return Err(Refusal::Elsewhere);
    }
    if theirs.iter().any(|own| kept_apart(own.kind, post.kind)) {
        return Err(Refusal::KeptApart);
    }
    Ok(())
}

/// Whether these days are fine for a post.
pub fn days_fit(post: &Post, from: Date, to: Date, today: Date) -> Result<(), Refusal> {
    if from < today {
        return Err(Refusal::InThePast);
    }
    if to <= from {
        return Err(Refusal::EndsBeforeItBegins);
    }
    if (to - from).num_days() > LONGEST_DAYS {
        return Err(Refusal::TooLong);
    }
    if to > post.valid_to {
        return Err(Refusal::OutlivesPost(post.valid_to.pred_opt().unwrap_or(post.valid_to)));
    }
    Ok(())
}

/// Whether a stand-in holds on a day, when the person holds the posts `theirs` on it: not ended, within its days, the post
/// still in force with its giver, and the rules of giving still met.
pub fn holds(stand_in: &StandIn, theirs: &[Post], day: Date) -> bool {
    let post = &stand_in.post;
    stand_in.ended_at.is_none()
        && (stand_in.from..stand_in.to).contains(&day)
        && (post.valid_from..post.valid_to).contains(&day)
        && may_act_in(post, stand_in.person, theirs).is_ok()
}

#[cfg(test)]
mod tests {
    use kernel::{Id, OPEN_END, PostScope};

    use super::*;

    fn day(number: u32) -> Date {
        Date::from_ymd_opt(2026, 3, number).unwrap()
    }

    fn post(holder: u128, kind: PostKind, district: &str) -> Post {
        Post {
            id: Id::new(uuid::Uuid::from_u128(holder)),
            person: Id::new(uuid::Uuid::from_u128(holder)),
            kind,
            scope: PostScope::District(district.to_owned()),
            at: "南山区".to_owned(),
            cluster: None,
            valid_from: Date::from_ymd_opt(2025, 9, 1).unwrap(),
            valid_to: day(20),
        }
    }

    fn stand_in(post: Post, person: &Post) -> StandIn {
        StandIn {
            id: Id::new(uuid::Uuid::from_u128(9)),
            giver: "陈国栋".to_owned(),
            person: person.person,
            name: "许静".to_owned(),
            from: day(2),
            to: day(31),
            reason: "外出学习".to_owned(),
            ended_at: None,
            post,
        }
    }

    #[test]
    fn a_stand_in_never_outlives_the_givers_post() {
        let deputy = post(1, PostKind::DeputyInCharge, "440305");
        assert_eq!(days_fit(&deputy, day(2), day(20), day(2)), Ok(()));
        assert_eq!(days_fit(&deputy, day(2), day(21), day(2)), Err(Refusal::OutlivesPost(day(19))));
        let inspector = post(2, PostKind::SupervisionOfficer, "440305");
        let given = stand_in(deputy, &inspector);
        assert!(holds(&given, std::slice::from_ref(&inspector), day(19)));
        assert!(!holds(&given, std::slice::from_ref(&inspector), day(20)), "the post has ended");
        assert!(!holds(&given, &[], day(19)), "the one who stands in holds no post any more");
    }

    #[test]
    fn it_can_not_be_passed_on_nor_given_elsewhere_nor_to_oneself() {
        let deputy = post(1, PostKind::DeputyInCharge, "440305");
        let inspector = post(2, PostKind::SupervisionOfficer, "440305");
        let foreign = post(3, PostKind::SupervisionOfficer, "440306");
        assert_eq!(can_be_given(&deputy, inspector.person), Err(Refusal::NotOwnPost));
        let may = |own: &Post| may_act_in(&deputy, own.person, std::slice::from_ref(own));
        assert_eq!(may(&inspector), Ok(()));
        assert_eq!(may(&foreign), Err(Refusal::Elsewhere));
        assert_eq!(may(&deputy), Err(Refusal::Oneself));
    }

    #[test]
    fn whoever_does_the_work_neither_decides_on_it_nor_audits_it_as_a_stand_in() {
        let kinds = [PostKind::SectionOfficer, PostKind::DeputyInCharge, PostKind::Auditor];
        for given in kinds {
            for own in kinds.into_iter().filter(|own| *own != given) {
                let (given, own) = (post(1, given, "440305"), post(2, own, "440305"));
                let may = may_act_in(&given, own.person, std::slice::from_ref(&own));
                assert_eq!(may, Err(Refusal::KeptApart), "{:?} for {:?}", own.kind, given.kind);
            }
            let inspector = post(2, PostKind::SupervisionOfficer, "440305");
            let given = post(1, given, "440305");
            let may = may_act_in(&given, inspector.person, std::slice::from_ref(&inspector));
            assert_eq!(may, Ok(()));
        }
    }

    #[test]
    fn only_posts_of_an_office_are_given() {
        for kind in PostKind::ALL {
            let own = post(1, *kind, "440305");
            let given = can_be_given(&own, own.person);
            assert_eq!(given.is_ok(), goes_on(*kind) && !kind.is_administrator(), "{kind:?}");
        }
    }

    #[test]
    fn administrators_neither_give_nor_take() {
        for kind in [
            PostKind::SystemAdministrator,
            PostKind::SecurityAdministrator,
            PostKind::AuditAdministrator,
        ] {
            let own = Post { scope: PostScope::City, ..post(1, kind, "") };
            let city = Post { scope: PostScope::City, ..post(2, PostKind::CityOfficer, "") };
            assert_eq!(can_be_given(&own, own.person), Err(Refusal::Administrator));
            assert_eq!(
                may_act_in(&city, own.person, std::slice::from_ref(&own)),
                Err(Refusal::Administrator)
            );
        }
    }

    #[test]
    fn the_days_are_ahead_in_order_and_not_too_many() {
        let open = Post { valid_to: OPEN_END, ..post(1, PostKind::CityOfficer, "440305") };
        assert_eq!(days_fit(&open, day(1), day(5), day(2)), Err(Refusal::InThePast));
        assert_eq!(days_fit(&open, day(5), day(5), day(2)), Err(Refusal::EndsBeforeItBegins));
        let late = Date::from_ymd_opt(2026, 9, 2).unwrap();
        assert_eq!(days_fit(&open, day(2), late, day(2)), Err(Refusal::TooLong));
    }
}
