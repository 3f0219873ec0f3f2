use std::io::{Cursor, Write};

use zip::write::SimpleFileOptions;

use super::{package, read, workbook};
use crate::{Limits, Unreadable};

const RELATIONS: &[u8] = br#"<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#;
const ROOT: &[u8] = br#"<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#;
const WORKBOOK: &[u8] = br#"<?xml version="1.0"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="a" sheetId="1" r:id="rId1"/></sheets></workbook>"#;

/// The smallest workbook around a sheet's XML.
fn bare(sheet: &[u8]) -> Vec<u8> {
    package(&[
        ("_rels/.rels", ROOT),
        ("xl/workbook.xml", WORKBOOK),
        ("xl/_rels/workbook.xml.rels", RELATIONS),
        ("xl/worksheets/sheet1.xml", sheet),
    ])
}

/// A workbook with a part of 8 MiB of blanks, which packs into some kilobytes.
fn bomb() -> Vec<u8> {
    let mut package = zip::ZipWriter::new(Cursor::new(Vec::new()));
    package.start_file("xl/workbook.xml", SimpleFileOptions::default()).unwrap();
    package.write_all(WORKBOOK).unwrap();
    package.start_file("xl/worksheets/sheet1.xml", SimpleFileOptions::default()).unwrap();
    let blanks = vec![b' '; 1 << 20];
    for _ in 0..8 {
        package.write_all(&blanks).unwrap();
    }
    package.finish().unwrap().into_inner()
}

fn refusal(bytes: &[u8]) -> Unreadable {
    read(bytes).unwrap_err()
}

/// The limits of the tests that would be slow with real ones.
fn tight() -> Limits {
    Limits { unpacked_bytes: 4 << 20, rows: 300, ..Limits::default() }
}

#[test]
fn a_zip_bomb_is_refused_before_it_is_unpacked() {
    let bomb = bomb();
    assert!(bomb.len() < 1 << 16);
    assert_eq!(crate::read(&bomb, &tight()), Err(Unreadable::Swollen { limit: 4 << 20 }));
}

#[test]
fn a_zip_bomb_that_lies_about_its_size_is_refused_while_unpacking() {
    let mut bomb = bomb();
    let size = (8_u32 << 20).to_le_bytes();
    let mut lies = 0;
    for at in 0..bomb.len() - 4 {
        if bomb[at..at + 4] == size {
            bomb[at..at + 4].copy_from_slice(&1000_u32.to_le_bytes());
            lies += 1;
        }
    }
    assert!(lies >= 1);
    let refusal = crate::read(&bomb, &tight()).unwrap_err();
    assert!(matches!(refusal, Unreadable::Swollen { .. } | Unreadable::Broken), "{refusal}");
}

#[test]
fn a_workbook_that_really_holds_too_many_lines_is_refused() {
    let mut sheet = b"<worksheet><sheetData>".to_vec();
    for row in 1..=600 {
        write!(
            sheet,
            "<row r=\"{row}\"><c r=\"A{row}\" t=\"inlineStr\"><is><t>x</t></is></c></row>"
        )
        .unwrap();
    }
    sheet.extend_from_slice(b"</sheetData></worksheet>");
    assert_eq!(crate::read(&bare(&sheet), &tight()), Err(Unreadable::TooManyRows { limit: 300 }));
}

#[test]
fn a_million_lines_of_csv_are_refused() {
    let mut csv = "编号,名称\n".to_owned();
    csv.push_str(&"A1,青禾\n".repeat(1_000_000));
    assert_eq!(refusal(csv.as_bytes()), Unreadable::TooManyRows { limit: 30_000 });
    csv.push_str(&"A1,青禾幼儿园\n".repeat(1_000_000));
    assert!(matches!(refusal(csv.as_bytes()), Unreadable::TooLarge { .. }));
}

#[test]
fn a_sheet_that_declares_a_million_lines_but_holds_few_is_read() {
    let sheet = br#"<worksheet><dimension ref="A1:XFD1048576"/><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>id</t></is></c></row><row r="2"><c r="A2" t="inlineStr"><is><t>x</t></is></c></row></sheetData></worksheet>"#;
    assert_eq!(read(&bare(sheet)).unwrap().rows.len(), 1);
}

#[test]
fn something_far_to_the_right_is_refused() {
    let sheet = br#"<worksheet><sheetData><row r="1"><c r="XFD1"><v>1</v></c></row></sheetData></worksheet>"#;
    assert_eq!(refusal(&bare(sheet)), Unreadable::TooManyColumns { line: 1, limit: 120 });
}

#[test]
fn absurd_references_and_cut_off_packages_are_broken_and_nothing_panics() {
    for sheet in [
        &br#"<worksheet><sheetData><row r="99999999999"><c r="ZZZZZZ99999999999999"><v>1</v></c></row></sheetData></worksheet>"#[..],
        br#"<worksheet><sheetData><row r="5"><c r="A5"><v>1</v></c></row><row r="2"><c r="A2"><v>1</v></c></row></sheetData></worksheet>"#,
        br#"<worksheet><sheetData><row r="1"><c r="A1" t="s"><v>77</v></c>"#,
        b"not xml at all",
    ] {
        assert!(matches!(refusal(&bare(sheet)), Unreadable::Broken | Unreadable::TooManyColumns { .. } | Unreadable::NoHeader));
    }
    let whole = workbook(|workbook| {
        workbook.add_worksheet().write_row(0, 0, ["编号", "名称"]).unwrap();
    });
    for end in (5..whole.len()).step_by(97) {
        assert_eq!(refusal(&whole[..end]), Unreadable::Broken);
    }
}

#[test]
fn shared_formulas_with_a_giant_index_cost_nothing() {
    let sheet = br#"<worksheet><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>id</t></is></c></row><row r="2"><c r="A2"><f t="shared" ref="A2:A3" si="4000000000">B1</f><v>1</v></c></row></sheetData></worksheet>"#;
    assert_eq!(read(&bare(sheet)).unwrap().rows.len(), 1);
}

#[test]
fn a_million_cell_formats_are_refused() {
    let styles = [
        b"<styleSheet><cellXfs>".to_vec(),
        b"<xf/>".repeat(70_000),
        b"</cellXfs></styleSheet>".to_vec(),
    ]
    .concat();
    let bytes = package(&[("xl/workbook.xml", WORKBOOK), ("xl/looks.xml", &styles)]);
    assert!(matches!(refusal(&bytes), Unreadable::Swollen { .. }));
}

#[test]
fn other_kinds_of_file_are_named_whatever_their_name_says() {
    let wide = |name: &str| name.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    let compound = |name: &str| {
        [b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec(), vec![0; 600], wide(name)].concat()
    };
    assert_eq!(refusal(b""), Unreadable::Empty);
    assert_eq!(refusal(&compound("Workbook")), Unreadable::OldExcel);
    assert_eq!(refusal(&compound("EncryptedPackage")), Unreadable::Encrypted);
    let cases: [(Vec<u8>, &str); 8] = [
        (compound("WordDocument"), "Word"),
        (package(&[("word/document.xml", b"<w/>")]), "Word"),
        (package(&[("ppt/presentation.xml", b"<p/>")]), "PowerPoint"),
        (package(&[("mimetype", b"x"), ("content.xml", b"<o/>")]), "ods"),
        (package(&[("photo.jpg", b"x")]), "压缩包"),
        (
            "\u{feff}\n<html><table><tr><td>编号</td></tr></table></html>".as_bytes().to_vec(),
            "网页",
        ),
        (b"%PDF-1.7".to_vec(), "PDF"),
        (vec![1, 2, 0, 3], "二进制"),
    ];
    for (bytes, word) in cases {
        let sentence = refusal(&bytes).to_string();
        assert!(sentence.contains(word) && sentence.contains(".xlsx"), "{word}: {sentence}");
    }
}

#[test]
fn text_in_no_known_encoding_is_refused() {
    assert_eq!(refusal(b"\xb1\xe0\xba\xc5,\xff\xff\n1,2\n"), Unreadable::Encoding);
}

#[test]
fn a_quotation_mark_left_open_is_found() {
    let rest = "A2,青禾幼儿园,9\n".repeat(300);
    assert_eq!(
        refusal(format!("编号,名称,班级数\nA1,\"青禾,9\n{rest}").as_bytes()),
        Unreadable::OpenQuote { line: 2 }
    );
}

#[test]
fn limits_can_be_drawn_tighter() {
    let limits = Limits { rows: 1, ..Limits::default() };
    let csv = "编号,名称\nA1,青禾\nA2,云杉\n";
    assert_eq!(crate::read(csv.as_bytes(), &limits), Err(Unreadable::TooManyRows { limit: 1 }));
}
