use kernel::{Failure, OPEN_END, Refusal as Said};
use sheets::Severity;

use super::*;
use crate::imports::types::{Kind, Shown, Stage, Summary};
use crate::imports::{Applied, Choice, rules, store};
use crate::kindergartens::{self, Facts, Filter, Verdict};

const NANSHAN: &str = "440305";

async fn everybody(city: &City) -> Vec<Facts> {
    let last = OPEN_END.pred_opt().unwrap();
    let all = kindergartens::store::list(&city.reading(), &Filter::default(), last, 1_000, 0)
        .await
        .unwrap();
    all.into_iter().map(|one| one.facts).collect()
}

fn refusal(failure: Failure) -> Said {
    match failure {
        Failure::Refused(refusal) => refusal,
        other => panic!("{other:?}"),
    }
}

/// Each kind of damage in one file: what is refused, what is taken with a word, what is mended.
fn damaged() -> Vec<String> {
    let cell = |number: u32, before: &str, after: &str| line(number).replacen(before, after, 1);
    vec![
        line(1),
        line(2),
        // doubled with different content, and doubled outright
        line(3),
        cell(3, "270", "300"),
        line(4),
        line(4),
        // missing and wrong cells
        cell(5, "青禾里仁幼儿园", "").replacen("NS005,紫荆湾畔幼儿园", "NS005,", 1),
        cell(6, "南山区", "青禾区"),
        cell(7, "9,270", "九个,270"),
        cell(8, "270", "-270"),
        cell(9, ",270,", ",=30*9,"),
        cell(10, "113.93200,22.52600", "0,0"),
        // swapped coordinates, full-width digits, a synonym, more children than places
        cell(11, "113.93300,22.52600", "22.52600,113.93300"),
        cell(12, "9,270", "９,２７０"),
        cell(13, "公办", "公立"),
        cell(14, "270,240", "270,290"),
    ]
}

#[tokio::test]
async fn of_a_damaged_register_the_good_rows_are_taken_and_nothing_refused_is_saved() {
    fixtures::each_database(|city| async move {
        let officer = city.officer(NANSHAN).await;
        let previewed = preview(&city, &officer, &damaged()).await.unwrap();
        let refused: Vec<u32> = previewed
            .preview
            .rows
            .iter()
            .filter(|row| row.verdict == Verdict::Refused)
            .map(|row| row.line)
            .collect();
        assert_eq!(refused, [4, 5, 8, 9, 10, 11, 12, 13]);
        assert_eq!(everybody(&city).await.len(), 0, "nothing is saved before it is confirmed");
        let applied =
            acts::apply(&city.db, &officer, previewed.id, Choice::GoodRows).await.unwrap();
        assert_eq!(applied.left_out, refused.len());
        let saved = everybody(&city).await;
        assert_eq!(saved.len(), applied.new);
        let swapped = saved.iter().find(|facts| facts.register_id.as_str() == "NS011").unwrap();
        assert!(swapped.point.lon > 113.0);
        assert!(
            !saved
                .iter()
                .any(|facts| ["NS003", "NS007", "NS010"].contains(&facts.register_id.as_str()))
        );
    })
    .await;
}

#[tokio::test]
async fn the_same_file_again_changes_nothing() {
    fixtures::each_database(|city| async move {
        let officer = city.officer(NANSHAN).await;
        let lines: Vec<String> = (1..=20).map(line).collect();
        import(&city, &officer, &lines).await;
        let states = count(&city, "kindergarten_state").await;
        let again = preview(&city, &officer, &lines).await.unwrap();
        assert_eq!(again.preview.totals.unchanged, 20);
        let refused =
            acts::apply(&city.db, &officer, again.id, Choice::GoodRows).await.unwrap_err();
        assert!(refusal(refused).text.contains("没有需要保存的内容"));
        assert_eq!(count(&city, "kindergarten_state").await, states);
    })
    .await;
}

#[tokio::test]
async fn a_preview_is_applied_once() {
    fixtures::each_database(|city| async move {
        let officer = city.officer(NANSHAN).await;
        let id = import(&city, &officer, &[line(1), line(2)]).await;
        let twice = acts::apply(&city.db, &officer, id, Choice::GoodRows).await.unwrap_err();
        assert!(refusal(twice).text.contains("已经导入"));
        assert_eq!(everybody(&city).await.len(), 2);
        let found = store::find(&city.db.reading(&officer), Kind::Kindergartens, id).await.unwrap();
        assert_eq!((found.stage, found.counts.new), (Stage::Applied, 2));
    })
    .await;
}

#[tokio::test]
async fn changed_rows_hold_from_the_day_of_the_import_and_not_before() {
    fixtures::each_database(|city| async move {
        let officer = city.officer(NANSHAN).await;
        import(&city, &officer, &[line(1), line(2)]).await;
        let later = day().checked_add_days(chrono::Days::new(30)).unwrap();
        let changed = file(&[line(1).replace(",9,270,240", ",12,360,300"), line(2)]);
        let options = Options::on(later);
        let previewed = acts::preview_file(
            &city.db,
            &officer,
            "名册.csv",
            changed,
            options,
            Progress::default(),
        )
        .await
        .unwrap();
        assert_eq!((previewed.preview.totals.changed, previewed.preview.totals.unchanged), (1, 1));
        let applied =
            acts::apply(&city.db, &officer, previewed.id, Choice::AllOrNone).await.unwrap();
        assert_eq!(applied, Applied { new: 0, changed: 1, unchanged: 1, left_out: 0 });
        let classes = async |day| {
            let known = kindergartens::store::existing(&city.reading(), None, day).await.unwrap();
            known["NS001"].classes
        };
        assert_eq!(classes(day()).await, Some(9));
        assert_eq!(classes(later).await, Some(12));
        // And what is recorded for a later day is not changed from an earlier one.
        let earlier = preview(&city, &officer, &[line(1).replace(",9,270,240", ",10,300,300")])
            .await
            .unwrap();
        let row = &earlier.preview.rows[0];
        assert_eq!(row.verdict, Verdict::Refused);
        assert!(row.messages[0].text.contains("2026-03-05"), "{:?}", row.messages);
    })
    .await;
}

#[tokio::test]
async fn with_a_refused_row_all_or_none_saves_none() {
    fixtures::each_database(|city| async move {
        let officer = city.officer(NANSHAN).await;
        let lines = [line(1), line(2).replace("公办", "集体")];
        let id = preview(&city, &officer, &lines).await.unwrap().id;
        let refused = acts::apply(&city.db, &officer, id, Choice::AllOrNone).await.unwrap_err();
        assert!(refusal(refused).text.contains("1 行被拒绝"));
        assert_eq!(everybody(&city).await.len(), 0);
        let applied = acts::apply(&city.db, &officer, id, Choice::GoodRows).await.unwrap();
        assert_eq!((applied.new, applied.left_out), (1, 1));
    })
    .await;
}

#[tokio::test]
async fn a_register_that_changed_meanwhile_makes_the_preview_stale() {
    fixtures::each_database(|city| async move {
        let (officer, other) = (city.officer(NANSHAN).await, city.city_officer().await);
        import(&city, &officer, &[line(1), line(2)]).await;
        let waiting = preview(&city, &officer, &[line(1).replace("270,240", "270,250"), line(3)])
            .await
            .unwrap();
        import(&city, &other, &[line(1).replace("市一级", "省一级")]).await;
        let states = count(&city, "kindergarten_state").await;
        let stale = acts::apply(&city.db, &officer, waiting.id, Choice::GoodRows).await;
        assert!(matches!(stale, Err(Failure::Stale(_))), "{stale:?}");
        assert_eq!(count(&city, "kindergarten_state").await, states);
        acts::renew(&city.db, &officer, waiting.id).await.unwrap();
        let reading = city.db.reading(&officer);
        let rows: Vec<crate::imports::types::Row> =
            store::rows(&reading, waiting.id, Shown::Of(Verdict::Changed), 50, 0).await.unwrap();
        let before: Vec<&str> =
            rows[0].changes.iter().map(|change| change.before.as_str()).collect();
        assert_eq!(before, ["省一级", "240"]);
        let applied = acts::apply(&city.db, &officer, waiting.id, Choice::GoodRows).await.unwrap();
        assert_eq!((applied.new, applied.changed), (1, 1));
    })
    .await;
}

#[tokio::test]
async fn what_happens_elsewhere_leaves_a_preview_as_it_is() {
    fixtures::each_database(|city| async move {
        let officer = city.officer(NANSHAN).await;
        let waiting = preview(&city, &officer, &[line(1)]).await.unwrap();
        import(&city, &officer, &[line(2)]).await;
        let applied = acts::apply(&city.db, &officer, waiting.id, Choice::GoodRows).await.unwrap();
        assert_eq!(applied.new, 1);
    })
    .await;
}

#[tokio::test]
async fn another_district_does_not_even_see_it() {
    fixtures::each_database(|city| async move {
        let (officer, neighbour) = (city.officer(NANSHAN).await, city.officer("440304").await);
        let id = preview(&city, &officer, &[line(1)]).await.unwrap().id;
        let reading = city.db.reading(&neighbour);
        assert!(matches!(
            store::find(&reading, Kind::Kindergartens, id).await,
            Err(Failure::NotFound)
        ));
        assert_eq!(store::count(&reading, Kind::Kindergartens).await.unwrap(), 0);
        let applied = acts::apply(&city.db, &neighbour, id, Choice::GoodRows).await;
        assert!(matches!(applied, Err(Failure::NotFound)));
        let discarded = acts::discard(&city.db, &neighbour, Kind::Kindergartens, id).await;
        assert!(matches!(discarded, Err(Failure::NotFound)));
        assert!(matches!(acts::renew(&city.db, &neighbour, id).await, Err(Failure::NotFound)));
    })
    .await;
}

#[tokio::test]
async fn a_district_writes_neither_city_run_kindergartens_nor_another_districts() {
    fixtures::each_database(|city| async move {
        let (district, whole) = (city.officer(NANSHAN).await, city.city_officer().await);
        let city_run = line(1).replace("区属", "市属");
        let elsewhere = line(2)
            .replace("南山区,粤海街道,113.93200,22.52500", "福田区,园岭街道,114.05500,22.53000");
        let lines = [city_run, elsewhere, line(3)];
        let own = preview(&city, &district, &lines).await.unwrap().preview;
        let refused: Vec<bool> =
            own.rows.iter().map(|row| row.verdict == Verdict::Refused).collect();
        assert_eq!(refused, [true, true, false]);
        assert!(
            own.rows[0]
                .messages
                .iter()
                .any(|message| message.text.contains("市属幼儿园由市教育局维护"))
        );
        assert!(
            own.rows[1].messages.iter().any(|message| message.text.contains("不在您的管理范围"))
        );
        let all = preview(&city, &whole, &lines).await.unwrap().preview;
        assert_eq!(all.totals.new, 3, "{:#?}", all.rows);
        // A district's register may list what the city runs, as long as it says nothing new of it.
        import(&city, &whole, &lines).await;
        let known = preview(&city, &district, &lines).await.unwrap().preview;
        assert_eq!(known.rows[0].verdict, Verdict::Unchanged);
        let news = preview(&city, &district, &[lines[0].replace("270,240", "270,250")])
            .await
            .unwrap()
            .preview;
        assert_eq!(news.totals.refused, 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_32_imports_at_once_one_gives_a_code_to_a_new_kindergarten() {
    fixtures::each_database(|city| async move {
        let officer = city.officer(NANSHAN).await;
        let mut previews = Vec::new();
        for number in 1..=32 {
            let text = format!("{HEADER},标识码\n{},1144030123\n", line(number)).into_bytes();
            let options = Options::on(day());
            let previewed = acts::preview_file(
                &city.db,
                &officer,
                "名册.csv",
                text,
                options,
                Progress::default(),
            );
            let previewed = previewed.await.unwrap();
            assert_eq!(previewed.preview.totals.new, 1, "{:?}", previewed.preview.rows);
            previews.push(previewed.id);
        }
        let tries: Vec<_> = previews
            .into_iter()
            .map(|id| {
                let (db, officer) = (city.db.clone(), officer.clone());
                tokio::spawn(async move { acts::apply(&db, &officer, id, Choice::GoodRows).await })
            })
            .collect();
        let mut applied = 0;
        for each in tries {
            match each.await.unwrap() {
                Ok(_) => applied += 1,
                Err(Failure::Stale(_)) => {}
                Err(other) => panic!("{other:?}"),
            }
        }
        assert_eq!(applied, 1);
        assert_eq!(everybody(&city).await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn who_stands_in_no_bureau_imports_nothing() {
    fixtures::each_database(|city| async move {
        let id = city.kindergarten("青禾幼儿园").add().await;
        let principal = city.principal(id).await;
        let refused = preview(&city, &principal, &[line(1)]).await.unwrap_err();
        assert_eq!(refusal(refused).clause, Some("2.1.2-8"));
    })
    .await;
}

#[tokio::test]
async fn a_file_that_is_no_register_is_refused_whole_and_leaves_nothing() {
    fixtures::each_database(|city| async move {
        let officer = city.officer(NANSHAN).await;
        let million = format!("{HEADER}\n{}", "NS001\n".repeat(1_000_000)).into_bytes();
        for (bytes, word) in [
            (million, "超过 30000 行"),
            (b"PK\x03\x04 torn".to_vec(), "损坏"),
            ("编号,名称\nNS001,青禾幼儿园\n".as_bytes().to_vec(), "没有找到必需的列"),
            (Vec::new(), "空"),
        ] {
            let refused = acts::preview_file(
                &city.db,
                &officer,
                "名册.xlsx",
                bytes,
                Options::on(day()),
                Progress::default(),
            )
            .await;
            let Err(Failure::Invalid(invalid)) = refused else { panic!("{word}: {refused:?}") };
            assert!(invalid.of("file").unwrap().contains(word), "{invalid:?}");
        }
        assert_eq!(count(&city, "import").await, 0);
    })
    .await;
}

#[tokio::test]
async fn an_import_that_breaks_off_in_the_middle_leaves_nothing() {
    fixtures::each_database(|city| async move {
        let officer = city.officer(NANSHAN).await;
        let previewed = preview(&city, &officer, &[line(1), line(2)]).await.unwrap();
        let new: Vec<Facts> =
            previewed.preview.rows.iter().filter_map(|row| row.facts.clone()).collect();
        let tx = city.db.begin(&officer).await.unwrap();
        store::mark_applied(&tx, previewed.id).await.unwrap();
        kindergartens::store::enter(&tx, day(), "导入", &new).await.unwrap();
        drop(tx);
        assert_eq!(everybody(&city).await.len(), 0);
        let found = store::find(&city.db.reading(&officer), Kind::Kindergartens, previewed.id)
            .await
            .unwrap();
        assert_eq!(found.stage, Stage::Previewed);
        acts::apply(&city.db, &officer, previewed.id, Choice::GoodRows).await.unwrap();
        assert_eq!(everybody(&city).await.len(), 2);
    })
    .await;
}

#[tokio::test]
async fn of_many_applications_at_once_one_saves() {
    fixtures::each_database(|city| async move {
        let officer = city.officer(NANSHAN).await;
        let id = preview(&city, &officer, &[line(1), line(2)]).await.unwrap().id;
        let tries = (0..16).map(|_| {
            let (db, officer) = (city.db.clone(), officer.clone());
            tokio::spawn(
                async move { acts::apply(&db, &officer, id, Choice::GoodRows).await.is_ok() },
            )
        });
        let mut saved = 0;
        for one in tries.collect::<Vec<_>>() {
            saved += usize::from(one.await.unwrap());
        }
        assert_eq!((saved, everybody(&city).await.len()), (1, 2));
    })
    .await;
}

#[tokio::test]
async fn what_is_discarded_is_gone_but_for_its_record() {
    fixtures::each_database(|city| async move {
        let officer = city.officer(NANSHAN).await;
        let id = preview(&city, &officer, &[line(1)]).await.unwrap().id;
        acts::discard(&city.db, &officer, Kind::Kindergartens, id).await.unwrap();
        assert_eq!((count(&city, "import_row").await, count(&city, "import_file").await), (0, 0));
        let refused = acts::apply(&city.db, &officer, id, Choice::GoodRows).await.unwrap_err();
        assert!(refusal(refused).text.contains("已放弃"));
    })
    .await;
}

#[tokio::test]
async fn a_preview_keeps_its_gaps_and_what_the_file_does_not_mention() {
    fixtures::each_database(|city| async move {
        let officer = city.officer(NANSHAN).await;
        import(&city, &officer, &[line(1), line(2)]).await;
        let id = preview(&city, &officer, &[line(1)]).await.unwrap().id;
        let summary: Summary = store::content(&city.db.reading(&officer), id).await.unwrap();
        assert_eq!(summary.gaps.national_code, 1);
        assert_eq!(
            summary.not_in_file.iter().map(|one| one.id.as_str()).collect::<Vec<_>>(),
            ["NS002"]
        );
    })
    .await;
}

#[test]
fn a_day_beyond_the_coming_year_is_refused() {
    let today = day();
    assert!(rules::day(today, today).is_ok());
    let far = today.checked_add_days(chrono::Days::new(367)).unwrap();
    assert!(rules::day(far, today).is_err());
    assert!(rules::day(Date::from_ymd_opt(1999, 12, 31).unwrap(), today).is_err());
}

#[test]
fn severities_are_stored_by_their_words() {
    assert_eq!(serde_json::to_string(&Severity::Mended).unwrap(), "\"mended\"");
}
