use super::*;

const FIELDS: &[(&str, &str)] = &[("day", "2026-02-03"), ("datum", "WGS-84")];

#[tokio::test]
async fn an_officer_uploads_looks_and_imports() {
    fixtures::each_database(|city| async move {
        let officer = city.officer("440305").await;
        let browser = city.browser(routes(), &officer);
        assert!(browser.get("/imports").await.text.contains("还没有上传过幼儿园名册"));
        let lines = [
            line(1),
            line(2),
            line(3).replace("公办", "集体"),
            line(4).replace("270,240", "270,290"),
        ];
        let uploaded = browser.upload("/imports", "名册.csv", &file(&lines), FIELDS).await;
        assert_eq!(uploaded.status, 303, "{}", uploaded.text);
        let preview = uploaded.location;
        let page = browser.get(&format!("{preview}?show=all")).await.text;
        for word in [
            "名册.csv",
            "导入全部可用行（3 行",
            "集体",
            "超过学位数",
            "下载待更正表",
            "没有国家标识码",
        ] {
            assert!(page.contains(word), "{word}: {page}");
        }
        // What needs a look comes first.
        let refused = browser.get(&preview).await.text;
        assert!(refused.contains("NS003") && !refused.contains("NS001"));
        let workbook = browser.get(&format!("{preview}/errors.xlsx")).await;
        let table = sheets::read(&workbook.bytes, &sheets::Limits::default()).unwrap();
        assert_eq!(table.rows.len(), 2);

        let none =
            browser.post(&format!("{preview}/application"), &[("choice", "all_or_none")]).await;
        assert_eq!(none.status, 422);
        assert!(none.text.contains("1 行被拒绝"), "{}", none.text);
        let done =
            browser.post(&format!("{preview}/application"), &[("choice", "good_rows")]).await;
        assert_eq!((done.status.as_u16(), &done.location), (303, &preview));
        assert!(browser.get(&preview).await.text.contains("新增 3 所"));
        assert!(browser.get("/imports").await.text.contains("已导入"));
        assert_eq!(count(&city, "kindergarten").await, 3);
    })
    .await;
}

#[tokio::test]
async fn a_file_that_is_refused_whole_shows_why_at_the_form() {
    fixtures::each_database(|city| async move {
        let officer = city.officer("440305").await;
        let browser = city.browser(routes(), &officer);
        let answer =
            browser.upload("/imports", "名册.csv", "甲,乙\n1,2\n".as_bytes(), FIELDS).await;
        assert_eq!(answer.status, 422);
        assert!(answer.text.contains("没有找到"), "{}", answer.text);
        let fields = [("day", "明天"), ("datum", "WGS-84")];
        let answer = browser.upload("/imports", "名册.csv", &file(&[line(1)]), &fields).await;
        assert_eq!(answer.status, 422);
        assert!(answer.text.contains("请填写生效日期"));
        assert_eq!(count(&city, "import").await, 0);
    })
    .await;
}

#[tokio::test]
async fn another_districts_officer_does_not_find_it() {
    fixtures::each_database(|city| async move {
        let id = preview(&city, &city.officer("440305").await, &[line(1)]).await.unwrap().id;
        let neighbour = city.browser(routes(), &city.officer("440304").await);
        for path in [
            format!("/imports/{id}"),
            format!("/imports/{id}/errors.xlsx"),
            "/imports/runs/run_1".to_owned(),
        ] {
            assert_eq!(neighbour.get(&path).await.status, 404, "{path}");
        }
        for act in ["application", "discarding"] {
            let answer =
                neighbour.post(&format!("/imports/{id}/{act}"), &[("choice", "good_rows")]).await;
            assert_eq!(answer.status, 404, "{act}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_stale_preview_is_shown_anew() {
    fixtures::each_database(|city| async move {
        let officer = city.officer("440305").await;
        import(&city, &officer, &[line(1)]).await;
        let id =
            preview(&city, &officer, &[line(1).replace("270,240", "270,250")]).await.unwrap().id;
        import(&city, &officer, &[line(1).replace("市一级", "省一级")]).await;
        let browser = city.browser(routes(), &officer);
        let answer =
            browser.post(&format!("/imports/{id}/application"), &[("choice", "good_rows")]).await;
        assert_eq!(answer.location, format!("/imports/{id}?renewed=yes"));
        let page = browser.get(&answer.location).await.text;
        assert!(
            page.contains("预览之后名册有了变化") && page.contains("<del>省一级</del>"),
            "{page}"
        );
    })
    .await;
}

#[tokio::test]
async fn existing_clusters_are_brought_along_through_their_pages() {
    fixtures::each_database(|city| async move {
        for number in 1..=3 {
            city.kindergarten(&format!("青禾第{number}幼儿园")).under(&format!("T{number:02}")).add().await;
        }
        let officer = city.officer("440305").await;
        let browser = city.browser(routes(), &officer);
        assert!(browser.get("/imports/clusters").await.text.contains("还没有上传过学区表"));
        let text = "学区名称,中心园,成员园,文号,生效日期\n粤海学区,T01,T02、T03,深南教〔2025〕8号,2025-09-01\n";
        let uploaded = browser.upload("/imports/clusters", "学区.csv", text.as_bytes(), &[]).await;
        assert_eq!(uploaded.status, 303, "{}", uploaded.text);
        let preview = uploaded.location;
        let page = browser.get(&preview).await.text;
        for word in ["粤海学区", "需说明理由", "原则", "照现状导入的理由", "例外有效期至"] {
            assert!(page.contains(word), "{word}: {page}");
        }
        let fields = [("choice", "all_or_none"), ("until", "2027-08-31")];
        let without = browser.post(&format!("{preview}/application"), &fields).await;
        assert_eq!(without.status, 422);
        assert!(without.text.contains("请为“粤海学区”"));
        let fields = [("choice", "all_or_none"), ("until", "2027-08-31"), ("reason-0", "本片只有公办园")];
        let done = browser.post(&format!("{preview}/application"), &fields).await;
        assert_eq!(done.status, 303, "{}", done.text);
        assert!(browser.get(&preview).await.text.contains("已导入 1 个学区"));
        assert_eq!(count(&city, "exception").await, 1);
    })
    .await;
}

#[tokio::test]
async fn templates_are_read_without_a_word() {
    fixtures::each_database(|city| async move {
        let browser = city.browser(routes(), &city.officer("440305").await);
        for path in ["/imports/template.xlsx", "/imports/clusters/template.xlsx"] {
            let bytes = browser.get(path).await.bytes;
            let read = sheets::read(&bytes, &sheets::Limits::default());
            assert!(matches!(read, Err(sheets::Unreadable::NoRows { .. })), "{path}: {read:?}");
        }
    })
    .await;
}
