//! Opinions: the printed sheet for each kindergarten, and the page on which its principal answers.

use askama::Template;
use kernel::{Date, Failure, KindergartenId, PlanId};
use serde::Deserialize;
use storage::Source;
use web::{Desk, Faults, Form, Page, Path, Shell, answer as answers};

use super::{facts_for, whole};
use crate::plans::acts;
use crate::plans::store;
use crate::plans::types::{Answer, Content, DistrictFacts, Opinion, Plan, Stage};

/// What a printed sheet says to one kindergarten.
struct SheetShown {
    kindergarten: String,
    cluster: String,
    centre: String,
    is_centre: bool,
    distance_m: String,
    members: Vec<String>,
    due_on: Option<Date>,
    answer: Option<Answer>,
    remark: String,
}

#[derive(Template)]
#[template(path = "plans/pages/sheets.html")]
struct SheetsView {
    shell: Shell,
    href: String,
    plan: Plan,
    lead: String,
    forms: Vec<SheetShown>,
}

fn shown(
    content: &Content,
    facts: &DistrictFacts,
    id: KindergartenId,
    opinion: Option<&Opinion>,
) -> SheetShown {
    let cluster = content.cluster_of(id);
    let centre = cluster.and_then(|cluster| cluster.centre);
    SheetShown {
        kindergarten: facts.name_of(id),
        cluster: cluster.map_or_else(String::new, |cluster| cluster.name.clone()),
        centre: centre.map_or_else(String::new, |centre| facts.name_of(centre)),
        is_centre: centre == Some(id),
        distance_m: centre
            .and_then(|centre| facts.distance_m(id, centre))
            .map_or_else(String::new, whole),
        members: cluster.map_or_else(Vec::new, |cluster| {
            cluster
                .members
                .iter()
                .filter(|member| Some(**member) != centre)
                .map(|member| facts.name_of(*member))
                .collect()
        }),
        due_on: opinion.map(|opinion| opinion.due_on),
        answer: opinion.and_then(|opinion| opinion.answer),
        remark: opinion.map_or_else(String::new, |opinion| opinion.remark.clone()),
    }
}

/// One sheet for each kindergarten that the plan places, in the order of its clusters.
pub(super) async fn sheets(desk: Desk, Path(id): Path<PlanId>) -> Page {
    printed(desk, id, None).await
}

pub(super) async fn sheet(
    desk: Desk,
    Path((id, kindergarten)): Path<(PlanId, KindergartenId)>,
) -> Page {
    printed(desk, id, Some(kindergarten)).await
}

async fn printed(desk: Desk, id: PlanId, only: Option<KindergartenId>) -> Page {
    let reading = desk.reading();
    let plan = store::find(&reading, id).await?;
    let facts = facts_for(&reading, &desk, &plan).await?;
    let opinions = store::opinions(&reading, id).await?;
    let content = &plan.version.content;
    let placed = content.clusters.iter().flat_map(|cluster| cluster.members.iter().copied());
    let wanted: Vec<KindergartenId> =
        placed.filter(|placed| only.is_none_or(|only| only == *placed)).collect();
    if only.is_some() && wanted.is_empty() {
        return Err(Failure::NotFound.into());
    }
    let opinion =
        |kindergarten| opinions.iter().find(|opinion| opinion.kindergarten == kindergarten);
    let forms: Vec<SheetShown> = wanted
        .into_iter()
        .map(|kindergarten| shown(content, &facts, kindergarten, opinion(kindergarten)))
        .collect();
    let lead = format!("共 {} 份，每园一份", forms.len());
    desk.page(&SheetsView {
        shell: desk.shell("征求意见表"),
        href: format!("/plans/{id}"),
        plan,
        lead,
        forms,
    })
}

/// A plan about which the principal's kindergarten was asked.
struct Question {
    opinion: Opinion,
    /// How its day was reckoned; empty where a day was named.
    due: String,
    district_name: String,
    is_open: bool,
    stage: Stage,
    cluster: String,
    centre: String,
    is_centre: bool,
    members: Vec<String>,
}

#[derive(Template)]
#[template(path = "plans/pages/opinions.html")]
struct OpinionsView {
    shell: Shell,
    questions: Vec<Question>,
    answers: Vec<(&'static str, &'static str)>,
    failed: Option<PlanId>,
    typed: AnswerForm,
    faults: Faults,
}

impl OpinionsView {
    fn has_failed(&self, question: &Question) -> bool {
        self.failed == Some(question.opinion.plan)
    }
}

async fn questions(
    source: &impl Source,
    own: &[KindergartenId],
    day: Date,
) -> Result<Vec<Question>, Failure> {
    let mut questions = Vec::new();
    let calendar = registry::settings::working_days(source).await?;
    for opinion in store::asked_of(source, own).await? {
        let plan = store::asked_plan(source, opinion.plan, own).await?;
        let content = store::version(source, opinion.plan, opinion.version).await?.content;
        let cluster = content.cluster_of(opinion.kindergarten);
        let ids = cluster.map_or(&[][..], |cluster| &cluster.members);
        let names = store::names_of(source, ids, day).await?;
        let centre = cluster.and_then(|cluster| cluster.centre);
        let name = |id: &KindergartenId| names.get(id).cloned().unwrap_or_default();
        questions.push(Question {
            district_name: plan.district_name,
            is_open: matches!(plan.stage, Stage::Draft | Stage::Submitted),
            stage: plan.stage,
            cluster: cluster.map_or_else(String::new, |cluster| cluster.name.clone()),
            centre: centre.as_ref().map_or_else(String::new, name),
            is_centre: centre == Some(opinion.kindergarten),
            due: opinion.deadline(&calendar).map_or_else(String::new, |due| due.explain()),
            members: ids.iter().filter(|id| Some(**id) != centre).map(name).collect(),
            opinion,
        });
    }
    Ok(questions)
}

async fn view(
    desk: &Desk,
    failed: Option<PlanId>,
    typed: AnswerForm,
    faults: Faults,
) -> Result<OpinionsView, Failure> {
    let own = desk.caller.reach.kindergartens.clone();
    Ok(OpinionsView {
        shell: desk.shell("划分意见"),
        questions: questions(&desk.reading(), &own, desk.caller.today()).await?,
        answers: Answer::ALL.iter().map(|answer| (answer.code(), answer.label())).collect(),
        failed,
        typed,
        faults,
    })
}

pub(super) async fn mine(desk: Desk) -> Page {
    let view = view(&desk, None, AnswerForm::default(), Faults::default()).await?;
    desk.page(&view)
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct AnswerForm {
    answer: String,
    remark: String,
}

pub(super) async fn answer(
    desk: Desk,
    Path(id): Path<PlanId>,
    Form(form): Form<AnswerForm>,
) -> Page {
    let outcome = match Answer::from_code(&form.answer) {
        Some(given) => acts::answer(desk.db(), &desk.caller, id, given, &form.remark).await,
        None => Err(kernel::Invalid::field("answer", "请选择同意或不同意").into()),
    };
    match outcome {
        Ok(()) => answers::see("/opinions"),
        Err(failure) => {
            let faults = Faults::of(failure)?;
            let again = view(&desk, Some(id), form, faults.clone()).await?;
            desk.form_again(&again, &faults)
        }
    }
}
