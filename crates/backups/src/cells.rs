//! Cells of rows as bytes, and back.

use std::io::{self, Read};

use chrono::Datelike as _;
use kernel::Date;
use storage::{Cell, Value};
use uuid::Uuid;

use crate::rules::Fault;

/// Appends a cell.
pub(crate) fn write(row: &mut Vec<u8>, cell: Cell<'_>) -> io::Result<()> {
    match cell {
        Cell::Null => row.push(0),
        Cell::Flag(flag) => row.push(if flag { 2 } else { 1 }),
        Cell::Number(number) => {
            row.push(3);
            row.extend(number.to_le_bytes());
        }
        Cell::Real(real) => {
            row.push(4);
            row.extend(real.to_le_bytes());
        }
        Cell::Text(text) => long(row, 5, text.as_bytes())?,
        Cell::Bytes(bytes) => long(row, 6, bytes)?,
        Cell::Uuid(id) => {
            row.push(7);
            row.extend(id.as_bytes());
        }
        Cell::Date(day) => {
            row.push(8);
            row.extend(day.num_days_from_ce().to_le_bytes());
        }
    }
    Ok(())
}

fn long(row: &mut Vec<u8>, kind: u8, bytes: &[u8]) -> io::Result<()> {
    let length = u32::try_from(bytes.len()).map_err(io::Error::other)?;
    row.push(kind);
    row.extend(length.to_le_bytes());
    row.extend_from_slice(bytes);
    Ok(())
}

/// Reads a cell.
pub(crate) fn read(from: &mut impl Read) -> io::Result<Value> {
    Ok(match exactly::<1>(from)? {
        [0] => Value::Null,
        [1] => Value::Flag(false),
        [2] => Value::Flag(true),
        [3] => Value::Number(i64::from_le_bytes(exactly(from)?)),
        [4] => Value::Real(f64::from_le_bytes(exactly(from)?)),
        [5] => {
            let bytes = counted(from)?;
            Value::Text(String::from_utf8(bytes).map_err(|_| damaged("文本不是 UTF-8"))?)
        }
        [6] => Value::Bytes(counted(from)?),
        [7] => Value::Uuid(Uuid::from_bytes(exactly(from)?)),
        [8] => {
            let days = i32::from_le_bytes(exactly(from)?);
            let day = Date::from_num_days_from_ce_opt(days);
            Value::Date(day.ok_or_else(|| damaged("日期不存在"))?)
        }
        _ => return Err(damaged("内容无法识别")),
    })
}

/// So many bytes.
pub(crate) fn exactly<const N: usize>(from: &mut impl Read) -> io::Result<[u8; N]> {
    let mut bytes = [0_u8; N];
    from.read_exact(&mut bytes)?;
    Ok(bytes)
}

/// Bytes behind their length. A damaged length is believed only as far as there is content.
pub(crate) fn counted(from: &mut impl Read) -> io::Result<Vec<u8>> {
    let length = u32::from_le_bytes(exactly(from)?);
    let mut bytes = Vec::new();
    let read = from.take(u64::from(length)).read_to_end(&mut bytes)?;
    if read == length as usize { Ok(bytes) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
}

/// A fault of the content, on its way through readers.
pub(crate) fn damaged(what: &'static str) -> io::Error {
    io::Error::other(Fault::Damaged(what))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cell_reads_back() {
        let day = Date::from_ymd_opt(9999, 12, 31).unwrap();
        let id = Uuid::from_u128(7);
        let cells = [
            (Cell::Null, Value::Null),
            (Cell::Flag(true), Value::Flag(true)),
            (Cell::Flag(false), Value::Flag(false)),
            (Cell::Number(i64::MIN), Value::Number(i64::MIN)),
            (Cell::Real(-0.5), Value::Real(-0.5)),
            (Cell::Text("青禾"), Value::Text("青禾".to_owned())),
            (Cell::Bytes(&[0, 255]), Value::Bytes(vec![0, 255])),
            (Cell::Uuid(id), Value::Uuid(id)),
            (Cell::Date(day), Value::Date(day)),
        ];
        let mut row = Vec::new();
        for (cell, _) in &cells {
            write(&mut row, *cell).unwrap();
        }
        let mut from = row.as_slice();
        for (_, value) in cells {
            assert_eq!(read(&mut from).unwrap(), value);
        }
        assert!(from.is_empty());
    }

    #[test]
    fn what_is_no_cell_is_refused_and_a_length_beyond_the_content_is_not_believed() {
        for bytes in [&[9_u8][..], &[5, 255, 255, 255, 255, 1], &[5, 1, 0, 0, 0, 255], &[3, 1], &[]]
        {
            assert!(read(&mut &bytes[..]).is_err(), "{bytes:?}");
        }
    }
}
