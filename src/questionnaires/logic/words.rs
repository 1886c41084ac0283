//! A condition in words, for people who read no expressions: “Câu 3 chọn “Có” và Câu 5 lớn hơn 2”.

use super::super::model::{Answer, Kind, Question, Questionnaire};
use super::{Comparison, Condition, Expr, Expression, Mentioned, Operation, Value, compare};
use crate::web::locale::{Language, Words};

/// How conditions of a questionnaire are put into words.
pub struct Wording<'a> {
    /// Whose conditions they are.
    pub questionnaire: &'a Questionnaire,
    /// Language of the options' texts.
    pub language: &'a str,
    /// Language of the sentences and numbers.
    pub interface: Language,
    /// The words between.
    pub words: &'a Words,
    /// How the question at a position is named: “Câu 3”, or its code.
    pub name: &'a dyn Fn(usize) -> String,
}

impl Condition {
    /// The condition in words. `this` is the question that `.` stands for.
    #[must_use]
    pub fn in_words(&self, wording: &Wording<'_>, this: usize) -> String {
        Speaker { wording, this }.condition(&self.expr)
    }

    /// Positions of the questions that the condition looks at, in the order of mention.
    #[must_use]
    pub fn mentions(&self, this: usize) -> Vec<usize> {
        mentioned(&self.expr, this)
    }
}

impl Expression {
    /// The calculation in words.
    #[must_use]
    pub fn in_words(&self, wording: &Wording<'_>, this: usize) -> String {
        Speaker { wording, this }.value(&self.expr)
    }

    /// Positions of the questions that are calculated with, in the order of mention.
    #[must_use]
    pub fn mentions(&self, this: usize) -> Vec<usize> {
        mentioned(&self.expr, this)
    }
}

fn mentioned(expr: &Expr, this: usize) -> Vec<usize> {
    let mut seen = Mentioned::default();
    seen.visit(expr, Some(this));
    seen.questions
}

struct Speaker<'a> {
    wording: &'a Wording<'a>,
    this: usize,
}

impl Speaker<'_> {
    fn say(&self, key: &str, values: &[(&str, String)]) -> String {
        self.wording.words.say(key, values)
    }

    fn condition(&self, expr: &Expr) -> String {
        match expr {
            Expr::And(..) | Expr::Or(..) => self.chain(expr),
            Expr::Not(inner) => match &**inner {
                Expr::Not(twice) => self.condition(twice),
                Expr::Compare(c, a, b) if !is_order(*c) => self.comparison(opposite(*c), a, b),
                Expr::Selected(e, code) => self.selected("condition-not-selected", e, code),
                other => self.say("condition-not", &[("condition", self.condition(other))]),
            },
            Expr::Compare(c, a, b) => self.comparison(*c, a, b),
            Expr::Selected(e, code) => self.selected("condition-selected", e, code),
            other => self.value(other),
        }
    }

    /// `a and b and c` in one row; what is joined otherwise stands in brackets.
    fn chain(&self, expr: &Expr) -> String {
        let is_and = matches!(expr, Expr::And(..));
        let mut parts = Vec::new();
        self.links(expr, is_and, &mut parts);
        parts.join(&format!(" {} ", self.say(if is_and { "condition-and" } else { "condition-or" }, &[])))
    }

    fn links(&self, expr: &Expr, is_and: bool, parts: &mut Vec<String>) {
        match expr {
            Expr::And(a, b) if is_and => [a, b].into_iter().for_each(|e| self.links(e, is_and, parts)),
            Expr::Or(a, b) if !is_and => [a, b].into_iter().for_each(|e| self.links(e, is_and, parts)),
            Expr::And(..) | Expr::Or(..) => parts.push(format!("({})", self.chain(expr))),
            other => parts.push(self.condition(other)),
        }
    }

    fn selected(&self, key: &str, of: &Expr, code: &str) -> String {
        let option = self.question(of).map_or_else(|| code.to_owned(), |q| self.option(q, code));
        self.say(key, &[("question", self.value(of)), ("option", option)])
    }

    fn comparison(&self, c: Comparison, a: &Expr, b: &Expr) -> String {
        if matches!(a, Expr::Text(_) | Expr::Number(_)) && !matches!(b, Expr::Text(_) | Expr::Number(_)) {
            return self.comparison(turned(c), b, a);
        }
        self.with_option(c, a, b).unwrap_or_else(|| {
            let key = match c {
                Comparison::Equal => "condition-equal",
                Comparison::NotEqual => "condition-not-equal",
                Comparison::Less => "condition-less",
                Comparison::LessOrEqual => "condition-at-most",
                Comparison::Greater => "condition-more",
                Comparison::GreaterOrEqual => "condition-at-least",
            };
            self.say(key, &[("left", self.value(a)), ("right", self.value(b))])
        })
    }

    /// A closed question beside one of its codes, or any question beside nothing.
    fn with_option(&self, c: Comparison, a: &Expr, b: &Expr) -> Option<String> {
        let question = self.question(a)?;
        let name = ("question", self.value(a));
        let is = matches!(c, Comparison::Equal);
        match b {
            Expr::Text(t) if t.is_empty() && !is_order(c) => {
                Some(self.say(if is { "condition-unanswered" } else { "condition-answered" }, &[name]))
            }
            Expr::Text(_) if matches!(question.kind, Kind::Consent) && !is_order(c) => {
                Some(self.say(if is { "condition-ticked" } else { "condition-not-ticked" }, &[name]))
            }
            Expr::Text(t) if question.choice(t).is_some() && !is_order(c) => {
                let key = if is { "condition-is" } else { "condition-is-not" };
                Some(self.say(key, &[name, ("options", format!("“{}”", self.option(question, t)))]))
            }
            Expr::Number(n) if matches!(question.kind, Kind::Single { .. }) && !matches!(c, Comparison::NotEqual) => {
                let fits = |code: &str| compare(c, &Value::Text(code.to_owned()), &Value::Number(*n));
                let all: Vec<_> = question.options().iter().filter(|o| fits(&o.code)).collect();
                if all.is_empty() {
                    return None;
                }
                let all: Vec<_> = all.iter().map(|o| format!("“{}”", o.text.get(self.wording.language))).collect();
                let or = format!(" {} ", self.say("condition-or", &[]));
                Some(self.say("condition-is", &[name, ("options", all.join(&or))]))
            }
            _ => None,
        }
    }

    fn question(&self, expr: &Expr) -> Option<&Question> {
        let position = match expr {
            Expr::Question(q) => *q,
            Expr::This => self.this,
            _ => return None,
        };
        self.wording.questionnaire.questions.get(position)
    }

    /// What the option with this code is called.
    fn option(&self, question: &Question, code: &str) -> String {
        let extra = match (&question.kind, question.choice(code)) {
            (Kind::Single { not_applicable, .. }, Some(Answer::NotApplicable)) => not_applicable.as_ref(),
            (Kind::Single { refused, .. }, Some(Answer::Refused)) => refused.as_ref(),
            _ => None,
        };
        let found = extra.or_else(|| question.options().iter().find(|o| o.code == code));
        found.map_or(code, |o| o.text.get(self.wording.language)).to_owned()
    }

    fn value(&self, expr: &Expr) -> String {
        match expr {
            Expr::Question(q) => (self.wording.name)(*q),
            Expr::This => self.say("condition-this", &[]),
            Expr::Attribute(name) if name == "name" => self.say("condition-option-code", &[]),
            Expr::Attribute(name) => self.say("condition-attribute", &[("name", name.clone())]),
            Expr::Text(t) => format!("“{t}”"),
            Expr::Number(n) => self.number(*n),
            Expr::Negate(e) => format!("−{}", self.operand(e)),
            Expr::Calculate(op, a, b) => {
                let sign = match op {
                    Operation::Add => "+",
                    Operation::Subtract => "−",
                    Operation::Multiply => "×",
                    Operation::Divide => "÷",
                    Operation::Remainder => "mod",
                };
                format!("{} {sign} {}", self.operand(a), self.operand(b))
            }
            Expr::CountSelected(e) => self.say("condition-count", &[("question", self.value(e))]),
            Expr::StringLength(e) => self.say("condition-length", &[("question", self.value(e))]),
            Expr::Not(_) | Expr::And(..) | Expr::Or(..) | Expr::Compare(..) | Expr::Selected(..) => self.condition(expr),
        }
    }

    fn operand(&self, expr: &Expr) -> String {
        let bare = matches!(expr, Expr::Question(_) | Expr::Number(_) | Expr::Text(_) | Expr::This | Expr::Attribute(_));
        if bare { self.value(expr) } else { format!("({})", self.value(expr)) }
    }

    fn number(&self, n: f64) -> String {
        let decimals = n.to_string().split_once('.').map_or(0, |(_, fraction)| fraction.len());
        self.wording.interface.number(n, decimals)
    }
}

fn is_order(c: Comparison) -> bool {
    !matches!(c, Comparison::Equal | Comparison::NotEqual)
}

/// The comparison that holds of equality when this one does not.
fn opposite(c: Comparison) -> Comparison {
    match c {
        Comparison::Equal => Comparison::NotEqual,
        Comparison::NotEqual => Comparison::Equal,
        other => other,
    }
}

/// The comparison with its sides exchanged.
fn turned(c: Comparison) -> Comparison {
    match c {
        Comparison::Less => Comparison::Greater,
        Comparison::LessOrEqual => Comparison::GreaterOrEqual,
        Comparison::Greater => Comparison::Less,
        Comparison::GreaterOrEqual => Comparison::LessOrEqual,
        same => same,
    }
}
