//! The catalogue of clauses and obligations. Filed by the paragraph of the opinions that they
//! come from, so that each of the ninety has one obvious place:
//!
//! | ids | paragraph | file |
//! | --- | --- | --- |
//! | `1.2-*` | 一（二）发展目标 | `clauses/goals.rs` |
//! | `2.1.1-*` | 二（一）1 功能定位 | `clauses/function.rs` |
//! | `2.1.2-*` | 二（一）2 组建方式 | `clauses/formation.rs` |
//! | `2.1.3-*` | 二（一）3 治理结构 | `clauses/governance.rs` |
//! | `2.2.1-*` | 二（二）1 委员会职责 | `clauses/committee.rs` |
//! | `2.2.2-*` | 二（二）2 内设部门职责 | `clauses/departments.rs` |
//! | `2.2.3-*` | 二（二）3 责任督学职责 | `clauses/supervision.rs` |
//! | `2.2.4-*` | 二（二）4 运行机制 | `clauses/operation.rs` |
//! | `2.3.*` | 二（三）资源共享 | `clauses/sharing.rs` |
//! | `2.4.*` | 二（四）联动考核 | `clauses/appraisal.rs` |
//! | `3.*` | 三 推进措施 | `clauses/linkage.rs` |
//! | `4.*` | 四 保障措施 | `clauses/safeguards.rs` |
//!
//! A clause that a rule decides has a constant of its own; whoever cites it cites the constant, so what is decided where
//! can be found by asking the compiler for its uses. Each file ends with the paragraph's obligations
//! ([`crate::obligations`]): who must do what, how it is measured and proved.

mod appraisal;
mod committee;
mod departments;
pub mod formation;
pub mod function;
pub mod goals;
pub mod governance;
mod linkage;
mod operation;
mod safeguards;
mod sharing;
mod supervision;

use crate::obligations::Obligation;
use crate::terms::Strength;

/// An obligation of the policy, or a paragraph that a rule rests on as a whole.
#[derive(Debug, PartialEq, Eq)]
pub struct Clause {
    /// Paragraph and number, as the obligations are catalogued: `2.1.2-2`.
    pub id: &'static str,
    /// How an office cites it: `二（一）2`.
    pub reference: &'static str,
    /// The official wording, a literal part of `opinions.txt`.
    pub wording: &'static str,
    /// How strict it is.
    pub strength: Strength,
}

/// The obligations of each paragraph, in the order of the opinions.
pub(crate) const PARAGRAPHS: &[&[Obligation]] = &[
    goals::OBLIGATIONS,
    function::OBLIGATIONS,
    formation::OBLIGATIONS,
    governance::OBLIGATIONS,
    committee::OBLIGATIONS,
    departments::OBLIGATIONS,
    supervision::OBLIGATIONS,
    operation::OBLIGATIONS,
    sharing::OBLIGATIONS,
    appraisal::OBLIGATIONS,
    linkage::OBLIGATIONS,
    safeguards::OBLIGATIONS,
];

/// All clauses: a paragraph that a rule rests on as a whole, then those of the obligations in the order of the opinions.
pub fn all() -> impl Iterator<Item = &'static Clause> {
    std::iter::once(&formation::ONE_DISTRICT).chain(crate::obligations::all().map(|one| one.clause))
}

/// The clause with this id.
pub fn clause(id: &str) -> Option<&'static Clause> {
    all().find(|clause| clause.id == id)
}

/// The draft for comment from which the wordings are taken. The final text was not found (`standards.md` §0).
pub const OPINIONS: &str = include_str!("../opinions.txt");

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_wording_stands_literally_in_the_opinions() {
        for clause in all() {
            assert!(OPINIONS.contains(clause.wording), "{}: {}", clause.id, clause.wording);
        }
    }

    #[test]
    fn no_id_is_used_twice() {
        let ids: BTreeSet<_> = all().map(|clause| clause.id).collect();
        assert_eq!(ids.len(), all().count());
    }

    #[test]
    fn a_clause_is_softened_exactly_by_the_words_of_the_opinions() {
        let size = clause("2.1.2-2").unwrap();
        assert_eq!((size.strength, size.wording.contains("原则上")), (Strength::InPrinciple, true));
        assert_eq!(clause("9.9-9"), None);
    }
}
