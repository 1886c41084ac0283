//! Passwords: argon2id hashes (RFC 9106, the crate's recommended parameters) and one-time passwords.

use argon2::{Argon2, PasswordHasher, PasswordVerifier};
use rand::RngExt;

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
