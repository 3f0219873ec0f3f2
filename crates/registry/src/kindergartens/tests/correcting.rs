use fixtures::City;
use kernel::{Caller, Date, Failure, KindergartenId};
use policy::{Grade, Status};
use storage::Source;

use crate::kindergartens::{Facts, acts, store};

fn day(month: u32, day: u32) -> Date {
    Date::from_ymd_opt(2026, month, day).unwrap()
}

/// Corrects what holds now by `change`, as a form would that was opened just before.
async fn correct(
    city: &City,
    caller: &Caller,
    id: KindergartenId,
    from: Date,
    change: impl FnOnce(&mut Facts),
) -> Result<(), Failure> {
    let seen = store::find(&city.reading(), id, day(12, 31)).await.unwrap();
    let mut facts = seen.facts;
    change(&mut facts);
    acts::correct(&city.db, caller, id, seen.state, from, "年检", facts).await
}

#[tokio::test]
async fn each_day_shows_what_held_on_it() {
    fixtures::each_database(|city| async move {
        let id = city.kindergarten("青禾幼儿园").add().await;
        let officer = city.officer("440305").await;
        correct(&city, &officer, id, day(2, 1), |facts| facts.grade = Grade::Provincial)
            .await
            .unwrap();
        correct(&city, &officer, id, day(3, 1), |facts| facts.status = Status::Suspended)
            .await
            .unwrap();
        let reading = city.db.reading(&officer);
        let on = async |day| store::find(&reading, id, day).await.unwrap();
        assert_eq!(on(day(1, 31)).await.facts.grade, Grade::Municipal);
        assert_eq!(on(day(2, 1)).await.facts.grade, Grade::Provincial);
        assert_eq!(on(day(2, 28)).await.facts.status, Status::Open);
        assert_eq!(on(day(3, 1)).await.facts.status, Status::Suspended);
        let early = store::find(&reading, id, Date::from_ymd_opt(2019, 1, 1).unwrap()).await;
        assert!(matches!(early, Err(Failure::NotFound)));
        let history = store::history(&reading, id).await.unwrap();
        assert_eq!(
            history.iter().map(|state| state.from).collect::<Vec<_>>()[..2],
            [day(3, 1), day(2, 1)]
        );
        assert_eq!(history[0].cause, "年检");
        let entries = "SELECT count(*) FROM audit_entry WHERE event = 'kindergarten.corrected'";
        assert_eq!(city.reading().number(storage::Sql::new(entries)).await.unwrap(), 2);
    })
    .await;
}

#[tokio::test]
async fn a_second_correction_on_the_same_day_replaces_the_first() {
    fixtures::each_database(|city| async move {
        let id = city.kindergarten("青禾幼儿园").add().await;
        let officer = city.officer("440305").await;
        for classes in [10, 11] {
            correct(&city, &officer, id, day(2, 3), |facts| facts.classes = Some(classes))
                .await
                .unwrap();
        }
        let history = store::history(&city.reading(), id).await.unwrap();
        assert_eq!(
            history.iter().map(|state| state.facts.classes).collect::<Vec<_>>(),
            [Some(11), Some(9)]
        );
    })
    .await;
}

#[tokio::test]
async fn nothing_is_changed_before_what_is_already_recorded() {
    fixtures::each_database(|city| async move {
        let id = city.kindergarten("青禾幼儿园").add().await;
        let officer = city.officer("440305").await;
        correct(&city, &officer, id, day(3, 1), |facts| facts.classes = Some(10)).await.unwrap();
        let early = correct(&city, &officer, id, day(2, 1), |facts| facts.classes = Some(11)).await;
        assert!(matches!(early, Err(Failure::Refused(_))), "{early:?}");
        let same = correct(&city, &officer, id, day(4, 1), |_| {}).await;
        assert!(matches!(same, Err(Failure::Refused(_))), "{same:?}");
    })
    .await;
}

#[tokio::test]
async fn who_saw_an_older_state_is_told_that_somebody_was_first() {
    fixtures::each_database(|city| async move {
        let id = city.kindergarten("青禾幼儿园").add().await;
        let officer = city.officer("440305").await;
        let seen = store::find(&city.reading(), id, city.today()).await.unwrap();
        correct(&city, &officer, id, city.today(), |facts| facts.classes = Some(10)).await.unwrap();
        let facts = Facts { classes: Some(11), ..seen.facts };
        let late =
            acts::correct(&city.db, &officer, id, seen.state, city.today(), "年检", facts).await;
        assert!(matches!(late, Err(Failure::Stale(_))), "{late:?}");
    })
    .await;
}

#[tokio::test]
async fn an_impossible_value_is_refused_at_its_field() {
    fixtures::each_database(|city| async move {
        let id = city.kindergarten("青禾幼儿园").add().await;
        let officer = city.officer("440305").await;
        let far = correct(&city, &officer, id, city.today(), |facts| facts.point.lat = 23.5).await;
        assert!(
            matches!(&far, Err(Failure::Invalid(invalid)) if invalid.of("point").is_some()),
            "{far:?}"
        );
    })
    .await;
}

#[tokio::test]
async fn a_city_run_kindergarten_is_corrected_by_the_city_and_another_districts_is_not_found() {
    fixtures::each_database(|city| async move {
        let id = city.kindergarten("青禾幼儿园").city_run().add().await;
        let raise = |facts: &mut Facts| facts.classes = Some(10);
        let own = correct(&city, &city.officer("440305").await, id, city.today(), raise).await;
        assert!(
            matches!(&own, Err(Failure::Refused(refusal)) if refusal.clause == Some("2.1.2-8")),
            "{own:?}"
        );
        let other = correct(&city, &city.officer("440304").await, id, city.today(), raise).await;
        assert!(matches!(other, Err(Failure::NotFound)), "{other:?}");
        let principal = correct(&city, &city.principal(id).await, id, city.today(), raise).await;
        assert!(matches!(principal, Err(Failure::Refused(_))), "{principal:?}");
        correct(&city, &city.city_officer().await, id, city.today(), raise).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn of_many_corrections_at_once_each_is_kept_or_told_to_look_again() {
    fixtures::each_database(|city| async move {
        let id = city.kindergarten("青禾幼儿园").add().await;
        let officer = city.officer("440305").await;
        let seen = store::find(&city.reading(), id, city.today()).await.unwrap();
        let tries: Vec<_> = (0..32)
            .map(|number| {
                let (db, officer) = (city.db.clone(), officer.clone());
                let facts = Facts { children: Some(100 + number), ..seen.facts.clone() };
                tokio::spawn(async move {
                    acts::correct(&db, &officer, id, seen.state, officer.today(), "年检", facts)
                        .await
                })
            })
            .collect();
        let mut kept = 0;
        for each in tries {
            match each.await.unwrap() {
                Ok(()) => kept += 1,
                Err(Failure::Stale(_)) => {}
                Err(other) => panic!("{other:?}"),
            }
        }
        assert_eq!(kept, 1);
        assert_eq!(store::history(&city.reading(), id).await.unwrap().len(), 2);
    })
    .await;
}

#[tokio::test]
async fn a_code_that_another_kindergarten_bears_is_refused_at_its_field() {
    fixtures::each_database(|city| async move {
        let (one, other) = (
            city.kindergarten("青禾幼儿园").add().await,
            city.kindergarten("云杉幼儿园").without_code().add().await,
        );
        let officer = city.officer("440305").await;
        let code = store::find(&city.reading(), one, day(2, 1)).await.unwrap().facts.national_code;
        assert!(code.is_some());
        let taken = correct(&city, &officer, other, day(2, 1), |facts| facts.national_code = code)
            .await
            .unwrap_err();
        let Failure::Invalid(invalid) = taken else { panic!("{taken:?}") };
        assert!(invalid.of("national_code").unwrap().contains("已属于另一所幼儿园"), "{invalid:?}");
    })
    .await;
}
