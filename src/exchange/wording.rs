//! Words of the interface in the languages of a questionnaire.

use crate::error::Result;
use crate::questionnaires::Questionnaire;
use crate::questionnaires::logic::Wording;
use crate::web::locale::{Language, Words};

/// One language of a questionnaire that the interface speaks too.
pub(super) struct Spoken {
    pub(super) language: Language,
    pub(super) words: Words,
}

/// The languages of the questionnaire that the interface speaks; English when it speaks none of them.
///
/// # Errors
/// When the words cannot be loaded.
pub(super) fn spoken(questionnaire: &Questionnaire) -> Result<Vec<Spoken>> {
    let mut languages: Vec<Language> = questionnaire.languages.iter().filter_map(|l| Language::from_code(l)).collect();
    if languages.is_empty() {
        languages.push(Language::En);
    }
    languages.into_iter().map(|language| Ok(Spoken { language, words: Words::load(language)? })).collect()
}

impl Spoken {
    /// Its code.
    pub(super) fn code(&self) -> &'static str {
        self.language.code()
    }

    /// How conditions are put into words, questions named by `name`.
    pub(super) fn wording<'a>(&'a self, questionnaire: &'a Questionnaire, name: &'a dyn Fn(usize) -> String) -> Wording<'a> {
        Wording { questionnaire, language: self.code(), interface: self.language, words: &self.words, name }
    }
}
