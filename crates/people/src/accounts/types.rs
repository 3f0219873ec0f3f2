use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Argon2, Params};
use kernel::{Failure, Moment, PersonId, coded};
use serde::{Deserialize, Serialize};

coded! {
    /// How a password stands.
    Standing {
        /// Its owner chose it; it grows old.
        Chosen = "chosen", "已启用";
        /// An administrator gave it: it must be changed at the next sign-in.
        Given = "given", "待更换密码";
        /// There is none yet: nobody signs in before an invitation is accepted.
        Absent = "none", "未启用";
    }
}

/// An account as sign-in needs it.
#[derive(Debug, Clone)]
pub struct Account {
    /// Whose it is.
    pub person: PersonId,
    /// The person's name.
    pub name: String,
    /// The login.
    pub login: String,
    /// The stored hash.
    pub password: Password,
    /// How the password stands.
    pub standing: Standing,
    /// Since when it is what it is.
    pub password_since: Moment,
    /// Whether a second factor is asked for.
    pub has_second_factor: bool,
}

/// Tries to sign in with one login since the last success.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tries {
    /// How many, this one included.
    pub failures: i64,
    /// When the last one was made that counted.
    pub tried_at: Moment,
}

/// An argon2id hash in PHC form; the password itself is never kept.
#[derive(Clone)]
pub struct Password(String);

impl std::fmt::Debug for Password {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Password(…)")
    }
}

/// What is stored where there is no password; nothing hashes to it.
const ABSENT: &str = "!";

/// A hash at the cost of every other, of a password that nobody has: what is checked for a login that does not exist.
const DECOY: &str = "$argon2id$v=19$m=19456,t=2,p=1$Y29uc3RhbnRzYWx0MTIzNA$MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTI";

impl Password {
    /// Hashes a new password with the library's recommended cost. Takes tens of milliseconds: call it off the runtime.
    pub fn hash(plain: &str) -> Result<Self, Failure> {
        let hash: PasswordHash =
            Argon2::default().hash_password(plain.as_bytes()).map_err(broken)?;
        Ok(Self(hash.to_string()))
    }
    /// The same at a token cost, for accounts of tests and of the played demo city, which are no secret.
    pub fn hash_cheaply(plain: &str) -> Result<Self, Failure> {
        let params = Params::new(64, 1, 1, None).map_err(Failure::broken)?;
        let argon2 = Argon2::new(argon2::Algorithm::Argon2id, argon2::Version::V0x13, params);
        let hash: PasswordHash = argon2.hash_password(plain.as_bytes()).map_err(broken)?;
        Ok(Self(hash.to_string()))
    }
    /// No password: nobody signs in with it.
    pub fn absent() -> Self {
        Self(ABSENT.to_owned())
    }
    /// Whether there is one.
    pub fn is_absent(&self) -> bool {
        self.0 == ABSENT
    }
    /// The hash as it was stored.
    pub fn stored(text: String) -> Self {
        Self(text)
    }
    /// The hash as it is stored.
    pub fn as_str(&self) -> &str {
        &self.0
    }
    /// Whether `plain` is the password. As slow as hashing, also where there is none.
    pub fn is(&self, plain: &str) -> bool {
        Self::check(Some(self), plain)
    }
    /// Whether `plain` is the password, if there is one. The work is the same in each case, so that the time of an answer
    /// tells nobody which logins exist.
    pub fn check(known: Option<&Self>, plain: &str) -> bool {
        let known = known.and_then(|known| PasswordHash::new(&known.0).ok());
        let is_known = known.is_some();
        let Some(hash) = known.or_else(|| PasswordHash::new(DECOY).ok()) else { return false };
        #[cfg(test)]
        tests::note_work(plain, &hash);
        Argon2::default().verify_password(plain.as_bytes(), &hash).is_ok() && is_known
    }
}

fn broken(error: argon2::password_hash::Error) -> Failure {
    Failure::broken(error.to_string())
}

#[cfg(test)]
pub(super) mod tests {
    use std::sync::Mutex;

    use super::*;

    /// What was hashed and at which cost, by every test of the program; each looks for its own passwords.
    static WORK: Mutex<Vec<(String, String)>> = Mutex::new(Vec::new());

    pub(super) fn note_work(plain: &str, hash: &PasswordHash) {
        let cost = format!("{} {}", hash.algorithm, hash.params);
        WORK.lock().unwrap().push((plain.to_owned(), cost));
    }

    /// The costs of all checks that were made of one password.
    pub fn work_on(plain: &str) -> Vec<String> {
        let work = WORK.lock().unwrap();
        work.iter().filter(|(text, _)| text == plain).map(|(_, cost)| cost.clone()).collect()
    }

    #[test]
    fn a_password_is_known_by_its_hash_alone() {
        for password in [
            Password::hash_cheaply("海上生明月1A").unwrap(),
            Password::hash("海上生明月1A").unwrap(),
        ] {
            assert!(password.is("海上生明月1A"));
            assert!(!password.is("海上生明月1a"));
            assert!(!password.as_str().contains("明月"));
        }
        assert!(!Password::stored("not a hash".into()).is("x"));
        assert!(!Password::absent().is("!"));
    }

    #[test]
    fn an_unknown_login_costs_as_much_as_a_wrong_password() {
        let known = Password::hash("Right-one-17").unwrap();
        assert!(!Password::check(Some(&known), "Guess-of-a-known-1"));
        assert!(!Password::check(None, "Guess-of-an-unknown-1"));
        assert!(!Password::check(Some(&Password::absent()), "Guess-of-a-waiting-1"));
        let costs = ["Guess-of-a-known-1", "Guess-of-an-unknown-1", "Guess-of-a-waiting-1"];
        let [known, unknown, waiting] = costs.map(work_on);
        assert_eq!(known.len(), 1);
        assert_eq!(known, unknown);
        assert_eq!(known, waiting);
    }

    #[test]
    fn nobody_has_the_password_of_the_decoy() {
        assert!(!Password::check(None, ""));
        assert!(PasswordHash::new(DECOY).is_ok());
    }
}
