//! Reading CSV and its relatives: comma, semicolon or tab; UTF-8, UTF-16 or GBK.

use std::borrow::Cow;

use encoding_rs::{Encoding, GB18030};

use crate::header;
use crate::limits::Limits;
use crate::table::{Cell, Line, Table};
use crate::unreadable::Unreadable;

/// What Excel holds in one cell; a longer one is the sign of a quotation mark that was never closed.
const MOST_CHARS: usize = 32_767;
/// Lines a cell may have, for the same reason.
const MOST_BREAKS: usize = 100;
/// Lines that may stand above the header on top of the rows allowed.
const LINES_ABOVE: usize = 20;

pub(crate) fn read(bytes: &[u8], limits: &Limits) -> Result<Table, Unreadable> {
    let text = decode(bytes)?;
    if let Some(kind) = other_text(&text) {
        return Err(Unreadable::NotATable { kind });
    }
    let (text, hint) = separator_hint(&text);
    let separator = hint.unwrap_or_else(|| sniff_separator(text));
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(separator)
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let above = u64::from(hint.is_some());
    // Excel counts a record as one row even when a quoted cell of it spans several lines of the file.
    let mut breaks_so_far = 0;
    let mut record = csv::StringRecord::new();
    let mut lines = Vec::new();
    loop {
        let more = reader.read_record(&mut record).map_err(|_| Unreadable::Encoding)?;
        if !more {
            break;
        }
        let (start, first_line) = record
            .position()
            .map_or((0, 1), |position| (position.byte() as usize, position.line()));
        // The position is that of the first of the empty lines passed over.
        let passed_over = text.as_bytes()[start.min(text.len())..]
            .iter()
            .take_while(|byte| matches!(byte, b'\r' | b'\n'));
        let passed_over = passed_over.filter(|byte| **byte == b'\n').count() as u64;
        let line = (first_line + passed_over + above - breaks_so_far) as u32;
        let mut cells = Vec::with_capacity(record.len());
        for field in &record {
            let breaks = field.matches('\n').count();
            if breaks > MOST_BREAKS || field.len() > MOST_CHARS * 3 {
                return Err(Unreadable::OpenQuote { line });
            }
            breaks_so_far += breaks as u64;
            cells.push(cell(field));
        }
        if cells.iter().all(Cell::is_empty) {
            continue;
        }
        if let Some(column) = cells.iter().rposition(|cell| !cell.is_empty())
            && column >= limits.columns
        {
            return Err(Unreadable::TooManyColumns { line, limit: limits.columns });
        }
        if lines.len() >= limits.rows + LINES_ABOVE {
            return Err(Unreadable::TooManyRows { limit: limits.rows });
        }
        lines.push(Line { line, cells });
    }
    let table = header::split(lines)?;
    if table.rows.len() > limits.rows {
        return Err(Unreadable::TooManyRows { limit: limits.rows });
    }
    Ok(table)
}

/// `="0012"` is how a CSV file tells Excel that a code is text.
fn cell(field: &str) -> Cell {
    match field.trim().strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"')) {
        Some(text) if !text.contains('"') => Cell::from_text(text),
        _ => Cell::from_text(field),
    }
}

fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, Unreadable> {
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        let (text, faulty) = encoding.decode_without_bom_handling(&bytes[mark..]);
        return if faulty { Err(Unreadable::Encoding) } else { Ok(text) };
    }
    if bytes.contains(&0) {
        return Err(Unreadable::NotATable { kind: "无法识别的二进制数据" });
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Ok(Cow::Borrowed(text));
    }
    let (text, faulty) = GB18030.decode_without_bom_handling(bytes);
    if faulty { Err(Unreadable::Encoding) } else { Ok(text) }
}

/// Text that is certainly something else.
fn other_text(text: &str) -> Option<&'static str> {
    let start = text.trim_start();
    if start.starts_with('<')
        || start.get(..13).is_some_and(|mark| mark.eq_ignore_ascii_case("MIME-Version:"))
    {
        Some("网页（HTML/XML）")
    } else if start.starts_with("{\\rtf") {
        Some("RTF 文档")
    } else if start.starts_with('{') || start.starts_with('[') {
        Some("JSON 数据")
    } else {
        None
    }
}

/// Excel's own hint, a first line `sep=;`.
fn separator_hint(text: &str) -> (&str, Option<u8>) {
    let Some((first, rest)) = text.split_once('\n') else { return (text, None) };
    match first.trim_end().strip_prefix("sep=").map(str::as_bytes) {
        Some([separator]) => (rest, Some(*separator)),
        _ => (text, None),
    }
}

/// The separator that occurs most often outside quotes at the beginning of the text.
fn sniff_separator(text: &str) -> u8 {
    let mut counts = [(b',', 0), (b';', 0), (b'\t', 0)];
    let (mut quoted, mut lines) = (false, 0);
    for byte in text.bytes() {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' if !quoted => lines += 1,
            _ if !quoted => {
                if let Some((_, count)) =
                    counts.iter_mut().find(|(separator, _)| *separator == byte)
                {
                    *count += 1;
                }
            }
            _ => {}
        }
        if lines > 30 {
            break;
        }
    }
    let mut best = counts[0];
    for candidate in &counts[1..] {
        if candidate.1 > best.1 {
            best = *candidate;
        }
    }
    best.0
}
