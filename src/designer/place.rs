//! Places of a questionnaire as they stand in addresses and names of forms.

use crate::questionnaires::Place;

/// `question-q1`, `section-s1`, `scale-five`, `index`, `form`.
#[must_use]
pub fn written(place: &Place) -> String {
    match place {
        Place::Form => "form".to_owned(),
        Place::Index => "index".to_owned(),
        Place::Scale(name) => format!("scale-{name}"),
        Place::Section(code) => format!("section-{code}"),
        Place::Question(code) => format!("question-{code}"),
    }
}

/// Reads what [`written`] writes; anything else is the whole form.
#[must_use]
pub fn read(text: &str) -> Place {
    match text.split_once('-') {
        Some(("scale", name)) => Place::Scale(name.to_owned()),
        Some(("section", code)) => Place::Section(code.to_owned()),
        Some(("question", code)) => Place::Question(code.to_owned()),
        None if text == "index" => Place::Index,
        _ => Place::Form,
    }
}
