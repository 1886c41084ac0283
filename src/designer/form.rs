//! What the designer's forms send, put into the questionnaire.
//!
//! Field names are the keys of the file joined by dots: `text.vi`, `options.3.code`. A row of a list without anything in it is no row.
//! What cannot be read (a number that is none) keeps its old value and is told; everything else is taken.

use std::collections::{BTreeMap, BTreeSet};

use super::edit;
use crate::questionnaires::Place;
use crate::questionnaires::format::{
    Aggregation, Band, Choice, Factor, File, Index, IndexKind, Item, Named, Part, Placed, Question, QuestionRole, QuestionType, Scale,
    Texts, placed,
};

/// Fields of a form, as sent.
#[derive(Debug, Clone, Copy)]
pub struct Fields<'a>(pub &'a [(String, String)]);

/// A field whose text could not be taken, with the text.
pub type Refused = (String, String);

impl<'a> Fields<'a> {
    /// What stands in a field, trimmed; nothing when it is empty or absent.
    #[must_use]
    pub fn get(self, name: &str) -> Option<&'a str> {
        self.0.iter().find(|(n, _)| n == name).map(|(_, v)| v.trim()).filter(|v| !v.is_empty())
    }

    /// Whether a box is ticked.
    #[must_use]
    pub fn ticked(self, name: &str) -> bool {
        self.get(name).is_some()
    }

    fn placed(self, name: &str) -> Option<Placed> {
        self.get(name).map(|v| placed(v.replace("\r\n", "\n")))
    }

    fn texts(self, name: &str, languages: &[String]) -> Texts {
        let one = |l: &String| self.get(&format!("{name}.{l}")).map(|t| (l.clone(), t.replace("\r\n", "\n")));
        placed(languages.iter().filter_map(one).collect())
    }

    fn some_texts(self, name: &str, languages: &[String]) -> Option<Texts> {
        Some(self.texts(name, languages)).filter(|t| !t.value.is_empty())
    }

    fn all(self, name: &str) -> Vec<Placed> {
        self.0.iter().filter(|(n, v)| n == name && !v.trim().is_empty()).map(|(_, v)| placed(v.trim().to_owned())).collect()
    }

    /// Numbers of the rows of a list, in order.
    fn rows(self, name: &str) -> BTreeSet<usize> {
        let of = |n: &str| n.strip_prefix(name)?.strip_prefix('.')?.split('.').next()?.parse().ok();
        self.0.iter().filter(|(_, v)| !v.trim().is_empty()).filter_map(|(n, _)| of(n)).collect()
    }
}

/// Reads a number, or keeps the old one and says so.
fn number<T: std::str::FromStr>(fields: Fields<'_>, name: &str, old: Option<T>, refused: &mut Vec<Refused>) -> Option<T> {
    let written = fields.get(name)?;
    written.replace(',', ".").parse().ok().or_else(|| {
        refused.push((name.to_owned(), written.to_owned()));
        old
    })
}

/// A word of the format, as YAML has it, read by the format's own rules.
fn word<T: serde::de::DeserializeOwned>(text: Option<&str>) -> Option<T> {
    serde_json::from_value(serde_json::Value::from(text?)).ok()
}

/// Puts a form about a place into the questionnaire. Gives the place, whose code the form may have changed, and what was not taken.
#[must_use]
pub fn apply(file: &mut File, place: &Place, fields: Fields<'_>) -> (Place, Vec<Refused>) {
    let languages: Vec<String> = file.languages.iter().map(|l| l.value.clone()).collect();
    let mut refused = Vec::new();
    let place = match place {
        Place::Form => {
            form(file, fields, &mut refused);
            Place::Form
        }
        Place::Scale(name) => {
            if let Some(scale) = file.scales.get_mut(name) {
                *scale = Scale {
                    options: options(fields, "options", &languages),
                    not_applicable: apart(fields, "not_applicable", "na", &languages),
                    refused: apart(fields, "refused", "refused", &languages),
                };
            }
            let new = fields.get("name").unwrap_or(name).to_owned();
            edit::rename_scale(file, name, &new);
            Place::Scale(if file.scales.contains_key(&new) { new } else { name.clone() })
        }
        Place::Section(code) => section(file, code, fields, &languages),
        Place::Question(code) => question(file, code, fields, &languages, &mut refused),
        Place::Index => {
            index(file, fields, &languages, &mut refused);
            Place::Index
        }
    };
    (place, refused)
}

fn form(file: &mut File, fields: Fields<'_>, refused: &mut Vec<Refused>) {
    let wanted = fields.get("languages").unwrap_or_default().split([' ', ',']).filter(|l| !l.is_empty()).map(str::to_owned);
    let languages: Vec<String> = wanted.collect();
    if languages.is_empty() {
        refused.push(("languages".to_owned(), String::new()));
    } else {
        file.languages = languages.iter().cloned().map(placed).collect();
    }
    let languages: Vec<String> = file.languages.iter().map(|l| l.value.clone()).collect();
    for (name, text) in [("title", &mut file.title), ("introduction", &mut file.introduction)] {
        let new = fields.texts(name, &languages);
        // A language that was just added has no field yet; one that was taken away takes its words with it.
        text.value.retain(|l, _| languages.contains(l) && !fields.0.iter().any(|(n, _)| *n == format!("{name}.{l}")));
        text.value.extend(new.value);
    }
    file.code = fields.placed("code").unwrap_or_else(|| file.code.clone());
    file.version = fields.placed("version").unwrap_or_else(|| file.version.clone());
    file.source = fields.get("source").map(|s| s.replace("\r\n", "\n"));
    file.seconds = number(fields, "seconds", file.seconds, refused);
}

fn section(file: &mut File, code: &str, fields: Fields<'_>, languages: &[String]) -> Place {
    let new = fields.get("code").unwrap_or(code).to_owned();
    let taken = new != code && file.sections.iter().any(|s| s.code.value == new);
    let Some(section) = file.sections.iter_mut().find(|s| s.code.value == code) else { return Place::Form };
    section.title = fields.texts("title", languages);
    section.note = fields.some_texts("note", languages);
    section.relevant = fields.placed("relevant");
    section.shuffle = fields.ticked("shuffle");
    if !taken {
        section.code = placed(new);
    }
    Place::Section(section.code.value.clone())
}

fn options(fields: Fields<'_>, name: &str, languages: &[String]) -> Vec<Choice> {
    let rows = fields.rows(name).into_iter();
    rows.map(|n| {
        let at = format!("{name}.{n}");
        Choice {
            code: fields.placed(&format!("{at}.code")).unwrap_or_else(|| placed(format!("o{}", n + 1))),
            text: fields.texts(&format!("{at}.text"), languages),
            specify: fields.ticked(&format!("{at}.specify")),
            exclusive: fields.ticked(&format!("{at}.exclusive")),
            attributes: attributes(fields.get(&format!("{at}.attributes")).unwrap_or_default()),
        }
    })
    .collect()
}

/// `region=north; kind=ward` as attributes.
fn attributes(written: &str) -> BTreeMap<String, String> {
    let pairs = written.split(';').filter_map(|pair| pair.split_once('='));
    pairs.map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned())).collect()
}

/// "Not applicable" or "prefer not to say", when its box is ticked.
fn apart(fields: Fields<'_>, name: &str, code: &str, languages: &[String]) -> Option<Choice> {
    fields.ticked(&format!("{name}.on")).then(|| {
        let mut texts = fields.texts(&format!("{name}.text"), languages);
        if texts.value.is_empty() {
            texts = placed(usual_words(name, languages));
        }
        let code = fields.get(&format!("{name}.code")).unwrap_or(code);
        Choice { text: texts, ..edit::option(code) }
    })
}

/// The words that are usual for an answer that stands apart.
fn usual_words(name: &str, languages: &[String]) -> BTreeMap<String, String> {
    let words = if name == "refused" {
        [("vi", "Không muốn trả lời"), ("en", "Prefer not to say")]
    } else {
        [("vi", "Không áp dụng"), ("en", "Not applicable")]
    };
    words.into_iter().filter(|(l, _)| languages.iter().any(|x| x == l)).map(|(l, t)| (l.to_owned(), t.to_owned())).collect()
}

fn question(file: &mut File, code: &str, fields: Fields<'_>, languages: &[String], refused: &mut Vec<Refused>) -> Place {
    let scales: Vec<String> = file.scales.keys().cloned().collect();
    let Some((s, q)) = edit::find(file, code) else { return Place::Form };
    let Some(old) = file.sections.get(s).and_then(|s| s.questions.get(q)).cloned() else { return Place::Form };
    let mut new = read_question(&old, fields, languages, refused);
    let kind = word(fields.get("type")).unwrap_or(old.kind);
    if kind != old.kind {
        turn_into(&mut new, kind, &scales);
    }
    let wanted = fields.get("code").unwrap_or(&old.code.value).to_owned();
    let taken = wanted != old.code.value && edit::find(file, &wanted).is_some();
    if let Some(place) = file.sections.get_mut(s).and_then(|s| s.questions.get_mut(q)) {
        *place = new;
    }
    for (before, after) in old.items.iter().zip(renamed_items(&old, fields)) {
        if before.code.value != after {
            edit::rename_question(file, &before.code.value, &after);
        }
    }
    if wanted == old.code.value || taken {
        if taken {
            refused.push(("code".to_owned(), wanted));
        }
        return Place::Question(old.code.value);
    }
    edit::rename_question(file, &old.code.value, &wanted);
    if let Some(place) = file.sections.get_mut(s).and_then(|s| s.questions.get_mut(q)) {
        place.code = placed(wanted.clone());
    }
    Place::Question(wanted)
}

/// The codes that a form gives to the items there were.
fn renamed_items(old: &Question, fields: Fields<'_>) -> Vec<String> {
    let rows: Vec<usize> = (0..old.items.len()).collect();
    let code = |n: &usize| fields.get(&format!("items.{n}.code")).map(str::to_owned);
    rows.iter().zip(&old.items).map(|(n, item)| code(n).unwrap_or_else(|| item.code.value.clone())).collect()
}

fn read_question(old: &Question, fields: Fields<'_>, languages: &[String], refused: &mut Vec<Refused>) -> Question {
    let shown = |part: FormPart| parts(old.kind).contains(&part);
    let mut q = Question { text: fields.texts("text", languages), hint: fields.some_texts("hint", languages), ..old.clone() };
    q.relevant = fields.placed("relevant");
    q.required = shown(FormPart::Required) && fields.ticked("required");
    q.shuffle = shown(FormPart::Shuffle) && fields.ticked("shuffle");
    q.long = shown(FormPart::Length) && fields.ticked("long");
    q.constraint = fields.placed("constraint");
    q.constraint_message = fields.some_texts("constraint_message", languages);
    q.scale = fields.placed("scale");
    q.choice_filter = fields.placed("choice_filter");
    q.appearance = word(fields.get("appearance")).unwrap_or_default();
    q.options = options(fields, "options", languages);
    if old.kind == QuestionType::YesNo {
        // The two codes stand in the form before anybody writes words beside them.
        q.options.retain(|c| !c.text.value.is_empty());
    }
    q.not_applicable = apart(fields, "not_applicable", "na", languages);
    q.refused = apart(fields, "refused", "refused", languages);
    q.items = items(fields, &old.code.value, languages);
    q.min_selected = number(fields, "min_selected", old.min_selected, refused);
    q.max_selected = number(fields, "max_selected", old.max_selected, refused);
    q.min = number(fields, "min", old.min, refused);
    q.max = number(fields, "max", old.max, refused);
    q.decimals = number(fields, "decimals", old.decimals, refused);
    q.max_length = number(fields, "max_length", old.max_length, refused);
    q.unit = fields.some_texts("unit", languages);
    q.earliest = fields.placed("earliest");
    q.latest = fields.placed("latest");
    q.calculation = fields.placed("calculation");
    q.role = word(fields.get("role"));
    q
}

fn items(fields: Fields<'_>, code: &str, languages: &[String]) -> Vec<Item> {
    let rows = fields.rows("items").into_iter();
    rows.map(|n| {
        let at = format!("items.{n}");
        Item {
            code: fields.placed(&format!("{at}.code")).unwrap_or_else(|| placed(format!("{code}_{}", n + 1))),
            text: fields.texts(&format!("{at}.text"), languages),
            hint: fields.some_texts(&format!("{at}.hint"), languages),
            relevant: fields.placed(&format!("{at}.relevant")),
        }
    })
    .collect()
}

/// A part of a question's form that only some kinds have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FormPart {
    /// Whether an answer is needed.
    Required,
    /// A condition on the answer.
    Constraint,
    /// A shared scale.
    Scale,
    /// Items of a matrix.
    Items,
    /// Options of its own.
    Options,
    /// "Not applicable" and "prefer not to say".
    Apart,
    /// How options look.
    Appearance,
    /// An order of the respondent's own.
    Shuffle,
    /// Which options are offered.
    Filter,
    /// How many options.
    Selected,
    /// Bounds, decimals and unit of a number.
    Range,
    /// First and last day.
    Days,
    /// The calculation.
    Calculation,
    /// Length of a text.
    Length,
    /// What it is to reports.
    Role,
}

/// The parts that the form of this kind has.
#[must_use]
pub fn parts(kind: QuestionType) -> &'static [FormPart] {
    use FormPart::{
        Apart, Appearance, Calculation, Constraint, Days, Filter, Items, Length, Options, Range, Required, Role, Scale, Selected, Shuffle,
    };
    match kind {
        QuestionType::Scale => &[Required, Scale, Appearance, Shuffle, Filter, Constraint, Role],
        QuestionType::Single => &[Required, Options, Apart, Appearance, Shuffle, Filter, Constraint, Role],
        QuestionType::YesNo => &[Required, Options, Apart, Appearance, Constraint, Role],
        QuestionType::Multiple => &[Required, Options, Scale, Selected, Appearance, Shuffle, Filter, Constraint],
        QuestionType::Ranking => &[Required, Options, Scale, Selected, Shuffle, Filter, Constraint],
        QuestionType::Matrix => &[Required, Scale, Items, Appearance, Shuffle],
        QuestionType::Number => &[Required, Range, Constraint],
        QuestionType::Text => &[Required, Length, Constraint, Role],
        QuestionType::Date => &[Required, Days, Constraint],
        QuestionType::Consent => &[Required, Constraint],
        QuestionType::Note => &[],
        QuestionType::Hidden => &[Length],
        QuestionType::Calculate => &[Calculation],
    }
}

/// The roles that a question of this kind can have.
#[must_use]
pub fn roles(kind: QuestionType) -> Vec<QuestionRole> {
    QuestionRole::ALL.into_iter().filter(|role| role.types().contains(&kind)).collect()
}

/// Makes another kind of question of this one: what the new kind has is kept, what it has not is left out.
fn turn_into(q: &mut Question, kind: QuestionType, scales: &[String]) {
    let had = std::mem::replace(q, Question::new(&q.code.value, kind, BTreeMap::new()));
    let has = |part: FormPart| parts(kind).contains(&part);
    (q.text, q.hint, q.relevant) = (had.text, had.hint, had.relevant);
    q.required = had.required && has(FormPart::Required);
    if has(FormPart::Options) && kind != QuestionType::YesNo {
        q.options = if had.options.is_empty() { ["a", "b"].map(edit::option).into() } else { had.options };
    }
    if matches!(kind, QuestionType::Scale | QuestionType::Matrix) {
        q.scale = had.scale.or_else(|| scales.first().cloned().map(placed));
    }
    if has(FormPart::Apart) {
        (q.not_applicable, q.refused) = (had.not_applicable, had.refused);
    }
    if has(FormPart::Appearance) {
        q.appearance = had.appearance;
    }
    q.shuffle = had.shuffle && has(FormPart::Shuffle);
    q.role = had.role.filter(|role| role.types().contains(&kind));
    if has(FormPart::Filter) {
        q.choice_filter = had.choice_filter;
    }
    if has(FormPart::Constraint) && !matches!(kind, QuestionType::Hidden) {
        (q.constraint, q.constraint_message) = (had.constraint, had.constraint_message);
    }
    if kind == QuestionType::Matrix {
        q.items = had.items;
    }
}

/// An index with nothing in it, to begin with.
#[must_use]
pub fn first_index(file: &File) -> Index {
    let shared = file.scales.values().next();
    let codes: Vec<Placed> = shared.map_or_else(Vec::new, |s| s.options.iter().map(|c| c.code.clone()).collect());
    let satisfied = if codes.len() >= 4 { codes.iter().skip(codes.len() - 2).cloned().collect() } else { Vec::new() };
    Index {
        kind: IndexKind::SatisfiedShare,
        satisfied,
        valid: codes,
        points: BTreeMap::new(),
        aggregation: placed(Aggregation::Pooled),
        threshold: 30,
        overall: Named { code: placed("index".to_owned()), text: edit::no_text() },
        parts: Vec::new(),
        bands: Vec::new(),
    }
}

fn index(file: &mut File, fields: Fields<'_>, languages: &[String], refused: &mut Vec<Refused>) {
    let Some(old) = file.index.as_ref() else { return };
    let parts = |n: &usize| {
        let at = format!("parts.{n}");
        let factors = fields.rows(&format!("{at}.factors")).into_iter().map(|m| {
            let at = format!("{at}.factors.{m}");
            Factor {
                code: fields.placed(&format!("{at}.code")).unwrap_or_else(|| placed(format!("factor{}_{}", n + 1, m + 1))),
                text: fields.texts(&format!("{at}.text"), languages),
                items: chosen_items(fields, *n, m),
            }
        });
        Part {
            code: fields.placed(&format!("{at}.code")).unwrap_or_else(|| placed(format!("part{}", n + 1))),
            text: fields.texts(&format!("{at}.text"), languages),
            factors: factors.collect(),
        }
    };
    let bands = fields.rows("bands").into_iter().filter_map(|n| {
        let from = number(fields, &format!("bands.{n}.from"), None, refused)?;
        Some(placed(Band { from, text: fields.texts(&format!("bands.{n}.text"), languages) }))
    });
    let bands: Vec<_> = bands.collect();
    let kind = word(fields.get("kind")).unwrap_or(old.kind);
    let shares = kind == IndexKind::SatisfiedShare;
    let aggregation = word(fields.get("aggregation")).unwrap_or(old.aggregation.value);
    let points = || {
        let codes = fields.0.iter().filter_map(|(n, _)| n.strip_prefix("points.")).map(str::to_owned).collect::<BTreeSet<_>>();
        let of = |code: String| number(fields, &format!("points.{code}"), None, &mut Vec::new()).map(|v| (code, v));
        codes.into_iter().filter_map(of).collect()
    };
    let new = Index {
        kind,
        satisfied: if shares { fields.all("satisfied") } else { Vec::new() },
        valid: if shares { fields.all("valid") } else { Vec::new() },
        points: if shares { BTreeMap::new() } else { points() },
        aggregation: placed(aggregation),
        threshold: number(fields, "threshold", Some(old.threshold), refused).unwrap_or(old.threshold),
        overall: Named {
            code: fields.placed("overall.code").unwrap_or_else(|| old.overall.code.clone()),
            text: fields.texts("overall.text", languages),
        },
        parts: fields.rows("parts").iter().map(parts).collect(),
        bands,
    };
    file.index = Some(new);
}

/// The questions that a form puts into a factor: `factor_of.<code>` is `<part>.<factor>`.
fn chosen_items(fields: Fields<'_>, part: usize, factor: usize) -> Vec<Placed> {
    let here = format!("{part}.{factor}");
    let chosen = fields.0.iter().filter(|(_, v)| *v == here);
    chosen.filter_map(|(n, _)| n.strip_prefix("factor_of.")).map(|code| placed(code.to_owned())).collect()
}
