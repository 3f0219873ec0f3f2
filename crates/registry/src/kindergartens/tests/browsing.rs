use axum::http::StatusCode;

use crate::kindergartens::store;

#[tokio::test]
async fn a_page_shows_what_held_on_the_day_asked_for() {
    fixtures::each_database(|city| async move {
        let id = city.kindergarten("青禾幼儿园").without_code().add().await;
        let officer = city.officer("440305").await;
        let browser = city.browser(crate::routes(), &officer);
        let page = browser.get(&format!("/kindergartens/{id}")).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.text);
        assert!(page.text.contains("<h1>青禾幼儿园</h1>") && page.text.contains("缺国家标识码"));
        let form = browser.get(&format!("/kindergartens/{id}/edit")).await;
        assert_eq!(form.status, StatusCode::OK);
        let seen =
            store::find(&city.reading(), id, city.today()).await.unwrap().state.0.to_string();
        let mut fields = vec![
            ("seen", seen.as_str()),
            ("day", "2026-02-01"),
            ("cause", "更名批复"),
            ("name", "云杉幼儿园"),
            ("former_names", "青禾幼儿园"),
            ("street", "440305007"),
            ("lon", "113.936"),
            ("lat", "22.528"),
            ("datum", "WGS-84"),
            ("ownership", "public"),
            ("grade", "provincial"),
            ("run_by", "district"),
            ("status", "open"),
            ("classes", "九"),
        ];
        let path = format!("/kindergartens/{id}/corrections");
        let again = browser.post(&path, &fields).await;
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(again.text.contains("应为不带单位的整数") && again.text.contains("云杉幼儿园"));
        fields.pop();
        let saved = browser.post(&path, &fields).await;
        assert_eq!(
            (saved.status, saved.location.as_str()),
            (StatusCode::SEE_OTHER, format!("/kindergartens/{id}").as_str())
        );
        let now = browser.get(&format!("/kindergartens/{id}")).await.text;
        assert!(now.contains("<h1>云杉幼儿园</h1>") && now.contains("更名批复"));
        let before = browser.get(&format!("/kindergartens/{id}?day=2026-01-31")).await.text;
        assert!(before.contains("<h1>青禾幼儿园</h1>") && before.contains("不是今天"));
        let stale = browser.post(&path, &fields).await;
        assert_eq!(stale.status, StatusCode::UNPROCESSABLE_ENTITY, "nothing differs any more");
    })
    .await;
}

#[tokio::test]
async fn another_districts_officer_finds_nothing_and_a_principal_writes_nothing() {
    fixtures::each_database(|city| async move {
        let id = city.kindergarten("青禾幼儿园").city_run().add().await;
        let neighbour = city.browser(crate::routes(), &city.officer("440304").await);
        for path in ["", "/edit", "/map.geojson", "/delegations/new"] {
            assert_eq!(
                neighbour.get(&format!("/kindergartens/{id}{path}")).await.status,
                StatusCode::NOT_FOUND,
                "{path}"
            );
        }
        for path in ["corrections", "delegations"] {
            let answer = neighbour.post(&format!("/kindergartens/{id}/{path}"), &[]).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        }
        assert_eq!(
            neighbour.get("/districts/440305/outline.geojson").await.status,
            StatusCode::NOT_FOUND
        );
        let principal = city.browser(crate::routes(), &city.principal(id).await);
        assert_eq!(principal.get(&format!("/kindergartens/{id}")).await.status, StatusCode::OK);
        assert_eq!(
            principal.get(&format!("/kindergartens/{id}/edit")).await.status,
            StatusCode::FORBIDDEN
        );
        let own = city.browser(crate::routes(), &city.officer("440305").await);
        assert_eq!(
            own.get(&format!("/kindergartens/{id}/edit")).await.status,
            StatusCode::UNPROCESSABLE_ENTITY
        );
    })
    .await;
}

#[tokio::test]
async fn a_delegation_is_recorded_and_ended_by_its_forms() {
    fixtures::each_database(|city| async move {
        let id = city.kindergarten("青禾幼儿园").city_run().add().await;
        let browser = city.browser(crate::routes(), &city.officer("440305").await);
        let path = format!("/kindergartens/{id}/delegations");
        let fields = [
            ("number", "南教委〔2026〕1号"),
            ("dated", "2026-01-05"),
            ("from", "2026-02-01"),
            ("last", "2026-01-31"),
        ];
        let wrong = browser.post(&path, &fields).await;
        assert!(
            wrong.status == StatusCode::UNPROCESSABLE_ENTITY && wrong.text.contains("不能早于")
        );
        let fields = [
            ("number", "南教委〔2026〕1号"),
            ("dated", "2026-01-05"),
            ("from", "2026-02-01"),
            ("last", "2026-08-31"),
        ];
        assert_eq!(browser.post(&path, &fields).await.status, StatusCode::SEE_OTHER);
        let paper = store::delegations(&city.reading(), id).await.unwrap().remove(0);
        assert_eq!(paper.to.to_string(), "2026-09-01");
        assert!(browser.get(&format!("/kindergartens/{id}")).await.text.contains("已受区委托"));
        let end = format!("{path}/{}/end", paper.id);
        assert_eq!(browser.post(&end, &[("on", "2026-03-01")]).await.status, StatusCode::SEE_OTHER);
        assert_eq!(
            store::delegations(&city.reading(), id).await.unwrap()[0].to.to_string(),
            "2026-03-01"
        );
    })
    .await;
}

#[tokio::test]
async fn the_list_its_workbook_and_its_map_keep_the_filters() {
    fixtures::each_database(|city| async move {
        city.kindergarten("青禾幼儿园").under("A1").add().await;
        city.kindergarten("云杉幼儿园").owned(policy::Ownership::Private).add().await;
        let browser = city.browser(crate::routes(), &city.city_officer().await);
        let page = browser.get("/kindergartens?ownership=private&district=440305").await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.text);
        assert!(page.text.contains("云杉幼儿园") && !page.text.contains("青禾幼儿园"));
        assert!(
            page.text.contains("/kindergartens.xlsx?district=440305&amp;ownership=private")
                || page.text.contains("/kindergartens.xlsx?district=440305&#38;ownership=private")
        );
        let map: serde_json::Value = serde_json::from_slice(
            &browser.get("/kindergartens.geojson?ownership=private").await.bytes,
        )
        .unwrap();
        assert_eq!(map["features"].as_array().unwrap().len(), 1);
        let bytes = browser.get("/kindergartens.xlsx?ownership=public").await.bytes;
        let table = ::sheets::read(&bytes, &sheets::Limits::default()).unwrap();
        assert_eq!(table.rows.len(), 1);
        assert!(table.header.contains(&"学区".to_owned()), "{:?}", table.header);
        let none = browser.get("/kindergartens?text=%E7%99%BD%E6%A6%86").await.text;
        assert!(none.contains("没有符合条件的幼儿园"));
    })
    .await;
}

#[tokio::test]
async fn a_list_switches_place_and_keeps_its_other_filters() {
    fixtures::each_database(|city| async move {
        let id = city.kindergarten("青禾幼儿园").add().await;
        let browser = city.browser(crate::routes(), &city.city_officer().await);
        let asked =
            "/kindergartens?ownership=public&district=440305&street=440305007&day=2026-01-05";
        let page = browser.get(asked).await.text.replace("&#38;", "&").replace("&amp;", "&");
        let kept = "/kindergartens?ownership=public&day=2026-01-05&district=";
        for place in ["", "440304", "440305&street=440305007"] {
            assert!(page.contains(&format!(r#"href="{kept}{place}""#)), "{place}: {page}");
        }
        let clusters = browser.get("/clusters?text=x").await.text.replace("&#38;", "&");
        assert!(clusters.contains(r#"href="/clusters?text=x&district=440304""#), "{clusters}");
        let own = browser.get(&format!("/kindergartens/{id}")).await.text;
        assert!(own.contains(r#"href="/districts/440304""#), "{own}");
        // An officer of one district has only its streets to choose from.
        let officer = city.browser(crate::routes(), &city.officer("440305").await);
        let page =
            officer.get("/kindergartens").await.text.replace("&#38;", "&").replace("&amp;", "&");
        assert!(page.contains("street=440305007") && !page.contains("district=440304"), "{page}");
    })
    .await;
}
