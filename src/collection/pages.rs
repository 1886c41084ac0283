//! What the citizen's pages show: views of a questionnaire in one language, with the answers given so far.

use std::collections::BTreeMap;

use serde::Serialize;
use uuid::Uuid;

use super::typed;
use super::validate::{Problem, What};
use super::walk::{self, Page};
use crate::questionnaires::Questionnaire;
use crate::questionnaires::model::{Answer, Answers, Choice, Kind, Question, Text};
use crate::questionnaires::piping;
use crate::web::Language;
use crate::web::locale::Words;

/// Field names are the question's code behind this, so that they meet no name of our own.
pub const FIELD: &str = "a-";

/// What a citizen has sent so far: texts by question code, exactly as typed.
pub type Typed = BTreeMap<String, Vec<String>>;

/// The form around every page.
#[derive(Debug, Clone, Serialize)]
pub struct FormView {
    /// Where it is sent.
    pub action: String,
    /// The submission's UUID, the same from the first page to the last.
    pub id: Uuid,
    /// The unit the citizen chose, where the address does not say it.
    pub unit: Option<String>,
    /// Answers given on other pages: field name and value.
    pub kept: Vec<(String, String)>,
    /// This page: a section's number or `review`.
    pub page: String,
    /// Codes of the questions this page shows.
    pub seen: String,
}

/// Who is asked about what.
#[derive(Debug, Clone, Serialize)]
pub struct SurveyView {
    /// Title.
    pub title: String,
    /// Name of the unit, when known.
    pub unit_name: Option<String>,
    /// Name of the place, when known.
    pub place_name: Option<String>,
    /// Whether the form is only tried out, and nothing of it stored.
    pub trial: bool,
}

/// How far along the citizen is.
#[derive(Debug, Clone, Serialize)]
pub struct ProgressView {
    /// This page.
    pub at: usize,
    /// Pages in all.
    pub of: usize,
    /// Hundredths done.
    pub percent: usize,
}

/// A page of questions.
#[derive(Debug, Clone, Serialize)]
pub struct SectionView {
    /// The form.
    pub form: FormView,
    /// The survey.
    pub survey: SurveyView,
    /// Progress.
    pub progress: ProgressView,
    /// Heading.
    pub title: String,
    /// Text below it.
    pub note: Option<String>,
    /// The questions asked here.
    pub questions: Vec<QuestionView>,
    /// What needs attention: question code and sentence.
    pub errors: Vec<(String, String)>,
    /// Whether there is a page before.
    pub back: bool,
    /// Whether questions were added because of what was just answered.
    pub more: bool,
}

/// A question.
#[derive(Debug, Clone, Serialize)]
pub struct QuestionView {
    /// Its code.
    pub code: String,
    /// Field name.
    pub field: String,
    /// `single`, `multiple`, `number`, `text`, `long_text`, `consent`.
    pub kind: &'static str,
    /// Whether its options are those of a shared scale, shown as a row on wide screens.
    pub scale: bool,
    /// The question.
    pub text: String,
    /// A line of help.
    pub hint: Option<String>,
    /// Whether an answer is needed.
    pub required: bool,
    /// Options, "not applicable" and "refused" last and apart.
    pub options: Vec<OptionView>,
    /// What was typed.
    pub value: String,
    /// What needs attention.
    pub error: Option<String>,
    /// Most characters of a text.
    pub max_length: Option<u32>,
    /// `inputmode` of a number.
    pub input_mode: &'static str,
}

/// An option.
#[derive(Debug, Clone, Serialize)]
pub struct OptionView {
    /// Its code.
    pub code: String,
    /// What is read.
    pub text: String,
    /// Whether it is chosen.
    pub chosen: bool,
    /// Whether it stands apart from the others.
    pub apart: bool,
    /// Its place on a scale from 1, for the face or colour; 0 when it has none.
    pub step: usize,
    /// Field that asks which, and what was typed there.
    pub specify: Option<(String, String, Option<u32>)>,
}

/// All answers before sending.
#[derive(Debug, Clone, Serialize)]
pub struct ReviewView {
    /// The form.
    pub form: FormView,
    /// The survey.
    pub survey: SurveyView,
    /// Progress.
    pub progress: ProgressView,
    /// Sections with questions and answers.
    pub sections: Vec<ReviewSection>,
    /// Why the form could not be sent, if it was tried.
    pub trouble: Option<String>,
}

/// A section in the review.
#[derive(Debug, Clone, Serialize)]
pub struct ReviewSection {
    /// Its number.
    pub number: usize,
    /// Heading.
    pub title: String,
    /// Question and answer; no answer is none.
    pub answers: Vec<(String, Option<String>)>,
}

/// Everything a page is made from.
pub struct Maker<'a> {
    /// What is asked.
    pub questionnaire: &'a Questionnaire,
    /// Where the form is sent, without a query.
    pub action: &'a str,
    /// Names shown at the top.
    pub survey: SurveyView,
    /// The submission.
    pub id: Uuid,
    /// Unit chosen by the citizen.
    pub unit: Option<String>,
    /// What was typed.
    pub typed: &'a Typed,
    /// What was understood of it.
    pub answers: &'a Answers,
    /// Language.
    pub language: Language,
    /// Words of the interface.
    pub words: &'a Words,
}

impl Maker<'_> {
    fn questions(&self) -> &[Question] {
        &self.questionnaire.questions
    }

    fn form(&self, page: String, shown: &[usize]) -> FormView {
        let mut kept = Vec::new();
        for (position, question) in self.questions().iter().enumerate() {
            if shown.contains(&position) || question.specifies.is_some_and(|p| shown.contains(&p)) {
                continue;
            }
            for value in self.typed.get(&question.code).into_iter().flatten() {
                kept.push((format!("{FIELD}{}", question.code), value.clone()));
            }
        }
        let seen: Vec<&str> = shown.iter().filter_map(|p| self.questions().get(*p)).map(|q| q.code.as_str()).collect();
        FormView {
            action: format!("{}?lang={}", self.action, self.language.code()),
            id: self.id,
            unit: self.unit.clone(),
            kept,
            page,
            seen: seen.join(" "),
        }
    }

    fn progress(&self, page: Page) -> ProgressView {
        let (at, of) = walk::progress(self.questionnaire, self.answers, page);
        ProgressView { at, of, percent: at * 100 / of.max(1) }
    }

    /// The questions of a section that are asked now, in the order they are shown.
    fn asked(&self, section: usize) -> Vec<usize> {
        walk::asked(self.questionnaire, section, self.answers, self.id)
    }

    /// A section's page.
    #[must_use]
    pub fn section(&self, section: usize, problems: &[Problem], more: bool) -> SectionView {
        let questionnaire = self.questionnaire;
        let shown = self.asked(section);
        let lang = self.language.code();
        let errors: Vec<(String, String)> = problems.iter().map(|p| (p.question.clone(), self.sentence(&p.what))).collect();
        let questions = shown.iter().filter_map(|p| self.questions().get(*p).map(|q| self.question(*p, q, &errors))).collect();
        let s = questionnaire.sections.get(section);
        SectionView {
            form: self.form(section.to_string(), &shown),
            survey: self.survey.clone(),
            progress: self.progress(Page::Section(section)),
            title: s.map_or_else(String::new, |s| s.title.get(lang).to_owned()),
            note: s.and_then(|s| s.note.as_ref()).map(|n| n.get(lang).to_owned()),
            questions,
            errors,
            back: walk::before(questionnaire, self.answers, Page::Section(section)).is_some(),
            more,
        }
    }

    /// The review page.
    #[must_use]
    pub fn review(&self, trouble: Option<String>) -> ReviewView {
        let questionnaire = self.questionnaire;
        let lang = self.language.code();
        let sections =
            questionnaire.sections.iter().enumerate().filter(|(n, _)| questionnaire.shows(*n, self.answers)).map(|(number, section)| {
                let answers = self
                    .asked(number)
                    .into_iter()
                    .filter_map(|p| self.questions().get(p).map(|q| (q.text.get(lang).to_owned(), self.said(p, q))))
                    .collect();
                ReviewSection { number, title: section.title.get(lang).to_owned(), answers }
            });
        ReviewView {
            form: self.form("review".to_owned(), &[]),
            survey: self.survey.clone(),
            progress: self.progress(Page::Review),
            sections: sections.collect(),
            trouble,
        }
    }

    /// A text in the citizen's language, with earlier answers filled in.
    #[must_use]
    pub fn text(&self, text: &Text) -> String {
        piping::fill(self.questionnaire, text, self.answers, self.language.code(), &|answer| self.spelled(answer))
    }

    /// A number as the language writes it, with as many decimals as it has. Groups are parted from 10.000 on, so that a year stays one.
    #[must_use]
    pub fn number(&self, n: f64) -> String {
        let decimals = n.to_string().split_once('.').map_or(0, |(_, fraction)| fraction.len());
        let said = self.language.number(n, decimals);
        if n.abs() < 10_000.0 { said.replacen(if self.language == Language::Vi { '.' } else { ',' }, "", 1) } else { said }
    }

    /// An open answer in words.
    fn spelled(&self, answer: &Answer) -> String {
        match answer {
            Answer::Number(n) => self.number(*n),
            Answer::Date(day) => self.language.day(*day),
            Answer::Text(t) => t.clone(),
            _ => String::new(),
        }
    }

    /// An answer in words.
    #[must_use]
    pub fn said(&self, position: usize, question: &Question) -> Option<String> {
        let lang = self.language.code();
        let answer = self.answers.get(position)?;
        let codes = question.answer_codes(answer);
        let specified = self.typed.get(&format!("{}_other", question.code)).and_then(|v| v.first()).filter(|t| !t.trim().is_empty());
        let words: Vec<String> = match &question.kind {
            Kind::Single { options, not_applicable, refused, .. } => options
                .iter()
                .chain(not_applicable)
                .chain(refused)
                .filter(|c| codes.contains(&c.code.as_str()))
                .map(|c| said_option(c, lang, specified))
                .collect(),
            Kind::Multiple { options, .. } => {
                options.iter().filter(|c| codes.contains(&c.code.as_str())).map(|c| said_option(c, lang, specified)).collect()
            }
            Kind::Consent => vec![self.words.say("answer-yes", &[])],
            Kind::Ranking { options, .. } => {
                codes.iter().filter_map(|c| options.iter().find(|o| o.code == *c)).map(|c| said_option(c, lang, None)).collect()
            }
            Kind::Number { .. } | Kind::Text { .. } | Kind::Date { .. } | Kind::Note | Kind::Hidden { .. } | Kind::Calculated { .. } => {
                vec![self.spelled(answer)]
            }
        };
        Some(words.join(" · "))
    }

    fn question(&self, position: usize, q: &Question, errors: &[(String, String)]) -> QuestionView {
        let lang = self.language.code();
        let typed: &[String] = self.typed.get(&q.code).map_or(&[], Vec::as_slice);
        let specify = self.questions().iter().find(|s| s.specifies == Some(position));
        let view = |(n, choice): (usize, &Choice), apart: bool| OptionView {
            code: choice.code.clone(),
            text: choice.text.get(lang).to_owned(),
            chosen: typed.contains(&choice.code),
            apart,
            step: if apart { 0 } else { n },
            specify: specify.filter(|_| choice.specify).map(|s| {
                let value = self.typed.get(&s.code).and_then(|v| v.first()).cloned().unwrap_or_default();
                let most = if let Kind::Text { max_length, .. } = s.kind { Some(max_length) } else { None };
                (format!("{FIELD}{}", s.code), value, most)
            }),
        };
        let (kind, scale, options, max_length, input_mode) = match &q.kind {
            Kind::Single { scale, options, not_applicable, refused, .. } => {
                let mut all: Vec<OptionView> = (1..).zip(options).map(|o| view(o, false)).collect();
                all.extend(not_applicable.iter().chain(refused).map(|c| view((0, c), true)));
                ("single", scale.is_some(), all, None, "")
            }
            Kind::Multiple { options, .. } => ("multiple", false, (1..).zip(options).map(|o| view(o, false)).collect(), None, ""),
            Kind::Number { decimals, .. } => ("number", false, Vec::new(), None, if *decimals == 0 { "numeric" } else { "decimal" }),
            Kind::Text { max_length, long } => (if *long { "long_text" } else { "text" }, false, Vec::new(), Some(*max_length), "text"),
            Kind::Consent => ("consent", false, Vec::new(), None, ""),
            Kind::Date { .. } | Kind::Ranking { .. } | Kind::Note | Kind::Hidden { .. } | Kind::Calculated { .. } => {
                ("text", false, Vec::new(), None, "text")
            }
        };
        QuestionView {
            code: q.code.clone(),
            field: format!("{FIELD}{}", q.code),
            kind,
            scale,
            text: q.text.get(lang).to_owned(),
            hint: q.hint.as_ref().map(|h| h.get(lang).to_owned()),
            required: q.required,
            options,
            value: typed.first().cloned().unwrap_or_default(),
            error: errors.iter().find(|(code, _)| code == &q.code || Some(code) == specify.map(|s| &s.code)).map(|(_, e)| e.clone()),
            max_length,
            input_mode,
        }
    }

    /// A problem in the citizen's language.
    #[must_use]
    pub fn sentence(&self, what: &What) -> String {
        let any = || "…".to_owned();
        let values: Vec<(&str, String)> = match what {
            What::Constraint(text) => return text.get(self.language.code()).to_owned(),
            What::OutOfRange { min, max } => vec![("min", min.clone().unwrap_or_else(any)), ("max", max.clone().unwrap_or_else(any))],
            What::TooManyDecimals(n) | What::TooFew(n) | What::TooMany(n) => vec![("n", n.to_string())],
            What::TooLong(n) => vec![("n", n.to_string())],
            What::TooEarly(day) | What::TooLate(day) => vec![("day", self.language.day(*day))],
            _ => Vec::new(),
        };
        self.words.say(&format!("problem-{}", what.code().replace('_', "-")), &values)
    }
}

fn said_option(choice: &Choice, lang: &str, specified: Option<&String>) -> String {
    match specified.filter(|_| choice.specify) {
        Some(text) => format!("{}: {text}", choice.text.get(lang)),
        None => choice.text.get(lang).to_owned(),
    }
}

/// The first page.
#[derive(Debug, Clone, Serialize)]
pub struct StartView {
    /// Where it is sent.
    pub action: String,
    /// The submission.
    pub id: Uuid,
    /// The survey.
    pub survey: SurveyView,
    /// Who asks, why, how long.
    pub introduction: Vec<String>,
    /// Minutes it takes, rounded up; seconds when below two minutes.
    pub duration: Option<(u32, &'static str)>,
    /// Values of hidden questions that the address carries: field name and value.
    pub kept: Vec<(String, String)>,
    /// Units to choose from, by kind, when the address does not say which.
    pub units: Vec<(String, Vec<(String, String)>)>,
    /// Set when a unit should have been chosen.
    pub choose_unit: bool,
}

impl StartView {
    /// The first page of a questionnaire. `action` is the form's address without a query; `query` is this request's, which may carry hidden answers.
    #[must_use]
    pub fn new(
        questionnaire: &Questionnaire,
        action: String,
        id: Uuid,
        survey: SurveyView,
        language: Language,
        query: &[(String, String)],
    ) -> Self {
        let introduction = questionnaire.introduction.get(language.code());
        StartView {
            action: format!("{action}?lang={}", language.code()),
            id,
            survey,
            introduction: introduction.lines().filter(|l| !l.trim().is_empty()).map(str::to_owned).collect(),
            duration: questionnaire.seconds.map(|s| if s < 120 { (s, "seconds") } else { (s.div_ceil(60), "minutes") }),
            kept: typed::hidden(questionnaire, query),
            units: Vec::new(),
            choose_unit: false,
        }
    }
}
