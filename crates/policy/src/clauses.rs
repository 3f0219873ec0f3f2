//! The catalogue of clauses and obligations. One constant for each obligation that the program decides, filed by the
//! paragraph of the opinions that it comes from, so that each of the ninety has one obvious place:
//!
//! | ids | paragraph | file |
//! | --- | --- | --- |
//! | `1.2-*` | 一（二）发展目标 | `clauses/goals.rs` |
//! | `2.1.1-*` | 二（一）1 功能定位 | `clauses/function.rs` |
//! | `2.1.2-*` | 二（一）2 组建方式 | `clauses/formation.rs` |
//! | `2.1.3-*` … `4.3-*` | 二（一）3 治理结构 … 四（三）专业支持 | one file each, named after the paragraph |
//!
//! An obligation enters the catalogue together with the rule, report or record that decides it; whoever cites a clause
//! cites the constant, so what is decided where can be found by asking the compiler for its uses.

pub mod formation;
pub mod function;
pub mod goals;

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

/// All clauses of the catalogue in the order of the opinions.
pub fn all() -> impl Iterator<Item = &'static Clause> {
    [goals::ALL, function::ALL, formation::ALL].into_iter().flatten().copied()
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
