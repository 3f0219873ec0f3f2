//! Pages of uploads.

mod existing;
mod register;
mod runs;
mod staff;
mod upload;

use geography::Datum;
use kernel::{Date, ImportId, Invalid, Place};
use serde::Deserialize;
use sheets::{Message, Severity};
use web::{Routes, Upload};

use super::jobs::Previews;
use super::types::Import;
use crate::places::District;

pub use upload::{Asks, Brought, Paths, Whole, Words, pages_of};

/// The routes of the slice; whatever else is uploaded shares its previews.
pub fn routes(previews: &Previews) -> Routes {
    register::routes(previews)
        .merge(staff::routes(previews))
        .merge(existing::routes())
        .merge(runs::routes(previews))
}

/// What a page is asked for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    show: String,
    page: Option<String>,
    renewed: String,
}

/// An upload in a list.
struct Line {
    href: String,
    import: Import,
    place: String,
}

impl Line {
    fn of(path: &str, import: Import, districts: &[District]) -> Self {
        Self {
            href: format!("{path}/{}", import.id),
            place: place_name(&import.place, districts),
            import,
        }
    }
}

/// A message with the code of its severity.
struct Said {
    code: &'static str,
    message: Message,
}

fn said(messages: &[Message]) -> Vec<Said> {
    let code = |severity| match severity {
        Severity::Refused => "refused",
        Severity::Warning => "warning",
        Severity::Mended => "mended",
    };
    messages
        .iter()
        .map(|message| Said { code: code(message.severity), message: message.clone() })
        .collect()
}

/// The name of the workbook to correct and upload again.
fn returned_name(import: &Import) -> String {
    let stem =
        import.file_name.rsplit_once('.').map_or(import.file_name.as_str(), |(stem, _)| stem);
    format!("{stem}（待更正）.xlsx")
}

fn place_name(place: &Place, districts: &[District]) -> String {
    let known = |code: &str| districts.iter().find(|district| district.code == code);
    place
        .district()
        .and_then(known)
        .map_or_else(|| "全市".to_owned(), |district| district.name.clone())
}

fn address(path: &str, id: ImportId) -> String {
    format!("{path}/{id}")
}

fn day(text: &str) -> Option<Date> {
    Date::parse_from_str(text.trim(), "%Y-%m-%d").ok()
}

/// The day from which the contents of an upload hold.
fn read_day(file: &Upload, invalid: &mut Invalid) -> Option<Date> {
    let day = day(file.field("day"));
    if day.is_none() {
        invalid.add("day", "请填写生效日期，如 2026-02-03。");
    }
    day
}

/// Datums with the maps that use them.
fn datums() -> Vec<(&'static str, &'static str)> {
    vec![
        (Datum::Gcj02.label(), "GCJ-02（高德、腾讯地图）"),
        (Datum::Bd09.label(), "BD-09（百度地图）"),
        (Datum::Wgs84.label(), "WGS-84、CGCS2000（天地图、GPS）"),
    ]
}

fn datum(label: &str) -> Option<Datum> {
    Datum::ALL.iter().copied().find(|datum| datum.label() == label)
}
