//! What becomes of each row of a file of posts, and what is said at its cells.

use fixtures::{City, each_database};
use kernel::{Caller, PostKind, PostScope};
use policy::Status;
use registry::kindergartens::Verdict;
use sheets::Severity;

use crate::appointments::acts::{appoint, take_over};
use crate::appointments::{Appointment, Bringer, Door, NewHolder, Preview, look_at_posts};
use crate::stage::{FUTIAN, NANSHAN, clusters, day, in_office, kindergartens, somebody};

const INSPECTORS: &str = "学区,岗位,姓名,届次,任职日期,任期截止,文号,同名人员";
const HEADS: &str = "幼儿园编号,幼儿园,职务,姓名,任职时间,任期截止,任命文号,原任离任,同名人员";

/// What would become of these lines, brought by an office at its door.
async fn looked(city: &City, caller: &Caller, door: Door, header: &str, lines: &[&str]) -> Preview {
    let text = format!("{header}\n{}\n", lines.join("\n"));
    let bringer = Bringer::office(caller, door).unwrap();
    look_at_posts(&city.db, &bringer, text.into_bytes()).await.unwrap()
}

/// Verdict, and of what is refused or warned about the columns.
fn said(preview: &Preview) -> Vec<(Verdict, Vec<&str>)> {
    let columns = |row: &registry::kindergartens::RowVerdict<_, _>| {
        let telling = row.messages.iter().filter(|message| message.severity != Severity::Mended);
        telling.map(|message| message.column.clone()).collect::<Vec<_>>()
    };
    let all: Vec<(Verdict, Vec<String>)> =
        preview.rows.iter().map(|row| (row.verdict, columns(row))).collect();
    all.into_iter()
        .map(|(verdict, columns)| {
            (verdict, columns.into_iter().map(|column| &*column.leak()).collect())
        })
        .collect()
}

fn texts(preview: &Preview, row: usize) -> String {
    let texts: Vec<&str> =
        preview.rows[row].messages.iter().map(|message| message.text.as_str()).collect();
    texts.join("\n")
}

#[tokio::test(flavor = "multi_thread")]
async fn each_row_of_inspectors_gets_its_verdict_with_a_message_at_the_cell() {
    each_database(|city| async move {
        let all = kindergartens(&city, NANSHAN, 4).await;
        let ids = clusters(&city, NANSHAN, &[&all[..2], &all[2..]], true).await;
        let abroad = kindergartens(&city, FUTIAN, 1).await;
        clusters(&city, FUTIAN, &[&abroad], true).await;
        let supervisor = city.supervisor(NANSHAN).await;
        let known = NewHolder {
            name: "许静".to_owned(),
            kind: PostKind::PartTimeInspector,
            scope: PostScope::Cluster(ids[0]),
            from: day(2023, 9, 1),
            to: day(2026, 9, 1),
            term: Some(3),
            paper_number: "试聘〔2026〕1号".to_owned(),
        };
        let program = city.db.program("test");
        take_over(&city.db, program, NANSHAN, &[known], city.today()).await.unwrap();
        let (a, b) = ("440305青禾第0学区", "440305青禾第1学区");
        let lines = [
            // Sound, whole and with what may be left out.
            format!("{a},专职责任督学,方芳,1,2025-09-01,2028-08-31,试聘〔2025〕1号,"),
            "440305青禾第1,兼职,唐悦,第二届,2025年9月,2028-09-01,试聘〔2025〕2号,".to_owned(),
            format!("{b},兼职责任督学,苏芮,,2025-09-01,,试聘〔2025〕3号,"),
            // Known; its letter put right; its end changed.
            format!("{a},兼职责任督学,许静,3,2023-09-01,2026-08-31,试聘〔2026〕1号,"),
            // A fourth term of somebody who serves here.
            format!("{a},兼职责任督学,许静,,2026-09-01,,试聘〔2026〕9号,"),
            // Known elsewhere in the district.
            format!("{b},兼职责任督学,许静,,2026-09-01,,试聘〔2026〕9号,"),
            format!("{b},兼职责任督学,许静,1,2026-09-02,,试聘〔2026〕9号,另一人"),
            // Another district's cluster is not there, no cluster, another office's post, none.
            "440304青禾第0学区,兼职,江帆,1,2025-09-01,,试聘〔2025〕4号,".to_owned(),
            ",兼职,江帆,1,2025-09-01,,试聘〔2025〕4号,".to_owned(),
            format!("{a},兼职教研员,江帆,1,2025-09-01,,试聘〔2025〕4号,"),
            format!("{a},督学,江帆,1,2025-09-01,,试聘〔2025〕4号,"),
            // Days.
            format!("{a},兼职,江帆,1,2025-09-01,2025-08-31,试聘〔2025〕4号,"),
            format!("{a},兼职,江帆,1,2025-09-01,2029-08-31,试聘〔2025〕4号,"),
            format!("{a},兼职,江帆,1,2027-09-01,,试聘〔2025〕4号,"),
            format!("{a},兼职,江帆,1,,,试聘〔2025〕4号,"),
            format!("{a},兼职,江帆,1,九月一日,,试聘〔2025〕4号,"),
            // What is left out or can't be.
            format!("{a},兼职,江帆,1,2025-09-01,,,"),
            format!("{a},兼职,,1,2025-09-01,,试聘〔2025〕4号,"),
            format!("{a},兼职,江帆,再聘,2025-09-01,,试聘〔2025〕4号,"),
            format!("{a},兼职,江帆,4,2025-09-01,,试聘〔2025〕4号,"),
            format!("{a},兼职,11010519491231002X,1,2025-09-01,,试聘〔2025〕4号,"),
        ];
        let letters = "帆舟河海岸湾桥渡源澜汀洲浦沙溪泉潮汐滨汇湖";
        let named = lines.iter().zip(letters.chars());
        let lines: Vec<String> =
            named.map(|(line, letter)| line.replace("江帆", &format!("江{letter}"))).collect();
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        let preview = looked(&city, &supervisor, Door::Inspectors, INSPECTORS, &lines).await;
        let expected: Vec<(Verdict, Vec<&str>)> = vec![
            (Verdict::New, vec![]),
            (Verdict::New, vec![]),
            (Verdict::New, vec!["届次"]),
            (Verdict::Unchanged, vec![]),
            (Verdict::Refused, vec!["届次", "同名人员"]),
            (Verdict::Refused, vec!["同名人员"]),
            (Verdict::New, vec![]),
            (Verdict::Refused, vec!["学区"]),
            (Verdict::Refused, vec!["学区"]),
            (Verdict::Refused, vec!["岗位"]),
            (Verdict::Refused, vec!["岗位"]),
            (Verdict::Refused, vec!["任期截止"]),
            (Verdict::Refused, vec!["任期截止"]),
            (Verdict::Refused, vec!["任职日期"]),
            (Verdict::Refused, vec!["任职日期"]),
            (Verdict::Refused, vec!["任职日期"]),
            (Verdict::Refused, vec!["文号"]),
            (Verdict::Refused, vec!["姓名"]),
            (Verdict::Refused, vec!["届次"]),
            (Verdict::Refused, vec!["届次"]),
            (Verdict::Refused, vec!["姓名"]),
        ];
        for (row, (said, expected)) in said(&preview).into_iter().zip(expected).enumerate() {
            assert_eq!(said, expected, "{}: {}", lines[row], texts(&preview, row));
        }
        assert!(texts(&preview, 1).contains("读作 2025-09-01"), "{}", texts(&preview, 1));
        assert!(texts(&preview, 1).contains("任期到前一日为止，读作 2028-08-31"));
        let staged = preview.rows[1].facts.as_ref().unwrap();
        assert_eq!((staged.to, staged.term), (day(2028, 9, 1), Some(2)));
        assert!(texts(&preview, 2).contains("按 3 年计，到 2028-08-31"));
        assert!(texts(&preview, 4).contains("（2.1.3-7）"));
        assert!(texts(&preview, 5).contains("南山区还有“许静”（440305青禾第0学区兼职责任督学）"));
        assert!(texts(&preview, 12).contains("任期最晚到 2028-08-31"));
        assert!(!serde_json::to_string(&preview).unwrap().contains("110105"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_row_of_heads_gets_its_verdict_with_a_message_at_the_cell() {
    each_database(|city| async move {
        let all = kindergartens(&city, NANSHAN, 4).await;
        clusters(&city, NANSHAN, &[&all], true).await;
        city.kindergarten("银杏幼儿园").under("NS1").city_run().add().await;
        city.kindergarten("云杉幼儿园").under("NS2").being(Status::Closed).add().await;
        city.kindergarten("云帆幼儿园").under("FT1").in_street("440304002").add().await;
        let officer = city.officer(NANSHAN).await;
        let scope = |place: usize| PostScope::Kindergarten(all[place]);
        let known = Appointment {
            from: day(2020, 9, 1),
            ..somebody(&city, "陈静", PostKind::Principal, scope(0))
        };
        appoint(&city.db, &officer, &known).await.unwrap();
        let own = |place: usize| format!("青禾第{place}幼儿园（440305007）");
        let lines = [
            // Known, without an end, and once more with the successor.
            format!(",{},园长,陈静,2020-09-01,,试聘〔2026〕1号,,", own(0)),
            format!(",{},园长,方芳,2026-03-01,,南教〔2026〕3号,,", own(0)),
            // Two heads one after the other, and two at once.
            format!(",{},园长,王敏,2018-09-01,2022-08-31,南教〔2018〕3号,,", own(1)),
            format!(",{},副园长（主持工作）,李想,2022-09-01,,南教〔2022〕3号,,", own(1)),
            format!(",{},园长,周正,2018-09-01,,南教〔2018〕3号,,", own(2)),
            format!(",{},园长,郑平,2022-09-01,,南教〔2022〕3号,,", own(2)),
            // The city's, a closed one, another district's.
            "NS1,,园长,吴越,2022-09-01,,南教〔2022〕3号,,".to_owned(),
            "NS2,,园长,吴越,2022-09-01,,南教〔2022〕3号,,".to_owned(),
            "FT1,,园长,吴越,2022-09-01,,南教〔2022〕3号,,".to_owned(),
            format!("NS2,{},园长,吴越,2022-09-01,,南教〔2022〕3号,,", own(3)),
            ",云海幼儿园,园长,吴越,2022-09-01,,南教〔2022〕3号,,".to_owned(),
            // One post told twice, alike and not.
            format!(",{},园长,何清,2022-09-01,,南教〔2022〕3号,,", own(3)),
            format!(",{},园长,何清,2022-09-01,,南教〔2022〕3号,,", own(3)),
        ];
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        let preview = looked(&city, &officer, Door::Heads, HEADS, &lines).await;
        let expected: Vec<(Verdict, Vec<&str>)> = vec![
            (Verdict::Unchanged, vec![]),
            (Verdict::Refused, vec!["原任离任"]),
            (Verdict::New, vec![]),
            (Verdict::New, vec![]),
            (Verdict::Refused, vec!["任职时间"]),
            (Verdict::Refused, vec!["任职时间"]),
            (Verdict::Refused, vec!["幼儿园编号"]),
            (Verdict::Refused, vec!["幼儿园编号"]),
            (Verdict::Refused, vec!["幼儿园编号"]),
            (Verdict::Refused, vec!["幼儿园编号"]),
            (Verdict::Refused, vec!["幼儿园"]),
            (Verdict::New, vec![]),
            (Verdict::Unchanged, vec![]),
        ];
        for (row, (said, expected)) in said(&preview).into_iter().zip(expected).enumerate() {
            assert_eq!(said, expected, "{}: {}", lines[row], texts(&preview, row));
        }
        for (row, words) in [
            (1, "已有陈静（园长，2020-09-01 起）"),
            (4, "与第 7 行（郑平）的任期重叠"),
            (6, "市属幼儿园的园长由市教育局任免（2.1.2-8）"),
            (7, "停办"),
            (8, "名册中没有“FT1”"),
            (9, "编号与名称"),
            (12, "与第 13 行完全相同"),
        ] {
            assert!(texts(&preview, row).contains(words), "{row}: {}", texts(&preview, row));
        }
        // With the predecessor's leave the successor takes the seat.
        let line = lines[1].replace("3号,,", "3号,是,");
        let taken = looked(&city, &officer, Door::Heads, HEADS, &[lines[0], &line]).await;
        assert_eq!(taken.totals.new, 1, "{:?}", taken.rows);
        assert!(texts(&taken, 1).contains("园长陈静自 2026-03-01 起离任"));
        // The city appoints the head of its own.
        let bureau = city.city_officer().await;
        let own = looked(&city, &bureau, Door::Heads, HEADS, &[lines[6], lines[8]]).await;
        assert_eq!(own.totals.new, 2, "{:?}", own.rows);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_bears_a_name_is_asked_for_where_the_file_does_not_tell() {
    each_database(|city| async move {
        let all = kindergartens(&city, NANSHAN, 3).await;
        clusters(&city, NANSHAN, &[&all], true).await;
        let officer = city.officer(NANSHAN).await;
        let own = |place: usize| format!("青禾第{place}幼儿园（440305007）");
        let line = |place: usize, from: &str, to: &str, same: &str| {
            format!(",{},园长,陈静,{from},{to},南教〔2022〕3号,,{same}", own(place))
        };
        let verdicts = async |lines: &[String]| {
            let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
            let preview = looked(&city, &officer, Door::Heads, HEADS, &lines).await;
            let holders: Vec<_> = preview
                .rows
                .iter()
                .map(|row| row.facts.as_ref().map(|staged| staged.holder))
                .collect();
            holders
        };
        let (early, late) = (("2018-09-01", "2022-08-31"), ("2022-09-01", ""));
        let two = |a: &str, b: &str| [line(0, early.0, early.1, a), line(1, late.0, late.1, b)];
        // Two places, one name: somebody must say who is who.
        let asked = verdicts(&two("", "")).await;
        assert_eq!(asked, [None, None]);
        let same = verdicts(&two("", "同一人")).await;
        assert!(same[0].is_some() && same[0] == same[1], "{same:?}");
        let alone = [line(0, early.0, early.1, "同一人")];
        let alone: Vec<&str> = alone.iter().map(String::as_str).collect();
        let alone = looked(&city, &officer, Door::Heads, HEADS, &alone).await;
        assert!(texts(&alone, 0).contains("没有登记过其他“陈静”"), "{:?}", alone.rows);
        let others = verdicts(&two("", "另一人")).await;
        assert!(others[0].is_some() && others[1].is_some() && others[0] != others[1]);
        // In one place it is one person, without a question.
        let once = [line(0, early.0, early.1, ""), line(0, late.0, late.1, "")];
        let once = verdicts(&once).await;
        assert!(once[0].is_some() && once[0] == once[1], "{once:?}");
        // A third place that says nothing can't be told either.
        let three = [two("", "同一人").to_vec(), vec![line(2, late.0, late.1, "")]].concat();
        assert_eq!(verdicts(&three).await, [None, None, None]);
        let three = [two("", "同一人").to_vec(), vec![line(2, late.0, late.1, "另一人")]].concat();
        let three = verdicts(&three).await;
        assert!(three[0] == three[1] && three[1] != three[2] && three[2].is_some(), "{three:?}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_office_brings_its_own_posts_and_no_other() {
    each_database(|city| async move {
        let all = kindergartens(&city, NANSHAN, 1).await;
        clusters(&city, NANSHAN, &[&all], true).await;
        let header = "学区,姓名,聘任日期,聘书编号";
        let line = "440305青禾第0学区,江帆,2025-09-01,南教研〔2025〕3号";
        let research = in_office(&city, PostKind::ResearchOfficer, NANSHAN).await;
        let leads = looked(&city, &research, Door::Leads, header, &[line]).await;
        let staged = leads.rows[0].facts.as_ref().unwrap();
        assert_eq!(staged.kind, PostKind::ResearchLead);
        let training = in_office(&city, PostKind::TrainingOfficer, NANSHAN).await;
        let trainers = looked(&city, &training, Door::Trainers, header, &[line]).await;
        assert_eq!(trainers.rows[0].facts.as_ref().unwrap().kind, PostKind::Trainer);
        for (caller, door) in [
            (&research, Door::Trainers),
            (&training, Door::Leads),
            (&city.officer(NANSHAN).await, Door::Inspectors),
            (&city.supervisor(NANSHAN).await, Door::Heads),
            (&city.principal(all[0]).await, Door::Heads),
        ] {
            let refused = Bringer::office(caller, door);
            assert!(matches!(refused, Err(kernel::Failure::Forbidden(_))), "{door:?}");
        }
        let principal = city.principal(all[0]).await;
        assert!(matches!(
            Bringer::office(&principal, Door::Liaisons),
            Err(kernel::Failure::NotFound)
        ));
        // One of our own programs takes all over, liaisons too.
        let text = "学区或幼儿园,岗位,姓名,任职日期,文号\n青禾第0幼儿园（440305007）,兼职视导员,苏芮,2025-09-01,园发〔2025〕1号\n\
             青禾第0幼儿园（440305007）,视导员,唐悦,2025-10-01,园发〔2025〕2号\n440305青禾第0学区,培训师,文竹,2025-09-01,试聘〔2025〕3号\n";
        let bringer = Bringer::program(city.db.program("test"));
        let preview = look_at_posts(&city.db, &bringer, text.into()).await.unwrap();
        assert_eq!((preview.totals.new, preview.totals.refused), (1, 2), "{:?}", preview.rows);
        assert!(texts(&preview, 0).contains("每园配备 1 名兼职视导员"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_without_what_it_needs_is_refused_whole() {
    each_database(|city| async move {
        let supervisor = city.supervisor(NANSHAN).await;
        let bringer = Bringer::office(&supervisor, Door::Inspectors).unwrap();
        let text = "姓名,聘任日期\n许静,2025-09-01\n";
        let refused = look_at_posts(&city.db, &bringer, text.into()).await.unwrap_err();
        let text = refused.to_string();
        assert!(text.contains("文号、岗位、学区") && text.contains("姓名、聘任日期"), "{text}");
    })
    .await;
}
