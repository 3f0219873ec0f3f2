//! A small lawful plan for the tests of the rules: two clusters of four in 南山区.

use super::{ClusterFacts, KindergartenFacts, PlanFacts, Position};
use crate::terms::{Grade, Ownership, RunBy, Status};
use kernel::Date;

fn kindergarten(
    id: &str,
    name: &str,
    ownership: Ownership,
    x_m: f64,
    y_m: f64,
) -> KindergartenFacts {
    KindergartenFacts {
        id: id.into(),
        name: name.into(),
        district: "440305".into(),
        ownership,
        grade: Grade::Ungraded,
        run_by: RunBy::District,
        status: Status::Open,
        delegated: false,
        position: Some(Position { x_m, y_m }),
        street: "粤海街道".into(),
        community: "麻岭社区".into(),
    }
}

fn cluster(key: u32, name: &str, members: &[&str]) -> ClusterFacts {
    ClusterFacts {
        key,
        name: name.into(),
        centres: members.iter().take(1).map(|&id| id.to_owned()).collect(),
        members: members.iter().map(|&id| id.to_owned()).collect(),
    }
}

/// Eight kindergartens, half of them public, in two clusters of the same mix; members lie 200, 400 and 600 m away.
pub(super) fn plan() -> PlanFacts {
    use Ownership::{InclusivePrivate, Private, Public};
    let mut kindergartens = Vec::new();
    for (first, prefix, north) in [(1, "青禾", 0.0), (5, "星海", 9_000.0)] {
        let ownerships = [Public, Public, InclusivePrivate, Private];
        for (index, ownership) in ownerships.into_iter().enumerate() {
            let number = if index == 0 { String::new() } else { (index + 1).to_string() };
            let name = format!("{prefix}{number}幼儿园");
            let id = format!("k{}", first + index);
            kindergartens.push(kindergarten(&id, &name, ownership, 200.0 * index as f64, north));
        }
    }
    kindergartens[0].grade = Grade::Provincial;
    kindergartens[4].grade = Grade::Municipal;
    for each in &mut kindergartens[4..] {
        each.street = "蛇口街道".into();
        each.community = "海湾社区".into();
    }
    PlanFacts {
        district: "440305".into(),
        district_name: "南山区".into(),
        day: Date::from_ymd_opt(2026, 3, 1).unwrap(),
        kindergartens,
        clusters: vec![
            cluster(1, "粤海学区", &["k1", "k2", "k3", "k4"]),
            cluster(2, "蛇口学区", &["k5", "k6", "k7", "k8"]),
        ],
        names_in_use: Vec::new(),
    }
}

/// The plan with its first cluster filled up to so many kindergartens, half of them public.
pub(super) fn plan_of_size(size: usize) -> PlanFacts {
    let mut facts = plan();
    for index in 4..size {
        let id = format!("m{index}");
        let ownership = if index % 2 == 0 { Ownership::Public } else { Ownership::Private };
        facts.clusters[0].members.push(id.clone());
        facts.kindergartens.push(kindergarten(
            &id,
            &format!("成员{index}幼儿园"),
            ownership,
            300.0,
            0.0,
        ));
    }
    facts
}
