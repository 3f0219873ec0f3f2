//! Runs of the optimiser: one for each plan at a time, on threads of their own, with progress and cancel. They live in
//! memory: a run that a restart ends has saved nothing and is simply started again.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use clustering::{Effort, Progress, Watcher, Work};
use kernel::{Caller, Failure, PlanId};
use storage::Db;
use tokio::sync::Semaphore;

use super::acts;
use super::rules::{NoProposal, gap, propose_district};
use super::types::{Content, DistrictFacts};

/// Longest time for a run, in seconds.
pub const LONGEST_SECONDS: u32 = 120;
/// Runs that compute at the same time; further ones wait. Each uses one thread, and pages must stay quick.
const AT_ONCE: usize = 2;
/// Runs that are remembered, the finished ones included.
const REMEMBERED: usize = 64;

/// How a run stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Waits or computes.
    Running,
    /// Its plan has a new version.
    Done,
    /// Stopped by hand; nothing was saved.
    Cancelled,
    /// There is no plan, or somebody has changed the draft meanwhile; nothing was saved.
    Failed,
}

impl State {
    /// The word that the editor knows.
    pub fn code(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Done => "done",
            Self::Cancelled => "cancelled",
            Self::Failed => "failed",
        }
    }
}

/// What a run tells.
#[derive(Clone, Debug)]
pub struct Report {
    /// How it stands.
    pub state: State,
    /// The share of the time that has passed, 0 to 1.
    pub progress: f64,
    /// Cost of the best plan so far, in metres.
    pub cost_m: Option<f64>,
    /// Lower bound so far, in metres.
    pub bound_m: Option<f64>,
    /// A sentence.
    pub message: String,
}

impl Report {
    /// The share of the cost that lies above the bound.
    pub fn gap(&self) -> Option<f64> {
        Some(gap(self.cost_m?, self.bound_m?))
    }
}

#[derive(Debug)]
struct Run {
    name: String,
    plan: PlanId,
    cancelled: AtomicBool,
    report: Mutex<Report>,
}

impl Run {
    fn report(&self) -> MutexGuard<'_, Report> {
        self.report.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn end(&self, state: State, message: impl Into<String>) {
        let mut report = self.report();
        report.state = state;
        report.progress = 1.0;
        report.message = message.into();
    }
}

/// The runs of this process.
#[derive(Clone, Debug)]
pub struct Runs {
    remembered: Arc<Mutex<VecDeque<Arc<Run>>>>,
    places: Arc<Semaphore>,
    counter: Arc<AtomicU64>,
}

impl Default for Runs {
    fn default() -> Self {
        Self {
            remembered: Arc::default(),
            places: Arc::new(Semaphore::new(AT_ONCE)),
            counter: Arc::default(),
        }
    }
}

/// What is to be computed.
#[derive(Debug)]
pub struct Wish {
    /// For which plan.
    pub plan: PlanId,
    /// From which version on.
    pub seen: i64,
    /// Its content.
    pub content: Content,
    /// The district's facts.
    pub facts: Arc<DistrictFacts>,
    /// At most how many clusters.
    pub clusters: u32,
    /// For how long.
    pub seconds: u32,
}

struct Clockwork {
    run: Arc<Run>,
    begun: Instant,
    limit: Duration,
}

impl Watcher for Clockwork {
    fn should_stop(&self) -> bool {
        self.run.cancelled.load(Ordering::Relaxed) || self.begun.elapsed() >= self.limit
    }

    fn progressed(&self, progress: &Progress) {
        let mut report = self.run.report();
        report.progress = (self.begun.elapsed().as_secs_f64() / self.limit.as_secs_f64()).min(0.99);
        report.cost_m = progress.total;
        report.bound_m = Some(progress.lower_bound);
        "正在寻找更好的划分".clone_into(&mut report.message);
    }
}

impl Runs {
    /// Starts a run under the caller's name; refused while another one computes for the same plan.
    pub fn start(&self, db: &Db, caller: &Caller, wish: Wish) -> Result<String, Failure> {
        let mut runs = self.all();
        if runs.iter().any(|run| run.plan == wish.plan && run.report().state == State::Running) {
            return Err(Failure::refused("这份方案正在自动划分，请等它算完或先停止", None));
        }
        while runs.len() >= REMEMBERED {
            let Some(finished) = runs.iter().position(|run| run.report().state != State::Running)
            else {
                return Err(Failure::refused("同时进行的自动划分太多，请稍后再试", None));
            };
            runs.remove(finished);
        }
        let number = self.counter.fetch_add(1, Ordering::Relaxed);
        let run = Arc::new(Run {
            // Which run it is need not be secret: only the plan's own run is told, to whoever reaches the plan.
            name: format!("run_{:x}_{number:x}", db.now().millis()),
            plan: wish.plan,
            cancelled: AtomicBool::new(false),
            report: Mutex::new(Report {
                state: State::Running,
                progress: 0.0,
                cost_m: None,
                bound_m: None,
                message: "正在准备".to_owned(),
            }),
        });
        runs.push_back(Arc::clone(&run));
        let name = run.name.clone();
        let (db, caller, places) = (db.clone(), caller.clone(), Arc::clone(&self.places));
        tokio::spawn(async move {
            let _place = places.acquire_owned().await;
            carry_out(&db, &caller, wish, run).await;
        });
        Ok(name)
    }

    /// What a plan's run tells; nothing when it is unknown or another plan's.
    pub fn report(&self, plan: PlanId, name: &str) -> Option<Report> {
        self.find(plan, name).map(|run| run.report().clone())
    }

    /// Asks a plan's run to stop.
    pub fn cancel(&self, plan: PlanId, name: &str) -> Option<()> {
        self.find(plan, name).map(|run| run.cancelled.store(true, Ordering::Relaxed))
    }

    fn find(&self, plan: PlanId, name: &str) -> Option<Arc<Run>> {
        self.all().iter().find(|run| run.plan == plan && run.name == name).cloned()
    }

    fn all(&self) -> MutexGuard<'_, VecDeque<Arc<Run>>> {
        self.remembered.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn carry_out(db: &Db, caller: &Caller, wish: Wish, run: Arc<Run>) {
    let Wish { plan, seen, content, facts, clusters, seconds } = wish;
    let limit = Duration::from_secs(u64::from(seconds.clamp(1, LONGEST_SECONDS)));
    let clockwork = Clockwork { run: Arc::clone(&run), begun: Instant::now(), limit };
    // Each run of a version draws other numbers than the one before, so that trying again is worth something.
    let effort = Effort { work: Work::UntilStopped, seed: seen.unsigned_abs(), threads: 1 };
    let computed = tokio::task::spawn_blocking(move || {
        propose_district(&facts, &content, clusters, &effort, &clockwork)
    });
    let outcome = computed.await;
    if run.cancelled.load(Ordering::Relaxed) {
        return run.end(State::Cancelled, "已停止，方案没有改变");
    }
    match outcome {
        Ok(Ok(content)) => match acts::save_proposal(db, caller, plan, seen, content).await {
            Ok(_) => run.end(State::Done, "已生成新的划分"),
            Err(Failure::Broken(cause)) => {
                tracing::error!(%cause, "a proposal could not be saved");
                run.end(State::Failed, "系统出错，划分结果没有保存，请再试一次");
            }
            Err(failure) => run.end(State::Failed, failure.to_string()),
        },
        Ok(Err(reason @ NoProposal::Stopped)) => {
            run.end(State::Failed, format!("{reason}：时间太短，请延长计算时间"));
        }
        Ok(Err(reason)) => run.end(State::Failed, reason.to_string()),
        Err(cause) => {
            tracing::error!(%cause, "the optimiser ended abnormally");
            run.end(State::Failed, "系统出错，没有生成划分，请再试一次");
        }
    }
}
