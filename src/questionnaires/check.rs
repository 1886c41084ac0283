//! Reading a questionnaire file: everything that can be known before anybody answers is checked here.
//!
//! [`read`] gives either a [`Questionnaire`] or all findings at once, each with its line, what was found and what to write.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::Serialize;
use serde_saphyr::Location;

use super::codes;
use super::format::{self, File, Placed, Texts};
use super::logic::{self, Condition};
use super::model::{Kind, Matrix, Question, Questionnaire, Section, Text};
use super::piping;

mod index;
mod options;
mod question;

/// What part of a questionnaire something is about.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case", tag = "in", content = "code")]
pub enum Place {
    /// The questionnaire as a whole: title, languages, introduction.
    #[default]
    Form,
    /// A shared scale.
    Scale(String),
    /// A section.
    Section(String),
    /// A question, or an item of a matrix.
    Question(String),
    /// The index.
    Index,
}

/// One thing wrong with a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What it is about.
    pub place: Place,
    /// The key that is meant, when it is one that holds an expression.
    pub key: Option<&'static str>,
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
const LONGEST_TEXT: usize = 10_000;

/// Reads and checks a questionnaire file.
///
/// # Errors
/// All findings, in the order of the file.
pub fn read(source: &str) -> Result<Questionnaire, Vec<Finding>> {
    if source.len() > MOST_BYTES {
        return Err(vec![finding(Location::UNKNOWN, "the file is too large", &format!("keep it under {MOST_BYTES} bytes"))]);
    }
    check(&format::parse(source).map_err(|e| vec![unreadable(&e)])?)
}

/// Checks a questionnaire that was read or built.
///
/// # Errors
/// All findings, in the order of the file.
pub fn check(file: &File) -> Result<Questionnaire, Vec<Finding>> {
    let mut checker = Checker::default();
    let questionnaire = checker.questionnaire(file);
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
    Finding { place: Place::Form, key: None, line: at.line(), column: at.column(), message: message.to_owned(), hint: hint.to_owned() }
}

#[derive(Default)]
struct Checker {
    findings: Vec<Finding>,
    languages: Vec<String>,
    scales: BTreeMap<String, options::Scale>,
    /// Codes of all questions of the file.
    codes: BTreeSet<String>,
    /// Codes met so far.
    used: BTreeSet<String>,
    /// Where each question stands in the file.
    places: BTreeMap<String, Location>,
    questions: Vec<Question>,
    matrices: Vec<Matrix>,
    /// What is being looked at.
    here: Place,
    /// How many questions a text may pipe answers of; none where texts are shown before any answer.
    visible: Option<usize>,
    /// What deciding whether conditions can hold may still cost.
    tries: logic::Tries,
}

impl Checker {
    fn find(&mut self, at: Location, message: &str, hint: &str) {
        self.findings.push(Finding { place: self.here.clone(), ..finding(at, message, hint) });
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
            self.here = Place::Scale(name.clone());
            let scale = self.scale(scale);
            self.scales.insert(name.clone(), scale);
        }
        let sections = self.sections(file);
        self.visible = None;
        self.here = Place::Index;
        let index = file.index.as_ref().map(|i| self.index(i));
        self.here = Place::Form;
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
            matrices: std::mem::take(&mut self.matrices),
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
        for code in texts.value.values().flat_map(|t| piping::references(t)) {
            let Some(visible) = self.visible else {
                self.find(texts.referenced, "this text is shown where no answer is known", "write it without ${ }");
                break;
            };
            if !self.questions.iter().take(visible).any(|q| q.code == code) {
                let message = format!("the text names {code:?}, which is no question asked earlier");
                self.find(texts.referenced, &message, "write ${code} of an earlier question");
            }
        }
        Text(texts.value.clone())
    }

    fn optional_text(&mut self, texts: Option<&Texts>) -> Option<Text> {
        texts.map(|t| self.text(t))
    }

    fn sections(&mut self, file: &File) -> Vec<Section> {
        for q in file.sections.iter().flat_map(|s| &s.questions) {
            for code in std::iter::once(&q.code).chain(q.items.iter().map(|i| &i.code)) {
                self.places.insert(code.value.clone(), code.referenced);
            }
        }
        self.codes = self.places.keys().cloned().collect();
        self.here = Place::Form;
        let mut sections: Vec<Section> = Vec::new();
        let mut section_codes = BTreeSet::new();
        let total: usize = file.sections.iter().flat_map(|s| &s.questions).map(|q| q.items.len().max(1)).sum();
        if total > MOST_QUESTIONS {
            self.find(Location::UNKNOWN, &format!("there are {total} questions"), &format!("use at most {MOST_QUESTIONS}"));
            return sections;
        }
        if total == 0 {
            self.find(Location::UNKNOWN, "there is no question", "add a section with a question");
        }
        for (at, section) in file.sections.iter().enumerate() {
            self.here = Place::Section(section.code.value.clone());
            self.visible = Some(self.questions.len());
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
            let relevant = section.relevant.as_ref().and_then(|r| self.condition("relevant", r, start, None));
            sections.push(Section {
                code: section.code.value.clone(),
                title,
                note,
                relevant,
                questions: start..start,
                shuffle: section.shuffle,
            });
            if section.shuffle {
                self.can_be_shuffled(section);
            }
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
            let given = |q: &Question| q.required || matches!(q.kind, Kind::Calculated { .. });
            question.is_some_and(|q| given(q) && q.relevant.is_none()) && section.is_some_and(|s| s.relevant.is_none())
        };
        let never =
            |conditions: &[&Condition], this| logic::never_holds(&self.questions, conditions, this, &asked_and_required, &self.tries);
        let mut findings = Vec::new();
        let hint = "check the options and numbers it compares with; leave it out if the question is always asked";
        let impossible = |q: &format::Question, key, at: &Placed, message: &str| {
            let place = Place::Question(q.code.value.clone());
            Finding { place, key: Some(key), ..finding(at.referenced, message, hint) }
        };
        if let (Some(condition), Some(placed)) = (&outer, &section.relevant)
            && never(&[condition], None)
        {
            self.here = Place::Section(section.code.value.clone());
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
                    findings.push(impossible(file, "relevant", placed, "no answers can ever fulfil this condition"));
                }
            }
            if let (Some(constraint), Some(placed)) = (&question.constraint, &file.constraint)
                && never(&[&constraint.condition], Some(at))
            {
                findings.push(impossible(file, "constraint", placed, "no answer can ever fulfil this constraint"));
            }
        }
        self.findings.extend(findings);
    }

    /// Questions that look at each other must keep their order.
    fn can_be_shuffled(&mut self, section: &format::Section) {
        let codes: BTreeSet<&str> = section.questions.iter().map(|q| q.code.value.as_str()).collect();
        for q in &section.questions {
            let expressions = [&q.relevant, &q.constraint, &q.calculation, &q.choice_filter].into_iter().flatten().map(|e| &e.value);
            let texts = std::iter::once(&q.text).chain(&q.hint).flat_map(|t| t.value.values());
            let named = expressions.chain(texts).flat_map(|t| piping::references(t)).find(|c| codes.contains(c.as_str()));
            if let Some(code) = named
                && code != q.code.value
            {
                let message = format!("{} looks at {code}, so the two cannot be shuffled", q.code.value);
                self.find(q.code.referenced, &message, "put one of them into another section, or leave `shuffle` out");
            }
        }
    }

    fn condition(&mut self, key: &'static str, source: &Placed, visible: usize, dot: Option<usize>) -> Option<Condition> {
        let parsed = logic::parse(&source.value, &self.questions, visible, &|code| self.codes.contains(code), dot);
        self.parsed(key, source, parsed)
    }

    fn parsed<T>(&mut self, key: &'static str, source: &Placed, parsed: Result<T, logic::Mistake>) -> Option<T> {
        parsed
            .map_err(|m| {
                let message = format!("{} (at character {} of {:?})", m.message, m.at + 1, source.value);
                let place = self.here.clone();
                self.findings.push(Finding { place, key: Some(key), ..finding(source.referenced, &message, &m.hint) });
            })
            .ok()
    }
}
