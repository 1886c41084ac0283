//! Which page of a questionnaire comes next, and how far along it is.

use crate::questionnaires::Questionnaire;
use crate::questionnaires::model::Answers;

/// Where a citizen is in a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Page {
    /// The n-th section.
    Section(usize),
    /// All answers, before sending.
    Review,
}

/// The first section that is shown after this one, or the review.
#[must_use]
pub fn after(questionnaire: &Questionnaire, answers: &Answers, section: Option<usize>) -> Page {
    let from = section.map_or(0, |s| s + 1);
    (from..questionnaire.sections.len()).find(|s| questionnaire.shows(*s, answers)).map_or(Page::Review, Page::Section)
}

/// The last section that is shown before this page; none before the first.
#[must_use]
pub fn before(questionnaire: &Questionnaire, answers: &Answers, page: Page) -> Option<usize> {
    let until = match page {
        Page::Section(s) => s,
        Page::Review => questionnaire.sections.len(),
    };
    (0..until).rev().find(|s| questionnaire.shows(*s, answers))
}

/// The page's number and how many there are with the answers so far.
#[must_use]
pub fn progress(questionnaire: &Questionnaire, answers: &Answers, page: Page) -> (usize, usize) {
    let shown: Vec<usize> = (0..questionnaire.sections.len()).filter(|s| questionnaire.shows(*s, answers)).collect();
    let at = match page {
        Page::Section(s) => shown.iter().filter(|x| **x <= s).count().max(1),
        Page::Review => shown.len() + 1,
    };
    (at, shown.len() + 1)
}
