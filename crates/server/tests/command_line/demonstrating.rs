use crate::program::{DAY, folder, gongzhi, path};

#[test]
fn the_demo_city_is_prepared_once_even_after_a_start_that_was_killed() {
    let city = folder().join("city");
    std::fs::create_dir_all(&city).unwrap();
    std::fs::write(city.join("demo-preparing.db"), "half a city").unwrap();
    let demo = || gongzhi(["demo", "--data", path(&city), "--today", DAY, "--prepare-only"]);
    let first = demo();
    assert_eq!(first.code, Some(0), "{first:?}");
    for part in ["南山区学前科科员", "nanshan", "福田区分管领导", "principal", "sysadmin"]
    {
        assert!(first.printed.contains(part), "{part} in {}", first.printed);
    }
    let files: Vec<_> =
        std::fs::read_dir(&city).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(files, ["demo.db"], "{first:?}");
    let prepared = std::fs::read(city.join("demo.db")).unwrap();
    let second = demo();
    assert_eq!((second.code, &second.printed), (Some(0), &first.printed), "{second:?}");
    assert!(!second.said.contains("准备"), "{}", second.said);
    assert!(
        std::fs::read(city.join("demo.db")).unwrap() == prepared,
        "the city was prepared again"
    );
}

#[test]
fn an_address_that_is_taken_is_told() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let configuration = crate::program::file(
        "gongzhi.toml",
        format!(
            "listen = \"{address}\"\ndatabase_url = \"sqlite://{}\"\n",
            path(&folder().join("taken.db"))
        ),
    );
    let ended = gongzhi(["serve", "--config", path(&configuration)]);
    assert_eq!(ended.code, Some(2), "{ended:?}");
    assert!(ended.said.contains(&address) && ended.said.contains("占用"), "{ended:?}");
}
