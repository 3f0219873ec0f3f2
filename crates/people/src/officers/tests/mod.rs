//! The posts of offices on both databases: given, ended, and nobody's own or two of the three administrators'.

use axum::http::StatusCode;
use fixtures::{City, each_database};
use kernel::{Caller, Date, Failure, OPEN_END, PostKind, PostScope, Refusal};

use super::acts::{self, Appointment, Newcomer};

fn district() -> PostScope {
    PostScope::District("440305".to_owned())
}

fn post(city: &City, kind: PostKind, scope: PostScope) -> Appointment {
    let paper_number = "深教任〔2026〕2号".to_owned();
    Appointment { kind, scope, from: city.today(), to: OPEN_END, paper_number }
}

fn refused(result: Result<impl std::fmt::Debug, Failure>) -> Refusal {
    match result {
        Err(Failure::Refused(refusal)) => refusal,
        other => panic!("{other:?}"),
    }
}

async fn keeper(city: &City) -> Caller {
    city.administrator(PostKind::SecurityAdministrator).await
}

fn tomorrow(city: &City) -> Date {
    city.today().succ_opt().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_newcomer_gets_account_post_and_invitation_at_once_or_nothing() {
    each_database(|city| async move {
        let keeper = keeper(&city).await;
        let newcomer = Newcomer { name: "沈禾".to_owned(), login: "nanshan-finance".to_owned() };
        let finance = post(&city, PostKind::FinanceOfficer, district());
        let (person, slip) = acts::welcome(&city.db, &keeper, &newcomer, &finance).await.unwrap();
        assert_eq!(slip.unwrap().login, "nanshan-finance");
        let audit = post(&city, PostKind::Auditor, district());
        let twice = acts::welcome(&city.db, &keeper, &newcomer, &audit).await;
        assert!(refused(twice).text.contains("已被使用"));
        let again = acts::appoint(&city.db, &keeper, person, &finance).await;
        assert!(refused(again).text.contains("已担任"));
        let inspector = post(&city, PostKind::FullTimeInspector, district());
        let elsewhere = acts::appoint(&city.db, &keeper, person, &inspector).await;
        assert!(refused(elsewhere).text.contains("由主管部门聘任"));
        let other = Newcomer { name: "程越".to_owned(), login: "city-section".to_owned() };
        let wrong = post(&city, PostKind::SectionOfficer, PostScope::City);
        let level = acts::welcome(&city.db, &keeper, &other, &wrong).await;
        assert!(refused(level).text.contains("不能设在这一级"));
        let right = post(&city, PostKind::CityOfficer, PostScope::City);
        acts::welcome(&city.db, &keeper, &other, &right)
            .await
            .expect("the refused try left no account");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_gets_no_invitation_that_the_giver_could_use() {
    each_database(|city| async move {
        let keeper = keeper(&city).await;
        let newcomer = Newcomer { name: "尹航".to_owned(), login: "audit-two".to_owned() };
        let audit = post(&city, PostKind::AuditAdministrator, PostScope::City);
        let (person, slip) = acts::welcome(&city.db, &keeper, &newcomer, &audit).await.unwrap();
        assert!(slip.is_none());
        let browser = city.browser(crate::routes(), &keeper);
        for (act, fields) in [
            ("password", [("password", "Tide-falls-8")]),
            ("invitation", [("password", "")]),
            ("second-factor/removal", [("password", "")]),
        ] {
            let sent = browser.post(&format!("/accounts/{person}/{act}"), &fields).await;
            assert_eq!(sent.status, StatusCode::UNPROCESSABLE_ENTITY, "{act}");
            assert!(sent.text.contains("gongzhi user reset audit-two"), "{act}: {}", sent.text);
        }
        let page = browser.get(&format!("/accounts/{person}")).await.text;
        assert!(
            page.contains("gongzhi user reset audit-two") && !page.contains("重设密码"),
            "{page}"
        );
        let system = post(&city, PostKind::SystemAdministrator, PostScope::City);
        let two = acts::appoint(&city.db, &keeper, person, &system).await;
        assert!(refused(two).text.contains("须由不同的人担任"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_gives_or_takes_his_own_post_and_the_last_keeper_stays() {
    each_database(|city| async move {
        let keeper = keeper(&city).await;
        let head = post(&city, PostKind::Head, district());
        let own = acts::appoint(&city.db, &keeper, keeper.person, &head).await;
        assert!(refused(own).text.contains("不能任免自己"));
        let mine = acts::end(&city.db, &keeper, keeper.post, tomorrow(&city), "调离").await;
        assert!(refused(mine).text.contains("不能任免自己"));
        let program = || city.db.program("test");
        let last = acts::end(&city.db, program(), keeper.post, tomorrow(&city), "调离").await;
        assert!(refused(last).text.contains("最后一位安全管理员"));
        let second = city.administrator(PostKind::SecurityAdministrator).await;
        acts::end(&city.db, &second, keeper.post, tomorrow(&city), "调离").await.unwrap();
        let back = acts::end(&city.db, program(), second.post, tomorrow(&city), "调离").await;
        assert!(refused(back).text.contains("最后一位安全管理员"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_keepers_who_dismiss_each_other_at_once_one_stays() {
    each_database(|city| async move {
        let mut keepers = Vec::new();
        for _ in 0..8 {
            keepers.push(keeper(&city).await);
        }
        let on = tomorrow(&city);
        let tries: Vec<_> = (0..32)
            .map(|turn: usize| {
                let (db, by) = (city.db.clone(), keepers[turn % 8].clone());
                let post = keepers[(turn + 1 + turn / 8) % 8].post;
                tokio::spawn(async move { acts::end(&db, &by, post, on, "调离").await.is_ok() })
            })
            .collect();
        let mut ended = 0;
        for one in tries {
            ended += usize::from(one.await.unwrap());
        }
        city.on(on);
        let left = crate::posts::holders_of(&city.reading(), PostKind::SecurityAdministrator).await;
        assert_eq!((left.unwrap(), ended), (8 - ended as i64, ended));
        assert!(ended < 8 && ended > 0, "{ended}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_pages_give_and_end_and_keep_what_was_typed() {
    each_database(|city| async move {
        let browser = city.browser(crate::routes(), &keeper(&city).await);
        assert_eq!(browser.get("/accounts/officers/new").await.status, StatusCode::OK);
        let typed = [
            ("name", "沈禾"),
            ("login", "a"),
            ("kind", "finance_officer"),
            ("district", "440305"),
            ("from", "2026-02-03"),
        ];
        let sent = browser.post("/accounts/officers", &typed).await;
        assert_eq!(sent.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(sent.text.contains("账号须为") && sent.text.contains("沈禾"), "{}", sent.text);
        let typed = [
            ("name", "沈禾"),
            ("login", "shen"),
            ("kind", "finance_officer"),
            ("district", "440305"),
            ("from", "2026-02-03"),
        ];
        let slip = browser.post("/accounts/officers", &typed).await;
        assert!(slip.status == StatusCode::OK && slip.text.contains("/invitation?code="));
        let list = browser.get("/accounts/officers?text=shen").await.text;
        let link =
            list.split("href=\"").find(|part| part.starts_with("/accounts/officers/pst_")).unwrap();
        let link = link.split('"').next().unwrap().to_owned();
        assert!(browser.get(&link).await.text.contains("办理离任"));
        let ending = format!("{link}/ending");
        let sent = browser.post(&ending, &[("on", "2026-02-03"), ("reason", "调离")]).await;
        assert_eq!(sent.status, StatusCode::UNPROCESSABLE_ENTITY, "not on the first day");
        let sent = browser.post(&ending, &[("on", "2026-02-04"), ("reason", "")]).await;
        assert!(sent.text.contains("请填写离任事由"));
        let sent = browser.post(&ending, &[("on", "2026-02-04"), ("reason", "调离")]).await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text);
        let ended = browser.get("/accounts/officers?state=ended&day=2026-02-04").await.text;
        assert!(ended.contains("沈禾") && ended.contains("调离"));
        assert!(browser.get("/accounts/officers.xlsx").await.bytes.starts_with(b"PK"));
    })
    .await;
}
