//! Plans on both databases: editing, deciding, adopting, asking, and the editor's JSON over HTTP.

mod adopting;
mod asking;
mod deciding;
mod editing;
mod talking;

use clustering::Effort;
use fixtures::City;
use kernel::{Caller, Date, KindergartenId, PlanId};
use policy::{Grade, Ownership};
use storage::Source;

use super::acts::{self, Origin};
use super::rules::propose_district;
use super::store;
use super::types::{Content, DistrictFacts, Plan};

const NANSHAN: &str = "440305";

fn day(year: i32, month: u32, day: u32) -> Date {
    Date::from_ymd_opt(year, month, day).unwrap()
}

/// Two groups of four in 南山, three kilometres apart; the first of each group is fit to lead.
struct Ground {
    west: Vec<KindergartenId>,
    east: Vec<KindergartenId>,
}

async fn ground(city: &City) -> Ground {
    let mut groups = Vec::new();
    for (group, lon) in [("青禾", 113.92), ("星海", 113.95)] {
        let mut ids = Vec::new();
        for number in 0..4_u32 {
            let ownership = [
                Ownership::Public,
                Ownership::Public,
                Ownership::InclusivePrivate,
                Ownership::Private,
            ];
            let kindergarten = city
                .kindergarten(&format!("{group}{}幼儿园", number + 1))
                .at(lon, 22.53 + 0.001 * f64::from(number))
                .owned(ownership[number as usize])
                .graded(if number == 0 { Grade::Provincial } else { Grade::District });
            ids.push(kindergarten.add().await);
        }
        groups.push(ids);
    }
    let east = groups.pop().unwrap();
    Ground { west: groups.pop().unwrap(), east }
}

async fn facts(city: &City, day: Date) -> DistrictFacts {
    store::facts(&city.reading(), NANSHAN, "南山区", day).await.unwrap()
}

/// A draft with two proposed clusters, as its third version at most.
async fn proposed(city: &City, officer: &Caller) -> PlanId {
    let id = acts::draft(&city.db, officer, NANSHAN, "春季方案", Origin::Scratch).await.unwrap();
    let content = two_clusters(&facts(city, city.today()).await);
    acts::save_proposal(&city.db, officer, id, 1, content).await.unwrap();
    id
}

fn two_clusters(facts: &DistrictFacts) -> Content {
    propose_district(
        facts,
        &Content { next_key: 1, ..Content::default() },
        2,
        &Effort::default(),
        &(),
    )
    .unwrap()
}

async fn plan(city: &City, id: PlanId) -> Plan {
    store::find(&city.reading(), id).await.unwrap()
}

/// An approved plan: proposed, submitted and approved.
async fn approved(city: &City, officer: &Caller, deputy: &Caller) -> PlanId {
    let id = proposed(city, officer).await;
    acts::submit(&city.db, officer, id, 2, "请审批").await.unwrap();
    acts::approve(&city.db, deputy, id, 2, "同意").await.unwrap();
    id
}

async fn entries(city: &City, event: &str) -> i64 {
    let sql =
        storage::Sql::with("SELECT count(*) FROM audit_entry WHERE event = $1", [event.into()]);
    city.reading().number(sql).await.unwrap()
}
