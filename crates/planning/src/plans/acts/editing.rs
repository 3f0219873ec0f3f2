//! Editing a draft: every edit is a new version, and only one can follow a version.

use kernel::{Caller, Failure, Note, Permission, PlanId};
use storage::Db;

use super::super::rules::{self, Refusal};
use super::super::store;
use super::super::types::{Change, Content, DistrictFacts, Plan};
use super::stale;

/// A plan after an edit, with the facts by which it was judged.
#[derive(Debug)]
pub struct Edited {
    /// The plan with its new version.
    pub plan: Plan,
    /// The district's facts of today.
    pub facts: DistrictFacts,
}

/// Applies one edit to the version that the caller has seen.
pub async fn change(
    db: &Db,
    caller: &Caller,
    id: PlanId,
    seen: i64,
    change: &Change,
) -> Result<Edited, Failure> {
    // Reading and judging happen outside the write lock; `advance` finds out whether somebody was first.
    let reading = db.reading(caller);
    let plan = store::find(&reading, id).await?;
    rules::may_change(&plan)?;
    if plan.version.number != seen {
        return Err(stale(&plan));
    }
    let facts = store::facts(&reading, &plan.district, &plan.district_name, caller.today()).await?;
    let (content, cause, undo_to, redo_to) = match change {
        Change::Undo => {
            let before =
                store::version(&reading, id, plan.version.undo_to.ok_or(Refusal::NothingToUndo)?)
                    .await?;
            (before.content, "撤销".to_owned(), before.undo_to, Some(seen))
        }
        Change::Redo => {
            let after =
                store::version(&reading, id, plan.version.redo_to.ok_or(Refusal::NothingToRedo)?)
                    .await?;
            (after.content, "重做".to_owned(), after.undo_to, after.redo_to)
        }
        edit => {
            let (content, cause) = rules::applied(&plan.version.content, edit, &facts)?;
            (content, cause, Some(seen), None)
        }
    };
    let plan = keep(db, caller, plan, content, &cause, undo_to, redo_to).await?;
    Ok(Edited { plan, facts })
}

/// Keeps what the optimiser found for the version from which it started, if nobody has changed the plan since. The run took
/// its time, so whether the post still stands is asked again.
pub async fn save_proposal(
    db: &Db,
    caller: &Caller,
    id: PlanId,
    seen: i64,
    content: Content,
) -> Result<Plan, Failure> {
    let caller = &Caller { now: db.now(), ..caller.clone() };
    let reading = db.reading(caller);
    let posts = people::posts::in_force_of(&reading, &[caller.person]).await?;
    if !posts.iter().any(|post| post.id == caller.post && post.kind.may(Permission::DraftPlans)) {
        return Err(Failure::Forbidden(Permission::DraftPlans));
    }
    let plan = store::find(&reading, id).await?;
    rules::may_change(&plan)?;
    if plan.version.number != seen {
        return Err(stale(&plan));
    }
    let cause = format!("自动划分为 {} 个学区", content.clusters.len());
    keep(db, caller, plan, content, &cause, Some(seen), None).await
}

async fn keep(
    db: &Db,
    caller: &Caller,
    mut plan: Plan,
    content: Content,
    cause: &str,
    undo_to: Option<i64>,
    redo_to: Option<i64>,
) -> Result<Plan, Failure> {
    let tx = db.begin(caller).await?;
    let seen = plan.version.number;
    if !store::advance(&tx, plan.id, seen).await? {
        let now = store::find(&tx, plan.id).await?;
        rules::may_change(&now)?;
        return Err(stale(&now));
    }
    let number = seen + 1;
    store::insert_version(&tx, plan.id, number, &content, cause, undo_to, redo_to).await?;
    let note = Note::of("plan.changed", plan.id, format!("修改方案“{}”：{cause}", plan.name))
        .at(plan.place.clone())
        .before(&serde_json::json!({ "version": seen }))
        .after(&serde_json::json!({ "version": number }));
    tx.commit(note).await?;
    let version = &mut plan.version;
    version.number = number;
    version.content = content;
    cause.clone_into(&mut version.cause);
    version.made_by.clone_from(&caller.name);
    version.made_at = caller.now;
    version.undo_to = undo_to;
    version.redo_to = redo_to;
    Ok(plan)
}
