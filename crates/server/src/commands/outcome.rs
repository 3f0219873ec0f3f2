//! How a command ends, and what it says.

use std::fmt;
use std::io::{self, Write};
use std::process::ExitCode;

/// How a command ended, as its exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    /// 0: done, and nothing is wrong.
    Done,
    /// 1: done, and what was looked at is at fault: a hard breach, a refused row, a broken chain.
    FaultFound,
}

impl From<Ending> for ExitCode {
    fn from(ending: Ending) -> Self {
        match ending {
            Ending::Done => ExitCode::SUCCESS,
            Ending::FaultFound => ExitCode::from(1),
        }
    }
}

/// 2: the command could not be done, because of what it was given or where it runs. The text is a Chinese sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Trouble(pub(crate) String);

impl Trouble {
    /// The exit code of every trouble, the same that clap uses for a wrong command line.
    pub(crate) const EXIT_CODE: u8 = 2;

    /// A trouble in a sentence.
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<kernel::Failure> for Trouble {
    fn from(failure: kernel::Failure) -> Self {
        Self(failure.to_string())
    }
}

/// What a command comes to.
pub(crate) type Outcome = Result<Ending, Trouble>;

/// Prints the answer of a command. A reader that went away (`| head`) is no fault of ours.
pub(crate) fn print(text: &str) {
    let mut out = io::stdout().lock();
    drop(out.write_all(text.as_bytes()).and_then(|()| out.flush()));
}

/// Says something beside the answer: progress, warnings.
pub(crate) fn say(text: impl fmt::Display) {
    drop(writeln!(io::stderr().lock(), "{text}"));
}
