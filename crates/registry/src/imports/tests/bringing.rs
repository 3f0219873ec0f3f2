use std::collections::BTreeMap;

use kernel::{Failure, KindergartenId, OPEN_END};
use policy::{Ownership, Rule, Strength};

use super::*;
use crate::clusters;
use crate::imports::types::{Kind, Stage, Standing, Takeover, Told};
use crate::imports::{Choice, store};

const NANSHAN: &str = "440305";
const HEADER: &str = "学区名称,编号,角色,文号,生效日期,失效日期";

fn on(year: i32, month: u32) -> Date {
    Date::from_ymd_opt(year, month, 1).unwrap()
}

/// Kindergartens T01 … of 粤海街道; the first is public, every third inclusive.
async fn kindergartens(city: &City, many: u32) -> Vec<KindergartenId> {
    let mut ids = Vec::new();
    for number in 1..=many {
        let owned = if number % 3 == 0 { Ownership::InclusivePrivate } else { Ownership::Public };
        let kindergarten =
            city.kindergarten(&format!("青禾第{number}幼儿园")).under(&format!("T{number:02}"));
        ids.push(kindergarten.owned(owned).add().await);
    }
    ids
}

/// Lines of a cluster whose first kindergarten leads it.
fn cluster(
    name: &str,
    numbers: std::ops::RangeInclusive<u32>,
    document: &str,
    days: &str,
) -> String {
    let first = *numbers.start();
    numbers
        .map(|number| {
            let role = if number == first { "中心园" } else { "成员园" };
            format!("{name},T{number:02},{role},{document},{days}\n")
        })
        .collect()
}

async fn told(city: &City, caller: &Caller, text: &str) -> Result<(ImportId, Told), Failure> {
    let bytes = format!("{HEADER}\n{text}").into_bytes();
    let id = acts::preview_clusters(&city.db, caller, "学区.csv", bytes).await?;
    Ok((id, store::content(&city.db.reading(caller), id).await?))
}

fn takeover(choice: Choice, reasons: &[(u32, &str)]) -> Takeover {
    let reasons: BTreeMap<u32, String> =
        reasons.iter().map(|(key, text)| (*key, (*text).to_owned())).collect();
    Takeover { choice, reasons, until: on(2027, 8) }
}

async fn states(city: &City) -> i64 {
    count(city, "cluster_state").await
        + count(city, "membership").await
        + count(city, "exception").await
}

#[tokio::test]
async fn a_cluster_of_seventeen_is_taken_over_with_a_reason() {
    fixtures::each_database(|city| async move {
        kindergartens(&city, 17).await;
        let officer = city.officer(NANSHAN).await;
        let text = cluster("粤海学区", 1..=17, "深南教〔2025〕8号", "2025-09-01,");
        let (id, told) = told(&city, &officer, &text).await.unwrap();
        assert_eq!(told.states[0].standing, Standing::Reasoned);
        let rules: Vec<(Rule, Strength)> =
            told.states[0].faults.iter().map(|fault| (fault.rule, fault.strength)).collect();
        assert_eq!(
            rules,
            [(Rule::AtMostSixteen, Strength::InPrinciple)],
            "{:?}",
            told.states[0].faults
        );
        let unreasoned =
            acts::apply_clusters(&city.db, &officer, id, &takeover(Choice::AllOrNone, &[])).await;
        let Err(Failure::Invalid(invalid)) = unreasoned else { panic!("{unreasoned:?}") };
        assert!(invalid.of("reason").unwrap().contains("粤海学区"));
        assert_eq!(states(&city).await, 0);

        let reasoned = takeover(Choice::AllOrNone, &[(0, "两所园为同一小区的分期建设")]);
        assert_eq!(acts::apply_clusters(&city.db, &officer, id, &reasoned).await.unwrap(), 1);
        let reading = city.db.reading(&officer);
        let found = clusters::store::in_district(&reading, NANSHAN, city.today()).await.unwrap();
        assert_eq!((found[0].name.as_str(), found[0].size), ("粤海学区", 17));
        assert_eq!(found[0].paper_number, "深南教〔2025〕8号");
        let exceptions =
            clusters::store::exceptions(&reading, found[0].id, city.today()).await.unwrap();
        assert_eq!(exceptions.len(), 1);
        assert_eq!(
            (exceptions[0].rule.as_str(), exceptions[0].reason.as_str()),
            ("at_most_sixteen", "两所园为同一小区的分期建设")
        );
        assert_eq!(exceptions[0].to, Date::from_ymd_opt(2027, 8, 2).unwrap());
        let twice = acts::apply_clusters(&city.db, &officer, id, &reasoned).await;
        assert!(matches!(twice, Err(Failure::Refused(_))), "{twice:?}");
    })
    .await;
}

#[tokio::test]
async fn past_states_stand_on_their_days_under_one_id() {
    fixtures::each_database(|city| async move {
        kindergartens(&city, 9).await;
        let officer = city.officer(NANSHAN).await;
        let text = cluster("粤海学区", 1..=6, "旧文", "2024-09-01,2025-09-01")
            + &cluster("粤海学区", 1..=9, "新文", "2025-09-01,");
        let (id, told) = told(&city, &officer, &text).await.unwrap();
        assert_eq!(told.states.len(), 2, "{told:?}");
        let reasons: Vec<(u32, &str)> =
            told.states.iter().map(|state| (state.key, "沿用")).collect();
        acts::apply_clusters(&city.db, &officer, id, &takeover(Choice::AllOrNone, &reasons))
            .await
            .unwrap();
        let reading = city.db.reading(&officer);
        let on_day = async |day| {
            let found = clusters::store::in_district(&reading, NANSHAN, day).await.unwrap();
            found.into_iter().map(|one| (one.id, one.size, one.paper_number)).next()
        };
        let (past, now) = (on_day(on(2025, 1)).await.unwrap(), on_day(city.today()).await.unwrap());
        assert_eq!(past.0, now.0);
        assert_eq!((past.1, past.2.as_str()), (6, "旧文"));
        assert_eq!((now.1, now.2.as_str()), (9, "新文"));
        assert_eq!(on_day(on(2024, 8)).await, None);
    })
    .await;
}

#[tokio::test]
async fn a_hard_fault_stops_a_cluster_in_force_but_not_history() {
    fixtures::each_database(|city| async move {
        kindergartens(&city, 6).await;
        let officer = city.officer(NANSHAN).await;
        // Its third kindergarten is not public, so it may not lead.
        let text = cluster("粤海学区", 3..=6, "", "2025-09-01,");
        let (id, now) = told(&city, &officer, &text).await.unwrap();
        assert_eq!(now.states[0].standing, Standing::Refused);
        assert!(now.states[0].faults.iter().any(|fault| fault.rule == Rule::OneCentre));
        let refused = acts::apply_clusters(
            &city.db,
            &officer,
            id,
            &takeover(Choice::GoodRows, &[(0, "沿用")]),
        )
        .await;
        assert!(matches!(refused, Err(Failure::Refused(_))), "{refused:?}");

        let text = cluster("粤海学区", 3..=6, "", "2024-09-01,2025-09-01");
        let (id, past) = told(&city, &officer, &text).await.unwrap();
        assert_eq!(past.states[0].standing, Standing::Reasoned);
        acts::apply_clusters(
            &city.db,
            &officer,
            id,
            &takeover(Choice::AllOrNone, &[(0, "历史记录")]),
        )
        .await
        .unwrap();
        assert_eq!(count(&city, "cluster_state").await, 1);
    })
    .await;
}

#[tokio::test]
async fn days_that_have_clusters_already_take_no_others() {
    fixtures::each_database(|city| async move {
        kindergartens(&city, 6).await;
        let officer = city.officer(NANSHAN).await;
        let text = cluster("粤海学区", 1..=6, "", "2025-09-01,");
        let (id, _) = told(&city, &officer, &text).await.unwrap();
        let (late, _) = told(&city, &officer, &text).await.unwrap();
        acts::apply_clusters(&city.db, &officer, id, &takeover(Choice::AllOrNone, &[(0, "沿用")]))
            .await
            .unwrap();
        let kept = states(&city).await;
        let again = told(&city, &officer, &text).await;
        assert!(
            matches!(&again, Err(Failure::Refused(said)) if said.text.contains("本区已有学区")),
            "{again:?}"
        );
        let second = acts::apply_clusters(
            &city.db,
            &officer,
            late,
            &takeover(Choice::AllOrNone, &[(0, "沿用")]),
        )
        .await;
        assert!(matches!(second, Err(Failure::Refused(_))), "{second:?}");
        assert_eq!(states(&city).await, kept);
    })
    .await;
}

#[tokio::test]
async fn a_register_that_changed_meanwhile_makes_the_clusters_stale() {
    fixtures::each_database(|city| async move {
        kindergartens(&city, 6).await;
        let officer = city.officer(NANSHAN).await;
        let (id, before) =
            told(&city, &officer, &cluster("粤海学区", 1..=6, "", "2025-09-01,")).await.unwrap();
        assert!(before.notes.is_empty(), "{:?}", before.notes);
        city.kindergarten("云杉幼儿园").under("T99").add().await;
        let reasons = takeover(Choice::AllOrNone, &[(0, "沿用")]);
        let stale = acts::apply_clusters(&city.db, &officer, id, &reasons).await;
        assert!(matches!(stale, Err(Failure::Stale(_))), "{stale:?}");
        assert_eq!(states(&city).await, 0);
        acts::renew_clusters(&city.db, &officer, id).await.unwrap();
        let after: Told = store::content(&city.db.reading(&officer), id).await.unwrap();
        assert!(after.notes[0].contains("云杉幼儿园"), "{:?}", after.notes);
        acts::apply_clusters(&city.db, &officer, id, &reasons).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn clusters_are_brought_by_their_own_district_alone() {
    fixtures::each_database(|city| async move {
        kindergartens(&city, 6).await;
        let (officer, neighbour) = (city.officer(NANSHAN).await, city.officer("440304").await);
        let text = cluster("粤海学区", 1..=6, "", "2025-09-01,");
        let (id, _) = told(&city, &officer, &text).await.unwrap();
        let reasons = takeover(Choice::AllOrNone, &[(0, "沿用")]);
        let applied = acts::apply_clusters(&city.db, &neighbour, id, &reasons).await;
        assert!(matches!(applied, Err(Failure::NotFound)));
        // In the neighbour's register there are no such kindergartens.
        let (_, foreign) = told(&city, &neighbour, &text).await.unwrap();
        assert!(foreign.states.is_empty());
        assert_eq!(foreign.unread, ["粤海学区"]);
        let city_bureau = told(&city, &city.city_officer().await, &text).await;
        assert!(matches!(city_bureau, Err(Failure::Refused(_))));
    })
    .await;
}

#[tokio::test]
async fn a_takeover_that_breaks_off_in_the_middle_leaves_nothing() {
    fixtures::each_database(|city| async move {
        let ids = kindergartens(&city, 6).await;
        let officer = city.officer(NANSHAN).await;
        let (id, _) =
            told(&city, &officer, &cluster("粤海学区", 1..=6, "", "2025-09-01,")).await.unwrap();
        let tx = city.db.begin(&officer).await.unwrap();
        store::mark_applied(&tx, id).await.unwrap();
        let new = clusters::NewCluster {
            keep: None,
            name: "粤海学区".to_owned(),
            centre: ids[0],
            members: ids[1..].to_vec(),
        };
        let decision =
            clusters::Decision {
                from: on(2025, 9), to: OPEN_END, paper_number: "", cause: "导入"
            };
        clusters::acts::bring_along(&tx, NANSHAN, &[(new, decision)]).await.unwrap();
        drop(tx);
        assert_eq!(states(&city).await, 0);
        let found = store::find(&city.db.reading(&officer), Kind::Clusters, id).await.unwrap();
        assert_eq!(found.stage, Stage::Previewed);
    })
    .await;
}
