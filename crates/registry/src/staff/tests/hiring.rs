use super::super::acts::{self, Correction, Identity};
use super::super::store;
use super::super::types::{Facts, Filter, Member, Position, Presence};
use super::*;

fn correction(member: &Member, from: &str, facts: Facts) -> Correction {
    Correction {
        seen: member.state,
        day: day(from),
        cause: "岗位调整".to_owned(),
        facts,
        identity: Identity::AsItIs,
    }
}

#[tokio::test]
async fn a_record_is_known_as_of_any_day() {
    fixtures::each_database(|city| async move {
        let (own, principal) = own(&city, "青禾幼儿园").await;
        let id = acts::hire(&city.db, &principal, own, facts("陈静"), None).await.unwrap();
        let reading = city.db.reading(&principal);
        let now = store::find(&reading, id, city.today()).await.unwrap();
        let head = Facts { position: Position::VicePrincipal, ..facts("陈静") };
        acts::correct(&city.db, &principal, id, correction(&now, "2026-01-01", head))
            .await
            .unwrap();
        let seen = store::find(&reading, id, day("2026-02-01")).await.unwrap().state;
        acts::leave(&city.db, &principal, id, seen, day("2026-02-10"), "合同期满").await.unwrap();

        let on = async |text: &str| store::find(&reading, id, day(text)).await;
        assert!(matches!(on("2025-08-31").await, Err(Failure::NotFound)));
        assert_eq!(on("2025-12-31").await.unwrap().facts.position, Position::Teacher);
        assert_eq!(on("2026-01-01").await.unwrap().facts.position, Position::VicePrincipal);
        assert_eq!(on("2026-02-09").await.unwrap().facts.left_on, None);
        assert_eq!(on("2026-02-10").await.unwrap().facts.left_on, Some(day("2026-02-10")));
        let employed = Filter { kindergarten: Some(own), ..Filter::default() };
        let left = Filter { presence: Presence::Left, ..employed.clone() };
        for (text, counts) in
            [("2025-08-31", (0, 0)), ("2026-02-09", (1, 0)), ("2026-02-10", (0, 1))]
        {
            let employed = store::count(&reading, &employed, day(text)).await.unwrap();
            let left = store::count(&reading, &left, day(text)).await.unwrap();
            assert_eq!((employed, left), counts, "{text}");
        }
        assert_eq!(store::history(&reading, id).await.unwrap().len(), 3);
    })
    .await;
}

#[tokio::test]
async fn a_centre_cannot_write_a_members_staff_and_its_try_is_recorded() {
    fixtures::each_database(|city| async move {
        let (member, head) = own(&city, "云帆幼儿园").await;
        let id = acts::hire(&city.db, &head, member, facts("陈静"), None).await.unwrap();
        let centre = city.kindergarten("青禾幼儿园").add().await;
        let tx = city.db.begin(city.db.program("test")).await.unwrap();
        let cluster: kernel::ClusterId = tx.mint();
        let now = city.today();
        tx.execute(Sql::with(
            "INSERT INTO cluster (id, district_code, recorded_at) VALUES ($1, '440305', 0)",
            [cluster.into()],
        ))
        .await
        .unwrap();
        for (kindergarten, role) in [(centre, "centre"), (member, "member")] {
            tx.execute(Sql::with(
                "INSERT INTO membership (kindergarten_id, cluster_id, role, valid_from, valid_to, recorded_at, paper_number, cause) \
                 VALUES ($1, $2, $3, $4, $5, 0, '', '')",
                [kindergarten.into(), cluster.into(), role.into(), now.into(), kernel::OPEN_END.into()],
            ))
            .await
            .unwrap();
        }
        tx.commit(kernel::Note::of("test.prepared", cluster, "测试准备")).await.unwrap();
        let centre_head = city.principal(centre).await;
        let reading = city.db.reading(&centre_head);
        // The kindergarten is in sight, its staff is not.
        assert!(crate::kindergartens::store::find(&reading, member, now).await.is_ok());
        assert!(matches!(store::find(&reading, id, now).await, Err(Failure::NotFound)));
        assert_eq!(store::count(&reading, &Filter::default(), now).await.unwrap(), 0);
        let hired = acts::hire(&city.db, &centre_head, member, facts("王敏"), None).await;
        assert_eq!(refusal(hired.unwrap_err()).clause, Some("2.1.2-8"));
        let seen = store::find(&city.reading(), id, now).await.unwrap();
        let left = acts::leave(&city.db, &centre_head, id, seen.state, now, "调离").await;
        assert_eq!(refusal(left.unwrap_err()).clause, Some("2.1.2-8"));

        let browser = city.browser(crate::routes(), &centre_head);
        assert_eq!(browser.get(&format!("/staff/{id}")).await.status, 404);
        assert_eq!(browser.get(&format!("/kindergartens/{member}/staff")).await.status, 422);
        let tries = [
            (format!("/kindergartens/{member}/staff"), vec![("name", "王敏")]),
            (format!("/staff/{id}/corrections"), vec![("name", "王敏")]),
            (format!("/staff/{id}/leaving"), vec![("day", "2026-02-03")]),
            (format!("/staff/{id}/identity"), vec![("reason", "看看")]),
        ];
        let before = count(&city, "audit_entry WHERE outcome = 'refused'").await;
        for (path, fields) in &tries {
            let answer = browser.post(path, fields).await;
            assert_eq!(answer.status, 422, "{path}");
        }
        let after = count(&city, "audit_entry WHERE outcome = 'refused'").await;
        assert_eq!(after - before, 4);
        let states = count(&city, "staff_state").await;
        assert_eq!(states, 1, "nothing was written");
    })
    .await;
}

#[tokio::test]
async fn a_bureau_corrects_and_does_not_hire() {
    fixtures::each_database(|city| async move {
        let (own, principal) = own(&city, "青禾幼儿园").await;
        let id = acts::hire(&city.db, &principal, own, facts("陈静"), None).await.unwrap();
        let officer = city.officer("440305").await;
        let hired = acts::hire(&city.db, &officer, own, facts("王敏"), None).await.unwrap_err();
        assert!(refusal(hired).text.contains("由幼儿园自行登记"));
        let now = store::find(&city.db.reading(&officer), id, city.today()).await.unwrap();
        let named = facts("陈婧");
        acts::correct(&city.db, &officer, id, correction(&now, "2026-02-01", named)).await.unwrap();
        // The neighbour does not even see it.
        let neighbour = city.officer("440304").await;
        let reading = city.db.reading(&neighbour);
        assert!(matches!(store::find(&reading, id, city.today()).await, Err(Failure::NotFound)));
        let other = correction(&now, "2026-02-02", facts("陈晶"));
        let corrected = acts::correct(&city.db, &neighbour, id, other).await;
        assert!(matches!(corrected, Err(Failure::NotFound)));
    })
    .await;
}

#[tokio::test]
async fn who_saw_an_older_state_is_stale() {
    fixtures::each_database(|city| async move {
        let (own, principal) = own(&city, "青禾幼儿园").await;
        let id = acts::hire(&city.db, &principal, own, facts("陈静"), None).await.unwrap();
        let seen = store::find(&city.reading(), id, city.today()).await.unwrap();
        let once = correction(&seen, "2026-01-01", facts("陈婧"));
        acts::correct(&city.db, &principal, id, once).await.unwrap();
        let twice = correction(&seen, "2026-02-01", facts("陈晶"));
        let stale = acts::correct(&city.db, &principal, id, twice).await;
        assert!(matches!(stale, Err(Failure::Stale(_))), "{stale:?}");
        let earlier = store::find(&city.reading(), id, city.today()).await.unwrap();
        let early = correction(&earlier, "2025-12-31", facts("陈晶"));
        let refused = acts::correct(&city.db, &principal, id, early).await.unwrap_err();
        assert!(refusal(refused).text.contains("2026-01-01"));
        let same = correction(&earlier, "2026-02-01", facts("陈婧"));
        let refused = acts::correct(&city.db, &principal, id, same).await.unwrap_err();
        assert!(refusal(refused).text.contains("没有任何改动"));
    })
    .await;
}

#[tokio::test]
async fn a_number_is_sealed_masked_and_shown_whole_for_a_recorded_reason() {
    fixtures::each_database(|city| async move {
        let city = keyed(city);
        let (own, principal) = own(&city, "青禾幼儿园").await;
        let number = number(1);
        let id =
            acts::hire(&city.db, &principal, own, facts("陈静"), Some(&number)).await.unwrap();
        let browser = city.browser(crate::routes(), &principal);
        let page = browser.get(&format!("/staff/{id}")).await;
        assert!(page.text.contains(&number.masked()) && !page.text.contains(number.whole()));
        let path = format!("/staff/{id}/identity");
        let silent = browser.post(&path, &[("reason", " ")]).await;
        assert_eq!(silent.status, 422);
        assert!(!silent.text.contains(number.whole()));
        let telling = browser.post(&path, &[("reason", number.whole())]).await;
        assert_eq!(telling.status, 422, "a reason is kept in the trail");
        assert_eq!(count(&city, "audit_entry WHERE event = 'staff.identity_unmasked'").await, 0);
        let shown = browser.post(&path, &[("reason", "核对社保参保信息")]).await;
        assert!(shown.text.contains(number.whole()));
        assert_eq!(
            count(&city, "audit_entry WHERE event = 'staff.identity_unmasked' AND summary LIKE '%核对社保参保信息'").await,
            1
        );
        let later = browser.get(&format!("/staff/{id}")).await;
        assert!(!later.text.contains(number.whole()));
        assert!(!written(&city).await.contains(number.whole()));
        // Moved to another record it does not open.
        let sealed = store::find(&city.reading(), id, city.today()).await.unwrap().identity;
        let identities = acts::Identities::of(&city.db);
        assert_eq!(identities.open(id, sealed.as_ref().unwrap()).unwrap(), number);
        assert!(identities.open(city.db.mint(), sealed.as_ref().unwrap()).is_err());
    })
    .await;
}

#[tokio::test]
async fn without_a_key_the_number_is_refused_and_all_else_works() {
    fixtures::each_database(|city| async move {
        let (own, principal) = own(&city, "青禾幼儿园").await;
        let number = number(1);
        let refused = acts::hire(&city.db, &principal, own, facts("陈静"), Some(&number)).await;
        assert!(refusal(refused.unwrap_err()).text.contains("尚未配置密钥"));
        assert_eq!(count(&city, "staff_state").await, 0);
        acts::hire(&city.db, &principal, own, facts("陈静"), None).await.unwrap();
        let browser = city.browser(crate::routes(), &principal);
        let form = browser.get(&format!("/kindergartens/{own}/staff/new")).await;
        assert!(form.text.contains("系统没有配置密钥"));
    })
    .await;
}

#[tokio::test]
async fn somebody_who_left_can_be_hired_elsewhere_from_that_day_on() {
    fixtures::each_database(|city| async move {
        let city = keyed(city);
        let (first, first_head) = own(&city, "青禾幼儿园").await;
        let (second, second_head) = own(&city, "云帆幼儿园").await;
        let number = number(1);
        let hire = async |from: &str| {
            let facts = Facts { hired_on: day(from), ..facts("陈静") };
            acts::hire(&city.db, &second_head, second, facts, Some(&number)).await
        };
        let id =
            acts::hire(&city.db, &first_head, first, facts("陈静"), Some(&number)).await.unwrap();
        assert!(refusal(hire("2026-02-03").await.unwrap_err()).text.contains("已登记为在职"));
        let seen = store::find(&city.reading(), id, city.today()).await.unwrap().state;
        let leaving = day("2026-02-10");
        acts::leave(&city.db, &first_head, id, seen, leaving, "调往其他幼儿园").await.unwrap();
        assert!(refusal(hire("2026-02-09").await.unwrap_err()).text.contains("2026-02-10"));
        hire("2026-02-10").await.unwrap();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_32_that_hire_one_number_at_once_one_succeeds() {
    fixtures::each_database(|city| async move {
        let city = keyed(city);
        let mut employers = Vec::new();
        for place in 0..32 {
            employers.push(own(&city, &format!("第{place}幼儿园")).await);
        }
        let number = number(1);
        let tries: Vec<_> = employers
            .into_iter()
            .map(|(own, head)| {
                let (db, number) = (city.db.clone(), number.clone());
                tokio::spawn(async move {
                    acts::hire(&db, &head, own, facts("陈静"), Some(&number)).await
                })
            })
            .collect();
        let mut hired = 0;
        for one in tries {
            match one.await.unwrap() {
                Ok(_) => hired += 1,
                Err(Failure::Refused(refusal)) => assert!(refusal.text.contains("已登记为在职")),
                Err(other) => panic!("{other:?}"),
            }
        }
        assert_eq!(hired, 1);
        let states = count(&city, "staff_state").await;
        assert_eq!((states, count(&city, "staff_identity").await), (1, 1));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_32_corrections_of_one_state_one_is_kept() {
    fixtures::each_database(|city| async move {
        let (own, principal) = own(&city, "青禾幼儿园").await;
        let id = acts::hire(&city.db, &principal, own, facts("陈静"), None).await.unwrap();
        let seen = store::find(&city.reading(), id, city.today()).await.unwrap();
        let tries: Vec<_> = (0..32)
            .map(|place| {
                let (db, principal) = (city.db.clone(), principal.clone());
                let correction = correction(
                    &seen,
                    "2026-02-01",
                    facts(&format!("陈静{}", "一".repeat(place + 1))),
                );
                tokio::spawn(async move { acts::correct(&db, &principal, id, correction).await })
            })
            .collect();
        let mut kept = 0;
        for one in tries {
            match one.await.unwrap() {
                Ok(()) => kept += 1,
                Err(Failure::Stale(_) | Failure::Refused(_)) => {}
                Err(other) => panic!("{other:?}"),
            }
        }
        let open = count(&city, "staff_state WHERE valid_to = '9999-12-31'").await;
        assert_eq!((kept, open), (1, 1));
    })
    .await;
}
