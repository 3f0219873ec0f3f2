use geography::Datum;

use super::*;

#[test]
fn impossible_numbers_are_refused() {
    for (content, word) in [
        ("-3", "负数"),
        ("约九个", "约九个"),
        ("2.5", "整数"),
        ("900", "合理范围"),
        ("1e30", "不可能"),
    ] {
        assert_refused(with(1, "班级数", content), "班级数", &[word]);
    }
    assert_refused(with(1, "班级数", "0"), "班级数", &["矛盾"]);
}

#[test]
fn a_formula_or_an_error_as_a_value_is_refused() {
    assert_refused(with(1, "学位数", "=30*9"), "学位数", &["公式", "=30*9", "选择性粘贴"]);
}

#[test]
fn an_unknown_district_is_refused_and_the_choice_told() {
    assert_refused(with(1, "区", "青禾区"), "区", &["青禾区", "南山区"]);
}

#[test]
fn unknown_terms_are_refused_and_the_choice_told() {
    assert_refused(with(1, "办园性质", "集体"), "办园性质", &["集体", "普惠性民办"]);
    assert_refused(with(1, "等级", "一等"), "等级", &["一等", "省一级"]);
}

#[test]
fn what_is_missing_is_refused() {
    for title in ["编号", "名称", "区", "办园性质"] {
        assert_refused(with(1, title, ""), title, &["请补上"]);
    }
    assert_refused(at(1, (String::new(), String::new()), ""), "经度", &["坐标"]);
    assert_refused(with(1, "纬度", ""), "纬度", &["缺纬度"]);
    assert_refused(with(1, "经度", "东边"), "经度", &["东边"]);
}

#[test]
fn points_far_outside_the_district_or_nowhere_are_refused() {
    assert_refused(
        at(1, degrees(Datum::Wgs84, -1_400.0, 0.0), "WGS-84"),
        "经度",
        &["南山区以外 400 米", "300 米"],
    );
    assert_refused(at(1, ("0".into(), "0".into()), "WGS-84"), "经度", &["(0, 0)"]);
    assert_refused(at(1, ("313.9".into(), "22.5".into()), "WGS-84"), "经度", &["中国"]);
    assert_taken(
        at(1, degrees(Datum::Wgs84, -1_200.0, 0.0), "WGS-84"),
        Severity::Warning,
        "经度",
        &["200 米"],
    );
}

#[test]
fn codes_of_the_wrong_form_are_refused() {
    let read = |code: &str| {
        let mut line = sound(1);
        line.push(code.into());
        preview_text(
            &csv(&[line]).replacen("在园幼儿数\n", "在园幼儿数,标识码\n", 1),
            &Existing::new(),
        )
        .unwrap()
        .rows
        .remove(0)
    };
    for code in ["2144001800", "114400180", "11440018OO"] {
        let row = read(code);
        assert_eq!(said(&row), [(Severity::Refused, "标识码")], "{code}");
    }
    assert_eq!(read("1144001800").verdict, Verdict::New);
    assert_refused(with(1, "编号", "1.14E+09"), "编号", &["科学计数法"]);
    assert_refused(with(1, "编号", &"长".repeat(41)), "编号", &["40"]);
}

#[test]
fn a_district_code_that_contradicts_the_district_is_refused() {
    let read = |district: &str, code: &str| {
        let mut line = with(1, "区", district);
        line.push(code.into());
        let text = csv(&[line]).replacen("在园幼儿数\n", "在园幼儿数,区划代码\n", 1);
        preview_text(&text, &Existing::new()).unwrap().rows.remove(0)
    };
    assert_eq!(read("南山区", "440305").messages, []);
    assert_eq!(said(&read("南山区", "440304"))[0], (Severity::Refused, "区划代码"));
}

#[test]
fn an_id_twice_with_different_content_is_refused_and_with_the_same_read_once() {
    let preview = preview_lines(&[sound(1), with(1, "班级数", "12"), sound(2), sound(2)]);
    for row in &preview.rows[..2] {
        assert_eq!(said(row), [(Severity::Refused, "编号")]);
        assert!(row.messages[0].text.contains("第 2、3 行"), "{}", row.messages[0].text);
    }
    assert_eq!(
        (preview.rows[2].verdict, preview.rows[3].verdict),
        (Verdict::New, Verdict::Unchanged)
    );
    assert_eq!(said(&preview.rows[3]), [(Severity::Mended, "")]);
    assert_eq!(preview.rows[3].facts, None);
}

#[test]
fn a_national_code_of_two_kindergartens_is_refused() {
    let text =
        |lines: &[Vec<String>]| csv(lines).replacen("在园幼儿数\n", "在园幼儿数,标识码\n", 1);
    let coded = |n: u32| [sound(n), vec!["1144001800".to_owned()]].concat();
    let preview = preview_text(&text(&[coded(1), coded(2)]), &Existing::new()).unwrap();
    assert_eq!(preview.totals.refused, 2);
    let known = known(&preview_text(&text(&[coded(1)]), &Existing::new()).unwrap());
    let preview = preview_text(&text(&[coded(2)]), &known).unwrap();
    assert_eq!(said(&preview.rows[0]), [(Severity::Refused, "标识码")]);
    assert!(preview.rows[0].messages[0].text.contains("编号 NS0001"));
}

#[test]
fn a_line_with_more_cells_than_titles_is_refused() {
    let line = [sound(1), vec!["多余".to_owned()]].concat();
    assert_refused(line, "", &["13 格", "12 列"]);
}

#[test]
fn lines_that_sum_up_are_passed_over_and_told() {
    let mut sum = vec![String::new(); 12];
    sum[0] = "合计".into();
    sum[9] = "9".into();
    let preview = preview_lines(&[sound(1), sum]);
    assert_eq!(preview.totals.rows, 1);
    assert!(preview.notes.iter().any(|note| note.contains("第 3 行是合计")));
}

/// Shows 4: a register damaged in every way at once. Each row has its verdict, and the good rows can be taken.
#[test]
fn a_damaged_register_is_handled_row_by_row() {
    let (lon, lat) = degrees(Datum::Wgs84, 0.0, 700.0);
    let mut lines: Vec<Vec<String>> = (0..30).map(sound).collect();
    let damage: [(usize, Vec<String>); 9] = [
        (3, vec![String::new(); 12]),
        (5, with(5, "区", "福田区")),
        (7, with(7, "在园幼儿数", "二百六十")),
        (9, at(9, (lat, lon), "WGS-84")),
        (11, at(11, degrees(Datum::Bd09, 600.0, 0.0), "WGS-84")),
        (13, with(13, "学位数", "=C2*30")),
        (15, with(15, "学位数", "2７0")),
        (17, with(17, "办园性质", "公立")),
        (19, at(19, ("0".into(), "0".into()), "WGS-84")),
    ];
    for (index, line) in damage {
        lines[index] = line;
    }
    lines.push(with(21, "班级数", "10"));
    lines.push(sound(23));
    let preview = preview_lines(&lines);
    let refused: Vec<u32> = preview
        .rows
        .iter()
        .filter(|row| row.verdict == Verdict::Refused)
        .map(|row| row.line)
        .collect();
    assert_eq!(refused, [7, 9, 15, 21, 23, 32], "{:#?}", preview.totals);
    let of = |line: u32| preview.rows.iter().find(|row| row.line == line).unwrap();
    assert_eq!(said(of(11)), [(Severity::Mended, "经度")]);
    assert_eq!(said(of(13)), [(Severity::Warning, "经度")]);
    assert_eq!(said(of(17)), [(Severity::Mended, "学位数")]);
    assert_eq!(said(of(19)), [(Severity::Mended, "办园性质")]);
    assert_eq!((of(33).verdict, of(33).facts.is_none()), (Verdict::Unchanged, true));
    let taken = known(&preview);
    assert_eq!(taken.len(), preview.totals.new);
    assert_eq!(
        (preview.totals.rows, preview.totals.new, preview.totals.unchanged, preview.totals.refused),
        (31, 24, 1, 6)
    );
}
