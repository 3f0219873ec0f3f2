//! Everything is found by every way to it, before its name has a key and after.

use fixtures::each_database;
use kernel::{Note, OPEN_END, PostKind, PostScope};
use registry::clusters::{Decision, acts};

use super::*;

#[tokio::test]
async fn a_kindergarten_is_found_by_every_way_to_it() {
    each_database(|city| async move {
        let id = city.kindergarten("重庆路长乐第2幼儿园").under("NS-0815").add().await;
        formerly(&city, id, r#"["银行幼儿园","蔚蓝行知园"]"#, r#"["1144990001"]"#).await;
        city.kindergarten("云杉幼儿园").under("FT-0001").in_street(FUTIAN_STREET).add().await;
        let reading = city.reading();
        for learned in [false, true] {
            for typed in [
                "重庆路长乐第2幼儿园",
                "庆路",
                "chongqinglu",
                "zhongqing",
                "cql",
                "zql",
                "CQLCL",
                "zqlzy",
                "changle",
                "zhangyue",
                "长le",
                "第2",
                "d2y",
                "cql d2",
                "NS-0815",
                "ns0815",
                "0815",
                "1144990001",
                "银行",
                "yinhang",
                "yinxing",
                "yh",
                "yx",
                "wlhz",
                "wlxz",
                "蔚蓝",
            ] {
                let catch =
                    store::kindergartens(&reading, &sought(typed), city.today(), 9).await.unwrap();
                assert_eq!(names(&catch), ["重庆路长乐第2幼儿园"], "{typed}, learned: {learned}");
                assert_eq!(catch.is_unlearnt, !learned);
            }
            store::learn(&city.db).await.unwrap();
            for typed in ["路庆", "hongqing", "qx", "0816", "zzz", "NS0815X"] {
                let catch =
                    store::kindergartens(&reading, &sought(typed), city.today(), 9).await.unwrap();
                assert_eq!(names(&catch), [""; 0], "{typed}");
            }
        }
        // Every state once, however often it was learnt.
        assert_eq!(keys(&city).await, 2);
        let catch = store::kindergartens(&reading, &sought("yh"), city.today(), 9).await.unwrap();
        let marked: String = catch.hits[0]
            .by_text
            .iter()
            .filter(|piece| piece.hit)
            .map(|piece| piece.text.as_str())
            .collect();
        assert_eq!((catch.hits[0].by, marked.as_str()), ("曾用名", "银行"));
    })
    .await;
}

#[tokio::test]
async fn a_national_code_leads_to_its_kindergarten() {
    each_database(|city| async move {
        let id = city.kindergarten("青禾幼儿园").add().await;
        city.kindergarten("云杉幼儿园").without_code().add().await;
        let reading = city.reading();
        let known = registry::kindergartens::store::find(&reading, id, city.today()).await.unwrap();
        let code = known.facts.national_code.unwrap().to_string();
        for typed in [code.as_str(), &code[2..], &format!("  {code} ")] {
            let catch =
                store::kindergartens(&reading, &sought(typed), city.today(), 9).await.unwrap();
            assert_eq!(names(&catch), ["青禾幼儿园"], "{typed}");
            assert_eq!(catch.hits[0].by, "国家标识码");
        }
    })
    .await;
}

#[tokio::test]
async fn a_cluster_is_found_by_its_name_its_pinyin_and_what_it_was_called() {
    each_database(|city| async move {
        let a = city.kindergarten("青禾幼儿园").add().await;
        let b = city.kindergarten("云杉幼儿园").add().await;
        let id = cluster(&city, "长源学区", &[a, b], day(2025, 9, 1)).await;
        let tx = city.db.begin(&city.officer(NANSHAN).await).await.unwrap();
        let from = day(2026, 1, 1);
        let decision =
            Decision { from, to: OPEN_END, paper_number: "南教〔2026〕4号", cause: "更名" };
        acts::rename(&tx, id, "粤海学区", &decision).await.unwrap();
        tx.commit(Note::of("test.prepared", id, "测试准备")).await.unwrap();
        let reading = city.reading();
        for typed in ["粤海学区", "粤", "yuehai", "yhxq", "yhxo", "长源", "changyuan", "zyxq"]
        {
            let catch = store::clusters(&reading, &sought(typed), city.today(), 9).await.unwrap();
            assert_eq!(names(&catch), ["粤海学区"], "{typed}");
            assert_eq!(catch.hits[0].subject.id, id);
        }
        // On a day before the new name it is found by the old one and by no other, and before it stood it is not found.
        let before = day(2025, 12, 31);
        let catch = store::clusters(&reading, &sought("cy"), before, 9).await.unwrap();
        assert_eq!(names(&catch), ["长源学区"]);
        for (typed, on) in [("yuehai", before), ("changyuan", day(2025, 8, 31))] {
            assert_eq!(store::clusters(&reading, &sought(typed), on, 9).await.unwrap().total, 0);
        }
    })
    .await;
}

#[tokio::test]
async fn a_person_is_found_with_the_posts_in_force_on_the_day() {
    each_database(|city| async move {
        let id = city.kindergarten("青禾幼儿园").add().await;
        let principal =
            city.caller("单乐行", PostKind::Principal, PostScope::Kindergarten(id)).await;
        city.caller("王敏", PostKind::SectionOfficer, PostScope::District(NANSHAN.to_owned()))
            .await;
        let reading = city.reading();
        for learned in [false, true] {
            for typed in ["单乐行", "乐行", "danlexing", "shanyuehang", "slx", "dyh", "clh", "乐x"]
            {
                let catch =
                    store::persons(&reading, &sought(typed), city.today(), 9).await.unwrap();
                assert_eq!(names(&catch), ["单乐行"], "{typed}, learned: {learned}");
                assert_eq!(catch.hits[0].subject.id, principal.person);
                assert_eq!(catch.hits[0].subject.posts[0].label, "青禾幼儿园园长");
                assert_eq!(catch.is_unlearnt, !learned);
            }
            store::learn(&city.db).await.unwrap();
        }
        let before = day(2020, 8, 31);
        assert_eq!(store::persons(&reading, &sought("slx"), before, 9).await.unwrap().total, 0);
        let of = cluster(&city, "粤海学区", &[id], day(2025, 9, 1)).await;
        city.caller("查新", PostKind::FullTimeInspector, PostScope::Cluster(of)).await;
        let inspector = store::persons(&reading, &sought("zx"), city.today(), 9).await.unwrap();
        assert_eq!(inspector.hits[0].subject.posts[0].label, "粤海学区专职责任督学");
        assert_eq!(inspector.hits[0].subject.posts[0].cluster, Some(of));
        let officer = store::persons(&reading, &sought("wm"), city.today(), 9).await.unwrap();
        assert_eq!(officer.hits[0].subject.posts[0].label, "南山区学前科科员");
    })
    .await;
}

#[tokio::test]
async fn a_kindergarten_is_found_as_it_was_on_the_day() {
    each_database(|city| async move {
        city.kindergarten("青禾幼儿园").since(day(2025, 9, 1)).add().await;
        let reading = city.reading();
        for (on, total) in [(day(2025, 8, 31), 0), (day(2025, 9, 1), 1), (city.today(), 1)] {
            let catch = store::kindergartens(&reading, &sought("qh"), on, 9).await.unwrap();
            assert_eq!(catch.total, total, "{on}");
        }
    })
    .await;
}

#[tokio::test]
async fn of_many_the_best_are_shown_and_all_are_counted() {
    each_database(|city| async move {
        for number in 1..=12 {
            city.kindergarten(&format!("南山青禾第{number}幼儿园")).add().await;
        }
        city.kindergarten("青禾幼儿园").add().await;
        city.kindergarten("云杉幼儿园").add().await;
        let catch = store::kindergartens(&city.reading(), &sought("qinghe"), city.today(), 3)
            .await
            .unwrap();
        let shown: Vec<&str> = catch.hits.iter().map(|hit| hit.name.as_str()).collect();
        assert_eq!(shown, ["青禾幼儿园", "南山青禾第1幼儿园", "南山青禾第2幼儿园"]);
        assert_eq!((catch.total, catch.is_unlearnt), (13, true));
    })
    .await;
}

#[tokio::test]
async fn what_is_new_is_found_at_once_and_what_was_corrected_by_its_new_texts() {
    each_database(|city| async move {
        let reading = city.reading();
        for (typed, name) in [("qh", "青禾幼儿园"), ("ys", "云杉幼儿园"), ("sz", "石竹幼儿园")]
        {
            city.kindergarten(name).add().await;
            let catch =
                store::kindergartens(&reading, &sought(typed), city.today(), 9).await.unwrap();
            assert_eq!((names(&catch), catch.is_unlearnt), (vec![name], true));
            store::learn(&city.db).await.unwrap();
        }
        let id = city.kindergarten("白榆幼儿园").since(day(2025, 9, 1)).add().await;
        store::learn(&city.db).await.unwrap();
        let officer = city.officer(NANSHAN).await;
        let known = registry::kindergartens::store::find(&reading, id, city.today()).await.unwrap();
        let facts = registry::kindergartens::Facts {
            name: registry::kindergartens::Name::new("红棉幼儿园").unwrap(),
            ..known.facts
        };
        let (db, from) = (&city.db, day(2026, 2, 1));
        registry::kindergartens::acts::correct(db, &officer, id, known.state, from, "更名", facts)
            .await
            .unwrap();
        for (typed, on, total) in [
            ("hm", city.today(), 1),
            ("by", day(2026, 1, 31), 1),
            // It bore that name.
            ("by", city.today(), 1),
            ("hm", day(2026, 1, 31), 0),
        ] {
            let catch = store::kindergartens(&reading, &sought(typed), on, 9).await.unwrap();
            assert_eq!(catch.total, total, "{typed} on {on}");
        }
    })
    .await;
}

#[tokio::test]
async fn of_more_than_a_thousand_the_shortest_are_judged_and_it_is_said() {
    each_database(|city| async move {
        let (mut persons, mut posts) = (Vec::new(), Vec::new());
        let tx = city.db.begin(city.db.program("test")).await.unwrap();
        for number in 0..1_200 {
            let (person, post): (kernel::PersonId, kernel::PostId) = (tx.mint(), tx.mint());
            let name =
                if number == 700 { "王敏".to_owned() } else { format!("王敏之{number}") };
            persons.push(vec![person.into(), name.into(), "".into(), 0_i64.into()]);
            let (from, to) = (day(2020, 9, 1).into(), OPEN_END.into());
            posts.push(vec![post.into(), person.into(), "auditor".into(), from, to, 0_i64.into()]);
        }
        tx.insert("person", &["id", "name", "sort_key", "recorded_at"], persons).await.unwrap();
        let columns = ["id", "person_id", "kind", "valid_from", "valid_to", "recorded_at"];
        tx.insert("post", &columns, posts).await.unwrap();
        tx.commit(Note::of("test.prepared", "x", "测试准备")).await.unwrap();
        for learned in [false, true] {
            let catch =
                store::persons(&city.reading(), &sought("wm"), city.today(), 3).await.unwrap();
            let shown: Vec<&str> = catch.hits.iter().map(|hit| hit.name.as_str()).collect();
            assert_eq!(shown, ["王敏", "王敏之0", "王敏之1"]);
            assert_eq!((catch.is_unlearnt, catch.is_cut), (!learned, learned));
            assert_eq!(catch.total, if learned { 1_000 } else { 1_200 });
            store::learn(&city.db).await.unwrap();
        }
    })
    .await;
}
