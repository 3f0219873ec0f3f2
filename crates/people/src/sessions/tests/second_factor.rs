//! The second factor: switched on by its owner, asked for at sign-in, never taken twice.

use axum::http::StatusCode;
use fixtures::{City, each_database};
use kernel::{Caller, PostKind};
use storage::Sql;

use super::stage::{Answer, Browser, Door, PASSWORD, account, entries, number, sealed};
use crate::second_factor::code_at;

const PAGE: &str = "/account/second-factor";

/// The bytes of a secret as a page shows it for typing.
fn secret_of(page: &Answer) -> Vec<u8> {
    let letters = page.between("<code class=\"secret\">", "</code>").remove(0);
    let (mut bytes, mut held, mut bits) = (Vec::new(), 0_u32, 0_u32);
    for letter in letters.bytes().filter(u8::is_ascii_alphanumeric) {
        let five = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".iter().position(|known| *known == letter);
        held = held << 5 | five.unwrap() as u32;
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            bytes.push((held >> bits) as u8);
            held &= (1 << bits) - 1;
        }
    }
    bytes
}

struct Enrolled {
    officer: Caller,
    secret: Vec<u8>,
    codes: Vec<String>,
}

/// An officer who has switched the second factor on.
async fn enrolled(city: &City, door: &Door) -> Enrolled {
    let officer = city.officer("440305").await;
    account(city, &officer, "nanshan").await;
    let browser = door.signed_in("nanshan").await;
    assert_eq!(browser.post(PAGE, PAGE, &[]).await.status, StatusCode::SEE_OTHER);
    let page = browser.get(PAGE).await;
    assert!(page.text.contains("<path d=\"M"), "a picture to scan");
    let secret = secret_of(&page);
    assert_eq!(secret.len(), 20);
    let confirmation = format!("{PAGE}/confirmation");
    let wrong = browser.post(PAGE, &confirmation, &[("code", "000000")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    let code = code_at(&secret, city.db.now()).unwrap();
    let answer = browser.post(PAGE, &confirmation, &[("code", &code)]).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    let codes = answer.between("<code class=\"secret\">", "</code>");
    assert_eq!(codes.len(), 10);
    Enrolled { officer, secret, codes }
}

/// A browser that stands before the code.
async fn half_in(door: &Door) -> Browser {
    let browser = door.browser();
    let answer = browser.sign_in("nanshan", PASSWORD).await;
    assert!(answer.location.starts_with("/sign-in/code"), "{}", answer.location);
    assert!(browser.get("/account").await.is_signed_out(), "the password alone lets nobody in");
    browser
}

async fn enter(browser: &Browser, code: &str) -> StatusCode {
    browser.post("/sign-in/code", "/sign-in/code", &[("code", code)]).await.status
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_key_it_is_not_switched_on_and_the_page_says_why() {
    each_database(|city| async move {
        account(&city, &city.officer("440305").await, "nanshan").await;
        let browser = Door::of(&city).signed_in("nanshan").await;
        let page = browser.get(PAGE).await;
        assert!(page.text.contains("系统尚未配置密钥") && !page.text.contains("开始启用"));
        let answer = browser.post(PAGE, PAGE, &[]).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(number(&city, Sql::new("SELECT count(*) FROM second_factor")).await, 0);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_is_asked_for_and_a_replayed_one_refused() {
    each_database(|city| async move {
        let door = Door::of(&sealed(&city));
        let Enrolled { secret, .. } = enrolled(&city, &door).await;
        let used = code_at(&secret, city.db.now()).unwrap();
        let browser = half_in(&door).await;
        assert_eq!(
            enter(&browser, &used).await,
            StatusCode::UNPROCESSABLE_ENTITY,
            "the code that confirmed it was taken once"
        );
        city.clock.set(city.db.now().plus_millis(30_000));
        let code = code_at(&secret, city.db.now()).unwrap();
        let waiting = browser.cookie("gz_session").unwrap();
        assert_eq!(enter(&browser, &code).await, StatusCode::SEE_OTHER);
        assert_ne!(browser.cookie("gz_session").unwrap(), waiting);
        assert_eq!(browser.get("/account").await.status, StatusCode::OK);

        let watcher = half_in(&door).await;
        assert_eq!(enter(&watcher, &code).await, StatusCode::UNPROCESSABLE_ENTITY, "replayed");
        assert!(watcher.get("/account").await.is_signed_out());

        // Two browsers with the same fresh code: one is first.
        city.clock.set(city.db.now().plus_millis(30_000));
        let code = code_at(&secret, city.db.now()).unwrap();
        let other = half_in(&door).await;
        let (one, two) = tokio::join!(enter(&watcher, &code), enter(&other, &code));
        let taken = [one, two].iter().filter(|status| **status == StatusCode::SEE_OTHER).count();
        assert_eq!(taken, 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recovery_code_serves_once() {
    each_database(|city| async move {
        let door = Door::of(&sealed(&city));
        let Enrolled { codes, .. } = enrolled(&city, &door).await;
        let stored = Sql::with(
            "SELECT count(*) FROM recovery_code WHERE digest LIKE $1",
            [format!("%{}%", codes[0].replace('-', "")).into()],
        );
        assert_eq!(number(&city, stored).await, 0, "only digests are kept");
        let typed = codes[0].to_lowercase().replace('-', " ");
        assert_eq!(enter(&half_in(&door).await, &typed).await, StatusCode::SEE_OTHER);
        let again = half_in(&door).await;
        assert_eq!(enter(&again, &codes[0]).await, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(enter(&again, &codes[1]).await, StatusCode::SEE_OTHER);
        let page = again.get(PAGE).await;
        assert!(page.text.contains("剩余恢复码 8 个"), "{}", page.text);

        // New ones take the place of all others, for whoever knows the password.
        let path = format!("{PAGE}/recovery-codes");
        let wrong = again.post(PAGE, &path, &[("current", "Not-it-at-all-1")]).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        let renewed = again.post(PAGE, &path, &[("current", PASSWORD)]).await;
        assert_eq!(renewed.between("<code class=\"secret\">", "</code>").len(), 10);
        assert_eq!(enter(&half_in(&door).await, &codes[2]).await, StatusCode::UNPROCESSABLE_ENTITY);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn five_wrong_codes_lock_also_for_who_knows_the_password() {
    each_database(|city| async move {
        let door = Door::of(&sealed(&city));
        let Enrolled { secret, .. } = enrolled(&city, &door).await;
        city.clock.set(city.db.now().plus_millis(60_000));
        for _ in 0..5 {
            // The right password in between does not forget the wrong codes.
            let browser = half_in(&door).await;
            assert_eq!(enter(&browser, "000000").await, StatusCode::UNPROCESSABLE_ENTITY);
        }
        let answer = door.browser().sign_in("nanshan", PASSWORD).await;
        assert!(answer.text.contains("账号已锁定"), "{}", answer.text);
        let code = code_at(&secret, city.db.now()).unwrap();
        assert_eq!(enter(&door.browser(), &code).await, StatusCode::FORBIDDEN, "no session waits");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_waits_ten_minutes_for_its_code() {
    each_database(|city| async move {
        let door = Door::of(&sealed(&city));
        let Enrolled { secret, .. } = enrolled(&city, &door).await;
        let browser = half_in(&door).await;
        city.clock.set(city.db.now().plus_millis(10 * 60_000 + 1));
        let code = code_at(&secret, city.db.now()).unwrap();
        assert_ne!(enter(&browser, &code).await, StatusCode::SEE_OTHER);
        assert!(browser.get("/account").await.is_signed_out());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn with_the_key_gone_codes_are_not_waved_through_and_recovery_codes_still_serve() {
    each_database(|city| async move {
        let Enrolled { secret, codes, .. } = enrolled(&city, &Door::of(&sealed(&city))).await;
        city.clock.set(city.db.now().plus_millis(60_000));
        let door = Door::of(&city);
        let browser = half_in(&door).await;
        let code = code_at(&secret, city.db.now()).unwrap();
        let answer = browser.post("/sign-in/code", "/sign-in/code", &[("code", &code)]).await;
        assert!(answer.text.contains("请输入恢复码"), "{}", answer.text);
        assert_eq!(enter(&browser, &codes[0]).await, StatusCode::SEE_OTHER);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_switched_off_by_password_or_by_the_security_administrator() {
    each_database(|city| async move {
        let door = Door::of(&sealed(&city));
        let Enrolled { officer, codes, .. } = enrolled(&city, &door).await;
        let keeper = city.administrator(PostKind::SecurityAdministrator).await;
        account(&city, &keeper, "keeper").await;
        let browser = half_in(&door).await;
        assert_eq!(enter(&browser, &codes[0]).await, StatusCode::SEE_OTHER);
        let path = format!("{PAGE}/removal");
        let wrong = browser.post(PAGE, &path, &[("current", "Not-it-at-all-1")]).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);

        let page = format!("/accounts/{}", officer.person);
        let keeps = door.signed_in("keeper").await;
        let answer = keeps.post(&page, &format!("{page}/second-factor/removal"), &[]).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
        door.signed_in("nanshan").await;
        assert_eq!(entries(&city, "second_factor.disabled", "安全管理员").await, 1);
        let left = number(&city, Sql::new("SELECT count(*) FROM recovery_code")).await;
        assert_eq!(left, 0, "its recovery codes are gone, too");
    })
    .await;
}
