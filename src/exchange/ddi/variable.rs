//! Variables: one for each column of the CSV export.

use super::super::columns::{COLUMNS, Content};
use super::super::xml::{Element, element};
use super::{FILE, Scope, in_languages, xml_id};
use crate::questionnaires::logic::Condition;
use crate::questionnaires::model::{CONSENT_YES, Choice, Day, Kind, Question};

impl Scope<'_> {
    /// All variables in the order of the columns.
    pub(super) fn variables(&self) -> Vec<Element> {
        let columns = COLUMNS.iter().map(|(name, content)| self.column(name, *content));
        columns.chain((0..).zip(&self.questionnaire.questions).map(|(at, q)| self.question(at, q))).collect()
    }

    /// A column that stands before the answers.
    fn column(&self, name: &str, content: Content) -> Element {
        let variable = element("var").with("ID", xml_id("C", name)).with("name", name).with("files", FILE);
        let variable = if content == Content::Weight { variable.with("wgt", "wgt") } else { variable };
        let label = format!("column-data-{name}");
        let format = match content {
            Content::Weight => element("varFormat").with("type", "numeric"),
            Content::Day => day_format(),
            Content::Text(_) | Content::YesNo => element("varFormat").with("type", "character"),
        };
        let choices = ["yes", "no"].into_iter().filter(|_| content == Content::YesNo);
        let labels = self.say("labl", &label).collect::<Vec<_>>();
        variable.children(labels).children(choices.map(|c| element("catgry").child(element("catValu").text(c)))).child(format)
    }

    fn question(&self, position: usize, question: &Question) -> Element {
        let weighted = self.questionnaire.index.as_ref().is_some_and(|i| i.items().any(|item| item == position));
        let section = self.questionnaire.sections.get(question.section).and_then(|s| s.relevant.as_ref());
        let conditions = section.into_iter().chain(&question.relevant);
        let variable = element("var")
            .with("ID", xml_id("V", &question.code))
            .with("name", &question.code)
            .with("files", FILE)
            .with_some("weight", weighted.then(|| xml_id("C", "weight")))
            .with_some("dcml", decimals(question))
            .with_some("intrvl", interval(question))
            .with_some("measUnit", unit(question));
        variable
            .children(in_languages("labl", &question.text))
            .children(self.as_asked(position, question))
            .children(valid_range(question))
            .children(missing_codes(question))
            .children(conditions.flat_map(|c| self.universe(c, position)))
            .children(self.categories(question))
            .children(self.instructions(question))
            .children(self.derivation(position, question))
            .child(format(question))
            .children(notes(question))
    }

    /// The question as people meet it; what nobody answers was not asked.
    fn as_asked(&self, position: usize, question: &Question) -> Option<Element> {
        let domain = match &question.kind {
            Kind::Single { .. } | Kind::Consent => "category",
            Kind::Multiple { .. } | Kind::Ranking { .. } => "multiple",
            Kind::Number { .. } => "numeric",
            Kind::Text { .. } => "text",
            Kind::Date { .. } => "datetime",
            Kind::Note | Kind::Hidden { .. } | Kind::Calculated { .. } => return None,
        };
        let matrix = question.matrix.and_then(|m| self.questionnaire.matrices.get(m));
        let hints = matrix.and_then(|m| m.hint.as_ref()).into_iter().chain(&question.hint);
        Some(
            element("qstn")
                .with("ID", xml_id("Q", &question.code))
                .with("responseDomainType", domain)
                .with("seqNo", (position + 1).to_string())
                .children(matrix.iter().flat_map(|m| in_languages("preQTxt", &m.text)))
                .children(in_languages("qstnLit", &question.text))
                .children(hints.flat_map(|h| in_languages("ivuInstr", h))),
        )
    }

    /// Who is asked, in words.
    pub(super) fn universe(&self, condition: &Condition, position: usize) -> Vec<Element> {
        let name = |at: usize| self.questionnaire.questions.get(at).map_or_else(String::new, |q| q.code.clone());
        let said = |s: &super::Spoken| condition.in_words(&s.wording(self.questionnaire, &name), position);
        self.spoken.iter().map(|s| element("universe").with("xml:lang", s.code()).text(said(s))).collect()
    }

    fn categories(&self, question: &Question) -> Vec<Element> {
        let mut all: Vec<Element> = question.options().iter().map(category).collect();
        match &question.kind {
            Kind::Single { not_applicable, refused, .. } => {
                let missing = [(not_applicable, "not applicable"), (refused, "refusal")];
                all.extend(
                    missing
                        .into_iter()
                        .filter_map(|(choice, kind)| choice.as_ref().map(|c| category(c).with("missing", "Y").with("missType", kind))),
                );
            }
            Kind::Consent => {
                let ticked = self.say("labl", "export-ticked").collect::<Vec<_>>();
                all.push(element("catgry").child(element("catValu").text(CONSENT_YES)).children(ticked));
            }
            _ => {}
        }
        all
    }

    /// How a cell with several codes is written.
    fn instructions(&self, question: &Question) -> Vec<Element> {
        match question.kind {
            Kind::Multiple { .. } => self.say("codInstr", "export-several-codes").collect(),
            Kind::Ranking { .. } => self.say("codInstr", "export-ranking-codes").collect(),
            _ => Vec::new(),
        }
    }

    fn derivation(&self, position: usize, question: &Question) -> Option<Element> {
        let Kind::Calculated { calculation } = &question.kind else { return None };
        let from = self.ids(calculation.mentions(position).into_iter());
        let name = |at: usize| self.questionnaire.questions.get(at).map_or_else(String::new, |q| q.code.clone());
        let said = self.spoken.iter().map(|s| {
            let words = calculation.in_words(&s.wording(self.questionnaire, &name), position);
            element("drvdesc").with("xml:lang", s.code()).text(words)
        });
        Some(
            element("derivation")
                .with_some("var", (!from.is_empty()).then_some(from))
                .children(said.collect::<Vec<_>>())
                .child(element("drvcmd").with("syntax", "XLSForm").text(&calculation.source)),
        )
    }
}

fn category(choice: &Choice) -> Element {
    element("catgry")
        .with_some("excls", choice.exclusive.then_some("true"))
        .child(element("catValu").text(&choice.code))
        .children(in_languages("labl", &choice.text).collect::<Vec<_>>())
}

fn decimals(question: &Question) -> Option<String> {
    if let Kind::Number { decimals, .. } = question.kind { Some(decimals.to_string()) } else { None }
}

fn interval(question: &Question) -> Option<&'static str> {
    match question.kind {
        Kind::Single { .. } | Kind::Consent => Some("discrete"),
        Kind::Number { decimals, .. } => Some(if decimals == 0 { "discrete" } else { "contin" }),
        _ => None,
    }
}

fn unit(question: &Question) -> Option<&str> {
    let Kind::Number { unit: Some(unit), .. } = &question.kind else { return None };
    unit.0.values().next().map(String::as_str)
}

/// What an answer may lie between.
fn valid_range(question: &Question) -> Option<Element> {
    let range = match &question.kind {
        Kind::Number { min, max, decimals, .. } if min.is_some() || max.is_some() => element("range")
            .with("UNITS", if *decimals == 0 { "INT" } else { "REAL" })
            .with_some("min", min.map(|m| m.to_string()))
            .with_some("max", max.map(|m| m.to_string())),
        Kind::Date { earliest, latest } if earliest.is_some() || latest.is_some() => {
            let spell = |day: &Day| day.date(None).map(|d| d.to_string());
            let (first, last) = (earliest.as_ref().and_then(spell), latest.as_ref().and_then(spell));
            if first.is_none() && last.is_none() {
                return None; // bounded by the day of answering only
            }
            element("range").with_some("min", first).with_some("max", last)
        }
        _ => return None,
    };
    Some(element("valrng").child(range))
}

/// The codes that leave numerator and denominator.
fn missing_codes(question: &Question) -> Option<Element> {
    let Kind::Single { not_applicable, refused, .. } = &question.kind else { return None };
    let codes: Vec<Element> = [not_applicable, refused].into_iter().flatten().map(|c| element("item").with("VALUE", &c.code)).collect();
    (!codes.is_empty()).then(|| element("invalrng").children(codes))
}

fn format(question: &Question) -> Element {
    match &question.kind {
        Kind::Number { .. } => element("varFormat").with("type", "numeric"),
        Kind::Calculated { calculation } if calculation.numeric => element("varFormat").with("type", "numeric"),
        Kind::Date { .. } => day_format(),
        _ => element("varFormat").with("type", "character"),
    }
}

fn day_format() -> Element {
    element("varFormat").with("type", "character").with("schema", "ISO").with("category", "date").with("formatname", "YYYY-MM-DD")
}

/// The expressions as written, for programs.
fn notes(question: &Question) -> Vec<Element> {
    let note = |subject: &str, text: &str| element("notes").with("subject", subject).text(text);
    let constraint = question.constraint.as_ref();
    let mut all: Vec<Element> = question.relevant.iter().map(|c| note("relevant", &c.source)).collect();
    all.extend(question.choice_filter.iter().map(|c| note("choice_filter", &c.source)));
    all.extend(constraint.map(|c| note("constraint", &c.condition.source)));
    all.extend(constraint.iter().flat_map(|c| in_languages("notes", &c.message).map(|e| e.with("subject", "constraint message"))));
    all
}
