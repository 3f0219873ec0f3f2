//! `1.2-1` 全市设立200个左右学区.

use super::{Facts, Obligation, Verdict, Verdicts};
use crate::clauses::goals;
use kernel::Date;

/// “左右” has no figure; a tenth of the target to either side is this program's reading of it.
const ABOUT: u32 = 10;

/// The day by which the city was to have them.
const DUE: Date = match Date::from_ymd_opt(2022, 12, 31) {
    Some(day) => day,
    None => Date::MAX,
};

/// `1.2-1`: from the end of 2022 on the city has about as many clusters as the dated target says.
pub(super) fn verdicts(obligation: &Obligation, facts: &Facts) -> Option<Verdicts> {
    if obligation.clause != &goals::CITY_TARGET {
        return None;
    }
    if facts.day < DUE {
        return Some(vec![None]);
    }
    let target = facts.parameters.city_clusters;
    let slack = target / ABOUT;
    let (least, most) = (target - slack, target + slack);
    let clusters: usize = facts.districts.iter().map(|each| each.plan.clusters.len()).sum();
    let is_about = (least as usize..=most as usize).contains(&clusters);
    Some(vec![Some(if is_about {
        Verdict::Met
    } else {
        Verdict::Failed(format!(
            "{}有 {clusters} 个学区，目标 {target} 个左右（{least} 至 {most} 个）",
            facts.city_name
        ))
    })])
}
