//! The list of party organisations and the workbook 党组织一览表.

use askama::Template;
use kernel::{Failure, Permission};
use registry::kindergartens::{day_of, shown_day};
use serde::{Deserialize, Serialize};
use web::{Desk, Page, Paging, Query, Shell, answer};

use crate::parties::types::{Filter, Kind, Party};
use crate::parties::{sheets, store};

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
    day: String,
    #[serde(skip_serializing)]
    page: Option<String>,
}

impl Asked {
    fn filter(&self) -> Filter {
        Filter {
            district: (!self.district.is_empty()).then(|| self.district.clone()),
            kind: Kind::from_code(&self.kind),
            text: self.text.clone(),
        }
    }
    fn query(&self) -> String {
        let query = serde_urlencoded::to_string(self).unwrap_or_default();
        if query.is_empty() { query } else { query + "&" }
    }
    /// The same list in a district whose code is appended.
    fn elsewhere(&self) -> String {
        let asked = Self { district: String::new(), ..self.clone() };
        format!("/parties?{}district=", asked.query())
    }
}

#[derive(Template)]
#[template(path = "parties/pages/list.html")]
struct ListView {
    shell: Shell,
    city: String,
    elsewhere: String,
    asked: Asked,
    query: String,
    suffix: String,
    kinds: Vec<(&'static str, &'static str)>,
    districts: Vec<(String, String)>,
    parties: Vec<Party>,
    paging: Paging,
    is_narrowed: bool,
    /// Where a new one is registered; none when this post can't.
    new: Option<String>,
}

pub(super) async fn list(desk: Desk, Query(asked): Query<Asked>) -> Page {
    let reading = desk.reading();
    let (filter, today) = (asked.filter(), desk.caller.today());
    let day = day_of(&asked.day, today);
    let paging = Paging::of(asked.page.as_deref(), store::count(&reading, &filter).await?);
    let parties = store::list(&reading, &filter, day, paging.limit(), paging.offset()).await?;
    let reached = registry::places::store::reached(&reading).await?;
    let own = desk.caller.district().filter(|_| desk.caller.may(Permission::KeepParties));
    let mut shell = desk.shell("党组织");
    shell.day = shown_day(day, today);
    let view = ListView {
        suffix: shell.day.as_ref().map(|day| format!("?day={day}")).unwrap_or_default(),
        shell,
        city: desk.app.settings.city_name.clone(),
        elsewhere: asked.elsewhere(),
        query: asked.query(),
        kinds: Kind::ALL.iter().map(|kind| (kind.code(), kind.label())).collect(),
        districts: if reached.len() > 1 {
            reached.into_iter().map(|district| (district.code, district.name)).collect()
        } else {
            Vec::new()
        },
        parties,
        paging,
        is_narrowed: filter != Filter::default(),
        new: own.map(|code| format!("/districts/{code}/parties/new")),
        asked,
    };
    desk.page(&view)
}

pub(super) async fn workbook(desk: Desk, Query(asked): Query<Asked>) -> Page {
    let reading = desk.reading();
    let (filter, day) = (asked.filter(), day_of(&asked.day, desk.caller.today()));
    let parties = store::list(&reading, &filter, day, store::MOST, 0).await?;
    let written = tokio::task::spawn_blocking(move || sheets::workbook(&parties, day)).await;
    answer::workbook(&format!("党组织一览表-{day}.xlsx"), written.map_err(Failure::broken)??)
}
