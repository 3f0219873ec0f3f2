//! One door for every upload: what the file is, is told by its content.

use crate::limits::Limits;
use crate::table::Table;
use crate::unreadable::Unreadable;
use crate::{PROBLEM_COLUMN, delimited, workbook};

/// Marks by which files of other kinds begin.
const OTHER_KINDS: [(&[u8], &str); 8] = [
    (b"%PDF", "PDF 文档"),
    (b"\x89PNG", "图片"),
    (b"\xff\xd8\xff", "图片"),
    (b"GIF8", "图片"),
    (b"Rar!", "压缩包"),
    (b"7z\xbc\xaf", "压缩包"),
    (b"\x1f\x8b", "压缩包"),
    (b"SQLite format 3", "数据库文件"),
];

/// Reads the first visible sheet that holds anything, or the CSV text, into a table.
///
/// The content decides what the file is; its name decides nothing, since names lie. The column of messages that
/// [`crate::write_returned`] adds is left out, so a returned table can be corrected and uploaded again as it is.
///
/// # Errors
/// A file that is too large, of another kind, damaged, or without a header is refused whole.
pub fn read(bytes: &[u8], limits: &Limits) -> Result<Table, Unreadable> {
    if bytes.is_empty() {
        return Err(Unreadable::Empty);
    }
    if bytes.len() > limits.bytes {
        return Err(Unreadable::TooLarge { found: bytes.len(), limit: limits.bytes });
    }
    let mut table = if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06") {
        workbook::read(bytes, limits)?
    } else if bytes.starts_with(b"\xd0\xcf\x11\xe0") {
        return Err(compound(bytes));
    } else if let Some((_, kind)) = OTHER_KINDS.iter().find(|(mark, _)| bytes.starts_with(mark)) {
        return Err(Unreadable::NotATable { kind });
    } else {
        delimited::read(bytes, limits)?
    };
    leave_out_problems(&mut table);
    Ok(table)
}

/// A compound file is an old Office document or a new one under a password; the names of its streams tell.
fn compound(bytes: &[u8]) -> Unreadable {
    let holds = |name: &str| {
        let wide: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        bytes.windows(wide.len()).any(|window| window == wide)
    };
    if holds("EncryptedPackage") {
        Unreadable::Encrypted
    } else if holds("WordDocument") {
        Unreadable::NotATable { kind: "Word 文档" }
    } else if holds("PowerPoint Document") {
        Unreadable::NotATable { kind: "PowerPoint 演示文稿" }
    } else {
        Unreadable::OldExcel
    }
}

fn leave_out_problems(table: &mut Table) {
    while let Some(column) = table.header.iter().position(|title| title == PROBLEM_COLUMN) {
        table.header.remove(column);
        for line in &mut table.rows {
            if column < line.cells.len() {
                line.cells.remove(column);
            }
        }
    }
}
