//! What stands in a codebook, row by row, in whatever shape it is shown.

use serde::Serialize;

use super::super::columns::COLUMNS;
use super::super::wording::Spoken;
use crate::error::Result;
use crate::questionnaires::Questionnaire;
use crate::questionnaires::codes::{NOT_APPLICABLE, REFUSED};
use crate::questionnaires::logic::Condition;
use crate::questionnaires::model::{Aggregation, CONSENT_YES, Choice, Day, IndexKind, Kind, Question, Text};
use crate::web::locale::{Language, Words};

/// A whole codebook.
#[derive(Debug, Serialize)]
pub struct Book {
    /// Languages of the questionnaire's texts, in its order.
    pub languages: Vec<String>,
    /// One for each question.
    pub questions: Vec<QuestionRow>,
    /// One for each option of a closed question.
    pub options: Vec<OptionRow>,
    /// The index from the whole to its items; empty without one.
    pub index: Vec<IndexRow>,
    /// One for each condition and calculation.
    pub logic: Vec<LogicRow>,
    /// What the codebook is about: name and value.
    pub about: Vec<(String, String)>,
}

/// A question.
#[derive(Debug, Serialize)]
pub struct QuestionRow {
    /// Column of the CSV export, from 1.
    pub column: usize,
    /// Its code.
    pub code: String,
    /// Code of its page.
    pub section: String,
    /// The question in each language, with the heading of its table before it.
    pub texts: Vec<String>,
    /// The line of help in each language.
    pub hints: Vec<String>,
    /// What it takes, in words.
    pub kind: String,
    /// Bounds, in words; empty when there are none.
    pub bounds: String,
    /// Whether an answer is needed.
    pub required: bool,
    /// Who is asked, in words; empty when everybody is.
    pub asked: String,
    /// The index, part and factor it counts for; empty when for none.
    pub counts_for: String,
    /// What it is to reports, in words; empty when it has no role.
    pub role: String,
    /// Bytes of `responses.codes`, from 0, as `3` or `3–4`; empty for open questions, which stand in `responses.extra`.
    pub bytes: String,
}

/// An option.
#[derive(Debug, Serialize)]
pub struct OptionRow {
    /// Code of the question.
    pub question: String,
    /// Code of the option, as in files.
    pub code: String,
    /// The option in each language.
    pub texts: Vec<String>,
    /// What is stored.
    pub stored: String,
    /// What is special about it, in words.
    pub remark: String,
    /// What it counts in the index: 0 to 100, or points; empty when it does not.
    pub score: Option<f64>,
}

/// A node of the index.
#[derive(Debug, Serialize)]
pub struct IndexRow {
    /// 0 the whole, 1 a part, 2 a factor, 3 an item.
    pub level: u8,
    /// What the level is called.
    pub kind: String,
    /// Its code.
    pub code: String,
    /// Its name in each language.
    pub texts: Vec<String>,
}

/// A condition or calculation.
#[derive(Debug, Serialize)]
pub struct LogicRow {
    /// Code of the question or page.
    pub of: String,
    /// What it decides, in words.
    pub kind: String,
    /// As written.
    pub expression: String,
    /// In words.
    pub words: String,
    /// The questions it looks at: code and text.
    pub looks_at: Vec<(String, String)>,
    /// What is said when an answer does not fulfil it; empty otherwise.
    pub message: String,
}

impl Book {
    /// The codebook with headings and sentences in this language.
    ///
    /// # Errors
    /// When the words cannot be loaded.
    pub fn of(questionnaire: &Questionnaire, language: Language) -> Result<Book> {
        let writer = Writer { q: questionnaire, spoken: Spoken { language, words: Words::load(language)? } };
        Ok(Book {
            languages: questionnaire.languages.clone(),
            questions: (0..).zip(&questionnaire.questions).map(|(at, q)| writer.question(at, q)).collect(),
            options: questionnaire.questions.iter().flat_map(|q| writer.options(q)).collect(),
            index: writer.index(),
            logic: writer.logic(),
            about: writer.about(),
        })
    }
}

struct Writer<'a> {
    q: &'a Questionnaire,
    spoken: Spoken,
}

impl Writer<'_> {
    fn say(&self, key: &str) -> String {
        self.spoken.words.say(key, &[])
    }

    fn texts(&self, text: &Text) -> Vec<String> {
        self.q.languages.iter().map(|l| text.get(l).to_owned()).collect()
    }

    fn code(&self, position: usize) -> String {
        self.q.questions.get(position).map_or_else(String::new, |q| q.code.clone())
    }

    fn in_words(&self, condition: &Condition, position: usize) -> String {
        condition.in_words(&self.spoken.wording(self.q, &|at| self.code(at)), position)
    }

    fn question(&self, position: usize, question: &Question) -> QuestionRow {
        let section = self.q.sections.get(question.section);
        let matrix = question.matrix.and_then(|m| self.q.matrices.get(m));
        let conditions = section.and_then(|s| s.relevant.as_ref()).into_iter().chain(&question.relevant);
        let asked: Vec<_> = conditions.map(|c| self.in_words(c, position)).collect();
        let and = format!("; {} ", self.say("condition-and"));
        let heading = |l: &String| matrix.map(|m| format!("{} – ", m.text.get(l))).unwrap_or_default();
        let hint = |l: &String| question.hint.as_ref().or_else(|| matrix.and_then(|m| m.hint.as_ref())).map_or("", |h| h.get(l)).to_owned();
        QuestionRow {
            column: COLUMNS.len() + position + 1,
            code: question.code.clone(),
            section: section.map_or_else(String::new, |s| s.code.clone()),
            texts: self.q.languages.iter().map(|l| heading(l) + question.text.get(l)).collect(),
            hints: self.q.languages.iter().map(hint).collect(),
            kind: self.say(kind_key(&question.kind)),
            bounds: self.bounds(&question.kind),
            required: question.required,
            asked: asked.join(&and),
            counts_for: self.counts_for(position),
            role: question.role.map_or_else(String::new, |role| self.say(&format!("report-role-{}", role.as_str()))),
            bytes: question.slot.map_or_else(String::new, |s| match s.width {
                0 | 1 => s.offset.to_string(),
                width => format!("{}–{}", s.offset, s.offset + width - 1),
            }),
        }
    }

    fn bounds(&self, kind: &Kind) -> String {
        let language = self.spoken.language;
        let ends = |from: Option<String>, to: Option<String>| {
            let end = |key: &str, value: Option<String>| value.map(|v| self.spoken.words.say(key, &[("value", v)]));
            [end("codebook-from", from), end("codebook-to", to)].into_iter().flatten().collect::<Vec<_>>().join(" ")
        };
        let count = |n: u64| Some(language.count(n));
        match kind {
            Kind::Number { min, max, decimals, unit } => {
                let spell = |n: &f64| language.number(*n, usize::from(*decimals));
                let unit = unit.as_ref().map_or_else(String::new, |u| format!(" {}", u.get(language.code())));
                format!("{}{unit}", ends(min.as_ref().map(spell), max.as_ref().map(spell))).trim().to_owned()
            }
            Kind::Date { earliest, latest } => {
                let spell = |d: &Day| match d {
                    Day::On(day) => language.day(*day),
                    Day::Today => self.say("codebook-today"),
                };
                ends(earliest.as_ref().map(spell), latest.as_ref().map(spell))
            }
            Kind::Text { max_length, .. } | Kind::Hidden { max_length } => {
                self.spoken.words.say("codebook-characters", &[("count", language.count(u64::from(*max_length)))])
            }
            Kind::Multiple { min_selected, max_selected, .. } => {
                ends(min_selected.and_then(|n| count(n.into())), max_selected.and_then(|n| count(n.into())))
            }
            Kind::Ranking { least, places, .. } => ends(count((*least).into()), count((*places).into())),
            _ => String::new(),
        }
    }

    fn counts_for(&self, position: usize) -> String {
        let Some(index) = &self.q.index else { return String::new() };
        let within = |part: &'_ crate::questionnaires::model::Part| -> Vec<String> {
            let factors = part.factors.iter().filter(|f| f.items.contains(&position));
            factors.map(|f| format!("{} › {} › {}", index.overall.code, part.code, f.code)).collect()
        };
        index.parts.iter().flat_map(within).collect::<Vec<_>>().join("; ")
    }

    fn options(&self, question: &Question) -> Vec<OptionRow> {
        let is_item = self.q.position(&question.code).is_some_and(|at| !self.counts_for(at).is_empty());
        let score = |code: &str| self.q.index.as_ref().filter(|_| is_item).and_then(|i| i.scores.get(code).copied());
        let row = |choice: &Choice, stored: String, remark: &str| OptionRow {
            question: question.code.clone(),
            code: choice.code.clone(),
            texts: self.texts(&choice.text),
            stored,
            remark: [self.remark(choice), remark.to_owned()].into_iter().filter(|r| !r.is_empty()).collect::<Vec<_>>().join("; "),
            score: score(&choice.code),
        };
        let first = question.slot.map_or(0, |s| s.offset);
        let bit = |n: usize| {
            let place = [("byte", (first + (n - 1) / 8).to_string()), ("bit", ((n - 1) % 8).to_string())];
            self.spoken.words.say("codebook-bit", &place)
        };
        let numbered = (1usize..).zip(question.options());
        let mut all: Vec<_> = numbered
            .map(|(n, o)| row(o, if matches!(question.kind, Kind::Multiple { .. }) { bit(n) } else { n.to_string() }, ""))
            .collect();
        match &question.kind {
            Kind::Single { not_applicable, refused, .. } => {
                let remark = self.say("codebook-not-valid");
                all.extend(not_applicable.iter().map(|c| row(c, NOT_APPLICABLE.to_string(), &remark)));
                all.extend(refused.iter().map(|c| row(c, REFUSED.to_string(), &remark)));
            }
            Kind::Consent => all.push(OptionRow {
                question: question.code.clone(),
                code: CONSENT_YES.to_owned(),
                texts: self.q.languages.iter().map(|_| self.say("export-ticked")).collect(),
                stored: "1".to_owned(),
                remark: String::new(),
                score: None,
            }),
            _ => {}
        }
        all
    }

    fn remark(&self, choice: &Choice) -> String {
        let mut all = Vec::new();
        if choice.specify {
            all.push(self.say("codebook-specify"));
        }
        if choice.exclusive {
            all.push(self.say("codebook-exclusive"));
        }
        all.extend(choice.attributes.iter().map(|(name, value)| format!("{name} = {value}")));
        all.join("; ")
    }

    fn index(&self) -> Vec<IndexRow> {
        let Some(index) = &self.q.index else { return Vec::new() };
        let row = |level: u8, key: &str, code: &str, text: &Text| IndexRow {
            level,
            kind: self.say(key),
            code: code.to_owned(),
            texts: self.texts(text),
        };
        let mut all = vec![row(0, "codebook-overall", &index.overall.code, &index.overall.text)];
        for part in &index.parts {
            all.push(row(1, "codebook-part", &part.code, &part.text));
            for factor in &part.factors {
                all.push(row(2, "codebook-factor", &factor.code, &factor.text));
                let items = factor.items.iter().filter_map(|i| self.q.questions.get(*i));
                all.extend(items.map(|q| row(3, "codebook-item", &q.code, &q.text)));
            }
        }
        all
    }

    fn logic(&self) -> Vec<LogicRow> {
        let mut all = Vec::new();
        for section in &self.q.sections {
            all.extend(section.relevant.iter().map(|c| self.condition(&section.code, "codebook-page-shown", c, section.questions.start)));
        }
        for (position, question) in self.q.questions.iter().enumerate() {
            let of = &question.code;
            all.extend(question.relevant.iter().map(|c| self.condition(of, "codebook-asked", c, position)));
            all.extend(question.choice_filter.iter().map(|c| self.condition(of, "codebook-offered", c, position)));
            all.extend(question.constraint.iter().map(|c| LogicRow {
                message: self.texts(&c.message).join(" / "),
                ..self.condition(of, "codebook-constraint", &c.condition, position)
            }));
            if let Kind::Calculated { calculation } = &question.kind {
                all.push(LogicRow {
                    of: of.clone(),
                    kind: self.say("codebook-calculation"),
                    expression: calculation.source.clone(),
                    words: calculation.in_words(&self.spoken.wording(self.q, &|at| self.code(at)), position),
                    looks_at: self.looks_at(calculation.mentions(position)),
                    message: String::new(),
                });
            }
        }
        all
    }

    fn condition(&self, of: &str, key: &str, condition: &Condition, position: usize) -> LogicRow {
        LogicRow {
            of: of.to_owned(),
            kind: self.say(key),
            expression: condition.source.clone(),
            words: self.in_words(condition, position),
            looks_at: self.looks_at(condition.mentions(position)),
            message: String::new(),
        }
    }

    fn looks_at(&self, positions: Vec<usize>) -> Vec<(String, String)> {
        let questions = positions.into_iter().filter_map(|p| self.q.questions.get(p));
        questions.map(|q| (q.code.clone(), q.text.get(self.spoken.code()).to_owned())).collect()
    }

    fn about(&self) -> Vec<(String, String)> {
        let q = self.q;
        let mut all = vec![
            (self.say("codebook-title"), self.texts(&q.title).join(" / ")),
            (self.say("codebook-questionnaire"), q.code.clone()),
            (self.say("codebook-version"), q.version.clone()),
            (self.say("codebook-languages"), q.languages.join(", ")),
        ];
        all.extend(q.source.iter().map(|s| (self.say("codebook-source"), s.clone())));
        all.push((self.say("codebook-length"), self.spoken.language.count(u64::try_from(q.code_bytes).unwrap_or(u64::MAX))));
        all.push((self.say("codebook-bytes"), self.say("codebook-bytes-explained")));
        if let Some(index) = &q.index {
            all.push((self.say("codebook-aggregation"), self.say(aggregation_key(index.aggregation))));
            let measured = match index.kind {
                IndexKind::SatisfiedShare => "codebook-kind-share",
                IndexKind::Points => "codebook-kind-points",
            };
            all.push((self.say("codebook-measured"), self.say(measured)));
            all.push((self.say("codebook-threshold"), self.spoken.language.count(index.threshold.into())));
            for band in &index.bands {
                let from = band.from.to_string().replace('.', if self.spoken.language == Language::Vi { "," } else { "." });
                all.push((self.spoken.words.say("codebook-band", &[("from", from)]), self.texts(&band.text).join(" / ")));
            }
        }
        all
    }
}

fn kind_key(kind: &Kind) -> &'static str {
    match kind {
        Kind::Single { .. } => "codebook-type-single",
        Kind::Multiple { .. } => "codebook-type-multiple",
        Kind::Number { .. } => "codebook-type-number",
        Kind::Text { .. } => "codebook-type-text",
        Kind::Consent => "codebook-type-consent",
        Kind::Date { .. } => "codebook-type-date",
        Kind::Ranking { .. } => "codebook-type-ranking",
        Kind::Note => "codebook-type-note",
        Kind::Hidden { .. } => "codebook-type-hidden",
        Kind::Calculated { .. } => "codebook-type-calculated",
    }
}

fn aggregation_key(aggregation: Aggregation) -> &'static str {
    match aggregation {
        Aggregation::Pooled => "codebook-pooled",
        Aggregation::ItemMean => "codebook-item-mean",
        Aggregation::FactorMean => "codebook-factor-mean",
        Aggregation::Sum => "codebook-sum",
    }
}
