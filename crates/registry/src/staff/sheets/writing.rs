//! The workbooks that offices receive: the template and the list; and what is kept of an uploaded file.

use sheets::cells::{holds_identity, untrimmed};
use sheets::{Cell, Column, Field as TemplateField, Kind, Sheet, Table, Unwritable, Value};

use super::columns::identity_columns;
use crate::staff::acts::Identities;
use crate::staff::types::{Certificate, Education, Listed, Phone, Position, Title};

/// Room for the staff of a large district.
const TEMPLATE_ROWS: u32 = 20_000;

/// The empty file to fill in, with drop-downs for the terms.
///
/// # Errors
/// [`Unwritable`] when the workbook can't be made.
pub fn template() -> Result<Vec<u8>, Unwritable> {
    let guidance = [
        "一行一位教职工；橙色表头为必填项。不要改动表头名称，可以删去不需要的选填列。",
        "填了身份证号的按身份证号识别，没有的按幼儿园和姓名识别：已有的按变更处理，没有的按新增处理。留空的选填项保持原值不变。",
        "身份证号列请设为文本格式；系统加密保存，页面和导出只显示掩码。",
        "请填数值和文字，不要使用公式。上传后先预览，确认之前不会保存。",
    ];
    sheets::write_template("教职工名册", &fields(), &guidance, TEMPLATE_ROWS)
}

pub(in crate::staff) fn fields() -> Vec<TemplateField> {
    let field = |title: &str, required: bool, note: &str, example: &str| TemplateField {
        title: title.to_owned(),
        required,
        note: note.to_owned(),
        example: example.to_owned(),
        choices: Vec::new(),
        strict: true,
    };
    macro_rules! chosen {
        ($term:ty, $title:literal, $required:literal, $note:literal, $example:literal) => {
            TemplateField {
                choices: <$term>::ALL.iter().map(|term| term.label().to_owned()).collect(),
                ..field($title, $required, $note, $example)
            }
        };
    }
    vec![
        field("幼儿园编号", false, "幼儿园在名册中的编号；填了编号的以编号为准。", "NS0001"),
        field("幼儿园", true, "名册中的名称；同名的请改填编号。", "青禾幼儿园"),
        field("姓名", true, "与身份证件一致。", "陈静"),
        field("身份证号", false, "18 位；选填，加密保存。", ""),
        chosen!(Position, "岗位", true, "在本园承担的主要工作。", "专任教师"),
        chosen!(Title, "职称", false, "教师专业技术职务。", "二级教师"),
        chosen!(Education, "学历", false, "最高学历。", "本科"),
        chosen!(Certificate, "教师资格", false, "教师资格证书的种类。", "幼儿园教师资格"),
        TemplateField {
            choices: ["是", "否"].map(str::to_owned).to_vec(),
            ..field("骨干教师", false, "经区级以上认定的填“是”；留空按“否”。", "否")
        },
        field("联系电话", false, "选填。", "0755-12345678"),
        field("入职日期", true, "到本园工作的第一天。", "2020-09-01"),
        field("离职日期", false, "离开本园的第一天；在职的留空。", ""),
    ]
}

/// A list of staff as a sheet, under the titles that an import understands; identity numbers are masked.
pub fn list(staff: &[Listed], identities: &Identities, title: &str, notes: Vec<String>) -> Sheet {
    let columns = [
        ("幼儿园", Kind::Text),
        ("姓名", Kind::Text),
        ("身份证号", Kind::Text),
        ("岗位", Kind::Text),
        ("职称", Kind::Text),
        ("学历", Kind::Text),
        ("教师资格", Kind::Text),
        ("骨干教师", Kind::Text),
        ("联系电话", Kind::Text),
        ("入职日期", Kind::Date),
        ("离职日期", Kind::Date),
    ];
    let row = |each: &Listed| -> Vec<Value> {
        let facts = &each.facts;
        vec![
            each.kindergarten_name.as_str().into(),
            facts.name.as_str().into(),
            identities.mask(each.id, each.identity.as_ref()).into(),
            facts.position.label().into(),
            facts.title.map_or("", Title::label).into(),
            facts.education.map_or("", Education::label).into(),
            facts.certificate.map_or("", Certificate::label).into(),
            if facts.backbone { "是" } else { "否" }.into(),
            facts.phone.as_ref().map_or("", Phone::as_str).into(),
            facts.hired_on.into(),
            facts.left_on.into(),
        ]
    };
    Sheet {
        name: "教职工".to_owned(),
        title: Some(title.to_owned()),
        notes,
        columns: columns.map(|(title, kind)| Column::new(title, kind)).to_vec(),
        rows: staff.iter().map(row).collect(),
    }
}

/// A table with its identity numbers masked: what is handed back for correction.
pub fn masked(mut table: Table) -> Table {
    let hidden = identity_columns(&table);
    for line in &mut table.rows {
        for (column, cell) in line.cells.iter_mut().enumerate() {
            if is_hidden(&hidden, column, cell) {
                *cell = Cell::Text(mask(&cell.text()));
            }
        }
    }
    table
}

/// Whether a cell stands in a column of identity numbers, or holds one wherever it stands.
fn is_hidden(columns: &[usize], column: usize, cell: &Cell) -> bool {
    !cell.is_empty() && (columns.contains(&column) || holds_identity(&untrimmed(cell)))
}

/// The first three and the last four letters of what is long enough, else nothing of it.
fn mask(text: &str) -> String {
    let letters: Vec<char> = text.chars().collect();
    match (letters.get(..3), letters.len()) {
        (Some(first), 15..) => {
            let last = &letters[letters.len() - 4..];
            format!("{}***********{}", String::from_iter(first), String::from_iter(last))
        }
        _ => "***".to_owned(),
    }
}

/// A table as CSV without its identity numbers: what is kept of a file when there is no key to seal it with.
pub(crate) fn blank_numbers(table: &Table) -> Vec<u8> {
    let hidden = identity_columns(table);
    let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
    let titles: Vec<String> = table.header.iter().map(|title| quoted(title)).collect();
    // Rows keep their numbers, so that messages still name them.
    let mut text = "\n".repeat((table.header_line.max(1) - 1) as usize);
    text.push_str(&titles.join(","));
    let mut at = table.header_line.max(1);
    for line in &table.rows {
        while at < line.line {
            text.push('\n');
            at += 1;
        }
        let cells = line.cells.iter().enumerate().map(|(column, cell)| {
            if is_hidden(&hidden, column, cell) { quoted("***") } else { quoted(&cell.text()) }
        });
        text.push_str(&cells.collect::<Vec<_>>().join(","));
    }
    text.push('\n');
    text.into_bytes()
}

#[cfg(test)]
mod tests {
    use sheets::Limits;

    use super::*;

    #[test]
    fn what_is_handed_back_or_kept_without_a_key_has_no_number() {
        let text = "姓名,身份证号,岗位,备注\n陈静,11010519491231002X,\"专任\"\"教师\",证号11010519491231002X\n王敏,123,保育员,\n";
        let table = sheets::read(text.as_bytes(), &Limits::default()).unwrap();
        let kept = blank_numbers(&table);
        assert!(!String::from_utf8(kept.clone()).unwrap().contains("1949"));
        let read = sheets::read(&kept, &Limits::default()).unwrap();
        assert_eq!(read.rows[0].line, 2);
        assert_eq!(read.rows[0].cells[2].text(), "专任\"教师");
        assert_eq!(read.rows[0].cells[1].text(), "***");
        let back = masked(table);
        assert_eq!(back.rows[0].cells[1].text(), "110***********002X");
        assert_eq!(back.rows[1].cells[1].text(), "***");
        assert!(!back.rows[0].cells[3].text().contains("1949"));
    }

    #[test]
    fn every_title_of_the_list_is_read_again() {
        let sheet = list(&[], &Identities::default(), "教职工", Vec::new());
        assert!(sheet.columns.iter().all(|column| {
            crate::staff::types::Field::ALL.iter().any(|field| field.label() == column.title)
        }));
    }
}
