use fixtures::each_database;
use kernel::{Failure, OPEN_END, PostKind, PostScope};

use crate::appointments::acts::{appoint, end, take_over};
use crate::appointments::{Appointment, Ending, Filter, NewHolder, State, Who, list};
use crate::stage::{FUTIAN, NANSHAN, clusters, day, in_office, kindergartens, refused, somebody};

const PART_TIME: PostKind = PostKind::PartTimeInspector;

#[tokio::test(flavor = "multi_thread")]
async fn the_supervision_office_appoints_an_inspector_for_a_first_term_of_three_years() {
    each_database(|city| async move {
        let all = kindergartens(&city, NANSHAN, 2).await;
        let ids = clusters(&city, NANSHAN, &[&all], true).await;
        let supervisor = city.supervisor(NANSHAN).await;
        let scope = PostScope::Cluster(ids[0]);
        let inspector = somebody(&city, "许静", PART_TIME, scope);
        appoint(&city.db, &supervisor, &inspector).await.unwrap();
        let reading = city.db.reading(&supervisor);
        let filter = Filter { cluster: Some(ids[0]), ..Filter::default() };
        let found = list(&reading, &filter, city.today(), 10, 0).await.unwrap();
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].name.as_str(), found[0].term), ("许静", Some(1)));
        assert_eq!(found[0].last_day(), Some(day(2029, 2, 2)));
        // As of another day the list is another.
        let held = Filter { state: Some(State::Held), ..filter.clone() };
        assert!(list(&reading, &held, day(2026, 2, 2), 10, 0).await.unwrap().is_empty());
        let ending = Filter { state: Some(State::Ending), ..filter };
        assert_eq!(list(&reading, &ending, day(2029, 1, 1), 10, 0).await.unwrap().len(), 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_but_the_districts_supervision_office_appoints_or_ends_an_inspector() {
    each_database(|city| async move {
        let all = kindergartens(&city, NANSHAN, 2).await;
        let ids = clusters(&city, NANSHAN, &[&all], true).await;
        let scope = PostScope::Cluster(ids[0]);
        let inspector = somebody(&city, "许静", PART_TIME, scope);
        let supervisor = city.supervisor(NANSHAN).await;
        let post = appoint(&city.db, &supervisor, &inspector).await.unwrap();
        let ending = Ending {
            on: day(2026, 3, 1),
            reason: "工作调动".to_owned(),
            paper_number: "试督〔2026〕2号".to_owned(),
        };
        // The centre's principal, the preschool section, the city.
        for caller in [
            city.principal(all[0]).await,
            city.officer(NANSHAN).await,
            city.deputy(NANSHAN).await,
            city.city_officer().await,
        ] {
            let tried = appoint(&city.db, &caller, &inspector).await;
            assert!(matches!(tried, Err(Failure::Forbidden(_))), "{tried:?}");
            let tried = end(&city.db, &caller, post, &ending).await;
            assert!(matches!(tried, Err(Failure::Forbidden(_))), "{tried:?}");
        }
        // Another district's office does not even see it.
        let neighbour = city.supervisor(FUTIAN).await;
        assert!(matches!(appoint(&city.db, &neighbour, &inspector).await, Err(Failure::NotFound)));
        assert!(matches!(end(&city.db, &neighbour, post, &ending).await, Err(Failure::NotFound)));
        end(&city.db, &supervisor, post, &ending).await.unwrap();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fourth_term_in_a_row_is_refused_with_its_clause() {
    each_database(|city| async move {
        let all = kindergartens(&city, NANSHAN, 2).await;
        let ids = clusters(&city, NANSHAN, &[&all], true).await;
        let supervisor = city.supervisor(NANSHAN).await;
        let scope = PostScope::Cluster(ids[0]);
        let third =
            Appointment { stated_term: Some(3), ..somebody(&city, "许静", PART_TIME, scope) };
        appoint(&city.db, &supervisor, &third).await.unwrap();
        let reading = city.db.reading(&supervisor);
        let held = list(&reading, &Filter::default(), city.today(), 1, 0).await.unwrap();
        drop(reading);
        city.on(day(2029, 1, 10));
        let supervisor = city.supervisor(NANSHAN).await;
        let fourth = Appointment {
            who: Who::Known(held[0].person),
            from: day(2029, 2, 3),
            to: day(2032, 2, 3),
            stated_term: None,
            ..third
        };
        let refusal = refused(appoint(&city.db, &supervisor, &fourth).await);
        assert_eq!(refusal.clause, Some("2.1.3-7"));
        assert!(refusal.text.contains("连续任职不超过三届"), "{}", refusal.text);
        // More than three years at once are no way around it.
        let long = Appointment { to: day(2033, 2, 3), ..fourth.clone() };
        assert!(refused(appoint(&city.db, &supervisor, &long).await).text.contains("不超过三年"));
        let open = Appointment { to: OPEN_END, ..fourth.clone() };
        assert!(refused(appoint(&city.db, &supervisor, &open).await).text.contains("截止日期"));
        // Nor is entering the same name again.
        let again = Appointment { who: Who::New("许静".to_owned()), ..fourth };
        assert!(
            refused(appoint(&city.db, &supervisor, &again).await).text.contains("从名单中选择")
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_successor_makes_the_predecessor_leave_on_the_same_day() {
    each_database(|city| async move {
        let all = kindergartens(&city, NANSHAN, 1).await;
        clusters(&city, NANSHAN, &[&all], true).await;
        let officer = city.officer(NANSHAN).await;
        let scope = PostScope::Kindergarten(all[0]);
        let first = somebody(&city, "陈静", PostKind::Principal, scope.clone());
        let first = appoint(&city.db, &officer, &first).await.unwrap();
        let second = Appointment {
            from: day(2026, 3, 1),
            ..somebody(&city, "方芳", PostKind::Principal, scope)
        };
        let refusal = refused(appoint(&city.db, &officer, &second).await);
        assert!(refusal.text.contains("已有园长"), "{}", refusal.text);
        let second = Appointment { replaces: Some(first), ..second };
        appoint(&city.db, &officer, &second).await.unwrap();
        let reading = city.db.reading(&officer);
        let filter = Filter { state: Some(State::Held), ..Filter::default() };
        for (on, name) in [(day(2026, 2, 28), "陈静"), (day(2026, 3, 1), "方芳")] {
            let found = list(&reading, &filter, on, 10, 0).await.unwrap();
            let names: Vec<&str> = found.iter().map(|held| held.name.as_str()).collect();
            assert_eq!(names, [name]);
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_head_of_a_city_run_kindergarten_is_appointed_by_the_city() {
    each_database(|city| async move {
        let own = city.kindergarten("云帆幼儿园").in_street("440305007").city_run().add().await;
        let head = somebody(&city, "陈静", PostKind::ActingHead, PostScope::Kindergarten(own));
        let refusal = refused(appoint(&city.db, &city.officer(NANSHAN).await, &head).await);
        assert_eq!(refusal.clause, Some("2.1.2-8"));
        appoint(&city.db, &city.city_officer().await, &head).await.unwrap();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kindergarten_settles_one_liaison_of_its_own_and_none_for_another() {
    each_database(|city| async move {
        let all = kindergartens(&city, NANSHAN, 3).await;
        clusters(&city, NANSHAN, &[&all], true).await;
        let centre = city.principal(all[0]).await;
        let liaison =
            |name: &str, id| somebody(&city, name, PostKind::Liaison, PostScope::Kindergarten(id));
        appoint(&city.db, &centre, &liaison("苏芮", all[0])).await.unwrap();
        let refusal = refused(appoint(&city.db, &centre, &liaison("唐悦", all[0])).await);
        assert_eq!(refusal.clause, Some("2.1.3-8"));
        let refusal = refused(appoint(&city.db, &centre, &liaison("唐悦", all[1])).await);
        assert_eq!(refusal.clause, Some("2.1.2-8"));
        let outside = kindergartens(&city, FUTIAN, 1).await;
        assert!(matches!(
            appoint(&city.db, &centre, &liaison("唐悦", outside[0])).await,
            Err(Failure::NotFound)
        ));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn research_leads_and_trainers_are_appointed_each_by_their_own_office() {
    each_database(|city| async move {
        let all = kindergartens(&city, NANSHAN, 1).await;
        let ids = clusters(&city, NANSHAN, &[&all], true).await;
        let scope = PostScope::Cluster(ids[0]);
        let research = in_office(&city, PostKind::ResearchOfficer, NANSHAN).await;
        let training = in_office(&city, PostKind::TrainingOfficer, NANSHAN).await;
        let lead = somebody(&city, "江帆", PostKind::ResearchLead, scope.clone());
        let trainer = somebody(&city, "文竹", PostKind::Trainer, scope);
        assert!(matches!(appoint(&city.db, &training, &lead).await, Err(Failure::Forbidden(_))));
        assert!(matches!(appoint(&city.db, &research, &trainer).await, Err(Failure::Forbidden(_))));
        appoint(&city.db, &research, &lead).await.unwrap();
        appoint(&city.db, &training, &trainer).await.unwrap();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_takeover_keeps_the_rules_of_single_appointments() {
    each_database(|city| async move {
        let all = kindergartens(&city, NANSHAN, 2).await;
        let ids = clusters(&city, NANSHAN, &[&all], true).await;
        let elsewhere = kindergartens(&city, FUTIAN, 1).await;
        let holder = |kind, scope, to, term| NewHolder {
            name: "许静".to_owned(),
            kind,
            scope,
            from: day(2025, 9, 1),
            to,
            term,
            paper_number: "试聘〔2025〕9号".to_owned(),
        };
        let own = |kind| holder(kind, PostScope::Kindergarten(all[0]), OPEN_END, None);
        let inspector = |to, term| holder(PART_TIME, PostScope::Cluster(ids[0]), to, term);
        let actor = || city.db.program("test");
        let today = city.today();
        let tried = async |holders: &[NewHolder]| {
            take_over(&city.db, actor(), NANSHAN, holders, today).await
        };
        let abroad =
            holder(PostKind::Principal, PostScope::Kindergarten(elsewhere[0]), OPEN_END, None);
        assert!(matches!(tried(&[abroad]).await, Err(Failure::NotFound)));
        refused(tried(&[own(PostKind::Principal), own(PostKind::ActingHead)]).await);
        refused(tried(&[own(PostKind::Liaison), own(PostKind::Liaison)]).await);
        refused(tried(&[inspector(OPEN_END, None)]).await);
        refused(tried(&[inspector(day(2028, 9, 1), Some(4))]).await);
        let fit =
            [own(PostKind::Principal), own(PostKind::Liaison), inspector(day(2028, 9, 1), Some(2))];
        assert_eq!(tried(&fit).await.unwrap(), 3);
        refused(tried(&[own(PostKind::Liaison)]).await);
    })
    .await;
}
