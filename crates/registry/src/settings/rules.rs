//! Whether a school year can be announced so.

use kernel::calendar::{SchoolYear, SchoolYearDates, SchoolYearRow, spoken_date};
use kernel::{Date, Failure, Invalid};

use super::types::NewSchoolYear;

/// Reads the two terms: within the school year (1 September to 31 August), neither ending before it begins, the second after
/// the first.
pub fn school_year(new: &NewSchoolYear) -> Result<SchoolYearRow, Failure> {
    let mut invalid = Invalid::default();
    let year = new.year.trim().parse().ok().filter(|year| (2020..2100).contains(year));
    if year.is_none() {
        invalid.add("school_year", "请填写学年开始的年份，如 2026 表示 2026—2027学年");
    }
    let mut read = |field: &'static str, typed: &str, what: &str| -> Option<Date> {
        let day = Date::parse_from_str(typed.trim(), "%Y-%m-%d").ok();
        if day.is_none() {
            invalid.add(field, format!("请填写{what}，如 2026-09-01"));
        }
        day
    };
    let days = [
        read("first_begins", &new.first_begins, "第一学期的第一天"),
        read("first_lasts", &new.first_lasts, "第一学期的最后一天"),
        read("second_begins", &new.second_begins, "第二学期的第一天"),
        read("second_lasts", &new.second_lasts, "第二学期的最后一天"),
    ];
    let (Some(year), [Some(first), Some(first_last), Some(second), Some(second_last)]) =
        (year, days)
    else {
        return Err(invalid.into());
    };
    let school_year = SchoolYear::beginning(year);
    let (opens, ends) = (school_year.first_day(), school_year.end());
    for (field, day) in [
        ("first_begins", first),
        ("first_lasts", first_last),
        ("second_begins", second),
        ("second_lasts", second_last),
    ] {
        if day < opens || day >= ends {
            let last = spoken_date(ends.pred_opt().unwrap_or(ends));
            let (label, opens) = (school_year.label(), spoken_date(opens));
            invalid.add(field, format!("不在{label}之内（{opens}至 {last}）"));
        }
    }
    if first_last <= first {
        invalid.add("first_lasts", "第一学期的最后一天应在第一天之后");
    }
    if second_last <= second {
        invalid.add("second_lasts", "第二学期的最后一天应在第一天之后");
    }
    // A day of vacation lies between: else the terms overlap or are one.
    let after = |day: Date| day.succ_opt().unwrap_or(Date::MAX);
    if second <= first_last {
        let text = format!("与第一学期重叠：第一学期到 {}才结束", spoken_date(first_last));
        invalid.add("second_begins", text);
    } else if second == after(first_last) {
        invalid.add("second_begins", "两个学期之间应有寒假，至少一天");
    }
    invalid.or_ok()?;
    Ok(SchoolYearRow {
        district: (!new.district.is_empty()).then(|| new.district.clone()),
        school_year,
        dates: SchoolYearDates {
            first_term: first,
            winter_vacation: after(first_last),
            second_term: second,
            summer_vacation: after(second_last),
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::calendar::SchoolCalendar;

    fn typed(days: [&str; 4]) -> NewSchoolYear {
        let [first_begins, first_lasts, second_begins, second_lasts] = days.map(str::to_owned);
        NewSchoolYear {
            district: "440305".into(),
            year: "2026".into(),
            first_begins,
            first_lasts,
            second_begins,
            second_lasts,
        }
    }

    fn invalid(new: &NewSchoolYear) -> Invalid {
        match school_year(new) {
            Err(Failure::Invalid(invalid)) => invalid,
            other => panic!("{other:?}"),
        }
    }

    fn fault(days: [&str; 4], field: &str) -> String {
        let invalid = invalid(&typed(days));
        invalid.of(field).unwrap_or_else(|| panic!("{invalid:?}")).to_owned()
    }

    #[test]
    fn two_terms_within_the_school_year_are_taken_with_their_last_days() {
        let days = ["2026-09-01", "2027-01-22", "2027-02-22", "2027-07-09"];
        let row = school_year(&typed(days)).unwrap();
        assert_eq!(row.dates.winter_vacation, Date::from_ymd_opt(2027, 1, 23).unwrap());
        assert_eq!(row.dates.summer_vacation, Date::from_ymd_opt(2027, 7, 10).unwrap());
        let calendar = SchoolCalendar::from_rows([row]).unwrap();
        let last = Date::from_ymd_opt(2027, 1, 22).unwrap();
        assert!(calendar.term_on("440305", last).is_some());
        assert!(calendar.term_on("440305", last.succ_opt().unwrap()).is_none());
    }

    #[test]
    fn what_is_taken_is_what_the_calendar_accepts() {
        let days = ["2026-09-01", "2026-09-02", "2026-09-04", "2027-08-31"];
        assert!(SchoolCalendar::from_rows([school_year(&typed(days)).unwrap()]).is_ok());
    }

    #[test]
    fn terms_that_overlap_are_refused_at_the_second() {
        let days = ["2026-09-01", "2027-01-22", "2027-01-20", "2027-07-09"];
        assert_eq!(
            fault(days, "second_begins"),
            "与第一学期重叠：第一学期到 2027 年 1 月 22 日才结束"
        );
        let at_once = ["2026-09-01", "2027-01-22", "2027-01-23", "2027-07-09"];
        assert_eq!(fault(at_once, "second_begins"), "两个学期之间应有寒假，至少一天");
    }

    #[test]
    fn a_term_that_ends_before_it_begins_is_refused() {
        let days = ["2027-01-22", "2026-09-01", "2027-02-22", "2027-02-21"];
        assert_eq!(fault(days, "first_lasts"), "第一学期的最后一天应在第一天之后");
        assert_eq!(fault(days, "second_lasts"), "第二学期的最后一天应在第一天之后");
    }

    #[test]
    fn a_day_outside_the_school_year_is_refused() {
        let days = ["2026-08-31", "2027-01-22", "2027-02-22", "2027-09-01"];
        let text = "不在2026—2027学年之内（2026 年 9 月 1 日至 2027 年 8 月 31 日）";
        assert_eq!(fault(days, "first_begins"), text);
        assert_eq!(fault(days, "second_lasts"), text);
    }

    #[test]
    fn whatever_is_missing_is_asked_for_at_its_field() {
        let invalid = invalid(&NewSchoolYear::default());
        for field in ["school_year", "first_begins", "first_lasts", "second_begins", "second_lasts"]
        {
            assert!(invalid.of(field).is_some(), "{field}");
        }
    }
}
