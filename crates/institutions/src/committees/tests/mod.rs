//! Committees on both databases: seats follow heads and memberships, as of any day.

use axum::http::StatusCode;
use fixtures::{City, each_database};
use kernel::{ClusterId, Date, Note, PostKind, PostScope};
use registry::clusters::Decision;
use storage::{Source, Sql};

use super::acts::register;
use super::{Committee, chair, members_counted, of_cluster};
use crate::appointments::acts::{appoint, end};
use crate::appointments::{Appointment, Ending, Filter, Who, list};
use crate::stage::{FUTIAN, NANSHAN, clusters, day, kindergartens, refused, somebody};

async fn committee(city: &City, id: ClusterId, day: Date) -> Committee {
    of_cluster(&city.reading(), id, day).await.unwrap().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn seats_and_chair_follow_heads_and_memberships_and_leave_a_trace() {
    each_database(|city| async move {
        let all = kindergartens(&city, NANSHAN, 3).await;
        let ids = clusters(&city, NANSHAN, &[&all], true).await;
        let officer = city.officer(NANSHAN).await;
        let head = |name: &str, place: usize| {
            let scope = PostScope::Kindergarten(all[place]);
            somebody(&city, name, PostKind::Principal, scope)
        };
        assert_eq!(committee(&city, ids[0], city.today()).await.seats.len(), 3);
        let first = appoint(&city.db, &officer, &head("陈静", 0)).await.unwrap();
        appoint(&city.db, &officer, &head("方芳", 1)).await.unwrap();
        let known = list(&city.reading(), &Filter::default(), city.today(), 9, 0).await.unwrap();
        let fang = known.iter().find(|held| held.name == "方芳").unwrap().person;
        let two = Appointment { who: Who::Known(fang), ..head("", 2) };
        appoint(&city.db, &officer, &two).await.unwrap();

        let seats = committee(&city, ids[0], city.today()).await.seats;
        assert_eq!(chair(&seats).unwrap().name, "陈静");
        // 方芳 holds two seats and counts once.
        assert_eq!(members_counted(&seats), 2);
        // The day before nobody was in office.
        assert!(chair(&committee(&city, ids[0], day(2026, 2, 2)).await.seats).is_none());

        let ending = Ending {
            on: day(2026, 3, 1),
            reason: "退休".to_owned(),
            paper_number: "试教〔2026〕5号".to_owned(),
        };
        end(&city.db, &officer, first, &ending).await.unwrap();
        let seats = committee(&city, ids[0], day(2026, 3, 1)).await.seats;
        assert!(chair(&seats).is_none());
        let acting =
            Appointment { from: day(2026, 3, 2), kind: PostKind::ActingHead, ..head("唐悦", 0) };
        appoint(&city.db, &officer, &acting).await.unwrap();
        let seats = committee(&city, ids[0], day(2026, 3, 2)).await.seats;
        assert_eq!(chair(&seats).unwrap().kind, PostKind::ActingHead);

        // A new centre, and the chair is that kindergarten's head.
        let tx = city.db.begin(&officer).await.unwrap();
        let decision = Decision {
            from: day(2026, 4, 1),
            to: kernel::OPEN_END,
            paper_number: "试教〔2026〕6号",
            cause: "更换中心园",
        };
        registry::clusters::acts::set_centre(&tx, ids[0], all[1], &decision).await.unwrap();
        tx.commit(Note::of("test.prepared", "x", "测试")).await.unwrap();
        let seats = committee(&city, ids[0], day(2026, 4, 1)).await.seats;
        assert_eq!((chair(&seats).unwrap().name.as_str(), seats[0].kindergarten), ("方芳", all[1]));

        let text = "SELECT count(*) FROM audit_entry WHERE event = 'committee.seat_changed'";
        assert_eq!(city.reading().number(Sql::new(text)).await.unwrap(), 5);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_shows_vacant_seats_and_that_without_a_chair_no_meeting_is_valid() {
    each_database(|city| async move {
        let all = kindergartens(&city, NANSHAN, 2).await;
        let ids = clusters(&city, NANSHAN, &[&all], true).await;
        let officer = city.officer(NANSHAN).await;
        let browser = city.browser(crate::routes(), &officer);
        let address = format!("/clusters/{}/committee", ids[0]);
        let page = browser.get(&address).await;
        assert!(page.text.contains("主任空缺") && page.text.contains("会议无效"), "{}", page.text);
        let scope = PostScope::Kindergarten(all[0]);
        let head = somebody(&city, "陈静", PostKind::Principal, scope);
        appoint(&city.db, &officer, &head).await.unwrap();
        let page = browser.get(&address).await;
        assert!(!page.text.contains("主任空缺") && page.text.contains("陈静（园长）"));
        assert!(browser.get(&format!("{address}?day=2026-01-01")).await.text.contains("主任空缺"));
        let neighbour = city.browser(crate::routes(), &city.officer(FUTIAN).await);
        assert_eq!(neighbour.get(&address).await.status, StatusCode::NOT_FOUND);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_committee_of_a_cluster_that_was_brought_along_is_registered_once() {
    each_database(|city| async move {
        let all = kindergartens(&city, NANSHAN, 2).await;
        let ids = clusters(&city, NANSHAN, &[&all], false).await;
        let officer = city.officer(NANSHAN).await;
        let (on, paper) = (day(2025, 10, 1), "试教〔2025〕12号");
        let early = register(&city.db, &officer, ids[0], day(2025, 8, 1), paper).await;
        assert_eq!(refused(early).clause, Some("2.1.3-1"));
        let neighbour = city.officer(FUTIAN).await;
        let tried = register(&city.db, &neighbour, ids[0], on, paper).await;
        assert!(matches!(tried, Err(kernel::Failure::NotFound)));
        let browser = city.browser(crate::routes(), &officer);
        let address = format!("/clusters/{}/committee", ids[0]);
        assert!(browser.get(&address).await.text.contains("还没有登记治理委员会"));
        let fields = [("established_on", "2025-10-01"), ("paper_number", paper)];
        assert_eq!(browser.post(&address, &fields).await.status, StatusCode::SEE_OTHER);
        assert!(of_cluster(&city.reading(), ids[0], day(2025, 9, 30)).await.unwrap().is_none());
        assert_eq!(committee(&city, ids[0], on).await.seats.len(), 2);
        refused(register(&city.db, &officer, ids[0], on, paper).await);
    })
    .await;
}
