//! What a reading yields: a header and the lines below it.

use std::borrow::Cow;

use crate::Date;

/// The content of one cell.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// Nothing, or nothing but blanks.
    Empty,
    /// Text as written, not trimmed. Everything in a CSV file is text.
    Text(String),
    /// A number.
    Number(f64),
    /// A day; a time of day is dropped.
    Date(Date),
    /// 是/否 (TRUE/FALSE).
    Flag(bool),
    /// A formula, with its text. Its value is not read: nobody can say when it was last computed, or from what.
    Formula(String),
    /// An error value such as `#N/A`.
    Fault(String),
}

impl Cell {
    /// Makes a text cell; blank text is [`Cell::Empty`], and text that begins with `=` is a formula, however it got there.
    pub(crate) fn from_text(text: &str) -> Cell {
        let trimmed = text.trim();
        if trimmed.is_empty() {
            Cell::Empty
        } else if trimmed.len() > 1 && trimmed.starts_with('=') {
            Cell::Formula(trimmed.to_owned())
        } else {
            Cell::Text(text.to_owned())
        }
    }

    /// Whether there is nothing in the cell.
    pub fn is_empty(&self) -> bool {
        matches!(self, Cell::Empty)
    }

    /// The content as one would read it on the screen, trimmed: whole numbers without a decimal point, days as 2026-09-01.
    pub fn text(&self) -> Cow<'_, str> {
        match self {
            Cell::Empty => Cow::Borrowed(""),
            Cell::Text(text) | Cell::Formula(text) | Cell::Fault(text) => {
                Cow::Borrowed(text.trim())
            }
            Cell::Number(number) => Cow::Owned(number_text(*number)),
            Cell::Date(date) => Cow::Owned(date.format("%Y-%m-%d").to_string()),
            Cell::Flag(true) => Cow::Borrowed("是"),
            Cell::Flag(false) => Cow::Borrowed("否"),
        }
    }
}

/// Codes are often kept as numbers, so a whole number is written out in full.
fn number_text(number: f64) -> String {
    if number.fract() == 0.0 && number.abs() < 1e15 {
        format!("{number:.0}")
    } else {
        format!("{number}")
    }
}

/// One line of a table.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// The row number that Excel shows, counted from 1.
    pub line: u32,
    /// The cells, at least as many as the header has; more when the line holds something beyond the last title.
    pub cells: Vec<Cell>,
}

impl Line {
    /// Whether the line stands under a table and sums it up or explains it.
    pub fn is_sum(&self) -> bool {
        const WORDS: [&str; 11] = [
            "合计",
            "总计",
            "小计",
            "备注",
            "说明",
            "注：",
            "注:",
            "填表人",
            "制表人",
            "审核人",
            "单位负责人",
        ];
        let first = self.cells.iter().find(|cell| !cell.is_empty()).map(Cell::text);
        first.is_some_and(|text| {
            let text: String = text.split_whitespace().collect();
            WORDS.iter().any(|word| text.starts_with(word))
        })
    }
}

/// A header and the lines below it that hold anything.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    /// The titles, trimmed and with line breaks taken out; an untitled column has an empty title.
    pub header: Vec<String>,
    /// The row number of the header, counted from 1.
    pub header_line: u32,
    /// The lines, in order.
    pub rows: Vec<Line>,
    /// The name of the sheet that was read; `None` for CSV.
    pub sheet: Option<String>,
    /// Other visible sheets that hold something and were not read.
    pub unread_sheets: Vec<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_kept_as_a_number_reads_without_a_decimal_point() {
        assert_eq!(Cell::Number(1_144_001_800.0).text(), "1144001800");
        assert_eq!(Cell::Number(113.93).text(), "113.93");
        assert_eq!(Cell::Number(-3.0).text(), "-3");
    }

    #[test]
    fn text_that_begins_with_an_equals_sign_is_a_formula() {
        assert_eq!(Cell::from_text(" =A1+1"), Cell::Formula("=A1+1".into()));
        assert_eq!(Cell::from_text("="), Cell::Text("=".into()));
        assert_eq!(Cell::from_text("  "), Cell::Empty);
    }
}
