use clustering::Effort;
use fixtures::{City, each_database};
use kernel::{Caller, KindergartenId, PlanId, PostKind, PostScope};
use planning::plans::{self, Answer, Content, acts, acts::Origin};
use policy::{Grade, Ownership};

use super::types::{Group, Kind};
use super::{store, waiting};

const NANSHAN: &str = "440305";

/// Five kindergartens in 南山, the first of which is fit to lead.
async fn ground(city: &City) -> Vec<KindergartenId> {
    let mut ids = Vec::new();
    for number in 0..5_u32 {
        let is_first = number == 0;
        let kindergarten = city
            .kindergarten(&format!("青禾{}幼儿园", number + 1))
            .at(113.92, 22.53 + 0.001 * f64::from(number))
            .owned(if number < 3 { Ownership::Public } else { Ownership::Private })
            .graded(if is_first { Grade::Provincial } else { Grade::District });
        ids.push(kindergarten.add().await);
    }
    ids
}

async fn proposed(city: &City, officer: &Caller) -> PlanId {
    let id = acts::draft(&city.db, officer, NANSHAN, "春季方案", Origin::Scratch).await.unwrap();
    let today = city.today();
    let facts = plans::store::facts(&city.reading(), NANSHAN, "南山区", today).await.unwrap();
    let blank = Content { next_key: 1, ..Content::default() };
    let content = plans::propose_district(&facts, &blank, 1, &Effort::default(), &()).unwrap();
    acts::save_proposal(&city.db, officer, id, 1, content).await.unwrap();
    id
}

async fn tasks(city: &City, caller: &Caller) -> Vec<Group> {
    waiting(&city.db.reading(caller), caller, 20).await.unwrap()
}

async fn asked(city: &City, caller: &Caller) -> Vec<Group> {
    store::asked(&city.db.reading(caller), caller.person, 20).await.unwrap()
}

fn counts(groups: &[Group]) -> Vec<(Kind, i64)> {
    groups.iter().map(|group| (group.kind, group.count)).collect()
}

#[tokio::test]
async fn a_task_wanders_with_the_plan_and_is_gone_when_the_work_is_done() {
    each_database(|city| async move {
        ground(&city).await;
        let (officer, deputy) = (city.officer(NANSHAN).await, city.deputy(NANSHAN).await);
        let neighbour = city.deputy("440304").await;
        let id = proposed(&city, &officer).await;
        assert_eq!(counts(&tasks(&city, &officer).await), [(Kind::LeftOut, 5), (Kind::Draft, 1)]);
        assert_eq!(counts(&tasks(&city, &deputy).await), []);
        acts::submit(&city.db, &officer, id, 2, "请审批").await.unwrap();
        let waits = tasks(&city, &deputy).await;
        assert_eq!(counts(&waits), [(Kind::Approval, 1)]);
        let item = &waits[0].items[0];
        assert_eq!(item.href, format!("/plans/{id}"));
        assert_eq!(item.since, Some(city.today()));
        assert!(item.due.unwrap() > city.today() + chrono::Days::new(13), "ten working days");
        assert_eq!(counts(&asked(&city, &officer).await), [(Kind::Approval, 1)]);
        assert_eq!(counts(&asked(&city, &deputy).await), []);
        assert_eq!(counts(&tasks(&city, &neighbour).await), [], "another district's");
        acts::approve(&city.db, &deputy, id, 2, "同意").await.unwrap();
        assert_eq!(counts(&tasks(&city, &deputy).await), [(Kind::Adoption, 1)]);
        assert_eq!(counts(&asked(&city, &officer).await), [(Kind::Adoption, 1)]);
        let adoption = acts::Adoption {
            paper_number: "深南教〔2026〕1号".to_owned(),
            effective_on: city.today(),
        };
        acts::adopt(&city.db, &deputy, id, 2, &adoption).await.unwrap();
        assert_eq!(counts(&tasks(&city, &deputy).await), []);
        // What the new cluster needs is asked of whoever must fill it, with the page that fills it.
        assert_eq!(counts(&tasks(&city, &officer).await), [(Kind::Head, 5), (Kind::Party, 5)]);
        let supervisor = city.supervisor(NANSHAN).await;
        let gaps = tasks(&city, &supervisor).await;
        assert_eq!(counts(&gaps), [(Kind::FullTime, 1), (Kind::PartTime, 1)]);
        assert_eq!(gaps[1].items[0].note, "缺 8 名");
        let form = &gaps[0].items[0].href;
        assert!(form.ends_with("/new?kind=full_time_inspector"), "{form}");
    })
    .await;
}

#[tokio::test]
async fn who_asked_sees_who_has_not_answered_and_the_asked_see_their_own() {
    each_database(|city| async move {
        let kindergartens = ground(&city).await;
        let officer = city.officer(NANSHAN).await;
        let id = proposed(&city, &officer).await;
        acts::solicit(&city.db, &officer, id, 2, 10).await.unwrap();
        let principal = city.principal(kindergartens[1]).await;
        let own = tasks(&city, &principal).await;
        assert_eq!(counts(&own), [(Kind::Opinion, 1), (Kind::Liaison, 1)]);
        assert_eq!(own[0].items[0].label, "春季方案");
        assert!(own[0].due().is_some());
        assert_eq!(counts(&asked(&city, &officer).await), [(Kind::Opinion, 5)]);
        acts::answer(&city.db, &principal, id, Answer::Agree, "").await.unwrap();
        assert_eq!(counts(&tasks(&city, &principal).await), [(Kind::Liaison, 1)]);
        let owed = asked(&city, &officer).await;
        assert_eq!(counts(&owed), [(Kind::Opinion, 4)]);
        assert!(owed[0].items.iter().all(|item| item.label != "青禾2幼儿园"));
    })
    .await;
}

#[tokio::test]
async fn the_page_counts_all_shows_the_most_pressing_and_tells_of_the_other_post() {
    each_database(|city| async move {
        let kindergartens = ground(&city).await;
        let officer = city.officer(NANSHAN).await;
        let browser = city.browser(super::routes(), &officer);
        let page = browser.get("/tasks").await;
        assert!(page.text.contains("在办幼儿园未归属学区（5）"), "{}", page.text);
        assert!(page.text.contains("青禾1幼儿园") && page.text.contains("未定期限"));
        let none = browser.get("/tasks?due=overdue").await;
        assert!(none.text.contains("没有符合条件的待办"));
        let workbook = browser.get("/tasks.xlsx?kind=left_out").await;
        assert!(workbook.bytes.starts_with(b"PK"));
        // The same person leads a kindergarten, too.
        let principal = city
            .caller("方园", PostKind::Principal, PostScope::Kindergarten(kindergartens[0]))
            .await;
        let also = people::officers::Appointment {
            kind: PostKind::SectionOfficer,
            scope: PostScope::District(NANSHAN.to_owned()),
            from: city.today(),
            to: kernel::OPEN_END,
            paper_number: String::new(),
        };
        let program = city.db.program("test");
        people::officers::appoint(&city.db, program, principal.person, &also).await.unwrap();
        let principal = Caller { has_other_posts: true, ..principal };
        let page = city.browser(super::routes(), &principal).get("/tasks").await;
        assert!(page.text.contains("另有 5 件待办"), "{}", page.text);
    })
    .await;
}

#[tokio::test]
async fn who_stands_in_sees_what_waits_there() {
    each_database(|city| async move {
        ground(&city).await;
        let officer = city.officer(NANSHAN).await;
        let scope = PostScope::District(NANSHAN.to_owned());
        let other = city.caller("沈禾", PostKind::FinanceOfficer, scope).await;
        // Only who has an account can stand in.
        let row = vec![other.person.into(), "nanshan-finance".into(), "!".into(), 0_i64.into()];
        let columns = ["person_id", "login", "password_hash", "password_changed_at"];
        let tx = city.db.begin(city.db.program("test")).await.unwrap();
        tx.insert("account", &columns, vec![row]).await.unwrap();
        tx.commit(kernel::Note::of("test.prepared", other.person, "测试")).await.unwrap();
        let wanted = people::stand_ins::Wanted {
            person: other.person,
            from: city.today(),
            to: city.today() + chrono::Days::new(3),
            reason: "外出培训".to_owned(),
        };
        people::stand_ins::give(&city.db, &officer, wanted).await.unwrap();
        let other = Caller { has_other_posts: true, ..other };
        let page = city.browser(super::routes(), &other).get("/tasks").await.text;
        assert!(
            page.contains("学前科科员（代理王敏）") && page.contains("另有 5 件待办"),
            "{page}"
        );
    })
    .await;
}
