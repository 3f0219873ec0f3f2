//! What may be imported and when: pure decisions about previews.

mod existing;

use std::collections::{BTreeMap, BTreeSet};

use chrono::Days;
use kernel::{Date, Place, Reach, Refuses};
use sheets::{Message, Severity};
use sm3::{Digest, Sm3};

pub use existing::{Ground, Whose, counts, judge, take};

use super::types::{Choice, Import, Latest, Row, Stage};
use crate::kindergartens::{Preview, Totals, Verdict};

/// How far ahead an import may lie: registers are prepared for the coming school year, not beyond.
const FARTHEST_DAYS_AHEAD: u64 = 366;

/// Why an import is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It was applied before.
    #[error("这份文件已经导入，不能再次导入。需要时请重新上传，系统会与最新名册比对。")]
    AppliedAlready,
    /// Its preview is not written yet.
    #[error("这份文件正在预览，请稍后再试。")]
    NotReady,
    /// It was put aside.
    #[error("这份预览已放弃。请重新上传文件。")]
    Discarded,
    /// The officer wants all rows or none.
    #[error("有 {0} 行被拒绝，没有导入任何内容。请改正后重新上传，或选择只导入可用行。")]
    RowsRefused(i64),
    /// Nothing to save.
    #[error("没有需要保存的内容：所有可用行都与名册一致。")]
    NothingNew,
    /// The actor stands in no bureau.
    #[error("名册由教育行政部门导入")]
    NotABureau,
    /// Existing clusters are a district's matter.
    #[error("已设立的学区由各区导入")]
    NotADistrict,
    /// The officer wants all clusters or none.
    #[error(
        "有 {0} 个学区不能导入，没有保存任何内容。请改正后重新上传，或选择只导入可以接收的学区。"
    )]
    ClustersRefused(i64),
    /// No cluster can be taken.
    #[error("没有可以导入的学区")]
    NothingToBring,
    /// The district has clusters here already.
    #[error(
        "{day} 本区已有学区（{name}等），不能再导入同一时段的学区。需要变动时，请在学区页面办理调整。"
    )]
    ClustersAlready {
        /// On this day.
        day: Date,
        /// One of them.
        name: String,
    },
    /// The day is out of bounds.
    #[error("生效日期应在 2000-01-01 与 {0} 之间")]
    DayOutOfBounds(Date),
}

impl Refuses for Refusal {
    fn clause(&self) -> Option<&'static str> {
        match self {
            Self::NotABureau => Some("2.1.2-8"),
            Self::NotADistrict => Some("2.1.2"),
            Self::ClustersAlready { .. } => Some("2.1.2-5"),
            _ => None,
        }
    }
}

/// 2.1.2-8: the place whose kindergartens an actor may import: the whole city for the city bureau, one district for its own.
pub fn place(reach: &Reach, city: &Place) -> Result<Place, Refusal> {
    if reach.is_city_wide() {
        return Ok(city.clone());
    }
    reach.only_district().map(|code| city.child(code)).ok_or(Refusal::NotABureau)
}

/// The districts that an import for this place may write to; `None` for the whole city.
pub fn districts(place: &Place) -> Option<Vec<String>> {
    place.district().map(|code| vec![code.to_owned()])
}

/// An import holds from a day of this century, at most a year ahead.
pub fn day(day: Date, today: Date) -> Result<Date, Refusal> {
    let last = today.checked_add_days(Days::new(FARTHEST_DAYS_AHEAD)).unwrap_or(today);
    let first = Date::from_ymd_opt(2000, 1, 1).unwrap_or(Date::MIN);
    if (first..=last).contains(&day) { Ok(day) } else { Err(Refusal::DayOutOfBounds(last)) }
}

/// Whether an import may be applied now, as the officer chose.
pub fn apply(import: &Import, choice: Choice) -> Result<(), Refusal> {
    open(import)?;
    match choice {
        Choice::AllOrNone if import.counts.refused > 0 => {
            Err(Refusal::RowsRefused(import.counts.refused))
        }
        _ if import.counts.telling() == 0 => Err(Refusal::NothingNew),
        _ => Ok(()),
    }
}

/// Whether an import still waits for a decision.
pub fn open(import: &Import) -> Result<(), Refusal> {
    match import.stage {
        Stage::Previewed => Ok(()),
        Stage::Preparing => Err(Refusal::NotReady),
        Stage::Applied => Err(Refusal::AppliedAlready),
        Stage::Discarded => Err(Refusal::Discarded),
    }
}

/// Refuses the changes of kindergartens of which something is recorded for a later day than `day`: facts are changed from
/// a day on only where nothing later is known. `since` is the first day of each kindergarten's latest state.
pub fn refuse_earlier(preview: &mut Preview, since: &BTreeMap<String, Date>, day: Date) {
    for row in &mut preview.rows {
        let Some(later) = since.get(&row.id).filter(|since| **since > day) else { continue };
        if row.verdict != Verdict::Changed {
            continue;
        }
        count_out(&mut preview.totals, &row.messages);
        let text = format!(
            "这所幼儿园已登记自 {later} 起的情况，不能再登记自 {day} 起的变更。请以 {later} 或之后的日期重新上传这一行。"
        );
        row.messages.insert(0, Message::refused("", text));
        row.verdict = Verdict::Refused;
        row.changes.clear();
        row.facts = None;
    }
}

/// A changed row becomes a refused one.
fn count_out(totals: &mut Totals, messages: &[Message]) {
    let says = |severity| messages.iter().any(|message| message.severity == severity);
    totals.changed -= 1;
    totals.refused += 1;
    totals.with_warnings -= usize::from(says(Severity::Warning));
    totals.mended -= usize::from(says(Severity::Mended));
}

/// The register ids and national codes that a preview is about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Concern {
    ids: BTreeSet<String>,
    codes: BTreeSet<String>,
}

impl Concern {
    /// Of the rows of a preview.
    pub fn of(rows: &[Row]) -> Self {
        let codes = rows.iter().filter_map(|row| row.facts.as_ref()?.national_code.as_ref());
        Self {
            ids: rows.iter().map(|row| row.id.clone()).collect(),
            codes: codes.map(ToString::to_string).collect(),
        }
    }
}

/// Digest of what a preview compared with: the states of the kindergartens whose register id or national code stand in
/// it. While the digest stays the same, so does every verdict.
pub fn compared(latest: &[Latest], concern: &Concern) -> String {
    let mut lines: Vec<String> = latest
        .iter()
        .filter(|one| {
            concern.ids.contains(&one.register_id)
                || one.national_code.as_ref().is_some_and(|code| concern.codes.contains(code))
        })
        .map(|one| format!("{}\n{}\n", one.register_id, one.state.0))
        .collect();
    lines.sort_unstable();
    digest(lines.concat().as_bytes())
}

/// SM3 in hexadecimal.
pub fn digest(bytes: &[u8]) -> String {
    Sm3::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}
