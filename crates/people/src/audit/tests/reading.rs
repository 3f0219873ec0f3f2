use axum::http::StatusCode;
use kernel::{Note, Place, PostKind};

use super::stage::{Stage, auditor, check, stages};
use crate::audit::seal;

/// 1: without a place (the stage); 2: 南山; 3: 宝安, refused; 4: 南山, with markup in its text.
async fn four(stage: &Stage) {
    let baoan = Place::city("4403").child("440306");
    stage.record("kg_2").await;
    let program = || stage.db.program("test");
    stage
        .db
        .record(program(), Note::refused("act.refused", "kg_3", "宝安的拒绝").at(baoan))
        .await
        .unwrap();
    let street = Place::city("4403").child("440305").child("440305003");
    stage
        .db
        .record(program(), Note::of("rocket.launched", "kg_4", "<script>x</script>").at(street))
        .await
        .unwrap();
}

#[tokio::test]
async fn a_district_auditor_reads_the_district_and_nothing_else() {
    for stage in stages("reach").await {
        four(&stage).await;
        let (city, district) = (auditor(&stage, None), auditor(&stage, Some("440305")));
        let all = stage.page(&city, "/audit").await;
        assert!(all.contains("宝安的拒绝") && all.contains("设置行政区") && all.contains("南山区"));
        let own = stage.page(&district, "/audit").await;
        assert!(own.contains("更正青禾幼儿园 kg_2") && own.contains("rocket.launched"));
        assert!(!own.contains("宝安的拒绝") && !own.contains("设置行政区"));
        for (id, expected) in [(1, 404), (2, 200), (3, 404), (4, 200), (5, 404)] {
            assert_eq!(
                stage.get(&district, &format!("/audit/{id}")).await.0.as_u16(),
                expected,
                "{id}"
            );
        }
        assert_eq!(stage.get(&city, "/audit/3").await.0, StatusCode::OK);
        assert_eq!(stage.get(&city, "/audit/x").await.0, StatusCode::NOT_FOUND);
        assert!(!stage.page(&district, "/audit?district=440306").await.contains("宝安的拒绝"));
    }
}

#[tokio::test]
async fn what_was_written_is_never_read_as_markup() {
    for stage in stages("markup").await {
        four(&stage).await;
        for path in ["/audit", "/audit/4", "/audit?person=%3Cscript%3Ex"] {
            assert!(
                !stage.page(&auditor(&stage, None), path).await.contains("<script>x"),
                "{path}"
            );
        }
    }
}

#[tokio::test]
async fn each_filter_narrows_the_list() {
    for stage in stages("filters").await {
        four(&stage).await;
        let city = auditor(&stage, None);
        for (query, shown, hidden) in [
            ("event=act.refused", "宝安的拒绝", "kg_2"),
            ("subject=kg_2", "更正青禾幼儿园 kg_2", "宝安的拒绝"),
            ("outcome=refused", "宝安的拒绝", "kg_2"),
            ("district=440306", "宝安的拒绝", "kg_2"),
            ("from=2026-02-03&to=2026-02-03", "kg_2", "没有符合条件的日志"),
            ("to=2026-02-02", "没有符合条件的日志", "kg_2"),
            ("from=2026-02-04", "没有符合条件的日志", "kg_2"),
            ("person=tes", "kg_2", "没有符合条件的日志"),
            ("person=%25", "没有符合条件的日志", "kg_2"),
            ("before=3", "kg_2", "宝安的拒绝"),
            ("from=yesterday", "kg_2", "没有符合条件的日志"),
        ] {
            let page = stage.page(&city, &format!("/audit?{query}")).await;
            assert!(page.contains(shown) && !page.contains(hidden), "{query}");
        }
    }
}

#[tokio::test]
async fn an_entry_opens_with_what_changed_and_the_seal_over_it() {
    for stage in stages("open").await {
        four(&stage).await;
        let city = auditor(&stage, None);
        let before = stage.page(&city, "/audit/2").await;
        assert!(before.contains("在园幼儿") && before.contains("180") && before.contains("200"));
        assert!(before.contains("待封存") && !before.contains("第 1 号"));
        assert!(stage.page(&city, "/audit").await.contains("4 条"));
        seal(&stage.db).await.unwrap();
        let after = stage.page(&city, "/audit/2").await;
        assert!(after.contains("已封存") && after.contains("第 1 号") && !after.contains("待封存"));
        assert!(stage.page(&city, "/audit").await.contains("全部已封存"));
    }
}

#[tokio::test]
async fn a_long_list_is_turned_page_by_page() {
    for stage in stages("pages").await {
        let mut tx = stage.db.begin(stage.db.program("test")).await.unwrap();
        for turn in 0..60 {
            tx.note(super::stage::note(&format!("kg_{turn}_")));
        }
        tx.commit(super::stage::note("kg_60_")).await.unwrap();
        let city = auditor(&stage, None);
        let newest = stage.page(&city, "/audit").await;
        assert!(
            newest.contains("kg_60_") && newest.contains("kg_11_") && !newest.contains("kg_10_")
        );
        let marker = newest.split("before=").nth(1).unwrap().split('"').next().unwrap();
        let older = stage.page(&city, &format!("/audit?before={marker}")).await;
        assert!(older.contains("kg_10_") && older.contains("kg_0_") && !older.contains("kg_11_"));
    }
}

#[tokio::test]
async fn exports_are_recorded_and_the_file_passes_the_check() {
    for stage in stages("taken").await {
        four(&stage).await;
        seal(&stage.db).await.unwrap();
        let (city, district) = (auditor(&stage, None), auditor(&stage, Some("440305")));
        let file = stage.page(&city, "/audit/export.jsonl").await;
        let verdict = check(&file);
        assert!(
            verdict.passed && verdict.entries == 5 && verdict.unsealed_tail == 1,
            "{verdict:?}"
        );
        let (status, _) = stage.get(&district, "/audit/export.jsonl").await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        let (status, workbook) = stage.get(&district, "/audit.xlsx?event=act.refused").await;
        assert_eq!((status, &workbook[..2]), (StatusCode::OK, b"PK".as_slice()));
        let exported = "SELECT count(*) FROM audit_entry WHERE event = 'audit.exported' AND person = '周宁' \
                        AND address = '10.0.0.7'";
        assert_eq!(stage.number(exported).await, 2);
    }
}

#[tokio::test]
async fn only_posts_that_read_the_trail_have_its_pages() {
    for stage in stages("posts").await.into_iter().take(1) {
        for kind in PostKind::ALL {
            let mut caller = auditor(&stage, None);
            caller.kind = *kind;
            let expected = if kind.may(kernel::Permission::ReadAudit) {
                StatusCode::OK
            } else {
                StatusCode::FORBIDDEN
            };
            for path in ["/audit", "/audit/1", "/audit/export.jsonl", "/audit.xlsx"] {
                assert_eq!(stage.get(&caller, path).await.0, expected, "{kind:?} {path}");
            }
        }
    }
}
