//! Conditions: the part of the XLSForm expression language that `docs/QUESTIONNAIRES.md` lists.
//!
//! One engine for skip logic and constraints: an expression is parsed once ([`parse`]), its names and types are checked while
//! parsing, and the tree is evaluated against answers ([`Condition::holds`]). [`never_holds`] decides whether any combination of answers can
//! fulfil it, by trying one representative of every class of answers the expression can tell apart.

use serde::{Serialize, Serializer};

use super::model::{Answer, Answers, Choice, Kind, Question, Questionnaire};

mod parser;
mod words;

pub use parser::{Mistake, parse, parse_filter, parse_value};
pub use words::Wording;

/// A parsed condition together with the words it was written in.
#[derive(Debug, Clone)]
pub struct Condition {
    /// As written.
    pub source: String,
    expr: Expr,
}

impl Serialize for Condition {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        self.source.serialize(s)
    }
}

/// A parsed calculation together with the words it was written in.
#[derive(Debug, Clone)]
pub struct Expression {
    /// As written.
    pub source: String,
    /// Whether its value is a number; a text otherwise.
    pub numeric: bool,
    expr: Expr,
}

impl Serialize for Expression {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        self.source.serialize(s)
    }
}

impl Expression {
    /// The value as an answer; none when it is empty or no number comes out.
    #[must_use]
    pub fn value(&self, questionnaire: &Questionnaire, answers: &Answers, this: usize) -> Option<Answer> {
        let scope = Scope { questions: &questionnaire.questions, answers, this, option: None };
        match scope.value(&self.expr) {
            Value::Text(t) if t.is_empty() => None,
            Value::Text(t) if !self.numeric => Some(Answer::Text(t)),
            other => Some(other.number()).filter(|n| n.is_finite()).map(Answer::Number),
        }
    }
}

/// An expression; questions are positions in [`Questionnaire::questions`].
#[derive(Debug, Clone, PartialEq)]
enum Expr {
    Question(usize),
    This,
    /// A property of the option a filter looks at; `name` is its code.
    Attribute(String),
    Text(String),
    Number(f64),
    Not(Box<Expr>),
    And(Box<Expr>, Box<Expr>),
    Or(Box<Expr>, Box<Expr>),
    Compare(Comparison, Box<Expr>, Box<Expr>),
    Calculate(Operation, Box<Expr>, Box<Expr>),
    Negate(Box<Expr>),
    Selected(Box<Expr>, String),
    CountSelected(Box<Expr>),
    StringLength(Box<Expr>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operation {
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
}

/// What an expression evaluates to. An unanswered question is the empty text, as in XLSForm.
#[derive(Debug, Clone, PartialEq)]
enum Value {
    Text(String),
    Number(f64),
    Truth(bool),
}

impl Value {
    fn truth(&self) -> bool {
        match self {
            Value::Truth(b) => *b,
            Value::Number(n) => *n != 0.0 && !n.is_nan(),
            Value::Text(t) => !t.is_empty(),
        }
    }

    /// The value as a number; a text that is none is NaN, and every order comparison with NaN is false.
    fn number(&self) -> f64 {
        match self {
            Value::Truth(b) => f64::from(u8::from(*b)),
            Value::Number(n) => *n,
            Value::Text(t) => t.trim().parse().unwrap_or(f64::NAN),
        }
    }
}

impl Condition {
    /// Whether the condition holds. `this` is the question that `.` stands for.
    #[must_use]
    pub fn holds(&self, questionnaire: &Questionnaire, answers: &Answers, this: usize) -> bool {
        Scope { questions: &questionnaire.questions, answers, this, option: None }.value(&self.expr).truth()
    }

    /// Whether a choice filter lets this option of question `this` be offered.
    #[must_use]
    pub fn admits(&self, questionnaire: &Questionnaire, answers: &Answers, this: usize, option: &Choice) -> bool {
        Scope { questions: &questionnaire.questions, answers, this, option: Some(option) }.value(&self.expr).truth()
    }
}

struct Scope<'a> {
    questions: &'a [Question],
    answers: &'a Answers,
    this: usize,
    option: Option<&'a Choice>,
}

impl Scope<'_> {
    fn value(&self, expr: &Expr) -> Value {
        match expr {
            Expr::Question(q) => self.answer(*q),
            Expr::This => self.answer(self.this),
            Expr::Attribute(name) => Value::Text(self.option.map_or(String::new(), |o| {
                if name == "name" { o.code.clone() } else { o.attributes.get(name).cloned().unwrap_or_default() }
            })),
            Expr::Text(t) => Value::Text(t.clone()),
            Expr::Number(n) => Value::Number(*n),
            Expr::Not(e) => Value::Truth(!self.value(e).truth()),
            Expr::And(a, b) => Value::Truth(self.value(a).truth() && self.value(b).truth()),
            Expr::Or(a, b) => Value::Truth(self.value(a).truth() || self.value(b).truth()),
            Expr::Compare(c, a, b) => Value::Truth(compare(*c, &self.value(a), &self.value(b))),
            Expr::Calculate(op, a, b) => Value::Number(calculate(*op, self.value(a).number(), self.value(b).number())),
            Expr::Negate(e) => Value::Number(-self.value(e).number()),
            Expr::Selected(e, code) => Value::Truth(self.codes(e).iter().any(|c| c == code)),
            Expr::CountSelected(e) => Value::Number(f64::from(u32::try_from(self.codes(e).len()).unwrap_or(u32::MAX))),
            Expr::StringLength(e) => match self.value(e) {
                Value::Text(t) => Value::Number(f64::from(u32::try_from(t.chars().count()).unwrap_or(u32::MAX))),
                other => other,
            },
        }
    }

    fn answer(&self, question: usize) -> Value {
        match (self.questions.get(question), self.answers.get(question)) {
            (Some(_), Some(Answer::Number(n))) => Value::Number(*n),
            (Some(_), Some(Answer::Text(t))) => Value::Text(t.clone()),
            (Some(_), Some(Answer::Date(day))) => Value::Text(day.to_string()),
            (Some(q), Some(answer)) => Value::Text(q.answer_codes(answer).join(" ")),
            _ => Value::Text(String::new()),
        }
    }

    fn codes(&self, expr: &Expr) -> Vec<&str> {
        let question = match expr {
            Expr::Question(q) => *q,
            _ => self.this,
        };
        match (self.questions.get(question), self.answers.get(question)) {
            (Some(q), Some(answer)) => q.answer_codes(answer),
            _ => Vec::new(),
        }
    }
}

/// Equality compares as numbers when one side is a number, as texts otherwise (XPath 1.0, section 3.4).
fn compare(c: Comparison, a: &Value, b: &Value) -> bool {
    let as_numbers = matches!(a, Value::Number(_)) || matches!(b, Value::Number(_));
    let equal = || match (a, b) {
        (Value::Text(x), Value::Text(y)) => x == y,
        (Value::Truth(_), _) | (_, Value::Truth(_)) if !as_numbers => a.truth() == b.truth(),
        _ => a.number() == b.number(),
    };
    match c {
        Comparison::Equal => equal(),
        Comparison::NotEqual => !equal(),
        Comparison::Less => a.number() < b.number(),
        Comparison::LessOrEqual => a.number() <= b.number(),
        Comparison::Greater => a.number() > b.number(),
        Comparison::GreaterOrEqual => a.number() >= b.number(),
    }
}

fn calculate(op: Operation, a: f64, b: f64) -> f64 {
    match op {
        Operation::Add => a + b,
        Operation::Subtract => a - b,
        Operation::Multiply => a * b,
        Operation::Divide => a / b,
        Operation::Remainder => a % b,
    }
}

/// Combinations tried before giving up on a decision; a condition over more is taken as possible.
const MOST_COMBINATIONS: usize = 200_000;

/// Whether no combination of answers fulfils all these conditions together (a question's own and its section's).
///
/// A question whose answers can be listed gets all of them; another gets one representative of each class of answers the expressions can tell apart: each option; each number written in
/// the expressions with its neighbours and the bounds; each text written there and texts of each length compared with; no answer, unless
/// the question is always asked and required. `this` is the question that `.` stands for; it is taken as answered.
#[must_use]
pub fn never_holds(
    questions: &[Question],
    conditions: &[&Condition],
    this: Option<usize>,
    always_answered: &dyn Fn(usize) -> bool,
) -> bool {
    let mut seen = Mentioned::default();
    for c in conditions {
        seen.visit(&c.expr, this);
    }
    let mut domains: Vec<(usize, Vec<Option<Answer>>)> = Vec::new();
    let mut combinations = 1usize;
    for &q in &seen.questions {
        let Some(question) = questions.get(q) else { continue };
        let every = every_answer(question);
        let listed =
            !matches!(question.kind, Kind::Date { .. } | Kind::Ranking { .. } | Kind::Note | Kind::Hidden { .. } | Kind::Calculated { .. });
        if every.is_none() && (seen.relational || !listed) {
            return false;
        }
        let mut domain = every.unwrap_or_else(|| seen.representatives(question));
        if Some(q) != this && !always_answered(q) {
            domain.push(None);
        }
        combinations = combinations.saturating_mul(domain.len().max(1));
        domains.push((q, domain));
    }
    if combinations > MOST_COMBINATIONS {
        return false;
    }
    let holds = |answers: &Answers| {
        let scope = Scope { questions, answers, this: this.unwrap_or(usize::MAX), option: None };
        conditions.iter().all(|c| scope.value(&c.expr).truth())
    };
    !(0..combinations).any(|mut n| {
        let mut answers = Answers::default();
        for (q, domain) in &domains {
            if let Some(Some(answer)) = domain.get(n % domain.len().max(1)) {
                answers.given.insert(*q, answer.clone());
            }
            n /= domain.len().max(1);
        }
        holds(&answers)
    })
}

/// Every possible answer, for questions where they can be listed.
fn every_answer(question: &Question) -> Option<Vec<Option<Answer>>> {
    const MOST_NUMBERS: f64 = 1_000.0;
    match &question.kind {
        Kind::Single { options, not_applicable, refused, .. } => {
            let mut all: Vec<_> = (1u8..).zip(options).map(|(n, _)| Some(Answer::Choice(n))).collect();
            all.extend(not_applicable.iter().map(|_| Some(Answer::NotApplicable)));
            all.extend(refused.iter().map(|_| Some(Answer::Refused)));
            Some(all)
        }
        Kind::Consent => Some(vec![Some(Answer::Choice(1))]),
        Kind::Number { min: Some(min), max: Some(max), decimals, .. } => {
            let scale = 10f64.powi(i32::from(*decimals));
            let (first, last) = ((min * scale).ceil(), (max * scale).floor());
            (last - first <= MOST_NUMBERS).then(|| {
                std::iter::successors(Some(first), |n| Some(n + 1.0))
                    .take_while(|n| *n <= last)
                    .map(|n| Some(Answer::Number(n / scale)))
                    .collect()
            })
        }
        _ => None,
    }
}

/// What expressions mention: questions, numbers, texts.
#[derive(Debug, Default)]
struct Mentioned {
    /// Whether answers are calculated with or compared with each other: then a few representatives decide nothing.
    relational: bool,
    questions: Vec<usize>,
    numbers: Vec<f64>,
    texts: Vec<String>,
}

impl Mentioned {
    fn visit(&mut self, expr: &Expr, this: Option<usize>) {
        match expr {
            Expr::Question(q) => self.question(*q),
            Expr::This => {
                if let Some(q) = this {
                    self.question(q);
                }
            }
            Expr::Attribute(_) => self.relational = true,
            Expr::Text(t) => self.texts.push(t.clone()),
            Expr::Number(n) => self.numbers.push(*n),
            Expr::Negate(e) => {
                self.relational |= !matches!(**e, Expr::Number(_));
                self.visit(e, this);
            }
            Expr::Not(e) | Expr::CountSelected(e) | Expr::StringLength(e) => self.visit(e, this),
            Expr::Selected(e, code) => {
                self.texts.push(code.clone());
                self.visit(e, this);
            }
            Expr::And(a, b) | Expr::Or(a, b) => {
                self.visit(a, this);
                self.visit(b, this);
            }
            Expr::Compare(_, a, b) => {
                let constant = |e: &Expr| matches!(e, Expr::Text(_) | Expr::Number(_));
                self.relational |= !constant(a) && !constant(b);
                self.visit(a, this);
                self.visit(b, this);
            }
            Expr::Calculate(_, a, b) => {
                self.relational = true;
                self.visit(a, this);
                self.visit(b, this);
            }
        }
    }

    fn question(&mut self, q: usize) {
        if !self.questions.contains(&q) {
            self.questions.push(q);
        }
    }

    fn representatives(&self, question: &Question) -> Vec<Option<Answer>> {
        match &question.kind {
            Kind::Number { min, max, decimals, .. } => {
                let step = 10f64.powi(-i32::from(*decimals));
                let mut points = vec![0.0];
                points.extend(min.iter().chain(max.iter()));
                points.extend(self.numbers.iter().flat_map(|n| [n - step, *n, n + step, n.floor(), n.ceil()]));
                points
                    .retain(|v| min.is_none_or(|m| *v >= m) && max.is_none_or(|m| *v <= m) && ((v / step).round() * step - v).abs() < 1e-9);
                points.sort_by(f64::total_cmp);
                points.dedup();
                points.into_iter().map(|v| Some(Answer::Number(v))).collect()
            }
            Kind::Text { max_length, .. } => {
                let lengths =
                    self.numbers.iter().flat_map(|n| [n - 1.0, *n, n + 1.0]).filter(|n| *n >= 1.0 && *n <= f64::from(*max_length));
                #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 1 and max_length")]
                let mut texts: Vec<String> = lengths.map(|n| "x".repeat(n as usize)).collect();
                texts.extend(self.texts.iter().filter(|t| !t.is_empty()).cloned());
                texts.extend(self.numbers.iter().map(ToString::to_string));
                texts.push("x".to_owned());
                texts.into_iter().map(|t| Some(Answer::Text(t))).collect()
            }
            Kind::Multiple { options, min_selected, max_selected, .. } => self.subsets(options, *min_selected, *max_selected),
            _ => every_answer(question).unwrap_or_default(),
        }
    }

    /// Subsets that differ in the options mentioned by name, filled up with others to every possible size.
    fn subsets(&self, options: &[super::model::Choice], least: Option<u8>, most: Option<u8>) -> Vec<Option<Answer>> {
        let numbered = || (1u8..).zip(options);
        let named: Vec<u8> = numbered().filter(|(_, c)| self.texts.contains(&c.code)).map(|(n, _)| n).take(12).collect();
        let others: Vec<u8> = numbered().filter(|(n, c)| !named.contains(n) && !c.exclusive).map(|(n, _)| n).collect();
        let exclusive = |n: u8| options.get(usize::from(n) - 1).is_some_and(|c| c.exclusive);
        let mut sets = Vec::new();
        for mask in 0u32..1 << named.len() {
            for filler in 0..=others.len() {
                let mut set: Vec<u8> = named.iter().enumerate().filter(|(i, _)| mask >> i & 1 == 1).map(|(_, n)| *n).collect();
                set.extend(others.iter().take(filler));
                set.sort_unstable();
                let size_fits = !set.is_empty()
                    && least.is_none_or(|m| set.len() >= usize::from(m))
                    && most.is_none_or(|m| set.len() <= usize::from(m));
                if size_fits && (set.len() == 1 || !set.iter().any(|n| exclusive(*n))) {
                    sets.push(Some(Answer::Choices(set)));
                }
            }
        }
        sets
    }
}
