//! The words of the policy. Each has a stored code and one Chinese label; the many other words that offices write for
//! them (公立, 其他民办) are the business of the import, not of the policy.

use kernel::coded;
use serde::{Deserialize, Serialize};

coded! {
    /// Who runs a kindergarten, and whether a private one is subsidised at a capped fee (opinions 二（一）2 sorts them so).
    Ownership {
        /// 公办园
        Public = "public", "公办";
        /// 普惠性民办园
        InclusivePrivate = "inclusive", "普惠性民办";
        /// 民办园 that is not inclusive (其他民办)
        Private = "private", "民办";
    }
}

coded! {
    /// The quality grade awarded, best first.
    Grade {
        /// 省一级
        Provincial = "provincial", "省一级";
        /// 市一级
        Municipal = "municipal", "市一级";
        /// 区一级
        District = "district", "区一级";
        /// 未评级
        Ungraded = "ungraded", "未评级";
    }
}

coded! {
    /// Which level a kindergarten answers to. A city-run one lies in a district and answers to the city.
    RunBy {
        /// 市属
        City = "city", "市属";
        /// 区属
        District = "district", "区属";
    }
}

coded! {
    /// Whether a kindergarten runs.
    Status {
        /// 在办
        Open = "open", "在办";
        /// 暂停办学
        Suspended = "suspended", "暂停办学";
        /// 已停办
        Closed = "closed", "已停办";
    }
}

coded! {
    /// How strict a rule is, as the policy's own words make it (`standards.md` §0).
    Strength {
        /// No softening word: it may not be broken.
        Hard = "hard", "硬性";
        /// “原则上”, “一般”: broken only with a reason, an approver and an expiry.
        InPrinciple = "in_principle", "原则上";
        /// “鼓励”, “可”: worth saying, never in the way.
        Encouraged = "encouraged", "鼓励";
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_leads_back_to_its_term() {
        assert!(Ownership::ALL.iter().all(|term| Ownership::from_code(term.code()) == Some(*term)));
        assert!(Grade::ALL.iter().all(|term| Grade::from_code(term.code()) == Some(*term)));
        assert!(RunBy::ALL.iter().all(|term| RunBy::from_code(term.code()) == Some(*term)));
        assert!(Status::ALL.iter().all(|term| Status::from_code(term.code()) == Some(*term)));
        assert!(Strength::ALL.iter().all(|term| Strength::from_code(term.code()) == Some(*term)));
    }

    #[test]
    fn an_unknown_code_is_no_term() {
        assert_eq!(Ownership::from_code("公办"), None);
        assert_eq!(Grade::from_code(""), None);
    }
}
