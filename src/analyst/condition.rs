//! Conditions on rows: `size3 == 'small' and (enroll > 100 or api00 is missing)`.
//!
//! ```text
//! or       := and ("or" and)*
//! and      := not ("and" not)*
//! not      := "not" not | "(" or ")" | operand test
//! test     := ("==" | "=" | "!=" | "<" | "<=" | ">" | ">=") operand | ["not"] "in" "(" value ("," value)* ")" | "is" ["not"] "missing"
//! operand  := column | `column in backticks` | number | 'text' | "text"
//! ```
//!
//! A comparison with a number takes the column as numbers, one with a text as texts; two columns are compared as numbers. A
//! comparison with a missing value is false, so its `not` is true.

use super::table::{Column, Table, Use};

/// A parsed condition.
#[derive(Debug, Clone, PartialEq)]
pub struct Condition {
    tree: Tree,
}

#[derive(Debug, Clone, PartialEq)]
enum Tree {
    Any(Vec<Tree>),
    All(Vec<Tree>),
    Not(Box<Tree>),
    Numbers(Comparison, Number, Number),
    Texts { column: String, text: String, equal: bool },
    NumberIn { column: String, values: Vec<f64> },
    TextIn { column: String, values: Vec<String> },
    Missing(String),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Comparison {
    Equal,
    Unequal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

#[derive(Debug, Clone, PartialEq)]
enum Number {
    Column(String),
    Value(f64),
}

/// What is wrong with a condition, and where in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// Character of the condition, from 0.
    pub at: usize,
    /// What was found and what is allowed.
    pub message: String,
}

/// Deepest nesting of parentheses and `not`.
const DEEPEST: usize = 100;

impl Condition {
    /// Parses a condition.
    ///
    /// # Errors
    /// The first [`Mistake`].
    pub fn parse(text: &str) -> Result<Self, Mistake> {
        let mut parser = Parser { tokens: tokens(text)?, next: 0, depth: 0 };
        let tree = parser.any()?;
        match parser.peek() {
            (_, Token::End) => Ok(Self { tree }),
            (at, token) => Err(Mistake { at, message: format!("found {token} where the condition should end, or `and` or `or` follow") }),
        }
    }

    /// Columns and how each is used, in the order of the text.
    #[must_use]
    pub fn uses(&self) -> Vec<(&str, Use)> {
        let mut uses = Vec::new();
        self.tree.uses(&mut uses);
        uses
    }

    /// Whether the condition holds, row by row. Columns that the table does not hold count as missing.
    #[must_use]
    pub fn holds(&self, table: &Table) -> Vec<bool> {
        let resolved = Resolved::new(&self.tree, table);
        (0..table.rows()).map(|row| resolved.holds(row)).collect()
    }

    /// 1 where the condition holds, 0 where not, NaN where a column it compares is missing.
    #[must_use]
    pub fn indicator(&self, table: &Table) -> Vec<f64> {
        let resolved = Resolved::new(&self.tree, table);
        let compared: Vec<&Column> =
            self.uses().into_iter().filter(|(_, used)| *used != Use::Presence).filter_map(|(name, _)| table.column(name)).collect();
        let value = |row: usize| {
            if compared.iter().any(|column| column.missing(row)) { f64::NAN } else { f64::from(u8::from(resolved.holds(row))) }
        };
        (0..table.rows()).map(value).collect()
    }
}

impl Tree {
    fn uses<'a>(&'a self, uses: &mut Vec<(&'a str, Use)>) {
        match self {
            Tree::Any(parts) | Tree::All(parts) => parts.iter().for_each(|part| part.uses(uses)),
            Tree::Not(part) => part.uses(uses),
            Tree::Numbers(_, left, right) => {
                for side in [left, right] {
                    if let Number::Column(name) = side {
                        uses.push((name, Use::Numbers));
                    }
                }
            }
            Tree::NumberIn { column, .. } => uses.push((column, Use::Numbers)),
            Tree::Texts { column, .. } | Tree::TextIn { column, .. } => uses.push((column, Use::Levels)),
            Tree::Missing(column) => uses.push((column, Use::Presence)),
        }
    }
}

/// A condition with its columns at hand.
enum Resolved<'a> {
    Any(Vec<Resolved<'a>>),
    All(Vec<Resolved<'a>>),
    Not(Box<Resolved<'a>>),
    Numbers(Comparison, Side<'a>, Side<'a>),
    /// Which levels match.
    Levels(Option<&'a Column>, Vec<bool>),
    NumberIn(Option<&'a [f64]>, &'a [f64]),
    Missing(Option<&'a Column>),
}

enum Side<'a> {
    Column(Option<&'a [f64]>),
    Value(f64),
}

impl Side<'_> {
    fn value(&self, row: usize) -> f64 {
        match self {
            Side::Column(column) => column.and_then(|values| values.get(row)).copied().unwrap_or(f64::NAN),
            Side::Value(value) => *value,
        }
    }
}

impl<'a> Resolved<'a> {
    fn new(tree: &'a Tree, table: &'a Table) -> Self {
        let numbers = |name: &str| table.column(name).and_then(|column| column.numbers.as_deref());
        let side = |side: &'a Number| match side {
            Number::Column(name) => Side::Column(numbers(name)),
            Number::Value(value) => Side::Value(*value),
        };
        let levels = |name: &str, matches: &dyn Fn(&str) -> bool| {
            let column = table.column(name);
            let names = column.and_then(|column| column.levels.as_ref()).map(|levels| levels.names.as_slice()).unwrap_or_default();
            Resolved::Levels(column, names.iter().map(|name| matches(name)).collect())
        };
        match tree {
            Tree::Any(parts) => Resolved::Any(parts.iter().map(|part| Resolved::new(part, table)).collect()),
            Tree::All(parts) => Resolved::All(parts.iter().map(|part| Resolved::new(part, table)).collect()),
            Tree::Not(part) => Resolved::Not(Box::new(Resolved::new(part, table))),
            Tree::Numbers(comparison, left, right) => Resolved::Numbers(*comparison, side(left), side(right)),
            Tree::Texts { column, text, equal } => levels(column, &|name| (name == text) == *equal),
            Tree::TextIn { column, values } => levels(column, &|name| values.iter().any(|value| value == name)),
            Tree::NumberIn { column, values } => Resolved::NumberIn(numbers(column), values),
            Tree::Missing(column) => Resolved::Missing(table.column(column)),
        }
    }

    #[expect(clippy::float_cmp, reason = "numbers as written are compared as written")]
    fn holds(&self, row: usize) -> bool {
        match self {
            Resolved::Any(parts) => parts.iter().any(|part| part.holds(row)),
            Resolved::All(parts) => parts.iter().all(|part| part.holds(row)),
            Resolved::Not(part) => !part.holds(row),
            Resolved::Numbers(comparison, left, right) => {
                let (left, right) = (left.value(row), right.value(row));
                match comparison {
                    Comparison::Equal => left == right,
                    Comparison::Unequal => !left.is_nan() && !right.is_nan() && left != right,
                    Comparison::Less => left < right,
                    Comparison::LessOrEqual => left <= right,
                    Comparison::Greater => left > right,
                    Comparison::GreaterOrEqual => left >= right,
                }
            }
            Resolved::Levels(column, matches) => {
                let level = column.and_then(|column| column.levels.as_ref()).and_then(|levels| levels.of(row));
                level.is_some_and(|level| matches.get(level as usize).copied().unwrap_or(false))
            }
            Resolved::NumberIn(column, values) => {
                let found = column.and_then(|column| column.get(row)).copied().unwrap_or(f64::NAN);
                values.contains(&found)
            }
            Resolved::Missing(column) => column.is_none_or(|column| column.missing(row)),
        }
    }
}

#[derive(Debug, Clone, PartialEq)]
enum Token {
    Word(String),
    Column(String),
    Number(f64),
    Text(String),
    Sign(&'static str),
    End,
}

impl std::fmt::Display for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Token::Word(word) | Token::Column(word) => write!(f, "`{word}`"),
            Token::Number(number) => write!(f, "the number {number}"),
            Token::Text(text) => write!(f, "the text '{text}'"),
            Token::Sign(sign) => write!(f, "`{sign}`"),
            Token::End => f.write_str("the end"),
        }
    }
}

const SIGNS: [&str; 14] = ["==", "!=", "<=", ">=", "<>", "=", "<", ">", "(", ")", ",", "[", "]", "-"];

fn tokens(text: &str) -> Result<Vec<(usize, Token)>, Mistake> {
    let characters: Vec<char> = text.chars().collect();
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(&c) = characters.get(at) {
        let rest = characters.get(at..).unwrap_or_default();
        let taken = if c.is_whitespace() {
            1
        } else if matches!(c, '\'' | '"' | '`') {
            let Some(length) = rest.iter().skip(1).position(|other| *other == c) else {
                return Err(Mistake { at, message: format!("the {c} is not closed; write another {c} after it") });
            };
            let inside: String = rest.iter().skip(1).take(length).collect();
            tokens.push((at, if c == '`' { Token::Column(inside) } else { Token::Text(inside) }));
            length + 2
        } else if c.is_alphabetic() || c == '_' || (c == '.' && rest.get(1).is_some_and(|c| c.is_alphabetic())) {
            let word: String = rest.iter().take_while(|c| c.is_alphanumeric() || matches!(c, '_' | '.')).collect();
            let length = word.chars().count();
            tokens.push((at, Token::Word(word)));
            length
        } else if c.is_ascii_digit() || c == '.' {
            number(rest, at, &mut tokens)?
        } else if let Some(sign) = SIGNS.iter().find(|sign| sign.chars().eq(rest.iter().copied().take(sign.len()))) {
            tokens.push((at, Token::Sign(sign)));
            sign.len()
        } else {
            return Err(Mistake {
                at,
                message: format!("the character {c} has no meaning here; columns of unusual names stand in backticks, texts in quotes"),
            });
        };
        at += taken;
    }
    tokens.push((at, Token::End));
    Ok(tokens)
}

/// Takes a number, also with exponent, and tells its length.
fn number(rest: &[char], at: usize, tokens: &mut Vec<(usize, Token)>) -> Result<usize, Mistake> {
    let mut text = String::new();
    for &c in rest {
        let exponent_sign = matches!(c, '+' | '-') && text.ends_with(['e', 'E']);
        if !(c.is_ascii_alphanumeric() || c == '.' || exponent_sign) {
            break;
        }
        text.push(c);
    }
    match text.parse::<f64>() {
        Ok(value) if value.is_finite() => tokens.push((at, Token::Number(value))),
        _ => {
            return Err(Mistake {
                at,
                message: format!("{text} is not a number; put texts in quotes, columns of such names in backticks"),
            });
        }
    }
    Ok(text.chars().count())
}

struct Parser {
    tokens: Vec<(usize, Token)>,
    next: usize,
    depth: usize,
}

enum Operand {
    Column(String),
    Number(f64),
    Text(String),
}

impl Parser {
    fn peek(&self) -> (usize, Token) {
        self.tokens.get(self.next).or(self.tokens.last()).cloned().unwrap_or((0, Token::End))
    }

    fn take(&mut self) -> (usize, Token) {
        let token = self.peek();
        self.next += 1;
        token
    }

    fn word(&mut self, word: &str) -> bool {
        let found = matches!(self.peek().1, Token::Word(found) if found == word);
        self.next += usize::from(found);
        found
    }

    fn sign(&mut self, signs: &[&str]) -> bool {
        let found = matches!(self.peek().1, Token::Sign(sign) if signs.contains(&sign));
        self.next += usize::from(found);
        found
    }

    fn any(&mut self) -> Result<Tree, Mistake> {
        let mut parts = vec![self.all()?];
        while self.word("or") {
            parts.push(self.all()?);
        }
        Ok(one_or(parts, Tree::Any))
    }

    fn all(&mut self) -> Result<Tree, Mistake> {
        let mut parts = vec![self.not()?];
        while self.word("and") {
            parts.push(self.not()?);
        }
        Ok(one_or(parts, Tree::All))
    }

    fn not(&mut self) -> Result<Tree, Mistake> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(Mistake { at: self.peek().0, message: format!("more than {DEEPEST} parentheses and `not` inside each other") });
        }
        let tree = if self.word("not") {
            Tree::Not(Box::new(self.not()?))
        } else if self.sign(&["("]) {
            let inside = self.any()?;
            self.expect(")")?;
            inside
        } else {
            self.test()?
        };
        self.depth -= 1;
        Ok(tree)
    }

    fn expect(&mut self, sign: &'static str) -> Result<(), Mistake> {
        match self.take() {
            (_, Token::Sign(found)) if found == sign => Ok(()),
            (at, token) => Err(Mistake { at, message: format!("found {token} where `{sign}` is needed") }),
        }
    }

    fn operand(&mut self) -> Result<Operand, Mistake> {
        let negative = self.sign(&["-"]);
        match self.take() {
            (_, Token::Number(value)) => Ok(Operand::Number(if negative { -value } else { value })),
            (_, Token::Text(text)) if !negative => Ok(Operand::Text(text)),
            (_, Token::Column(name)) if !negative => Ok(Operand::Column(name)),
            (_, Token::Word(name)) if !negative && !["and", "or", "not", "in", "is"].contains(&name.as_str()) => Ok(Operand::Column(name)),
            (at, token) => Err(Mistake { at, message: format!("found {token} where a column, a number or a 'text' is needed") }),
        }
    }

    fn test(&mut self) -> Result<Tree, Mistake> {
        let (at, _) = self.peek();
        let left = self.operand()?;
        if self.word("is") {
            let negated = self.word("not");
            if !self.word("missing") {
                let (at, token) = self.peek();
                return Err(Mistake { at, message: format!("found {token} where `missing` or `not missing` is needed") });
            }
            let Operand::Column(column) = left else {
                return Err(Mistake { at, message: "only a column can be missing".to_owned() });
            };
            return Ok(unless(negated, Tree::Missing(column)));
        }
        let negated = self.word("not");
        if self.word("in") {
            let Operand::Column(column) = left else {
                return Err(Mistake { at, message: "`in` needs a column on its left".to_owned() });
            };
            // `not in` is a comparison too: false where the value is missing.
            let within = self.values(column.clone())?;
            let present = Tree::Not(Box::new(Tree::Missing(column)));
            return Ok(if negated { Tree::All(vec![present, Tree::Not(Box::new(within))]) } else { within });
        }
        let (sign_at, token) = self.take();
        let comparison = match (&token, negated) {
            (Token::Sign("==" | "="), false) => Comparison::Equal,
            (Token::Sign("!=" | "<>"), false) => Comparison::Unequal,
            (Token::Sign("<"), false) => Comparison::Less,
            (Token::Sign("<="), false) => Comparison::LessOrEqual,
            (Token::Sign(">"), false) => Comparison::Greater,
            (Token::Sign(">="), false) => Comparison::GreaterOrEqual,
            _ => {
                let message = format!("found {token} where ==, !=, <, <=, >, >=, `in (…)` or `is missing` is needed");
                return Err(Mistake { at: sign_at, message });
            }
        };
        let right = self.operand()?;
        compare(comparison, left, right).map_err(|message| Mistake { at: sign_at, message })
    }

    fn values(&mut self, column: String) -> Result<Tree, Mistake> {
        let close = match self.take() {
            (_, Token::Sign("(")) => ")",
            (_, Token::Sign("[")) => "]",
            (at, token) => return Err(Mistake { at, message: format!("found {token} where a list such as (1, 2) is needed") }),
        };
        let (mut numbers, mut texts) = (Vec::new(), Vec::new());
        loop {
            let (at, _) = self.peek();
            match self.operand()? {
                Operand::Number(number) => numbers.push(number),
                Operand::Text(text) => texts.push(text),
                Operand::Column(name) => {
                    return Err(Mistake { at, message: format!("a list holds numbers or 'texts'; put {name} in quotes if it is a text") });
                }
            }
            if !numbers.is_empty() && !texts.is_empty() {
                return Err(Mistake { at, message: "a list holds numbers or texts, not both".to_owned() });
            }
            if !self.sign(&[","]) {
                break;
            }
        }
        self.expect(close)?;
        Ok(if texts.is_empty() { Tree::NumberIn { column, values: numbers } } else { Tree::TextIn { column, values: texts } })
    }
}

fn compare(comparison: Comparison, left: Operand, right: Operand) -> Result<Tree, String> {
    let number = |operand| match operand {
        Operand::Column(name) => Number::Column(name),
        Operand::Number(value) => Number::Value(value),
        Operand::Text(_) => Number::Value(f64::NAN),
    };
    match (left, right) {
        (Operand::Column(column), Operand::Text(text)) | (Operand::Text(text), Operand::Column(column)) => match comparison {
            Comparison::Equal => Ok(Tree::Texts { column, text, equal: true }),
            Comparison::Unequal => Ok(Tree::Texts { column, text, equal: false }),
            _ => Err("texts have no order here: compare them with ==, != or in, or write a number without quotes".to_owned()),
        },
        (Operand::Text(_), _) | (_, Operand::Text(_)) => Err("a text is compared with a column".to_owned()),
        (left, right) => Ok(Tree::Numbers(comparison, number(left), number(right))),
    }
}

fn one_or(mut parts: Vec<Tree>, many: fn(Vec<Tree>) -> Tree) -> Tree {
    if parts.len() > 1 { many(parts) } else { parts.pop().unwrap_or(Tree::All(Vec::new())) }
}

fn unless(negated: bool, tree: Tree) -> Tree {
    if negated { Tree::Not(Box::new(tree)) } else { tree }
}
