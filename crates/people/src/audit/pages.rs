use askama::Template;
use axum::body::Body;
use futures_util::stream;
use kernel::{Date, Permission, Place};
use serde::{Deserialize, Serialize};
use web::{Desk, NavLine, Page, Path, Query, Routes, Shell, answer};

use super::acts::{self, Export};
use super::rules::{self, Change, EVENTS};
use super::types::{Entry, Filter, Standing};
use super::{sheets, store};

/// Entries on one page of the list.
const LINES: i64 = 50;

/// The trail, for auditors and the audit administrator.
pub fn routes() -> Routes {
    Routes::default()
        .page("/audit", Permission::ReadAudit, list)
        .page("/audit/{entry}", Permission::ReadAudit, show)
        .page("/audit/export.jsonl", Permission::ReadAudit, export)
        .page("/audit.xlsx", Permission::ReadAudit, workbook)
        .entry(NavLine {
            href: "/audit",
            label: "审计日志",
            icon: "clipboard-list",
            permission: Permission::ReadAudit,
            order: 85,
        })
}

/// The filters as the address carries them.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Asked {
    #[serde(skip_serializing_if = "String::is_empty")]
    event: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    person: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    subject: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    outcome: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    from: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    to: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    district: String,
    #[serde(skip_serializing)]
    before: String,
}

impl Asked {
    /// What does not parse counts as not asked.
    fn filter(&self) -> Filter {
        let day = |text: &str| text.trim().parse::<Date>().ok();
        Filter {
            event: self.event.trim().to_owned(),
            person: self.person.trim().to_owned(),
            subject: self.subject.trim().to_owned(),
            outcome: self.outcome.trim().to_owned(),
            from: day(&self.from),
            to: day(&self.to),
            district: self.district.trim().to_owned(),
            before: self.before.parse().ok(),
        }
    }
    /// The filters without the place in the list, for links: `event=…&`, or nothing.
    fn query(&self) -> String {
        let mut query = serde_urlencoded::to_string(self).unwrap_or_default();
        if !query.is_empty() {
            query.push('&');
        }
        query
    }
}

struct Row {
    id: i64,
    at: String,
    event: String,
    person: String,
    post: String,
    address: String,
    subject: String,
    summary: String,
    place: String,
    is_refused: bool,
    is_sealed: bool,
}

impl Row {
    fn of(entry: &Entry, standing: &Standing, districts: &[(String, String)]) -> Self {
        Self {
            id: entry.id,
            at: entry.at.beijing().format("%Y-%m-%d %H:%M:%S").to_string(),
            event: rules::event_label(&entry.event).to_owned(),
            person: entry.person.clone(),
            post: entry.post.clone(),
            address: entry.address.clone(),
            subject: entry.subject.clone(),
            summary: entry.summary.clone(),
            place: place_label(entry.place.as_deref(), districts),
            is_refused: entry.outcome == "refused",
            is_sealed: standing
                .seal
                .as_ref()
                .is_some_and(|seal| entry.id <= seal.last_id && !seal.pending.contains(entry.id)),
        }
    }
}

fn place_label(path: Option<&str>, districts: &[(String, String)]) -> String {
    let Some(path) = path else { return String::new() };
    let place = Place::from_path(path);
    match place.district() {
        Some(code) => districts
            .iter()
            .find(|(known, _)| known == code)
            .map_or(code, |(_, name)| name)
            .to_owned(),
        None => "全市".to_owned(),
    }
}

#[derive(Template)]
#[template(path = "audit/pages/list.html")]
struct ListView {
    shell: Shell,
    asked: Asked,
    query: String,
    events: &'static [(&'static str, &'static str)],
    outcomes: &'static [(&'static str, &'static str)],
    districts: Vec<(String, String)>,
    is_city_wide: bool,
    standing: Standing,
    rows: Vec<Row>,
    older: Option<i64>,
}

async fn list(desk: Desk, Query(asked): Query<Asked>) -> Page {
    let reading = desk.reading();
    let standing = store::standing(&reading).await?;
    let districts = store::districts(&reading).await?;
    let mut entries = store::list(&reading, &asked.filter(), LINES + 1).await?;
    let has_older = entries.len() as i64 > LINES;
    entries.truncate(LINES as usize);
    desk.page(&ListView {
        shell: desk.shell("审计日志"),
        query: asked.query(),
        asked,
        events: EVENTS,
        outcomes: &[("done", "成功"), ("refused", "被拒绝")],
        is_city_wide: desk.caller.reach.is_city_wide(),
        rows: entries.iter().map(|entry| Row::of(entry, &standing, &districts)).collect(),
        older: entries.last().filter(|_| has_older).map(|entry| entry.id),
        districts,
        standing,
    })
}

#[derive(Template)]
#[template(path = "audit/pages/show.html")]
struct ShowView {
    shell: Shell,
    row: Row,
    code: String,
    request: String,
    changes: Vec<Change>,
    seal: Option<ShownSeal>,
}

struct ShownSeal {
    number: i64,
    sealed_at: String,
    head: String,
}

async fn show(desk: Desk, Path(id): Path<i64>) -> Page {
    let reading = desk.reading();
    let entry = store::find(&reading, id).await?;
    let districts = store::districts(&reading).await?;
    let seal = store::seal_of(&reading, id).await?;
    let mut row = Row::of(&entry, &Standing::default(), &districts);
    row.is_sealed = seal.is_some();
    desk.page(&ShowView {
        shell: desk.shell(format!("日志 {id}")),
        row,
        code: entry.event,
        request: entry.request,
        changes: rules::changes(entry.before.as_deref(), entry.after.as_deref()),
        seal: seal.map(|seal| ShownSeal {
            number: seal.number,
            sealed_at: seal.sealed_at.beijing().format("%Y-%m-%d %H:%M:%S").to_string(),
            head: seal.head,
        }),
    })
}

/// The whole trail as it is checked by `gongzhi verify-audit`: streamed, never held.
async fn export(desk: Desk) -> Page {
    let export = Export::begin(desk.db(), &desk.caller).await?;
    let chunks = stream::try_unfold(export, |mut export| async move {
        let chunk = export.next().await.map_err(std::io::Error::other)?;
        Ok::<_, std::io::Error>(chunk.map(|chunk| (chunk, export)))
    });
    let name = format!("审计日志-{}.jsonl", stamp(&desk));
    let mut response = answer::download(&name, "application/x-ndjson", Vec::new())?;
    *response.body_mut() = Body::from_stream(chunks);
    Ok(response)
}

async fn workbook(desk: Desk, Query(asked): Query<Asked>) -> Page {
    let filter = Filter { before: None, ..asked.filter() };
    let (entries, has_more) = acts::take_list(desk.db(), &desk.caller, &filter).await?;
    let now = desk.caller.now;
    let bytes = tokio::task::spawn_blocking(move || sheets::list(&entries, &filter, has_more, now))
        .await
        .map_err(kernel::Failure::broken)??;
    answer::workbook(&format!("审计日志-{}.xlsx", stamp(&desk)), bytes)
}

fn stamp(desk: &Desk) -> String {
    desk.caller.now.beijing().format("%Y%m%d-%H%M").to_string()
}
