use kernel::{Moment, PersonId, PostId, StandInId, coded};
use serde::{Deserialize, Serialize};

use crate::posts::Post;
use crate::secret;

/// The secret of a session: 32 random bytes in hexadecimal, known to the browser alone. The store keeps its digest.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    /// A fresh secret from the system's randomness.
    pub fn fresh() -> Result<Self, kernel::Failure> {
        Ok(Self(secret::hex(&secret::random::<32>()?)))
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
        secret::digest(&self.0)
    }
}

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Token(…)")
    }
}

coded! {
    /// What a session still waits for before it lets anybody in.
    Awaited {
        /// The second factor's code.
        Code = "code", "动态码";
        /// A new password: the old one was given by somebody else, or has grown old.
        Password = "password", "更换密码";
    }
}

/// How long sessions and passwords hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Milliseconds of silence after which a session has ended.
    pub idle_ms: i64,
    /// Milliseconds after which it has ended, however busy.
    pub longest_ms: i64,
    /// Days after which a password must be changed; 0 for never.
    pub password_days: i64,
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
    /// What it still waits for.
    pub awaits: Option<Awaited>,
    /// The stand-in that was chosen instead of a post of one's own.
    pub stand_in: Option<StandInId>,
    /// The chosen post, if it is in force today.
    pub post: Option<Post>,
    /// Whose post it is, when it is not one's own.
    pub acting_for: Option<String>,
    /// How many posts the person can act in today, about: others' posts are counted by their days alone.
    pub posts: i64,
}

/// What somebody chooses to act in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choice {
    /// A post of one's own.
    Post(PostId),
    /// Another's post, as a stand-in.
    StandIn(StandInId),
}

/// One of a person's sessions, for the list of them.
#[derive(Debug, Clone)]
pub struct Place {
    /// By what the page names it: the stored digest, from which no secret can be had.
    pub handle: String,
    /// When it began.
    pub started_at: Moment,
    /// When it was last seen (to the minute).
    pub seen_at: Moment,
    /// From which network address.
    pub address: String,
    /// What the browser calls itself.
    pub agent: String,
}
