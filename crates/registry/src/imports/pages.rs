//! Pages of uploads.

mod register;

use geography::Datum;
use kernel::{Date, ImportId, Place};
use serde::Deserialize;
use web::Routes;

use super::jobs::Previews;
use super::types::Import;
use crate::places::District;

/// The routes of the slice.
pub fn routes() -> Routes {
    register::routes(&Previews::default())
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
        Self { href: format!("{path}/{}", import.id), place: place_name(&import.place, districts), import }
    }
}

fn place_name(place: &Place, districts: &[District]) -> String {
    let known = |code: &str| districts.iter().find(|district| district.code == code);
    place.district().and_then(known).map_or_else(|| "全市".to_owned(), |district| district.name.clone())
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
