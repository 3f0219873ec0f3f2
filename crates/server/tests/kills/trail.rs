//! The audit trail after the kills, checked by the program as an auditor would.

use std::process::Command;

use kernel::Note;
use people::audit::{Export, seal};
use serde_json::{Value, json};
use storage::Db;

async fn export(db: &Db) -> String {
    let mut export = Export::begin(db, db.program("test")).await.unwrap();
    let mut text = String::new();
    while let Some(chunk) = export.next().await.unwrap() {
        text.push_str(&chunk);
    }
    text
}

/// What `gongzhi verify-audit` says of an export; its exit code must be that of its verdict.
fn verdict(name: &str, text: &str, head: Option<&str>) -> Value {
    let file =
        std::env::temp_dir().join(format!("gongzhi-kills-{}-{name}.jsonl", std::process::id()));
    std::fs::write(&file, text).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_gongzhi"));
    command.env_clear().arg("verify-audit").arg("--json").arg(&file);
    let ended = command.args(head.iter().flat_map(|head| ["--head", head])).output().unwrap();
    std::fs::remove_file(&file).unwrap();
    let verdict: Value = serde_json::from_slice(&ended.stdout).unwrap();
    let is_passed = verdict["passed"].as_bool().unwrap();
    assert_eq!(ended.status.code(), Some(i32::from(!is_passed)), "{verdict}");
    verdict
}

fn codes(verdict: &Value) -> Vec<&str> {
    verdict["faults"]
        .as_array()
        .unwrap()
        .iter()
        .map(|fault| fault["code"].as_str().unwrap())
        .collect()
}

/// The lines of an export of which `keeps` holds, with an end that counts them: a forger who knows the format.
fn forged(text: &str, keeps: impl Fn(&Value) -> bool) -> String {
    let lines = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let mut kept: Vec<Value> = lines.filter(keeps).collect();
    let of = |kind: &str| kept.iter().filter(|line| line.get(kind).is_some()).count();
    let end = json!({ "end": { "entries": of("entry"), "seals": of("seal") } });
    *kept.last_mut().unwrap() = end;
    kept.iter().map(|line| format!("{line}\n")).collect()
}

/// An honest export passes; one in which the entry of `event` was altered or left out, or whose end was cut off, fails.
pub async fn is_proven(db: &Db, name: &str, event: &str) {
    seal(db).await.unwrap();
    let first = verdict(name, &export(db).await, None);
    assert_eq!(first["passed"], true, "{first}");
    let earlier = first["head"].as_str().unwrap();
    db.record(db.program("test"), Note::of("setting.changed", "tiles", "更换底图")).await.unwrap();
    seal(db).await.unwrap();
    let text = export(db).await;
    let honest = verdict(name, &text, Some(earlier));
    assert_eq!(honest["passed"], true, "{honest}");
    assert_eq!(honest["earlier_seal"], first["seals"]);
    let latest = honest["head"].as_str().unwrap();
    assert_ne!(latest, earlier);

    let line = text.lines().find(|line| line.contains(&format!("\"event\":\"{event}\""))).unwrap();
    let entry = serde_json::from_str::<Value>(line).unwrap()["entry"]["id"].as_i64().unwrap();

    let tampered = text.replace(line, &line.replace("\"done\"", "\"refused\""));
    assert_ne!(tampered, text);
    let found = verdict(name, &tampered, None);
    assert_eq!((codes(&found), &found["first_bad_entry"]), (vec!["altered"], &json!(entry)));

    let gapped = forged(&text, |line| line["entry"]["id"] != json!(entry));
    let found = verdict(name, &gapped, None);
    assert_eq!((codes(&found), &found["first_bad_entry"]), (vec!["missing"], &json!(entry)));

    let cut = text.lines().rev().skip(1).map(|line| format!("{line}\n")).collect::<Vec<_>>();
    let cut: String = cut.into_iter().rev().collect();
    assert_eq!(codes(&verdict(name, &cut, None)), ["cut_off"]);

    // Cut back to the seal before, with an end that fits: in itself it is whole, and only the head kept outside shows it.
    let seals = honest["seals"].as_i64().unwrap();
    let mut lines = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let before = lines.rfind(|line| line["seal"]["number"] == json!(seals - 1)).unwrap();
    let up_to = before["seal"]["last_id"].as_i64().unwrap();
    let shortened = forged(&text, |line| {
        line["seal"]["number"] != json!(seals)
            && line["entry"]["id"].as_i64().is_none_or(|id| id <= up_to)
    });
    assert_eq!(codes(&verdict(name, &shortened, None)), [""; 0]);
    assert_eq!(codes(&verdict(name, &shortened, Some(latest))), ["head_unknown"]);
}
