//! Expressions: the part of the XLSForm language that `docs/QUESTIONNAIRES.md` lists.
//!
//! One engine for conditions, constraints, choice filters and calculations: an expression is parsed once ([`parse`]), its names and
//! types are checked while parsing, and the tree is evaluated against answers ([`Condition::holds`], [`Expression::value`]).
//! [`never_holds`] decides whether any combination of answers can fulfil a condition.
//!
//! Expressions only name questions asked earlier, and `.` is never part of a calculation, so no cycle can arise.
//!
//! # The tree as JSON
//! A condition is written as `{"source": "${age} > 17", "tree": [">", ["$", "age"], 17]}`, a calculation has `numeric` and `day` besides, which say
//! what comes out. A tree is a number, a text, a truth, or a list whose first element says what it is:
//!
//! | list | meaning |
//! |---|---|
//! | `["$", code]` | the answer to this question |
//! | `["."]` | the answer to the question that has the expression |
//! | `["@", name]` | an attribute of the option a choice filter looks at; `name` is its code |
//! | `["regex", tree, pattern]` | whether the whole text matches; the pattern is a tree of its own, see the file `logic/pattern.rs` |
//! | `[name, tree…]` | an operator or a function under the name it has in expressions; `["-", tree]` is the negative |
//!
//! `static/logic.js` evaluates the same tree in the browser; `tests/logic` holds both to one file of vectors.

use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};
use serde_json::{Value as Json, json};

use super::model::{Answer, Answers, Choice, Questionnaire};

mod eval;
mod function;
mod parser;
mod pattern;
mod possible;
mod tokens;
mod types;
mod value;
mod words;

use eval::Scope;
pub use function::names as function_names;
use function::{Function, Signature};
pub use parser::{Mistake, parse, parse_filter, parse_value};
use pattern::Pattern;
pub use possible::{Tries, never_holds};
pub use tokens::rename;
pub use words::Wording;

/// A parsed condition together with the words it was written in.
#[derive(Debug, Clone)]
pub struct Condition {
    /// As written.
    pub source: String,
    expr: Expr,
}

/// A parsed calculation together with the words it was written in.
#[derive(Debug, Clone)]
pub struct Expression {
    /// As written.
    pub source: String,
    /// Whether its value is a number; a text otherwise.
    pub numeric: bool,
    /// Whether its value is a day, which is kept as the text 2026-01-31.
    pub day: bool,
    expr: Expr,
}

impl Serialize for Condition {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        let mut fields = s.serialize_struct("Condition", 2)?;
        fields.serialize_field("source", &self.source)?;
        fields.serialize_field("tree", &self.expr.tree())?;
        fields.end()
    }
}

impl Serialize for Expression {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        let mut fields = s.serialize_struct("Expression", 4)?;
        fields.serialize_field("source", &self.source)?;
        fields.serialize_field("numeric", &self.numeric)?;
        fields.serialize_field("day", &self.day)?;
        fields.serialize_field("tree", &self.expr.tree())?;
        fields.end()
    }
}

impl Condition {
    /// Whether the condition holds. `this` is the question that `.` stands for.
    #[must_use]
    pub fn holds(&self, questionnaire: &Questionnaire, answers: &Answers, this: usize) -> bool {
        Scope::of(questionnaire, answers, this).holds(&self.expr)
    }

    /// Whether a choice filter lets this option of question `this` be offered.
    #[must_use]
    pub fn admits(&self, questionnaire: &Questionnaire, answers: &Answers, this: usize, option: &Choice) -> bool {
        Scope { option: Some(option), ..Scope::of(questionnaire, answers, this) }.holds(&self.expr)
    }

    /// The codes of the questions it names, each once, in the order they are first named.
    #[must_use]
    pub fn names(&self) -> Vec<&str> {
        self.expr.names()
    }
}

impl Expression {
    /// The value as an answer; none when it is empty or no number comes out.
    #[must_use]
    pub fn value(&self, questionnaire: &Questionnaire, answers: &Answers, this: usize) -> Option<Answer> {
        self.answer(Scope::of(questionnaire, answers, this).value(&self.expr)?)
    }

    fn answer(&self, value: value::Value) -> Option<Answer> {
        if self.numeric {
            return Some(value.number()).filter(|n| n.is_finite()).map(Answer::Number);
        }
        Some(value.text()).filter(|t| !t.is_empty()).map(Answer::Text)
    }

    /// The codes of the questions it names, each once, in the order they are first named.
    #[must_use]
    pub fn names(&self) -> Vec<&str> {
        self.expr.names()
    }
}

/// An expression.
#[derive(Debug, Clone, PartialEq)]
enum Expr {
    /// A question, by its position in [`Questionnaire::questions`] and its code.
    Question {
        position: usize,
        code: String,
    },
    /// The question that has the expression.
    This,
    /// A property of the option a filter looks at; `name` is its code.
    Attribute(String),
    Text(String),
    Number(f64),
    Truth(bool),
    Apply(Function, Vec<Expr>),
    Matches(Box<Expr>, Pattern),
}

impl Expr {
    fn names(&self) -> Vec<&str> {
        let mut names: Vec<&str> = Vec::new();
        self.walk(&mut |e| {
            if let Expr::Question { code, .. } = e
                && !names.contains(&code.as_str())
            {
                names.push(code);
            }
        });
        names
    }

    /// Visits this and everything below it, from left to right.
    fn walk<'a>(&'a self, visit: &mut dyn FnMut(&'a Expr)) {
        visit(self);
        match self {
            Expr::Apply(_, parts) => parts.iter().for_each(|e| e.walk(visit)),
            Expr::Matches(e, _) => e.walk(visit),
            _ => {}
        }
    }

    fn tree(&self) -> Json {
        match self {
            Expr::Question { code, .. } => json!(["$", code]),
            Expr::This => json!(["."]),
            Expr::Attribute(name) => json!(["@", name]),
            Expr::Text(t) => json!(t),
            Expr::Number(n) => json!(n),
            Expr::Truth(b) => json!(b),
            Expr::Apply(f, parts) => std::iter::once(json!(f.name())).chain(parts.iter().map(Expr::tree)).collect(),
            Expr::Matches(e, pattern) => json!(["regex", e.tree(), pattern.tree()]),
        }
    }
}
