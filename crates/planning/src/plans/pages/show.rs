//! A plan's own page: facts, what the rules say, its steps, opinions and versions, and what the post may do with it now.

use std::sync::Arc;

use askama::Template;
use kernel::{Date, Failure, Moment, Permission, PlanId};
use policy::{Breach, Strength};
use serde::Deserialize;
use storage::Source as _;
use web::{Desk, Faults, Form, MapSettings, Page, Path, Shell, answer};

use super::{facts_for, outline_of, whole};
use crate::plans::acts::{self, Adoption};
use crate::plans::rules::{self, Judgement};
use crate::plans::store::{self, VersionLine};
use crate::plans::types::{
    Answer, Change, Content, DistrictFacts, Opinion, Plan, Stage, Step, StepKind,
};

/// Working days that kindergartens are usually given to answer: what the form offers.
const USUAL_TERM: u16 = 10;

/// Breaches and versions that the page shows before it says how many more there are.
const SHOWN: usize = 30;

pub(super) struct ClusterLine {
    pub(super) name: String,
    pub(super) centre: String,
    pub(super) size: u32,
    pub(super) mix: [u32; 3],
    pub(super) mean_m: String,
    pub(super) farthest_m: String,
    pub(super) members: Vec<String>,
    pub(super) breaches: usize,
}

pub(super) struct BreachLine {
    pub(super) text: String,
    pub(super) remedy: String,
    pub(super) rule: &'static str,
    pub(super) clause: &'static str,
    pub(super) wording: &'static str,
    pub(super) strength: Strength,
    pub(super) exception: Option<(String, Date)>,
}

/// Clusters and breaches of a content, ready for a page.
pub(super) struct Told {
    pub(super) clusters: Vec<ClusterLine>,
    pub(super) breaches: Vec<BreachLine>,
    pub(super) more_breaches: usize,
    pub(super) verdict: String,
    pub(super) is_legal: bool,
    pub(super) is_ready: bool,
    pub(super) is_approved: bool,
    pub(super) to_except: usize,
    pub(super) unassigned: usize,
    pub(super) kindergartens: usize,
    pub(super) mean_m: String,
    pub(super) farthest_m: String,
    pub(super) total_km: String,
    pub(super) gap: Option<String>,
}

/// What is told of a content; `is_approved`: with its exceptions, which the approval of the plan approved.
pub(super) fn told(content: &Content, facts: &DistrictFacts, is_approved: bool) -> Told {
    let Judgement { breaches, measures, legality } = rules::judge(content, facts);
    let legality = if is_approved { legality.once_approved() } else { legality };
    let distances = content.distances(facts);
    let metres = |value: Option<f64>| value.map_or_else(|| "—".to_owned(), whole);
    let clusters = content.clusters.iter().zip(&measures).map(|(cluster, measures)| ClusterLine {
        name: cluster.name.clone(),
        centre: cluster.centre.map_or_else(String::new, |centre| facts.name_of(centre)),
        size: measures.size,
        mix: measures.by_ownership,
        mean_m: metres(measures.mean_m),
        farthest_m: metres(measures.farthest_m),
        members: cluster
            .members
            .iter()
            .filter(|id| cluster.centre != Some(**id))
            .map(|id| facts.name_of(*id))
            .collect(),
        breaches: breaches.iter().filter(|breach| breach.cluster == Some(cluster.key)).count(),
    });
    let line = |breach: &Breach| BreachLine {
        text: breach.text.clone(),
        remedy: breach.remedy.clone(),
        rule: breach.rule.label(),
        clause: breach.clause().id,
        wording: breach.clause().wording,
        strength: breach.strength(),
        exception: content
            .exceptions
            .iter()
            .find(|exception| {
                rules::is_excepted(breach, std::slice::from_ref(exception), facts.day)
            })
            .map(|exception| (exception.reason.clone(), exception.until)),
    };
    Told {
        clusters: clusters.collect(),
        breaches: breaches.iter().take(SHOWN).map(line).collect(),
        more_breaches: breaches.len().saturating_sub(SHOWN),
        verdict: legality.sentence(),
        is_legal: legality.is_legal(),
        is_ready: legality.is_ready(),
        is_approved,
        to_except: legality.unexcepted,
        unassigned: content.unassigned(facts).len(),
        kindergartens: content.clusters.iter().map(|cluster| cluster.members.len()).sum(),
        mean_m: whole(distances.mean_m()),
        farthest_m: whole(distances.farthest_m),
        total_km: format!("{:.1}", distances.total_m / 1_000.0),
        gap: rules::proven_bound_m(content, facts)
            .map(|bound_m| format!("{:.1}", 100.0 * rules::gap(distances.total_m, bound_m))),
    }
}

struct VersionShown {
    number: i64,
    cause: String,
    made_by: String,
    made_at: Moment,
}

impl From<VersionLine> for VersionShown {
    fn from(line: VersionLine) -> Self {
        Self {
            number: line.version,
            cause: line.cause,
            made_by: line.made_by_name,
            made_at: Moment::from_millis(line.made_at),
        }
    }
}

/// What the post may do with the plan now.
struct Acts {
    edit: bool,
    submit: bool,
    solicit: bool,
    withdraw: bool,
    approve: bool,
    give_back: bool,
    adopt: bool,
}

impl Acts {
    fn of(desk: &Desk, stage: Stage) -> Self {
        let may = |permission, step| {
            desk.caller.may(permission) && rules::next_stage(stage, step).is_ok()
        };
        Self {
            edit: desk.caller.may(Permission::DraftPlans) && stage == Stage::Draft,
            submit: may(Permission::DraftPlans, StepKind::Submitted),
            solicit: may(Permission::DraftPlans, StepKind::Solicited),
            withdraw: may(Permission::DraftPlans, StepKind::Withdrawn),
            approve: may(Permission::ApprovePlans, StepKind::Approved),
            give_back: may(Permission::ApprovePlans, StepKind::Returned),
            adopt: may(Permission::AdoptPlans, StepKind::Adopted),
        }
    }
    fn any(&self) -> bool {
        self.submit || self.solicit || self.withdraw || self.approve || self.give_back || self.adopt
    }
}

#[derive(Template)]
#[template(path = "plans/pages/show.html")]
struct ShowView {
    shell: Shell,
    href: String,
    geojson: String,
    outline: String,
    plan: Plan,
    told: Arc<Told>,
    steps: Vec<Step>,
    versions: Vec<VersionShown>,
    more_versions: i64,
    opinions: Vec<Opinion>,
    /// How the day for answers was reckoned; empty when nobody was asked.
    due: String,
    /// The reckoning for who would be asked today.
    due_if_asked: String,
    agreed: usize,
    disagreed: usize,
    acts: Acts,
    others: Vec<(String, String)>,
    map: MapSettings,
    form: StepForm,
    faults: Faults,
}

impl ShowView {
    fn is_public(&self) -> bool {
        self.plan.stage == Stage::Adopted
    }
}

async fn view(
    desk: &Desk,
    id: PlanId,
    form: StepForm,
    faults: Faults,
) -> Result<ShowView, Failure> {
    let reading = desk.reading();
    let plan = store::find(&reading, id).await?;
    // The facts are read inside: what is kept may be newer than the state of the records that it is kept for, never older. A
    // version's content never changes.
    let judging = async {
        let facts = facts_for(&reading, desk, &plan).await?;
        Ok(told(&plan.version.content, &facts, plan.is_approved()))
    };
    let shown = (id, plan.version.number, plan.stage, plan.day(desk.caller.today()));
    let told = reading.remembered("a plan told", shown, judging).await?;
    let mut versions: Vec<VersionShown> =
        store::versions(&reading, id).await?.into_iter().map(VersionShown::from).collect();
    versions.truncate(SHOWN);
    let opinions = store::opinions(&reading, id).await?;
    let calendar = registry::settings::working_days(&reading).await?;
    let due = opinions.first().and_then(|opinion| opinion.deadline(&calendar));
    let count = |answer| opinions.iter().filter(|opinion| opinion.answer == Some(answer)).count();
    let (agreed, disagreed) = (count(Answer::Agree), count(Answer::Disagree));
    let same_district = store::Filter { district: Some(plan.district.clone()), stage: None };
    let others = store::list(&reading, &same_district, 20, 0).await?;
    let others = others.into_iter().filter(|line| line.id != id);
    Ok(ShowView {
        shell: desk.shell(plan.name.clone()),
        href: format!("/plans/{id}"),
        geojson: format!("/plans/{id}/plan.geojson"),
        outline: outline_of(&plan.district),
        told,
        steps: store::steps(&reading, id).await?,
        more_versions: plan.version.number - versions.len() as i64,
        versions,
        opinions,
        due: due.map_or_else(String::new, |due| due.explain()),
        due_if_asked: calendar.add_working_days(desk.caller.today(), USUAL_TERM).explain(),
        agreed,
        disagreed,
        acts: Acts::of(desk, plan.stage),
        others: others.map(|line| (line.id.to_string(), line.name)).collect(),
        map: desk.app.settings.map.clone(),
        plan,
        form,
        faults,
    })
}

pub(super) async fn show(desk: Desk, Path(id): Path<PlanId>) -> Page {
    let form = StepForm { working_days: USUAL_TERM.to_string(), ..StepForm::default() };
    let view = view(&desk, id, form, Faults::default()).await?;
    desk.page(&view)
}

/// The fields of all acts of the page; each act reads its own.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct StepForm {
    version: i64,
    remark: String,
    paper_number: String,
    effective_on: String,
    working_days: String,
    until: String,
}

/// Back to the plan, or the page again with what was wrong.
async fn ended<T>(desk: Desk, id: PlanId, form: StepForm, outcome: Result<T, Failure>) -> Page {
    match outcome {
        Ok(_) => answer::see(&format!("/plans/{id}")),
        Err(failure) => {
            let faults = Faults::of(failure)?;
            let again = view(&desk, id, form, faults.clone()).await?;
            desk.form_again(&again, &faults)
        }
    }
}

pub(super) async fn submit(desk: Desk, Path(id): Path<PlanId>, Form(form): Form<StepForm>) -> Page {
    let outcome = acts::submit(desk.db(), &desk.caller, id, form.version, &form.remark).await;
    ended(desk, id, form, outcome).await
}

pub(super) async fn withdraw(
    desk: Desk,
    Path(id): Path<PlanId>,
    Form(form): Form<StepForm>,
) -> Page {
    let outcome = acts::withdraw(desk.db(), &desk.caller, id, form.version, &form.remark).await;
    ended(desk, id, form, outcome).await
}

pub(super) async fn approve(
    desk: Desk,
    Path(id): Path<PlanId>,
    Form(form): Form<StepForm>,
) -> Page {
    let outcome = acts::approve(desk.db(), &desk.caller, id, form.version, &form.remark).await;
    ended(desk, id, form, outcome).await
}

pub(super) async fn give_back(
    desk: Desk,
    Path(id): Path<PlanId>,
    Form(form): Form<StepForm>,
) -> Page {
    let outcome = acts::give_back(desk.db(), &desk.caller, id, form.version, &form.remark).await;
    ended(desk, id, form, outcome).await
}

pub(super) async fn adopt(desk: Desk, Path(id): Path<PlanId>, Form(form): Form<StepForm>) -> Page {
    let outcome = match form.effective_on.parse() {
        Ok(effective_on) => {
            let adoption = Adoption { paper_number: form.paper_number.clone(), effective_on };
            acts::adopt(desk.db(), &desk.caller, id, form.version, &adoption).await
        }
        Err(_) => Err(kernel::Invalid::field("effective_on", "请填写生效日期").into()),
    };
    ended(desk, id, form, outcome).await
}

/// Applies for exceptions from all that is broken in principle, with one reason.
pub(super) async fn except(desk: Desk, Path(id): Path<PlanId>, Form(form): Form<StepForm>) -> Page {
    let outcome = match form.until.parse() {
        Ok(until) => {
            let change = Change::ExceptAll { reason: form.remark.clone(), until };
            acts::change(desk.db(), &desk.caller, id, form.version, &change).await
        }
        Err(_) => Err(kernel::Invalid::field("until", "请填写例外的有效期").into()),
    };
    ended(desk, id, form, outcome).await
}

pub(super) async fn solicit(
    desk: Desk,
    Path(id): Path<PlanId>,
    Form(form): Form<StepForm>,
) -> Page {
    // What is no number is refused like the number none.
    let working_days = form.working_days.trim().parse().unwrap_or_default();
    let outcome = acts::solicit(desk.db(), &desk.caller, id, form.version, working_days).await;
    ended(desk, id, form, outcome).await
}
