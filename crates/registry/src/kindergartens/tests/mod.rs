//! Whole registers through the preview: each verdict, each kind of damage, with invented kindergartens.

mod browsing;
mod columns;
mod correcting;
mod damaged;
mod delegating;
mod entering;
mod listing;
mod previewing;
pub(crate) mod samples;
mod writing;

use geography::{Datum, Plane};
use sheets::{Limits, Message, Severity, Table};

use super::types::{Existing, Preview, Reading, RowVerdict, Verdict};
use samples::{MIDDLE, day, grid};

/// The header of the invented registers.
const HEADER: &str = "编号,名称,区,街道,经度,纬度,坐标系,办园性质,等级,班级数,学位数,在园幼儿数";

/// A sound line: the n-th kindergarten stands 100 m north or south of another.
fn sound(n: u32) -> Vec<String> {
    let point = Plane::around(&[MIDDLE])
        .point(f64::from(n % 8) * 100.0 - 400.0, f64::from(n / 8) * 100.0 - 800.0);
    let names = [
        "青禾", "云杉", "白榆", "石竹", "丹枫", "紫荆", "银杏", "木棉", "金桂", "海棠", "玉兰",
        "凤凰",
    ];
    let name = format!(
        "{}{}幼儿园",
        names[n as usize % names.len()],
        ["湾畔", "里仁", "名苑", "书坊"][n as usize / names.len() % 4]
    );
    let (lon, lat) = (format!("{:.7}", point.lon), format!("{:.7}", point.lat));
    [
        &format!("NS{n:04}"),
        &name,
        "南山区",
        "粤海街道",
        &lon,
        &lat,
        "WGS-84",
        "公办",
        "市一级",
        "9",
        "270",
        "260",
    ]
    .map(str::to_owned)
    .to_vec()
}

/// The position of a column of [`HEADER`].
fn column(title: &str) -> usize {
    HEADER.split(',').position(|known| known == title).unwrap()
}

/// A sound line with one cell replaced.
fn with(n: u32, title: &str, content: &str) -> Vec<String> {
    let mut line = sound(n);
    line[column(title)] = content.to_owned();
    line
}

/// The degrees, in a datum, of the place that many metres from the middle of the grid.
fn degrees(datum: Datum, east_m: f64, north_m: f64) -> (String, String) {
    let (lon, lat) = datum.from_wgs84(Plane::around(&[MIDDLE]).point(east_m, north_m));
    (format!("{lon:.7}"), format!("{lat:.7}"))
}

/// A sound line with other coordinates.
fn at(n: u32, (lon, lat): (String, String), datum: &str) -> Vec<String> {
    let mut line = sound(n);
    line[column("经度")] = lon;
    line[column("纬度")] = lat;
    line[column("坐标系")] = datum.to_owned();
    line
}

fn csv(lines: &[Vec<String>]) -> String {
    let body: Vec<String> = lines.iter().map(|line| line.join(",")).collect();
    format!("{HEADER}\n{}\n", body.join("\n"))
}

fn table(text: &str) -> Table {
    sheets::read(text.as_bytes(), &Limits::default()).unwrap()
}

fn preview_text(text: &str, existing: &Existing) -> Result<Preview, sheets::Unfit> {
    super::preview(&table(text), grid(), existing, &Reading::on(day()), &mut |_, _| {})
}

fn preview_lines(lines: &[Vec<String>]) -> Preview {
    preview_text(&csv(lines), &Existing::new()).unwrap()
}

/// The verdict on a single line.
fn row(line: Vec<String>) -> RowVerdict {
    preview_lines(&[line]).rows.remove(0)
}

/// What is known after a preview is taken over.
fn known(preview: &Preview) -> Existing {
    let facts = preview.rows.iter().filter_map(|row| row.facts.clone());
    facts.map(|facts| (facts.register_id.to_string(), facts)).collect()
}

fn said(row: &RowVerdict) -> Vec<(Severity, &str)> {
    row.messages
        .iter()
        .map(|Message { severity, column, .. }| (*severity, column.as_str()))
        .collect()
}

/// Checks that a line is refused at this column for this reason and for nothing else.
fn assert_refused(line: Vec<String>, title: &str, words: &[&str]) {
    let row = row(line);
    assert_eq!(said(&row), [(Severity::Refused, title)], "{:?}", row.messages);
    assert_eq!(row.verdict, Verdict::Refused);
    assert_eq!(row.facts, None);
    for word in words {
        assert!(row.messages[0].text.contains(word), "{word}: {}", row.messages[0].text);
    }
}

/// Checks that a line is taken over with one message.
fn assert_taken(line: Vec<String>, severity: Severity, title: &str, words: &[&str]) -> RowVerdict {
    let row = row(line);
    assert_eq!(said(&row), [(severity, title)], "{:?}", row.messages);
    assert_eq!(row.verdict, Verdict::New);
    for word in words {
        assert!(row.messages[0].text.contains(word), "{word}: {}", row.messages[0].text);
    }
    row
}
