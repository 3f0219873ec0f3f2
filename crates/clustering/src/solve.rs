//! The whole run: bound, first plan, rounds of search, and an honest account of the result.

use std::fmt;

use rand::SeedableRng;
use rand_pcg::Pcg64Mcg;

use crate::allocation::Allocation;
use crate::bound::Relaxation;
use crate::construction::first_plan;
use crate::model::Model;
use crate::plan::{Cost, Plan};
use crate::problem::Problem;
use crate::search::Search;

/// Independent chains of search. A fixed number, so that threads change the time and never the plan.
const CHAINS: usize = 2;

/// Kicks of each chain in a round.
const KICKS: usize = 24;

/// Subgradient steps before the search, and after it in each round until they change nothing.
const FIRST_STEPS: usize = 400;
const STEPS: usize = 60;

/// Rounds without a better plan after which every chain goes on from the best.
const ROUNDS_APART: u32 = 4;

/// A plan within this share of its bound is optimal for every purpose: a millimetre in a kilometre.
const PROVEN_WITHIN: f64 = 1e-6;

/// How much is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Work {
    /// A fixed amount: so many rounds of search. The same problem, seed and level give the same plan,
    /// whatever the number of threads.
    Level(u32),
    /// Until the [`Watcher`] says stop or optimality is proven. Promises a legal plan, not the same one.
    UntilStopped,
}

/// How much is done, with which random numbers, on how many threads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Effort {
    /// When to end.
    pub work: Work,
    /// Start of the random numbers.
    pub seed: u64,
    /// Threads to use; more than the search has chains are not used.
    pub threads: usize,
}

impl Default for Effort {
    /// Enough for a district in about a second on one thread.
    fn default() -> Self {
        Self { work: Work::Level(8), seed: 1, threads: 1 }
    }
}

/// The caller's eye and hand on a run: shows progress, stops it by clock or cancellation. The library has no clock of its own.
pub trait Watcher: Sync {
    /// Asked often, from several threads; once true the run ends soon with the best legal plan so far.
    fn should_stop(&self) -> bool {
        false
    }

    /// Told after each round, from the thread that called [`solve`].
    fn progressed(&self, _progress: &Progress) {}
}

/// Nobody watches: the run ends by itself.
impl Watcher for () {}

/// How far a run is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Progress {
    /// Rounds done.
    pub round: u32,
    /// Rounds to do, if the work is a level.
    pub rounds: Option<u32>,
    /// Cost of the best plan so far in metres; `None` while it is not legal.
    pub total: Option<f64>,
    /// Proven lower bound so far in metres.
    pub lower_bound: f64,
}

/// A legal plan and what is known about it.
#[derive(Clone, Debug, PartialEq)]
pub struct Solution {
    /// Who belongs to which centre.
    pub plan: Plan,
    /// Cost by term, in metres.
    pub cost: Cost,
    /// Sum of the terms, in metres.
    pub total: f64,
    /// No legal plan costs less, in metres. Holds for the whole objective.
    pub lower_bound: f64,
    /// (total − bound) / total, zero when the total is zero.
    pub gap: f64,
    /// Whether the bound has reached the plan, to a millionth of its cost.
    pub proven: bool,
    /// Rounds of search that were done.
    pub rounds: u32,
}

/// Why a run ended without a legal plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoPlan {
    /// It was stopped before one was found.
    Stopped,
    /// None was found by the work allowed; there may be none. With by how many places or forbidden pairs the best try failed.
    NotFound {
        /// Units of demand over capacities, and pairs wrongly together.
        excess: u64,
    },
}

impl fmt::Display for NoPlan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stopped => write!(f, "在找到可行方案之前已停止"),
            Self::NotFound { excess } => {
                write!(
                    f,
                    "没有找到满足全部条件的方案：最好的尝试仍超出 {excess} 处（名额不足或不得同区的园所同区）"
                )
            }
        }
    }
}

impl std::error::Error for NoPlan {}

/// Finds a good plan and a proven lower bound.
pub fn solve(
    problem: &Problem,
    effort: &Effort,
    watcher: &dyn Watcher,
) -> Result<Solution, NoPlan> {
    let model = Model::of(problem);
    if model.items.is_empty() {
        return report(problem, model.plan(|_| 0), f64::INFINITY, 0);
    }
    let stop = || watcher.should_stop();
    let mut relaxation = Relaxation::new(&model);
    let mut best = first_plan(&model, &relaxation);
    relaxation.improve(FIRST_STEPS, best.linear(), &stop);
    let second = first_plan(&model, &relaxation);
    if second.value() < best.value() {
        best = second;
    }

    let start = |chain: usize| {
        let rng = Pcg64Mcg::seed_from_u64(
            effort.seed.wrapping_mul(CHAINS as u64).wrapping_add(chain as u64),
        );
        Search::new(best.clone(), rng)
    };
    let mut chains: Vec<Search> = (0..CHAINS).map(start).collect();
    chains[0].settle_in(&stop);
    best.clone_from(&chains[0].plan);
    for chain in &mut chains[1..] {
        chain.adopt(&best);
    }
    relaxation.restart();

    let rounds = match effort.work {
        Work::Level(level) => Some(level),
        Work::UntilStopped => None,
    };
    let mut round = 0;
    let mut last_better = 0;
    let mut total = total_of(&best);
    loop {
        relaxation.improve(STEPS, best.linear(), &stop);
        let lower_bound = relaxation.bound();
        watcher.progressed(&Progress { round, rounds, total, lower_bound });
        if stop()
            || rounds == Some(round)
            || total.is_some_and(|total| is_proven(total, lower_bound))
        {
            break;
        }
        run_round(&mut chains, effort.threads, &stop);
        round += 1;
        for chain in &chains {
            if chain.plan.value() < best.value() - crate::allocation::EPSILON {
                best.clone_from(&chain.plan);
                last_better = round;
                total = total_of(&best);
            }
        }
        if round - last_better >= ROUNDS_APART {
            last_better = round;
            for chain in &mut chains {
                chain.adopt(&best);
            }
        }
    }
    if best.excess() > 0 {
        return Err(if stop() {
            NoPlan::Stopped
        } else {
            NoPlan::NotFound { excess: best.excess() }
        });
    }
    report(problem, model.plan(|item| best.candidate_of(item)), relaxation.bound(), round)
}

/// Total cost of an allocation's plan, if it is legal as far as the search can tell.
fn total_of(best: &Allocation) -> Option<f64> {
    let plan = (best.excess() == 0).then(|| best.model.plan(|item| best.candidate_of(item)));
    plan.map(|plan| plan.cost(best.model.problem).total())
}

/// Lets every chain kick, on as many threads as are allowed.
fn run_round(chains: &mut [Search], threads: usize, stop: &(dyn Fn() -> bool + Sync)) {
    let work = |share: &mut [Search]| {
        for chain in share {
            chain.kick_and_descend(KICKS, &|| stop());
        }
    };
    if threads <= 1 {
        work(chains);
        return;
    }
    std::thread::scope(|scope| {
        for share in chains.chunks_mut(CHAINS.div_ceil(threads)) {
            scope.spawn(|| work(share));
        }
    });
}

fn is_proven(total: f64, lower_bound: f64) -> bool {
    total - lower_bound <= PROVEN_WITHIN * total
}

/// Checks the plan by its definition before it leaves the house.
fn report(
    problem: &Problem,
    plan: Plan,
    lower_bound: f64,
    rounds: u32,
) -> Result<Solution, NoPlan> {
    let breaches = plan.breaches(problem).len() as u64;
    if breaches > 0 {
        return Err(NoPlan::NotFound { excess: breaches });
    }
    let cost = plan.cost(problem);
    let total = cost.total();
    // A bound above the plan can only be rounding.
    let lower_bound = lower_bound.min(total);
    let gap = if total > 0.0 { (total - lower_bound) / total } else { 0.0 };
    Ok(Solution {
        plan,
        cost,
        total,
        lower_bound,
        gap,
        proven: is_proven(total, lower_bound),
        rounds,
    })
}
