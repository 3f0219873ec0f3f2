//! From the content of a cell to clean text, a code or a day, with a word on what had to be mended.
//!
//! What offices write is not faulty because a digit is full-width or a blank slipped in; but they are told.

use crate::Date;
use crate::table::Cell;

/// A value, and what was put right to get it.
#[derive(Clone, Debug, PartialEq)]
pub struct Read<T> {
    /// The value.
    pub value: T,
    /// A sentence that tells what was found and how it was read; `None` when nothing had to be mended.
    pub mended: Option<String>,
}

impl<T> Read<T> {
    /// A value that stood there as it should.
    pub fn plain(value: T) -> Read<T> {
        Read { value, mended: None }
    }
}

/// A full-width digit, letter or sign as its half-width twin.
pub fn half_width(letter: char) -> char {
    match letter {
        '\u{3000}' | '\u{a0}' => ' ',
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(letter) - 0xfee0).unwrap_or(letter),
        letter => letter,
    }
}

/// A cell that can't hold a value at all.
pub fn unusable(cell: &Cell) -> Option<String> {
    match cell {
        Cell::Formula(formula) => Some(format!(
            "单元格是公式（{}），不读取公式的结果。请复制该列，用“选择性粘贴—数值”贴回后再上传。",
            excerpt(formula)
        )),
        Cell::Fault(fault) => Some(format!("单元格是错误值 {fault}。请改成实际内容。")),
        _ => None,
    }
}

/// Something short to quote.
pub fn excerpt(text: &str) -> String {
    let mut letters = text.chars();
    let start: String = letters.by_ref().take(30).collect();
    if letters.next().is_some() { format!("{start}…") } else { start }
}

/// Whether a cell says that there is nothing: empty, a dash, 无.
pub fn says_nothing(cell: &Cell) -> bool {
    matches!(
        cell.text().trim_matches(|letter: char| letter.is_whitespace()),
        "" | "-" | "—" | "——" | "/" | "\\" | "无" | "暂无" | "N/A" | "n/a" | "NULL" | "null"
    )
}

/// A code: no blanks, half-width throughout.
pub fn code(cell: &Cell) -> Read<String> {
    let raw = untrimmed(cell);
    let value: String = raw
        .chars()
        .map(half_width)
        .filter(|letter| !letter.is_whitespace() && !is_invisible(*letter))
        .collect();
    let mended = (value != raw).then(|| {
        format!("“{}”中的空格或全角字符已去除，读作“{}”。", excerpt(&raw), excerpt(&value))
    });
    Read { value, mended }
}

/// A name or address: half-width digits and letters, full-width brackets, no blanks beside Chinese characters.
pub fn phrase(cell: &Cell) -> Read<String> {
    let raw = untrimmed(cell);
    let half: String =
        raw.chars().map(half_width).filter(|letter| !is_invisible(*letter)).collect();
    let mut value = String::with_capacity(half.len());
    let mut letters = half.trim().chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '(' => value.push('（'),
            ')' => value.push('）'),
            letter if letter.is_whitespace() => {
                // A blank separates Latin words and nothing else.
                let next = letters.peek().is_some_and(char::is_ascii_alphanumeric);
                if next && value.ends_with(|before: char| before.is_ascii_alphanumeric()) {
                    value.push(' ');
                }
            }
            letter => value.push(letter),
        }
    }
    // Which brackets a name has is a matter of taste and not worth a word.
    let same: String = raw
        .chars()
        .map(|letter| {
            if matches!(letter, '(') {
                '（'
            } else if letter == ')' {
                '）'
            } else {
                letter
            }
        })
        .collect();
    let mended = (value != same).then(|| {
        format!("“{}”中的空格或全角字符已规范，读作“{}”。", excerpt(&raw), excerpt(&value))
    });
    Read { value, mended }
}

/// The content of a cell with the blanks around it.
pub fn untrimmed(cell: &Cell) -> String {
    match cell {
        Cell::Text(text) => text.clone(),
        cell => cell.text().into_owned(),
    }
}

fn is_invisible(letter: char) -> bool {
    matches!(letter, '\u{feff}' | '\u{200b}'..='\u{200f}' | '\u{2060}')
}

/// A day: a date cell, or text like 2026-03-01, 2026/3/1, 2026年3月1日 or 20260301.
///
/// # Errors
/// A sentence that says what was found and what was expected.
pub fn day(cell: &Cell) -> Result<Date, String> {
    if let Cell::Date(day) = cell {
        return Ok(*day);
    }
    let text = cell.text();
    let half: String =
        text.chars().map(half_width).filter(|letter| !letter.is_whitespace()).collect();
    let parsed = if half.len() == 8 && half.bytes().all(|byte| byte.is_ascii_digit()) {
        Date::parse_from_str(&half, "%Y%m%d").ok()
    } else {
        let dashed = half.replace(['年', '月', '/', '.'], "-").replace('日', "");
        let four_digits = dashed.split('-').next().is_some_and(|year| year.len() == 4);
        Date::parse_from_str(&dashed, "%Y-%m-%d").ok().filter(|_| four_digits)
    };
    parsed.ok_or_else(|| format!("“{}”不是日期，应写作 2026-03-01。请改正。", excerpt(&text)))
}

/// A term under one of its names, with or without 幼儿园 behind it: the first list is said without a word, the second is mended.
pub fn term<T: Copy>(
    cell: &Cell,
    terms: &[(T, &[&str], &[&str])],
    label: fn(T) -> &'static str,
) -> Option<Read<T>> {
    let raw = untrimmed(cell);
    let text: String =
        raw.chars().map(half_width).filter(|letter| !letter.is_whitespace()).collect();
    let bare = text.trim_end_matches("幼儿园").trim_end_matches('园');
    let has = |names: &[&str]| names.contains(&text.as_str()) || names.contains(&bare);
    terms.iter().find_map(|(value, own, others)| {
        if has(own) {
            let mended =
                (text != raw).then(|| format!("“{}”中的空格或全角字符已去除。", excerpt(&raw)));
            Some(Read { value: *value, mended })
        } else if has(others) {
            Some(Read {
                value: *value,
                mended: Some(format!("“{}”即“{}”。", excerpt(&raw), label(*value))),
            })
        } else {
            None
        }
    })
}

/// What to say of a cell that holds none of the terms.
pub fn expected<T: Copy>(
    cell: &Cell,
    field: &str,
    all: &[T],
    label: fn(T) -> &'static str,
) -> String {
    let labels: Vec<&str> = all.iter().map(|value| label(*value)).collect();
    format!("{field}是“{}”，应为{}之一。请改正。", excerpt(&cell.text()), labels.join("、"))
}

/// Whether a text holds what looks like a whole identity number, which belongs in no name, no reason and no message.
pub fn holds_identity(text: &str) -> bool {
    let bare: Vec<u8> = text.bytes().filter(|byte| !matches!(byte, b' ' | b'-')).collect();
    bare.windows(18).any(|window| {
        let (digits, check) = window.split_at(17);
        digits.iter().all(u8::is_ascii_digit)
            && check.iter().all(|byte| byte.is_ascii_digit() || matches!(byte, b'X' | b'x'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(text: &str) -> Cell {
        Cell::Text(text.to_owned())
    }

    #[test]
    fn full_width_digits_and_blanks_are_mended_and_said() {
        let read = code(&cell("ＳＺ ０１"));
        assert_eq!(read.value, "SZ01");
        assert!(read.mended.unwrap().contains("SZ01"));
        assert_eq!(code(&cell("SZ01")).mended, None);
        let read = phrase(&cell("青禾 幼儿园（第２园区）"));
        assert_eq!(read.value, "青禾幼儿园（第2园区）");
        assert!(read.mended.is_some());
        assert_eq!(
            phrase(&cell("青禾ABC Kids幼儿园(东区)")),
            Read::plain("青禾ABC Kids幼儿园（东区）".into())
        );
    }

    #[test]
    fn a_day_is_read_however_it_is_written() {
        let expected = Date::from_ymd_opt(2026, 3, 1).unwrap();
        for text in ["2026-03-01", "2026/3/1", "2026年3月1日", "20260301", "２０２６.３.１"]
        {
            assert_eq!(day(&cell(text)), Ok(expected), "{text}");
        }
        assert_eq!(day(&Cell::Date(expected)), Ok(expected));
        for text in ["2026", "26-3-1", "3月1日", "2026-02-30", "即日起"] {
            assert!(day(&cell(text)).unwrap_err().contains(text), "{text}");
        }
    }

    #[test]
    fn an_identity_number_is_noticed_wherever_it_is_typed() {
        assert!(holds_identity("核对 11010519491231002x 的社保"));
        assert!(holds_identity("110105 19491231 002X"));
        assert!(!holds_identity("电话 13800000000，2026-02-03 办理"));
    }

    #[test]
    fn a_term_is_known_under_its_own_name_and_mended_under_another() {
        const TERMS: &[(bool, &[&str], &[&str])] = &[(true, &["在办"], &["正常"])];
        let read = |text: &str| term(&cell(text), TERMS, |_| "在办");
        assert_eq!(read("在办"), Some(Read::plain(true)));
        assert_eq!(read("正常").unwrap().mended.unwrap(), "“正常”即“在办”。");
        assert!(read("在 办").unwrap().mended.unwrap().contains("空格"));
        assert_eq!(read("停办"), None);
        assert_eq!(
            expected(&cell("停办"), "状态", &[true], |_| "在办"),
            "状态是“停办”，应为在办之一。请改正。"
        );
    }
}
