//! Uploads from file to register, on each database.

mod bringing;
mod browsing;
mod registering;

use fixtures::City;
use kernel::{Caller, Date, Failure, ImportId};
use storage::{Source, Sql};

use super::{Options, Previewed, Progress, acts};

/// The columns of the invented registers.
const HEADER: &str =
    "编号,名称,区,街道,经度,纬度,坐标系,办园性质,隶属,等级,班级数,学位数,在园幼儿数";

/// The day from which the invented registers hold.
fn day() -> Date {
    Date::from_ymd_opt(2026, 2, 3).unwrap()
}

/// A sound line of 粤海街道, 南山区; no two stand on one spot or are called alike.
fn line(number: u32) -> String {
    let first =
        ["青禾", "云杉", "白榆", "石竹", "丹枫", "紫荆", "银杏", "木棉"][number as usize % 8];
    let last = ["湾畔", "里仁", "名苑", "书坊", "春景", "玉泉"][number as usize / 8 % 6];
    let (lon, lat) =
        (113.930 + f64::from(number % 8) * 0.001, 22.525 + f64::from(number / 8) * 0.001);
    format!(
        "NS{number:03},{first}{last}幼儿园,南山区,粤海街道,{lon:.5},{lat:.5},WGS-84,公办,区属,市一级,9,270,240"
    )
}

fn file(lines: &[String]) -> Vec<u8> {
    format!("{HEADER}\n{}\n", lines.join("\n")).into_bytes()
}

async fn preview(city: &City, caller: &Caller, lines: &[String]) -> Result<Previewed, Failure> {
    acts::preview_file(
        &city.db,
        caller,
        "名册.csv",
        file(lines),
        Options::on(day()),
        Progress::default(),
    )
    .await
}

/// Preview and application of all good rows.
async fn import(city: &City, caller: &Caller, lines: &[String]) -> ImportId {
    let id = preview(city, caller, lines).await.unwrap().id;
    acts::apply(&city.db, caller, id, super::Choice::GoodRows).await.unwrap();
    id
}

/// The pages of uploads.
fn routes() -> web::Routes {
    super::routes(&super::Previews::default())
}

async fn count(city: &City, table: &str) -> i64 {
    let mut sql = Sql::new("SELECT count(*) FROM ");
    sql.text(table);
    city.reading().number(sql).await.unwrap()
}
