//! Who may write what of a kindergarten (2.1.2-8: every kindergarten keeps its own administrative subordination).

use kernel::{Caller, Date, KindergartenId, PostScope, Refuses};
use policy::RunBy;

/// Why a kindergarten's record may not be changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It answers to the city.
    #[error("市属幼儿园由市教育局维护，区里只能查看")]
    CityRun,
    /// It lies elsewhere.
    #[error("只能维护本区的幼儿园")]
    OtherDistrict,
    /// A post in a kindergarten writes nothing here.
    #[error("幼儿园的登记信息由教育行政部门维护")]
    NotABureau,
    /// Something is recorded for a later day already.
    #[error("这所幼儿园已登记自 {0} 起的情况，不能再登记更早的变更。请以 {0} 或之后的日期登记。")]
    LaterState(Date),
    /// It is another kindergarten.
    #[error("各园的内部事务由本园管理，其他幼儿园不能查看或改动")]
    NotOwn,
    /// Nothing differs.
    #[error("没有任何改动")]
    NothingChanged,
    /// Only a city-run kindergarten is delegated.
    #[error("只有市属幼儿园担任中心园才需要委托书")]
    NotCityRun,
    /// Two papers at once.
    #[error("这段时间已有委托书（{0}），请先终止原委托")]
    DelegatedAlready(String),
    /// It ended before.
    #[error("终止日期应晚于生效日期 {from}，且早于原终止日期 {to}")]
    NotInForce {
        /// First day.
        from: Date,
        /// First day after.
        to: Date,
    },
}

impl Refuses for Refusal {
    fn clause(&self) -> Option<&'static str> {
        match self {
            Self::CityRun | Self::OtherDistrict | Self::NotABureau | Self::NotOwn => {
                Some("2.1.2-8")
            }
            Self::NotCityRun | Self::DelegatedAlready(_) => Some("2.1.2-6"),
            Self::LaterState(_) | Self::NothingChanged | Self::NotInForce { .. } => None,
        }
    }
}

/// 2.1.2-8: a city-run kindergarten is written by the city alone, every other by its own district or the city; a
/// kindergarten writes nothing in the register, least of all another's.
pub fn may_write(caller: &Caller, district: &str, run_by: RunBy) -> Result<(), Refusal> {
    match (&caller.scope, run_by) {
        (PostScope::District(own), _) if own != district => Err(Refusal::OtherDistrict),
        (PostScope::District(_), RunBy::City) => Err(Refusal::CityRun),
        (PostScope::City, _) | (PostScope::District(_), RunBy::District) => Ok(()),
        (PostScope::Kindergarten(_) | PostScope::Cluster(_), _) => Err(Refusal::NotABureau),
    }
}

/// 2.1.2-8: what a kindergarten keeps for itself, its staff above all, is open to itself and to bureaus, and never to another
/// kindergarten of its cluster, the centre included.
pub fn may_look_inside(caller: &Caller, kindergarten: KindergartenId) -> Result<(), Refusal> {
    let is_open = match &caller.scope {
        PostScope::Kindergarten(own) => *own == kindergarten,
        scope => matches!(scope, PostScope::City | PostScope::District(_)),
    };
    if is_open { Ok(()) } else { Err(Refusal::NotOwn) }
}

/// 2.1.2-6: the district delegates a city-run kindergarten that lies in it, so the district (or the city) records the paper.
pub fn may_delegate(caller: &Caller, district: &str, run_by: RunBy) -> Result<(), Refusal> {
    may_write(caller, district, RunBy::District)?;
    if run_by == RunBy::City { Ok(()) } else { Err(Refusal::NotCityRun) }
}

#[cfg(test)]
mod tests {
    use kernel::{Id, Moment, Place, PostKind, Reach};

    use super::*;

    fn caller(scope: PostScope) -> Caller {
        let nobody = uuid::Uuid::nil();
        Caller {
            person: Id::new(nobody),
            name: "王敏".to_owned(),
            post: Id::new(nobody),
            kind: PostKind::SectionOfficer,
            scope,
            post_label: String::new(),
            has_other_posts: false,
            city: Place::city("4403"),
            reach: Reach::default(),
            now: Moment::from_millis(0),
            address: String::new(),
            request: String::new(),
        }
    }
    fn district(code: &str) -> Caller {
        caller(PostScope::District(code.to_owned()))
    }

    #[test]
    fn a_city_run_kindergarten_is_written_by_the_city_alone() {
        assert_eq!(may_write(&district("440305"), "440305", RunBy::City), Err(Refusal::CityRun));
        assert_eq!(may_write(&caller(PostScope::City), "440305", RunBy::City), Ok(()));
    }

    #[test]
    fn a_district_writes_its_own_kindergartens_only() {
        assert_eq!(may_write(&district("440305"), "440305", RunBy::District), Ok(()));
        assert_eq!(
            may_write(&district("440304"), "440305", RunBy::District),
            Err(Refusal::OtherDistrict)
        );
    }

    #[test]
    fn a_principal_writes_nothing_in_the_register() {
        let principal = caller(PostScope::Kindergarten(KindergartenId::new(uuid::Uuid::nil())));
        assert_eq!(may_write(&principal, "440305", RunBy::District), Err(Refusal::NotABureau));
        assert_eq!(may_delegate(&principal, "440305", RunBy::City), Err(Refusal::NotABureau));
    }

    #[test]
    fn the_district_delegates_a_city_run_kindergarten_and_no_other() {
        assert_eq!(may_delegate(&district("440305"), "440305", RunBy::City), Ok(()));
        assert_eq!(
            may_delegate(&district("440304"), "440305", RunBy::City),
            Err(Refusal::OtherDistrict)
        );
        assert_eq!(
            may_delegate(&district("440305"), "440305", RunBy::District),
            Err(Refusal::NotCityRun)
        );
    }
}
