use geography::Datum;
use policy::{Grade, Ownership};

use super::*;
use crate::kindergartens::types::Field;

#[test]
fn the_same_file_again_changes_nothing() {
    let lines: Vec<_> = (0..12).map(sound).collect();
    let first = preview_lines(&lines);
    assert_eq!((first.totals.rows, first.totals.new), (12, 12));
    let again = preview_text(&csv(&lines), &known(&first)).unwrap();
    assert_eq!((again.totals.unchanged, again.totals.changed, again.totals.new), (12, 0, 0));
    assert!(again.rows.iter().all(|row| row.changes.is_empty()));
}

#[test]
fn a_changed_row_names_what_changes_and_keeps_the_old_name() {
    let known = known(&preview_lines(&[sound(1)]));
    let mut line = with(1, "名称", "云杉谷幼儿园");
    line[column("等级")] = "省一级".into();
    let text = csv(&[line]);
    let preview = preview_text(&text, &known).unwrap();
    let row = &preview.rows[0];
    assert_eq!(row.verdict, Verdict::Changed);
    let fields: Vec<Field> = row.changes.iter().map(|change| change.field).collect();
    assert_eq!(fields, [Field::Name, Field::FormerNames, Field::Grade]);
    let facts = row.facts.as_ref().unwrap();
    assert_eq!(
        (facts.grade, facts.former_names[0].as_str()),
        (Grade::Provincial, "云杉湾畔幼儿园")
    );
    let again = preview_text(&text, &super::known(&preview)).unwrap();
    assert_eq!(again.totals.unchanged, 1);
}

#[test]
fn an_empty_cell_leaves_what_is_known() {
    let known = known(&preview_lines(&[sound(1)]));
    let mut line = with(1, "班级数", "");
    line[column("街道")] = "无".into();
    assert_eq!(preview_text(&csv(&[line]), &known).unwrap().totals.unchanged, 1);
}

#[test]
fn kindergartens_that_the_file_does_not_mention_are_listed_and_left_alone() {
    let known = known(&preview_lines(&[sound(1), sound(2), sound(3)]));
    let preview = preview_text(&csv(&[sound(1)]), &known).unwrap();
    let ids: Vec<&str> = preview.not_in_file.iter().map(|absent| absent.id.as_str()).collect();
    assert_eq!(ids, ["NS0002", "NS0003"]);
    assert_eq!(preview.totals.rows, 1);
}

#[test]
fn another_districts_kindergarten_is_refused_to_an_officer() {
    let table = table(&csv(&[sound(1)]));
    let mut reading = Reading { districts: Some(vec!["440304".into()]), ..Reading::on(day()) };
    let preview =
        super::super::preview(&table, grid(), &Existing::new(), &reading, &mut |_, _| {}).unwrap();
    assert_eq!(said(&preview.rows[0]), [(Severity::Refused, "区")]);
    assert!(preview.rows[0].messages[0].text.contains("管理范围（福田区）"));
    reading.districts = Some(vec!["440305".into()]);
    let preview =
        super::super::preview(&table, grid(), &Existing::new(), &reading, &mut |_, _| {}).unwrap();
    assert_eq!(preview.rows[0].verdict, Verdict::New);
}

#[test]
fn a_kindergarten_that_answers_to_the_city_is_refused_to_a_district() {
    let mut line = sound(1);
    line.push("市属".into());
    let table = table(&csv(&[line]).replacen("在园幼儿数\n", "在园幼儿数,隶属\n", 1));
    let reading = Reading { districts: Some(vec!["440305".into()]), ..Reading::on(day()) };
    let preview =
        super::super::preview(&table, grid(), &Existing::new(), &reading, &mut |_, _| {}).unwrap();
    assert_eq!(said(&preview.rows[0]), [(Severity::Refused, "隶属")]);
}

#[test]
fn a_missing_national_code_or_level_is_a_gap_and_no_fault() {
    let preview = preview_lines(&[sound(1), sound(2)]);
    assert_eq!(
        (preview.gaps.national_code, preview.gaps.run_by, preview.totals.refused),
        (2, 2, 0)
    );
}

#[test]
fn more_children_than_places_is_a_warning() {
    assert_taken(with(1, "在园幼儿数", "300"), Severity::Warning, "在园幼儿数", &["300", "270"]);
}

#[test]
fn synonyms_and_full_width_signs_are_mended_and_said() {
    let row =
        assert_taken(with(1, "办园性质", "公立"), Severity::Mended, "办园性质", &["公立", "公办"]);
    assert_eq!(row.facts.unwrap().ownership, Ownership::Public);
    let row = assert_taken(with(1, "班级数", "１２"), Severity::Mended, "班级数", &["12"]);
    assert_eq!(row.facts.unwrap().classes, Some(12));
    let row = assert_taken(with(1, "编号", "NS 0001"), Severity::Mended, "编号", &["NS0001"]);
    assert_eq!(row.id, "NS0001");
}

#[test]
fn swapped_coordinates_are_mended_and_said() {
    let (lon, lat) = degrees(Datum::Wgs84, 0.0, 0.0);
    let row = assert_taken(at(1, (lat, lon), "WGS-84"), Severity::Mended, "经度", &["对调"]);
    assert!(row.facts.unwrap().point.distance_m(MIDDLE) < 1.0);
}

#[test]
fn a_missing_street_is_filled_in_from_the_point() {
    let row = assert_taken(with(1, "街道", ""), Severity::Mended, "街道", &["粤海街道"]);
    assert_eq!(row.facts.unwrap().street.as_deref(), Some("440305007"));
}

#[test]
fn an_unknown_street_is_a_warning_and_one_of_another_district_a_contradiction() {
    let unknown = row(with(1, "街道", "青禾街道"));
    assert_eq!(said(&unknown)[0], (Severity::Warning, "街道"));
    assert_refused(with(1, "街道", "福田街道"), "街道", &["属于福田区", "矛盾"]);
}

#[test]
fn a_point_outside_its_street_or_in_a_suspected_datum_is_a_warning() {
    let elsewhere = at(1, degrees(Datum::Wgs84, 1_600.0, 0.0), "WGS-84");
    assert_taken(elsewhere, Severity::Warning, "经度", &["粤海街道以外 600 米", "落在南山街道"]);
    let wrong_datum = at(1, degrees(Datum::Bd09, 500.0, 0.0), "WGS-84");
    assert_taken(wrong_datum, Severity::Warning, "经度", &["BD-09", "疑似坐标系写错"]);
}

#[test]
fn two_pairs_that_mean_two_places_are_a_warning_and_the_fitting_one_counts() {
    let (lon, lat) = degrees(Datum::Gcj02, 800.0, 0.0);
    let mut line = at(1, (lon.clone(), lat.clone()), "");
    line.extend([lon, lat]);
    let text = csv(&[line]).replacen("经度,纬度", "经度GCJ02,纬度GCJ02", 1).replacen(
        "在园幼儿数\n",
        "在园幼儿数,经度WGS84,纬度WGS84\n",
        1,
    );
    let row = preview_text(&text, &Existing::new()).unwrap().rows.remove(0);
    assert_eq!(said(&row), [(Severity::Warning, "经度GCJ02")]);
    assert!(row.messages[0].text.contains("完全相同"), "{}", row.messages[0].text);
    assert_eq!(row.facts.unwrap().datum, Datum::Gcj02);
}

#[test]
fn a_whole_file_in_the_wrong_datum_is_noticed() {
    for (assumed_or_told, label) in [("", "GCJ-02"), ("BD-09", "BD-09")] {
        let lines: Vec<_> = (0..40)
            .map(|n| {
                let (east_m, north_m) = (f64::from(n % 8) * 20.0, f64::from(n / 8) * 120.0);
                let written = degrees(Datum::Wgs84, east_m - 950.0, north_m - 400.0);
                at(n, written, assumed_or_told)
            })
            .collect();
        let preview = preview_lines(&lines);
        let note = preview.notes.iter().find(|note| note.contains("整个文件的坐标系")).unwrap();
        assert!(note.contains(&format!("按{label}读取")) && note.contains("WGS-84"), "{note}");
    }
    let right: Vec<_> = (0..40).map(sound).collect();
    assert!(!preview_lines(&right).notes.iter().any(|note| note.contains("整个文件")));
}

#[test]
fn near_duplicates_within_the_file_and_with_the_register_are_warnings() {
    let preview = preview_lines(&[sound(1), with(2, "名称", &sound(1)[1])]);
    assert_eq!(said(&preview.rows[0]), [(Severity::Warning, "名称")]);
    assert!(
        preview.rows[1].messages[0].text.contains("第 2 行"),
        "{}",
        preview.rows[1].messages[0].text
    );
    let known = known(&preview_lines(&[sound(1)]));
    let twin = with(1, "编号", "NS9999");
    let preview = preview_text(&csv(&[twin]), &known).unwrap();
    assert_eq!(said(&preview.rows[0]), [(Severity::Warning, "名称"), (Severity::Warning, "经度")]);
    assert!(preview.rows[0].messages[0].text.contains("编号 NS0001"));
}

#[test]
fn a_private_kindergarten_that_is_inclusive_is_inclusive_private() {
    let read = |ownership: &str, inclusive: &str| {
        let mut line = with(1, "办园性质", ownership);
        line.push(inclusive.into());
        let text = csv(&[line]).replacen("在园幼儿数\n", "在园幼儿数,是否普惠\n", 1);
        preview_text(&text, &Existing::new()).unwrap().rows.remove(0)
    };
    let row = read("民办", "是");
    assert_eq!(said(&row), [(Severity::Mended, "是否普惠")]);
    assert_eq!(row.facts.unwrap().ownership, Ownership::InclusivePrivate);
    for (ownership, inclusive) in [("其他民办", "是"), ("普惠性民办", "否")] {
        let row = read(ownership, inclusive);
        assert_eq!(said(&row), [(Severity::Refused, "是否普惠")], "{ownership} {inclusive}");
    }
    assert_eq!(read("公办", "是").messages, []);
}

#[test]
fn the_preview_is_told_as_json_in_the_promised_shape() {
    let preview = preview_lines(&[with(1, "班级数", "-3")]);
    let json = serde_json::to_value(&preview).unwrap();
    assert_eq!(json["rows"][0]["line"], 2);
    assert_eq!(json["rows"][0]["id"], "NS0001");
    assert_eq!(json["rows"][0]["verdict"], "refused");
    assert_eq!(
        json["rows"][0]["messages"][0],
        serde_json::json!({"column": "班级数", "severity": "refused", "text": "班级数是 -3，不能是负数。请改正。"})
    );
    assert_eq!(json["totals"]["refused"], 1);
}

#[test]
fn progress_is_told_to_the_end() {
    let lines: Vec<_> = (0..45).map(sound).collect();
    let mut last = (0, 0);
    super::super::preview(
        &table(&csv(&lines)),
        grid(),
        &Existing::new(),
        &Reading::on(day()),
        &mut |done, of| last = (done, of),
    )
    .unwrap();
    assert_eq!(last, (45, 45));
}

#[test]
fn a_register_without_a_database_yields_the_good_rows() {
    let lines = [sound(1), with(2, "班级数", "九个"), sound(3)];
    let (facts, rows) =
        super::super::read_register(&table(&csv(&lines)), grid(), &Reading::on(day())).unwrap();
    assert_eq!(facts.len(), 2);
    assert_eq!(rows.len(), 3);
}
