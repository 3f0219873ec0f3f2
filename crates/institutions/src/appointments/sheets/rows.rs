//! From one line of a table to what it says of one post.

use geography::Regions;
use kernel::{Date, PostKind};
use sheets::cells::{self, Read, excerpt, expected, half_width, term};
use sheets::{Cell, Hand, Line, Message};

use super::columns::{Columns, Meaning};
use crate::appointments::types::{Field, LONGEST_NAME, LONGEST_PAPER, Namesake};

/// What a line says. Whatever its file does not have, or it leaves empty, is `None`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Draft {
    pub(super) district: Option<String>,
    pub(super) kind: Option<PostKind>,
    pub(super) name: Option<String>,
    pub(super) cluster: Option<String>,
    pub(super) kindergarten_id: Option<String>,
    pub(super) kindergarten_code: Option<String>,
    pub(super) kindergarten: Option<String>,
    pub(super) place: Option<String>,
    pub(super) from: Option<Date>,
    /// The last day.
    pub(super) last: Option<Date>,
    pub(super) term: Option<i64>,
    pub(super) paper_number: Option<String>,
    pub(super) namesake: Option<Namesake>,
    pub(super) predecessor_leaves: bool,
}

impl Draft {
    /// Whether the line says under this meaning where the post stands.
    pub(super) fn names_place_by(&self, meaning: Meaning) -> bool {
        match meaning {
            Meaning::Cluster => self.cluster.is_some(),
            Meaning::KindergartenId => self.kindergarten_id.is_some(),
            Meaning::KindergartenCode => self.kindergarten_code.is_some(),
            Meaning::Kindergarten => self.kindergarten.is_some(),
            Meaning::Of(field) => field == Field::Place && self.place.is_some(),
        }
    }
}

/// A line that was read.
pub(super) struct Row {
    pub(super) line: u32,
    pub(super) draft: Draft,
    pub(super) messages: Vec<Message>,
}

/// Reads a line. Whatever can't be read is a message; the draft then lacks it.
pub(super) fn read(
    line: &Line,
    columns: &Columns<'_>,
    regions: &Regions,
    kinds: &[PostKind],
) -> Row {
    use Meaning::Of;
    let mut hand = Hand::on(line, columns);
    let draft = Draft {
        district: hand.value(Of(Field::District), |cell| district(cell, regions)),
        kind: hand.value(Of(Field::Kind), |cell| kind(cell, kinds)),
        name: hand.value(Of(Field::Name), |cell| bounded(cell, LONGEST_NAME)),
        cluster: hand.text(Meaning::Cluster, cells::phrase),
        kindergarten_id: hand.text(Meaning::KindergartenId, cells::code),
        kindergarten_code: hand.text(Meaning::KindergartenCode, cells::code),
        kindergarten: hand.text(Meaning::Kindergarten, cells::phrase),
        place: hand.text(Of(Field::Place), cells::phrase),
        from: hand.value(Of(Field::From), |cell| day(cell, Part::First)).flatten(),
        last: hand.value(Of(Field::To), |cell| day(cell, Part::Last)).flatten(),
        term: hand.value(Of(Field::Term), number_of_term),
        paper_number: hand.value(Of(Field::Paper), |cell| bounded(cell, LONGEST_PAPER)),
        namesake: hand.value(Of(Field::Namesake), namesake),
        predecessor_leaves: hand
            .value(Of(Field::Predecessor), predecessor_leaves)
            .unwrap_or_default(),
    };
    Row { line: line.line, draft, messages: hand.into_messages() }
}

fn district(cell: &Cell, regions: &Regions) -> Result<Read<String>, String> {
    let Read { value, mended } = cells::code(cell);
    match regions.district_named(&value) {
        Some(district) => Ok(Read { value: district.code.clone(), mended }),
        None => Err(format!("“{}”不是{}的区。请改正。", excerpt(&value), regions.city.name)),
    }
}

/// A post of those that are appointed, the `wanted` ones among them.
fn kind(cell: &Cell, wanted: &[PostKind]) -> Result<Read<PostKind>, String> {
    use PostKind as K;
    const TERMS: &[(PostKind, &[&str], &[&str])] = &[
        (K::Principal, &["园长"], &["正园长", "法人园长", "执行园长", "principal"]),
        (
            K::ActingHead,
            &["主持工作"],
            &[
                "主持工作人员",
                "主持工作副园长",
                "副园长(主持工作)",
                "副园长主持工作",
                "园长(主持工作)",
                "代理园长",
                "临时负责人",
                "acting_head",
            ],
        ),
        (
            K::FullTimeInspector,
            &["专职责任督学", "专职督学", "专职"],
            &["责任督学(专职)", "督学(专职)", "专职督导员", "full_time_inspector"],
        ),
        (
            K::PartTimeInspector,
            &["兼职责任督学", "兼职督学", "兼职"],
            &["责任督学(兼职)", "督学(兼职)", "兼职督导员", "part_time_inspector"],
        ),
        (K::Liaison, &["兼职视导员", "视导员"], &["兼职督导联络员", "liaison"]),
        (K::ResearchLead, &["兼职教研员", "教研员"], &["research_lead"]),
        (K::Trainer, &["兼职培训师", "培训师"], &["兼职培训者", "trainer"]),
    ];
    term(cell, TERMS, PostKind::label)
        .ok_or_else(|| expected(cell, "岗位", wanted, PostKind::label))
}

/// A name or number of at most so many characters.
fn bounded(cell: &Cell, most: usize) -> Result<Read<String>, String> {
    let Read { value, mended } = cells::phrase(cell);
    if value.chars().count() > most || value.chars().any(char::is_control) {
        return Err(format!("“{}”过长，应在 {most} 个字以内，不含换行。请改正。", excerpt(&value)));
    }
    Ok(Read { value, mended })
}

/// Which day of a month is meant that is named alone.
#[derive(Clone, Copy)]
enum Part {
    First,
    Last,
}

/// A day; a month alone stands for its first or last day; who serves until further notice has none.
fn day(cell: &Cell, part: Part) -> Result<Read<Option<Date>>, String> {
    let text = cell.text();
    let half: String =
        text.chars().map(half_width).filter(|letter| !letter.is_whitespace()).collect();
    if matches!(part, Part::Last)
        && ["至今", "长期", "在任", "现任", "无固定期限"].contains(&half.as_str())
    {
        return Ok(Read::plain(None));
    }
    match (cells::day(cell), month(&half, part)) {
        (Ok(day), _) => Ok(Read::plain(Some(day))),
        (Err(_), Some(day)) => Ok(Read {
            value: Some(day),
            mended: Some(format!("“{}”没有写日，读作 {day}。", excerpt(&text))),
        }),
        (Err(text), None) => Err(text),
    }
}

/// 2025年9月, 2025-09, 2025.9.
fn month(half: &str, part: Part) -> Option<Date> {
    let dashed = half.trim_end_matches('月').replace(['年', '/', '.'], "-");
    let (year, month) = dashed.split_once('-')?;
    if year.len() != 4 {
        return None;
    }
    let first = Date::from_ymd_opt(year.parse().ok()?, month.parse().ok()?, 1)?;
    match part {
        Part::First => Some(first),
        Part::Last => first.checked_add_months(chrono::Months::new(1))?.pred_opt(),
    }
}

/// 2, 第2届, 第二届, 二.
fn number_of_term(cell: &Cell) -> Result<Read<i64>, String> {
    let text = cell.text();
    let half: String =
        text.chars().map(half_width).filter(|letter| !letter.is_whitespace()).collect();
    let bare = half.trim_start_matches('第').trim_end_matches(['届', '任', '期']);
    let number = match bare {
        "一" | "首" => Some(1),
        "二" => Some(2),
        "三" => Some(3),
        "四" => Some(4),
        bare => bare.parse::<i64>().ok(),
    };
    number
        .filter(|number| (1..=9).contains(number))
        .map(Read::plain)
        .ok_or_else(|| format!("届次是“{}”，应写作 1、2 或 3。请改正。", excerpt(&text)))
}

fn namesake(cell: &Cell) -> Result<Read<Namesake>, String> {
    const TERMS: &[(Namesake, &[&str], &[&str])] = &[
        (Namesake::Same, &["同一人"], &["否", "是同一人", "本人", "同一个人", "不是", "same"]),
        (
            Namesake::Other,
            &["另一人"],
            &["是", "是另一人", "不是同一人", "不同人", "另一个人", "同名不同人", "other"],
        ),
    ];
    term(cell, TERMS, Namesake::label)
        .ok_or_else(|| expected(cell, "同名人员", Namesake::ALL, Namesake::label))
}

fn predecessor_leaves(cell: &Cell) -> Result<Read<bool>, String> {
    const TERMS: &[(bool, &[&str], &[&str])] =
        &[(true, &["是"], &["离任", "√", "接任"]), (false, &["否"], &["不离任", "×"])];
    let label = |leaves| if leaves { "是" } else { "否" };
    term(cell, TERMS, label).ok_or_else(|| expected(cell, "原任离任", &[true, false], label))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(text: &str) -> Cell {
        Cell::Text(text.to_owned())
    }
    fn on(year: i32, month: u32, day: u32) -> Option<Date> {
        Date::from_ymd_opt(year, month, day)
    }

    #[test]
    fn the_words_that_offices_use_are_understood() {
        for (text, expected) in [
            ("园长", PostKind::Principal),
            ("副园长（主持工作）", PostKind::ActingHead),
            ("专职", PostKind::FullTimeInspector),
            ("责任督学（兼职）", PostKind::PartTimeInspector),
            ("教研员", PostKind::ResearchLead),
        ] {
            assert_eq!(kind(&cell(text), &[]).unwrap().value, expected, "{text}");
        }
        let wanted = [PostKind::Principal, PostKind::ActingHead];
        let text = kind(&cell("副园长"), &wanted).unwrap_err();
        assert_eq!(text, "岗位是“副园长”，应为园长、主持工作之一。请改正。");
        assert_eq!(namesake(&cell("是")).unwrap().value, Namesake::Other);
        assert_eq!(namesake(&cell("同一人")), Ok(Read::plain(Namesake::Same)));
        assert!(namesake(&cell("待查")).is_err());
        assert!(predecessor_leaves(&cell("是")).unwrap().value);
    }

    #[test]
    fn a_month_is_its_first_or_its_last_day() {
        assert_eq!(day(&cell("2025-09-01"), Part::First), Ok(Read::plain(on(2025, 9, 1))));
        let read = day(&cell("2025年9月"), Part::First).unwrap();
        assert!(read.value == on(2025, 9, 1) && read.mended.is_some());
        assert_eq!(day(&cell("2028.8"), Part::Last).unwrap().value, on(2028, 8, 31));
        assert_eq!(day(&cell("2028/12"), Part::Last).unwrap().value, on(2028, 12, 31));
        assert_eq!(day(&cell("至今"), Part::Last), Ok(Read::plain(None)));
        for text in ["至今", "明年", "2025-13", "9月"] {
            assert!(day(&cell(text), Part::First).is_err(), "{text}");
        }
    }

    #[test]
    fn a_term_is_a_number_however_it_is_written() {
        for text in ["2", "第2届", "第二届", "二", "第 ２ 届"] {
            assert_eq!(number_of_term(&cell(text)).unwrap().value, 2, "{text}");
        }
        for text in ["0", "续聘", "12", "-1"] {
            assert!(number_of_term(&cell(text)).is_err(), "{text}");
        }
    }
}
