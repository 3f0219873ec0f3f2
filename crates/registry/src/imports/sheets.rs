//! The workbook that an officer corrects and uploads again.

use kernel::Failure;
use sheets::{Limits, Problem, Severity};

use super::types::Row;

/// The rows of an uploaded file that were refused or warned about, as they came, with what was said of them.
pub fn returned(file: &[u8], rows: &[Row]) -> Result<Vec<u8>, Failure> {
    let table = sheets::read(file, &Limits::default()).map_err(Failure::broken)?;
    let problems: Vec<Problem<'_>> = rows
        .iter()
        .filter(|row| row.messages.iter().any(|message| message.severity != Severity::Mended))
        .map(|row| Problem { line: row.line, messages: &row.messages })
        .collect();
    sheets::write_returned(&table, &problems).map_err(Failure::broken)
}
