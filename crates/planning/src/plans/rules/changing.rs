//! What each edit makes of a content. Locked clusters stay as they are; what the policy says of the result is shown, not
//! refused, so that an officer may pass through an unlawful plan on the way to a lawful one.

use chrono::Months;
use kernel::KindergartenId;
use policy::naming::{self, CentrePlace, Numbering};
use policy::{Breach, Exception, Strength, check};

use super::super::types::{Change, Cluster, Content, DistrictFacts};
use super::{LONGEST_NAME, LONGEST_REMARK, Refusal};

/// Shortest reason that says something, in characters.
const SHORTEST_REASON: usize = 4;
/// Longest life of an exception, in months: a school year's plan and two more.
const LONGEST_EXCEPTION_MONTHS: u32 = 36;

/// The content after an edit, and the edit as a sentence. `Undo` and `Redo` are not edits of a content but of its history
/// and leave it as it is.
pub fn applied(
    content: &Content,
    change: &Change,
    facts: &DistrictFacts,
) -> Result<(Content, String), Refusal> {
    let mut next = content.clone();
    let cause = match change {
        Change::Move { kindergarten, to } => move_to(&mut next, *kindergarten, *to, facts)?,
        Change::Centre { kindergarten } => make_centre(&mut next, *kindergarten, facts)?,
        Change::Split { cluster, kindergartens, centre } => {
            split(&mut next, *cluster, kindergartens, *centre, facts)?
        }
        Change::Merge { cluster, into } => merge(&mut next, *cluster, *into)?,
        Change::Rename { cluster, name } => rename(&mut next, *cluster, name)?,
        Change::Lock { cluster, locked } => lock(&mut next, *cluster, *locked)?,
        Change::Unassign { kindergarten } => unassign(&mut next, *kindergarten, facts)?,
        Change::Except { rule, cluster, reason, until } => {
            if rule.strength() != Strength::InPrinciple {
                return Err(Refusal::HardRule(*rule));
            }
            let mine = |breach: &Breach| breach.rule == *rule && breach.cluster == *cluster;
            except(&mut next, reason, *until, facts, mine)?
        }
        Change::ExceptAll { reason, until } => {
            let existing = next.exceptions.clone();
            let uncovered =
                |breach: &Breach| !existing.iter().any(|exception| exception.concerns(breach));
            except(&mut next, reason, *until, facts, uncovered)?
        }
        Change::Unexcept { rule, cluster } => {
            let before = next.exceptions.len();
            next.exceptions
                .retain(|exception| exception.rule != *rule || exception.cluster != *cluster);
            if next.exceptions.len() == before {
                return Err(Refusal::UnknownException);
            }
            format!("取消“{}”的例外申请", rule.label())
        }
        Change::Undo | Change::Redo => return Ok((next, String::new())),
    };
    Ok((settled(next, facts), cause))
}

/// What follows from any edit: clusters without members and their exceptions are gone, members stand in a fixed order,
/// and a name that its new centre no longer bears out is proposed afresh.
pub fn settled(mut content: Content, facts: &DistrictFacts) -> Content {
    content.clusters.retain(|cluster| !cluster.members.is_empty());
    content.clusters.sort_by_key(|cluster| cluster.key);
    let keys: Vec<u32> = content.clusters.iter().map(|cluster| cluster.key).collect();
    content.exceptions.retain(|exception| exception.cluster.is_none_or(|key| keys.contains(&key)));
    for cluster in &mut content.clusters {
        cluster.members.sort_unstable();
        cluster.members.dedup();
        if let Some(centre) = cluster.centre.and_then(|centre| facts.site(centre))
            && !cluster.locked
        {
            let place = CentrePlace { street: &centre.street, community: &centre.community };
            if naming::form(&cluster.name, &facts.name, &[place]).is_none() {
                cluster.name.clear();
            }
        }
    }
    if content.clusters.iter().any(|cluster| cluster.name.is_empty() && cluster.centre.is_some()) {
        let proposed = naming::propose(&facts.with(&content), Numbering::Ordinal);
        for cluster in content.clusters.iter_mut().filter(|cluster| cluster.centre.is_some()) {
            if let Some((_, name)) = proposed.iter().find(|(key, _)| *key == cluster.key)
                && cluster.name.is_empty()
            {
                cluster.name.clone_from(name);
            }
        }
    }
    content
}

/// How a sentence calls a cluster.
fn title(cluster: &Cluster) -> String {
    if cluster.name.is_empty() {
        format!("{} 号学区", cluster.key)
    } else {
        cluster.name.clone()
    }
}

fn known(id: KindergartenId, facts: &DistrictFacts) -> Result<String, Refusal> {
    match facts.site(id) {
        Some(site) if facts.must_be_placed(site) => Ok(site.name.clone()),
        Some(site) => Err(Refusal::UnknownKindergarten(site.name.clone())),
        None => Err(Refusal::UnknownKindergarten("该园".to_owned())),
    }
}

/// The cluster with this key, if it may be touched.
fn unlocked(content: &mut Content, key: u32) -> Result<&mut Cluster, Refusal> {
    let cluster = content
        .clusters
        .iter_mut()
        .find(|cluster| cluster.key == key)
        .ok_or(Refusal::UnknownCluster)?;
    if cluster.locked { Err(Refusal::Locked(title(cluster))) } else { Ok(cluster) }
}

/// Takes a kindergarten out of its cluster, if it has one.
fn release(content: &mut Content, id: KindergartenId) -> Result<Option<String>, Refusal> {
    let Some(key) = content.cluster_of(id).map(|cluster| cluster.key) else { return Ok(None) };
    let cluster = unlocked(content, key)?;
    cluster.members.retain(|member| *member != id);
    if cluster.centre == Some(id) {
        cluster.centre = None;
    }
    Ok(Some(title(cluster)))
}

fn move_to(
    content: &mut Content,
    id: KindergartenId,
    to: u32,
    facts: &DistrictFacts,
) -> Result<String, Refusal> {
    let name = known(id, facts)?;
    let target = unlocked(content, to)?;
    if target.members.contains(&id) {
        return Err(Refusal::AlreadyThere(name, title(target)));
    }
    let target_title = title(target);
    let left = release(content, id)?;
    unlocked(content, to)?.members.push(id);
    Ok(match left {
        Some(left) => format!("把{name}从{left}移到{target_title}"),
        None => format!("把{name}编入{target_title}"),
    })
}

fn make_centre(
    content: &mut Content,
    id: KindergartenId,
    facts: &DistrictFacts,
) -> Result<String, Refusal> {
    let name = known(id, facts)?;
    let key = content
        .cluster_of(id)
        .map(|cluster| cluster.key)
        .ok_or_else(|| Refusal::Unplaced(name.clone()))?;
    let cluster = unlocked(content, key)?;
    if cluster.centre == Some(id) {
        return Err(Refusal::AlreadyThere(name, format!("{}担任中心园", title(cluster))));
    }
    cluster.centre = Some(id);
    Ok(format!("设{name}为{}的中心园", title(cluster)))
}

fn split(
    content: &mut Content,
    key: u32,
    leaving: &[KindergartenId],
    centre: Option<KindergartenId>,
    facts: &DistrictFacts,
) -> Result<String, Refusal> {
    for id in leaving {
        known(*id, facts)?;
    }
    let cluster = unlocked(content, key)?;
    if leaving.is_empty() || leaving.iter().any(|id| !cluster.members.contains(id)) {
        return Err(Refusal::SplitElsewhere);
    }
    if cluster.members.iter().all(|member| leaving.contains(member)) {
        return Err(Refusal::SplitWhole(title(cluster)));
    }
    if centre.is_some_and(|centre| !leaving.contains(&centre)) {
        return Err(Refusal::SplitCentreElsewhere);
    }
    cluster.members.retain(|member| !leaving.contains(member));
    let led_it = cluster.centre.filter(|old| leaving.contains(old));
    if led_it.is_some() {
        cluster.centre = None;
    }
    let old_title = title(cluster);
    let next_key = content.next_key;
    content.next_key += 1;
    content.clusters.push(Cluster {
        key: next_key,
        name: String::new(),
        centre: centre.or(led_it),
        members: leaving.to_vec(),
        locked: false,
    });
    Ok(format!("从{old_title}分出 {} 所成为新学区", leaving.len()))
}

fn merge(content: &mut Content, key: u32, into: u32) -> Result<String, Refusal> {
    if key == into {
        return Err(Refusal::MergedIntoItself);
    }
    let ending = unlocked(content, key)?.clone();
    let target = unlocked(content, into)?;
    target.members.extend(&ending.members);
    target.centre = target.centre.or(ending.centre);
    let sentence = format!("把{}并入{}", title(&ending), title(target));
    content.clusters.retain(|cluster| cluster.key != key);
    Ok(sentence)
}

fn rename(content: &mut Content, key: u32, name: &str) -> Result<String, Refusal> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > LONGEST_NAME || name.chars().any(char::is_control)
    {
        return Err(Refusal::UnfitName);
    }
    let cluster = unlocked(content, key)?;
    let sentence = format!("{}改名为{name}", title(cluster));
    name.clone_into(&mut cluster.name);
    Ok(sentence)
}

fn lock(content: &mut Content, key: u32, locked: bool) -> Result<String, Refusal> {
    let cluster = content
        .clusters
        .iter_mut()
        .find(|cluster| cluster.key == key)
        .ok_or(Refusal::UnknownCluster)?;
    if locked && cluster.centre.is_none() {
        return Err(Refusal::LockedWithoutCentre(title(cluster)));
    }
    cluster.locked = locked;
    Ok(format!("{}{}", if locked { "锁定" } else { "解锁" }, title(cluster)))
}

fn unassign(
    content: &mut Content,
    id: KindergartenId,
    facts: &DistrictFacts,
) -> Result<String, Refusal> {
    // A kindergarten that has closed, or left the register, must be released like any other.
    let name = facts.name_of(id);
    match release(content, id)? {
        Some(left) => Ok(format!("把{name}移出{left}")),
        None => Err(Refusal::Unplaced(name)),
    }
}

fn except(
    content: &mut Content,
    reason: &str,
    until: kernel::Date,
    facts: &DistrictFacts,
    wanted: impl Fn(&Breach) -> bool,
) -> Result<String, Refusal> {
    let reason = reason.trim();
    if !(SHORTEST_REASON..=LONGEST_REMARK).contains(&reason.chars().count()) {
        return Err(Refusal::ReasonMissing);
    }
    let latest =
        facts.day.checked_add_months(Months::new(LONGEST_EXCEPTION_MONTHS)).unwrap_or(facts.day);
    if until <= facts.day || until > latest {
        return Err(Refusal::UnfitExpiry(facts.day));
    }
    let breaches = check(&facts.with(content), &facts.parameters);
    let mut count = 0;
    for breach in breaches
        .iter()
        .filter(|breach| breach.strength() == Strength::InPrinciple && wanted(breach))
    {
        content
            .exceptions
            .retain(|other| other.rule != breach.rule || other.cluster != breach.cluster);
        content.exceptions.push(Exception {
            rule: breach.rule,
            cluster: breach.cluster,
            reason: reason.to_owned(),
            approver: None,
            until,
        });
        count += 1;
    }
    if count == 0 {
        Err(Refusal::NothingToExcept)
    } else {
        Ok(format!("为 {count} 处原则性问题申请例外"))
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample::{content, facts, kg};
    use super::*;
    use policy::{Rule, Status};

    fn after(change: &Change) -> Content {
        applied(&content(), change, &facts()).unwrap().0
    }

    fn refused(content: &Content, change: &Change) -> Refusal {
        applied(content, change, &facts()).unwrap_err()
    }

    #[test]
    fn a_moved_kindergarten_is_in_its_new_cluster_and_no_longer_in_its_old() {
        let (after, cause) =
            applied(&content(), &Change::Move { kindergarten: kg(2), to: 2 }, &facts()).unwrap();
        assert_eq!(after.cluster_of(kg(2)).unwrap().key, 2);
        assert_eq!(after.clusters[0].members, [kg(1), kg(3), kg(4)]);
        assert_eq!(cause, "把青禾2幼儿园从粤海学区移到蛇口学区");
    }

    #[test]
    fn a_centre_that_moves_away_leaves_its_cluster_without_one() {
        let after = after(&Change::Move { kindergarten: kg(1), to: 2 });
        assert_eq!((after.clusters[0].centre, after.clusters[1].centre), (None, Some(kg(5))));
    }

    #[test]
    fn moving_where_it_is_or_nowhere_is_refused() {
        let here = Change::Move { kindergarten: kg(2), to: 1 };
        assert_eq!(
            refused(&content(), &here),
            Refusal::AlreadyThere("青禾2幼儿园".into(), "粤海学区".into())
        );
        let nowhere = Change::Move { kindergarten: kg(2), to: 9 };
        assert_eq!(refused(&content(), &nowhere), Refusal::UnknownCluster);
        let nobody = Change::Move { kindergarten: kg(99), to: 2 };
        assert!(matches!(refused(&content(), &nobody), Refusal::UnknownKindergarten(_)));
    }

    #[test]
    fn a_closed_kindergarten_can_be_taken_out_but_not_put_in() {
        let mut facts = facts();
        facts.sites[1].status = Status::Closed;
        let moved = applied(&content(), &Change::Move { kindergarten: kg(2), to: 2 }, &facts);
        assert!(matches!(moved, Err(Refusal::UnknownKindergarten(_))));
        let out = applied(&content(), &Change::Unassign { kindergarten: kg(2) }, &facts).unwrap().0;
        assert!(out.cluster_of(kg(2)).is_none());
    }

    #[test]
    fn a_locked_cluster_refuses_every_change_until_it_is_unlocked() {
        let locked = after(&Change::Lock { cluster: 1, locked: true });
        let changes = [
            Change::Move { kindergarten: kg(2), to: 2 },
            Change::Move { kindergarten: kg(6), to: 1 },
            Change::Centre { kindergarten: kg(2) },
            Change::Split { cluster: 1, kindergartens: vec![kg(2)], centre: None },
            Change::Merge { cluster: 1, into: 2 },
            Change::Merge { cluster: 2, into: 1 },
            Change::Rename { cluster: 1, name: "麻岭学区".into() },
            Change::Unassign { kindergarten: kg(2) },
        ];
        for change in changes {
            assert_eq!(refused(&locked, &change), Refusal::Locked("粤海学区".into()), "{change:?}");
        }
        let unlocked =
            applied(&locked, &Change::Lock { cluster: 1, locked: false }, &facts()).unwrap().0;
        assert_eq!(unlocked, content());
    }

    #[test]
    fn a_new_centre_of_another_street_brings_a_name_that_bears_it_out() {
        let mut facts = facts();
        facts.sites[1].street = "沙河街道".into();
        facts.sites[1].community = "高发社区".into();
        let after = applied(&content(), &Change::Centre { kindergarten: kg(2) }, &facts).unwrap().0;
        assert_eq!(
            (after.clusters[0].centre, after.clusters[0].name.as_str()),
            (Some(kg(2)), "沙河学区")
        );
    }

    #[test]
    fn a_split_makes_a_named_cluster_with_a_key_of_its_own() {
        let change =
            Change::Split { cluster: 1, kindergartens: vec![kg(2), kg(3)], centre: Some(kg(2)) };
        let after = after(&change);
        assert_eq!(after.clusters[2].key, 3);
        assert_eq!(after.clusters[2].members, [kg(2), kg(3)]);
        assert_eq!(after.clusters[2].name, "麻岭学区");
        assert_eq!(after.next_key, 4);
        let whole =
            Change::Split { cluster: 1, kindergartens: (1..=4).map(kg).collect(), centre: None };
        assert_eq!(refused(&content(), &whole), Refusal::SplitWhole("粤海学区".into()));
        let elsewhere = Change::Split { cluster: 1, kindergartens: vec![kg(6)], centre: None };
        assert_eq!(refused(&content(), &elsewhere), Refusal::SplitElsewhere);
        let led = Change::Split { cluster: 1, kindergartens: vec![kg(2)], centre: Some(kg(3)) };
        assert_eq!(refused(&content(), &led), Refusal::SplitCentreElsewhere);
    }

    #[test]
    fn a_merged_cluster_keeps_the_centre_and_name_of_the_one_that_took_it() {
        let after = after(&Change::Merge { cluster: 1, into: 2 });
        assert_eq!(after.clusters.len(), 1);
        assert_eq!(
            (after.clusters[0].centre, after.clusters[0].name.as_str()),
            (Some(kg(5)), "蛇口学区")
        );
        assert_eq!(after.clusters[0].members.len(), 8);
        assert_eq!(
            refused(&content(), &Change::Merge { cluster: 1, into: 1 }),
            Refusal::MergedIntoItself
        );
    }

    #[test]
    fn the_last_one_out_ends_the_cluster() {
        let mut alone = content();
        alone.clusters[0].members = vec![kg(1)];
        let after = applied(&alone, &Change::Unassign { kindergarten: kg(1) }, &facts()).unwrap().0;
        assert_eq!(after.clusters.len(), 1);
    }

    #[test]
    fn an_exception_needs_a_breach_a_reason_and_an_end() {
        let until = facts().day + chrono::Days::new(100);
        let except = |rule, reason: &str, until| Change::Except {
            rule,
            cluster: Some(1),
            reason: reason.into(),
            until,
        };
        assert_eq!(
            refused(&content(), &except(Rule::OneCentre, "理由充分", until)),
            Refusal::HardRule(Rule::OneCentre)
        );
        let none = except(Rule::NearOneAnother, "理由充分", until);
        assert_eq!(refused(&content(), &none), Refusal::NothingToExcept);
        assert_eq!(
            refused(&content(), &except(Rule::NearOneAnother, "无", until)),
            Refusal::ReasonMissing
        );
        let day = facts().day;
        let ended = except(Rule::NearOneAnother, "理由充分", day);
        assert_eq!(refused(&content(), &ended), Refusal::UnfitExpiry(day));
    }

    #[test]
    fn an_exception_replaces_the_earlier_one_and_can_be_taken_back() {
        let mut facts = facts();
        facts.parameters.farthest_distance_m = 100;
        let until = facts.day + chrono::Days::new(100);
        let except = |reason: &str| Change::Except {
            rule: Rule::NearOneAnother,
            cluster: Some(1),
            reason: reason.into(),
            until,
        };
        let once = applied(&content(), &except("辖区狭长"), &facts).unwrap().0;
        let twice = applied(&once, &except("待新园开办"), &facts).unwrap().0;
        assert_eq!(twice.exceptions.len(), 1);
        assert_eq!(twice.exceptions[0].reason, "待新园开办");
        let back = Change::Unexcept { rule: Rule::NearOneAnother, cluster: Some(1) };
        assert!(applied(&twice, &back, &facts).unwrap().0.exceptions.is_empty());
        assert_eq!(applied(&content(), &back, &facts), Err(Refusal::UnknownException));
    }

    #[test]
    fn the_editors_words_are_understood() {
        let words = r#"{"kind":"move","kindergarten":"kg_00000000000000000000000002","to":3}"#;
        assert_eq!(
            serde_json::from_str::<Change>(words).unwrap(),
            Change::Move { kindergarten: kg(2), to: 3 }
        );
        assert_eq!(serde_json::from_str::<Change>(r#"{"kind":"undo"}"#).unwrap(), Change::Undo);
        let words = r#"{"kind":"except","rule":"near_one_another","cluster":3,"reason":"x","until":"2027-08-31"}"#;
        assert!(matches!(serde_json::from_str::<Change>(words), Ok(Change::Except { .. })));
        assert!(serde_json::from_str::<Change>(r#"{"kind":"burn"}"#).is_err());
    }
}
