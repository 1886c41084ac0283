//! What the designer's pages show.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::draft::{Draft, DraftStatus};
use super::form::{self, FormPart};
use super::{edit, place};
use crate::questionnaires::format::{Appearance, Choice, File, Question, QuestionType, Section, Texts};
use crate::questionnaires::store::{StepTaken, Version};
use crate::questionnaires::{Finding, Place};
use crate::web::Language;
use crate::web::locale::Words;
use crate::web::problem::url_encode;

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
            by: draft.updated_by.clone(),
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

    fn chosen<T: Serialize + Copy>(&self, all: &[T], now: T, key: &str) -> Vec<Choosable> {
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
        let text = |p: &Option<crate::questionnaires::format::Placed>| p.as_ref().map_or(String::new(), |p| p.value.clone());
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
        use crate::questionnaires::format::{Aggregation, IndexKind};
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
            let has = |list: &[crate::questionnaires::format::Placed]| list.iter().any(|c| c.value == code);
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

/// How options may look.
const APPEARANCES: [Appearance; 5] = [Appearance::Rows, Appearance::Plain, Appearance::Stars, Appearance::Numbers, Appearance::List];

/// Lines of the history: step in words, version, who, when with the note.
#[must_use]
pub fn history(taken: &[StepTaken], language: Language, words: &Words) -> Vec<(String, String, String, String)> {
    let line = |s: &StepTaken| (words.say(&format!("taken-{}", s.step), &[]), s.by_name.clone(), time(language, s.at), s.note.clone());
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

/// A page of differences.
#[derive(Debug, Serialize)]
pub struct DifferencePage {
    /// Heading.
    pub title: String,
    /// Where to go back to.
    pub back: String,
    /// What is compared, before and after.
    pub between: (String, String),
    /// Changes by what they are about: key of words, changes.
    pub groups: Vec<(String, Vec<ChangeView>)>,
    /// How many changes break comparability.
    pub breaks: usize,
    /// Warnings of an import.
    pub warnings: Vec<String>,
    /// Findings of the check.
    pub findings: Vec<FindingView>,
    /// What can be done: the whole content, to be taken.
    pub take: Option<Take>,
}

/// Taking what was shown.
#[derive(Debug, Serialize)]
pub struct Take {
    /// The content.
    pub source: String,
    /// The draft it goes into; a new one when none.
    pub draft: Option<i64>,
    /// Revision of that draft.
    pub revision: i64,
}

/// A change.
#[derive(Debug, Serialize)]
pub struct ChangeView {
    /// Code of the place.
    pub name: String,
    /// Kind of place: key of words.
    pub place: &'static str,
    /// Which key.
    pub key: String,
    /// Before.
    pub before: Option<String>,
    /// After.
    pub after: Option<String>,
    /// Whether waves can no longer be compared.
    pub breaks: bool,
}

/// Changes by what they are about.
#[must_use]
pub fn grouped(changes: &[crate::questionnaires::diff::Change]) -> Vec<(String, Vec<ChangeView>)> {
    let mut groups: BTreeMap<_, Vec<ChangeView>> = BTreeMap::new();
    for c in changes {
        let place = match c.place {
            Place::Form => "form",
            Place::Scale(_) => "scale",
            Place::Section(_) => "section",
            Place::Question(_) => "question",
            Place::Index => "index",
        };
        groups.entry(c.about).or_default().push(ChangeView {
            name: name_of(&c.place).to_owned(),
            place,
            key: c.key.clone(),
            before: c.before.clone(),
            after: c.after.clone(),
            breaks: c.breaks,
        });
    }
    groups.into_iter().map(|(about, changes)| (word_of(about), changes)).collect()
}
