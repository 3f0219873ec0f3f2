//! Where a post reaches (LAYOUT §6), and which posts can be given.

use kernel::{Caller, Place, PostKind, PostScope, Reach, Refuses};

use super::types::Post;

/// Why a post can't be given or ended.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The kind does not stand at this level.
    #[error("“{0}”不能设在这一级")]
    WrongLevel(&'static str),
    /// A kindergarten has one head on any day.
    #[error("这段时间该园已有在任园长或主持工作人员")]
    SeatTaken,
}

impl Refuses for Refusal {}

/// What a post reaches on the day for which it was read. The administrators of the system reach the city's settings, not
/// its kindergartens.
pub fn reach_of(post: &Post, city: &Place) -> Reach {
    match &post.scope {
        PostScope::City => Reach { areas: vec![city.clone()], ..Reach::default() },
        PostScope::District(code) => Reach { areas: vec![city.child(code)], ..Reach::default() },
        PostScope::Kindergarten(id) => Reach {
            clusters: post.cluster.into_iter().collect(),
            kindergartens: vec![*id],
            ..Reach::default()
        },
        PostScope::Cluster(id) => Reach { clusters: vec![*id], ..Reach::default() },
    }
}

/// The same person, acting in another of the posts held: for looking at what waits there, never for an act.
pub fn acting_in(caller: &Caller, post: &Post) -> Caller {
    Caller {
        post: post.id,
        kind: post.kind,
        post_label: post.label(),
        scope: post.scope.clone(),
        reach: reach_of(post, &caller.city),
        ..caller.clone()
    }
}

/// Whether a kind of post can stand at a level.
pub fn stands_at(kind: PostKind, scope: &PostScope) -> Result<(), Refusal> {
    use PostKind as K;
    let fits = match kind {
        K::CityOfficer
        | K::SystemAdministrator
        | K::SecurityAdministrator
        | K::AuditAdministrator => *scope == PostScope::City,
        K::SectionOfficer | K::DeputyInCharge | K::SupervisionOfficer => {
            matches!(scope, PostScope::District(_))
        }
        K::Auditor | K::Head | K::FinanceOfficer | K::ResearchOfficer | K::TrainingOfficer => {
            matches!(scope, PostScope::City | PostScope::District(_))
        }
        K::Principal | K::ActingHead | K::Liaison => matches!(scope, PostScope::Kindergarten(_)),
        K::FullTimeInspector | K::PartTimeInspector | K::ResearchLead | K::Trainer => {
            matches!(scope, PostScope::Cluster(_))
        }
    };
    if fits { Ok(()) } else { Err(Refusal::WrongLevel(kind.label())) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_section_officer_stands_in_a_district_and_nowhere_else() {
        assert!(stands_at(PostKind::SectionOfficer, &PostScope::District("440305".into())).is_ok());
        assert_eq!(
            stands_at(PostKind::SectionOfficer, &PostScope::City),
            Err(Refusal::WrongLevel("学前科科员"))
        );
        assert!(stands_at(PostKind::Principal, &PostScope::City).is_err());
    }
}
