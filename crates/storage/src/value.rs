//! What goes into a statement and what comes out of a row: the few types of the palette (see `migrations.rs`).

use kernel::{Date, Id};
use uuid::Uuid;

/// A value that a statement binds.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Nothing.
    Null,
    /// A flag.
    Flag(bool),
    /// A count, a number of an entry, a moment in milliseconds, money in 分.
    Number(i64),
    /// A coordinate or a share.
    Real(f64),
    /// A code, a name, a JSON document.
    Text(String),
    /// The content of a file, a key.
    Bytes(Vec<u8>),
    /// A record's id.
    Uuid(Uuid),
    /// A Beijing date.
    Date(Date),
}

/// A value as it stands in a row, borrowed from it. SQLite knows fewer types: there a date is a text and an id is bytes.
#[derive(Debug, Clone, Copy)]
pub enum Cell<'row> {
    /// Nothing.
    Null,
    /// A flag.
    Flag(bool),
    /// A whole number.
    Number(i64),
    /// A real number.
    Real(f64),
    /// A text.
    Text(&'row str),
    /// Bytes.
    Bytes(&'row [u8]),
    /// An id.
    Uuid(Uuid),
    /// A date.
    Date(Date),
}

impl From<Cell<'_>> for Value {
    fn from(cell: Cell<'_>) -> Self {
        match cell {
            Cell::Null => Self::Null,
            Cell::Flag(flag) => Self::Flag(flag),
            Cell::Number(number) => Self::Number(number),
            Cell::Real(real) => Self::Real(real),
            Cell::Text(text) => Self::Text(text.to_owned()),
            Cell::Bytes(bytes) => Self::Bytes(bytes.to_vec()),
            Cell::Uuid(id) => Self::Uuid(id),
            Cell::Date(day) => Self::Date(day),
        }
    }
}

/// A type that a column is read as.
pub trait Column: Sized {
    /// Reads a cell; `None` says that the cell holds something else.
    fn read(cell: Cell<'_>) -> Option<Self>;
}

impl Column for i64 {
    fn read(cell: Cell<'_>) -> Option<Self> {
        match cell {
            Cell::Number(number) => Some(number),
            _ => None,
        }
    }
}
impl Column for bool {
    fn read(cell: Cell<'_>) -> Option<Self> {
        match cell {
            Cell::Flag(flag) => Some(flag),
            Cell::Number(number) => Some(number != 0),
            _ => None,
        }
    }
}
impl Column for f64 {
    fn read(cell: Cell<'_>) -> Option<Self> {
        match cell {
            Cell::Real(real) => Some(real),
            // SQLite keeps 113.0 in a real column as it was written; an expression may hand over a whole number.
            Cell::Number(number) => Some(number as f64),
            _ => None,
        }
    }
}
impl Column for String {
    fn read(cell: Cell<'_>) -> Option<Self> {
        match cell {
            Cell::Text(text) => Some(text.to_owned()),
            _ => None,
        }
    }
}
impl Column for Vec<u8> {
    fn read(cell: Cell<'_>) -> Option<Self> {
        match cell {
            Cell::Bytes(bytes) => Some(bytes.to_vec()),
            _ => None,
        }
    }
}
impl Column for Uuid {
    fn read(cell: Cell<'_>) -> Option<Self> {
        match cell {
            Cell::Uuid(id) => Some(id),
            Cell::Bytes(bytes) => Uuid::from_slice(bytes).ok(),
            _ => None,
        }
    }
}
impl<K> Column for Id<K> {
    fn read(cell: Cell<'_>) -> Option<Self> {
        Uuid::read(cell).map(Self::new)
    }
}
impl Column for Date {
    fn read(cell: Cell<'_>) -> Option<Self> {
        match cell {
            Cell::Date(day) => Some(day),
            Cell::Text(text) => written_day(text),
            _ => None,
        }
    }
}
impl<T: Column> Column for Option<T> {
    fn read(cell: Cell<'_>) -> Option<Self> {
        match cell {
            Cell::Null => Some(None),
            other => T::read(other).map(Some),
        }
    }
}

/// `2026-02-03`, the one way in which SQLite's columns hold a day; ten times as fast as chrono's own reader, which
/// matters because most rows hold two.
fn written_day(text: &str) -> Option<Date> {
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = *text.as_bytes() else { return None };
    let number = |digits: &[u8]| {
        digits.iter().try_fold(0_u32, |sum, digit| {
            digit.is_ascii_digit().then(|| sum * 10 + u32::from(digit - b'0'))
        })
    };
    let year = i32::try_from(number(&[y1, y2, y3, y4])?).ok()?;
    Date::from_ymd_opt(year, number(&[m1, m2])?, number(&[d1, d2])?)
}

macro_rules! bound_as {
    ($($from:ty => $variant:ident),* $(,)?) => {$(
        impl From<$from> for Value {
            fn from(value: $from) -> Self {
                Self::$variant(value.into())
            }
        }
    )*};
}
bound_as!(
    bool => Flag, i64 => Number, i32 => Number, u32 => Number, u8 => Number, f64 => Real, String => Text, &str => Text,
    Vec<u8> => Bytes, Uuid => Uuid, Date => Date,
);

impl<K> From<Id<K>> for Value {
    fn from(id: Id<K>) -> Self {
        Self::Uuid(id.uuid())
    }
}
impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_written_day_is_read_and_nothing_else_is() {
        assert_eq!(written_day("2026-02-03"), Date::from_ymd_opt(2026, 2, 3));
        assert_eq!(written_day("9999-12-31"), Date::from_ymd_opt(9999, 12, 31));
        for other in ["2026-02-30", "2026-2-3", "2026/02/03", "20260203", "", "2026-02-03 00:00"] {
            assert_eq!(written_day(other), None, "{other}");
        }
    }

    #[test]
    fn a_column_of_another_type_is_a_fault_and_not_a_guess() {
        assert_eq!(i64::read(Cell::Text("7")), None);
        assert_eq!(String::read(Cell::Null), None);
        assert_eq!(Option::<String>::read(Cell::Null), Some(None));
        assert_eq!(Uuid::read(Cell::Bytes(&[1, 2])), None);
    }
}
