use kernel::{Caller, Failure};
use sheets::{Column, Kind, Sheet, Value, write_lists};

use super::pages::Line;

/// The list as a workbook.
pub(super) fn list(lines: &[Line], title: &str, caller: &Caller) -> Result<Vec<u8>, Failure> {
    let columns = [
        ("事项", Kind::Text),
        ("办理", Kind::Text),
        ("记录", Kind::Text),
        ("说明", Kind::Text),
        ("起始", Kind::Date),
        ("期限", Kind::Date),
        ("剩余", Kind::Text),
    ];
    let sheet = Sheet {
        name: title.to_owned(),
        title: Some(title.to_owned()),
        notes: vec![format!(
            "{}，{}；{} 的情况；共 {} 件",
            caller.name,
            caller.post_label,
            caller.today(),
            lines.len()
        )],
        columns: columns.into_iter().map(|(title, kind)| Column::new(title, kind)).collect(),
        rows: lines.iter().map(row).collect(),
    };
    write_lists(&[sheet]).map_err(Failure::broken)
}

fn row(line: &Line) -> Vec<Value> {
    let day = |day: Option<kernel::Date>| day.map_or(Value::Empty, Value::Date);
    vec![
        Value::from(line.kind.label()),
        Value::from(line.kind.demand()),
        Value::from(line.item.label.as_str()),
        Value::from(line.item.note.as_str()),
        day(line.item.since),
        day(line.item.due),
        Value::from(line.left.as_str()),
    ]
}
