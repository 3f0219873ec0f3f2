use super::super::acts;
use super::super::types::{Facts, Position};
use super::*;

#[tokio::test]
async fn a_list_is_filtered_searched_and_exported_with_masked_numbers() {
    fixtures::each_database(|city| async move {
        let city = keyed(city);
        let (own, head) = own(&city, "青禾幼儿园").await;
        let backbone = Facts { backbone: true, ..facts("陈静") };
        let number = number(7);
        acts::hire(&city.db, &head, own, backbone, Some(&number)).await.unwrap();
        let cook = Facts { position: Position::Cook, ..facts("周全") };
        acts::hire(&city.db, &head, own, cook, None).await.unwrap();
        let officer = city.officer("440305").await;
        let browser = city.browser(crate::routes(), &officer);
        let shows = async |query: &str| {
            let text = browser.get(&format!("/staff?{query}")).await.text;
            (text.contains(">陈静<"), text.contains(">周全<"))
        };
        assert_eq!(shows("").await, (true, true));
        assert_eq!(shows("position=cook").await, (false, true));
        assert_eq!(shows("backbone=yes").await, (true, false));
        assert_eq!(shows("left=left").await, (false, false));
        assert_eq!(shows("text=%E5%91%A8").await, (false, true));
        assert_eq!(shows("text=%E9%9D%92%E7%A6%BE&sort=hired").await, (true, true));
        assert_eq!(shows("day=2025-08-31").await, (false, false));
        let list = browser.get(&format!("/kindergartens/{own}/staff")).await.text;
        assert!(list.contains("占专任教师 100.0%"), "{list}");
        let book = browser.get("/staff.xlsx").await.bytes;
        let table = ::sheets::read(&book, &::sheets::Limits::default()).unwrap();
        let column = table.header.iter().position(|title| title == "身份证号").unwrap();
        let cells: Vec<String> =
            table.rows.iter().map(|line| line.cells[column].text().into_owned()).collect();
        assert_eq!(table.rows.len(), 2);
        assert!(cells.contains(&number.masked()), "{cells:?}");
    })
    .await;
}

#[tokio::test]
async fn the_forms_hire_correct_and_record_leaving() {
    fixtures::each_database(|city| async move {
        let (own, head) = own(&city, "青禾幼儿园").await;
        let browser = city.browser(crate::routes(), &head);
        let path = format!("/kindergartens/{own}/staff");
        assert_eq!(browser.get(&format!("{path}/new")).await.status, 200);
        let faulty =
            browser.post(&path, &[("name", ""), ("position", "chief"), ("phone", "abc")]).await;
        assert_eq!(faulty.status, 422);
        for text in ["请填写姓名", "请选择一项", "7 至 15 位", "请填写入职日期"]
        {
            assert!(faulty.text.contains(text), "{text}");
        }
        let sound = [
            ("name", "陈静"),
            ("position", "teacher"),
            ("education", "bachelor"),
            ("hired_on", "2025-09-01"),
        ];
        let hired = browser.post(&path, &sound).await;
        assert_eq!(hired.status, 303, "{}", hired.text);
        let page = browser.get(&hired.location).await;
        assert!(page.text.contains("登记离职") && page.text.contains("专任教师"));
        let form = browser.get(&format!("{}/edit", hired.location)).await.text;
        let seen = form.split("name=\"seen\" value=\"").nth(1).unwrap().split('"').next().unwrap();
        let mut fields = sound.to_vec();
        fields.extend([
            ("seen", seen),
            ("day", "2026-02-03"),
            ("cause", "职称评定"),
            ("title", "first"),
        ]);
        let corrected = browser.post(&format!("{}/corrections", hired.location), &fields).await;
        assert_eq!(corrected.status, 303, "{}", corrected.text);
        let page = browser.get(&hired.location).await.text;
        assert!(page.contains("一级教师") && page.contains("职称评定"));
        let seen = page.split("name=\"seen\" value=\"").nth(1).unwrap().split('"').next().unwrap();
        let leaving = format!("{}/leaving", hired.location);
        let faulty = browser.post(&leaving, &[("seen", seen), ("day", "2026-02-20")]).await;
        assert_eq!(faulty.status, 422);
        assert!(faulty.text.contains("请写明离职原因"));
        let fields = [("seen", seen), ("day", "2026-02-20"), ("cause", "合同期满")];
        assert_eq!(browser.post(&leaving, &fields).await.status, 303);
        let gone = browser.get(&format!("{}?day=2026-02-20", hired.location)).await.text;
        assert!(gone.contains("2026-02-20 离职"));
    })
    .await;
}
