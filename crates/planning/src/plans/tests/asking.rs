use fixtures::each_database;
use kernel::Failure;
use registry::settings::{DayTable, load_days};

use super::*;
use crate::plans::types::Answer;

#[tokio::test]
async fn a_principal_answers_for_her_own_kindergarten_alone() {
    each_database(|city| async move {
        let ground = ground(&city).await;
        let officer = city.officer(NANSHAN).await;
        let id = proposed(&city, &officer).await;
        let asked = acts::solicit(&city.db, &officer, id, 2, 10).await.unwrap();
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
        acts::solicit(&city.db, &officer, id, 2, 10).await.unwrap();
        let elsewhere = city.kindergarten("远山幼儿园").in_street("440306018").add().await;
        let principal = city.principal(elsewhere).await;
        let answer = acts::answer(&city.db, &principal, id, Answer::Agree, "").await;
        assert!(matches!(answer, Err(Failure::NotFound)));
    })
    .await;
}

#[tokio::test]
async fn opinions_are_asked_for_within_working_days_and_end_with_the_decision() {
    each_database(|city| async move {
        let ground = ground(&city).await;
        let (officer, deputy) = (city.officer(NANSHAN).await, city.deputy(NANSHAN).await);
        let id = proposed(&city, &officer).await;
        for working_days in [0, 61] {
            let refused = acts::solicit(&city.db, &officer, id, 2, working_days).await;
            assert!(matches!(refused, Err(Failure::Invalid(_))));
        }
        acts::solicit(&city.db, &officer, id, 2, 10).await.unwrap();
        acts::submit(&city.db, &officer, id, 2, "").await.unwrap();
        acts::approve(&city.db, &deputy, id, 2, "").await.unwrap();
        let principal = city.principal(ground.west[2]).await;
        let late = acts::answer(&city.db, &principal, id, Answer::Agree, "").await.unwrap_err();
        assert_eq!(late.to_string(), "方案已批准，不再收集意见");
    })
    .await;
}

fn new_year_of_2027() -> DayTable {
    let lines =
        "2027-01-01 休 元旦\n2027-01-02 休 元旦\n2027-01-04 休 元旦\n2026-12-26 班 元旦调休";
    DayTable { year: "2027".to_owned(), lines: lines.to_owned() }
}

async fn recounted(city: &City) -> Vec<(String, String, String)> {
    let sql = storage::Sql::new(
        "SELECT summary, state_before AS before, state_after AS after FROM audit_entry WHERE event = 'opinion.recounted' ORDER BY id",
    );
    let rows: Vec<Recounted> = city.reading().all(sql).await.unwrap();
    rows.into_iter().map(|row| (row.summary, row.before, row.after)).collect()
}

#[derive(storage::FromRow)]
struct Recounted {
    summary: String,
    before: String,
    after: String,
}

#[tokio::test]
async fn a_table_that_is_loaded_moves_the_provisional_deadline_and_the_audit_trail_says_so() {
    each_database(|city| async move {
        city.on(day(2026, 12, 24));
        ground(&city).await;
        let officer = city.officer(NANSHAN).await;
        let id = proposed(&city, &officer).await;
        acts::solicit(&city.db, &officer, id, 2, 5).await.unwrap();
        let opinion = store::opinions(&city.reading(), id).await.unwrap().remove(0);
        assert_eq!(opinion.due_on, day(2026, 12, 31));
        let calendar = registry::settings::working_days(&city.reading()).await.unwrap();
        assert!(opinion.deadline(&calendar).unwrap().is_provisional());
        let browser = city.browser(crate::routes(), &officer);
        let page = browser.get(&format!("/plans/{id}")).await.text;
        assert!(page.contains("暂定：2027 年的放假安排尚未公布或未载入"), "{page}");

        let administrator = city.administrator(kernel::PostKind::SystemAdministrator).await;
        let table = new_year_of_2027();
        let load = load_days(&city.db, &administrator, &table, acts::recount_deadlines);
        load.await.unwrap();
        // Saturday 26 December is worked by the new notice, so the fifth working day is a day earlier.
        let opinion = store::opinions(&city.reading(), id).await.unwrap().remove(0);
        assert_eq!(opinion.due_on, day(2026, 12, 30));
        let noted = recounted(&city).await;
        assert_eq!(noted.len(), 1);
        assert_eq!(
            noted[0].0,
            "方案“春季方案”征求意见：放假安排已更新，期限由 2026 年 12 月 31 日 改为 2026 年 12 月 30 日（星期三）"
        );
        assert!(noted[0].1.contains("2026-12-31") && noted[0].2.contains("2026-12-30"));
        let page = browser.get(&format!("/plans/{id}")).await.text;
        assert!(page.contains("至 2026 年 12 月 30 日（星期三）止") && !page.contains("。暂定：2027 年的放假安排尚未公布或未载入"), "{page}");

        // The same table again changes nothing, and says nothing.
        let load = load_days(&city.db, &administrator, &table, acts::recount_deadlines);
        load.await.unwrap();
        assert_eq!(recounted(&city).await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_question_that_is_closed_keeps_its_deadline() {
    each_database(|city| async move {
        city.on(day(2026, 12, 24));
        ground(&city).await;
        let officer = city.officer(NANSHAN).await;
        let id = proposed(&city, &officer).await;
        acts::solicit(&city.db, &officer, id, 2, 5).await.unwrap();
        acts::withdraw(&city.db, &officer, id, 2, "另拟方案").await.unwrap();
        let administrator = city.administrator(kernel::PostKind::SystemAdministrator).await;
        load_days(&city.db, &administrator, &new_year_of_2027(), acts::recount_deadlines)
            .await
            .unwrap();
        let opinion = store::opinions(&city.reading(), id).await.unwrap().remove(0);
        assert_eq!(opinion.due_on, day(2026, 12, 31));
        assert!(recounted(&city).await.is_empty());
    })
    .await;
}
