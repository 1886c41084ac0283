//! Passwords: argon2id hashes (RFC 9106, the crate's recommended parameters) and one-time passwords.

use argon2::{Argon2, PasswordHasher, PasswordVerifier};
use rand::RngExt;
use sha2::{Digest, Sha256};

use crate::error::{Error, Result};

/// Fewest characters of a password that a person chooses.
pub const SHORTEST: usize = 12;
/// Most characters that are looked at.
const LONGEST: usize = 200;

/// The hash to store.
///
/// # Errors
/// `Internal` when the hash cannot be computed.
pub fn hash(password: &str) -> Result<String> {
    let hash = Argon2::default().hash_password(password.as_bytes()).map_err(|e| Error::Internal(e.to_string()))?;
    Ok(hash.to_string())
}

/// Stands for the hash of somebody who does not exist or has no password, so that checking takes as long. No password fits it.
pub const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$vTn+zfCWq6kJj3kKFjwBVSUZL1YMnNEkmUgHnkSAjOE";

/// Whether the password is the one that was hashed.
#[must_use]
pub fn verify(password: &str, hash: &str) -> bool {
    password.len() <= LONGEST * 4 && Argon2::default().verify_password(password.as_bytes(), hash).is_ok()
}

/// Whether a chosen password is acceptable: long enough, by NIST SP 800-63B without rules of composition.
#[must_use]
pub fn acceptable(password: &str) -> bool {
    (SHORTEST..=LONGEST).contains(&password.chars().count())
}

/// What is wrong with a chosen password, as a key of the words; none when it can be taken.
#[must_use]
pub fn trouble(chosen: &str, repeated: &str) -> Option<&'static str> {
    if !acceptable(chosen) {
        Some("password-short")
    } else if chosen != repeated {
        Some("password-differs")
    } else {
        None
    }
}

/// A password for the first sign-in, about 77 bits, easy to read aloud.
#[must_use]
pub fn one_time() -> String {
    const LETTERS: &[u8] = b"abcdefghjkmnpqrstuvwxyz23456789";
    let mut rng = rand::rng();
    let mut word =
        |n: usize| -> String { (0..n).filter_map(|_| LETTERS.get(rng.random_range(0..LETTERS.len())).map(|b| char::from(*b))).collect() };
    (0..4).map(|_| word(4)).collect::<Vec<_>>().join("-")
}

/// 128 random bits in hexadecimal, for sessions and tokens against forgery.
#[must_use]
pub fn token() -> String {
    format!("{:032x}", rand::rng().random::<u128>())
}

/// 256 random bits in hexadecimal, for one-time links and API keys.
#[must_use]
pub fn long_token() -> String {
    token() + &token()
}

/// What is stored of a token: its SHA-256, so that a copy of the database opens nothing. A random token needs no slow hash.
#[must_use]
pub fn digest(token: &str) -> String {
    Sha256::digest(token.as_bytes()).iter().map(|b| format!("{b:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_right_password_fits() {
        let stored = hash("một mật khẩu dài").unwrap();
        assert!(verify("một mật khẩu dài", &stored));
        assert!(!verify("một mật khẩu dàI", &stored));
        assert!(!verify("", "not a hash"));
        assert!(acceptable("mười hai ký tự") && !acceptable("ngắn"));
        assert_ne!(one_time(), one_time());
    }
}
