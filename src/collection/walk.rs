//! Which page of a questionnaire comes next, and how far along it is. Forms that are stored and forms that are tried out walk the same way.

use std::collections::BTreeSet;

use uuid::Uuid;

use super::typed::{Go, PageSent, Sent};
use super::validate::{self, Problem, What};
use crate::questionnaires::Questionnaire;
use crate::questionnaires::model::{Answers, Kind, Question};

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

/// What a sent page leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    /// Another page, or the same one again.
    Show(Page),
    /// The same page again or one before it, because something is wrong there or questions were added to it.
    Again {
        /// The section.
        section: usize,
        /// What is wrong.
        problems: Vec<Problem>,
    },
    /// Everything is answered and nothing is wrong.
    Send,
}

/// What comes after a page was sent. `unreadable` is what could not be understood of it.
#[must_use]
pub fn next(questionnaire: &Questionnaire, sent: &Sent, answers: &Answers, unreadable: &[Problem]) -> Next {
    let back = |page: Page| Next::Show(before(questionnaire, answers, page).map_or(page, Page::Section));
    let wrong = |n: usize| section_problems(questionnaire, n, answers, unreadable);
    match (sent.page, sent.go) {
        (PageSent::Start, _) => Next::Show(after(questionnaire, answers, None)),
        (PageSent::Section(n), Go::Back) => back(Page::Section(n)),
        (PageSent::Review, Go::Back) => back(Page::Review),
        (PageSent::Section(n), Go::Stay) => Next::Show(Page::Section(n)),
        (PageSent::Review, Go::Stay) => Next::Show(Page::Review),
        (_, Go::To(n)) if questionnaire.shows(n, answers) => Next::Show(Page::Section(n)),
        (PageSent::Section(n), _) => {
            let new = |p: usize| is_new(questionnaire, p, answers, &sent.seen);
            let added = asked(questionnaire, n, answers, sent.id).into_iter().any(new);
            let mut problems = wrong(n);
            // Nobody left out what was not there to be answered.
            problems.retain(|p| p.what != What::Required || !questionnaire.position(&p.question).is_some_and(new));
            if problems.is_empty() && !added {
                Next::Show(after(questionnaire, answers, Some(n)))
            } else {
                Next::Again { section: n, problems }
            }
        }
        (PageSent::Review, _) => (0..questionnaire.sections.len())
            .filter(|n| questionnaire.shows(*n, answers))
            .map(|section| Next::Again { section, problems: wrong(section) })
            .find(|next| matches!(next, Next::Again { problems, .. } if !problems.is_empty()))
            .unwrap_or(Next::Send),
    }
}

/// The questions of a section that are asked now, in the order this respondent sees them. What is hidden or computed is not shown, and a text
/// that says which option stands with its question.
#[must_use]
pub fn asked(questionnaire: &Questionnaire, section: usize, answers: &Answers, id: Uuid) -> Vec<usize> {
    askable(questionnaire, section, id).into_iter().filter(|p| questionnaire.asks(*p, answers)).collect()
}

/// The questions of a section that can ever be shown, in the order this respondent sees them.
#[must_use]
pub fn askable(questionnaire: &Questionnaire, section: usize, id: Uuid) -> Vec<usize> {
    let visible = |q: &Question| q.specifies.is_none() && !matches!(q.kind, Kind::Hidden { .. } | Kind::Calculated { .. });
    let in_order = questionnaire.questions_in_order(section, id.as_bytes());
    in_order.into_iter().filter(|p| questionnaire.questions.get(*p).is_some_and(visible)).collect()
}

/// How a page notes that it shows a question: its code, and where a filter chooses the options, the numbers of those it offers (`code:1.4`).
#[must_use]
pub fn mark(questionnaire: &Questionnaire, question: usize, answers: &Answers) -> Option<String> {
    let q = questionnaire.questions.get(question)?;
    if q.choice_filter.is_none() {
        return Some(q.code.clone());
    }
    let numbers: Vec<String> = questionnaire.offered(question, answers).iter().map(|(n, _)| n.to_string()).collect();
    Some(format!("{}:{}", q.code, numbers.join(".")))
}

/// Whether a question, or an option that it offers now, was not on the page that was sent.
fn is_new(questionnaire: &Questionnaire, question: usize, answers: &Answers, seen: &BTreeSet<String>) -> bool {
    let Some(q) = questionnaire.questions.get(question) else { return false };
    if q.choice_filter.is_none() {
        return !seen.contains(&q.code);
    }
    let shown = seen.iter().filter_map(|m| m.split_once(':')).find(|(code, _)| *code == q.code);
    let shown: Option<Vec<&str>> = shown.map(|(_, numbers)| numbers.split('.').collect());
    shown.is_none_or(|shown| questionnaire.offered(question, answers).iter().any(|(n, _)| !shown.contains(&n.to_string().as_str())))
}

/// What is wrong on one page: what could not be read, and what the rules say.
fn section_problems(questionnaire: &Questionnaire, section: usize, answers: &Answers, unreadable: &[Problem]) -> Vec<Problem> {
    let range = questionnaire.sections.get(section).map_or(0..0, |s| s.questions.clone());
    let here = |code: &str| questionnaire.position(code).is_some_and(|p| range.contains(&p));
    let mut found: Vec<Problem> = unreadable.iter().filter(|p| here(&p.question)).cloned().collect();
    let by_rules = validate::problems(questionnaire, answers, range.clone());
    found.extend(by_rules.into_iter().filter(|p| !unreadable.iter().any(|u| u.question == p.question)));
    found
}
