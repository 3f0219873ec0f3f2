//! Signing in by telephone through the real pages, with a gateway that keeps what it is given.

use std::sync::{Arc, Mutex};

use axum::http::StatusCode;
use fixtures::{City, each_database};
use kernel::{DeliverCode, PhoneGateway};

use crate::sessions::tests::stage::{Browser, Door, PASSWORD, account, sealed};

/// A gateway in memory.
#[derive(Default)]
struct Post {
    sent: Mutex<Vec<(String, String)>>,
    is_down: Mutex<bool>,
}

impl DeliverCode for Post {
    fn deliver(&self, phone: &str, code: &str) -> Result<(), String> {
        if *self.is_down.lock().unwrap() {
            return Err("down".to_owned());
        }
        self.sent.lock().unwrap().push((phone.to_owned(), code.to_owned()));
        Ok(())
    }
}

impl Post {
    /// The last code that was sent to a number, once it is there.
    async fn code(&self, phone: &str, many: usize) -> String {
        for _ in 0..200 {
            let sent = self.sent.lock().unwrap().clone();
            if sent.len() >= many {
                let found = sent.iter().rev().find(|(to, _)| to == phone);
                return found.map(|(_, code)| code.clone()).unwrap_or_default();
            }
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
        String::new()
    }
}

const NUMBER: &str = "13800138000";

async fn bound(city: &City, post: &Arc<Post>) -> (Door, Browser) {
    account(city, &city.officer("440305").await, "nanshan").await;
    let door = Door::with_phones(city, PhoneGateway(post.clone()));
    let browser = door.signed_in("nanshan").await;
    let typed = [("phone", "138 0013 8000"), ("current", PASSWORD)];
    let asked = browser.post("/account/phone", "/account/phone", &typed).await;
    assert!(asked.text.contains("验证码已发往 13800138000"), "{}", asked.text);
    let code = post.code(NUMBER, 1).await;
    let typed = [("phone", NUMBER), ("code", code.as_str())];
    let done = browser.post("/account/phone", "/account/phone/confirmation", &typed).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    assert!(browser.get("/account/phone").await.text.contains("138****8000"));
    city.clock.set(city.db.now().plus_millis(61_000));
    (door, browser)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bound_number_lets_in_by_a_code_once_and_in_the_browser_that_asked() {
    each_database(|city| async move {
        let city = sealed(&city);
        let post = Arc::new(Post::default());
        let (door, _) = bound(&city, &post).await;
        let (mine, other) = (door.browser(), door.browser());
        let asked = mine.post("/sign-in/phone", "/sign-in/phone", &[("phone", NUMBER)]).await;
        assert!(asked.text.contains("如果这个号码已绑定账号"));
        let code = post.code(NUMBER, 2).await;
        let typed = [("code", code.as_str())];
        let stolen = other.post("/sign-in/phone", "/sign-in/phone/code", &typed).await;
        assert_eq!(stolen.status, StatusCode::UNPROCESSABLE_ENTITY, "another browser's code");
        let entered = mine.post("/sign-in/phone", "/sign-in/phone/code", &typed).await;
        assert_eq!(entered.status, StatusCode::SEE_OTHER, "{}", entered.text);
        assert_eq!(mine.get("/account").await.status, StatusCode::OK);
        let again = door.browser();
        again.set_cookie("gz_visitor", &mine.cookie("gz_visitor").unwrap_or_default());
        let replayed = again.post("/sign-in/phone", "/sign-in/phone/code", &typed).await;
        assert_eq!(replayed.status, StatusCode::UNPROCESSABLE_ENTITY, "a code serves once");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_number_is_answered_alike_and_nothing_is_sent() {
    each_database(|city| async move {
        let city = sealed(&city);
        let post = Arc::new(Post::default());
        let (door, _) = bound(&city, &post).await;
        let ask = |phone: &'static str| {
            let browser = door.browser();
            async move { browser.post("/sign-in/phone", "/sign-in/phone", &[("phone", phone)]).await }
        };
        let (known, unknown) = (ask(NUMBER).await, ask("13900139000").await);
        assert_eq!(known.status, unknown.status);
        let plain = |text: &str| text.replace(NUMBER, "").replace("13900139000", "");
        let main = |text: &str| plain(text.split("<main").nth(1).unwrap().split("name=\"csrf\"").last().unwrap());
        assert_eq!(main(&known.text).len(), main(&unknown.text).len());
        post.code(NUMBER, 2).await;
        assert!(post.sent.lock().unwrap().iter().all(|(to, _)| to == NUMBER));
        assert_eq!(ask(NUMBER).await.status, StatusCode::UNPROCESSABLE_ENTITY, "once a minute");
        assert_eq!(ask("13900139000").await.status, StatusCode::UNPROCESSABLE_ENTITY, "alike");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn five_wrong_codes_use_a_code_up() {
    each_database(|city| async move {
        let city = sealed(&city);
        let post = Arc::new(Post::default());
        let (door, _) = bound(&city, &post).await;
        let browser = door.browser();
        browser.post("/sign-in/phone", "/sign-in/phone", &[("phone", NUMBER)]).await;
        let code = post.code(NUMBER, 2).await;
        let wrong = if code == "000000" { "000001" } else { "000000" };
        for _ in 0..5 {
            let tried =
                browser.post("/sign-in/phone", "/sign-in/phone/code", &[("code", wrong)]).await;
            assert_eq!(tried.status, StatusCode::UNPROCESSABLE_ENTITY);
        }
        let late = browser.post("/sign-in/phone", "/sign-in/phone/code", &[("code", &code)]).await;
        assert_eq!(late.status, StatusCode::UNPROCESSABLE_ENTITY, "the sixth try is none");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_serves_one_account_and_a_dead_gateway_is_told() {
    each_database(|city| async move {
        let city = sealed(&city);
        let post = Arc::new(Post::default());
        let (door, first) = bound(&city, &post).await;
        account(&city, &city.deputy("440305").await, "deputy").await;
        let second = door.signed_in("deputy").await;
        *post.is_down.lock().unwrap() = true;
        let typed = [("phone", NUMBER), ("current", PASSWORD)];
        let down = second.post("/account/phone", "/account/phone", &typed).await;
        assert!(down.text.contains("短信网关没有响应"), "{}", down.text);
        *post.is_down.lock().unwrap() = false;
        city.clock.set(city.db.now().plus_millis(61_000));
        second.post("/account/phone", "/account/phone", &typed).await;
        let code = post.code(NUMBER, 2).await;
        let typed = [("phone", NUMBER), ("code", code.as_str())];
        let taken = second.post("/account/phone", "/account/phone/confirmation", &typed).await;
        assert!(taken.text.contains("不能绑定"), "{}", taken.text);
        let typed = [("current", PASSWORD)];
        let removed = first.post("/account/phone", "/account/phone/removal", &typed).await;
        assert_eq!(removed.status, StatusCode::SEE_OTHER, "{}", removed.text);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_gateway_there_is_no_trace_of_telephones() {
    each_database(|city| async move {
        account(&city, &city.officer("440305").await, "nanshan").await;
        let door = Door::of(&city);
        assert!(!door.browser().get("/sign-in").await.text.contains("手机号"));
        assert_eq!(door.browser().get("/sign-in/phone").await.status, StatusCode::NOT_FOUND);
        let browser = door.signed_in("nanshan").await;
        assert!(!browser.get("/account").await.text.contains("手机号登录"));
        assert_eq!(browser.get("/account/phone").await.status, StatusCode::NOT_FOUND);
    })
    .await;
}
