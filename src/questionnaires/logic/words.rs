//! A condition in words, for people who read no expressions: “Câu 3 chọn “Có” và Câu 5 lớn hơn 2”.

use super::super::model::{Answer, Kind, Question, Questionnaire};
use super::function::Function;
use super::{Condition, Expr, Expression};
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
    let mut seen = Vec::new();
    expr.walk(&mut |e| {
        let position = match e {
            Expr::Question { position, .. } => *position,
            Expr::This => this,
            _ => return,
        };
        if !seen.contains(&position) {
            seen.push(position);
        }
    });
    seen
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
        let Expr::Apply(function, parts) = expr else { return self.value(expr) };
        match (function, parts.as_slice()) {
            (Function::And | Function::Or, _) => self.chain(expr),
            (Function::Not, [inner]) => match inner {
                Expr::Apply(Function::Not, twice) => twice.first().map_or_else(String::new, |e| self.condition(e)),
                Expr::Apply(f @ (Function::Equal | Function::NotEqual), sides) => self.comparison(opposite(*f), sides),
                Expr::Apply(Function::Selected, of) => self.selected("condition-not-selected", of),
                other => self.say("condition-not", &[("condition", self.condition(other))]),
            },
            (Function::Selected, of) => self.selected("condition-selected", of),
            (f, sides) if comparison_key(*f).is_some() => self.comparison(*f, sides),
            _ => self.value(expr),
        }
    }

    /// `a and b and c` in one row; what is joined otherwise stands in brackets.
    fn chain(&self, expr: &Expr) -> String {
        let Expr::Apply(joined, _) = expr else { return self.value(expr) };
        let mut parts = Vec::new();
        self.links(expr, *joined, &mut parts);
        parts.join(&format!(" {} ", self.say(if *joined == Function::And { "condition-and" } else { "condition-or" }, &[])))
    }

    fn links(&self, expr: &Expr, joined: Function, parts: &mut Vec<String>) {
        match expr {
            Expr::Apply(f, sides) if *f == joined => sides.iter().for_each(|e| self.links(e, joined, parts)),
            Expr::Apply(Function::And | Function::Or, _) => parts.push(format!("({})", self.chain(expr))),
            other => parts.push(self.condition(other)),
        }
    }

    fn selected(&self, key: &str, parts: &[Expr]) -> String {
        let (Some(of), Some(option)) = (parts.first(), parts.get(1)) else { return String::new() };
        let Expr::Text(code) = option else {
            return self.say(key, &[("question", self.value(of)), ("option", self.value(option))]);
        };
        let option = self.question(of).map_or_else(|| code.clone(), |q| self.option(q, code));
        self.say(key, &[("question", self.value(of)), ("option", option)])
    }

    fn comparison(&self, f: Function, sides: &[Expr]) -> String {
        let (Some(a), Some(b)) = (sides.first(), sides.get(1)) else { return String::new() };
        let constant = |e: &Expr| matches!(e, Expr::Text(_) | Expr::Number(_));
        if constant(a) && !constant(b) {
            return self.comparison(turned(f), &[b.clone(), a.clone()]);
        }
        self.with_option(f, a, b).unwrap_or_else(|| {
            let key = comparison_key(f).unwrap_or("condition-equal");
            self.say(key, &[("left", self.value(a)), ("right", self.value(b))])
        })
    }

    /// A closed question beside one of its codes, or any question beside nothing.
    fn with_option(&self, f: Function, a: &Expr, b: &Expr) -> Option<String> {
        let question = self.question(a)?;
        let name = ("question", self.value(a));
        let is = f == Function::Equal;
        match b {
            Expr::Text(t) if t.is_empty() && !is_order(f) => {
                Some(self.say(if is { "condition-unanswered" } else { "condition-answered" }, &[name]))
            }
            Expr::Text(_) if matches!(question.kind, Kind::Consent) && !is_order(f) => {
                Some(self.say(if is { "condition-ticked" } else { "condition-not-ticked" }, &[name]))
            }
            Expr::Text(t) if question.choice(t).is_some() && !is_order(f) => {
                let key = if is { "condition-is" } else { "condition-is-not" };
                Some(self.say(key, &[name, ("options", format!("“{}”", self.option(question, t)))]))
            }
            Expr::Number(n) if matches!(question.kind, Kind::Single { .. }) && f != Function::NotEqual => {
                let fits = |code: &str| code.parse::<f64>().is_ok_and(|value| holds(f, value, *n));
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
            Expr::Question { position, .. } => *position,
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
            Expr::Question { position, .. } => (self.wording.name)(*position),
            Expr::This => self.say("condition-this", &[]),
            Expr::Attribute(name) if name == "name" => self.say("condition-option-code", &[]),
            Expr::Attribute(name) => self.say("condition-attribute", &[("name", name.clone())]),
            Expr::Text(t) => format!("“{t}”"),
            Expr::Number(n) => self.number(*n),
            Expr::Truth(b) => b.to_string(),
            Expr::Matches(e, _) => format!("regex({})", self.value(e)),
            Expr::Apply(function, parts) => self.applied(*function, parts, expr),
        }
    }

    fn applied(&self, function: Function, parts: &[Expr], whole: &Expr) -> String {
        let sign = match function {
            Function::Add => "+",
            Function::Subtract => "−",
            Function::Multiply => "×",
            Function::Divide => "÷",
            Function::Remainder => "mod",
            Function::Negate => return parts.first().map_or_else(String::new, |e| format!("−{}", self.operand(e))),
            Function::And | Function::Or | Function::Not | Function::Selected => return self.condition(whole),
            f if comparison_key(f).is_some() => return self.condition(whole),
            Function::CountSelected | Function::StringLength => {
                let key = if function == Function::CountSelected { "condition-count" } else { "condition-length" };
                return self.say(key, &[("question", parts.first().map_or_else(String::new, |e| self.value(e)))]);
            }
            // Functions without words of their own keep their name, which the manual explains.
            other => {
                let parts: Vec<String> = parts.iter().map(|e| self.value(e)).collect();
                return format!("{}({})", other.name(), parts.join("; "));
            }
        };
        let parts: Vec<String> = parts.iter().map(|e| self.operand(e)).collect();
        parts.join(&format!(" {sign} "))
    }

    fn operand(&self, expr: &Expr) -> String {
        let bare = !matches!(expr, Expr::Apply(..));
        if bare { self.value(expr) } else { format!("({})", self.value(expr)) }
    }

    fn number(&self, n: f64) -> String {
        let decimals = n.to_string().split_once('.').map_or(0, |(_, fraction)| fraction.len());
        self.wording.interface.number(n, decimals)
    }
}

fn is_order(f: Function) -> bool {
    !matches!(f, Function::Equal | Function::NotEqual)
}

fn comparison_key(f: Function) -> Option<&'static str> {
    Some(match f {
        Function::Equal => "condition-equal",
        Function::NotEqual => "condition-not-equal",
        Function::Less => "condition-less",
        Function::LessOrEqual => "condition-at-most",
        Function::Greater => "condition-more",
        Function::GreaterOrEqual => "condition-at-least",
        _ => return None,
    })
}

/// Whether two numbers compare so.
fn holds(f: Function, a: f64, b: f64) -> bool {
    match f {
        Function::Less => a < b,
        Function::LessOrEqual => a <= b,
        Function::Greater => a > b,
        Function::GreaterOrEqual => a >= b,
        _ => (a - b).abs() < f64::EPSILON,
    }
}

/// The comparison that holds of equality when this one does not.
fn opposite(f: Function) -> Function {
    match f {
        Function::Equal => Function::NotEqual,
        Function::NotEqual => Function::Equal,
        other => other,
    }
}

/// The comparison with its sides exchanged.
fn turned(f: Function) -> Function {
    match f {
        Function::Less => Function::Greater,
        Function::LessOrEqual => Function::GreaterOrEqual,
        Function::Greater => Function::Less,
        Function::GreaterOrEqual => Function::LessOrEqual,
        same => same,
    }
}
