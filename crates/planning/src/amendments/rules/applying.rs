//! What an amendment makes of the clusters of a day.

use kernel::{ClusterId, KindergartenId};

use super::Refusal;
use crate::amendments::types::{Change, Standing};
use crate::plans::{Cluster, Content};

/// `2.1.2-5`, `2.1.2-4`: the clusters after a change, if it can be made at all: who joins is in no cluster, who leaves is
/// a member and does not lead, who is to lead is a member.
pub fn changed(
    standing: &Standing,
    cluster: ClusterId,
    change: &Change,
) -> Result<Content, Refusal> {
    let not_in_force = || Refusal::NotInForce(standing.facts.day);
    let here = standing.position(cluster).ok_or_else(not_in_force)?;
    let mut content = standing.content.clone();
    match change {
        Change::Admit { kindergarten } => {
            let name = known(standing, *kindergarten)?;
            let key = content.clusters[here].key;
            match content.cluster_of(*kindergarten) {
                Some(own) if own.key == key => {
                    return Err(Refusal::MemberAlready(name, own.name.clone()));
                }
                Some(other) => return Err(Refusal::InAnotherCluster(name, other.name.clone())),
                None => content.clusters[here].members.push(*kindergarten),
            }
        }
        Change::Release { kindergarten } => {
            leave(standing, &mut content.clusters[here], *kindergarten)?;
        }
        Change::Transfer { kindergarten, to } => {
            let there = standing.position(*to).ok_or_else(not_in_force)?;
            let name = known(standing, *kindergarten)?;
            if content.clusters[there].members.contains(kindergarten) {
                return Err(Refusal::MemberAlready(name, content.clusters[there].name.clone()));
            }
            leave(standing, &mut content.clusters[here], *kindergarten)?;
            content.clusters[there].members.push(*kindergarten);
        }
        Change::Centre { kindergarten, instead_of, name } => {
            lead(standing, &mut content.clusters[here], *kindergarten, *instead_of)?;
            if let Some(name) = name {
                name.clone_into(&mut content.clusters[here].name);
            }
        }
        Change::Rename { name, instead_of } => {
            let cluster = &mut content.clusters[here];
            if cluster.name != *instead_of {
                return Err(Refusal::Overtaken(format!("学区名称现为“{}”", cluster.name)));
            }
            if cluster.name == *name {
                return Err(Refusal::SameName);
            }
            name.clone_into(&mut cluster.name);
        }
    }
    Ok(content)
}

/// A change in words, as of before it.
pub fn sentence(standing: &Standing, cluster: ClusterId, change: &Change) -> String {
    let name_of = |id| {
        standing
            .position(id)
            .map_or("学区", |place| standing.content.clusters[place].name.as_str())
    };
    let here = name_of(cluster);
    let who = change.kindergarten().map(|id| standing.facts.name_of(id)).unwrap_or_default();
    match change {
        Change::Admit { .. } => format!("{who}编入{here}"),
        Change::Release { .. } => format!("{who}退出{here}"),
        Change::Transfer { to, .. } => format!("{who}由{here}调至{}", name_of(*to)),
        Change::Centre { name: None, .. } => format!("{who}担任{here}的中心园"),
        Change::Centre { name: Some(name), .. } => {
            format!("{who}担任{here}的中心园，学区更名为“{name}”")
        }
        Change::Rename { name, .. } => format!("“{here}”更名为“{name}”"),
    }
}

fn known(standing: &Standing, id: KindergartenId) -> Result<String, Refusal> {
    let site = standing.facts.site(id).ok_or(Refusal::UnknownKindergarten(standing.facts.day))?;
    Ok(site.name.clone())
}

fn leave(standing: &Standing, cluster: &mut Cluster, id: KindergartenId) -> Result<(), Refusal> {
    let name = || standing.facts.name_of(id);
    if !cluster.members.contains(&id) {
        return Err(Refusal::NotAMember(name(), cluster.name.clone()));
    }
    if cluster.centre == Some(id) {
        return Err(Refusal::CentreStays(name(), cluster.name.clone()));
    }
    cluster.members.retain(|member| *member != id);
    Ok(())
}

fn lead(
    standing: &Standing,
    cluster: &mut Cluster,
    id: KindergartenId,
    seen: Option<KindergartenId>,
) -> Result<(), Refusal> {
    let name = known(standing, id)?;
    if cluster.centre == Some(id) {
        return Err(Refusal::CentreAlready(name, cluster.name.clone()));
    }
    if !cluster.members.contains(&id) {
        return Err(Refusal::NotAMember(name, cluster.name.clone()));
    }
    if cluster.centre != seen {
        let now = cluster
            .centre
            .map_or_else(|| "未定".to_owned(), |centre| standing.facts.name_of(centre));
        return Err(Refusal::Overtaken(format!("中心园现为{now}")));
    }
    cluster.centre = Some(id);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::sample::{cluster, facts_of, kg, site, standing};
    use super::*;

    fn of(change: &Change) -> Result<Content, Refusal> {
        changed(&standing(), cluster(1), change)
    }

    #[test]
    fn who_is_in_no_cluster_joins_and_who_is_in_one_does_not() {
        let mut standing = standing();
        standing.facts = facts_of((1..=9).map(site).collect());
        let content =
            changed(&standing, cluster(1), &Change::Admit { kindergarten: kg(9) }).unwrap();
        assert_eq!(content.clusters[0].members, [1, 2, 3, 4, 9].map(kg));
        let refusal = of(&Change::Admit { kindergarten: kg(2) }).unwrap_err();
        assert_eq!(refusal, Refusal::MemberAlready("青禾2幼儿园".into(), "粤海学区".into()));
        let refusal = of(&Change::Admit { kindergarten: kg(6) }).unwrap_err();
        assert_eq!(refusal, Refusal::InAnotherCluster("青禾6幼儿园".into(), "蛇口学区".into()));
        let refusal = of(&Change::Admit { kindergarten: kg(9) }).unwrap_err();
        assert!(matches!(refusal, Refusal::UnknownKindergarten(_)));
    }

    #[test]
    fn a_member_moves_and_leaves_but_the_centre_stays() {
        let content = of(&Change::Transfer { kindergarten: kg(2), to: cluster(2) }).unwrap();
        assert_eq!(content.clusters[0].members, [1, 3, 4].map(kg));
        assert!(content.clusters[1].members.contains(&kg(2)));
        assert_eq!(
            of(&Change::Release { kindergarten: kg(2) }).unwrap().clusters[0].members,
            [1, 3, 4].map(kg)
        );
        for change in [
            Change::Release { kindergarten: kg(1) },
            Change::Transfer { kindergarten: kg(1), to: cluster(2) },
        ] {
            assert!(matches!(of(&change), Err(Refusal::CentreStays(..))), "{change:?}");
        }
        let elsewhere = of(&Change::Transfer { kindergarten: kg(6), to: cluster(2) }).unwrap_err();
        assert_eq!(elsewhere, Refusal::MemberAlready("青禾6幼儿园".into(), "蛇口学区".into()));
        let nowhere = of(&Change::Transfer { kindergarten: kg(2), to: cluster(3) }).unwrap_err();
        assert!(matches!(nowhere, Refusal::NotInForce(_)));
    }

    #[test]
    fn a_centre_that_somebody_else_has_just_replaced_is_not_replaced_unseen() {
        let centre = |instead_of| Change::Centre {
            kindergarten: kg(2),
            instead_of,
            name: Some("麻岭学区".into()),
        };
        let content = of(&centre(Some(kg(1)))).unwrap();
        assert_eq!(
            (content.clusters[0].centre, content.clusters[0].name.as_str()),
            (Some(kg(2)), "麻岭学区")
        );
        let refusal = of(&centre(Some(kg(3)))).unwrap_err();
        assert_eq!(refusal, Refusal::Overtaken("中心园现为青禾1幼儿园".into()));
        let again = Change::Centre { kindergarten: kg(1), instead_of: Some(kg(1)), name: None };
        assert!(matches!(of(&again), Err(Refusal::CentreAlready(..))));
        let stranger = Change::Centre { kindergarten: kg(6), instead_of: Some(kg(1)), name: None };
        assert!(matches!(of(&stranger), Err(Refusal::NotAMember(..))));
    }

    #[test]
    fn a_name_changes_from_the_one_that_was_seen() {
        let rename =
            |name: &str, seen: &str| Change::Rename { name: name.into(), instead_of: seen.into() };
        assert_eq!(of(&rename("麻岭学区", "粤海学区")).unwrap().clusters[0].name, "麻岭学区");
        assert_eq!(of(&rename("粤海学区", "粤海学区")), Err(Refusal::SameName));
        assert!(matches!(of(&rename("麻岭学区", "青禾学区")), Err(Refusal::Overtaken(_))));
    }
}
