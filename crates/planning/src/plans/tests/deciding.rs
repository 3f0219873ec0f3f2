use fixtures::each_database;
use kernel::{Caller, Failure};

use super::*;
use crate::plans::acts::Adoption;
use crate::plans::types::{Change, Stage, StepKind};

#[tokio::test]
async fn a_plan_that_leaves_somebody_out_can_not_be_submitted_and_the_clause_is_named() {
    each_database(|city| async move {
        let ground = ground(&city).await;
        let officer = city.officer(NANSHAN).await;
        let id = proposed(&city, &officer).await;
        acts::change(&city.db, &officer, id, 2, &Change::Unassign { kindergarten: ground.west[1] })
            .await
            .unwrap();
        match acts::submit(&city.db, &officer, id, 3, "").await {
            Err(Failure::Refused(refusal)) => {
                assert!(refusal.text.contains("青禾2幼儿园"), "{}", refusal.text);
                assert_eq!(refusal.clause, Some("1.2-2"));
            }
            other => panic!("{other:?}"),
        }
        assert_eq!(plan(&city, id).await.stage, Stage::Draft);
    })
    .await;
}

#[tokio::test]
async fn who_submitted_can_not_approve_even_as_deputy() {
    each_database(|city| async move {
        ground(&city).await;
        let (officer, deputy) = (city.officer(NANSHAN).await, city.deputy(NANSHAN).await);
        let id = proposed(&city, &officer).await;
        acts::submit(&city.db, &officer, id, 2, "").await.unwrap();
        let same_person = Caller { person: officer.person, ..deputy.clone() };
        let refusal = acts::approve(&city.db, &same_person, id, 2, "").await.unwrap_err();
        assert!(refusal.to_string().contains("由您本人提交"), "{refusal}");
        acts::approve(&city.db, &deputy, id, 2, "").await.unwrap();
        assert_eq!(plan(&city, id).await.stage, Stage::Approved);
    })
    .await;
}

#[tokio::test]
async fn a_submitted_plan_is_not_edited_until_it_comes_back_with_a_remark() {
    each_database(|city| async move {
        let ground = ground(&city).await;
        let (officer, deputy) = (city.officer(NANSHAN).await, city.deputy(NANSHAN).await);
        let id = proposed(&city, &officer).await;
        acts::submit(&city.db, &officer, id, 2, "").await.unwrap();
        let change = Change::Unassign { kindergarten: ground.west[1] };
        let refusal = acts::change(&city.db, &officer, id, 2, &change).await.unwrap_err();
        assert_eq!(refusal.to_string(), "方案待审批，不能再修改");
        let silent = acts::give_back(&city.db, &deputy, id, 2, " ").await;
        assert!(matches!(silent, Err(Failure::Invalid(_))));
        acts::give_back(&city.db, &deputy, id, 2, "请与街道再商量").await.unwrap();
        acts::change(&city.db, &officer, id, 2, &change).await.unwrap();
        let steps = store::steps(&city.reading(), id).await.unwrap();
        let kinds: Vec<StepKind> = steps.iter().map(|step| step.kind).collect();
        assert_eq!(kinds, [StepKind::Drafted, StepKind::Submitted, StepKind::Returned]);
        assert_eq!(steps[2].remark, "请与街道再商量");
    })
    .await;
}

#[tokio::test]
async fn a_plan_is_approved_as_it_was_seen_or_not_at_all() {
    each_database(|city| async move {
        ground(&city).await;
        let (officer, deputy) = (city.officer(NANSHAN).await, city.deputy(NANSHAN).await);
        let id = proposed(&city, &officer).await;
        acts::submit(&city.db, &officer, id, 2, "").await.unwrap();
        assert!(matches!(
            acts::approve(&city.db, &deputy, id, 1, "").await,
            Err(Failure::Stale(_))
        ));
        let adoption =
            Adoption { paper_number: "南教〔2026〕1号".into(), effective_on: city.today() };
        let out_of_turn = acts::adopt(&city.db, &deputy, id, 2, &adoption);
        assert_eq!(out_of_turn.await.unwrap_err().to_string(), "方案现在待审批，不能公布实施");
        acts::withdraw(&city.db, &officer, id, 2, "另拟方案").await.unwrap();
        assert_eq!(plan(&city, id).await.stage, Stage::Withdrawn);
        assert!(acts::approve(&city.db, &deputy, id, 2, "").await.is_err());
    })
    .await;
}

#[tokio::test]
async fn a_register_that_changed_after_submission_stops_the_approval() {
    each_database(|city| async move {
        ground(&city).await;
        let (officer, deputy) = (city.officer(NANSHAN).await, city.deputy(NANSHAN).await);
        let id = proposed(&city, &officer).await;
        acts::submit(&city.db, &officer, id, 2, "").await.unwrap();
        city.kindergarten("新苗幼儿园").at(113.921, 22.531).add().await;
        let refusal = acts::approve(&city.db, &deputy, id, 2, "").await.unwrap_err();
        assert!(refusal.to_string().contains("新苗幼儿园"), "{refusal}");
    })
    .await;
}
