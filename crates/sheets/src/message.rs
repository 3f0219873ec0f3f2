//! What is said about one cell of an uploaded table.

use serde::{Deserialize, Serialize};

/// How grave a message is. Ordered from the gravest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The row can't be taken over.
    Refused,
    /// The row is taken over, but someone should look at it.
    Warning,
    /// The value was put right on reading, and this says how.
    Mended,
}

impl Severity {
    /// The word shown to the user.
    pub fn label(self) -> &'static str {
        match self {
            Severity::Refused => "拒绝",
            Severity::Warning => "提醒",
            Severity::Mended => "已修正",
        }
    }
}

/// A sentence at a cell: what was found, what was expected, what to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// The column's title as it stands in the file; empty when the message is about the whole row.
    pub column: String,
    /// How grave it is.
    pub severity: Severity,
    /// One or two sentences in Chinese.
    pub text: String,
}

impl Message {
    /// A message that refuses the row.
    pub fn refused(column: impl Into<String>, text: impl Into<String>) -> Message {
        Message { column: column.into(), severity: Severity::Refused, text: text.into() }
    }

    /// A message that asks someone to look.
    pub fn warning(column: impl Into<String>, text: impl Into<String>) -> Message {
        Message { column: column.into(), severity: Severity::Warning, text: text.into() }
    }

    /// A message that tells what was put right.
    pub fn mended(column: impl Into<String>, text: impl Into<String>) -> Message {
        Message { column: column.into(), severity: Severity::Mended, text: text.into() }
    }
}
