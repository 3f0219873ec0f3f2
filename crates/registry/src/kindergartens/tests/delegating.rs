use kernel::{Date, Failure};

use crate::kindergartens::{acts, store};

fn day(month: u32, day: u32) -> Date {
    Date::from_ymd_opt(2026, month, day).unwrap()
}

#[tokio::test]
async fn a_delegation_is_in_force_on_its_days_only() {
    fixtures::each_database(|city| async move {
        let id = city.kindergarten("青禾幼儿园").city_run().add().await;
        let officer = city.officer("440305").await;
        let number = "南教委〔2026〕1号";
        let paper = acts::delegate(&city.db, &officer, id, number, day(1, 5), day(2, 1), day(9, 1))
            .await
            .unwrap();
        let reading = city.db.reading(&officer);
        let on = async |day| store::find(&reading, id, day).await.unwrap().delegated;
        assert!(
            !on(day(1, 31)).await
                && on(day(2, 1)).await
                && on(day(8, 31)).await
                && !on(day(9, 1)).await
        );
        let twice =
            acts::delegate(&city.db, &officer, id, "另一份", day(1, 5), day(8, 1), day(12, 1))
                .await;
        assert!(matches!(twice, Err(Failure::Refused(_))), "{twice:?}");
        acts::end_delegation(&city.db, &officer, id, paper, day(5, 1)).await.unwrap();
        assert!(on(day(4, 30)).await && !on(day(5, 1)).await);
        let again = acts::end_delegation(&city.db, &officer, id, paper, day(6, 1)).await;
        assert!(matches!(again, Err(Failure::Refused(_))), "{again:?}");
        let district = store::in_district(&reading, "440305", day(3, 1)).await.unwrap();
        assert!(district[0].delegated);
    })
    .await;
}

#[tokio::test]
async fn a_district_run_kindergarten_needs_no_delegation() {
    fixtures::each_database(|city| async move {
        let id = city.kindergarten("青禾幼儿园").add().await;
        let officer = city.officer("440305").await;
        let refused =
            acts::delegate(&city.db, &officer, id, "一号", day(1, 5), day(2, 1), day(9, 1)).await;
        assert!(
            matches!(&refused, Err(Failure::Refused(refusal)) if refusal.clause == Some("2.1.2-6")),
            "{refused:?}"
        );
        let other = city.officer("440304").await;
        let unseen =
            acts::delegate(&city.db, &other, id, "一号", day(1, 5), day(2, 1), day(9, 1)).await;
        assert!(matches!(unseen, Err(Failure::NotFound)), "{unseen:?}");
    })
    .await;
}
