//! Adoption: from the effective day on the plan's clusters are the district's clusters.

use kernel::{Caller, Date, Failure, Invalid, Note, OPEN_END, PlanId};
use registry::clusters::{
    Decision, NewCluster, StandingException, acts::establish, acts::record_exception,
};
use registry::places::store::lock_district;
use storage::{Db, Tx};

use super::super::rules::{self, LONGEST_NUMBER};
use super::super::store;
use super::super::types::{Content, Plan, StepKind};
use super::stale;

/// How far ahead a plan may take effect, in days: two school years.
const LATEST_DAYS: u64 = 731;

/// By which paper and from which day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Adoption {
    /// The document number (文号).
    pub paper_number: String,
    /// The first day in force.
    pub effective_on: Date,
}

/// Adopts an approved plan. Its rules are checked once more, against the register as it stands on the effective day and
/// inside the transaction; clusters, their committees, memberships and approved exceptions begin in the same transaction or not at all. A
/// cluster whose centre stays keeps its identity.
pub async fn adopt(
    db: &Db,
    caller: &Caller,
    id: PlanId,
    seen: i64,
    adoption: &Adoption,
) -> Result<(), Failure> {
    let adoption = checked(adoption, caller.today())?;
    let mut tx = db.begin(caller).await?;
    let plan = store::find(&tx, id).await?;
    let to = rules::next_stage(plan.stage, StepKind::Adopted)?;
    if plan.version.number != seen {
        return Err(stale(&plan));
    }
    if !store::pass(&tx, &plan, to).await? {
        let now = store::find(&tx, id).await?;
        rules::next_stage(now.stage, StepKind::Adopted)?;
        return Err(stale(&now));
    }
    lock_district(&tx, &plan.district).await?;
    let facts =
        store::facts(&tx, &plan.district, &plan.district_name, adoption.effective_on).await?;
    let exceptions = rules::lawful(&plan.version.content, &facts)?;
    let keys = establish_clusters(&tx, &plan, &plan.version.content, &adoption).await?;
    let clusters: Vec<kernel::ClusterId> = keys.iter().map(|(_, cluster)| *cluster).collect();
    let (on, paper_number) = (adoption.effective_on, adoption.paper_number.as_str());
    institutions::committees::establish(&mut tx, &clusters, on, paper_number, &plan.place).await?;
    let approver = store::steps(&tx, id)
        .await?
        .into_iter()
        .rev()
        .find(|step| step.kind == StepKind::Approved)
        .map_or_else(String::new, |step| step.person_name);
    for exception in &exceptions {
        let Some((_, cluster)) = keys.iter().find(|(key, _)| Some(*key) == exception.cluster)
        else {
            continue;
        };
        let standing = StandingException {
            cluster: *cluster,
            rule: exception.rule.code().to_owned(),
            reason: exception.reason.clone(),
            approved_by: approver.clone(),
            paper_number: adoption.paper_number.clone(),
            from: adoption.effective_on,
            to: exception.until.succ_opt().unwrap_or(OPEN_END),
        };
        record_exception(&tx, &standing).await?;
    }
    store::set_paper(&tx, id, &adoption.paper_number, adoption.effective_on).await?;
    let words = format!("{}，自 {} 起实施", adoption.paper_number, adoption.effective_on);
    store::insert_step(&tx, id, StepKind::Adopted, seen, &words).await?;
    let summary = format!(
        "公布实施{}学区划分方案“{}”（{words}，{} 个学区）",
        plan.district_name,
        plan.name,
        keys.len()
    );
    let note = Note::of("plan.adopted", id, summary)
        .at(plan.place)
        .before(&serde_json::json!({ "stage": plan.stage.code() }))
        .after(&serde_json::json!({ "stage": to.code(), "version": seen, "clusters": keys.len(), "exceptions": exceptions.len() }));
    tx.commit(note).await
}

fn checked(adoption: &Adoption, today: Date) -> Result<Adoption, Failure> {
    let paper_number = adoption.paper_number.trim().to_owned();
    let mut invalid = Invalid::default();
    if paper_number.is_empty()
        || paper_number.chars().count() > LONGEST_NUMBER
        || paper_number.chars().any(char::is_control)
    {
        invalid.add("paper_number", format!("请填写公布文件的文号，不超过 {LONGEST_NUMBER} 个字"));
    }
    let latest = today.checked_add_days(chrono::Days::new(LATEST_DAYS)).unwrap_or(today);
    if adoption.effective_on < today || adoption.effective_on > latest {
        invalid.add("effective_on", format!("生效日期应在 {today} 至 {latest} 之间"));
    }
    invalid.or_ok()?;
    Ok(Adoption { paper_number, effective_on: adoption.effective_on })
}

/// The new clusters by their key in the plan.
async fn establish_clusters(
    tx: &Tx,
    plan: &Plan,
    content: &Content,
    adoption: &Adoption,
) -> Result<Vec<(u32, kernel::ClusterId)>, Failure> {
    let standing = store::ids_by_centre(tx, &plan.district, adoption.effective_on).await?;
    // Whoever is without a centre was refused by the rules before.
    let led =
        content.clusters.iter().filter_map(|cluster| Some((cluster.key, cluster.centre?, cluster)));
    let (keys, clusters): (Vec<u32>, Vec<NewCluster>) = led
        .map(|(key, centre, cluster)| {
            let keep = standing.get(&centre).copied();
            (
                key,
                NewCluster {
                    keep,
                    name: cluster.name.clone(),
                    centre,
                    members: cluster.members.clone(),
                },
            )
        })
        .unzip();
    let cause = format!("公布实施学区划分方案“{}”", plan.name);
    let decision = Decision {
        from: adoption.effective_on,
        to: OPEN_END,
        paper_number: &adoption.paper_number,
        cause: &cause,
    };
    let ids = establish(tx, &plan.district, &decision, &clusters).await?;
    Ok(keys.into_iter().zip(ids).collect())
}
