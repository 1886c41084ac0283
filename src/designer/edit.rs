//! Changes to the shape of a questionnaire: adding, moving, duplicating, deleting, renaming. Nothing here knows pages or databases.
//!
//! A draft may be wrong in many ways while it is worked on; every edit works on what is there and leaves the judgement to the check.

use std::collections::{BTreeMap, BTreeSet};

use crate::questionnaires::Place;
use crate::questionnaires::format::{Choice, Factor, File, Part, Placed, Question, QuestionType, Section, Texts, placed};
use crate::questionnaires::{logic, piping};

/// An empty text.
#[must_use]
pub fn no_text() -> Texts {
    placed(BTreeMap::new())
}

/// A new questionnaire with one page.
#[must_use]
pub fn blank(code: &str, version: &str, title: BTreeMap<String, String>, languages: &[String]) -> File {
    let section =
        Section { code: placed("s1".to_owned()), title: no_text(), note: None, relevant: None, shuffle: false, questions: Vec::new() };
    File {
        format: 1,
        code: placed(code.to_owned()),
        version: placed(version.to_owned()),
        title: placed(title),
        source: None,
        languages: languages.iter().cloned().map(placed).collect(),
        introduction: no_text(),
        seconds: None,
        scales: BTreeMap::new(),
        sections: vec![section],
        index: None,
    }
}

/// Section and place in it of the question with this code, or of the matrix one of whose items has it.
#[must_use]
pub fn find(file: &File, code: &str) -> Option<(usize, usize)> {
    let mut all =
        file.sections.iter().enumerate().flat_map(|(s, section)| section.questions.iter().enumerate().map(move |(q, x)| (s, q, x)));
    all.find(|(_, _, q)| q.code.value == code || q.items.iter().any(|i| i.code.value == code)).map(|(s, q, _)| (s, q))
}

/// The question with this code.
#[must_use]
pub fn question<'a>(file: &'a File, code: &str) -> Option<&'a Question> {
    let (s, q) = find(file, code)?;
    file.sections.get(s)?.questions.get(q)
}

fn section_at(file: &File, code: &str) -> Option<usize> {
    file.sections.iter().position(|s| s.code.value == code)
}

/// All codes of questions, items, and of the parts of the index, which share one space of names.
fn codes(file: &File) -> BTreeSet<String> {
    let questions = file.sections.iter().flat_map(|s| &s.questions);
    let mut all: BTreeSet<String> =
        questions.flat_map(|q| std::iter::once(&q.code).chain(q.items.iter().map(|i| &i.code))).map(|c| c.value.clone()).collect();
    if let Some(index) = &file.index {
        all.insert(index.overall.code.value.clone());
        all.extend(index.parts.iter().map(|p| p.code.value.clone()));
        all.extend(index.parts.iter().flat_map(|p| &p.factors).map(|f| f.code.value.clone()));
    }
    all
}

/// The first of `stem1`, `stem2`, … that is free.
fn free(taken: &BTreeSet<String>, stem: &str) -> String {
    (1usize..).map(|n| format!("{stem}{n}")).find(|c| !taken.contains(c)).unwrap_or_default()
}

/// Adds a question after another one, or at the end of a section, and gives its place. Options and scale are proposed by the kind.
pub fn add_question(file: &mut File, after: &Place, kind: QuestionType) -> Option<Place> {
    let (section, at) = match after {
        Place::Question(code) => find(file, code).map(|(s, q)| (s, q + 1))?,
        Place::Section(code) => {
            let s = section_at(file, code)?;
            (s, file.sections.get(s)?.questions.len())
        }
        _ => {
            let s = file.sections.len().checked_sub(1)?;
            (s, file.sections.get(s)?.questions.len())
        }
    };
    let code = free(&codes(file), "q");
    let mut question = Question::new(&code, kind, BTreeMap::new());
    match kind {
        QuestionType::Scale | QuestionType::Matrix => question.scale = file.scales.keys().next().cloned().map(placed),
        QuestionType::Single | QuestionType::Multiple | QuestionType::Ranking => {
            question.options = ["a", "b"].map(option).into();
        }
        _ => {}
    }
    file.sections.get_mut(section)?.questions.insert(at, question);
    Some(Place::Question(code))
}

/// An option without words.
#[must_use]
pub fn option(code: &str) -> Choice {
    Choice { code: placed(code.to_owned()), text: no_text(), specify: false, exclusive: false, attributes: BTreeMap::new() }
}

/// Adds a page after the one that the place is in.
pub fn add_section(file: &mut File, after: &Place) -> Option<Place> {
    let taken = file.sections.iter().map(|s| s.code.value.clone()).collect();
    let at = match after {
        Place::Question(code) => find(file, code).map(|(s, _)| s + 1),
        Place::Section(code) => section_at(file, code).map(|s| s + 1),
        _ => None,
    };
    let code = free(&taken, "s");
    let section =
        Section { code: placed(code.clone()), title: no_text(), note: None, relevant: None, shuffle: false, questions: Vec::new() };
    file.sections.insert(at.unwrap_or(file.sections.len()), section);
    Some(Place::Section(code))
}

/// Adds a scale of `points` levels without words.
pub fn add_scale(file: &mut File, points: usize) -> Place {
    let name = free(&file.scales.keys().cloned().collect(), "scale");
    let options = (1..=points).map(|n| option(&n.to_string())).collect();
    file.scales.insert(name.clone(), crate::questionnaires::format::Scale { options, not_applicable: None, refused: None });
    Place::Scale(name)
}

/// Copies a question, page or scale and puts the copy behind it.
pub fn duplicate(file: &mut File, place: &Place) -> Option<Place> {
    match place {
        Place::Question(code) => {
            let (s, q) = find(file, code)?;
            let mut taken = codes(file);
            let mut copy = file.sections.get(s)?.questions.get(q)?.clone();
            let made = renamed_copy(&mut copy, &mut taken);
            file.sections.get_mut(s)?.questions.insert(q + 1, copy);
            Some(Place::Question(made))
        }
        Place::Section(code) => {
            let s = section_at(file, code)?;
            let mut copy = file.sections.get(s)?.clone();
            let mut taken = codes(file);
            let sections: BTreeSet<String> = file.sections.iter().map(|s| s.code.value.clone()).collect();
            let own = free(&sections, &format!("{code}_"));
            copy.code = placed(own.clone());
            for question in &mut copy.questions {
                renamed_copy(question, &mut taken);
            }
            file.sections.insert(s + 1, copy);
            Some(Place::Section(own))
        }
        Place::Scale(name) => {
            let copy = file.scales.get(name)?.clone();
            let own = free(&file.scales.keys().cloned().collect(), &format!("{name}_"));
            file.scales.insert(own.clone(), copy);
            Some(Place::Scale(own))
        }
        Place::Form | Place::Index => None,
    }
}

fn renamed_copy(copy: &mut Question, taken: &mut BTreeSet<String>) -> String {
    let mut fresh = |code: &mut Placed| {
        code.value = free(taken, &format!("{}_", code.value));
        taken.insert(code.value.clone());
    };
    fresh(&mut copy.code);
    for item in &mut copy.items {
        fresh(&mut item.code);
    }
    copy.code.value.clone()
}

/// Deletes a question, page or scale, and a question's items from the index. Gives the place to look at next.
pub fn delete(file: &mut File, place: &Place) -> Option<Place> {
    match place {
        Place::Question(code) => {
            let (s, q) = find(file, code)?;
            let section = file.sections.get_mut(s)?;
            let gone = section.questions.remove(q);
            let next = section.questions.get(q.min(section.questions.len().saturating_sub(1)));
            let next = next.map_or_else(|| Place::Section(section.code.value.clone()), |q| Place::Question(q.code.value.clone()));
            for code in std::iter::once(&gone.code).chain(gone.items.iter().map(|i| &i.code)) {
                leave_index(file, &code.value);
            }
            Some(next)
        }
        Place::Section(code) => {
            let s = section_at(file, code)?;
            let gone = file.sections.remove(s);
            for q in &gone.questions {
                for code in std::iter::once(&q.code).chain(q.items.iter().map(|i| &i.code)) {
                    leave_index(file, &code.value);
                }
            }
            let next = file.sections.get(s.min(file.sections.len().saturating_sub(1)));
            Some(next.map_or(Place::Form, |s| Place::Section(s.code.value.clone())))
        }
        Place::Scale(name) => file.scales.remove(name).map(|_| Place::Form),
        Place::Index => file.index.take().map(|_| Place::Form),
        Place::Form => None,
    }
}

fn leave_index(file: &mut File, code: &str) {
    for factor in file.index.iter_mut().flat_map(|i| &mut i.parts).flat_map(|p| &mut p.factors) {
        factor.items.retain(|i| i.value != code);
    }
}

/// Moves a question or page one step; a question at the edge of its page goes over to the next one. Tells whether it moved.
pub fn step(file: &mut File, place: &Place, down: bool) -> bool {
    let mut moved = || -> Option<()> {
        match place {
            Place::Section(code) => {
                let s = section_at(file, code)?;
                let to = if down { s + 1 } else { s.checked_sub(1)? };
                file.sections.get(to)?;
                file.sections.swap(s, to);
            }
            Place::Question(code) => {
                let (s, q) = find(file, code)?;
                let length = file.sections.get(s)?.questions.len();
                let (section, at) = match (down, q) {
                    (true, q) if q + 1 < length => (s, q + 1),
                    (true, _) => (s + 1, 0),
                    (false, 0) => (s.checked_sub(1)?, file.sections.get(s.checked_sub(1)?)?.questions.len()),
                    (false, q) => (s, q - 1),
                };
                file.sections.get(section)?;
                let question = file.sections.get_mut(s)?.questions.remove(q);
                file.sections.get_mut(section)?.questions.insert(at, question);
            }
            _ => return None,
        }
        Some(())
    };
    moved().is_some()
}

/// Puts a question before another one, or at the end of a page. Tells whether it moved.
pub fn put(file: &mut File, code: &str, target: &Place) -> bool {
    let mut moved = || -> Option<()> {
        let (s, q) = find(file, code)?;
        match target {
            Place::Question(before) if before != code => {
                find(file, before)?;
                let question = file.sections.get_mut(s)?.questions.remove(q);
                let (to, at) = find(file, before)?;
                file.sections.get_mut(to)?.questions.insert(at, question);
            }
            Place::Section(section) => {
                let to = section_at(file, section)?;
                let question = file.sections.get_mut(s)?.questions.remove(q);
                file.sections.get_mut(to)?.questions.push(question);
            }
            _ => return None,
        }
        Some(())
    };
    moved().is_some()
}

/// Gives a question or item another code, everywhere it is named: conditions, calculations, texts, index.
pub fn rename_question(file: &mut File, old: &str, new: &str) {
    let rewrite = |text: &mut String| *text = piping::rewrite(text, &|code| (code == old).then(|| format!("${{{new}}}")));
    let express = |source: &mut String| *source = logic::rename(source, old, new);
    for section in &mut file.sections {
        section.relevant.iter_mut().for_each(|r| express(&mut r.value));
        section.title.value.values_mut().chain(section.note.iter_mut().flat_map(|n| n.value.values_mut())).for_each(rewrite);
        for q in &mut section.questions {
            let expressions = [&mut q.relevant, &mut q.constraint, &mut q.calculation, &mut q.choice_filter];
            expressions.into_iter().flatten().for_each(|e| express(&mut e.value));
            let texts = std::iter::once(&mut q.text).chain(&mut q.hint).chain(&mut q.constraint_message).chain(&mut q.unit);
            texts.flat_map(|t| t.value.values_mut()).for_each(rewrite);
            q.options.iter_mut().flat_map(|c| c.text.value.values_mut()).for_each(rewrite);
            for item in &mut q.items {
                item.relevant.iter_mut().for_each(|r| express(&mut r.value));
                item.text.value.values_mut().chain(item.hint.iter_mut().flat_map(|h| h.value.values_mut())).for_each(rewrite);
            }
        }
    }
    for item in file.index.iter_mut().flat_map(|i| &mut i.parts).flat_map(|p| &mut p.factors).flat_map(|f| &mut f.items) {
        if item.value == old {
            item.value = new.to_owned();
        }
    }
}

/// Gives a scale another name, in the questions too.
pub fn rename_scale(file: &mut File, old: &str, new: &str) {
    if file.scales.contains_key(new) {
        return;
    }
    let Some(scale) = file.scales.remove(old) else { return };
    file.scales.insert(new.to_owned(), scale);
    for scale in file.sections.iter_mut().flat_map(|s| &mut s.questions).filter_map(|q| q.scale.as_mut()) {
        if scale.value == old {
            scale.value = new.to_owned();
        }
    }
}

/// Adds a part, with a first factor, to the index.
pub fn add_part(file: &mut File) {
    let mut taken = codes(file);
    let Some(index) = file.index.as_mut() else { return };
    let code = free(&taken, "part");
    taken.insert(code.clone());
    let factor = Factor { code: placed(free(&taken, "factor")), text: no_text(), items: Vec::new() };
    index.parts.push(Part { code: placed(code), text: no_text(), factors: vec![factor] });
}

/// Adds a factor to the part at this place.
pub fn add_factor(file: &mut File, part: usize) {
    let code = free(&codes(file), "factor");
    let Some(part) = file.index.as_mut().and_then(|i| i.parts.get_mut(part)) else { return };
    part.factors.push(Factor { code: placed(code), text: no_text(), items: Vec::new() });
}
