//! The cookie by which a browser that has signed in before is known again, so that somebody who guesses passwords elsewhere cannot make its owner wait.
//!
//! It is `<random id>.<HMAC-SHA-256>` over user and id, with the stored hash of the user's password as the key: it needs no secret of its own, gives no right,
//! and ends when the password changes.

use hmac::{Hmac, Mac};
use sha2::Sha256;

use super::password;

/// Name of the cookie.
pub const COOKIE: &str = "sipas_device";

fn mac(user: i64, id: &str, password_hash: &str) -> Option<Hmac<Sha256>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(password_hash.as_bytes()).ok()?;
    mac.update(format!("sipas device|{user}|{id}").as_bytes());
    Some(mac)
}

/// A new cookie for this user.
#[must_use]
pub fn issue(user: i64, password_hash: &str) -> Option<String> {
    let id = password::token();
    let seal = mac(user, &id, password_hash)?.finalize().into_bytes();
    Some(format!("{id}.{}", seal.iter().map(|b| format!("{b:02x}")).collect::<String>()))
}

/// The id in a cookie that was issued for this user.
#[must_use]
pub fn known<'a>(cookie: &'a str, user: i64, password_hash: &str) -> Option<&'a str> {
    let (id, seal) = cookie.split_once('.')?;
    if id.len() != 32 || password_hash.is_empty() {
        return None;
    }
    let bytes: Option<Vec<u8>> =
        seal.as_bytes().chunks(2).map(|pair| std::str::from_utf8(pair).ok().and_then(|t| u8::from_str_radix(t, 16).ok())).collect();
    mac(user, id, password_hash)?.verify_slice(&bytes?).ok().map(|()| id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_users_own_untouched_cookie_is_known_and_only_until_the_password_changes() {
        let cookie = issue(7, "hash").unwrap();
        assert_eq!(known(&cookie, 7, "hash"), cookie.split('.').next());
        assert_eq!(known(&cookie, 8, "hash"), None);
        assert_eq!(known(&cookie, 7, "another hash"), None);
        assert_eq!(known(&cookie.replace('.', "0."), 7, "hash"), None);
        assert_eq!(known(&cookie[..cookie.len() - 2], 7, "hash"), None);
        for odd in ["", ".", "a.b", "é.é", &format!("{}.zz", "0".repeat(32))] {
            assert_eq!(known(odd, 7, "hash"), None, "{odd}");
        }
    }
}
