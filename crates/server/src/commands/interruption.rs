//! Ctrl-C (and a polite kill) during a long run: the run ends soon with the best it has.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use clustering::Watcher;

use crate::serving;

/// Turns true when the user asks to stop.
#[derive(Clone, Debug, Default)]
pub(crate) struct Interruption(Arc<AtomicBool>);

impl Interruption {
    /// Listens from now on, on a thread of its own.
    pub(crate) fn watched() -> Self {
        let interruption = Self::default();
        let flag = Arc::clone(&interruption.0);
        thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            if let Ok(runtime) = runtime {
                runtime.block_on(serving::asked_to_stop());
                flag.store(true, Ordering::Relaxed);
            }
        });
        interruption
    }

    /// Whether the user has asked.
    pub(crate) fn is_asked(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// Ends a run of the optimiser when the user asks or its time is over.
#[derive(Clone, Debug)]
pub(crate) struct Patience {
    interruption: Interruption,
    until: Option<Instant>,
}

impl Patience {
    /// As long as the user lets it, at most so long from now on.
    pub(crate) fn of(interruption: &Interruption, most: Option<Duration>) -> Self {
        let until = most.and_then(|most| Instant::now().checked_add(most));
        Self { interruption: interruption.clone(), until }
    }
}

impl Watcher for Patience {
    fn should_stop(&self) -> bool {
        self.interruption.is_asked() || self.until.is_some_and(|until| Instant::now() >= until)
    }
}
