//! Input that contradicts itself is refused with the reason, before any search.

#![allow(clippy::unwrap_used, reason = "a test that can't go on should panic")]

use clustering::{Frozen, Infeasible, Problem, Site, Terms, Weights};

fn sites(count: usize) -> Vec<Site> {
    let site = |i| Site {
        x_m: f64::from(i),
        y_m: 0.0,
        demand: 1,
        capacity: 2,
        eligible: true,
        street: 1,
        kind: 0,
        grade: 0,
    };
    (0..count as i32).map(site).collect()
}

fn reason(sites: Vec<Site>, terms: Terms) -> Infeasible {
    let reason = Problem::new(sites, terms).unwrap_err();
    assert!(!reason.to_string().is_empty());
    reason
}

#[test]
fn nobody_to_cluster() {
    assert_eq!(reason(vec![], Terms::at_most(1)), Infeasible::NoSites);
}

#[test]
fn values_that_are_no_values() {
    let broken = |change: fn(&mut Site)| {
        let mut sites = sites(3);
        change(&mut sites[1]);
        reason(sites, Terms::at_most(2))
    };
    assert_eq!(broken(|s| s.x_m = f64::NAN), Infeasible::BadCoordinates(1));
    assert_eq!(broken(|s| s.y_m = f64::INFINITY), Infeasible::BadCoordinates(1));
    assert_eq!(broken(|s| s.kind = 8), Infeasible::BadClass(1));
    let weights = Weights { grade_mix: -1.0, ..Weights::default() };
    assert_eq!(
        reason(sites(3), Terms { weights, ..Terms::at_most(2) }),
        Infeasible::BadWeight("grade_mix")
    );
    assert_eq!(reason(sites(3), Terms::at_most(0)), Infeasible::BadRange(1, 0));
    assert_eq!(reason(sites(3), Terms::exactly(0)), Infeasible::BadRange(0, 0));
    let terms = Terms { never_together: vec![(0, 9)], ..Terms::at_most(2) };
    assert_eq!(reason(sites(3), terms), Infeasible::UnknownSite(9));
}

#[test]
fn too_few_places_are_counted() {
    let expected = Infeasible::TooFewPlaces { demand: 5, places: 4, clusters: 2 };
    assert_eq!(reason(sites(5), Terms::at_most(2)), expected);
    assert_eq!(expected.to_string(), "共需 5 个名额，2 个学区最多只能容纳 4 个");
}

#[test]
fn no_eligible_site_and_too_few_of_them() {
    let mut few = sites(4);
    for site in &mut few {
        site.eligible = false;
    }
    assert_eq!(reason(few.clone(), Terms::at_most(2)), Infeasible::NoEligibleSite);
    few[0].eligible = true;
    assert_eq!(
        reason(few, Terms::exactly(2)),
        Infeasible::TooFewCentres { needed: 2, possible: 1 }
    );
}

#[test]
fn groups_that_fit_nowhere() {
    let terms = Terms { must_together: vec![vec![0, 1], vec![1, 2]], ..Terms::at_most(3) };
    assert_eq!(
        reason(sites(4), terms),
        Infeasible::GroupTooLarge { sites: vec![0, 1, 2], demand: 3, capacity: 2 }
    );
}

#[test]
fn together_and_apart_even_along_a_chain() {
    let terms = Terms {
        must_together: vec![vec![0, 1], vec![1, 2]],
        never_together: vec![(2, 0)],
        ..Terms::at_most(3)
    };
    assert_eq!(reason(sites(4), terms), Infeasible::TogetherAndApart(2, 0));
}

#[test]
fn fixed_centres_that_cannot_be() {
    let mut one_unfit = sites(4);
    one_unfit[2].eligible = false;
    let terms = Terms { fixed_centres: vec![2], ..Terms::at_most(2) };
    assert_eq!(reason(one_unfit, terms), Infeasible::FixedCannotLead(2));
    let terms =
        Terms { fixed_centres: vec![0, 1], must_together: vec![vec![0, 1]], ..Terms::at_most(2) };
    assert_eq!(reason(sites(4), terms), Infeasible::FixedTogether(0, 1));
    let terms = Terms { fixed_centres: vec![0, 1, 2], ..Terms::at_most(2) };
    assert_eq!(reason(sites(4), terms), Infeasible::TooManyGiven { given: 3, allowed: 2 });
}

#[test]
fn frozen_clusters_that_contradict_the_rest() {
    let frozen = |centre, members: &[usize]| Frozen { centre, members: members.to_vec() };
    let terms = Terms { frozen: vec![frozen(0, &[0, 1]), frozen(2, &[1, 2])], ..Terms::at_most(3) };
    assert_eq!(reason(sites(4), terms), Infeasible::FrozenTwice(1));
    let terms = Terms {
        frozen: vec![frozen(0, &[1])],
        must_together: vec![vec![3, 1]],
        ..Terms::at_most(3)
    };
    assert_eq!(reason(sites(4), terms), Infeasible::FrozenSplits(1, 3));
    let terms =
        Terms { frozen: vec![frozen(0, &[1])], never_together: vec![(0, 1)], ..Terms::at_most(3) };
    assert_eq!(reason(sites(4), terms), Infeasible::FrozenApart(0, 1));
    let terms =
        Terms { frozen: vec![frozen(0, &[1])], fixed_centres: vec![1], ..Terms::at_most(3) };
    assert_eq!(reason(sites(4), terms), Infeasible::FrozenNotCentre(1));
    let terms = Terms { frozen: vec![frozen(0, &[]), frozen(1, &[])], ..Terms::at_most(1) };
    assert_eq!(reason(sites(2), terms), Infeasible::TooManyGiven { given: 2, allowed: 1 });
}

#[test]
fn room_left_by_the_frozen_clusters_counts() {
    let terms = Terms { frozen: vec![Frozen { centre: 0, members: vec![] }], ..Terms::at_most(2) };
    assert_eq!(
        reason(sites(4), terms),
        Infeasible::TooFewPlaces { demand: 3, places: 2, clusters: 1 }
    );
}
