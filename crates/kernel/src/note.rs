//! What happened, to what: the part of an audit entry that the act itself knows.
//!
//! Who, acting as what, when and from where come from the transaction.

use serde::Serialize;

use crate::{Id, Kind, Place};

/// How it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It was done.
    Done,
    /// A rule or a missing permission stopped it.
    Refused,
}

impl Outcome {
    /// The stored code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Refused => "refused",
        }
    }
}

/// What an entry is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject(pub String);

impl<K: Kind> From<Id<K>> for Subject {
    fn from(id: Id<K>) -> Self {
        Self(id.to_string())
    }
}
impl From<&str> for Subject {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

/// One audit note. `event` is a word of the past: `plan.adopted`.
#[derive(Debug, Clone)]
pub struct Note {
    /// The event's code: `<slice>.<participle>`.
    pub event: &'static str,
    /// What it is about: an id with its prefix, or a code.
    pub subject: Subject,
    /// A Chinese sentence for the trail's reader.
    pub summary: String,
    /// Where it lies, so that a district's auditor can be shown the district's entries.
    pub place: Option<Place>,
    /// The state before, as JSON; never with personal fields in the clear.
    pub before: Option<String>,
    /// The state after, as JSON; never with personal fields in the clear.
    pub after: Option<String>,
    /// How it ended.
    pub outcome: Outcome,
}

impl Note {
    /// A note that `event` was done to `subject`.
    pub fn of(
        event: &'static str,
        subject: impl Into<Subject>,
        summary: impl Into<String>,
    ) -> Self {
        Self {
            event,
            subject: subject.into(),
            summary: summary.into(),
            place: None,
            before: None,
            after: None,
            outcome: Outcome::Done,
        }
    }
    /// The same, refused.
    pub fn refused(
        event: &'static str,
        subject: impl Into<Subject>,
        summary: impl Into<String>,
    ) -> Self {
        Self { outcome: Outcome::Refused, ..Self::of(event, subject, summary) }
    }
    /// Where it lies.
    #[must_use]
    pub fn at(mut self, place: Place) -> Self {
        self.place = Some(place);
        self
    }
    /// What was before.
    #[must_use]
    pub fn before(mut self, state: &impl Serialize) -> Self {
        self.before = to_json(state);
        self
    }
    /// What is after.
    #[must_use]
    pub fn after(mut self, state: &impl Serialize) -> Self {
        self.after = to_json(state);
        self
    }
}

/// States are our own plain types, which always serialise; what does not is left out rather than stopping the act.
fn to_json(state: &impl Serialize) -> Option<String> {
    serde_json::to_string(state).ok()
}
