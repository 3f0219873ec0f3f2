use kernel::{Failure, Moment};
use sheets::{Column, Kind, Sheet, Value, write_lists};

use super::types::Slip;

/// The slips as a workbook: made once, stored nowhere.
pub(super) fn list(slips: &[Slip], origin: &str, now: Moment) -> Result<Vec<u8>, Failure> {
    let row = |slip: &Slip| {
        vec![
            Value::from(slip.name.as_str()),
            Value::from(slip.posts.as_str()),
            Value::from(slip.login.as_str()),
            Value::from(slip.code.as_str()),
            Value::Text(format!("{origin}/invitation?code={}", slip.code)),
            Value::Text(slip.expires_at.to_string()),
        ]
    };
    let titles = ["姓名", "岗位", "账号", "邀请码", "启用链接", "有效期至"];
    let sheet = Sheet {
        name: "启用邀请".to_owned(),
        title: Some("账号启用邀请".to_owned()),
        notes: vec![
            format!("共 {} 人；生成时间 {now}", slips.len()),
            "邀请码只在本表中，系统不保存；请逐人分送，勿转发全表，分送后删除。".to_owned(),
        ],
        columns: titles.iter().map(|title| Column::new(*title, Kind::Text)).collect(),
        rows: slips.iter().map(row).collect(),
    };
    write_lists(&[sheet]).map_err(Failure::broken)
}
