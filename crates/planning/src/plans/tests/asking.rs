use fixtures::each_database;
use kernel::Failure;

use super::*;
use crate::plans::types::Answer;

#[tokio::test]
async fn a_principal_answers_for_her_own_kindergarten_alone() {
    each_database(|city| async move {
        let ground = ground(&city).await;
        let officer = city.officer(NANSHAN).await;
        let id = proposed(&city, &officer).await;
        let asked = acts::solicit(&city.db, &officer, id, 2, day(2026, 2, 20)).await.unwrap();
        assert_eq!(asked, 8);
        let principal = city.principal(ground.west[2]).await;
        let silent = acts::answer(&city.db, &principal, id, Answer::Disagree, "").await;
        assert!(matches!(silent, Err(Failure::Invalid(_))));
        acts::answer(&city.db, &principal, id, Answer::Disagree, "离中心园太远").await.unwrap();
        let opinions = store::opinions(&city.reading(), id).await.unwrap();
        assert_eq!(opinions.iter().filter(|opinion| opinion.answer.is_some()).count(), 1);
        let own = opinions.iter().find(|opinion| opinion.kindergarten == ground.west[2]).unwrap();
        assert_eq!(
            (own.answer, own.remark.as_str(), own.version),
            (Some(Answer::Disagree), "离中心园太远", 2)
        );
        let reading = city.db.reading(&principal);
        assert_eq!(
            store::asked_of(&reading, &principal.reach.kindergartens).await.unwrap().len(),
            1
        );
    })
    .await;
}

#[tokio::test]
async fn who_was_not_asked_does_not_find_the_plan() {
    each_database(|city| async move {
        ground(&city).await;
        let officer = city.officer(NANSHAN).await;
        let id = proposed(&city, &officer).await;
        acts::solicit(&city.db, &officer, id, 2, day(2026, 2, 20)).await.unwrap();
        let elsewhere = city.kindergarten("远山幼儿园").in_street("440306018").add().await;
        let principal = city.principal(elsewhere).await;
        let answer = acts::answer(&city.db, &principal, id, Answer::Agree, "").await;
        assert!(matches!(answer, Err(Failure::NotFound)));
    })
    .await;
}

#[tokio::test]
async fn opinions_are_asked_for_a_day_ahead_and_end_with_the_decision() {
    each_database(|city| async move {
        let ground = ground(&city).await;
        let (officer, deputy) = (city.officer(NANSHAN).await, city.deputy(NANSHAN).await);
        let id = proposed(&city, &officer).await;
        let today = acts::solicit(&city.db, &officer, id, 2, city.today()).await;
        assert!(matches!(today, Err(Failure::Invalid(_))));
        acts::solicit(&city.db, &officer, id, 2, day(2026, 2, 20)).await.unwrap();
        acts::submit(&city.db, &officer, id, 2, "").await.unwrap();
        acts::approve(&city.db, &deputy, id, 2, "").await.unwrap();
        let principal = city.principal(ground.west[2]).await;
        let late = acts::answer(&city.db, &principal, id, Answer::Agree, "").await.unwrap_err();
        assert_eq!(late.to_string(), "方案已批准，不再收集意见");
    })
    .await;
}
