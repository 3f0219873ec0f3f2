//! Districts and clusters: demanded against filled, on any day.

use askama::Template;
use kernel::{Date, Failure};
use policy::staffing::{FULL_TIME_INSPECTORS, PART_TIME_INSPECTORS};
use registry::kindergartens::{day_of, shown_day};
use serde::{Deserialize, Serialize};
use web::{Desk, Page, Paging, Query, Shell, answer};

use crate::staffing::types::{ClusterStaffing, Gap};
use crate::staffing::{sheets, store};

use super::clusters;

/// Any gap at all.
const ANY: &str = "any";

/// The filters as the address bears them.
#[derive(Deserialize, Serialize, Default, Clone)]
#[serde(default)]
pub(super) struct Asked {
    #[serde(skip_serializing_if = "String::is_empty")]
    district: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    gap: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    day: String,
    #[serde(skip_serializing)]
    page: Option<String>,
}

impl Asked {
    fn query(&self) -> String {
        let query = serde_urlencoded::to_string(self).unwrap_or_default();
        if query.is_empty() { query } else { query + "&" }
    }
    /// The same list in a district whose code is appended.
    fn elsewhere(&self) -> String {
        let asked = Self { district: String::new(), ..self.clone() };
        format!("/staffing?{}district=", asked.query())
    }
    fn district(&self) -> Option<&str> {
        Some(self.district.as_str()).filter(|code| !code.is_empty())
    }
    fn shows(&self, each: &ClusterStaffing) -> bool {
        match self.gap.as_str() {
            ANY => each.gaps() > 0,
            code => Gap::from_code(code).is_none_or(|gap| each.missing(gap) > 0),
        }
    }
}

/// A district's clusters taken together.
struct DistrictLine {
    code: String,
    name: String,
    clusters: usize,
    complete: usize,
    missing: Vec<i64>,
}

#[derive(Template)]
#[template(path = "staffing/pages/list.html")]
struct ListView {
    shell: Shell,
    city: String,
    elsewhere: String,
    asked: Asked,
    query: String,
    suffix: String,
    /// Of the day, to be appended to an address that has a query already.
    and_day: String,
    gaps: Vec<(&'static str, &'static str)>,
    labels: Vec<&'static str>,
    districts: Vec<(String, String)>,
    lines: Vec<DistrictLine>,
    clusters: Vec<ClusterStaffing>,
    paging: Paging,
    full_time: u32,
    part_time: u32,
    complete: usize,
    total: usize,
    missing_inspectors: i64,
    missing_others: i64,
    /// Where the office brings a file of the posts that it gives.
    import: Option<(&'static str, &'static str)>,
}

pub(super) async fn list(desk: Desk, Query(asked): Query<Asked>) -> Page {
    let reading = desk.reading();
    let today = desk.caller.today();
    let day = day_of(&asked.day, today);
    let all = clusters(&reading, asked.district(), day).await?;
    let reached = registry::places::store::reached(&reading).await?;
    let missing = |gap: Gap| all.iter().map(|each| each.missing(gap)).sum::<i64>();
    let (complete, total) = (all.iter().filter(|each| each.gaps() == 0).count(), all.len());
    let missing_inspectors = missing(Gap::FullTime) + missing(Gap::PartTime);
    let missing_others = all.iter().map(ClusterStaffing::gaps).sum::<i64>() - missing_inspectors;
    let lines = if asked.district.is_empty() && reached.len() > 1 {
        reached.iter().map(|district| line(&district.code, &district.name, &all)).collect()
    } else {
        Vec::new()
    };
    let shown: Vec<ClusterStaffing> =
        all.iter().filter(|each| asked.shows(each)).cloned().collect();
    let paging = Paging::of(asked.page.as_deref(), shown.len() as i64);
    let (skip, take) = (paging.offset() as usize, paging.limit() as usize);
    let mut shell = desk.shell("人员配备");
    shell.day = shown_day(day, today);
    let view = ListView {
        suffix: shell.day.as_ref().map(|day| format!("?day={day}")).unwrap_or_default(),
        and_day: shell.day.as_ref().map(|day| format!("&day={day}")).unwrap_or_default(),
        shell,
        city: desk.app.settings.city_name.clone(),
        elsewhere: asked.elsewhere(),
        query: asked.query(),
        gaps: [(ANY, "任一缺口")]
            .into_iter()
            .chain(Gap::ALL.iter().map(|gap| (gap.code(), gap.label())))
            .collect(),
        labels: Gap::ALL.iter().map(|gap| gap.label()).collect(),
        districts: if reached.len() > 1 {
            reached.into_iter().map(|district| (district.code, district.name)).collect()
        } else {
            Vec::new()
        },
        lines,
        clusters: shown.into_iter().skip(skip).take(take).collect(),
        paging,
        full_time: FULL_TIME_INSPECTORS,
        part_time: PART_TIME_INSPECTORS,
        complete,
        total,
        missing_inspectors,
        missing_others,
        import: crate::appointments::import_page(desk.caller.kind),
        asked,
    };
    desk.page(&view)
}

fn line(code: &str, name: &str, all: &[ClusterStaffing]) -> DistrictLine {
    let own: Vec<&ClusterStaffing> = all.iter().filter(|each| each.district == code).collect();
    DistrictLine {
        code: code.to_owned(),
        name: name.to_owned(),
        clusters: own.len(),
        complete: own.iter().filter(|each| each.gaps() == 0).count(),
        missing: Gap::ALL
            .iter()
            .map(|gap| own.iter().map(|each| each.missing(*gap)).sum())
            .collect(),
    }
}

pub(super) async fn workbook(desk: Desk, Query(asked): Query<Asked>) -> Page {
    let reading = desk.reading();
    let day: Date = day_of(&asked.day, desk.caller.today());
    let scope = asked.district().map_or(store::Scope::All, store::Scope::District);
    let kindergartens = store::kindergartens(&reading, scope, day).await?;
    let all = store::clusters(&reading, asked.district(), day).await?;
    let clusters: Vec<ClusterStaffing> = all.into_iter().filter(|each| asked.shows(each)).collect();
    let write = move || sheets::workbook(&clusters, &kindergartens, day);
    let written = tokio::task::spawn_blocking(write).await.map_err(Failure::broken)??;
    answer::workbook(&format!("人员配备一览表-{day}.xlsx"), written)
}
