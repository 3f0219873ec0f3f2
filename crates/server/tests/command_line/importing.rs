use crate::program::{DAY, Ended, file, folder, gongzhi, path, register};

fn dry_run(name: &str, content: impl AsRef<[u8]>) -> Ended {
    let register = file(name, content);
    gongzhi(["import", "kindergartens", path(&register), "--dry-run", "--json", "--day", DAY])
}

#[test]
fn a_sound_register_is_new_row_by_row_without_a_database() {
    let ended = dry_run("register.csv", register());
    let answer = ended.json();
    assert_eq!(ended.code, Some(0), "{}", ended.said);
    let rows = answer["rows"].as_array().unwrap();
    assert_eq!(rows.len(), 104);
    assert_eq!((rows[0]["line"].as_u64(), rows[0]["verdict"].as_str()), (Some(2), Some("new")));
    assert!(rows.iter().all(|row| row["id"].is_string() && row["messages"].is_array()));
    assert_eq!(
        (answer["totals"]["new"].as_u64(), answer["totals"]["refused"].as_u64()),
        (Some(104), Some(0))
    );
    assert!(!folder().join("gongzhi-data").exists());
}

#[test]
fn a_damaged_row_is_refused_at_its_cell_with_exit_code_1() {
    let ended = dry_run("damaged.csv", register().replacen(",公办,", ",集体,", 1));
    assert_eq!(ended.code, Some(1));
    let answer = ended.json();
    let refused =
        answer["rows"].as_array().unwrap().iter().find(|row| row["verdict"] == "refused").unwrap();
    assert_eq!(refused["messages"][0]["column"], "办园性质");
    assert_eq!(refused["messages"][0]["severity"], "refused");
    assert!(refused["messages"][0]["text"].as_str().unwrap().contains("集体"));
}

#[test]
fn a_readable_answer_lists_refused_rows_first() {
    let register = file("damaged.csv", register().replacen(",公办,", ",集体,", 1));
    let ended = gongzhi(["import", "kindergartens", path(&register), "--dry-run", "--day", DAY]);
    assert!(
        ended.printed.contains("拒绝 1") && ended.printed.contains("集体"),
        "{}",
        ended.printed
    );
}

#[test]
fn a_file_that_is_no_register_is_refused_whole_with_exit_code_2() {
    let rows = "1,2\n".repeat(40_000);
    for content in ["", "甲,乙\n1,2\n", "%PDF-1.7", rows.as_str(), "PK\u{3}\u{4}damaged"] {
        let ended = dry_run("none.csv", content);
        assert_eq!(ended.code, Some(2), "{ended:?}");
        assert!(ended.said.starts_with("错误：") && ended.printed.is_empty(), "{ended:?}");
    }
}

#[test]
fn regions_that_do_not_fit_together_are_told_with_exit_code_2() {
    let regions = folder().join("regions");
    std::fs::create_dir_all(&regions).unwrap();
    std::fs::write(regions.join("streets.csv"), "编号,名称\n1,甲\n").unwrap();
    let register = file("register.csv", register());
    let ended = gongzhi([
        "import",
        "kindergartens",
        path(&register),
        "--dry-run",
        "--regions",
        path(&regions),
    ]);
    assert_eq!(ended.code, Some(2), "{ended:?}");
}

#[test]
fn an_audit_export_that_is_none_is_at_fault() {
    let export = file("audit.jsonl", "hello\n");
    assert_eq!(gongzhi(["verify-audit", path(&export)]).code, Some(1));
    assert_eq!(gongzhi(["verify-audit", path(&folder().join("not-there"))]).code, Some(2));
    assert_eq!(gongzhi(["verify-audit", path(&export), "--head", "abc"]).code, Some(2));
    let answer = gongzhi(["verify-audit", path(&export), "--json"]).json();
    assert_eq!(answer["passed"], false);
}

#[test]
fn a_wrong_configuration_is_told_before_anything_happens() {
    let register = file("register.csv", register());
    let configuration = file("gongzhi.toml", "listen = \"nowhere\"\ncolour = \"red\"\n");
    let ended =
        gongzhi(["import", "kindergartens", path(&register), "--config", path(&configuration)]);
    assert_eq!(ended.code, Some(2));
    assert!(ended.said.contains("listen") && ended.said.contains("colour"), "{}", ended.said);
}

/// A fresh database, and a call with it.
fn with_database(name: &str) -> impl Fn(&[&str]) -> Ended {
    let database = folder().join(format!("{name}.db"));
    let text =
        format!("database_url = \"sqlite://{}\"\ndurability = \"normal\"\n", path(&database));
    let configuration = file("gongzhi.toml", text);
    move |words: &[&str]| gongzhi(words.iter().chain(&["--config", path(&configuration)]))
}

#[test]
fn a_register_is_taken_over_once_and_comes_back_unchanged_from_its_own_export() {
    let call = with_database("register");
    let register = file("register.csv", register());
    let import = |file: &std::path::Path| {
        call(&["import", "kindergartens", path(file), "--json", "--day", DAY])
    };
    let first = import(&register);
    assert_eq!(
        (first.code, first.json()["totals"]["new"].as_u64()),
        (Some(0), Some(104)),
        "{}",
        first.said
    );
    let again = import(&register);
    assert_eq!(
        (again.code, again.json()["totals"]["unchanged"].as_u64()),
        (Some(0), Some(104)),
        "{}",
        again.said
    );

    let out = folder().join("register.xlsx");
    let exported = call(&["export", "kindergartens", "--out", path(&out), "--day", DAY]);
    assert_eq!(exported.code, Some(0), "{exported:?}");
    let returned = import(&out);
    assert_eq!(
        (returned.code, returned.json()["totals"]["unchanged"].as_u64()),
        (Some(0), Some(104)),
        "{returned:?}"
    );
}

#[test]
fn of_a_damaged_register_the_good_rows_are_taken_or_none() {
    let call = with_database("damaged");
    let damaged = file("damaged.csv", register().replacen(",公办,", ",集体,", 1));
    let import = |more: &[&str]| {
        call(&[&["import", "kindergartens", path(&damaged), "--json", "--day", DAY], more].concat())
    };
    let none = import(&["--all-or-none"]);
    assert_eq!(
        (none.code, none.json()["totals"]["new"].as_u64()),
        (Some(1), Some(103)),
        "{}",
        none.said
    );
    let good = import(&[]);
    assert_eq!(
        (good.code, good.json()["totals"]["new"].as_u64()),
        (Some(1), Some(103)),
        "{}",
        good.said
    );
    let known = import(&[]);
    assert_eq!(known.json()["totals"]["unchanged"].as_u64(), Some(103), "{}", known.said);
}

#[test]
fn posts_are_looked_at_taken_over_and_known_the_next_time() {
    let call = with_database("posts");
    let text = register();
    let import =
        call(&["import", "kindergartens", path(&file("register.csv", &text)), "--day", DAY]);
    assert_eq!(import.code, Some(0), "{import:?}");
    let ids: Vec<&str> =
        text.lines().skip(1).filter_map(|line| line.split(',').next()).take(2).collect();
    let (one, other) = (ids[0], ids[1]);
    let lines = format!(
        "幼儿园编号,岗位,姓名,任职日期,文号\n{one},园长,陈静,2025-09-01,试教〔2025〕1号\n\
         {one},兼职视导员,苏芮,2025-09-01,园发〔2025〕1号\n{other},主持工作,方芳,2025-09-01,试教〔2025〕2号\n\
         {other},教师,李想,2025-09-01,试教〔2025〕3号\n"
    );
    let posts = file("posts.csv", lines);
    let import = |more: &[&str]| {
        let ended = call(&[&["import", "posts", path(&posts), "--json"], more].concat());
        let count = |kind: &str| ended.json()["totals"][kind].as_u64();
        assert_eq!(ended.code, Some(1), "{}", ended.said);
        (count("new"), count("unchanged"), count("refused"))
    };
    let (some, none) = ((Some(3), Some(0), Some(1)), (Some(0), Some(3), Some(1)));
    assert_eq!(import(&["--dry-run"]), some);
    assert_eq!(import(&["--all-or-none"]), some);
    assert_eq!(import(&[]), some);
    assert_eq!(import(&[]), none);
}

#[test]
fn existing_clusters_are_brought_along_with_reasons_for_what_departs_in_principle() {
    let call = with_database("clusters");
    let text = register();
    let import =
        call(&["import", "kindergartens", path(&file("register.csv", &text)), "--day", DAY]);
    assert_eq!(import.code, Some(0), "{import:?}");
    // Two clusters of 盐田区 around its first two possible centres.
    let rows: Vec<Vec<&str>> = text.lines().skip(1).map(|line| line.split(',').collect()).collect();
    let ours: Vec<&Vec<&str>> = rows.iter().filter(|row| row[2] == "盐田区").collect();
    let may_lead = |row: &&&Vec<&str>| {
        row[8] == "公办" && row[9] == "区属" && ["省一级", "市一级"].contains(&row[10])
    };
    let centres: Vec<&str> = ours.iter().filter(may_lead).map(|row| row[0]).take(2).collect();
    let mut lines = String::from("学区名称,编号,角色,文号,生效日期\n");
    for (place, row) in ours.iter().enumerate() {
        let number = centres.iter().position(|centre| *centre == row[0]);
        let role = if number.is_some() { "中心园" } else { "成员园" };
        let cluster = number.unwrap_or(place % 2) + 1;
        lines.push_str(&format!("盐田区第{cluster}学区,{},{role},演示〔2026〕1号,{DAY}\n", row[0]));
    }
    let clusters = file("clusters.csv", &lines);
    let words = ["import", "clusters", path(&clusters), "--district", "440308"];
    let refused = call(&words);
    assert_eq!(refused.code, Some(1), "{refused:?}");
    assert!(refused.said.contains("理由"), "{refused:?}");
    let taken =
        call(&[&words[..], &["--reason", "沿用现有学区", "--until", "2028-08-31"]].concat());
    assert_eq!(taken.code, Some(0), "{taken:?}");
    let out = folder().join("clusters.xlsx");
    assert_eq!(call(&["export", "clusters", "--out", path(&out), "--day", DAY]).code, Some(0));
    assert!(std::fs::metadata(&out).unwrap().len() > 1_000);
    let nowhere = call(&["import", "clusters", path(&clusters), "--district", "440399"]);
    assert_eq!(nowhere.code, Some(2), "{nowhere:?}");
}

#[test]
fn the_exported_trail_passes_and_an_altered_or_shortened_one_does_not() {
    let call = with_database("trail");
    let import =
        call(&["import", "kindergartens", path(&file("register.csv", register())), "--day", DAY]);
    assert_eq!(import.code, Some(0), "{import:?}");
    let out = folder().join("trail.jsonl");
    let exported = call(&["export", "audit", "--out", path(&out)]);
    assert_eq!(exported.code, Some(0), "{exported:?}");
    let verify = |text: &str, more: &[&str]| {
        let export = file("trail.jsonl", text);
        gongzhi(["verify-audit", "--json", path(&export)].iter().chain(more))
    };
    let trail = std::fs::read_to_string(&out).unwrap();
    let sound = verify(&trail, &[]);
    assert_eq!(sound.code, Some(0), "{sound:?}");
    let head = sound.json()["head"].as_str().unwrap().to_owned();
    assert_eq!(verify(&trail, &["--head", &head]).code, Some(0));
    assert_eq!(verify(&trail, &["--head", &"0".repeat(64)]).code, Some(1));
    assert_eq!(verify(&trail.replacen("导入", "导出", 1), &[]).code, Some(1));
    let shortened: String =
        trail.lines().take(trail.lines().count() - 1).map(|line| format!("{line}\n")).collect();
    assert_eq!(verify(&shortened, &[]).code, Some(1));
}
