use std::sync::Arc;

use kernel::{Date, Moment, StandingClock};
use storage::{Db, Durability, Settings, Source, Sql};

use super::*;

fn today() -> Date {
    Date::from_ymd_opt(2026, 2, 3).unwrap()
}

/// A small city of ten districts, played into a database in memory's stead.
async fn played(name: &str) -> (Db, std::path::PathBuf) {
    let file = std::env::temp_dir().join(format!("gongzhi-demo-{}-{name}.db", std::process::id()));
    drop(std::fs::remove_file(&file));
    let clock = Arc::new(StandingClock::at(Moment::at(today(), 9, 0)));
    let settings = Settings {
        url: format!("sqlite://{}", file.display()),
        durability: Durability::Normal,
        connections: 2,
        city: "4403".to_owned(),
    };
    let db = Db::open(&settings, clock.clone()).await.unwrap();
    db.migrate().await.unwrap();
    play(&db, &clock, &Wishes { kindergartens: 220, ..Wishes::on(today()) }).await.unwrap();
    clock.set(Moment::at(today(), 9, 0));
    (db, file)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_city_is_divided_and_something_is_left_to_do() {
    let (db, file) = played("divided").await;
    let reading = db.reading(db.program("test"));
    let count = async |text: &str| reading.number(Sql::new(text)).await.unwrap();
    assert_eq!(count("SELECT count(*) FROM kindergarten").await, 220);
    assert_eq!(count("SELECT count(DISTINCT kindergarten_id) FROM membership").await, 220);
    assert_eq!(count("SELECT count(DISTINCT district_code) FROM cluster").await, 10);
    let centres = "SELECT count(*) FROM membership WHERE role = 'centre'";
    assert_eq!(count(centres).await, count("SELECT count(*) FROM cluster").await);
    assert_eq!(
        count("SELECT count(DISTINCT name) FROM cluster_state").await,
        count("SELECT count(*) FROM cluster").await
    );
    assert_eq!(count("SELECT count(*) FROM plan WHERE stage = 'adopted'").await, 10);
    assert_eq!(
        count("SELECT count(*) FROM plan WHERE stage = 'submitted' AND district_code = '440304'")
            .await,
        1
    );
    assert_eq!(
        count("SELECT count(*) FROM plan WHERE stage = 'draft' AND district_code = '440305'").await,
        1
    );
    // People are in their posts, and not everywhere.
    assert_eq!(
        count("SELECT count(*) FROM committee").await,
        count("SELECT count(*) FROM cluster").await
    );
    let day = today();
    let filled = institutions::staffing::store::clusters(&reading, None, day).await.unwrap();
    for gap in institutions::staffing::Gap::ALL {
        let missing = filled.iter().filter(|each| each.missing(*gap) > 0).count();
        assert!(missing < filled.len(), "{} is missing everywhere", gap.label());
    }
    assert!(
        filled.iter().any(|each| each.gaps() == 0) && filled.iter().any(|each| each.gaps() > 0)
    );
    let vacant = "SELECT count(*) FROM membership m WHERE m.role = 'centre' AND NOT EXISTS \
                  (SELECT 1 FROM post o WHERE o.seat_id = m.kindergarten_id AND o.valid_to > '2026-02-03')";
    assert!(count(vacant).await > 0, "a committee has no chair");
    let soon =
        "SELECT count(*) FROM post WHERE valid_to > '2026-02-03' AND valid_to <= '2026-05-04'";
    assert!(count(soon).await > 0, "a term ends soon");
    let ended = "SELECT count(*) FROM post WHERE valid_to <= '2026-02-03'";
    assert!(count(ended).await > 0, "a term has ended");
    assert!(count("SELECT count(*) FROM opinion").await > 0);
    assert!(count("SELECT count(*) FROM paper").await > 0);
    // The staff of 南山 is what its register says, and nobody else's is played.
    assert_eq!(
        count("SELECT count(DISTINCT staff_id) FROM staff_known").await,
        count(
            "SELECT CAST(sum(teachers + carers + other_staff) AS bigint) FROM kindergarten_state \
             WHERE district_code = '440305' AND valid_to = '9999-12-31'"
        )
        .await
    );
    assert!(count("SELECT count(*) FROM staff_known WHERE left_on < '9999-12-31'").await > 0);
    assert_eq!(count("SELECT count(*) FROM staff_pending").await, 0);
    drop(reading);
    db.close().await.unwrap();
    std::fs::remove_file(file).unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_printed_accounts_have_a_password() {
    let (db, file) = played("accounts").await;
    let reading = db.reading(db.program("test"));
    let printed: Vec<PrintedAccount> = printed_accounts().collect();
    let hashed = Sql::new("SELECT count(*) FROM account WHERE password_hash LIKE '$argon2id$%'");
    assert_eq!(reading.number(hashed).await.unwrap(), printed.len() as i64);
    for account in &printed {
        let sql = Sql::with(
            "SELECT count(*) FROM account WHERE login = $1 AND password_hash LIKE '$argon2id$%'",
            [account.login.into()],
        );
        assert_eq!(reading.number(sql).await.unwrap(), 1, "{account:?}");
    }
    drop(reading);
    db.close().await.unwrap();
    std::fs::remove_file(file).unwrap();
}
