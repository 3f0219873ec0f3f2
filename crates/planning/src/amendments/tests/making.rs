use fixtures::each_database;
use storage::{Source, Sql};

use super::super::types::{Filter, Kind};
use super::*;

#[tokio::test]
async fn a_new_kindergarten_is_admitted_from_its_day_on_with_an_entry_in_the_trail() {
    each_database(|city| async move {
        let ground = ground(&city, 4, 1).await;
        let admit = on(day(3, 1), ground.yuehai, Change::Admit { kindergarten: ground.waiting[0] });
        let effects = check(&city.db, &ground.officer, &admit).await.unwrap().effects;
        assert_eq!((effects.len(), effects[0].caused.len()), (1, 0));
        assert_eq!(size(&city, ground.yuehai, day(3, 1)).await, 4, "a check keeps nothing");
        amend(&city.db, &ground.officer, &admit).await.unwrap();
        assert_eq!(size(&city, ground.yuehai, day(2, 28)).await, 4);
        assert_eq!(size(&city, ground.yuehai, day(3, 1)).await, 5);
        let entries = store::list(&city.reading(), &Filter::default(), 50, 0).await.unwrap();
        assert_eq!(entries.len(), 1);
        assert_eq!(entries[0].sentence(), "青禾第8幼儿园编入粤海学区");
        assert_eq!((entries[0].kind, entries[0].paper_number.as_str()), (Kind::Admit, "南教〔2026〕12号"));
        let trail = "SELECT count(*) FROM audit_entry WHERE event = 'cluster.amended' AND summary LIKE '%编入粤海学区%'";
        assert_eq!(city.reading().number(Sql::new(trail)).await.unwrap(), 1);
        let seats = "SELECT count(*) FROM audit_entry WHERE event = 'committee.seats_changed'";
        assert_eq!(city.reading().number(Sql::new(seats)).await.unwrap(), 1);
        let again = amend(&city.db, &ground.officer, &admit).await;
        assert_eq!(refused(again).text, "青禾第8幼儿园当天已在粤海学区");
    })
    .await;
}

#[tokio::test]
async fn a_seventeenth_needs_an_exception_and_has_it_recorded() {
    each_database(|city| async move {
        let ground = ground(&city, 16, 2).await;
        let admit = on(day(3, 1), ground.yuehai, Change::Admit { kindergarten: ground.waiting[0] });
        let refusal = refused(amend(&city.db, &ground.officer, &admit).await);
        assert_eq!(refusal.clause, Some("2.1.2-2"));
        assert!(refusal.text.contains("粤海学区有 17 所幼儿园，超过 16 所"), "{}", refusal.text);
        amend(&city.db, &ground.officer, &excepted(admit, day(8, 31))).await.unwrap();
        let reading = city.reading();
        let exceptions = registry::clusters::store::exceptions(&reading, ground.yuehai, day(3, 1))
            .await
            .unwrap();
        let told: Vec<_> = exceptions
            .iter()
            .map(|each| (each.rule.as_str(), each.approved_by.as_str(), each.to))
            .collect();
        assert_eq!(told, [("at_most_sixteen", "周正", day(9, 1))]);
        let eighteenth =
            on(day(3, 2), ground.yuehai, Change::Admit { kindergarten: ground.waiting[1] });
        let refusal = refused(amend(&city.db, &ground.officer, &eighteenth).await);
        assert!(
            refusal.text.contains("18 所"),
            "what was excepted before was a smaller breach: {}",
            refusal.text
        );
        let smaller = Change::Transfer { kindergarten: ground.members[1], to: ground.second };
        amend(&city.db, &ground.officer, &on(day(3, 2), ground.yuehai, smaller)).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn an_earlier_amendment_is_judged_on_the_later_days_too() {
    each_database(|city| async move {
        let ground = ground(&city, 15, 2).await;
        let later =
            on(day(3, 10), ground.yuehai, Change::Admit { kindergarten: ground.waiting[0] });
        amend(&city.db, &ground.officer, &later).await.unwrap();
        let earlier =
            on(day(3, 1), ground.yuehai, Change::Admit { kindergarten: ground.waiting[1] });
        let effects = check(&city.db, &ground.officer, &earlier).await.unwrap().effects;
        let told: Vec<_> = effects.iter().map(|effect| (effect.day, effect.caused.len())).collect();
        assert_eq!(told, [(day(3, 1), 0), (day(3, 10), 1)]);
        assert_eq!(
            refused(amend(&city.db, &ground.officer, &earlier).await).clause,
            Some("2.1.2-2")
        );
        amend(&city.db, &ground.officer, &excepted(earlier, day(8, 31))).await.unwrap();
        let reading = city.reading();
        let exceptions = registry::clusters::store::exceptions(&reading, ground.yuehai, day(3, 10))
            .await
            .unwrap();
        assert_eq!(exceptions.iter().map(|each| each.from).collect::<Vec<_>>(), [day(3, 10)]);
    })
    .await;
}

#[tokio::test]
async fn an_open_kindergarten_is_not_released_and_a_closed_one_is() {
    each_database(|city| async move {
        let mut all = Vec::new();
        for number in 0..5 {
            let status = if number == 4 { Status::Closed } else { Status::Open };
            all.push(kindergarten(&city, number, "440305007", status).await);
        }
        let yuehai = establish(&city, &[("粤海学区", &all)]).await[0];
        let officer = city.officer(NANSHAN).await;
        let release =
            |number: usize| on(day(3, 1), yuehai, Change::Release { kindergarten: all[number] });
        let refusal = refused(amend(&city.db, &officer, &excepted(release(1), day(8, 31))).await);
        assert_eq!(refusal.clause, Some("1.2-2"));
        assert!(
            refusal.text.contains("硬性规定") && refusal.text.contains("青禾第1幼儿园"),
            "{}",
            refusal.text
        );
        let centre = refused(amend(&city.db, &officer, &release(0)).await);
        assert_eq!(centre.text, "青禾第0幼儿园是粤海学区的中心园，请先更换中心园");
        amend(&city.db, &officer, &release(4)).await.unwrap();
        assert_eq!(
            (size(&city, yuehai, day(2, 28)).await, size(&city, yuehai, day(3, 1)).await),
            (5, 4)
        );
    })
    .await;
}

#[tokio::test]
async fn a_member_goes_to_another_cluster_and_both_tell_of_it() {
    each_database(|city| async move {
        let ground = ground(&city, 8, 0).await;
        let transfer = Change::Transfer { kindergarten: ground.members[1], to: ground.second };
        amend(&city.db, &ground.officer, &on(day(3, 1), ground.yuehai, transfer.clone()))
            .await
            .unwrap();
        assert_eq!(members(&city, ground.second, day(3, 1)).await.len(), 5);
        for cluster in [ground.yuehai, ground.second] {
            let filter = Filter { cluster: Some(cluster), ..Filter::default() };
            let entries = store::list(&city.reading(), &filter, 50, 0).await.unwrap();
            assert_eq!(entries[0].sentence(), "青禾第1幼儿园由粤海学区调至南山区第2学区");
        }
        let gone = refused(
            amend(&city.db, &ground.officer, &on(day(3, 5), ground.yuehai, transfer)).await,
        );
        assert_eq!(gone.text, "青禾第1幼儿园当天已在南山区第2学区");
        let back = Change::Transfer { kindergarten: ground.members[1], to: ground.yuehai };
        let early =
            refused(amend(&city.db, &ground.officer, &on(day(2, 20), ground.second, back)).await);
        assert_eq!(early.text, "青禾第1幼儿园当天已在粤海学区");
    })
    .await;
}

#[tokio::test]
async fn a_new_centre_is_public_and_good_and_brings_its_streets_name() {
    each_database(|city| async move {
        let mut all = Vec::new();
        for number in 0..4 {
            all.push(kindergarten(&city, number, "440305007", Status::Open).await);
        }
        // 440305008 is another street of the district.
        all.push(kindergarten(&city, 4, "440305008", Status::Open).await);
        let yuehai = establish(&city, &[("粤海学区", &all)]).await[0];
        let officer = city.officer(NANSHAN).await;
        let street = geography::Regions::shipped()
            .street("440305008")
            .unwrap()
            .name
            .trim_end_matches("街道")
            .to_owned();
        let centre = |number: usize, name: Option<String>| {
            on(
                day(3, 1),
                yuehai,
                Change::Centre { kindergarten: all[number], instead_of: Some(all[0]), name },
            )
        };
        assert_eq!(
            refused(amend(&city.db, &officer, &centre(1, None)).await).clause,
            Some("2.1.2-4")
        );
        assert_eq!(
            refused(amend(&city.db, &officer, &centre(4, None)).await).clause,
            Some("2.1.2-9")
        );
        amend(&city.db, &officer, &centre(4, Some(format!("{street}学区")))).await.unwrap();
        let reading = city.reading();
        let cluster = registry::clusters::store::find(&reading, yuehai, day(3, 1)).await.unwrap();
        assert_eq!((cluster.centre.unwrap().id, cluster.name), (all[4], format!("{street}学区")));
        assert_eq!(
            registry::clusters::store::find(&reading, yuehai, day(2, 28)).await.unwrap().name,
            "粤海学区"
        );
        assert!(members(&city, yuehai, day(3, 1)).await.contains(&(all[0], Role::Member)));
        let unseen = refused(amend(&city.db, &officer, &centre(1, None)).await);
        assert!(unseen.text.contains("中心园现为青禾第4幼儿园"), "{}", unseen.text);
    })
    .await;
}

#[tokio::test]
async fn a_name_is_lawful_and_unique_or_refused() {
    each_database(|city| async move {
        let ground = ground(&city, 4, 0).await;
        let rename = |name: &str, seen: &str| {
            on(
                day(3, 1),
                ground.yuehai,
                Change::Rename { name: name.to_owned(), instead_of: seen.to_owned() },
            )
        };
        for unfit in ["粤海招生片区", "南山区第2学区"] {
            let refusal =
                refused(amend(&city.db, &ground.officer, &rename(unfit, "粤海学区")).await);
            assert_eq!(refusal.clause, Some("2.1.2-9"), "{}", refusal.text);
        }
        amend(&city.db, &ground.officer, &rename("南山区第1学区", "粤海学区")).await.unwrap();
        let entries = store::list(&city.reading(), &Filter::default(), 50, 0).await.unwrap();
        assert_eq!(entries[0].sentence(), "“粤海学区”更名为“南山区第1学区”");
        let unseen =
            refused(amend(&city.db, &ground.officer, &rename("南山区第3学区", "粤海学区")).await);
        assert!(unseen.text.contains("学区名称现为“南山区第1学区”"), "{}", unseen.text);
    })
    .await;
}

#[tokio::test]
async fn another_district_does_not_even_see_the_cluster() {
    each_database(|city| async move {
        let ground = ground(&city, 4, 1).await;
        let neighbour = city.officer("440304").await;
        let admit = on(day(3, 1), ground.yuehai, Change::Admit { kindergarten: ground.waiting[0] });
        assert!(matches!(check(&city.db, &neighbour, &admit).await, Err(Failure::NotFound)));
        assert!(matches!(amend(&city.db, &neighbour, &admit).await, Err(Failure::NotFound)));
        amend(&city.db, &ground.officer, &admit).await.unwrap();
        let seen =
            store::list(&city.db.reading(&neighbour), &Filter::default(), 50, 0).await.unwrap();
        assert!(seen.is_empty());
        let before =
            on(day(1, 15), ground.yuehai, Change::Admit { kindergarten: ground.waiting[0] });
        assert!(refused(amend(&city.db, &ground.officer, &before).await).text.contains("没有运行"));
    })
    .await;
}
