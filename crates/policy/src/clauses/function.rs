//! 二（一）1 功能定位 — what a cluster is for.

use super::Clause;
use crate::obligations::{Capability, Obligation, Scope};
use crate::parameters::Parameter;
use crate::terms::Strength;

/// A cluster unites kindergartens of different kinds and levels.
pub const DIFFERENT_KINDS: Clause = Clause {
    id: "2.1.1-2",
    reference: "二（一）1",
    wording: "学区由不同类型、不同水平的幼儿园组合而成",
    strength: Strength::InPrinciple,
};

pub(crate) const OBLIGATIONS: &[Obligation] = &[
    Obligation {
        clause: &Clause {
            id: "2.1.1-1",
            reference: "二（一）1",
            wording: "党建、行政、研训、督导四位一体的现代学前教育治理模式",
            strength: Strength::Hard,
        },
        demand: "党建、行政、研训、督导四条线一体运行",
        party: "学区治理委员会",
        threshold: "4条线均有负责人且均有当年计划",
        period: "按年",
        evidence: "四条线负责人任命与年度计划",
        parameters: &[],
        scope: Scope::Cluster,
        capability: Capability::Institutions,
    },
    Obligation {
        clause: &DIFFERENT_KINDS,
        demand: "学区由不同类型、不同水平的园组成",
        party: "区教育行政部门",
        threshold: "办园性质≥2类且至少1所优质园（建议口径）",
        period: "划分或调整时",
        evidence: "学区成员园的办园性质与等级",
        parameters: &[Parameter::LeastKinds, Parameter::LeastGood],
        scope: Scope::Cluster,
        capability: Capability::Register,
    },
    Obligation {
        clause: &Clause {
            id: "2.1.1-3",
            reference: "二（一）1",
            wording: "帮扶提升薄弱园，强化建设优质园，缩小园际差距",
            strength: Strength::Hard,
        },
        demand: "帮扶薄弱园、建强优质园、缩小园际差距",
        party: "学区治理委员会",
        threshold: "学区内极差/标准差逐年下降（建议口径）",
        period: "按年",
        evidence: "薄弱园清单、逐年积分或评估得分离散度",
        parameters: &[],
        scope: Scope::Cluster,
        capability: Capability::Support,
    },
];
