//! What a party organisation is made of.

use kernel::{Date, Refuses};

use super::types::Kind;

/// Why an organisation can't be registered, joined or left.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Exactly one.
    #[error("{0}在这段时间已归入其他党组织；一所幼儿园任一日只归入一个党组织，请先办理退出")]
    BelongsElsewhere(String),
    /// A branch is one kindergarten's own.
    #[error("党支部由一所幼儿园单独组建；多所幼儿园请组建联合党支部或联合党委")]
    BranchOfOne,
    /// Nobody's organisation.
    #[error("请选择组建该党组织的幼儿园")]
    NobodyForms,
    /// The name is taken.
    #[error("已有同名党组织“{0}”")]
    NameTaken(String),
    /// Before it existed.
    #[error("加入日期不能早于党组织成立日期 {0}")]
    BeforeEstablishment(Date),
    /// It has ended, or would end before it began.
    #[error("退出日期应晚于加入日期 {0}，且当时尚未退出")]
    NotInForce(Date),
    /// Another district.
    #[error("只能登记本区的党组织和幼儿园")]
    OtherDistrict,
}

impl Refuses for Refusal {
    fn clause(&self) -> Option<&'static str> {
        Some("2.1.3-10")
    }
}

/// 2.1.3-10: a branch is formed by one kindergarten; joint organisations take those whose conditions do not suffice.
pub fn may_count(kind: Kind, kindergartens: usize) -> Result<(), Refusal> {
    match (kind, kindergartens) {
        (_, 0) => Err(Refusal::NobodyForms),
        (Kind::Branch, many) if many > 1 => Err(Refusal::BranchOfOne),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_branch_of_two_kindergartens_is_refused_and_a_joint_branch_is_not() {
        assert_eq!(may_count(Kind::Branch, 2), Err(Refusal::BranchOfOne));
        assert_eq!(may_count(Kind::Branch, 1), Ok(()));
        assert_eq!(may_count(Kind::JointBranch, 12), Ok(()));
        assert_eq!(may_count(Kind::JointCommittee, 0), Err(Refusal::NobodyForms));
    }
}
