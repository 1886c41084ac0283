//! All texts of a questionnaire, for the page on which languages stand side by side.

use std::collections::BTreeMap;

use super::place;
use crate::questionnaires::Place;
use crate::questionnaires::format::{Choice, File, Texts};

/// A text: its place, which text of the place it is, and the text.
pub type Found<'a> = (Place, String, &'a mut Texts);

/// What a page of texts is about: the whole (title, scales, index), or one section.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// Title, introduction, scales, index.
    Form,
    /// A section and its questions.
    Section(String),
}

impl Scope {
    /// Reads the part of an address.
    #[must_use]
    pub fn read(text: &str) -> Self {
        match place::read(text) {
            Place::Section(code) => Scope::Section(code),
            _ => Scope::Form,
        }
    }

    /// As it stands in addresses.
    #[must_use]
    pub fn written(&self) -> String {
        match self {
            Scope::Form => "form".to_owned(),
            Scope::Section(code) => place::written(&Place::Section(code.clone())),
        }
    }
}

fn of_choices<'a>(place: &Place, key: &str, choices: impl IntoIterator<Item = &'a mut Choice>, found: &mut Vec<Found<'a>>) {
    for c in choices {
        found.push((place.clone(), format!("{key}.{}", c.code.value), &mut c.text));
    }
}

/// The texts within a scope, in the order of the file. Optional texts that are not written are left out.
#[must_use]
pub fn within<'a>(file: &'a mut File, scope: &Scope) -> Vec<Found<'a>> {
    let mut found: Vec<Found<'a>> = Vec::new();
    match scope {
        Scope::Form => {
            found.push((Place::Form, "title".into(), &mut file.title));
            found.push((Place::Form, "introduction".into(), &mut file.introduction));
            for (name, scale) in &mut file.scales {
                let place = Place::Scale(name.clone());
                of_choices(&place, "options", &mut scale.options, &mut found);
                of_choices(&place, "apart", scale.not_applicable.iter_mut().chain(&mut scale.refused), &mut found);
            }
            if let Some(index) = &mut file.index {
                found.push((Place::Index, index.overall.code.value.clone(), &mut index.overall.text));
                for part in &mut index.parts {
                    found.push((Place::Index, part.code.value.clone(), &mut part.text));
                    found.extend(part.factors.iter_mut().map(|f| (Place::Index, f.code.value.clone(), &mut f.text)));
                }
                found.extend(index.bands.iter_mut().map(|b| (Place::Index, format!("bands.{}", b.value.from), &mut b.value.text)));
            }
        }
        Scope::Section(code) => {
            let Some(section) = file.sections.iter_mut().find(|s| s.code.value == *code) else { return found };
            let place = Place::Section(code.clone());
            found.push((place.clone(), "title".into(), &mut section.title));
            found.extend(section.note.as_mut().map(|n| (place, "note".into(), n)));
            for q in &mut section.questions {
                let place = Place::Question(q.code.value.clone());
                found.push((place.clone(), "text".into(), &mut q.text));
                let more = [("hint", &mut q.hint), ("constraint_message", &mut q.constraint_message), ("unit", &mut q.unit)];
                found.extend(more.into_iter().filter_map(|(key, t)| t.as_mut().map(|t| (place.clone(), key.to_owned(), t))));
                of_choices(&place, "options", &mut q.options, &mut found);
                of_choices(&place, "apart", q.not_applicable.iter_mut().chain(&mut q.refused), &mut found);
                for item in &mut q.items {
                    let place = Place::Question(item.code.value.clone());
                    found.push((place.clone(), "text".into(), &mut item.text));
                    found.extend(item.hint.as_mut().map(|h| (place, "hint".into(), h)));
                }
            }
        }
    }
    found
}

/// All scopes of a questionnaire.
#[must_use]
pub fn scopes(file: &File) -> Vec<Scope> {
    std::iter::once(Scope::Form).chain(file.sections.iter().map(|s| Scope::Section(s.code.value.clone()))).collect()
}

/// Whether a text is missing in one of these languages.
#[must_use]
pub fn is_missing(texts: &Texts, languages: &[String]) -> bool {
    languages.iter().any(|l| texts.value.get(l).is_none_or(|t| t.trim().is_empty()))
}

/// The name of a text in a form: place and key.
#[must_use]
pub fn field(place: &Place, key: &str) -> String {
    format!("{}|{key}", place::written(place))
}

/// Puts texts that were sent, by field name and language, into the questionnaire.
pub fn put(file: &mut File, scope: &Scope, sent: &BTreeMap<&str, &str>) {
    let languages: Vec<String> = file.languages.iter().map(|l| l.value.clone()).collect();
    for (place, key, texts) in within(file, scope) {
        let name = field(&place, &key);
        for l in &languages {
            let Some(text) = sent.get(format!("{name}|{l}").as_str()) else { continue };
            if text.trim().is_empty() {
                texts.value.remove(l);
            } else {
                texts.value.insert(l.clone(), text.trim().replace("\r\n", "\n"));
            }
        }
    }
}
