use std::collections::BTreeMap;

use askama::Template;
use kernel::{Date, Failure, KindergartenId, Permission};
use policy::Status;
use policy::clauses::{self, Clause};
use registry::{kindergartens, places};
use serde::{Deserialize, Serialize};
use storage::Source;
use web::{Desk, Page, Query, Routes, Shell, answer};

use super::store;
use super::types::{Catch, FoundCluster, FoundPerson, Group, Kind, Line, Way};
use super::types::{Sought, Unsearchable};

/// Lines of each kind where all kinds are shown, in the dialog and on the page.
const IN_DIALOG: usize = 5;
const OF_EACH: usize = 10;
/// Lines where one kind is shown.
const OF_ONE: usize = 100;

/// Search: everyone may ask; what is found is a matter of one's own permissions and reach.
pub fn routes() -> Routes {
    Routes::default().page("/search", Permission::Workbench, show).page(
        "/search.json",
        Permission::Workbench,
        answered,
    )
}

#[derive(Deserialize, Serialize, Default, Clone)]
#[serde(default)]
struct Asked {
    q: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    kind: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    day: String,
}

impl Asked {
    fn day(&self, today: Date) -> Date {
        Date::parse_from_str(self.day.trim(), "%Y-%m-%d").unwrap_or(today)
    }
    /// The same question about one kind, or about all.
    fn about(&self, kind: &str) -> String {
        let asked = Self { kind: kind.to_owned(), ..self.clone() };
        format!("/search?{}", serde_urlencoded::to_string(asked).unwrap_or_default())
    }
}

#[derive(Template)]
#[template(path = "search/pages/show.html")]
struct View {
    shell: Shell,
    asked: Asked,
    kinds: Vec<(&'static str, &'static str)>,
    groups: Vec<Group>,
    /// Why nothing was looked for.
    told: Option<Unsearchable>,
    /// Whether it was looked for in vain.
    missed: bool,
}

async fn show(desk: Desk, Query(asked): Query<Asked>) -> Page {
    let today = desk.caller.today();
    let day = asked.day(today);
    let only = Kind::from_code(&asked.kind);
    let (groups, told) = match Sought::read(&asked.q) {
        Ok(sought) => {
            let wanted = if only.is_some() { OF_ONE } else { OF_EACH };
            (found(&desk, &asked, &sought, day, only, wanted).await?, None)
        }
        Err(told) => (Vec::new(), Some(told)),
    };
    let view = View {
        shell: Shell { day: (day != today).then(|| day.to_string()), ..desk.shell("搜索") },
        kinds: kinds(&desk).map(|kind| (kind.code(), kind.label())).collect(),
        missed: groups.is_empty() && told.is_none(),
        groups,
        told,
        asked,
    };
    desk.page(&view)
}

/// What the dialog shows.
#[derive(Serialize)]
struct Answer {
    groups: Vec<Group>,
    /// Why there is nothing to show.
    told: String,
    /// The page with the same question.
    all: String,
}

async fn answered(desk: Desk, Query(asked): Query<Asked>) -> Page {
    let day = asked.day(desk.caller.today());
    let (groups, told) = match Sought::read(&asked.q) {
        Ok(sought) => {
            let only = Kind::from_code(&asked.kind);
            let groups = found(&desk, &asked, &sought, day, only, IN_DIALOG).await?;
            let told = if groups.is_empty() { "没有找到。" } else { "" };
            (groups, told.to_owned())
        }
        Err(told) => (Vec::new(), told.to_string()),
    };
    answer::json(&Answer { groups, told, all: asked.about("") })
}

/// What the caller may look for at all.
fn kinds(desk: &Desk) -> impl Iterator<Item = Kind> {
    let places = desk.caller.may(Permission::ReadPlaces);
    let persons =
        desk.caller.may(Permission::ReadPosts) || desk.caller.may(Permission::KeepAccounts);
    Kind::ALL.iter().copied().filter(move |kind| match kind {
        Kind::Kindergarten | Kind::Cluster => places,
        Kind::Person => persons,
        Kind::Clause | Kind::Page => true,
    })
}

/// What is found, kind by kind, the best first; kinds of which nothing is found are left out.
async fn found(
    desk: &Desk,
    asked: &Asked,
    sought: &Sought,
    day: Date,
    only: Option<Kind>,
    wanted: usize,
) -> Result<Vec<Group>, Failure> {
    let mut groups = Vec::new();
    let mut unlearnt = false;
    for kind in kinds(desk).filter(|kind| only.is_none_or(|only| only == *kind)) {
        let group = of_kind(desk, kind, sought, day, wanted, &mut unlearnt).await?;
        if group.total > 0 {
            groups.push(Group { all: asked.about(kind.code()), ..group });
        }
    }
    groups.sort_by_key(|group| (group.best, group.kind));
    if unlearnt {
        // Nobody waits for it: whoever writes just now is let through first.
        let db = desk.db().clone();
        tokio::spawn(async move {
            if let Err(failure) = store::learn(&db).await {
                tracing::warn!(%failure, "what a search met was not learnt");
            }
        });
    }
    Ok(groups)
}

async fn of_kind(
    desk: &Desk,
    kind: Kind,
    sought: &Sought,
    day: Date,
    wanted: usize,
    unlearnt: &mut bool,
) -> Result<Group, Failure> {
    let reading = desk.reading();
    let suffix = if day == desk.caller.today() { String::new() } else { format!("?day={day}") };
    match kind {
        Kind::Kindergarten => {
            let catch = store::kindergartens(&reading, sought, day, wanted).await?;
            *unlearnt |= catch.is_unlearnt;
            let notes = notes(&reading, &catch, day).await?;
            let line = |id: &KindergartenId| {
                (format!("/kindergartens/{id}{suffix}"), notes.get(id).cloned().unwrap_or_default())
            };
            Ok(group(kind, catch, line))
        }
        Kind::Cluster => {
            let catch = store::clusters(&reading, sought, day, wanted).await?;
            *unlearnt |= catch.is_unlearnt;
            let line = |found: &FoundCluster| {
                (format!("/clusters/{}{suffix}", found.id), found.district.clone())
            };
            Ok(group(kind, catch, line))
        }
        Kind::Person => {
            let catch = store::persons(&reading, sought, day, wanted).await?;
            *unlearnt |= catch.is_unlearnt;
            Ok(group(kind, catch, |found| (person_href(desk, found, &suffix), posts(found))))
        }
        Kind::Clause => Ok(group(kind, clauses_of(sought, wanted), |clause| {
            (clause_href(desk, clause), format!("第 {} 条 · {}", clause.id, clause.reference))
        })),
        Kind::Page => {
            let mut catch = Catch::of(wanted);
            for entry in desk.app.nav.iter().filter(|entry| desk.caller.may(entry.permission)) {
                let texts = [(Way::Name, entry.label)];
                if let Some(finding) = sought.finds(&texts) {
                    catch.take(&finding, &texts, entry.href);
                }
            }
            Ok(group(kind, catch, |href| ((*href).to_owned(), String::new())))
        }
    }
}

fn group<S>(kind: Kind, catch: Catch<S>, line: impl Fn(&S) -> (String, String)) -> Group {
    let best = catch.hits.first().map_or(u8::MAX, super::types::Hit::class);
    let (total, cut) = (catch.total, catch.is_cut);
    let lines: Vec<Line> = catch
        .hits
        .into_iter()
        .map(|hit| {
            let (href, note) = line(&hit.subject);
            hit.line(href, note)
        })
        .collect();
    Group { kind, label: kind.label(), total, cut, lines, all: String::new(), best }
}

/// Where the kindergartens are and what they are.
async fn notes(
    src: &impl Source,
    catch: &Catch<KindergartenId>,
    day: Date,
) -> Result<BTreeMap<KindergartenId, String>, Failure> {
    let ids: Vec<KindergartenId> = catch.hits.iter().map(|hit| hit.subject).collect();
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    let regions = places::store::names(src).await?;
    let found = kindergartens::store::with_ids(src, &ids, day).await?;
    let note = |each: &kindergartens::Kindergarten| {
        let facts = &each.facts;
        let district = regions.district(&facts.district).map(|district| district.name.clone());
        let street = facts.street.as_deref().and_then(|code| regions.street(code));
        let parts = [
            district,
            street.map(|street| street.name.clone()),
            Some(facts.ownership.label().to_owned()),
            each.cluster.as_ref().map(|cluster| cluster.name.clone()),
            (facts.status != Status::Open).then(|| facts.status.label().to_owned()),
        ];
        parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
    };
    Ok(found.iter().map(|each| (each.id, note(each))).collect())
}

/// A person has no page of her own for everybody: the way leads to her account for who keeps accounts, else to where her post
/// stands.
fn person_href(desk: &Desk, found: &FoundPerson, suffix: &str) -> String {
    if desk.caller.may(Permission::KeepAccounts) {
        return format!("/accounts/{}", found.id);
    }
    let kindergarten = found.posts.iter().find_map(|post| post.kindergarten);
    let cluster = found.posts.iter().find_map(|post| post.cluster);
    let district = found.posts.iter().find_map(|post| post.district.as_deref());
    match (kindergarten, cluster, district) {
        (Some(id), ..) => format!("/kindergartens/{id}{suffix}"),
        (None, Some(id), _) => format!("/clusters/{id}{suffix}"),
        (None, None, Some(code)) => format!("/districts/{code}{suffix}"),
        (None, None, None) => format!("/city{suffix}"),
    }
}

fn posts(found: &FoundPerson) -> String {
    let mut labels: Vec<&str> = found.posts.iter().map(|post| post.label.as_str()).collect();
    labels.dedup();
    labels.join("、")
}

/// The clauses in whose number or wording all is found. One letter stands in nearly every wording: too little to look for.
fn clauses_of(sought: &Sought, wanted: usize) -> Catch<&'static Clause> {
    let mut catch = Catch::of(wanted);
    if sought.letters() > 1 {
        for clause in clauses::all() {
            let texts = [(Way::Name, clause.wording), (Way::Number, clause.id)];
            if let Some(finding) = sought.finds(&texts) {
                catch.take(&finding, &texts, clause);
            }
        }
    }
    catch
}

/// The page of the obligation, for whoever may see how it is kept; else the clause alone, with its whole wording.
fn clause_href(desk: &Desk, clause: &Clause) -> String {
    let is_obligation = policy::obligations::obligation(clause.id).is_some();
    if is_obligation && desk.caller.may(Permission::ReadObligations) {
        return format!("/obligations/{}", clause.id);
    }
    format!("/search?q={}&kind={}", clause.id, Kind::Clause.code())
}
