use kernel::{Date, Failure, Note};

use super::samples::facts;
use crate::kindergartens::{Facts, Revision, store};

fn day(month: u32, day: u32) -> Date {
    Date::from_ymd_opt(2026, month, day).unwrap()
}

#[tokio::test]
async fn what_was_entered_reads_back_whole() {
    fixtures::each_database(|city| async move {
        let mut whole = facts("A1", "青禾幼儿园");
        whole.former_names = vec![crate::kindergartens::Name::new("云杉幼儿园").unwrap()];
        whole.opened_on = crate::kindergartens::OpenedOn::in_month(2015, 9);
        whole.run_by = None;
        let tx = city.db.begin(city.db.program("test")).await.unwrap();
        let ids = store::enter(&tx, day(2, 1), "导入", std::slice::from_ref(&whole)).await.unwrap();
        tx.commit(Note::of("test.entered", ids[0], "测试")).await.unwrap();
        let found = store::find(&city.reading(), ids[0], day(2, 1)).await.unwrap();
        assert_eq!(found.facts, whole);
        assert_eq!(found.place.path(), "4403/440305/440305007/");
        assert_eq!(store::existing(&city.reading(), None, day(2, 1)).await.unwrap()["A1"], whole);
    })
    .await;
}

#[tokio::test]
async fn a_register_id_is_entered_once() {
    fixtures::each_database(|city| async move {
        city.kindergarten("青禾幼儿园").under("A1").add().await;
        let tx = city.db.begin(city.db.program("test")).await.unwrap();
        let second = store::enter(&tx, day(2, 1), "导入", &[facts("A1", "云杉幼儿园")]).await;
        assert!(matches!(second, Err(Failure::Stale(_))), "{second:?}");
    })
    .await;
}

#[tokio::test]
async fn a_set_of_changes_ends_old_states_and_replaces_those_of_the_same_day() {
    fixtures::each_database(|city| async move {
        let tx = city.db.begin(city.db.program("test")).await.unwrap();
        let all: Vec<Facts> =
            (0..1_200).map(|number| facts(&format!("A{number}"), "青禾幼儿园")).collect();
        store::enter(&tx, day(1, 1), "导入", &all[..1_000]).await.unwrap();
        store::enter(&tx, day(2, 1), "导入", &all[1_000..]).await.unwrap();
        tx.commit(Note::of("test.entered", "x", "测试")).await.unwrap();
        let known =
            store::known(&city.reading(), Some(&["440305".to_owned()]), day(2, 1)).await.unwrap();
        assert_eq!(known.len(), 1_200);
        let revisions: Vec<Revision> = known
            .values()
            .map(|known| Revision {
                id: known.id,
                seen: known.state,
                facts: Facts { classes: Some(12), ..known.facts.clone() },
            })
            .collect();
        let tx = city.db.begin(city.db.program("test")).await.unwrap();
        store::revise(&tx, day(2, 1), "导入", &revisions).await.unwrap();
        tx.commit(Note::of("test.revised", "x", "测试")).await.unwrap();
        let reading = city.reading();
        let now = store::known(&reading, None, day(2, 1)).await.unwrap();
        assert!(now.values().all(|known| known.facts.classes == Some(12)));
        let before = store::known(&reading, None, day(1, 31)).await.unwrap();
        assert_eq!(before.len(), 1_000);
        assert!(before.values().all(|known| known.facts.classes == Some(9)));
        let tx = city.db.begin(city.db.program("test")).await.unwrap();
        let stale = store::revise(&tx, day(2, 2), "导入", &revisions).await;
        assert!(matches!(stale, Err(Failure::Stale(_))), "{stale:?}");
    })
    .await;
}

#[tokio::test]
async fn nothing_out_of_reach_is_revised() {
    fixtures::each_database(|city| async move {
        let id = city.kindergarten("青禾幼儿园").add().await;
        let found = store::find(&city.reading(), id, city.today()).await.unwrap();
        let revision =
            Revision { id, seen: found.state, facts: Facts { classes: Some(12), ..found.facts } };
        let other = city.officer("440304").await;
        let tx = city.db.begin(&other).await.unwrap();
        let unseen = store::revise(&tx, city.today(), "导入", &[revision]).await;
        assert!(matches!(unseen, Err(Failure::Stale(_))), "{unseen:?}");
    })
    .await;
}
