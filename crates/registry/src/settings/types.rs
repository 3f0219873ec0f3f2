//! What is typed into the forms of the settings.

/// A value to be set.
#[derive(Debug, Clone, Default)]
pub struct NewValue {
    /// The parameter's code.
    pub parameter: String,
    /// A district's code; empty for the whole city.
    pub district: String,
    /// The value as it was typed.
    pub content: String,
    /// The paper on which it rests.
    pub basis: String,
    /// First day.
    pub from: String,
}

/// A year's table of rest days and moved working days, one line each: `2027-01-01 休 元旦`.
#[derive(Debug, Clone, Default)]
pub struct DayTable {
    /// The year of the notice.
    pub year: String,
    /// The lines as they were typed.
    pub lines: String,
}

/// The two terms of a school year as the bureau announces them (校历). Vacations lie between them. Each day is typed as
/// `2026-09-01`; a term's last day belongs to it.
#[derive(Debug, Clone, Default)]
pub struct NewSchoolYear {
    /// A district's code; empty for the whole city.
    pub district: String,
    /// The calendar year in which the school year begins: `2026`.
    pub year: String,
    /// The first day of the first term.
    pub first_begins: String,
    /// The last day of the first term.
    pub first_lasts: String,
    /// The first day of the second term.
    pub second_begins: String,
    /// The last day of the second term.
    pub second_lasts: String,
}
