//! 一（二）发展目标 — what the whole is for, and by when.

use super::Clause;
use crate::terms::Strength;

/// About two hundred clusters in the city.
pub const CITY_TARGET: Clause = Clause {
    id: "1.2-1",
    reference: "一（二）",
    wording: "到2022年底，全市设立200个左右学区",
    strength: Strength::InPrinciple,
};

/// Every kindergarten of the city is in a cluster.
pub const FULL_COVERAGE: Clause = Clause {
    id: "1.2-2",
    reference: "一（二）",
    wording: "实现学前教育学区化治理全覆盖",
    strength: Strength::Hard,
};

pub(super) const ALL: &[&Clause] = &[&CITY_TARGET, &FULL_COVERAGE];
