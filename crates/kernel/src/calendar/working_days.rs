//! Which days are worked: weekdays, corrected by the dated table of holidays and moved days.

use super::{Deadline, published, spoken_date, spoken_weekday};
use crate::Date;
use chrono::{Datelike, Weekday};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What the table says about a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DayKind {
    /// A day off, be it the holiday itself or a day moved to it (放假调休).
    Rest,
    /// A weekend day that is worked (调休上班).
    Work,
}

impl DayKind {
    /// The stored code: `rest` or `work`.
    pub fn code(self) -> &'static str {
        match self {
            Self::Rest => "rest",
            Self::Work => "work",
        }
    }

    /// Reads a stored code or the word that offices write (休、放假、班、上班).
    pub fn named(text: &str) -> Option<Self> {
        match text.trim() {
            "rest" | "休" | "放假" => Some(Self::Rest),
            "work" | "班" | "上班" => Some(Self::Work),
            _ => None,
        }
    }
}

/// One line of the dated table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayRow {
    /// The day (Beijing date).
    pub day: Date,
    /// Rest or work.
    pub kind: DayKind,
    /// The holiday that the row belongs to, as the notice names it: `春节`.
    pub name: String,
    /// The year of the notice. A notice may reach into the last days of the year before.
    pub source_year: i32,
}

/// Why a table cannot be loaded. The text is a sentence to the user.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TableFault {
    /// A table without a single row publishes nothing.
    #[error("放假安排表是空的")]
    Empty,
    /// The same day twice with different kinds or names.
    #[error("{} 在表中出现两次而且不一致", spoken_date(*.0))]
    Contradiction(Date),
    /// Only a weekend day can be a moved working day.
    #[error("{}是{}，本来就要上班，不能列为调休上班日", spoken_date(*.0), spoken_weekday(*.0))]
    WorkOnWeekday(Date),
    /// A notice speaks of its own year and at most of the last days of the year before.
    #[error("{day} 不属于 {1} 年的放假安排", day = spoken_date(*.0))]
    OutsideYear(Date, i32),
    /// The four dates of a school year are not in order or leave it.
    #[error("{0} 的开学、放假日期先后不对，或者超出该学年（9 月 1 日至次年 8 月 31 日）")]
    SchoolYearOutOfOrder(String),
    /// Two rows for the same district and school year.
    #[error("{0} 在表中出现两次")]
    SchoolYearTwice(String),
}

/// The working-day calendar: published tables over the plain week.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkingDays {
    rows: BTreeMap<Date, DayRow>,
    years: BTreeSet<i32>,
}

/// From this day of December on, a year is only known once the next year's notice is out: the days around New Year are
/// moved by it (2022-12-31 was a day off by the notice of 2023).
const NEW_YEAR_REACHES_BACK_TO: (u32, u32) = (12, 25);

impl WorkingDays {
    /// The calendar of the State Council notices that ship with the program (2025 and 2026).
    pub fn published() -> Self {
        let mut calendar = Self { rows: BTreeMap::new(), years: BTreeSet::new() };
        for notice in published::NOTICES {
            calendar.years.insert(notice.year);
            for holiday in notice.holidays {
                let row = |day, kind| DayRow {
                    day,
                    kind,
                    name: holiday.name.to_owned(),
                    source_year: notice.year,
                };
                let on = |(month, day)| Date::from_ymd_opt(notice.year, month, day);
                if let (Some(first), Some(last)) = (on(holiday.first), on(holiday.last)) {
                    for day in first.iter_days().take_while(|day| *day <= last) {
                        calendar.rows.insert(day, row(day, DayKind::Rest));
                    }
                }
                for day in holiday.worked.iter().copied().filter_map(on) {
                    calendar.rows.insert(day, row(day, DayKind::Work));
                }
            }
        }
        calendar
    }

    /// The shipped notices as they are cited, with their years.
    pub fn published_sources() -> impl Iterator<Item = (i32, &'static str)> {
        published::NOTICES.iter().map(|notice| (notice.year, notice.source))
    }

    /// The calendar with a table loaded: each year that the table speaks of replaces what was known of that year's
    /// notice. Deadlines computed before are then to be recomputed (`Deadline::recomputed`).
    pub fn with_table(&self, table: &[DayRow]) -> Result<Self, TableFault> {
        if table.is_empty() {
            return Err(TableFault::Empty);
        }
        let years: BTreeSet<i32> = table.iter().map(|row| row.source_year).collect();
        let mut calendar = self.clone();
        calendar.rows.retain(|_, row| !years.contains(&row.source_year));
        calendar.years.extend(&years);
        for row in table {
            let in_year = row.day.year() == row.source_year;
            let at_its_eve =
                row.day.year() + 1 == row.source_year && reaches_into_next_year(row.day);
            if !in_year && !at_its_eve {
                return Err(TableFault::OutsideYear(row.day, row.source_year));
            }
            if row.kind == DayKind::Work && !is_weekend(row.day) {
                return Err(TableFault::WorkOnWeekday(row.day));
            }
            let earlier = calendar.rows.insert(row.day, row.clone());
            if earlier.is_some_and(|earlier| earlier != *row) {
                return Err(TableFault::Contradiction(row.day));
            }
        }
        Ok(calendar)
    }

    /// What the table says about the day; `None` for a plain day of the week.
    pub fn row_on(&self, day: Date) -> Option<&DayRow> {
        self.rows.get(&day)
    }

    /// Whether offices work on the day.
    pub fn is_working_day(&self, day: Date) -> bool {
        match self.row_on(day) {
            Some(row) => row.kind == DayKind::Work,
            None => !is_weekend(day),
        }
    }

    /// Whether the published tables settle the day. What is not settled follows the plain week, provisionally.
    pub fn is_settled(&self, day: Date) -> bool {
        self.knows_year(day.year())
            && (!reaches_into_next_year(day) || self.knows_year(day.year() + 1))
    }

    /// Whether a notice for the year is loaded.
    pub fn knows_year(&self, year: i32) -> bool {
        self.years.contains(&year)
    }

    /// The day itself if it is worked, else the next working day.
    pub fn first_working_day_from(&self, day: Date) -> Date {
        day.iter_days().find(|day| self.is_working_day(*day)).unwrap_or(Date::MAX)
    }

    /// The last day of a period of working days. The first day does not count: one working day from a Tuesday is the
    /// Wednesday. No working days at all means the day itself, or the next working day.
    pub fn add_working_days(&self, from: Date, working_days: u16) -> Deadline {
        let day = if working_days == 0 {
            self.first_working_day_from(from)
        } else {
            let mut worked = from.iter_days().skip(1).filter(|day| self.is_working_day(*day));
            worked.nth(usize::from(working_days) - 1).unwrap_or(Date::MAX)
        };
        Deadline::counted(self, from, working_days, day)
    }

    /// How many working days are left after `today` until `due` has passed: 0 when it is due today, negative when it is
    /// overdue by so many working days. At most a year is counted either way.
    pub fn working_days_left(&self, today: Date, due: Date) -> i64 {
        let worked = |from: Date, to: Date| {
            let days = from.iter_days().skip(1).take_while(|day| *day <= to).take(366);
            days.filter(|day| self.is_working_day(*day)).count() as i64
        };
        if due >= today { worked(today, due) } else { -worked(due, today) }
    }
}

impl Default for WorkingDays {
    fn default() -> Self {
        Self::published()
    }
}

fn is_weekend(day: Date) -> bool {
    matches!(day.weekday(), Weekday::Sat | Weekday::Sun)
}

fn reaches_into_next_year(day: Date) -> bool {
    (day.month(), day.day()) >= NEW_YEAR_REACHES_BACK_TO
}

#[cfg(test)]
mod tests {
    use super::*;

    fn on(year: i32, month: u32, day: u32) -> Date {
        Date::from_ymd_opt(year, month, day).unwrap()
    }

    fn row(day: Date, kind: DayKind, source_year: i32) -> DayRow {
        DayRow { day, kind, name: "元旦".into(), source_year }
    }

    #[test]
    fn a_plain_week_has_five_working_days() {
        let calendar = WorkingDays::published();
        let week = on(2026, 3, 9).iter_days().take(7).map(|day| calendar.is_working_day(day));
        assert_eq!(week.collect::<Vec<_>>(), [true, true, true, true, true, false, false]);
    }

    #[test]
    fn the_saturday_before_the_spring_festival_of_2026_is_worked() {
        let calendar = WorkingDays::published();
        assert!(calendar.is_working_day(on(2026, 2, 14)));
        assert!(!calendar.is_working_day(on(2026, 2, 16)), "a Monday off");
        assert!(!calendar.is_working_day(on(2026, 2, 23)), "the last day off");
        assert!(calendar.is_working_day(on(2026, 2, 24)));
    }

    #[test]
    fn what_is_left_is_counted_in_working_days_and_so_is_what_is_late() {
        let calendar = WorkingDays::published();
        let friday = on(2026, 2, 13);
        assert_eq!(calendar.working_days_left(friday, friday), 0);
        // The Saturday is worked, the festival is not.
        assert_eq!(calendar.working_days_left(friday, on(2026, 2, 24)), 2);
        assert_eq!(calendar.working_days_left(on(2026, 2, 24), friday), -2);
        // Due on a Sunday, looked at on the Monday: one working day late.
        assert_eq!(calendar.working_days_left(on(2026, 3, 9), on(2026, 3, 8)), -1);
    }

    #[test]
    fn the_shipped_years_have_as_many_working_days_as_the_notices_leave() {
        let calendar = WorkingDays::published();
        for (year, expected) in [(2025, 248), (2026, 248)] {
            let days = on(year, 1, 1).iter_days().take_while(|day| day.year() == year);
            assert_eq!(
                days.filter(|day| calendar.is_working_day(*day)).count(),
                expected,
                "{year}"
            );
        }
    }

    #[test]
    fn every_shipped_moved_day_is_a_weekend_day() {
        let calendar = WorkingDays::published();
        let worked = calendar.rows.values().filter(|row| row.kind == DayKind::Work);
        assert!(worked.clone().count() == 11);
        assert!(worked.clone().all(|row| is_weekend(row.day)));
    }

    #[test]
    fn days_beyond_the_published_years_are_not_settled_and_follow_the_plain_week() {
        let calendar = WorkingDays::published();
        assert!(!calendar.is_settled(on(2027, 2, 8)));
        assert!(calendar.is_working_day(on(2027, 2, 8)));
        assert!(!calendar.is_settled(on(2024, 12, 2)));
    }

    #[test]
    fn the_last_days_of_december_wait_for_the_next_notice() {
        let calendar = WorkingDays::published();
        assert!(calendar.is_settled(on(2026, 12, 24)));
        assert!(!calendar.is_settled(on(2026, 12, 31)));
        assert!(calendar.is_settled(on(2025, 12, 31)));
    }

    #[test]
    fn a_loaded_table_replaces_that_year_and_leaves_the_others() {
        let table =
            [row(on(2027, 1, 1), DayKind::Rest, 2027), row(on(2026, 12, 27), DayKind::Work, 2027)];
        let calendar = WorkingDays::published().with_table(&table).unwrap();
        assert!(!calendar.is_working_day(on(2027, 1, 1)));
        assert!(
            calendar.is_working_day(on(2026, 12, 27)),
            "a Sunday worked by the next year's notice"
        );
        assert!(calendar.is_settled(on(2026, 12, 31)));
        assert!(calendar.is_working_day(on(2026, 2, 14)));

        let changed = calendar.with_table(&[row(on(2027, 1, 4), DayKind::Rest, 2027)]).unwrap();
        assert!(changed.is_working_day(on(2027, 1, 1)));
        assert!(!changed.is_working_day(on(2026, 12, 27)));
    }

    #[test]
    fn a_table_that_contradicts_itself_is_refused() {
        let calendar = WorkingDays::published();
        let sunday = on(2027, 1, 3);
        let twice = [row(sunday, DayKind::Rest, 2027), row(sunday, DayKind::Work, 2027)];
        assert_eq!(calendar.with_table(&twice), Err(TableFault::Contradiction(sunday)));
    }

    #[test]
    fn a_moved_day_on_a_weekday_is_refused() {
        let monday = on(2027, 1, 4);
        let fault =
            WorkingDays::published().with_table(&[row(monday, DayKind::Work, 2027)]).unwrap_err();
        assert_eq!(fault, TableFault::WorkOnWeekday(monday));
        assert_eq!(
            fault.to_string(),
            "2027 年 1 月 4 日是星期一，本来就要上班，不能列为调休上班日"
        );
    }

    #[test]
    fn a_day_of_another_year_is_refused() {
        let calendar = WorkingDays::published();
        let stray = on(2026, 6, 1);
        let fault = calendar.with_table(&[row(stray, DayKind::Rest, 2027)]).unwrap_err();
        assert_eq!(fault, TableFault::OutsideYear(stray, 2027));
        assert_eq!(calendar.with_table(&[]), Err(TableFault::Empty));
    }

    #[test]
    fn no_working_days_from_a_day_off_lead_to_the_next_working_day() {
        let calendar = WorkingDays::published();
        assert_eq!(calendar.add_working_days(on(2026, 2, 15), 0).day, on(2026, 2, 24));
        assert_eq!(calendar.add_working_days(on(2026, 2, 14), 0).day, on(2026, 2, 14));
    }

    #[test]
    fn the_end_of_time_does_not_panic() {
        let calendar = WorkingDays::published();
        assert_eq!(calendar.add_working_days(Date::MAX, u16::MAX).day, Date::MAX);
        assert_eq!(calendar.first_working_day_from(Date::MAX), Date::MAX);
        assert!(!calendar.is_settled(Date::MAX));
    }
}
