//! The token that proves that a form was written by us for this session.

use sm3::{Digest, Sm3};

/// The field and header in which the token travels.
pub const FIELD: &str = "csrf";
/// Header for requests that scripts send.
pub const HEADER: &str = "x-csrf-token";

/// The token of a session, derived from its secret cookie: who can't read the cookie can't make it.
pub fn token(session: &str) -> String {
    let digest = Sm3::new().chain_update(b"csrf:").chain_update(session.as_bytes()).finalize();
    digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

/// Whether `given` is the session's token; compares every byte, whatever the first difference.
pub fn is_valid(session: &str, given: &str) -> bool {
    let expected = token(session);
    expected.len() == given.len()
        && expected.bytes().zip(given.bytes()).fold(0, |difference, (a, b)| difference | (a ^ b))
            == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_sessions_own_token_is_valid() {
        let own = token("a");
        assert!(is_valid("a", &own));
        assert!(!is_valid("b", &own));
        assert!(!is_valid("a", ""));
    }
}
