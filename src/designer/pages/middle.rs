//! The form in the middle of the designer: what is chosen in the outline, field by field.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::super::edit;
use super::super::form::{self, FormPart};
use super::{Choosable, KINDS, Maker, shown, word_of};
use crate::questionnaires::Place;
use crate::questionnaires::format::{Aggregation, Appearance, Choice, IndexKind, Placed, Question, QuestionType, Texts};

/// How options may look.
const APPEARANCES: [Appearance; 5] = [Appearance::Rows, Appearance::Plain, Appearance::Stars, Appearance::Numbers, Appearance::List];

/// A text in one language, to be written.
#[derive(Debug, Clone, Serialize)]
pub struct TextField {
    /// Field name.
    pub name: String,
    /// Language code.
    pub lang: String,
    /// What stands there.
    pub value: String,
}

fn text_fields(name: &str, texts: Option<&Texts>, languages: &[String]) -> Vec<TextField> {
    let value = |l: &String| texts.and_then(|t| t.value.get(l)).cloned().unwrap_or_default();
    languages.iter().map(|l| TextField { name: format!("{name}.{l}"), lang: l.clone(), value: value(l) }).collect()
}

/// A row of a list of options or items.
#[derive(Debug, Clone, Serialize)]
pub struct RowView {
    /// Its number, from 0.
    pub n: usize,
    /// Its code.
    pub code: String,
    /// Its words.
    pub texts: Vec<TextField>,
    /// Whether it asks which.
    pub specify: bool,
    /// Whether it excludes the others.
    pub exclusive: bool,
    /// `name=value; name=value`.
    pub attributes: String,
    /// Help, for items of a matrix.
    pub hints: Vec<TextField>,
    /// Condition, for items of a matrix.
    pub relevant: String,
    /// Whether it is there, or an empty row to write into.
    pub there: bool,
}

/// Empty rows offered below a list.
const BLANK_ROWS: usize = 2;

fn option_rows(options: &[Choice], languages: &[String]) -> Vec<RowView> {
    let row = |n: usize, c: Option<&Choice>| RowView {
        n,
        code: c.map_or(String::new(), |c| c.code.value.clone()),
        texts: text_fields(&format!("options.{n}.text"), c.map(|c| &c.text), languages),
        specify: c.is_some_and(|c| c.specify),
        exclusive: c.is_some_and(|c| c.exclusive),
        attributes: c.map_or(String::new(), |c| c.attributes.iter().map(|(k, v)| format!("{k}={v}")).collect::<Vec<_>>().join("; ")),
        hints: Vec::new(),
        relevant: String::new(),
        there: c.is_some(),
    };
    (0..options.len() + BLANK_ROWS).map(|n| row(n, options.get(n))).collect()
}

/// The two rows of a yes-no question; their words may be left out.
fn yes_no_rows(options: &[Choice], languages: &[String]) -> Vec<RowView> {
    let mut rows = option_rows(options, languages);
    rows.truncate(options.len().max(2));
    for (row, code) in rows.iter_mut().zip(["yes", "no"]).filter(|(row, _)| !row.there) {
        row.code = code.to_owned();
    }
    rows
}

fn item_rows(q: &Question, languages: &[String]) -> Vec<RowView> {
    let row = |n: usize| {
        let item = q.items.get(n);
        RowView {
            n,
            code: item.map_or(String::new(), |i| i.code.value.clone()),
            texts: text_fields(&format!("items.{n}.text"), item.map(|i| &i.text), languages),
            specify: false,
            exclusive: false,
            attributes: String::new(),
            hints: text_fields(&format!("items.{n}.hint"), item.and_then(|i| i.hint.as_ref()), languages),
            relevant: item.and_then(|i| i.relevant.as_ref()).map_or(String::new(), |r| r.value.clone()),
            there: item.is_some(),
        }
    };
    (0..q.items.len() + BLANK_ROWS).map(row).collect()
}

/// An answer that stands apart.
#[derive(Debug, Clone, Serialize)]
pub struct ApartView {
    /// `not_applicable` or `refused`.
    pub name: &'static str,
    /// Whether it is offered.
    pub on: bool,
    /// Its code.
    pub code: String,
    /// Its words.
    pub texts: Vec<TextField>,
}

fn apart_views(not_applicable: Option<&Choice>, refused: Option<&Choice>, languages: &[String]) -> Vec<ApartView> {
    let view = |name: &'static str, c: Option<&Choice>| ApartView {
        name,
        on: c.is_some(),
        code: c.map_or(String::new(), |c| c.code.value.clone()),
        texts: text_fields(&format!("{name}.text"), c.map(|c| &c.text), languages),
    };
    vec![view("not_applicable", not_applicable), view("refused", refused)]
}

/// The form in the middle.
#[derive(Debug, Serialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Middle {
    /// Title, languages, introduction.
    Form {
        /// Code.
        code: String,
        /// Version.
        version: String,
        /// Title.
        titles: Vec<TextField>,
        /// Introduction.
        introductions: Vec<TextField>,
        /// Language codes with spaces between.
        languages: String,
        /// How long it takes.
        seconds: String,
        /// Where the content comes from.
        source: String,
    },
    /// A scale.
    Scale {
        /// Name.
        name: String,
        /// Options.
        rows: Vec<RowView>,
        /// The answers that stand apart.
        apart: Vec<ApartView>,
        /// Codes of the questions that use it.
        used_by: Vec<String>,
    },
    /// A page.
    Section {
        /// Code.
        code: String,
        /// Heading.
        titles: Vec<TextField>,
        /// Text below it.
        notes: Vec<TextField>,
        /// Condition.
        relevant: String,
        /// Whether its questions are shuffled.
        shuffle: bool,
    },
    /// A question.
    Question(Box<QuestionForm>),
    /// The index.
    Index(Box<IndexForm>),
    /// Nothing is at this place (any more).
    Gone,
}

/// The form of a question.
#[derive(Debug, Serialize)]
pub struct QuestionForm {
    /// Code.
    pub code: String,
    /// Kind.
    pub kind: String,
    /// Kinds to choose from.
    pub kinds: Vec<Choosable>,
    /// The question.
    pub texts: Vec<TextField>,
    /// Help.
    pub hints: Vec<TextField>,
    /// Which parts the form has.
    pub parts: Vec<String>,
    /// Single values by key of the format.
    pub values: BTreeMap<&'static str, String>,
    /// Ticked boxes.
    pub ticked: BTreeMap<&'static str, bool>,
    /// What is said when the constraint fails.
    pub messages: Vec<TextField>,
    /// What is counted.
    pub units: Vec<TextField>,
    /// Scales to choose from.
    pub scales: Vec<Choosable>,
    /// How options may look.
    pub appearances: Vec<Choosable>,
    /// What it may be to reports.
    pub roles: Vec<Choosable>,
    /// Options.
    pub rows: Vec<RowView>,
    /// Items of a matrix.
    pub items: Vec<RowView>,
    /// The answers that stand apart.
    pub apart: Vec<ApartView>,
    /// Codes asked earlier, for conditions: code and words.
    pub earlier: Vec<(String, String)>,
}

/// The form of the index.
#[derive(Debug, Serialize)]
pub struct IndexForm {
    /// Kinds.
    pub kinds: Vec<Choosable>,
    /// Whether it is a share.
    pub shares: bool,
    /// Aggregations.
    pub aggregations: Vec<Choosable>,
    /// Fewest forms.
    pub threshold: u32,
    /// Code of the whole.
    pub code: String,
    /// Its name.
    pub texts: Vec<TextField>,
    /// Option codes: code, satisfied, valid, points.
    pub codes: Vec<(String, bool, bool, String)>,
    /// Parts with their factors.
    pub parts: Vec<PartForm>,
    /// Questions and where they count.
    pub items: Vec<ItemForm>,
    /// Factors to choose from: `0.1` and its name.
    pub factors: Vec<(String, String)>,
    /// Bands: number, from, words.
    pub bands: Vec<(usize, String, Vec<TextField>)>,
}

/// A part or factor in the form of the index.
#[derive(Debug, Serialize)]
pub struct PartForm {
    /// Its number.
    pub n: usize,
    /// Code.
    pub code: String,
    /// Name.
    pub texts: Vec<TextField>,
    /// Factors of a part.
    pub factors: Vec<PartForm>,
    /// How many items it has.
    pub items: usize,
}

/// A question in the form of the index.
#[derive(Debug, Serialize)]
pub struct ItemForm {
    /// Code.
    pub code: String,
    /// Words.
    pub text: String,
    /// Where it counts: `0.1`, or nothing.
    pub factor: String,
}

impl Maker<'_> {
    /// The form in the middle.
    #[must_use]
    pub fn middle(&self) -> Middle {
        let languages = self.languages();
        match self.at {
            Place::Form => Middle::Form {
                code: self.file.code.value.clone(),
                version: self.file.version.value.clone(),
                titles: text_fields("title", Some(&self.file.title), &languages),
                introductions: text_fields("introduction", Some(&self.file.introduction), &languages),
                languages: languages.join(" "),
                seconds: self.file.seconds.map_or(String::new(), |s| s.to_string()),
                source: self.file.source.clone().unwrap_or_default(),
            },
            Place::Scale(name) => self.file.scales.get(name).map_or(Middle::Gone, |scale| Middle::Scale {
                name: name.clone(),
                rows: option_rows(&scale.options, &languages),
                apart: apart_views(scale.not_applicable.as_ref(), scale.refused.as_ref(), &languages),
                used_by: self
                    .questions()
                    .filter(|q| q.scale.as_ref().is_some_and(|s| s.value == *name))
                    .map(|q| q.code.value.clone())
                    .collect(),
            }),
            Place::Section(code) => {
                let found = self.file.sections.iter().find(|s| s.code.value == *code);
                found.map_or(Middle::Gone, |s| Middle::Section {
                    code: code.clone(),
                    titles: text_fields("title", Some(&s.title), &languages),
                    notes: text_fields("note", s.note.as_ref(), &languages),
                    relevant: s.relevant.as_ref().map_or(String::new(), |r| r.value.clone()),
                    shuffle: s.shuffle,
                })
            }
            Place::Question(code) => {
                edit::question(self.file, code).map_or(Middle::Gone, |q| Middle::Question(Box::new(self.question(q, &languages))))
            }
            Place::Index => self.index(&languages).map_or(Middle::Gone, |i| Middle::Index(Box::new(i))),
        }
    }

    fn questions(&self) -> impl Iterator<Item = &Question> {
        self.file.sections.iter().flat_map(|s| &s.questions)
    }

    fn question(&self, q: &Question, languages: &[String]) -> QuestionForm {
        let text = |p: &Option<Placed>| p.as_ref().map_or(String::new(), |p| p.value.clone());
        let number = |n: Option<f64>| n.map_or(String::new(), |n| n.to_string());
        let values = BTreeMap::from([
            ("relevant", text(&q.relevant)),
            ("constraint", text(&q.constraint)),
            ("choice_filter", text(&q.choice_filter)),
            ("calculation", text(&q.calculation)),
            ("earliest", text(&q.earliest)),
            ("latest", text(&q.latest)),
            ("min", number(q.min)),
            ("max", number(q.max)),
            ("decimals", q.decimals.map_or(String::new(), |n| n.to_string())),
            ("min_selected", q.min_selected.map_or(String::new(), |n| n.to_string())),
            ("max_selected", q.max_selected.map_or(String::new(), |n| n.to_string())),
            ("max_length", q.max_length.map_or(String::new(), |n| n.to_string())),
        ]);
        let scale = text(&q.scale);
        let parts = form::parts(q.kind);
        let appearances: &[_] = if parts.contains(&FormPart::Appearance) { &APPEARANCES } else { &[] };
        QuestionForm {
            code: q.code.value.clone(),
            kind: word_of(q.kind),
            kinds: self.chosen(&KINDS, q.kind, "kind-of"),
            texts: text_fields("text", Some(&q.text), languages),
            hints: text_fields("hint", q.hint.as_ref(), languages),
            parts: parts.iter().map(|p| format!("{p:?}").to_lowercase()).collect(),
            values,
            ticked: BTreeMap::from([("required", q.required), ("shuffle", q.shuffle), ("long", q.long)]),
            messages: text_fields("constraint_message", q.constraint_message.as_ref(), languages),
            units: text_fields("unit", q.unit.as_ref(), languages),
            scales: self.file.scales.keys().map(|s| (s.clone(), s.clone(), *s == scale)).collect(),
            appearances: self.chosen(appearances, q.appearance, "appearance"),
            roles: self.chosen(&form::roles(q.kind), q.role, "report-role"),
            rows: if q.kind == QuestionType::YesNo { yes_no_rows(&q.options, languages) } else { option_rows(&q.options, languages) },
            items: item_rows(q, languages),
            apart: apart_views(q.not_applicable.as_ref(), q.refused.as_ref(), languages),
            earlier: self
                .questions()
                .take_while(|e| e.code.value != q.code.value)
                .map(|e| (e.code.value.clone(), shown(&e.text, self.language)))
                .collect(),
        }
    }

    fn index(&self, languages: &[String]) -> Option<IndexForm> {
        let index = self.file.index.as_ref()?;
        let part_form = |n: usize, prefix: &str, code: &str, texts: &Texts, items: usize, factors: Vec<PartForm>| PartForm {
            n,
            code: code.to_owned(),
            texts: text_fields(&format!("{prefix}.text"), Some(texts), languages),
            factors,
            items,
        };
        let mut factors = Vec::new();
        let mut parts = Vec::new();
        let mut factor_of: BTreeMap<&str, String> = BTreeMap::new();
        for (n, part) in index.parts.iter().enumerate() {
            let mut below = Vec::new();
            for (m, factor) in part.factors.iter().enumerate() {
                let key = format!("{n}.{m}");
                let name = [&part.text, &factor.text].map(|t| shown(t, self.language)).join(" › ");
                factors.push((key.clone(), if name == " › " { factor.code.value.clone() } else { name }));
                factor_of.extend(factor.items.iter().map(|i| (i.value.as_str(), key.clone())));
                below.push(part_form(
                    m,
                    &format!("parts.{n}.factors.{m}"),
                    &factor.code.value,
                    &factor.text,
                    factor.items.len(),
                    Vec::new(),
                ));
            }
            let items = part.factors.iter().map(|f| f.items.len()).sum();
            parts.push(part_form(n, &format!("parts.{n}"), &part.code.value, &part.text, items, below));
        }
        let items = self.questions().flat_map(|q| self.items_of(q)).map(|(code, text)| ItemForm {
            factor: factor_of.get(code.as_str()).cloned().unwrap_or_default(),
            code,
            text,
        });
        let codes = self.option_codes().into_iter().map(|code| {
            let has = |list: &[Placed]| list.iter().any(|c| c.value == code);
            let points = index.points.get(&code).map_or(String::new(), ToString::to_string);
            let (satisfied, valid) = (has(&index.satisfied), has(&index.valid));
            (code, satisfied, valid, points)
        });
        let bands = (0..index.bands.len() + BLANK_ROWS).map(|n| {
            let band = index.bands.get(n).map(|b| &b.value);
            let from = band.map_or(String::new(), |b| b.from.to_string());
            (n, from, text_fields(&format!("bands.{n}.text"), band.map(|b| &b.text), languages))
        });
        Some(IndexForm {
            kinds: self.chosen(&[IndexKind::SatisfiedShare, IndexKind::Points], index.kind, "index-kind"),
            shares: index.kind == IndexKind::SatisfiedShare,
            aggregations: self.chosen(
                &[Aggregation::Pooled, Aggregation::ItemMean, Aggregation::FactorMean, Aggregation::Sum],
                index.aggregation.value,
                "index-aggregation",
            ),
            threshold: index.threshold,
            code: index.overall.code.value.clone(),
            texts: text_fields("overall.text", Some(&index.overall.text), languages),
            codes: codes.collect(),
            parts,
            items: items.collect(),
            factors,
            bands: bands.collect(),
        })
    }

    /// The questions or items of one answer, which can count for an index: code and words.
    fn items_of(&self, q: &Question) -> Vec<(String, String)> {
        match q.kind {
            QuestionType::Scale | QuestionType::Single | QuestionType::YesNo => vec![(q.code.value.clone(), shown(&q.text, self.language))],
            QuestionType::Matrix => q.items.iter().map(|i| (i.code.value.clone(), shown(&i.text, self.language))).collect(),
            _ => Vec::new(),
        }
    }

    /// Codes of options of the questions that can count, in the order they are met.
    fn option_codes(&self) -> Vec<String> {
        let (mut seen, mut all) = (BTreeSet::new(), Vec::new());
        let mut meet = |code: &str| {
            if seen.insert(code.to_owned()) {
                all.push(code.to_owned());
            }
        };
        for q in self.questions() {
            let shared = q.scale.as_ref().and_then(|s| self.file.scales.get(&s.value));
            match q.kind {
                QuestionType::Scale | QuestionType::Matrix => shared.iter().flat_map(|s| &s.options).for_each(|c| meet(&c.code.value)),
                QuestionType::Single => q.options.iter().for_each(|c| meet(&c.code.value)),
                QuestionType::YesNo => ["yes", "no"].into_iter().for_each(&mut meet),
                _ => {}
            }
        }
        all
    }
}
