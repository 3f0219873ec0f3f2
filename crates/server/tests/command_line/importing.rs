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
