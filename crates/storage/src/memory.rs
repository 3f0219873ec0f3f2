//! What was dear to work out, kept for as long as no record changes.
//!
//! Between two changes every reader of the same reach gets the same answer to the same question. Every change of a record
//! goes through [`crate::Tx::commit`] and leaves an audit entry, so the state of the audit trail tells whether anything
//! has changed since an answer was worked out, by whichever program.

use std::any::Any;
use std::collections::HashMap;
use std::fmt::Debug;
use std::sync::{Arc, Mutex, PoisonError};

use kernel::{Date, Failure, Reach};
use tokio::sync::OnceCell;

/// Most answers that are kept at once; beyond them all are forgotten. A city's largest takes some 100 kB.
const MOST: usize = 200;

/// Answers by what they follow from.
#[derive(Clone, Default)]
pub(crate) struct Memory {
    kept: Arc<Mutex<Kept>>,
}

impl Debug for Memory {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Memory")
    }
}

/// The answers that hold in one state of the records.
#[derive(Default)]
struct Kept {
    state: String,
    answers: HashMap<Question, Answer>,
}

type Answer = Arc<OnceCell<Arc<dyn Any + Send + Sync>>>;

/// All that an answer depends on besides the records.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(crate) struct Question {
    /// Which function asks, and with what.
    what: &'static str,
    with: String,
    reach: Reach,
    today: Date,
}

impl Question {
    pub(crate) fn new(
        what: &'static str,
        with: &(impl Debug + ?Sized),
        reach: &Reach,
        today: Date,
    ) -> Self {
        Self { what, with: format!("{with:?}"), reach: reach.clone(), today }
    }
}

impl Memory {
    /// The answer that was worked out in this state of the records, or else now: once, however many ask at once.
    ///
    /// The state is read before the work begins. A change meanwhile makes the answer newer than its state, never older.
    pub(crate) async fn recall<T: Send + Sync + 'static>(
        &self,
        state: String,
        question: Question,
        work: impl Future<Output = Result<T, Failure>> + Send,
    ) -> Result<Arc<T>, Failure> {
        let what = question.what;
        let cell = self.cell(state, question);
        let kept = cell
            .get_or_try_init(|| async { work.await.map(|answer| Arc::new(answer) as Arc<_>) })
            .await?;
        let kept: Arc<dyn Any + Send + Sync> = Arc::clone(kept);
        kept.downcast().map_err(|_| Failure::broken(format!("{what} remembers another type")))
    }

    fn cell(&self, state: String, question: Question) -> Answer {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.state != state || kept.answers.len() >= MOST {
            kept.state = state;
            kept.answers.clear();
        }
        Arc::clone(kept.answers.entry(question).or_default())
    }
}
