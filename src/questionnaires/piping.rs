//! Piping: `${code}` in a text becomes what was answered to that question.

use super::Questionnaire;
use super::model::{Answer, Answers, Kind, Text};

/// The codes that a text names.
#[must_use]
pub fn references(text: &str) -> Vec<String> {
    pieces(text).filter_map(|p| if let Piece::Reference { code, .. } = p { Some(code.to_owned()) } else { None }).collect()
}

enum Piece<'a> {
    Words(&'a str),
    Reference { code: &'a str, written: &'a str },
}

/// The text in order; `${` without `}` is words.
fn pieces(text: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let begin = rest.find("${").unwrap_or(rest.len());
        if begin == 0
            && let Some((code, after)) = rest.strip_prefix("${").and_then(|r| r.split_once('}'))
        {
            let (written, _) = rest.split_at(rest.len() - after.len());
            rest = after;
            return Some(Piece::Reference { code: code.trim(), written });
        }
        let closed = rest.get(begin..).is_some_and(|r| r.contains('}'));
        let (words, after) = rest.split_at(if closed && begin > 0 { begin } else { rest.len() });
        rest = after;
        (!words.is_empty()).then_some(Piece::Words(words))
    })
}

/// The text with other references; none keeps one as it is written.
#[must_use]
pub fn rewrite(text: &str, reference: &dyn Fn(&str) -> Option<String>) -> String {
    let one = |piece| match piece {
        Piece::Words(words) => words.to_owned(),
        Piece::Reference { code, written } => reference(code).unwrap_or_else(|| written.to_owned()),
    };
    pieces(text).map(one).collect()
}

/// A text in one language with the answers filled in: the words of an option, a number, a text, a day as `spell` writes it; nothing
/// where there is no answer. The result is plain text, still to be escaped by whoever shows it.
#[must_use]
pub fn fill(questionnaire: &Questionnaire, text: &Text, answers: &Answers, language: &str, spell: &dyn Fn(&Answer) -> String) -> String {
    let mut out = String::new();
    for piece in pieces(text.get(language)) {
        match piece {
            Piece::Words(words) => out.push_str(words),
            Piece::Reference { code, .. } => out.push_str(&words(questionnaire, code, answers, language, spell)),
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

#[cfg(test)]
mod tests {
    use super::{references, rewrite};

    #[test]
    fn references_are_found_and_everything_else_stays_as_it_is_written() {
        for (text, codes) in
            [("${a}", vec!["a"]), ("x ${ a }${b} y", vec!["a", "b"]), ("$ {a} ${a", vec![]), ("", vec![]), ("giá ${giá}!", vec!["giá"])]
        {
            assert_eq!(references(text), codes, "{text}");
            assert_eq!(rewrite(text, &|_| None), text);
        }
        assert_eq!(rewrite("x ${ a }${b} y ${a", &|c| (c == "a").then(|| "${n}".to_owned())), "x ${n}${b} y ${a");
    }
}
