//! Reading a questionnaire file: everything that can be known before anybody answers is checked here.
//!
//! [`read`] gives either a [`Questionnaire`] or all findings at once, each with its line, what was found and what to write.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde_saphyr::{Location, Spanned};

use super::format::{self, File, Placed, QuestionType, Texts};
use super::logic::{self, Condition};
use super::model::{Band, Choice, Constraint, Factor, Index, IndexKind, Kind, Named, Part, Question, Questionnaire, Section, Text};
use super::{codes, model::Aggregation};

/// One thing wrong with a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Line, from 1; 0 when the file as a whole is meant.
    pub line: u64,
    /// Column, from 1.
    pub column: u64,
    /// What was found.
    pub message: String,
    /// What to do.
    pub hint: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}\n    {}", self.line, self.column, self.message, self.hint)
    }
}

/// Limits that keep a hostile file from costing more than a large honest one.
const MOST_BYTES: usize = 2_000_000;
const MOST_QUESTIONS: usize = 2_000;
const MOST_OPTIONS: usize = 250;
const LONGEST_TEXT: usize = 10_000;

/// Reads and checks a questionnaire file.
///
/// # Errors
/// All findings, in the order of the file.
pub fn read(source: &str) -> Result<Questionnaire, Vec<Finding>> {
    if source.len() > MOST_BYTES {
        return Err(vec![finding(Location::UNKNOWN, "the file is too large", &format!("keep it under {MOST_BYTES} bytes"))]);
    }
    let file: File = serde_saphyr::from_str(source).map_err(|e| vec![unreadable(&e)])?;
    let mut checker = Checker::default();
    let questionnaire = checker.questionnaire(&file);
    if checker.findings.is_empty() {
        return Ok(questionnaire);
    }
    checker.findings.sort_by_key(|f| (f.line, f.column));
    Err(checker.findings)
}

/// The YAML reader's own error (syntax, unknown key, wrong type), in one line.
fn unreadable(e: &serde_saphyr::Error) -> Finding {
    let location = e.location().unwrap_or(Location::UNKNOWN);
    let text = e.to_string();
    let message = text.lines().find(|l| !l.trim().is_empty()).unwrap_or("the file cannot be read").trim();
    finding(location, message.strip_prefix("error: ").unwrap_or(message), "see docs/QUESTIONNAIRES.md for the keys and their types")
}

fn finding(at: Location, message: &str, hint: &str) -> Finding {
    Finding { line: at.line(), column: at.column(), message: message.to_owned(), hint: hint.to_owned() }
}

#[derive(Default)]
struct Checker {
    findings: Vec<Finding>,
    languages: Vec<String>,
    scales: BTreeMap<String, Kind>,
    /// Codes of all questions of the file.
    codes: BTreeSet<String>,
    questions: Vec<Question>,
}

impl Checker {
    fn find(&mut self, at: Location, message: &str, hint: &str) {
        self.findings.push(finding(at, message, hint));
    }

    fn questionnaire(&mut self, file: &File) -> Questionnaire {
        if file.format != 1 {
            self.find(Location::UNKNOWN, &format!("format {} is not known", file.format), "write `format: 1`");
        }
        self.name(&file.code, '-', "the questionnaire's code");
        if file.version.value.is_empty() || file.version.value.len() > 40 || file.version.value.contains(['/', '?', '#', ' ']) {
            self.find(
                file.version.referenced,
                "the version is empty or has a character that addresses cannot carry",
                "write for example \"2023\" or \"1.2\"",
            );
        }
        self.languages = file.languages.iter().map(|l| l.value.clone()).collect();
        if file.languages.is_empty() {
            self.find(Location::UNKNOWN, "no language is named", "write `languages: [vi, en]`");
        }
        for l in &file.languages {
            if !(2..=3).contains(&l.value.len()) || !l.value.bytes().all(|b| b.is_ascii_lowercase()) {
                self.find(
                    l.referenced,
                    &format!("{:?} is not a language code", l.value),
                    "write two or three small letters, for example vi",
                );
            }
        }
        for (name, scale) in &file.scales {
            let kind = self.single(Some(name.clone()), &scale.options, scale.not_applicable.as_ref(), scale.refused.as_ref());
            self.scales.insert(name.clone(), kind);
        }
        let sections = self.sections(file);
        let index = file.index.as_ref().map(|i| self.index(i));
        let code_bytes = codes::lay_out(&mut self.questions);
        Questionnaire {
            code: file.code.value.clone(),
            version: file.version.value.clone(),
            title: self.text(&file.title),
            source: file.source.clone(),
            languages: self.languages.clone(),
            introduction: self.text(&file.introduction),
            seconds: file.seconds,
            sections,
            questions: std::mem::take(&mut self.questions),
            index,
            code_bytes,
        }
    }

    /// A code: small letters, digits and one joining character, starting with a letter.
    fn name(&mut self, code: &Placed, joiner: char, what: &str) {
        let text = &code.value;
        let starts = text.bytes().next().is_some_and(|b| b.is_ascii_lowercase());
        let rest = text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == joiner);
        if !starts || !rest || text.len() > 60 {
            let hint = format!("use a-z, 0-9 and {joiner}, starting with a letter, at most 60 characters");
            self.find(code.referenced, &format!("{what} {text:?} is not a code"), &hint);
        }
    }

    fn text(&mut self, texts: &Texts) -> Text {
        for language in self.languages.clone() {
            match texts.value.get(&language) {
                None => {
                    self.find(texts.referenced, &format!("the text has no {language}"), "every text needs every language of `languages`")
                }
                Some(t) if t.trim().is_empty() => {
                    self.find(texts.referenced, &format!("the {language} text is empty"), "write it, or leave the key out")
                }
                Some(t) if t.len() > LONGEST_TEXT => {
                    self.find(texts.referenced, "the text is too long", &format!("keep it under {LONGEST_TEXT} bytes"))
                }
                Some(_) => {}
            }
        }
        if let Some(extra) = texts.value.keys().find(|k| !self.languages.contains(k)) {
            self.find(texts.referenced, &format!("{extra:?} is not among the languages"), "add it to `languages` or leave it out");
        }
        Text(texts.value.clone())
    }

    fn optional_text(&mut self, texts: Option<&Texts>) -> Option<Text> {
        texts.map(|t| self.text(t))
    }

    fn choice(&mut self, choice: &format::Choice) -> Choice {
        let code = &choice.code.value;
        if code.is_empty() || code.len() > 60 || !code.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-') {
            self.find(choice.code.referenced, &format!("{code:?} is not an option code"), "use letters without accents, digits, _ and -");
        }
        Choice { code: code.clone(), text: self.text(&choice.text), specify: choice.specify, exclusive: choice.exclusive }
    }

    fn choices(&mut self, options: &[format::Choice], more: &[&format::Choice]) -> Vec<Choice> {
        let mut seen = BTreeSet::new();
        for c in options.iter().chain(more.iter().copied()) {
            if !seen.insert(&c.code.value) {
                self.find(c.code.referenced, &format!("the option {:?} is there twice", c.code.value), "give each option its own code");
            }
        }
        if options.len() > MOST_OPTIONS {
            let at = options.first().map_or(Location::UNKNOWN, |c| c.code.referenced);
            self.find(at, &format!("there are {} options", options.len()), &format!("use at most {MOST_OPTIONS}"));
        }
        options.iter().map(|c| self.choice(c)).collect()
    }

    fn single(
        &mut self,
        scale: Option<String>,
        options: &[format::Choice],
        not_applicable: Option<&format::Choice>,
        refused: Option<&format::Choice>,
    ) -> Kind {
        let more: Vec<_> = not_applicable.into_iter().chain(refused).collect();
        if let Some(c) = options.iter().chain(more.iter().copied()).find(|c| c.exclusive) {
            self.find(
                c.code.referenced,
                "`exclusive` is for options of multiple questions",
                "leave it out: one answer is exclusive anyway",
            );
        }
        if let Some(c) = more.iter().find(|c| c.specify) {
            self.find(c.code.referenced, "`specify` is for ordinary options", "make it one of `options`");
        }
        if options.len() < 2 {
            let at = options.first().map_or(Location::UNKNOWN, |c| c.code.referenced);
            self.find(at, "a choice needs at least two options", "add options, or use `type: consent` for a box to tick");
        }
        Kind::Single {
            scale,
            options: self.choices(options, &more),
            not_applicable: not_applicable.map(|c| self.choice(c)),
            refused: refused.map(|c| self.choice(c)),
        }
    }

    fn sections(&mut self, file: &File) -> Vec<Section> {
        self.codes = file.sections.iter().flat_map(|s| &s.questions).map(|q| q.code.value.clone()).collect();
        let mut sections: Vec<Section> = Vec::new();
        let mut section_codes = BTreeSet::new();
        let total: usize = file.sections.iter().map(|s| s.questions.len()).sum();
        if total > MOST_QUESTIONS {
            self.find(Location::UNKNOWN, &format!("there are {total} questions"), &format!("use at most {MOST_QUESTIONS}"));
            return sections;
        }
        if total == 0 {
            self.find(Location::UNKNOWN, "there is no question", "add a section with a question");
        }
        for (at, section) in file.sections.iter().enumerate() {
            self.name(&section.code, '_', "the section's code");
            if !section_codes.insert(&section.code.value) {
                self.find(
                    section.code.referenced,
                    &format!("the section {:?} is there twice", section.code.value),
                    "give each section its own code",
                );
            }
            let start = self.questions.len();
            let title = self.text(&section.title);
            let note = self.optional_text(section.note.as_ref());
            let relevant = section.relevant.as_ref().and_then(|r| self.condition(r, start, None));
            sections.push(Section { code: section.code.value.clone(), title, note, relevant, questions: start..start });
            for question in &section.questions {
                self.question(at, question);
            }
            let end = self.questions.len();
            if let Some(s) = sections.get_mut(at) {
                s.questions = start..end;
            }
            self.possible(section, &sections, start..end);
        }
        sections
    }

    /// Every condition of this section must be one that some answers fulfil.
    fn possible(&mut self, section: &format::Section, sections: &[Section], range: std::ops::Range<usize>) {
        let outer = sections.last().and_then(|s| s.relevant.clone());
        let asked_and_required = |q: usize| {
            let question = self.questions.get(q);
            let section = question.and_then(|q| sections.get(q.section));
            question.is_some_and(|q| q.required && q.relevant.is_none()) && section.is_some_and(|s| s.relevant.is_none())
        };
        let never = |conditions: &[&Condition], this| logic::never_holds(&self.questions, conditions, this, &asked_and_required);
        let mut findings = Vec::new();
        let hint = "check the options and numbers it compares with; leave it out if the question is always asked";
        if let (Some(condition), Some(placed)) = (&outer, &section.relevant)
            && never(&[condition], None)
        {
            self.find(placed.referenced, "no answers can ever fulfil this condition", hint);
            return;
        }
        let written: BTreeMap<&str, &format::Question> = section.questions.iter().map(|q| (q.code.value.as_str(), q)).collect();
        for at in range {
            let Some(question) = self.questions.get(at) else { continue };
            let Some(file) = written.get(question.code.as_str()) else { continue };
            if let (Some(condition), Some(placed)) = (&question.relevant, &file.relevant) {
                let both: Vec<&Condition> = std::iter::once(condition).chain(&outer).collect();
                if never(&both, None) {
                    findings.push(finding(placed.referenced, "no answers can ever fulfil this condition", hint));
                }
            }
            if let (Some(constraint), Some(placed)) = (&question.constraint, &file.constraint)
                && never(&[&constraint.condition], Some(at))
            {
                findings.push(finding(placed.referenced, "no answer can ever fulfil this constraint", hint));
            }
        }
        self.findings.extend(findings);
    }

    fn condition(&mut self, source: &Placed, visible: usize, dot: Option<usize>) -> Option<Condition> {
        match logic::parse(&source.value, &self.questions, visible, &|code| self.codes.contains(code), dot) {
            Ok(condition) => Some(condition),
            Err(m) => {
                let message = format!("{} (at character {} of {:?})", m.message, m.at + 1, source.value);
                self.find(source.referenced, &message, &m.hint);
                None
            }
        }
    }

    fn question(&mut self, section: usize, q: &format::Question) {
        self.name(&q.code, '_', "the question's code");
        self.unique(&q.code);
        self.keys(q);
        let kind = self.kind(q);
        let at = self.questions.len();
        let text = self.text(&q.text);
        let hint = self.optional_text(q.hint.as_ref());
        let relevant = q.relevant.as_ref().and_then(|r| self.condition(r, at, None));
        self.questions.push(Question {
            code: q.code.value.clone(),
            text,
            hint,
            required: q.required,
            relevant,
            constraint: None,
            section,
            kind,
            specifies: None,
            slot: None,
        });
        self.constraint(q, at);
        self.specified(q, section, at);
    }

    fn unique(&mut self, code: &Placed) {
        if self.questions.iter().any(|other| other.code == code.value) {
            self.find(
                code.referenced,
                &format!("the code {:?} is there twice", code.value),
                "give each question its own code (`<question>_other` is taken by `specify`)",
            );
        }
    }

    fn constraint(&mut self, q: &format::Question, at: usize) {
        match (&q.constraint, &q.constraint_message) {
            (Some(source), Some(message)) => {
                let condition = self.condition(source, at, Some(at));
                let message = self.text(message);
                if let (Some(condition), Some(question)) = (condition, self.questions.get_mut(at)) {
                    question.constraint = Some(Constraint { condition, message });
                }
            }
            (Some(c), None) => {
                self.find(c.referenced, "the constraint has no message", "add `constraint_message`: what should the citizen do?")
            }
            (None, Some(m)) => self.find(m.referenced, "the message has no constraint", "add `constraint` or leave the message out"),
            (None, None) => {}
        }
    }

    /// An option with `specify` brings a text question of its own.
    fn specified(&mut self, q: &format::Question, section: usize, at: usize) {
        let asking: Vec<&format::Choice> = q.options.iter().filter(|c| c.specify).collect();
        let [option] = asking.as_slice() else {
            if let Some(second) = asking.get(1) {
                self.find(second.code.referenced, "a second option asks which", "let one option have `specify: true`");
            }
            return;
        };
        let code = Spanned { value: format!("{}_other", q.code.value), referenced: option.code.referenced, defined: option.code.defined };
        self.unique(&code);
        let source = Spanned { value: format!("selected(${{{}}}, '{}')", q.code.value, option.code.value), ..code.clone() };
        let relevant = self.condition(&source, at + 1, None);
        let text = self.text(&option.text);
        let kind = Kind::Text { max_length: 200, long: false };
        self.questions.push(Question {
            code: code.value,
            text,
            hint: None,
            required: false,
            relevant,
            constraint: None,
            section,
            kind,
            specifies: Some(at),
            slot: None,
        });
    }

    /// Keys that do not belong to the question's type.
    fn keys(&mut self, q: &format::Question) {
        use QuestionType::{Multiple, Number, Scale, Single, Text};
        let present = [
            ("scale", q.scale.is_some(), &[Scale][..]),
            ("options", !q.options.is_empty(), &[Single, Multiple][..]),
            ("not_applicable", q.not_applicable.is_some(), &[Single][..]),
            ("refused", q.refused.is_some(), &[Single][..]),
            ("min_selected", q.min_selected.is_some(), &[Multiple][..]),
            ("max_selected", q.max_selected.is_some(), &[Multiple][..]),
            ("min", q.min.is_some(), &[Number][..]),
            ("max", q.max.is_some(), &[Number][..]),
            ("decimals", q.decimals.is_some(), &[Number][..]),
            ("max_length", q.max_length.is_some(), &[Text][..]),
            ("long", q.long, &[Text][..]),
        ];
        for (key, there, types) in present {
            if there && !types.contains(&q.kind) {
                let message = format!("`{key}` does not go with this type of question");
                self.find(q.code.referenced, &message, "leave it out, or change `type`; see docs/QUESTIONNAIRES.md");
            }
        }
    }

    fn kind(&mut self, q: &format::Question) -> Kind {
        let at = q.code.referenced;
        match q.kind {
            QuestionType::Scale => {
                let name = q.scale.as_ref().map_or("", |s| s.value.as_str());
                if let Some(kind) = self.scales.get(name) {
                    return kind.clone();
                }
                let place = q.scale.as_ref().map_or(at, |s| s.referenced);
                let known = self.scales.keys().cloned().collect::<Vec<_>>().join(", ");
                self.find(place, &format!("there is no scale {name:?}"), &format!("the scales are: {known}"));
                Kind::Consent
            }
            QuestionType::Single => self.single(None, &q.options, q.not_applicable.as_ref(), q.refused.as_ref()),
            QuestionType::Multiple => self.multiple(q),
            QuestionType::Number => {
                if let (Some(min), Some(max)) = (q.min, q.max)
                    && min > max
                {
                    self.find(at, "`min` is above `max`", "exchange them");
                }
                if q.min.into_iter().chain(q.max).any(|v| !v.is_finite()) || q.decimals.is_some_and(|d| d > 6) {
                    self.find(at, "a bound is not a finite number, or there are more than 6 decimals", "write plain numbers");
                }
                Kind::Number { min: q.min, max: q.max, decimals: q.decimals.unwrap_or(0) }
            }
            QuestionType::Text => {
                let max_length = q.max_length.unwrap_or(1000);
                if !(1..=10_000).contains(&max_length) {
                    self.find(at, "`max_length` is out of range", "use 1 to 10000 characters");
                }
                Kind::Text { max_length, long: q.long }
            }
            QuestionType::Consent => Kind::Consent,
        }
    }

    fn multiple(&mut self, q: &format::Question) -> Kind {
        let at = q.code.referenced;
        if q.options.is_empty() {
            self.find(at, "the question has no options", "add `options`");
        }
        let least = q.min_selected.unwrap_or(0);
        let most = q.max_selected.unwrap_or(u8::MAX);
        if least > most || usize::from(least) > q.options.len() || most == 0 {
            self.find(
                at,
                "`min_selected` and `max_selected` leave no possible answer",
                "compare them with each other and with the number of options",
            );
        }
        Kind::Multiple { options: self.choices(&q.options, &[]), min_selected: q.min_selected, max_selected: q.max_selected }
    }

    fn index(&mut self, file: &format::Index) -> Index {
        let mut taken: BTreeSet<String> = self.questions.iter().map(|q| q.code.clone()).collect();
        let mut measure = |this: &mut Self, code: &Placed, text: &Texts| {
            this.name(code, '_', "the code");
            if !taken.insert(code.value.clone()) {
                this.find(
                    code.referenced,
                    &format!("the code {:?} is there twice", code.value),
                    "parts, factors and questions share one space of codes",
                );
            }
            (code.value.clone(), this.text(text))
        };
        let (code, text) = measure(self, &file.overall.code, &file.overall.text);
        let overall = Named { code, text };
        let scores = self.scores(file);
        let mut used = BTreeSet::new();
        let mut parts = Vec::new();
        for part in &file.parts {
            let (code, text) = measure(self, &part.code, &part.text);
            let mut factors = Vec::new();
            for factor in &part.factors {
                let (code, text) = measure(self, &factor.code, &factor.text);
                if factor.items.is_empty() {
                    self.find(factor.code.referenced, "the factor has no items", "add `items`, or leave the factor out");
                }
                let items = factor.items.iter().filter_map(|item| self.item(item, &scores, &mut used)).collect();
                factors.push(Factor { code, text, items });
            }
            if factors.is_empty() {
                self.find(part.code.referenced, "the part has no factors", "add `factors`, or leave the part out");
            }
            parts.push(Part { code, text, factors });
        }
        if parts.is_empty() {
            self.find(file.overall.code.referenced, "the index has no parts", "add `parts`");
        }
        if (file.kind == IndexKind::Points) != (file.aggregation.value == Aggregation::Sum) {
            self.find(
                file.aggregation.referenced,
                "this aggregation does not go with this kind of index",
                "points are summed (`sum`); shares are pooled or averaged",
            );
        }
        if file.threshold == 0 {
            self.find(
                file.overall.code.referenced,
                "the threshold is 0",
                "write the fewest valid forms with which a figure may be shown, for example 30",
            );
        }
        Index {
            kind: file.kind,
            aggregation: file.aggregation.value,
            scores,
            threshold: file.threshold,
            overall,
            parts,
            bands: self.bands(file),
        }
    }

    fn scores(&mut self, file: &format::Index) -> BTreeMap<String, f64> {
        match file.kind {
            IndexKind::Points => {
                if !file.satisfied.is_empty() || !file.valid.is_empty() || file.points.is_empty() {
                    self.find(
                        file.overall.code.referenced,
                        "an index of points needs `points` and nothing else",
                        "write points: {\"0\": 0, \"1\": 1}",
                    );
                }
                if file.points.values().any(|v| !v.is_finite() || *v < 0.0) {
                    self.find(file.overall.code.referenced, "points must be numbers from 0 up", "change the points");
                }
                file.points.clone()
            }
            IndexKind::SatisfiedShare => {
                if file.satisfied.is_empty() || file.valid.is_empty() || !file.points.is_empty() {
                    self.find(
                        file.overall.code.referenced,
                        "a satisfied share needs `satisfied` and `valid` and no points",
                        "name the option codes",
                    );
                }
                for s in &file.satisfied {
                    if !file.valid.iter().any(|v| v.value == s.value) {
                        self.find(s.referenced, &format!("the option {:?} is satisfied but not valid", s.value), "add it to `valid`");
                    }
                }
                let satisfied = |code: &str| file.satisfied.iter().any(|s| s.value == code);
                file.valid.iter().map(|v| (v.value.clone(), if satisfied(&v.value) { 100.0 } else { 0.0 })).collect()
            }
        }
    }

    fn item(&mut self, item: &Placed, scores: &BTreeMap<String, f64>, used: &mut BTreeSet<String>) -> Option<usize> {
        let at = item.referenced;
        if !used.insert(item.value.clone()) {
            self.find(at, &format!("the item {:?} is in two factors", item.value), "an item belongs to one factor");
        }
        let Some(position) = self.questions.iter().position(|q| q.code == item.value) else {
            self.find(at, &format!("there is no question {:?}", item.value), "an item is the code of a scale or single question");
            return None;
        };
        let question = self.questions.get(position)?;
        if !matches!(question.kind, Kind::Single { .. }) {
            self.find(at, &format!("{:?} is not a scale or single question", item.value), "an item has one answer");
            return None;
        }
        if let Some(missing) = scores.keys().find(|code| question.options().iter().all(|c| &c.code != *code)) {
            let message = format!("{:?} has no option {missing:?}, which the index counts", item.value);
            self.find(at, &message, "all items of an index share the options it counts");
        }
        Some(position)
    }

    fn bands(&mut self, file: &format::Index) -> Vec<Band> {
        for pair in file.bands.windows(2) {
            if let [a, b] = pair
                && a.value.from.partial_cmp(&b.value.from) != Some(std::cmp::Ordering::Greater)
            {
                self.find(b.referenced, "the bands do not descend", "write the highest band first");
            }
        }
        file.bands.iter().map(|b| Band { from: b.value.from, text: self.text(&b.value.text) }).collect()
    }
}
