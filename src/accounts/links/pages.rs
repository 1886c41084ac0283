//! Views of the pages behind links in mails.

use serde::Serialize;

/// The page for a forgotten password.
#[derive(Debug, Serialize)]
pub struct ForgotView {
    /// Whether something was sent in; the page then looks the same whatever it was.
    pub asked: bool,
}

/// The page of a one-time link.
#[derive(Debug, Serialize)]
pub struct LinkView {
    /// Whose password it sets; none when the link does not work any more.
    pub name: Option<String>,
    /// Whether it is the first password.
    pub first: bool,
    /// The link's token, for the form.
    pub token: String,
    /// Fewest characters.
    pub shortest: usize,
    /// What needs attention: key of the words.
    pub trouble: Option<&'static str>,
}
