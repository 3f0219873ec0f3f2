//! Districts small enough to solve on paper.

#![allow(clippy::unwrap_used, reason = "a test that can't go on should panic")]

use clustering::{Effort, Frozen, Metric, NoPlan, Problem, Site, Solution, Terms, Weights, solve};

/// Sites on a line, all eligible, capacity 16.
fn on_a_line(metres: &[f64]) -> Vec<Site> {
    let site = |&x_m: &f64| Site {
        x_m,
        y_m: 0.0,
        demand: 1,
        capacity: 16,
        eligible: true,
        street: 1,
        kind: 0,
        grade: 0,
    };
    metres.iter().map(site).collect()
}

fn solved(sites: Vec<Site>, terms: Terms) -> Solution {
    let problem = Problem::new(sites, terms).unwrap();
    let solution = solve(&problem, &Effort::default(), &()).unwrap();
    assert_eq!(solution.plan.breaches(&problem), []);
    assert!((solution.total - solution.plan.cost(&problem).total()).abs() < 1e-9);
    assert!(solution.lower_bound <= solution.total);
    solution
}

#[test]
fn two_hamlets_get_a_centre_each() {
    let found = solved(on_a_line(&[0.0, 100.0, 200.0, 9000.0, 9100.0, 9200.0]), Terms::at_most(2));
    assert_eq!(found.plan.centre_of, [1, 1, 1, 4, 4, 4]);
    assert_eq!(found.total, 400.0);
    assert!(found.proven);
    assert!(found.gap <= 1e-6);
}

#[test]
fn a_lone_kindergarten_is_its_own_centre() {
    let found = solved(on_a_line(&[5.0]), Terms::at_most(3));
    assert_eq!(found.plan.centre_of, [0]);
    assert_eq!((found.total, found.gap, found.proven), (0.0, 0.0, true));
}

#[test]
fn an_ineligible_middle_is_not_the_centre() {
    let mut sites = on_a_line(&[0.0, 100.0, 250.0]);
    sites[1].eligible = false;
    let found = solved(sites, Terms::at_most(1));
    assert_eq!(found.total, 350.0);
    assert_ne!(found.plan.centre_of[0], 1);
}

#[test]
fn a_full_centre_sends_the_cheapest_away_along_a_chain() {
    // Four live at 0, places are for three. Sending the one at 0 to 1000 costs 1000; the one at 300 is nearer to it.
    let mut sites = on_a_line(&[0.0, 0.0, 300.0, 0.0, 1000.0]);
    for site in &mut sites {
        site.capacity = 3;
        site.eligible = false;
    }
    sites[0].eligible = true;
    sites[4].eligible = true;
    let found = solved(sites, Terms::at_most(2));
    assert_eq!(found.plan.centre_of, [0, 0, 4, 0, 4]);
    assert_eq!(found.total, 700.0);
}

#[test]
fn exactly_two_clusters_are_two_even_where_one_would_do() {
    let found = solved(on_a_line(&[0.0, 0.0, 0.0]), Terms::exactly(2));
    assert_eq!(found.plan.centres().len(), 2);
}

#[test]
fn floored_distances_are_whole_numbers() {
    let terms = Terms { metric: Metric::EuclidFloor, ..Terms::at_most(1) };
    let found = solved(on_a_line(&[0.0, 1.9, 3.7]), terms);
    assert_eq!(found.total, 2.0);
    assert!(found.proven);
}

#[test]
fn a_fixed_centre_leads_though_another_lies_better() {
    let terms = Terms { fixed_centres: vec![0], ..Terms::at_most(1) };
    assert_eq!(solved(on_a_line(&[0.0, 100.0, 200.0]), terms).plan.centre_of, [0, 0, 0]);
}

#[test]
fn who_must_be_together_is_together_though_it_is_far() {
    let terms = Terms { must_together: vec![vec![0, 4]], ..Terms::at_most(2) };
    let found = solved(on_a_line(&[0.0, 10.0, 20.0, 5000.0, 5010.0, 5020.0]), terms);
    assert_eq!(found.plan.centre_of[0], found.plan.centre_of[4]);
}

#[test]
fn who_must_not_be_together_is_apart_though_it_is_near() {
    let terms = Terms { never_together: vec![(0, 1)], ..Terms::at_most(2) };
    let found = solved(on_a_line(&[0.0, 10.0, 20.0, 5000.0, 5010.0]), terms);
    assert_ne!(found.plan.centre_of[0], found.plan.centre_of[1]);
}

#[test]
fn a_frozen_cluster_keeps_its_centre_and_members_and_takes_nobody() {
    let frozen = vec![Frozen { centre: 3, members: vec![0, 3] }];
    let terms = Terms { frozen, ..Terms::at_most(2) };
    let mut sites = on_a_line(&[0.0, 10.0, 20.0, 5000.0, 5010.0]);
    sites[3].eligible = false;
    let found = solved(sites, terms);
    assert_eq!((found.plan.centre_of[0], found.plan.centre_of[3]), (3, 3));
    assert_ne!(found.plan.centre_of[4], 3);
    assert_eq!(found.total, 5000.0 + 10.0 + 4990.0);
    assert!(found.proven);
}

#[test]
fn a_plan_that_is_frozen_throughout_is_returned_with_its_cost() {
    let frozen =
        vec![Frozen { centre: 0, members: vec![0, 1] }, Frozen { centre: 2, members: vec![2] }];
    let found = solved(on_a_line(&[0.0, 10.0, 20.0]), Terms { frozen, ..Terms::at_most(2) });
    assert_eq!((found.plan.centre_of.as_slice(), found.total), ([0, 0, 2].as_slice(), 10.0));
    assert!(found.proven);
}

#[test]
fn weight_on_the_ownership_mix_brings_the_kinds_together() {
    // Two public ones on the left, two private ones on the right; near clusters are of one kind.
    let mut sites = on_a_line(&[0.0, 100.0, 300.0, 400.0]);
    sites[2].kind = 2;
    sites[3].kind = 2;
    for site in &mut sites {
        site.capacity = 2;
    }
    let near = solved(sites.clone(), Terms::exactly(2));
    assert_eq!(near.total, 200.0);
    let weights = Weights { ownership_mix: 10_000.0, ..Weights::default() };
    let mixed = solved(sites, Terms { weights, ..Terms::exactly(2) });
    assert_eq!(mixed.cost.ownership_mix, 0.0);
    assert_eq!(mixed.cost.distance, 600.0);
}

#[test]
fn weight_on_streets_outweighs_a_few_metres() {
    let mut sites = on_a_line(&[0.0, 90.0, 200.0]);
    (sites[0].street, sites[1].street, sites[2].street) = (1, 2, 2);
    sites[1].eligible = false;
    let near = solved(sites.clone(), Terms::exactly(2));
    assert_eq!(near.plan.centre_of, [0, 0, 2]);
    let weights = Weights { street_cohesion: 50.0, ..Weights::default() };
    let same_street = solved(sites, Terms { weights, ..Terms::exactly(2) });
    assert_eq!(same_street.plan.centre_of, [0, 2, 2]);
    assert_eq!(same_street.cost.street_cohesion, 0.0);
    assert!(same_street.proven, "streets are inside the bound");
}

#[test]
fn weight_on_size_evens_the_clusters() {
    let sites = on_a_line(&[0.0, 1.0, 2.0, 3.0, 4.0, 900.0, 1000.0, 1001.0]);
    let weights = Weights { size_balance: 5000.0, ..Weights::default() };
    let found = solved(sites, Terms { weights, ..Terms::exactly(2) });
    assert_eq!(found.cost.size_balance, 0.0);
    assert!(found.plan.clusters().iter().all(|(_, members)| members.len() == 4));
}

#[test]
fn demands_that_fill_the_places_exactly_are_packed() {
    // Capacity 10 twice, demands 6 4 7 3: only {6, 4} and {7, 3} fit.
    let mut sites = on_a_line(&[0.0, 100.0, 10.0, 110.0]);
    for (site, demand) in sites.iter_mut().zip([6, 4, 7, 3]) {
        (site.demand, site.capacity) = (demand, 10);
    }
    let found = solved(sites, Terms::exactly(2));
    assert_eq!(found.plan.centre_of[0], found.plan.centre_of[1]);
    assert_eq!(found.plan.centre_of[2], found.plan.centre_of[3]);
}

#[test]
fn demands_that_no_packing_fits_end_with_a_reason() {
    let mut sites = on_a_line(&[0.0, 1.0, 2.0]);
    for site in &mut sites {
        (site.demand, site.capacity) = (6, 9);
    }
    // Eighteen places for eighteen in sum, so only the search can tell.
    let problem = Problem::new(sites, Terms::exactly(2)).unwrap();
    assert!(matches!(
        solve(&problem, &Effort::default(), &()),
        Err(NoPlan::NotFound { excess: 1.. })
    ));
}
