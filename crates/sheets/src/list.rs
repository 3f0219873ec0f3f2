//! Lists for Excel: typed columns under a frozen, filterable header.

use rust_xlsxwriter::{ExcelDateTime, Format, Workbook, Worksheet};

use crate::Date;
use crate::style::{self, Unwritable};

/// How a column's values are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Text, never computed, whatever it begins with.
    Text,
    /// A whole number.
    Integer,
    /// A number with this many decimals.
    Decimal(u8),
    /// A day, as 2026-09-01.
    Date,
}

/// A column of a list.
#[derive(Clone, Debug)]
pub struct Column {
    /// The title.
    pub title: String,
    /// How its values are shown.
    pub kind: Kind,
}

impl Column {
    /// A column of `kind` under `title`.
    pub fn new(title: impl Into<String>, kind: Kind) -> Column {
        Column { title: title.into(), kind }
    }
}

/// A value of a list.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Nothing.
    Empty,
    /// Text.
    Text(String),
    /// A whole number.
    Integer(i64),
    /// A number.
    Decimal(f64),
    /// A day.
    Date(Date),
}

impl From<&str> for Value {
    fn from(text: &str) -> Value {
        if text.is_empty() { Value::Empty } else { Value::Text(text.to_owned()) }
    }
}

impl From<String> for Value {
    fn from(text: String) -> Value {
        if text.is_empty() { Value::Empty } else { Value::Text(text) }
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Value {
        Value::Integer(number)
    }
}

impl From<u32> for Value {
    fn from(number: u32) -> Value {
        Value::Integer(i64::from(number))
    }
}

impl From<f64> for Value {
    fn from(number: f64) -> Value {
        Value::Decimal(number)
    }
}

impl From<Date> for Value {
    fn from(date: Date) -> Value {
        Value::Date(date)
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Value {
        value.map_or(Value::Empty, Into::into)
    }
}

/// One sheet of a list workbook.
#[derive(Clone, Debug)]
pub struct Sheet {
    /// The sheet's name: at most 31 characters, none of `[]:*?/\`.
    pub name: String,
    /// A line above the header, e.g. 南山区学区划分一览表.
    pub title: Option<String>,
    /// Lines between the title and the header: the filters in force, the day, a reservation.
    pub notes: Vec<String>,
    /// The columns.
    pub columns: Vec<Column>,
    /// The lines, each with a value for every column.
    pub rows: Vec<Vec<Value>>,
}

/// Writes a workbook of lists, one sheet for each.
///
/// # Errors
/// [`Unwritable`] when a sheet's name is impossible or doubled, or a list is beyond Excel's 1,048,576 lines.
pub fn write_lists(sheets: &[Sheet]) -> Result<Vec<u8>, Unwritable> {
    let mut workbook = Workbook::new();
    for sheet in sheets {
        write_sheet(workbook.add_worksheet(), sheet)?;
    }
    Ok(workbook.save_to_buffer()?)
}

fn write_sheet(page: &mut Worksheet, sheet: &Sheet) -> Result<(), Unwritable> {
    page.set_name(&sheet.name)?;
    let mut row = 0;
    if let Some(title) = &sheet.title {
        page.write_string_with_format(row, 0, style::bounded(title), &style::title())?;
        row += 1;
    }
    for note in &sheet.notes {
        page.write_string_with_format(row, 0, style::bounded(note), &style::note())?;
        row += 1;
    }
    let header = style::header();
    for (column, of) in (0..).zip(&sheet.columns) {
        page.write_string_with_format(row, column, &of.title, &header)?;
        let widest = sheet
            .rows
            .iter()
            .filter_map(|values| values.get(usize::from(column)))
            .map(value_width)
            .max();
        let widest = widest.unwrap_or(0).max(style::width(&of.title) + 2);
        page.set_column_width(column, style::column_width(widest))?;
    }
    let header_row = row;
    let formats: Vec<Format> = sheet.columns.iter().map(|column| format(column.kind)).collect();
    for values in &sheet.rows {
        row += 1;
        for ((column, value), format) in (0..).zip(values).zip(&formats) {
            write_value(page, row, column, value, format)?;
        }
    }
    page.set_freeze_panes(header_row + 1, 0)?;
    page.set_repeat_rows(header_row, header_row)?;
    page.set_landscape().set_print_fit_to_pages(1, 0);
    if let Some(last) = sheet.columns.len().checked_sub(1) {
        page.autofilter(header_row, 0, row, last as u16)?;
    }
    Ok(())
}

fn format(kind: Kind) -> Format {
    match kind {
        Kind::Text => style::text_cell(),
        Kind::Integer | Kind::Decimal(0) => style::cell().set_num_format("0"),
        Kind::Decimal(places) => {
            style::cell().set_num_format(format!("0.{}", "0".repeat(usize::from(places))))
        }
        Kind::Date => style::cell().set_num_format("yyyy-mm-dd"),
    }
}

fn value_width(value: &Value) -> usize {
    match value {
        Value::Empty => 0,
        Value::Text(text) => style::width(text),
        Value::Integer(_) | Value::Decimal(_) | Value::Date(_) => 10,
    }
}

fn write_value(
    page: &mut Worksheet,
    row: u32,
    column: u16,
    value: &Value,
    format: &Format,
) -> Result<(), Unwritable> {
    match value {
        Value::Empty => page.write_blank(row, column, format)?,
        Value::Text(text) => {
            page.write_string_with_format(row, column, style::bounded(text), format)?
        }
        Value::Integer(number) => {
            page.write_number_with_format(row, column, *number as f64, format)?
        }
        Value::Decimal(number) => page.write_number_with_format(row, column, *number, format)?,
        Value::Date(date) => write_date(page, row, column, *date, format)?,
    };
    Ok(())
}

/// Days before 1900 are beyond Excel's calendar and stand as text.
pub(crate) fn write_date<'a>(
    page: &'a mut Worksheet,
    row: u32,
    column: u16,
    date: Date,
    format: &Format,
) -> Result<&'a mut Worksheet, rust_xlsxwriter::XlsxError> {
    use chrono::Datelike;
    let year = u16::try_from(date.year()).unwrap_or(0);
    match ExcelDateTime::from_ymd(year, date.month() as u8, date.day() as u8) {
        Ok(moment) => page.write_datetime_with_format(row, column, &moment, format),
        Err(_) => page.write_string_with_format(row, column, date.to_string(), format),
    }
}
