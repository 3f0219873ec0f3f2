use sheets::Limits;

use super::*;
use crate::kindergartens::samples::{facts, grid};

fn register() -> Existing {
    let mut register: Existing = (1..=6)
        .map(|n| {
            let id = format!("NS{n:02}");
            let name = ["青禾", "云杉", "白榆", "石竹", "丹枫", "紫荆"][n - 1];
            (id.clone(), facts(&id, &format!("深圳市南山区{name}幼儿园")))
        })
        .collect();
    let elsewhere = crate::kindergartens::Facts {
        district: "440304".into(),
        ..facts("FT01", "深圳市福田区青禾幼儿园")
    };
    register.insert("FT01".into(), elsewhere);
    register
}

fn told(text: &str) -> ToldClusters {
    let table = sheets::read(text.as_bytes(), &Limits::default()).unwrap();
    read(&table, grid(), &register(), Some("440305")).unwrap()
}

fn ids(state: &ToldState) -> (Option<&str>, Vec<&str>) {
    (state.centre.as_deref(), state.members.iter().map(|member| &**member).collect())
}

fn day(year: i32, month: u32) -> Date {
    Date::from_ymd_opt(year, month, 1).unwrap()
}

/// What is said of the first line that is refused.
fn refusal(text: &str) -> String {
    let told = told(text);
    let line = told.lines.iter().find(|line| is_refused(&line.messages)).unwrap();
    let message = &line.messages[0];
    format!("{}: {}", message.column, message.text)
}

const BY_LINE: &str = "学区名称,幼儿园,角色,文号,生效日期,失效日期\n";

#[test]
fn one_line_a_kindergarten_makes_clusters() {
    let told = told(&format!(
        "{BY_LINE}粤海学区,青禾幼儿园,中心园,深南教〔2026〕12号,2026-03-01,\n粤海学区,NS02,成员园,深南教〔2026〕12号,2026年3月1日,\n\
         南山学区,深圳市南山区白榆幼儿园,学区中心园,,2026/3/1,\n南山学区,石竹幼儿园,成员,,20260301,\n"
    ));
    assert_eq!(told.refused(), 0, "{:?}", told.lines);
    assert_eq!(told.states.len(), 2);
    let yuehai = told.states.iter().find(|state| state.name == "粤海学区").unwrap();
    assert_eq!(ids(yuehai), (Some("NS01"), vec!["NS02"]));
    assert_eq!(
        (yuehai.document.as_str(), yuehai.from, yuehai.to),
        ("深南教〔2026〕12号", day(2026, 3), OPEN_END)
    );
    assert_eq!((yuehai.district.as_str(), yuehai.lines.clone()), ("440305", vec![2, 3]));
}

#[test]
fn one_line_a_cluster_is_read_too_and_the_centre_counts_once() {
    let told = told(
        "序号,学区名称,中心园,成员园,生效日期\n1,粤海学区,青禾幼儿园,青禾幼儿园、云杉幼儿园；白榆幼儿园,2026-03-01\n",
    );
    assert_eq!(told.refused(), 0, "{:?}", told.lines);
    assert_eq!(ids(&told.states[0]), (Some("NS01"), vec!["NS02", "NS03"]));
}

#[test]
fn a_state_ends_when_the_next_one_begins() {
    let told = told(&format!(
        "{BY_LINE}粤海学区,NS01,中心园,,2024-09-01,\n粤海学区,NS02,成员园,,2024-09-01,\n粤海学区,NS01,中心园,,2026-03-01,\n粤海学区,NS03,成员园,,2026-03-01,\n"
    ));
    let days: Vec<(Date, Date)> = told.states.iter().map(|state| (state.from, state.to)).collect();
    assert_eq!(days, [(day(2024, 9), day(2026, 3)), (day(2026, 3), OPEN_END)]);
    assert_eq!(told.lines[0].messages[0].severity, Severity::Mended);
}

#[test]
fn states_that_overlap_are_refused() {
    let text = format!(
        "{BY_LINE}粤海学区,NS01,中心园,,2024-09-01,2026-09-01\n粤海学区,NS01,中心园,,2026-03-01,\n"
    );
    assert!(refusal(&text).contains("重叠"));
}

#[test]
fn a_kindergarten_in_two_clusters_at_once_is_refused() {
    let text =
        format!("{BY_LINE}粤海学区,NS01,中心园,,2026-03-01,\n南山学区,NS01,成员园,,2026-05-01,\n");
    assert!(refusal(&text).contains("自 2026-05-01 起同时在"), "{}", refusal(&text));
    let moved = told(&format!(
        "{BY_LINE}粤海学区,NS01,中心园,,2026-03-01,2026-05-01\n南山学区,NS01,成员园,,2026-05-01,\n"
    ));
    assert_eq!(moved.states.len(), 2);
}

#[test]
fn a_second_centre_and_a_kindergarten_twice_are_refused() {
    let text =
        format!("{BY_LINE}粤海学区,NS01,中心园,,2026-03-01,\n粤海学区,NS02,中心园,,2026-03-01,\n");
    assert!(
        refusal(&text).starts_with("角色: 粤海学区已有中心园“深圳市南山区青禾幼儿园”"),
        "{}",
        refusal(&text)
    );
    let text =
        format!("{BY_LINE}粤海学区,NS01,中心园,,2026-03-01,\n粤海学区,NS01,成员园,,2026-03-01,\n");
    assert!(refusal(&text).contains("重复出现"));
}

#[test]
fn a_name_is_sought_in_the_own_district_first() {
    let table = sheets::read(
        format!("{BY_LINE}粤海学区,青禾幼儿园,中心园,,2026-03-01,\n").as_bytes(),
        &Limits::default(),
    )
    .unwrap();
    let anywhere = read(&table, grid(), &register(), None).unwrap();
    assert!(anywhere.lines[0].messages[0].text.contains("2 所"));
    let here = read(&table, grid(), &register(), Some("440304")).unwrap();
    assert_eq!(ids(&here.states[0]).0, Some("FT01"));
}

#[test]
fn former_names_and_codes_still_find_a_kindergarten() {
    let mut register = register();
    let facts = register.get_mut("NS04").unwrap();
    facts.former_names.push(crate::kindergartens::Name::new("石斛幼儿园").unwrap());
    facts.national_code = crate::kindergartens::NationalCode::new("1144001800");
    for written in ["石斛幼儿园", "1144001800"] {
        let table = sheets::read(
            format!("{BY_LINE}粤海学区,{written},中心园,,2026-03-01,\n").as_bytes(),
            &Limits::default(),
        )
        .unwrap();
        let told = read(&table, grid(), &register, Some("440305")).unwrap();
        assert_eq!(ids(&told.states[0]).0, Some("NS04"), "{written}");
    }
}

#[test]
fn what_can_not_be_read_is_refused_with_a_reason_and_its_cluster_left_out() {
    for (line, words) in [
        ("粤海学区,某幼儿园,成员园,,2026-03-01,", "幼儿园: 名册中没有“某幼儿园”"),
        ("粤海学区,,成员园,,2026-03-01,", "幼儿园: 没有填幼儿园"),
        ("粤海学区,NS02,组长园,,2026-03-01,", "角色: 角色是“组长园”"),
        ("粤海学区,NS02,成员园,,即日起,", "生效日期: “即日起”不是日期"),
        ("粤海学区,NS02,成员园,,,", "生效日期: 没有填生效日期"),
        ("粤海学区,NS02,成员园,,2026-03-01,2026-02-01", "失效日期: 失效日期 2026-02-01"),
        (",NS02,成员园,,2026-03-01,", "学区名称: 没有填学区名称"),
        ("=A1,NS02,成员园,,2026-03-01,", "学区名称: 单元格是公式"),
    ] {
        let said = refusal(&format!("{BY_LINE}{line}\n"));
        assert!(said.starts_with(words), "{line}: {said}");
    }
    let told = told(&format!(
        "{BY_LINE}粤海学区,NS01,中心园,,2026-03-01,\n粤海学区,NS02,成员园,,即日起,\n南山学区,NS03,中心园,,2026-03-01,\n"
    ));
    assert_eq!(
        told.states.iter().map(|state| state.name.as_str()).collect::<Vec<_>>(),
        ["南山学区"]
    );
}

#[test]
fn a_table_without_the_necessary_columns_is_refused_whole() {
    let table =
        sheets::read("学区名称,幼儿园\n粤海学区,NS01\n".as_bytes(), &Limits::default()).unwrap();
    let error = read(&table, grid(), &register(), None).unwrap_err().to_string();
    assert!(error.contains("角色") && error.contains("生效日期"), "{error}");
}
