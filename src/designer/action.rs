//! What a button of the designer asks for, and its doing.

use super::edit;
use super::form;
use crate::questionnaires::Place;
use crate::questionnaires::format::{File, QuestionType};

/// A button.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Nothing besides saving the form.
    Save,
    /// Back to the content before the last change; the form is not taken.
    Undo,
    /// A new question.
    AddQuestion(QuestionType),
    /// A new page.
    AddSection,
    /// A new scale with so many levels.
    AddScale(usize),
    /// A first index.
    AddIndex,
    /// A part of the index.
    AddPart,
    /// A factor of the part with this number.
    AddFactor(usize),
    /// A copy of what the form is about.
    Duplicate,
    /// What the form is about is deleted.
    Delete,
    /// One step up or down.
    Step {
        /// Down.
        down: bool,
    },
    /// A question is dropped somewhere.
    Put {
        /// Its code.
        code: String,
        /// Before this question, or at the end of this section.
        target: Place,
    },
    /// A row of a list: `options`, `items`.
    Row {
        /// What happens to it.
        what: RowAction,
        /// Its number.
        n: usize,
    },
    /// A part, or a factor of it, leaves the index.
    DeletePart(usize, Option<usize>),
}

/// What happens to a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowAction {
    /// One up.
    Up,
    /// One down.
    Down,
    /// Away.
    Delete,
}

impl Action {
    /// Reads the value of a button: words and numbers with dots between.
    #[must_use]
    pub fn read(text: &str, fields: form::Fields<'_>) -> Option<Action> {
        let words: Vec<&str> = text.split('.').collect();
        let number = |at: usize| words.get(at).and_then(|w| w.parse::<usize>().ok());
        let row = |what| number(1).map(|n| Action::Row { what, n });
        match words.first().copied()? {
            "save" | "" => Some(Action::Save),
            "undo" => Some(Action::Undo),
            "add-question" => {
                serde_json::from_value(words.get(1).copied().or(fields.get("new_kind"))?.into()).ok().map(Action::AddQuestion)
            }
            "add-section" => Some(Action::AddSection),
            "add-scale" => Some(Action::AddScale(number(1).unwrap_or(5).clamp(2, 11))),
            "add-index" => Some(Action::AddIndex),
            "add-part" => Some(Action::AddPart),
            "add-factor" => number(1).map(Action::AddFactor),
            "duplicate" => Some(Action::Duplicate),
            "delete" => Some(Action::Delete),
            "up" => Some(Action::Step { down: false }),
            "down" => Some(Action::Step { down: true }),
            "put" => Some(Action::Put { code: fields.get("moved")?.to_owned(), target: super::place::read(fields.get("target")?) }),
            "row-up" => row(RowAction::Up),
            "row-down" => row(RowAction::Down),
            "row-delete" => row(RowAction::Delete),
            "delete-part" => number(1).map(|n| Action::DeletePart(n, number(2))),
            _ => None,
        }
    }

    /// Whether the form of the place is taken before.
    #[must_use]
    pub fn takes_form(&self) -> bool {
        !matches!(self, Action::Undo | Action::Put { .. })
    }

    /// What happened, as a word for the page.
    #[must_use]
    pub fn done(&self) -> &'static str {
        match self {
            Action::Delete | Action::DeletePart(..) | Action::Row { what: RowAction::Delete, .. } => "deleted",
            Action::Undo => "undone",
            Action::Duplicate => "duplicated",
            Action::Step { .. } | Action::Put { .. } | Action::Row { .. } => "moved",
            Action::Save => "saved",
            _ => "added",
        }
    }

    /// Does it and gives the place to show next; none when there is nothing to do it to.
    #[must_use]
    pub fn apply(&self, file: &mut File, at: &Place) -> Option<Place> {
        match self {
            Action::Save | Action::Undo => Some(at.clone()),
            Action::AddQuestion(kind) => edit::add_question(file, at, *kind),
            Action::AddSection => edit::add_section(file, at),
            Action::AddScale(points) => Some(edit::add_scale(file, *points)),
            Action::AddIndex => {
                if file.index.is_none() {
                    file.index = Some(form::first_index(file));
                    edit::add_part(file);
                }
                Some(Place::Index)
            }
            Action::AddPart => {
                edit::add_part(file);
                Some(Place::Index)
            }
            Action::AddFactor(part) => {
                edit::add_factor(file, *part);
                Some(Place::Index)
            }
            Action::Duplicate => edit::duplicate(file, at),
            Action::Delete => edit::delete(file, at),
            Action::Step { down } => {
                edit::step(file, at, *down);
                Some(at.clone())
            }
            Action::Put { code, target } => edit::put(file, code, target).then(|| Place::Question(code.clone())),
            Action::Row { what, n } => row(file, at, *what, *n).then(|| at.clone()),
            Action::DeletePart(n, m) => {
                let parts = &mut file.index.as_mut()?.parts;
                match m {
                    None if *n < parts.len() => drop(parts.remove(*n)),
                    Some(m) if parts.get(*n).is_some_and(|p| *m < p.factors.len()) => drop(parts.get_mut(*n)?.factors.remove(*m)),
                    _ => return None,
                }
                Some(Place::Index)
            }
        }
    }
}

/// Moves or deletes a row of the options or items of what is at this place.
fn row(file: &mut File, at: &Place, what: RowAction, n: usize) -> bool {
    fn change<T>(list: &mut Vec<T>, what: RowAction, n: usize) -> bool {
        let to = match what {
            RowAction::Delete if n < list.len() => {
                list.remove(n);
                return true;
            }
            RowAction::Delete => return false,
            RowAction::Up => n.checked_sub(1),
            RowAction::Down => Some(n + 1),
        };
        let Some(to) = to.filter(|to| *to < list.len() && n < list.len()) else { return false };
        list.swap(n, to);
        true
    }
    match at {
        Place::Scale(name) => file.scales.get_mut(name).is_some_and(|s| change(&mut s.options, what, n)),
        Place::Question(code) => {
            let Some((s, q)) = edit::find(file, code) else { return false };
            let question = file.sections.get_mut(s).and_then(|s| s.questions.get_mut(q));
            question.is_some_and(|q| if q.items.is_empty() { change(&mut q.options, what, n) } else { change(&mut q.items, what, n) })
        }
        _ => false,
    }
}
