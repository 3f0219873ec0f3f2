//! What may be done with a plan, and what is to be said of it. Pure: facts of one day in, answers out.

mod changing;
mod comparing;
mod drawing;
mod mending;
mod proposing;
mod reasoning;

pub use changing::{applied, settled};
pub use comparing::{Comparison, compare};
pub use drawing::{geojson, picture};
pub use proposing::{NoProposal, propose_district};
pub use reasoning::reasons;

use std::hash::{DefaultHasher, Hash, Hasher};

use kernel::{Date, PersonId, Refuses};
use policy::plan_rules::{Measures, measure};
use policy::{Breach, Exception, Legality, Rule, Strength, check, verdict};

use super::types::{Content, DistrictFacts, Plan, Stage, Step, StepKind};

/// Longest reason, remark or answer, in characters.
pub const LONGEST_REMARK: usize = 500;
/// Longest name of a cluster or a plan.
pub const LONGEST_NAME: usize = 40;
/// Longest document number.
pub const LONGEST_NUMBER: usize = 60;

/// Why something can't be done with a plan.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Only a draft is edited.
    #[error("方案{}，不能再修改", .0.label())]
    NotADraft(Stage),
    /// The step does not follow from where the plan stands.
    #[error("方案现在{}，不能{}", .0.label(), .1.label())]
    OutOfTurn(Stage, StepKind),
    /// The kindergarten is not one that the plan places.
    #[error("{0}不在本区在办幼儿园之列，请刷新页面")]
    UnknownKindergarten(String),
    /// No such cluster in the plan.
    #[error("方案中已没有这个学区，请刷新页面")]
    UnknownCluster,
    /// It is there already.
    #[error("{0}已在{1}")]
    AlreadyThere(String, String),
    /// A locked cluster is not touched.
    #[error("{0}已锁定，请先解锁再调整")]
    Locked(String),
    /// A cluster is locked around its centre.
    #[error("{0}还没有中心园，选定后才能锁定")]
    LockedWithoutCentre(String),
    /// In no cluster, so it can't lead one.
    #[error("{0}还没有编入学区，请先编入")]
    Unplaced(String),
    /// The split names kindergartens of other clusters, or none.
    #[error("请选择同一学区中要分出的幼儿园")]
    SplitElsewhere,
    /// Nothing would be left.
    #[error("不能把{0}的幼儿园全部分出")]
    SplitWhole(String),
    /// The new cluster's centre is not one of those that leave.
    #[error("新学区的中心园应是分出的幼儿园之一")]
    SplitCentreElsewhere,
    /// A cluster into itself.
    #[error("请选择另一个学区并入")]
    MergedIntoItself,
    /// A name that is none.
    #[error("学区名称应为 1 至 {LONGEST_NAME} 个字")]
    UnfitName,
    /// Hard rules know no exception.
    #[error("“{}”是硬性规定，不能申请例外", .0.label())]
    HardRule(Rule),
    /// Nothing to except.
    #[error("没有需要申请例外的问题，请刷新页面")]
    NothingToExcept,
    /// An exception needs a reason.
    #[error("请写明申请例外的理由，4 至 {LONGEST_REMARK} 个字")]
    ReasonMissing,
    /// An exception needs an end after the day.
    #[error("例外的有效期至应在 {0} 之后，且不超过三年")]
    UnfitExpiry(Date),
    /// No application to take back.
    #[error("这项例外已不在方案中，请刷新页面")]
    UnknownException,
    /// Nothing before.
    #[error("没有可以撤销的修改")]
    NothingToUndo,
    /// Nothing after.
    #[error("没有可以重做的修改")]
    NothingToRedo,
    /// Breaches stand in the way.
    #[error("{}", standing_in_the_way(.0))]
    NotLegal(Vec<Breach>),
    /// Who submitted does not approve.
    #[error("方案由您本人提交，不能由您审批，请由其他分管领导审批")]
    OwnSubmission,
    /// An empty plan.
    #[error("方案还没有学区，请先自动划分或新建学区")]
    Empty,
    /// Nobody was asked, or not this kindergarten.
    #[error("本园没有收到这份方案的意见征求")]
    NotAsked,
    /// The plan is no longer open to opinions.
    #[error("方案{}，不再收集意见", .0.label())]
    OpinionsClosed(Stage),
    /// Two plans of different districts.
    #[error("只能比较同一个区的方案")]
    OtherDistrict,
}

impl Refuses for Refusal {
    fn clause(&self) -> Option<&'static str> {
        match self {
            Self::NotLegal(breaches) => breaches.first().map(|breach| breach.clause().id),
            Self::HardRule(rule) => Some(rule.clause().id),
            _ => None,
        }
    }
}

/// How many breaches a refusal lists.
const LISTED: usize = 6;

fn standing_in_the_way(breaches: &[Breach]) -> String {
    let listed: Vec<String> = breaches
        .iter()
        .take(LISTED)
        .map(|breach| {
            format!("{}（{} {}）", breach.text, breach.clause().reference, breach.rule.label())
        })
        .collect();
    let more = if breaches.len() > LISTED {
        format!("；另有 {} 处", breaches.len() - LISTED)
    } else {
        String::new()
    };
    format!("有 {} 处问题须先解决或申请例外：{}{more}", breaches.len(), listed.join("；"))
}

/// What the rules say of a content.
#[derive(Clone, Debug)]
pub struct Judgement {
    /// Every breach.
    pub breaches: Vec<Breach>,
    /// The numbers of each cluster, in the content's order.
    pub measures: Vec<Measures>,
    /// The verdict, with exceptions that are only applied for counted as such.
    pub legality: Legality,
}

/// Checks a content by the rules of the policy. Its exceptions are applied for until the plan is approved; see
/// [`Legality::once_approved`].
pub fn judge(content: &Content, facts: &DistrictFacts) -> Judgement {
    let plan = facts.with(content);
    let breaches = check(&plan, &facts.parameters);
    let measures = measure(&plan, &facts.parameters);
    let legality = verdict(&breaches, &content.exceptions, facts.day);
    Judgement { breaches, measures, legality }
}

/// Whether an application lifts this breach on the day, once it is approved.
pub fn is_excepted(breach: &Breach, exceptions: &[Exception], day: Date) -> bool {
    exceptions.iter().any(|exception| exception.lifts_once_approved(breach, day))
}

/// `2.1.2-1` to `-9`, `1.2-2`, `2.1.1-2`: no hard rule broken, and every in-principle breach with an exception that has a
/// reason and holds on the day. Answers the exceptions that lift something.
pub fn lawful(content: &Content, facts: &DistrictFacts) -> Result<Vec<Exception>, Refusal> {
    if content.clusters.is_empty() && facts.open().next().is_some() {
        return Err(Refusal::Empty);
    }
    let breaches = check(&facts.with(content), &facts.parameters);
    let stands = |breach: &&Breach| match breach.strength() {
        Strength::Hard => true,
        Strength::InPrinciple => !is_excepted(breach, &content.exceptions, facts.day),
        Strength::Encouraged => false,
    };
    let standing: Vec<Breach> = breaches.iter().filter(stands).cloned().collect();
    if !standing.is_empty() {
        return Err(Refusal::NotLegal(standing));
    }
    let needed = |exception: &&Exception| breaches.iter().any(|breach| exception.concerns(breach));
    Ok(content.exceptions.iter().filter(needed).cloned().collect())
}

/// Only a draft is edited.
pub fn may_change(plan: &Plan) -> Result<(), Refusal> {
    if plan.is_draft() { Ok(()) } else { Err(Refusal::NotADraft(plan.stage)) }
}

/// The stage to which a step leads; some steps leave the plan where it is.
pub fn next_stage(stage: Stage, step: StepKind) -> Result<Stage, Refusal> {
    use Stage::{Adopted, Approved, Draft, Submitted, Withdrawn};
    match (stage, step) {
        (Draft, StepKind::Submitted) => Ok(Submitted),
        (Submitted | Approved, StepKind::Returned) => Ok(Draft),
        (Submitted, StepKind::Approved) => Ok(Approved),
        (Approved, StepKind::Adopted) => Ok(Adopted),
        (Draft | Submitted | Approved, StepKind::Withdrawn) => Ok(Withdrawn),
        (Draft | Submitted, StepKind::Solicited) => Ok(stage),
        _ => Err(Refusal::OutOfTurn(stage, step)),
    }
}

/// Two pairs of eyes: who submitted the version does not approve it.
pub fn may_approve(steps: &[Step], person: PersonId) -> Result<(), Refusal> {
    let submitted = steps.iter().rev().find(|step| step.kind == StepKind::Submitted);
    match submitted.and_then(|step| step.person) {
        Some(who) if who == person => Err(Refusal::OwnSubmission),
        _ => Ok(()),
    }
}

/// The lower bound, as long as it speaks of this content: same sites, nothing locked when it was proven, everybody
/// placed, no more clusters and none larger than it allowed.
pub fn proven_bound_m(content: &Content, facts: &DistrictFacts) -> Option<f64> {
    let proposal = content.proposal.as_ref()?;
    let largest = facts.parameters.largest_cluster as usize;
    let eligible = |id| facts.site(id).is_some_and(|site| site.is_eligible(&facts.parameters));
    let holds = proposal.locked == 0
        && content.clusters.len() <= proposal.clusters as usize
        && content.clusters.iter().all(|cluster| {
            cluster.members.len() <= largest && cluster.centre.is_some_and(eligible)
        })
        && content.unassigned(facts).is_empty()
        && proposal.sites == digest_of_sites(facts);
    holds.then_some(proposal.bound_m)
}

/// The share of the total by which it lies above the bound.
pub fn gap(total_m: f64, bound_m: f64) -> f64 {
    if total_m > 0.0 { ((total_m - bound_m) / total_m).max(0.0) } else { 0.0 }
}

/// A digest of what a bound rests on: which kindergartens, where, and which may lead.
pub(super) fn digest_of_sites(facts: &DistrictFacts) -> u64 {
    // The default hasher's algorithm may change between compilers; then a bound is shown as unknown until the next proposal.
    let mut digest = DefaultHasher::new();
    facts.parameters.largest_cluster.hash(&mut digest);
    for site in facts.open() {
        site.id.hash(&mut digest);
        site.point.lon.to_bits().hash(&mut digest);
        site.point.lat.to_bits().hash(&mut digest);
        site.is_eligible(&facts.parameters).hash(&mut digest);
    }
    // Kept within 53 bits: the content travels as JSON.
    digest.finish() >> 11
}

#[cfg(test)]
pub(super) mod sample;

#[cfg(test)]
mod tests {
    use super::sample::{content, facts, kg};
    use super::*;
    use crate::plans::types::{Change, Proposal};
    use kernel::{Id, Moment};

    fn step(kind: StepKind, person: u128) -> Step {
        Step {
            kind,
            version: 1,
            person: Some(Id::new(uuid::Uuid::from_u128(person))),
            person_name: "王敏".into(),
            post: "学前科科员".into(),
            at: Moment::from_millis(0),
            remark: String::new(),
        }
    }

    #[test]
    fn the_sample_is_lawful_and_needs_no_exception() {
        assert_eq!(lawful(&content(), &facts()), Ok(vec![]));
        assert!(judge(&content(), &facts()).legality.is_legal());
    }

    #[test]
    fn an_open_kindergarten_left_out_is_named_with_its_clause() {
        let change = Change::Unassign { kindergarten: kg(2) };
        let content = applied(&content(), &change, &facts()).unwrap().0;
        let refusal = lawful(&content, &facts()).unwrap_err();
        assert!(refusal.to_string().contains("未编入任何学区：青禾2幼儿园"), "{refusal}");
        assert_eq!(refusal.clause(), Some("1.2-2"));
    }

    #[test]
    fn an_in_principle_breach_needs_an_exception_that_holds_on_the_day() {
        let mut facts = facts();
        facts.parameters.farthest_distance_m = 100;
        let mut content = content();
        assert!(matches!(lawful(&content, &facts), Err(Refusal::NotLegal(_))));
        let until = facts.day + chrono::Days::new(200);
        let change =
            Change::ExceptAll { reason: "辖区狭长，暂无更近的中心园".into(), until };
        content = applied(&content, &change, &facts).unwrap().0;
        assert_eq!(lawful(&content, &facts).unwrap().len(), content.exceptions.len());
        facts.day = until + chrono::Days::new(1);
        assert!(lawful(&content, &facts).is_err());
    }

    #[test]
    fn an_empty_plan_is_not_submitted_but_an_empty_district_has_one() {
        assert_eq!(lawful(&Content::default(), &facts()), Err(Refusal::Empty));
        let nobody = DistrictFacts::new(
            "dapeng",
            "大鹏新区",
            facts().day,
            vec![],
            facts().parameters,
            vec![],
        );
        assert_eq!(lawful(&Content::default(), &nobody), Ok(vec![]));
    }

    #[test]
    fn steps_follow_their_order_and_an_adopted_plan_is_frozen() {
        assert_eq!(next_stage(Stage::Draft, StepKind::Submitted), Ok(Stage::Submitted));
        assert_eq!(next_stage(Stage::Submitted, StepKind::Approved), Ok(Stage::Approved));
        assert_eq!(next_stage(Stage::Approved, StepKind::Returned), Ok(Stage::Draft));
        for step in StepKind::ALL {
            assert!(next_stage(Stage::Adopted, *step).is_err());
            assert!(next_stage(Stage::Withdrawn, *step).is_err());
        }
        let refusal = next_stage(Stage::Draft, StepKind::Adopted).unwrap_err();
        assert_eq!(refusal.to_string(), "方案现在编制中，不能公布实施");
    }

    #[test]
    fn who_submitted_last_can_not_approve() {
        let steps = [
            step(StepKind::Submitted, 1),
            step(StepKind::Returned, 2),
            step(StepKind::Submitted, 3),
        ];
        let person = |number| Id::new(uuid::Uuid::from_u128(number));
        assert_eq!(may_approve(&steps, person(3)), Err(Refusal::OwnSubmission));
        assert_eq!(may_approve(&steps, person(1)), Ok(()));
    }

    #[test]
    fn a_bound_is_not_claimed_for_other_sites_or_more_clusters() {
        let facts = facts();
        let mut content = content();
        content.proposal = Some(Proposal {
            distance_m: content.distances(&facts).total_m,
            bound_m: 10.0,
            clusters: 2,
            locked: 0,
            seed: 1,
            rounds: 8,
            sites: digest_of_sites(&facts),
        });
        assert_eq!(proven_bound_m(&content, &facts), Some(10.0));
        let mut moved = facts.clone();
        moved.sites[0].point.lon += 0.01;
        assert_eq!(proven_bound_m(&content, &moved), None);
        content.proposal.as_mut().unwrap().clusters = 1;
        assert_eq!(proven_bound_m(&content, &facts), None);
    }
}
