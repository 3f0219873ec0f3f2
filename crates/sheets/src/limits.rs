//! How much of a file is read at most.

/// Bounds on one uploaded file. A file beyond any of them is refused whole, never read in part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Size of the file as uploaded, in bytes.
    pub bytes: usize,
    /// Size of a workbook's parts together when unpacked, in bytes.
    pub unpacked_bytes: u64,
    /// Lines below the header.
    pub rows: usize,
    /// Columns of the sheet.
    pub columns: usize,
}

impl Limits {
    /// A register of 20,000 kindergartens with 25 columns is a workbook of about 3 MB, 30 MB unpacked, or 5 MB of CSV.
    /// The defaults leave room for half as much again and for decorated files, and keep the memory of one reading below
    /// about 200 MB even for a file that was made to hurt.
    pub const DEFAULT: Limits =
        Limits { bytes: 16 << 20, unpacked_bytes: 128 << 20, rows: 30_000, columns: 120 };
}

impl Default for Limits {
    fn default() -> Limits {
        Limits::DEFAULT
    }
}
