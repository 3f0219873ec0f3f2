//! Pages of uploads.

mod existing;
mod register;
mod staff;

use geography::Datum;
use kernel::{Date, Failure, ImportId, Place};
use serde::Deserialize;
use sheets::{Message, Severity};
use web::{Page, Routes, answer};

use super::jobs::Previews;
use super::sheets as books;
use super::types::Import;
use crate::places::District;

/// The routes of the slice.
pub fn routes() -> Routes {
    let previews = Previews::default();
    register::routes(&previews).merge(staff::routes(&previews)).merge(existing::routes())
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

/// The workbook to correct and upload again.
async fn returned(import: &Import, file: Vec<u8>, said: Vec<(u32, Vec<Message>)>) -> Page {
    let made = tokio::task::spawn_blocking(move || books::returned(&file, &said));
    let stem =
        import.file_name.rsplit_once('.').map_or(import.file_name.as_str(), |(stem, _)| stem);
    answer::workbook(&format!("{stem}（待更正）.xlsx"), made.await.map_err(Failure::broken)??)
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

fn datum(label: &str) -> Option<Datum> {
    Datum::ALL.iter().copied().find(|datum| datum.label() == label)
}
