//! A table handed back for correction: the lines as they came, the faulty cells coloured, the messages beside them.

use std::collections::HashMap;

use rust_xlsxwriter::{Format, Workbook};

use crate::list::write_date;
use crate::message::{Message, Severity};
use crate::style::{self, Unwritable};
use crate::table::{Cell, Table};

/// The title of the column with the messages. [`crate::read`] leaves it out.
pub const PROBLEM_COLUMN: &str = "问题";

/// What was said about one line.
#[derive(Clone, Copy, Debug)]
pub struct Problem<'a> {
    /// The row number in the uploaded file.
    pub line: u32,
    /// The messages at its cells.
    pub messages: &'a [Message],
}

/// Writes the lines of `table` that have a problem, in their order, with cells refused or warned about in colour and a
/// first column that says what is wrong. Corrected in place it can be uploaded again.
///
/// # Errors
/// [`Unwritable`] when the workbook would be beyond Excel's bounds.
pub fn write_returned(table: &Table, problems: &[Problem<'_>]) -> Result<Vec<u8>, Unwritable> {
    let by_line: HashMap<u32, &[Message]> =
        problems.iter().map(|problem| (problem.line, problem.messages)).collect();
    let mut workbook = Workbook::new();
    let page = workbook.add_worksheet();
    page.set_name("待更正")?;
    let header = style::header();
    page.write_string_with_format(0, 0, PROBLEM_COLUMN, &header)?;
    page.set_column_width(0, 60)?;
    for (column, title) in (1..).zip(&table.header) {
        page.write_string_with_format(0, column, style::bounded(title), &header)?;
    }
    let shades = Shades::new();
    let mut widths: Vec<usize> = table.header.iter().map(|title| style::width(title) + 2).collect();
    let mut row = 0;
    for line in &table.rows {
        let Some(messages) = by_line.get(&line.line) else { continue };
        row += 1;
        page.write_string_with_format(
            row,
            0,
            style::bounded(&sentences(line.line, messages)),
            &shades.prose,
        )?;
        for (index, cell) in line.cells.iter().enumerate() {
            let column = index as u16 + 1;
            let gravest = table.header.get(index).and_then(|title| gravest(messages, title));
            let format = shades.of(gravest);
            if let Some(width) = widths.get_mut(index) {
                *width = style::width(&cell.text()).max(*width);
            }
            match cell {
                Cell::Empty => page.write_blank(row, column, format)?,
                Cell::Number(number) if number.is_finite() => {
                    // The text format would show a number well but make it text on the next edit.
                    let general = format.clone().set_num_format("General");
                    page.write_number_with_format(row, column, *number, &general)?
                }
                Cell::Date(date) => {
                    let day = format.clone().set_num_format("yyyy-mm-dd");
                    write_date(page, row, column, *date, &day)?
                }
                _ => page.write_string_with_format(
                    row,
                    column,
                    style::bounded(&cell.text()),
                    format,
                )?,
            };
        }
    }
    for (column, width) in (1..).zip(widths) {
        page.set_column_width(column, style::column_width(width))?;
    }
    page.set_freeze_panes(1, 1)?;
    Ok(workbook.save_to_buffer()?)
}

struct Shades {
    plain: Format,
    warning: Format,
    refused: Format,
    prose: Format,
}

impl Shades {
    fn new() -> Shades {
        Shades {
            plain: style::text_cell(),
            warning: style::warning_cell(),
            refused: style::refused_cell(),
            prose: style::prose(),
        }
    }

    fn of(&self, severity: Option<Severity>) -> &Format {
        match severity {
            Some(Severity::Refused) => &self.refused,
            Some(Severity::Warning) => &self.warning,
            Some(Severity::Mended) | None => &self.plain,
        }
    }
}

fn gravest(messages: &[Message], title: &str) -> Option<Severity> {
    messages.iter().filter(|message| message.column == title).map(|message| message.severity).min()
}

fn sentences(line: u32, messages: &[Message]) -> String {
    let said = messages.iter().map(|message| {
        let column = if message.column.is_empty() {
            String::new()
        } else {
            format!("〔{}〕", message.column)
        };
        format!("【{}】{column}{}", message.severity.label(), message.text)
    });
    std::iter::once(format!("原第 {line} 行")).chain(said).collect::<Vec<_>>().join("\n")
}
