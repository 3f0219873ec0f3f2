//! Rights follow the posts in force at each request: one's own, and others' while one stands in.

use axum::http::StatusCode;
use fixtures::{City, each_database};
use kernel::{Caller, Date, OPEN_END, PostId, PostKind, PostScope};

use super::stage::{Browser, Door, account, entries};
use crate::officers::{self, Appointment};
use crate::stand_ins::{self, Wanted};

fn district() -> PostScope {
    PostScope::District("440305".to_owned())
}

async fn second_post(city: &City, person: &Caller, kind: PostKind) -> PostId {
    let appointment = Appointment {
        kind,
        scope: district(),
        from: city.today(),
        to: OPEN_END,
        paper_number: String::new(),
    };
    let program = city.db.program("test");
    officers::appoint(&city.db, program, person.person, &appointment).await.unwrap()
}

async fn choose(browser: &Browser, choice: &str) -> StatusCode {
    browser.post("/posts/switch", "/posts/switch", &[("post", choice)]).await.status
}

#[tokio::test(flavor = "multi_thread")]
async fn a_post_that_ends_ends_its_rights_on_the_next_request() {
    each_database(|city| async move {
        let auditor = city.caller("郑平", PostKind::Auditor, district()).await;
        account(&city, &auditor, "auditor").await;
        let keeper = city.administrator(PostKind::SecurityAdministrator).await;
        let browser = Door::of(&city).signed_in("auditor").await;
        assert_eq!(browser.get("/audit").await.status, StatusCode::OK);
        officers::acts::end(&city.db, &keeper, auditor.post, city.today(), "调离").await.unwrap();
        assert!(browser.get("/audit").await.is_signed_out());
        assert!(browser.get("/account").await.is_signed_out());
        assert!(browser.get("/sign-in").await.text.contains("岗位已到期"), "and she is told why");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_post_that_runs_out_at_midnight_holds_until_then() {
    each_database(|city| async move {
        let officer = city.officer("440305").await;
        account(&city, &officer, "nanshan").await;
        let appointment = Appointment {
            kind: PostKind::Auditor,
            scope: district(),
            from: city.today(),
            to: city.today().succ_opt().unwrap(),
            paper_number: String::new(),
        };
        let program = city.db.program("test");
        let post =
            officers::appoint(&city.db, program, officer.person, &appointment).await.unwrap();
        city.clock.set(kernel::Moment::at(city.today(), 23, 50));
        let browser = Door::of(&city).signed_in("nanshan").await;
        assert_eq!(choose(&browser, &post.to_string()).await, StatusCode::SEE_OTHER);
        assert_eq!(browser.get("/audit").await.status, StatusCode::OK);
        city.clock.set(city.db.now().plus_millis(10 * 60_000));
        assert!(browser.get("/audit").await.is_signed_out(), "midnight in Beijing");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn choosing_another_post_renews_the_secret_and_only_own_posts_can_be_chosen() {
    each_database(|city| async move {
        let officer = city.officer("440305").await;
        account(&city, &officer, "nanshan").await;
        let audit = second_post(&city, &officer, PostKind::Auditor).await;
        let deputy = city.deputy("440305").await;
        let browser = Door::of(&city).signed_in("nanshan").await;
        let page = browser.get("/posts/switch").await;
        assert!(page.text.contains("审计员") && page.text.contains("学前科科员"));

        let thief = browser.copied();
        assert_eq!(choose(&browser, &officer.post.to_string()).await, StatusCode::SEE_OTHER);
        assert!(thief.get("/account").await.is_signed_out(), "the secret is a new one");
        assert_eq!(browser.get("/audit").await.status, StatusCode::FORBIDDEN);
        assert_eq!(choose(&browser, &audit.to_string()).await, StatusCode::SEE_OTHER);
        assert_eq!(browser.get("/audit").await.status, StatusCode::OK);

        let refused = choose(&browser, &deputy.post.to_string()).await;
        assert_eq!(refused, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(choose(&browser, "pst_none").await, StatusCode::NOT_FOUND);
        assert_eq!(browser.get("/audit").await.status, StatusCode::OK, "nothing has changed");
    })
    .await;
}

struct Scene {
    auditor: Caller,
    inspector: Caller,
    theirs: Browser,
    mine: Browser,
}

/// An auditor of a district, and an inspector of its supervision office.
async fn scene(city: &City) -> Scene {
    let auditor = city.caller("郑平", PostKind::Auditor, district()).await;
    let inspector = city.supervisor("440305").await;
    account(city, &auditor, "auditor").await;
    account(city, &inspector, "inspector").await;
    let door = Door::of(city);
    let (mine, theirs) = (door.signed_in("auditor").await, door.signed_in("inspector").await);
    Scene { auditor, inspector, theirs, mine }
}

fn days(city: &City, from: i32, to: i32) -> (Date, Date) {
    let day = |count: i32| {
        let mut day = city.today();
        for _ in 0..count {
            day = day.succ_opt().unwrap();
        }
        day
    };
    (day(from), day(to))
}

fn wanted(city: &City, person: &Caller, from: i32, to: i32) -> Wanted {
    let (from, to) = days(city, from, to);
    Wanted { person: person.person, from, to, reason: "外出学习".to_owned() }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_stands_in_acts_in_the_post_and_the_trail_names_both() {
    each_database(|city| async move {
        let Scene { inspector, theirs, mine, .. } = scene(&city).await;
        let person = inspector.person.to_string();
        let last = days(&city, 0, 2).1.to_string();
        let fields = [
            ("person", person.as_str()),
            ("from", &city.today().to_string()),
            ("last", &last),
            ("reason", "外出学习"),
        ];
        let page = mine.get("/stand-ins").await;
        assert!(page.text.contains("何清（") && page.text.contains("督导室科员"), "{}", page.text);
        let answer = mine.post("/stand-ins", "/stand-ins", &fields).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);

        assert_eq!(theirs.get("/audit").await.status, StatusCode::FORBIDDEN);
        let page = theirs.get("/posts/switch").await;
        assert!(page.text.contains("审计员（代理郑平）"));
        let choice = page.between("value=\"sti_", "\"").remove(0);
        assert_eq!(choose(&theirs, &format!("sti_{choice}")).await, StatusCode::SEE_OTHER);
        let audit = theirs.get("/audit").await;
        assert_eq!(audit.status, StatusCode::OK);
        assert!(audit.text.contains("何清") && audit.text.contains("审计员（代理郑平）"));
        assert!(theirs.get("/accounts").await.status == StatusCode::FORBIDDEN);

        // What is done meanwhile stands under both names.
        assert_eq!(choose(&theirs, &inspector.post.to_string()).await, StatusCode::SEE_OTHER);
        assert_eq!(entries(&city, "session.post_chosen", "代理郑平").await, 1);
        assert_eq!(entries(&city, "stand_in.given", "").await, 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stand_in_ends_with_its_days_its_givers_post_its_holders_post_and_by_word() {
    each_database(|city| async move {
        let Scene { auditor, inspector, theirs, mine } = scene(&city).await;
        let keeper = city.administrator(PostKind::SecurityAdministrator).await;
        let give =
            |from, to| stand_ins::give(&city.db, &auditor, wanted(&city, &inspector, from, to));

        // By word of the giver, on the next request.
        let id = give(0, 1).await.unwrap();
        assert_eq!(choose(&theirs, &id.to_string()).await, StatusCode::SEE_OTHER);
        assert_eq!(theirs.get("/audit").await.status, StatusCode::OK);
        let answer = mine.post("/stand-ins", &format!("/stand-ins/{id}/ending"), &[]).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER);
        assert!(theirs.get("/audit").await.is_signed_out());

        // With its days.
        let id = give(0, 1).await.unwrap();
        let door = Door::of(&city);
        let theirs = door.signed_in("inspector").await;
        assert_eq!(choose(&theirs, &id.to_string()).await, StatusCode::SEE_OTHER);
        assert_eq!(theirs.get("/audit").await.status, StatusCode::OK);
        city.on(city.today().succ_opt().unwrap());
        let theirs = door.signed_in("inspector").await;
        assert_eq!(choose(&theirs, &id.to_string()).await, StatusCode::UNPROCESSABLE_ENTITY);

        // With the giver's post.
        let auditor = Caller { now: city.db.now(), ..auditor };
        let again = wanted(&city, &inspector, 0, 9);
        let id = stand_ins::give(&city.db, &auditor, again).await.unwrap();
        assert_eq!(choose(&theirs, &id.to_string()).await, StatusCode::SEE_OTHER);
        assert_eq!(theirs.get("/audit").await.status, StatusCode::OK);
        officers::acts::end(&city.db, &keeper, auditor.post, city.today(), "调离").await.unwrap();
        assert!(theirs.get("/audit").await.is_signed_out());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_left_the_place_stands_in_no_more() {
    each_database(|city| async move {
        let Scene { auditor, inspector, theirs, .. } = scene(&city).await;
        let keeper = city.administrator(PostKind::SecurityAdministrator).await;
        let id =
            stand_ins::give(&city.db, &auditor, wanted(&city, &inspector, 0, 9)).await.unwrap();
        assert_eq!(choose(&theirs, &id.to_string()).await, StatusCode::SEE_OTHER);
        assert_eq!(theirs.get("/audit").await.status, StatusCode::OK);
        officers::acts::end(&city.db, &keeper, inspector.post, city.today(), "调离").await.unwrap();
        assert!(theirs.get("/audit").await.is_signed_out());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stand_in_is_not_passed_on_not_given_twice_and_not_ended_by_strangers() {
    each_database(|city| async move {
        let Scene { auditor, inspector, theirs, .. } = scene(&city).await;
        let third = city.supervisor("440305").await;
        account(&city, &third, "third").await;
        let stranger = city.supervisor("440306").await;
        account(&city, &stranger, "stranger").await;
        let db = &city.db;
        let text =
            |result: Result<kernel::StandInId, kernel::Failure>| result.unwrap_err().to_string();
        let id = stand_ins::give(db, &auditor, wanted(&city, &inspector, 0, 5)).await.unwrap();
        let twice = stand_ins::give(db, &auditor, wanted(&city, &third, 3, 9)).await;
        assert!(text(twice).contains("已交给何清代理"));
        let elsewhere = stand_ins::give(db, &auditor, wanted(&city, &stranger, 6, 9)).await;
        assert!(text(elsewhere).contains("同一单位"));
        let too_long = stand_ins::give(db, &auditor, wanted(&city, &third, 6, 200)).await;
        assert!(text(too_long).contains("最长"));

        assert_eq!(choose(&theirs, &id.to_string()).await, StatusCode::SEE_OTHER);
        let person = third.person.to_string();
        let (from, last) = days(&city, 6, 7);
        let fields = [
            ("person", person.as_str()),
            ("from", &from.to_string()),
            ("last", &last.to_string()),
            ("reason", "转交"),
        ];
        let answer = theirs.post("/stand-ins", "/stand-ins", &fields).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(answer.text.contains("不能再转交"), "{}", answer.text);

        let other = Door::of(&city).signed_in("third").await;
        let answer = other.post("/stand-ins", &format!("/stand-ins/{id}/ending"), &[]).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND);
        let refused = choose(&other, &id.to_string()).await;
        assert_eq!(refused, StatusCode::UNPROCESSABLE_ENTITY, "another's stand-in");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_three_administrators_give_and_take_no_posts() {
    each_database(|city| async move {
        let officer = city.city_officer().await;
        account(&city, &officer, "city").await;
        for (place, kind) in [
            PostKind::SystemAdministrator,
            PostKind::SecurityAdministrator,
            PostKind::AuditAdministrator,
        ]
        .into_iter()
        .enumerate()
        {
            let administrator = city.administrator(kind).await;
            account(&city, &administrator, &format!("administrator-{place}")).await;
            for (giver, taker) in [(&administrator, &officer), (&officer, &administrator)] {
                let refused = stand_ins::give(&city.db, giver, wanted(&city, taker, 0, 2)).await;
                assert!(refused.unwrap_err().to_string().contains("三类管理员"), "{kind:?}");
            }
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_givings_at_once_leave_one_stand_in() {
    each_database(|city| async move {
        let Scene { auditor, inspector, .. } = scene(&city).await;
        let tries: Vec<_> = (0..16)
            .map(|_| {
                let (db, giver) = (city.db.clone(), auditor.clone());
                let wanted = wanted(&city, &inspector, 0, 2);
                tokio::spawn(async move { stand_ins::give(&db, &giver, wanted).await.is_ok() })
            })
            .collect();
        let mut given = 0;
        for one in tries {
            given += usize::from(one.await.unwrap());
        }
        assert_eq!(given, 1);
    })
    .await;
}
