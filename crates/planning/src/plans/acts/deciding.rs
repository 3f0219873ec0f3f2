//! The steps of a plan before its adoption: submitted, returned, approved, withdrawn.

use kernel::{Caller, Failure, Note, PlanId};
use storage::Db;

use super::super::rules;
use super::super::store;
use super::super::types::StepKind;
use super::{checked_remark, stale};

/// Shortest remark with which a plan is returned or withdrawn.
const SHORTEST_REMARK: usize = 2;

/// Submits the version that the caller has seen. Refused while a hard rule is broken, an open kindergarten is left out or
/// an in-principle breach has no application for an exception.
pub async fn submit(
    db: &Db,
    caller: &Caller,
    id: PlanId,
    seen: i64,
    remark: &str,
) -> Result<(), Failure> {
    take(db, caller, id, seen, StepKind::Submitted, checked_remark(remark, 0)?).await
}

/// Approves a submitted plan with the exceptions applied for, if its register still bears it out. Whoever submitted it
/// can't.
pub async fn approve(
    db: &Db,
    caller: &Caller,
    id: PlanId,
    seen: i64,
    remark: &str,
) -> Result<(), Failure> {
    take(db, caller, id, seen, StepKind::Approved, checked_remark(remark, 0)?).await
}

/// Returns a submitted or approved plan to be worked over.
pub async fn give_back(
    db: &Db,
    caller: &Caller,
    id: PlanId,
    seen: i64,
    remark: &str,
) -> Result<(), Failure> {
    take(db, caller, id, seen, StepKind::Returned, checked_remark(remark, SHORTEST_REMARK)?).await
}

/// Gives a plan up that is not adopted.
pub async fn withdraw(
    db: &Db,
    caller: &Caller,
    id: PlanId,
    seen: i64,
    remark: &str,
) -> Result<(), Failure> {
    take(db, caller, id, seen, StepKind::Withdrawn, checked_remark(remark, SHORTEST_REMARK)?).await
}

async fn take(
    db: &Db,
    caller: &Caller,
    id: PlanId,
    seen: i64,
    kind: StepKind,
    remark: &str,
) -> Result<(), Failure> {
    let tx = db.begin(caller).await?;
    let plan = store::find(&tx, id).await?;
    let to = rules::next_stage(plan.stage, kind)?;
    if plan.version.number != seen {
        return Err(stale(&plan));
    }
    if matches!(kind, StepKind::Submitted | StepKind::Approved) {
        let facts = store::facts(&tx, &plan.district, &plan.district_name, caller.today()).await?;
        rules::lawful(&plan.version.content, &facts)?;
    }
    if kind == StepKind::Approved {
        rules::may_approve(&store::steps(&tx, id).await?, caller.person)?;
    }
    if !store::pass(&tx, &plan, to).await? {
        return Err(stale(&store::find(&tx, id).await?));
    }
    store::insert_step(&tx, id, kind, seen, remark).await?;
    let event = match kind {
        StepKind::Submitted => "plan.submitted",
        StepKind::Approved => "plan.approved",
        StepKind::Returned => "plan.returned",
        _ => "plan.withdrawn",
    };
    let note = Note::of(event, id, format!("{}方案“{}”第 {seen} 版", kind.label(), plan.name))
        .at(plan.place)
        .before(&serde_json::json!({ "stage": plan.stage.code() }))
        .after(&serde_json::json!({ "stage": to.code() }));
    tx.commit(note).await
}
