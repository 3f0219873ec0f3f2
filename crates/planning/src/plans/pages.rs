//! The pages of plans. Handlers parse, call one act or read from the store, and answer.

mod comparison;
mod editor;
mod exports;
mod list;
mod opinions;
mod show;
mod versions;

use std::sync::Arc;

use kernel::{Failure, Permission};
use storage::Source;
use web::{Desk, NavLine, Routes};

use super::jobs::Runs;
use super::store;
use super::types::{DistrictFacts, Plan};

/// The routes of the slice.
pub fn routes() -> Routes {
    let runs = Runs::default();
    editor::routes(&runs)
        .page("/plans", Permission::ReadPlans, list::list)
        .page("/plans/new", Permission::DraftPlans, list::blank)
        .act("/plans", Permission::DraftPlans, list::draft)
        .page("/plans/compare", Permission::ReadPlans, comparison::show)
        .page("/plans/{plan}", Permission::ReadPlans, show::show)
        .act("/plans/{plan}/submission", Permission::DraftPlans, show::submit)
        .act("/plans/{plan}/exceptions", Permission::DraftPlans, show::except)
        .act("/plans/{plan}/withdrawal", Permission::DraftPlans, show::withdraw)
        .act("/plans/{plan}/approval", Permission::ApprovePlans, show::approve)
        .act("/plans/{plan}/return", Permission::ApprovePlans, show::give_back)
        .act("/plans/{plan}/adoption", Permission::AdoptPlans, show::adopt)
        .act("/plans/{plan}/solicitation", Permission::DraftPlans, show::solicit)
        .page("/plans/{plan}/versions/{number}", Permission::ReadPlans, versions::show)
        .page("/plans/{plan}/plan.geojson", Permission::ReadPlans, exports::as_geojson)
        .page("/plans/{plan}/in-force.geojson", Permission::ReadPlans, exports::in_force_as_geojson)
        .page("/plans/{plan}/plan.xlsx", Permission::ReadPlans, exports::as_workbook)
        .page("/plans/{plan}/map", Permission::ReadPlans, exports::as_picture)
        .page("/plans/{plan}/sheets", Permission::ReadPlans, opinions::sheets)
        .page("/plans/{plan}/sheets/{kindergarten}", Permission::ReadPlans, opinions::sheet)
        .page("/opinions", Permission::AnswerOpinions, opinions::mine)
        .act("/opinions/{plan}", Permission::AnswerOpinions, opinions::answer)
        .entry(NavLine {
            href: "/plans",
            label: "划分方案",
            icon: "polygon",
            permission: Permission::ReadPlans,
            order: 40,
        })
        .entry(NavLine {
            href: "/opinions",
            label: "划分意见",
            icon: "message-2",
            permission: Permission::AnswerOpinions,
            order: 40,
        })
}

/// The facts by which a plan is shown: as of today, or of its effective day once adopted.
async fn facts_for(
    source: &impl Source,
    desk: &Desk,
    plan: &Plan,
) -> Result<Arc<DistrictFacts>, Failure> {
    let day = plan.day(desk.caller.today());
    let reading = store::facts(source, &plan.district, &plan.district_name, day);
    source.remembered("facts of a district", (&plan.district, day), reading).await
}

/// Where a district's outline is found.
fn outline_of(district: &str) -> String {
    format!("/districts/{district}/outline.geojson")
}

/// `812`: metres to the whole metre.
fn whole(metres: f64) -> String {
    format!("{metres:.0}")
}
