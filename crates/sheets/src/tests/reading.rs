use encoding_rs::GB18030;
use rust_xlsxwriter::{ExcelDateTime, Format, Formula};

use super::{read, workbook};
use crate::{Cell, Date, Severity, Unreadable};

const CSV: &str = "编号,名称,班级数\nA1,青禾幼儿园,9\nA2,\"云杉幼儿园,北区\",6\n";

fn text(cell: &Cell) -> String {
    cell.text().into_owned()
}

#[test]
fn a_workbook_is_read_with_its_types() {
    let bytes = workbook(|workbook| {
        let page = workbook.add_worksheet();
        page.merge_range(0, 0, 0, 5, "青禾区幼儿园名册", &Format::new()).unwrap();
        for (column, title) in (0..).zip(["编号", "名称", "成立日期", "班级数", "普惠", "学位"])
        {
            page.write_string(1, column, title).unwrap();
        }
        page.write_string(2, 0, "0012").unwrap();
        page.write_string(2, 1, "青禾幼儿园").unwrap();
        let day = ExcelDateTime::from_ymd(2015, 9, 1).unwrap();
        page.write_datetime_with_format(2, 2, &day, &Format::new().set_num_format("yyyy-mm-dd"))
            .unwrap();
        page.write_number(2, 3, 9).unwrap();
        page.write_boolean(2, 4, true).unwrap();
        page.write_formula(2, 5, Formula::new("=D3*30").set_result("270")).unwrap();
    });
    let table = read(&bytes).unwrap();
    assert_eq!(table.header_line, 2);
    assert_eq!(table.header, ["编号", "名称", "成立日期", "班级数", "普惠", "学位"]);
    assert_eq!(table.rows[0].line, 3);
    assert_eq!(
        table.rows[0].cells,
        [
            Cell::Text("0012".into()),
            Cell::Text("青禾幼儿园".into()),
            Cell::Date(Date::from_ymd_opt(2015, 9, 1).unwrap()),
            Cell::Number(9.0),
            Cell::Flag(true),
            Cell::Formula("=D3*30".into()),
        ]
    );
}

#[test]
fn an_error_value_is_a_fault_and_not_a_text() {
    let bytes = workbook(|workbook| {
        let page = workbook.add_worksheet();
        page.write_row(0, 0, ["编号", "名称"]).unwrap();
        page.write_string(1, 0, "A1").unwrap();
        page.write_string(1, 1, "#N/A").unwrap();
    });
    // rust_xlsxwriter can't write an error cell, so its text cell is turned into one.
    let mut parts = Vec::new();
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    for index in 0..archive.len() {
        let mut part = archive.by_index(index).unwrap();
        let mut content = String::new();
        std::io::Read::read_to_string(&mut part, &mut content).unwrap();
        let content = content
            .replace("<c r=\"B2\" t=\"s\"><v>3</v></c>", "<c r=\"B2\" t=\"e\"><v>#N/A</v></c>");
        parts.push((part.name().unwrap().into_owned(), content));
    }
    let parts: Vec<(&str, &[u8])> =
        parts.iter().map(|(name, content)| (name.as_str(), content.as_bytes())).collect();
    let table = read(&super::package(&parts)).unwrap();
    assert_eq!(table.rows[0].cells[1], Cell::Fault("#N/A".into()));
}

#[test]
fn cells_merged_downwards_count_for_every_line() {
    let bytes = workbook(|workbook| {
        let page = workbook.add_worksheet();
        page.write_row(0, 0, ["街道", "编号", "名称"]).unwrap();
        page.merge_range(1, 0, 3, 0, "青禾街道", &Format::new()).unwrap();
        for (row, id) in (1..).zip(["A1", "A2", "A3", "A4"]) {
            page.write_row(row, 1, [id, "某园"]).unwrap();
        }
    });
    let table = read(&bytes).unwrap();
    let streets: Vec<String> = table.rows.iter().map(|line| text(&line.cells[0])).collect();
    assert_eq!(streets, ["青禾街道", "青禾街道", "青禾街道", ""]);
}

#[test]
fn hidden_sheets_are_passed_over_and_other_filled_ones_are_named() {
    let bytes = workbook(|workbook| {
        let hidden = workbook.add_worksheet();
        hidden.set_name("旧名册").unwrap();
        hidden.write_row(0, 0, ["甲", "乙"]).unwrap();
        hidden.set_hidden(true);
        workbook.add_worksheet().set_name("空").unwrap();
        for name in ["东片", "西片"] {
            let page = workbook.add_worksheet();
            page.set_name(name).unwrap();
            page.write_row(0, 0, ["编号", "名称"]).unwrap();
            page.write_row(1, 0, ["A1", "青禾幼儿园"]).unwrap();
            page.set_active(true);
        }
    });
    let table = read(&bytes).unwrap();
    assert_eq!(table.sheet.as_deref(), Some("东片"));
    assert_eq!(table.unread_sheets, ["西片"]);
}

#[test]
fn csv_reads_alike_in_every_usual_encoding_and_separator() {
    let expected = read(CSV.as_bytes()).unwrap();
    assert_eq!(text(&expected.rows[1].cells[1]), "云杉幼儿园,北区");
    let with_mark = [b"\xef\xbb\xbf", CSV.as_bytes()].concat();
    let gbk = GB18030.encode(CSV).0.into_owned();
    let utf16: Vec<u8> =
        [0xff, 0xfe].into_iter().chain(CSV.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let quoted = CSV.replace("\"云杉幼儿园,北区\"", "\"云杉幼儿园，北区\"");
    for bytes in [with_mark, gbk, utf16] {
        assert_eq!(read(&bytes).unwrap(), expected);
    }
    for separator in [";", "\t"] {
        let table = read(quoted.replace(',', separator).as_bytes()).unwrap();
        assert_eq!(table.header, expected.header);
        assert_eq!(text(&table.rows[1].cells[1]), "云杉幼儿园，北区");
    }
}

#[test]
fn the_line_numbers_of_csv_are_those_that_excel_shows() {
    let table = read("sep=;\n编号;地址\nA1;\"一路\n二号\"\n\nA2;三路\n".as_bytes()).unwrap();
    let lines: Vec<u32> = table.rows.iter().map(|line| line.line).collect();
    assert_eq!((table.header_line, lines), (2, vec![3, 5]));
}

#[test]
fn csv_tells_codes_kept_as_text_from_formulas() {
    let table = read("编号,班级数\n=\"0012\",=1+2\n".as_bytes()).unwrap();
    assert_eq!(table.rows[0].cells, [Cell::Text("0012".into()), Cell::Formula("=1+2".into())]);
}

#[test]
fn severities_are_ordered_from_the_gravest() {
    assert!(Severity::Refused < Severity::Warning && Severity::Warning < Severity::Mended);
}

#[test]
fn a_table_without_titles_is_refused() {
    assert_eq!(read(b"1,2,3\n4,5,6\n"), Err(Unreadable::NoHeader));
}
