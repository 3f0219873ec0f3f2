//! 一（二）发展目标 — what the whole is for, and by when.

use super::Clause;
use crate::obligations::{Capability, Obligation, Scope};
use crate::parameters::Parameter;
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

pub(crate) const OBLIGATIONS: &[Obligation] = &[
    Obligation {
        clause: &CITY_TARGET,
        demand: "到2022年底全市建成约200个学区；到2025年治理更顺畅、机制更健全、均衡水平提高",
        party: "市教育局；区教育行政部门",
        threshold: "学区数≈200（目标值，可配置）；2025年目标为定性，建议以指标逐年改善判定",
        period: "截至2022-12-31；截至2025-12-31；按年",
        evidence: "学区名册（编号、成立日期、批文）；年度指标快照（例会率、闭环率、轮训率、园际差距）",
        parameters: &[Parameter::CityClusters],
        scope: Scope::City,
        capability: Capability::Register,
    },
    Obligation {
        clause: &FULL_COVERAGE,
        demand: "全市幼儿园全部纳入学区，无遗漏",
        party: "区教育行政部门",
        threshold: "覆盖率=100%（在办园中未归属数=0）",
        period: "截至2022-12-31；新开办/停办园随时",
        evidence: "幼儿园总名册与归属表逐园对账",
        parameters: &[],
        scope: Scope::Kindergarten,
        capability: Capability::Register,
    },
];
