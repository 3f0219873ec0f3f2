use super::super::acts::{self, Identities};
use super::super::sheets::{Ground, Preview, preview};
use super::super::store;
use super::*;
use crate::kindergartens::{self, Filter as Kindergartens, Verdict};

const HEADER: &str = "幼儿园编号,姓名,身份证号码,职务,职称,学历,骨干教师,入职时间,离职时间";

async fn ground(city: &City) -> Ground {
    let reading = city.reading();
    let all = Kindergartens::default();
    Ground {
        kindergartens: kindergartens::store::list(&reading, &all, city.today(), 100, 0)
            .await
            .unwrap(),
        known: store::known(&reading).await.unwrap(),
        districts: Some(vec!["440305".to_owned()]),
        day: city.today(),
        today: city.today(),
        identities: Identities::of(&city.db),
    }
}

async fn previewed(city: &City, lines: &[&str]) -> Preview {
    let text = format!("{HEADER}\n{}\n", lines.join("\n"));
    let table = ::sheets::read(text.as_bytes(), &::sheets::Limits::default()).unwrap();
    preview(&table, &ground(city).await, &|| city.db.mint(), &mut |_, _| {}).unwrap()
}

#[tokio::test]
async fn each_row_gets_its_verdict_with_a_message_at_the_cell() {
    fixtures::each_database(|city| async move {
        let city = keyed(city);
        let own = city.kindergarten("青禾幼儿园").under("NS1").add().await;
        city.kindergarten("云帆幼儿园").under("FT1").in_street("440304002").add().await;
        city.kindergarten("银杏幼儿园").under("NS2").city_run().add().await;
        let head = city.principal(own).await;
        let (one, two) = (number(1), number(2));
        acts::hire(&city.db, &head, own, facts("陈静"), Some(&one)).await.unwrap();
        acts::hire(&city.db, &head, own, facts("王敏"), None).await.unwrap();
        acts::hire(&city.db, &head, own, facts("李想"), None).await.unwrap();
        acts::hire(&city.db, &head, own, facts("李想"), None).await.unwrap();
        let lines = [
            format!("NS1,陈静,{},教师,二级教师,本科,否,2025-09-01,", one.whole()),
            format!("NS1,陈静,{},教师,一级教师,本科,是,2025-09-01,", one.masked()),
            format!("NS1,王敏,{},专任教师,二级教师,本科,否,2025-09-01,", two.whole()),
            "NS1,周全,,厨师,,中专,,2026/2/1,".to_owned(),
            "NS1,吴凡,,顾问,,本科,,2026-02-01,".to_owned(),
            "NS9,吴凡,,教师,,本科,,2026-02-01,".to_owned(),
            "FT1,吴凡,,教师,,本科,,2026-02-01,".to_owned(),
            "NS2,吴凡,,教师,,本科,,2026-02-01,".to_owned(),
            "NS1,郑重,,教师,,本科,,,".to_owned(),
            "NS1,李想,,教师,,大专,,2025-09-01,".to_owned(),
            "NS1,钱多,440399199001010019,教师,,本科,,2026-02-01,".to_owned(),
            "NS1,孙行,,保安,,高中,是,2026-02-01,".to_owned(),
        ];
        // Lines two of one person differ, so each is previewed by itself.
        let mut said = Vec::new();
        for line in &lines {
            let preview = previewed(&city, &[line]).await;
            let row = preview.rows.into_iter().next().unwrap();
            let gravest =
                row.messages.iter().find(|message| message.severity == ::sheets::Severity::Refused);
            let labels: Vec<String> =
                row.changes.iter().map(|change| change.label.clone()).collect();
            said.push((
                row.verdict,
                gravest.map(|message| message.column.clone()).unwrap_or_default(),
                labels.join("、"),
            ));
        }
        let expected = [
            (Verdict::Unchanged, "", ""),
            (Verdict::Changed, "", "职称、骨干教师"),
            (Verdict::Changed, "", "身份证号"),
            (Verdict::New, "", ""),
            (Verdict::Refused, "职务", ""),
            (Verdict::Refused, "幼儿园编号", ""),
            (Verdict::Refused, "幼儿园编号", ""),
            (Verdict::Refused, "幼儿园编号", ""),
            (Verdict::Refused, "入职时间", ""),
            (Verdict::Refused, "姓名", ""),
            (Verdict::Refused, "身份证号码", ""),
            (Verdict::Refused, "骨干教师", ""),
        ];
        for ((said, expected), line) in said.iter().zip(expected).zip(&lines) {
            let said = (said.0, said.1.as_str(), said.2.as_str());
            assert_eq!(said, expected, "{line}");
        }
    })
    .await;
}

#[tokio::test]
async fn no_message_repeats_a_digit_of_a_wrong_number() {
    fixtures::each_database(|city| async move {
        let city = keyed(city);
        city.kindergarten("青禾幼儿园").under("NS1").add().await;
        let preview =
            previewed(&city, &["NS1,钱多,440399199001010019,教师,,本科,,2026-02-01,"]).await;
        let row = &preview.rows[0];
        assert_eq!(row.verdict, Verdict::Refused);
        assert!(!serde_json::to_string(row).unwrap().contains("4403991990"), "{row:?}");
    })
    .await;
}

#[tokio::test]
async fn one_person_in_two_rows_is_refused_unless_the_rows_are_alike() {
    fixtures::each_database(|city| async move {
        let city = keyed(city);
        city.kindergarten("青禾幼儿园").under("NS1").add().await;
        city.kindergarten("银杏幼儿园").under("NS2").add().await;
        let whole = number(1).whole().to_owned();
        let first = format!("NS1,陈静,{whole},教师,,本科,,2026-02-01,");
        let second = format!("NS2,陈静,{whole},教师,,本科,,2026-02-01,");
        let both = previewed(&city, &[&first, &second]).await;
        assert_eq!((both.totals.new, both.totals.refused), (0, 2));
        let twice = previewed(&city, &[&first, &first]).await;
        assert_eq!((twice.totals.new, twice.totals.unchanged), (1, 1));
        let named = ["NS1,李想,,教师,,本科,,2026-02-01,", "NS1,李想,,保育员,,大专,,2026-02-01,"];
        let namesakes = previewed(&city, &named).await;
        assert_eq!(namesakes.totals.refused, 2);
        assert!(namesakes.rows[0].messages[0].text.contains("第 2、3 行姓名相同"));
    })
    .await;
}

#[tokio::test]
async fn without_a_key_numbers_are_passed_over_with_a_warning() {
    fixtures::each_database(|city| async move {
        city.kindergarten("青禾幼儿园").under("NS1").add().await;
        let line = format!("NS1,陈静,{},教师,,本科,,2026-02-01,", number(1).whole());
        let preview = previewed(&city, &[&line]).await;
        let row = &preview.rows[0];
        assert_eq!((row.verdict, preview.totals.with_warnings), (Verdict::New, 1));
        assert!(row.facts.as_ref().unwrap().kept.is_none());
    })
    .await;
}

#[tokio::test]
async fn the_examples_of_the_template_are_a_row_without_a_message() {
    fixtures::each_database(|city| async move {
        city.kindergarten("青禾幼儿园").under("NS0001").add().await;
        assert!(super::super::template().is_ok());
        let fields = super::super::sheets::fields();
        let line = |text: fn(&::sheets::Field) -> &str| {
            fields.iter().map(text).collect::<Vec<_>>().join(",")
        };
        let text = format!("{}\n{}\n", line(|field| &field.title), line(|field| &field.example));
        let table = ::sheets::read(text.as_bytes(), &::sheets::Limits::default()).unwrap();
        let ground = ground(&city).await;
        let preview = preview(&table, &ground, &|| city.db.mint(), &mut |_, _| {}).unwrap();
        let row = &preview.rows[0];
        assert_eq!((row.verdict, row.messages.as_slice()), (Verdict::New, &[][..]));
        assert!(preview.notes.is_empty(), "{:?}", preview.notes);
    })
    .await;
}
