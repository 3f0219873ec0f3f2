//! Spreadsheets in and out, without a file system.
//!
//! Reading is bounded and suspicious: what a file is, is sniffed from its content; a package is measured before it is
//! unpacked; whatever can't be read is refused whole with a sentence that says what was expected and what to do.
//! Writing makes the three kinds of workbook that offices receive from us: lists, templates and returned tables.

pub mod cells;

mod columns;
mod delimited;
mod header;
mod limits;
mod list;
mod message;
mod package;
mod reading;
mod returned;
mod style;
mod table;
mod template;
mod unreadable;
mod workbook;

pub use columns::{Columns, Hand, Titles, meaning, plain_titles};
pub use limits::Limits;
pub use list::{Column, Kind, Sheet, Value, write_lists};
pub use message::{Message, Severity};
pub use reading::read;
pub use returned::{PROBLEM_COLUMN, Problem, write_returned};
pub use style::Unwritable;
pub use table::{Cell, Line, Table};
pub use template::{Field, GUIDE_SHEET, write_template};
pub use unreadable::{Unfit, Unreadable};

/// A day of the calendar, the same type as `kernel::Date`.
pub use chrono::NaiveDate as Date;

/// The media type of every workbook this crate writes.
pub const XLSX_MEDIA_TYPE: &str =
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

#[cfg(test)]
mod tests;
