//! Previews under way. A large file takes some seconds to compare: its officer watches the progress and may leave the
//! page. Runs live in memory: one that a restart ends has saved nothing, and the file is simply uploaded again.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use kernel::{Failure, ImportId, PersonId};
use tokio::sync::{Semaphore, oneshot};

use super::types::Progress;

/// Previews that compute at the same time; further ones wait. Each uses one thread, and pages must stay quick.
const AT_ONCE: usize = 2;
/// Runs that may wait or compute: each holds a file of at most 20 MB.
const MOST_OPEN: usize = 8;
/// Runs that are remembered, the finished ones included.
const REMEMBERED: usize = 64;
/// How long an upload waits for its preview before it shows the progress instead.
const PATIENCE: Duration = Duration::from_millis(1_500);

/// How a run stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// Waits or computes.
    Running,
    /// Its preview can be looked at under this address.
    Previewed(String),
    /// The file was refused whole, for this reason; nothing was saved.
    Refused(String),
}

/// A run as its officer sees it.
#[derive(Debug)]
pub struct Run {
    /// How it stands.
    pub state: State,
    /// Rows done, of how many.
    pub progress: (usize, usize),
    /// The form on which it began: its address and name.
    pub page: (&'static str, &'static str),
}

#[derive(Debug)]
struct Enlisted {
    name: String,
    person: PersonId,
    page: (&'static str, &'static str),
    progress: Progress,
    state: Mutex<State>,
}

impl Enlisted {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What an upload comes to.
#[derive(Debug)]
pub enum Outcome {
    /// Its preview is ready.
    Ready(ImportId),
    /// It takes longer: the run to watch.
    Running(String),
}

/// The previews under way in this process.
#[derive(Debug, Clone)]
pub struct Previews {
    runs: Arc<Mutex<VecDeque<Arc<Enlisted>>>>,
    places: Arc<Semaphore>,
    counter: Arc<AtomicU64>,
}

impl Default for Previews {
    fn default() -> Self {
        Self {
            runs: Arc::default(),
            places: Arc::new(Semaphore::new(AT_ONCE)),
            counter: Arc::default(),
        }
    }
}

impl Previews {
    /// Begins `work`, whose preview will stand under the address of `page`, and waits a moment for it. A failure that shows at
    /// once is the caller's; a later one is told by [`Previews::look`].
    pub(super) async fn start<Work, Previewed>(
        &self,
        person: PersonId,
        page: (&'static str, &'static str),
        work: Work,
    ) -> Result<Outcome, Failure>
    where
        Work: FnOnce(Progress) -> Previewed + Send + 'static,
        Previewed: Future<Output = Result<ImportId, Failure>> + Send,
    {
        let run = self.enlist(person, page)?;
        let (sender, receiver) = oneshot::channel();
        let places = Arc::clone(&self.places);
        let own = Arc::clone(&run);
        tokio::spawn(async move {
            let _place = places.acquire().await;
            let previewed = work(own.progress.clone()).await;
            *own.state() = match &previewed {
                Ok(id) => State::Previewed(format!("{}/{id}", page.0)),
                Err(Failure::Broken(cause)) => {
                    tracing::error!(%cause, "a preview broke");
                    State::Refused("系统出错，未保存任何内容。请稍后重新上传。".to_owned())
                }
                Err(failure) => State::Refused(failure.to_string()),
            };
            // Nobody waits any more when it took longer: then the state tells.
            drop(sender.send(previewed));
        });
        match tokio::time::timeout(PATIENCE, receiver).await {
            Ok(Ok(ended)) => ended.map(Outcome::Ready),
            // It takes longer, or its thread died: the page of the run tells.
            Ok(Err(_)) | Err(_) => Ok(Outcome::Running(run.name.clone())),
        }
    }

    /// How a run of this person stands.
    pub(super) fn look(&self, name: &str, person: PersonId) -> Option<Run> {
        let runs = self.runs();
        let run = runs.iter().find(|run| run.name == name && run.person == person)?;
        let state = run.state().clone();
        Some(Run { state, progress: run.progress.told(), page: run.page })
    }

    fn enlist(
        &self,
        person: PersonId,
        page: (&'static str, &'static str),
    ) -> Result<Arc<Enlisted>, Failure> {
        let mut runs = self.runs();
        let open = runs.iter().filter(|run| *run.state() == State::Running).count();
        if open >= MOST_OPEN {
            return Err(Failure::refused("正在预览的文件较多，请过一分钟再上传。", None));
        }
        while runs.len() >= REMEMBERED {
            runs.pop_front();
        }
        let number = self.counter.fetch_add(1, Ordering::Relaxed) + 1;
        let run = Arc::new(Enlisted {
            name: format!("run_{number}"),
            person,
            page,
            progress: Progress::default(),
            state: Mutex::new(State::Running),
        });
        runs.push_back(Arc::clone(&run));
        Ok(run)
    }

    fn runs(&self) -> MutexGuard<'_, VecDeque<Arc<Enlisted>>> {
        self.runs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
