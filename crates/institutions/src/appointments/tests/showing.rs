use axum::http::StatusCode;
use fixtures::{City, each_database};
use kernel::{PostKind, PostScope};
use storage::{Source, Sql};

use crate::appointments::acts::appoint;
use crate::stage::{FUTIAN, NANSHAN, clusters, kindergartens, somebody};

async fn refusals(city: &City) -> i64 {
    let text = "SELECT count(*) FROM audit_entry WHERE outcome = 'refused'";
    city.reading().number(Sql::new(text)).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_centres_tries_to_write_for_a_member_are_refused_and_recorded() {
    each_database(|city| async move {
        let all = kindergartens(&city, NANSHAN, 2).await;
        let ids = clusters(&city, NANSHAN, &[&all], true).await;
        let centre = city.principal(all[0]).await;
        let browser = city.browser(crate::routes(), &centre);
        let fields =
            [("name", "唐悦"), ("from", "2026-02-03"), ("paper_number", "试聘〔2026〕1号")];
        let member = format!("/kindergartens/{}", all[1]);
        let tried = browser.post(&format!("{member}/liaisons"), &fields).await;
        assert_eq!(tried.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(tried.text.contains("不得办理其他幼儿园的人事"), "{}", tried.text);
        assert_eq!(refusals(&city).await, 1);
        let tried = browser.post(&format!("{member}/heads"), &fields).await;
        assert_eq!(tried.status, StatusCode::FORBIDDEN);
        let tried = browser.post(&format!("/clusters/{}/inspectors", ids[0]), &fields).await;
        assert_eq!(tried.status, StatusCode::FORBIDDEN);
        assert_eq!(refusals(&city).await, 3);
        let text = "SELECT count(*) FROM post WHERE kind = 'liaison'";
        assert_eq!(city.reading().number(Sql::new(text)).await.unwrap(), 0);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_inspector_is_appointed_renewed_and_ended_on_the_pages() {
    each_database(|city| async move {
        let all = kindergartens(&city, NANSHAN, 2).await;
        let ids = clusters(&city, NANSHAN, &[&all], true).await;
        let browser = city.browser(crate::routes(), &city.supervisor(NANSHAN).await);
        let place = format!("/clusters/{}", ids[0]);
        let page = browser.get(&format!("{place}/staffing")).await;
        assert!(page.text.contains("/inspectors/new?kind=full_time_inspector"), "{}", page.text);
        let form = browser.get(&format!("{place}/inspectors/new?kind=full_time_inspector")).await;
        assert!(form.text.contains("聘任责任督学"), "{}", form.text);
        let fields = [
            ("kind", "full_time_inspector"),
            ("name", "许静"),
            ("from", "2026-02-03"),
            ("until", ""),
            ("paper_number", ""),
        ];
        // Without a letter the form comes back as it was typed.
        let again = browser.post(&format!("{place}/inspectors"), &fields).await;
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(again.text.contains("请填写聘书") && again.text.contains("许静"));
        let whole = [&fields[..4], &[("paper_number", "试督〔2026〕8号")]].concat();
        let done = browser.post(&format!("{place}/inspectors"), &whole).await;
        assert_eq!(
            (done.status, done.location),
            (StatusCode::SEE_OTHER, format!("{place}/staffing"))
        );
        let list = browser.get("/appointments?kind=full_time_inspector").await;
        assert!(list.text.contains("许静") && list.text.contains("2029-02-02"), "{}", list.text);
        assert!(!browser.get("/appointments?day=2026-02-02").await.text.contains("许静"));
        assert_eq!(&browser.get("/appointments.xlsx").await.bytes[..2], b"PK");

        let post = list.text.split("/appointments/").nth(1).unwrap().split('"').next().unwrap();
        let page = browser.get(&format!("/appointments/{post}")).await;
        assert!(page.text.contains("from=2029-02-03"), "{}", page.text);
        let neighbour = city.browser(crate::routes(), &city.supervisor(FUTIAN).await);
        assert_eq!(
            neighbour.get(&format!("/appointments/{post}")).await.status,
            StatusCode::NOT_FOUND
        );
        let end = format!("/inspectors/{post}/end");
        let without = [("on", "2026-03-01"), ("reason", "工作调动")];
        assert_eq!(browser.post(&end, &without).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        let with = [&without[..], &[("end_paper_number", "试督〔2026〕9号")]].concat();
        // Another door does not end it.
        let other = browser.post(&format!("/heads/{post}/end"), &with).await;
        assert_eq!(other.status, StatusCode::FORBIDDEN);
        assert_eq!(browser.post(&end, &with).await.status, StatusCode::SEE_OTHER);
        let ended = browser.get("/appointments?state=ended&day=2026-03-01").await;
        assert!(ended.text.contains("许静"), "{}", ended.text);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_inspector_reads_her_cluster_and_nothing_else() {
    each_database(|city| async move {
        let all = kindergartens(&city, NANSHAN, 2).await;
        let ids = clusters(&city, NANSHAN, &[&all[..1], &all[1..]], true).await;
        let supervisor = city.supervisor(NANSHAN).await;
        for (id, name) in [(ids[0], "许静"), (ids[1], "唐悦")] {
            let kind = PostKind::PartTimeInspector;
            let new = somebody(&city, name, kind, PostScope::Cluster(id));
            appoint(&city.db, &supervisor, &new).await.unwrap();
        }
        let scope = PostScope::Cluster(ids[0]);
        let inspector = city.caller("许静", PostKind::PartTimeInspector, scope).await;
        let browser = city.browser(crate::routes(), &inspector);
        let own = browser.get(&format!("/clusters/{}/staffing", ids[0])).await;
        assert_eq!(own.status, StatusCode::OK);
        let other = browser.get(&format!("/clusters/{}/staffing", ids[1])).await;
        assert_eq!(other.status, StatusCode::NOT_FOUND);
        let list = browser.get("/appointments").await;
        assert!(list.text.contains("许静") && !list.text.contains("唐悦"));
        assert_eq!(
            browser.get(&format!("/clusters/{}/inspectors/new", ids[0])).await.status,
            StatusCode::FORBIDDEN
        );
    })
    .await;
}
