//! Random small districts with random conditions: every plan is legal, every bound is below the optimum found by trying everything.

#![allow(clippy::unwrap_used, reason = "a test that can't go on should panic")]

use clustering::{
    Effort, Frozen, Metric, NoPlan, Plan, Problem, Site, Terms, Weights, Work, solve,
};
use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64Mcg;

fn random_site(rng: &mut Pcg64Mcg, largest_demand: u32, capacity: u32) -> Site {
    Site {
        x_m: rng.random_range(0.0..10_000.0_f64).round(),
        y_m: rng.random_range(0.0..10_000.0_f64).round(),
        demand: rng.random_range(1..=largest_demand),
        capacity,
        eligible: rng.random_bool(0.6),
        street: rng.random_range(0..3),
        kind: rng.random_range(0..3),
        grade: rng.random_range(0..4),
    }
}

/// A district of some sites with a random mixture of conditions; often infeasible, then `None`.
fn random_problem(rng: &mut Pcg64Mcg, most_sites: usize) -> Option<Problem> {
    let n = rng.random_range(3..=most_sites);
    let p = rng.random_range(1..=n.div_ceil(2));
    let largest_demand = if rng.random_bool(0.5) { 1 } else { 5 };
    let capacity = rng.random_range(1..=6) + largest_demand * (n.div_ceil(p) as u32);
    let sites: Vec<Site> = (0..n).map(|_| random_site(rng, largest_demand, capacity)).collect();
    let mut terms = if rng.random_bool(0.5) { Terms::at_most(p) } else { Terms::exactly(p) };
    if rng.random_bool(0.2) {
        terms.metric = Metric::EuclidFloor;
    }
    if rng.random_bool(0.4) {
        let mut weight = |most: f64| {
            if rng.random_bool(0.5) { rng.random_range(0.0..most).round() } else { 0.0 }
        };
        terms.weights = Weights {
            distance: 1.0 + weight(2.0),
            ownership_mix: weight(3000.0),
            grade_mix: weight(3000.0),
            street_cohesion: weight(2000.0),
            size_balance: weight(2000.0),
        };
    }
    let mut pair = |share: f64| {
        rng.random_bool(share).then(|| (rng.random_range(0..n), rng.random_range(0..n)))
    };
    terms.must_together.extend(pair(0.3).map(|(a, b)| vec![a, b]));
    terms.must_together.extend(pair(0.1).map(|(a, b)| vec![a, b]));
    terms.never_together.extend(pair(0.3));
    terms.never_together.extend(pair(0.2));
    terms.fixed_centres.extend(pair(0.2).map(|(a, _)| a));
    terms.frozen.extend(pair(0.2).map(|(a, b)| Frozen { centre: a, members: vec![b] }));
    Problem::new(sites, terms).ok()
}

/// The least cost over all plans, by trying every choice of centres and every assignment.
fn exhaustive(problem: &Problem) -> Option<f64> {
    fn assign(
        problem: &Problem,
        centres: &[usize],
        plan: &mut Plan,
        site: usize,
        best: &mut Option<f64>,
    ) {
        if site == problem.sites().len() {
            if plan.breaches(problem).is_empty() {
                let total = plan.cost(problem).total();
                *best = Some(best.map_or(total, |b: f64| b.min(total)));
            }
        } else if centres.contains(&site) {
            plan.centre_of[site] = site;
            assign(problem, centres, plan, site + 1, best);
        } else {
            for &centre in centres {
                plan.centre_of[site] = centre;
                assign(problem, centres, plan, site + 1, best);
            }
        }
    }
    let n = problem.sites().len();
    let mut best = None;
    for chosen in 1_u32..1 << n {
        let centres: Vec<usize> = (0..n).filter(|&s| chosen >> s & 1 == 1).collect();
        if problem.terms().clusters.contains(&centres.len()) {
            assign(problem, &centres, &mut Plan { centre_of: vec![0; n] }, 0, &mut best);
        }
    }
    best
}

#[test]
fn small_districts_are_solved_and_bounded_as_exhaustive_search_says() {
    let mut rng = Pcg64Mcg::seed_from_u64(7);
    let effort = Effort { work: Work::Level(2), seed: 3, threads: 1 };
    let (mut feasible, mut missed, mut dearer) = (0, 0, 0);
    while feasible < 250 {
        let Some(problem) = random_problem(&mut rng, 7) else { continue };
        let optimum = exhaustive(&problem);
        match (solve(&problem, &effort, &()), optimum) {
            (Ok(found), Some(optimum)) => {
                feasible += 1;
                assert_eq!(found.plan.breaches(&problem), []);
                assert!(
                    found.total >= optimum - 1e-6,
                    "a plan better than the best of all: {problem:?}"
                );
                assert!(
                    found.lower_bound <= optimum + 1e-9,
                    "bound {} above optimum {optimum}: {problem:?}",
                    found.lower_bound
                );
                // With mix in the objective fewer clusters than allowed may be better; the search does not look for that yet.
                let weights = &problem.terms().weights;
                let mix = weights.ownership_mix + weights.grade_mix + weights.size_balance > 0.0;
                if found.total > optimum + 1e-6 && !mix {
                    dearer += 1;
                }
                assert!(!found.proven || found.total <= optimum + 1e-5 * optimum + 1e-6);
            }
            (Err(reason), Some(_)) => {
                assert!(matches!(reason, NoPlan::NotFound { .. }));
                missed += 1;
            }
            (Ok(found), None) => panic!("{found:?} though there is no plan for {problem:?}"),
            (Err(_), None) => {}
        }
    }
    // Heuristics may miss; on such small districts hardly ever.
    assert!(missed <= 2 && dearer <= 5, "missed {missed}, dearer {dearer} of {feasible}");
}

#[test]
fn larger_districts_always_get_legal_plans() {
    let mut rng = Pcg64Mcg::seed_from_u64(8);
    let effort = Effort { work: Work::Level(1), seed: 5, threads: 2 };
    let (mut solved, mut refused) = (0, 0);
    while solved < 60 {
        let Some(problem) = random_problem(&mut rng, 90) else { continue };
        match solve(&problem, &effort, &()) {
            Ok(found) => {
                solved += 1;
                assert_eq!(found.plan.breaches(&problem), []);
                assert!(
                    (found.total - found.plan.cost(&problem).total()).abs() <= 1e-9 * found.total
                );
                assert!((0.0..=1.0).contains(&found.gap) && found.lower_bound <= found.total);
            }
            Err(_) => refused += 1,
        }
    }
    assert!(refused <= 6, "{refused} without a plan beside {solved} with one");
}

#[test]
fn sites_on_one_spot_are_no_trouble() {
    let site = |i: usize| Site {
        x_m: 7.0,
        y_m: 7.0,
        demand: 1,
        capacity: 4,
        eligible: i.is_multiple_of(3),
        street: 0,
        kind: 0,
        grade: 0,
    };
    let problem = Problem::new((0..24).map(site).collect(), Terms::at_most(6)).unwrap();
    let found = solve(&problem, &Effort::default(), &()).unwrap();
    assert_eq!((found.total, found.proven), (0.0, true));
    assert_eq!(found.plan.centres().len(), 6);
}
