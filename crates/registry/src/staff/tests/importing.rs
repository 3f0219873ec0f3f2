use super::super::acts;
use super::super::store::{self, batch};
use super::super::types::{Filter, Position, Presence};
use super::*;
use crate::imports::{self, Choice, Kind, PreviewedStaff, Progress};

const HEADER: &str = "幼儿园编号,姓名,身份证号,岗位,职称,学历,入职日期,离职日期";

fn line(n: u32) -> String {
    let kindergarten = n % 3;
    format!("NS{kindergarten},职工{n}号,{},专任教师,二级教师,本科,2025-09-01,", number(n).whole())
}

async fn kindergartens(city: &City) {
    for (place, name) in ["青禾幼儿园", "云帆幼儿园", "银杏幼儿园"].iter().enumerate()
    {
        city.kindergarten(name).under(&format!("NS{place}")).add().await;
    }
}

async fn preview(city: &City, caller: &Caller, lines: &[String]) -> PreviewedStaff {
    let text = format!("{HEADER}\n{}\n", lines.join("\n")).into_bytes();
    imports::preview_staff(&city.db, caller, "教职工.csv", text, city.today(), Progress::default())
        .await
        .unwrap()
}

async fn employed(city: &City) -> i64 {
    store::count(&city.reading(), &Filter::default(), city.today()).await.unwrap()
}

#[tokio::test]
async fn a_file_becomes_records_and_the_same_file_again_changes_nothing() {
    fixtures::each_database(|city| async move {
        let city = keyed(city);
        kindergartens(&city).await;
        let officer = city.officer("440305").await;
        // More than one statement holds.
        let lines: Vec<String> = (0..900).map(line).collect();
        let previewed = preview(&city, &officer, &lines).await;
        assert_eq!(previewed.preview.totals.new, 900, "{:?}", previewed.preview.rows[0]);
        assert_eq!(employed(&city).await, 0);
        let applied = imports::apply_staff(&city.db, &officer, previewed.id, Choice::AllOrNone)
            .await
            .unwrap();
        assert_eq!((applied.new, employed(&city).await), (900, 900));
        assert_eq!(count(&city, "staff_identity WHERE employed IS NOT NULL").await, 900);
        assert_eq!(count(&city, "staff_pending").await, 0);
        let again = preview(&city, &officer, &lines).await;
        assert_eq!(again.preview.totals.unchanged, 900);
        let refused = imports::apply_staff(&city.db, &officer, again.id, Choice::GoodRows).await;
        assert!(refusal(refused.unwrap_err()).text.contains("没有需要保存的内容"));
        let clear = written(&city).await;
        for n in [0, 450, 899] {
            assert!(!clear.contains(number(n).whole()), "{n}");
        }
    })
    .await;
}

#[tokio::test]
async fn changed_rows_hold_from_the_day_of_the_import_and_leaving_from_its_own() {
    fixtures::each_database(|city| async move {
        let city = keyed(city);
        kindergartens(&city).await;
        let officer = city.officer("440305").await;
        let lines: Vec<String> = (0..4).map(line).collect();
        let first = preview(&city, &officer, &lines).await;
        imports::apply_staff(&city.db, &officer, first.id, Choice::AllOrNone).await.unwrap();
        city.on(day("2026-03-01"));
        let officer = city.officer("440305").await;
        let changed = [
            line(0).replace("专任教师", "副园长"),
            format!("{}2026-03-20", line(1)),
            format!("{}2026-02-20", line(2)),
        ];
        let second = preview(&city, &officer, &changed).await;
        assert_eq!(second.preview.totals.changed, 3, "{:?}", second.preview.rows);
        imports::apply_staff(&city.db, &officer, second.id, Choice::AllOrNone).await.unwrap();
        let on = async |text: &str, filter: Filter| {
            store::count(&city.reading(), &filter, day(text)).await.unwrap()
        };
        let heads = || Filter { position: Some(Position::VicePrincipal), ..Filter::default() };
        let left = || Filter { presence: Presence::Left, ..Filter::default() };
        assert_eq!((on("2026-02-28", heads()).await, on("2026-03-01", heads()).await), (0, 1));
        assert_eq!(on("2026-02-28", left()).await, 0);
        assert_eq!(on("2026-03-19", left()).await, 1);
        assert_eq!(on("2026-03-20", left()).await, 2);
        // Both are free for another kindergarten.
        assert_eq!(count(&city, "staff_identity WHERE employed IS NULL").await, 2);
        // And the file that says so once more changes nothing.
        let again = preview(&city, &officer, &changed).await;
        assert_eq!(again.preview.totals.unchanged, 3, "{:?}", again.preview.rows);
    })
    .await;
}

#[tokio::test]
async fn a_change_in_between_makes_the_preview_stale_and_nothing_is_kept() {
    fixtures::each_database(|city| async move {
        let city = keyed(city);
        kindergartens(&city).await;
        let officer = city.officer("440305").await;
        let waiting = preview(&city, &officer, &[line(0), line(1)]).await;
        let reading = city.reading();
        let own = crate::kindergartens::store::known(&reading, None, city.today()).await.unwrap();
        let head = city.principal(own["NS0"].id).await;
        acts::hire(&city.db, &head, own["NS0"].id, facts("陈静"), None).await.unwrap();
        let stale = imports::apply_staff(&city.db, &officer, waiting.id, Choice::GoodRows).await;
        assert!(matches!(stale, Err(Failure::Stale(_))), "{stale:?}");
        assert_eq!((employed(&city).await, count(&city, "staff_state").await), (1, 1));
        assert_eq!(count(&city, "staff_identity").await, 0);
        let fresh = imports::renew_staff(&city.db, &officer, waiting.id).await.unwrap();
        let applied = imports::apply_staff(&city.db, &officer, fresh, Choice::GoodRows).await;
        assert_eq!((applied.unwrap().new, employed(&city).await), (2, 3));
        assert_eq!(
            count(
                &city,
                "import_row WHERE import_id = (SELECT id FROM import WHERE stage = 'discarded')"
            )
            .await,
            0
        );
        // A change elsewhere leaves a preview as it is.
        let other = preview(&city, &officer, &[line(4)]).await;
        acts::hire(&city.db, &head, own["NS0"].id, facts("王敏"), None).await.unwrap();
        imports::apply_staff(&city.db, &officer, other.id, Choice::GoodRows).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn what_a_killed_program_wrote_ahead_is_never_seen_and_swept() {
    fixtures::each_database(|city| async move {
        let city = keyed(city);
        kindergartens(&city).await;
        let officer = city.officer("440305").await;
        let previewed = preview(&city, &officer, &[line(0), line(1)]).await;
        let entries: Vec<batch::Entry> = previewed
            .preview
            .rows
            .iter()
            .filter_map(|row| row.facts.clone())
            .map(|staged| batch::Entry {
                id: staged.id,
                kindergarten: staged.kindergarten,
                replaces: staged.replaces,
                facts: staged.facts,
                kept: staged.kept,
            })
            .collect();
        // The program writes ahead and is no more.
        let left = batch::open(&city.db, previewed.id).await.unwrap();
        assert!(batch::write_ahead(&city.db, left, city.today(), "导入", &entries).await.unwrap());
        assert_eq!(count(&city, "staff_state").await, 2);
        assert_eq!(employed(&city).await, 0);
        assert_eq!(count(&city, "import WHERE stage = 'previewed'").await, 1);
        // Later the same upload is applied: what was left is swept, and what comes late of it stays unseen.
        city.clock.set(city.db.now().plus_millis(11 * 60_000));
        let applied = imports::apply_staff(&city.db, &officer, previewed.id, Choice::AllOrNone)
            .await
            .unwrap();
        assert_eq!((applied.new, employed(&city).await), (2, 2));
        assert_eq!(count(&city, "staff_state").await, 2);
        let late = [batch::Entry { id: city.db.mint(), kept: None, ..entries[0].clone() }];
        assert!(batch::write_ahead(&city.db, left, city.today(), "导入", &late).await.unwrap());
        assert_eq!(employed(&city).await, 2);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_of_many_applications_writes_a_batch_of_its_own() {
    fixtures::each_database(|city| async move {
        let officer = city.officer("440305").await;
        kindergartens(&city).await;
        let id = preview(&city, &officer, &[line(0)]).await.id;
        let opened: Vec<_> = (0..32)
            .map(|_| {
                let db = city.db.clone();
                tokio::spawn(async move { batch::open(&db, id).await.unwrap() })
            })
            .collect();
        let mut batches = Vec::new();
        for one in opened {
            let batch = one.await.unwrap();
            assert!(!batches.contains(&batch), "{batch:?} twice");
            batches.push(batch);
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_applications_at_once_one_saves() {
    fixtures::each_database(|city| async move {
        let city = keyed(city);
        kindergartens(&city).await;
        let officer = city.officer("440305").await;
        let id = preview(&city, &officer, &[line(0), line(1)]).await.id;
        let tries: Vec<_> = (0..8)
            .map(|_| {
                let (db, officer) = (city.db.clone(), officer.clone());
                tokio::spawn(async move {
                    imports::apply_staff(&db, &officer, id, Choice::GoodRows).await.is_ok()
                })
            })
            .collect();
        let mut saved = 0;
        for one in tries {
            saved += usize::from(one.await.unwrap());
        }
        // All may stumble over what another writes ahead; then the upload is applied once more.
        if saved == 0 {
            imports::apply_staff(&city.db, &officer, id, Choice::GoodRows).await.unwrap();
            saved = 1;
        }
        assert_eq!((saved, employed(&city).await), (1, 2));
        assert_eq!(count(&city, "staff_state").await, 2);
    })
    .await;
}

#[tokio::test]
async fn an_upload_goes_through_the_pages_and_its_errors_come_back_masked() {
    fixtures::each_database(|city| async move {
        let city = keyed(city);
        kindergartens(&city).await;
        let officer = city.officer("440305").await;
        let browser = city.browser(imports::routes(&imports::Previews::default()), &officer);
        assert_eq!(browser.get("/imports/staff").await.status, 200);
        let text = format!("{HEADER}\n{}\n{}\n", line(0), line(1).replace("专任教师", "顾问"));
        let today = city.today().to_string();
        let sent = browser
            .upload("/imports/staff", "教职工.csv", text.as_bytes(), &[("day", &today)])
            .await;
        assert_eq!(sent.status, 303, "{}", sent.text);
        let page = browser.get(&sent.location).await;
        assert!(
            page.text.contains("待更正表") && page.text.contains("岗位是“顾问”"),
            "{}",
            page.text
        );
        assert!(!page.text.contains(number(1).whole()));
        let book = browser.get(&format!("{}/errors.xlsx", sent.location)).await.bytes;
        let table = ::sheets::read(&book, &::sheets::Limits::default()).unwrap();
        assert_eq!(table.rows.len(), 1);
        assert_eq!(table.rows[0].cells[2].text(), number(1).masked());
        let applied = browser
            .post(&format!("{}/application", sent.location), &[("choice", "good_rows")])
            .await;
        assert_eq!(applied.status, 303);
        assert_eq!(employed(&city).await, 1);
        let list = browser.get("/imports/staff").await.text;
        assert!(list.contains("教职工.csv") && list.contains("已导入"));
        assert_eq!(browser.get("/imports/staff/template.xlsx").await.status, 200);
        assert!(!written(&city).await.contains(number(1).whole()));
    })
    .await;
}

#[tokio::test]
async fn without_a_key_the_kept_file_has_no_numbers() {
    fixtures::each_database(|city| async move {
        kindergartens(&city).await;
        let officer = city.officer("440305").await;
        let previewed = preview(&city, &officer, &[line(0)]).await;
        assert!(!written(&city).await.contains(number(0).whole()));
        imports::apply_staff(&city.db, &officer, previewed.id, Choice::GoodRows).await.unwrap();
        assert_eq!((employed(&city).await, count(&city, "staff_identity").await), (1, 0));
    })
    .await;
}

#[tokio::test]
async fn another_district_sees_no_upload_and_a_discarded_one_is_gone() {
    fixtures::each_database(|city| async move {
        kindergartens(&city).await;
        let (officer, neighbour) = (city.officer("440305").await, city.officer("440304").await);
        let id = preview(&city, &officer, &[line(0)]).await.id;
        let applied = imports::apply_staff(&city.db, &neighbour, id, Choice::GoodRows).await;
        assert!(matches!(applied, Err(Failure::NotFound)));
        assert!(matches!(
            imports::discard(&city.db, &neighbour, Kind::Staff, id).await,
            Err(Failure::NotFound)
        ));
        imports::discard(&city.db, &officer, Kind::Staff, id).await.unwrap();
        assert_eq!((count(&city, "import_row").await, count(&city, "import_file").await), (0, 0));
        let refused = imports::apply_staff(&city.db, &officer, id, Choice::GoodRows).await;
        assert!(refusal(refused.unwrap_err()).text.contains("已放弃"));
    })
    .await;
}
