//! Our synthetic districts against the optima that HiGHS proved (`bench/optima.csv`), and promises about effort and stopping.

#![allow(clippy::unwrap_used, reason = "a test that can't go on should panic")]

use std::sync::atomic::{AtomicU32, Ordering};

use clustering::instances::{self, Instance, Options};
use clustering::{Effort, NoPlan, Watcher, Work, solve};

const BENCH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../bench");

fn instance(name: &str) -> Instance {
    let text = std::fs::read_to_string(format!("{BENCH}/city/{name}")).unwrap();
    instances::read(&text, name, &Options::default()).unwrap()
}

fn optima() -> Vec<(String, f64)> {
    let text = std::fs::read_to_string(format!("{BENCH}/optima.csv")).unwrap();
    let rows = text.lines().skip(1).map(|line| line.split(',').collect::<Vec<_>>());
    rows.filter(|row| row[2] == "yes")
        .map(|row| (row[0].to_owned(), row[1].parse().unwrap()))
        .collect()
}

/// Stops the run when it has been asked so many times.
struct StopsAfter(AtomicU32);

impl StopsAfter {
    fn asks(count: u32) -> Self {
        Self(AtomicU32::new(count))
    }
}

impl Watcher for StopsAfter {
    fn should_stop(&self) -> bool {
        self.0
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1))
            .is_err()
    }
}

#[test]
fn every_district_is_within_a_hundredth_of_its_optimum_and_no_bound_is_above_it() {
    let optima = optima();
    assert_eq!(optima.len(), 20);
    let mut above = 0.0;
    for (name, optimum) in &optima {
        let instance = instance(name);
        let found =
            solve(&instance.problem, &Effort { work: Work::Level(1), seed: 1, threads: 2 }, &())
                .unwrap();
        assert_eq!(found.plan.breaches(&instance.problem), []);
        assert!(
            found.lower_bound <= optimum + 1e-5,
            "{name}: bound {} above {optimum}",
            found.lower_bound
        );
        assert!(
            found.total >= optimum - 1e-5,
            "{name}: {} below the proven optimum {optimum}",
            found.total
        );
        above += found.total / optimum - 1.0;
    }
    assert!(above / 20.0 < 0.002, "mean {:.4} above the optimum", above / 20.0);
}

#[test]
fn the_same_effort_gives_the_same_plan_on_any_number_of_threads() {
    for name in ["s11_d04_n193_p20_c16.csv", "s12_d02_n372_p39_c16.csv"] {
        let instance = instance(name);
        let with = |threads| {
            solve(&instance.problem, &Effort { work: Work::Level(3), seed: 9, threads }, &())
                .unwrap()
        };
        let one = with(1);
        assert_eq!(one, with(2));
        assert_eq!(one, with(4));
    }
}

#[test]
fn a_run_stopped_at_any_moment_gives_a_legal_plan() {
    let instance = instance("s12_d02_n372_p39_c16.csv");
    for asks in [0, 1, 2, 5, 50, 399, 400, 401, 402, 450, 600, 1000, 3000] {
        let effort = Effort { work: Work::UntilStopped, seed: 1, threads: 2 };
        match solve(&instance.problem, &effort, &StopsAfter::asks(asks)) {
            Ok(found) => assert_eq!(found.plan.breaches(&instance.problem), []),
            Err(reason) => assert_eq!(reason, NoPlan::Stopped),
        }
    }
}

#[test]
fn progress_is_told_and_only_gets_better() {
    struct Listens(std::sync::Mutex<Vec<(Option<f64>, f64)>>);
    impl Watcher for Listens {
        fn progressed(&self, progress: &clustering::Progress) {
            self.0.lock().unwrap().push((progress.total, progress.lower_bound));
        }
    }
    let instance = instance("s12_d10_n66_p7_c16.csv");
    let listens = Listens(std::sync::Mutex::default());
    let found =
        solve(&instance.problem, &Effort { work: Work::Level(3), seed: 1, threads: 1 }, &listens)
            .unwrap();
    let told = listens.0.into_inner().unwrap();
    assert_eq!(told.len(), 4);
    assert!(told.windows(2).all(|pair| pair[1].0 <= pair[0].0 && pair[1].1 >= pair[0].1));
    assert_eq!(told[3], (Some(found.total), found.lower_bound));
}

#[test]
fn a_plan_file_names_every_site_once_with_its_centre() {
    let instance = instance("s11_d10_n64_p7_c16.csv");
    let found = solve(&instance.problem, &Effort::default(), &()).unwrap();
    let text = instances::write_plan(&instance, &found.plan);
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!((lines.len(), lines[0]), (65, "id,centre_id"));
    let centre = &instance.ids[found.plan.centre_of[5]];
    assert_eq!(lines[6], format!("{},{centre}", instance.ids[5]));
}
