//! Opinions: the kindergartens of a plan are asked, and answer for themselves.

use kernel::{Caller, Date, Failure, Invalid, KindergartenId, Note, PlanId};
use storage::Db;

use super::super::rules::{self, Refusal};
use super::super::store;
use super::super::types::{Answer, Stage, StepKind};
use super::{checked_remark, stale};

/// Shortest reason of a kindergarten that does not agree.
const SHORTEST_OBJECTION: usize = 2;

/// Asks every kindergarten that the plan places for its opinion until `due_on`. Asking again begins afresh.
pub async fn solicit(
    db: &Db,
    caller: &Caller,
    id: PlanId,
    seen: i64,
    due_on: Date,
) -> Result<usize, Failure> {
    if due_on <= caller.today() {
        return Err(
            Invalid::field("due_on", format!("反馈截止日期应在 {} 之后", caller.today())).into()
        );
    }
    let tx = db.begin(caller).await?;
    let plan = store::find(&tx, id).await?;
    let to = rules::next_stage(plan.stage, StepKind::Solicited)?;
    if plan.version.number != seen {
        return Err(stale(&plan));
    }
    let clusters = &plan.version.content.clusters;
    let asked: Vec<KindergartenId> =
        clusters.iter().flat_map(|cluster| cluster.members.iter().copied()).collect();
    if asked.is_empty() {
        return Err(Refusal::Empty.into());
    }
    // Takes the plan's row, so that the version can't move on under the question.
    if !store::pass(&tx, &plan, to).await? {
        return Err(stale(&store::find(&tx, id).await?));
    }
    store::ask(&tx, id, seen, &asked, due_on).await?;
    let words = format!("向 {} 所幼儿园征求意见，{due_on} 前反馈", asked.len());
    store::insert_step(&tx, id, StepKind::Solicited, seen, &words).await?;
    let note = Note::of("plan.solicited", id, format!("方案“{}”第 {seen} 版：{words}", plan.name))
        .at(plan.place);
    tx.commit(note).await?;
    Ok(asked.len())
}

/// Answers for one's own kindergarten; an answer may be changed until the plan is decided.
pub async fn answer(
    db: &Db,
    caller: &Caller,
    id: PlanId,
    given: Answer,
    remark: &str,
) -> Result<(), Failure> {
    let least = if given == Answer::Disagree { SHORTEST_OBJECTION } else { 0 };
    let remark = checked_remark(remark, least)?;
    let own = *caller.reach.kindergartens.first().ok_or(Failure::NotFound)?;
    let tx = db.begin(caller).await?;
    let plan = store::asked_plan(&tx, id, &[own]).await?;
    if !matches!(plan.stage, Stage::Draft | Stage::Submitted) {
        return Err(Refusal::OpinionsClosed(plan.stage).into());
    }
    if !store::answer(&tx, id, own, given, remark).await? {
        return Err(Refusal::NotAsked.into());
    }
    let note =
        Note::of("opinion.answered", id, format!("对方案“{}”的意见：{}", plan.name, given.label()))
            .at(plan.place)
            .after(&serde_json::json!({ "kindergarten": own.to_string(), "answer": given.code() }));
    tx.commit(note).await
}
