//! Files of posts from upload to appointments.

use axum::http::StatusCode;
use fixtures::{City, each_database};
use kernel::{Caller, Failure, PostKind, PostScope};
use registry::imports::{self, Choice, Kind, Previews, Progress};
use registry::kindergartens::Verdict;
use sealing::{KeyRing, Keys};
use storage::{FromRow, Source, Sql};

use crate::appointments::acts::{appoint, end};
use crate::appointments::{
    Appointment, Bringer, Door, Ending, Filter, Holding, PreviewedPosts, State, Who, apply_posts,
    list, look_at_posts, preview_posts, renew_posts,
};
use crate::stage::{FUTIAN, NANSHAN, clusters, day, kindergartens, refused, somebody};

const INSPECTORS: &str = "学区,岗位,姓名,届次,任职日期,任期截止,文号,同名人员";
const HEADS: &str = "幼儿园,岗位,姓名,任职日期,任期截止,文号,原任离任,同名人员";
const PART_TIME: PostKind = PostKind::PartTimeInspector;

fn file(header: &str, lines: &[String]) -> Vec<u8> {
    format!("{header}\n{}\n", lines.join("\n")).into_bytes()
}

/// The n-th inspector of these tests, one after another in clusters of nine.
fn line(number: usize) -> String {
    let kind = if number.is_multiple_of(9) { "专职" } else { "兼职" };
    let (cluster, term) = (number / 9, number % 3 + 1);
    format!(
        "{NANSHAN}青禾第{cluster}学区,{kind}责任督学,督学{number}号,{term},2025-09-01,2028-08-31,试聘〔2025〕{number}号,"
    )
}

fn head(place: usize, name: &str, from: &str, to: &str, leaves: &str) -> String {
    format!("青禾第{place}幼儿园（440305007）,园长,{name},{from},{to},南教〔2026〕1号,{leaves},")
}

async fn preview(city: &City, bringer: &Bringer, header: &str, lines: &[String]) -> PreviewedPosts {
    let (text, progress) = (file(header, lines), Progress::default());
    preview_posts(&city.db, bringer, "任职.csv", text, progress).await.unwrap()
}

/// Preview and application of all rows.
async fn import(city: &City, bringer: &Bringer, header: &str, lines: &[String]) -> usize {
    let previewed = preview(city, bringer, header, lines).await;
    let rows = &previewed.preview.rows;
    let applied = apply_posts(&city.db, bringer, previewed.id, Choice::AllOrNone).await;
    applied.unwrap_or_else(|failure| panic!("{failure}: {rows:?}")).new
}

async fn held(city: &City, filter: Filter) -> Vec<Holding> {
    list(&city.reading(), &filter, city.today(), 2_000, 0).await.unwrap()
}

async fn count(city: &City, from: &str) -> i64 {
    city.reading().number(Sql::new(&format!("SELECT count(*) FROM {from}"))).await.unwrap()
}

/// Clusters of one kindergarten each.
async fn ground(city: &City, district: &str, many: usize) -> Vec<kernel::ClusterId> {
    let all = kindergartens(city, district, many).await;
    let groups: Vec<&[_]> = all.chunks(1).collect();
    clusters(city, district, &groups, true).await
}

fn inspectors(caller: &Caller) -> Bringer {
    Bringer::office(caller, Door::Inspectors).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_becomes_appointments_and_neither_it_nor_our_own_list_changes_anything_again() {
    each_database(|city| async move {
        ground(&city, NANSHAN, 40).await;
        let supervisor = city.supervisor(NANSHAN).await;
        let bringer = inspectors(&supervisor);
        // More than one statement holds.
        let lines: Vec<String> = (0..360).map(line).collect();
        let previewed = preview(&city, &bringer, INSPECTORS, &lines).await;
        assert_eq!(previewed.preview.totals.new, 360, "{:?}", previewed.preview.rows[0]);
        assert!(held(&city, Filter::default()).await.is_empty());
        let people = count(&city, "person").await;
        let id = previewed.id;
        let applied = apply_posts(&city.db, &bringer, id, Choice::AllOrNone).await.unwrap();
        assert_eq!((applied.new, applied.left_out), (360, 0));
        let found = held(&city, Filter::default()).await;
        assert_eq!(found.len(), 360);
        assert_eq!(count(&city, "person").await, people + 360);
        let one = found.iter().find(|held| held.name == "督学10号").unwrap();
        assert_eq!((one.kind, one.term, one.to), (PART_TIME, Some(2), day(2028, 9, 1)));
        assert_eq!(
            (one.paper_number.as_str(), one.at.as_str()),
            ("试聘〔2025〕10号", "440305青禾第1学区")
        );
        assert_eq!(
            found.iter().filter(|held| held.kind == PostKind::FullTimeInspector).count(),
            40
        );
        // Once.
        let twice = apply_posts(&city.db, &bringer, id, Choice::AllOrNone).await;
        assert!(refused(twice).text.contains("已经导入"));
        let again = preview(&city, &bringer, INSPECTORS, &lines).await;
        assert_eq!(again.preview.totals.unchanged, 360, "{:?}", again.preview.rows[0]);
        let nothing = apply_posts(&city.db, &bringer, again.id, Choice::GoodRows).await;
        assert!(refused(nothing).text.contains("没有需要保存的内容"));
        // The list that offices download is such a file, too.
        let browser = city.browser(crate::routes(), &supervisor);
        let book = browser.get("/appointments.xlsx").await.bytes;
        let own = look_at_posts(&city.db, &bringer, book).await.unwrap();
        assert_eq!((own.totals.unchanged, own.totals.with_warnings), (360, 0), "{:?}", own.rows[0]);
        // One note, without a name.
        let notes = count(&city, "audit_entry WHERE event = 'import.applied'").await;
        let named = count(
            &city,
            "audit_entry WHERE summary LIKE '%督学1号%' OR state_after LIKE '%督学1号%'",
        );
        assert_eq!((notes, named.await), (1, 0));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn good_rows_are_taken_without_the_refused_ones_or_none_at_all() {
    each_database(|city| async move {
        ground(&city, NANSHAN, 1).await;
        let bringer = inspectors(&city.supervisor(NANSHAN).await);
        let lines = [line(0), line(1), line(2).replace("青禾第0", "青禾第7")];
        let previewed = preview(&city, &bringer, INSPECTORS, &lines).await;
        let all = apply_posts(&city.db, &bringer, previewed.id, Choice::AllOrNone).await;
        assert!(refused(all).text.contains("1 行被拒绝"));
        assert!(held(&city, Filter::default()).await.is_empty());
        let good = apply_posts(&city.db, &bringer, previewed.id, Choice::GoodRows).await.unwrap();
        assert_eq!((good.new, good.left_out), (2, 1));
        assert_eq!(held(&city, Filter::default()).await.len(), 2);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn letters_and_terms_are_put_right_and_ends_are_not() {
    each_database(|city| async move {
        ground(&city, NANSHAN, 1).await;
        let bringer = inspectors(&city.supervisor(NANSHAN).await);
        let lines = [line(1), line(2), line(3)];
        import(&city, &bringer, INSPECTORS, &lines).await;
        let changed = [
            line(1).replace("〕1号", "〕31号"),
            line(2).replace(",3,2025", ",2,2025"),
            line(3).replace("2028-08-31", "2027-08-31"),
        ];
        let previewed = preview(&city, &bringer, INSPECTORS, &changed).await;
        let verdicts: Vec<Verdict> = previewed.preview.rows.iter().map(|row| row.verdict).collect();
        assert_eq!(verdicts, [Verdict::Changed, Verdict::Changed, Verdict::Refused]);
        let told = &previewed.preview.rows[0].changes[0];
        assert_eq!(
            (told.before.as_str(), told.after.as_str()),
            ("试聘〔2025〕1号", "试聘〔2025〕31号")
        );
        let said = &previewed.preview.rows[2].messages[0];
        assert!(
            said.text.contains("已登记到 2028-08-31") && said.text.contains("办理"),
            "{said:?}"
        );
        let applied =
            apply_posts(&city.db, &bringer, previewed.id, Choice::GoodRows).await.unwrap();
        assert_eq!((applied.new, applied.changed), (0, 2));
        let found = held(&city, Filter::default()).await;
        let of = |name: &str| found.iter().find(|held| held.name == name).unwrap();
        assert_eq!((found.len(), of("督学1号").term), (3, Some(2)));
        assert_eq!(of("督学1号").paper_number, "试聘〔2025〕31号");
        assert_eq!((of("督学2号").term, of("督学3号").to), (Some(2), day(2028, 9, 1)));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn renewed_inspectors_are_the_same_people_and_their_terms_count_on() {
    each_database(|city| async move {
        ground(&city, NANSHAN, 1).await;
        let supervisor = city.supervisor(NANSHAN).await;
        import(&city, &inspectors(&supervisor), INSPECTORS, &[line(1), line(2)]).await;
        city.on(day(2028, 3, 1));
        let bringer = inspectors(&city.supervisor(NANSHAN).await);
        let next = |number: usize| {
            let next = line(number).replace("2025-09-01,2028-08-31", "2028-09-01,");
            next.replace(&format!(",{},2028", number % 3 + 1), ",,2028")
        };
        // The first is in the second term, the second in the third.
        let previewed = preview(&city, &bringer, INSPECTORS, &[next(1), next(2)]).await;
        let rows = &previewed.preview.rows;
        assert_eq!(
            (rows[0].verdict, rows[1].verdict),
            (Verdict::New, Verdict::Refused),
            "{rows:?}"
        );
        assert!(rows[0].messages.iter().any(|said| said.text.contains("按同一人登记")), "{rows:?}");
        assert!(rows[1].messages[0].text.contains("连续任职不超过三届"), "{rows:?}");
        apply_posts(&city.db, &bringer, previewed.id, Choice::GoodRows).await.unwrap();
        let found = held(&city, Filter { text: "督学1号".to_owned(), ..Filter::default() }).await;
        assert_eq!(found.len(), 2);
        assert_eq!(found[0].person, found[1].person);
        assert_eq!((found[0].from, found[0].term), (day(2028, 9, 1), Some(3)));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_successor_takes_the_seat_and_one_after_the_other_is_no_contradiction() {
    each_database(|city| async move {
        let all = kindergartens(&city, NANSHAN, 2).await;
        clusters(&city, NANSHAN, &[&all], true).await;
        let officer = city.officer(NANSHAN).await;
        let bringer = Bringer::office(&officer, Door::Heads).unwrap();
        let first = [
            head(0, "陈静", "2018-09-01", "2022-08-31", ""),
            head(0, "方芳", "2022-09-01", "", ""),
            head(1, "王敏", "2020-09-01", "", ""),
        ];
        assert_eq!(import(&city, &bringer, HEADS, &first).await, 3);
        let next = [head(0, "李想", "2026-03-01", "", "是"), head(1, "王敏", "2020-09-01", "", "")];
        assert_eq!(import(&city, &bringer, HEADS, &next).await, 1);
        let of = async |on| {
            let filter = Filter {
                kindergarten: Some(all[0]),
                state: Some(State::Held),
                ..Filter::default()
            };
            let found = list(&city.reading(), &filter, on, 9, 0).await.unwrap();
            assert_eq!(found.len(), 1, "{on}");
            found[0].clone()
        };
        assert_eq!(of(day(2021, 1, 1)).await.name, "陈静");
        let before = of(day(2026, 2, 28)).await;
        assert_eq!((before.name.as_str(), before.end_reason.as_str()), ("方芳", "继任者到任"));
        assert_eq!(before.end_paper_number, "南教〔2026〕1号");
        assert_eq!(of(day(2026, 3, 1)).await.name, "李想");
        // Both files once more.
        let bringer = Bringer::office(&city.officer(NANSHAN).await, Door::Heads).unwrap();
        let again = preview(&city, &bringer, HEADS, &[&first[..], &next].concat()).await;
        assert_eq!(again.preview.totals.unchanged, 5, "{:?}", again.preview.rows);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_in_between_makes_the_preview_stale_and_nothing_is_saved() {
    each_database(|city| async move {
        let all = kindergartens(&city, NANSHAN, 2).await;
        let ids = clusters(&city, NANSHAN, &[&all], true).await;
        let supervisor = city.supervisor(NANSHAN).await;
        let bringer = inspectors(&supervisor);
        let waiting = preview(&city, &bringer, INSPECTORS, &[line(1)]).await;
        // Somebody of the same name is appointed beside.
        let new = somebody(&city, "督学1号", PART_TIME, PostScope::Cluster(ids[0]));
        let post = appoint(&city.db, &supervisor, &new).await.unwrap();
        let stale = apply_posts(&city.db, &bringer, waiting.id, Choice::GoodRows).await;
        assert!(matches!(stale, Err(Failure::Stale(_))), "{stale:?}");
        assert_eq!(held(&city, Filter::default()).await.len(), 1);
        let fresh = renew_posts(&city.db, &bringer, waiting.id).await.unwrap();
        assert_eq!(count(&city, "import_row").await, 1);
        let taken = apply_posts(&city.db, &bringer, fresh, Choice::GoodRows).await;
        assert!(refused(taken).text.contains("没有需要保存"));
        // An end, too.
        let (line, ending) = (
            line(2),
            Ending {
                on: day(2026, 6, 1),
                reason: "工作调动".to_owned(),
                paper_number: "试督〔2026〕2号".to_owned(),
            },
        );
        let waiting = preview(&city, &bringer, INSPECTORS, std::slice::from_ref(&line)).await;
        end(&city.db, &supervisor, post, &ending).await.unwrap();
        let stale = apply_posts(&city.db, &bringer, waiting.id, Choice::GoodRows).await;
        assert!(matches!(stale, Err(Failure::Stale(_))), "{stale:?}");
        // What happens elsewhere leaves it as it is.
        let waiting = renew_posts(&city.db, &bringer, waiting.id).await.unwrap();
        let officer = city.officer(NANSHAN).await;
        let beside = somebody(&city, "方芳", PostKind::Principal, PostScope::Kindergarten(all[1]));
        appoint(&city.db, &officer, &beside).await.unwrap();
        apply_posts(&city.db, &bringer, waiting, Choice::GoodRows).await.unwrap();
        assert_eq!(held(&city, Filter::default()).await.len(), 3);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_applications_and_appointments_at_once_each_seat_is_taken_once() {
    each_database(|city| async move {
        let all = kindergartens(&city, NANSHAN, 8).await;
        clusters(&city, NANSHAN, &[&all], true).await;
        let officer = city.officer(NANSHAN).await;
        let bringer = Bringer::office(&officer, Door::Heads).unwrap();
        let lines: Vec<String> = (0..8)
            .map(|place| head(place, &format!("园长{place}"), "2026-02-03", "", ""))
            .collect();
        let one = preview(&city, &bringer, HEADS, &lines).await.id;
        let other = preview(&city, &bringer, HEADS, &lines).await.id;
        let files: Vec<_> = (0..16)
            .map(|number| {
                let (db, bringer) = (city.db.clone(), bringer.clone());
                let id = [one, other][number % 2];
                tokio::spawn(async move {
                    apply_posts(&db, &bringer, id, Choice::GoodRows).await.is_ok()
                })
            })
            .collect();
        let forms: Vec<_> = (0..16)
            .map(|number| {
                let (db, officer) = (city.db.clone(), officer.clone());
                let scope = PostScope::Kindergarten(all[number % 8]);
                let new = somebody(&city, &format!("任命{number}"), PostKind::Principal, scope);
                tokio::spawn(async move { appoint(&db, &officer, &new).await.is_ok() })
            })
            .collect();
        let (mut imported, mut appointed) = (0, 0);
        for each in files {
            imported += usize::from(each.await.unwrap());
        }
        for each in forms {
            appointed += usize::from(each.await.unwrap());
        }
        assert!(imported <= 1, "{imported} files were taken over");
        let found = held(&city, Filter { state: Some(State::Held), ..Filter::default() }).await;
        assert_eq!(found.len(), imported * 8 + appointed);
        for id in all {
            let own = found.iter().filter(|held| held.scope == PostScope::Kindergarten(id)).count();
            assert!(own <= 1, "{own} heads of one kindergarten");
        }
    })
    .await;
}

/// Two districts know him. Each brings what would be his third term, beginning when the other's ends; both at once would be a
/// fourth.
#[tokio::test(flavor = "multi_thread")]
async fn two_districts_files_at_once_make_no_fourth_term() {
    each_database(|city| async move {
        let (nanshan, futian) = (ground(&city, NANSHAN, 1).await, ground(&city, FUTIAN, 1).await);
        let (one, other) = (city.supervisor(NANSHAN).await, city.supervisor(FUTIAN).await);
        for round in 0..4 {
            let name = format!("许静{round}");
            let first = Appointment {
                from: day(2025, 9, 1),
                to: day(2025, 12, 1),
                stated_term: Some(2),
                ..somebody(&city, &name, PART_TIME, PostScope::Cluster(nanshan[0]))
            };
            appoint(&city.db, &one, &first).await.unwrap();
            let person =
                held(&city, Filter { text: name.clone(), ..Filter::default() }).await[0].person;
            // He serves beside in the other district, in the same term.
            let tx = city.db.begin(city.db.program("test")).await.unwrap();
            let beside = people::posts::NewPost {
                person,
                kind: PART_TIME,
                scope: PostScope::Cluster(futian[0]),
                from: day(2025, 9, 1),
                to: day(2025, 12, 1),
                term: Some(2),
                paper_number: String::new(),
            };
            people::posts::give(&tx, &[beside]).await.unwrap();
            tx.commit(kernel::Note::of("test.prepared", "x", "测试")).await.unwrap();
            let row = |district: &str, from: &str, to: &str| {
                vec![format!("{district}青禾第0学区,兼职,{name},,{from},{to},试聘〔2026〕1号,")]
            };
            let mut tries = Vec::new();
            for (caller, lines) in [
                (&one, row(NANSHAN, "2026-02-01", "2026-05-31")),
                (&other, row(FUTIAN, "2026-06-01", "2027-05-31")),
            ] {
                let bringer = inspectors(caller);
                let previewed = preview(&city, &bringer, INSPECTORS, &lines).await;
                assert_eq!(previewed.preview.totals.new, 1, "{:?}", previewed.preview.rows);
                let db = city.db.clone();
                tries.push(async move {
                    apply_posts(&db, &bringer, previewed.id, Choice::GoodRows).await
                });
            }
            let tries: Vec<_> = tries.into_iter().map(tokio::spawn).collect();
            let mut made = 0;
            for each in tries {
                match each.await.unwrap() {
                    Ok(_) => made += 1,
                    Err(Failure::Stale(_)) => {}
                    Err(other) => panic!("{other:?}"),
                }
            }
            assert_eq!(made, 1);
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_brings_a_post_of_his_own_whoever_uploaded_it() {
    each_database(|city| async move {
        let all = kindergartens(&city, NANSHAN, 1).await;
        clusters(&city, NANSHAN, &[&all], true).await;
        let officer = city.officer(NANSHAN).await;
        // She is the principal, too, and acts as an officer now.
        let scope = PostScope::Kindergarten(all[0]);
        let first = Appointment {
            to: day(2026, 6, 1),
            ..somebody(&city, "陈静", PostKind::Principal, scope)
        };
        appoint(&city.db, &officer, &first).await.unwrap();
        let person = held(&city, Filter::default()).await[0].person;
        let herself = Caller { person, ..city.officer(NANSHAN).await };
        let own = Bringer::office(&herself, Door::Heads).unwrap();
        let lines = [head(0, "陈静", "2026-06-01", "", "")];
        let looked = look_at_posts(&city.db, &own, file(HEADS, &lines)).await.unwrap();
        assert!(
            looked.rows[0].messages[0].text.contains("不能办理本人的任免"),
            "{:?}",
            looked.rows
        );
        let bringer = Bringer::office(&officer, Door::Heads).unwrap();
        let previewed = preview(&city, &bringer, HEADS, &lines).await;
        assert_eq!(previewed.preview.totals.new, 1, "{:?}", previewed.preview.rows);
        let refusal = refused(apply_posts(&city.db, &own, previewed.id, Choice::GoodRows).await);
        assert!(refusal.text.contains("本人"), "{}", refusal.text);
        apply_posts(&city.db, &bringer, previewed.id, Choice::GoodRows).await.unwrap();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_was_imported_is_known_to_single_appointments() {
    each_database(|city| async move {
        let ids = ground(&city, NANSHAN, 2).await;
        let supervisor = city.supervisor(NANSHAN).await;
        import(&city, &inspectors(&supervisor), INSPECTORS, &[line(1)]).await;
        let again = somebody(&city, "督学1号", PART_TIME, PostScope::Cluster(ids[1]));
        let refusal = refused(appoint(&city.db, &supervisor, &again).await);
        assert!(refusal.text.contains("已有任职登记"), "{}", refusal.text);
        let person = held(&city, Filter::default()).await[0].person;
        let beside = Appointment { who: Who::Known(person), ..again };
        appoint(&city.db, &supervisor, &beside).await.unwrap();
        let terms: Vec<_> =
            held(&city, Filter::default()).await.iter().map(|held| held.term).collect();
        assert_eq!(terms, [Some(2), Some(2)]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_office_uploads_looks_corrects_and_imports_on_its_pages() {
    each_database(|city| async move {
        ground(&city, NANSHAN, 1).await;
        let supervisor = city.supervisor(NANSHAN).await;
        let routes = || {
            let previews = Previews::default();
            crate::routes()
                .merge(imports::routes(&previews))
                .merge(crate::appointments::import_routes(&previews))
        };
        let browser = city.browser(routes(), &supervisor);
        for page in ["/appointments", "/staffing"] {
            assert!(
                browser.get(page).await.text.contains("href=\"/imports/inspectors\""),
                "{page}"
            );
        }
        let list = browser.get("/imports/inspectors").await.text;
        assert!(
            list.contains("还没有上传过责任督学任职名册") && !list.contains("生效日期"),
            "{list}"
        );
        let lines = [line(1), line(2).replace("兼职责任督学", "督学")];
        let sent =
            browser.upload("/imports/inspectors", "督学.csv", &file(INSPECTORS, &lines), &[]).await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text);
        let preview = sent.location;
        let page = browser.get(&format!("{preview}?show=all")).await.text;
        for word in [
            "督学.csv",
            "导入全部可用行（1 行",
            "岗位是“督学”",
            "下载待更正表",
            "440305青禾第0学区 兼职责任督学",
        ] {
            assert!(page.contains(word), "{word}: {page}");
        }
        assert!(!page.contains("生效日期"));
        let book = browser.get(&format!("{preview}/errors.xlsx")).await.bytes;
        let table = sheets::read(&book, &sheets::Limits::default()).unwrap();
        assert_eq!((table.rows.len(), table.rows[0].cells[2].text().as_ref()), (1, "督学2号"));
        let none =
            browser.post(&format!("{preview}/application"), &[("choice", "all_or_none")]).await;
        assert_eq!(none.status, StatusCode::UNPROCESSABLE_ENTITY);
        let done =
            browser.post(&format!("{preview}/application"), &[("choice", "good_rows")]).await;
        assert_eq!((done.status, &done.location), (StatusCode::SEE_OTHER, &preview));
        assert!(browser.get(&preview).await.text.contains("新增 1 项"));
        // What was corrected and uploaded again, but somebody was faster.
        let sent = browser
            .upload("/imports/inspectors", "督学.csv", &file(INSPECTORS, &[line(2)]), &[])
            .await;
        import(&city, &inspectors(&supervisor), INSPECTORS, &[line(2), line(3)]).await;
        let stale = browser
            .post(&format!("{}/application", sent.location), &[("choice", "all_or_none")])
            .await;
        assert!(stale.location.ends_with("?renewed=yes"), "{stale:?}");
        let page = browser.get(&stale.location).await.text;
        assert!(page.contains("文件与名册完全一致"), "{page}");
        let renewed = stale.location.trim_end_matches("?renewed=yes");
        let put_aside = browser.post(&format!("{renewed}/discarding"), &[]).await;
        assert_eq!(put_aside.location, "/imports/inspectors");
        // A file without its columns comes back with a sentence.
        let wrong =
            browser.upload("/imports/inspectors", "督学.csv", "甲,乙\n1,2\n".as_bytes(), &[]).await;
        assert!(
            wrong.status == StatusCode::UNPROCESSABLE_ENTITY && wrong.text.contains("没有找到")
        );
        // Neither another district nor another office sees it.
        let neighbour = city.browser(routes(), &city.supervisor(FUTIAN).await);
        assert_eq!(neighbour.get(&preview).await.status, StatusCode::NOT_FOUND);
        let section = city.browser(routes(), &city.officer(NANSHAN).await);
        assert_eq!(section.get(&preview).await.status, StatusCode::FORBIDDEN);
        let elsewhere = preview.replace("inspectors", "heads");
        assert_eq!(section.get(&elsewhere).await.status, StatusCode::NOT_FOUND);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_empty_files_are_read_without_a_word_and_their_examples_are_sound() {
    each_database(|city| async move {
        let own = city.kindergarten("青禾幼儿园").under("NS0001").add().await;
        let ids = clusters(&city, NANSHAN, &[&[own]], true).await;
        let text = "UPDATE cluster_state SET name = '青禾学区' WHERE cluster_id = $1";
        city.db.bookkeeping(Sql::with(text, [ids[0].into()])).await.unwrap();
        for (door, kind) in [
            (Door::Inspectors, PostKind::SupervisionOfficer),
            (Door::Heads, PostKind::SectionOfficer),
            (Door::Leads, PostKind::ResearchOfficer),
            (Door::Trainers, PostKind::TrainingOfficer),
        ] {
            let caller = crate::stage::in_office(&city, kind, NANSHAN).await;
            let routes = crate::appointments::import_routes(&Previews::default());
            let path = format!("/imports/{}/template.xlsx", door.folder());
            let book = city.browser(routes, &caller).get(&path).await.bytes;
            let read = sheets::read(&book, &sheets::Limits::default());
            assert!(matches!(read, Err(sheets::Unreadable::NoRows { .. })), "{read:?}");
            let fields = crate::appointments::sheets::fields(door.kinds(), &caller.scope, &[]);
            let line = |text: fn(&sheets::Field) -> &str| {
                fields.iter().map(text).collect::<Vec<_>>().join(",")
            };
            let text =
                format!("{}\n{}\n", line(|field| &field.title), line(|field| &field.example));
            let bringer = Bringer::office(&caller, door).unwrap();
            let looked = look_at_posts(&city.db, &bringer, text.into_bytes()).await.unwrap();
            let row = &looked.rows[0];
            assert_eq!((row.verdict, row.messages.as_slice()), (Verdict::New, &[][..]), "{door:?}");
            assert!(looked.notes.is_empty(), "{:?}", looked.notes);
        }
    })
    .await;
}

#[derive(FromRow)]
struct Kept {
    text: Vec<u8>,
}

#[tokio::test(flavor = "multi_thread")]
async fn no_identity_number_of_a_list_of_people_is_kept_in_the_clear() {
    each_database(|city| async move {
        ground(&city, NANSHAN, 1).await;
        let supervisor = city.supervisor(NANSHAN).await;
        let bringer = inspectors(&supervisor);
        let header = format!("{INSPECTORS},身份证号,备注");
        let number = "11010519491231002X";
        let lines = [
            format!("{},{number},无", line(1)),
            format!("{},{number},证号{number}", line(2).replace("兼职责任督学", number)),
        ];
        let mut keyed = city.clone();
        keyed.db = city.db.clone().with_keys(Keys::from(KeyRing::random().unwrap()));
        for city in [&city, &keyed] {
            let previewed = preview(city, &bringer, &header, &lines).await;
            assert_eq!((previewed.preview.totals.new, previewed.preview.totals.refused), (1, 1));
            for from in [
                "SELECT COALESCE(content, content_sealed) AS text FROM import_file",
                "SELECT CAST(content AS bytea) AS text FROM import_row",
            ] {
                let from = if city.db.engine() == storage::Engine::Sqlite {
                    from.replace("bytea", "blob")
                } else {
                    from.replace("CAST(content AS bytea)", "convert_to(content, 'UTF8')")
                };
                for row in city.reading().all::<Kept>(Sql::new(&from)).await.unwrap() {
                    assert!(!String::from_utf8_lossy(&row.text).contains("19491231"), "{from}");
                }
            }
            let routes = crate::appointments::import_routes(&Previews::default());
            let browser = city.browser(routes, &supervisor);
            let path = format!("/imports/inspectors/{}/errors.xlsx", previewed.id);
            let table = sheets::read(&browser.get(&path).await.bytes, &sheets::Limits::default());
            assert!(!format!("{table:?}").contains("19491231"), "{table:?}");
            imports::discard(&city.db, &supervisor, Kind::Inspectors, previewed.id).await.unwrap();
        }
    })
    .await;
}
