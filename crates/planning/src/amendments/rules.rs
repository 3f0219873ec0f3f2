//! Whether clusters may be amended. Pure: the clusters of some days in, what the amendment breaks out.

mod applying;
mod comparing;

pub use applying::{changed, sentence};
pub use comparing::effect;

use chrono::{Days, Months};
use kernel::{Date, Invalid, Refuses};
use policy::{Breach, Strength};

use super::types::{Amendment, Caused, Change, Effect, ExceptionTerms, Lifted};

/// How late an amendment may be recorded, in days: papers reach the register some weeks after they are signed.
const LATEST_RECORD_DAYS: u64 = 60;
/// How far ahead it may take effect, in days: two school years, as a plan.
const LONGEST_AHEAD_DAYS: u64 = 731;
/// Longest life of an exception, in months, as in a plan.
const LONGEST_EXCEPTION_MONTHS: u32 = 36;
/// Shortest reason that says something, in characters.
const SHORTEST_REASON: usize = 4;
/// Longest reason.
const LONGEST_REASON: usize = 500;
/// Longest document number.
const LONGEST_NUMBER: usize = 60;
/// Longest name of a cluster or of an approver.
const LONGEST_NAME: usize = 40;

/// Why an amendment is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Hard rules, which know no exception.
    #[error("办理后将违反硬性规定，不能办理：{}", listed(.0))]
    Breaks(Vec<Breach>),
    /// In-principle rules, and no exception was given.
    #[error("办理后将不符合原则性规定；确需办理的，请填写例外的理由、批准人和有效期：{}", listed(.0))]
    NeedsException(Vec<Breach>),
    /// The exception ends before it is needed.
    #[error("例外的有效期应不早于 {0}")]
    ExpiresEarly(Date),
    /// No such cluster on the day.
    #[error("该学区在 {0} 没有运行，请核对生效日期")]
    NotInForce(Date),
    /// Not in the district's register on the day.
    #[error("这所幼儿园在 {0} 不在本区名册中，请核对生效日期")]
    UnknownKindergarten(Date),
    /// It is there already.
    #[error("{0}当天已在{1}")]
    MemberAlready(String, String),
    /// It is elsewhere.
    #[error("{0}当天在{1}，不能直接编入；请在{1}办理“调至其他学区”")]
    InAnotherCluster(String, String),
    /// It is not there.
    #[error("{0}当天不在{1}")]
    NotAMember(String, String),
    /// It leads.
    #[error("{0}是{1}的中心园，请先更换中心园")]
    CentreStays(String, String),
    /// It leads already.
    #[error("{0}已是{1}的中心园")]
    CentreAlready(String, String),
    /// Nothing would change.
    #[error("学区名称没有变化")]
    SameName,
    /// Somebody was first.
    #[error("{0}，与您打开页面时不同；以下已按最新情况列出，请核对后再办理")]
    Overtaken(String),
}

impl Refuses for Refusal {
    fn clause(&self) -> Option<&'static str> {
        match self {
            Self::Breaks(breaches) | Self::NeedsException(breaches) => {
                breaches.first().map(|breach| breach.clause().id)
            }
            Self::MemberAlready(..) | Self::InAnotherCluster(..) | Self::NotAMember(..) => {
                Some("2.1.2-5")
            }
            Self::CentreStays(..) | Self::CentreAlready(..) => Some("2.1.2-4"),
            Self::UnknownKindergarten(_) => Some("2.1.2"),
            Self::SameName => Some("2.1.2-9"),
            Self::ExpiresEarly(_) | Self::NotInForce(_) | Self::Overtaken(_) => None,
        }
    }
}

fn listed(breaches: &[Breach]) -> String {
    let said = |breach: &Breach| format!("{}（{}）", breach.text, breach.clause().reference);
    breaches.iter().map(said).collect::<Vec<_>>().join("；")
}

/// The amendment with its texts trimmed, or which of its fields are unfit.
pub fn fit(amendment: &Amendment, today: Date) -> Result<Amendment, Invalid> {
    let mut fit = amendment.clone();
    let mut invalid = Invalid::default();
    weighable(&mut fit, today, &mut invalid);
    if !trim(&mut fit.reason, SHORTEST_REASON, LONGEST_REASON) {
        let text = format!("请写明调整事由，{SHORTEST_REASON} 至 {LONGEST_REASON} 个字");
        invalid.add("reason", text);
    }
    if !trim(&mut fit.paper_number, 1, LONGEST_NUMBER) {
        let text = format!("请填写批准文件的文号，不超过 {LONGEST_NUMBER} 个字");
        invalid.add("paper_number", text);
    }
    if invalid.0.is_empty() { Ok(fit) } else { Err(invalid) }
}

/// The same for a check, which is made before the document has a number.
pub fn fit_to_check(amendment: &Amendment, today: Date) -> Result<Amendment, Invalid> {
    let mut fit = amendment.clone();
    let mut invalid = Invalid::default();
    weighable(&mut fit, today, &mut invalid);
    if invalid.0.is_empty() { Ok(fit) } else { Err(invalid) }
}

/// What the rules weigh: the day, the name, the exception.
fn weighable(amendment: &mut Amendment, today: Date, invalid: &mut Invalid) {
    let earliest = today.checked_sub_days(Days::new(LATEST_RECORD_DAYS)).unwrap_or(today);
    let latest = today.checked_add_days(Days::new(LONGEST_AHEAD_DAYS)).unwrap_or(today);
    if !(earliest..=latest).contains(&amendment.effective_on) {
        invalid.add("effective_on", format!("生效日期应在 {earliest} 至 {latest} 之间"));
    }
    if let Change::Rename { name, .. } | Change::Centre { name: Some(name), .. } =
        &mut amendment.change
        && !trim(name, 1, LONGEST_NAME)
    {
        invalid.add("name", format!("请填写学区名称，不超过 {LONGEST_NAME} 个字"));
    }
    if let Some(terms) = &mut amendment.exception {
        excepting(terms, amendment.effective_on, invalid);
    }
}

fn excepting(terms: &mut ExceptionTerms, from: Date, invalid: &mut Invalid) {
    if !trim(&mut terms.reason, SHORTEST_REASON, LONGEST_REASON) {
        let text = format!("请写明例外的理由，{SHORTEST_REASON} 至 {LONGEST_REASON} 个字");
        invalid.add("exception_reason", text);
    }
    if !trim(&mut terms.approved_by, 1, LONGEST_NAME) {
        invalid
            .add("exception_approver", format!("请填写批准例外的人，不超过 {LONGEST_NAME} 个字"));
    }
    let latest = from.checked_add_months(Months::new(LONGEST_EXCEPTION_MONTHS)).unwrap_or(from);
    if terms.until < from || terms.until > latest {
        invalid.add("exception_until", format!("例外的有效期应在 {from} 至 {latest} 之间"));
    }
}

/// Trims a text of one line; false when it is too short, too long or holds what can't be seen.
fn trim(text: &mut String, least: usize, most: usize) -> bool {
    *text = text.trim().to_owned();
    let is_seen = |letter: char| !letter.is_control() || letter == '\n' || letter == '\r';
    (least..=most).contains(&text.chars().count()) && text.chars().all(is_seen)
}

/// `2.1.2-1` to `-9`, `1.2-2`, `2.1.1-2`: an amendment breaks no hard rule, and an in-principle rule only with an
/// exception of its own. An exception that was approved before speaks of what was known then and does not cover what this
/// amendment adds. Answers what is to be excepted, each from the first day on which it is needed.
pub fn permitted(
    effects: &[Effect],
    terms: Option<&ExceptionTerms>,
) -> Result<Vec<Lifted>, Refusal> {
    let mut hard: Vec<Breach> = Vec::new();
    let mut excusable: Vec<Breach> = Vec::new();
    let mut lifted: Vec<Lifted> = Vec::new();
    for effect in effects {
        for Caused { breach, cluster } in &effect.caused {
            match (breach.strength(), cluster) {
                (Strength::Encouraged, _) => {}
                (Strength::InPrinciple, Some(cluster)) => {
                    add(&mut excusable, breach);
                    if !lifted
                        .iter()
                        .any(|other| (other.rule, other.cluster) == (breach.rule, *cluster))
                    {
                        lifted.push(Lifted {
                            rule: breach.rule,
                            cluster: *cluster,
                            from: effect.day,
                        });
                    }
                }
                _ => add(&mut hard, breach),
            }
        }
    }
    if !hard.is_empty() {
        return Err(Refusal::Breaks(hard));
    }
    let Some(day) = lifted.iter().map(|each| each.from).max() else { return Ok(lifted) };
    match terms {
        None => Err(Refusal::NeedsException(excusable)),
        Some(terms) if terms.until < day => Err(Refusal::ExpiresEarly(day)),
        Some(_) => Ok(lifted),
    }
}

/// The same words on a later day are said once.
fn add(breaches: &mut Vec<Breach>, breach: &Breach) {
    if !breaches.iter().any(|other| other.text == breach.text) {
        breaches.push(breach.clone());
    }
}

#[cfg(test)]
mod sample;

#[cfg(test)]
mod tests {
    use super::sample::{cluster, kg, standing};
    use super::*;

    fn day(month: u32, day: u32) -> Date {
        Date::from_ymd_opt(2026, month, day).unwrap()
    }

    fn amendment() -> Amendment {
        Amendment {
            cluster: cluster(1),
            change: Change::Release { kindergarten: kg(2) },
            effective_on: day(3, 2),
            paper_number: " 南教〔2026〕9号 ".into(),
            reason: "  停止办园 ".into(),
            exception: None,
        }
    }

    fn terms(until: Date) -> ExceptionTerms {
        ExceptionTerms {
            reason: "新区在建，暂无更近的学区".into(),
            approved_by: "周正".into(),
            until,
        }
    }

    #[test]
    fn texts_are_trimmed_and_what_is_missing_is_said_at_its_field() {
        let fit = super::fit(&amendment(), day(3, 1)).unwrap();
        assert_eq!(
            (fit.paper_number.as_str(), fit.reason.as_str()),
            ("南教〔2026〕9号", "停止办园")
        );
        let bare = Amendment { paper_number: " ".into(), reason: "停办".into(), ..amendment() };
        let invalid = super::fit(&bare, day(3, 1)).unwrap_err();
        assert!(invalid.of("paper_number").is_some() && invalid.of("reason").is_some());
        let nameless = Change::Rename { name: "\u{7}".into(), instead_of: "粤海学区".into() };
        let invalid =
            super::fit(&Amendment { change: nameless, ..amendment() }, day(3, 1)).unwrap_err();
        assert!(invalid.of("name").is_some());
        assert!(fit_to_check(&bare, day(3, 1)).is_ok(), "a check waits for no document");
    }

    #[test]
    fn an_amendment_takes_effect_neither_long_ago_nor_far_ahead() {
        for (effective_on, is_fit) in [
            (day(1, 1), true),
            (day(2, 28), true),
            (Date::from_ymd_opt(2025, 12, 1).unwrap(), false),
        ] {
            let amendment = Amendment { effective_on, ..amendment() };
            assert_eq!(super::fit(&amendment, day(3, 2)).is_ok(), is_fit, "{effective_on}");
        }
        let far =
            Amendment { effective_on: Date::from_ymd_opt(2029, 1, 1).unwrap(), ..amendment() };
        assert!(super::fit(&far, day(3, 2)).unwrap_err().of("effective_on").is_some());
    }

    #[test]
    fn an_exception_needs_reason_approver_and_an_end_within_three_years() {
        let fitted =
            |terms| super::fit(&Amendment { exception: Some(terms), ..amendment() }, day(3, 1));
        assert!(fitted(terms(day(8, 31))).is_ok());
        assert!(fitted(terms(day(3, 1))).unwrap_err().of("exception_until").is_some());
        let late = terms(Date::from_ymd_opt(2029, 3, 3).unwrap());
        assert!(fitted(late).unwrap_err().of("exception_until").is_some());
        let bare =
            ExceptionTerms { reason: " ".into(), approved_by: String::new(), until: day(8, 31) };
        let invalid = fitted(bare).unwrap_err();
        assert!(
            invalid.of("exception_reason").is_some() && invalid.of("exception_approver").is_some()
        );
    }

    #[test]
    fn a_hard_rule_knows_no_exception_and_its_clause_is_named() {
        let standing = standing();
        let left_out = effect(&standing, cluster(1), &amendment().change).unwrap();
        let refusal = permitted(&[left_out], Some(&terms(day(8, 31)))).unwrap_err();
        assert!(matches!(refusal, Refusal::Breaks(_)), "{refusal}");
        assert!(refusal.to_string().contains("未编入任何学区：青禾2幼儿园"), "{refusal}");
        assert_eq!(refusal.clause(), Some("1.2-2"));
    }

    #[test]
    fn an_in_principle_rule_needs_an_exception_that_lasts_until_it_is_needed() {
        let mut standing = standing();
        standing.facts.parameters.largest_cluster = 4;
        let transfer = Change::Transfer { kindergarten: kg(2), to: cluster(2) };
        let mut crowded = effect(&standing, cluster(1), &transfer).unwrap();
        crowded.caused.retain(|caused| caused.breach.rule == policy::Rule::AtMostSixteen);
        crowded.day = day(6, 1);
        let effects = [crowded];
        let refusal = permitted(&effects, None).unwrap_err();
        assert_eq!(
            (refusal.clause(), matches!(refusal, Refusal::NeedsException(_))),
            (Some("2.1.2-2"), true)
        );
        assert_eq!(
            permitted(&effects, Some(&terms(day(5, 31)))),
            Err(Refusal::ExpiresEarly(day(6, 1)))
        );
        let lifted = permitted(&effects, Some(&terms(day(6, 1)))).unwrap();
        assert_eq!(
            lifted,
            [Lifted { rule: policy::Rule::AtMostSixteen, cluster: cluster(2), from: day(6, 1) }]
        );
    }
}
