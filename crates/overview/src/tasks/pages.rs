use askama::Template;
use kernel::calendar::WorkingDays;
use kernel::{Date, Failure, Permission};
use people::{posts, stand_ins};
use registry::settings;
use serde::Deserialize;
use web::{Desk, NavLine, Page, Query, Shell, answer};

use super::types::{Group, Item, Kind, Urgency};
use super::{rules, sheets, store};

/// Records of a kind on the page; the list of the kind shows the others.
const MOST_SHOWN: i64 = 50;
/// Records of a kind in a workbook.
const MOST_ROWS: i64 = 5_000;

/// The routes of the slice.
pub fn routes() -> web::Routes {
    web::Routes::default()
        .page("/tasks", Permission::Workbench, show)
        .page("/tasks.xlsx", Permission::Workbench, workbook)
        .entry(NavLine {
            href: "/tasks",
            label: "待办",
            icon: "clipboard-check",
            permission: Permission::Workbench,
            order: 11,
        })
}

/// Whose tasks, and which.
#[derive(Deserialize, Default, Clone)]
#[serde(default)]
struct Asked {
    /// `asked`: what the caller waits for; else what waits for the caller.
    view: String,
    kind: String,
    due: String,
}

impl Asked {
    fn is_of_others(&self) -> bool {
        self.view == "asked"
    }
    fn kind(&self) -> Option<Kind> {
        Kind::from_code(&self.kind)
    }
    fn urgency(&self) -> Option<Urgency> {
        Urgency::from_code(&self.due)
    }
    fn query(&self) -> String {
        let pairs = [("view", &self.view), ("kind", &self.kind), ("due", &self.due)];
        let given = pairs.iter().filter(|(_, value)| !value.is_empty());
        serde_urlencoded::to_string(given.collect::<Vec<_>>()).unwrap_or_default()
    }
}

/// A task as a line of the page and of the workbook.
pub(super) struct Line {
    pub(super) kind: Kind,
    pub(super) item: Item,
    pub(super) urgency: Urgency,
    /// `还有 3 个工作日`; empty where nothing says by when.
    pub(super) left: String,
}

/// How many records of a kind are not shown, and where they are.
struct More {
    label: &'static str,
    count: i64,
    href: &'static str,
}

/// Another post of the same person in which something waits.
struct OtherPost {
    label: String,
    count: i64,
}

#[derive(Template)]
#[template(path = "tasks/pages/show.html")]
struct View {
    shell: Shell,
    lead: String,
    query: String,
    asked: Asked,
    kinds: Vec<(&'static str, String)>,
    urgencies: Vec<(&'static str, &'static str)>,
    lines: Vec<Line>,
    total: i64,
    mores: Vec<More>,
    others: Vec<OtherPost>,
}

async fn show(desk: Desk, Query(asked): Query<Asked>) -> Page {
    let reading = desk.reading();
    let caller = &desk.caller;
    let groups = groups(&desk, &asked, MOST_SHOWN).await?;
    let calendar = settings::working_days(&reading).await?;
    let kinds = groups
        .iter()
        .map(|group| (group.kind.code(), format!("{}（{}）", group.kind.label(), group.count)))
        .collect();
    let chosen = of_kind(groups, asked.kind());
    let total = chosen.iter().map(|group| group.count).sum();
    let mores = chosen
        .iter()
        .filter(|group| group.count > group.items.len() as i64)
        .map(|group| More {
            label: group.kind.label(),
            count: group.count - group.items.len() as i64,
            href: group.kind.list(),
        })
        .collect();
    let view = View {
        shell: desk.shell("待办"),
        lead: caller.post_label.clone(),
        query: asked.query(),
        lines: lines(chosen, asked.urgency(), caller.today(), &calendar),
        asked,
        kinds,
        urgencies: Urgency::ALL.iter().map(|one| (one.code(), one.label())).collect(),
        total,
        mores,
        others: other_posts(&desk).await?,
    };
    desk.page(&view)
}

async fn groups(desk: &Desk, asked: &Asked, most: i64) -> Result<Vec<Group>, Failure> {
    let reading = desk.reading();
    let caller = &desk.caller;
    if asked.is_of_others() {
        store::asked(&reading, caller.person, most).await
    } else {
        super::waiting(&reading, caller, most).await
    }
}

fn of_kind(groups: Vec<Group>, kind: Option<Kind>) -> Vec<Group> {
    groups.into_iter().filter(|group| kind.is_none_or(|kind| kind == group.kind)).collect()
}

/// The tasks by their day, those without one last.
fn lines(
    groups: Vec<Group>,
    only: Option<Urgency>,
    today: Date,
    calendar: &WorkingDays,
) -> Vec<Line> {
    let line = |kind: Kind, item: Item| Line {
        kind,
        urgency: rules::urgency(item.due, today, calendar),
        left: item.due.map(|due| rules::left_in_words(due, today, calendar)).unwrap_or_default(),
        item,
    };
    let mut lines: Vec<Line> = groups
        .into_iter()
        .flat_map(|group| group.items.into_iter().map(move |item| (group.kind, item)))
        .map(|(kind, item)| line(kind, item))
        .filter(|line| only.is_none_or(|only| only == line.urgency))
        .collect();
    // Stable: within a day the kinds keep their order, the records theirs.
    lines.sort_by_key(|line| line.item.due.unwrap_or(Date::MAX));
    lines
}

/// What waits in the person's other posts, and in those in which he or she stands in: a task must not be overlooked because
/// another post is acted in.
async fn other_posts(desk: &Desk) -> Result<Vec<OtherPost>, Failure> {
    let caller = &desk.caller;
    let mut others = Vec::new();
    if !caller.has_other_posts {
        return Ok(others);
    }
    let reading = desk.reading();
    let own = posts::in_force_of(&reading, &[caller.person]).await?;
    let own = own.into_iter().map(|post| (post.label(), post));
    let taken = stand_ins::in_force_of(&reading, caller.person).await?;
    let taken = taken.into_iter().map(|one| {
        let label = format!("{}（代理{}）", one.post.label(), one.giver);
        (label, one.post)
    });
    for (label, post) in own.chain(taken).filter(|(_, post)| post.id != caller.post) {
        let acting = posts::acting_in(caller, &post);
        let reading = desk.db().reading(&acting);
        let groups = super::waiting(&reading, &acting, 1).await?;
        let count = groups.iter().map(|group| group.count).sum();
        others.push(OtherPost { label, count });
    }
    Ok(others)
}

async fn workbook(desk: Desk, Query(asked): Query<Asked>) -> Page {
    let groups = of_kind(groups(&desk, &asked, MOST_ROWS).await?, asked.kind());
    let calendar = settings::working_days(&desk.reading()).await?;
    let today = desk.caller.today();
    let lines = lines(groups, asked.urgency(), today, &calendar);
    let title = if asked.is_of_others() { "我交办的" } else { "待我办理" };
    let bytes = sheets::list(&lines, title, &desk.caller)?;
    answer::workbook(&format!("{title}-{today}.xlsx"), bytes)
}
