//! A district with two small lawful clusters, for tests.

use geography::Point;
use kernel::{Date, Id, KindergartenId};
use policy::{Grade, Ownership, Parameters, RunBy, Status};
use uuid::Uuid;

use crate::plans::types::{Cluster, Content, DistrictFacts, Site};

pub(crate) fn kg(number: u128) -> KindergartenId {
    Id::new(Uuid::from_u128(number))
}

/// Number 1 and 5 lead; about 111 m lie between neighbours, 3 km between the clusters.
pub(crate) fn site(number: u128) -> Site {
    let centre = number % 4 == 1;
    let far = if number > 4 { 0.03 } else { 0.0 };
    Site {
        id: kg(number),
        register_id: format!("A{number}"),
        name: if number == 1 {
            "青禾幼儿园".into()
        } else {
            format!("青禾{number}幼儿园")
        },
        district: "440305".into(),
        point: Point { lon: 113.94 + far, lat: 22.53 + 0.001 * number as f64 },
        ownership: match number % 4 {
            1 | 2 => Ownership::Public,
            3 => Ownership::InclusivePrivate,
            _ => Ownership::Private,
        },
        grade: if centre { Grade::Provincial } else { Grade::District },
        run_by: RunBy::District,
        status: Status::Open,
        delegated: false,
        street: if number > 4 { "蛇口街道".into() } else { "粤海街道".into() },
        community: if number > 4 { "围仔社区".into() } else { "麻岭社区".into() },
    }
}

pub(crate) fn facts_of(sites: Vec<Site>) -> DistrictFacts {
    let day = Date::from_ymd_opt(2026, 3, 2).unwrap();
    DistrictFacts::new("440305", "南山区", day, sites, Parameters::on(day), vec![])
}

pub(crate) fn facts() -> DistrictFacts {
    facts_of((1..=8).map(site).collect())
}

pub(crate) fn content() -> Content {
    let cluster = |key: u32, name: &str, from: u128| Cluster {
        key,
        name: name.into(),
        centre: Some(kg(from)),
        members: (from..from + 4).map(kg).collect(),
        locked: false,
    };
    Content {
        clusters: vec![cluster(1, "粤海学区", 1), cluster(2, "蛇口学区", 5)],
        next_key: 3,
        ..Content::default()
    }
}
