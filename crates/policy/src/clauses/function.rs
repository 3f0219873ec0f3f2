//! 二（一）1 功能定位 — what a cluster is for.

use super::Clause;
use crate::terms::Strength;

/// A cluster unites kindergartens of different kinds and levels.
pub const DIFFERENT_KINDS: Clause = Clause {
    id: "2.1.1-2",
    reference: "二（一）1",
    wording: "学区由不同类型、不同水平的幼儿园组合而成",
    strength: Strength::InPrinciple,
};

pub(super) const ALL: &[&Clause] = &[&DIFFERENT_KINDS];
