//! What a citizen's form sends, read once: which page, which button, what was typed.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use uuid::Uuid;

use super::pages::{FIELD, Typed};
use super::validate::{self, Problem, What};
use crate::error::{Error, Result};
use crate::questionnaires::Questionnaire;
use crate::questionnaires::model::{Answers, Kind, Question};

/// The page that was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PageSent {
    /// The first page.
    Start,
    /// A section.
    Section(usize),
    /// The review.
    Review,
}

/// The button that was pressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Go {
    /// On, or send.
    Next,
    /// Back.
    Back,
    /// Neither: the same page again, for example in the other language.
    Stay,
    /// From the review to a section.
    To(usize),
}

/// A sent form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    /// The submission.
    pub id: Uuid,
    /// The page.
    pub page: PageSent,
    /// The button.
    pub go: Go,
    /// Unit chosen on the first page.
    pub unit: Option<String>,
    /// What the page had shown, each as [`super::walk::mark`] notes it.
    pub seen: BTreeSet<String>,
    /// What was typed, by question code.
    pub typed: Typed,
}

impl Sent {
    /// Reads the fields; those that are none of ours are refused.
    ///
    /// # Errors
    /// `BadRequest`.
    pub fn read(fields: &[(String, String)]) -> Result<Sent> {
        let bad = |what: &str| Error::BadRequest(format!("the form is damaged ({what}); open its address again"));
        let (mut id, mut page, mut go, mut unit) = (None, None, Go::Next, None);
        let mut seen = BTreeSet::new();
        let mut typed = Typed::new();
        for (name, value) in fields {
            match name.as_str() {
                "id" => id = Uuid::parse_str(value).ok(),
                "page" if value == "start" => page = Some(PageSent::Start),
                "page" if value == "review" => page = Some(PageSent::Review),
                "page" => page = value.parse().ok().map(PageSent::Section),
                "go" if value == "back" => go = Go::Back,
                "go" if value == "next" => go = Go::Next,
                "go" if value == "stay" => go = Go::Stay,
                "go" => go = Go::To(value.parse().map_err(|_| bad("go"))?),
                "unit" => unit = Some(value.clone()),
                "seen" => seen = value.split(' ').filter(|c| !c.is_empty()).map(str::to_owned).collect(),
                _ => match name.strip_prefix(FIELD) {
                    Some(code) => typed.entry(code.to_owned()).or_default().push(value.clone()),
                    None => return Err(bad(name)),
                },
            }
        }
        Ok(Sent { id: id.ok_or_else(|| bad("id"))?, page: page.ok_or_else(|| bad("page"))?, go, unit, seen, typed })
    }
}

/// Answers to hidden questions that an address carries in its query (`?code=value`): field names and values. Whatever else stands there is not ours.
#[must_use]
pub fn hidden(questionnaire: &Questionnaire, query: &[(String, String)]) -> Vec<(String, String)> {
    let mut kept: Vec<(String, String)> = Vec::new();
    for question in questionnaire.questions.iter().filter(|q| matches!(q.kind, Kind::Hidden { .. })) {
        // The first of several, and nothing that could not be stored: people cannot mend what they do not see.
        let said = query.iter().find(|(code, _)| *code == question.code);
        if let Some((code, value)) = said.filter(|(_, v)| matches!(validate::from_texts(question, &[v]), Ok(Some(_)))) {
            kept.push((format!("{FIELD}{code}"), value.clone()));
        }
    }
    kept
}

/// Understands what was typed: answers, and problems of what could not be read. Answers no longer asked, and what was typed for them, are
/// dropped. A text that says which "other" chooses that option when nothing else is chosen.
#[must_use]
pub fn understand(questionnaire: &Questionnaire, mut typed: Typed, day: NaiveDate) -> (Typed, Answers, Vec<Problem>) {
    for question in &questionnaire.questions {
        let Some(parent) = question.specifies.and_then(|p| questionnaire.questions.get(p)) else { continue };
        let written = typed.get(&question.code).is_some_and(|v| v.iter().any(|t| !t.trim().is_empty()));
        let chosen = typed.get(&parent.code).is_some_and(|v| v.iter().any(|t| !t.is_empty()));
        if let Some(option) = parent.options().iter().find(|c| c.specify)
            && written
            && !chosen
        {
            typed.insert(parent.code.clone(), vec![option.code.clone()]);
        }
    }
    let mut answers = Answers::on(day);
    let mut problems = Vec::new();
    for (code, values) in &typed {
        let Some(position) = questionnaire.position(code) else {
            problems.push(Problem { question: code.clone(), what: What::UnknownQuestion });
            continue;
        };
        let Some(question) = questionnaire.questions.get(position) else { continue };
        let plain: Vec<String> = values.iter().map(|t| ungrouped(question, t)).collect();
        let texts: Vec<&str> = plain.iter().map(String::as_str).collect();
        match validate::from_texts(question, &texts) {
            Ok(Some(answer)) => {
                answers.given.insert(position, answer);
            }
            Err(what) => problems.push(Problem { question: code.clone(), what }),
            Ok(None) => {}
        }
    }
    let answers = questionnaire.settle(answers);
    let asked = |code: &str| questionnaire.position(code).is_some_and(|p| questionnaire.asks(p, &answers));
    typed.retain(|code, _| asked(code));
    problems.retain(|p| asked(&p.question));
    (typed, answers, problems)
}

/// A whole number without what parts its thousands: who types 1.500.000 means one and a half million, not one and a half.
fn ungrouped(question: &Question, text: &str) -> String {
    if !matches!(question.kind, Kind::Number { decimals: 0, .. }) {
        return text.to_owned();
    }
    let groups: Vec<&str> = text.trim().split(['.', ',', ' ', '\u{a0}']).collect();
    let digits = |g: &&str| !g.is_empty() && g.bytes().all(|b| b.is_ascii_digit());
    match groups.as_slice() {
        [first, rest @ ..] if !rest.is_empty() && first.len() <= 3 && groups.iter().all(digits) && rest.iter().all(|g| g.len() == 3) => {
            groups.concat()
        }
        _ => text.to_owned(),
    }
}
