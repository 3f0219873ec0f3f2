//! What went wrong, as a sentence. `Debug` prints the sentence too, so that a test that returns it reads well.

use std::fmt;

/// The result of everything a journey does.
pub type Outcome<T = ()> = Result<T, Trouble>;

/// Why a journey could not go on.
pub struct Trouble(String);

impl Trouble {
    /// Trouble in these words.
    pub fn new(sentence: impl Into<String>) -> Self {
        Self(sentence.into())
    }
}

impl fmt::Debug for Trouble {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for Trouble {}

impl From<ureq::Error> for Trouble {
    fn from(fault: ureq::Error) -> Self {
        Self(format!("the browser's driver does not answer: {fault}"))
    }
}

impl From<std::io::Error> for Trouble {
    fn from(fault: std::io::Error) -> Self {
        Self(fault.to_string())
    }
}
