use askama::Template;
use kernel::Permission;
use web::{Desk, NavLine, Page, Routes, Shell};

use crate::types::Line;
use crate::{rules, store};

/// Lines of the list.
const LINES: i64 = 30;

/// How backups stand, for the system administrator.
pub fn routes() -> Routes {
    Routes::default().page("/backups", Permission::ConfigureSystem, show).entry(NavLine {
        href: "/backups",
        label: "备份",
        icon: "shield-check",
        permission: Permission::ConfigureSystem,
        order: 91,
    })
}

#[derive(Template)]
#[template(path = "pages/show.html")]
struct View {
    shell: Shell,
    worry: String,
    good_at: String,
    age: String,
    hours: String,
    keep: u32,
    folder: String,
    key: String,
    lines: Vec<Row>,
}

struct Row {
    line: Line,
    size: String,
}

async fn show(desk: Desk) -> Page {
    let reading = desk.reading();
    let standing = store::standing(&reading).await?;
    let now = desk.caller.now;
    let set = desk.app.settings.backups.as_ref();
    let hours = set.map(|set| set.hours);
    let lines = store::latest(&reading, LINES).await?;
    let view = View {
        shell: desk.shell("备份"),
        worry: rules::worry(&standing, hours, now).unwrap_or_default(),
        good_at: standing.good_at.map_or_else(|| "尚无".to_owned(), |at| at.to_string()),
        age: standing.good_at.map(|at| rules::age(at, now)).unwrap_or_default(),
        hours: hours.map_or_else(|| "未设置".to_owned(), |hours| format!("每 {hours} 小时一次")),
        keep: set.map_or(0, |set| set.keep),
        folder: set.map(|set| set.folder.clone()).unwrap_or_default(),
        key: desk.db().keys().ring().map(|ring| ring.current_id().to_owned()).unwrap_or_default(),
        lines: lines.into_iter().map(|line| Row { size: size(line.bytes), line }).collect(),
    };
    desk.page(&view)
}

fn size(bytes: i64) -> String {
    match bytes {
        0..1_000_000 => format!("{:.1} KB", bytes as f64 / 1e3),
        _ => format!("{:.1} MB", bytes as f64 / 1e6),
    }
}
