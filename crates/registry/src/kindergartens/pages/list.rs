//! The list of kindergartens and its workbook.

use askama::Template;
use geography::Regions;
use kernel::{Date, Failure, Permission};
use policy::{Grade, Ownership, RunBy, Status};
use serde::{Deserialize, Serialize};
use storage::Source as _;
use web::{Desk, Page, Paging, Query, Shell, answer};

use super::super::types::{ClusterFilter, Facts, Filter, Kindergarten};
use super::super::{sheets, store};
use super::{day_of, options, shown_day};
use crate::places;

/// The word for “in no cluster” in an address.
const WITHOUT: &str = "none";

/// The filters as the address bears them.
#[derive(Deserialize, Serialize, Default, Clone)]
#[serde(default)]
pub(super) struct Asked {
    #[serde(skip_serializing_if = "String::is_empty")]
    text: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    district: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    street: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    ownership: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    grade: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    run_by: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    status: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    cluster: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    code: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    day: String,
    #[serde(skip_serializing)]
    page: Option<String>,
}

impl Asked {
    pub(super) fn filter(&self) -> Filter {
        let given = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        Filter {
            district: given(&self.district),
            street: given(&self.street),
            ownership: Ownership::from_code(&self.ownership),
            grade: Grade::from_code(&self.grade),
            run_by: RunBy::from_code(&self.run_by),
            status: Status::from_code(&self.status),
            cluster: match self.cluster.as_str() {
                WITHOUT => Some(ClusterFilter::Without),
                id => id.parse().ok().map(ClusterFilter::In),
            },
            text: self.text.clone(),
            without_code: self.code == WITHOUT,
        }
    }
    pub(super) fn day(&self, today: Date) -> Date {
        day_of(&self.day, today)
    }
    /// The filters as the beginning of an address, so that a page number or nothing can follow.
    fn query(&self) -> String {
        let query = serde_urlencoded::to_string(self).unwrap_or_default();
        if query.is_empty() { query } else { query + "&" }
    }
    /// The same list in a district whose code is appended. A street or cluster of another district is not asked for there.
    fn elsewhere(&self) -> String {
        let mut asked = self.clone();
        asked.district.clear();
        asked.street.clear();
        if asked.cluster != WITHOUT {
            asked.cluster.clear();
        }
        format!("/kindergartens?{}district=", asked.query())
    }
}

struct Line {
    href: String,
    name: String,
    register_id: String,
    national_code: String,
    place: String,
    ownership: Ownership,
    grade: Grade,
    is_city_run: bool,
    status: Status,
    children: String,
    cluster: Option<(String, String)>,
    is_centre: bool,
}

#[derive(Template)]
#[template(path = "kindergartens/pages/list.html")]
struct ListView {
    shell: Shell,
    city: String,
    asked: Asked,
    elsewhere: String,
    query: String,
    paging: Paging,
    lines: Vec<Line>,
    districts: Vec<(String, String)>,
    streets: Vec<(String, String)>,
    clusters: Vec<(String, String)>,
    ownerships: Vec<(&'static str, &'static str)>,
    grades: Vec<(&'static str, &'static str)>,
    levels: Vec<(&'static str, &'static str)>,
    statuses: Vec<(&'static str, &'static str)>,
    is_narrowed: bool,
    may_import: bool,
}

pub(super) async fn list(desk: Desk, Query(asked): Query<Asked>) -> Page {
    let reading = desk.reading();
    let (filter, day) = (asked.filter(), asked.day(desk.caller.today()));
    let counting = store::count(&reading, &filter, day);
    let total = *reading.remembered("kindergartens counted", (&filter, day), counting).await?;
    let paging = Paging::of(asked.page.as_deref(), total);
    let (limit, offset) = (paging.limit(), paging.offset());
    let listing = store::list(&reading, &filter, day, limit, offset);
    let asked_for = (&filter, day, limit, offset);
    let found = reading.remembered("kindergartens listed", asked_for, listing).await?;
    let regions = places::store::names(&reading).await?;
    let reached = places::store::reached(&reading).await?;
    let district = filter.district.clone().or_else(|| match reached.as_slice() {
        [only] => Some(only.code.clone()),
        _ => None,
    });
    let (mut streets, mut clusters) =
        (Vec::new(), vec![(WITHOUT.to_owned(), "未编入学区".to_owned())]);
    if let Some(district) = &district {
        let all = places::store::streets(&reading, district).await?;
        streets.extend(all.into_iter().map(|street| (street.code, street.name)));
        clusters.extend(store::cluster_names(&reading, district, day).await?);
    }
    // One district is no choice.
    let districts = if reached.len() > 1 {
        reached.into_iter().map(|district| (district.code, district.name)).collect()
    } else {
        Vec::new()
    };
    let mut shell = desk.shell("幼儿园");
    shell.day = shown_day(day, desk.caller.today());
    let view = ListView {
        shell,
        city: desk.app.settings.city_name.clone(),
        elsewhere: asked.elsewhere(),
        query: asked.query(),
        is_narrowed: filter != Filter::default(),
        asked,
        paging,
        lines: found.iter().cloned().map(|each| line(each, &regions)).collect(),
        districts,
        streets,
        clusters,
        ownerships: options!(Ownership),
        grades: options!(Grade),
        levels: options!(RunBy),
        statuses: options!(Status),
        may_import: desk.caller.may(Permission::ImportRegister),
    };
    desk.page(&view)
}

fn line(each: Kindergarten, regions: &Regions) -> Line {
    let facts = each.facts;
    let district = regions.district(&facts.district).map_or("", |district| district.name.as_str());
    let street = facts
        .street
        .as_deref()
        .and_then(|code| regions.street(code))
        .map_or("", |street| street.name.as_str());
    Line {
        href: format!("/kindergartens/{}", each.id),
        is_city_run: facts.answers_to() == RunBy::City,
        place: format!("{district} {street}"),
        name: facts.name.into(),
        register_id: facts.register_id.into(),
        national_code: facts.national_code.map(String::from).unwrap_or_default(),
        ownership: facts.ownership,
        grade: facts.grade,
        status: facts.status,
        children: facts.children.map(|children| children.to_string()).unwrap_or_default(),
        is_centre: each
            .cluster
            .as_ref()
            .is_some_and(|cluster| cluster.role == super::super::types::Role::Centre),
        cluster: each.cluster.map(|cluster| (format!("/clusters/{}", cluster.id), cluster.name)),
    }
}

/// The same list with the same filters, whole, under the titles that an import understands.
pub(super) async fn workbook(desk: Desk, Query(asked): Query<Asked>) -> Page {
    let reading = desk.reading();
    let (filter, day) = (asked.filter(), asked.day(desk.caller.today()));
    let found = store::list(&reading, &filter, day, store::MOST, 0).await?;
    let regions = places::store::names(&reading).await?.into_owned();
    let notes =
        vec![format!("{day} 的情况；共 {} 所；筛选：{}", found.len(), told(&filter, &regions))];
    // A whole city takes a while to write: not on the threads that answer requests.
    let bytes = tokio::task::spawn_blocking(move || written(&found, &regions, notes))
        .await
        .map_err(Failure::broken)??;
    answer::workbook(&format!("幼儿园名册-{day}.xlsx"), bytes)
}

fn written(
    found: &[Kindergarten],
    regions: &Regions,
    notes: Vec<String>,
) -> Result<Vec<u8>, Failure> {
    let facts: Vec<Facts> = found.iter().map(|each| each.facts.clone()).collect();
    let mut sheet = sheets::list(&facts, regions, "幼儿园名册", notes);
    for title in ["学区", "学区角色"] {
        sheet.columns.push(::sheets::Column::new(title, ::sheets::Kind::Text));
    }
    for (row, each) in sheet.rows.iter_mut().zip(found) {
        let cluster = each.cluster.as_ref();
        row.push(cluster.map_or("", |cluster| cluster.name.as_str()).into());
        row.push(cluster.map_or("", |cluster| cluster.role.label()).into());
    }
    ::sheets::write_lists(&[sheet]).map_err(Failure::broken)
}

/// The filters in words.
fn told(filter: &Filter, regions: &Regions) -> String {
    let district = filter
        .district
        .as_deref()
        .and_then(|code| regions.district(code))
        .map(|each| each.name.clone());
    let street = filter
        .street
        .as_deref()
        .and_then(|code| regions.street(code))
        .map(|each| each.name.clone());
    let words = [
        district,
        street,
        filter.ownership.map(|term| term.label().to_owned()),
        filter.grade.map(|term| term.label().to_owned()),
        filter.run_by.map(|term| term.label().to_owned()),
        filter.status.map(|term| term.label().to_owned()),
        filter.cluster.map(|cluster| match cluster {
            ClusterFilter::In(_) => "指定学区".to_owned(),
            ClusterFilter::Without => "未编入学区".to_owned(),
        }),
        (!filter.text.is_empty()).then(|| format!("含“{}”", filter.text)),
        filter.without_code.then(|| "缺国家标识码".to_owned()),
    ];
    let words: Vec<String> = words.into_iter().flatten().collect();
    if words.is_empty() { "无".to_owned() } else { words.join("、") }
}
