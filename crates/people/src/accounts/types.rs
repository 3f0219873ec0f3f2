use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Argon2, Params};
use kernel::{Failure, Moment, PersonId};

/// An account as sign-in needs it.
#[derive(Debug, Clone)]
pub struct Account {
    /// Whose it is.
    pub person: PersonId,
    /// The person's name.
    pub name: String,
    /// The stored hash.
    pub password: Password,
    /// Failed tries since the last success.
    pub failures: i64,
    /// Until when no try is taken.
    pub locked_until: Moment,
}

/// An argon2id hash in PHC form; the password itself is never kept.
#[derive(Clone)]
pub struct Password(String);

impl std::fmt::Debug for Password {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Password(…)")
    }
}

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
    /// The hash as it was stored.
    pub fn stored(text: String) -> Self {
        Self(text)
    }
    /// The hash as it is stored.
    pub fn as_str(&self) -> &str {
        &self.0
    }
    /// Whether `plain` is the password. As slow as hashing.
    pub fn is(&self, plain: &str) -> bool {
        PasswordHash::new(&self.0)
            .is_ok_and(|hash| Argon2::default().verify_password(plain.as_bytes(), &hash).is_ok())
    }
}

fn broken(error: argon2::password_hash::Error) -> Failure {
    Failure::broken(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

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
    }
}
