//! A draft that is not finished, made good enough to be looked at.

use std::collections::BTreeMap;

use crate::designer::edit;
use crate::questionnaires::format::{Choice, File, Question, QuestionType, Texts, placed};
use crate::questionnaires::{Place, Questionnaire, check};

/// How often what the check finds is taken out before giving up.
const MOST_ROUNDS: usize = 6;

/// The questionnaire with gaps filled and what is wrong left out, and the number of the section that shows `at`. The question and page
/// at `at` are shown whatever their conditions say. None when nothing is left to show.
#[must_use]
pub fn presentable(mut file: File, at: &Place) -> Option<(Questionnaire, usize)> {
    if let Place::Section(code) = at {
        file.sections.iter_mut().filter(|s| s.code.value == *code).for_each(|s| s.relevant = None);
    }
    let section = match at {
        Place::Question(code) => edit::find(&file, code).map(|(s, q)| {
            if let Some(section) = file.sections.get_mut(s) {
                section.relevant = None;
                section.questions.get_mut(q).into_iter().for_each(|q| q.relevant = None);
            }
            s
        }),
        Place::Section(code) => file.sections.iter().position(|s| s.code.value == *code),
        _ => None,
    };
    let code = section.and_then(|s| file.sections.get(s)).map(|s| s.code.value.clone());
    fill(&mut file);
    for _ in 0..MOST_ROUNDS {
        match check(&file) {
            Ok(questionnaire) => {
                let n = questionnaire.sections.iter().position(|s| code.as_ref() == Some(&s.code));
                let first = questionnaire.sections.iter().position(|s| !s.questions.is_empty())?;
                return Some((questionnaire, n.unwrap_or(first)));
            }
            Err(findings) => {
                for f in &findings {
                    take_out(&mut file, &f.place, f.key);
                }
            }
        }
    }
    None
}

/// Puts something in place of every missing text: the same in another language, or dots.
fn fill(file: &mut File) {
    if file.languages.is_empty() {
        file.languages.push(placed("vi".to_owned()));
    }
    let languages: Vec<String> = file.languages.iter().map(|l| l.value.clone()).collect();
    let texts = |t: &mut Texts| {
        let other = t.value.values().find(|t| !t.trim().is_empty()).cloned().unwrap_or_else(|| "…".to_owned());
        t.value.retain(|l, text| languages.contains(l) && !text.trim().is_empty());
        for l in &languages {
            t.value.entry(l.clone()).or_insert_with(|| other.clone());
        }
    };
    let choices = |list: &mut Vec<Choice>| list.iter_mut().for_each(|c| texts(&mut c.text));
    texts(&mut file.title);
    texts(&mut file.introduction);
    for scale in file.scales.values_mut() {
        choices(&mut scale.options);
        scale.not_applicable.iter_mut().chain(&mut scale.refused).for_each(|c| texts(&mut c.text));
    }
    for section in &mut file.sections {
        texts(&mut section.title);
        section.note.iter_mut().for_each(texts);
        for q in &mut section.questions {
            texts(&mut q.text);
            q.hint.iter_mut().chain(&mut q.constraint_message).chain(&mut q.unit).for_each(texts);
            choices(&mut q.options);
            q.not_applicable.iter_mut().chain(&mut q.refused).for_each(|c| texts(&mut c.text));
            q.items.iter_mut().for_each(|i| texts(&mut i.text));
            q.items.iter_mut().filter_map(|i| i.hint.as_mut()).for_each(texts);
        }
    }
    file.index = None;
}

/// Leaves out what is wrong: the expression that is meant, else the whole thing.
fn take_out(file: &mut File, place: &Place, key: Option<&str>) {
    match place {
        Place::Question(code) => {
            let found = edit::find(file, code);
            let question = found.and_then(|(s, q)| file.sections.get_mut(s).and_then(|s| s.questions.get_mut(q)));
            let Some(question) = question else { return };
            match key {
                Some("relevant") => {
                    question.relevant = None;
                    question.items.iter_mut().for_each(|i| i.relevant = None);
                }
                Some("constraint") => (question.constraint, question.constraint_message) = (None, None),
                Some("choice_filter") => question.choice_filter = None,
                _ => drop(edit::delete(file, &Place::Question(code.clone()))),
            }
        }
        Place::Section(code) => {
            let section = file.sections.iter_mut().find(|s| s.code.value == *code);
            section.into_iter().for_each(|s| (s.relevant, s.shuffle, s.note) = (None, false, None));
        }
        Place::Scale(name) => drop(file.scales.remove(name)),
        Place::Index => file.index = None,
        Place::Form => {
            file.code.value = "draft".to_owned();
            file.version.value = "1".to_owned();
            file.languages.retain(|l| (2..=3).contains(&l.value.len()) && l.value.bytes().all(|b| b.is_ascii_lowercase()));
            if file.sections.iter().all(|s| s.questions.is_empty()) {
                let note = Question::new("note", QuestionType::Note, BTreeMap::new());
                file.sections.first_mut().into_iter().for_each(|s| s.questions.push(note.clone()));
            }
            file.introduction.value = BTreeMap::new();
            fill(file);
        }
    }
}
