//! The list of appointments as a workbook.

use kernel::{Date, Failure};
use sheets::{Column, Kind, Sheet, Value};

use crate::appointments::types::Holding;

const COLUMNS: &[(&str, Kind)] = &[
    ("区", Kind::Text),
    ("学区或幼儿园", Kind::Text),
    ("岗位", Kind::Text),
    ("姓名", Kind::Text),
    ("届次", Kind::Integer),
    ("任职日期", Kind::Date),
    ("任期截止", Kind::Date),
    ("文号", Kind::Text),
    ("状态", Kind::Text),
    ("离任事由", Kind::Text),
    ("离任文号", Kind::Text),
];

/// Writes 任职名册 as of a day. Spreadsheets are slow to write: call it off the runtime.
pub fn workbook(holdings: &[Holding], day: Date, notes: Vec<String>) -> Result<Vec<u8>, Failure> {
    let row = |held: &Holding| -> Vec<Value> {
        vec![
            held.district_name.as_str().into(),
            held.at.as_str().into(),
            held.kind.label().into(),
            held.name.as_str().into(),
            held.term.into(),
            held.from.into(),
            held.last_day().into(),
            held.paper_number.as_str().into(),
            held.state_on(day).label().into(),
            held.end_reason.as_str().into(),
            held.end_paper_number.as_str().into(),
        ]
    };
    let sheet = Sheet {
        name: "任职名册".to_owned(),
        title: Some("任职名册".to_owned()),
        notes,
        columns: COLUMNS.iter().map(|(title, kind)| Column::new(*title, *kind)).collect(),
        rows: holdings.iter().map(row).collect(),
    };
    sheets::write_lists(&[sheet]).map_err(Failure::broken)
}
