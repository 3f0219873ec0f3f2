//! Whole files through the one door, and back.

mod reading;
mod refusing;
mod writing;

use std::io::{Cursor, Write};

use rust_xlsxwriter::Workbook;
use zip::write::SimpleFileOptions;

use crate::{Limits, Table, Unreadable};

fn read(bytes: &[u8]) -> Result<Table, Unreadable> {
    crate::read(bytes, &Limits::default())
}

/// A workbook that the closure fills in.
fn workbook(fill: impl FnOnce(&mut Workbook)) -> Vec<u8> {
    let mut workbook = Workbook::new();
    fill(&mut workbook);
    workbook.save_to_buffer().unwrap()
}

/// A zip package with these parts.
fn package(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut package = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        package.start_file(*name, SimpleFileOptions::default()).unwrap();
        package.write_all(content).unwrap();
    }
    package.finish().unwrap().into_inner()
}
