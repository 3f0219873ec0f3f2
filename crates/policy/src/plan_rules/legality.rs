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
        let says = |text: &str| !text.trim().is_empty();
        self.concerns(breach)
            && says(&self.reason)
            && self.approver.as_deref().is_some_and(says)
            && day <= self.until
    }
}

/// Whether a plan may be adopted, and what stands in the way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Legality {
    /// Breaches of hard rules.
    pub hard: usize,
    /// Breaches of in-principle rules that no exception lifts.
    pub unexcepted: usize,
    /// Breaches of in-principle rules that an exception lifts.
    pub excepted: usize,
}

impl Legality {
    /// No hard rule is broken, and every in-principle breach is excepted.
    pub fn is_legal(&self) -> bool {
        self.hard == 0 && self.unexcepted == 0
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
        add(self.unexcepted, "不符合原则性规定且未获批例外");
        add(self.excepted, "已获批例外");
        let verdict = if self.is_legal() { "合规" } else { "不合规" };
        if parts.is_empty() {
            verdict.to_owned()
        } else {
            format!("{verdict}：{}", parts.join("，"))
        }
    }
}

/// Weighs the breaches against the exceptions that hold on the day.
pub fn verdict(breaches: &[Breach], exceptions: &[Exception], day: Date) -> Legality {
    let mut legality = Legality { hard: 0, unexcepted: 0, excepted: 0 };
    for breach in breaches {
        match breach.strength() {
            Strength::Hard => legality.hard += 1,
            Strength::InPrinciple
                if exceptions.iter().any(|exception| exception.lifts(breach, day)) =>
            {
                legality.excepted += 1;
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
    fn an_exception_without_reason_or_approver_lifts_nothing() {
        let breaches = [breach(Rule::AtMostSixteen)];
        let applied_for = Exception { approver: None, ..exception(Rule::AtMostSixteen) };
        assert!(applied_for.concerns(&breaches[0]));
        let groundless = Exception { reason: " ".into(), ..exception(Rule::AtMostSixteen) };
        assert_eq!(verdict(&breaches, &[applied_for, groundless], day(3, 1)).unexcepted, 1);
    }

    #[test]
    fn the_sentence_counts_what_stands_in_the_way() {
        let breaches =
            [breach(Rule::OneCentre), breach(Rule::AtMostSixteen), breach(Rule::OwnershipMix)];
        let legality = verdict(&breaches, &[exception(Rule::OwnershipMix)], day(3, 1));
        assert_eq!(
            legality.sentence(),
            "不合规：1 处违反硬性规定，1 处不符合原则性规定且未获批例外，1 处已获批例外"
        );
    }
}
