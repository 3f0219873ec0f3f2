//! What of an evaluation a reader sees, and who must act.

use kernel::Reach;
use policy::obligations::{Obligation, Place, Scope};

/// Whether a reader sees a place. The city as a whole is seen from the city; a district from its bureau; a cluster also by
/// those whose kindergarten is in it, with the kindergartens around; one's own kindergarten by oneself. `district_place` gives
/// a district's place in the tree.
pub fn is_seen(
    reach: &Reach,
    district_place: impl Fn(&str) -> kernel::Place,
    scope: Scope,
    place: &Place,
) -> bool {
    if reach.is_city_wide() {
        return true;
    }
    let in_area = || reach.holds(&district_place(&place.district));
    let is_own_cluster = || {
        place
            .cluster
            .as_ref()
            .is_some_and(|own| reach.clusters.iter().any(|cluster| cluster.to_string() == *own))
    };
    match scope {
        Scope::City => false,
        Scope::District => in_area(),
        Scope::Cluster => in_area() || is_own_cluster(),
        Scope::Kindergarten => {
            in_area()
                || is_own_cluster()
                || reach.kindergartens.iter().any(|own| own.to_string() == place.id)
        }
    }
}

/// Who must act at a place, in its own words: 区教育督导部门 becomes 南山区教育督导部门, 各幼儿园 the kindergarten. `cluster`: the
/// name of the place's cluster, if it has one.
pub fn who_acts(
    obligation: &Obligation,
    place: &Place,
    district: &str,
    cluster: Option<&str>,
) -> String {
    let own = |party: &str| match (party, cluster) {
        ("各幼儿园", _) => place.name.clone(),
        ("学区治理委员会", Some(cluster)) => format!("{cluster}治理委员会"),
        ("学区党组织", Some(cluster)) => format!("{cluster}党组织"),
        _ => match party.strip_prefix('区') {
            Some(office) if !district.is_empty() => format!("{district}{office}"),
            _ => party.to_owned(),
        },
    };
    obligation.party.split('；').map(own).collect::<Vec<_>>().join("；")
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::{ClusterId, Id};
    use policy::obligations::obligation;
    use uuid::Uuid;

    fn place(id: &str, cluster: Option<String>) -> Place {
        Place {
            id: id.to_owned(),
            name: "青禾幼儿园".to_owned(),
            district: "440305".to_owned(),
            cluster,
            is_open: true,
        }
    }

    fn in_city(code: &str) -> kernel::Place {
        kernel::Place::city("4403").child(code)
    }

    #[test]
    fn a_district_officer_sees_her_district_and_not_the_city() {
        let reach = Reach { areas: vec![in_city("440305")], ..Reach::default() };
        let sees = |scope| is_seen(&reach, in_city, scope, &place("kg_1", None));
        assert!(!sees(Scope::City) && sees(Scope::District) && sees(Scope::Kindergarten));
        let elsewhere = Reach { areas: vec![in_city("440304")], ..Reach::default() };
        assert!(!is_seen(&elsewhere, in_city, Scope::Kindergarten, &place("kg_1", None)));
    }

    #[test]
    fn a_principal_sees_her_cluster_and_no_other_and_no_district() {
        let own: ClusterId = Id::new(Uuid::from_u128(1));
        let other: ClusterId = Id::new(Uuid::from_u128(2));
        let reach = Reach { clusters: vec![own], ..Reach::default() };
        let sees = |scope, cluster: ClusterId| {
            is_seen(&reach, in_city, scope, &place("kg_9", Some(cluster.to_string())))
        };
        assert!(sees(Scope::Cluster, own) && sees(Scope::Kindergarten, own));
        assert!(!sees(Scope::Cluster, other) && !sees(Scope::Kindergarten, other));
        assert!(!sees(Scope::District, own) && !sees(Scope::City, own));
    }

    #[test]
    fn who_must_act_is_called_by_name() {
        let said = |id: &str, cluster: Option<&str>| {
            who_acts(obligation(id).unwrap(), &place("kg_1", None), "南山区", cluster)
        };
        assert_eq!(said("2.1.3-6", None), "南山区教育督导部门");
        assert_eq!(said("2.1.3-8", Some("粤海学区")), "青禾幼儿园");
        assert_eq!(said("2.1.3-1", Some("粤海学区")), "粤海学区治理委员会");
        assert_eq!(said("1.2-1", None), "市教育局；南山区教育行政部门");
    }
}
