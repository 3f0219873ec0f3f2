use calamine::{Data, Reader, Xlsx};

use super::read;
use crate::{
    Cell, Column, Date, Field, GUIDE_SHEET, Kind, Line, Message, PROBLEM_COLUMN, Problem, Sheet,
    Table, Value, write_lists, write_returned, write_template,
};

fn list(rows: Vec<Vec<Value>>) -> Sheet {
    Sheet {
        name: "幼儿园".into(),
        title: Some("青禾区幼儿园名册".into()),
        notes: vec!["截至 2026-02-03".into()],
        columns: vec![
            Column::new("编号", Kind::Text),
            Column::new("名称", Kind::Text),
            Column::new("班级数", Kind::Integer),
            Column::new("距离", Kind::Decimal(1)),
            Column::new("成立日期", Kind::Date),
        ],
        rows,
    }
}

#[test]
fn a_list_comes_back_as_it_was_written() {
    let day = Date::from_ymd_opt(2015, 9, 1).unwrap();
    let bytes = write_lists(&[list(vec![vec![
        "0012".into(),
        "青禾幼儿园".into(),
        9_u32.into(),
        12.5.into(),
        day.into(),
    ]])])
    .unwrap();
    let table = read(&bytes).unwrap();
    assert_eq!(table.header, ["编号", "名称", "班级数", "距离", "成立日期"]);
    assert_eq!(table.header_line, 3);
    assert_eq!(
        table.rows[0].cells,
        [
            Cell::Text("0012".into()),
            Cell::Text("青禾幼儿园".into()),
            Cell::Number(9.0),
            Cell::Number(12.5),
            Cell::Date(day)
        ]
    );
}

#[test]
fn text_that_looks_like_a_formula_is_written_as_text() {
    let row = ["=1+1", "+1", "-1", "@SUM(A1)"].map(Value::from).to_vec();
    let mut sheet = list(vec![row]);
    sheet.columns = ["甲", "乙", "丙", "丁"].map(|title| Column::new(title, Kind::Text)).to_vec();
    let bytes = write_lists(&[sheet]).unwrap();
    let mut workbook: Xlsx<_> = Xlsx::new(std::io::Cursor::new(bytes)).unwrap();
    assert!(workbook.worksheet_formula("幼儿园").unwrap().is_empty());
    let range = workbook.worksheet_range("幼儿园").unwrap();
    assert_eq!(range.get_value((3, 0)), Some(&Data::String("=1+1".into())));
    assert_eq!(range.get_value((3, 3)), Some(&Data::String("@SUM(A1)".into())));
}

#[test]
fn an_empty_list_is_still_a_workbook() {
    assert!(write_lists(&[list(Vec::new())]).unwrap().starts_with(b"PK"));
}

fn field(title: &str, choices: &[&str]) -> Field {
    Field {
        title: title.into(),
        required: true,
        note: "照实填写。".into(),
        example: "青禾".into(),
        choices: choices.iter().map(|&choice| choice.to_owned()).collect(),
        strict: true,
    }
}

#[test]
fn a_template_filled_in_is_read_from_its_first_sheet() {
    let bytes = write_template(
        "幼儿园名册",
        &[field("名称", &[]), field("办园性质", &["公办", "民办"])],
        &["一行一所。"],
        200,
    )
    .unwrap();
    let mut workbook: Xlsx<_> = Xlsx::new(std::io::Cursor::new(&bytes)).unwrap();
    assert_eq!(workbook.sheet_names(), ["幼儿园名册", GUIDE_SHEET, "选项"]);
    let guide = workbook.worksheet_range(GUIDE_SHEET).unwrap();
    assert_eq!(guide.get_value((0, 0)), Some(&Data::String("一行一所。".into())));
    assert_eq!(
        read(&bytes).unwrap_err().to_string(),
        "表头（第 1 行）下面没有内容。请填写后再上传。"
    );
}

#[test]
fn a_returned_table_can_be_uploaded_again_as_it_is() {
    let table = Table {
        header: vec!["编号".into(), "名称".into(), "班级数".into(), "成立日期".into()],
        header_line: 1,
        rows: (2..5)
            .map(|line| Line {
                line,
                cells: vec![
                    Cell::Text(format!("000{line}")),
                    Cell::Text("青禾幼儿园".into()),
                    Cell::Number(-3.0),
                    Cell::Date(Date::from_ymd_opt(2015, 9, 1).unwrap()),
                ],
            })
            .collect(),
        sheet: None,
        unread_sheets: Vec::new(),
    };
    let messages = [
        Message::refused("班级数", "班级数不能是负数。"),
        Message::warning("名称", "与第 2 行同名。"),
    ];
    let bytes = write_returned(&table, &[Problem { line: 3, messages: &messages }]).unwrap();
    let mut workbook: Xlsx<_> = Xlsx::new(std::io::Cursor::new(&bytes)).unwrap();
    let page = workbook.worksheet_range("待更正").unwrap();
    assert_eq!(page.get_value((0, 0)), Some(&Data::String(PROBLEM_COLUMN.into())));
    let said = page.get_value((1, 0)).unwrap().to_string();
    assert!(
        said.contains("原第 3 行") && said.contains("【拒绝】〔班级数〕班级数不能是负数。"),
        "{said}"
    );
    let again = read(&bytes).unwrap();
    assert_eq!(again.header, table.header);
    assert_eq!(again.rows.len(), 1);
    assert_eq!(again.rows[0].cells, table.rows[1].cells);
}
