//! The list of posts with their holders, as a page and as a workbook.

use askama::Template;
use kernel::{Date, Failure, PostKind};
use registry::kindergartens::{day_of, shown_day};
use serde::{Deserialize, Serialize};
use storage::Source;
use web::{Desk, Page, Paging, Query, Shell, answer};

use crate::appointments::types::{Filter, Holding, State};
use crate::appointments::{sheets, store};

/// Shows posts in every part of their life.
const EVERY: &str = "all";

/// The filters as the address bears them.
#[derive(Deserialize, Serialize, Default, Clone)]
#[serde(default)]
pub(super) struct Asked {
    #[serde(skip_serializing_if = "String::is_empty")]
    text: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    kind: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    district: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    cluster: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    state: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    day: String,
    #[serde(skip_serializing)]
    page: Option<String>,
}

impl Asked {
    fn filter(&self) -> Filter {
        Filter {
            district: (!self.district.is_empty()).then(|| self.district.clone()),
            cluster: self.cluster.parse().ok(),
            kind: PostKind::from_code(&self.kind),
            state: match self.state.as_str() {
                EVERY => None,
                code => Some(State::from_code(code).unwrap_or(State::Held)),
            },
            text: self.text.clone(),
            ..Filter::default()
        }
    }
    fn is_narrowed(&self) -> bool {
        !Self { page: None, ..self.clone() }.query().is_empty()
    }
    fn query(&self) -> String {
        let query = serde_urlencoded::to_string(self).unwrap_or_default();
        if query.is_empty() { query } else { query + "&" }
    }
    /// The same list in a district whose code is appended.
    fn elsewhere(&self) -> String {
        let asked = Self { district: String::new(), cluster: String::new(), ..self.clone() };
        format!("/appointments?{}district=", asked.query())
    }
}

#[derive(Template)]
#[template(path = "appointments/pages/list.html")]
struct ListView {
    shell: Shell,
    city: String,
    elsewhere: String,
    asked: Asked,
    query: String,
    suffix: String,
    day: Date,
    kinds: Vec<(&'static str, &'static str)>,
    states: Vec<(&'static str, &'static str)>,
    districts: Vec<(String, String)>,
    clusters: Vec<(String, String)>,
    holdings: Vec<Holding>,
    paging: Paging,
    is_narrowed: bool,
    /// Where the office brings a file of the posts that it gives.
    import: Option<(&'static str, &'static str)>,
}

pub(super) async fn list(desk: Desk, Query(asked): Query<Asked>) -> Page {
    let reading = desk.reading();
    let (filter, today) = (asked.filter(), desk.caller.today());
    let day = day_of(&asked.day, today);
    let counting = store::count(&reading, &filter, day);
    let total = *reading.remembered("appointments counted", (&filter, day), counting).await?;
    let paging = Paging::of(asked.page.as_deref(), total);
    let (limit, offset) = (paging.limit(), paging.offset());
    let listing = store::list(&reading, &filter, day, limit, offset);
    let asked_for = (&filter, day, limit, offset);
    let holdings = reading.remembered("appointments listed", asked_for, listing).await?;
    let reached = registry::places::store::reached(&reading).await?;
    let only = match (filter.district.as_deref(), reached.as_slice()) {
        (Some(code), _) => Some(code.to_owned()),
        (None, [only]) => Some(only.code.clone()),
        _ => None,
    };
    let clusters = match only {
        Some(code) => clusters(&reading, &code, day).await?,
        None => Vec::new(),
    };
    let mut shell = desk.shell("任职名册");
    shell.day = shown_day(day, today);
    let appointed = PostKind::ALL.iter().filter(|kind| kind.given_with().is_some());
    let view = ListView {
        suffix: shell.day.as_ref().map(|day| format!("?day={day}")).unwrap_or_default(),
        shell,
        city: desk.app.settings.city_name.clone(),
        elsewhere: asked.elsewhere(),
        query: asked.query(),
        is_narrowed: asked.is_narrowed(),
        day,
        kinds: appointed.map(|kind| (kind.code(), kind.label())).collect(),
        states: State::ALL
            .iter()
            .skip(1)
            .map(|state| (state.code(), state.label()))
            .chain([(EVERY, "全部")])
            .collect(),
        districts: if reached.len() > 1 {
            reached.into_iter().map(|district| (district.code, district.name)).collect()
        } else {
            Vec::new()
        },
        clusters,
        holdings: holdings.to_vec(),
        paging,
        import: super::import_page(desk.caller.kind),
        asked,
    };
    desk.page(&view)
}

async fn clusters(
    src: &impl Source,
    district: &str,
    day: Date,
) -> Result<Vec<(String, String)>, Failure> {
    let found = registry::clusters::store::in_district(src, district, day).await?;
    Ok(found.into_iter().map(|cluster| (cluster.id.to_string(), cluster.name)).collect())
}

pub(super) async fn workbook(desk: Desk, Query(asked): Query<Asked>) -> Page {
    let reading = desk.reading();
    let (filter, day) = (asked.filter(), day_of(&asked.day, desk.caller.today()));
    let holdings = store::list(&reading, &filter, day, store::MOST, 0).await?;
    let notes = vec![format!(
        "{day} 的情况：{}，{}，共 {} 项",
        filter.kind.map_or("全部岗位", PostKind::label),
        filter.state.map_or("全部状态", State::label),
        holdings.len()
    )];
    let written =
        tokio::task::spawn_blocking(move || sheets::workbook(&holdings, day, notes)).await;
    answer::workbook(&format!("任职名册-{day}.xlsx"), written.map_err(Failure::broken)??)
}
