//! The amendments of the districts within reach, as a page and as a workbook; and those of one cluster.

use askama::Template;
use kernel::{Caller, ClusterId, Failure, Permission};
use serde::{Deserialize, Serialize};
use storage::Source;
use web::{Desk, Page, Paging, Path, Query, Shell, answer};

use super::day;
use crate::amendments::types::{Entry, Filter, Home, Kind};
use crate::amendments::{sheets, store};

/// The filters as the address bears them.
#[derive(Deserialize, Serialize, Default)]
#[serde(default)]
pub(super) struct Asked {
    #[serde(skip_serializing_if = "String::is_empty")]
    district: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    kind: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    from: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    to: String,
    #[serde(skip_serializing)]
    page: Option<String>,
}

impl Asked {
    fn filter(&self) -> Filter {
        Filter {
            district: (!self.district.is_empty()).then(|| self.district.clone()),
            cluster: None,
            kind: Kind::from_code(&self.kind),
            from: day(&self.from),
            to: day(&self.to),
        }
    }
    fn query(&self) -> String {
        let query = serde_urlencoded::to_string(self).unwrap_or_default();
        if query.is_empty() { query } else { query + "&" }
    }
}

#[derive(Template)]
#[template(path = "amendments/pages/list.html")]
struct ListView {
    shell: Shell,
    asked: Asked,
    districts: Vec<(String, String)>,
    kinds: Vec<(&'static str, &'static str)>,
    entries: Vec<Entry>,
    paging: Paging,
    query: String,
    is_narrowed: bool,
}

pub(super) async fn list(desk: Desk, Query(asked): Query<Asked>) -> Page {
    let reading = desk.reading();
    let filter = asked.filter();
    let reached = registry::places::store::reached(&reading).await?;
    let paging = Paging::of(asked.page.as_deref(), store::count(&reading, &filter).await?);
    desk.page(&ListView {
        shell: desk.shell("学区调整"),
        query: asked.query(),
        is_narrowed: filter != Filter::default(),
        districts: reached.into_iter().map(|district| (district.code, district.name)).collect(),
        kinds: Kind::ALL.iter().map(|kind| (kind.code(), kind.label())).collect(),
        entries: store::list(&reading, &filter, paging.limit(), paging.offset()).await?,
        asked,
        paging,
    })
}

pub(super) async fn workbook(desk: Desk, Query(asked): Query<Asked>) -> Page {
    let reading = desk.reading();
    let filter = asked.filter();
    let entries = store::list(&reading, &filter, store::MOST, 0).await?;
    let mut notes = vec![format!("{} 导出，共 {} 项", desk.caller.today(), entries.len())];
    let day_or_all =
        |day: Option<kernel::Date>| day.map_or_else(|| "不限".to_owned(), |day| day.to_string());
    if filter != Filter::default() {
        let kind = filter.kind.map_or("全部事项", Kind::label);
        notes.push(format!(
            "筛选：{kind}，生效日期 {} 至 {}",
            day_or_all(filter.from),
            day_or_all(filter.to)
        ));
    }
    let written = tokio::task::spawn_blocking(move || sheets::workbook(&entries, notes)).await;
    let bytes = written.map_err(Failure::broken)??;
    answer::workbook(&format!("学区调整一览表-{}.xlsx", desk.caller.today()), bytes)
}

/// Something that the register asks for.
struct Wanted {
    href: String,
    text: String,
}

#[derive(Template)]
#[template(path = "amendments/pages/cluster.html")]
struct ClusterView {
    shell: Shell,
    name: String,
    href: String,
    kinds: Vec<(&'static str, &'static str)>,
    may_amend: bool,
    wanted: Vec<Wanted>,
    entries: Vec<Entry>,
    paging: Paging,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Turned {
    page: Option<String>,
}

pub(super) async fn of_cluster(
    desk: Desk,
    Path(cluster): Path<ClusterId>,
    Query(turned): Query<Turned>,
) -> Page {
    let reading = desk.reading();
    let home = store::home(&reading, cluster).await?;
    let filter = Filter { cluster: Some(cluster), ..Filter::default() };
    let paging = Paging::of(turned.page.as_deref(), store::count(&reading, &filter).await?);
    let may_amend = desk.caller.may(Permission::AmendClusters);
    let wanted =
        if may_amend { wanted(&reading, &desk.caller, cluster, &home).await? } else { Vec::new() };
    desk.page(&ClusterView {
        shell: desk.shell(format!("{}的调整", home.name)),
        href: format!("/clusters/{cluster}"),
        kinds: Kind::ALL.iter().map(|kind| (kind.code(), kind.label())).collect(),
        may_amend,
        wanted,
        entries: store::list(&reading, &filter, paging.limit(), paging.offset()).await?,
        name: home.name,
        paging,
    })
}

/// Members that no longer run, and kindergartens of the district that wait for a cluster.
async fn wanted(
    source: &impl Source,
    caller: &Caller,
    cluster: ClusterId,
    home: &Home,
) -> Result<Vec<Wanted>, Failure> {
    let standing = store::standing(source, home, caller.today()).await?;
    let Some(place) = standing.position(cluster) else { return Ok(Vec::new()) };
    let (facts, content) = (&standing.facts, &standing.content);
    let new = |kind: Kind, id| {
        format!("/clusters/{cluster}/amendments/new?kind={}&kindergarten={id}", kind.code())
    };
    let mut wanted = Vec::new();
    for site in content.clusters[place].members.iter().filter_map(|id| facts.site(*id)) {
        if !facts.must_be_placed(site) {
            let text = format!("{}{}，请办理退出", site.name, site.status.label());
            wanted.push(Wanted { href: new(Kind::Release, site.id), text });
        }
    }
    for id in content.unassigned(facts) {
        let text = format!("{}尚未编入学区", facts.name_of(id));
        wanted.push(Wanted { href: new(Kind::Admit, id), text });
    }
    Ok(wanted)
}
