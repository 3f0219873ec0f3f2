//! The page and what the dialog asks for.

use axum::http::StatusCode;
use fixtures::{Browser, each_database};
use kernel::{PostKind, PostScope};
use serde_json::Value;

use super::*;

async fn asked(browser: &Browser, query: &str) -> Value {
    let answer = browser.get(&format!("/search.json?{query}")).await;
    assert_eq!(answer.status, StatusCode::OK, "{query}: {}", answer.text);
    serde_json::from_str(&answer.text).unwrap()
}

fn encoded(fields: &[(&str, &str)]) -> String {
    serde_urlencoded::to_string(fields).unwrap()
}

/// The kinds of which something was found, with the names.
fn told(answer: &Value) -> Vec<(String, Vec<String>)> {
    let text = |pieces: &Value| -> String {
        pieces.as_array().unwrap().iter().map(|piece| piece["text"].as_str().unwrap()).collect()
    };
    let groups = answer["groups"].as_array().unwrap().iter();
    groups
        .map(|group| {
            let lines = group["lines"].as_array().unwrap().iter();
            let kind = group["kind"].as_str().unwrap().to_owned();
            (kind, lines.map(|line| text(&line["title"])).collect())
        })
        .collect()
}

fn is_told(answer: &Value, kind: &str, name: &str) -> bool {
    told(answer).iter().any(|(of, names)| of == kind && names.iter().any(|one| one == name))
}

#[tokio::test]
async fn everything_is_found_from_anywhere_and_leads_to_its_page() {
    each_database(|city| async move {
        let a = city.kindergarten("青禾幼儿园").add().await;
        let b = city.kindergarten("云杉幼儿园").add().await;
        let of = cluster(&city, "青禾学区", &[a, b], day(2025, 9, 1)).await;
        city.caller("秦海", PostKind::Principal, PostScope::Kindergarten(b)).await;
        let officer = city.officer(NANSHAN).await;
        let browser = city.browser(crate::routes(), &officer);
        let answer = asked(&browser, "q=qh").await;
        let names = told(&answer);
        assert_eq!(
            names[..3],
            [
                ("person".to_owned(), vec!["秦海".to_owned()]),
                ("kindergarten".to_owned(), vec!["青禾幼儿园".to_owned()]),
                ("cluster".to_owned(), vec!["青禾学区".to_owned()]),
            ],
            "{answer}"
        );
        let line = |place: usize| &answer["groups"][place]["lines"][0];
        assert_eq!(line(0)["href"], format!("/kindergartens/{b}"));
        assert_eq!(line(0)["note"], "云杉幼儿园园长");
        assert_eq!(line(1)["href"], format!("/kindergartens/{a}"));
        assert_eq!(line(1)["note"], "南山区 · 粤海街道 · 公办 · 青禾学区");
        assert_eq!(line(1)["title"][0]["text"], "青禾");
        assert_eq!(line(2)["href"], format!("/clusters/{of}"));
        for typed in ["2.1.2-2", "原则上", "yuanzeshang"] {
            let answer = asked(&browser, &encoded(&[("q", typed)])).await;
            let lines = answer["groups"].as_array().unwrap().iter();
            let clauses: Vec<&Value> = lines
                .filter(|group| group["kind"] == "clause")
                .flat_map(|group| group["lines"].as_array().unwrap())
                .collect();
            let is_size = |line: &&Value| line["note"].as_str().unwrap().contains("2.1.2-2");
            assert!(clauses.iter().any(is_size), "{typed}: {answer}");
            assert!(clauses.iter().any(|line| line["href"] == "/obligations/2.1.2-2"), "{answer}");
        }
        for typed in ["辖区总览", "xqzl", "zonglan"] {
            assert!(
                is_told(&asked(&browser, &encoded(&[("q", typed)])).await, "page", "辖区总览"),
                "{typed}"
            );
        }
        let page = browser.get("/search?q=qh").await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(
            page.text.contains("<mark>青禾</mark>幼儿园")
                && page.text.contains("<mark>秦海</mark>")
        );
        let only = browser.get("/search?q=qh&kind=cluster").await.text;
        assert!(only.contains("<mark>青禾</mark>学区") && !only.contains("秦海"));
        let clause = browser.get("/search?q=2.1.2-2&kind=clause").await.text;
        assert!(clause.contains("原则上") && clause.contains("2.1.2-2"), "{clause}");
        let none = browser.get("/search?q=vvvv").await.text;
        assert!(none.contains("没有找到"));
    })
    .await;
}

#[tokio::test]
async fn a_day_goes_with_the_question_and_with_what_is_found() {
    each_database(|city| async move {
        let id = city.kindergarten("青禾幼儿园").since(day(2025, 9, 1)).add().await;
        let browser = city.browser(crate::routes(), &city.officer(NANSHAN).await);
        let answer = asked(&browser, "q=qh&day=2025-09-01").await;
        assert_eq!(
            answer["groups"][0]["lines"][0]["href"],
            format!("/kindergartens/{id}?day=2025-09-01")
        );
        assert!(!is_told(
            &asked(&browser, "q=qh&day=2025-08-31").await,
            "kindergarten",
            "青禾幼儿园"
        ));
        let page = browser.get("/search?q=qh&day=2025-08-31").await.text;
        assert!(
            page.contains("2025-08-31") && page.contains("不是今天") && !page.contains("禾</mark>")
        );
    })
    .await;
}

#[tokio::test]
async fn everybody_may_ask_and_finds_only_what_the_post_may_open() {
    each_database(|city| async move {
        let id = city.kindergarten("青禾幼儿园").add().await;
        let principal = city.caller("秦海", PostKind::Principal, PostScope::Kindergarten(id)).await;
        for (caller, places, persons) in [
            (city.city_officer().await, true, true),
            (city.officer("440304").await, false, false),
            (city.auditor().await, true, true),
            (principal.clone(), true, true),
            (city.administrator(PostKind::SystemAdministrator).await, false, false),
            (city.administrator(PostKind::SecurityAdministrator).await, false, true),
            (city.administrator(PostKind::AuditAdministrator).await, false, false),
        ] {
            let browser = city.browser(crate::routes(), &caller);
            let answer = asked(&browser, "q=qh").await;
            assert_eq!(is_told(&answer, "kindergarten", "青禾幼儿园"), places, "{:?}", caller.kind);
            assert_eq!(is_told(&answer, "person", "秦海"), persons, "{:?}", caller.kind);
            // Asking for a kind by its word brings no more.
            let answer = asked(&browser, "q=qh&kind=kindergarten").await;
            assert_eq!(is_told(&answer, "kindergarten", "青禾幼儿园"), places, "{:?}", caller.kind);
            let page = asked(&browser, &encoded(&[("q", "辖区总览")])).await;
            let may_read = caller.may(kernel::Permission::ReadPlaces);
            assert_eq!(is_told(&page, "page", "辖区总览"), may_read, "{:?}", caller.kind);
        }
        let keeper = city.administrator(PostKind::SecurityAdministrator).await;
        let answer = asked(&city.browser(crate::routes(), &keeper), "q=qinhai").await;
        assert_eq!(
            answer["groups"][0]["lines"][0]["href"],
            format!("/accounts/{}", principal.person)
        );
    })
    .await;
}

#[tokio::test]
async fn hostile_questions_are_harmless() {
    each_database(|city| async move {
        city.kindergarten("青禾幼儿园").add().await;
        let browser = city.browser(crate::routes(), &city.city_officer().await);
        let long = "青".repeat(10_240 / 3);
        let patterns = "%_".repeat(40);
        let deep = "a".repeat(60);
        for typed in [
            "",
            "%",
            "_",
            "'",
            "\"",
            "\\",
            "%%%%",
            "';DROP TABLE person_key;--",
            "\u{0}",
            "\u{1}\u{7f}\u{85}",
            "\u{202e}",
            "青\u{0}禾",
            "$1",
            "?1",
            "|",
            "<script>alert(1)</script>",
            long.as_str(),
            patterns.as_str(),
            deep.as_str(),
            "𠮷",
            "😀",
            "ﷺ",
            "İ",
            "ß",
            "٣",
            "Ⅷ",
        ] {
            let brief: String = typed.chars().take(99).collect();
            let query = encoded(&[("q", typed), ("kind", &brief), ("day", &brief)]);
            let answer = asked(&browser, &query).await;
            let found = is_told(&answer, "kindergarten", "青禾幼儿园");
            assert_eq!(found, typed == "青\u{0}禾", "{typed:?}: {answer}");
            let page = browser.get(&format!("/search?{query}")).await;
            assert_eq!(page.status, StatusCode::OK, "{typed:?}");
            assert!(!page.text.contains("<script>alert"), "{typed:?}");
        }
        assert_eq!(
            keys(&city).await.min(2),
            keys(&city).await,
            "the table stands, with the names that were met"
        );
    })
    .await;
}

#[tokio::test]
async fn what_a_search_met_is_learnt_after_it() {
    each_database(|city| async move {
        for number in 0..30 {
            city.kindergarten(&format!("青禾第{number}幼儿园")).add().await;
        }
        let browser = city.browser(crate::routes(), &city.city_officer().await);
        asked(&browser, "q=qh").await;
        let mut known = 0;
        for _ in 0..200 {
            known = keys(&city).await;
            if known >= 30 {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        assert!(known >= 30, "{known}");
    })
    .await;
}
