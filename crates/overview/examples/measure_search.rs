//! How long a search takes in a city of 10,000 kindergartens, each with a principal, on SQLite and, with `TEST_POSTGRES_URL`, on
//! PostgreSQL: `cargo run --release -p overview --example measure_search`. The numbers stand in `docs/decisions/0007-search.md`.
#![expect(clippy::unwrap_used, reason = "a measurement, no part of the program")]

use std::time::Instant;

use fixtures::{City, each_database};
use kernel::{Caller, Date, KindergartenId, Note, OPEN_END, PersonId, PostId, sort_key};
use overview::search::{Sought, store};
use storage::{Sql, Value};

const KINDERGARTENS: usize = 10_000;
/// Every so manyth bore another name before.
const RENAMED: usize = 10;
const ROUNDS: usize = 15;
const STREETS: [&str; 4] = ["440305007", "440304008", "440303001", "440306018"];
const FIRST: &str = "青云长重行绿石白南粤翠荔蔚星海桃梅福景华宝龙光新安乐和平春晖";
const SECOND: &str = "禾杉乐庆知洲竹榆山海竹园蓝河湾源林田蕾天芽苗朵贝树溪泉岭苑城";
const SURNAMES: &str = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗单曾解查仇";

#[tokio::main]
async fn main() {
    each_database(|city| async move {
        println!("── {:?}: {KINDERGARTENS} kindergartens and principals", city.db.engine());
        fill(&city).await;
        let callers =
            [("city", city.city_officer().await), ("district", city.officer("440305").await)];
        let begun = Instant::now();
        let found = search(&city, &callers[0].1, "qinghe").await;
        println!("first search, nothing has a key: {:.1} ms, {found} found", millis(begun));
        let begun = Instant::now();
        store::learn(&city.db).await.unwrap();
        println!("keys of all: {:.0} ms", millis(begun));
        city.db.bookkeeping(Sql::new("ANALYZE")).await.unwrap();
        println!("{:<10} {:<24} {:>7} {:>9} {:>9}", "reach", "typed", "found", "median", "worst");
        for (reach, caller) in &callers {
            for typed in [
                "y",
                "q",
                "青",
                "青禾",
                "qh",
                "qinghe",
                "chongqing",
                "cqyey",
                "幼儿园",
                "wangx",
                "815",
                "T00815",
                "zzzz",
            ] {
                let mut times = Vec::new();
                let mut found = 0;
                for _ in 0..ROUNDS {
                    let begun = Instant::now();
                    found = search(&city, caller, typed).await;
                    times.push(millis(begun));
                }
                times.sort_by(f64::total_cmp);
                let (median, worst) = (times[ROUNDS / 2], times[ROUNDS - 1]);
                println!("{reach:<10} {typed:<24} {found:>7} {median:>6.1} ms {worst:>6.1} ms");
            }
        }
    })
    .await;
}

fn millis(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1000.0
}

/// One search as the dialog asks it: kindergartens, clusters and persons.
async fn search(city: &City, caller: &Caller, typed: &str) -> usize {
    let (reading, sought) = (city.db.reading(caller), Sought::read(typed).unwrap());
    let day = city.today();
    let kindergartens = store::kindergartens(&reading, &sought, day, 5).await.unwrap().total;
    let clusters = store::clusters(&reading, &sought, day, 5).await.unwrap().total;
    kindergartens + clusters + store::persons(&reading, &sought, day, 5).await.unwrap().total
}

async fn fill(city: &City) {
    let (first, second): (Vec<char>, Vec<char>) =
        (FIRST.chars().collect(), SECOND.chars().collect());
    let surnames: Vec<char> = SURNAMES.chars().collect();
    let pick = |of: &[char], number: usize| of[number % of.len()];
    let mut ids: Vec<KindergartenId> = Vec::new();
    for number in 0..KINDERGARTENS {
        let name = format!(
            "{}{}{}第{}幼儿园",
            pick(&first, number * 7),
            pick(&second, number * 13 + number / 31),
            pick(&first, number / 9),
            number % 89
        );
        let id = city.kindergarten(&name).in_street(STREETS[number % STREETS.len()]).add().await;
        ids.push(id);
    }
    let tx = city.db.begin(city.db.program("measure")).await.unwrap();
    let (mut persons, mut posts): (Vec<Vec<Value>>, Vec<Vec<Value>>) = (Vec::new(), Vec::new());
    let since = Date::from_ymd_opt(2020, 9, 1).unwrap();
    for (number, id) in ids.iter().enumerate() {
        let (person, post): (PersonId, PostId) = (tx.mint(), tx.mint());
        let name: String =
            [pick(&surnames, number * 3), pick(&first, number / 5), pick(&second, number / 3)]
                .iter()
                .collect();
        persons.push(vec![
            person.into(),
            name.clone().into(),
            sort_key(&name).into(),
            0_i64.into(),
        ]);
        posts.push(vec![
            post.into(),
            person.into(),
            "principal".into(),
            (*id).into(),
            since.into(),
            OPEN_END.into(),
            0_i64.into(),
        ]);
        if number % RENAMED == 0 {
            let former = format!(r#"["{}{}旧园"]"#, pick(&first, number), pick(&second, number));
            let sql = Sql::with(
                "UPDATE kindergarten_state SET former_names = $1 WHERE kindergarten_id = $2",
                [former.into(), (*id).into()],
            );
            tx.execute(sql).await.unwrap();
        }
    }
    tx.insert("person", &["id", "name", "sort_key", "recorded_at"], persons).await.unwrap();
    let columns =
        ["id", "person_id", "kind", "kindergarten_id", "valid_from", "valid_to", "recorded_at"];
    tx.insert("post", &columns, posts).await.unwrap();
    tx.commit(Note::of("test.prepared", "measure", "测量准备")).await.unwrap();
    // What the database would do by itself in an hour.
    city.db.bookkeeping(Sql::new("ANALYZE")).await.unwrap();
}
