//! Finding the line of column titles below title and note lines.

use crate::table::{Cell, Line, Table};
use crate::unreadable::Unreadable;

/// Titles, notes and signatures above a table take a few lines, never more.
const SEARCHED_LINES: usize = 20;

/// Turns the lines of a sheet into a table: the first line whose titles fill most of the sheet's width is the header.
/// A second tier of titles (专任教师, 保育员 … below a merged 教职工) is folded into it.
pub(crate) fn split(mut lines: Vec<Line>) -> Result<Table, Unreadable> {
    let start = find(&lines).ok_or(Unreadable::NoHeader)?;
    let mut rows = lines.split_off(start);
    let top = rows.remove(0);
    let mut header: Vec<String> = top.cells.iter().map(title).collect();
    let mut header_line = top.line;
    if let Some(second) = rows.first()
        && second.line == top.line + 1
        && is_second_tier(&header, second)
    {
        let width = header.len().max(second.cells.len());
        header.resize(width, String::new());
        for (name, cell) in header.iter_mut().zip(&second.cells) {
            if !cell.is_empty() {
                *name = title(cell);
            }
        }
        header_line = second.line;
        rows.remove(0);
    }
    while header.last().is_some_and(String::is_empty) {
        header.pop();
    }
    if rows.is_empty() {
        return Err(Unreadable::NoRows { header_line });
    }
    for row in &mut rows {
        while row.cells.len() > header.len() && row.cells.last().is_some_and(Cell::is_empty) {
            row.cells.pop();
        }
        if row.cells.len() < header.len() {
            row.cells.resize(header.len(), Cell::Empty);
        }
    }
    Ok(Table { header, header_line, rows, sheet: None, unread_sheets: Vec::new() })
}

fn find(lines: &[Line]) -> Option<usize> {
    let searched = &lines[..lines.len().min(SEARCHED_LINES)];
    let width = lines.iter().take(SEARCHED_LINES + 30).map(filled).max()?;
    let needed = (width * 3).div_ceil(5);
    searched.iter().position(|line| {
        let titles = line
            .cells
            .iter()
            .filter(|cell| matches!(cell, Cell::Text(text) if !is_number(text)))
            .count();
        titles >= needed && titles == filled(line)
    })
}

fn filled(line: &Line) -> usize {
    line.cells.iter().filter(|cell| !cell.is_empty()).count()
}

fn is_number(text: &str) -> bool {
    text.trim().parse::<f64>().is_ok()
}

/// Line breaks inside a title are layout, not part of its name.
fn title(cell: &Cell) -> String {
    cell.text().split_whitespace().collect::<Vec<_>>().join("")
}

/// A second tier stands only under merged titles: where the first tier is blank or its right neighbour is.
fn is_second_tier(header: &[String], line: &Line) -> bool {
    let blank = |column: usize| header.get(column).is_none_or(String::is_empty);
    filled(line) >= 2
        && line.cells.iter().enumerate().all(|(column, cell)| match cell {
            Cell::Empty => true,
            Cell::Text(text) => {
                !is_number(text)
                    && (blank(column) || (column + 1 < header.len() && blank(column + 1)))
            }
            _ => false,
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(line: u32, texts: &[&str]) -> Line {
        Line { line, cells: texts.iter().map(|text| Cell::from_text(text)).collect() }
    }

    #[test]
    fn title_and_note_lines_above_the_header_are_skipped() {
        let table = split(vec![
            line(1, &["青禾区幼儿园名册"]),
            line(2, &["填报单位：青禾区教育局", "", "", "2026年2月"]),
            line(4, &["编号", "名 称", "区", "班级数"]),
            line(5, &["1", "青禾幼儿园", "青禾区", "9"]),
        ])
        .unwrap();
        assert_eq!(table.header, ["编号", "名称", "区", "班级数"]);
        assert_eq!(table.header_line, 4);
        assert_eq!(table.rows.len(), 1);
    }

    #[test]
    fn a_second_tier_under_a_merged_title_names_the_columns() {
        let table = split(vec![
            line(1, &["编号", "名称", "教职工", "", "", "备注"]),
            line(2, &["", "", "专任教师", "保育员", "其他"]),
            line(3, &["1", "青禾幼儿园", "12", "6", "3"]),
        ])
        .unwrap();
        assert_eq!(table.header, ["编号", "名称", "专任教师", "保育员", "其他", "备注"]);
        assert_eq!(table.header_line, 2);
    }

    #[test]
    fn a_first_line_of_text_is_not_taken_for_a_second_tier() {
        let table = split(vec![
            line(1, &["编号", "名称", "", "备注"]),
            line(2, &["甲", "青禾幼儿园", "无", "新园"]),
        ])
        .unwrap();
        assert_eq!(table.rows.len(), 1);
    }

    #[test]
    fn numbers_alone_are_no_header() {
        let lines = vec![line(1, &["1", "2", "3"]), line(2, &["4", "5", "6"])];
        assert_eq!(split(lines), Err(Unreadable::NoHeader));
    }

    #[test]
    fn a_header_without_lines_is_refused() {
        assert_eq!(
            split(vec![line(3, &["编号", "名称"])]),
            Err(Unreadable::NoRows { header_line: 3 })
        );
    }

    #[test]
    fn a_line_wider_than_the_header_keeps_its_surplus() {
        let table = split(vec![
            line(1, &["编号", "名称", "地址"]),
            line(2, &["1", "青禾幼儿园", "一路", "二号"]),
        ])
        .unwrap();
        assert_eq!(table.rows[0].cells.len(), 4);
    }
}
