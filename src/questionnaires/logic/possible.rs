//! Whether any answers can fulfil a condition.
//!
//! A search that goes through the questions a condition names, one after another, and leaves a branch as soon as the condition is false
//! whatever the rest is answered (Kleene's three values; today's date and what cannot be listed stay unknown). A question whose answers
//! can be listed gets all of them. Another one that is only compared with constants gets one representative of each class of answers the
//! expressions can tell apart. Everything else counts as unknown, and so does what the search has no [`Tries`] left for. Unknown means
//! possible: the answer "never" is certain, its absence is not.

use std::cell::Cell;

use chrono::{Days, NaiveDate};

use super::super::model::{Answer, Answers, Choice, Day, Kind, Question};
use super::eval::Scope;
use super::value;
use super::{Condition, Expr, Function};

/// How many evaluations the check of one questionnaire may still cost, so that a hostile one costs little more than an honest one.
#[derive(Debug)]
pub struct Tries(Cell<usize>);

impl Default for Tries {
    fn default() -> Self {
        Tries(Cell::new(20_000))
    }
}

/// The most evaluations one condition may cost.
const MOST_TRIES: usize = 2_000;
/// The most answers listed for one question.
const MOST_ANSWERS: usize = 1_000;

/// Whether no combination of answers fulfils all these conditions together (a question's own and its section's).
///
/// `this` is the question that `.` stands for; it is taken as answered. `always_answered` tells whether a question is asked of everybody and
/// must be answered; of a calculated one, whether it is computed for everybody.
#[must_use]
pub fn never_holds(
    questions: &[Question],
    conditions: &[&Condition],
    this: Option<usize>,
    always_answered: &dyn Fn(usize) -> bool,
    tries: &Tries,
) -> bool {
    let mut seen = Mentioned { questions, this, uses: Vec::new() };
    for c in conditions {
        seen.condition(&c.expr);
    }
    let variables = seen.variables(always_answered);
    let allowed = tries.0.get().min(MOST_TRIES);
    let mut search = Search {
        questions,
        conditions,
        this: this.unwrap_or(usize::MAX),
        variables: &variables,
        answers: Answers::default(),
        known: vec![false; questions.len()],
        left: allowed,
    };
    let possible = search.possible(0);
    tries.0.set(tries.0.get() - (allowed - search.left));
    !possible
}

/// A question and what it is tried with.
struct Variable {
    question: usize,
    domain: Vec<Trial>,
}

enum Trial {
    Answer(Answer),
    Nothing,
    /// What the calculation gives.
    Computed,
}

struct Search<'a> {
    questions: &'a [Question],
    conditions: &'a [&'a Condition],
    this: usize,
    variables: &'a [Variable],
    answers: Answers,
    known: Vec<bool>,
    left: usize,
}

impl Search<'_> {
    fn possible(&mut self, next: usize) -> bool {
        if self.left == 0 {
            return true;
        }
        self.left -= 1;
        let scope = self.scope();
        let mut unknown = false;
        for c in self.conditions {
            match scope.value(&c.expr) {
                Some(v) if !v.truth() => return false,
                Some(_) => {}
                None => unknown = true,
            }
        }
        let Some(variable) = self.variables.get(next).filter(|_| unknown) else { return true };
        let found = variable.domain.iter().any(|trial| {
            let Some(answer) = self.trial(variable.question, trial) else { return self.possible(next + 1) };
            self.set(variable.question, answer, true);
            self.possible(next + 1)
        });
        self.set(variable.question, None, false);
        found
    }

    fn scope(&self) -> Scope<'_> {
        Scope { questions: self.questions, language: None, answers: &self.answers, this: self.this, option: None, known: Some(&self.known) }
    }

    /// The answer tried; none when a calculation's value cannot be known.
    fn trial(&self, question: usize, trial: &Trial) -> Option<Option<Answer>> {
        match trial {
            Trial::Answer(a) => Some(Some(a.clone())),
            Trial::Nothing => Some(None),
            Trial::Computed => match self.questions.get(question).map(|q| &q.kind) {
                Some(Kind::Calculated { calculation }) => self.scope().value(&calculation.expr).map(|v| calculation.answer(v)),
                _ => None,
            },
        }
    }

    fn set(&mut self, question: usize, answer: Option<Answer>, known: bool) {
        match answer {
            Some(a) => self.answers.given.insert(question, a),
            None => self.answers.given.remove(&question),
        };
        if let Some(k) = self.known.get_mut(question) {
            *k = known;
        }
    }
}

/// How a question is used: with which constants it is compared, or in other ways.
#[derive(Debug, Default)]
struct Use {
    question: usize,
    /// Whether only its options, its number, its length or its equality with constants matter.
    plain: bool,
    numbers: Vec<f64>,
    texts: Vec<String>,
    days: Vec<NaiveDate>,
}

struct Mentioned<'a> {
    questions: &'a [Question],
    this: Option<usize>,
    /// In the order of the first mention.
    uses: Vec<Use>,
}

impl<'a> Mentioned<'a> {
    fn condition(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Apply(Function::And | Function::Or | Function::Not, parts) => parts.iter().for_each(|e| self.condition(e)),
            Expr::Apply(f, parts) if f.is_comparison() => match parts.as_slice() {
                [a, b] if is_constant(b) => self.compared(a, b),
                [a, b] if is_constant(a) => self.compared(b, a),
                _ => parts.iter().for_each(|e| self.otherwise(e)),
            },
            Expr::Apply(Function::Selected, parts) => match parts.as_slice() {
                [a, Expr::Text(code)] if self.question(a).is_some() => {
                    if let Some(found) = self.used(a) {
                        found.texts.push(code.clone());
                    }
                }
                _ => parts.iter().for_each(|e| self.otherwise(e)),
            },
            other => self.otherwise(other),
        }
    }

    fn question(&self, expr: &Expr) -> Option<usize> {
        match expr {
            Expr::Question { position, .. } => Some(*position),
            Expr::This => self.this,
            _ => None,
        }
    }

    /// The record of a question, begun when it is mentioned first.
    fn used(&mut self, expr: &Expr) -> Option<&mut Use> {
        const MOST_QUESTIONS: usize = 100;
        let question = self.question(expr)?;
        if self.uses.len() >= MOST_QUESTIONS && !self.uses.iter().any(|u| u.question == question) {
            return None;
        }
        let at = self.uses.iter().position(|u| u.question == question).unwrap_or_else(|| {
            self.uses.push(Use { question, plain: true, ..Use::default() });
            self.uses.len() - 1
        });
        self.uses.get_mut(at)
    }

    /// A comparison with a constant.
    fn compared(&mut self, side: &'a Expr, constant: &Expr) {
        let subject = match side {
            Expr::Apply(Function::CountSelected | Function::StringLength, parts) => parts.first().unwrap_or(side),
            _ => side,
        };
        let Some(found) = self.used(subject) else { return self.otherwise(side) };
        match constant {
            Expr::Number(n) => found.numbers.push(*n),
            Expr::Apply(Function::Negate, parts) => {
                if let Some(Expr::Number(n)) = parts.first() {
                    found.numbers.push(-n);
                }
            }
            Expr::Text(t) => {
                found.texts.push(t.clone());
                found.numbers.extend(Some(value::number(t)).filter(|n| n.is_finite()));
            }
            Expr::Apply(Function::Date, parts) => {
                if let Some(Expr::Text(t)) = parts.first() {
                    found.days.extend(value::day(t));
                }
            }
            _ => {}
        }
    }

    /// Anything else that is done with the questions below.
    fn otherwise(&mut self, expr: &'a Expr) {
        let mut below = Vec::new();
        expr.walk(&mut |e| below.push(e));
        for e in below {
            if let Some(found) = self.used(e) {
                found.plain = false;
            }
        }
    }

    fn variables(mut self, always_answered: &dyn Fn(usize) -> bool) -> Vec<Variable> {
        // What calculations are made of is tried before them: they only look back, so the order of questions is the order of knowing.
        let mut calculated = false;
        let mut next = 0;
        while let Some(used) = self.uses.get(next) {
            next += 1;
            if let Some(Kind::Calculated { calculation }) = self.questions.get(used.question).map(|q| &q.kind) {
                calculated = true;
                self.otherwise(&calculation.expr);
            }
        }
        if calculated {
            self.uses.sort_by_key(|u| u.question);
        }
        let mut variables = Vec::new();
        for used in &self.uses {
            let Some(question) = self.questions.get(used.question) else { continue };
            let Some(mut domain) = used.domain(question) else { continue };
            if Some(used.question) != self.this && !always_answered(used.question) {
                domain.push(Trial::Nothing);
            }
            variables.push(Variable { question: used.question, domain });
        }
        variables
    }
}

fn is_constant(expr: &Expr) -> bool {
    match expr {
        Expr::Text(_) | Expr::Number(_) => true,
        Expr::Apply(Function::Negate, parts) => matches!(parts.as_slice(), [Expr::Number(_)]),
        Expr::Apply(Function::Date, parts) => matches!(parts.as_slice(), [Expr::Text(_)]),
        _ => false,
    }
}

impl Use {
    /// The answers to try; none when they cannot be listed and their classes cannot be told.
    fn domain(&self, question: &Question) -> Option<Vec<Trial>> {
        let answers = match &question.kind {
            Kind::Calculated { .. } => return Some(vec![Trial::Computed]),
            Kind::Note => Vec::new(),
            Kind::Single { options, not_applicable, refused, .. } => {
                let mut all: Vec<_> = (1u8..).zip(options).map(|(n, _)| Answer::Choice(n)).collect();
                all.extend(not_applicable.iter().map(|_| Answer::NotApplicable));
                all.extend(refused.iter().map(|_| Answer::Refused));
                all
            }
            Kind::Consent => vec![Answer::Choice(1)],
            Kind::Number { min, max, decimals, .. } => self.numbers(*min, *max, *decimals)?,
            Kind::Date { earliest, latest } => self.days(*earliest, *latest)?,
            Kind::Text { max_length, .. } | Kind::Hidden { max_length } => self.texts(*max_length)?,
            Kind::Multiple { options, min_selected, max_selected, .. } => self.subsets(options, *min_selected, *max_selected)?,
            Kind::Ranking { options, least, places } => rankings(options.len(), *least, *places)?,
        };
        Some(answers.into_iter().map(Trial::Answer).collect())
    }

    /// All numbers between the bounds, or those at and around each constant.
    fn numbers(&self, min: Option<f64>, max: Option<f64>, decimals: u8) -> Option<Vec<Answer>> {
        const EXACT: f64 = 1e15;
        let scale = 10f64.powi(i32::from(decimals));
        let (first, last) = (min.map(|m| (m * scale).ceil()), max.map(|m| (m * scale).floor()));
        let mut steps: Vec<f64> = match (first, last) {
            (Some(first), Some(last)) if last - first < 1_000.0 => {
                std::iter::successors(Some(first), |n| Some(n + 1.0)).take_while(|n| *n <= last).collect()
            }
            _ if !self.plain => return None,
            _ => {
                let around = self.numbers.iter().flat_map(|n| (-1i8..=2).map(move |d| (n * scale).floor() + f64::from(d)));
                around.chain(first).chain(last).chain([0.0]).collect()
            }
        };
        if steps.iter().any(|n| n.abs() > EXACT) {
            return None;
        }
        steps.retain(|n| first.is_none_or(|f| *n >= f) && last.is_none_or(|l| *n <= l));
        steps.sort_by(f64::total_cmp);
        steps.dedup();
        Some(steps.into_iter().map(|n| Answer::Number(n / scale)).collect())
    }

    /// All days between the bounds, or those at and around each constant. A bound that is today is left out: more days are tried than
    /// there are.
    fn days(&self, earliest: Option<Day>, latest: Option<Day>) -> Option<Vec<Answer>> {
        let (first, last) = (earliest.and_then(|d| d.date(None)), latest.and_then(|d| d.date(None)));
        let mut days: Vec<NaiveDate> = match (first, last) {
            (Some(first), Some(last)) if (last - first).num_days() < 1_000 => first.iter_days().take_while(|d| *d <= last).collect(),
            _ if !self.plain => return None,
            _ => {
                let around = |d: &NaiveDate| [d.checked_sub_days(Days::new(1)), Some(*d), d.checked_add_days(Days::new(1))];
                self.days.iter().flat_map(around).flatten().chain(first).chain(last).chain([NaiveDate::default()]).collect()
            }
        };
        days.retain(|d| first.is_none_or(|f| *d >= f) && last.is_none_or(|l| *d <= l));
        days.sort_unstable();
        days.dedup();
        Some(days.into_iter().map(Answer::Date).collect())
    }

    /// The texts compared with, and a text that is none of them for each length compared with.
    fn texts(&self, max_length: u32) -> Option<Vec<Answer>> {
        if !self.plain {
            return None;
        }
        let filler = ('a'..).find(|c| !self.texts.iter().any(|t| t.contains(*c))).unwrap_or('\u{fffd}');
        let lengths = self.numbers.iter().flat_map(|n| (-1i8..=1).map(move |d| n.floor() + f64::from(d)));
        let mut lengths: Vec<f64> = lengths.chain([1.0]).filter(|n| *n >= 1.0 && *n <= f64::from(max_length)).collect();
        lengths.sort_by(f64::total_cmp);
        lengths.dedup();
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 1 and max_length")]
        let made = lengths.into_iter().map(|n| filler.to_string().repeat(n as usize));
        let fits = |t: &&String| !t.is_empty() && u32::try_from(t.chars().count()).is_ok_and(|n| n <= max_length);
        Some(self.texts.iter().filter(fits).cloned().chain(made).map(Answer::Text).collect())
    }

    /// All sets of options where there are few. Else those that differ in the options mentioned by name, filled up with others to every
    /// possible size.
    fn subsets(&self, options: &[Choice], least: Option<u8>, most: Option<u8>) -> Option<Vec<Answer>> {
        const FEW: usize = 9;
        let numbered = || (1u8..).zip(options);
        let all = options.len() <= FEW;
        let named: Vec<u8> = numbered().filter(|(_, c)| all || self.texts.contains(&c.code)).map(|(n, _)| n).collect();
        let others: Vec<u8> = numbered().filter(|(n, c)| !named.contains(n) && !c.exclusive).map(|(n, _)| n).collect();
        let alone = numbered().find(|(n, c)| !named.contains(n) && c.exclusive).map(|(n, _)| vec![n]);
        let sets = 1usize.checked_shl(u32::try_from(named.len()).ok()?)?.checked_mul(others.len() + 1)?;
        if named.len() > 16 || sets > 4 * MOST_ANSWERS || !(all || self.plain) {
            return None;
        }
        let exclusive = |n: u8| options.get(usize::from(n) - 1).is_some_and(|c| c.exclusive);
        let possible = |set: &Vec<u8>| {
            !set.is_empty()
                && least.is_none_or(|m| set.len() >= usize::from(m))
                && most.is_none_or(|m| set.len() <= usize::from(m))
                && (set.len() == 1 || !set.iter().any(|n| exclusive(*n)))
        };
        let masks = 0u32..1 << named.len();
        let sets = masks.flat_map(|mask| {
            let chosen: Vec<u8> = named.iter().enumerate().filter(|(i, _)| mask >> i & 1 == 1).map(|(_, n)| *n).collect();
            (0..=others.len()).map(|filler| chosen.iter().chain(others.iter().take(filler)).copied().collect()).collect::<Vec<Vec<u8>>>()
        });
        Some(
            sets.chain(alone)
                .filter(possible)
                .map(|mut set| {
                    set.sort_unstable();
                    Answer::Choices(set)
                })
                .collect(),
        )
    }
}

/// All orders of some of the options, where they are few.
fn rankings(options: usize, least: u8, places: u8) -> Option<Vec<Answer>> {
    let options = u8::try_from(options).ok()?;
    let mut all: Vec<Vec<u8>> = Vec::new();
    let mut rows: Vec<Vec<u8>> = vec![Vec::new()];
    for length in 1..=places {
        rows = rows
            .iter()
            .flat_map(|row| (1..=options).filter(|n| !row.contains(n)).map(|n| row.iter().copied().chain([n]).collect()))
            .take(MOST_ANSWERS + 1)
            .collect();
        if length >= least {
            all.extend(rows.iter().cloned());
        }
        if all.len() > MOST_ANSWERS || rows.len() > MOST_ANSWERS {
            return None;
        }
    }
    Some(all.into_iter().map(Answer::Ranking).collect())
}
