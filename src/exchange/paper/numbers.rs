//! Which questions are printed, and what each is called on paper.

use crate::questionnaires::Questionnaire;
use crate::questionnaires::model::Kind;

/// What is printed as one thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Block {
    /// A question by itself.
    One(usize),
    /// Consecutive questions on one shared scale: a table, each with its own number.
    Table(Vec<usize>),
    /// A matrix: a table under one number.
    Matrix(usize, Vec<usize>),
}

/// The number of a question, counted from 1, and of an item within it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Number {
    pub(super) question: usize,
    pub(super) item: Option<usize>,
}

/// Where every question of a questionnaire stands on paper.
pub(super) struct Numbers {
    /// The blocks of each section, in order.
    pub(super) sections: Vec<Vec<Block>>,
    /// The number of each question; none for what is not asked on paper or is written at an option.
    pub(super) of: Vec<Option<Number>>,
}

impl Numbers {
    /// Numbers run through the whole form, so that “Câu 7” is one question.
    pub(super) fn of(q: &Questionnaire) -> Numbers {
        let sections: Vec<Vec<Block>> = q.sections.iter().map(|s| blocks(q, s.questions.clone())).collect();
        let mut of = vec![None; q.questions.len()];
        let mut last = 0;
        let mut give = |position: usize, number: Number| {
            if let Some(place) = of.get_mut(position) {
                *place = Some(number);
            }
        };
        for block in sections.iter().flatten() {
            match block {
                Block::One(p) if q.questions.get(*p).is_some_and(|q| matches!(q.kind, Kind::Note)) => {}
                Block::One(p) => {
                    last += 1;
                    give(*p, Number { question: last, item: None });
                }
                Block::Table(all) => all.iter().for_each(|p| {
                    last += 1;
                    give(*p, Number { question: last, item: None });
                }),
                Block::Matrix(_, all) => {
                    last += 1;
                    (1..).zip(all).for_each(|(item, p)| give(*p, Number { question: last, item: Some(item) }));
                }
            }
        }
        Numbers { sections, of }
    }
}

fn blocks(q: &Questionnaire, positions: std::ops::Range<usize>) -> Vec<Block> {
    let mut all: Vec<Block> = Vec::new();
    for position in positions {
        let Some(question) = q.questions.get(position) else { continue };
        if question.specifies.is_some() || matches!(question.kind, Kind::Hidden { .. } | Kind::Calculated { .. }) {
            continue;
        }
        match (question.matrix, all.last_mut()) {
            (Some(m), Some(Block::Matrix(same, items))) if *same == m => items.push(position),
            (Some(m), _) => all.push(Block::Matrix(m, vec![position])),
            (None, Some(Block::Table(before))) if on_one_scale(q, before.last().copied(), position) => before.push(position),
            (None, last) => {
                let before = last.as_ref().and_then(|b| if let Block::One(p) = b { Some(*p) } else { None });
                match (before.filter(|_| on_one_scale(q, before, position)), last) {
                    (Some(before), Some(last)) => *last = Block::Table(vec![before, position]),
                    _ => all.push(Block::One(position)),
                }
            }
        }
    }
    all
}

/// Whether two questions can be rows of one table: the same named scale, nothing to write at an option, no filter.
fn on_one_scale(q: &Questionnaire, before: Option<usize>, position: usize) -> bool {
    let scale = |p: usize| {
        let question = q.questions.get(p)?;
        let Kind::Single { scale, options, .. } = &question.kind else { return None };
        let plain = question.choice_filter.is_none() && !options.iter().any(|o| o.specify);
        scale.as_ref().filter(|_| plain && question.matrix.is_none())
    };
    before.and_then(scale).is_some_and(|s| scale(position) == Some(s))
}
