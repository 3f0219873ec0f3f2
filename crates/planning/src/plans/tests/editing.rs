use std::sync::Arc;

use fixtures::each_database;
use kernel::{Failure, PostKind, PostScope};

use super::*;
use crate::plans::types::Change;

#[tokio::test]
async fn a_move_breaks_a_rule_and_undo_and_redo_go_back_and_forth() {
    each_database(|city| async move {
        let ground = ground(&city).await;
        let officer = city.officer(NANSHAN).await;
        let id = proposed(&city, &officer).await;
        let before = plan(&city, id).await.version.content;
        let centre = ground.west[0];
        let target = before.cluster_of(ground.east[0]).unwrap().key;
        let moved = Change::Move { kindergarten: centre, to: target };
        let edited = acts::change(&city.db, &officer, id, 2, &moved).await.unwrap();
        assert!(crate::plans::judge(&edited.plan.version.content, &edited.facts).legality.hard > 0);
        let undone = acts::change(&city.db, &officer, id, 3, &Change::Undo).await.unwrap();
        assert_eq!(undone.plan.version.content, before);
        let redone = acts::change(&city.db, &officer, id, 4, &Change::Redo).await.unwrap();
        assert_eq!(redone.plan.version.content, edited.plan.version.content);
        let undone = acts::change(&city.db, &officer, id, 5, &Change::Undo).await.unwrap();
        assert_eq!(undone.plan.version.content, before);
        let empty = acts::change(&city.db, &officer, id, 6, &Change::Undo).await.unwrap();
        assert!(empty.plan.version.content.clusters.is_empty());
        let nothing = acts::change(&city.db, &officer, id, 7, &Change::Undo).await.unwrap_err();
        assert_eq!(nothing.to_string(), "没有可以撤销的修改");
        assert_eq!(plan(&city, id).await.version.number, 7);
    })
    .await;
}

#[tokio::test]
async fn a_new_edit_after_an_undo_leaves_nothing_to_redo() {
    each_database(|city| async move {
        let ground = ground(&city).await;
        let officer = city.officer(NANSHAN).await;
        let id = proposed(&city, &officer).await;
        acts::change(&city.db, &officer, id, 2, &Change::Unassign { kindergarten: ground.west[1] })
            .await
            .unwrap();
        acts::change(&city.db, &officer, id, 3, &Change::Undo).await.unwrap();
        acts::change(&city.db, &officer, id, 4, &Change::Unassign { kindergarten: ground.west[2] })
            .await
            .unwrap();
        let nothing = acts::change(&city.db, &officer, id, 5, &Change::Redo).await.unwrap_err();
        assert_eq!(nothing.to_string(), "没有可以重做的修改");
    })
    .await;
}

#[tokio::test]
async fn who_edits_an_old_version_is_told_who_was_first_and_nothing_is_lost() {
    each_database(|city| async move {
        let ground = ground(&city).await;
        let first = city.officer(NANSHAN).await;
        let scope = PostScope::District(NANSHAN.to_owned());
        let second = city.caller("赵平", PostKind::SectionOfficer, scope).await;
        let id = proposed(&city, &first).await;
        acts::change(&city.db, &first, id, 2, &Change::Unassign { kindergarten: ground.west[1] })
            .await
            .unwrap();
        let late = Change::Unassign { kindergarten: ground.west[2] };
        let failure = acts::change(&city.db, &second, id, 2, &late).await.unwrap_err();
        assert!(matches!(&failure, Failure::Stale(text) if text.contains("王敏")), "{failure:?}");
        let version = plan(&city, id).await.version;
        assert_eq!(version.number, 3);
        assert!(version.content.cluster_of(ground.west[2]).is_some());
        acts::change(&city.db, &second, id, 3, &late).await.unwrap();
        assert_eq!(plan(&city, id).await.version.made_by, "赵平");
    })
    .await;
}

#[tokio::test]
async fn of_thirty_two_edits_of_one_version_exactly_one_is_kept() {
    each_database(|city| async move {
        let ground = Arc::new(ground(&city).await);
        let officer = city.officer(NANSHAN).await;
        let id = proposed(&city, &officer).await;
        let tries = (0..32).map(|number| {
            let (db, officer, ground) = (city.db.clone(), officer.clone(), Arc::clone(&ground));
            tokio::spawn(async move {
                let change = Change::Unassign { kindergarten: ground.west[1 + number % 3] };
                acts::change(&db, &officer, id, 2, &change).await.map(drop)
            })
        });
        let (mut kept, mut stale) = (0, 0);
        for attempt in tries.collect::<Vec<_>>() {
            match attempt.await.unwrap() {
                Ok(()) => kept += 1,
                Err(Failure::Stale(_)) => stale += 1,
                Err(other) => panic!("{other:?}"),
            }
        }
        assert_eq!((kept, stale), (1, 31));
        assert_eq!(plan(&city, id).await.version.number, 3);
        assert_eq!(store::versions(&city.reading(), id).await.unwrap().len(), 3);
        assert_eq!(entries(&city, "plan.changed").await, 2);
    })
    .await;
}

#[tokio::test]
async fn another_district_does_not_even_see_the_plan() {
    each_database(|city| async move {
        let ground = ground(&city).await;
        let officer = city.officer(NANSHAN).await;
        let neighbour = city.officer("440306").await;
        let id = proposed(&city, &officer).await;
        let found = store::find(&city.db.reading(&neighbour), id).await;
        assert!(matches!(found, Err(Failure::NotFound)));
        let change = Change::Unassign { kindergarten: ground.west[1] };
        assert!(matches!(
            acts::change(&city.db, &neighbour, id, 2, &change).await,
            Err(Failure::NotFound)
        ));
        assert!(matches!(
            acts::submit(&city.db, &neighbour, id, 2, "").await,
            Err(Failure::NotFound)
        ));
        let draft = acts::draft(&city.db, &neighbour, NANSHAN, "越界方案", Origin::Scratch).await;
        assert!(matches!(draft, Err(Failure::NotFound)));
        let copy =
            acts::draft(&city.db, &neighbour, "440306", "抄来的方案", Origin::Copy(id)).await;
        assert!(matches!(copy, Err(Failure::NotFound)));
        let principal = city.principal(ground.west[0]).await;
        assert!(matches!(
            store::find(&city.db.reading(&principal), id).await,
            Err(Failure::NotFound)
        ));
        assert_eq!(
            store::count(&city.db.reading(&neighbour), &store::Filter::default()).await.unwrap(),
            0
        );
    })
    .await;
}

#[tokio::test]
async fn a_proposal_is_not_saved_over_an_edit_nor_after_the_post_has_ended() {
    each_database(|city| async move {
        let ground = ground(&city).await;
        let officer = city.officer(NANSHAN).await;
        let id = proposed(&city, &officer).await;
        let content = two_clusters(&facts(&city, city.today()).await);
        acts::change(&city.db, &officer, id, 2, &Change::Unassign { kindergarten: ground.west[1] })
            .await
            .unwrap();
        let late = acts::save_proposal(&city.db, &officer, id, 2, content.clone()).await;
        assert!(matches!(late, Err(Failure::Stale(_))));
        let tx = city.db.begin(city.db.program("test")).await.unwrap();
        let ended = storage::Sql::with(
            "UPDATE post SET valid_to = $1 WHERE id = $2",
            [city.today().into(), officer.post.into()],
        );
        tx.execute(ended).await.unwrap();
        tx.commit(kernel::Note::of("test.prepared", officer.post, "岗位结束")).await.unwrap();
        let powerless = acts::save_proposal(&city.db, &officer, id, 3, content).await;
        assert!(matches!(powerless, Err(Failure::Forbidden(_))), "{powerless:?}");
    })
    .await;
}
