//! What the designer's pages show.

use serde::Serialize;

use super::draft::{Draft, DraftStatus};
use super::place;
use crate::audit::name_in_words;
use crate::questionnaires::format::{File, Question, QuestionType, Section, Texts};
use crate::questionnaires::store::{StepTaken, Version};
use crate::questionnaires::{Finding, Place};
use crate::web::Language;
use crate::web::locale::Words;
use crate::web::problem::url_encode;

pub mod difference;
pub mod middle;

pub use middle::{Middle, TextField};

/// Every kind of question, in the order in which it is offered.
pub const KINDS: [QuestionType; 13] = [
    QuestionType::Scale,
    QuestionType::Single,
    QuestionType::Multiple,
    QuestionType::YesNo,
    QuestionType::Matrix,
    QuestionType::Number,
    QuestionType::Text,
    QuestionType::Date,
    QuestionType::Ranking,
    QuestionType::Consent,
    QuestionType::Note,
    QuestionType::Hidden,
    QuestionType::Calculate,
];

/// The word of the format for a value of one of its enums.
#[must_use]
pub fn word_of<T: Serialize>(value: T) -> String {
    serde_json::to_value(value).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
}

/// A thing to choose: what is sent, what is read, whether it is chosen.
pub type Choosable = (String, String, bool);

/// A draft in a list or at the top of its pages.
#[derive(Debug, Clone, Serialize)]
pub struct DraftView {
    /// Key.
    pub id: i64,
    /// Code.
    pub code: String,
    /// Version it will be.
    pub version: String,
    /// Title.
    pub title: String,
    /// Status: a word of the data.
    pub status: &'static str,
    /// Status in words.
    pub status_text: String,
    /// Who changed it last.
    pub by: String,
    /// When, day and time.
    pub at: String,
    /// Number of the latest revision.
    pub revision: i64,
    /// Address of the preview.
    pub preview: String,
}

/// Day and time as people write them, at UTC+7, the time of Việt Nam.
#[must_use]
pub fn time(language: Language, at: chrono::NaiveDateTime) -> String {
    let at = at + chrono::Duration::hours(7);
    format!("{} {}", at.format("%H:%M"), language.day(at.date()))
}

impl DraftView {
    /// The view of a draft.
    #[must_use]
    pub fn new(draft: &Draft, language: Language, words: &Words) -> Self {
        DraftView {
            id: draft.id,
            code: draft.questionnaire.clone(),
            version: draft.version.clone(),
            title: draft.title.clone(),
            status: draft.status.as_str(),
            status_text: words.say(&format!("draft-{}", draft.status.as_str().replace('_', "-")), &[]),
            by: name_in_words(&draft.updated_by, words),
            at: time(language, draft.updated_at),
            revision: draft.revision,
            preview: format!("/try/{}", draft.preview),
        }
    }
}

/// The list of questionnaires.
#[derive(Debug, Serialize)]
pub struct ListView {
    /// Drafts being worked on.
    pub drafts: Vec<DraftView>,
    /// Drafts that were thrown away.
    pub discarded: Vec<DraftView>,
    /// Versions: code, version, when added, whether retired, address.
    pub versions: Vec<(String, String, String, bool, String)>,
    /// Whether the reader may write.
    pub designs: bool,
    /// What was wrong with what was sent.
    pub trouble: Option<String>,
}

/// Versions as the list shows them.
#[must_use]
pub fn versions(all: &[Version], language: Language) -> Vec<(String, String, String, bool, String)> {
    let address = |v: &Version| format!("/admin/questionnaires/{}/{}", v.questionnaire, url_encode(&v.version));
    all.iter().map(|v| (v.questionnaire.clone(), v.version.clone(), time(language, v.added_at), v.retired, address(v))).collect()
}

/// A line of the outline.
#[derive(Debug, Clone, Serialize)]
pub struct OutlineLine {
    /// Where it is: part of an address.
    pub at: String,
    /// Its code.
    pub code: String,
    /// What it says, in the language of the page.
    pub text: String,
    /// Kind of question in words; empty for sections.
    pub kind: String,
    /// Whether it is what the form in the middle is about.
    pub current: bool,
    /// Number of findings.
    pub findings: usize,
    /// Whether it is asked only sometimes.
    pub conditional: bool,
    /// Questions of a section.
    pub questions: Vec<OutlineLine>,
}

/// The whole page of a draft.
#[derive(Debug, Serialize)]
pub struct DraftPage {
    /// The draft.
    pub draft: DraftView,
    /// Whether the reader may change it now.
    pub can_change: bool,
    /// Sections with questions.
    pub outline: Vec<OutlineLine>,
    /// Scales.
    pub scales: Vec<OutlineLine>,
    /// Findings at the whole, and at the index.
    pub form_findings: usize,
    /// See `form_findings`.
    pub index_findings: usize,
    /// Whether there is an index.
    pub has_index: bool,
    /// Where the form in the middle is.
    pub at: String,
    /// The form in the middle.
    pub middle: Middle,
    /// Findings, each with its place.
    pub findings: Vec<FindingView>,
    /// Findings of this place.
    pub here: Vec<FindingView>,
    /// Kinds of questions to add.
    pub kinds: Vec<(String, String)>,
    /// What happened, as a key of words.
    pub done: Option<String>,
    /// What could not be taken: field and text.
    pub refused: Vec<(String, String)>,
    /// Whether there is something to undo.
    pub can_undo: bool,
    /// Languages of the questionnaire.
    pub form_languages: Vec<String>,
    /// How long it takes to answer, in words, when it can be said.
    pub duration: Option<String>,
    /// Texts that are missing in some language.
    pub missing: usize,
    /// Steps that the reader may take.
    pub steps: Vec<&'static str>,
    /// What was done to it.
    pub history: Vec<(String, String, String, String)>,
}

/// A finding, with a link to its place.
#[derive(Debug, Clone, Serialize)]
pub struct FindingView {
    /// Where.
    pub at: String,
    /// Code or name of the place.
    pub name: String,
    /// What was found.
    pub message: String,
    /// What to do.
    pub hint: String,
}

/// The code of a place, or nothing for the whole and the index.
#[must_use]
pub fn name_of(place: &Place) -> &str {
    match place {
        Place::Form | Place::Index => "",
        Place::Scale(c) | Place::Section(c) | Place::Question(c) => c,
    }
}

impl FindingView {
    /// The view of a finding.
    #[must_use]
    pub fn new(finding: &Finding) -> Self {
        FindingView {
            at: place::written(&finding.place),
            name: name_of(&finding.place).to_owned(),
            message: finding.message.clone(),
            hint: finding.hint.clone(),
        }
    }
}

/// A text as the outline shows it: in the language of the page, or in any.
#[must_use]
pub fn shown(texts: &Texts, language: Language) -> String {
    texts.value.get(language.code()).or_else(|| texts.value.values().next()).cloned().unwrap_or_default()
}

/// Makes the views of one draft.
pub struct Maker<'a> {
    /// The questionnaire.
    pub file: &'a File,
    /// What the check says.
    pub findings: &'a [Finding],
    /// The place in the middle.
    pub at: &'a Place,
    /// Language of the page.
    pub language: Language,
    /// Words.
    pub words: &'a Words,
}

impl Maker<'_> {
    fn languages(&self) -> Vec<String> {
        self.file.languages.iter().map(|l| l.value.clone()).collect()
    }

    fn count(&self, place: &Place) -> usize {
        self.findings.iter().filter(|f| f.place == *place).count()
    }

    fn say(&self, key: &str) -> String {
        self.words.say(key, &[])
    }

    fn chosen<T: Serialize + Copy>(&self, all: &[T], now: impl Serialize, key: &str) -> Vec<Choosable> {
        let now = word_of(now);
        let one = |v: &T| {
            let word = word_of(v);
            let text = self.say(&format!("{key}-{}", word.replace('_', "-")));
            let chosen = word == now;
            (word, text, chosen)
        };
        all.iter().map(one).collect()
    }

    /// Number of findings at the whole and at the index.
    #[must_use]
    pub fn apart_findings(&self) -> (usize, usize) {
        (self.count(&Place::Form), self.count(&Place::Index))
    }

    /// Sections with their questions.
    #[must_use]
    pub fn outline(&self) -> Vec<OutlineLine> {
        self.file.sections.iter().map(|s| self.section_line(s)).collect()
    }

    fn section_line(&self, s: &Section) -> OutlineLine {
        let place = Place::Section(s.code.value.clone());
        OutlineLine {
            at: place::written(&place),
            code: s.code.value.clone(),
            text: shown(&s.title, self.language),
            kind: String::new(),
            current: *self.at == place,
            findings: self.count(&place),
            conditional: s.relevant.is_some(),
            questions: s.questions.iter().map(|q| self.question_line(q)).collect(),
        }
    }

    fn question_line(&self, q: &Question) -> OutlineLine {
        let place = Place::Question(q.code.value.clone());
        let of_items: usize = q.items.iter().map(|i| self.count(&Place::Question(i.code.value.clone()))).sum();
        OutlineLine {
            at: place::written(&place),
            code: q.code.value.clone(),
            text: shown(&q.text, self.language),
            kind: self.say(&format!("kind-of-{}", word_of(q.kind).replace('_', "-"))),
            current: *self.at == place,
            findings: self.count(&place) + of_items,
            conditional: q.relevant.is_some(),
            questions: Vec::new(),
        }
    }

    /// The shared scales.
    #[must_use]
    pub fn scales(&self) -> Vec<OutlineLine> {
        let line = |(name, scale): (&String, &crate::questionnaires::format::Scale)| {
            let place = Place::Scale(name.clone());
            let words: Vec<String> =
                [scale.options.first(), scale.options.last()].into_iter().flatten().map(|c| shown(&c.text, self.language)).collect();
            OutlineLine {
                at: place::written(&place),
                code: name.clone(),
                text: words.join(" … "),
                kind: scale.options.len().to_string(),
                current: *self.at == place,
                findings: self.count(&place),
                conditional: false,
                questions: Vec::new(),
            }
        };
        self.file.scales.iter().map(line).collect()
    }
}

/// Lines of the history: step in words, version, who, when with the note.
#[must_use]
pub fn history(taken: &[StepTaken], language: Language, words: &Words) -> Vec<(String, String, String, String)> {
    let line = |s: &StepTaken| {
        (words.say(&format!("taken-{}", s.step), &[]), name_in_words(&s.by_name, words), time(language, s.at), s.note.clone())
    };
    taken.iter().map(line).collect()
}

/// Steps offered for a draft in this state; whether the reader may take them is decided when they do.
#[must_use]
pub fn steps_from(status: DraftStatus, designs: bool, reviews: bool) -> Vec<&'static str> {
    let all: &[(&'static str, bool)] = match status {
        DraftStatus::Draft => &[("submitted", true), ("discarded", true)],
        DraftStatus::InReview => &[("approved", false), ("returned", true)],
        DraftStatus::Approved => &[("published", false), ("returned", true)],
        DraftStatus::Discarded => &[("restored", true)],
        DraftStatus::Published => &[],
    };
    all.iter()
        .filter(|(step, design)| if *design { designs || (*step == "returned" && reviews) } else { reviews })
        .map(|(step, _)| *step)
        .collect()
}

/// A page of texts side by side.
#[derive(Debug, Serialize)]
pub struct TextsPage {
    /// The draft.
    pub draft: DraftView,
    /// Whether the reader may change it now.
    pub can_change: bool,
    /// Languages.
    pub form_languages: Vec<String>,
    /// Sections to go to: address, title, missing texts, whether it is this one.
    pub sections: Vec<(String, String, usize, bool)>,
    /// Which one this is.
    pub section: String,
    /// Texts: place, key in words, fields.
    pub rows: Vec<TextRow>,
    /// What happened.
    pub done: Option<String>,
}

/// A text in all languages.
#[derive(Debug, Serialize)]
pub struct TextRow {
    /// Where it is.
    pub at: String,
    /// Code of the place.
    pub name: String,
    /// Which text of the place.
    pub key: String,
    /// The languages.
    pub fields: Vec<TextField>,
    /// Whether it is missing in some language.
    pub missing: bool,
}

/// Keys joined by dots as people say them: `options.yes.text.vi` as “Các lựa chọn › yes › Lời văn › vi”. What has no words stays as it is.
#[must_use]
pub fn key_in_words(key: &str, words: &Words) -> String {
    let named = |part: &str| words.find(&format!("key-{}", part.replace('_', "-")), &std::collections::HashMap::new());
    key.split('.').filter(|p| !p.is_empty()).map(|p| named(p).unwrap_or_else(|| p.to_owned())).collect::<Vec<_>>().join(" › ")
}
