mod asking;
mod finding;
mod reaching;

use fixtures::City;
use kernel::{ClusterId, Date, KindergartenId, Note, OPEN_END};
use registry::clusters::{Decision, NewCluster, acts};
use storage::{Source, Sql};

use super::store;
use super::types::Catch;
use super::types::Sought;

const NANSHAN: &str = "440305";
/// A street in 福田.
const FUTIAN_STREET: &str = "440304008";

fn day(year: i32, month: u32, day: u32) -> Date {
    Date::from_ymd_opt(year, month, day).unwrap()
}

fn sought(typed: &str) -> Sought {
    Sought::read(typed).unwrap()
}

fn names<S>(catch: &Catch<S>) -> Vec<&str> {
    assert_eq!(catch.total, catch.hits.len(), "all are shown");
    catch.hits.iter().map(|hit| hit.name.as_str()).collect()
}

/// A cluster of 南山 from this day on.
async fn cluster(city: &City, name: &str, all: &[KindergartenId], from: Date) -> ClusterId {
    let tx = city.db.begin(&city.officer(NANSHAN).await).await.unwrap();
    let decision =
        Decision { from, to: OPEN_END, paper_number: "南教〔2026〕3号", cause: "测试" };
    let new = NewCluster {
        keep: None,
        name: name.to_owned(),
        centre: all[0],
        members: all[1..].to_vec(),
    };
    let ids = acts::establish(&tx, NANSHAN, &decision, &[new]).await.unwrap();
    tx.commit(Note::of("test.prepared", ids[0], "测试准备")).await.unwrap();
    ids[0]
}

/// Gives a kindergarten former names and codes.
async fn formerly(city: &City, id: KindergartenId, names: &str, codes: &str) {
    let tx = city.db.begin(city.db.program("test")).await.unwrap();
    let sql = Sql::with(
        "UPDATE kindergarten_state SET former_names = $1, former_codes = $2 WHERE kindergarten_id = $3",
        [names.into(), codes.into(), id.into()],
    );
    tx.execute(sql).await.unwrap();
    tx.commit(Note::of("test.prepared", id, "测试准备")).await.unwrap();
}

async fn keys(city: &City) -> i64 {
    city.reading()
        .number(Sql::new(
            "SELECT (SELECT count(*) FROM kindergarten_key) + (SELECT count(*) FROM person_key)",
        ))
        .await
        .unwrap()
}
