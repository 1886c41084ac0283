//! Piping: `${code}` in a text becomes what was answered to that question.

use super::Questionnaire;
use super::model::{Answer, Answers, Kind, Text};

/// The codes that a text names.
#[must_use]
pub fn references(text: &str) -> Vec<String> {
    pieces(text).filter_map(|p| if let Piece::Reference(code) = p { Some(code.to_owned()) } else { None }).collect()
}

enum Piece<'a> {
    Words(&'a str),
    Reference(&'a str),
}

/// The text in order; `${` without `}` is words.
fn pieces(text: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut rest = text;
    let mut reference = None;
    std::iter::from_fn(move || {
        if let Some(code) = reference.take() {
            return Some(Piece::Reference(code));
        }
        if rest.is_empty() {
            return None;
        }
        let found = rest.split_once("${").and_then(|(before, after)| after.split_once('}').map(|(code, after)| (before, code, after)));
        let Some((before, code, after)) = found else { return Some(Piece::Words(std::mem::take(&mut rest))) };
        rest = after;
        if before.is_empty() {
            return Some(Piece::Reference(code.trim()));
        }
        reference = Some(code.trim());
        Some(Piece::Words(before))
    })
}

/// A text in one language with the answers filled in: the words of an option, a number, a text, a day as `spell` writes it; nothing
/// where there is no answer. The result is plain text, still to be escaped by whoever shows it.
#[must_use]
pub fn fill(questionnaire: &Questionnaire, text: &Text, answers: &Answers, language: &str, spell: &dyn Fn(&Answer) -> String) -> String {
    let mut out = String::new();
    for piece in pieces(text.get(language)) {
        match piece {
            Piece::Words(words) => out.push_str(words),
            Piece::Reference(code) => out.push_str(&words(questionnaire, code, answers, language, spell)),
        }
    }
    out
}

fn words(questionnaire: &Questionnaire, code: &str, answers: &Answers, language: &str, spell: &dyn Fn(&Answer) -> String) -> String {
    let Some(position) = questionnaire.position(code) else { return String::new() };
    let (Some(question), Some(answer)) = (questionnaire.questions.get(position), answers.get(position)) else { return String::new() };
    if let (Kind::Single { not_applicable, refused, .. }, Answer::NotApplicable | Answer::Refused) = (&question.kind, answer) {
        let choice = if *answer == Answer::NotApplicable { not_applicable } else { refused };
        return choice.as_ref().map_or(String::new(), |c| c.text.get(language).to_owned());
    }
    let codes = question.answer_codes(answer);
    if codes.is_empty() {
        return spell(answer);
    }
    let names: Vec<&str> =
        codes.iter().filter_map(|c| question.options().iter().find(|o| o.code == *c)).map(|o| o.text.get(language)).collect();
    names.join(", ")
}
