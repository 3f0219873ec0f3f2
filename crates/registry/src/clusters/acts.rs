//! The primitive changes of clusters. Each is called inside a transaction of its caller (adoption, amendment, import of
//! existing clusters), who asked the policy's rules before and commits with its own note afterwards.
//!
//! All of them lock the district first ([`crate::places::store::lock_district`]), so that changes in one district stand in
//! line; what gives a name locks the names of the city after it; all work within the actor's reach; and all change from a day on only what nothing later changes again.

use std::collections::BTreeSet;

use kernel::{ClusterId, Date, Failure, KindergartenId, OPEN_END};
use storage::Tx;

use super::rules::{self, Refusal};
use super::store;
use super::types::{Cluster, Decision, Membership, NewCluster, StandingException};
use crate::kindergartens::{self, Role};
use crate::places::{CityLock, lock_city, lock_district};

/// Establishes the clusters of a district.
///
/// With an open end (`decision.to` is [`OPEN_END`]) everything in force in the district ends on `decision.from`, its
/// exceptions included, and the new clusters begin; refused when something is recorded for a later day. With an end the
/// clusters are past ones, brought along: refused when the district has any others on those days. A cluster with `keep`
/// goes on under its id. Answers the ids in the order of `clusters`.
pub async fn establish(
    tx: &Tx,
    district: &str,
    decision: &Decision<'_>,
    clusters: &[NewCluster],
) -> Result<Vec<ClusterId>, Failure> {
    lock_district(tx, district).await?;
    rules::consistent(clusters, decision)?;
    if decision.to == OPEN_END {
        if let Some(later) = store::later(tx, district, decision.from).await? {
            return Err(Refusal::LaterChange(later).into());
        }
        store::end_district(tx, district, decision.from).await?;
    } else if let Some(other) = store::meeting(tx, district, decision.from, decision.to).await? {
        return Err(Refusal::Overlapping(other).into());
    }
    lock_city(tx, CityLock::ClusterNames).await?;
    let taken = store::names_elsewhere(tx, district, decision.from, decision.to).await?;
    if let Some(cluster) = clusters.iter().find(|cluster| taken.contains(&cluster.name)) {
        return Err(Refusal::NameTaken(cluster.name.clone()).into());
    }
    let known: BTreeSet<ClusterId> = store::ids(tx, district).await?.into_iter().collect();
    if clusters.iter().filter_map(|cluster| cluster.keep).any(|keep| !known.contains(&keep)) {
        return Err(Refusal::UnknownCluster.into());
    }
    let everybody: Vec<KindergartenId> = clusters
        .iter()
        .flat_map(NewCluster::everybody)
        .map(|(kindergarten, _)| kindergarten)
        .collect();
    if store::count_in_district(tx, district, decision.from, &everybody).await? != everybody.len() {
        return Err(Refusal::OtherDistrict.into());
    }
    let named: Vec<(ClusterId, &NewCluster)> = clusters
        .iter()
        .map(|cluster| (cluster.keep.unwrap_or_else(|| tx.mint()), cluster))
        .collect();
    let fresh: Vec<ClusterId> =
        named.iter().filter(|(_, cluster)| cluster.keep.is_none()).map(|(id, _)| *id).collect();
    store::begin(tx, district, &fresh, &named, decision).await.map_err(one_cluster)?;
    Ok(named.into_iter().map(|(id, _)| id).collect())
}

/// Brings along clusters that a district has or had before it kept them here, each state with its own days and document.
/// States under one name are one cluster, which goes on under its id where the district has known it on other days.
/// Refused when the district has clusters on days that a state meets. Answers the ids in the order of `states`.
pub async fn bring_along(
    tx: &Tx,
    district: &str,
    states: &[(NewCluster, Decision<'_>)],
) -> Result<Vec<ClusterId>, Failure> {
    lock_district(tx, district).await?;
    lock_city(tx, CityLock::ClusterNames).await?;
    for (cluster, decision) in states {
        rules::consistent(std::slice::from_ref(cluster), decision)?;
        if let Some(other) = store::meeting(tx, district, decision.from, decision.to).await? {
            return Err(Refusal::Overlapping(other).into());
        }
        let taken = store::names_elsewhere(tx, district, decision.from, decision.to).await?;
        if taken.contains(&cluster.name) {
            return Err(Refusal::NameTaken(cluster.name.clone()).into());
        }
        let everybody: Vec<KindergartenId> =
            cluster.everybody().map(|(kindergarten, _)| kindergarten).collect();
        if store::count_belonging(tx, district, decision.from, &everybody).await? != everybody.len()
        {
            return Err(Refusal::OtherDistrict.into());
        }
    }
    let mut known = store::ids_by_name(tx, district).await?;
    let mut ids = Vec::with_capacity(states.len());
    for (cluster, decision) in states {
        let before = known.get(&cluster.name).copied();
        let id = before.unwrap_or_else(|| tx.mint());
        let fresh: &[ClusterId] = if before.is_some() { &[] } else { &[id] };
        store::begin(tx, district, fresh, &[(id, cluster)], decision).await.map_err(one_cluster)?;
        known.insert(cluster.name.clone(), id);
        ids.push(id);
    }
    Ok(ids)
}

/// A kindergarten that is in no cluster joins one as a member.
pub async fn admit(
    tx: &Tx,
    cluster: ClusterId,
    kindergarten: KindergartenId,
    decision: &Decision<'_>,
) -> Result<(), Failure> {
    let cluster = standing(tx, cluster, decision.from).await?;
    in_its_district(tx, &cluster, kindergarten, decision.from).await?;
    match last_stay(tx, kindergarten, decision.from).await? {
        Some(stay) if stay.cluster == cluster.id => return Err(Refusal::MemberAlready.into()),
        Some(_) => return Err(Refusal::InAnotherCluster.into()),
        None => {}
    }
    store::begin_stays(tx, &[(kindergarten, cluster.id, Role::Member)], decision)
        .await
        .map_err(one_cluster)?;
    store::insert_amendment(
        tx,
        &cluster.district,
        cluster.id,
        Some(kindergarten),
        "admit",
        decision,
    )
    .await
}

/// A member leaves its cluster for none (it closes, or lies in another district from now on).
pub async fn release(
    tx: &Tx,
    cluster: ClusterId,
    kindergarten: KindergartenId,
    decision: &Decision<'_>,
) -> Result<(), Failure> {
    let cluster = standing(tx, cluster, decision.from).await?;
    let stay = member(tx, &cluster, kindergarten, decision.from).await?;
    store::end_stay(tx, &stay, decision.from).await?;
    store::insert_amendment(
        tx,
        &cluster.district,
        cluster.id,
        Some(kindergarten),
        "release",
        decision,
    )
    .await
}

/// A member moves to another cluster of the same district.
pub async fn transfer(
    tx: &Tx,
    kindergarten: KindergartenId,
    to: ClusterId,
    decision: &Decision<'_>,
) -> Result<(), Failure> {
    let to = standing(tx, to, decision.from).await?;
    in_its_district(tx, &to, kindergarten, decision.from).await?;
    let stay = last_stay(tx, kindergarten, decision.from).await?.ok_or(Refusal::NotAMember)?;
    if stay.cluster == to.id {
        return Err(Refusal::MemberAlready.into());
    }
    if stay.role == Role::Centre {
        return Err(Refusal::CentreStays.into());
    }
    store::end_stay(tx, &stay, decision.from).await?;
    store::begin_stays(tx, &[(kindergarten, to.id, Role::Member)], decision)
        .await
        .map_err(one_cluster)?;
    store::insert_amendment(tx, &to.district, to.id, Some(kindergarten), "transfer", decision).await
}

/// A member becomes the centre, and the centre (if there is one) a member.
pub async fn set_centre(
    tx: &Tx,
    cluster: ClusterId,
    kindergarten: KindergartenId,
    decision: &Decision<'_>,
) -> Result<(), Failure> {
    let cluster = standing(tx, cluster, decision.from).await?;
    let stay = last_stay(tx, kindergarten, decision.from).await?.ok_or(Refusal::NotAMember)?;
    if stay.cluster != cluster.id {
        return Err(Refusal::NotAMember.into());
    }
    let mut roles = vec![(kindergarten, cluster.id, Role::Centre)];
    if let Some(centre) = &cluster.centre {
        if centre.id == kindergarten {
            return Err(Refusal::CentreAlready.into());
        }
        let old = last_stay(tx, centre.id, decision.from).await?.ok_or(Refusal::NotAMember)?;
        store::end_stay(tx, &old, decision.from).await?;
        roles.push((centre.id, cluster.id, Role::Member));
    }
    store::end_stay(tx, &stay, decision.from).await?;
    store::begin_stays(tx, &roles, decision).await.map_err(one_cluster)?;
    store::insert_amendment(
        tx,
        &cluster.district,
        cluster.id,
        Some(kindergarten),
        "centre",
        decision,
    )
    .await
}

/// The cluster gets another name, unique in the city (2.1.2-9).
pub async fn rename(
    tx: &Tx,
    cluster: ClusterId,
    name: &str,
    decision: &Decision<'_>,
) -> Result<(), Failure> {
    let cluster = standing(tx, cluster, decision.from).await?;
    lock_city(tx, CityLock::ClusterNames).await?;
    if store::is_name_taken(tx, name, decision.from, cluster.id).await? {
        return Err(Refusal::NameTaken(name.to_owned()).into());
    }
    store::end_state(tx, cluster.id, decision.from).await?;
    store::begin_state(tx, cluster.id, name, decision).await?;
    store::insert_amendment(tx, &cluster.district, cluster.id, None, "rename", decision).await
}

/// The cluster ends, with its memberships and exceptions. The caller's note says why.
pub async fn dissolve(tx: &Tx, cluster: ClusterId, day: Date) -> Result<(), Failure> {
    let cluster = standing(tx, cluster, day).await?;
    store::end_cluster(tx, cluster.id, day).await
}

/// Records an approved departure from an in-principle rule; the actor is its approver in the audit trail.
pub async fn record_exception(tx: &Tx, exception: &StandingException) -> Result<(), Failure> {
    if exception.from >= exception.to {
        return Err(Refusal::EmptyTerm.into());
    }
    let cluster = store::find(tx, exception.cluster, exception.from).await?;
    lock_district(tx, &cluster.district).await?;
    store::insert_exception(tx, exception).await
}

/// The cluster on `day`, its district locked, nothing later recorded of its name.
async fn standing(tx: &Tx, id: ClusterId, day: Date) -> Result<Cluster, Failure> {
    let found = store::find(tx, id, day).await?;
    lock_district(tx, &found.district).await?;
    // What was read before the lock may have changed while waiting for it.
    let cluster = store::find(tx, id, day).await?;
    if cluster.until == OPEN_END {
        Ok(cluster)
    } else {
        Err(Refusal::LaterChange(cluster.until).into())
    }
}

async fn in_its_district(
    tx: &Tx,
    cluster: &Cluster,
    kindergarten: KindergartenId,
    day: Date,
) -> Result<(), Failure> {
    let found = kindergartens::store::find(tx, kindergarten, day).await?;
    if found.facts.district == cluster.district {
        Ok(())
    } else {
        Err(Refusal::OtherDistrict.into())
    }
}

async fn last_stay(
    tx: &Tx,
    kindergarten: KindergartenId,
    day: Date,
) -> Result<Option<Membership>, Failure> {
    let stays = store::stays_from(tx, kindergarten, day).await?;
    Ok(rules::last(&stays, day)?.cloned())
}

/// The stay of a member that is not the centre.
async fn member(
    tx: &Tx,
    cluster: &Cluster,
    kindergarten: KindergartenId,
    day: Date,
) -> Result<Membership, Failure> {
    let stay = last_stay(tx, kindergarten, day).await?.ok_or(Refusal::NotAMember)?;
    match (stay.cluster == cluster.id, stay.role) {
        (false, _) => Err(Refusal::NotAMember.into()),
        (true, Role::Centre) => Err(Refusal::CentreStays.into()),
        (true, Role::Member) => Ok(stay),
    }
}

fn one_cluster(failure: Failure) -> Failure {
    if store::is_second_cluster(&failure) { Refusal::InAnotherCluster.into() } else { failure }
}
