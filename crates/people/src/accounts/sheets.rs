use kernel::{Failure, Moment};
use sheets::{Column, Kind, Sheet, Value, write_lists};

use super::pages::Line;

/// The list of accounts as a workbook.
pub(super) fn list(lines: &[Line], now: Moment) -> Result<Vec<u8>, Failure> {
    let row = |line: &Line| {
        vec![
            Value::from(line.login.as_str()),
            Value::from(line.name.as_str()),
            Value::Text(line.posts.join("；")),
            Value::from(line.standing.label()),
            Value::Text(line.locked_until.map(|until| until.to_string()).unwrap_or_default()),
            Value::from(if line.has_second_factor { "已启用" } else { "" }),
            Value::Integer(line.sessions),
        ]
    };
    let titles = ["账号", "姓名", "在任岗位", "状态", "锁定至", "动态码", "登录数"];
    let kind = |title: &str| if title == "登录数" { Kind::Integer } else { Kind::Text };
    let sheet = Sheet {
        name: "账号".to_owned(),
        title: Some("账号一览表".to_owned()),
        notes: vec![format!("共 {} 个；导出时间 {now}", lines.len())],
        columns: titles.iter().map(|title| Column::new(*title, kind(title))).collect(),
        rows: lines.iter().map(row).collect(),
    };
    write_lists(&[sheet]).map_err(Failure::broken)
}
