//! Groups of variables: pages, tables of questions, and the tree of the index.

use super::super::xml::{Element, element};
use super::{Scope, in_languages, xml_id};
use crate::questionnaires::model::{Index, Text};

impl Scope<'_> {
    /// All groups; a group stands before those it contains.
    pub(super) fn groups(&self) -> Vec<Element> {
        let q = self.questionnaire;
        let mut all = Vec::new();
        for section in &q.sections {
            let matrices = q.matrices.iter().filter(|m| section.questions.contains(&m.questions.start));
            let inside: Vec<String> = matrices.map(|m| xml_id("M", &m.code)).collect();
            let texts = section.note.iter().flat_map(|n| in_languages("txt", n));
            all.push(
                group("S", &section.code, "section", &section.title)
                    .with("var", self.ids(section.questions.clone()))
                    .with_some("varGrp", (!inside.is_empty()).then(|| inside.join(" ")))
                    .children(texts)
                    .children(section.relevant.iter().flat_map(|c| self.universe(c, section.questions.start))),
            );
        }
        for matrix in &q.matrices {
            let hint = matrix.hint.iter().flat_map(|h| in_languages("txt", h));
            all.push(group("M", &matrix.code, "grid", &matrix.text).with("var", self.ids(matrix.questions.clone())).children(hint));
        }
        all.extend(q.index.iter().flat_map(|index| self.index(index)));
        all
    }

    fn index(&self, index: &Index) -> Vec<Element> {
        let ids = |prefix: &str, codes: Vec<&String>| codes.into_iter().map(|c| xml_id(prefix, c)).collect::<Vec<_>>().join(" ");
        let parts = ids("IP", index.parts.iter().map(|p| &p.code).collect());
        let mut all = vec![group("I", &index.overall.code, "analysis", &index.overall.text).with("varGrp", parts)];
        for part in &index.parts {
            let factors = ids("IF", part.factors.iter().map(|f| &f.code).collect());
            all.push(group("IP", &part.code, "analysis", &part.text).with("varGrp", factors));
        }
        for factor in index.parts.iter().flat_map(|p| &p.factors) {
            all.push(group("IF", &factor.code, "analysis", &factor.text).with("var", self.ids(factor.items.iter().copied())));
        }
        all
    }

    /// The XML IDs of the variables at these positions.
    pub(super) fn ids(&self, positions: impl Iterator<Item = usize>) -> String {
        let questions = positions.filter_map(|p| self.questionnaire.questions.get(p));
        questions.map(|q| xml_id("V", &q.code)).collect::<Vec<_>>().join(" ")
    }
}

fn group(prefix: &str, code: &str, kind: &str, label: &Text) -> Element {
    element("varGrp").with("ID", xml_id(prefix, code)).with("name", code).with("type", kind).children(in_languages("labl", label))
}
