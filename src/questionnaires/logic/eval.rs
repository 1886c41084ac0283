//! The value of a tree, given answers.

use chrono::NaiveDate;

use super::super::model::{Answer, Answers, Choice, Kind, Question, Questionnaire};
use super::value::{Value, formatted, is_space, joined, normalized, rounded, substring, translated};
use super::{Expr, Function, value};

/// What an expression sees.
#[derive(Clone, Copy)]
pub(super) struct Scope<'a> {
    pub(super) questions: &'a [Question],
    /// The language that `jr:choice-name` speaks.
    pub(super) language: Option<&'a str>,
    pub(super) answers: &'a Answers,
    pub(super) this: usize,
    pub(super) option: Option<&'a Choice>,
    /// Which answers are known, while looking for some that fulfil a condition; all of them otherwise. What depends on an unknown one has no
    /// value, and so have the day and the option.
    pub(super) known: Option<&'a [bool]>,
}

impl<'a> Scope<'a> {
    pub(super) fn of(questionnaire: &'a Questionnaire, answers: &'a Answers, this: usize) -> Self {
        let language = questionnaire.languages.first().map(String::as_str);
        Scope { questions: &questionnaire.questions, language, answers, this, option: None, known: None }
    }

    pub(super) fn holds(&self, expr: &Expr) -> bool {
        self.value(expr).is_some_and(|v| v.truth())
    }

    /// The value; none only when something is not known.
    pub(super) fn value(&self, expr: &Expr) -> Option<Value> {
        match expr {
            Expr::Question { position, .. } => self.answer(*position),
            Expr::This => self.answer(self.this),
            Expr::Attribute(name) => self.attribute(name),
            Expr::Text(t) => Some(Value::Text(t.clone())),
            Expr::Number(n) => Some(Value::Number(*n)),
            Expr::Truth(b) => Some(Value::Truth(*b)),
            Expr::Matches(e, pattern) => Some(Value::Truth(pattern.matches(&self.value(e)?.text()))),
            Expr::Apply(function, parts) => self.apply(*function, parts),
        }
    }

    fn attribute(&self, name: &str) -> Option<Value> {
        let Some(option) = self.option else { return self.known.is_none().then(Value::empty) };
        let text = if name == "name" { Some(&option.code) } else { option.attributes.get(name) };
        Some(Value::Text(text.cloned().unwrap_or_default()))
    }

    fn answer(&self, question: usize) -> Option<Value> {
        if self.known.is_some_and(|k| k.get(question) != Some(&true)) {
            return None;
        }
        let (Some(question), Some(answer)) = (self.questions.get(question), self.answers.get(question)) else {
            return Some(Value::empty());
        };
        Some(match answer {
            Answer::Number(n) => Value::Number(*n),
            Answer::Date(day) => Value::Day(*day),
            Answer::Text(t) => match &question.kind {
                Kind::Calculated { calculation } if calculation.day => Value::day(value::day(t)),
                _ => Value::Text(t.clone()),
            },
            _ => Value::Text(question.answer_codes(answer).join(" ")),
        })
    }

    fn apply(&self, function: Function, parts: &[Expr]) -> Option<Value> {
        match function {
            Function::And => return self.all(parts, false),
            Function::Or => return self.all(parts, true),
            Function::If => return self.either(parts),
            Function::Today => return self.today(),
            Function::ChoiceName => return self.choice_name(parts),
            _ => {}
        }
        let mut values = Vec::with_capacity(parts.len());
        for part in parts {
            values.push(self.value(part)?);
        }
        Some(compute(function, Arguments(values)))
    }

    /// All of them, or (where `one` ends it) any of them.
    fn all(&self, parts: &[Expr], one: bool) -> Option<Value> {
        let mut unknown = false;
        for part in parts {
            match self.value(part) {
                Some(v) if v.truth() == one => return Some(Value::Truth(one)),
                Some(_) => {}
                None => unknown = true,
            }
        }
        (!unknown).then_some(Value::Truth(!one))
    }

    fn either(&self, parts: &[Expr]) -> Option<Value> {
        let [condition, then, otherwise] = parts else { return None };
        self.value(if self.value(condition)?.truth() { then } else { otherwise })
    }

    fn today(&self) -> Option<Value> {
        if self.known.is_some() { None } else { Some(Value::day(self.answers.day)) }
    }

    fn choice_name(&self, parts: &[Expr]) -> Option<Value> {
        let [code, Expr::Question { position, .. }] = parts else { return None };
        let code = self.value(code)?.text();
        let Some(question) = self.questions.get(*position) else { return Some(Value::empty()) };
        let apart: Vec<&Choice> = match &question.kind {
            Kind::Single { not_applicable, refused, .. } => not_applicable.iter().chain(refused).collect(),
            _ => Vec::new(),
        };
        let choice = question.options().iter().chain(apart).find(|c| c.code == code);
        Some(Value::Text(choice.map_or(String::new(), |c| c.text.get(self.language.unwrap_or_default()).to_owned())))
    }
}

/// The values a function is given; one that is missing is the empty text.
struct Arguments(Vec<Value>);

impl Arguments {
    fn take(&mut self, n: usize) -> Value {
        self.0.get_mut(n).map_or_else(Value::empty, |v| std::mem::replace(v, Value::empty()))
    }

    fn text(&mut self, n: usize) -> String {
        self.take(n).text()
    }

    fn number(&self, n: usize) -> f64 {
        self.0.get(n).map_or(f64::NAN, Value::number)
    }

    fn day(&self, n: usize) -> Option<NaiveDate> {
        self.0.get(n).and_then(Value::to_day)
    }

    fn codes(&mut self, n: usize) -> Vec<String> {
        self.text(n).split(is_space).filter(|c| !c.is_empty()).map(str::to_owned).collect()
    }

    /// The numbers put together two by two; not a number as soon as one is none.
    fn fold(&self, together: fn(f64, f64) -> f64) -> Value {
        let numbers = self.0.iter().map(Value::number);
        Value::Number(numbers.reduce(|a, b| if a.is_nan() || b.is_nan() { f64::NAN } else { together(a, b) }).unwrap_or(f64::NAN))
    }
}

fn compute(function: Function, mut given: Arguments) -> Value {
    match function {
        f if f.is_comparison() => Value::Truth(compare(f, &given.take(0), &given.take(1))),
        Function::Add => Value::Number(given.number(0) + given.number(1)),
        Function::Subtract => Value::Number(given.number(0) - given.number(1)),
        Function::Multiply => Value::Number(given.number(0) * given.number(1)),
        Function::Divide => Value::Number(given.number(0) / given.number(1)),
        Function::Remainder => Value::Number(given.number(0) % given.number(1)),
        Function::Negate => Value::Number(-given.number(0)),
        Function::Not => Value::Truth(!given.take(0).truth()),
        Function::True => Value::Truth(true),
        Function::False => Value::Truth(false),
        Function::Coalesce => {
            let first = given.take(0);
            if first.clone().text().is_empty() { given.take(1) } else { first }
        }
        Function::Int => Value::Number(given.number(0).trunc()),
        Function::Number => Value::Number(given.number(0)),
        Function::Abs => Value::Number(given.number(0).abs()),
        Function::Round => Value::Number(rounded(given.number(0), if given.0.len() > 1 { given.number(1) } else { 0.0 })),
        Function::Min => given.fold(|a, b| if b < a { b } else { a }),
        Function::Max => given.fold(|a, b| if b > a { b } else { a }),
        Function::Sum => given.fold(|a, b| a + b),
        Function::Date => Value::day(given.day(0)),
        Function::DecimalDateTime => Value::Number(given.day(0).map_or(f64::NAN, value::days_since_1970)),
        Function::FormatDate => Value::Text(given.day(0).map_or(String::new(), |day| formatted(day, &given.text(1)))),
        function => on_texts(function, given),
    }
}

fn on_texts(function: Function, mut given: Arguments) -> Value {
    match function {
        Function::Selected => {
            let code = given.text(1);
            Value::Truth(given.codes(0).iter().any(|c| c == code.trim_matches(is_space)))
        }
        Function::SelectedAt => {
            let at = given.number(1).trunc();
            let found = (0u32..).map(f64::from).zip(given.codes(0)).find(|(n, _)| *n == at);
            Value::Text(found.map_or(String::new(), |(_, code)| code))
        }
        Function::CountSelected => Value::count(given.codes(0).len()),
        Function::Rank => {
            let code = given.text(1);
            given.codes(0).iter().position(|c| *c == code).map_or_else(Value::empty, |at| Value::count(at + 1))
        }
        Function::StringLength => Value::count(given.text(0).chars().count()),
        Function::Concat => Value::Text(joined(given.0.into_iter().map(Value::text))),
        Function::Contains => Value::Truth(given.text(0).contains(&given.text(1))),
        Function::StartsWith => Value::Truth(given.text(0).starts_with(&given.text(1))),
        Function::EndsWith => Value::Truth(given.text(0).ends_with(&given.text(1))),
        Function::Substr => {
            let to = (given.0.len() > 2).then(|| given.number(2));
            let from = given.number(1);
            Value::Text(substring(&given.text(0), from, to))
        }
        Function::UpperCase => Value::Text(given.text(0).to_uppercase()),
        Function::LowerCase => Value::Text(given.text(0).to_lowercase()),
        Function::NormalizeSpace => Value::Text(normalized(&given.text(0))),
        Function::Translate => Value::Text(translated(&given.text(0), &given.text(1), &given.text(2))),
        _ => Value::Text(given.text(0)),
    }
}

/// Comparison as in XPath 1.0, section 3.4: as truths when one side is a truth, else as numbers when one is a number, else as texts; order
/// compares numbers always.
fn compare(function: Function, a: &Value, b: &Value) -> bool {
    let equal = || match (a, b) {
        (Value::Truth(_), _) | (_, Value::Truth(_)) => a.truth() == b.truth(),
        (Value::Number(_), _) | (_, Value::Number(_)) => a.number() == b.number(),
        (Value::Text(x), Value::Text(y)) => x == y,
        _ => a.clone().text() == b.clone().text(),
    };
    match function {
        Function::Equal => equal(),
        Function::NotEqual => !equal(),
        Function::Less => a.number() < b.number(),
        Function::LessOrEqual => a.number() <= b.number(),
        Function::Greater => a.number() > b.number(),
        _ => a.number() >= b.number(),
    }
}
