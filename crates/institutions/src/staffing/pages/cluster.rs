//! One cluster: each demand with what fills it, the form that fills the gap, and what ends soon.

use askama::Template;
use kernel::{Caller, ClusterId, Date, Failure, Permission, PostScope};
use policy::staffing::{
    FEWEST_RESEARCH_LEADS, FEWEST_TRAINERS, FULL_TIME_INSPECTORS, PART_TIME_INSPECTORS,
};
use registry::kindergartens::{day_of, shown_day};
use serde::Deserialize;
use web::{Desk, Page, Path, Query, Shell};

use crate::appointments::{self, Holding, State};
use crate::staffing::store::{self, Scope};
use crate::staffing::types::{ClusterStaffing, Gap, KindergartenStaffing};

/// Most posts of a cluster that the page shows.
const MOST_POSTS: i64 = 200;

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct OnDay {
    day: String,
}

/// One demand.
struct Line {
    label: &'static str,
    clause: &'static str,
    demanded: String,
    filled: i64,
    missing: i64,
    surplus: bool,
    /// The form that fills it; none when nothing is missing or this post can't.
    href: Option<String>,
}

#[derive(Template)]
#[template(path = "staffing/pages/cluster.html")]
struct View {
    shell: Shell,
    href: String,
    suffix: String,
    day: Date,
    staffing: ClusterStaffing,
    lines: Vec<Line>,
    held: Vec<Holding>,
    soon: Vec<Holding>,
    kindergartens: Vec<KindergartenStaffing>,
    /// Forms for the posts of the cluster that this post gives, whether or not one is missing.
    forms: Vec<(String, &'static str)>,
}

pub(super) async fn show(desk: Desk, Path(id): Path<ClusterId>, Query(on): Query<OnDay>) -> Page {
    let today = desk.caller.today();
    let day = day_of(&on.day, today);
    let reading = desk.reading();
    let cluster = registry::clusters::store::find(&reading, id, day).await?;
    let staffing = store::clusters(&reading, Some(&cluster.district), day)
        .await?
        .into_iter()
        .find(|each| each.cluster == id)
        .ok_or(Failure::NotFound)?;
    let filter = appointments::Filter { cluster: Some(id), ..appointments::Filter::default() };
    let posts = appointments::list(&reading, &filter, day, MOST_POSTS, 0).await?;
    let held: Vec<Holding> =
        posts.into_iter().filter(|held| held.state_on(day) != State::Ended).collect();
    let soon = held.iter().filter(|held| held.state_on(day) == State::Ending).cloned().collect();
    let mut shell = desk.shell(format!("{}人员配备", cluster.name));
    shell.day = shown_day(day, today);
    let view = View {
        suffix: shell.day.as_ref().map(|day| format!("?day={day}")).unwrap_or_default(),
        shell,
        href: format!("/clusters/{id}"),
        day,
        lines: Gap::ALL.iter().map(|gap| line(&desk.caller, *gap, &staffing)).collect(),
        forms: Gap::ALL.iter().filter_map(|gap| form(&desk.caller, *gap, &staffing)).collect(),
        kindergartens: store::kindergartens(&reading, Scope::Cluster(id), day).await?,
        staffing,
        held,
        soon,
    };
    desk.page(&view)
}

/// The offices of the cluster's own district give its posts; the city's may, too.
fn gives(caller: &Caller, gap: Gap, staffing: &ClusterStaffing) -> bool {
    let is_own = match &caller.scope {
        PostScope::City => true,
        PostScope::District(own) => *own == staffing.district,
        PostScope::Kindergarten(_) | PostScope::Cluster(_) => false,
    };
    is_own && caller.may(gap.filled_with())
}

fn form(caller: &Caller, gap: Gap, staffing: &ClusterStaffing) -> Option<(String, &'static str)> {
    let kind = gap.post()?;
    let href = appointments::new_form(kind, &PostScope::Cluster(staffing.cluster));
    gives(caller, gap, staffing).then_some((href, kind.label()))
}

fn line(caller: &Caller, gap: Gap, staffing: &ClusterStaffing) -> Line {
    let missing = staffing.missing(gap);
    let least = |count: u32| format!("不少于 {count} 名");
    let href = match gap {
        Gap::Committee => {
            let may = caller.may(Permission::AmendClusters);
            may.then(|| format!("/clusters/{}/committee", staffing.cluster))
        }
        _ => form(caller, gap, staffing).map(|(href, _)| href),
    };
    Line {
        label: gap.label(),
        clause: gap.clause(),
        demanded: match gap {
            Gap::Committee => "1 个".to_owned(),
            Gap::FullTime => format!("{FULL_TIME_INSPECTORS} 名"),
            Gap::PartTime => format!("{PART_TIME_INSPECTORS} 名"),
            Gap::Lead => least(FEWEST_RESEARCH_LEADS),
            Gap::Trainer => least(FEWEST_TRAINERS),
            Gap::Head | Gap::Liaison | Gap::Party => {
                format!("每园 1 {}", if gap == Gap::Party { "个" } else { "名" })
            }
        },
        filled: staffing.filled(gap),
        missing,
        surplus: match gap {
            Gap::FullTime => staffing.full_time > i64::from(FULL_TIME_INSPECTORS),
            Gap::PartTime => staffing.part_time > i64::from(PART_TIME_INSPECTORS),
            _ => false,
        },
        href: href.filter(|_| missing > 0),
    }
}
