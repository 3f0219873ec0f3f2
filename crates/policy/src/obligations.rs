//! The ninety obligations of the opinions, and which of them is kept where: a verdict for every obligation and every
//! place in its scope, from the facts of one day.
//!
//! An obligation is *decided* only when every place in its scope has a verdict from records. That is computed by
//! [`Outcome::is_decided`], never declared: where the records don't exist the verdict is [`Verdict::Unknown`] and names the
//! capability that will decide it.
//!
//! No rule is written twice: what the plan rules say of a clustering ([`crate::plan_rules::check`]) is what is said here of
//! the clusters in force. Only what no plan knows has its own check, in `posts.rs`, `register.rs` and `target.rs`.

mod facts;
mod plans;
mod posts;
mod register;
mod target;

pub use facts::{
    Committee, DistrictFacts, Facts, Inspectors, Institutions, Place, Places, Register,
    Researchers, Seat,
};

use crate::clauses::{self, Clause};
use crate::parameters::Parameter;
use crate::plan_rules::{Breach, Exception, check};
use kernel::{Date, coded};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

coded! {
    /// What kind of place an obligation is judged at.
    Scope {
        /// The whole city.
        City = "city", "全市";
        /// Each district.
        District = "district", "区";
        /// Each cluster in force.
        Cluster = "cluster", "学区";
        /// Each open kindergarten.
        Kindergarten = "kindergarten", "幼儿园";
    }
}

coded! {
    /// The part of the program whose records decide an obligation.
    Capability {
        /// The register of kindergartens and the clusters in force.
        Register = "register", "名册与学区划分";
        /// Posts, committees, inspectors, liaisons, party organisations.
        Institutions = "institutions", "任职与组织登记";
        /// Charters, meetings, plans and reports.
        Meetings = "meetings", "章程、例会与计划";
        /// Inspections, feedback, rectification.
        Supervision = "supervision", "督导与整改";
        /// Weak kindergartens and their support.
        Support = "support", "薄弱园帮扶";
        /// Training, research, moving teachers.
        Training = "training", "研训与师资";
        /// Resources and culture in common.
        Sharing = "sharing", "资源共享与学区文化";
        /// Yearly appraisal and points.
        Appraisal = "appraisal", "考核评价";
        /// Emergencies.
        Incidents = "incidents", "突发事件";
        /// Joint meetings, steering groups, exchange.
        Linkage = "linkage", "市区联动";
        /// Earmarked funds, contracts and accounts.
        Funding = "funding", "专项经费与合同";
    }
}

coded! {
    /// How a place stands to an obligation, without the reasons.
    State {
        /// Not as the clause says.
        Failed = "failed", "未落实";
        /// Not as the clause says, with an approved exception.
        Excepted = "excepted", "例外";
        /// No records yet.
        Unknown = "unknown", "尚无记录";
        /// As the clause says.
        Met = "met", "已落实";
    }
}

/// One obligation of the catalogue.
#[derive(Debug)]
pub struct Obligation {
    /// Its clause: id, reference, wording, strength.
    pub clause: &'static Clause,
    /// What it asks, in plain words.
    pub demand: &'static str,
    /// Who must.
    pub party: &'static str,
    /// What is measured and against what; where the opinions give no figure it says so.
    pub threshold: &'static str,
    /// By when, or how often.
    pub period: &'static str,
    /// What proves it.
    pub evidence: &'static str,
    /// The dated parameters that fill it in.
    pub parameters: &'static [Parameter],
    /// At which places it is judged.
    pub scope: Scope,
    /// Whose records decide it.
    pub capability: Capability,
}

impl Obligation {
    /// Its id: `2.1.2-2`.
    pub fn id(&self) -> &'static str {
        self.clause.id
    }
}

/// All ninety in the order of the opinions.
pub fn all() -> impl Iterator<Item = &'static Obligation> {
    clauses::PARAGRAPHS.iter().copied().flatten()
}

/// The obligation with this id.
pub fn obligation(id: &str) -> Option<&'static Obligation> {
    all().find(|each| each.id() == id)
}

/// How one place stands to one obligation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// As the clause says.
    Met,
    /// Not as the clause says; the sentence says what is wrong.
    Failed(String),
    /// Not as the clause says, and somebody approved that for a time.
    Excepted(Exception),
    /// No records yet; those of this capability will decide it.
    Unknown(Capability),
}

impl Verdict {
    /// The state without its reasons.
    pub fn state(&self) -> State {
        match self {
            Self::Met => State::Met,
            Self::Failed(_) => State::Failed,
            Self::Excepted(_) => State::Excepted,
            Self::Unknown(_) => State::Unknown,
        }
    }

    /// The reason in a sentence; empty for what is met.
    pub fn reason(&self) -> String {
        match self {
            Self::Met => String::new(),
            Self::Failed(reason) => reason.clone(),
            Self::Excepted(exception) => {
                let approver = exception.approver.as_deref().unwrap_or_default();
                format!("{approver}批准例外，有效期至 {}：{}", exception.until, exception.reason)
            }
            Self::Unknown(capability) => {
                format!("系统尚无记录，由“{}”判定", capability.label())
            }
        }
    }
}

/// How many places stand how; the four sum to `in_scope`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Tally {
    /// Places at which the obligation is judged.
    pub in_scope: usize,
    /// Kept.
    pub met: usize,
    /// Not kept.
    pub failed: usize,
    /// Not kept, with an approved exception.
    pub excepted: usize,
    /// No records.
    pub unknown: usize,
}

impl Tally {
    /// Counts one more verdict.
    pub fn add(&mut self, state: State) {
        self.in_scope += 1;
        match state {
            State::Met => self.met += 1,
            State::Failed => self.failed += 1,
            State::Excepted => self.excepted += 1,
            State::Unknown => self.unknown += 1,
        }
    }

    /// Everything of another tally on top.
    pub fn join(&mut self, other: Self) {
        self.in_scope += other.in_scope;
        self.met += other.met;
        self.failed += other.failed;
        self.excepted += other.excepted;
        self.unknown += other.unknown;
    }

    /// The gravest state that occurs; what has no place in scope is met.
    pub fn state(&self) -> State {
        match self {
            Self { failed: 1.., .. } => State::Failed,
            Self { unknown: 1.., .. } => State::Unknown,
            Self { excepted: 1.., .. } => State::Excepted,
            _ => State::Met,
        }
    }
}

/// What a check says of the places of its scope, in their order; `None` where the obligation doesn't apply.
type Verdicts = Vec<Option<Verdict>>;

/// One obligation at all its places.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The obligation.
    pub obligation: &'static Obligation,
    /// From records, along the places of the scope; `None` while there are no records at all.
    verdicts: Option<Verdicts>,
    unknown: Verdict,
}

impl Outcome {
    /// Every place in scope with its verdict.
    pub fn each<'a>(
        &'a self,
        places: &'a Places,
    ) -> impl Iterator<Item = (&'a Place, &'a Verdict)> + use<'a> {
        let of_scope = places.of(self.obligation.scope);
        of_scope.iter().enumerate().filter_map(move |(index, place)| {
            let verdict = match &self.verdicts {
                Some(verdicts) => verdicts.get(index)?.as_ref()?,
                None if place.is_open => &self.unknown,
                None => return None,
            };
            Some((place, verdict))
        })
    }

    /// How the places stand.
    pub fn tally(&self, places: &Places) -> Tally {
        let mut tally = Tally::default();
        self.each(places).for_each(|(_, verdict)| tally.add(verdict.state()));
        tally
    }

    /// Whether every place in scope has a verdict from records.
    pub fn is_decided(&self) -> bool {
        self.verdicts.as_ref().is_some_and(|verdicts| {
            !verdicts.iter().flatten().any(|verdict| matches!(verdict, Verdict::Unknown(_)))
        })
    }
}

/// The whole policy on one day.
#[derive(Clone, Debug)]
pub struct Evaluation {
    /// The day.
    pub day: Date,
    /// The places.
    pub places: Places,
    /// One outcome for each obligation, in the order of the opinions.
    pub outcomes: Vec<Outcome>,
}

impl Evaluation {
    /// The outcome of one obligation.
    pub fn outcome(&self, id: &str) -> Option<&Outcome> {
        self.outcomes.iter().find(|outcome| outcome.obligation.id() == id)
    }

    /// The same seen by somebody who sees only some places: whatever `keep` denies is neither counted nor named.
    #[must_use]
    pub fn within(self, keep: impl Fn(Scope, &Place) -> bool) -> Self {
        let kept: BTreeMap<Scope, Vec<bool>> = Scope::ALL
            .iter()
            .map(|scope| {
                (*scope, self.places.of(*scope).iter().map(|place| keep(*scope, place)).collect())
            })
            .collect();
        let narrowed = |outcome: Outcome| {
            let kept = kept.get(&outcome.obligation.scope).map_or(&[][..], Vec::as_slice);
            let verdicts = outcome.verdicts.map(|verdicts| {
                let pairs = verdicts.into_iter().zip(kept);
                pairs.filter(|(_, is_kept)| **is_kept).map(|(verdict, _)| verdict).collect()
            });
            Outcome { verdicts, ..outcome }
        };
        Self {
            day: self.day,
            outcomes: self.outcomes.into_iter().map(narrowed).collect(),
            places: self.places.within(keep),
        }
    }

    /// How one obligation stands in one place; `None` where it does not apply.
    pub fn at(&self, id: &str, place: &str) -> Option<&Verdict> {
        let mut each = self.outcome(id)?.each(&self.places);
        each.find(|(one, _)| one.id == place).map(|(_, verdict)| verdict)
    }
}

/// Judges every obligation at every place.
pub fn evaluate(facts: &Facts) -> Evaluation {
    let places = Places::of_facts(facts);
    let breaches: Vec<Vec<Breach>> =
        facts.districts.iter().map(|each| check(&each.plan, &each.parameters)).collect();
    let outcomes = all().map(|obligation| Outcome {
        obligation,
        verdicts: plans::verdicts(obligation, facts, &places, &breaches)
            .or_else(|| register::verdicts(obligation, facts, &places))
            .or_else(|| posts::verdicts(obligation, facts, &places))
            .or_else(|| target::verdicts(obligation, facts)),
        unknown: Verdict::Unknown(obligation.capability),
    });
    let outcomes = outcomes.collect();
    Evaluation { day: facts.day, places, outcomes }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_ninety_obligations_and_each_says_who_what_and_how_it_is_proved() {
        assert_eq!(all().count(), 90);
        for one in all() {
            let said = [one.demand, one.party, one.threshold, one.period, one.evidence];
            assert!(said.iter().all(|text| !text.is_empty()), "{}", one.id());
        }
    }

    #[test]
    fn the_parameters_of_an_obligation_are_those_that_cite_its_clause() {
        for parameter in Parameter::ALL {
            let citing: Vec<_> = all().filter(|one| one.parameters.contains(parameter)).collect();
            assert_eq!(citing.len(), 1, "{parameter:?}");
            assert_eq!(citing[0].clause, parameter.clause());
        }
    }

    #[test]
    fn softening_words_and_strength_agree() {
        for one in all() {
            let wording = one.clause.wording;
            let is_soft = ["原则上", "一般每月"].iter().any(|word| wording.contains(word));
            let is_hard = one.clause.strength == crate::Strength::Hard;
            assert!(!(is_soft && is_hard), "{}: {wording}", one.id());
        }
    }

    #[test]
    fn the_four_states_sum_to_what_is_in_scope() {
        let mut tally = Tally::default();
        for state in [State::Met, State::Failed, State::Failed, State::Unknown, State::Excepted] {
            tally.add(state);
        }
        let sum = tally.met + tally.failed + tally.excepted + tally.unknown;
        assert_eq!((tally.in_scope, sum, tally.state()), (5, 5, State::Failed));
    }
}
