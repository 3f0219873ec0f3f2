use std::collections::{BTreeMap, BTreeSet};

use fixtures::City;
use kernel::{Caller, ClusterId, Date, Failure, KindergartenId, Note, OPEN_END};
use storage::{Source, Tx};

use super::{Decision, Filter, NewCluster, StandingException, acts, store};
use crate::kindergartens::{self, Role};

fn day(month: u32, day: u32) -> Date {
    Date::from_ymd_opt(2026, month, day).unwrap()
}

fn on(from: Date) -> Decision<'static> {
    Decision { from, to: OPEN_END, paper_number: "南教〔2026〕3号", cause: "测试" }
}

fn new(name: &str, all: &[KindergartenId]) -> NewCluster {
    NewCluster { keep: None, name: name.to_owned(), centre: all[0], members: all[1..].to_vec() }
}

async fn kindergartens<const N: usize>(city: &City) -> [KindergartenId; N] {
    let mut all = Vec::new();
    for number in 0..N {
        all.push(city.kindergarten(&format!("青禾第{}幼儿园", number + 1)).add().await);
    }
    all.try_into().unwrap()
}

/// Opens a transaction of an officer of 南山区, and keeps it if the change was done.
async fn changed<T>(
    city: &City,
    change: impl AsyncFnOnce(&Tx) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let officer = city.officer("440305").await;
    let tx = city.db.begin(&officer).await?;
    let done = change(&tx).await?;
    tx.commit(Note::of("test.changed", "x", "测试")).await?;
    Ok(done)
}

async fn members(city: &City, cluster: ClusterId, day: Date) -> Vec<(KindergartenId, Role)> {
    let all = kindergartens::store::in_clusters(&city.reading(), &[cluster], day).await.unwrap();
    all.into_iter().map(|each| (each.id, each.cluster.unwrap().role)).collect()
}

fn refused(result: Result<impl std::fmt::Debug, Failure>) -> String {
    match result {
        Err(Failure::Refused(refusal)) => refusal.text,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn clusters_are_there_from_the_day_on_and_not_before() {
    fixtures::each_database(|city| async move {
        let [a, b, c, d] = kindergartens(&city).await;
        let clusters = [new("粤海学区", &[a, b]), new("南山学区", &[c, d])];
        let ids = changed(&city, async |tx| {
            acts::establish(tx, "440305", &on(day(3, 1)), &clusters).await
        })
        .await
        .unwrap();
        let reading = city.reading();
        assert!(matches!(store::find(&reading, ids[0], day(2, 28)).await, Err(Failure::NotFound)));
        let cluster = store::find(&reading, ids[0], day(3, 1)).await.unwrap();
        assert_eq!(
            (cluster.name.as_str(), cluster.size, cluster.established),
            ("粤海学区", 2, day(3, 1))
        );
        assert_eq!(cluster.centre.unwrap().id, a);
        assert_eq!(store::count(&reading, &Filter::default(), day(2, 28)).await.unwrap(), 0);
        assert_eq!(store::in_district(&reading, "440305", day(3, 1)).await.unwrap().len(), 2);
        assert_eq!(store::memberships(&reading, "440305", day(3, 1)).await.unwrap().len(), 4);
        assert_eq!(store::last_day(&reading, ids[0], day(5, 1)).await.unwrap(), day(5, 1));
    })
    .await;
}

#[tokio::test]
async fn a_new_plan_ends_the_old_clusters_and_a_kept_one_keeps_its_id() {
    fixtures::each_database(|city| async move {
        let [a, b, c, d] = kindergartens(&city).await;
        let old = [new("粤海学区", &[a, b]), new("南山学区", &[c, d])];
        let ids = changed(&city, async |tx| acts::establish(tx, "440305", &on(day(2, 1)), &old).await).await.unwrap();
        let next = [NewCluster { keep: Some(ids[0]), ..new("粤海学区", &[b, a, c, d]) }];
        let kept = changed(&city, async |tx| acts::establish(tx, "440305", &on(day(3, 1)), &next).await).await.unwrap();
        assert_eq!(kept, [ids[0]]);
        assert_eq!(members(&city, ids[0], day(2, 28)).await, [(a, Role::Centre), (b, Role::Member)]);
        assert_eq!(members(&city, ids[0], day(3, 1)).await.len(), 4);
        let reading = city.reading();
        assert!(matches!(store::find(&reading, ids[1], day(3, 1)).await, Err(Failure::NotFound)));
        assert_eq!(store::last_day(&reading, ids[1], day(5, 1)).await.unwrap(), day(2, 28));
        assert_eq!(store::find(&reading, ids[0], day(3, 1)).await.unwrap().established, day(2, 1));
        let history = store::history(&reading, ids[0]).await.unwrap();
        let told: Vec<&str> = history.iter().map(|event| event.text.as_str()).collect();
        assert_eq!(
            told,
            [
                "按新的划分方案延续；青禾第2幼儿园由成员园改任中心园；青禾第1幼儿园由中心园改为成员园；加入：青禾第3幼儿园、青禾第4幼儿园",
                "设立“粤海学区”；中心园为青禾第1幼儿园；加入：青禾第2幼儿园"
            ]
        );
        let stays = kindergartens::store::stays(&reading, c).await.unwrap();
        assert_eq!(stays.iter().map(|stay| stay.cluster.name.as_str()).collect::<Vec<_>>(), ["粤海学区", "南山学区"]);
    })
    .await;
}

#[tokio::test]
async fn a_plan_before_a_later_one_is_refused_and_the_same_day_is_replaced() {
    fixtures::each_database(|city| async move {
        let [a, b] = kindergartens(&city).await;
        let plan = [new("粤海学区", &[a, b])];
        changed(&city, async |tx| acts::establish(tx, "440305", &on(day(3, 1)), &plan).await)
            .await
            .unwrap();
        let early =
            changed(&city, async |tx| acts::establish(tx, "440305", &on(day(2, 1)), &plan).await)
                .await;
        assert!(refused(early).contains("2026-03-01"));
        let again =
            changed(&city, async |tx| acts::establish(tx, "440305", &on(day(3, 1)), &plan).await)
                .await
                .unwrap();
        assert_eq!(
            store::in_district(&city.reading(), "440305", day(3, 1)).await.unwrap()[0].id,
            again[0]
        );
    })
    .await;
}

#[tokio::test]
async fn past_clusters_are_brought_along_where_nothing_else_was() {
    fixtures::each_database(|city| async move {
        let [a, b] = kindergartens(&city).await;
        let plan = [new("粤海学区", &[a, b])];
        let past = Decision { from: day(1, 1), to: day(2, 1), ..on(day(1, 1)) };
        let ids = changed(&city, async |tx| acts::establish(tx, "440305", &past, &plan).await)
            .await
            .unwrap();
        let now = [NewCluster { keep: Some(ids[0]), ..new("青禾学区", &[a, b]) }];
        changed(&city, async |tx| acts::establish(tx, "440305", &on(day(2, 1)), &now).await)
            .await
            .unwrap();
        let reading = city.reading();
        assert_eq!(store::find(&reading, ids[0], day(1, 31)).await.unwrap().name, "粤海学区");
        assert_eq!(store::find(&reading, ids[0], day(2, 1)).await.unwrap().name, "青禾学区");
        let meeting = Decision { from: day(1, 15), to: day(1, 20), ..on(day(1, 15)) };
        let refusal = refused(
            changed(&city, async |tx| acts::establish(tx, "440305", &meeting, &plan).await).await,
        );
        assert!(refusal.contains("重叠"), "{refusal}");
    })
    .await;
}

#[tokio::test]
async fn a_kindergarten_of_another_district_or_a_name_in_use_is_refused() {
    fixtures::each_database(|city| async move {
        let [a, b] = kindergartens(&city).await;
        let other = city.kindergarten("白榆幼儿园").in_street("440304008").add().await;
        let foreign = [new("粤海学区", &[a, other])];
        let refusal = refused(
            changed(&city, async |tx| {
                acts::establish(tx, "440305", &on(day(3, 1)), &foreign).await
            })
            .await,
        );
        assert!(refusal.contains("不能跨区"), "{refusal}");
        let tx = city.db.begin(city.db.program("test")).await.unwrap();
        acts::establish(&tx, "440304", &on(day(3, 1)), &[new("青禾学区", &[other])]).await.unwrap();
        tx.commit(Note::of("test.changed", "x", "测试")).await.unwrap();
        let taken = [new("青禾学区", &[a, b])];
        let refusal = refused(
            changed(&city, async |tx| acts::establish(tx, "440305", &on(day(3, 1)), &taken).await)
                .await,
        );
        assert!(refusal.contains("已被使用"), "{refusal}");
        let names =
            store::names_elsewhere(&city.reading(), "440305", day(3, 1), OPEN_END).await.unwrap();
        assert_eq!(names, ["青禾学区"]);
    })
    .await;
}

#[tokio::test]
async fn a_district_changes_its_own_clusters_only() {
    fixtures::each_database(|city| async move {
        let [a, b] = kindergartens(&city).await;
        let neighbour = city.officer("440304").await;
        let tx = city.db.begin(&neighbour).await.unwrap();
        let plan = [new("粤海学区", &[a, b])];
        let unseen = acts::establish(&tx, "440305", &on(day(3, 1)), &plan).await;
        assert!(matches!(unseen, Err(Failure::NotFound)), "{unseen:?}");
        drop(tx);
        let ids =
            changed(&city, async |tx| acts::establish(tx, "440305", &on(day(3, 1)), &plan).await)
                .await
                .unwrap();
        let tx = city.db.begin(&neighbour).await.unwrap();
        let unseen = acts::rename(&tx, ids[0], "青禾学区", &on(day(4, 1))).await;
        assert!(matches!(unseen, Err(Failure::NotFound)), "{unseen:?}");
    })
    .await;
}

#[tokio::test]
async fn who_reaches_a_cluster_sees_it_and_nobody_else() {
    fixtures::each_database(|city| async move {
        let [a, b, c] = kindergartens(&city).await;
        let plan = [new("粤海学区", &[a, b]), new("南山学区", &[c])];
        let ids =
            changed(&city, async |tx| acts::establish(tx, "440305", &on(day(2, 1)), &plan).await)
                .await
                .unwrap();
        let callers: [(Caller, bool); 6] = [
            (city.officer("440305").await, true),
            (city.deputy("440305").await, true),
            (city.officer("440304").await, false),
            (city.city_officer().await, true),
            (city.principal(b).await, true),
            (city.principal(c).await, false),
        ];
        for (caller, is_seen) in callers {
            let reading = city.db.reading(&caller);
            assert_eq!(
                store::find(&reading, ids[0], city.today()).await.is_ok(),
                is_seen,
                "{:?}",
                caller.scope
            );
            let listed =
                store::list(&reading, &Filter::default(), city.today(), 50, 0).await.unwrap();
            assert_eq!(
                listed.iter().any(|cluster| cluster.id == ids[0]),
                is_seen,
                "{:?}",
                caller.scope
            );
        }
        let principal = city.principal(b).await;
        let neighbours =
            kindergartens::store::in_clusters(&city.db.reading(&principal), &ids, city.today())
                .await
                .unwrap();
        assert_eq!(
            neighbours.iter().map(|each| each.id).collect::<BTreeSet<_>>(),
            BTreeSet::from([a, b])
        );
    })
    .await;
}

#[tokio::test]
async fn a_kindergarten_joins_moves_and_leaves_on_its_day() {
    fixtures::each_database(|city| async move {
        let [a, b, c, d] = kindergartens(&city).await;
        let plan = [new("粤海学区", &[a, b]), new("南山学区", &[c])];
        let ids =
            changed(&city, async |tx| acts::establish(tx, "440305", &on(day(2, 1)), &plan).await)
                .await
                .unwrap();
        let (yuehai, nanshan) = (ids[0], ids[1]);
        changed(&city, async |tx| acts::admit(tx, nanshan, d, &on(day(3, 1))).await).await.unwrap();
        changed(&city, async |tx| acts::transfer(tx, d, yuehai, &on(day(4, 1))).await)
            .await
            .unwrap();
        changed(&city, async |tx| acts::release(tx, yuehai, d, &on(day(5, 1))).await)
            .await
            .unwrap();
        for (on, yuehai_size, nanshan_size) in
            [(day(2, 28), 2, 1), (day(3, 1), 2, 2), (day(4, 1), 3, 1), (day(5, 1), 2, 1)]
        {
            assert_eq!(members(&city, yuehai, on).await.len(), yuehai_size, "{on}");
            assert_eq!(members(&city, nanshan, on).await.len(), nanshan_size, "{on}");
        }
        let told = store::history(&city.reading(), nanshan).await.unwrap();
        assert_eq!(told[0].text, "退出：青禾第4幼儿园");
        let twice =
            changed(&city, async |tx| acts::admit(tx, nanshan, b, &on(day(5, 1))).await).await;
        assert!(refused(twice).contains("已属于其他学区"));
        let centre =
            changed(&city, async |tx| acts::transfer(tx, c, yuehai, &on(day(5, 1))).await).await;
        assert!(refused(centre).contains("中心园"));
        let early =
            changed(&city, async |tx| acts::admit(tx, nanshan, d, &on(day(3, 15))).await).await;
        assert!(refused(early).contains("2026-04-01"));
    })
    .await;
}

#[tokio::test]
async fn a_new_centre_leaves_the_old_one_a_member() {
    fixtures::each_database(|city| async move {
        let [a, b] = kindergartens(&city).await;
        let plan = [new("粤海学区", &[a, b])];
        let ids =
            changed(&city, async |tx| acts::establish(tx, "440305", &on(day(2, 1)), &plan).await)
                .await
                .unwrap();
        changed(&city, async |tx| acts::set_centre(tx, ids[0], b, &on(day(3, 1))).await)
            .await
            .unwrap();
        assert_eq!(
            members(&city, ids[0], day(2, 28)).await,
            [(a, Role::Centre), (b, Role::Member)]
        );
        assert_eq!(members(&city, ids[0], day(3, 1)).await, [(a, Role::Member), (b, Role::Centre)]);
        let again =
            changed(&city, async |tx| acts::set_centre(tx, ids[0], b, &on(day(4, 1))).await).await;
        assert!(refused(again).contains("已是中心园"));
    })
    .await;
}

#[tokio::test]
async fn renaming_excepting_and_dissolving_are_dated() {
    fixtures::each_database(|city| async move {
        let [a, b, c] = kindergartens(&city).await;
        let plan = [new("粤海学区", &[a, b]), new("南山学区", &[c])];
        let ids =
            changed(&city, async |tx| acts::establish(tx, "440305", &on(day(2, 1)), &plan).await)
                .await
                .unwrap();
        let taken =
            changed(&city, async |tx| acts::rename(tx, ids[0], "南山学区", &on(day(3, 1))).await)
                .await;
        assert!(refused(taken).contains("已被使用"));
        changed(&city, async |tx| acts::rename(tx, ids[0], "青禾学区", &on(day(3, 1))).await)
            .await
            .unwrap();
        let exception = StandingException {
            cluster: ids[0],
            rule: "at_most_sixteen".to_owned(),
            reason: "新园开办".to_owned(),
            approved_by: "周正".to_owned(),
            paper_number: String::new(),
            from: day(3, 1),
            to: day(9, 1),
        };
        changed(&city, async |tx| acts::record_exception(tx, &exception).await).await.unwrap();
        let reading = city.reading();
        assert_eq!(store::exceptions(&reading, ids[0], day(3, 1)).await.unwrap(), [exception]);
        assert!(store::exceptions(&reading, ids[0], day(9, 1)).await.unwrap().is_empty());
        assert_eq!(
            store::exceptions_in_district(&reading, "440305", day(3, 1)).await.unwrap().len(),
            1
        );
        changed(&city, async |tx| acts::dissolve(tx, ids[0], day(4, 1)).await).await.unwrap();
        assert_eq!(store::find(&reading, ids[0], day(3, 31)).await.unwrap().name, "青禾学区");
        assert!(matches!(store::find(&reading, ids[0], day(4, 1)).await, Err(Failure::NotFound)));
        assert!(store::exceptions(&reading, ids[0], day(4, 1)).await.unwrap().is_empty());
        assert_eq!(
            store::history(&reading, ids[0]).await.unwrap()[0].text,
            "停止运行；退出：青禾第1幼儿园、青禾第2幼儿园"
        );
    })
    .await;
}

#[tokio::test]
async fn of_many_admissions_at_once_a_kindergarten_gets_one_cluster() {
    fixtures::each_database(|city| async move {
        let [a, b, c] = kindergartens(&city).await;
        let plan = [new("粤海学区", &[a]), new("南山学区", &[b])];
        let ids =
            changed(&city, async |tx| acts::establish(tx, "440305", &on(day(2, 1)), &plan).await)
                .await
                .unwrap();
        let officer = city.officer("440305").await;
        let tries: Vec<_> = (0..32)
            .map(|number| {
                let (db, officer, cluster) = (city.db.clone(), officer.clone(), ids[number % 2]);
                tokio::spawn(async move {
                    let tx = db.begin(&officer).await?;
                    acts::admit(&tx, cluster, c, &on(day(3, 1))).await?;
                    tx.commit(Note::of("test.changed", "x", "测试")).await
                })
            })
            .collect();
        let mut admitted = 0;
        for each in tries {
            match each.await.unwrap() {
                Ok(()) => admitted += 1,
                Err(Failure::Refused(_)) => {}
                Err(other) => panic!("{other:?}"),
            }
        }
        assert_eq!(admitted, 1);
        let sizes = members(&city, ids[0], day(3, 1)).await.len()
            + members(&city, ids[1], day(3, 1)).await.len();
        assert_eq!(sizes, 3);
    })
    .await;
}

/// Tries them all at once: of one name given in several districts, one is kept and the others are told that it is taken.
async fn one_gets_the_name(tries: Vec<tokio::task::JoinHandle<Result<(), Failure>>>) {
    let mut given = 0;
    for each in tries {
        match each.await.unwrap() {
            Ok(()) => given += 1,
            refused => assert!(self::refused(refused).contains("已被使用")),
        }
    }
    assert_eq!(given, 1);
}

/// Kindergartens, four in each of eight districts, with the officer of each district.
async fn eight_districts(city: &City) -> Vec<(String, Caller, Vec<KindergartenId>)> {
    let streets = geography::Regions::shipped().streets.iter();
    let mut first: BTreeMap<&str, &str> = BTreeMap::new();
    for street in streets {
        first.entry(&street.district).or_insert(&street.code);
    }
    let mut all = Vec::new();
    for (number, (district, street)) in first.into_iter().take(8).enumerate() {
        let mut ids = Vec::new();
        for each in 0..4 {
            let name = format!("青禾第{}幼儿园", 4 * number + each + 1);
            ids.push(city.kindergarten(&name).in_street(street).add().await);
        }
        all.push((district.to_owned(), city.officer(district).await, ids));
    }
    assert_eq!(all.len(), 8);
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn of_32_districts_plans_at_once_one_establishes_a_cluster_of_the_name() {
    fixtures::each_database(|city| async move {
        let districts = eight_districts(&city).await;
        let tries = (0..32).map(|number| {
            let (district, officer, all) = districts[number % 8].clone();
            let db = city.db.clone();
            tokio::spawn(async move {
                let tx = db.begin(&officer).await?;
                // Each try on a day of its own, the earliest last: within a district none stands in another's way.
                let from = day(3, 1 + (31 - number as u32) % 28);
                acts::establish(&tx, &district, &on(from), &[new("青禾学区", &all)]).await?;
                tx.commit(Note::of("test.changed", "x", "测试")).await
            })
        });
        let mut given = BTreeSet::new();
        for (number, each) in tries.collect::<Vec<_>>().into_iter().enumerate() {
            match each.await.unwrap() {
                // The same district may establish its clusters again under their name.
                Ok(()) => drop(given.insert(districts[number % 8].0.clone())),
                Err(Failure::Refused(_)) => {}
                Err(other) => panic!("{other:?}"),
            }
        }
        assert_eq!(given.len(), 1, "{given:?}");
        let sql = storage::Sql::new(
            "SELECT count(DISTINCT c.district_code) FROM cluster_state cs JOIN cluster c ON c.id = cs.cluster_id WHERE cs.name = '青禾学区'",
        );
        assert_eq!(city.reading().number(sql).await.unwrap(), 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_32_clusters_renamed_at_once_across_districts_one_gets_the_name() {
    fixtures::each_database(|city| async move {
        let mut clusters = Vec::new();
        for (number, (district, officer, all)) in
            eight_districts(&city).await.into_iter().enumerate()
        {
            let named: Vec<NewCluster> = all
                .iter()
                .enumerate()
                .map(|(each, id)| new(&format!("第{}学区", 4 * number + each + 1), &[*id]))
                .collect();
            let tx = city.db.begin(&officer).await.unwrap();
            let ids = acts::establish(&tx, &district, &on(day(2, 1)), &named).await.unwrap();
            tx.commit(Note::of("test.changed", "x", "测试")).await.unwrap();
            clusters.extend(ids.into_iter().map(|id| (officer.clone(), id)));
        }
        assert_eq!(clusters.len(), 32);
        let tries = clusters.into_iter().map(|(officer, id)| {
            let db = city.db.clone();
            tokio::spawn(async move {
                let tx = db.begin(&officer).await?;
                acts::rename(&tx, id, "青禾学区", &on(day(3, 1))).await?;
                tx.commit(Note::of("test.changed", "x", "测试")).await
            })
        });
        one_gets_the_name(tries.collect()).await;
        let sql = storage::Sql::new("SELECT count(*) FROM cluster_state WHERE name = '青禾学区'");
        assert_eq!(city.reading().number(sql).await.unwrap(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_clusters_page_says_that_it_is_no_enrolment_area_and_is_not_found_out_of_reach() {
    fixtures::each_database(|city| async move {
        let [a, b, c] = kindergartens(&city).await;
        let plan = [new("粤海学区", &[a, b]), new("南山学区", &[c])];
        let ids =
            changed(&city, async |tx| acts::establish(tx, "440305", &on(day(2, 1)), &plan).await)
                .await
                .unwrap();
        let path = format!("/clusters/{}", ids[0]);
        for (caller, status) in [
            (city.officer("440305").await, 200),
            (city.principal(b).await, 200),
            (city.principal(c).await, 404),
            (city.officer("440304").await, 404),
            (city.administrator(kernel::PostKind::SystemAdministrator).await, 403),
        ] {
            let browser = city.browser(crate::routes(), &caller);
            for path in [path.clone(), format!("{path}/map.geojson")] {
                assert_eq!(
                    browser.get(&path).await.status.as_u16(),
                    status,
                    "{path} {:?}",
                    caller.scope
                );
            }
        }
        let browser = city.browser(crate::routes(), &city.officer("440305").await);
        let page = browser.get(&path).await.text;
        assert!(
            page.contains("不是招生片区")
                && page.contains("青禾第2幼儿园")
                && page.contains("南教〔2026〕3号")
        );
        let list = browser.get("/clusters").await.text;
        assert!(list.contains("粤海学区") && list.contains("/districts/440305/clusters.geojson"));
        let before = browser.get("/clusters?day=2026-01-31").await.text;
        assert!(!before.contains("粤海学区") && before.contains("没有符合条件的学区"));
        let bytes = browser.get("/clusters.xlsx").await.bytes;
        let table = ::sheets::read(&bytes, &sheets::Limits::default()).unwrap();
        assert_eq!(table.rows.len(), 2);
        let map = browser.get("/districts/440305/clusters.geojson").await.bytes;
        let map: serde_json::Value = serde_json::from_slice(&map).unwrap();
        assert_eq!(map["features"].as_array().unwrap().len(), 3);
        changed(&city, async |tx| acts::dissolve(tx, ids[0], day(2, 2)).await).await.unwrap();
        assert_eq!(browser.get(&path).await.location, format!("{path}?day=2026-02-01"));
        assert_eq!(
            city.browser(crate::routes(), &city.officer("440304").await)
                .get(&path)
                .await
                .status
                .as_u16(),
            404
        );
    })
    .await;
}
