//! What can be true of a staff member, and who may read and write it.

mod writing;

use chrono::Datelike;
use kernel::Date;
use sheets::Severity;
use sheets::cells::holds_identity;

pub use writing::{Refusal, may_employ, may_keep, may_read};

use super::types::{
    Certificate, Change, Education, Facts, Field, Finding, IdentityNumber, Position,
};

/// The year before which nobody who works today was hired.
const FIRST_YEAR: i32 = 1950;
/// How far ahead somebody is hired: for the coming school year, not beyond.
const FARTHEST_DAYS_AHEAD: i64 = 366;
/// The youngest age at which anybody may be employed (劳动法, article 15).
const YOUNGEST: i32 = 16;
/// Beyond this age a birth date is probably misread.
const OLDEST: i32 = 80;

/// Everything there is to say about one member taken by himself: impossible days, and qualifications below what
/// 《深圳经济特区学前教育条例》 asks of heads (article 31) and of teachers. Those are gaps to be seen, never refused: a
/// record says what is so.
pub fn check(facts: &Facts, today: Date) -> Vec<Finding> {
    let mut findings = Vec::new();
    if holds_identity(&facts.name) {
        findings.push(refused(Field::Name, "姓名中不要填写身份证号。"));
    }
    if facts.hired_on.year() < FIRST_YEAR {
        findings.push(refused(
            Field::HiredOn,
            format!("入职日期为 {}，早于 {FIRST_YEAR} 年，不可能。请核对。", facts.hired_on),
        ));
    }
    if (facts.hired_on - today).num_days() > FARTHEST_DAYS_AHEAD {
        findings.push(refused(
            Field::HiredOn,
            format!("入职日期为 {}，超过一年以后。请核对。", facts.hired_on),
        ));
    }
    if let Some(left) = facts.left_on {
        if left <= facts.hired_on {
            findings.push(refused(
                Field::LeftOn,
                format!("离职日期 {left} 不晚于入职日期 {}。请核对。", facts.hired_on),
            ));
        }
        if (left - today).num_days() > FARTHEST_DAYS_AHEAD {
            findings
                .push(refused(Field::LeftOn, format!("离职日期为 {left}，超过一年以后。请核对。")));
        }
    }
    if facts.backbone && !facts.position.teaches() {
        findings.push(refused(
            Field::Backbone,
            format!("{}不承担教学，不能登记为骨干教师。请核对岗位。", facts.position.label()),
        ));
    }
    findings.extend(qualification(facts));
    findings
}

fn qualification(facts: &Facts) -> Vec<Finding> {
    let mut findings = Vec::new();
    let (least, article) = match facts.position {
        Position::Principal => (Education::Bachelor, "园长应具有本科以上学历"),
        Position::Teacher => (Education::College, "幼儿园教师应具有大专以上学历"),
        Position::Carer => (Education::Secondary, "保育员应具有高中以上学历"),
        _ => return findings,
    };
    // The earlier variant is the higher education.
    if facts.education.is_some_and(|education| education > least) {
        findings.push(warning(
            Field::Education,
            format!("{article}（深圳经济特区学前教育条例）。请核对；属实的可以保留。"),
        ));
    }
    if facts.position != Position::Carer && facts.certificate == Some(Certificate::None) {
        findings.push(warning(
            Field::Certificate,
            format!(
                "{}应具有教师资格（学前教育法）。请核对；属实的可以保留。",
                facts.position.label()
            ),
        ));
    }
    findings
}

/// What the birth date in an identity number says about an employment.
pub fn check_birth(number: &IdentityNumber, facts: &Facts) -> Option<Finding> {
    let years = facts.hired_on.years_since(number.birth()).unwrap_or(0) as i32;
    if years < YOUNGEST {
        Some(refused(
            Field::Identity,
            format!("按身份证号，入职时不满 {YOUNGEST} 周岁。请核对身份证号和入职日期。"),
        ))
    } else if years > OLDEST {
        Some(warning(Field::Identity, format!("按身份证号，入职时已满 {years} 周岁。请核对。")))
    } else {
        None
    }
}

fn refused(field: Field, text: impl Into<String>) -> Finding {
    Finding { field, severity: Severity::Refused, text: text.into() }
}

fn warning(field: Field, text: impl Into<String>) -> Finding {
    Finding { field, severity: Severity::Warning, text: text.into() }
}

/// What differs between two days, as one would read it. Of the identity number only whether there is one is ever said, and not
/// here.
pub fn changes(before: &Facts, after: &Facts) -> Vec<Change> {
    readable(before)
        .into_iter()
        .zip(readable(after))
        .filter(|((_, old), (_, new))| old != new)
        .map(|((field, before), (_, after))| Change {
            field,
            label: field.label().to_owned(),
            before,
            after,
        })
        .collect()
}

/// The facts as one would read them.
pub fn readable(facts: &Facts) -> [(Field, String); 9] {
    let day = |day: Option<Date>| day.map_or_else(String::new, |day| day.to_string());
    [
        (Field::Name, facts.name.to_string()),
        (Field::Position, facts.position.label().to_owned()),
        (Field::Title, facts.title.map_or("", super::types::Title::label).to_owned()),
        (Field::Education, facts.education.map_or("", Education::label).to_owned()),
        (Field::Certificate, facts.certificate.map_or("", Certificate::label).to_owned()),
        (Field::Backbone, if facts.backbone { "是" } else { "否" }.to_owned()),
        (Field::Phone, facts.phone.as_ref().map_or("", |phone| phone.as_str()).to_owned()),
        (Field::HiredOn, facts.hired_on.to_string()),
        (Field::LeftOn, day(facts.left_on)),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::staff::tests::facts;

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }
    fn found(facts: &Facts) -> Vec<(Field, Severity)> {
        let findings = check(facts, day("2026-02-03"));
        findings.into_iter().map(|finding| (finding.field, finding.severity)).collect()
    }

    #[test]
    fn a_sound_teacher_has_no_findings() {
        assert_eq!(found(&facts("陈静")), []);
    }

    #[test]
    fn impossible_days_are_refused() {
        let sound = facts("陈静");
        let early = Facts { hired_on: day("1949-12-31"), ..sound.clone() };
        assert_eq!(found(&early), [(Field::HiredOn, Severity::Refused)]);
        let far = Facts { hired_on: day("2027-02-05"), ..sound.clone() };
        assert_eq!(found(&far), [(Field::HiredOn, Severity::Refused)]);
        let backwards = Facts { left_on: Some(sound.hired_on), ..sound };
        assert_eq!(found(&backwards), [(Field::LeftOn, Severity::Refused)]);
    }

    #[test]
    fn a_cook_is_no_backbone_teacher() {
        let cook = Facts { position: Position::Cook, backbone: true, ..facts("陈静") };
        assert_eq!(found(&cook), [(Field::Backbone, Severity::Refused)]);
        let head = Facts { position: Position::Principal, backbone: true, ..facts("陈静") };
        assert_eq!(found(&head), []);
    }

    #[test]
    fn a_head_without_a_degree_is_seen_and_not_refused() {
        let head = Facts {
            position: Position::Principal,
            education: Some(Education::College),
            ..facts("陈静")
        };
        assert_eq!(found(&head), [(Field::Education, Severity::Warning)]);
        assert_eq!(found(&Facts { position: Position::Teacher, ..head }), []);
    }

    #[test]
    fn a_teacher_without_a_certificate_is_seen() {
        let teacher = Facts { certificate: Some(Certificate::None), ..facts("陈静") };
        assert_eq!(found(&teacher), [(Field::Certificate, Severity::Warning)]);
        assert_eq!(found(&Facts { certificate: None, ..teacher }), []);
    }

    #[test]
    fn an_identity_number_is_no_name() {
        let named = facts("11010519491231002X");
        assert_eq!(found(&named), [(Field::Name, Severity::Refused)]);
    }

    #[test]
    fn nobody_is_hired_before_sixteen() {
        let number = IdentityNumber::read("11010519491231002X", day("2026-02-03")).unwrap();
        let young = Facts { hired_on: day("1965-12-30"), ..facts("陈静") };
        assert_eq!(check_birth(&number, &young).unwrap().severity, Severity::Refused);
        let grown = Facts { hired_on: day("1965-12-31"), ..facts("陈静") };
        assert_eq!(check_birth(&number, &grown), None);
        let old = Facts { hired_on: day("2031-12-31"), ..facts("陈静") };
        assert_eq!(check_birth(&number, &old).unwrap().severity, Severity::Warning);
    }
}
