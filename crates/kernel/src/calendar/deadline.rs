//! A deadline that can explain itself, and be computed again when a new table is loaded.

use super::{DayKind, WorkingDays, spoken_date, spoken_day, spoken_weekday};
use crate::Date;
use chrono::Datelike;
use serde::Serialize;
use std::fmt::Write as _;

/// A holiday that a period skipped.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SkippedHoliday {
    /// `春节`.
    pub name: String,
    /// The first day off within the period.
    pub first: Date,
    /// The last day off within the period.
    pub last: Date,
}

/// A weekend day that counted as a working day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CountedDay {
    /// The Saturday or Sunday that was worked.
    pub day: Date,
    /// The holiday for which it was moved.
    pub name: String,
}

/// The last day of a period of working days, with what was skipped and counted on the way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Deadline {
    /// The day from which the period runs; it does not count itself.
    pub from: Date,
    /// How many working days were allowed.
    pub working_days: u16,
    /// The last day on which the matter is in time.
    pub day: Date,
    /// Named holidays within the period, in order.
    pub skipped: Vec<SkippedHoliday>,
    /// Moved working days within the period, in order.
    pub counted: Vec<CountedDay>,
    /// The years within the period whose arrangements are not published yet; empty when the deadline is settled.
    pub unpublished: Vec<i32>,
}

impl Deadline {
    pub(super) fn counted(
        calendar: &WorkingDays,
        from: Date,
        working_days: u16,
        day: Date,
    ) -> Self {
        let mut skipped: Vec<SkippedHoliday> = Vec::new();
        let mut counted = Vec::new();
        let mut unpublished: Vec<i32> = Vec::new();
        let own_day = usize::from(working_days > 0);
        for each in from.iter_days().skip(own_day).take_while(|each| *each <= day) {
            if !calendar.is_settled(each) {
                // Unsettled days of a published year wait for the next year's notice.
                let year =
                    if calendar.knows_year(each.year()) { each.year() + 1 } else { each.year() };
                if unpublished.last() != Some(&year) {
                    unpublished.push(year);
                }
            }
            let Some(row) = calendar.row_on(each) else { continue };
            if row.kind == DayKind::Work {
                counted.push(CountedDay { day: each, name: row.name.clone() });
                continue;
            }
            match skipped.last_mut() {
                Some(last) if last.name == row.name && last.last.succ_opt() == Some(each) => {
                    last.last = each;
                }
                _ => {
                    skipped.push(SkippedHoliday {
                        name: row.name.clone(),
                        first: each,
                        last: each,
                    });
                }
            }
        }
        Self { from, working_days, day, skipped, counted, unpublished }
    }

    /// Whether the deadline rests on days that no published table settles.
    pub fn is_provisional(&self) -> bool {
        !self.unpublished.is_empty()
    }

    /// The same period under another calendar, as when a new table has been loaded.
    #[must_use]
    pub fn recomputed(&self, calendar: &WorkingDays) -> Self {
        calendar.add_working_days(self.from, self.working_days)
    }

    /// What a newly loaded table did to an earlier deadline, for the record's history; `None` if nothing changed.
    pub fn change_since(&self, earlier: &Self) -> Option<String> {
        if self.day != earlier.day {
            let (old, new) = (spoken_date(earlier.day), spoken_date(self.day));
            return Some(format!(
                "放假安排已更新，期限由 {old} 改为 {new}（{}）",
                spoken_weekday(self.day)
            ));
        }
        (earlier.is_provisional() && !self.is_provisional())
            .then(|| format!("放假安排已公布，期限 {} 不变，不再是暂定", spoken_date(self.day)))
    }

    /// The whole reckoning in a sentence: `自 2026 年 2 月 3 日起 10 个工作日（次日起算），跳过春节假期…`.
    pub fn explain(&self) -> String {
        let mut text =
            format!("自 {}起 {} 个工作日（次日起算）", spoken_date(self.from), self.working_days);
        for holiday in &self.skipped {
            let _ =
                write!(text, "，跳过{}假期（{}）", holiday.name, span(holiday.first, holiday.last));
        }
        for moved in &self.counted {
            let _ = write!(
                text,
                "，{}（{}）为调休上班日，计入",
                spoken_day(moved.day),
                spoken_weekday(moved.day)
            );
        }
        let _ = write!(text, "，至 {}（{}）止", spoken_date(self.day), spoken_weekday(self.day));
        if let (Some(first), Some(last)) = (self.unpublished.first(), self.unpublished.last()) {
            let years = if first == last {
                format!("{first} 年")
            } else {
                format!("{first} 年至 {last} 年")
            };
            let _ = write!(
                text,
                "。暂定：{years}的放假安排尚未公布或未载入，暂按周一至周五上班推算，载入后重新计算"
            );
        }
        text
    }
}

fn span(first: Date, last: Date) -> String {
    if first == last {
        spoken_day(first)
    } else if first.month() == last.month() {
        format!("{}至 {} 日", spoken_day(first), last.day())
    } else {
        format!("{}至 {}", spoken_day(first), spoken_day(last))
    }
}

#[cfg(test)]
mod tests {
    use super::super::DayRow;
    use super::*;

    fn on(year: i32, month: u32, day: u32) -> Date {
        Date::from_ymd_opt(year, month, day).unwrap()
    }

    #[test]
    fn ten_working_days_from_the_third_of_february_skip_the_festival_and_count_the_moved_saturday()
    {
        let deadline = WorkingDays::published().add_working_days(on(2026, 2, 3), 10);
        assert_eq!(deadline.day, on(2026, 2, 24));
        assert!(!deadline.is_provisional());
        assert_eq!(
            deadline.explain(),
            "自 2026 年 2 月 3 日起 10 个工作日（次日起算），跳过春节假期（2 月 15 日至 23 日），\
             2 月 14 日（星期六）为调休上班日，计入，至 2026 年 2 月 24 日（星期二）止"
        );
    }

    #[test]
    fn a_period_without_holidays_explains_itself_shortly() {
        let deadline = WorkingDays::published().add_working_days(on(2026, 3, 10), 3);
        assert_eq!(
            deadline.explain(),
            "自 2026 年 3 月 10 日起 3 个工作日（次日起算），至 2026 年 3 月 13 日（星期五）止"
        );
        assert_eq!((deadline.skipped, deadline.counted), (vec![], vec![]));
    }

    #[test]
    fn a_holiday_over_the_end_of_a_month_names_both_months() {
        let deadline = WorkingDays::published().add_working_days(on(2025, 5, 30), 1);
        assert_eq!(deadline.day, on(2025, 6, 3));
        assert!(deadline.explain().contains("跳过端午节假期（5 月 31 日至 6 月 2 日）"));
    }

    #[test]
    fn a_period_into_an_unpublished_year_is_provisional_and_says_so() {
        let deadline = WorkingDays::published().add_working_days(on(2026, 12, 28), 5);
        assert_eq!(deadline.unpublished, [2027]);
        assert!(deadline.explain().contains("暂定：2027 年的放假安排尚未公布或未载入"));
    }

    #[test]
    fn loading_the_table_moves_a_provisional_deadline_and_tells_why() {
        let before = WorkingDays::published().add_working_days(on(2026, 12, 30), 2);
        assert_eq!(before.day, on(2027, 1, 1));
        let new_year = DayRow {
            day: on(2027, 1, 1),
            kind: DayKind::Rest,
            name: "元旦".into(),
            source_year: 2027,
        };
        let calendar = WorkingDays::published().with_table(&[new_year]).unwrap();
        let after = before.recomputed(&calendar);
        assert_eq!(after.day, on(2027, 1, 4));
        assert!(!after.is_provisional());
        assert_eq!(
            after.change_since(&before).unwrap(),
            "放假安排已更新，期限由 2027 年 1 月 1 日 改为 2027 年 1 月 4 日（星期一）"
        );
        assert_eq!(after.change_since(&after), None);
    }

    #[test]
    fn a_deadline_that_becomes_settled_without_moving_is_noted() {
        let before = WorkingDays::published().add_working_days(on(2027, 3, 1), 2);
        let new_year = DayRow {
            day: on(2027, 1, 1),
            kind: DayKind::Rest,
            name: "元旦".into(),
            source_year: 2027,
        };
        let calendar = WorkingDays::published().with_table(&[new_year]).unwrap();
        let note = before.recomputed(&calendar).change_since(&before);
        assert_eq!(note.unwrap(), "放假安排已公布，期限 2027 年 3 月 3 日 不变，不再是暂定");
    }
}
