//! Pages of differences: between versions, between a draft and its version, between what is there and a file.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{FindingView, key_in_words, name_of, word_of};
use crate::questionnaires::Place;
use crate::questionnaires::diff::Change;
use crate::web::locale::Words;

/// A page of differences.
#[derive(Debug, Serialize)]
pub struct DifferencePage {
    /// Heading.
    pub title: String,
    /// Where to go back to.
    pub back: String,
    /// What is compared, before and after.
    pub between: (String, String),
    /// Changes by what they are about: key of words, changes.
    pub groups: Vec<(String, Vec<ChangeView>)>,
    /// How many changes break comparability.
    pub breaks: usize,
    /// Warnings of an import.
    pub warnings: Vec<String>,
    /// Findings of the check.
    pub findings: Vec<FindingView>,
    /// What can be done: the whole content, to be taken.
    pub take: Option<Take>,
}

impl DifferencePage {
    /// The page of these changes, with nothing to take.
    #[must_use]
    pub fn new(title: String, back: String, between: (String, String), changes: &[Change], words: &Words) -> Self {
        DifferencePage {
            title,
            back,
            between,
            groups: grouped(changes, words),
            breaks: changes.iter().filter(|c| c.breaks).count(),
            warnings: Vec::new(),
            findings: Vec::new(),
            take: None,
        }
    }
}

/// Taking what was shown.
#[derive(Debug, Serialize)]
pub struct Take {
    /// The content.
    pub source: String,
    /// The draft it goes into; a new one when none.
    pub draft: Option<i64>,
    /// Revision of that draft.
    pub revision: i64,
}

/// A change.
#[derive(Debug, Serialize)]
pub struct ChangeView {
    /// Code of the place.
    pub name: String,
    /// Kind of place: key of words.
    pub place: &'static str,
    /// Which key.
    pub key: String,
    /// Before.
    pub before: Option<String>,
    /// After.
    pub after: Option<String>,
    /// Whether waves can no longer be compared.
    pub breaks: bool,
}

/// Changes by what they are about.
fn grouped(changes: &[Change], words: &Words) -> Vec<(String, Vec<ChangeView>)> {
    let mut groups: BTreeMap<_, Vec<ChangeView>> = BTreeMap::new();
    for c in changes {
        let place = match c.place {
            Place::Form => "form",
            Place::Scale(_) => "scale",
            Place::Section(_) => "section",
            Place::Question(_) => "question",
            Place::Index => "index",
        };
        groups.entry(c.about).or_default().push(ChangeView {
            name: name_of(&c.place).to_owned(),
            place,
            key: key_in_words(&c.key, words),
            before: c.before.clone(),
            after: c.after.clone(),
            breaks: c.breaks,
        });
    }
    groups.into_iter().map(|(about, changes)| (word_of(about), changes)).collect()
}
