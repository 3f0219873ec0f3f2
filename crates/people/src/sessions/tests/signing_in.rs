//! Who is let in, and who is not however often he tries.

use axum::http::StatusCode;
use fixtures::each_database;
use kernel::PostKind;
use storage::Sql;

use super::stage::{Door, PASSWORD, account, account_with, entries, locked, number};
use crate::accounts::{LOCK_MS, Password, work_on};

#[tokio::test(flavor = "multi_thread")]
async fn the_fifth_failure_locks_a_login_whether_it_exists_or_not() {
    each_database(|city| async move {
        account(&city, &city.officer("440305").await, "nanshan").await;
        let door = Door::of(&city);
        let mut said = Vec::new();
        for login in ["nanshan", "nobody"] {
            let browser = door.browser();
            for _ in 0..5 {
                let answer = browser.sign_in(login, "Wrong-pass-17").await;
                assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
                assert!(answer.text.contains("账号或密码不对"));
            }
            let sixth = browser.sign_in(login, PASSWORD).await;
            assert_eq!(sixth.status, StatusCode::UNPROCESSABLE_ENTITY);
            said.push(sixth.between("notice-title\">", "<"));
            assert!(browser.get("/account").await.is_signed_out());
        }
        assert!(said[0][0].contains("账号已锁定"), "{said:?}");
        assert_eq!(said[0], said[1], "a lock tells nobody which logins exist");
        assert_eq!(entries(&city, "session.refused", "").await, 12);
        assert_eq!(locked(&city).await, 1);

        city.clock.set(city.db.now().plus_millis(LOCK_MS - 1));
        assert_eq!(
            door.browser().sign_in("nanshan", PASSWORD).await.status,
            StatusCode::UNPROCESSABLE_ENTITY
        );
        city.clock.set(city.db.now().plus_millis(1));
        door.signed_in("nanshan").await;
        assert_eq!(locked(&city).await, 0);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_success_forgets_the_failures_before_it() {
    each_database(|city| async move {
        account(&city, &city.officer("440305").await, "nanshan").await;
        let door = Door::of(&city);
        for _ in 0..3 {
            for _ in 0..4 {
                door.browser().sign_in("nanshan", "Wrong-pass-17").await;
            }
            door.signed_in("NanShan ").await;
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn thirty_two_guesses_at_once_are_no_more_than_five() {
    each_database(|city| async move {
        account(&city, &city.officer("440305").await, "nanshan").await;
        let door = Door::of(&city);
        let guess = format!("Guess-at-once-{:?}", city.db.engine());
        let tries: Vec<_> = (0..32)
            .map(|_| {
                let (browser, guess) = (door.browser(), guess.clone());
                tokio::spawn(async move { browser.sign_in("nanshan", &guess).await.status })
            })
            .collect();
        for one in tries {
            assert_eq!(one.await.unwrap(), StatusCode::UNPROCESSABLE_ENTITY);
        }
        let judged = work_on(&guess).len();
        assert!(judged <= 5, "{judged} passwords were judged");
        assert_eq!(locked(&city).await, 1);
        let right = door.browser().sign_in("nanshan", PASSWORD).await;
        assert!(right.text.contains("账号已锁定"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_login_a_wrong_password_and_a_waiting_account_cost_the_same_work() {
    each_database(|city| async move {
        let known = Password::hash(PASSWORD).unwrap();
        account_with(&city, &city.officer("440305").await, "nanshan", &known).await;
        account_with(&city, &city.deputy("440305").await, "waiting", &Password::absent()).await;
        let door = Door::of(&city);
        let mut costs = Vec::new();
        let mut pages = Vec::new();
        for login in ["nanshan", "waiting", "nobody"] {
            let guess = format!("Timing-{login}-{:?}-1", city.db.engine());
            let answer = door.browser().sign_in(login, &guess).await;
            pages.push(answer.between("notice-title\">", "<"));
            costs.push(work_on(&guess));
        }
        assert_eq!(costs[0].len(), 1, "one hash for one try");
        assert_eq!(costs[0], costs[1]);
        assert_eq!(costs[0], costs[2]);
        assert_eq!(pages[0], pages[1]);
        assert_eq!(pages[0], pages[2]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_somebody_else_prepared_is_worth_nothing() {
    each_database(|city| async move {
        account(&city, &city.officer("440305").await, "nanshan").await;
        let door = Door::of(&city);
        let (victim, attacker) = (door.browser(), door.browser());
        let planted = "ab".repeat(32);
        for browser in [&victim, &attacker] {
            browser.set_cookie("gz_session", &planted);
            browser.set_cookie("gz_visitor", &planted);
        }
        assert_eq!(victim.sign_in("nanshan", PASSWORD).await.status, StatusCode::SEE_OTHER);
        assert_ne!(victim.cookie("gz_session").unwrap(), planted);
        assert_eq!(victim.get("/account").await.status, StatusCode::OK);
        assert!(attacker.get("/account").await.is_signed_out());
        // Nor does the attacker's own session survive as the victim's when it is planted.
        account(&city, &city.deputy("440306").await, "attacker").await;
        let own = door.signed_in("attacker").await;
        let planted = own.cookie("gz_session").unwrap();
        let victim = door.browser();
        victim.set_cookie("gz_session", &planted);
        own.post("/account", "/sign-out", &[]).await;
        assert_eq!(victim.sign_in("nanshan", PASSWORD).await.status, StatusCode::SEE_OTHER);
        assert_ne!(victim.cookie("gz_session").unwrap(), planted);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cookie_stolen_before_sign_out_opens_nothing_afterwards() {
    each_database(|city| async move {
        account(&city, &city.officer("440305").await, "nanshan").await;
        let door = Door::of(&city);
        let browser = door.signed_in("nanshan").await;
        let thief = browser.copied();
        assert_eq!(thief.get("/account").await.status, StatusCode::OK);
        let answer = browser.post("/account", "/sign-out", &[]).await;
        assert_eq!(answer.location, "/sign-in");
        assert_eq!(browser.cookie("gz_session"), None);
        assert!(thief.get("/account").await.is_signed_out());
        assert_eq!(number(&city, Sql::new("SELECT count(*) FROM session")).await, 0);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn half_an_hour_of_silence_and_twelve_hours_of_work_both_end_a_session() {
    each_database(|city| async move {
        account(&city, &city.officer("440305").await, "nanshan").await;
        let door = Door::of(&city);
        let minutes = |count: i64| city.clock.set(city.db.now().plus_millis(count * 60_000));
        let silent = door.signed_in("nanshan").await;
        minutes(30);
        assert_eq!(silent.get("/account").await.status, StatusCode::OK);
        minutes(31);
        assert!(silent.get("/account").await.is_signed_out());

        let busy = door.signed_in("nanshan").await;
        for _ in 0..24 {
            minutes(29);
            assert_eq!(busy.get("/account").await.status, StatusCode::OK);
        }
        minutes(25);
        assert!(busy.get("/account").await.is_signed_out(), "after twelve hours and a minute");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_without_a_post_in_force_is_not_let_in() {
    each_database(|city| async move {
        let officer = city.officer("440305").await;
        account(&city, &officer, "nanshan").await;
        let keeper = city.administrator(PostKind::SecurityAdministrator).await;
        crate::officers::acts::end(&city.db, &keeper, officer.post, city.today(), "调离")
            .await
            .unwrap();
        let answer = Door::of(&city).browser().sign_in("nanshan", PASSWORD).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(answer.text.contains("没有在任岗位"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_of_ninety_days_leads_to_its_change_and_nowhere_else() {
    each_database(|city| async move {
        account(&city, &city.officer("440305").await, "nanshan").await;
        let door = Door::of(&city);
        city.clock.set(city.db.now().plus_millis(90 * 24 * 3_600_000));
        let browser = door.browser();
        let answer = browser.sign_in("nanshan", PASSWORD).await;
        assert!(answer.location.starts_with("/sign-in/password"), "{}", answer.location);
        assert!(browser.get("/account").await.is_signed_out());
        assert!(browser.get("/posts/switch").await.is_signed_out());
        let led = browser.get("/sign-in").await;
        assert!(led.location.starts_with("/sign-in/password"));

        let page = "/sign-in/password";
        let before = browser.cookie("gz_session").unwrap();
        let change = |password: &'static str, again: &'static str| {
            let browser = browser.clone();
            async move {
                browser.post(page, page, &[("password", password), ("again", again)]).await
            }
        };
        assert!(change("Flood-falls-8", "Flood-falls-9").await.text.contains("不一样"));
        assert!(change("short-1A", "short-1A").await.text.contains("10 至 128"));
        assert!(change(PASSWORD, PASSWORD).await.text.contains("最近 5 次"));
        let answer = change("Flood-falls-8", "Flood-falls-8").await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER);
        assert_ne!(browser.cookie("gz_session").unwrap(), before);
        assert_eq!(browser.get("/account").await.status, StatusCode::OK);
        assert_eq!(
            door.browser().sign_in("nanshan", PASSWORD).await.status,
            StatusCode::UNPROCESSABLE_ENTITY
        );
        assert_eq!(entries(&city, "account.password_changed", "").await, 1);
    })
    .await;
}
