use geography::Datum;

use super::*;

#[test]
fn a_register_without_necessary_columns_is_refused_whole_and_told_what_was_found() {
    let error = preview_text("序号,园名,地址\n1,青禾幼儿园,青禾路1号\n", &Existing::new())
        .unwrap_err()
        .to_string();
    for word in ["编号", "办园性质", "等级", "区", "经度和纬度", "序号、园名、地址", "第 1 行"]
    {
        assert!(error.contains(word), "{word}: {error}");
    }
}

#[test]
fn english_titles_of_a_development_register_are_understood() {
    let (gcj_lon, gcj_lat) = degrees(Datum::Gcj02, 0.0, 0.0);
    let (lon, lat) = degrees(Datum::Wgs84, 0.0, 0.0);
    let text = format!(
        "kg_id,name,district,gb_district_code,street_code,street,community,lng_gcj02,lat_gcj02,lng_wgs84,lat_wgs84,ownership,is_inclusive,grade,opened_year,classes,capacity,children,teachers,carers,other_staff,floor_area_m2\n\
         NS01,青禾幼儿园,南山区,440305,440305007,粤海街道,青禾社区居民委员会,{gcj_lon},{gcj_lat},{lon},{lat},其他民办,0,未评级,2015,6,180,172,12,6,7,1961\n"
    );
    let preview = preview_text(&text, &Existing::new()).unwrap();
    assert_eq!(preview.rows[0].messages, []);
    let facts = preview.rows[0].facts.as_ref().unwrap();
    assert_eq!(facts.community.as_deref(), Some("青禾社区"));
    assert_eq!(
        (facts.teachers, facts.carers, facts.other_staff, facts.floor_area_m2),
        (Some(12), Some(6), Some(7), Some(1961))
    );
    assert_eq!(facts.opened_on.unwrap().to_string(), "2015");
    assert!(facts.point.distance_m(MIDDLE) < 1.0);
}

#[test]
fn a_register_under_the_national_code_needs_no_other_id() {
    let text = csv(&[with(1, "编号", "1144001800")]).replace("编号,", "学校（机构）标识码,");
    let preview = preview_text(&text, &Existing::new()).unwrap();
    let facts = preview.rows[0].facts.as_ref().unwrap();
    assert_eq!(
        (facts.register_id.as_str(), facts.national_code.as_ref().unwrap().as_str()),
        ("1144001800", "1144001800")
    );
    assert_eq!(preview.gaps.national_code, 0);
}

#[test]
fn two_columns_of_one_meaning_are_told_and_must_agree() {
    let mut lines = vec![sound(1), sound(2)];
    lines[0].push(sound(1)[1].clone());
    lines[1].push("云杉里幼儿园旧址".into());
    let text = csv(&lines).replacen("在园幼儿数\n", "在园幼儿数,园名\n", 1);
    let preview = preview_text(&text, &Existing::new()).unwrap();
    assert!(
        preview.notes.iter().any(|note| note.contains("“名称”“园名”意思相同")),
        "{:?}",
        preview.notes
    );
    assert_eq!(preview.rows[0].verdict, Verdict::New);
    assert_eq!(said(&preview.rows[1]), [(Severity::Refused, "园名")]);
}

#[test]
fn columns_and_checks_left_out_are_told() {
    let text = csv(&[sound(1)]).replacen("在园幼儿数\n", "在园幼儿数,园长\n", 1);
    assert!(
        preview_text(&text, &Existing::new())
            .unwrap()
            .notes
            .iter()
            .any(|note| note.contains("园长"))
    );
    let shipped = super::super::preview(
        &table(&csv(&[sound(1)])),
        geography::Regions::shipped(),
        &Existing::new(),
        &Reading::on(day()),
        &mut |_, _| {},
    );
    assert!(shipped.unwrap().notes.iter().any(|note| note.contains("没有导入街道边界")));
}

#[test]
fn the_datum_comes_from_the_title_then_the_column_then_the_assumption() {
    let gcj = degrees(Datum::Gcj02, 300.0, 0.0);
    let read = |text: &str| preview_text(text, &Existing::new()).unwrap().rows.remove(0);
    let by_column = csv(&[at(1, gcj.clone(), "GCJ-02")]);
    let by_title = csv(&[at(1, gcj.clone(), "")]).replacen("经度,纬度", "经度(高德),纬度(高德)", 1);
    let assumed = csv(&[at(1, gcj, "")]);
    for text in [by_column, by_title, assumed] {
        let row = read(&text);
        assert_eq!(row.messages, [], "{text}");
        let facts = row.facts.unwrap();
        assert_eq!(facts.datum, Datum::Gcj02);
        assert!(facts.point.distance_m(Plane::around(&[MIDDLE]).point(300.0, 0.0)) < 0.1);
    }
    let contradiction = csv(&[at(1, degrees(Datum::Gcj02, 300.0, 0.0), "WGS-84")]).replacen(
        "经度,纬度",
        "经度(高德),纬度(高德)",
        1,
    );
    assert_eq!(said(&read(&contradiction))[0], (Severity::Refused, "坐标系"));
}
