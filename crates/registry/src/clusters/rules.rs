//! What must always be true of clusters, whatever plan or amendment changes them. Whether a plan is lawful is asked of
//! `policy` before; these are the invariants that no change may break.

use std::collections::BTreeSet;

use kernel::{Date, OPEN_END, Refuses};
use policy::Ownership;

use super::types::{Decision, Membership, NewCluster};
use crate::kindergartens::{Role, Site};

/// Why a change of clusters is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// A later change is recorded.
    #[error("已登记自 {0} 起的学区调整，不能再登记生效日期更早的调整")]
    LaterChange(Date),
    /// A past state meets another.
    #[error("{0} 起已有学区划分，过去的划分不能与它重叠")]
    Overlapping(Date),
    /// The days are the wrong way round.
    #[error("截止日期应晚于生效日期")]
    EmptyTerm,
    /// Twice in one plan.
    #[error("同一所幼儿园出现在两个学区中")]
    TwiceIn,
    /// In a cluster on these days already.
    #[error("有幼儿园在这段时间已属于其他学区")]
    InAnotherCluster,
    /// Not of this district, or not in its register on that day.
    #[error("有幼儿园在生效日不属于本区，学区不能跨区")]
    OtherDistrict,
    /// The name is in use in the city.
    #[error("学区名称“{0}”在全市已被使用")]
    NameTaken(String),
    /// The cluster kept is another district's, or kept twice.
    #[error("要延续的学区不存在或不属于本区")]
    UnknownCluster,
    /// Not in the cluster on that day.
    #[error("这所幼儿园当天不在该学区")]
    NotAMember,
    /// It is in it already.
    #[error("这所幼儿园当天已在该学区")]
    MemberAlready,
    /// It leads the cluster.
    #[error("中心园不能直接调出，请先确定新的中心园")]
    CentreStays,
    /// It leads the cluster already.
    #[error("这所幼儿园已是中心园")]
    CentreAlready,
}

impl Refuses for Refusal {
    fn clause(&self) -> Option<&'static str> {
        match self {
            Self::TwiceIn | Self::InAnotherCluster | Self::MemberAlready | Self::NotAMember => {
                Some("2.1.2-5")
            }
            Self::OtherDistrict | Self::UnknownCluster => Some("2.1.2"),
            Self::NameTaken(_) => Some("2.1.2-9"),
            Self::CentreStays | Self::CentreAlready => Some("2.1.2-4"),
            Self::LaterChange(_) | Self::Overlapping(_) | Self::EmptyTerm => None,
        }
    }
}

/// 2.1.2-5, 2.1.2-9: within one set of clusters nobody stands twice and no name does.
pub fn consistent(clusters: &[NewCluster], decision: &Decision) -> Result<(), Refusal> {
    if decision.from >= decision.to {
        return Err(Refusal::EmptyTerm);
    }
    let (mut kindergartens, mut names, mut kept) =
        (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for cluster in clusters {
        if !cluster.everybody().all(|(kindergarten, _)| kindergartens.insert(kindergarten)) {
            return Err(Refusal::TwiceIn);
        }
        if !names.insert(cluster.name.as_str()) {
            return Err(Refusal::NameTaken(cluster.name.clone()));
        }
        if cluster.keep.is_some_and(|id| !kept.insert(id)) {
            return Err(Refusal::UnknownCluster);
        }
    }
    Ok(())
}

/// A stay can be changed from `day` on only while nothing later is recorded of it.
pub fn last(stays: &[Membership], day: Date) -> Result<Option<&Membership>, Refusal> {
    if let Some(later) = stays.iter().find(|stay| stay.from > day) {
        return Err(Refusal::LaterChange(later.from));
    }
    match stays.iter().find(|stay| stay.from <= day && day < stay.to) {
        Some(stay) if stay.to != OPEN_END => Err(Refusal::LaterChange(stay.to)),
        found => Ok(found),
    }
}

/// The figures of a cluster on a day.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Measures {
    /// Kindergartens, the centre included.
    pub size: usize,
    /// By ownership, in the order of [`Ownership::ALL`].
    pub by_ownership: [usize; 3],
    /// Mean distance of the members to the centre, in metres; none without a centre or without members.
    pub mean_m: Option<f64>,
    /// Longest distance of a member to the centre, in metres.
    pub farthest_m: Option<f64>,
}

/// Measures a cluster by its kindergartens.
pub fn measure<'a>(everybody: impl IntoIterator<Item = &'a Site>) -> Measures {
    let all: Vec<&Site> = everybody.into_iter().collect();
    let centre = all.iter().find(|each| is_centre(each)).map(|centre| centre.point);
    let distances: Vec<f64> = centre.map_or_else(Vec::new, |centre| {
        all.iter()
            .filter(|each| !is_centre(each))
            .map(|each| each.point.distance_m(centre))
            .collect()
    });
    let mut by_ownership = [0; 3];
    for (place, ownership) in Ownership::ALL.iter().enumerate() {
        by_ownership[place] = all.iter().filter(|each| each.ownership == *ownership).count();
    }
    Measures {
        size: all.len(),
        by_ownership,
        mean_m: (!distances.is_empty())
            .then(|| distances.iter().sum::<f64>() / distances.len() as f64),
        farthest_m: distances.into_iter().reduce(f64::max),
    }
}

fn is_centre(site: &Site) -> bool {
    site.cluster.as_ref().is_some_and(|cluster| cluster.role == Role::Centre)
}

#[cfg(test)]
mod tests {
    use kernel::{ClusterId, Id, KindergartenId};
    use uuid::Uuid;

    use super::*;

    fn kindergarten(number: u128) -> KindergartenId {
        Id::new(Uuid::from_u128(number))
    }
    fn day(month: u32, day: u32) -> Date {
        Date::from_ymd_opt(2026, month, day).unwrap()
    }
    fn new(name: &str, centre: u128, members: &[u128]) -> NewCluster {
        let members = members.iter().map(|number| kindergarten(*number)).collect();
        NewCluster { keep: None, name: name.to_owned(), centre: kindergarten(centre), members }
    }
    fn decision() -> Decision<'static> {
        Decision { from: day(3, 1), to: OPEN_END, paper_number: "", cause: "" }
    }

    #[test]
    fn a_kindergarten_in_two_clusters_is_refused() {
        let clusters = [new("粤海学区", 1, &[2, 3]), new("南山学区", 4, &[3])];
        assert_eq!(consistent(&clusters, &decision()), Err(Refusal::TwiceIn));
        let clusters = [new("粤海学区", 1, &[1, 2, 3]), new("南山学区", 4, &[])];
        assert_eq!(consistent(&clusters, &decision()), Ok(()));
    }

    #[test]
    fn two_clusters_of_one_name_are_refused() {
        let clusters = [new("粤海学区", 1, &[]), new("粤海学区", 2, &[])];
        assert_eq!(
            consistent(&clusters, &decision()),
            Err(Refusal::NameTaken("粤海学区".to_owned()))
        );
    }

    #[test]
    fn a_cluster_continues_in_one_cluster_only() {
        let keep = Some(ClusterId::new(Uuid::from_u128(9)));
        let clusters = [
            NewCluster { keep, ..new("粤海学区", 1, &[]) },
            NewCluster { keep, ..new("南山学区", 2, &[]) },
        ];
        assert_eq!(consistent(&clusters, &decision()), Err(Refusal::UnknownCluster));
    }

    #[test]
    fn what_later_changes_is_not_changed_before() {
        let stay = Membership {
            kindergarten: kindergarten(1),
            cluster: ClusterId::new(Uuid::from_u128(9)),
            role: Role::Member,
            from: day(2, 1),
            to: day(4, 1),
        };
        assert_eq!(
            last(std::slice::from_ref(&stay), day(3, 1)),
            Err(Refusal::LaterChange(day(4, 1)))
        );
        assert_eq!(
            last(std::slice::from_ref(&stay), day(1, 1)),
            Err(Refusal::LaterChange(day(2, 1)))
        );
        let open = Membership { to: OPEN_END, ..stay };
        assert_eq!(last(std::slice::from_ref(&open), day(3, 1)), Ok(Some(&open)));
        assert_eq!(last(&[], day(3, 1)), Ok(None));
    }
}
