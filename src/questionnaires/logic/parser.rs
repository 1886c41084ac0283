//! Reading an expression: tokens, grammar, names and types in one pass.
//!
//! ```text
//! or      = and ("or" and)*
//! and     = compare ("and" compare)*
//! compare = sum (("=" | "!=" | "<" | "<=" | ">" | ">=") sum)?
//! sum     = product (("+" | "-") product)*
//! product = unary (("*" | "div" | "mod") unary)*
//! unary   = "-" unary | atom
//! atom    = number | 'text' | "${" code "}" | "." | function "(" … ")" | "(" or ")"
//! ```

use std::collections::BTreeSet;

use super::super::model::{CONSENT_YES, Kind, Question};
use super::{Comparison, Condition, Expr, Expression, Operation};

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

/// Longest expression read, in characters, and deepest nesting: far beyond any real condition, far below a stack overflow.
const MOST_CHARACTERS: usize = 4_000;
const MOST_DEPTH: usize = 40;

/// Parses a condition that stands at question `this` (or, for a section, before question `this`).
///
/// `visible` is how many questions may be referred to by name (those asked earlier), `later` tells whether a code is asked further on,
/// and `dot` is the question that `.` stands for, if it may be used.
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
    let (expr, ty) = Parser::new(source, questions, this, later, None)?.whole()?;
    Ok(Expression { source: source.to_owned(), numeric: matches!(ty, Type::Number | Type::Truth), expr })
}

fn condition(source: &str, parser: Parser<'_>) -> Result<Condition, Mistake> {
    let (expr, ty) = parser.whole()?;
    if !matches!(ty, Type::Truth) {
        return Err(mistake(0, "this is a value, not a condition".into(), "compare it with something, for example ${code} = 'option'"));
    }
    Ok(Condition { source: source.to_owned(), expr })
}

fn mistake(at: usize, message: String, hint: &str) -> Mistake {
    Mistake { at, message, hint: hint.to_owned() }
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum TokenKind {
    Number,
    Quoted,
    Reference,
    Word,
    Symbol,
}

#[derive(Debug, Clone)]
struct Token {
    at: usize,
    kind: TokenKind,
    text: String,
}

fn tokens(source: &str) -> Result<Vec<Token>, Mistake> {
    let chars: Vec<char> = source.chars().collect();
    let mut out = Vec::new();
    let mut i = 0;
    let take_while = |from: usize, ok: &dyn Fn(char) -> bool| -> String { chars.iter().skip(from).take_while(|c| ok(**c)).collect() };
    while let Some(&c) = chars.get(i) {
        let at = i;
        if c.is_whitespace() {
            i += 1;
            continue;
        }
        let (kind, text, length) = if c.is_ascii_digit() {
            let text = take_while(i, &|c| c.is_ascii_digit() || c == '.');
            let n = text.chars().count();
            (TokenKind::Number, text, n)
        } else if c == '\'' || c == '"' {
            let text = take_while(i + 1, &|x| x != c);
            let n = text.chars().count();
            if chars.get(i + 1 + n).is_none() {
                return Err(mistake(at, "a text begins here and does not end".into(), "close it with the same quotation mark"));
            }
            (TokenKind::Quoted, text, n + 2)
        } else if c == '$' {
            if chars.get(i + 1) != Some(&'{') {
                return Err(mistake(at, "`$` must be followed by `{`".into(), "write ${code}"));
            }
            let text = take_while(i + 2, &|x| x != '}');
            let n = text.chars().count();
            if chars.get(i + 2 + n).is_none() {
                return Err(mistake(at, "`${` without `}`".into(), "write ${code}"));
            }
            (TokenKind::Reference, text.trim().to_owned(), n + 3)
        } else if c.is_ascii_alphabetic() {
            let text = take_while(i, &|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
            let n = text.chars().count();
            (TokenKind::Word, text, n)
        } else {
            let two: String = chars.iter().skip(i).take(2).collect();
            if matches!(two.as_str(), "!=" | "<=" | ">=") {
                (TokenKind::Symbol, two, 2)
            } else if "=<>+-*().,".contains(c) {
                (TokenKind::Symbol, c.to_string(), 1)
            } else {
                return Err(mistake(
                    at,
                    format!("{c:?} means nothing in a condition"),
                    "see the table of conditions in docs/QUESTIONNAIRES.md",
                ));
            }
        };
        out.push(Token { at, kind, text });
        i += length;
    }
    Ok(out)
}

/// The type of an expression, as far as it matters for comparing.
#[derive(Debug, Clone, PartialEq)]
enum Type {
    Truth,
    Number,
    /// Any text.
    Text,
    /// A text written in the expression.
    Literal(String),
    /// The answer to a closed question: all its codes, and the first option that is not a number, if any.
    Codes {
        question: usize,
        codes: Vec<String>,
        several: bool,
        not_a_number: Option<String>,
    },
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
    end: usize,
}

type Typed = Result<(Expr, Type), Mistake>;

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
            return Err(Mistake {
                at: 0,
                message: "the condition is too long".into(),
                hint: format!("use at most {MOST_CHARACTERS} characters"),
            });
        }
        Ok(Parser { tokens: tokens(source)?, next: 0, questions, visible, later, dot, attributes: None, depth: 0, end })
    }

    fn whole(mut self) -> Typed {
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

    fn take(&mut self, kind: TokenKind, text: &str) -> bool {
        let found = self.tokens.get(self.next).is_some_and(|t| t.kind == kind && t.text == text);
        self.next += usize::from(found);
        found
    }

    fn take_one_of<T: Copy>(&mut self, words: &[(TokenKind, &str, T)]) -> Option<T> {
        words.iter().find(|(kind, text, _)| self.take(kind.clone(), text)).map(|(_, _, value)| *value)
    }

    fn truth(&self, at: usize, ty: &Type) -> Result<(), Mistake> {
        if *ty == Type::Truth {
            return Ok(());
        }
        Err(mistake(at, "a condition is needed here, this is a value".into(), "compare it, for example ${code} = 'option'"))
    }

    fn or(&mut self) -> Typed {
        let at = self.at();
        let (mut left, ty) = self.and()?;
        let mut result = ty;
        while self.take(TokenKind::Word, "or") {
            self.truth(at, &result)?;
            let right_at = self.at();
            let (right, right_ty) = self.and()?;
            self.truth(right_at, &right_ty)?;
            left = Expr::Or(Box::new(left), Box::new(right));
            result = Type::Truth;
        }
        Ok((left, result))
    }

    fn and(&mut self) -> Typed {
        let at = self.at();
        let (mut left, ty) = self.compare()?;
        let mut result = ty;
        while self.take(TokenKind::Word, "and") {
            self.truth(at, &result)?;
            let right_at = self.at();
            let (right, right_ty) = self.compare()?;
            self.truth(right_at, &right_ty)?;
            left = Expr::And(Box::new(left), Box::new(right));
            result = Type::Truth;
        }
        Ok((left, result))
    }

    fn compare(&mut self) -> Typed {
        let (left, left_ty) = self.sum()?;
        let at = self.at();
        let symbol = |s| (TokenKind::Symbol, s);
        let table = [
            ("=", Comparison::Equal),
            ("!=", Comparison::NotEqual),
            ("<=", Comparison::LessOrEqual),
            (">=", Comparison::GreaterOrEqual),
            ("<", Comparison::Less),
            (">", Comparison::Greater),
        ]
        .map(|(s, c)| (symbol(s).0, s, c));
        let Some(comparison) = self.take_one_of(&table) else { return Ok((left, left_ty)) };
        let (right, right_ty) = self.sum()?;
        self.comparable(at, comparison, &left_ty, &right_ty)?;
        Ok((Expr::Compare(comparison, Box::new(left), Box::new(right)), Type::Truth))
    }

    /// Refuses comparisons that can only be mistakes.
    fn comparable(&self, at: usize, comparison: Comparison, a: &Type, b: &Type) -> Result<(), Mistake> {
        if *a == Type::Truth || *b == Type::Truth {
            return Err(mistake(at, "a condition cannot be compared".into(), "join conditions with `and`, `or`, `not( )`"));
        }
        if matches!(comparison, Comparison::Equal | Comparison::NotEqual) {
            for (x, y) in [(a, b), (b, a)] {
                let Type::Codes { codes, several, question, .. } = x else { continue };
                if *several {
                    return Err(mistake(at, "this question can have several answers".into(), "write selected(${code}, 'option')"));
                }
                let wanted = match y {
                    Type::Literal(t) => t,
                    _ => continue,
                };
                if !wanted.is_empty() && !codes.contains(wanted) {
                    return Err(self.no_option(at, *question, wanted, codes));
                }
            }
            return match (a, b) {
                (Type::Number, Type::Literal(t)) | (Type::Literal(t), Type::Number) if !t.is_empty() && t.parse::<f64>().is_err() => {
                    Err(mistake(at, format!("a number is compared with the text {t:?}"), "compare a number with a number"))
                }
                (Type::Number, Type::Codes { not_a_number, .. }) | (Type::Codes { not_a_number, .. }, Type::Number) => {
                    numeric(at, not_a_number.as_deref())
                }
                (Type::Number, Type::Text) | (Type::Text, Type::Number) => {
                    Err(mistake(at, "a text is compared with a number".into(), "compare a text with a text in quotation marks"))
                }
                _ => Ok(()),
            };
        }
        for ty in [a, b] {
            match ty {
                Type::Number | Type::Truth => {}
                Type::Literal(t) if t.parse::<f64>().is_ok() => {}
                Type::Codes { not_a_number, several: false, .. } => numeric(at, not_a_number.as_deref())?,
                Type::Codes { .. } => {
                    return Err(mistake(at, "this question can have several answers".into(), "write count-selected(${code})"));
                }
                Type::Text | Type::Literal(_) => {
                    return Err(mistake(at, "texts have no order here".into(), "use `=` or `!=`, or string-length( ) of the text"));
                }
            }
        }
        Ok(())
    }

    fn no_option(&self, at: usize, question: usize, wanted: &str, codes: &[String]) -> Mistake {
        let name = self.questions.get(question).map_or("?", |q| q.code.as_str());
        mistake(at, format!("{name} has no option {wanted:?}"), &format!("its options are: {}", codes.join(", ")))
    }

    fn number(&self, at: usize, ty: &Type) -> Result<(), Mistake> {
        match ty {
            Type::Number => Ok(()),
            Type::Literal(t) if t.parse::<f64>().is_ok() => Ok(()),
            Type::Codes { not_a_number, several: false, .. } => numeric(at, not_a_number.as_deref()),
            _ => Err(mistake(at, "a number is needed here".into(), "use a number, a number question or a scale with numeric codes")),
        }
    }

    fn sum(&mut self) -> Typed {
        let table = [(TokenKind::Symbol, "+", Operation::Add), (TokenKind::Symbol, "-", Operation::Subtract)];
        self.calculation(&table, Self::product)
    }

    fn product(&mut self) -> Typed {
        let table = [
            (TokenKind::Symbol, "*", Operation::Multiply),
            (TokenKind::Word, "div", Operation::Divide),
            (TokenKind::Word, "mod", Operation::Remainder),
        ];
        self.calculation(&table, Self::unary)
    }

    fn calculation(&mut self, table: &[(TokenKind, &str, Operation)], below: fn(&mut Self) -> Typed) -> Typed {
        let at = self.at();
        let (mut left, mut ty) = below(self)?;
        while let Some(op) = self.take_one_of(table) {
            self.number(at, &ty)?;
            let right_at = self.at();
            let (right, right_ty) = below(self)?;
            self.number(right_at, &right_ty)?;
            left = Expr::Calculate(op, Box::new(left), Box::new(right));
            ty = Type::Number;
        }
        Ok((left, ty))
    }

    fn unary(&mut self) -> Typed {
        if self.take(TokenKind::Symbol, "-") {
            let at = self.at();
            self.deeper(at)?;
            let (e, ty) = self.unary()?;
            self.depth -= 1;
            self.number(at, &ty)?;
            return Ok((Expr::Negate(Box::new(e)), Type::Number));
        }
        self.atom()
    }

    fn deeper(&mut self, at: usize) -> Result<(), Mistake> {
        self.depth += 1;
        if self.depth > MOST_DEPTH {
            return Err(mistake(at, "the condition is nested too deeply".into(), "split it over several questions"));
        }
        Ok(())
    }

    fn atom(&mut self) -> Typed {
        let at = self.at();
        let Some(token) = self.tokens.get(self.next).cloned() else {
            return Err(mistake(at, "the condition ends too early".into(), "a value or ${code} is missing at the end"));
        };
        self.next += 1;
        match token.kind {
            TokenKind::Number => match token.text.parse() {
                Ok(n) => Ok((Expr::Number(n), Type::Number)),
                Err(_) => Err(mistake(at, format!("{:?} is not a number", token.text), "write 12 or 3.5")),
            },
            TokenKind::Quoted => Ok((Expr::Text(token.text.clone()), Type::Literal(token.text))),
            TokenKind::Reference => self.reference(at, &token.text),
            TokenKind::Word if self.attributes.is_some_and(|a| token.text == "name" || a.contains(&token.text)) => {
                Ok((Expr::Attribute(token.text), Type::Text))
            }
            TokenKind::Word => self.function(at, &token.text),
            TokenKind::Symbol if token.text == "." => match self.dot {
                Some(q) => Ok((Expr::This, self.type_of(q))),
                None => Err(mistake(
                    at,
                    "`.` stands for the answer itself, which `relevant` comes before".into(),
                    "name an earlier question: ${code}",
                )),
            },
            TokenKind::Symbol if token.text == "(" => {
                self.deeper(at)?;
                let inner = self.or()?;
                self.depth -= 1;
                self.close()?;
                Ok(inner)
            }
            TokenKind::Symbol => {
                Err(mistake(at, format!("{:?} is not expected here", token.text), "a value or ${code} is missing before it"))
            }
        }
    }

    fn close(&mut self) -> Result<(), Mistake> {
        if self.take(TokenKind::Symbol, ")") {
            return Ok(());
        }
        Err(mistake(self.at(), "`)` is missing".into(), "close the bracket"))
    }

    fn reference(&self, at: usize, code: &str) -> Typed {
        match self.questions.iter().position(|q| q.code == code) {
            Some(q) if q < self.visible => Ok((Expr::Question(q), self.type_of(q))),
            found if found.is_some() || (self.later)(code) => Err(mistake(
                at,
                format!("{code} is asked later (or here)"),
                "a condition can only look back; move the question or the condition",
            )),
            _ => Err(mistake(at, format!("there is no question {code:?}"), &self.nearest(code))),
        }
    }

    /// A hint for a name that does not exist: the most similar one that does.
    fn nearest(&self, code: &str) -> String {
        let shared = |q: &Question| q.code.chars().zip(code.chars()).take_while(|(a, b)| a == b).count();
        match self.questions.iter().take(self.visible).max_by_key(|q| shared(q)) {
            Some(q) if shared(q) > 0 => format!("did you mean ${{{}}}?", q.code),
            _ => "use the code of a question that is asked earlier".to_owned(),
        }
    }

    fn function(&mut self, at: usize, name: &str) -> Typed {
        const KNOWN: &str = "the functions are not, selected, count-selected, string-length";
        if !matches!(name, "not" | "selected" | "count-selected" | "string-length") {
            return Err(mistake(at, format!("{name:?} is no function"), &format!("{KNOWN}; put texts in quotation marks")));
        }
        if !self.take(TokenKind::Symbol, "(") {
            return Err(mistake(self.at(), format!("`(` is missing after {name}"), KNOWN));
        }
        self.deeper(at)?;
        let inner_at = self.at();
        let (inner, ty) = self.or()?;
        self.depth -= 1;
        let made = match name {
            "not" => {
                self.truth(inner_at, &ty)?;
                (Expr::Not(Box::new(inner)), Type::Truth)
            }
            "string-length" if matches!(ty, Type::Text) => (Expr::StringLength(Box::new(inner)), Type::Number),
            "string-length" => return Err(mistake(inner_at, "string-length needs a text question".into(), "name a question of type text")),
            _ => {
                let Type::Codes { codes, question, several, .. } = ty else {
                    return Err(mistake(
                        inner_at,
                        format!("{name} needs a question with options"),
                        "name a single, multiple or scale question",
                    ));
                };
                if name == "count-selected" {
                    if !several {
                        return Err(mistake(
                            inner_at,
                            "this question has one answer only".into(),
                            "count-selected is for multiple questions",
                        ));
                    }
                    (Expr::CountSelected(Box::new(inner)), Type::Number)
                } else {
                    (Expr::Selected(Box::new(inner), self.option_of(question, &codes)?), Type::Truth)
                }
            }
        };
        self.close()?;
        Ok(made)
    }

    /// The `, 'option'` of `selected`.
    fn option_of(&mut self, question: usize, codes: &[String]) -> Result<String, Mistake> {
        let at = self.at();
        let comma = self.take(TokenKind::Symbol, ",");
        match self.tokens.get(self.next).cloned() {
            Some(t) if comma && t.kind == TokenKind::Quoted => {
                self.next += 1;
                if codes.contains(&t.text) { Ok(t.text) } else { Err(self.no_option(t.at, question, &t.text, codes)) }
            }
            _ => Err(mistake(at, "selected needs an option".into(), "write selected(${code}, 'option')")),
        }
    }

    fn type_of(&self, question: usize) -> Type {
        let Some(q) = self.questions.get(question) else { return Type::Text };
        let of = |codes: Vec<String>, several: bool| {
            let not_a_number = q.options().iter().map(|c| &c.code).find(|c| c.parse::<f64>().is_err()).cloned();
            Type::Codes { question, codes, several, not_a_number }
        };
        match &q.kind {
            Kind::Number { .. } => Type::Number,
            Kind::Calculated { calculation } if calculation.numeric => Type::Number,
            Kind::Text { .. } | Kind::Date { .. } | Kind::Note | Kind::Hidden { .. } | Kind::Calculated { .. } => Type::Text,
            Kind::Consent => {
                Type::Codes { question, codes: vec![CONSENT_YES.to_owned()], several: false, not_a_number: Some(CONSENT_YES.to_owned()) }
            }
            Kind::Single { options, not_applicable, refused, .. } => {
                of(options.iter().chain(not_applicable).chain(refused).map(|c| c.code.clone()).collect(), false)
            }
            Kind::Multiple { options, .. } | Kind::Ranking { options, .. } => of(options.iter().map(|c| c.code.clone()).collect(), true),
        }
    }
}

/// Order and arithmetic need options that are numbers ("not applicable" may be any word: it compares as no number).
fn numeric(at: usize, not_a_number: Option<&str>) -> Result<(), Mistake> {
    match not_a_number {
        Some(code) => {
            Err(mistake(at, format!("the option {code:?} is not a number"), "compare with an option in quotation marks: = 'option'"))
        }
        None => Ok(()),
    }
}
