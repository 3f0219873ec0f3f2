//! The list of amendments as a workbook.

use kernel::Failure;
use sheets::{Column, Kind, Sheet, Value};

use super::types::Entry;

const COLUMNS: &[(&str, Kind)] = &[
    ("生效日期", Kind::Date),
    ("区", Kind::Text),
    ("学区", Kind::Text),
    ("事项", Kind::Text),
    ("内容", Kind::Text),
    ("幼儿园", Kind::Text),
    ("事由", Kind::Text),
    ("文号", Kind::Text),
    ("经办人", Kind::Text),
    ("登记时间", Kind::Text),
];

/// Writes 学区调整一览表. Spreadsheets are slow to write: call it off the runtime.
pub fn workbook(entries: &[Entry], notes: Vec<String>) -> Result<Vec<u8>, Failure> {
    let row = |entry: &Entry| -> Vec<Value> {
        vec![
            entry.effective_on.into(),
            entry.district_name.clone().into(),
            entry.cluster_name.clone().into(),
            entry.kind.label().into(),
            entry.sentence().into(),
            entry.kindergarten_name.clone().into(),
            entry.reason.clone().into(),
            entry.paper_number.clone().into(),
            entry.made_by.clone().into(),
            entry.made_at.to_string().into(),
        ]
    };
    let sheet = Sheet {
        name: "学区调整".to_owned(),
        title: Some("学区调整一览表".to_owned()),
        notes,
        columns: COLUMNS.iter().map(|(title, kind)| Column::new(*title, *kind)).collect(),
        rows: entries.iter().map(row).collect(),
    };
    sheets::write_lists(&[sheet]).map_err(Failure::broken)
}
