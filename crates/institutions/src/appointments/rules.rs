//! Who appoints whom, and for how long.

mod files;

use chrono::{Days, Months};
use kernel::{Caller, Date, OPEN_END, PostKind, PostScope, Refuses};
use policy::RunBy;
use policy::staffing::{MOST_TERMS, TERM_YEARS};

use super::types::{Ground, Span};
pub use files::{Against, Concern, compared, judge};

/// An interruption up to this length does not begin a new row of terms. The regulation is silent; a year is our default.
const BREAK_DAYS: u64 = 365;
/// How far ahead an appointment may begin, in days.
const AHEAD_DAYS: u64 = 366;

/// Why somebody can't be appointed, or a post not be ended.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The rule of terms.
    #[error("责任督学每届任期三年、连续任职不超过三届；照此聘任将超过，请另选人员")]
    TooManyTerms,
    /// A term has three years at most.
    #[error("责任督学每届任期不超过三年，任期最晚到 {0}（含当日）")]
    TermTooLong(Date),
    /// It needs an end.
    #[error("责任督学有任期，请填写任期截止日期")]
    TermWithoutEnd,
    /// The seat is held.
    #[error("{0}在这段时间已有园长或主持工作人员（{1}），请勾选由其离任，或另选日期")]
    SeatTaken(String, String),
    /// The predecessor changed.
    #[error("现任人员刚有变动，请核对后再办理")]
    PredecessorChanged,
    /// The same person twice.
    #[error("{0}在这段时间已担任{1}")]
    HeldAlready(String, &'static str),
    /// The liaison is one.
    #[error("每园配备 1 名兼职视导员，这段时间已有{0}；请先办理其离任")]
    LiaisonTaken(String),
    /// Somebody of this name is known.
    #[error("{0}已有任职登记，请从名单中选择；确系另一人的，请勾选“同名，是另一人”")]
    NameKnown(String),
    /// Another district's.
    #[error("只能办理本区的任免")]
    OtherDistrict,
    /// The city's.
    #[error("市属幼儿园的园长由市教育局任免")]
    CityRun,
    /// Another kindergarten's.
    #[error("只能确定本园的兼职视导员；不得办理其他幼儿园的人事")]
    OtherKindergarten,
    /// Nobody appoints or dismisses himself.
    #[error("不能办理本人的任免")]
    OwnPost,
    /// Days in the wrong order.
    #[error("截止日期应晚于任职日期")]
    EndsBeforeItBegins,
    /// Too far ahead.
    #[error("任职日期最晚为 {0}")]
    TooFarAhead(Date),
    /// It has ended already.
    #[error("离任日期应晚于任职日期 {0}，且不晚于原定截止日期")]
    NotInForce(Date),
}

impl Refuses for Refusal {
    fn clause(&self) -> Option<&'static str> {
        match self {
            Self::TooManyTerms | Self::TermTooLong(_) | Self::TermWithoutEnd => Some("2.1.3-7"),
            Self::SeatTaken(..) => Some("2.1.3-3"),
            Self::LiaisonTaken(_) => Some("2.1.3-8"),
            Self::OtherDistrict | Self::CityRun | Self::OtherKindergarten => Some("2.1.2-8"),
            _ => None,
        }
    }
}

fn later(day: Date, years: u32) -> Date {
    day.checked_add_months(Months::new(12 * years)).unwrap_or(OPEN_END)
}

/// The usual end of a post that begins on `from`: three years for an inspector, none for others.
pub fn default_end(kind: PostKind, from: Date) -> Date {
    if kind.is_inspector() { later(from, TERM_YEARS) } else { OPEN_END }
}

/// 2.1.3-7, 教育督导条例 art. 6: which term in a row `new` is beside `others`, a person's other stretches as an inspector
/// anywhere in the city. Stretches side by side are one term; an interruption up to a year does not begin a new row; three
/// terms or nine years in a row are the most, also for what is recorded after `new`.
pub fn term_of(others: &[Span], new: Span) -> Result<i64, Refusal> {
    if new.to >= OPEN_END {
        return Err(Refusal::TermWithoutEnd);
    }
    let last = later(new.from, TERM_YEARS);
    if new.to > last {
        return Err(Refusal::TermTooLong(last.pred_opt().unwrap_or(last)));
    }
    let mut spans: Vec<(Span, bool)> = others.iter().map(|span| (*span, false)).collect();
    spans.push((new, true));
    spans.sort_by_key(|(span, is_new)| (span.from, span.to, *is_new));
    let (mut row, mut found): (Option<(Date, Date, i64)>, i64) = (None, 1);
    for (span, is_new) in spans {
        let (mut start, mut end, mut term) = match row {
            Some((start, end, term)) if span.from < end => (start, end.max(span.to), term),
            Some((start, end, term))
                if span.from <= end.checked_add_days(Days::new(BREAK_DAYS)).unwrap_or(OPEN_END) =>
            {
                (start, span.to.max(end), term + 1)
            }
            _ => (span.from, span.to, 1),
        };
        if let Some(stated) = span.term.filter(|stated| *stated > term) {
            let before = Months::new(12 * TERM_YEARS * (stated - 1).clamp(0, 100) as u32);
            start = start.min(span.from.checked_sub_months(before).unwrap_or(start));
            term = stated;
        }
        end = end.max(span.to);
        if term > i64::from(MOST_TERMS) || end > later(start, TERM_YEARS * MOST_TERMS) {
            return Err(Refusal::TooManyTerms);
        }
        if is_new {
            found = term;
        }
        row = Some((start, end, term));
    }
    Ok(found)
}

/// Days that make sense for any post.
pub fn check_days(from: Date, to: Date, today: Date) -> Result<(), Refusal> {
    if to <= from {
        return Err(Refusal::EndsBeforeItBegins);
    }
    let latest = today.checked_add_days(Days::new(AHEAD_DAYS)).unwrap_or(today);
    if from > latest { Err(Refusal::TooFarAhead(latest)) } else { Ok(()) }
}

/// 2.1.2-8: a bureau's offices appoint in their own district, heads of city-run kindergartens are appointed by the city, and
/// a kindergarten settles its own liaison alone.
pub fn may_give(caller: &Caller, kind: PostKind, ground: &Ground) -> Result<(), Refusal> {
    gives(&caller.scope, kind, &ground.scope, &ground.district, ground.run_by)
}

/// The same of whoever stands at `from`, for a post at `there` in this district.
fn gives(
    from: &PostScope,
    kind: PostKind,
    there: &PostScope,
    district: &str,
    run_by: RunBy,
) -> Result<(), Refusal> {
    match (from, there) {
        (PostScope::Kindergarten(own), PostScope::Kindergarten(there)) if own == there => Ok(()),
        (PostScope::Kindergarten(_) | PostScope::Cluster(_), _) => Err(Refusal::OtherKindergarten),
        (PostScope::District(own), _) if own != district => Err(Refusal::OtherDistrict),
        (PostScope::District(_), _) if kind.holds_seat() && run_by == RunBy::City => {
            Err(Refusal::CityRun)
        }
        (PostScope::District(_) | PostScope::City, _) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(year: i32, month: u32) -> Date {
        Date::from_ymd_opt(year, month, 1).unwrap()
    }
    fn span(from: i32, to: i32) -> Span {
        Span { from: day(from, 9), to: day(to, 9), term: None }
    }

    #[test]
    fn a_third_term_in_a_row_is_granted_and_a_fourth_refused() {
        assert_eq!(term_of(&[], span(2020, 2023)), Ok(1));
        assert_eq!(term_of(&[span(2020, 2023)], span(2023, 2026)), Ok(2));
        let two = [span(2020, 2023), span(2023, 2026)];
        assert_eq!(term_of(&two, span(2026, 2029)), Ok(3));
        let three = [two[0], two[1], span(2026, 2029)];
        assert_eq!(term_of(&three, span(2029, 2032)), Err(Refusal::TooManyTerms));
    }

    #[test]
    fn a_term_squeezed_in_before_recorded_ones_counts_too() {
        let three = [span(2023, 2026), span(2026, 2029), span(2029, 2032)];
        assert_eq!(term_of(&three, span(2020, 2023)), Err(Refusal::TooManyTerms));
    }

    #[test]
    fn two_clusters_side_by_side_are_one_term_but_do_not_stretch_the_nine_years() {
        assert_eq!(term_of(&[span(2020, 2023)], span(2021, 2024)), Ok(1));
        let stacked = [span(2018, 2021), span(2020, 2023), span(2022, 2025)];
        assert_eq!(term_of(&stacked, span(2024, 2027)), Ok(1));
        let longer = [stacked[0], stacked[1], stacked[2], span(2024, 2027)];
        assert_eq!(term_of(&longer, span(2026, 2029)), Err(Refusal::TooManyTerms));
    }

    #[test]
    fn a_year_apart_begins_a_new_row_and_a_month_does_not() {
        let three = [span(2014, 2017), span(2017, 2020), span(2020, 2023)];
        let soon = Span { from: day(2023, 10), to: day(2026, 9), term: None };
        assert_eq!(term_of(&three, soon), Err(Refusal::TooManyTerms));
        assert_eq!(term_of(&three, span(2025, 2028)), Ok(1));
    }

    #[test]
    fn a_stated_term_counts_what_was_before_our_records() {
        let stated = Span { term: Some(3), ..span(2023, 2026) };
        assert_eq!(term_of(&[], stated), Ok(3));
        assert_eq!(term_of(&[stated], span(2026, 2029)), Err(Refusal::TooManyTerms));
        assert_eq!(term_of(&[], Span { term: Some(4), ..stated }), Err(Refusal::TooManyTerms));
    }

    #[test]
    fn a_term_of_more_than_three_years_or_without_an_end_is_refused() {
        let last = Date::from_ymd_opt(2023, 8, 31).unwrap();
        assert_eq!(term_of(&[], span(2020, 2024)), Err(Refusal::TermTooLong(last)));
        let open = Span { from: day(2020, 9), to: OPEN_END, term: None };
        assert_eq!(term_of(&[], open), Err(Refusal::TermWithoutEnd));
    }
}
