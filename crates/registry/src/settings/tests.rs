use fixtures::City;
use kernel::calendar::SchoolYear;
use kernel::{Caller, Date, PostKind};
use storage::{Source, Sql};

use super::acts::Recounting;
use super::store;

const NANSHAN: &str = "440305";

fn nothing<'a>(
    _: &'a mut storage::Tx,
    _: &'a kernel::calendar::WorkingDays,
    _: &'a kernel::calendar::WorkingDays,
) -> Recounting<'a> {
    Box::pin(async { Ok(0) })
}

async fn administrator(city: &City) -> Caller {
    city.administrator(PostKind::SystemAdministrator).await
}

async fn entries(city: &City) -> i64 {
    let sql = Sql::new("SELECT count(*) FROM audit_entry WHERE event = 'terms.set'");
    city.reading().number(sql).await.unwrap()
}

fn form<'a>(of: &'a str, second_begins: &'a str, second_lasts: &'a str) -> [(&'a str, &'a str); 6] {
    [
        ("of", of),
        ("school_year", "2026"),
        ("first_begins", "2026-09-01"),
        ("first_lasts", "2027-01-22"),
        ("second_begins", second_begins),
        ("second_lasts", second_lasts),
    ]
}

#[tokio::test]
async fn terms_are_set_for_the_city_and_changed_for_a_district() {
    fixtures::each_database(|city| async move {
        let browser = city.browser(super::routes(nothing), &administrator(&city).await);
        let before = browser.get("/settings").await;
        assert!(before.text.contains("2025—2026学年") && before.text.contains("暂定"));
        let set = browser.post("/settings/terms", &form("", "2027-02-22", "2027-07-09")).await;
        assert_eq!((set.status.as_u16(), set.location.as_str()), (303, "/settings#terms"));
        for last in ["2027-07-02", "2027-07-16"] {
            let own = browser.post("/settings/terms", &form(NANSHAN, "2027-02-22", last)).await;
            assert_eq!(own.status.as_u16(), 303, "{}", own.text);
        }
        let year = SchoolYear::beginning(2026);
        let calendar = store::school_calendar(&city.reading()).await.unwrap();
        let summer = |district: &str| calendar.dates(district, year).0.summer_vacation;
        assert_eq!(summer("440304"), Date::from_ymd_opt(2027, 7, 10).unwrap());
        assert_eq!(
            summer(NANSHAN),
            Date::from_ymd_opt(2027, 7, 17).unwrap(),
            "the later one holds"
        );
        assert_eq!(entries(&city).await, 3);
        let page = browser.get("/settings?school_year=2026&of=440305").await.text;
        assert!(page.contains("2027-07-10 至 2027-08-31"), "{page}");
        assert!(page.contains("南山区") && page.contains(r#"value="2027-07-16""#), "{page}");
    })
    .await;
}

#[tokio::test]
async fn terms_that_overlap_or_run_backwards_are_told_at_their_fields_and_nothing_is_kept() {
    fixtures::each_database(|city| async move {
        let browser = city.browser(super::routes(nothing), &administrator(&city).await);
        for (of, begins, lasts, told) in [
            ("", "2027-01-20", "2027-07-09", "与第一学期重叠：第一学期到 2027 年 1 月 22 日才结束"),
            ("", "2027-02-22", "2027-02-20", "第二学期的最后一天应在第一天之后"),
            ("999999", "2027-02-22", "2027-07-09", "请选择本市的一个区"),
        ] {
            let again = browser.post("/settings/terms", &form(of, begins, lasts)).await;
            assert_eq!(again.status.as_u16(), 422);
            assert!(again.text.contains(told), "{}", again.text);
            assert!(again.text.contains(&format!(r#"value="{lasts}""#)), "what was typed stays");
        }
        assert!(store::school_years(&city.reading()).await.unwrap().is_empty());
        assert_eq!(entries(&city).await, 0);
    })
    .await;
}

#[tokio::test]
async fn only_the_system_administrator_sets_terms() {
    fixtures::each_database(|city| async move {
        let browser = city.browser(super::routes(nothing), &city.officer(NANSHAN).await);
        let refused = browser.post("/settings/terms", &form("", "2027-02-22", "2027-07-09")).await;
        assert_eq!(refused.status.as_u16(), 403);
    })
    .await;
}

#[tokio::test]
async fn a_table_of_days_that_contradicts_an_earlier_one_is_told_at_its_lines() {
    fixtures::each_database(|city| async move {
        let browser = city.browser(super::routes(nothing), &administrator(&city).await);
        let load = async |year: &str, lines: &str| {
            browser.post("/settings/days", &[("year", year), ("lines", lines)]).await
        };
        assert_eq!(
            load("2027", "2026-12-26 班 元旦调休\n2027-01-01 休 元旦").await.status.as_u16(),
            303
        );
        let again = load("2026", "2026-12-26 休 补休").await;
        assert_eq!(again.status.as_u16(), 422, "{}", again.text);
        assert!(again.text.contains("放假安排前后矛盾"));
    })
    .await;
}
