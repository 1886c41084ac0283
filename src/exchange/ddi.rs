//! DDI-Codebook 2.5: a questionnaire version and the CSV file of its responses, described for archives and catalogues.
//!
//! Variables stand in the order of the CSV export, and category values are the codes written there. Texts are given in every
//! language of the questionnaire. What only a survey knows (what was collected when, where and how) is said where a [`Study`] is given, and left out
//! rather than invented otherwise.
//! Specification: DDI Alliance, DDI-Codebook 2.5, <https://ddialliance.org/Specification/DDI-Codebook/2.5/>.

mod groups;
mod study;
mod variable;

pub use study::Study;

use super::columns::COLUMNS;
use super::wording::{Spoken, spoken};
use super::xml::{Element, document, element};
use crate::error::Result;
use crate::questionnaires::Questionnaire;
use crate::questionnaires::model::Text;

/// The XML ID of the one data file.
const FILE: &str = "F1";

/// What every part of the description needs.
struct Scope<'a> {
    questionnaire: &'a Questionnaire,
    study: Option<&'a Study>,
    spoken: Vec<Spoken>,
}

/// A questionnaire version as XML.
///
/// # Errors
/// `Internal` when the words of the interface cannot be loaded.
pub fn write(questionnaire: &Questionnaire) -> Result<String> {
    code_book(&Scope { questionnaire, study: None, spoken: spoken(questionnaire)? })
}

/// A survey and the file of its responses as XML.
///
/// # Errors
/// As [`write()`].
pub fn write_study(questionnaire: &Questionnaire, study: &Study) -> Result<String> {
    code_book(&Scope { questionnaire, study: Some(study), spoken: spoken(questionnaire)? })
}

fn code_book(scope: &Scope<'_>) -> Result<String> {
    document(
        &element("codeBook")
            .with("xmlns", "ddi:codebook:2_5")
            .with("xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance")
            .with(
                "xsi:schemaLocation",
                "ddi:codebook:2_5 https://www.ddialliance.org/Specification/DDI-Codebook/2.5/XMLSchema/codebook.xsd",
            )
            .with("version", "2.5")
            .with("ID", xml_id("codebook", &scope.id()))
            .child(scope.document())
            .child(scope.study())
            .child(scope.file())
            .child(element("dataDscr").children(scope.groups()).children(scope.variables())),
    )
}

/// An XML name made of a prefix and a code; what a name may not hold becomes `_`.
fn xml_id(prefix: &str, code: &str) -> String {
    let safe: String = code.chars().map(|c| if c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.') { c } else { '_' }).collect();
    format!("{prefix}_{safe}")
}

/// The element once for each language of the text.
fn in_languages<'a>(name: &'static str, text: &'a Text) -> impl Iterator<Item = Element> + 'a {
    text.0.iter().map(move |(language, words)| element(name).with("xml:lang", language).text(words))
}

impl Scope<'_> {
    /// What the description is about: a survey, or a questionnaire version.
    fn id(&self) -> String {
        self.study.map_or_else(|| format!("{}-{}", self.questionnaire.code, self.questionnaire.version), |s| s.code.clone())
    }

    fn title(&self) -> Element {
        let first = self.questionnaire.languages.first().map_or("", String::as_str);
        let title = self.study.map_or(&self.questionnaire.title, |s| &s.title);
        element("titlStmt")
            .child(element("titl").with("xml:lang", first).text(title.get(first)))
            .children(in_languages("parTitl", title).zip(&title.0).filter(|(_, (l, _))| *l != first).map(|(e, _)| e))
            .child(element("IDNo").text(self.id()))
    }

    fn document(&self) -> Element {
        let software = element("software").with("version", env!("CARGO_PKG_VERSION")).text("sipas");
        element("docDscr").child(element("citation").child(self.title()).child(element("prodStmt").child(software)))
    }

    fn study(&self) -> Element {
        let q = self.questionnaire;
        let source = q.source.iter().map(|s| element("notes").with("subject", "source of the questionnaire").text(s));
        let Some(study) = self.study else {
            let version = element("verStmt").child(element("version").text(&q.version));
            return element("stdyDscr")
                .child(element("citation").child(self.title()).child(version))
                .child(element("stdyInfo").children(in_languages("abstract", &q.introduction)))
                .children(source);
        };
        let series = study.series.iter().map(|s| element("serStmt").child(element("serName").text(s)));
        let simulated = study.demonstration.then(|| in_languages("notes", &study.kind).map(|e| e.with("subject", "demonstration")));
        element("stdyDscr")
            .child(element("citation").child(self.title()).children(series))
            .child(study.information(&q.introduction))
            .child(study.method(self))
            .children(simulated.into_iter().flatten())
            .children(source)
    }

    fn file(&self) -> Element {
        let q = self.questionnaire;
        let count = COLUMNS.len() + q.questions.len();
        let contents = self.spoken.iter().map(|s| element("fileCont").with("xml:lang", s.code()).text(s.words.say("export-file", &[])));
        let cases = self.study.map(|s| element("caseQnty").text(s.cases.0.to_string()));
        let what = self.study.into_iter().flat_map(|s| in_languages("notes", &s.cases.1).map(|e| e.with("subject", "cases")));
        element("fileDscr")
            .with("ID", FILE)
            .child(
                element("fileTxt")
                    .child(element("fileName").text(self.study.map_or_else(|| format!("{}-{}.csv", q.code, q.version), Study::file_name)))
                    .children(contents)
                    .child(element("fileStrc").with("type", "rectangular"))
                    .child(element("dimensns").children(cases).child(element("varQnty").text(count.to_string())))
                    .child(element("fileType").text("CSV (RFC 4180), UTF-8")),
            )
            .children(what)
    }

    /// The words of one key in every language that the interface speaks.
    fn say<'b>(&'b self, element_name: &'static str, key: &'b str) -> impl Iterator<Item = Element> + 'b {
        self.spoken.iter().map(move |s| element(element_name).with("xml:lang", s.code()).text(s.words.say(key, &[])))
    }
}
