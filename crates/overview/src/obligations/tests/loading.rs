use super::*;
use kernel::PostKind;

#[tokio::test]
async fn the_records_of_a_day_decide_and_one_record_flips_a_verdict() {
    fixtures::each_database(|city| async move {
        let Ground { cluster, members } = ground(&city).await;
        let today = city.today();
        let before = whole(&city, today).await;
        for id in ["2.1.1-2", "2.1.2-1", "2.1.2-2", "2.1.2-3", "2.1.2-4", "2.1.2-7", "2.1.2-9"] {
            assert_eq!(state(&before, id, cluster), Some(State::Met), "{id}");
        }
        for id in ["1.2-2", "2.1.2-5", "2.1.2-8"] {
            assert_eq!(state(&before, id, members[2]), Some(State::Met), "{id}");
        }
        assert_eq!(state(&before, "1.2-1", "4403"), Some(State::Failed));
        assert_eq!(state(&before, "2.1.2-6", cluster), None, "the centre is the district's own");
        // A kindergarten that opens is in no cluster.
        let new = city.kindergarten("新芽幼儿园").since(day(2, 2)).add().await;
        let after = whole(&city, today).await;
        assert_eq!(state(&after, "1.2-2", new), Some(State::Failed));
        assert_eq!(state(&whole(&city, day(2, 1)).await, "1.2-2", new), None, "not yet open");
        assert_eq!(
            state(&whole(&city, day(1, 31)).await, "2.1.2-2", cluster),
            None,
            "no cluster yet"
        );
    })
    .await;
}

#[tokio::test]
async fn posts_that_nobody_has_recorded_are_unknown_and_then_missing_where_they_are_not() {
    fixtures::each_database(|city| async move {
        let Ground { cluster, members } = ground(&city).await;
        let today = city.today();
        let before = whole(&city, today).await;
        assert_eq!(state(&before, "2.1.3-8", members[0]), Some(State::Unknown));
        assert_eq!(state(&before, "2.1.3-6", cluster), Some(State::Unknown));
        assert!(!before.outcome("2.1.3-8").unwrap().is_decided());
        appointed(&city, PostKind::Liaison, members[0]).await;
        let after = whole(&city, today).await;
        assert_eq!(state(&after, "2.1.3-8", members[0]), Some(State::Met));
        assert_eq!(state(&after, "2.1.3-8", members[1]), Some(State::Failed));
        assert!(after.outcome("2.1.3-8").unwrap().is_decided());
    })
    .await;
}

#[tokio::test]
async fn a_committee_is_complete_when_every_kindergarten_has_a_head() {
    fixtures::each_database(|city| async move {
        let Ground { cluster, members } = ground(&city).await;
        let columns = ["cluster_id", "established_on", "paper_number", "recorded_at"];
        let row = vec![cluster.into(), day(2, 1).into(), "南教〔2026〕3号".into(), 0_i64.into()];
        written(&city, async |tx| {
            let text = "DELETE FROM committee WHERE cluster_id = $1";
            tx.execute(storage::Sql::with(text, [cluster.into()])).await.unwrap();
            tx.insert("committee", &columns, vec![row]).await.unwrap();
        })
        .await;
        for member in &members[..3] {
            appointed(&city, PostKind::Principal, *member).await;
        }
        seat_principals(&city).await;
        let today = city.today();
        let vacant = whole(&city, today).await;
        assert_eq!(state(&vacant, "2.1.3-1", cluster), Some(State::Met));
        assert_eq!(state(&vacant, "2.1.3-2", cluster), Some(State::Met));
        assert_eq!(state(&vacant, "2.1.3-3", cluster), Some(State::Failed));
        assert_eq!(state(&vacant, "2.1.3-5", cluster), Some(State::Met));
        appointed(&city, PostKind::Principal, members[3]).await;
        seat_principals(&city).await;
        assert_eq!(state(&whole(&city, today).await, "2.1.3-3", cluster), Some(State::Met));
        let reason = vacant.at("2.1.3-3", &cluster.to_string()).unwrap().reason();
        assert_eq!(reason, "粤海学区：青禾第4幼儿园园长空缺，席位空缺");
    })
    .await;
}

/// The fixtures write posts by hand; the seat is what the act of appointing writes.
async fn seat_principals(city: &City) {
    let text = "UPDATE post SET seat_id = kindergarten_id WHERE kind = 'principal'";
    executed(city, text, Vec::new()).await;
}

#[tokio::test]
async fn an_account_in_a_clusters_name_and_a_change_of_level_are_seen() {
    fixtures::each_database(|city| async move {
        let Ground { cluster, members } = ground(&city).await;
        let text = "UPDATE kindergarten_state SET run_by = 'district'";
        executed(&city, text, Vec::new()).await;
        let text = "UPDATE kindergarten_state SET valid_to = $1 WHERE kindergarten_id = $2";
        executed(&city, text, vec![day(2, 2).into(), members[1].into()]).await;
        let copied = "INSERT INTO kindergarten_state (kindergarten_id, valid_from, valid_to, recorded_at, cause, place, \
             district_code, street_code, national_code, name, sort_key, former_names, former_codes, community, address, \
             lon, lat, source_datum, ownership, run_by, grade, status) SELECT kindergarten_id, valid_to, '9999-12-31', \
             recorded_at, cause, place, district_code, street_code, national_code, name, sort_key, former_names, \
             former_codes, community, address, lon, lat, source_datum, ownership, 'city', grade, status \
             FROM kindergarten_state WHERE kindergarten_id = $1";
        executed(&city, copied, vec![members[1].into()]).await;
        let caller = city.caller("南山区粤海学区治理委员会", PostKind::SectionOfficer, PostScope::City).await;
        let columns = ["person_id", "login", "password_hash", "password_changed_at"];
        let row = vec![caller.person.into(), "yuehai".into(), "x".into(), 0_i64.into()];
        written(&city, async |tx| tx.insert("account", &columns, vec![row]).await.unwrap()).await;
        let found = whole(&city, city.today()).await;
        assert_eq!(state(&found, "2.1.2-7", cluster), Some(State::Failed));
        assert_eq!(state(&found, "2.1.2-8", members[1]), Some(State::Failed));
        assert_eq!(state(&found, "2.1.2-8", members[2]), Some(State::Met));
        let reason = found.at("2.1.2-8", &members[1].to_string()).unwrap().reason();
        assert!(reason.contains("由区属改为市属"), "{reason}");
        assert_eq!(state(&whole(&city, day(2, 1)).await, "2.1.2-8", members[1]), Some(State::Met));
    })
    .await;
}

#[tokio::test]
async fn every_day_is_judged_by_its_own_parameters_and_history_keeps_its_own() {
    fixtures::each_database(|city| async move {
        let Ground { cluster, .. } = ground(&city).await;
        let administrator = city.administrator(PostKind::SystemAdministrator).await;
        let new = registry::settings::NewValue {
            parameter: "largest_cluster".to_owned(),
            district: String::new(),
            content: "3".to_owned(),
            basis: "深教〔2026〕9号".to_owned(),
            from: "2026-03-01".to_owned(),
        };
        registry::settings::set_parameter(&city.db, &administrator, &new).await.unwrap();
        let on = async |day| state(&whole(&city, day).await, "2.1.2-2", cluster);
        assert_eq!(on(day(2, 28)).await, Some(State::Met));
        assert_eq!(on(day(3, 1)).await, Some(State::Failed));
        // A later change leaves the days of the earlier one alone.
        let later = registry::settings::NewValue {
            content: "16".to_owned(),
            from: "2026-05-01".to_owned(),
            ..new
        };
        registry::settings::set_parameter(&city.db, &administrator, &later).await.unwrap();
        assert_eq!(on(day(4, 30)).await, Some(State::Failed));
        assert_eq!(on(day(5, 1)).await, Some(State::Met));
        // Days that are past can't be judged by another figure any more.
        city.on(day(4, 1));
        let administrator = city.administrator(PostKind::SystemAdministrator).await;
        let backdated =
            registry::settings::NewValue { from: "2026-03-31".to_owned(), ..later.clone() };
        let refused = registry::settings::set_parameter(&city.db, &administrator, &backdated).await;
        assert!(matches!(refused, Err(kernel::Failure::Invalid(_))), "{refused:?}");
        assert_eq!(on(day(3, 31)).await, Some(State::Failed));
    })
    .await;
}

#[tokio::test]
async fn an_exception_lifts_until_its_end_and_names_who_approved_it() {
    fixtures::each_database(|city| async move {
        let Ground { cluster, .. } = ground(&city).await;
        city.on(day(2, 1));
        let administrator = city.administrator(PostKind::SystemAdministrator).await;
        let new = registry::settings::NewValue {
            parameter: "largest_cluster".to_owned(),
            district: NANSHAN.to_owned(),
            content: "3".to_owned(),
            basis: "南教〔2026〕9号".to_owned(),
            from: "2026-02-01".to_owned(),
        };
        registry::settings::set_parameter(&city.db, &administrator, &new).await.unwrap();
        let columns = [
            "cluster_id",
            "rule",
            "reason",
            "approved_by_name",
            "paper_number",
            "valid_from",
            "valid_to",
            "recorded_at",
        ];
        let row = vec![
            cluster.into(),
            "at_most_sixteen".into(),
            "新园开办前暂时并入".into(),
            "周正".into(),
            "南教〔2026〕10号".into(),
            day(2, 1).into(),
            day(3, 1).into(),
            0_i64.into(),
        ];
        written(&city, async |tx| tx.insert("exception", &columns, vec![row]).await.unwrap()).await;
        let during = whole(&city, day(2, 28)).await;
        let verdict = during.at("2.1.2-2", &cluster.to_string()).unwrap();
        assert_eq!(verdict.state(), State::Excepted);
        assert!(
            verdict.reason().contains("周正批准例外，有效期至 2026-02-28"),
            "{}",
            verdict.reason()
        );
        assert_eq!(state(&whole(&city, day(3, 1)).await, "2.1.2-2", cluster), Some(State::Failed));
    })
    .await;
}

#[tokio::test]
async fn a_reader_sees_her_own_places_and_no_others() {
    fixtures::each_database(|city| async move {
        let Ground { cluster, members } = ground(&city).await;
        let foreign = city.kindergarten("春田幼儿园").in_street("440304001").add().await;
        let today = city.today();
        let names = |evaluation: &Evaluation| -> usize {
            let outcome = evaluation.outcome("1.2-2").unwrap();
            outcome.each(&evaluation.places).count()
        };
        let officer = seen_by(&city, &city.officer(NANSHAN).await, today).await;
        assert_eq!((names(&officer), state(&officer, "1.2-2", foreign)), (4, None));
        assert_eq!(state(&officer, "1.2-1", "4403"), None, "the city's target is the city's");
        let city_officer = seen_by(&city, &city.city_officer().await, today).await;
        assert_eq!(names(&city_officer), 5);
        assert_eq!(state(&city_officer, "1.2-2", foreign), Some(State::Failed));
        assert_eq!(state(&city_officer, "1.2-1", "4403"), Some(State::Failed));
        let principal = seen_by(&city, &city.principal(members[1]).await, today).await;
        assert_eq!(
            (names(&principal), state(&principal, "2.1.2-2", cluster)),
            (4, Some(State::Met))
        );
        // One without a cluster sees herself, judged with her whole district.
        let alone = seen_by(&city, &city.principal(foreign).await, today).await;
        assert_eq!((names(&alone), state(&alone, "1.2-2", foreign)), (1, Some(State::Failed)));
        let elsewhere = seen_by(&city, &city.officer("440304").await, today).await;
        assert_eq!(names(&elsewhere), 1);
    })
    .await;
}
