//! From the content of a cell to a value, with what had to be mended on the way.

use geography::Datum;
use policy::{Grade, Ownership, RunBy, Status};
use sheets::Cell;
pub(super) use sheets::cells::{
    Read, code, excerpt, expected, half_width, phrase, says_nothing, term, unusable,
};

use crate::kindergartens::types::{Field, OpenedOn};

/// A whole number of people, classes or square metres.
pub(super) fn count(cell: &Cell, field: Field) -> Result<Read<u32>, String> {
    let label = field.label();
    if let Cell::Number(number) = cell {
        return whole(*number, field, None);
    }
    if let Cell::Date(date) = cell {
        return Err(format!("{label}是日期 {date}，应为整数。请把单元格格式改为“常规”后重填。"));
    }
    let text = cell.text();
    let half: String = text
        .chars()
        .map(half_width)
        .filter(|letter| !letter.is_whitespace() && *letter != ',')
        .collect();
    let bare = half.trim_end_matches(|letter: char| "人个班名位所㎡平米方".contains(letter));
    let Ok(number) = bare.parse::<f64>() else {
        return Err(format!("{label}是“{}”，应为整数。请改成数字。", excerpt(&text)));
    };
    let mended = (bare != text).then(|| format!("“{}”读作 {bare}。", excerpt(&text)));
    whole(number, field, mended)
}

fn whole(number: f64, field: Field, mended: Option<String>) -> Result<Read<u32>, String> {
    let label = field.label();
    if number < 0.0 {
        Err(format!("{label}是 {number}，不能是负数。请改正。"))
    } else if number > f64::from(u32::MAX) || !number.is_finite() {
        Err(format!("{label}是 {number}，大得不可能。请改正。"))
    } else if number.fract() != 0.0 && field != Field::FloorArea {
        Err(format!("{label}是 {number}，应为整数。请改正。"))
    } else {
        Ok(Read { value: number.round() as u32, mended })
    }
}

/// A coordinate in degrees.
pub(super) fn degrees(cell: &Cell) -> Result<Read<f64>, String> {
    if let Cell::Number(number) = cell {
        return Ok(Read::plain(*number));
    }
    let text = cell.text();
    let half: String =
        text.chars().map(half_width).filter(|letter| !letter.is_whitespace()).collect();
    let bare = half.trim_matches(|letter: char| "°度ENen东经北纬".contains(letter));
    match bare.parse::<f64>() {
        Ok(number) if number.is_finite() => {
            let mended = (bare != text).then(|| format!("“{}”读作 {bare}。", excerpt(&text)));
            Ok(Read { value: number, mended })
        }
        _ => Err(format!(
            "“{}”不是以度为单位的小数（如 113.936512）。请改正；度分秒请先换算为度。",
            excerpt(&text)
        )),
    }
}

/// Two coordinates in one cell.
pub(super) fn both_degrees(cell: &Cell) -> Result<(Read<f64>, Read<f64>), String> {
    let text = cell.text();
    let half: String = text.chars().map(half_width).collect();
    let mut parts = half
        .split(|letter: char| {
            letter == ',' || letter == ';' || letter == '、' || letter.is_whitespace()
        })
        .filter(|part| !part.is_empty());
    match (parts.next(), parts.next(), parts.next()) {
        (Some(lon), Some(lat), None) => {
            Ok((degrees(&Cell::Text(lon.to_owned()))?, degrees(&Cell::Text(lat.to_owned()))?))
        }
        _ => Err(format!("“{}”不是一对经纬度，应写作“113.936512,22.528310”。", excerpt(&text))),
    }
}

/// When a kindergarten opened.
pub(super) fn opened(cell: &Cell) -> Result<OpenedOn, String> {
    let found = match cell {
        Cell::Date(day) => Some(OpenedOn::on_day(*day)),
        cell => opened_from_text(&cell.text()),
    };
    found.ok_or_else(|| {
        format!(
            "开办时间是“{}”，应写作 2015、2015-09 或 2015-09-01。请改正。",
            excerpt(&cell.text())
        )
    })
}

fn opened_from_text(text: &str) -> Option<OpenedOn> {
    let half: String =
        text.chars().map(half_width).filter(|letter| !letter.is_whitespace()).collect();
    if half.len() >= 6 && half.bytes().all(|byte| byte.is_ascii_digit()) {
        return match half.len() {
            6 => OpenedOn::in_month(half[..4].parse().ok()?, half[4..].parse().ok()?),
            8 => OpenedOn::stored(&format!("{}-{}-{}", &half[..4], &half[4..6], &half[6..])),
            _ => None,
        };
    }
    let day = half.split('T').next().unwrap_or(&half);
    let dashed: String = day
        .chars()
        .map(|letter| if matches!(letter, '年' | '月' | '.' | '/') { '-' } else { letter })
        .collect();
    let dashed = dashed.trim_end_matches(['日', '-']);
    let year = dashed.split('-').next().unwrap_or("");
    (year.len() == 4).then(|| OpenedOn::stored(dashed)).flatten()
}

/// Who runs it. The second value tells whether the text itself says that it is not, or is, inclusive.
pub(super) fn ownership(cell: &Cell) -> Result<Read<Ownership>, String> {
    const TERMS: &[(Ownership, &[&str], &[&str])] = &[
        (Ownership::Public, &["公办"], &["公立", "国办", "公办性质", "教办", "政府办", "public"]),
        (
            Ownership::InclusivePrivate,
            &["普惠性民办", "民办普惠性"],
            &["普惠民办", "民办普惠", "普惠", "普惠性", "普惠型民办", "普惠制民办", "inclusive"],
        ),
        (
            Ownership::Private,
            &["民办", "其他民办"],
            &[
                "私立",
                "非普惠民办",
                "非普惠性民办",
                "民办非普惠",
                "营利性民办",
                "其它民办",
                "private",
            ],
        ),
    ];
    term(cell, TERMS, Ownership::label)
        .ok_or_else(|| expected(cell, "办园性质", Ownership::ALL, Ownership::label))
}

/// Whether the text of an ownership rules out that the kindergarten is inclusive.
pub(super) fn excludes_inclusive(cell: &Cell) -> bool {
    let text = cell.text();
    ["其他", "其它", "非普惠", "营利"].iter().any(|word| text.contains(word))
}

/// The grade.
pub(super) fn grade(cell: &Cell) -> Result<Read<Grade>, String> {
    const TERMS: &[(Grade, &[&str], &[&str])] = &[
        (Grade::Provincial, &["省一级"], &["省级", "广东省一级", "省一", "provincial"]),
        (Grade::Municipal, &["市一级"], &["市级", "深圳市一级", "市一", "municipal"]),
        (Grade::District, &["区一级"], &["区级", "区一", "县一级", "district"]),
        (
            Grade::Ungraded,
            &["未评级"],
            &[
                "未评",
                "未定级",
                "未评估",
                "无等级",
                "无级",
                "无",
                "未上等级",
                "规范化",
                "ungraded",
                "-",
                "/",
                "—",
            ],
        ),
    ];
    term(cell, TERMS, Grade::label).ok_or_else(|| expected(cell, "等级", Grade::ALL, Grade::label))
}

/// Which level it answers to.
pub(super) fn run_by(cell: &Cell) -> Result<Read<RunBy>, String> {
    const TERMS: &[(RunBy, &[&str], &[&str])] = &[
        (RunBy::City, &["市属"], &["市直属", "市直", "市级", "市", "市教育局", "city"]),
        (
            RunBy::District,
            &["区属"],
            &["区直属", "区直", "区级", "区", "街道属", "区教育局", "district"],
        ),
    ];
    term(cell, TERMS, RunBy::label).ok_or_else(|| expected(cell, "隶属", RunBy::ALL, RunBy::label))
}

/// Whether it runs.
pub(super) fn status(cell: &Cell) -> Result<Read<Status>, String> {
    const TERMS: &[(Status, &[&str], &[&str])] = &[
        (
            Status::Open,
            &["在办", "正常"],
            &["开办", "正常办学", "在营", "运营", "正常运行", "开园", "open"],
        ),
        (Status::Suspended, &["暂停办学"], &["暂停", "停课", "休", "临时停办", "suspended"]),
        (
            Status::Closed,
            &["已停办"],
            &["停办", "撤销", "注销", "关闭", "关停", "已关闭", "已撤销", "已注销", "closed"],
        ),
    ];
    term(cell, TERMS, Status::label)
        .ok_or_else(|| expected(cell, "状态", Status::ALL, Status::label))
}

/// 是 or 否.
pub(crate) fn yes_or_no(cell: &Cell) -> Result<bool, String> {
    match cell.text().trim().to_lowercase().as_str() {
        "是" | "1" | "true" | "y" | "yes" | "有" | "√" | "普惠" | "普惠性" => Ok(true),
        "否" | "0" | "false" | "n" | "no" | "无" | "×" | "x" | "非普惠" | "不是" => {
            Ok(false)
        }
        text => Err(format!("是“{}”，应填“是”或“否”。", excerpt(text))),
    }
}

/// The datum that a cell names.
pub(super) fn datum(cell: &Cell) -> Result<Datum, String> {
    Datum::named(&cell.text()).ok_or_else(|| {
        format!(
            "坐标系是“{}”，应为 WGS-84（CGCS2000）、GCJ-02 或 BD-09。请改正。",
            excerpt(&cell.text())
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(text: &str) -> Cell {
        Cell::Text(text.to_owned())
    }

    #[test]
    fn numbers_are_read_with_their_units_and_signs() {
        assert_eq!(count(&Cell::Number(9.0), Field::Classes).unwrap(), Read::plain(9));
        assert_eq!(count(&cell("270"), Field::Capacity).unwrap(), Read::plain(270));
        for (text, value) in [("２７０", 270), ("270人", 270), ("1,250", 1250), (" 9 ", 9)] {
            let read = count(&cell(text), Field::Capacity).unwrap();
            assert_eq!(read.value, value, "{text}");
            assert!(read.mended.is_some() || text.trim() != text, "{text}");
        }
        assert_eq!(count(&cell("1961.6"), Field::FloorArea).unwrap().value, 1962);
    }

    #[test]
    fn what_is_no_count_is_refused_with_what_was_found() {
        for (found, word) in [
            (cell("约三百"), "约三百"),
            (cell("-3"), "负数"),
            (Cell::Number(2.5), "整数"),
            (Cell::Number(1e12), "不可能"),
        ] {
            let text = count(&found, Field::Classes).unwrap_err();
            assert!(text.contains(word), "{text}");
        }
    }

    #[test]
    fn an_opening_is_read_however_it_is_written() {
        for (text, stored) in [
            ("2015", "2015"),
            ("2015年", "2015"),
            ("2015年9月", "2015-09"),
            ("2015.9", "2015-09"),
            ("201509", "2015-09"),
            ("2015/9/1", "2015-09-01"),
            ("2015年9月1日", "2015-09-01"),
            ("20150901", "2015-09-01"),
        ] {
            assert_eq!(opened(&cell(text)).unwrap().to_string(), stored, "{text}");
        }
        assert_eq!(opened(&Cell::Number(2015.0)).unwrap().to_string(), "2015");
        for text in ["十五年", "42248", "2015-13", "15-9-1"] {
            assert!(opened(&cell(text)).is_err(), "{text}");
        }
    }

    #[test]
    fn synonyms_are_mended_and_official_words_are_not() {
        assert_eq!(ownership(&cell("公办")).unwrap(), Read::plain(Ownership::Public));
        assert_eq!(ownership(&cell("公办园")).unwrap(), Read::plain(Ownership::Public));
        assert_eq!(ownership(&cell("其他民办")).unwrap(), Read::plain(Ownership::Private));
        let read = ownership(&cell("公立")).unwrap();
        assert_eq!(
            (read.value, read.mended.as_deref()),
            (Ownership::Public, Some("“公立”即“公办”。"))
        );
        assert!(ownership(&cell("集体")).unwrap_err().contains("普惠性民办"));
        assert_eq!(grade(&cell("省级")).unwrap().value, Grade::Provincial);
        assert_eq!(run_by(&cell("市直属")).unwrap().value, RunBy::City);
        assert_eq!(status(&cell("停办")).unwrap().value, Status::Closed);
    }

    #[test]
    fn degrees_come_alone_or_in_pairs() {
        assert_eq!(degrees(&Cell::Number(113.9)).unwrap(), Read::plain(113.9));
        assert_eq!(degrees(&cell("１１３.９°E")).unwrap().value, 113.9);
        assert!(degrees(&cell("113°54′")).is_err());
        let (lon, lat) = both_degrees(&cell("113.9，22.5")).unwrap();
        assert_eq!((lon.value, lat.value), (113.9, 22.5));
        assert!(both_degrees(&cell("113.9")).is_err());
    }
}
