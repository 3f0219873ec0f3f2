//! The obligations over records on both databases: what is loaded, what a reader sees, what the pages show.

mod loading;
mod showing;

use std::sync::Arc;

use fixtures::City;
use kernel::{Caller, ClusterId, Date, KindergartenId, Note, OPEN_END, PostKind, PostScope};
use policy::obligations::{Evaluation, State};
use policy::{Grade, Ownership};
use registry::clusters::{Decision, NewCluster};
use storage::Tx;

use super::{Wanted, evaluated};

const NANSHAN: &str = "440305";

fn day(month: u32, day: u32) -> Date {
    Date::from_ymd_opt(2026, month, day).unwrap()
}

/// 粤海学区 with four kindergartens in force since 1 February, in 南山区; the centre is a city-run one without a paper.
struct Ground {
    cluster: ClusterId,
    members: Vec<KindergartenId>,
}

async fn ground(city: &City) -> Ground {
    let mut members = Vec::new();
    let ownerships =
        [Ownership::Public, Ownership::Public, Ownership::InclusivePrivate, Ownership::Private];
    for (number, ownership) in ownerships.into_iter().enumerate() {
        let new = city
            .kindergarten(&format!("青禾第{}幼儿园", number + 1))
            .at(113.93 + 0.001 * number as f64, 22.53)
            .owned(ownership)
            .graded(if number == 0 { Grade::Municipal } else { Grade::District });
        members.push(new.add().await);
    }
    let cluster = NewCluster {
        keep: None,
        name: "粤海学区".to_owned(),
        centre: members[0],
        members: members[1..].to_vec(),
    };
    let decision =
        Decision {
            from: day(2, 1), to: OPEN_END, paper_number: "南教〔2026〕3号", cause: "测试"
        };
    let ids = written(city, async |tx| {
        registry::clusters::acts::establish(tx, NANSHAN, &decision, &[cluster]).await.unwrap()
    })
    .await;
    Ground { cluster: ids[0], members }
}

async fn written<T>(city: &City, write: impl AsyncFnOnce(&Tx) -> T) -> T {
    let tx = city.db.begin(city.db.program("test")).await.unwrap();
    let done = write(&tx).await;
    tx.commit(Note::of("test.prepared", "x", "测试准备")).await.unwrap();
    done
}

/// Executes one statement, as a correction of the records would.
async fn executed(city: &City, text: &str, values: Vec<storage::Value>) {
    written(city, async |tx| {
        tx.execute(storage::Sql::with(text, values)).await.unwrap();
    })
    .await;
}

async fn seen_by(city: &City, caller: &Caller, on: Date) -> Evaluation {
    let wanted = Wanted { city: ("4403", "深圳市"), day: on, district: None, posts: true };
    Arc::unwrap_or_clone(evaluated(&city.db.reading(caller), wanted).await.unwrap())
}

async fn whole(city: &City, on: Date) -> Evaluation {
    let wanted = Wanted { city: ("4403", "深圳市"), day: on, district: None, posts: true };
    Arc::unwrap_or_clone(evaluated(&city.reading(), wanted).await.unwrap())
}

fn state(evaluation: &Evaluation, id: &str, place: impl std::fmt::Display + Copy) -> Option<State> {
    evaluation.at(id, &place.to_string()).map(policy::obligations::Verdict::state)
}

/// Appoints a person of the fixtures to a post of a kindergarten.
async fn appointed(city: &City, kind: PostKind, kindergarten: KindergartenId) -> Caller {
    city.caller("陈静", kind, PostScope::Kindergarten(kindergarten)).await
}
