//! The questionnaire file as it is written: one Rust field for one YAML key, nothing interpreted yet.
//!
//! `docs/QUESTIONNAIRES.md` explains the format to people and `docs/questionnaire.schema.json`, generated from these types,
//! to editors. Unknown keys are refused by every struct. Codes and conditions remember their place in the file.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_saphyr::Spanned;

/// A short text together with its place in the file.
pub type Placed = Spanned<String>;

/// A text in several languages: language code → text.
pub type Texts = Spanned<BTreeMap<String, String>>;

/// A whole file.
#[derive(Debug, Deserialize, JsonSchema)]
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
    pub source: Option<String>,
    /// Language codes; every text must have all of them, the first is shown first.
    #[schemars(with = "Vec<String>")]
    pub languages: Vec<Placed>,
    /// First page: who asks, why, how long, what happens with the answers.
    #[schemars(with = "BTreeMap<String, String>")]
    pub introduction: Texts,
    /// How many seconds answering takes.
    pub seconds: Option<u32>,
    /// Answer scales used by several questions.
    #[serde(default)]
    pub scales: BTreeMap<String, Scale>,
    /// Pages, in order.
    pub sections: Vec<Section>,
    /// How the index is made; without it the survey gives no percentages.
    pub index: Option<Index>,
}

/// An answer scale.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Scale {
    /// The options from lowest to highest.
    pub options: Vec<Choice>,
    /// An answer that leaves numerator and denominator.
    pub not_applicable: Option<Choice>,
    /// Declining to answer, as an answer of its own.
    pub refused: Option<Choice>,
}

/// One option.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    /// Stable code of the option.
    #[schemars(with = "String")]
    pub code: Placed,
    /// What the citizen reads.
    #[schemars(with = "BTreeMap<String, String>")]
    pub text: Texts,
    /// Ask which, in a text stored under `<question>_other`.
    #[serde(default)]
    pub specify: bool,
    /// Cannot be combined with other options of a multiple choice.
    #[serde(default)]
    pub exclusive: bool,
}

/// One page of questions.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Section {
    /// Stable code of the section.
    #[schemars(with = "String")]
    pub code: Placed,
    /// Heading.
    #[schemars(with = "BTreeMap<String, String>")]
    pub title: Texts,
    /// Text below the heading.
    #[schemars(with = "Option<BTreeMap<String, String>>")]
    pub note: Option<Texts>,
    /// Condition for showing the page.
    #[schemars(with = "Option<String>")]
    pub relevant: Option<Placed>,
    /// The questions, in order.
    pub questions: Vec<Question>,
}

/// What kind of answer a question takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum QuestionType {
    /// One option of a shared scale.
    Scale,
    /// One of the question's own options.
    Single,
    /// Several of the question's own options.
    Multiple,
    /// A number.
    Number,
    /// Free text.
    Text,
    /// One box to tick.
    Consent,
}

/// One question. Which keys may stand with which type is checked in [`super::check`].
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// Stable code: a-z, 0-9 and _, starting with a letter.
    #[schemars(with = "String")]
    pub code: Placed,
    /// Kind of answer.
    #[serde(rename = "type")]
    pub kind: QuestionType,
    /// The question.
    #[schemars(with = "BTreeMap<String, String>")]
    pub text: Texts,
    /// A line of help.
    #[schemars(with = "Option<BTreeMap<String, String>>")]
    pub hint: Option<Texts>,
    /// Whether an answer is needed when the question is asked.
    #[serde(default)]
    pub required: bool,
    /// Condition for asking.
    #[schemars(with = "Option<String>")]
    pub relevant: Option<Placed>,
    /// Condition on the answer.
    #[schemars(with = "Option<String>")]
    pub constraint: Option<Placed>,
    /// What is said when the constraint fails.
    #[schemars(with = "Option<BTreeMap<String, String>>")]
    pub constraint_message: Option<Texts>,
    /// `scale`: name of the scale.
    #[schemars(with = "Option<String>")]
    pub scale: Option<Placed>,
    /// `single`, `multiple`: the options.
    #[serde(default)]
    pub options: Vec<Choice>,
    /// `single`: an answer that leaves numerator and denominator.
    pub not_applicable: Option<Choice>,
    /// `single`: declining to answer.
    pub refused: Option<Choice>,
    /// `multiple`: least number of options.
    pub min_selected: Option<u8>,
    /// `multiple`: largest number of options.
    pub max_selected: Option<u8>,
    /// `number`: smallest value.
    pub min: Option<f64>,
    /// `number`: largest value.
    pub max: Option<f64>,
    /// `number`: digits after the decimal point.
    pub decimals: Option<u8>,
    /// `text`: most characters.
    pub max_length: Option<u32>,
    /// `text`: several lines.
    #[serde(default)]
    pub long: bool,
}

/// What the index measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, serde::Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum IndexKind {
    /// The percentage of satisfied answers.
    SatisfiedShare,
    /// Points given by each option.
    Points,
}

/// How items become factors, parts and the overall figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, serde::Serialize, JsonSchema)]
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
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Index {
    /// What is measured.
    pub kind: IndexKind,
    /// Option codes that count as satisfied.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub satisfied: Vec<Placed>,
    /// Option codes that count at all.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub valid: Vec<Placed>,
    /// Points of each option code, for `kind: points`.
    #[serde(default)]
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
    #[serde(default)]
    #[schemars(with = "Vec<Band>")]
    pub bands: Vec<Spanned<Band>>,
}

/// A code and what it is called.
#[derive(Debug, Deserialize, JsonSchema)]
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
#[derive(Debug, Deserialize, JsonSchema)]
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
#[derive(Debug, Deserialize, JsonSchema)]
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
#[derive(Debug, Deserialize, JsonSchema)]
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
