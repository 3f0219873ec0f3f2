//! Party organisations on both databases: registered, joined, left, and one for each kindergarten on any day.

use axum::http::StatusCode;
use fixtures::each_database;
use kernel::{Failure, KindergartenId};

use super::acts::{join, leave, register};
use super::{Kind, NewParty, of_kindergarten};
use crate::stage::{FUTIAN, NANSHAN, clusters, day, kindergartens, refused};

fn party(kind: Kind, name: &str, kindergartens: &[KindergartenId]) -> NewParty {
    NewParty {
        kind,
        name: name.to_owned(),
        paper_number: "试党〔2026〕1号".to_owned(),
        established_on: day(2026, 1, 1),
        kindergartens: kindergartens.to_vec(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kindergarten_belongs_to_one_organisation_until_it_leaves_for_another() {
    each_database(|city| async move {
        let all = kindergartens(&city, NANSHAN, 3).await;
        let officer = city.officer(NANSHAN).await;
        let new = async |party: NewParty| register(&city.db, &officer, NANSHAN, &party).await;
        let both = party(Kind::Branch, "青禾联合支部", &all[..2]);
        assert!(refused(new(both).await).text.contains("单独组建"));
        let joint = new(party(Kind::JointBranch, "青禾联合支部", &all[..2])).await.unwrap();
        let same = party(Kind::Branch, "青禾联合支部", &all[2..]);
        assert!(refused(new(same).await).text.contains("同名"));
        let second = refused(new(party(Kind::Branch, "青禾支部", &all[..1])).await);
        assert_eq!(second.clause, Some("2.1.3-10"));
        assert!(second.text.contains("其他党组织"), "{}", second.text);

        let committee = new(party(Kind::JointCommittee, "青禾联合党委", &all[2..])).await.unwrap();
        let on = day(2026, 2, 10);
        refused(join(&city.db, &officer, committee, all[0], on).await);
        leave(&city.db, &officer, joint, all[0], on).await.unwrap();
        refused(join(&city.db, &officer, committee, all[0], day(2026, 2, 9)).await);
        join(&city.db, &officer, committee, all[0], on).await.unwrap();
        for (at, name) in [(day(2026, 2, 9), "青禾联合支部"), (on, "青禾联合党委")] {
            let own = of_kindergarten(&city.reading(), all[0], at).await.unwrap().unwrap();
            assert_eq!(own.name, name);
        }
        refused(leave(&city.db, &officer, joint, all[0], on).await);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_district_neither_registers_nor_sees() {
    each_database(|city| async move {
        let all = kindergartens(&city, NANSHAN, 1).await;
        let (officer, neighbour) = (city.officer(NANSHAN).await, city.officer(FUTIAN).await);
        let new = party(Kind::Branch, "青禾支部", &all);
        for district in [NANSHAN, FUTIAN] {
            let tried = register(&city.db, &neighbour, district, &new).await;
            assert!(matches!(tried, Err(Failure::NotFound)), "{tried:?}");
        }
        let id = register(&city.db, &officer, NANSHAN, &new).await.unwrap();
        let browser = city.browser(crate::routes(), &neighbour);
        assert_eq!(browser.get(&format!("/parties/{id}")).await.status, StatusCode::NOT_FOUND);
        assert!(!browser.get("/parties").await.text.contains("青禾支部"));
        let principal = city.browser(crate::routes(), &city.principal(all[0]).await);
        assert_eq!(principal.get(&format!("/parties/{id}")).await.status, StatusCode::OK);
        let end = format!("/parties/{id}/departures");
        let own = all[0].to_string();
        let tried = principal.post(&end, &[("leaving", &own), ("on", "2026-03-01")]).await;
        assert_eq!(tried.status, StatusCode::FORBIDDEN);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_organisation_is_registered_joined_and_left_on_the_pages() {
    each_database(|city| async move {
        let all = kindergartens(&city, NANSHAN, 3).await;
        clusters(&city, NANSHAN, &[&all], true).await;
        let browser = city.browser(crate::routes(), &city.officer(NANSHAN).await);
        let form = format!("/districts/{NANSHAN}/parties/new?kindergarten={}", all[0]);
        let page = browser.get(&form).await;
        assert!(page.text.contains("尚未归入党组织的 3 所"), "{}", page.text);
        let (one, two) = (all[0].to_string(), all[1].to_string());
        let fields = [
            ("kind", "joint_branch"),
            ("name", "青禾联合支部"),
            ("paper_number", "试党〔2026〕1号"),
            ("established_on", "2026-02-01"),
            (one.as_str(), "yes"),
            (two.as_str(), "yes"),
        ];
        let done = browser.post(&format!("/districts/{NANSHAN}/parties"), &fields).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
        let page = browser.get(&done.location).await;
        assert!(page.text.contains("青禾第0幼儿园") && page.text.contains("青禾第1幼儿园"));
        let third = all[2].to_string();
        let fields = [("kindergarten", third.as_str()), ("from", "2026-02-03")];
        let joined = browser.post(&format!("{}/memberships", done.location), &fields).await;
        assert_eq!(joined.status, StatusCode::SEE_OTHER, "{}", joined.text);
        let end = format!("{}/departures", done.location);
        let on = async |on| {
            let fields = [("leaving", third.as_str()), ("on", on)];
            browser.post(&end, &fields).await.status
        };
        assert_eq!(on("2026-02-03").await, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(on("2026-03-01").await, StatusCode::SEE_OTHER);
        assert!(browser.get("/parties").await.text.contains("青禾联合支部"));
        assert_eq!(&browser.get("/parties.xlsx").await.bytes[..2], b"PK");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_32_organisations_at_once_one_gets_the_kindergarten() {
    each_database(|city| async move {
        let all = kindergartens(&city, NANSHAN, 1).await;
        let officer = city.officer(NANSHAN).await;
        let running: Vec<_> = (0..32)
            .map(|number| {
                let (db, officer, own) = (city.db.clone(), officer.clone(), all.clone());
                tokio::spawn(async move {
                    let new = party(Kind::JointBranch, &format!("联合支部{number}"), &own);
                    register(&db, &officer, NANSHAN, &new).await
                })
            })
            .collect();
        let mut made = 0;
        for each in running {
            match each.await.unwrap() {
                Ok(_) => made += 1,
                other => assert_eq!(refused(other).clause, Some("2.1.3-10")),
            }
        }
        assert_eq!(made, 1);
    })
    .await;
}
