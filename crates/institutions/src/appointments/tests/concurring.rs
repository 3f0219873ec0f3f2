use fixtures::{City, each_database};
use kernel::{Caller, Failure, PostKind, PostScope};

use crate::appointments::acts::appoint;
use crate::appointments::{Appointment, Filter, Who, list};
use crate::stage::{FUTIAN, NANSHAN, clusters, day, kindergartens, somebody};

/// Tries them all at once; answers how many were made. Whoever was not made was refused by a rule.
async fn at_once(city: &City, tries: Vec<(Caller, Appointment)>) -> usize {
    let running: Vec<_> = tries
        .into_iter()
        .map(|(caller, appointment)| {
            let db = city.db.clone();
            tokio::spawn(async move { appoint(&db, &caller, &appointment).await })
        })
        .collect();
    let mut made = 0;
    for each in running {
        match each.await.unwrap() {
            Ok(_) => made += 1,
            Err(Failure::Refused(_)) => {}
            Err(other) => panic!("{other:?}"),
        }
    }
    made
}

#[tokio::test(flavor = "multi_thread")]
async fn of_32_principals_at_once_one_takes_the_seat() {
    each_database(|city| async move {
        let all = kindergartens(&city, NANSHAN, 1).await;
        clusters(&city, NANSHAN, &[&all], true).await;
        let officer = city.officer(NANSHAN).await;
        let tries = (0..32).map(|number| {
            let kind = [PostKind::Principal, PostKind::ActingHead][number % 2];
            let scope = PostScope::Kindergarten(all[0]);
            (officer.clone(), somebody(&city, &format!("园长{number}"), kind, scope))
        });
        assert_eq!(at_once(&city, tries.collect()).await, 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_32_liaisons_at_once_one_is_settled() {
    each_database(|city| async move {
        let all = kindergartens(&city, NANSHAN, 1).await;
        clusters(&city, NANSHAN, &[&all], true).await;
        let principal = city.principal(all[0]).await;
        let tries = (0..32).map(|number| {
            let scope = PostScope::Kindergarten(all[0]);
            let name = format!("联络{number}");
            (principal.clone(), somebody(&city, &name, PostKind::Liaison, scope))
        });
        assert_eq!(at_once(&city, tries.collect()).await, 1);
    })
    .await;
}

/// Two terms are behind him. Two districts, whose appointments do not wait for one another, give him the third and what
/// would be the fourth, 32 times at once: never both.
#[tokio::test(flavor = "multi_thread")]
async fn of_32_appointments_in_two_districts_at_once_none_makes_a_fourth_term() {
    each_database(|city| async move {
        let kind = PostKind::PartTimeInspector;
        let mut grounds = Vec::new();
        for district in [NANSHAN, FUTIAN] {
            let all = kindergartens(&city, district, 16).await;
            let groups: Vec<&[_]> = all.chunks(1).collect();
            let ids = clusters(&city, district, &groups, true).await;
            grounds.push((city.supervisor(district).await, ids));
        }
        // A term in each district, so that both offices know him.
        let (first, second) = (&grounds[0], &grounds[1]);
        let one = Appointment {
            from: day(2025, 9, 1),
            to: day(2025, 12, 1),
            ..somebody(&city, "许静", kind, PostScope::Cluster(first.1[0]))
        };
        appoint(&city.db, &first.0, &one).await.unwrap();
        let reading = city.reading();
        let known = list(&reading, &Filter::default(), city.today(), 1, 0).await.unwrap();
        let who = Who::Known(known[0].person);
        drop(reading);
        let row = vec![
            kernel::Id::<kernel::kind::Post>::new(uuid::Uuid::from_u128(9)).into(),
            known[0].person.into(),
            kind.code().into(),
            second.1[0].uuid().into(),
            day(2025, 12, 1).into(),
            day(2026, 2, 1).into(),
            2_i64.into(),
            0_i64.into(),
        ];
        let columns = [
            "id",
            "person_id",
            "kind",
            "cluster_id",
            "valid_from",
            "valid_to",
            "term",
            "recorded_at",
        ];
        let tx = city.db.begin(city.db.program("test")).await.unwrap();
        tx.insert("post", &columns, vec![row]).await.unwrap();
        tx.commit(kernel::Note::of("test.prepared", "x", "测试")).await.unwrap();

        let spans = [(day(2026, 2, 1), day(2026, 6, 1)), (day(2026, 6, 1), day(2027, 6, 1))];
        let tries: Vec<_> = (0..32)
            .map(|number| {
                let (caller, ids) = &grounds[number % 2];
                let (from, to) = spans[number % 2];
                let scope = PostScope::Cluster(ids[number / 2]);
                let who = who.clone();
                (caller.clone(), Appointment { who, from, to, ..somebody(&city, "", kind, scope) })
            })
            .collect();
        let made = at_once(&city, tries).await;
        assert!(made > 0);
        let reading = city.reading();
        let posts = list(&reading, &Filter::default(), city.today(), 100, 0).await.unwrap();
        let begun = |from| posts.iter().filter(|held| held.from == from).count();
        let (third, fourth) = (begun(spans[0].0), begun(spans[1].0));
        assert_eq!(third + fourth, made);
        assert!(third == 0 || fourth == 0, "{third} in a third term, {fourth} in a fourth");
        assert!(posts.iter().all(|held| held.term <= Some(3)));
    })
    .await;
}
