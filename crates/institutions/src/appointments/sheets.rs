//! Posts as spreadsheets: the list, the empty file to fill in, and what would become of the rows of one that was filled in.

mod columns;
mod list;
mod preview;
mod rows;
mod template;

pub use list::workbook;
pub use preview::{Ground, preview, stands};
#[cfg(test)]
pub(super) use template::fields;
pub use template::template;
