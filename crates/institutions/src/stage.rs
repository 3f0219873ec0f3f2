//! The ground of the family's tests: clusters of invented kindergartens, in force since September.

use fixtures::City;
use kernel::{
    Caller, ClusterId, Date, Failure, KindergartenId, Note, OPEN_END, PostKind, PostScope,
};
use registry::clusters::{Decision, NewCluster};

use crate::appointments::{Appointment, Who};
use crate::committees;

pub const NANSHAN: &str = "440305";
pub const FUTIAN: &str = "440304";
/// A street of each.
pub const STREETS: [(&str, &str); 2] = [(NANSHAN, "440305007"), (FUTIAN, "440304002")];

pub fn day(year: i32, month: u32, day: u32) -> Date {
    Date::from_ymd_opt(year, month, day).unwrap()
}

/// So many kindergartens in a street.
pub async fn kindergartens(city: &City, district: &str, many: usize) -> Vec<KindergartenId> {
    let street = STREETS.iter().find(|(code, _)| *code == district).unwrap().1;
    let mut all = Vec::new();
    for number in 0..many {
        let name = format!("青禾第{number}幼儿园（{street}）");
        all.push(city.kindergarten(&name).in_street(street).add().await);
    }
    all
}

/// A cluster for each group, the first of it the centre; with their committees when `adopted`.
pub async fn clusters(
    city: &City,
    district: &str,
    groups: &[&[KindergartenId]],
    adopted: bool,
) -> Vec<ClusterId> {
    let new = |(number, all): (usize, &&[KindergartenId])| NewCluster {
        keep: None,
        name: format!("{district}青禾第{number}学区"),
        centre: all[0],
        members: all[1..].to_vec(),
    };
    let clusters: Vec<NewCluster> = groups.iter().enumerate().map(new).collect();
    let mut tx = city.db.begin(city.db.program("test")).await.unwrap();
    let (from, paper_number) = (day(2025, 9, 1), "试教〔2025〕3号");
    let decision = Decision { from, to: OPEN_END, paper_number, cause: "测试" };
    let ids =
        registry::clusters::acts::establish(&tx, district, &decision, &clusters).await.unwrap();
    if adopted {
        let place = city.db.city().child(district);
        committees::establish(&mut tx, &ids, from, paper_number, &place).await.unwrap();
    }
    tx.commit(Note::of("test.prepared", "x", "测试")).await.unwrap();
    ids
}

/// Somebody new from today on, for as long as is usual.
pub fn somebody(city: &City, name: &str, kind: PostKind, scope: PostScope) -> Appointment {
    let from = city.today();
    Appointment {
        kind,
        scope,
        who: Who::New(name.to_owned()),
        from,
        to: crate::appointments::default_end(kind, from),
        paper_number: "试聘〔2026〕1号".to_owned(),
        stated_term: None,
        is_namesake: false,
        replaces: None,
    }
}

pub async fn in_office(city: &City, kind: PostKind, district: &str) -> Caller {
    city.caller("何清", kind, PostScope::District(district.to_owned())).await
}

pub fn refused(result: Result<impl std::fmt::Debug, Failure>) -> kernel::Refusal {
    match result {
        Err(Failure::Refused(refusal)) => refusal,
        other => panic!("{other:?}"),
    }
}
