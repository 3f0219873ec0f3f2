//! The two clocks of the program: the machine's, and the machine's moved to another day.

use std::time::{SystemTime, UNIX_EPOCH};

use kernel::{Clock, Date, Moment};

/// The machine's clock.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SystemClock;

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place where the machine's clock is read"
    )]
    fn now(&self) -> Moment {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Moment::from_millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }
}

/// The machine's clock, moved by whole days so that it started on a given Beijing day: for the demo city.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ShiftedClock {
    shift_ms: i64,
}

impl ShiftedClock {
    /// A clock that reads the present time of day, on `day`.
    pub(crate) fn starting_on(day: Date) -> Self {
        let days = day.signed_duration_since(SystemClock.now().date()).num_days();
        Self { shift_ms: days * 86_400_000 }
    }
}

impl Clock for ShiftedClock {
    fn now(&self) -> Moment {
        SystemClock.now().plus_millis(self.shift_ms)
    }
}
