//! A district with two small lawful clusters in force, for tests.

use geography::Point;
use kernel::{ClusterId, Date, Id, KindergartenId};
use policy::{Grade, Ownership, Parameters, RunBy, Status};
use uuid::Uuid;

use crate::amendments::types::Standing;
use crate::plans::{Cluster, Content, DistrictFacts, Site};

pub(super) fn kg(number: u128) -> KindergartenId {
    Id::new(Uuid::from_u128(number))
}

pub(super) fn cluster(number: u128) -> ClusterId {
    Id::new(Uuid::from_u128(1_000 + number))
}

/// Number 1 and 5 may lead; about 111 m lie between neighbours, 3 km between the clusters.
pub(super) fn site(number: u128) -> Site {
    let is_far = (5..9).contains(&number);
    Site {
        id: kg(number),
        register_id: format!("A{number}"),
        name: format!("青禾{number}幼儿园"),
        district: "440305".into(),
        point: Point {
            lon: if is_far { 113.97 } else { 113.94 },
            lat: 22.53 + 0.001 * number as f64,
        },
        ownership: match number % 4 {
            1 | 2 => Ownership::Public,
            3 => Ownership::InclusivePrivate,
            _ => Ownership::Private,
        },
        grade: if number % 4 == 1 { Grade::Provincial } else { Grade::District },
        run_by: RunBy::District,
        status: Status::Open,
        delegated: false,
        street: if is_far { "蛇口街道".into() } else { "粤海街道".into() },
        community: if is_far { "围仔社区".into() } else { "麻岭社区".into() },
    }
}

pub(super) fn facts_of(sites: Vec<Site>) -> DistrictFacts {
    let day = Date::from_ymd_opt(2026, 3, 2).unwrap();
    DistrictFacts::new("440305", "南山区", day, sites, Parameters::on(day), vec![])
}

/// Kindergartens 1 to 4 in 粤海学区 around 1, 5 to 8 in 蛇口学区 around 5.
pub(super) fn standing() -> Standing {
    let four = |key: u32, name: &str, from: u128| Cluster {
        key,
        name: name.into(),
        centre: Some(kg(from)),
        members: (from..from + 4).map(kg).collect(),
        locked: false,
    };
    let clusters = vec![four(1, "粤海学区", 1), four(2, "蛇口学区", 5)];
    let content = Content { clusters, next_key: 3, ..Content::default() };
    let facts = facts_of((1..=8).map(site).collect());
    Standing { facts, content, ids: vec![(1, cluster(1)), (2, cluster(2))] }
}
