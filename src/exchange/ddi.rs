//! DDI-Codebook 2.5: a questionnaire version and the CSV file of its responses, described for archives and catalogues.
//!
//! Variables stand in the order of the CSV export, and category values are the codes written there. Texts are given in every
//! language of the questionnaire. What only a survey knows (who collected what, when, where) is left out rather than invented.
//! Specification: DDI Alliance, DDI-Codebook 2.5, <https://ddialliance.org/Specification/DDI-Codebook/2.5/>.

mod groups;
mod variable;

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
    spoken: Vec<Spoken>,
}

/// The description as XML.
///
/// # Errors
/// `Internal` when the words of the interface cannot be loaded.
pub fn write(questionnaire: &Questionnaire) -> Result<String> {
    let scope = Scope { questionnaire, spoken: spoken(questionnaire)? };
    document(
        &element("codeBook")
            .with("xmlns", "ddi:codebook:2_5")
            .with("xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance")
            .with(
                "xsi:schemaLocation",
                "ddi:codebook:2_5 https://www.ddialliance.org/Specification/DDI-Codebook/2.5/XMLSchema/codebook.xsd",
            )
            .with("version", "2.5")
            .with("ID", xml_id("codebook", &format!("{}-{}", questionnaire.code, questionnaire.version)))
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
    fn title(&self) -> Element {
        let q = self.questionnaire;
        let first = q.languages.first().map_or("", String::as_str);
        element("titlStmt")
            .child(element("titl").with("xml:lang", first).text(q.title.get(first)))
            .children(in_languages("parTitl", &q.title).zip(&q.title.0).filter(|(_, (l, _))| *l != first).map(|(e, _)| e))
            .child(element("IDNo").text(format!("{}-{}", q.code, q.version)))
    }

    fn document(&self) -> Element {
        let software = element("software").with("version", env!("CARGO_PKG_VERSION")).text("sipas");
        element("docDscr").child(element("citation").child(self.title()).child(element("prodStmt").child(software)))
    }

    fn study(&self) -> Element {
        let q = self.questionnaire;
        let version = element("verStmt").child(element("version").text(&q.version));
        let source = q.source.iter().map(|s| element("notes").with("subject", "source of the questionnaire").text(s));
        element("stdyDscr")
            .child(element("citation").child(self.title()).child(version))
            .child(element("stdyInfo").children(in_languages("abstract", &q.introduction)))
            .children(source)
    }

    fn file(&self) -> Element {
        let q = self.questionnaire;
        let count = COLUMNS.len() + q.questions.len();
        let contents = self.spoken.iter().map(|s| element("fileCont").with("xml:lang", s.code()).text(s.words.say("export-file", &[])));
        element("fileDscr").with("ID", FILE).child(
            element("fileTxt")
                .child(element("fileName").text(format!("{}-{}.csv", q.code, q.version)))
                .children(contents)
                .child(element("fileStrc").with("type", "rectangular"))
                .child(element("dimensns").child(element("varQnty").text(count.to_string())))
                .child(element("fileType").text("CSV (RFC 4180), UTF-8")),
        )
    }

    /// The words of one key in every language that the interface speaks.
    fn say<'b>(&'b self, element_name: &'static str, key: &'b str) -> impl Iterator<Item = Element> + 'b {
        self.spoken.iter().map(move |s| element(element_name).with("xml:lang", s.code()).text(s.words.say(key, &[])))
    }
}
