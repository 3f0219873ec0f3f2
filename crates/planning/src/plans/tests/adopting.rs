use fixtures::each_database;
use kernel::Failure;

use super::*;
use crate::plans::acts::Adoption;
use crate::plans::types::{Change, Stage};

fn from(effective_on: Date) -> Adoption {
    Adoption { paper_number: "南教〔2026〕12号".into(), effective_on }
}

#[tokio::test]
async fn clusters_are_there_as_of_the_effective_day_and_not_before() {
    each_database(|city| async move {
        let ground = ground(&city).await;
        let (officer, deputy) = (city.officer(NANSHAN).await, city.deputy(NANSHAN).await);
        let id = approved(&city, &officer, &deputy).await;
        acts::adopt(&city.db, &deputy, id, 2, &from(day(2026, 3, 1))).await.unwrap();
        let reading = city.reading();
        let eve = registry::clusters::store::in_district(&reading, NANSHAN, day(2026, 2, 28))
            .await
            .unwrap();
        assert!(eve.is_empty());
        let clusters = registry::clusters::store::in_district(&reading, NANSHAN, day(2026, 3, 1))
            .await
            .unwrap();
        assert_eq!(clusters.len(), 2);
        let led: Vec<_> = clusters
            .iter()
            .map(|cluster| (cluster.centre.as_ref().unwrap().id, cluster.size))
            .collect();
        assert!(
            led.contains(&(ground.west[0], 4)) && led.contains(&(ground.east[0], 4)),
            "{led:?}"
        );
        // 2.1.3-1: each has its committee from that day, by the same paper.
        for cluster in &clusters {
            let committee = async |on| {
                institutions::committees::of_cluster(&reading, cluster.id, on).await.unwrap()
            };
            assert!(committee(day(2026, 2, 28)).await.is_none());
            let established = committee(day(2026, 3, 1)).await.unwrap();
            assert_eq!(established.paper_number, "南教〔2026〕12号");
            assert_eq!(established.seats.len() as i64, cluster.size);
        }
        let adopted = plan(&city, id).await;
        assert_eq!((adopted.stage, adopted.effective_on), (Stage::Adopted, Some(day(2026, 3, 1))));
        let change = Change::Unassign { kindergarten: ground.west[1] };
        let frozen = acts::change(&city.db, &officer, id, 2, &change).await.unwrap_err();
        assert_eq!(frozen.to_string(), "方案已公布，不能再修改");
    })
    .await;
}

#[tokio::test]
async fn a_day_in_the_past_or_no_paper_is_refused_at_its_field() {
    each_database(|city| async move {
        ground(&city).await;
        let (officer, deputy) = (city.officer(NANSHAN).await, city.deputy(NANSHAN).await);
        let id = approved(&city, &officer, &deputy).await;
        let past = Adoption { paper_number: " ".into(), effective_on: day(2026, 2, 2) };
        match acts::adopt(&city.db, &deputy, id, 2, &past).await {
            Err(Failure::Invalid(invalid)) => {
                assert!(
                    invalid.of("paper_number").is_some() && invalid.of("effective_on").is_some()
                );
            }
            other => panic!("{other:?}"),
        }
        assert_eq!(plan(&city, id).await.stage, Stage::Approved);
    })
    .await;
}

#[tokio::test]
async fn what_changes_until_the_effective_day_is_judged_by_it_and_nothing_is_kept_when_refused() {
    each_database(|city| async move {
        ground(&city).await;
        let (officer, deputy) = (city.officer(NANSHAN).await, city.deputy(NANSHAN).await);
        let id = approved(&city, &officer, &deputy).await;
        city.kindergarten("新苗幼儿园").at(113.921, 22.531).since(day(2026, 2, 20)).add().await;
        let refusal =
            acts::adopt(&city.db, &deputy, id, 2, &from(day(2026, 3, 1))).await.unwrap_err();
        assert!(refusal.to_string().contains("新苗幼儿园"), "{refusal}");
        assert_eq!(plan(&city, id).await.stage, Stage::Approved);
        let clusters =
            registry::clusters::store::in_district(&city.reading(), NANSHAN, day(2026, 3, 1))
                .await
                .unwrap();
        assert!(clusters.is_empty());
        acts::adopt(&city.db, &deputy, id, 2, &from(day(2026, 2, 10))).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn of_two_adoptions_at_once_one_wins() {
    each_database(|city| async move {
        ground(&city).await;
        let (officer, deputy) = (city.officer(NANSHAN).await, city.deputy(NANSHAN).await);
        let id = approved(&city, &officer, &deputy).await;
        let (one, two) = (from(day(2026, 3, 1)), from(day(2026, 3, 1)));
        let outcome = tokio::join!(
            acts::adopt(&city.db, &deputy, id, 2, &one),
            acts::adopt(&city.db, &deputy, id, 2, &two)
        );
        assert!(outcome.0.is_ok() != outcome.1.is_ok(), "{outcome:?}");
        let loser = outcome.0.err().or(outcome.1.err()).unwrap();
        assert!(matches!(loser, Failure::Refused(_) | Failure::Stale(_)), "{loser:?}");
        let clusters =
            registry::clusters::store::in_district(&city.reading(), NANSHAN, day(2026, 3, 1))
                .await
                .unwrap();
        assert_eq!(clusters.len(), 2);
        assert_eq!(entries(&city, "plan.adopted").await, 1);
    })
    .await;
}

#[tokio::test]
async fn a_cluster_whose_centre_stays_keeps_its_identity_and_begins_the_next_draft() {
    each_database(|city| async move {
        let ground = ground(&city).await;
        let (officer, deputy) = (city.officer(NANSHAN).await, city.deputy(NANSHAN).await);
        let first = approved(&city, &officer, &deputy).await;
        acts::adopt(&city.db, &deputy, first, 2, &from(city.today())).await.unwrap();
        let before = store::ids_by_centre(&city.reading(), NANSHAN, city.today()).await.unwrap();

        let next =
            acts::draft(&city.db, &officer, NANSHAN, "秋季方案", Origin::InForce).await.unwrap();
        let draft = plan(&city, next).await;
        assert_eq!(draft.version.content.clusters.len(), 2);
        let to = draft.version.content.cluster_of(ground.east[0]).unwrap().key;
        acts::change(
            &city.db,
            &officer,
            next,
            1,
            &Change::Move { kindergarten: ground.west[3], to },
        )
        .await
        .unwrap();
        let until = day(2027, 8, 31);
        let except = Change::ExceptAll { reason: "待新园开办后再调整".into(), until };
        acts::change(&city.db, &officer, next, 2, &except).await.unwrap();
        acts::submit(&city.db, &officer, next, 3, "").await.unwrap();
        acts::approve(&city.db, &deputy, next, 3, "").await.unwrap();
        acts::adopt(&city.db, &deputy, next, 3, &from(day(2026, 9, 1))).await.unwrap();

        let reading = city.reading();
        let after = store::ids_by_centre(&reading, NANSHAN, day(2026, 9, 1)).await.unwrap();
        assert_eq!(before, after);
        let content = store::in_force(&reading, NANSHAN, day(2026, 9, 1)).await.unwrap();
        assert_eq!(content.cluster_of(ground.west[3]).unwrap().centre, Some(ground.east[0]));
        assert!(!content.exceptions.is_empty());
        assert!(content.exceptions.iter().all(|exception| exception.until == until));
        let standing =
            registry::clusters::store::exceptions_in_district(&reading, NANSHAN, day(2026, 9, 1))
                .await
                .unwrap();
        assert!(standing.iter().all(|exception| exception.approved_by == "周正"));
        let eve = store::in_force(&reading, NANSHAN, day(2026, 8, 31)).await.unwrap();
        assert_eq!(eve.cluster_of(ground.west[3]).unwrap().centre, Some(ground.west[0]));
    })
    .await;
}
