//! Nothing out of reach is ever found.

use std::collections::BTreeSet;

use fixtures::each_database;
use kernel::{Caller, PersonId, PostKind, PostScope};

use super::*;

/// The same sequence in every run: a failure can be looked at.
struct Chance(u64);

impl Chance {
    fn below(&mut self, most: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % most
    }
    fn one<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }
}

#[tokio::test]
async fn random_questions_of_random_callers_never_bring_what_lies_out_of_reach() {
    each_database(|city| async move {
        let mut chance = Chance(2026);
        let streets = ["440305007", "440305002", FUTIAN_STREET, "440303001", "440306018"];
        let parts = ["青禾", "长乐", "重庆", "云杉", "行知", "石竹", "银行", "绿洲"];
        // Kindergartens with their district, cluster and principal.
        let mut all: Vec<(KindergartenId, String, String, PersonId)> = Vec::new();
        for number in 0..40 {
            let street = *chance.one(&streets);
            let name = format!("{}{}第{number}幼儿园", chance.one(&parts), chance.one(&parts));
            let id = city.kindergarten(&name).in_street(street).add().await;
            let person =
                format!("{}{}", chance.one(&["王", "单", "乐"]), chance.one(&["敏", "行", "长青"]));
            let principal =
                city.caller(&person, PostKind::Principal, PostScope::Kindergarten(id)).await;
            all.push((id, name, street[..6].to_owned(), principal.person));
        }
        let of_nanshan: Vec<KindergartenId> =
            all.iter().filter(|each| each.2 == NANSHAN).map(|each| each.0).collect();
        let half = of_nanshan.len() / 2;
        let clusters = [
            cluster(&city, "青禾学区", &of_nanshan[..half], day(2025, 9, 1)).await,
            cluster(&city, "长乐学区", &of_nanshan[half..], day(2025, 9, 1)).await,
        ];
        for (number, id) in clusters.iter().enumerate() {
            let scope = PostScope::Cluster(*id);
            city.caller(&format!("王行{number}"), PostKind::FullTimeInspector, scope).await;
        }
        let mut callers: Vec<Caller> = vec![city.city_officer().await, city.auditor().await];
        for district in ["440303", "440304", NANSHAN, "440306"] {
            callers.push(city.officer(district).await);
            callers.push(city.supervisor(district).await);
        }
        for each in all.iter().step_by(7) {
            callers.push(city.principal(each.0).await);
        }
        let mut found = 0;
        for _ in 0..400 {
            let caller = chance.one(&callers);
            let typed = match chance.below(4) {
                0 => chance.one(&["q", "c", "z", "y", "d", "青", "园", "1"]).to_string(),
                1 => chance
                    .one(&["qinghe", "changle", "zhangyue", "wm", "sx", "xq", "yey"])
                    .to_string(),
                2 => chance.one(&parts).to_string(),
                _ => chance.one(&all).1.clone(),
            };
            let (sought, reading) = (sought(&typed), city.db.reading(caller));
            let reaches = |place: &str, id: KindergartenId| {
                caller.reach.holds(&caller.district_place(place))
                    || caller.reach.kindergartens.contains(&id)
                    || clusters.iter().zip([&of_nanshan[..half], &of_nanshan[half..]]).any(
                        |(cluster, members)| {
                            caller.reach.clusters.contains(cluster) && members.contains(&id)
                        },
                    )
            };
            let told = format!("{:?} {:?} asks {typed}", caller.kind, caller.scope);
            let kindergartens =
                store::kindergartens(&reading, &sought, city.today(), 99).await.unwrap();
            for hit in &kindergartens.hits {
                let known = all.iter().find(|each| each.0 == hit.subject).unwrap();
                assert!(reaches(&known.2, known.0), "{told}: {}", hit.name);
            }
            // And all of what lies within reach is there.
            let meant = all.iter().filter(|each| {
                reaches(&each.2, each.0)
                    && sought.finds(&[(crate::search::types::Way::Name, each.1.as_str())]).is_some()
            });
            let brought: BTreeSet<&str> =
                kindergartens.hits.iter().map(|hit| hit.name.as_str()).collect();
            for each in meant {
                assert!(brought.contains(each.1.as_str()), "{told}: {} is missing", each.1);
            }
            for hit in store::clusters(&reading, &sought, city.today(), 99).await.unwrap().hits {
                let is_reached = caller.reach.holds(&caller.district_place(NANSHAN))
                    || caller.reach.clusters.contains(&hit.subject.id);
                assert!(is_reached, "{told}: {}", hit.name);
                found += 1;
            }
            for hit in store::persons(&reading, &sought, city.today(), 99).await.unwrap().hits {
                for post in &hit.subject.posts {
                    let is_reached = match (post.kindergarten, &post.district) {
                        (None, None) if post.cluster.is_some() => {
                            caller.reach.holds(&caller.district_place(NANSHAN))
                                || post
                                    .cluster
                                    .is_some_and(|id| caller.reach.clusters.contains(&id))
                        }
                        (Some(id), _) => {
                            let known = all.iter().find(|each| each.0 == id).unwrap();
                            reaches(&known.2, id)
                        }
                        (None, Some(district)) => {
                            caller.reach.holds(&caller.district_place(district))
                        }
                        (None, None) => caller.reach.is_city_wide(),
                    };
                    assert!(is_reached, "{told}: {} as {}", hit.name, post.label);
                    found += 1;
                }
            }
            found += kindergartens.total;
            if chance.below(9) == 0 {
                store::learn(&city.db).await.unwrap();
            }
        }
        assert!(found > 1000, "{found}");
    })
    .await;
}

#[tokio::test]
async fn a_reach_of_nothing_finds_nothing() {
    each_database(|city| async move {
        city.kindergarten("青禾幼儿园").add().await;
        let mut caller = city.officer(NANSHAN).await;
        caller.reach = kernel::Reach::default();
        let reading = city.db.reading(&caller);
        let sought = sought("青");
        assert_eq!(
            store::kindergartens(&reading, &sought, city.today(), 9).await.unwrap().total,
            0
        );
        assert_eq!(store::clusters(&reading, &sought, city.today(), 9).await.unwrap().total, 0);
        assert_eq!(
            store::persons(&reading, &super::sought("wm"), city.today(), 9).await.unwrap().total,
            0
        );
    })
    .await;
}
