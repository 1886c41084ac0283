//! “Nếu chọn … chuyển sang Câu 7”: where an answer to one question alone decides which of the next questions are left out.

use super::numbers::Numbers;
use crate::questionnaires::Questionnaire;
use crate::questionnaires::model::{Answer, Answers};

/// Where an option leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Jump {
    /// To the question at this position.
    To(usize),
    /// Past the last question.
    End,
}

/// The jump of each of these answers (none: left empty) to the question at `position`; none when the next question on paper is asked.
///
/// Looked at are the questions that directly follow and whose condition names this question only.
pub(super) fn jumps(q: &Questionnaire, numbers: &Numbers, position: usize, answers: &[Option<Answer>]) -> Vec<Option<Jump>> {
    let printed = |p: &usize| numbers.of.get(*p).is_some_and(Option::is_some);
    let following: Vec<usize> = (position + 1..q.questions.len()).filter(printed).collect();
    let run = following.iter().take_while(|p| depends_only_on(q, **p, position)).count();
    answers
        .iter()
        .map(|answer| {
            let given = Answers { given: answer.iter().map(|a| (position, a.clone())).collect(), day: None };
            let skipped = following.iter().take(run).take_while(|p| !q.asks(**p, &given)).count();
            match (skipped, following.get(skipped)) {
                (0, _) => None,
                (_, Some(next)) => Some(Jump::To(*next)),
                (_, None) => Some(Jump::End),
            }
        })
        .collect()
}

fn depends_only_on(q: &Questionnaire, position: usize, on: usize) -> bool {
    let Some(question) = q.questions.get(position) else { return false };
    let section = q.sections.get(question.section).and_then(|s| s.relevant.as_ref());
    let mut conditions = section.into_iter().chain(&question.relevant).peekable();
    conditions.peek().is_some() && conditions.all(|c| c.mentions(position) == [on])
}
