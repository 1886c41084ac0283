//! Answers to the questions that the index does not count, and the index by who answers.

use serde::Serialize;

use super::pictures::{self, ChartView};
use super::teller::{Figure, Teller};
use crate::error::Result;
use crate::estimation::Level;
use crate::estimation::answers::Answered;
use crate::questionnaires::model::{Question, QuestionRole};

/// The page.
#[derive(Debug, Serialize)]
pub struct AnswersView {
    /// Questions outside the index, by page of the questionnaire.
    pub sections: Vec<SectionView>,
    /// The index by who answers.
    pub groups: Vec<GroupView>,
}

/// A page of the questionnaire.
#[derive(Debug, Serialize)]
pub struct SectionView {
    /// Its heading.
    pub title: String,
    /// Its charts.
    pub charts: Vec<AnswerChart>,
}

/// A chart with its table.
#[derive(Debug, Serialize)]
pub struct AnswerChart {
    /// The drawing; none where too few answered.
    pub chart: Option<ChartView>,
    /// What is asked.
    pub question: String,
    /// The same as a table: questions with their options.
    pub table: Vec<AnswerTable>,
}

/// A question as a table.
#[derive(Debug, Serialize)]
pub struct AnswerTable {
    /// The question.
    pub question: String,
    /// Valid answers.
    pub n: String,
    /// Options with their shares.
    pub options: Vec<(String, Figure)>,
}

/// The index by the answers to a question about the respondent.
#[derive(Debug, Serialize)]
pub struct GroupView {
    /// The question.
    pub question: String,
    /// The drawing.
    pub chart: Option<ChartView>,
    /// Groups with their figures.
    pub rows: Vec<(String, Figure)>,
    /// Pairs that differ, in sentences.
    pub pairs: Vec<String>,
}

/// Makes the page.
///
/// # Errors
/// Those of the figures.
pub fn view(teller: &Teller<'_>) -> Result<AnswersView> {
    let report = teller.report;
    let questionnaire = report.open().questionnaire();
    let answered = report.figures().answers(&report.prepared)?;
    let items: Vec<usize> = report.prepared.index()?.items().collect();
    let mut sections = Vec::new();
    for (number, section) in questionnaire.sections.iter().enumerate() {
        let asked: Vec<(&Question, &Answered)> = answered
            .iter()
            .filter(|a| !items.contains(&a.position))
            .filter_map(|a| questionnaire.questions.get(a.position).map(|q| (q, a)))
            .filter(|(q, _)| q.section == number && !matches!(q.role, Some(QuestionRole::Respondent)))
            .collect();
        if asked.is_empty() {
            continue;
        }
        let title = section.title.get(teller.lang()).to_owned();
        let mut charts = Vec::new();
        for (place, group) in alike(&asked).into_iter().enumerate() {
            charts.push(chart(teller, &format!("s{number}-{place}"), &title, &group)?);
        }
        sections.push(SectionView { title, charts });
    }
    Ok(AnswersView { sections, groups: groups(teller)? })
}

/// Neighbours on one scale together, those whose answers lean most to its end first; every other question by itself.
fn alike<'a>(asked: &[(&'a Question, &'a Answered)]) -> Vec<Vec<(&'a Question, &'a Answered)>> {
    let scale = |q: &Question| pictures::people::is_scale(q).then(|| q.options().iter().map(|o| o.code.clone()).collect::<Vec<_>>());
    let mut all: Vec<Vec<(&Question, &Answered)>> = Vec::new();
    for one in asked {
        let fits = all.last().and_then(|g| g.first()).is_some_and(|(q, _)| scale(q).is_some() && scale(q) == scale(one.0));
        match all.last_mut().filter(|_| fits) {
            Some(group) => group.push(*one),
            None => all.push(vec![*one]),
        }
    }
    let lean = |answered: &Answered| answered.mean_step().unwrap_or(f64::NEG_INFINITY);
    all.iter_mut().for_each(|group| group.sort_by(|(_, a), (_, b)| lean(b).total_cmp(&lean(a))));
    all
}

fn chart(teller: &Teller<'_>, id: &str, title: &str, group: &[(&Question, &Answered)]) -> Result<AnswerChart> {
    let view = ChartView::of(id, |narrow| {
        Ok(match group {
            [(question, answered)] if !pictures::people::is_scale(question) => pictures::people::shares(teller, question, answered, narrow),
            _ => pictures::people::stacked(teller, title.to_owned(), group, narrow),
        })
    })?;
    let question = match group {
        [(question, _)] => question.text.get(teller.lang()).to_owned(),
        _ => title.to_owned(),
    };
    Ok(AnswerChart { chart: view, question, table: group.iter().map(|(q, a)| table(teller, q, a)).collect() })
}

/// A question's shares in words.
#[must_use]
pub fn table(teller: &Teller<'_>, question: &Question, answered: &Answered) -> AnswerTable {
    let text =
        |code: &str| question.options().iter().find(|o| o.code == code).map_or_else(String::new, |o| o.text.get(teller.lang()).to_owned());
    AnswerTable {
        question: question.text.get(teller.lang()).to_owned(),
        n: teller.language.count(answered.n_valid),
        options: answered.options.iter().map(|o| (text(o.category.as_deref().unwrap_or_default()), teller.share(o))).collect(),
    }
}

fn groups(teller: &Teller<'_>) -> Result<Vec<GroupView>> {
    let report = teller.report;
    let mut all = Vec::new();
    for breakdown in report.figures().breakdowns(&report.prepared)? {
        let Some(question) = report.open().questionnaire().questions.get(breakdown.position) else { continue };
        let name = |code: &str| {
            question.options().iter().find(|o| o.code == code).map_or_else(String::new, |o| o.text.get(teller.lang()).to_owned())
        };
        let title = question.text.get(teller.lang()).to_owned();
        let chart = ChartView::of(&format!("g-{}", question.code), |narrow| {
            pictures::people::groups(teller, title.clone(), &breakdown.comparison, &name, narrow)
        })?;
        let overall = breakdown.comparison.rows.iter().filter(|r| r.measure_level == Level::Overall && r.n > 0);
        let rows: Vec<(String, Figure)> = overall.map(|r| (name(r.category.as_deref().unwrap_or_default()), teller.figure(r))).collect();
        if rows.is_empty() {
            continue;
        }
        all.push(GroupView { question: title.clone(), chart, rows, pairs: super::quality::pairs(teller, &breakdown.comparison, &name) });
    }
    Ok(all)
}
