//! Views of the front page and the administrator's pages.

use serde::Serialize;

/// A survey in a list.
#[derive(Debug, Clone, Serialize)]
pub struct SurveyLine {
    /// Code.
    pub code: String,
    /// Title.
    pub title: String,
    /// Status: `draft`, `open`, `closed`, `published`.
    pub status: &'static str,
    /// Status in words.
    pub status_text: String,
    /// First and last day.
    pub period: (String, String),
    /// Questionnaire and version.
    pub questionnaire: String,
    /// How many responses there are.
    pub responses: String,
    /// Whether they are simulated.
    pub demonstration: bool,
    /// Where it can be answered, while it takes answers.
    pub answer: Option<String>,
    /// The reader's own units, when they are few: name, and address of the card.
    pub own: Vec<(String, String)>,
    /// Where its results are, when the reader may see them.
    pub report: Option<String>,
}

/// The front page.
#[derive(Debug, Serialize)]
pub struct HomeView {
    /// Surveys that take answers.
    pub open: Vec<SurveyLine>,
    /// Surveys whose results the reader may see.
    pub results: Vec<SurveyLine>,
}

/// The administrator's list.
#[derive(Debug, Serialize)]
pub struct AdminView {
    /// All surveys, newest first.
    pub surveys: Vec<SurveyLine>,
    /// Whether the reader administers, and so may set up the map.
    pub administers: bool,
}

/// A step in a survey's life that can be taken now.
#[derive(Debug, Clone, Serialize)]
pub struct StepView {
    /// `open`, `close`, `publish`.
    pub step: &'static str,
    /// The button.
    pub text: String,
    /// What it means, and how it is undone.
    pub meaning: String,
}

/// An address a survey is answered at.
#[derive(Debug, Clone, Serialize)]
pub struct AddressView {
    /// The address.
    pub url: String,
    /// Unit and place it is for.
    pub name: String,
    /// Kind of unit, in words.
    pub kind: String,
}

/// The waves a survey belongs to.
#[derive(Debug, Serialize)]
pub struct SeriesView {
    /// Their name.
    pub name: String,
    /// The other waves that are no drafts, the earliest first: code and title.
    pub others: Vec<(String, String)>,
}

/// One survey, for its administrator.
#[derive(Debug, Serialize)]
pub struct AdminSurveyView {
    /// The survey.
    pub survey: SurveyLine,
    /// Streams, in words.
    pub streams: String,
    /// Weighting, in words.
    pub weighting: String,
    /// Fewest valid forms.
    pub threshold: String,
    /// How many units it is about.
    pub units: String,
    /// The waves it belongs to, when it is repeated.
    pub series: Option<SeriesView>,
    /// What can be done now.
    pub steps: Vec<StepView>,
    /// Set when a step was just taken.
    pub done: bool,
    /// The address that lets the citizen choose the unit.
    pub general: Option<String>,
    /// One address for each unit and place.
    pub addresses: Vec<AddressView>,
}
