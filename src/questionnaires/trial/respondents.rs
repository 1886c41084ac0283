//! Random respondents: valid answers from a seed, one respondent after the other.
//!
//! A respondent walks through the questions in order and answers what is asked: a required question always, another with probability 0.8. Options come from
//! those that are offered; numbers, texts and hidden values often from the literals of the conditions and their neighbours, so that conditions vary; what
//! a constraint refuses is drawn again. The generator is ChaCha8, so a seed gives the same respondents on every machine.

use chrono::{Days, NaiveDate};
use rand::seq::{IndexedRandom, SliceRandom};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::super::model::{Answer, Answers, Choice, Kind, Question};
use super::Questionnaire;

/// How often a constraint may refuse before the respondent gives up on the question.
const TRIES: usize = 60;
/// How many respondents in a row may fail before there are no more.
const FAILURES: usize = 20;
/// Share of questions answered that need no answer.
const ANSWERED: f64 = 0.8;

/// An endless row of respondents, unless a required question cannot be answered.
pub struct Respondents<'a> {
    questionnaire: &'a Questionnaire,
    day: NaiveDate,
    random: ChaCha8Rng,
    numbers: Vec<f64>,
    texts: Vec<String>,
    stuck: Option<String>,
}

impl<'a> Respondents<'a> {
    /// Respondents who answer on this day.
    #[must_use]
    pub fn new(questionnaire: &'a Questionnaire, seed: u64, day: NaiveDate) -> Self {
        let (numbers, texts) = literals(questionnaire);
        Respondents { questionnaire, day, random: ChaCha8Rng::seed_from_u64(seed), numbers, texts, stuck: None }
    }

    /// Code of the required question for which no valid answer was found, when there are no more respondents.
    #[must_use]
    pub fn stuck(&self) -> Option<&str> {
        self.stuck.as_deref()
    }

    fn one(&mut self) -> Result<Answers, String> {
        let mut answers = Answers::on(self.day);
        for (position, question) in self.questionnaire.questions.iter().enumerate() {
            if matches!(question.kind, Kind::Calculated { .. }) {
                answers = self.questionnaire.settle(answers);
            }
            if !self.questionnaire.asks(position, &answers) || matches!(question.kind, Kind::Note | Kind::Calculated { .. }) {
                continue;
            }
            if !question.required && !self.random.random_bool(ANSWERED) {
                continue;
            }
            if self.valid(position, question, &mut answers).is_none() && question.required {
                return Err(question.code.clone());
            }
        }
        Ok(self.questionnaire.settle(answers))
    }

    /// Draws until the constraint holds, and leaves the answer there.
    fn valid(&mut self, position: usize, question: &Question, answers: &mut Answers) -> Option<()> {
        for _ in 0..TRIES {
            let answer = self.answer(position, question, answers)?;
            answers.given.insert(position, answer);
            if question.constraint.as_ref().is_none_or(|c| c.condition.holds(self.questionnaire, answers, position)) {
                return Some(());
            }
            answers.given.remove(&position);
        }
        None
    }

    fn answer(&mut self, position: usize, question: &Question, answers: &Answers) -> Option<Answer> {
        let offered = self.questionnaire.offered(position, answers);
        match &question.kind {
            Kind::Single { not_applicable, refused, .. } => {
                let mut all: Vec<Answer> = offered.iter().map(|(n, _)| Answer::Choice(*n)).collect();
                all.extend(not_applicable.iter().map(|_| Answer::NotApplicable));
                all.extend(refused.iter().map(|_| Answer::Refused));
                all.choose(&mut self.random).cloned()
            }
            Kind::Multiple { min_selected, max_selected, .. } => self.several(&offered, *min_selected, *max_selected),
            Kind::Ranking { least, places, .. } => {
                let mut all: Vec<u8> = offered.iter().map(|(n, _)| *n).collect();
                all.shuffle(&mut self.random);
                let most = usize::from(*places).min(all.len());
                let least = usize::from(*least);
                if least > most || all.is_empty() {
                    return None;
                }
                all.truncate(self.random.random_range(least..=most));
                Some(Answer::Ranking(all))
            }
            Kind::Number { min, max, decimals, .. } => Some(Answer::Number(self.number(*min, *max, *decimals))),
            Kind::Text { max_length, .. } | Kind::Hidden { max_length } => Some(Answer::Text(self.text(*max_length))),
            Kind::Consent => Some(Answer::Choice(1)),
            Kind::Date { earliest, latest } => {
                let last = latest.and_then(|d| d.date(Some(self.day))).unwrap_or(self.day);
                let first = earliest.and_then(|d| d.date(Some(self.day))).unwrap_or_else(|| last - Days::new(3650));
                let days = u64::try_from((last - first).num_days()).ok()?;
                Some(Answer::Date(first + Days::new(self.random.random_range(0..=days))))
            }
            Kind::Note | Kind::Calculated { .. } => None,
        }
    }

    /// One exclusive option alone, or some of the others.
    fn several(&mut self, offered: &[(u8, &Choice)], least: Option<u8>, most: Option<u8>) -> Option<Answer> {
        let (alone, together): (Vec<_>, Vec<_>) = offered.iter().partition(|(_, c)| c.exclusive);
        let least = usize::from(least.unwrap_or(1).max(1));
        let most = most.map_or(together.len(), usize::from).min(together.len());
        let one_alone = |random: &mut ChaCha8Rng| alone.choose(random).map(|(n, _)| Answer::Choices(vec![*n]));
        if least > most || (!alone.is_empty() && self.random.random_bool(0.2)) {
            return one_alone(&mut self.random);
        }
        let mut all: Vec<u8> = together.iter().map(|(n, _)| *n).collect();
        all.shuffle(&mut self.random);
        all.truncate(self.random.random_range(least..=most));
        all.sort_unstable();
        Some(Answer::Choices(all))
    }

    fn number(&mut self, min: Option<f64>, max: Option<f64>, decimals: u8) -> f64 {
        let scale = 10f64.powi(i32::from(decimals));
        let low = min.unwrap_or_else(|| max.map_or(0.0, |m| m.min(0.0) - 100.0));
        let high = max.unwrap_or(low.max(0.0) + 100.0);
        let near: Vec<f64> = self.numbers.iter().flat_map(|n| [n - 1.0, *n, n + 1.0]).filter(|n| *n >= low && *n <= high).collect();
        let drawn = match near.choose(&mut self.random) {
            Some(n) if self.random.random_bool(0.5) => *n,
            _ => self.random.random_range(low..=high),
        };
        let rounded = (drawn * scale).round() / scale;
        if rounded < low || rounded > high { low } else { rounded }
    }

    fn text(&mut self, max_length: u32) -> String {
        const WORDS: [&str; 8] = ["đúng hẹn", "chờ lâu", "hướng dẫn rõ", "giấy tờ", "cảm ơn", "Nguyễn", "quầy số 3", "a"];
        let fits = |t: &&String| !t.trim().is_empty() && u32::try_from(t.chars().count()).is_ok_and(|n| n <= max_length);
        let written: Vec<&String> = self.texts.iter().filter(fits).collect();
        if let Some(text) = written.choose(&mut self.random)
            && self.random.random_bool(0.5)
        {
            return (*text).clone();
        }
        let count = self.random.random_range(1..=6);
        let words: Vec<&str> = (0..count).filter_map(|_| WORDS.choose(&mut self.random).copied()).collect();
        let most = usize::try_from(max_length).unwrap_or(usize::MAX);
        words.join(" ").chars().take(most).collect::<String>().trim().to_owned()
    }
}

impl Iterator for Respondents<'_> {
    type Item = Answers;

    fn next(&mut self) -> Option<Answers> {
        for _ in 0..FAILURES {
            match self.one() {
                Ok(answers) => return Some(answers),
                Err(question) => self.stuck = Some(question),
            }
        }
        None
    }
}

/// Numbers and quoted texts that the expressions of the questionnaire name.
fn literals(questionnaire: &Questionnaire) -> (Vec<f64>, Vec<String>) {
    let (mut numbers, mut texts) = (Vec::new(), Vec::new());
    let sections = questionnaire.sections.iter().filter_map(|s| s.relevant.as_ref()).map(|c| c.source.as_str());
    let questions = questionnaire.questions.iter().flat_map(|q| {
        let calculation = if let Kind::Calculated { calculation } = &q.kind { Some(calculation.source.as_str()) } else { None };
        let conditions = [q.relevant.as_ref(), q.choice_filter.as_ref(), q.constraint.as_ref().map(|c| &c.condition)];
        conditions.into_iter().flatten().map(|c| c.source.as_str()).chain(calculation).collect::<Vec<_>>()
    });
    for source in sections.chain(questions) {
        for (n, piece) in source.split(['\'', '"']).enumerate() {
            if n % 2 == 1 {
                texts.push(piece.to_owned());
            } else {
                numbers.extend(piece.split(|c: char| !c.is_ascii_digit() && c != '.').filter_map(|t| t.parse::<f64>().ok()));
            }
        }
    }
    (numbers, texts)
}
