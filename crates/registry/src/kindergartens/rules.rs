//! What can be true of a kindergarten, and what deserves a second look. All rules here are the register's own: the
//! Opinions presuppose a correct register (2.1.2-1, 2.1.2-3) and do not say how one is checked.

mod places;
mod resemblance;
mod writing;

use geography::Regions;
use kernel::Date;
use policy::Status;
use sheets::Severity;

pub(super) use places::{fit, is_possible, street_of};
pub(super) use resemblance::{Likeness, Resembled, resemblances};

pub use writing::{Refusal, may_delegate, may_look_inside, may_write};

use super::types::{Change, Facts, Field, Finding};

/// The year before which nobody in China ran a kindergarten.
const FIRST_YEAR: i32 = 1903;

/// The largest number that is not absurd, for the fields that hold one. The largest kindergartens have some 40 classes;
/// a number with a digit too many lies beyond these.
pub fn ceiling(field: Field) -> Option<u32> {
    match field {
        Field::Campuses => Some(20),
        Field::Classes => Some(100),
        Field::Capacity | Field::Children => Some(4_000),
        Field::Teachers | Field::Carers | Field::OtherStaff => Some(600),
        Field::FloorArea => Some(100_000),
        _ => None,
    }
}

/// Everything the register says about one kindergarten taken by itself: absurd numbers, contradictions, a point that is
/// not where the kindergarten is said to be.
pub fn check(facts: &Facts, regions: &Regions, today: Date) -> Vec<Finding> {
    let mut findings = numbers(facts);
    findings.extend(opening(facts, today));
    findings.extend(places::check(facts, regions));
    findings
}

fn refused(field: Field, text: impl Into<String>) -> Finding {
    Finding { field, severity: Severity::Refused, text: text.into() }
}

fn warning(field: Field, text: impl Into<String>) -> Finding {
    Finding { field, severity: Severity::Warning, text: text.into() }
}

fn numbers(facts: &Facts) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (field, number) in counted(facts) {
        if let (Some(number), Some(most)) = (number, ceiling(field))
            && number > most
        {
            let label = field.label();
            findings.push(refused(
                field,
                format!("{label}为 {number}，超出合理范围（最多 {most}）。请核对是否多写了一位。"),
            ));
        }
    }
    if facts.campuses == Some(0) {
        findings.push(refused(Field::Campuses, "园区数为 0；没有分园的填 1。"));
    }
    let children = facts.children.unwrap_or(0);
    if facts.classes == Some(0) && children > 0 {
        findings.push(refused(
            Field::Classes,
            format!("班级数为 0，却有在园幼儿 {children} 人，两者矛盾。请核对后改正。"),
        ));
    }
    if let Some(capacity) = facts.capacity
        && children > capacity
    {
        findings.push(warning(
            Field::Children,
            format!("在园幼儿 {children} 人，超过学位数 {capacity}。请核对；属实的可以保留。"),
        ));
    }
    if facts.status == Status::Closed && children > 0 {
        findings.push(warning(
            Field::Status,
            format!("已停办，却仍有在园幼儿 {children} 人。请核对。"),
        ));
    }
    findings
}

/// The fields that hold a number.
pub(super) fn counted(facts: &Facts) -> [(Field, Option<u32>); 8] {
    [
        (Field::Campuses, facts.campuses),
        (Field::Classes, facts.classes),
        (Field::Capacity, facts.capacity),
        (Field::Children, facts.children),
        (Field::Teachers, facts.teachers),
        (Field::Carers, facts.carers),
        (Field::OtherStaff, facts.other_staff),
        (Field::FloorArea, facts.floor_area_m2),
    ]
}

fn opening(facts: &Facts, today: Date) -> Option<Finding> {
    let opened = facts.opened_on?;
    if opened.year() < FIRST_YEAR {
        Some(refused(
            Field::OpenedOn,
            format!("开办时间为 {opened}，早于 {FIRST_YEAR} 年，不可能。请核对。"),
        ))
    } else if opened.earliest() > today && facts.status == Status::Open {
        Some(refused(
            Field::OpenedOn,
            format!("开办时间为 {opened}，尚未到来，状态却是“在办”，两者矛盾。请核对后改正。"),
        ))
    } else {
        None
    }
}

/// What differs between two days, as one would read it.
pub fn changes(before: &Facts, after: &Facts, regions: &Regions) -> Vec<Change> {
    let (old, new) = (readable(before, regions), readable(after, regions));
    let differing = Field::ALL.iter().zip(old).zip(new).filter(|((_, old), new)| old != new);
    differing
        .map(|((field, before), after)| Change {
            field: *field,
            label: field.label().to_owned(),
            before,
            after,
        })
        .collect()
}

/// The facts in the order of [`Field::ALL`], as one would read them.
pub(super) fn readable(facts: &Facts, regions: &Regions) -> Vec<String> {
    let number = |number: Option<u32>| number.map_or_else(String::new, |number| number.to_string());
    let show = |field: Field| match field {
        Field::RegisterId => facts.register_id.to_string(),
        Field::NationalCode => {
            facts.national_code.as_ref().map_or_else(String::new, ToString::to_string)
        }
        Field::FormerCodes => joined(&facts.former_codes),
        Field::Name => facts.name.to_string(),
        Field::FormerNames => joined(&facts.former_names),
        Field::District => regions
            .district(&facts.district)
            .map_or(&facts.district, |district| &district.name)
            .clone(),
        Field::Street => facts.street.as_ref().map_or_else(String::new, |code| {
            regions.street(code).map_or(code, |street| &street.name).clone()
        }),
        Field::Community => facts.community.as_ref().map_or_else(String::new, ToString::to_string),
        Field::Address => facts.address.as_ref().map_or_else(String::new, ToString::to_string),
        Field::Point => format!("{:.6}, {:.6}", facts.point.lon, facts.point.lat),
        Field::Datum => facts.datum.label().to_owned(),
        Field::Ownership => facts.ownership.label().to_owned(),
        Field::RunBy => facts.run_by.map_or("", policy::RunBy::label).to_owned(),
        Field::Grade => facts.grade.label().to_owned(),
        Field::OpenedOn => facts.opened_on.map_or_else(String::new, |opened| opened.to_string()),
        Field::Campuses => number(facts.campuses),
        Field::Classes => number(facts.classes),
        Field::Capacity => number(facts.capacity),
        Field::Children => number(facts.children),
        Field::Teachers => number(facts.teachers),
        Field::Carers => number(facts.carers),
        Field::OtherStaff => number(facts.other_staff),
        Field::FloorArea => number(facts.floor_area_m2),
        Field::Status => facts.status.label().to_owned(),
    };
    Field::ALL.iter().map(|field| show(*field)).collect()
}

fn joined(texts: &[impl AsRef<str>]) -> String {
    texts.iter().map(AsRef::as_ref).collect::<Vec<_>>().join("、")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kindergartens::tests::samples::{day, facts, grid};
    use crate::kindergartens::types::OpenedOn;

    fn findings(facts: &Facts) -> Vec<(Field, Severity)> {
        check(facts, grid(), day())
            .into_iter()
            .map(|finding| (finding.field, finding.severity))
            .collect()
    }

    #[test]
    fn a_sound_kindergarten_has_no_findings() {
        assert_eq!(findings(&facts("A1", "青禾幼儿园")), []);
    }

    #[test]
    fn an_absurd_number_is_refused() {
        let kindergarten = facts("A1", "青禾幼儿园");
        assert_eq!(
            findings(&Facts { classes: Some(900), ..kindergarten.clone() }),
            [(Field::Classes, Severity::Refused)]
        );
        assert_eq!(findings(&Facts { classes: Some(100), ..kindergarten }), []);
    }

    #[test]
    fn children_without_classes_are_a_contradiction() {
        let kindergarten = Facts { classes: Some(0), ..facts("A1", "青禾幼儿园") };
        assert_eq!(findings(&kindergarten), [(Field::Classes, Severity::Refused)]);
        assert_eq!(findings(&Facts { children: Some(0), ..kindergarten }), []);
    }

    #[test]
    fn no_campus_at_all_is_refused() {
        let kindergarten = Facts { campuses: Some(0), ..facts("A1", "青禾幼儿园") };
        assert_eq!(findings(&kindergarten), [(Field::Campuses, Severity::Refused)]);
    }

    #[test]
    fn more_children_than_places_are_warned_about() {
        let kindergarten = Facts { children: Some(271), ..facts("A1", "青禾幼儿园") };
        assert_eq!(findings(&kindergarten), [(Field::Children, Severity::Warning)]);
        assert_eq!(findings(&Facts { children: Some(270), ..kindergarten }), []);
    }

    #[test]
    fn a_closed_kindergarten_with_children_is_warned_about() {
        let kindergarten = Facts { status: Status::Closed, ..facts("A1", "青禾幼儿园") };
        assert_eq!(findings(&kindergarten), [(Field::Status, Severity::Warning)]);
    }

    #[test]
    fn an_opening_before_the_first_kindergarten_or_still_to_come_is_refused() {
        let kindergarten = facts("A1", "青禾幼儿园");
        for year in [1880, 2027] {
            let kindergarten = Facts { opened_on: OpenedOn::in_year(year), ..kindergarten.clone() };
            assert_eq!(findings(&kindergarten), [(Field::OpenedOn, Severity::Refused)], "{year}");
        }
        let planned =
            Facts { opened_on: OpenedOn::in_year(2027), status: Status::Suspended, ..kindergarten };
        assert_eq!(findings(&planned), []);
    }

    #[test]
    fn changes_name_the_field_and_both_values() {
        let before = facts("A1", "青禾幼儿园");
        let after = Facts { classes: Some(12), grade: policy::Grade::Provincial, ..before.clone() };
        let said: Vec<(Field, String, String)> = changes(&before, &after, grid())
            .into_iter()
            .map(|change| (change.field, change.before, change.after))
            .collect();
        assert_eq!(
            said,
            [
                (Field::Grade, "市一级".into(), "省一级".into()),
                (Field::Classes, "9".into(), "12".into())
            ]
        );
        assert_eq!(changes(&before, &before.clone(), grid()), []);
    }
}
