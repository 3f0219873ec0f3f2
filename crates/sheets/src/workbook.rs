//! Reading a .xlsx workbook, cell by cell.

use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

use calamine::{DataRef, Reader, SheetType, SheetVisible, Xlsx, XlsxError};

use crate::Date;
use crate::header;
use crate::limits::Limits;
use crate::package;
use crate::table::{Cell, Line, Table};
use crate::template::GUIDE_SHEET;
use crate::unreadable::Unreadable;

/// Lines that may stand above the header on top of the rows allowed.
const LINES_ABOVE: usize = 20;

pub(crate) fn read(bytes: &[u8], limits: &Limits) -> Result<Table, Unreadable> {
    let may_be_merged = package::measure(bytes, limits)?;
    // The reader is other people's code and the file may have been made to hurt: a panic in there is a broken file.
    catch_unwind(AssertUnwindSafe(|| read_measured(bytes, limits, may_be_merged)))
        .unwrap_or(Err(Unreadable::Broken))
}

fn read_measured(bytes: &[u8], limits: &Limits, may_be_merged: bool) -> Result<Table, Unreadable> {
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(|error| broken(&error))?;
    let names: Vec<String> = workbook
        .sheets_metadata()
        .iter()
        .filter(|sheet| sheet.typ == SheetType::WorkSheet && sheet.visible == SheetVisible::Visible)
        .filter(|sheet| sheet.name != GUIDE_SHEET)
        .map(|sheet| sheet.name.clone())
        .collect();
    let mut table: Option<Table> = None;
    for name in names {
        if let Some(table) = &mut table {
            if holds_anything(&mut workbook, &name)? {
                table.unread_sheets.push(name);
            }
            continue;
        }
        let mut lines = lines(&mut workbook, &name, limits)?;
        if lines.is_empty() {
            continue;
        }
        if may_be_merged {
            fill_merged(&mut workbook, &name, &mut lines)?;
        }
        let mut read = header::split(lines)?;
        if read.rows.len() > limits.rows {
            return Err(Unreadable::TooManyRows { limit: limits.rows });
        }
        read.sheet = Some(name);
        table = Some(read);
    }
    table.ok_or(Unreadable::NoHeader)
}

fn broken(error: &XlsxError) -> Unreadable {
    if matches!(error, XlsxError::Password) { Unreadable::Encrypted } else { Unreadable::Broken }
}

fn holds_anything(workbook: &mut Xlsx<Cursor<&[u8]>>, sheet: &str) -> Result<bool, Unreadable> {
    let mut cells = workbook.worksheet_cells_reader(sheet).map_err(|error| broken(&error))?;
    while let Some(cell) = cells.next_cell().map_err(|error| broken(&error))? {
        if !matches!(cell.get_value(), DataRef::Empty) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The lines of a sheet that hold anything. Stops as soon as there are too many.
fn lines(
    workbook: &mut Xlsx<Cursor<&[u8]>>,
    sheet: &str,
    limits: &Limits,
) -> Result<Vec<Line>, Unreadable> {
    let mut cells = workbook.worksheet_cells_reader(sheet).map_err(|error| broken(&error))?;
    let mut lines: Vec<Line> = Vec::new();
    while let Some(found) =
        cells.next_cell_with_formula_metadata().map_err(|error| broken(&error))?
    {
        let (row, column) = found.pos;
        let cell = match found.formula {
            Some(formula) => Cell::Formula(formula_text(formula)),
            None => cell(found.value),
        };
        if cell.is_empty() {
            continue;
        }
        let (line, column) = (row.saturating_add(1), column as usize);
        if column >= limits.columns {
            return Err(Unreadable::TooManyColumns { line, limit: limits.columns });
        }
        match lines.last() {
            Some(last) if last.line > line => return Err(Unreadable::Broken),
            Some(last) if last.line == line => {}
            _ if lines.len() >= limits.rows + LINES_ABOVE => {
                return Err(Unreadable::TooManyRows { limit: limits.rows });
            }
            _ => lines.push(Line {
                line,
                cells: Vec::with_capacity(lines.last().map_or(8, |line| line.cells.len())),
            }),
        }
        if let Some(last) = lines.last_mut() {
            if last.cells.len() <= column {
                last.cells.resize(column + 1, Cell::Empty);
            }
            last.cells[column] = cell;
        }
    }
    Ok(lines)
}

fn formula_text(formula: calamine::XlsxFormulaMetadata) -> String {
    use calamine::XlsxFormulaMetadata as Metadata;
    match formula {
        Metadata::Normal { formula } | Metadata::Shared { formula, .. } => format!("={formula}"),
        _ => "=…".to_owned(),
    }
}

fn cell(value: DataRef<'_>) -> Cell {
    match value {
        DataRef::Int(number) => Cell::Number(number as f64),
        DataRef::Float(number) => Cell::Number(number),
        DataRef::Bool(flag) => Cell::Flag(flag),
        DataRef::String(text) | DataRef::DurationIso(text) => Cell::from_text(&text),
        DataRef::SharedString(text) => Cell::from_text(text),
        DataRef::DateTime(moment) if moment.is_datetime() => {
            let (year, month, day, ..) = moment.to_ymd_hms_milli();
            Date::from_ymd_opt(i32::from(year), u32::from(month), u32::from(day))
                .map_or(Cell::Number(moment.as_f64()), Cell::Date)
        }
        DataRef::DateTime(span) => Cell::Number(span.as_f64()),
        DataRef::DateTimeIso(text) => {
            let day = text.get(..10).and_then(|day| Date::parse_from_str(day, "%Y-%m-%d").ok());
            day.map_or_else(|| Cell::from_text(&text), Cell::Date)
        }
        DataRef::Error(error) => Cell::Fault(error.to_string()),
        DataRef::Empty => Cell::Empty,
    }
}

/// Offices merge the cells of a column downwards (one 街道 for a dozen kindergartens); each line then means the value.
fn fill_merged(
    workbook: &mut Xlsx<Cursor<&[u8]>>,
    sheet: &str,
    lines: &mut [Line],
) -> Result<(), Unreadable> {
    let merged = workbook.merge_cells_by_sheet_name(sheet).map_err(|error| broken(&error))?;
    // Regions that overlap could make this quadratic; honest ones never fill a cell twice.
    let mut left = lines.iter().map(|line| line.cells.len()).sum::<usize>() + lines.len();
    for region in merged {
        let ((top, column), (bottom, last_column)) = (region.start, region.end);
        if column != last_column || bottom <= top {
            continue;
        }
        let column = column as usize;
        let from = lines.partition_point(|line| line.line <= top);
        let until = lines.partition_point(|line| line.line <= bottom.saturating_add(1));
        let Some(value) = lines
            .get(from)
            .filter(|line| line.line == top + 1)
            .and_then(|line| line.cells.get(column))
        else {
            continue;
        };
        let value = value.clone();
        for line in &mut lines[from..until] {
            if left == 0 {
                return Ok(());
            }
            left -= 1;
            if line.cells.len() <= column {
                line.cells.resize(column + 1, Cell::Empty);
            }
            if line.cells[column].is_empty() {
                line.cells[column] = value.clone();
            }
        }
    }
    Ok(())
}
