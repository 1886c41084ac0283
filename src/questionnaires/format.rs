//! The questionnaire file as it is written: one Rust field for one YAML key, nothing interpreted yet.
//!
//! `docs/QUESTIONNAIRES.md` explains the format to people and `docs/questionnaire.schema.json`, generated from these types,
//! to editors. Unknown keys are refused by every struct. Codes and conditions remember their place in the file.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_saphyr::{Location, Spanned};

/// A short text together with its place in the file.
pub type Placed = Spanned<String>;

/// A text in several languages: language code → text.
pub type Texts = Spanned<BTreeMap<String, String>>;

/// A value that stands in no file, for code that builds one.
pub fn placed<T>(value: T) -> Spanned<T> {
    Spanned { value, referenced: Location::UNKNOWN, defined: Location::UNKNOWN }
}

/// Reads a file without checking it.
///
/// # Errors
/// The YAML reader's: syntax, unknown keys, wrong types.
pub fn parse(source: &str) -> Result<File, serde_saphyr::Error> {
    serde_saphyr::from_str(source)
}

/// The file in its one canonical form: keys in the order of the types below, nothing that is the default. Reading it gives an equal file.
///
/// # Errors
/// Those of the YAML writer.
pub fn write(file: &File) -> Result<String, serde_saphyr::ser::Error> {
    serde_saphyr::to_string(file)
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// A whole file.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "SIPAS questionnaire")]
pub struct File {
    /// Version of this file format; 1.
    pub format: u32,
    /// Stable name of the questionnaire: a-z, 0-9 and -.
    #[schemars(with = "String")]
    pub code: Placed,
    /// Version, unique within the code.
    #[schemars(with = "String")]
    pub version: Placed,
    /// What the questionnaire is called.
    #[schemars(with = "BTreeMap<String, String>")]
    pub title: Texts,
    /// Where the content comes from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// Language codes; every text must have all of them, the first is shown first.
    #[schemars(with = "Vec<String>")]
    pub languages: Vec<Placed>,
    /// First page: who asks, why, how long, what happens with the answers.
    #[schemars(with = "BTreeMap<String, String>")]
    pub introduction: Texts,
    /// How many seconds answering takes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seconds: Option<u32>,
    /// Answer scales used by several questions.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub scales: BTreeMap<String, Scale>,
    /// Pages, in order.
    pub sections: Vec<Section>,
    /// How the index is made; without it the survey gives no percentages.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub index: Option<Index>,
}

/// An answer scale.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Scale {
    /// The options from lowest to highest.
    pub options: Vec<Choice>,
    /// An answer that leaves numerator and denominator.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_applicable: Option<Choice>,
    /// Declining to answer, as an answer of its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refused: Option<Choice>,
}

/// One option.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    /// Stable code of the option.
    #[schemars(with = "String")]
    pub code: Placed,
    /// What the citizen reads.
    #[schemars(with = "BTreeMap<String, String>")]
    pub text: Texts,
    /// Ask which, in a text stored under `<question>_other`.
    #[serde(default, skip_serializing_if = "is_default")]
    pub specify: bool,
    /// Cannot be combined with other options of a multiple choice.
    #[serde(default, skip_serializing_if = "is_default")]
    pub exclusive: bool,
    /// What a `choice_filter` can ask of the option: name → value.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub attributes: BTreeMap<String, String>,
}

/// One page of questions.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Section {
    /// Stable code of the section.
    #[schemars(with = "String")]
    pub code: Placed,
    /// Heading.
    #[schemars(with = "BTreeMap<String, String>")]
    pub title: Texts,
    /// Text below the heading.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<BTreeMap<String, String>>")]
    pub note: Option<Texts>,
    /// Condition for showing the page.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub relevant: Option<Placed>,
    /// Whether each respondent gets the questions in an order of their own, made from the response's id.
    #[serde(default, skip_serializing_if = "is_default")]
    pub shuffle: bool,
    /// The questions, in order.
    pub questions: Vec<Question>,
}

/// What kind of answer a question takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum QuestionType {
    /// One option of a shared scale.
    Scale,
    /// One of the question's own options.
    Single,
    /// Several of the question's own options, or of a shared scale.
    Multiple,
    /// Yes or no: a single choice whose two options need not be written in Vietnamese and English.
    YesNo,
    /// Several items on one scale; each item is a question of its own.
    Matrix,
    /// Options put in order of preference.
    Ranking,
    /// A number.
    Number,
    /// Free text.
    Text,
    /// A day.
    Date,
    /// One box to tick.
    Consent,
    /// A text that is read, not answered.
    Note,
    /// A value that the address of the form carries: `?code=value`.
    Hidden,
    /// A value computed from earlier answers.
    Calculate,
}

/// How options are shown. What is stored is the same.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Appearance {
    /// Rows to tap, with faces on a five-point scale.
    #[default]
    Rows,
    /// Words without faces.
    Plain,
    /// Stars, as many as the step of the scale.
    Stars,
    /// The number of the step.
    Numbers,
    /// A list that opens.
    List,
}

/// What a question is to a report, beside those that the index counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum QuestionRole {
    /// Says who answers (sex, age …): figures are broken down by it.
    Respondent,
    /// Says which service the answers are about: figures are filtered by it.
    Service,
    /// The general satisfaction that the items of the index explain.
    Outcome,
    /// A free comment that the unit reads.
    Comment,
}

impl QuestionRole {
    /// All of them.
    pub const ALL: [QuestionRole; 4] = [Self::Respondent, Self::Service, Self::Outcome, Self::Comment];

    /// As it stands in files.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Respondent => "respondent",
            Self::Service => "service",
            Self::Outcome => "outcome",
            Self::Comment => "comment",
        }
    }

    /// The types of questions that can have this role.
    #[must_use]
    pub const fn types(self) -> &'static [QuestionType] {
        match self {
            Self::Respondent | Self::Service => &[QuestionType::Single, QuestionType::YesNo, QuestionType::Scale],
            Self::Outcome => &[QuestionType::Single, QuestionType::Scale],
            Self::Comment => &[QuestionType::Text],
        }
    }
}

/// One question. Which keys may stand with which type is checked when the file is read.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// Stable code: a-z, 0-9 and _, starting with a letter.
    #[schemars(with = "String")]
    pub code: Placed,
    /// Kind of answer.
    #[serde(rename = "type")]
    pub kind: QuestionType,
    /// The question. `hidden` and `calculate` may leave it out by giving what the codebook should say.
    #[schemars(with = "BTreeMap<String, String>")]
    pub text: Texts,
    /// A line of help.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<BTreeMap<String, String>>")]
    pub hint: Option<Texts>,
    /// Whether an answer is needed when the question is asked.
    #[serde(default, skip_serializing_if = "is_default")]
    pub required: bool,
    /// Condition for asking.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub relevant: Option<Placed>,
    /// Condition on the answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub constraint: Option<Placed>,
    /// What is said when the constraint fails.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<BTreeMap<String, String>>")]
    pub constraint_message: Option<Texts>,
    /// `scale`, `matrix`, and `multiple` or `ranking` without `options`: name of the scale.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub scale: Option<Placed>,
    /// `matrix`: the items.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub items: Vec<Item>,
    /// `scale`, `single`, `multiple`, `yes_no`, `matrix`: how the options are shown.
    #[serde(default, skip_serializing_if = "is_default")]
    pub appearance: Appearance,
    /// Questions with options, `matrix`: whether options (of a matrix: items) come in an order of the respondent's own, made from the response's id.
    #[serde(default, skip_serializing_if = "is_default")]
    pub shuffle: bool,
    /// Questions with options: which options are offered; `name` is the option's code, other names are its `attributes`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub choice_filter: Option<Placed>,
    /// `single`, `multiple`, `ranking`: the options.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<Choice>,
    /// `single`, `yes_no`: an answer that leaves numerator and denominator.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_applicable: Option<Choice>,
    /// `single`, `yes_no`: declining to answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refused: Option<Choice>,
    /// `multiple`, `ranking`: least number of options.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_selected: Option<u8>,
    /// `multiple`: largest number of options; `ranking`: how many places there are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_selected: Option<u8>,
    /// `number`: smallest value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min: Option<f64>,
    /// `number`: largest value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max: Option<f64>,
    /// `number`: digits after the decimal point.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decimals: Option<u8>,
    /// `number`: what is counted, for example years.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<BTreeMap<String, String>>")]
    pub unit: Option<Texts>,
    /// `date`: first day, as 2026-01-31, or `today`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub earliest: Option<Placed>,
    /// `date`: last day, as 2026-01-31, or `today`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub latest: Option<Placed>,
    /// `calculate`: the expression.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub calculation: Option<Placed>,
    /// `text`, `hidden`: most characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_length: Option<u32>,
    /// `text`: several lines.
    #[serde(default, skip_serializing_if = "is_default")]
    pub long: bool,
    /// What the question is to reports: `respondent`, `service` (`single`, `yes_no`, `scale`), `outcome` (`single`, `scale`), `comment` (`text`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<QuestionRole>,
}

/// An item of a matrix.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Item {
    /// Stable code: a question's.
    #[schemars(with = "String")]
    pub code: Placed,
    /// What is rated.
    #[schemars(with = "BTreeMap<String, String>")]
    pub text: Texts,
    /// A line of help.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<BTreeMap<String, String>>")]
    pub hint: Option<Texts>,
    /// Condition for asking this item.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub relevant: Option<Placed>,
}

impl Question {
    /// A question with nothing but its code, kind and text.
    #[must_use]
    pub fn new(code: &str, kind: QuestionType, text: BTreeMap<String, String>) -> Self {
        Question {
            code: placed(code.to_owned()),
            kind,
            text: placed(text),
            hint: None,
            required: false,
            relevant: None,
            constraint: None,
            constraint_message: None,
            scale: None,
            items: Vec::new(),
            appearance: Appearance::default(),
            shuffle: false,
            choice_filter: None,
            options: Vec::new(),
            not_applicable: None,
            refused: None,
            min_selected: None,
            max_selected: None,
            min: None,
            max: None,
            decimals: None,
            unit: None,
            earliest: None,
            latest: None,
            calculation: None,
            max_length: None,
            long: false,
            role: None,
        }
    }
}

/// What the index measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum IndexKind {
    /// The percentage of satisfied answers.
    SatisfiedShare,
    /// Points given by each option.
    Points,
}

/// How items become factors, parts and the overall figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Aggregation {
    /// All satisfied answers to all items below, divided by all valid ones.
    Pooled,
    /// Plain mean of the items' values.
    ItemMean,
    /// Plain mean of the factors' values, a factor being the mean of its items.
    FactorMean,
    /// Sum of the items' mean points.
    Sum,
}

/// How the index is made of the answers.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Index {
    /// What is measured.
    pub kind: IndexKind,
    /// Option codes that count as satisfied.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(with = "Vec<String>")]
    pub satisfied: Vec<Placed>,
    /// Option codes that count at all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(with = "Vec<String>")]
    pub valid: Vec<Placed>,
    /// Points of each option code, for `kind: points`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub points: BTreeMap<String, f64>,
    /// How figures are put together.
    #[schemars(with = "Aggregation")]
    pub aggregation: Spanned<Aggregation>,
    /// Fewest valid forms with which a unit's figure is shown.
    pub threshold: u32,
    /// The root of the tree.
    pub overall: Named,
    /// The parts below it.
    pub parts: Vec<Part>,
    /// Names for ranges of the overall value, highest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(with = "Vec<Band>")]
    pub bands: Vec<Spanned<Band>>,
}

/// A code and what it is called.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Named {
    /// Stable code.
    #[schemars(with = "String")]
    pub code: Placed,
    /// Its name.
    #[schemars(with = "BTreeMap<String, String>")]
    pub text: Texts,
}

/// A part of the index.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// Stable code.
    #[schemars(with = "String")]
    pub code: Placed,
    /// Its name.
    #[schemars(with = "BTreeMap<String, String>")]
    pub text: Texts,
    /// The factors below it.
    pub factors: Vec<Factor>,
}

/// A factor of the index.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Factor {
    /// Stable code.
    #[schemars(with = "String")]
    pub code: Placed,
    /// Its name.
    #[schemars(with = "BTreeMap<String, String>")]
    pub text: Texts,
    /// Codes of the questions it is made of.
    #[schemars(with = "Vec<String>")]
    pub items: Vec<Placed>,
}

/// A named range of the overall value.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Band {
    /// Smallest value of the band.
    pub from: f64,
    /// Its name.
    #[schemars(with = "BTreeMap<String, String>")]
    pub text: Texts,
}

/// The JSON Schema of the format, as stored in `docs/questionnaire.schema.json`.
#[must_use]
pub fn json_schema() -> String {
    let schema = schemars::schema_for!(File);
    format!("{:#}\n", schema.as_value())
}
