//! The pages of staffing: districts and clusters, one cluster, one kindergarten; and the gaps that are somebody's tasks.

mod cluster;
mod kindergarten;
mod list;

use std::sync::Arc;

use kernel::{Caller, Date, Failure, KindergartenId, Permission, PostKind, PostScope};
use storage::Source;
use web::{NavLine, Routes};

use super::rules;
use super::store::{self, Scope};
use super::types::{ClusterStaffing, Gap};
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
    /// In how many clusters or kindergartens.
    pub places: i64,
    /// The first of them.
    pub first: Vec<GapPlace>,
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

/// [`store::clusters`], worked out once for all pages that ask between two changes.
async fn clusters(
    src: &impl Source,
    district: Option<&str>,
    day: Date,
) -> Result<Arc<Vec<ClusterStaffing>>, Failure> {
    src.remembered("clusters staffed", (district, day), store::clusters(src, district, day)).await
}

/// What is missing today of what the caller's post must fill (待办), with `most` places of each gap. A kindergarten is
/// asked for its own liaison alone.
pub async fn own_gaps(
    src: &impl Source,
    caller: &Caller,
    most: i64,
) -> Result<Vec<OwnGap>, Failure> {
    let mine: Vec<Gap> =
        Gap::ALL.iter().copied().filter(|gap| caller.may(gap.filled_with())).collect();
    let day = src.today();
    let clusters = if mine.iter().all(|gap| gap.is_of_kindergarten()) {
        Arc::default()
    } else {
        clusters(src, None, day).await?
    };
    let mut found = Vec::new();
    for gap in mine {
        found.push(if !gap.is_of_kindergarten() {
            in_clusters(gap, &clusters, most)
        } else if let PostScope::Kindergarten(own) = caller.scope {
            let own = store::kindergartens(src, Scope::Kindergarten(own), day).await?;
            let own = own.into_iter().filter(|each| each.lacks(gap));
            in_kindergartens(gap, 1, own.map(|each| (each.kindergarten, each.name)).collect())
        } else if let Some(whose) = rules::filled_for(caller, gap) {
            let (count, first) = store::lacking(src, gap, whose, day, most).await?;
            in_kindergartens(gap, count, first)
        } else {
            continue;
        });
    }
    found.retain(|own| !own.first.is_empty());
    Ok(found)
}

fn in_clusters(gap: Gap, clusters: &[ClusterStaffing], most: i64) -> OwnGap {
    let lacking: Vec<&ClusterStaffing> =
        clusters.iter().filter(|each| each.missing(gap) > 0).collect();
    let place = |each: &&ClusterStaffing| GapPlace {
        name: each.name.clone(),
        missing: each.missing(gap),
        href: match gap.post() {
            Some(post) => appointments::new_form(post, &PostScope::Cluster(each.cluster)),
            None => format!("/clusters/{}/committee", each.cluster),
        },
    };
    OwnGap {
        gap,
        missing: lacking.iter().map(|each| each.missing(gap)).sum(),
        places: lacking.len() as i64,
        first: lacking.iter().take(usize::try_from(most).unwrap_or_default()).map(place).collect(),
    }
}

fn in_kindergartens(gap: Gap, count: i64, first: Vec<(KindergartenId, String)>) -> OwnGap {
    let place = |(id, name): (KindergartenId, String)| GapPlace {
        name,
        missing: 1,
        href: match gap {
            Gap::Head => appointments::new_form(PostKind::Principal, &PostScope::Kindergarten(id)),
            Gap::Liaison => appointments::new_form(PostKind::Liaison, &PostScope::Kindergarten(id)),
            _ => format!("/kindergartens/{id}/staffing"),
        },
    };
    OwnGap { gap, missing: count, places: count, first: first.into_iter().map(place).collect() }
}
