use super::*;
use axum::http::StatusCode;

#[tokio::test]
async fn every_obligation_has_a_page_and_the_list_counts_open_to_them() {
    fixtures::each_database(|city| async move {
        ground(&city).await;
        let officer = city.officer(NANSHAN).await;
        let browser = city.browser(super::super::routes(), &officer);
        let list = browser.get("/obligations").await;
        assert_eq!(list.status, StatusCode::OK);
        for one in policy::obligations::all() {
            let path = format!("/obligations/{}", one.id());
            assert!(list.text.contains(&format!("\"{path}\"")), "{path} is not on the list");
            let page = browser.get(&path).await;
            assert_eq!(page.status, StatusCode::OK, "{path}");
            assert!(page.text.contains(one.clause.wording), "{path}");
            assert!(page.text.contains(one.party), "{path}");
        }
        assert_eq!(browser.get("/obligations/9.9-9").await.status, StatusCode::NOT_FOUND);
        assert_eq!(browser.get("/obligations?district=440304").await.status, StatusCode::NOT_FOUND);
    })
    .await;
}

#[tokio::test]
async fn a_page_names_where_it_fails_who_must_act_and_the_record() {
    fixtures::each_database(|city| async move {
        let Ground { cluster, members } = ground(&city).await;
        let new = city.kindergarten("新芽幼儿园").add().await;
        let browser = city.browser(super::super::routes(), &city.officer(NANSHAN).await);
        let page = browser.get("/obligations/1.2-2?state=failed").await.text;
        assert!(page.contains("新芽幼儿园在办，未编入任何学区"), "{page}");
        assert!(page.contains("南山区教育行政部门"));
        assert!(page.contains(&format!("/kindergartens/{new}")));
        assert!(!page.contains(&format!("/kindergartens/{}", members[0])), "it is not at fault");
        let place = browser.get(&format!("/obligations/places/{cluster}")).await;
        assert!(place.text.contains("粤海学区：政策落实"));
        let own = browser.get(&format!("/obligations/places/{new}")).await.text;
        assert!(own.contains("未编入任何学区"));
        for path in ["/obligations/text", "/obligations/card", "/obligations/1.2-2/trend"] {
            let answer = browser.get(path).await;
            assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text);
        }
        let workbook = browser.get("/obligations.xlsx").await;
        assert!(workbook.status == StatusCode::OK && workbook.bytes.starts_with(b"PK"));
        let map = browser.get("/obligations/1.2-2/map.geojson").await.text;
        assert!(map.contains("\"alarm\"") && map.contains("\"verdict\":\"met\""), "{map}");
        let district = browser.get("/obligations/places/440305").await;
        assert_eq!(district.location, "/obligations?district=440305");
    })
    .await;
}

#[tokio::test]
async fn another_districts_officer_finds_neither_names_nor_places() {
    fixtures::each_database(|city| async move {
        let Ground { cluster, members } = ground(&city).await;
        city.kindergarten("新芽幼儿园").add().await;
        let browser = city.browser(super::super::routes(), &city.officer("440304").await);
        for path in [
            "/obligations",
            "/obligations/1.2-2",
            "/obligations/1.2-2/map.geojson",
            "/obligations/text",
        ] {
            let text = browser.get(path).await.text;
            for name in ["青禾", "新芽", "粤海学区"] {
                assert!(!text.contains(name), "{path} names {name}");
            }
        }
        for place in [cluster.to_string(), members[0].to_string(), NANSHAN.to_owned()] {
            let answer = browser.get(&format!("/obligations/places/{place}")).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{place}");
        }
    })
    .await;
}

#[tokio::test]
async fn an_administrator_has_no_business_here_and_a_principal_her_own() {
    fixtures::each_database(|city| async move {
        let Ground { cluster, members } = ground(&city).await;
        let administrator = city.administrator(PostKind::SystemAdministrator).await;
        let browser = city.browser(super::super::routes(), &administrator);
        assert_eq!(browser.get("/obligations").await.status, StatusCode::FORBIDDEN);
        let principal = city.principal(members[3]).await;
        let browser = city.browser(super::super::routes(), &principal);
        let page = browser.get("/obligations/2.1.2-2?state=met").await.text;
        assert!(page.contains(&format!("/obligations/places/{cluster}")), "{page}");
        let page = browser.get(&format!("/obligations/places/{cluster}")).await;
        assert_eq!(page.status, StatusCode::OK);
    })
    .await;
}
