//! 二（一）3 治理结构: who must be where. Each check is silent until the records it reads exist.

use super::facts::{Committee, Inspectors, Researchers};
use super::{Facts, Institutions, Obligation, Place, Places, Scope, Verdict, Verdicts};
use crate::plan_rules::ClusterFacts;
use crate::staffing::{
    FEWEST_RESEARCH_LEADS, FEWEST_TRAINERS, FULL_TIME_INSPECTORS, PART_TIME_INSPECTORS,
};
use std::collections::{BTreeMap, BTreeSet};

/// `2.1.3-6` 1名专职责任督学和8名兼职责任督学.
const DEMANDED_INSPECTORS: Inspectors =
    Inspectors { full_time: FULL_TIME_INSPECTORS, part_time: PART_TIME_INSPECTORS };

/// A cluster as the checks see it.
struct Seen<'a> {
    id: &'a str,
    cluster: &'a ClusterFacts,
    committee: Option<&'a Committee>,
}

/// A cluster's verdict; `None` where it does not apply.
type AtCluster = fn(&Seen, &Institutions, &dyn Fn(&str) -> String) -> Option<Verdict>;

pub(super) fn verdicts(
    obligation: &Obligation,
    facts: &Facts,
    places: &Places,
) -> Option<Verdicts> {
    let known = &facts.institutions;
    let (committees, principals) = (known.committees.is_some(), known.principals.is_some());
    match obligation.id() {
        "2.1.3-1" => committees.then(|| at_clusters(facts, committee)),
        "2.1.3-2" => (committees && principals).then(|| at_clusters(facts, chair)),
        "2.1.3-3" => (committees && principals).then(|| at_clusters(facts, seats)),
        "2.1.3-5" => committees.then(|| at_clusters(facts, office)),
        "2.1.3-6" => known.inspectors.is_some().then(|| at_clusters(facts, inspectors)),
        "2.1.3-8" => Some(at_kindergartens(places, known.liaisons.as_ref()?, liaison)),
        "2.1.3-9" => known.researchers.is_some().then(|| at_clusters(facts, researchers)),
        "2.1.3-10" => {
            Some(at_kindergartens(places, known.party_organisations.as_ref()?, party_organisation))
        }
        _ => None,
    }
}

fn at_clusters(facts: &Facts, verdict: AtCluster) -> Verdicts {
    let known = &facts.institutions;
    let mut committees: BTreeMap<&str, Vec<&Committee>> = BTreeMap::new();
    for committee in known.committees.iter().flatten() {
        committees.entry(&committee.cluster).or_default().push(committee);
    }
    let mut verdicts = Vec::new();
    for district in &facts.districts {
        let names: BTreeMap<&str, &str> = district
            .plan
            .kindergartens
            .iter()
            .map(|each| (each.id.as_str(), each.name.as_str()))
            .collect();
        let name = |id: &str| (*names.get(id).unwrap_or(&id)).to_owned();
        for (cluster, id) in district.plan.clusters.iter().zip(&district.cluster_ids) {
            let own = committees.get(id.as_str()).map_or(&[][..], Vec::as_slice);
            // Of several committees none can be told to be the right one: 2.1.3-1 says so.
            let committee = if let [only] = own { Some(*only) } else { None };
            verdicts.push(verdict(&Seen { id, cluster, committee }, known, &name));
        }
    }
    verdicts
}

fn at_kindergartens<T>(
    places: &Places,
    known: &BTreeMap<String, T>,
    verdict: fn(&Place, Option<&T>) -> Verdict,
) -> Verdicts {
    let judged = |place: &Place| place.is_open.then(|| verdict(place, known.get(&place.id)));
    places.of(Scope::Kindergarten).iter().map(judged).collect()
}

/// Met, or failed for a reason.
fn unless(reason: Option<String>) -> Verdict {
    reason.map_or(Verdict::Met, Verdict::Failed)
}

/// `2.1.3-1`: one committee in each cluster.
#[expect(clippy::unnecessary_wraps, reason = "it is an `AtCluster` like the others")]
fn committee(seen: &Seen, known: &Institutions, _: &dyn Fn(&str) -> String) -> Option<Verdict> {
    let own = |each: &&Committee| each.cluster == seen.id;
    let count = known.committees.iter().flatten().filter(own).count();
    let title = &seen.cluster.name;
    Some(unless(match count {
        1 => None,
        0 => Some(format!("{title}没有成立学区治理委员会")),
        more => Some(format!("{title}有 {more} 个学区治理委员会，应为 1 个")),
    }))
}

/// `2.1.3-2`: the centre's principal is in the chair. Without a committee there is no chair to judge.
fn chair(seen: &Seen, known: &Institutions, name: &dyn Fn(&str) -> String) -> Option<Verdict> {
    let (committee, principals) = (seen.committee?, known.principals.as_ref()?);
    let title = &seen.cluster.name;
    let [centre] = seen.cluster.centres.as_slice() else {
        return Some(Verdict::Failed(format!("{title}没有唯一的中心园，主要负责人无从确定")));
    };
    let centre_name = name(centre);
    Some(unless(match (principals.get(centre), &committee.chair) {
        (None, _) => Some(format!("中心园{centre_name}园长空缺，{title}治理委员会没有主要负责人")),
        (Some(_), None) => Some(format!("{title}治理委员会主要负责人空缺")),
        (Some(principal), Some(chair)) if principal != chair => {
            Some(format!("{title}治理委员会主要负责人不是中心园{centre_name}的现任园长"))
        }
        _ => None,
    }))
}

/// `2.1.3-3`: each kindergarten of the cluster has one seat, held by its principal or acting head, and nobody else has.
fn seats(seen: &Seen, known: &Institutions, name: &dyn Fn(&str) -> String) -> Option<Verdict> {
    let (committee, principals) = (seen.committee?, known.principals.as_ref()?);
    let members: BTreeSet<&str> =
        seen.cluster.members.iter().chain(&seen.cluster.centres).map(String::as_str).collect();
    let mut reasons = Vec::new();
    for member in &members {
        let mut own = committee.seats.iter().filter(|seat| seat.kindergarten == *member);
        let principal = principals.get(*member);
        match (own.next(), own.next()) {
            (None, _) => reasons.push(format!("{}没有席位", name(member))),
            (Some(_), Some(_)) => reasons.push(format!("{}的席位多于 1 个", name(member))),
            (Some(_), None) if principal.is_none() => {
                reasons.push(format!("{}园长空缺，席位空缺", name(member)));
            }
            (Some(seat), None) if seat.holder.as_ref() != principal => {
                reasons.push(format!("{}的席位不是由现任园长担任", name(member)));
            }
            _ => {}
        }
    }
    let strangers = committee.seats.iter().filter(|seat| !members.contains(&*seat.kindergarten));
    for seat in strangers {
        reasons.push(format!("{}不在本学区，仍有席位", name(&seat.kindergarten)));
    }
    let title = &seen.cluster.name;
    let listed = reasons.iter().take(5).map(String::as_str).collect::<Vec<_>>().join("；");
    Some(unless((!reasons.is_empty()).then(|| format!("{title}：{listed}"))))
}

/// `2.1.3-5`: the committee's office is in the centre.
fn office(seen: &Seen, _: &Institutions, name: &dyn Fn(&str) -> String) -> Option<Verdict> {
    let committee = seen.committee?;
    let [centre] = seen.cluster.centres.as_slice() else { return None };
    let title = &seen.cluster.name;
    Some(unless(match &committee.office {
        Some(office) if office == centre => None,
        Some(office) => Some(format!(
            "{title}治理委员会办公室设在{}，应设在中心园{}",
            name(office),
            name(centre)
        )),
        None => Some(format!("{title}治理委员会办公室没有登记，应设在中心园{}", name(centre))),
    }))
}

/// `2.1.3-6`: exactly one full-time and eight part-time inspectors.
fn inspectors(seen: &Seen, known: &Institutions, _: &dyn Fn(&str) -> String) -> Option<Verdict> {
    let own = known.inspectors.as_ref()?.get(seen.id).copied().unwrap_or_default();
    Some(unless((own != DEMANDED_INSPECTORS).then(|| {
        format!(
            "{}有 {} 名专职、{} 名兼职责任督学，应为 {} 名专职、{} 名兼职",
            seen.cluster.name,
            own.full_time,
            own.part_time,
            DEMANDED_INSPECTORS.full_time,
            DEMANDED_INSPECTORS.part_time
        )
    })))
}

/// `2.1.3-9`: at least one lead and one trainer.
fn researchers(seen: &Seen, known: &Institutions, _: &dyn Fn(&str) -> String) -> Option<Verdict> {
    let own = known.researchers.as_ref()?.get(seen.id).copied().unwrap_or_default();
    let Researchers { leads, trainers } = own;
    let too_few = leads < FEWEST_RESEARCH_LEADS || trainers < FEWEST_TRAINERS;
    Some(unless(too_few.then(|| {
        format!(
            "{}有 {leads} 名兼职教研员、{trainers} 名兼职培训师，应各不少于 1 名",
            seen.cluster.name
        )
    })))
}

/// `2.1.3-8`: one liaison.
fn liaison(place: &Place, count: Option<&u32>) -> Verdict {
    unless(match count.copied().unwrap_or_default() {
        1 => None,
        0 => Some(format!("{}没有兼职视导员", place.name)),
        more => Some(format!("{}有 {more} 名兼职视导员，应为 1 名", place.name)),
    })
}

/// `2.1.3-10`: one party organisation, its own or a joint one.
fn party_organisation(place: &Place, own: Option<&Vec<String>>) -> Verdict {
    unless(match own.map_or(&[][..], Vec::as_slice) {
        [_] => None,
        [] => Some(format!("{}没有党组织，也未参加联合党支部或联合党委", place.name)),
        several => {
            Some(format!("{}同时归入{}，应只归入 1 个党组织", place.name, several.join("、")))
        }
    })
}
