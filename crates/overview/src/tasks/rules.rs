//! Which work is whose, and how pressing it is.

use kernel::calendar::WorkingDays;
use kernel::{Date, Permission as P, PostKind};

use super::types::{Kind, Urgency};

/// Up to so many working days left, a task is pressing.
const SOON_DAYS: i64 = 3;

/// The kinds of work that a post can do itself, most pressing first.
pub(crate) fn kinds_of(post: PostKind) -> Vec<Kind> {
    let is_theirs = |kind: &Kind| match kind {
        Kind::Approval => post.may(P::ApprovePlans),
        Kind::Adoption => post.may(P::AdoptPlans),
        Kind::Opinion => post.may(P::AnswerOpinions),
        Kind::Locked => post.may(P::KeepAccounts),
        Kind::LeftOut | Kind::Code => post.may(P::EditRegister),
        Kind::Exception | Kind::Delegation => {
            matches!(post, PostKind::SectionOfficer | PostKind::DeputyInCharge)
        }
        Kind::Draft => post.may(P::DraftPlans),
        Kind::Import => post.may(P::ImportRegister),
        Kind::Post => post.gives().next().is_some(),
        Kind::Committee
        | Kind::Head
        | Kind::FullTime
        | Kind::PartTime
        | Kind::Liaison
        | Kind::Lead
        | Kind::Trainer
        | Kind::Party => kind.gap().is_some_and(|gap| post.may(gap.filled_with())),
    };
    Kind::ALL.iter().copied().filter(is_theirs).collect()
}

/// How pressing a task is.
pub(super) fn urgency(due: Option<Date>, today: Date, calendar: &WorkingDays) -> Urgency {
    match due {
        None => Urgency::Open,
        Some(due) if due < today => Urgency::Overdue,
        Some(due) if calendar.working_days_left(today, due) <= SOON_DAYS => Urgency::Soon,
        Some(_) => Urgency::Later,
    }
}

/// `还有 3 个工作日`.
pub(super) fn left_in_words(due: Date, today: Date, calendar: &WorkingDays) -> String {
    match (due.cmp(&today), calendar.working_days_left(today, due)) {
        (std::cmp::Ordering::Less, days) => format!("已逾期 {} 个工作日", -days),
        (std::cmp::Ordering::Equal, _) => "今天到期".to_owned(),
        (std::cmp::Ordering::Greater, days) => format!("还有 {days} 个工作日"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(month: u32, day: u32) -> Date {
        Date::from_ymd_opt(2026, month, day).unwrap()
    }

    #[test]
    fn nobody_is_given_work_that_the_post_may_not_do() {
        assert_eq!(kinds_of(PostKind::Principal), [Kind::Opinion, Kind::Liaison, Kind::Post]);
        assert_eq!(kinds_of(PostKind::SecurityAdministrator), [Kind::Locked]);
        assert_eq!(kinds_of(PostKind::AuditAdministrator), []);
        assert!(!kinds_of(PostKind::SectionOfficer).contains(&Kind::Approval));
        assert!(!kinds_of(PostKind::DeputyInCharge).contains(&Kind::Draft));
    }

    #[test]
    fn three_working_days_are_soon_though_a_weekend_lies_between() {
        let calendar = WorkingDays::published();
        // Thursday 12 March 2026.
        let today = day(3, 12);
        assert_eq!(urgency(Some(day(3, 17)), today, &calendar), Urgency::Soon);
        assert_eq!(urgency(Some(day(3, 18)), today, &calendar), Urgency::Later);
        assert_eq!(urgency(Some(day(3, 11)), today, &calendar), Urgency::Overdue);
        assert_eq!(urgency(None, today, &calendar), Urgency::Open);
    }

    #[test]
    fn what_is_left_is_said_in_working_days() {
        let calendar = WorkingDays::published();
        assert_eq!(left_in_words(day(3, 17), day(3, 12), &calendar), "还有 3 个工作日");
        assert_eq!(left_in_words(day(3, 12), day(3, 12), &calendar), "今天到期");
        assert_eq!(left_in_words(day(3, 6), day(3, 9), &calendar), "已逾期 1 个工作日");
    }
}
