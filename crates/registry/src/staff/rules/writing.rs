//! Who may read and write whose staff (2.1.2-8: every kindergarten keeps its own administrative subordination).

use kernel::{Caller, Date, KindergartenId, PostScope, Refuses};
use policy::RunBy;

use crate::kindergartens;

/// Why a staff record may not be read or changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// A centre, or any other kindergarten, reached for a member's staff.
    #[error("各园的教职工由本园管理，学区中心园和其他幼儿园不能查看或改动")]
    NotOwn,
    /// A bureau corrects; it does not hire.
    #[error("教职工的入职和离职由幼儿园自行登记，教育行政部门只能更正信息或导入名册")]
    NotTheEmployer,
    /// The kindergarten is another bureau's.
    #[error("{0}")]
    Bureau(#[from] kindergartens::Refusal),
    /// The kindergarten is closed.
    #[error("幼儿园已停办，不能登记新入职的教职工")]
    Closed,
    /// Something is recorded for a later day already.
    #[error("已登记自 {0} 起的情况，不能再登记更早的变更。请以 {0} 或之后的日期登记。")]
    LaterState(Date),
    /// Nothing differs.
    #[error("没有任何改动")]
    NothingChanged,
    /// The member has left.
    #[error("已于 {0} 离职。再次入职请作为新入职登记。")]
    LeftAlready(Date),
    /// The identity number is that of somebody who is employed.
    #[error("这个身份证号已登记为在职教职工，不能重复登记。请先由原幼儿园登记离职。")]
    EmployedAlready,
    /// The identity number is that of somebody who was employed elsewhere on these days.
    #[error("这个身份证号的教职工到 {0} 才从另一所幼儿园离职，入职日期应不早于这一天")]
    EmployedUntil(Date),
    /// Nothing is kept.
    #[error("没有登记身份证号")]
    NoNumber,
}

impl Refuses for Refusal {
    fn clause(&self) -> Option<&'static str> {
        match self {
            Self::NotOwn | Self::NotTheEmployer => Some("2.1.2-8"),
            Self::Bureau(refusal) => refusal.clause(),
            _ => None,
        }
    }
}

/// 2.1.2-8: whose staff a caller may read: a kindergarten its own, never another's of the cluster; a bureau those within its
/// reach, which the store judges.
pub fn may_read(caller: &Caller, kindergarten: KindergartenId) -> Result<(), Refusal> {
    kindergartens::may_look_inside(caller, kindergarten).map_err(|_| Refusal::NotOwn)
}

/// 2.1.2-8: whose staff records a caller may correct: a kindergarten its own; a bureau those of the kindergartens that it
/// writes in the register.
pub fn may_keep(
    caller: &Caller,
    kindergarten: KindergartenId,
    district: &str,
    run_by: RunBy,
) -> Result<(), Refusal> {
    may_read(caller, kindergarten)?;
    match &caller.scope {
        PostScope::Kindergarten(_) => Ok(()),
        _ => Ok(kindergartens::may_write(caller, district, run_by)?),
    }
}

/// 2.1.2-8: hiring and dismissing is the kindergarten's own matter.
pub fn may_employ(caller: &Caller, kindergarten: KindergartenId) -> Result<(), Refusal> {
    may_read(caller, kindergarten)?;
    match &caller.scope {
        PostScope::Kindergarten(_) => Ok(()),
        _ => Err(Refusal::NotTheEmployer),
    }
}

#[cfg(test)]
mod tests {
    use kernel::{Id, Moment, Place, PostKind, Reach};

    use super::*;

    fn id(number: u128) -> KindergartenId {
        KindergartenId::new(uuid::Uuid::from_u128(number))
    }
    fn caller(scope: PostScope) -> Caller {
        let nobody = uuid::Uuid::nil();
        Caller {
            person: Id::new(nobody),
            name: "王敏".to_owned(),
            post: Id::new(nobody),
            kind: PostKind::Principal,
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

    #[test]
    fn a_centre_neither_reads_nor_writes_a_members_staff() {
        let centre = caller(PostScope::Kindergarten(id(1)));
        let refused = Err(Refusal::NotOwn);
        assert_eq!(may_read(&centre, id(2)), refused);
        assert_eq!(may_keep(&centre, id(2), "440305", RunBy::District), refused);
        assert_eq!(may_employ(&centre, id(2)), refused);
        assert_eq!(Refusal::NotOwn.clause(), Some("2.1.2-8"));
    }

    #[test]
    fn a_kindergarten_keeps_its_own_staff_even_when_the_city_runs_it() {
        let own = caller(PostScope::Kindergarten(id(1)));
        assert_eq!(may_keep(&own, id(1), "440305", RunBy::City), Ok(()));
        assert_eq!(may_employ(&own, id(1)), Ok(()));
    }

    #[test]
    fn a_bureau_corrects_its_own_kindergartens_and_hires_nobody() {
        let officer = caller(PostScope::District("440305".to_owned()));
        assert_eq!(may_keep(&officer, id(1), "440305", RunBy::District), Ok(()));
        assert!(may_keep(&officer, id(1), "440305", RunBy::City).is_err());
        assert!(may_keep(&officer, id(1), "440304", RunBy::District).is_err());
        assert_eq!(may_employ(&officer, id(1)), Err(Refusal::NotTheEmployer));
    }
}
