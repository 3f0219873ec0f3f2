//! Exceptions, and the verdict on a plan.

use super::{Breach, Rule};
use crate::terms::Strength;
use kernel::Date;
use serde::{Deserialize, Serialize};

/// An approved, expiring departure from an in-principle rule, for one cluster.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exception {
    /// The rule.
    pub rule: Rule,
    /// The cluster's key, as in the breach.
    pub cluster: Option<u32>,
    /// Why.
    pub reason: String,
    /// Who approved it; `None` while it is only applied for.
    pub approver: Option<String>,
    /// The last day on which it holds (有效期至).
    pub until: Date,
}

impl Exception {
    /// Whether it speaks of this breach, approved or not. No exception speaks of a hard rule.
    pub fn concerns(&self, breach: &Breach) -> bool {
        breach.strength() == Strength::InPrinciple
            && self.rule == breach.rule
            && self.cluster == breach.cluster
    }

    /// Whether it lifts this breach on the day: it concerns it, has a reason and an approver, and has not expired.
    pub fn lifts(&self, breach: &Breach, day: Date) -> bool {
        self.lifts_once_approved(breach, day) && self.approver.as_deref().is_some_and(says)
    }

    /// Whether it lifts this breach on the day, or will as soon as somebody approves it.
    pub fn lifts_once_approved(&self, breach: &Breach, day: Date) -> bool {
        self.concerns(breach) && says(&self.reason) && day <= self.until
    }
}

fn says(text: &str) -> bool {
    !text.trim().is_empty()
}

/// Whether a plan may be adopted, and what stands in the way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Legality {
    /// Breaches of hard rules.
    pub hard: usize,
    /// Breaches of in-principle rules that no exception lifts and for which none is applied for.
    pub unexcepted: usize,
    /// Breaches of in-principle rules for which an exception is applied for that nobody has approved yet.
    pub applied_for: usize,
    /// Breaches of in-principle rules that an approved exception lifts.
    pub excepted: usize,
}

impl Legality {
    /// No hard rule is broken, and every in-principle breach is excepted.
    pub fn is_legal(&self) -> bool {
        self.is_ready() && self.applied_for == 0
    }

    /// Nothing stands in the way but approvals: the plan may be submitted.
    pub fn is_ready(&self) -> bool {
        self.hard == 0 && self.unexcepted == 0
    }

    /// The same once everything applied for is approved, as when the plan itself is.
    #[must_use]
    pub fn once_approved(self) -> Self {
        Self { applied_for: 0, excepted: self.excepted + self.applied_for, ..self }
    }

    /// The verdict in a sentence.
    pub fn sentence(&self) -> String {
        let mut parts = Vec::new();
        let mut add = |count: usize, what: &str| {
            if count > 0 {
                parts.push(format!("{count} 处{what}"));
            }
        };
        add(self.hard, "违反硬性规定");
        add(self.unexcepted, "不符合原则性规定且无有效例外");
        add(self.applied_for, "已申请例外");
        add(self.excepted, "已获批例外");
        let verdict = match (self.is_legal(), self.is_ready()) {
            (true, _) => "合规",
            (false, true) => "例外获批后合规",
            (false, false) => "不合规",
        };
        if parts.is_empty() {
            verdict.to_owned()
        } else {
            format!("{verdict}：{}", parts.join("，"))
        }
    }
}

/// Weighs the breaches against the exceptions that hold on the day.
pub fn verdict(breaches: &[Breach], exceptions: &[Exception], day: Date) -> Legality {
    let mut legality = Legality { hard: 0, unexcepted: 0, applied_for: 0, excepted: 0 };
    for breach in breaches {
        let any = |lifts: fn(&Exception, &Breach, Date) -> bool| {
            exceptions.iter().any(|exception| lifts(exception, breach, day))
        };
        match breach.strength() {
            Strength::Hard => legality.hard += 1,
            Strength::InPrinciple if any(Exception::lifts) => legality.excepted += 1,
            Strength::InPrinciple if any(Exception::lifts_once_approved) => {
                legality.applied_for += 1;
            }
            Strength::InPrinciple => legality.unexcepted += 1,
            Strength::Encouraged => {}
        }
    }
    legality
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(month: u32, day: u32) -> Date {
        Date::from_ymd_opt(2026, month, day).unwrap()
    }

    fn breach(rule: Rule) -> Breach {
        Breach {
            rule,
            cluster: Some(1),
            kindergartens: vec![],
            text: String::new(),
            remedy: String::new(),
        }
    }

    fn exception(rule: Rule) -> Exception {
        Exception {
            rule,
            cluster: Some(1),
            reason: "新区在建，暂无更近的学区".into(),
            approver: Some("林岚".into()),
            until: day(8, 31),
        }
    }

    #[test]
    fn a_plan_without_breaches_is_legal() {
        let legality = verdict(&[], &[], day(3, 1));
        assert!(legality.is_legal());
        assert_eq!(legality.sentence(), "合规");
    }

    #[test]
    fn an_in_principle_breach_needs_an_exception() {
        let breaches = [breach(Rule::AtMostSixteen)];
        assert!(!verdict(&breaches, &[], day(3, 1)).is_legal());
        assert!(verdict(&breaches, &[exception(Rule::AtMostSixteen)], day(3, 1)).is_legal());
    }

    #[test]
    fn a_hard_breach_is_never_excepted() {
        let breaches = [breach(Rule::OneCentre)];
        let legality = verdict(&breaches, &[exception(Rule::OneCentre)], day(3, 1));
        assert_eq!((legality.hard, legality.is_legal()), (1, false));
        assert!(!exception(Rule::OneCentre).concerns(&breaches[0]));
    }

    #[test]
    fn an_exception_holds_through_its_last_day_and_no_longer() {
        let breaches = [breach(Rule::AtMostSixteen)];
        let exceptions = [exception(Rule::AtMostSixteen)];
        assert!(verdict(&breaches, &exceptions, day(8, 31)).is_legal());
        assert!(!verdict(&breaches, &exceptions, day(9, 1)).is_legal());
    }

    #[test]
    fn an_exception_of_another_cluster_or_rule_lifts_nothing() {
        let breaches = [breach(Rule::AtMostSixteen)];
        let elsewhere = Exception { cluster: Some(2), ..exception(Rule::AtMostSixteen) };
        let other = exception(Rule::OwnershipMix);
        assert_eq!(verdict(&breaches, &[elsewhere, other], day(3, 1)).unexcepted, 1);
    }

    #[test]
    fn an_exception_without_a_reason_lifts_nothing() {
        let breaches = [breach(Rule::AtMostSixteen)];
        let groundless = Exception { reason: " ".into(), ..exception(Rule::AtMostSixteen) };
        assert!(groundless.concerns(&breaches[0]));
        assert_eq!(verdict(&breaches, &[groundless], day(3, 1)).unexcepted, 1);
    }

    #[test]
    fn an_exception_that_is_only_applied_for_makes_a_plan_ready_but_not_legal() {
        let breaches = [breach(Rule::AtMostSixteen)];
        let applied_for = Exception { approver: None, ..exception(Rule::AtMostSixteen) };
        let legality = verdict(&breaches, std::slice::from_ref(&applied_for), day(3, 1));
        assert_eq!((legality.is_ready(), legality.is_legal()), (true, false));
        assert_eq!(legality.sentence(), "例外获批后合规：1 处已申请例外");
        let approved = legality.once_approved();
        assert_eq!(approved, verdict(&breaches, &[exception(Rule::AtMostSixteen)], day(3, 1)));
        assert_eq!(approved.sentence(), "合规：1 处已获批例外");
        assert_eq!(verdict(&breaches, &[applied_for], day(9, 1)).applied_for, 0, "expired");
    }

    #[test]
    fn the_sentence_counts_what_stands_in_the_way() {
        let of = |rule| breach(rule);
        let breaches = [
            of(Rule::OneCentre),
            of(Rule::AtMostSixteen),
            of(Rule::OwnershipMix),
            of(Rule::DifferentKinds),
        ];
        let applied_for = Exception { approver: None, ..exception(Rule::DifferentKinds) };
        let legality = verdict(&breaches, &[exception(Rule::OwnershipMix), applied_for], day(3, 1));
        assert_eq!(
            legality.sentence(),
            "不合规：1 处违反硬性规定，1 处不符合原则性规定且无有效例外，1 处已申请例外，1 处已获批例外"
        );
    }
}
