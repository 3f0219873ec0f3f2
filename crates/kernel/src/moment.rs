//! Moments: stored as UTC, shown and judged as Beijing time.

use std::fmt;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, NaiveDateTime, NaiveTime};
use serde::{Deserialize, Serialize};

use crate::Date;

const BEIJING_OFFSET_MS: i64 = 8 * 3_600_000;

/// A point in time: milliseconds since 1970-01-01 UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Moment(i64);

impl Moment {
    /// A moment from milliseconds since 1970-01-01 UTC.
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }
    /// Milliseconds since 1970-01-01 UTC.
    pub const fn millis(self) -> i64 {
        self.0
    }
    /// The moment at which a Beijing day reads `hour:minute`.
    pub fn at(day: Date, hour: u32, minute: u32) -> Self {
        let time = NaiveTime::from_hms_opt(hour, minute, 0).unwrap_or(NaiveTime::MIN);
        Self(day.and_time(time).and_utc().timestamp_millis() - BEIJING_OFFSET_MS)
    }
    /// The wall clock in Beijing.
    pub fn beijing(self) -> NaiveDateTime {
        DateTime::from_timestamp_millis(self.0.saturating_add(BEIJING_OFFSET_MS))
            .unwrap_or_default()
            .naive_utc()
    }
    /// The Beijing day on which the moment lies.
    pub fn date(self) -> Date {
        self.beijing().date()
    }
    /// A later moment.
    #[must_use]
    pub const fn plus_millis(self, millis: i64) -> Self {
        Self(self.0.saturating_add(millis))
    }
}

/// Beijing time to the minute: `2026-02-03 10:12`.
impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.beijing().format("%Y-%m-%d %H:%M"))
    }
}

/// What tells the time. Handed to those who need it; nothing reads the machine's clock on its own.
pub trait Clock: Send + Sync {
    /// The present moment.
    fn now(&self) -> Moment;
}

/// A clock that stands still until it is moved: for tests and for playing the demo city.
#[derive(Debug)]
pub struct StandingClock(AtomicI64);

impl StandingClock {
    /// A clock that stands at `moment`.
    pub const fn at(moment: Moment) -> Self {
        Self(AtomicI64::new(moment.0))
    }
    /// Moves the clock to `moment`.
    pub fn set(&self, moment: Moment) {
        self.0.store(moment.0, Ordering::SeqCst);
    }
}

impl Clock for StandingClock {
    fn now(&self) -> Moment {
        Moment(self.0.load(Ordering::SeqCst))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_hours_of_a_utc_day_are_the_next_day_in_beijing() {
        let moment = Moment::at(Date::from_ymd_opt(2026, 2, 3).unwrap(), 0, 30);
        assert_eq!(moment.to_string(), "2026-02-03 00:30");
        assert_eq!(moment.millis().rem_euclid(86_400_000), 16 * 3_600_000 + 1_800_000);
        assert_eq!(moment.date(), Date::from_ymd_opt(2026, 2, 3).unwrap());
    }
}
