//! Views of the sign-in and password pages.

use serde::Serialize;

/// The sign-in page.
#[derive(Debug, Serialize)]
pub struct SignInView {
    /// Where to go afterwards.
    pub next: String,
    /// Name typed before.
    pub name: String,
    /// Whether name and password did not fit.
    pub failed: bool,
    /// How many seconds to wait before the next try.
    pub wait: Option<u32>,
}

/// The password page.
#[derive(Debug, Serialize)]
pub struct PasswordView {
    /// Whether the present password is a one-time one.
    pub first: bool,
    /// Fewest characters.
    pub shortest: usize,
    /// What needs attention: key of the words.
    pub trouble: Option<&'static str>,
}
