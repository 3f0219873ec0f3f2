//! The calendar of a Chinese school authority: working days with moved days (调休), deadlines that explain themselves,
//! school years, terms and vacations.
//!
//! Two rules hold everywhere. A working day is looked up in the State Council's dated table, never computed from the
//! weekday alone; and whatever goes beyond the published tables is *provisional*: it says so, and it is computed again
//! when the next table is loaded. Terms and vacations come from a dated table by district, with a stated default.
//!
//! All days are Beijing dates; intervals are half-open unless a name says `last`.

mod deadline;
mod published;
mod school_year;
mod working_days;

pub use deadline::{CountedDay, Deadline, SkippedHoliday};
pub use school_year::{
    Period, SchoolCalendar, SchoolYear, SchoolYearDates, SchoolYearRow, Term, TermOrder, Vacation,
    VacationKind,
};
pub use working_days::{DayKind, DayRow, TableFault, WorkingDays};

use crate::Date;
use chrono::{Datelike, Weekday};

/// `2 月 14 日`: a day whose year the reader knows.
pub fn spoken_day(day: Date) -> String {
    format!("{} 月 {} 日", day.month(), day.day())
}

/// `2026 年 2 月 14 日`.
pub fn spoken_date(day: Date) -> String {
    format!("{} 年 {}", day.year(), spoken_day(day))
}

/// `星期六`.
pub fn spoken_weekday(day: Date) -> &'static str {
    match day.weekday() {
        Weekday::Mon => "星期一",
        Weekday::Tue => "星期二",
        Weekday::Wed => "星期三",
        Weekday::Thu => "星期四",
        Weekday::Fri => "星期五",
        Weekday::Sat => "星期六",
        Weekday::Sun => "星期日",
    }
}
