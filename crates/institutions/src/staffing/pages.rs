//! The pages of staffing: districts and clusters, one cluster, one kindergarten; and the gaps that are somebody's tasks.

mod cluster;
mod kindergarten;
mod list;

use kernel::{Caller, Failure, Permission, PostKind, PostScope};
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

/// Something missing that this post must fill, and the page that shows where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnGap {
    /// What.
    pub gap: Gap,
    /// How many.
    pub count: i64,
    /// Where to begin.
    pub href: String,
}

/// What is missing today of what the caller's post must fill (待办). A kindergarten is asked for its own liaison alone.
pub async fn own_gaps(src: &impl Source, caller: &Caller) -> Result<Vec<OwnGap>, Failure> {
    let mine: Vec<Gap> =
        Gap::ALL.iter().copied().filter(|gap| caller.may(gap.filled_with())).collect();
    if mine.is_empty() {
        return Ok(Vec::new());
    }
    let day = src.today();
    if let PostScope::Kindergarten(own) = caller.scope {
        let found = store::kindergartens(src, Scope::Kindergarten(own), day).await?;
        let lacks = found.iter().any(|each| each.lacks(Gap::Liaison));
        let href = appointments::new_form(PostKind::Liaison, &caller.scope);
        let gap = OwnGap { gap: Gap::Liaison, count: 1, href };
        return Ok(if lacks { vec![gap] } else { Vec::new() });
    }
    let all: Vec<ClusterStaffing> = if mine.iter().all(|gap| gap.is_of_kindergarten()) {
        Vec::new()
    } else {
        store::clusters(src, None, day).await?
    };
    let mut found = Vec::new();
    for gap in mine {
        let count = if !gap.is_of_kindergarten() {
            all.iter().map(|each| each.missing(gap)).sum()
        } else if let Some(whose) = rules::filled_for(caller, gap) {
            store::lacking(src, gap, whose, day).await?
        } else {
            0
        };
        if count > 0 {
            found.push(OwnGap { gap, count, href: format!("/staffing?gap={}", gap.code()) });
        }
    }
    Ok(found)
}
