//! The list of clusters and the workbook 学区划分一览表.

use std::collections::BTreeMap;

use askama::Template;
use geography::Regions;
use kernel::{ClusterId, Date, Failure};
use serde::{Deserialize, Serialize};
use sheets::{Column, Kind, Sheet, Value};
use storage::Source;
use web::{Desk, MapSettings, Page, Paging, Query, Shell, answer};

use super::super::rules::{Measures, measure};
use super::super::store;
use super::super::types::{Cluster, Filter};
use super::metres;
use crate::kindergartens::{self, Kindergarten, Role, Site, day_of, shown_day};
use crate::places;

/// The filters as the address bears them.
#[derive(Deserialize, Serialize, Default, Clone)]
#[serde(default)]
pub(super) struct Asked {
    #[serde(skip_serializing_if = "String::is_empty")]
    text: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    district: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    day: String,
    #[serde(skip_serializing)]
    page: Option<String>,
}

impl Asked {
    fn filter(&self) -> Filter {
        let district = (!self.district.is_empty()).then(|| self.district.clone());
        Filter { district, text: self.text.clone() }
    }
    fn query(&self) -> String {
        let query = serde_urlencoded::to_string(self).unwrap_or_default();
        if query.is_empty() { query } else { query + "&" }
    }
    /// The same list in a district whose code is appended.
    fn elsewhere(&self) -> String {
        let asked = Self { district: String::new(), ..self.clone() };
        format!("/clusters?{}district=", asked.query())
    }
}

struct Line {
    href: String,
    name: String,
    district: String,
    centre: Option<(String, String)>,
    size: i64,
    mix: [usize; 3],
    mean: String,
    farthest: String,
    since: Date,
    paper_number: String,
}

#[derive(Template)]
#[template(path = "clusters/pages/list.html")]
struct ListView {
    shell: Shell,
    map: MapSettings,
    map_source: Option<String>,
    outline: String,
    city: String,
    asked: Asked,
    elsewhere: String,
    query: String,
    paging: Paging,
    lines: Vec<Line>,
    districts: Vec<(String, String)>,
    is_narrowed: bool,
}

pub(super) async fn list(desk: Desk, Query(asked): Query<Asked>) -> Page {
    let reading = desk.reading();
    let (filter, day) = (asked.filter(), day_of(&asked.day, desk.caller.today()));
    let paging = Paging::of(asked.page.as_deref(), store::count(&reading, &filter, day).await?);
    let (limit, offset) = (paging.limit(), paging.offset());
    let listing = measured(&reading, &filter, day, limit, offset);
    let asked_for = (&filter, day, limit, offset);
    let listed = reading.remembered("clusters listed", asked_for, listing).await?;
    let (clusters, measures) = &*listed;
    let reached = places::store::reached(&reading).await?;
    // One district is no choice, and its map fits on the page.
    let only = match (filter.district.as_deref(), reached.as_slice()) {
        (Some(code), _) => Some(code.to_owned()),
        (None, [only]) => Some(only.code.clone()),
        _ => None,
    };
    let districts = if reached.len() > 1 {
        reached.into_iter().map(|district| (district.code, district.name)).collect()
    } else {
        Vec::new()
    };
    let mut shell = desk.shell("学区");
    shell.day = shown_day(day, desk.caller.today());
    let suffix = shell.day.as_ref().map(|day| format!("?day={day}")).unwrap_or_default();
    let view = ListView {
        shell,
        map: desk.app.settings.map.clone(),
        map_source: only
            .as_deref()
            .map(|code| format!("/districts/{code}/clusters.geojson{suffix}")),
        outline: only.map(|code| format!("/districts/{code}/outline.geojson")).unwrap_or_default(),
        city: desk.app.settings.city_name.clone(),
        elsewhere: asked.elsewhere(),
        query: asked.query(),
        is_narrowed: filter != Filter::default() || !suffix.is_empty(),
        asked,
        paging,
        lines: clusters.iter().cloned().map(|cluster| line(cluster, measures, &suffix)).collect(),
        districts,
    };
    desk.page(&view)
}

/// A page of clusters, and what can be told of each from its kindergartens.
async fn measured(
    src: &impl Source,
    filter: &Filter,
    day: Date,
    limit: i64,
    offset: i64,
) -> Result<(Vec<Cluster>, BTreeMap<ClusterId, Measures>), Failure> {
    let clusters = store::list(src, filter, day, limit, offset).await?;
    let ids: Vec<ClusterId> = clusters.iter().map(|cluster| cluster.id).collect();
    let measures = measures(&kindergartens::store::sites_in(src, &ids, day).await?);
    Ok((clusters, measures))
}

fn measures(everybody: &[Site]) -> BTreeMap<ClusterId, Measures> {
    let mut groups: BTreeMap<ClusterId, Vec<&Site>> = BTreeMap::new();
    for each in everybody {
        if let Some(cluster) = &each.cluster {
            groups.entry(cluster.id).or_default().push(each);
        }
    }
    groups.into_iter().map(|(id, members)| (id, measure(members))).collect()
}

fn grouped(everybody: &[Kindergarten]) -> BTreeMap<ClusterId, Vec<&Kindergarten>> {
    let mut groups: BTreeMap<ClusterId, Vec<&Kindergarten>> = BTreeMap::new();
    for each in everybody {
        if let Some(cluster) = &each.cluster {
            groups.entry(cluster.id).or_default().push(each);
        }
    }
    groups
}

fn line(cluster: Cluster, measures: &BTreeMap<ClusterId, Measures>, suffix: &str) -> Line {
    let of = measures.get(&cluster.id).copied().unwrap_or_default();
    Line {
        href: format!("/clusters/{}{suffix}", cluster.id),
        name: cluster.name,
        district: cluster.district_name,
        centre: cluster
            .centre
            .map(|centre| (format!("/kindergartens/{}{suffix}", centre.id), centre.name)),
        size: cluster.size,
        mix: of.by_ownership,
        mean: metres(of.mean_m),
        farthest: metres(of.farthest_m),
        since: cluster.since,
        paper_number: cluster.paper_number,
    }
}

/// 学区划分一览表: the clusters, and who is in them.
pub(super) async fn workbook(desk: Desk, Query(asked): Query<Asked>) -> Page {
    let reading = desk.reading();
    let (filter, day) = (asked.filter(), day_of(&asked.day, desk.caller.today()));
    let clusters = store::list(&reading, &filter, day, store::MOST, 0).await?;
    let ids: Vec<ClusterId> = clusters.iter().map(|cluster| cluster.id).collect();
    let everybody = kindergartens::store::in_clusters(&reading, &ids, day).await?;
    let regions = places::store::names(&reading).await?.into_owned();
    let bytes = tokio::task::spawn_blocking(move || written(&clusters, &everybody, &regions, day))
        .await
        .map_err(Failure::broken)??;
    answer::workbook(&format!("学区划分一览表-{day}.xlsx"), bytes)
}

fn written(
    clusters: &[Cluster],
    everybody: &[Kindergarten],
    regions: &Regions,
    day: Date,
) -> Result<Vec<u8>, Failure> {
    let groups = grouped(everybody);
    let sites: Vec<Site> = everybody.iter().map(Site::from).collect();
    let measures = measures(&sites);
    let none = Vec::new();
    let (mut rows, mut member_rows): (Vec<Vec<Value>>, Vec<Vec<Value>>) = (Vec::new(), Vec::new());
    for cluster in clusters {
        let members = groups.get(&cluster.id).unwrap_or(&none);
        let of = measures.get(&cluster.id).copied().unwrap_or_default();
        let centre = cluster.centre.as_ref();
        rows.push(vec![
            cluster.district_name.clone().into(),
            cluster.name.clone().into(),
            centre.map_or("", |centre| centre.name.as_str()).into(),
            cluster.size.into(),
            (of.by_ownership[0] as i64).into(),
            (of.by_ownership[1] as i64).into(),
            (of.by_ownership[2] as i64).into(),
            of.mean_m.into(),
            of.farthest_m.into(),
            cluster.since.into(),
            cluster.paper_number.clone().into(),
        ]);
        // The centre stands first, as in the table that a bureau publishes.
        let (first, others): (Vec<&Kindergarten>, Vec<&Kindergarten>) =
            members.iter().partition(|each| is_centre(each));
        for each in first.into_iter().chain(others) {
            member_rows.push(member_row(cluster, each, regions));
        }
    }
    let note = format!(
        "{day} 的情况；共 {} 个学区、{} 所幼儿园。学区不是招生片区。",
        rows.len(),
        member_rows.len()
    );
    let sheet = |name: &str, columns: &[(&str, Kind)], rows| Sheet {
        name: name.to_owned(),
        title: Some("学区划分一览表".to_owned()),
        notes: vec![note.clone()],
        columns: columns.iter().map(|(title, kind)| Column::new(*title, *kind)).collect(),
        rows,
    };
    let all = [sheet("学区", CLUSTER_COLUMNS, rows), sheet("成员", MEMBER_COLUMNS, member_rows)];
    sheets::write_lists(&all).map_err(Failure::broken)
}

const CLUSTER_COLUMNS: &[(&str, Kind)] = &[
    ("区", Kind::Text),
    ("学区名称", Kind::Text),
    ("中心园", Kind::Text),
    ("幼儿园数", Kind::Integer),
    ("公办", Kind::Integer),
    ("普惠性民办", Kind::Integer),
    ("民办", Kind::Integer),
    ("平均距离（米）", Kind::Integer),
    ("最远距离（米）", Kind::Integer),
    ("生效日期", Kind::Date),
    ("文号", Kind::Text),
];

const MEMBER_COLUMNS: &[(&str, Kind)] = &[
    ("区", Kind::Text),
    ("学区名称", Kind::Text),
    ("角色", Kind::Text),
    ("幼儿园名称", Kind::Text),
    ("编号", Kind::Text),
    ("街道", Kind::Text),
    ("办园性质", Kind::Text),
    ("等级", Kind::Text),
    ("隶属", Kind::Text),
    ("到中心园距离（米）", Kind::Integer),
    ("加入日期", Kind::Date),
];

fn member_row(cluster: &Cluster, each: &Kindergarten, regions: &Regions) -> Vec<Value> {
    let facts = &each.facts;
    let street = facts
        .street
        .as_deref()
        .and_then(|code| regions.street(code))
        .map_or("", |street| street.name.as_str());
    let in_cluster = each.cluster.as_ref();
    vec![
        cluster.district_name.clone().into(),
        cluster.name.clone().into(),
        in_cluster.map_or("", |own| own.role.label()).into(),
        facts.name.as_str().into(),
        facts.register_id.as_str().into(),
        street.into(),
        facts.ownership.label().into(),
        facts.grade.label().into(),
        facts.answers_to().label().into(),
        cluster
            .centre
            .as_ref()
            .filter(|centre| centre.id != each.id)
            .map(|centre| centre.point.distance_m(facts.point))
            .into(),
        in_cluster.map(|own| own.since).into(),
    ]
}

fn is_centre(each: &Kindergarten) -> bool {
    each.cluster.as_ref().is_some_and(|cluster| cluster.role == Role::Centre)
}
