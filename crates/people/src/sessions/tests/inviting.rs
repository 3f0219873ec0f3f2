//! One-time links, and accounts for all holders of a post.

use axum::http::StatusCode;
use fixtures::{City, each_database};
use kernel::PostKind;
use storage::Sql;

use super::stage::{Browser, Door, account, account_with, entries, number};
use crate::accounts::Password;

async fn keeper(city: &City, door: &Door) -> Browser {
    let keeper = city.administrator(PostKind::SecurityAdministrator).await;
    account(city, &keeper, "keeper").await;
    door.signed_in("keeper").await
}

async fn accept(browser: &Browser, code: &str, password: &str) -> (StatusCode, String) {
    let fields = [("code", code), ("password", password), ("again", password)];
    let answer = browser.post("/invitation", "/invitation", &fields).await;
    (answer.status, answer.text)
}

const CHOSEN: &str = "Chosen-by-me-1";

#[tokio::test(flavor = "multi_thread")]
async fn a_link_serves_once_and_only_its_digest_is_kept() {
    each_database(|city| async move {
        let officer = city.officer("440305").await;
        account_with(&city, &officer, "nanshan", &Password::absent()).await;
        let door = Door::of(&city);
        let keeps = keeper(&city, &door).await;
        let page = format!("/accounts/{}", officer.person);
        let slip = keeps.post(&page, &format!("{page}/invitation"), &[]).await;
        assert_eq!(slip.status, StatusCode::OK, "{}", slip.text);
        assert!(slip.text.contains("http://xuequ.example/invitation?code="));
        let code = slip.between("<code class=\"secret\">", "</code>").remove(0);
        assert_eq!(code.replace('-', "").len(), 52, "256 bits");
        let plain = Sql::with(
            "SELECT count(*) FROM invitation WHERE token_digest LIKE $1",
            [format!("%{}%", code.replace('-', "")).into()],
        );
        assert_eq!(number(&city, plain).await, 0);

        let browser = door.browser();
        let form = browser.get(&format!("/invitation?code={code}")).await;
        assert!(form.text.contains(&code), "the link fills the form");
        let (status, text) = accept(&browser, &code, "short-1A").await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(text.contains("10 至 128"), "a weak password does not use it up");
        let (status, text) = accept(&browser, &code.to_lowercase(), CHOSEN).await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{text}");
        assert_eq!(browser.sign_in("nanshan", CHOSEN).await.status, StatusCode::SEE_OTHER);
        assert_eq!(browser.get("/account").await.status, StatusCode::OK);

        let (status, text) = accept(&door.browser(), &code, "Replayed-it-1").await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "replayed");
        assert!(text.contains("邀请码不对、已过期或已用过"));
        assert_eq!(browser.get("/account").await.status, StatusCode::OK, "nothing has changed");
        assert_eq!(entries(&city, "account.accepted", "").await, 2, "and the refusal is noted");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_grows_old_and_a_newer_one_ends_it() {
    each_database(|city| async move {
        let officer = city.officer("440305").await;
        account(&city, &officer, "nanshan").await;
        let door = Door::of(&city);
        let keeps = keeper(&city, &door).await;
        let page = format!("/accounts/{}", officer.person);
        let invite = || async {
            let slip = keeps.post(&page, &format!("{page}/invitation"), &[]).await;
            slip.between("<code class=\"secret\">", "</code>").remove(0)
        };
        let first = invite().await;
        let second = invite().await;
        let refused = StatusCode::UNPROCESSABLE_ENTITY;
        assert_eq!(accept(&door.browser(), &first, CHOSEN).await.0, refused, "a newer one exists");
        city.clock.set(city.db.now().plus_millis(7 * 24 * 3_600_000));
        assert_eq!(accept(&door.browser(), &second, CHOSEN).await.0, refused, "seven days");
        assert_eq!(accept(&door.browser(), "guess", CHOSEN).await.0, refused);
        assert_eq!(accept(&door.browser(), "", CHOSEN).await.0, refused);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_link_used_by_sixteen_at_once_serves_one() {
    each_database(|city| async move {
        let officer = city.officer("440305").await;
        account_with(&city, &officer, "nanshan", &Password::absent()).await;
        let door = Door::of(&city);
        let keeps = keeper(&city, &door).await;
        let page = format!("/accounts/{}", officer.person);
        let slip = keeps.post(&page, &format!("{page}/invitation"), &[]).await;
        let code = slip.between("<code class=\"secret\">", "</code>").remove(0);
        let tries: Vec<_> = (0..16)
            .map(|number| {
                let (browser, code) = (door.browser(), code.clone());
                let password = format!("Chosen-by-{number}-A");
                tokio::spawn(async move { accept(&browser, &code, &password).await.0 })
            })
            .collect();
        let mut taken = 0;
        for one in tries {
            taken += usize::from(one.await.unwrap() == StatusCode::SEE_OTHER);
        }
        assert_eq!(taken, 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn accounts_are_opened_for_all_principals_of_a_district() {
    each_database(|city| async move {
        let one = city.kindergarten("青禾幼儿园").add().await;
        let two = city.kindergarten("云帆幼儿园").add().await;
        let far = city.kindergarten("松涛幼儿园").in_street("440306020").add().await;
        city.principal(one).await;
        city.principal(two).await;
        city.principal(far).await;
        let has = city.kindergarten("海棠幼儿园").add().await;
        account(&city, &city.principal(has).await, "has-one").await;
        let door = Door::of(&city);
        let keeps = keeper(&city, &door).await;
        let path = "/accounts/invitations";
        let page = keeps.get(&format!("{path}?district=440305&kind=principal")).await;
        assert!(page.text.contains("没有账号的在任人员：2 人"), "{}", page.text);
        let fields = [("district", "440305"), ("kind", "principal"), ("form", "slips")];
        let slips = keeps.post(path, path, &fields).await;
        assert_eq!(slips.status, StatusCode::OK, "{}", slips.text);
        let codes = slips.between("<code class=\"secret\">", "</code>");
        assert_eq!(codes.len(), 2);
        assert!(slips.text.contains("440305-00001") && slips.text.contains("440305-00002"));
        assert!(slips.text.contains("青禾幼儿园园长"));
        let again = keeps.post(path, path, &fields).await;
        assert!(again.text.contains("都已有账号"), "once opened, nobody is left");

        let browser = door.browser();
        assert_eq!(accept(&browser, &codes[0], CHOSEN).await.0, StatusCode::SEE_OTHER);
        let waiting = keeps.get("/accounts?state=none").await;
        assert_eq!(waiting.between("<a href=\"/accounts/per_", "\"").len(), 1);
        assert_eq!(entries(&city, "account.opened", "安全管理员").await, 2);

        // The rest of the city as a workbook; the next numbers.
        let fields = [("district", ""), ("kind", "principal"), ("form", "sheet")];
        let book = keeps.post(path, path, &fields).await;
        assert_eq!(book.status, StatusCode::OK);
        assert!(book.text.starts_with("PK"), "a workbook");
        let fields = [("district", ""), ("kind", "security_administrator"), ("form", "slips")];
        let refused = keeps.post(path, path, &fields).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        let total = number(&city, Sql::new("SELECT count(*) FROM account")).await;
        assert_eq!(total, 5);
    })
    .await;
}
