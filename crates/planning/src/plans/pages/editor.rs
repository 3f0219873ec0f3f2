//! The plan editor: one page, and the JSON that it talks.

use askama::Template;
use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::http::StatusCode;
use kernel::{Date, Failure, KindergartenId, Permission, PlanId};
use policy::{Breach, Exception, Rule, Strength};
use serde::{Deserialize, Serialize};
use web::{Desk, Page, Path, Routes, Shell, answer};

use super::facts_for;
use crate::plans::acts;
use crate::plans::jobs::{LONGEST_SECONDS, Runs, State, Wish};
use crate::plans::rules;
use crate::plans::store;
use crate::plans::types::{Change, DistrictFacts, Plan, Stage};

/// Computing time when none is asked for, in seconds.
const DEFAULT_SECONDS: u32 = 5;
/// Most clusters that can be asked for.
const MOST_CLUSTERS: u32 = 400;

pub(super) fn routes(runs: &Runs) -> Routes {
    let (starting, telling, cancelling) = (runs.clone(), runs.clone(), runs.clone());
    Routes::default()
        .page("/plans/{plan}/editor", Permission::DraftPlans, editor)
        .page("/plans/{plan}/content", Permission::ReadPlans, content)
        .page("/plans/{plan}/reasons/{kindergarten}", Permission::ReadPlans, reasons)
        .act("/plans/{plan}/changes", Permission::DraftPlans, change)
        .act("/plans/{plan}/proposal", Permission::DraftPlans, move |desk, path, body| {
            propose(starting.clone(), desk, path, body)
        })
        .page("/plans/{plan}/proposal/{run}", Permission::DraftPlans, move |desk, path| {
            progress(telling.clone(), desk, path)
        })
        .act(
            "/plans/{plan}/proposal/{run}/cancellation",
            Permission::DraftPlans,
            move |desk, path| cancel(cancelling.clone(), desk, path),
        )
}

#[derive(Template)]
#[template(path = "plans/pages/editor.html")]
struct EditorView {
    shell: Shell,
    plan_id: PlanId,
    plan_name: String,
    district_name: String,
    tiles: String,
    tiles_credit: String,
    map_approval: String,
}

async fn editor(desk: Desk, Path(id): Path<PlanId>) -> Page {
    let plan = store::find(&desk.reading(), id).await?;
    let map = desk.app.settings.map.clone();
    desk.page(&EditorView {
        shell: desk.shell(format!("编辑 {}", plan.name)),
        plan_id: id,
        plan_name: plan.name,
        district_name: plan.district_name,
        tiles: map.tiles,
        tiles_credit: map.credit,
        map_approval: map.approval,
    })
}

#[derive(Serialize)]
struct PlanJson<'a> {
    id: PlanId,
    name: &'a str,
    district: &'a str,
    district_name: &'a str,
    version: i64,
    stage: Stage,
    editable: bool,
    can_undo: bool,
    can_redo: bool,
    edited_by: &'a str,
    edited_at: String,
    cause: &'a str,
}

#[derive(Serialize)]
struct SiteJson<'a> {
    id: KindergartenId,
    name: &'a str,
    lon: f64,
    lat: f64,
    ownership: &'static str,
    grade: &'static str,
    run_by: &'static str,
    status: &'static str,
    street: &'a str,
    eligible: bool,
    delegated: bool,
}

#[derive(Serialize)]
struct ClusterJson<'a> {
    key: u32,
    name: &'a str,
    centre: Option<KindergartenId>,
    members: &'a [KindergartenId],
    locked: bool,
    mean_m: Option<f64>,
    farthest_m: Option<f64>,
    mix: [u32; 3],
    hard: usize,
    soft: usize,
}

#[derive(Serialize)]
struct BreachJson<'a> {
    rule: Rule,
    label: &'static str,
    clause: &'static str,
    clause_text: &'static str,
    strength: Strength,
    cluster: Option<u32>,
    kindergartens: &'a [String],
    text: &'a str,
    remedy: &'a str,
    excepted: bool,
    reason: Option<&'a str>,
    until: Option<Date>,
}

#[derive(Serialize)]
struct CostJson {
    total_m: f64,
    mean_m: f64,
    farthest_m: f64,
    bound_m: Option<f64>,
    gap: Option<f64>,
}

#[derive(Serialize)]
struct ContentJson<'a> {
    plan: PlanJson<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sites: Option<Vec<SiteJson<'a>>>,
    clusters: Vec<ClusterJson<'a>>,
    unassigned: Vec<KindergartenId>,
    breaches: Vec<BreachJson<'a>>,
    cost: CostJson,
    legal: bool,
    outline: String,
}

/// Writes the content and hands it to `then`; the parts are borrowed, so that 400 sites are written without copying them.
fn told<R>(
    desk: &Desk,
    plan: &Plan,
    facts: &DistrictFacts,
    with_sites: bool,
    then: impl FnOnce(&ContentJson) -> R,
) -> R {
    let content = &plan.version.content;
    let judgement = rules::judge(content, facts);
    let excepting = |breach: &Breach| -> Option<&Exception> {
        content.exceptions.iter().find(|exception| {
            rules::is_excepted(breach, std::slice::from_ref(exception), facts.day)
        })
    };
    let standing = |key: u32, strength: Strength| {
        let of_cluster = judgement
            .breaches
            .iter()
            .filter(|breach| breach.cluster == Some(key) && breach.strength() == strength);
        of_cluster.filter(|breach| excepting(breach).is_none()).count()
    };
    let clusters =
        content.clusters.iter().zip(&judgement.measures).map(|(cluster, measures)| ClusterJson {
            key: cluster.key,
            name: &cluster.name,
            centre: cluster.centre,
            members: &cluster.members,
            locked: cluster.locked,
            mean_m: measures.mean_m.map(f64::round),
            farthest_m: measures.farthest_m.map(f64::round),
            mix: measures.by_ownership,
            hard: standing(cluster.key, Strength::Hard),
            soft: standing(cluster.key, Strength::InPrinciple),
        });
    let breaches = judgement.breaches.iter().map(|breach| {
        let exception = excepting(breach);
        BreachJson {
            rule: breach.rule,
            label: breach.rule.label(),
            clause: breach.clause().id,
            clause_text: breach.clause().wording,
            strength: breach.strength(),
            cluster: breach.cluster,
            kindergartens: &breach.kindergartens,
            text: &breach.text,
            remedy: &breach.remedy,
            excepted: exception.is_some(),
            reason: exception.map(|exception| exception.reason.as_str()),
            until: exception.map(|exception| exception.until),
        }
    });
    // A member that has closed since, or lies in another district now, is still shown: it has to be taken out.
    let is_shown = |site: &&crate::plans::types::Site| {
        facts.must_be_placed(site) || content.cluster_of(site.id).is_some()
    };
    let site = |site: &'_ crate::plans::types::Site| SiteJson {
        id: site.id,
        name: facts.site(site.id).map_or("", |site| site.name.as_str()),
        lon: site.point.lon,
        lat: site.point.lat,
        ownership: site.ownership.code(),
        grade: site.grade.code(),
        run_by: site.run_by.code(),
        status: site.status.code(),
        street: facts.site(site.id).map_or("", |site| site.street.as_str()),
        eligible: site.is_eligible(&facts.parameters),
        delegated: site.delegated,
    };
    let distances = content.distances(facts);
    let bound_m = rules::proven_bound_m(content, facts);
    then(&ContentJson {
        plan: PlanJson {
            id: plan.id,
            name: &plan.name,
            district: &plan.district,
            district_name: &plan.district_name,
            version: plan.version.number,
            stage: plan.stage,
            editable: plan.is_draft() && desk.caller.may(Permission::DraftPlans),
            can_undo: plan.is_draft() && plan.version.undo_to.is_some(),
            can_redo: plan.is_draft() && plan.version.redo_to.is_some(),
            edited_by: &plan.version.made_by,
            edited_at: plan.version.made_at.to_string(),
            cause: &plan.version.cause,
        },
        sites: with_sites.then(|| facts.sites.iter().filter(is_shown).map(site).collect()),
        clusters: clusters.collect(),
        unassigned: content.unassigned(facts),
        breaches: breaches.collect(),
        cost: CostJson {
            total_m: distances.total_m.round(),
            mean_m: distances.mean_m().round(),
            farthest_m: distances.farthest_m.round(),
            bound_m: bound_m.map(f64::round),
            gap: bound_m.map(|bound_m| rules::gap(distances.total_m, bound_m)),
        },
        legal: judgement.legality.is_ready()
            && !(content.clusters.is_empty() && facts.open().next().is_some()),
        outline: format!("/districts/{}/outline.geojson", plan.district),
    })
}

async fn content(desk: Desk, Path(id): Path<PlanId>) -> Page {
    let reading = desk.reading();
    let plan = store::find(&reading, id).await?;
    let facts = facts_for(&reading, &desk, &plan).await?;
    told(&desk, &plan, &facts, true, |content| answer::json(content))
}

#[derive(Deserialize)]
struct Edit {
    base: i64,
    change: Change,
}

type Body<T> = Result<Json<T>, JsonRejection>;

fn parsed<T>(body: Body<T>) -> Result<T, Failure> {
    body.map(|Json(parsed)| parsed)
        .map_err(|_| Failure::refused("请求内容不完整，请刷新页面后再试", None))
}

async fn change(desk: Desk, Path(id): Path<PlanId>, body: Body<Edit>) -> Page {
    let edit = parsed(body)?;
    match acts::change(desk.db(), &desk.caller, id, edit.base, &edit.change).await {
        Ok(edited) => {
            told(&desk, &edited.plan, &edited.facts, false, |content| answer::json(content))
        }
        Err(Failure::Stale(message)) => {
            let reading = desk.reading();
            let plan = store::find(&reading, id).await?;
            let facts = facts_for(&reading, &desk, &plan).await?;
            told(&desk, &plan, &facts, false, |content| {
                answer::json_with(
                    StatusCode::CONFLICT,
                    &serde_json::json!({ "message": message, "content": content }),
                )
            })
        }
        Err(failure) => Err(failure.into()),
    }
}

#[derive(Deserialize)]
struct ProposalWish {
    base: i64,
    #[serde(default)]
    clusters: Option<u32>,
    #[serde(default)]
    seconds: Option<u32>,
}

async fn propose(runs: Runs, desk: Desk, Path(id): Path<PlanId>, body: Body<ProposalWish>) -> Page {
    let wish = parsed(body)?;
    let reading = desk.reading();
    let plan = store::find(&reading, id).await?;
    rules::may_change(&plan)?;
    if plan.version.number != wish.base {
        return Err(acts::stale(&plan).into());
    }
    let clusters = match wish.clusters {
        Some(clusters) => clusters.clamp(1, MOST_CLUSTERS),
        None => store::share(&reading, &plan.district, desk.caller.today()).await?.max(1),
    };
    let facts = facts_for(&reading, &desk, &plan).await?;
    let wish = Wish {
        plan: id,
        seen: wish.base,
        content: plan.version.content,
        facts,
        clusters,
        seconds: wish.seconds.unwrap_or(DEFAULT_SECONDS).clamp(1, LONGEST_SECONDS),
    };
    let run = runs.start(desk.db(), &desk.caller, wish)?;
    answer::json_with(StatusCode::ACCEPTED, &serde_json::json!({ "run": run }))
}

async fn progress(runs: Runs, desk: Desk, Path((id, run)): Path<(PlanId, String)>) -> Page {
    store::find(&desk.reading(), id).await?;
    let report = runs.report(id, &run).ok_or(Failure::NotFound)?;
    answer::json(&serde_json::json!({
        "state": report.state.code(),
        "progress": report.progress,
        "cost_m": report.cost_m.map(f64::round),
        "bound_m": report.bound_m.map(f64::round),
        "gap": report.gap(),
        "message": report.message,
        "done": report.state != State::Running,
    }))
}

async fn cancel(runs: Runs, desk: Desk, Path((id, run)): Path<(PlanId, String)>) -> Page {
    store::find(&desk.reading(), id).await?;
    runs.cancel(id, &run).ok_or(Failure::NotFound)?;
    answer::json(&serde_json::json!({}))
}

#[derive(Serialize)]
struct ReasonJson {
    cluster: u32,
    name: String,
    centre: String,
    distance_m: f64,
    change_m: f64,
    breaks: Vec<String>,
}

async fn reasons(desk: Desk, Path((id, kindergarten)): Path<(PlanId, KindergartenId)>) -> Page {
    let reading = desk.reading();
    let plan = store::find(&reading, id).await?;
    let facts = facts_for(&reading, &desk, &plan).await?;
    let content = &plan.version.content;
    // A kindergarten of another district is not there.
    let site = facts.site(kindergarten).ok_or(Failure::NotFound)?;
    let nearest: Vec<ReasonJson> = rules::reasons(content, kindergarten, &facts)?
        .into_iter()
        .map(|reason| ReasonJson {
            cluster: reason.cluster,
            name: reason.name,
            centre: reason.centre,
            distance_m: reason.distance_m.round(),
            change_m: reason.change_m.round(),
            breaks: reason.breaks,
        })
        .collect();
    answer::json(&serde_json::json!({
        "name": site.name,
        "cluster": content.cluster_of(kindergarten).map(|cluster| cluster.name.as_str()),
        "nearest": nearest,
    }))
}
