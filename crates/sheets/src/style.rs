//! How our workbooks look, and the one failure that writing them has.

use rust_xlsxwriter::{Color, Format, FormatAlign, FormatBorder, XlsxError};

/// A workbook that could not be written: a sheet beyond Excel's own bounds, or an impossible sheet name.
#[derive(Debug, thiserror::Error)]
#[error("工作簿无法生成：{0}")]
pub struct Unwritable(#[from] XlsxError);

/// Excel holds this many characters in a cell; the rest of a longer text is cut off rather than losing the workbook.
const MOST_CHARS: usize = 32_767;

const INK: Color = Color::RGB(0x1F_2A37);
const HEADER: Color = Color::RGB(0xE4_EBF5);
const REQUIRED: Color = Color::RGB(0xFC_E8D6);
const LINE: Color = Color::RGB(0xC5_CCD6);
const REFUSED: Color = Color::RGB(0xF8_CBCB);
const WARNING: Color = Color::RGB(0xFF_EFC2);

pub(crate) fn header() -> Format {
    cell().set_bold().set_background_color(HEADER).set_text_wrap().set_align(FormatAlign::Center)
}

pub(crate) fn required_header() -> Format {
    header().set_background_color(REQUIRED)
}

pub(crate) fn cell() -> Format {
    Format::new()
        .set_font_name("宋体")
        .set_font_size(11)
        .set_font_color(INK)
        .set_border(FormatBorder::Thin)
        .set_border_color(LINE)
        .set_align(FormatAlign::VerticalCenter)
}

/// Text stays text: a code with leading zeros, or something that begins with `=`, is never computed.
pub(crate) fn text_cell() -> Format {
    cell().set_num_format("@")
}

pub(crate) fn refused_cell() -> Format {
    text_cell().set_background_color(REFUSED)
}

pub(crate) fn warning_cell() -> Format {
    text_cell().set_background_color(WARNING)
}

pub(crate) fn title() -> Format {
    Format::new().set_font_name("宋体").set_font_size(14).set_font_color(INK).set_bold()
}

pub(crate) fn note() -> Format {
    Format::new().set_font_name("宋体").set_font_size(10).set_font_color(Color::RGB(0x5A_6472))
}

pub(crate) fn prose() -> Format {
    cell().set_text_wrap().set_align(FormatAlign::Top)
}

pub(crate) fn bounded(text: &str) -> &str {
    text.char_indices().nth(MOST_CHARS).map_or(text, |(end, _)| &text[..end])
}

/// The width of a text in Excel's units: a Chinese character takes two.
pub(crate) fn width(text: &str) -> usize {
    let widest =
        text.lines().map(|line| line.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum()).max();
    widest.unwrap_or(0)
}

/// A column wide enough for its content, within reason.
pub(crate) fn column_width(widest: usize) -> f64 {
    (widest + 2).clamp(8, 48) as f64
}
