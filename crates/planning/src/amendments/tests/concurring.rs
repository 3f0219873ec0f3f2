use std::collections::BTreeMap;

use fixtures::each_database;

use super::*;

/// Tries them all at once; answers how many were made and what the others were told.
async fn at_once(
    city: &City,
    officer: &Caller,
    amendments: Vec<Amendment>,
) -> (usize, Vec<kernel::Refusal>) {
    let tries: Vec<_> = amendments
        .into_iter()
        .map(|amendment| {
            let (db, officer) = (city.db.clone(), officer.clone());
            tokio::spawn(async move { amend(&db, &officer, &amendment).await })
        })
        .collect();
    let (mut made, mut told) = (0, Vec::new());
    for each in tries {
        match each.await.unwrap() {
            Ok(()) => made += 1,
            other => told.push(refused(other)),
        }
    }
    (made, told)
}

/// On no day is anybody in two clusters.
async fn nobody_is_in_two_clusters(city: &City) {
    for offset in 0..60 {
        let day = day(2, 1) + chrono::Days::new(offset);
        let mut places: BTreeMap<KindergartenId, usize> = BTreeMap::new();
        for stay in
            registry::clusters::store::memberships(&city.reading(), NANSHAN, day).await.unwrap()
        {
            *places.entry(stay.kindergarten).or_default() += 1;
        }
        assert!(places.values().all(|count| *count == 1), "{day}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_32_admissions_at_once_one_takes_the_sixteenth_place() {
    each_database(|city| async move {
        let ground = ground(&city, 15, 32).await;
        let admissions = ground
            .waiting
            .iter()
            .map(|id| on(day(3, 1), ground.yuehai, Change::Admit { kindergarten: *id }));
        let (made, told) = at_once(&city, &ground.officer, admissions.collect()).await;
        assert_eq!((made, told.len()), (1, 31));
        assert!(told.iter().all(|refusal| refusal.clause == Some("2.1.2-2")), "{told:?}");
        assert_eq!(size(&city, ground.yuehai, day(3, 1)).await, 16);
        nobody_is_in_two_clusters(&city).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_32_admissions_on_different_days_at_once_no_day_sees_a_seventeenth() {
    each_database(|city| async move {
        let ground = ground(&city, 15, 32).await;
        let admissions = ground.waiting.iter().enumerate().map(|(place, id)| {
            let effective_on = day(3, 1) + chrono::Days::new(place as u64 % 8);
            on(effective_on, ground.yuehai, Change::Admit { kindergarten: *id })
        });
        let (made, _) = at_once(&city, &ground.officer, admissions.collect()).await;
        assert_eq!(made, 1);
        assert_eq!(size(&city, ground.yuehai, day(3, 20)).await, 16);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_32_transfers_of_one_kindergarten_at_once_one_wins() {
    each_database(|city| async move {
        let ground = ground(&city, 8, 4).await;
        let third = {
            let name = "南山区第3学区".to_owned();
            let clusters = [
                NewCluster {
                    keep: Some(ground.yuehai),
                    name: "粤海学区".into(),
                    centre: ground.members[0],
                    members: ground.members.clone(),
                },
                NewCluster {
                    keep: Some(ground.second),
                    name: "南山区第2学区".into(),
                    centre: ground.others[0],
                    members: ground.others.clone(),
                },
                NewCluster {
                    keep: None,
                    name,
                    centre: ground.waiting[0],
                    members: ground.waiting.clone(),
                },
            ];
            let tx = city.db.begin(city.db.program("test")).await.unwrap();
            let decision =
                Decision { from: day(2, 1), to: OPEN_END, paper_number: "", cause: "测试" };
            let ids = registry::clusters::acts::establish(&tx, NANSHAN, &decision, &clusters)
                .await
                .unwrap();
            tx.commit(Note::of("test.prepared", "x", "测试")).await.unwrap();
            ids[2]
        };
        let transfers = (0..32_u64).map(|number| {
            let to = if number % 2 == 0 { ground.second } else { third };
            let effective_on = day(3, 1) + chrono::Days::new(number % 5);
            on(
                effective_on,
                ground.yuehai,
                Change::Transfer { kindergarten: ground.members[1], to },
            )
        });
        let (made, told) = at_once(&city, &ground.officer, transfers.collect()).await;
        assert_eq!((made, told.len()), (1, 31), "{told:?}");
        assert_eq!(size(&city, ground.yuehai, day(3, 20)).await, 7);
        nobody_is_in_two_clusters(&city).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_32_different_changes_at_once_each_is_judged_by_what_is_then() {
    each_database(|city| async move {
        let ground = ground(&city, 12, 8).await;
        let admissions = ground
            .waiting
            .iter()
            .map(|id| on(day(3, 1), ground.yuehai, Change::Admit { kindergarten: *id }));
        let twice = ground
            .waiting
            .iter()
            .map(|id| on(day(3, 1), ground.second, Change::Admit { kindergarten: *id }));
        let transfers = ground.members[1..9].iter().map(|id| {
            on(day(3, 2), ground.yuehai, Change::Transfer { kindergarten: *id, to: ground.second })
        });
        let renames = (10..18).map(|number| {
            let name = format!("南山区第{number}学区");
            on(day(3, 1), ground.yuehai, Change::Rename { name, instead_of: "粤海学区".to_owned() })
        });
        let all: Vec<Amendment> = admissions.chain(twice).chain(transfers).chain(renames).collect();
        assert_eq!(all.len(), 32);
        at_once(&city, &ground.officer, all).await;
        nobody_is_in_two_clusters(&city).await;
        for day in [day(3, 1), day(3, 2), day(4, 1)] {
            assert!(
                size(&city, ground.yuehai, day).await <= 16
                    && size(&city, ground.second, day).await <= 16,
                "{day}"
            );
        }
        let renamed = registry::clusters::store::find(&city.reading(), ground.yuehai, day(4, 1))
            .await
            .unwrap();
        assert!(
            renamed.name.starts_with("南山区第1"),
            "one of eight renames was first: {}",
            renamed.name
        );
    })
    .await;
}
