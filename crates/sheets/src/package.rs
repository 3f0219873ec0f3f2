//! Measuring a zip package before anything of it is used.

use std::io::{Cursor, Read};

use zip::ZipArchive;

use crate::limits::Limits;
use crate::unreadable::Unreadable;

/// A workbook has a few dozen parts; pictures and pivot caches make it some hundreds.
const MOST_PARTS: usize = 2_000;
/// Shared strings are kept in memory whole; a full register has half a million cells.
const MOST_STRINGS: usize = 2_000_000;
/// Excel itself stops at 65,490 cell formats; a reader keeps some hundred bytes for each.
const MOST_FORMATS: usize = 65_490;

/// Checks that `bytes` is a workbook in the .xlsx layout and that its parts stay within `limits`, first by the sizes that
/// the package declares, then by unpacking every part into nothing: a package may lie about its sizes.
///
/// Tells whether a sheet may hold merged cells, so that the others are not read a second time to look for them.
pub(crate) fn measure(bytes: &[u8], limits: &Limits) -> Result<bool, Unreadable> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| Unreadable::Broken)?;
    recognise(&archive)?;
    let swollen = Unreadable::Swollen { limit: limits.unpacked_bytes };
    if archive.len() > MOST_PARTS {
        return Err(swollen);
    }
    let mut declared = 0_u64;
    for index in 0..archive.len() {
        let part = archive.by_index_raw(index).map_err(|_| Unreadable::Broken)?;
        if part.encrypted() {
            return Err(Unreadable::Encrypted);
        }
        declared = declared.saturating_add(part.size());
    }
    if declared > limits.unpacked_bytes {
        return Err(swollen);
    }
    let mut left = limits.unpacked_bytes;
    let mut may_be_merged = false;
    for index in 0..archive.len() {
        let part = archive.by_index(index).map_err(|_| Unreadable::Broken)?;
        let mut tags = Tags::default();
        let unpacked = drain(part, left, &mut tags)?.ok_or_else(|| swollen.clone())?;
        if tags.strings > MOST_STRINGS || tags.formats > MOST_FORMATS {
            return Err(swollen);
        }
        left -= unpacked;
        may_be_merged |= tags.merged > 0;
    }
    Ok(may_be_merged)
}

/// What kind of document the package holds, by the names of its parts.
fn recognise(archive: &ZipArchive<Cursor<&[u8]>>) -> Result<(), Unreadable> {
    let has = |part: &str| {
        archive.file_names().any(|name| name.is_ok_and(|name| name.eq_ignore_ascii_case(part)))
    };
    if has("xl/workbook.xml") {
        Ok(())
    } else if has("xl/workbook.bin") {
        Err(Unreadable::OtherTable { kind: "二进制工作簿（.xlsb）" })
    } else if has("word/document.xml") {
        Err(Unreadable::NotATable { kind: "Word 文档" })
    } else if has("ppt/presentation.xml") {
        Err(Unreadable::NotATable { kind: "PowerPoint 演示文稿" })
    } else if has("content.xml") && has("mimetype") {
        Err(Unreadable::OtherTable { kind: "开放文档（.ods/.odt）" })
    } else {
        Err(Unreadable::NotATable { kind: "压缩包" })
    }
}

/// Unpacks a part into nothing. `None` when it has more than `most` bytes, which are never unpacked further.
fn drain(part: impl Read, most: u64, tags: &mut Tags) -> Result<Option<u64>, Unreadable> {
    let mut part = part.take(most + 1);
    let mut buffer = vec![0_u8; 64 << 10];
    let mut total = 0_u64;
    loop {
        match part.read(&mut buffer) {
            Ok(0) => return Ok((total <= most).then_some(total)),
            Ok(count) => {
                total += count as u64;
                tags.feed(&buffer[..count]);
            }
            Err(_) => return Err(Unreadable::Broken),
        }
    }
}

/// Counts the tags that cost a reader much more memory than they take in the file: `<si>` and `<xf>`, in whatever part
/// and under whatever namespace prefix they stand. Also those that begin like `<mergeCell>`.
#[derive(Default)]
struct Tags {
    before: [u8; 2],
    strings: usize,
    formats: usize,
    merged: usize,
}

impl Tags {
    fn feed(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            match (self.before, byte) {
                ([b'<' | b':', b's'], b'i') => self.strings += 1,
                ([b'<' | b':', b'x'], b'f') => self.formats += 1,
                ([b'<' | b':', b'm'], b'e') => self.merged += 1,
                _ => {}
            }
            self.before = [self.before[1], byte];
        }
    }
}
