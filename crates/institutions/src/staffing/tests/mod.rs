//! Staffing on both databases: what is missing, whose task it is, and what the obligations are judged by.

use axum::http::StatusCode;
use fixtures::{City, each_database};
use kernel::{PostKind, PostScope};

use super::store::{self, Scope};
use super::{Gap, institutions, own_gaps};
use crate::appointments::acts::appoint;
use crate::parties::{self, NewParty};
use crate::stage::{FUTIAN, NANSHAN, clusters, day, in_office, kindergartens, somebody};

#[tokio::test(flavor = "multi_thread")]
async fn what_is_filled_is_counted_as_of_any_day() {
    each_database(|city| async move {
        let all = kindergartens(&city, NANSHAN, 2).await;
        let ids = clusters(&city, NANSHAN, &[&all], true).await;
        let supervisor = city.supervisor(NANSHAN).await;
        let scope = PostScope::Cluster(ids[0]);
        for number in 0..8 {
            let kind = PostKind::PartTimeInspector;
            let new = somebody(&city, &format!("督学{number}"), kind, scope.clone());
            appoint(&city.db, &supervisor, &new).await.unwrap();
        }
        let on = async |day| {
            let found = store::clusters(&city.db.reading(&supervisor), None, day).await.unwrap();
            assert_eq!(found.len(), 1);
            found.into_iter().next().unwrap()
        };
        let today = on(city.today()).await;
        assert_eq!((today.part_time, today.missing(Gap::PartTime)), (8, 0));
        assert_eq!((today.missing(Gap::FullTime), today.missing(Gap::Head)), (1, 2));
        assert_eq!(on(day(2026, 2, 2)).await.missing(Gap::PartTime), 8);
        assert_eq!(on(day(2029, 2, 3)).await.missing(Gap::PartTime), 8);
        let neighbour = city.supervisor(FUTIAN).await;
        let reading = city.db.reading(&neighbour);
        assert!(store::clusters(&reading, None, city.today()).await.unwrap().is_empty());
        assert!(store::kindergartens(&reading, Scope::All, city.today()).await.unwrap().is_empty());
    })
    .await;
}

async fn tasks(city: &City, caller: &kernel::Caller) -> Vec<(Gap, i64)> {
    let found = own_gaps(&city.db.reading(caller), caller, 50).await.unwrap();
    found.into_iter().map(|own| (own.gap, own.missing)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gap_is_the_task_of_whoever_must_fill_it_until_it_is_filled() {
    each_database(|city| async move {
        let all = kindergartens(&city, NANSHAN, 1).await;
        let run = city.kindergarten("云帆幼儿园").in_street("440305007").city_run().add().await;
        let ids = clusters(&city, NANSHAN, &[&[all[0], run]], true).await;
        let supervisor = city.supervisor(NANSHAN).await;
        let research = in_office(&city, PostKind::ResearchOfficer, NANSHAN).await;
        let (officer, bureau) = (city.officer(NANSHAN).await, city.city_officer().await);
        let principal = city.principal(all[0]).await;
        assert_eq!(tasks(&city, &supervisor).await, [(Gap::FullTime, 1), (Gap::PartTime, 8)]);
        assert_eq!(tasks(&city, &research).await, [(Gap::Lead, 1)]);
        assert_eq!(tasks(&city, &officer).await, [(Gap::Head, 1), (Gap::Party, 2)]);
        assert_eq!(tasks(&city, &bureau).await, [(Gap::Head, 1)]);
        assert_eq!(tasks(&city, &principal).await, [(Gap::Liaison, 1)]);
        assert_eq!(tasks(&city, &city.supervisor(FUTIAN).await).await, []);
        assert_eq!(tasks(&city, &city.deputy(NANSHAN).await).await, []);

        let scope = PostScope::Cluster(ids[0]);
        let full = somebody(&city, "许静", PostKind::FullTimeInspector, scope);
        appoint(&city.db, &supervisor, &full).await.unwrap();
        let own = PostScope::Kindergarten(all[0]);
        let liaison = somebody(&city, "唐悦", PostKind::Liaison, own);
        appoint(&city.db, &principal, &liaison).await.unwrap();
        assert_eq!(tasks(&city, &supervisor).await, [(Gap::PartTime, 8)]);
        assert_eq!(tasks(&city, &principal).await, []);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_evaluator_is_told_who_is_where() {
    each_database(|city| async move {
        let all = kindergartens(&city, NANSHAN, 2).await;
        let ids = clusters(&city, NANSHAN, &[&all], true).await;
        let (officer, supervisor) = (city.officer(NANSHAN).await, city.supervisor(NANSHAN).await);
        let head = somebody(&city, "陈静", PostKind::ActingHead, PostScope::Kindergarten(all[0]));
        appoint(&city.db, &officer, &head).await.unwrap();
        let kind = PostKind::FullTimeInspector;
        let full = somebody(&city, "许静", kind, PostScope::Cluster(ids[0]));
        appoint(&city.db, &supervisor, &full).await.unwrap();
        let branch = NewParty {
            kind: parties::Kind::Branch,
            name: "青禾支部".to_owned(),
            paper_number: "试党〔2026〕1号".to_owned(),
            established_on: city.today(),
            kindergartens: vec![all[1]],
        };
        parties::acts::register(&city.db, &officer, NANSHAN, &branch).await.unwrap();

        let (cluster, centre, member) =
            (ids[0].to_string(), all[0].to_string(), all[1].to_string());
        let known = institutions(&city.reading(), city.today()).await.unwrap();
        let principals = known.principals.unwrap();
        assert_eq!(principals.keys().collect::<Vec<_>>(), [&centre]);
        let committees = known.committees.unwrap();
        assert_eq!(committees.len(), 1);
        assert_eq!(committees[0].cluster, cluster);
        assert_eq!(committees[0].chair.as_ref(), principals.get(&centre));
        assert_eq!(committees[0].office.as_ref(), Some(&centre));
        assert_eq!(committees[0].seats.len(), 2);
        let inspectors = known.inspectors.unwrap()[&cluster];
        assert_eq!((inspectors.full_time, inspectors.part_time), (1, 0));
        assert!(known.liaisons.unwrap().is_empty() && known.researchers.unwrap().is_empty());
        assert_eq!(known.party_organisations.unwrap()[&member], ["青禾支部"]);

        let before = institutions(&city.reading(), day(2026, 2, 2)).await.unwrap();
        assert!(before.principals.unwrap().is_empty() && before.inspectors.unwrap().is_empty());
        assert_eq!(before.committees.unwrap()[0].chair, None);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_pages_show_gaps_with_the_forms_that_fill_them() {
    each_database(|city| async move {
        let all = kindergartens(&city, NANSHAN, 2).await;
        let ids = clusters(&city, NANSHAN, &[&all], true).await;
        let browser = city.browser(crate::routes(), &city.officer(NANSHAN).await);
        let page = browser.get("/staffing?gap=head").await;
        assert!(page.text.contains("青禾第0学区"), "{}", page.text);
        assert!(!browser.get("/staffing?gap=committee").await.text.contains("青禾第0学区"));
        assert_eq!(&browser.get("/staffing.xlsx").await.bytes[..2], b"PK");
        let page = browser.get(&format!("/kindergartens/{}/staffing", all[0])).await;
        let form = format!("/kindergartens/{}/heads/new", all[0]);
        assert!(page.text.contains(&form) && page.text.contains("/parties/new?kindergarten="));
        assert!(!page.text.contains("/liaisons/new"), "only the kindergarten itself settles it");
        let city_wide = city.browser(crate::routes(), &city.city_officer().await);
        assert!(city_wide.get("/staffing").await.text.contains("各区缺口"));
        let page = city_wide.get(&format!("/clusters/{}/staffing?day=2026-01-01", ids[0])).await;
        assert!(page.text.contains("本页显示 2026-01-01"), "{}", page.text);
        let early = format!("/clusters/{}/staffing?day=2025-01-01", ids[0]);
        assert_eq!(city_wide.get(&early).await.status, StatusCode::NOT_FOUND);
    })
    .await;
}
