//! The tables of a bureau's folder: districts, streets, communities, and the national lists.

use std::collections::HashSet;

use super::{Fault, Found};

/// One row of a table of places.
pub(super) struct Row {
    pub(super) file: String,
    pub(super) line: Option<u64>,
    pub(super) code: String,
    pub(super) name: String,
    pub(super) gb_code: Option<String>,
    /// What else the table says: a street's district, a community's street, a district's streets outside its code.
    pub(super) also: String,
}

impl Row {
    /// A street that ships with the program.
    pub(super) fn shipped(code: &str, name: &str, district: String) -> Row {
        Row {
            file: String::new(),
            line: None,
            code: code.to_owned(),
            name: name.to_owned(),
            gb_code: None,
            also: district,
        }
    }
}

/// What a table lists, known by its columns.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Districts,
    Streets,
    Communities,
    Divisions,
}

/// The columns as offices name them; the first that a header has is taken.
const CODE: &[&str] = &["code", "代码", "编码", "区划代码", "统计用区划代码"];
const NAME: &[&str] = &["name", "名称", "区划名称"];
const GB_CODE: &[&str] = &["gb_code", "gb_district_code", "国标代码"];
const DISTRICT: &[&str] = &["district", "区", "所属区", "行政区", "区名称"];
const STREET_CODE: &[&str] = &["street_code", "街道代码", "所属街道代码"];
const PARENT: &[&str] = &["parent_code", "county_code", "上级代码"];
const FOREIGN_STREETS: &[&str] = &["streets", "其他街道"];

/// Puts a table where it belongs, by its columns.
pub(super) fn sort_in(found: &mut Found, file: &str, text: &str) {
    let mut reader =
        csv::ReaderBuilder::new().flexible(true).trim(csv::Trim::All).from_reader(text.as_bytes());
    let header: Vec<String> = match reader.headers() {
        Ok(header) => header.iter().map(str::to_lowercase).collect(),
        Err(error) => {
            return found.faults.push(Fault::of(file, None, format!("读不出表头：{error}")));
        }
    };
    let column = |names: &[&str]| {
        names.iter().find_map(|name| header.iter().position(|title| title == name))
    };
    let (Some(code), Some(name)) = (column(CODE), column(NAME)) else {
        return found.notes.push(format!("{file}：没有“代码”“名称”两列，未采用"));
    };
    let (kind, also) = match (column(STREET_CODE), column(DISTRICT), column(PARENT)) {
        (Some(street), _, _) => (Kind::Communities, Some(street)),
        (_, Some(district), _) => (Kind::Streets, Some(district)),
        (_, _, Some(parent)) => (Kind::Divisions, Some(parent)),
        (None, None, None) => (Kind::Districts, column(FOREIGN_STREETS)),
    };
    // A file of codes and names alone is of the level that its codes' length tells.
    let mut kind = kind;
    let gb_code = column(GB_CODE);
    let mut seen = HashSet::new();
    let mut is_first = true;
    for record in reader.records() {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                let line = error.position().map(csv::Position::line);
                found.faults.push(Fault::of(file, line, format!("读不出这一行：{error}")));
                continue;
            }
        };
        let line = record.position().map(csv::Position::line);
        let cell = |column: Option<usize>| {
            column.and_then(|at| record.get(at)).unwrap_or_default().to_owned()
        };
        if record.iter().all(str::is_empty) {
            continue;
        }
        let row = Row {
            file: file.to_owned(),
            line,
            code: cell(Some(code)),
            name: cell(Some(name)),
            gb_code: Some(cell(gb_code)).filter(|code| !code.is_empty()),
            also: cell(also),
        };
        if std::mem::take(&mut is_first) && kind == Kind::Districts && has_digits(&row.code, 12) {
            kind = Kind::Communities;
        }
        if let Some(text) = fault_of(kind, &row) {
            found.faults.push(Fault::of(file, line, text));
        } else if !seen.insert(row.code.clone()) {
            found.faults.push(Fault::of(file, line, format!("代码 {} 重复", row.code)));
        } else {
            keep(found, kind, row);
        }
    }
}

fn has_digits(code: &str, count: usize) -> bool {
    code.len() == count && code.bytes().all(|digit| digit.is_ascii_digit())
}

/// What is wrong with one row by itself.
fn fault_of(kind: Kind, row: &Row) -> Option<String> {
    let wrong = |length: usize| {
        (!has_digits(&row.code, length)).then(|| format!("代码“{}”应为 {length} 位数字", row.code))
    };
    if row.name.is_empty() {
        return Some("名称为空".to_owned());
    }
    match kind {
        Kind::Communities => wrong(12),
        Kind::Streets if row.also.is_empty() => Some("所属区为空".to_owned()),
        Kind::Streets => wrong(9),
        Kind::Districts => {
            let is_code = (1..=16).contains(&row.code.len())
                && row.code.bytes().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
            (!is_code).then(|| format!("区代码“{}”应由小写字母或数字组成，最长 16 位", row.code))
        }
        Kind::Divisions => None,
    }
}

fn keep(found: &mut Found, kind: Kind, mut row: Row) {
    match kind {
        Kind::Streets => found.streets.push(row),
        Kind::Communities => {
            if row.also.is_empty() {
                row.code[..9].clone_into(&mut row.also);
            }
            found.communities.push(row);
        }
        Kind::Districts => {
            row.gb_code =
                row.gb_code.or_else(|| has_digits(&row.code, 6).then(|| row.code.clone()));
            found.districts.push(row);
        }
        Kind::Divisions => {
            found.names.insert(row.code, row.name);
        }
    }
}
