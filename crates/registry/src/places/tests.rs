use geography::Regions;
use kernel::Failure;
use storage::Source;

use super::{acts, store};

#[tokio::test]
async fn the_shipped_places_are_loaded_once() {
    fixtures::each_database(|city| async move {
        assert!(!acts::ensure_shipped(&city.db).await.unwrap());
        let reading = city.reading();
        let districts = store::districts(&reading).await.unwrap();
        assert_eq!(districts.len(), 11);
        assert_eq!(
            (districts[3].code.as_str(), districts[3].place.path()),
            ("440305", "4403/440305/")
        );
        assert_eq!(store::streets(&reading, "dapeng").await.unwrap().len(), 3);
        assert!(!store::communities(&reading, "440305007").await.unwrap().is_empty());
        assert_eq!(
            store::outline(&reading, "440305").await.unwrap().unwrap().note,
            "边界仅供演示，非标准地图"
        );
    })
    .await;
}

#[tokio::test]
async fn a_bureaus_own_places_replace_the_shipped_ones_but_a_used_street_stays() {
    fixtures::each_database(|city| async move {
        city.kindergarten("青禾幼儿园").in_street("440305007").add().await;
        let files = [
            ("streets.csv".to_owned(), "code,name,district\n440304001,青禾街道,福田区\n".as_bytes().to_vec()),
            ("communities.csv".to_owned(), "code,name,street_code\n440304001001,青禾社区,440304001\n".as_bytes().to_vec()),
            (
                "streets_wgs84.geojson".to_owned(),
                r#"{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"code":"440304001"},
                "geometry":{"type":"Polygon","coordinates":[[[114,22.5],[114.1,22.5],[114.1,22.6],[114,22.5]]]}}]}"#
                    .as_bytes()
                    .to_vec(),
            ),
        ];
        let own = Regions::read(&files).unwrap();
        acts::load_regions(&city.db, city.db.program("test"), &own).await.unwrap();
        let reading = city.reading();
        let streets = store::streets(&reading, "440305").await.unwrap();
        assert_eq!(streets.iter().map(|street| street.code.as_str()).collect::<Vec<_>>(), ["440305007"]);
        assert_eq!(store::streets(&reading, "440304").await.unwrap()[0].name, "青禾街道");
        let stored = store::regions(&reading).await.unwrap();
        assert!(stored.has_street_outlines() && stored.boundary_note().is_none());
        assert_eq!(stored.communities.len(), 1);
        assert_eq!(stored.district("dapeng").unwrap().gb_code, None);
        assert_eq!(store::names(&reading).await.unwrap().street("440305007").unwrap().district, "440305");
    })
    .await;
}

#[tokio::test]
async fn a_district_is_reached_by_area_or_by_a_kindergarten_in_it() {
    fixtures::each_database(|city| async move {
        let kindergarten = city.kindergarten("青禾幼儿园").in_street("440305007").add().await;
        let principal = city.principal(kindergarten).await;
        for (caller, district, is_seen) in [
            (city.officer("440305").await, "440305", true),
            (city.officer("440304").await, "440305", false),
            (city.city_officer().await, "440305", true),
            (principal.clone(), "440305", true),
            (principal, "440304", false),
        ] {
            let found = store::district(&city.db.reading(&caller), district).await;
            assert_eq!(found.is_ok(), is_seen, "{} {district}", caller.post_label);
        }
    })
    .await;
}

#[tokio::test]
async fn a_district_out_of_reach_can_not_be_locked() {
    fixtures::each_database(|city| async move {
        let officer = city.officer("440305").await;
        let tx = city.db.begin(&officer).await.unwrap();
        assert_eq!(store::lock_district(&tx, "440305").await.unwrap(), 1);
        assert_eq!(store::lock_district(&tx, "440305").await.unwrap(), 2);
        assert!(matches!(store::lock_district(&tx, "440304").await, Err(Failure::NotFound)));
        assert_eq!(tx.today(), city.today());
    })
    .await;
}
