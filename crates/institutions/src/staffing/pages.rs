//! The pages of staffing: districts and clusters, one cluster, one kindergarten; and the gaps that are somebody's tasks.

mod cluster;
mod kindergarten;
mod list;

use kernel::{Caller, Failure, Permission, PostKind, PostScope};
use storage::Source;
use web::{NavLine, Routes};

use super::rules;
use super::store::{self, Scope};
use super::types::{ClusterStaffing, Gap, KindergartenStaffing};
use crate::appointments;

/// The routes of the slice.
pub fn routes() -> Routes {
    Routes::default()
        .page("/staffing", Permission::ReadPosts, list::list)
        .page("/staffing.xlsx", Permission::ReadPosts, list::workbook)
        .page("/clusters/{cluster}/staffing", Permission::ReadPosts, cluster::show)
        .page("/kindergartens/{kindergarten}/staffing", Permission::ReadPosts, kindergarten::show)
        .entry(NavLine {
            href: "/staffing",
            label: "人员配备",
            icon: "users",
            permission: Permission::ReadPosts,
            order: 26,
        })
}

/// Something missing that this post must fill.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnGap {
    /// What.
    pub gap: Gap,
    /// How much of it is missing in all.
    pub missing: i64,
    /// Where.
    pub places: Vec<GapPlace>,
}

/// A cluster or kindergarten in which something is missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GapPlace {
    /// Its name.
    pub name: String,
    /// How much.
    pub missing: i64,
    /// The page on which it is filled.
    pub href: String,
}

/// What is missing today of what the caller's post must fill (待办). A kindergarten is asked for its own liaison alone.
pub async fn own_gaps(src: &impl Source, caller: &Caller) -> Result<Vec<OwnGap>, Failure> {
    let mine: Vec<Gap> =
        Gap::ALL.iter().copied().filter(|gap| caller.may(gap.filled_with())).collect();
    let day = src.today();
    let (of_kindergartens, of_clusters): (Vec<Gap>, Vec<Gap>) =
        mine.into_iter().partition(|gap| gap.is_of_kindergarten());
    let mut found = Vec::new();
    if !of_clusters.is_empty() {
        let clusters = store::clusters(src, None, day).await?;
        found.extend(of_clusters.into_iter().map(|gap| in_clusters(gap, &clusters)));
    }
    if !of_kindergartens.is_empty() {
        let scope = match caller.scope {
            PostScope::Kindergarten(own) => Scope::Kindergarten(own),
            _ => Scope::All,
        };
        let all = store::kindergartens(src, scope, day).await?;
        found.extend(of_kindergartens.into_iter().map(|gap| in_kindergartens(gap, &all, caller)));
    }
    found.retain(|own: &OwnGap| own.missing > 0);
    Ok(found)
}

fn in_clusters(gap: Gap, clusters: &[ClusterStaffing]) -> OwnGap {
    let place = |each: &ClusterStaffing| GapPlace {
        name: each.name.clone(),
        missing: each.missing(gap),
        href: match gap.post() {
            Some(post) => appointments::new_form(post, &PostScope::Cluster(each.cluster)),
            None => format!("/clusters/{}/committee", each.cluster),
        },
    };
    let places = clusters.iter().filter(|each| each.missing(gap) > 0).map(place).collect();
    of_places(gap, places)
}

fn in_kindergartens(gap: Gap, all: &[KindergartenStaffing], caller: &Caller) -> OwnGap {
    let place = |each: &KindergartenStaffing| GapPlace {
        name: each.name.clone(),
        missing: 1,
        href: match gap {
            Gap::Head => appointments::new_form(
                PostKind::Principal,
                &PostScope::Kindergarten(each.kindergarten),
            ),
            Gap::Liaison => appointments::new_form(
                PostKind::Liaison,
                &PostScope::Kindergarten(each.kindergarten),
            ),
            _ => format!("/kindergartens/{}/staffing", each.kindergarten),
        },
    };
    let is_theirs = |each: &&KindergartenStaffing| {
        each.cluster.is_some() && each.lacks(gap) && rules::must_fill(caller, gap, each)
    };
    of_places(gap, all.iter().filter(is_theirs).map(place).collect())
}

fn of_places(gap: Gap, places: Vec<GapPlace>) -> OwnGap {
    OwnGap { gap, missing: places.iter().map(|place| place.missing).sum(), places }
}
