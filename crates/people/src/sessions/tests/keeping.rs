//! One's own account, and what the security administrator does with others'.

use axum::http::StatusCode;
use fixtures::{City, each_database};
use kernel::{Caller, PostKind};
use storage::Sql;

use super::stage::{Browser, Door, PASSWORD, account, entries, locked, number};

async fn keeper(city: &City, door: &Door) -> (Caller, Browser) {
    let keeper = city.administrator(PostKind::SecurityAdministrator).await;
    account(city, &keeper, "keeper").await;
    let browser = door.signed_in("keeper").await;
    (keeper, browser)
}

#[tokio::test(flavor = "multi_thread")]
async fn none_of_the_last_five_passwords_is_taken_again() {
    each_database(|city| async move {
        account(&city, &city.officer("440305").await, "nanshan").await;
        let door = Door::of(&city);
        let browser = door.signed_in("nanshan").await;
        let mut current = PASSWORD.to_owned();
        let change = |from: String, to: String| {
            let browser = browser.clone();
            async move {
                let fields =
                    [("current", from.as_str()), ("password", to.as_str()), ("again", to.as_str())];
                browser.post("/account", "/account/password", &fields).await
            }
        };
        for number in 1..=4 {
            let next = format!("Tide-number-{number}");
            let answer = change(current.clone(), next.clone()).await;
            assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
            current = next;
            // Two passwords of one millisecond would have no order.
            city.clock.set(city.db.now().plus_millis(1_000));
        }
        for former in [PASSWORD, "Tide-number-1", "Tide-number-4"] {
            let answer = change(current.clone(), former.to_owned()).await;
            assert!(answer.text.contains("最近 5 次"), "{former}");
        }
        let answer = change(current.clone(), "Tide-number-5".to_owned()).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER);
        let answer = change("Tide-number-5".to_owned(), PASSWORD.to_owned()).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "the sixth last is forgotten");
        let kept = number(&city, Sql::new("SELECT count(*) FROM former_password")).await;
        assert_eq!(kept, 4, "no more is kept than is asked");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_password_ends_all_other_sessions_and_renews_this_one() {
    each_database(|city| async move {
        account(&city, &city.officer("440305").await, "nanshan").await;
        let door = Door::of(&city);
        let (here, elsewhere) = (door.signed_in("nanshan").await, door.signed_in("nanshan").await);
        let thief = here.copied();
        let wrong = [
            ("current", "Not-it-at-all-1"),
            ("password", "Flood-falls-8"),
            ("again", "Flood-falls-8"),
        ];
        let answer = here.post("/account", "/account/password", &wrong).await;
        assert!(answer.text.contains("当前密码不对"));
        let right =
            [("current", PASSWORD), ("password", "Flood-falls-8"), ("again", "Flood-falls-8")];
        let answer = here.post("/account", "/account/password", &right).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
        assert_eq!(here.get("/account").await.status, StatusCode::OK);
        assert!(elsewhere.get("/account").await.is_signed_out());
        assert!(thief.get("/account").await.is_signed_out(), "the secret is a new one");
        assert_eq!(entries(&city, "account.password_changed", "").await, 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn guessing_the_password_at_a_borrowed_screen_locks_the_account() {
    each_database(|city| async move {
        account(&city, &city.officer("440305").await, "nanshan").await;
        let door = Door::of(&city);
        let browser = door.signed_in("nanshan").await;
        for _ in 0..5 {
            let wrong = [
                ("current", "Not-it-at-all-1"),
                ("password", "Flood-falls-8"),
                ("again", "Flood-falls-8"),
            ];
            browser.post("/account", "/account/password", &wrong).await;
        }
        let right =
            [("current", PASSWORD), ("password", "Flood-falls-8"), ("again", "Flood-falls-8")];
        let answer = browser.post("/account", "/account/password", &right).await;
        assert!(answer.text.contains("连续输错次数过多"), "{}", answer.text);
        assert_eq!(locked(&city).await, 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_sees_where_she_is_signed_in_and_ends_it_there() {
    each_database(|city| async move {
        account(&city, &city.officer("440305").await, "nanshan").await;
        account(&city, &city.officer("440306").await, "baoan").await;
        let door = Door::of(&city);
        let here = door.signed_in("nanshan").await;
        city.clock.set(city.db.now().plus_millis(60_000));
        let there = door.signed_in("nanshan").await;
        let other = door.signed_in("baoan").await;
        let page = here.get("/account").await;
        assert!(page.text.contains("Chrome（Windows）") && page.text.contains("本机"));
        let ends = page.between("action=\"/account/sessions/", "/ending\"");
        assert_eq!(ends.len(), 2, "two sessions, each with its button");
        let foreign = other.get("/account").await;
        let foreign = foreign.between("action=\"/account/sessions/", "/ending\"").remove(0);
        let answer =
            here.post("/account", &format!("/account/sessions/{foreign}/ending"), &[]).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "another's session is not there");
        assert_eq!(other.get("/account").await.status, StatusCode::OK);

        let own = crate::secret::digest(&here.cookie("gz_session").unwrap());
        let others: Vec<&String> = ends.iter().filter(|handle| **handle != own).collect();
        assert_eq!(others.len(), 1);
        for (handle, leads) in [(others[0], "/account"), (&own, "/sign-in")] {
            let path = format!("/account/sessions/{handle}/ending");
            assert_eq!(here.post("/account", &path, &[]).await.location, leads);
            assert!(there.get("/account").await.is_signed_out());
        }
        assert!(here.get("/account").await.is_signed_out());

        let (one, two) = (door.signed_in("nanshan").await, door.signed_in("nanshan").await);
        one.post("/account", "/account/sessions/ending", &[]).await;
        assert!(one.get("/account").await.is_signed_out());
        assert!(two.get("/account").await.is_signed_out());
        assert_eq!(other.get("/account").await.status, StatusCode::OK);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_security_administrator_unlocks_resets_and_ends_sessions_but_never_for_himself() {
    each_database(|city| async move {
        let officer = city.officer("440305").await;
        account(&city, &officer, "nanshan").await;
        let door = Door::of(&city);
        let (own, browser) = keeper(&city, &door).await;
        let hers = door.signed_in("nanshan").await;
        for _ in 0..5 {
            door.browser().sign_in("nanshan", "Wrong-pass-17").await;
        }
        let list = browser.get("/accounts?state=locked").await;
        assert!(list.text.contains("nanshan") && !list.text.contains(">keeper<"));
        let page = format!("/accounts/{}", officer.person);
        let answer = browser.post(&page, &format!("{page}/unlocking"), &[]).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER);
        door.signed_in("nanshan").await;

        browser.post(&page, &format!("{page}/sessions/ending"), &[]).await;
        assert!(hers.get("/account").await.is_signed_out());

        let given = [("password", "Given-by-office-1")];
        let answer = browser.post(&page, &format!("{page}/password"), &given).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
        let fresh = door.browser();
        let answer = fresh.sign_in("nanshan", "Given-by-office-1").await;
        assert!(answer.location.starts_with("/sign-in/password"), "it must be changed first");
        assert!(fresh.get("/account").await.is_signed_out());

        let page = format!("/accounts/{}", own.person);
        for (act, fields) in [
            ("unlocking", [("password", "")]),
            ("sessions/ending", [("password", "")]),
            ("password", [("password", "Given-by-office-1")]),
            ("invitation", [("password", "")]),
            ("second-factor/removal", [("password", "")]),
        ] {
            let answer = browser.post(&page, &format!("{page}/{act}"), &fields).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{act}");
            assert!(answer.text.contains("不能处理自己的账号"), "{act}");
        }
        let book = browser.get("/accounts.xlsx").await;
        assert_eq!(book.status, StatusCode::OK);
    })
    .await;
}
