//! School years, terms and vacations. A school year begins on 1 September; when its terms begin and end is announced by
//! the bureau year by year, so it is a dated table by district over one for the city over a stated default.

use super::TableFault;
use crate::Date;
use chrono::Datelike;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A school year, named by the calendar year in which it begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SchoolYear(i32);

impl SchoolYear {
    /// The school year that begins on 1 September of `year`.
    pub fn beginning(year: i32) -> Self {
        Self(year)
    }

    /// The school year in which the day lies.
    pub fn on(day: Date) -> Self {
        Self(if day.month() >= 9 { day.year() } else { day.year() - 1 })
    }

    /// The calendar year in which it begins.
    pub fn begins_in(self) -> i32 {
        self.0
    }

    /// 1 September.
    pub fn first_day(self) -> Date {
        Date::from_ymd_opt(self.0, 9, 1).unwrap_or(Date::MIN)
    }

    /// The first day after it: 1 September of the next year.
    pub fn end(self) -> Date {
        Date::from_ymd_opt(self.0.saturating_add(1), 9, 1).unwrap_or(Date::MAX)
    }

    /// The school year before this one.
    #[must_use]
    pub fn previous(self) -> Self {
        Self(self.0.saturating_sub(1))
    }

    /// The school year after this one.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }

    /// `2025—2026学年`.
    pub fn label(self) -> String {
        format!("{}—{}学年", self.0, self.0.saturating_add(1))
    }
}

/// Which of the two terms of a school year.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TermOrder {
    /// 第一学期, from September.
    First,
    /// 第二学期, from spring.
    Second,
}

/// A term of a school year in one district.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Term {
    /// The school year to which it belongs.
    pub school_year: SchoolYear,
    /// First or second.
    pub order: TermOrder,
    /// Its first day.
    pub begins: Date,
    /// The first day after it, which is the first day of the vacation.
    pub ends: Date,
    /// Whether the dates are the stated default because no table speaks of this school year.
    pub provisional: bool,
}

impl Term {
    /// `2025—2026学年第一学期`.
    pub fn label(&self) -> String {
        let order = match self.order {
            TermOrder::First => "第一学期",
            TermOrder::Second => "第二学期",
        };
        format!("{}{order}", self.school_year.label())
    }
}

/// Winter or summer vacation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VacationKind {
    /// 寒假, between the terms.
    Winter,
    /// 暑假, after the second term.
    Summer,
}

/// A vacation in one district.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Vacation {
    /// The school year whose term it follows.
    pub school_year: SchoolYear,
    /// Winter or summer.
    pub kind: VacationKind,
    /// Its first day.
    pub begins: Date,
    /// The first day after it. A summer vacation lasts until the next first term begins.
    pub ends: Date,
    /// Whether either date is a default.
    pub provisional: bool,
}

impl Vacation {
    /// `2026年寒假`, by the calendar year in which it begins.
    pub fn label(&self) -> String {
        let kind = match self.kind {
            VacationKind::Winter => "寒假",
            VacationKind::Summer => "暑假",
        };
        format!("{}年{kind}", self.school_year.begins_in().saturating_add(1))
    }
}

/// Every day lies either in a term or in a vacation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Period {
    /// Children are at the kindergarten.
    Term(Term),
    /// They are not.
    Vacation(Vacation),
}

/// The four days that divide a school year. Each period ends where the next begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SchoolYearDates {
    /// The first term begins.
    pub first_term: Date,
    /// The winter vacation begins.
    pub winter_vacation: Date,
    /// The second term begins.
    pub second_term: Date,
    /// The summer vacation begins.
    pub summer_vacation: Date,
}

impl SchoolYearDates {
    /// The default while no table is loaded: terms from 1 September to 31 January and from 1 March to 15 July. No
    /// announcement says so; what is computed from it is provisional.
    pub fn default_of(year: SchoolYear) -> Self {
        let spring = |month, day| {
            Date::from_ymd_opt(year.0.saturating_add(1), month, day).unwrap_or(Date::MAX)
        };
        Self {
            first_term: year.first_day(),
            winter_vacation: spring(2, 1),
            second_term: spring(3, 1),
            summer_vacation: spring(7, 16),
        }
    }

    fn are_in_order(&self, year: SchoolYear) -> bool {
        year.first_day() <= self.first_term
            && self.first_term < self.winter_vacation
            && self.winter_vacation < self.second_term
            && self.second_term < self.summer_vacation
            && self.summer_vacation <= year.end()
    }
}

/// One line of the dated table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SchoolYearRow {
    /// The district's code; `None` for the whole city.
    pub district: Option<String>,
    /// The school year.
    pub school_year: SchoolYear,
    /// Its four days.
    pub dates: SchoolYearDates,
}

/// Terms and vacations: a district's own row, else the city's, else the default.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SchoolCalendar {
    rows: BTreeMap<(Option<String>, SchoolYear), SchoolYearDates>,
}

impl SchoolCalendar {
    /// The calendar of a loaded table.
    pub fn from_rows(rows: impl IntoIterator<Item = SchoolYearRow>) -> Result<Self, TableFault> {
        let mut calendar = Self::default();
        for row in rows {
            let label = row.school_year.label();
            if !row.dates.are_in_order(row.school_year) {
                return Err(TableFault::SchoolYearOutOfOrder(label));
            }
            if calendar.rows.insert((row.district, row.school_year), row.dates).is_some() {
                return Err(TableFault::SchoolYearTwice(label));
            }
        }
        Ok(calendar)
    }

    /// The dates of a school year in a district, and whether they are only the default.
    pub fn dates(&self, district: &str, year: SchoolYear) -> (SchoolYearDates, bool) {
        let own = self.rows.get(&(Some(district.to_owned()), year));
        match own.or_else(|| self.rows.get(&(None, year))) {
            Some(dates) => (*dates, false),
            None => (SchoolYearDates::default_of(year), true),
        }
    }

    /// The two terms of a school year in a district.
    pub fn terms(&self, district: &str, school_year: SchoolYear) -> [Term; 2] {
        let (dates, provisional) = self.dates(district, school_year);
        let term = |order, begins, ends| Term { school_year, order, begins, ends, provisional };
        [
            term(TermOrder::First, dates.first_term, dates.winter_vacation),
            term(TermOrder::Second, dates.second_term, dates.summer_vacation),
        ]
    }

    /// The term or vacation in which the day lies.
    pub fn period_on(&self, district: &str, day: Date) -> Period {
        let year = SchoolYear::on(day);
        let [first, second] = self.terms(district, year);
        if day < first.begins {
            return Period::Vacation(self.summer_vacation(district, year.previous()));
        }
        if day < first.ends {
            return Period::Term(first);
        }
        if day < second.begins {
            return Period::Vacation(Vacation {
                school_year: year,
                kind: VacationKind::Winter,
                begins: first.ends,
                ends: second.begins,
                provisional: first.provisional,
            });
        }
        if day < second.ends {
            return Period::Term(second);
        }
        Period::Vacation(self.summer_vacation(district, year))
    }

    /// The term in which the day lies; `None` in a vacation.
    pub fn term_on(&self, district: &str, day: Date) -> Option<Term> {
        match self.period_on(district, day) {
            Period::Term(term) => Some(term),
            Period::Vacation(_) => None,
        }
    }

    fn summer_vacation(&self, district: &str, school_year: SchoolYear) -> Vacation {
        let [_, second] = self.terms(district, school_year);
        let [next, _] = self.terms(district, school_year.next());
        Vacation {
            school_year,
            kind: VacationKind::Summer,
            begins: second.ends,
            ends: next.begins,
            provisional: second.provisional || next.provisional,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn on(year: i32, month: u32, day: u32) -> Date {
        Date::from_ymd_opt(year, month, day).unwrap()
    }

    fn row(district: Option<&str>, first_term: Date, second_term: Date) -> SchoolYearRow {
        SchoolYearRow {
            district: district.map(str::to_owned),
            school_year: SchoolYear::beginning(2025),
            dates: SchoolYearDates {
                first_term,
                winter_vacation: on(2026, 2, 1),
                second_term,
                summer_vacation: on(2026, 7, 11),
            },
        }
    }

    #[test]
    fn a_school_year_begins_on_the_first_of_september() {
        assert_eq!(SchoolYear::on(on(2026, 8, 31)), SchoolYear::beginning(2025));
        assert_eq!(SchoolYear::on(on(2026, 9, 1)), SchoolYear::beginning(2026));
        let year = SchoolYear::beginning(2025);
        assert_eq!((year.first_day(), year.end()), (on(2025, 9, 1), on(2026, 9, 1)));
        assert_eq!(year.label(), "2025—2026学年");
    }

    #[test]
    fn without_a_table_the_default_terms_hold_and_are_provisional() {
        let term = SchoolCalendar::default().term_on("440305", on(2025, 10, 8)).unwrap();
        assert_eq!(
            (term.begins, term.ends, term.provisional),
            (on(2025, 9, 1), on(2026, 2, 1), true)
        );
        assert_eq!(term.label(), "2025—2026学年第一学期");
    }

    #[test]
    fn a_districts_own_row_beats_the_citys() {
        let city = row(None, on(2025, 9, 1), on(2026, 3, 2));
        let own = row(Some("440305"), on(2025, 9, 1), on(2026, 3, 9));
        let calendar = SchoolCalendar::from_rows([city, own]).unwrap();
        assert!(calendar.term_on("440305", on(2026, 3, 4)).is_none());
        let elsewhere = calendar.term_on("440304", on(2026, 3, 4)).unwrap();
        assert_eq!((elsewhere.order, elsewhere.provisional), (TermOrder::Second, false));
    }

    #[test]
    fn the_winter_vacation_lies_between_the_terms() {
        let calendar =
            SchoolCalendar::from_rows([row(None, on(2025, 9, 1), on(2026, 3, 2))]).unwrap();
        let Period::Vacation(vacation) = calendar.period_on("440305", on(2026, 2, 14)) else {
            panic!("a term in the vacation");
        };
        assert_eq!((vacation.begins, vacation.ends), (on(2026, 2, 1), on(2026, 3, 2)));
        assert_eq!(vacation.label(), "2026年寒假");
    }

    #[test]
    fn days_of_september_before_the_term_begins_are_still_summer_vacation() {
        let calendar =
            SchoolCalendar::from_rows([row(None, on(2025, 9, 8), on(2026, 3, 2))]).unwrap();
        let Period::Vacation(vacation) = calendar.period_on("440305", on(2025, 9, 3)) else {
            panic!("a term in the vacation");
        };
        assert_eq!((vacation.kind, vacation.ends), (VacationKind::Summer, on(2025, 9, 8)));
        assert_eq!(vacation.label(), "2025年暑假");
        assert!(vacation.provisional, "its beginning is a default");
    }

    #[test]
    fn every_day_of_a_year_lies_in_a_period_that_contains_it() {
        let calendar =
            SchoolCalendar::from_rows([row(None, on(2025, 9, 8), on(2026, 3, 2))]).unwrap();
        for day in on(2025, 1, 1).iter_days().take(800) {
            let (begins, ends) = match calendar.period_on("440305", day) {
                Period::Term(term) => (term.begins, term.ends),
                Period::Vacation(vacation) => (vacation.begins, vacation.ends),
            };
            assert!(begins <= day && day < ends, "{day}");
        }
    }

    #[test]
    fn dates_out_of_order_are_refused() {
        let fault =
            SchoolCalendar::from_rows([row(None, on(2025, 9, 1), on(2026, 1, 5))]).unwrap_err();
        assert_eq!(fault, TableFault::SchoolYearOutOfOrder("2025—2026学年".into()));
        let early = SchoolCalendar::from_rows([row(None, on(2025, 8, 25), on(2026, 3, 2))]);
        assert!(early.is_err());
    }

    #[test]
    fn a_school_year_given_twice_is_refused() {
        let one = row(None, on(2025, 9, 1), on(2026, 3, 2));
        let fault = SchoolCalendar::from_rows([one.clone(), one]).unwrap_err();
        assert_eq!(fault, TableFault::SchoolYearTwice("2025—2026学年".into()));
    }

    #[test]
    fn the_ends_of_time_do_not_panic() {
        let calendar = SchoolCalendar::default();
        for day in [Date::MIN, Date::MAX] {
            let _ = calendar.period_on("440305", day);
        }
        assert_eq!(SchoolYear::beginning(i32::MAX).end(), Date::MAX);
    }
}
