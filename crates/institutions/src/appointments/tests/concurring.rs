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

/// Several connections are open before it begins, so that the tries really meet.
async fn warmed(city: &City) {
    let reads: Vec<_> = (0..32)
        .map(|_| {
            let city = city.clone();
            tokio::spawn(async move {
                list(&city.reading(), &Filter::default(), city.today(), 1, 0).await.unwrap();
            })
        })
        .collect();
    for read in reads {
        read.await.unwrap();
    }
}

/// Two terms are behind each of them. Two districts, whose appointments do not wait for one another, give them the third
/// term and what would be the fourth, 32 times at once: nobody gets both.
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
        warmed(&city).await;
        for round in 0..6 {
            let name = format!("许静{round}");
            let person = known_in_both(&city, &grounds, &name, round).await;
            let spans = [(day(2026, 2, 1), day(2026, 6, 1)), (day(2026, 6, 1), day(2027, 6, 1))];
            let tries: Vec<_> = (0..32)
                .map(|number| {
                    let (caller, ids) = &grounds[number % 2];
                    let (from, to) = spans[number % 2];
                    let scope = PostScope::Cluster(ids[number / 2]);
                    let who = Who::Known(person);
                    let new = Appointment { who, from, to, ..somebody(&city, "", kind, scope) };
                    (caller.clone(), new)
                })
                .collect();
            let made = at_once(&city, tries).await;
            assert!(made > 0);
            let own = Filter { person: Some(person), ..Filter::default() };
            let posts = list(&city.reading(), &own, city.today(), 100, 0).await.unwrap();
            let begun = |from| posts.iter().filter(|held| held.from == from).count();
            let (third, fourth) = (begun(spans[0].0), begun(spans[1].0));
            assert_eq!(third + fourth, made);
            assert!(third == 0 || fourth == 0, "{third} in a third term, {fourth} in a fourth");
            assert!(posts.iter().all(|held| held.term <= Some(3)));
        }
    })
    .await;
}

/// A person with a first term in one district and a second in the other, so that both offices know him.
async fn known_in_both(
    city: &City,
    grounds: &[(Caller, Vec<kernel::ClusterId>)],
    name: &str,
    round: u128,
) -> kernel::PersonId {
    let kind = PostKind::PartTimeInspector;
    let first = Appointment {
        from: day(2025, 9, 1),
        to: day(2025, 12, 1),
        ..somebody(city, name, kind, PostScope::Cluster(grounds[0].1[0]))
    };
    appoint(&city.db, &grounds[0].0, &first).await.unwrap();
    let named = Filter { text: name.to_owned(), ..Filter::default() };
    let person = list(&city.reading(), &named, city.today(), 1, 0).await.unwrap()[0].person;
    let columns =
        ["id", "person_id", "kind", "cluster_id", "valid_from", "valid_to", "term", "recorded_at"];
    let row = vec![
        kernel::Id::<kernel::kind::Post>::new(uuid::Uuid::from_u128(round)).into(),
        person.into(),
        kind.code().into(),
        grounds[1].1[0].uuid().into(),
        day(2025, 12, 1).into(),
        day(2026, 2, 1).into(),
        2_i64.into(),
        0_i64.into(),
    ];
    let tx = city.db.begin(city.db.program("test")).await.unwrap();
    tx.insert("post", &columns, vec![row]).await.unwrap();
    tx.commit(kernel::Note::of("test.prepared", "x", "测试")).await.unwrap();
    person
}
