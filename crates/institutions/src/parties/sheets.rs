//! The list of party organisations as a workbook.

use kernel::{Date, Failure};
use sheets::{Column, Kind, Sheet, Value};

use super::types::Party;

const COLUMNS: &[(&str, Kind)] = &[
    ("区", Kind::Text),
    ("名称", Kind::Text),
    ("形式", Kind::Text),
    ("幼儿园数", Kind::Integer),
    ("成立日期", Kind::Date),
    ("批准文号", Kind::Text),
];

/// Writes 党组织一览表 as of a day. Spreadsheets are slow to write: call it off the runtime.
pub fn workbook(parties: &[Party], day: Date) -> Result<Vec<u8>, Failure> {
    let row = |party: &Party| -> Vec<Value> {
        vec![
            party.district_name.as_str().into(),
            party.name.as_str().into(),
            party.kind.label().into(),
            party.kindergartens.into(),
            party.established_on.into(),
            party.paper_number.as_str().into(),
        ]
    };
    let sheet = Sheet {
        name: "党组织".to_owned(),
        title: Some("党组织一览表".to_owned()),
        notes: vec![format!("{day} 的情况，共 {} 个", parties.len())],
        columns: COLUMNS.iter().map(|(title, kind)| Column::new(*title, *kind)).collect(),
        rows: parties.iter().map(row).collect(),
    };
    sheets::write_lists(&[sheet]).map_err(Failure::broken)
}
