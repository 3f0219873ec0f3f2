//! Amendments on both databases: made, refused, many at once, and on their pages.

mod concurring;
mod making;
mod showing;

use fixtures::City;
use kernel::{Caller, ClusterId, Date, Failure, KindergartenId, Note, OPEN_END};
use policy::{Grade, Ownership, Status};
use registry::clusters::{Decision, NewCluster};
use registry::kindergartens::Role;

use super::types::{Amendment, Change, ExceptionTerms};
use super::{amend, check, store};

const NANSHAN: &str = "440305";

fn day(month: u32, day: u32) -> Date {
    Date::from_ymd_opt(2026, month, day).unwrap()
}

/// One of many kindergartens that stand close together; every fourth may lead, as the first.
async fn kindergarten(city: &City, number: usize, street: &str, status: Status) -> KindergartenId {
    let ownership =
        [Ownership::Public, Ownership::Public, Ownership::InclusivePrivate, Ownership::Private];
    city.kindergarten(&format!("青禾第{number}幼儿园"))
        .in_street(street)
        .at(113.92 + 0.001 * (number % 7) as f64, 22.53 + 0.001 * (number / 7) as f64)
        .owned(ownership[number % 4])
        .graded(if number.is_multiple_of(4) { Grade::Municipal } else { Grade::District })
        .being(status)
        .add()
        .await
}

/// Two clusters in force since February: 粤海学区 with so many kindergartens, and 南山区第2学区 with four. Others wait.
struct Ground {
    yuehai: ClusterId,
    second: ClusterId,
    members: Vec<KindergartenId>,
    others: Vec<KindergartenId>,
    waiting: Vec<KindergartenId>,
    officer: Caller,
}

async fn ground(city: &City, size: usize, waiting: usize) -> Ground {
    let mut all = Vec::new();
    for number in 0..size + 4 + waiting {
        all.push(kindergarten(city, number, "440305007", Status::Open).await);
    }
    // The second cluster begins with a kindergarten that may lead.
    let first_of_second = size.next_multiple_of(4);
    let others = all[first_of_second..first_of_second + 4].to_vec();
    let members = all[..size].to_vec();
    let waiting =
        all.iter().filter(|id| !members.contains(id) && !others.contains(id)).copied().collect();
    let ids = establish(city, &[("粤海学区", &members), ("南山区第2学区", &others)]).await;
    Ground {
        yuehai: ids[0],
        second: ids[1],
        members,
        others,
        waiting,
        officer: city.officer(NANSHAN).await,
    }
}

async fn establish(city: &City, clusters: &[(&str, &[KindergartenId])]) -> Vec<ClusterId> {
    let new = |(name, all): &(&str, &[KindergartenId])| NewCluster {
        keep: None,
        name: (*name).to_owned(),
        centre: all[0],
        members: all[1..].to_vec(),
    };
    let clusters: Vec<NewCluster> = clusters.iter().map(new).collect();
    let tx = city.db.begin(city.db.program("test")).await.unwrap();
    let decision =
        Decision {
            from: day(2, 1), to: OPEN_END, paper_number: "南教〔2026〕3号", cause: "测试"
        };
    let ids =
        registry::clusters::acts::establish(&tx, NANSHAN, &decision, &clusters).await.unwrap();
    tx.commit(Note::of("test.prepared", "x", "测试")).await.unwrap();
    ids
}

fn on(effective_on: Date, cluster: ClusterId, change: Change) -> Amendment {
    Amendment {
        cluster,
        change,
        effective_on,
        paper_number: "南教〔2026〕12号".to_owned(),
        reason: "新园开办，就近编入".to_owned(),
        exception: None,
    }
}

fn excepted(amendment: Amendment, until: Date) -> Amendment {
    let terms = ExceptionTerms {
        reason: "周边学区均已满员".to_owned(),
        approved_by: "周正".to_owned(),
        until,
    };
    Amendment { exception: Some(terms), ..amendment }
}

async fn members(city: &City, cluster: ClusterId, day: Date) -> Vec<(KindergartenId, Role)> {
    let all = registry::clusters::store::memberships(&city.reading(), NANSHAN, day).await.unwrap();
    all.into_iter()
        .filter(|each| each.cluster == cluster)
        .map(|each| (each.kindergarten, each.role))
        .collect()
}

async fn size(city: &City, cluster: ClusterId, day: Date) -> usize {
    members(city, cluster, day).await.len()
}

fn refused(result: Result<impl std::fmt::Debug, Failure>) -> kernel::Refusal {
    match result {
        Err(Failure::Refused(refusal)) => refusal,
        other => panic!("{other:?}"),
    }
}
