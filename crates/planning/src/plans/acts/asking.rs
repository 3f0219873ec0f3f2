//! Opinions: the kindergartens of a plan are asked, and answer for themselves.

use kernel::calendar::{Deadline, WorkingDays};
use kernel::{Caller, Failure, Invalid, KindergartenId, Note, PlanId};
use registry::places::{CityLock, lock_city};
use registry::settings::Recounting;
use storage::{Db, Tx};

use super::super::rules::{self, Refusal};
use super::super::store;
use super::super::types::{Answer, Stage, StepKind};
use super::{checked_remark, stale};

/// Shortest reason of a kindergarten that does not agree.
const SHORTEST_OBJECTION: usize = 2;

/// Most working days that kindergartens are given to answer.
const LONGEST_TERM: u16 = 60;

/// Asks every kindergarten that the plan places for its opinion within so many working days from today. Asking again
/// begins afresh.
pub async fn solicit(
    db: &Db,
    caller: &Caller,
    id: PlanId,
    seen: i64,
    working_days: u16,
) -> Result<usize, Failure> {
    if !(1..=LONGEST_TERM).contains(&working_days) {
        let text = format!("请填写反馈期限，1 至 {LONGEST_TERM} 个工作日");
        return Err(Invalid::field("working_days", text).into());
    }
    let tx = db.begin(caller).await?;
    // Else a table that is being loaded would not find the deadline, nor the deadline the table.
    lock_city(&tx, CityLock::Calendar).await?;
    let due =
        registry::settings::working_days(&tx).await?.add_working_days(caller.today(), working_days);
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
    store::ask(&tx, id, seen, &asked, &due).await?;
    let words = format!(
        "向 {} 所幼儿园征求意见，{working_days} 个工作日内反馈，至 {}{}",
        asked.len(),
        due.day,
        if due.is_provisional() { "（暂定）" } else { "" }
    );
    store::insert_step(&tx, id, StepKind::Solicited, seen, &words).await?;
    let note = Note::of("plan.solicited", id, format!("方案“{}”第 {seen} 版：{words}", plan.name))
        .at(plan.place);
    tx.commit(note).await?;
    Ok(asked.len())
}

/// Counts the deadlines of all open questions anew when the working-day calendar changes, within the change of the
/// calendar; notes each that moves or is provisional no longer, and answers how many.
pub fn recount_deadlines<'a>(
    tx: &'a mut Tx,
    before: &'a WorkingDays,
    after: &'a WorkingDays,
) -> Recounting<'a> {
    Box::pin(async move {
        let mut changed = 0;
        for question in store::open_questions(tx).await? {
            let earlier = question.deadline(before);
            let deadline = earlier.recomputed(after);
            let Some(change) = deadline.change_since(&earlier) else { continue };
            store::set_due(tx, question.plan, deadline.day).await?;
            let text = format!("方案“{}”征求意见：{change}", question.plan_name);
            let told = |due: &Deadline| serde_json::json!({ "due_on": due.day, "provisional": due.is_provisional() });
            let note = Note::of("opinion.recounted", question.plan, text).at(question.place);
            tx.note(note.before(&told(&earlier)).after(&told(&deadline)));
            changed += 1;
        }
        Ok(changed)
    })
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
