//! What the citizen's pages show: views of a questionnaire in one language, with the answers given so far.
//!
//! - [`question`]: one question of each kind.
//! - [`words`]: texts with earlier answers filled in, answers and problems in words.
//! - [`live`]: what a page's script needs to follow the answers while they are given.

use std::collections::BTreeMap;

use serde::Serialize;
use uuid::Uuid;

use super::typed;
use super::validate::Problem;
use super::walk::{self, Page};
use crate::questionnaires::Questionnaire;
use crate::questionnaires::model::{Answers, Question};
use crate::web::Language;
use crate::web::locale::Words;

pub mod live;
pub mod question;
pub mod words;

use question::QuestionView;

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
    /// What the page shows: codes of questions, with the numbers of the options where a filter chooses them.
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
    /// The questions, those of a matrix together.
    pub blocks: Vec<BlockView>,
    /// What needs attention.
    pub errors: Vec<ErrorView>,
    /// Whether there is a page before.
    pub back: bool,
    /// Whether questions or options were added because of what was just answered.
    pub more: bool,
    /// What the page's script needs, as JSON; none when nothing on the page hangs on anything else on it.
    pub live: Option<String>,
    /// Whether the page loads the script.
    pub script: bool,
    /// Whether the page has faces to draw.
    pub faces: bool,
}

/// A question, or the items of a matrix under their heading.
#[derive(Debug, Clone, Serialize)]
pub struct BlockView {
    /// The heading of a matrix.
    pub matrix: Option<MatrixView>,
    /// The question or the items.
    pub questions: Vec<QuestionView>,
}

/// The heading of a matrix.
#[derive(Debug, Clone, Serialize)]
pub struct MatrixView {
    /// Its code.
    pub code: String,
    /// The heading.
    pub text: String,
    /// A line of help.
    pub hint: Option<String>,
    /// Whether every item needs an answer.
    pub required: bool,
    /// The words above the columns on wide screens.
    pub columns: Vec<String>,
}

/// A mistake in the summary on top of the page.
#[derive(Debug, Clone, Serialize)]
pub struct ErrorView {
    /// Id of the control it is about.
    pub anchor: String,
    /// The question in words.
    pub question: String,
    /// What is wrong.
    pub sentence: String,
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
    /// The submission; orders that are shuffled are drawn from it.
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

    /// The form around a page that has the fields of these questions.
    fn form(&self, page: String, here: &[usize], shown: &[usize]) -> FormView {
        let mut kept = Vec::new();
        for (position, question) in self.questions().iter().enumerate() {
            if here.contains(&position) || question.specifies.is_some_and(|p| here.contains(&p)) {
                continue;
            }
            for value in self.typed.get(&question.code).into_iter().flatten() {
                kept.push((format!("{FIELD}{}", question.code), value.clone()));
            }
        }
        let seen: Vec<String> = shown.iter().filter_map(|p| walk::mark(self.questionnaire, *p, self.answers)).collect();
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

    /// A section's page.
    #[must_use]
    pub fn section(&self, section: usize, problems: &[Problem], more: bool) -> SectionView {
        let questionnaire = self.questionnaire;
        let shown = walk::asked(questionnaire, section, self.answers, self.id);
        let live = self.live(section);
        // What a script may add later stands in the page already, in the same order, but inert.
        let here = if live.is_some() { walk::askable(questionnaire, section, self.id) } else { shown.clone() };
        let blocks = self.blocks(&here, &shown, problems, live.is_some());
        let s = questionnaire.sections.get(section);
        let errors = problems.iter().map(|p| self.error(p)).collect();
        let every = || blocks.iter().flat_map(|b| &b.questions);
        SectionView {
            form: self.form(section.to_string(), &shown, &shown),
            survey: self.survey.clone(),
            progress: self.progress(Page::Section(section)),
            title: s.map_or_else(String::new, |s| self.text(&s.title)),
            note: s.and_then(|s| s.note.as_ref()).map(|n| self.text(n)),
            errors,
            back: walk::before(questionnaire, self.answers, Page::Section(section)).is_some(),
            more,
            script: live.is_some() || every().any(|q| q.kind == "ranking"),
            live: live.map(|l| l.to_string()),
            faces: every().any(|q| q.faces),
            blocks,
        }
    }

    fn blocks(&self, here: &[usize], shown: &[usize], problems: &[Problem], live: bool) -> Vec<BlockView> {
        let mut blocks: Vec<(Option<usize>, BlockView)> = Vec::new();
        for position in here {
            let Some(question) = self.questions().get(*position) else { continue };
            let view = self.question(*position, question, problems, live, shown.contains(position));
            match blocks.last_mut().filter(|(matrix, _)| matrix.is_some() && *matrix == question.matrix) {
                Some((_, block)) => block.questions.push(view),
                None => {
                    let matrix = question.matrix.and_then(|m| self.questionnaire.matrices.get(m)).map(|m| MatrixView {
                        code: m.code.clone(),
                        text: self.text(&m.text),
                        hint: m.hint.as_ref().map(|h| self.text(h)),
                        required: question.required,
                        columns: question.options().iter().map(|o| self.text(&o.text)).collect(),
                    });
                    blocks.push((question.matrix, BlockView { matrix, questions: vec![view] }));
                }
            }
        }
        blocks.into_iter().map(|(_, block)| block).collect()
    }

    /// A mistake, with the question it is about: the text that says which option is told with its question.
    fn error(&self, problem: &Problem) -> ErrorView {
        let question = self.questions().iter().find(|q| q.code == problem.question);
        let named = question.map(|q| q.specifies.and_then(|p| self.questions().get(p)).unwrap_or(q));
        ErrorView {
            anchor: format!("{FIELD}{}", problem.question),
            question: named.map_or_else(String::new, |q| self.text(&q.text)),
            sentence: self.sentence(&problem.what),
        }
    }

    /// The review page.
    #[must_use]
    pub fn review(&self, trouble: Option<String>) -> ReviewView {
        let questionnaire = self.questionnaire;
        let sections = (0..).zip(&questionnaire.sections).filter(|(n, _)| questionnaire.shows(*n, self.answers));
        let sections = sections.map(|(number, section)| {
            let answers = walk::asked(questionnaire, number, self.answers, self.id)
                .into_iter()
                .filter_map(|p| self.questions().get(p).map(|q| (p, q)))
                .filter(|(_, q)| q.is_answered_by_people())
                .map(|(p, q)| (self.text(&q.text), self.said(p, q)))
                .collect();
            ReviewSection { number, title: self.text(&section.title), answers }
        });
        ReviewView {
            form: self.form("review".to_owned(), &[], &[]),
            survey: self.survey.clone(),
            progress: self.progress(Page::Review),
            sections: sections.collect(),
            trouble,
        }
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
