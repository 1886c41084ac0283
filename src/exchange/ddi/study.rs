//! The study: a survey that used the questionnaire, as an archive lists it.

use chrono::NaiveDate;

use super::super::xml::{Element, element};
use super::{Scope, in_languages};
use crate::questionnaires::model::Text;

/// A survey, in words. Whoever knows surveys fills it in; what nobody knows is left out.
#[derive(Debug, Clone)]
pub struct Study {
    /// Its code, which is also the name of its data file.
    pub code: String,
    /// Its title.
    pub title: Text,
    /// What it is about.
    pub summary: Text,
    /// First and last day of collecting.
    pub period: (NaiveDate, NaiveDate),
    /// The series it is a wave of.
    pub series: Option<String>,
    /// Codes and names of its units.
    pub units: Vec<(String, Text)>,
    /// What the units are.
    pub geography: Text,
    /// Whom an answer is from.
    pub unit_of_analysis: Text,
    /// About whom it is.
    pub universe: Text,
    /// What kind of data: simulated data say so here.
    pub kind: Text,
    /// How respondents came in, one text for each stream.
    pub sampling: Vec<Text>,
    /// What the weights are.
    pub weighting: Text,
    /// What else must be known about figures.
    pub notes: Vec<Text>,
    /// Number of responses, and what they are.
    pub cases: (u64, Text),
    /// Whether the answers are simulated.
    pub demonstration: bool,
}

impl Study {
    /// Name of the data file: that of `sipas responses export`.
    pub(super) fn file_name(&self) -> String {
        format!("{}.csv", self.code)
    }

    /// What the survey is about, when and where.
    pub(super) fn information(&self, introduction: &Text) -> Element {
        let event = |name: &'static str, event: &str, day: NaiveDate| {
            element(name).with("event", event).with("date", day.to_string()).text(day.to_string())
        };
        let summary = element("sumDscr")
            .child(event("collDate", "start", self.period.0))
            .child(event("collDate", "end", self.period.1))
            .child(element("nation").with("abbr", "VN").text("Việt Nam"))
            .children(self.units.iter().flat_map(|(code, name)| {
                name.0.iter().map(move |(language, name)| element("geogCover").with("xml:lang", language).text(format!("{name} ({code})")))
            }))
            .children(in_languages("geogUnit", &self.geography))
            .children(in_languages("anlyUnit", &self.unit_of_analysis))
            .children(in_languages("universe", &self.universe))
            .children(in_languages("dataKind", &self.kind));
        element("stdyInfo")
            .children(in_languages("abstract", &self.summary))
            .children(in_languages("abstract", introduction))
            .child(summary)
    }

    /// How the data were collected and weighted.
    pub(super) fn method(&self, scope: &Scope<'_>) -> Element {
        let q = scope.questionnaire;
        let collection = element("dataColl")
            .children(self.sampling.iter().flat_map(|s| in_languages("sampProc", s)))
            .child(element("resInstru").with("type", "structured").text(format!("{} {}", q.code, q.version)))
            .children(in_languages("weight", &self.weighting));
        element("method").child(collection).children(self.notes.iter().flat_map(|n| in_languages("notes", n)))
    }
}
