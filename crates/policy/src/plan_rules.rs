//! The rules of a clustering plan, each a pure function over [`PlanFacts`] that cites its clause.
//!
//! | rule | clause | strength | file |
//! | --- | --- | --- | --- |
//! | at most 16 kindergartens | 2.1.2-2 | in principle | `size.rs` |
//! | exactly one centre, public, good grade | 2.1.2-4 | hard | `centre.rs` |
//! | city-run centre only by delegation | 2.1.2-6 | hard | `centre.rs` |
//! | one cluster per kindergarten | 2.1.2-5 | hard | `membership.rs` |
//! | every open kindergarten, and no other | 1.2-2 | hard | `membership.rs` |
//! | one district | 2.1.2 | hard | `membership.rs` |
//! | ownership mix near the district's | 2.1.2-3 | in principle | `composition.rs` |
//! | different kinds and levels | 2.1.1-2 | in principle | `composition.rs` |
//! | near one another | 2.1.2-1 | in principle | `nearness.rs` |
//! | name in a lawful form, unique | 2.1.2-9 | hard | `name.rs` |
//!
//! [`check`] finds every breach; [`verdict`] weighs them against the approved exceptions. Both see facts of one day
//! only: the caller says which day, and what held on it.

mod centre;
mod composition;
mod facts;
mod legality;
mod measures;
mod membership;
mod name;
mod nearness;
mod size;

#[cfg(test)]
mod sample;

pub use facts::{ClusterFacts, KindergartenFacts, PlanFacts, Position};
pub use legality::{Exception, Legality, verdict};
pub use measures::{Measures, measure};

use crate::clauses::{Clause, formation, function, goals};
use crate::parameters::Parameters;
use crate::terms::Strength;
use facts::Plan;
use kernel::coded;
use serde::{Deserialize, Serialize};

coded! {
    /// A rule of a plan, in the order in which breaches are listed.
    Rule {
        /// At most 16 kindergartens in a cluster, the centre included. The figure is a dated parameter.
        AtMostSixteen = "at_most_sixteen", "学区规模";
        /// Exactly one centre, public, of a good grade.
        OneCentre = "one_centre", "中心园资格";
        /// A city-run centre has a delegation paper in force.
        DelegatedCentre = "delegated_centre", "市属中心园委托";
        /// No kindergarten stands in two clusters, or twice in one.
        OneClusterEach = "one_cluster_each", "一园一学区";
        /// Every open kindergarten of the district is in, none that is not open or not in the register.
        WholeRegister = "whole_register", "全覆盖";
        /// No kindergarten of another district.
        OneDistrict = "one_district", "同一行政区";
        /// The shares of ownership lie near the district's.
        OwnershipMix = "ownership_mix", "办园性质搭配";
        /// Different kinds, and at least one good kindergarten.
        DifferentKinds = "different_kinds", "类型与水平";
        /// The members are near the centre.
        NearOneAnother = "near_one_another", "相对就近";
        /// The name has one of the two lawful forms and is unique in the city.
        LawfulName = "lawful_name", "学区名称";
    }
}

impl Rule {
    /// The clause on which the rule rests.
    pub fn clause(self) -> &'static Clause {
        match self {
            Self::AtMostSixteen => &formation::SIZE,
            Self::OneCentre => &formation::CENTRE,
            Self::DelegatedCentre => &formation::CITY_RUN_CENTRE,
            Self::OneClusterEach => &formation::MEMBERSHIP,
            Self::WholeRegister => &goals::FULL_COVERAGE,
            Self::OneDistrict => &formation::ONE_DISTRICT,
            Self::OwnershipMix => &formation::PROPORTION,
            Self::DifferentKinds => &function::DIFFERENT_KINDS,
            Self::NearOneAnother => &formation::NEARNESS,
            Self::LawfulName => &formation::NAME,
        }
    }

    /// How strict the rule is, which is how strict its clause is.
    pub fn strength(self) -> Strength {
        self.clause().strength
    }
}

/// A place where a plan departs from a rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Breach {
    /// The rule.
    pub rule: Rule,
    /// The cluster's key; `None` if the breach is not one cluster's.
    pub cluster: Option<u32>,
    /// The kindergartens concerned, by id.
    pub kindergartens: Vec<String>,
    /// What is wrong: names the cluster, what was measured and what is allowed.
    pub text: String,
    /// What to do about it.
    pub remedy: String,
}

impl Breach {
    /// How strict the broken rule is.
    pub fn strength(&self) -> Strength {
        self.rule.strength()
    }

    /// The clause on which the broken rule rests.
    pub fn clause(&self) -> &'static Clause {
        self.rule.clause()
    }
}

/// Every breach of the plan, rule by rule and cluster by cluster.
pub fn check(facts: &PlanFacts, parameters: &Parameters) -> Vec<Breach> {
    let plan = Plan::of(facts);
    let rules: [fn(&Plan, &Parameters) -> Vec<Breach>; 10] = [
        size::at_most_sixteen,
        centre::one_centre,
        centre::delegated_centre,
        membership::one_cluster_each,
        membership::whole_register,
        membership::one_district,
        composition::ownership_mix,
        composition::different_kinds,
        nearness::near_one_another,
        name::lawful_name,
    ];
    rules.into_iter().flat_map(|rule| rule(&plan, parameters)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sample_plan_keeps_every_rule() {
        let facts = sample::plan();
        assert_eq!(check(&facts, &Parameters::on(facts.day)), []);
    }

    #[test]
    fn a_plan_without_clusters_leaves_everybody_out() {
        let facts = PlanFacts { clusters: Vec::new(), ..sample::plan() };
        let breaches = check(&facts, &Parameters::on(facts.day));
        assert_eq!(
            breaches.iter().map(|breach| breach.rule).collect::<Vec<_>>(),
            [Rule::WholeRegister]
        );
        assert_eq!(breaches[0].kindergartens.len(), facts.kindergartens.len());
    }

    #[test]
    fn an_empty_district_has_a_lawful_empty_plan() {
        let facts = PlanFacts { clusters: Vec::new(), kindergartens: Vec::new(), ..sample::plan() };
        assert_eq!(check(&facts, &Parameters::on(facts.day)), []);
    }
}
