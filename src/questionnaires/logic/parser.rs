//! Reading an expression: grammar, names and types in one pass.
//!
//! ```text
//! or      = and ("or" and)*
//! and     = compare ("and" compare)*
//! compare = sum (("=" | "!=" | "<" | "<=" | ">" | ">=") sum)?
//! sum     = product (("+" | "-") product)*
//! product = unary (("*" | "div" | "mod") unary)*
//! unary   = "-" unary | atom
//! atom    = number | 'text' | "${" code "}" | "." | attribute | function "(" (or ("," or)*)? ")" | "(" or ")"
//! ```

use std::collections::BTreeSet;

use super::super::model::Question;
use super::function::{REFUSED, SIGNATURES};
use super::tokens::{Kind, Token, quoted_reference, tokens};
use super::types::{self, Part, Type};
use super::{Condition, Expr, Expression, Function, Pattern};

/// What is wrong with an expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// Characters from the start of the expression.
    pub at: usize,
    /// What was found.
    pub message: String,
    /// What to write instead.
    pub hint: String,
}

/// Longest expression read, in characters, deepest nesting, and most calculations, each of which may lie within another: far beyond any real
/// expression, far below a stack overflow and below the nesting that readers of JSON allow.
const MOST_CHARACTERS: usize = 4_000;
const MOST_DEPTH: usize = 40;
const MOST_CALCULATIONS: usize = 80;

/// Parses a condition that stands at question `this` (or, for a section, before question `this`).
///
/// `visible` is how many questions may be referred to by name (those asked earlier), `later` tells whether a code is asked further on,
/// and `dot` is the question that `.` stands for, if it may be used.
///
/// # Errors
/// The first mistake.
pub fn parse(
    source: &str,
    questions: &[Question],
    visible: usize,
    later: &dyn Fn(&str) -> bool,
    dot: Option<usize>,
) -> Result<Condition, Mistake> {
    condition(source, Parser::new(source, questions, visible, later, dot)?)
}

/// Parses a choice filter of the question at `this`: besides earlier answers it may name the attributes of an option, and `name`, its code.
///
/// # Errors
/// The first mistake.
pub fn parse_filter(
    source: &str,
    questions: &[Question],
    this: usize,
    later: &dyn Fn(&str) -> bool,
    attributes: &BTreeSet<String>,
) -> Result<Condition, Mistake> {
    let mut parser = Parser::new(source, questions, this, later, None)?;
    parser.attributes = Some(attributes);
    condition(source, parser)
}

/// Parses a calculation at the question `this`.
///
/// # Errors
/// The first mistake.
pub fn parse_value(source: &str, questions: &[Question], this: usize, later: &dyn Fn(&str) -> bool) -> Result<Expression, Mistake> {
    let Part { expr, ty, .. } = Parser::new(source, questions, this, later, None)?.whole()?;
    Ok(Expression { source: source.to_owned(), numeric: ty.is_number(), day: ty == Type::Day, expr })
}

fn condition(source: &str, parser: Parser<'_>) -> Result<Condition, Mistake> {
    let Part { expr, ty, .. } = parser.whole()?;
    if ty != Type::Truth {
        return Err(mistake(0, "this is a value, not a condition".into(), "compare it with something, for example ${code} = 'option'"));
    }
    Ok(Condition { source: source.to_owned(), expr })
}

pub(super) fn mistake(at: usize, message: String, hint: &str) -> Mistake {
    Mistake { at, message, hint: hint.to_owned() }
}

struct Parser<'a> {
    tokens: Vec<Token>,
    next: usize,
    questions: &'a [Question],
    visible: usize,
    later: &'a dyn Fn(&str) -> bool,
    dot: Option<usize>,
    attributes: Option<&'a BTreeSet<String>>,
    depth: usize,
    calculations: usize,
    end: usize,
}

type Parsed = Result<Part, Mistake>;

impl<'a> Parser<'a> {
    fn new(
        source: &str,
        questions: &'a [Question],
        visible: usize,
        later: &'a dyn Fn(&str) -> bool,
        dot: Option<usize>,
    ) -> Result<Self, Mistake> {
        let end = source.chars().count();
        if end > MOST_CHARACTERS {
            let hint = format!("use at most {MOST_CHARACTERS} characters");
            return Err(Mistake { at: 0, message: "the expression is too long".into(), hint });
        }
        Ok(Parser { tokens: tokens(source)?, next: 0, questions, visible, later, dot, attributes: None, depth: 0, calculations: 0, end })
    }

    fn whole(mut self) -> Parsed {
        let found = self.or()?;
        match self.tokens.get(self.next) {
            Some(token) => {
                Err(mistake(token.at, format!("{:?} is not expected here", token.text), "join two conditions with `and` or `or`"))
            }
            None => Ok(found),
        }
    }

    fn at(&self) -> usize {
        self.tokens.get(self.next).map_or(self.end, |t| t.at)
    }

    fn is_next(&self, kind: Kind, text: &str) -> bool {
        self.tokens.get(self.next).is_some_and(|t| t.kind == kind && t.text == text)
    }

    fn take(&mut self, kind: Kind, text: &str) -> bool {
        let found = self.is_next(kind, text);
        self.next += usize::from(found);
        found
    }

    fn take_one_of(&mut self, functions: &[Function]) -> Option<Function> {
        functions.iter().copied().find(|f| {
            let kind = if f.name().bytes().all(|b| b.is_ascii_alphabetic()) { Kind::Word } else { Kind::Symbol };
            self.take(kind, f.name())
        })
    }

    fn or(&mut self) -> Parsed {
        self.joined(Function::Or, Self::and)
    }

    fn and(&mut self) -> Parsed {
        self.joined(Function::And, Self::compare)
    }

    fn joined(&mut self, function: Function, below: fn(&mut Self) -> Parsed) -> Parsed {
        let first = below(self)?;
        if !self.is_next(Kind::Word, function.name()) {
            return Ok(first);
        }
        let at = first.at;
        first.truth()?;
        let mut parts = vec![first.expr];
        while self.take(Kind::Word, function.name()) {
            let part = below(self)?;
            part.truth()?;
            parts.push(part.expr);
        }
        Ok(Part { at, expr: Expr::Apply(function, parts), ty: Type::Truth })
    }

    fn compare(&mut self) -> Parsed {
        use Function::{Equal, Greater, GreaterOrEqual, Less, LessOrEqual, NotEqual};
        let left = self.sum()?;
        let at = self.at();
        let Some(function) = self.take_one_of(&[Equal, NotEqual, LessOrEqual, GreaterOrEqual, Less, Greater]) else { return Ok(left) };
        types::compared(function, at, left, self.sum()?)
    }

    fn sum(&mut self) -> Parsed {
        self.calculation(&[Function::Add, Function::Subtract], Self::product)
    }

    fn product(&mut self) -> Parsed {
        self.calculation(&[Function::Multiply, Function::Divide, Function::Remainder], Self::unary)
    }

    fn calculation(&mut self, functions: &[Function], below: fn(&mut Self) -> Parsed) -> Parsed {
        let mut left = below(self)?;
        loop {
            let at = self.at();
            let Some(function) = self.take_one_of(functions) else { return Ok(left) };
            self.calculations += 1;
            if self.calculations > MOST_CALCULATIONS {
                return Err(mistake(
                    at,
                    "too much is calculated in one expression".into(),
                    "use sum( ), or split it over several calculations",
                ));
            }
            left = types::computed(function, left, below(self)?)?;
        }
    }

    fn unary(&mut self) -> Parsed {
        let at = self.at();
        if self.take(Kind::Symbol, "-") {
            self.deeper(at)?;
            let part = self.unary()?;
            self.depth -= 1;
            part.number()?;
            return Ok(Part { at, expr: Expr::Apply(Function::Negate, vec![part.expr]), ty: Type::Number });
        }
        self.atom()
    }

    fn deeper(&mut self, at: usize) -> Result<(), Mistake> {
        self.depth += 1;
        if self.depth > MOST_DEPTH {
            return Err(mistake(at, "the expression is nested too deeply".into(), "split it over several questions"));
        }
        Ok(())
    }

    fn atom(&mut self) -> Parsed {
        let at = self.at();
        let Some(token) = self.tokens.get(self.next).cloned() else {
            return Err(mistake(at, "the expression ends too early".into(), "a value or ${code} is missing at the end"));
        };
        self.next += 1;
        let part = |expr, ty| Ok(Part { at, expr, ty });
        match (token.kind, token.text.as_str()) {
            (Kind::Number, text) => match text.parse::<f64>().ok().filter(|n| n.is_finite()) {
                Some(n) => part(Expr::Number(n), Type::Number),
                None => Err(mistake(at, format!("{text:?} is not a number"), "write 12 or 3.5")),
            },
            (Kind::Quoted, text) => part(Expr::Text(text.to_owned()), Type::Literal(text.to_owned())),
            (Kind::Reference, code) => self.reference(at, code),
            (Kind::Word, name) if self.is_next(Kind::Symbol, "(") => self.function(at, name),
            (Kind::Word, name) if self.attributes.is_some_and(|a| name == "name" || a.contains(name)) => {
                part(Expr::Attribute(name.to_owned()), Type::Text)
            }
            (Kind::Word, name) => Err(self.no_word(at, name)),
            (Kind::Symbol, ".") => match self.dot {
                Some(q) => part(Expr::This, self.questions.get(q).map_or(Type::Text, types::of)),
                None => Err(mistake(
                    at,
                    "`.` stands for the answer itself, which `relevant` comes before".into(),
                    "name an earlier question: ${code}",
                )),
            },
            (Kind::Symbol, "(") => {
                self.deeper(at)?;
                let inner = self.or()?;
                self.depth -= 1;
                self.close()?;
                Ok(inner)
            }
            (Kind::Symbol, text) => Err(mistake(at, format!("{text:?} is not expected here"), "a value or ${code} is missing before it")),
        }
    }

    fn no_word(&self, at: usize, name: &str) -> Mistake {
        let Some(attributes) = self.attributes else {
            if SIGNATURES.iter().any(|s| s.name == name) {
                return mistake(at, format!("`(` is missing after {name}"), &format!("write {name}( )"));
            }
            return mistake(at, format!("{name:?} is no function"), "write ${code} for a question, and put texts in quotation marks");
        };
        let known: Vec<&str> = std::iter::once("name").chain(attributes.iter().map(String::as_str)).collect();
        mistake(at, format!("{name:?} is no attribute of the options"), &format!("the attributes are: {}", known.join(", ")))
    }

    fn close(&mut self) -> Result<(), Mistake> {
        if self.take(Kind::Symbol, ")") {
            return Ok(());
        }
        Err(mistake(self.at(), "`)` is missing".into(), "close the bracket"))
    }

    fn reference(&self, at: usize, code: &str) -> Parsed {
        match self.questions.iter().enumerate().find(|(_, q)| q.code == code) {
            Some((position, q)) if position < self.visible => {
                Ok(Part { at, expr: Expr::Question { position, code: code.to_owned() }, ty: types::of(q) })
            }
            found if found.is_some() || (self.later)(code) => Err(mistake(
                at,
                format!("{code} is asked later (or here)"),
                "an expression can only look back; move the question or the expression",
            )),
            _ => Err(mistake(at, format!("there is no question {code:?}"), &self.nearest(code))),
        }
    }

    /// A hint for a name that does not exist: the most similar one that does.
    fn nearest(&self, code: &str) -> String {
        let distance = |q: &&Question| distance_of(&q.code, code);
        match self.questions.iter().take(self.visible).min_by_key(distance) {
            Some(q) if distance(&q) <= 1 + code.chars().count() / 3 => format!("did you mean ${{{}}}?", q.code),
            _ => "use the code of a question that is asked earlier".to_owned(),
        }
    }

    fn function(&mut self, at: usize, name: &str) -> Parsed {
        if let Some((_, why, instead)) = REFUSED.iter().find(|(refused, ..)| *refused == name) {
            return Err(mistake(at, format!("{name}( ) {why}"), instead));
        }
        let Some(signature) = SIGNATURES.iter().find(|s| s.name == name) else {
            let nearest = SIGNATURES.iter().map(|s| s.name).min_by_key(|known| distance_of(known, name)).unwrap_or_default();
            return Err(mistake(
                at,
                format!("{name:?} is no function"),
                &format!("did you mean {nearest}( )? docs/QUESTIONNAIRES.md lists all"),
            ));
        };
        self.next += 1;
        self.deeper(at)?;
        let mut given = Vec::new();
        if !self.is_next(Kind::Symbol, ")") {
            given.push(self.or()?);
            while self.take(Kind::Symbol, ",") {
                given.push(self.or()?);
            }
        }
        self.depth -= 1;
        self.close()?;
        let part = types::applied(signature, at, given)?;
        self.finished(signature.function, part)
    }

    /// What is written as a text and means something else: patterns, and the question of `jr:choice-name`.
    fn finished(&self, function: Function, part: Part) -> Parsed {
        let Part { at, expr, ty } = part;
        let expr = match (function, expr) {
            (Function::True, _) => Expr::Truth(true),
            (Function::False, _) => Expr::Truth(false),
            (Function::Regex, Expr::Apply(_, mut parts)) => match (parts.pop(), parts.pop()) {
                (Some(Expr::Text(pattern)), Some(text)) => {
                    let pattern = Pattern::new(&pattern).map_err(|(message, hint)| mistake(at, message, hint))?;
                    Expr::Matches(Box::new(text), pattern)
                }
                _ => return Err(mistake(at, "regex needs a pattern".into(), "write regex(text, 'pattern')")),
            },
            (Function::ChoiceName, Expr::Apply(_, mut parts)) => {
                let named = match parts.pop() {
                    Some(Expr::Text(t)) => quoted_reference(&t).map(str::to_owned),
                    _ => None,
                };
                let Some(code) = named else {
                    return Err(mistake(at, "jr:choice-name needs a question".into(), "write jr:choice-name(${code}, '${code}')"));
                };
                let question = self.reference(at, &code)?;
                if !matches!(question.ty, Type::Codes(_)) {
                    return Err(mistake(at, format!("{code} has no options"), "name a question with options"));
                }
                parts.push(question.expr);
                Expr::Apply(function, parts)
            }
            (_, expr) => expr,
        };
        Ok(Part { at, expr, ty })
    }
}

/// How many characters must be put in, left out or changed to make one name of the other (Levenshtein's distance).
fn distance_of(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().take(100).collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().take(100).enumerate() {
        let mut next = vec![i + 1];
        for ((y, [diagonal, above]), left) in b.iter().zip(row.array_windows()).zip(0..) {
            let left = next.get(left).copied().unwrap_or(usize::MAX);
            next.push((diagonal + usize::from(x != *y)).min(above + 1).min(left.saturating_add(1)));
        }
        row = next;
    }
    row.last().copied().unwrap_or(0)
}
