use fixtures::each_database;

use super::*;

#[tokio::test]
async fn an_officer_checks_what_would_break_and_then_makes_the_amendment() {
    each_database(|city| async move {
        let ground = ground(&city, 16, 1).await;
        let browser = city.browser(crate::routes(), &ground.officer);
        let here = format!("/clusters/{}/amendments", ground.yuehai);
        let todo = browser.get(&here).await.text;
        assert!(
            todo.contains("青禾第20幼儿园尚未编入学区") && todo.contains("还没有调整"),
            "{todo}"
        );
        let id = ground.waiting[0].to_string();
        let form = browser.get(&format!("{here}/new?kind=admit&kindergarten={id}")).await;
        assert_eq!(form.status.as_u16(), 200);
        assert!(form.text.contains(&format!("value=\"{id}\" selected")), "{}", form.text);
        let mut fields = vec![
            ("kind", "admit"),
            ("kindergarten", id.as_str()),
            ("effective_on", "2026-03-01"),
            ("paper_number", "南教〔2026〕12号"),
            ("reason", "新园开办"),
        ];
        let checked = browser.post(&format!("{here}/check"), &fields).await;
        assert_eq!(checked.status.as_u16(), 200, "{}", checked.text);
        assert!(
            checked.text.contains("需要例外才能办理") && checked.text.contains("第 2.1.2-2 条"),
            "{}",
            checked.text
        );
        assert_eq!(size(&city, ground.yuehai, day(3, 1)).await, 16);
        let refused = browser.post(&here, &fields).await;
        assert_eq!(refused.status.as_u16(), 422);
        assert!(
            refused.text.contains("超过 16 所") && refused.text.contains("新园开办"),
            "{}",
            refused.text
        );
        fields.extend([
            ("exception_reason", "周边学区均已满员"),
            ("exception_approver", "周正"),
            ("exception_until", "2027-08-31"),
        ]);
        let checked = browser.post(&format!("{here}/check"), &fields).await.text;
        assert!(checked.contains("可以按例外办理"), "{checked}");
        let made = browser.post(&here, &fields).await;
        assert_eq!((made.status.as_u16(), made.location), (303, here.clone()));
        assert!(browser.get(&here).await.text.contains("青禾第20幼儿园编入粤海学区"));
        assert_eq!(size(&city, ground.yuehai, day(3, 1)).await, 17);
    })
    .await;
}

#[tokio::test]
async fn every_kind_has_its_form_and_what_is_missing_is_said_at_its_field() {
    each_database(|city| async move {
        let ground = ground(&city, 8, 0).await;
        let browser = city.browser(crate::routes(), &ground.officer);
        let here = format!("/clusters/{}/amendments", ground.yuehai);
        for (kind, shown) in [
            ("admit", "编入的幼儿园"),
            ("release", "退出的幼儿园"),
            ("transfer", "南山区第2学区（4 所）"),
            ("centre", "青禾第4幼儿园（公办"),
            ("rename", "value=\"粤海学区\""),
        ] {
            let page = browser.get(&format!("{here}/new?kind={kind}")).await;
            assert!(page.text.contains(shown), "{kind}: {}", page.text);
            let bare = browser
                .post(&format!("{here}/check"), &[("kind", kind), ("effective_on", "明天")])
                .await;
            assert_eq!(bare.status.as_u16(), 422, "{kind}");
            assert!(bare.text.contains("请填写生效日期"), "{kind}: {}", bare.text);
        }
        assert_eq!(browser.get(&format!("{here}/new?kind=dissolve")).await.status.as_u16(), 422);
        let hard = browser
            .post(
                &format!("{here}/check"),
                &[
                    ("kind", "release"),
                    ("kindergarten", &ground.members[1].to_string()),
                    ("effective_on", "2026-03-01"),
                    ("paper_number", "南教〔2026〕12号"),
                    ("reason", "停止办园"),
                ],
            )
            .await;
        assert!(hard.text.contains("不能办理：违反硬性规定"), "{}", hard.text);
    })
    .await;
}

#[tokio::test]
async fn a_districts_list_is_filtered_and_exported_and_ends_at_its_border() {
    each_database(|city| async move {
        let ground = ground(&city, 8, 1).await;
        let admit = on(day(3, 1), ground.yuehai, Change::Admit { kindergarten: ground.waiting[0] });
        amend(&city.db, &ground.officer, &admit).await.unwrap();
        let transfer = Change::Transfer { kindergarten: ground.members[1], to: ground.second };
        amend(&city.db, &ground.officer, &on(day(4, 1), ground.yuehai, transfer)).await.unwrap();
        let browser = city.browser(crate::routes(), &city.deputy(NANSHAN).await);
        let all = browser.get("/amendments").await.text;
        assert!(all.contains("编入粤海学区") && all.contains("调至南山区第2学区"), "{all}");
        let some = browser.get("/amendments?kind=transfer&from=2026-03-15").await.text;
        assert!(!some.contains("编入粤海学区") && some.contains("调至南山区第2学区"));
        assert!(browser.get("/amendments?to=2026-02-01").await.text.contains("没有符合条件的调整"));
        let bytes = browser.get("/amendments.xlsx?kind=admit").await.bytes;
        let table = sheets::read(&bytes, &sheets::Limits::default()).unwrap();
        assert_eq!(table.rows.len(), 1);
        let here = format!("/clusters/{}/amendments", ground.yuehai);
        assert_eq!(browser.get(&here).await.status.as_u16(), 200);
        assert_eq!(browser.get(&format!("{here}/new")).await.status.as_u16(), 403);
        let neighbour = city.browser(crate::routes(), &city.officer("440304").await);
        assert!(!neighbour.get("/amendments").await.text.contains("粤海学区"));
        for path in [here.clone(), format!("{here}/new?kind=admit")] {
            assert_eq!(neighbour.get(&path).await.status.as_u16(), 404, "{path}");
        }
        assert_eq!(neighbour.post(&here, &[("kind", "admit")]).await.status.as_u16(), 404);
    })
    .await;
}
