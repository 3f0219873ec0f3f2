//! When what happened in the demo city: reckoned back from its day, always on working days.

use chrono::{Datelike, Days, Months};
use kernel::Date;
use kernel::calendar::WorkingDays;

/// The days of the play.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Calendar {
    /// Accounts are opened, places loaded.
    pub(crate) opening: Date,
    /// The register is imported.
    pub(crate) register: Date,
    /// Papers of delegation are recorded, plans drafted and clusters proposed.
    pub(crate) drafting: Date,
    /// Plans are submitted.
    pub(crate) submission: Date,
    /// Plans are approved.
    pub(crate) approval: Date,
    /// Plans are adopted.
    pub(crate) adoption: Date,
    /// The first day of the clusters.
    pub(crate) effective: Date,
    /// A second plan of 福田 is submitted.
    pub(crate) revision: Date,
    /// A second plan of 南山 is drafted and its kindergartens are asked.
    pub(crate) solicitation: Date,
}

impl Calendar {
    /// Three months before `today` and earlier the city was divided; in the last week it goes on.
    pub(crate) fn before(today: Date) -> Self {
        let calendar = WorkingDays::published();
        let month = today.with_day(1).unwrap_or(today);
        let effective = month.checked_sub_months(Months::new(3)).unwrap_or(month);
        let ago = |from: Date, days: u64| {
            let day = from.checked_sub_days(Days::new(days)).unwrap_or(from);
            // The first working day from there, but never the day itself that is counted from or later.
            Some(calendar.first_working_day_from(day))
                .filter(|working| *working < from)
                .unwrap_or(day)
        };
        Self {
            opening: ago(effective, 100),
            register: ago(effective, 90),
            drafting: ago(effective, 50),
            submission: ago(effective, 35),
            approval: ago(effective, 25),
            adoption: ago(effective, 15),
            effective,
            revision: ago(today, 7),
            solicitation: ago(today, 5),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_play_goes_forward_and_ends_before_its_day() {
        for (year, month, day) in
            [(2026, 2, 3), (2026, 11, 23), (2026, 10, 5), (2024, 2, 29), (2031, 1, 1)]
        {
            let today = Date::from_ymd_opt(year, month, day).unwrap();
            let days = Calendar::before(today);
            let order = [
                days.opening,
                days.register,
                days.drafting,
                days.submission,
                days.approval,
                days.adoption,
                days.effective,
                days.revision,
                days.solicitation,
                today,
            ];
            assert!(order.is_sorted(), "{order:?}");
            assert!(days.solicitation < today && days.adoption < days.effective);
        }
    }

    #[test]
    fn in_the_tests_city_the_papers_of_delegation_are_in_force_when_plans_are_drafted() {
        let days = Calendar::before(Date::from_ymd_opt(2026, 2, 3).unwrap());
        assert_eq!(days.effective, Date::from_ymd_opt(2025, 11, 1).unwrap());
        assert!(days.drafting >= Date::from_ymd_opt(2025, 9, 1).unwrap());
    }
}
