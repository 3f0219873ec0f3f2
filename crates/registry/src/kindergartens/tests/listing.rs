use policy::{Grade, Ownership, RunBy, Status};

use crate::kindergartens::{ClusterFilter, Filter, store};

#[tokio::test]
async fn every_filter_finds_what_it_names() {
    fixtures::each_database(|city| async move {
        city.kindergarten("青禾幼儿园").under("A1").add().await;
        city.kindergarten("云杉幼儿园")
            .owned(Ownership::Private)
            .graded(Grade::Ungraded)
            .without_code()
            .add()
            .await;
        city.kindergarten("白榆幼儿园").in_street("440304008").city_run().add().await;
        city.kindergarten("石竹幼儿园").being(Status::Closed).add().await;
        let reading = city.reading();
        let none = Filter::default();
        for (filter, names) in [
            (Filter { district: Some("440304".into()), ..none.clone() }, vec!["白榆幼儿园"]),
            (Filter { street: Some("440304008".into()), ..none.clone() }, vec!["白榆幼儿园"]),
            (Filter { ownership: Some(Ownership::Private), ..none.clone() }, vec!["云杉幼儿园"]),
            (Filter { grade: Some(Grade::Ungraded), ..none.clone() }, vec!["云杉幼儿园"]),
            (Filter { run_by: Some(RunBy::City), ..none.clone() }, vec!["白榆幼儿园"]),
            (Filter { status: Some(Status::Closed), ..none.clone() }, vec!["石竹幼儿园"]),
            (Filter { text: "青".into(), ..none.clone() }, vec!["青禾幼儿园"]),
            (Filter { text: "a1".into(), ..none.clone() }, vec!["青禾幼儿园"]),
            (Filter { text: "%".into(), ..none.clone() }, vec![]),
            (Filter { without_code: true, ..none.clone() }, vec!["云杉幼儿园"]),
            (
                Filter {
                    cluster: Some(ClusterFilter::Without),
                    district: Some("440304".into()),
                    ..none.clone()
                },
                vec!["白榆幼儿园"],
            ),
        ] {
            let found = store::list(&reading, &filter, city.today(), 50, 0).await.unwrap();
            let found: Vec<&str> = found.iter().map(|each| each.facts.name.as_str()).collect();
            assert_eq!(found, names, "{filter:?}");
            assert_eq!(
                store::count(&reading, &filter, city.today()).await.unwrap(),
                names.len() as i64,
                "{filter:?}"
            );
        }
    })
    .await;
}

#[tokio::test]
async fn a_list_goes_page_by_page_in_the_order_of_names() {
    fixtures::each_database(|city| async move {
        for number in [10, 2, 1, 3] {
            city.kindergarten(&format!("青禾第{number}幼儿园")).add().await;
        }
        let reading = city.reading();
        let mut names = Vec::new();
        for offset in [0, 2] {
            for each in
                store::list(&reading, &Filter::default(), city.today(), 2, offset).await.unwrap()
            {
                names.push(each.facts.name.to_string());
            }
        }
        assert_eq!(names, ["青禾第1幼儿园", "青禾第2幼儿园", "青禾第3幼儿园", "青禾第10幼儿园"]);
    })
    .await;
}

#[tokio::test]
async fn a_list_shows_what_lies_within_reach() {
    fixtures::each_database(|city| async move {
        let own = city.kindergarten("青禾幼儿园").add().await;
        city.kindergarten("云杉幼儿园").in_street("440304008").add().await;
        for (caller, count) in [
            (city.officer("440305").await, 1),
            (city.officer("440303").await, 0),
            (city.city_officer().await, 2),
            (city.principal(own).await, 1),
        ] {
            let reading = city.db.reading(&caller);
            assert_eq!(
                store::count(&reading, &Filter::default(), city.today()).await.unwrap(),
                count,
                "{:?}",
                caller.kind
            );
            assert_eq!(
                store::sites(&reading, &Filter::default(), city.today()).await.unwrap().len()
                    as i64,
                count
            );
        }
    })
    .await;
}
