//! Every list and place page shows the day that was asked for, and leads back to today.

use axum::http::StatusCode;
use fixtures::{City, each_database};
use kernel::{ClusterId, Date, KindergartenId, Note, OPEN_END};
use registry::clusters::{Decision, NewCluster, acts};

const NANSHAN: &str = "440305";

/// A cluster of 南山 that stood through 2025, and one that stands since.
async fn two_years(city: &City) -> (KindergartenId, ClusterId) {
    let a = city.kindergarten("青禾幼儿园").add().await;
    let b = city.kindergarten("云杉幼儿园").since(day(2026, 1, 1)).add().await;
    let tx = city.db.begin(&city.officer(NANSHAN).await).await.unwrap();
    let terms = [(day(2025, 1, 1), day(2026, 1, 1), a), (day(2026, 1, 1), OPEN_END, b)];
    let mut last = None;
    for ((from, to, centre), name) in terms.into_iter().zip(["长源学区", "粤海学区"]) {
        let decision = Decision { from, to, paper_number: "南教〔2025〕3号", cause: "测试" };
        let new = NewCluster { keep: None, name: name.to_owned(), centre, members: Vec::new() };
        last = acts::bring_along(&tx, NANSHAN, &[(new, decision)]).await.unwrap().pop();
    }
    tx.commit(Note::of("test.prepared", a, "测试准备")).await.unwrap();
    (a, last.unwrap())
}

fn day(year: i32, month: u32, day: u32) -> Date {
    Date::from_ymd_opt(year, month, day).unwrap()
}

#[tokio::test]
async fn every_list_and_place_page_shows_the_day_asked_for_and_leads_back_to_today() {
    each_database(|city| async move {
        let (a, _) = two_years(&city).await;
        let routes = || registry::routes().merge(crate::routes());
        let officer = city.browser(routes(), &city.officer(NANSHAN).await);
        let bureau = city.browser(routes(), &city.city_officer().await);
        for (browser, path, then, now) in [
            (&officer, "/clusters".to_owned(), "长源学区", "粤海学区"),
            (&officer, "/kindergartens?cluster=none".to_owned(), "没有符合条件", "青禾幼儿园"),
            (&officer, format!("/districts/{NANSHAN}"), "长源学区", "粤海学区"),
            (&officer, format!("/kindergartens/{a}"), "长源学区</b>", "这一天未编入任何学区"),
            (&officer, format!("/public/{NANSHAN}"), "长源学区", "粤海学区"),
            (&bureau, "/clusters?district=440305".to_owned(), "长源学区", "粤海学区"),
        ] {
            let joint = if path.contains('?') { '&' } else { '?' };
            let past = browser.get(&format!("{path}{joint}day=2025-06-01")).await;
            assert_eq!(past.status, StatusCode::OK, "{path}");
            assert!(past.text.contains(then) && !past.text.contains(now), "{path}: {}", past.text);
            assert!(past.text.contains("本页显示 2025-06-01 的情况，不是今天"), "{path}");
            let back = format!(r#"<a href="{path}">回到今天</a>"#);
            assert!(past.text.contains(&back), "{path}: {}", past.text);
            let today = browser.get(&path).await.text;
            assert!(today.contains(now) && !today.contains("不是今天"), "{path}: {today}");
        }
        let whole = bureau.get("/city?day=2025-06-01").await.text;
        assert!(whole.contains("不是今天") && whole.contains("/districts/440305?day=2025-06-01"));
        // The day goes along to what the lists lead to.
        let list = officer.get("/kindergartens?day=2025-06-01").await.text;
        assert!(list.contains(&format!(r#"href="/kindergartens/{a}?day=2025-06-01""#)), "{list}");
        assert_eq!(list.matches("?day=2025-06-01\">长源学区").count(), 1, "{list}");
    })
    .await;
}

#[tokio::test]
async fn the_public_sees_any_past_day_and_nothing_before_its_time() {
    each_database(|city| async move {
        let (_, cluster) = two_years(&city).await;
        let tx = city.db.begin(&city.officer(NANSHAN).await).await.unwrap();
        let from = day(2026, 9, 1);
        let decision =
            Decision { from, to: OPEN_END, paper_number: "南教〔2026〕9号", cause: "测试" };
        acts::rename(&tx, cluster, "后海学区", &decision).await.unwrap();
        tx.commit(Note::of("test.prepared", cluster, "测试准备")).await.unwrap();
        let visitor = city.browser(crate::routes(), &city.officer("440304").await);
        for (asked, name) in
            [("2025-06-01", "长源学区"), ("2026-12-01", "粤海学区"), ("乱", "粤海学区")]
        {
            let query = serde_urlencoded::to_string([("day", asked)]).unwrap();
            let page = visitor.get(&format!("/public/{NANSHAN}?{query}")).await;
            assert_eq!(page.status, StatusCode::OK);
            assert!(page.text.contains(name) && !page.text.contains("后海学区"), "{asked}");
        }
    })
    .await;
}
