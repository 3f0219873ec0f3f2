//! Empty tables to fill in: titles with notes, drop-downs, and a sheet that explains every column.

use rust_xlsxwriter::{
    DataValidation, DataValidationErrorStyle, Formula, Note, Workbook, Worksheet,
};

use crate::style::{self, Unwritable};

/// The name of the sheet that explains a template. [`crate::read`] never takes it for the table.
pub const GUIDE_SHEET: &str = "填写说明";

/// The hidden sheet with the choices of the drop-downs: Excel bounds a list written in the rule itself to 255 characters.
const CHOICE_SHEET: &str = "选项";

/// A column of a template.
#[derive(Clone, Debug)]
pub struct Field {
    /// The title.
    pub title: String,
    /// Whether a line without it is refused.
    pub required: bool,
    /// What belongs there; stands as a note at the title and on the guide sheet.
    pub note: String,
    /// A plausible value, for the guide sheet.
    pub example: String,
    /// The choices of the drop-down; empty when anything may be written.
    pub choices: Vec<String>,
    /// Whether a value outside the choices is refused by Excel already; otherwise it only warns.
    pub strict: bool,
}

/// Writes a template: a sheet named `sheet` with the titles of `fields` and room for `rows` lines, and the guide sheet, which
/// begins with `guidance`.
///
/// # Errors
/// [`Unwritable`] when a name or text is beyond what Excel takes.
pub fn write_template(
    sheet: &str,
    fields: &[Field],
    guidance: &[&str],
    rows: u32,
) -> Result<Vec<u8>, Unwritable> {
    let mut workbook = Workbook::new();
    write_titles(workbook.add_worksheet(), sheet, fields, rows)?;
    write_guide(workbook.add_worksheet(), fields, guidance)?;
    write_choices(workbook.add_worksheet(), fields)?;
    Ok(workbook.save_to_buffer()?)
}

fn write_titles(
    page: &mut Worksheet,
    name: &str,
    fields: &[Field],
    rows: u32,
) -> Result<(), Unwritable> {
    page.set_name(name)?;
    page.set_row_height(0, 24)?;
    let (plain, required, body) = (style::header(), style::required_header(), style::text_cell());
    for (column, field) in (0..).zip(fields) {
        page.write_string_with_format(
            0,
            column,
            &field.title,
            if field.required { &required } else { &plain },
        )?;
        let note = Note::new(&field.note).add_author_prefix(false).set_width(260);
        page.insert_note(0, column, &note)?;
        let widest = style::width(&field.title).max(style::width(&field.example)) + 2;
        page.set_column_width(column, style::column_width(widest))?;
        // As text, a code keeps its zeros and a long number its digits.
        page.set_column_format(column, &body)?;
        if !field.choices.is_empty() {
            page.add_data_validation(1, column, rows, column, &drop_down(column, field)?)?;
        }
    }
    page.set_freeze_panes(1, 0)?;
    Ok(())
}

fn drop_down(column: u16, field: &Field) -> Result<DataValidation, Unwritable> {
    let letter = rust_xlsxwriter::utility::column_number_to_name(column);
    let list = format!("={CHOICE_SHEET}!${letter}$2:${letter}${}", field.choices.len() + 1);
    let style = if field.strict {
        DataValidationErrorStyle::Stop
    } else {
        DataValidationErrorStyle::Warning
    };
    Ok(DataValidation::new()
        .allow_list_formula(Formula::new(list))
        .set_error_style(style)
        .set_error_title("不在选项之内")?
        .set_error_message("请从下拉列表中选择。")?)
}

fn write_guide(
    page: &mut Worksheet,
    fields: &[Field],
    guidance: &[&str],
) -> Result<(), Unwritable> {
    page.set_name(GUIDE_SHEET)?;
    let mut row = 0;
    for line in guidance {
        page.write_string_with_format(row, 0, *line, &style::note())?;
        row += 1;
    }
    row += 1;
    let (header, prose) = (style::header(), style::prose());
    for (column, (title, width)) in (0..).zip([
        ("列名", 18.0),
        ("是否必填", 10.0),
        ("说明", 60.0),
        ("示例", 24.0),
        ("可选值", 40.0),
    ]) {
        page.write_string_with_format(row, column, title, &header)?;
        page.set_column_width(column, width)?;
    }
    for field in fields {
        row += 1;
        let choices = if field.choices.len() > 12 {
            "见下拉列表".to_owned()
        } else {
            field.choices.join("、")
        };
        let required = if field.required { "必填" } else { "选填" };
        for (column, text) in
            (0..).zip([field.title.as_str(), required, &field.note, &field.example, &choices])
        {
            page.write_string_with_format(row, column, text, &prose)?;
        }
    }
    Ok(())
}

fn write_choices(page: &mut Worksheet, fields: &[Field]) -> Result<(), Unwritable> {
    page.set_name(CHOICE_SHEET)?;
    page.set_hidden(true);
    for (column, field) in (0..).zip(fields) {
        page.write_string(0, column, &field.title)?;
        for (row, choice) in (1..).zip(&field.choices) {
            page.write_string(row, column, choice)?;
        }
    }
    Ok(())
}
