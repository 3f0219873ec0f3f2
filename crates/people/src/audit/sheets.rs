use kernel::{Failure, Moment};
use sheets::{Column, Kind, Sheet, Value, write_lists};

use super::rules::{self, MOST_ROWS};
use super::types::{Entry, Filter};

/// The list as a workbook.
pub fn list(
    entries: &[Entry],
    filter: &Filter,
    has_more: bool,
    now: Moment,
) -> Result<Vec<u8>, Failure> {
    let mut notes = vec![format!(
        "{}；共 {} 条；导出时间 {now}",
        rules::filter_in_words(filter),
        entries.len()
    )];
    if has_more {
        notes.push(format!("符合条件的日志超过 {MOST_ROWS} 条，本表只含最近的 {MOST_ROWS} 条，请缩小筛选范围分次导出。"));
    }
    let columns = [
        "编号",
        "时间",
        "事件",
        "人员",
        "岗位",
        "来源地址",
        "对象",
        "内容",
        "所在地",
        "结果",
        "变更前",
        "变更后",
        "请求编号",
    ];
    let sheet = Sheet {
        name: "审计日志".to_owned(),
        title: Some("审计日志".to_owned()),
        notes,
        columns: columns
            .iter()
            .map(|title| {
                Column::new(*title, if *title == "编号" { Kind::Integer } else { Kind::Text })
            })
            .collect(),
        rows: entries.iter().map(row).collect(),
    };
    write_lists(&[sheet]).map_err(Failure::broken)
}

fn row(entry: &Entry) -> Vec<Value> {
    let text = |text: &str| Value::from(text);
    vec![
        Value::Integer(entry.id),
        Value::Text(entry.at.beijing().format("%Y-%m-%d %H:%M:%S").to_string()),
        text(rules::event_label(&entry.event)),
        text(&entry.person),
        text(&entry.post),
        text(&entry.address),
        text(&entry.subject),
        text(&entry.summary),
        text(entry.place.as_deref().unwrap_or_default()),
        text(rules::outcome_label(&entry.outcome)),
        text(entry.before.as_deref().unwrap_or_default()),
        text(entry.after.as_deref().unwrap_or_default()),
        text(&entry.request),
    ]
}
