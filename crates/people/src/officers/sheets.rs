use kernel::{Date, Failure};
use sheets::{Column, Kind, Sheet, Value, write_lists};

use super::types::Officer;

const COLUMNS: &[(&str, Kind)] = &[
    ("单位", Kind::Text),
    ("岗位", Kind::Text),
    ("姓名", Kind::Text),
    ("账号", Kind::Text),
    ("任职自", Kind::Date),
    ("任职至", Kind::Text),
    ("文号", Kind::Text),
    ("离任事由", Kind::Text),
];

/// Writes 机关岗位一览表 as of a day. Spreadsheets are slow to write: call it off the runtime.
pub(super) fn list(officers: &[Officer], day: Date) -> Result<Vec<u8>, Failure> {
    let row = |officer: &Officer| -> Vec<Value> {
        let at = if officer.at.is_empty() { "市教育局" } else { officer.at.as_str() };
        vec![
            at.into(),
            officer.kind.label().into(),
            officer.name.as_str().into(),
            officer.login.as_deref().unwrap_or_default().into(),
            officer.from.into(),
            Value::Text(officer.last_day().map(|last| last.to_string()).unwrap_or_default()),
            officer.paper_number.as_str().into(),
            officer.end_reason.as_str().into(),
        ]
    };
    let sheet = Sheet {
        name: "机关岗位".to_owned(),
        title: Some("机关岗位一览表".to_owned()),
        notes: vec![format!("{day} 的情况，共 {} 个", officers.len())],
        columns: COLUMNS.iter().map(|(title, kind)| Column::new(*title, *kind)).collect(),
        rows: officers.iter().map(row).collect(),
    };
    write_lists(&[sheet]).map_err(Failure::broken)
}
