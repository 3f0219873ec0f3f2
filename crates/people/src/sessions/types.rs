use kernel::{Moment, PersonId};
use sm3::{Digest, Sm3};

use crate::posts::Post;

/// The secret of a session: 32 random bytes in hexadecimal, known to the browser alone. The store keeps its digest.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    /// A fresh secret from the system's randomness.
    pub fn fresh() -> Result<Self, kernel::Failure> {
        let mut bytes = [0_u8; 32];
        getrandom::fill(&mut bytes).map_err(|error| kernel::Failure::broken(error.to_string()))?;
        Ok(Self(hex(&bytes)))
    }
    /// The secret that a cookie carries, if it has the form of one.
    pub fn read(text: &str) -> Option<Self> {
        (text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit()))
            .then(|| Self(text.to_owned()))
    }
    /// The secret itself.
    pub fn secret(&self) -> &str {
        &self.0
    }
    /// What is stored.
    pub fn digest(&self) -> String {
        hex(&Sm3::digest(self.0.as_bytes()))
    }
}

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Token(…)")
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A session with the post chosen in it, as read for one request.
#[derive(Debug, Clone)]
pub struct Session {
    /// Who signed in.
    pub person: PersonId,
    /// His or her name.
    pub name: String,
    /// When.
    pub started_at: Moment,
    /// When last seen (to the minute).
    pub seen_at: Moment,
    /// The chosen post, if it is in force today.
    pub post: Option<Post>,
    /// How many posts the person holds today.
    pub posts: i64,
}
