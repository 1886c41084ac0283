//! Reading a filter.

use chrono::NaiveDate;

use super::{Condition, Mistake, Operand, Operator};
use crate::odata::model::{Cell, Set, Type};

/// How deep conditions may be nested: far more than anybody writes, far less than the stack holds.
const DEEPEST: usize = 60;
/// Longest filter, in bytes.
const LONGEST: usize = 8_000;

/// A piece of the text and where it begins.
#[derive(Debug, Clone, PartialEq)]
enum Token {
    Word(String),
    Text(String),
    Open,
    Close,
    Comma,
}

/// Reads a filter on the entities of a set.
///
/// # Errors
/// The first mistake.
pub fn parse(set: &Set, text: &str) -> Result<Condition, Mistake> {
    if text.len() > LONGEST {
        return Err(Mistake { at: 1, why: format!("it is longer than {LONGEST} bytes") });
    }
    let tokens = tokens(text)?;
    let mut parser = Parser { set, tokens, next: 0, end: text.chars().count() + 1 };
    let condition = parser.condition(0)?;
    match parser.peek() {
        None => Ok(condition),
        Some(_) => Err(parser.mistake("here the condition is over; join conditions with `and` or `or`")),
    }
}

/// Reads a key, `'a'` or `Survey='a',Unit='b'`, as the condition that an entity has it.
///
/// # Errors
/// The first mistake.
pub fn of_key(set: &Set, text: &str) -> Result<Condition, Mistake> {
    let keys: Vec<&str> = set.properties.iter().take(set.keys).map(|p| p.name).collect();
    let wrong = |at: usize| Mistake { at, why: format!("this is not the key of {}: write {}", set.name, shape(&keys)) };
    let chars: Vec<char> = text.chars().collect();
    let mut at = 0;
    let mut found: Vec<(String, String)> = Vec::new();
    while at < chars.len() {
        let rest: String = chars.get(at..).unwrap_or_default().iter().collect();
        let name = match keys.iter().find(|k| rest.starts_with(&format!("{k}="))) {
            Some(name) => {
                at += name.chars().count() + 1;
                (*name).to_owned()
            }
            None if keys.len() == 1 => keys.iter().map(|k| (*k).to_owned()).collect(),
            None => return Err(wrong(at + 1)),
        };
        if chars.get(at) != Some(&'\'') {
            return Err(wrong(at + 1));
        }
        let (value, end) = quoted(&chars, at + 1).ok_or_else(|| wrong(at + 1))?;
        found.push((name, value));
        at = end;
        match chars.get(at) {
            None => break,
            Some(',') => at += 1,
            Some(_) => return Err(wrong(at + 1)),
        }
    }
    let mut condition: Option<Condition> = None;
    for (position, key) in keys.iter().enumerate() {
        let mut values = found.iter().filter(|(name, _)| name == key);
        let (Some((_, value)), None) = (values.next(), values.next()) else { return Err(wrong(1)) };
        let is = Condition::Compare(Operator::Eq, Operand::Property(position), Operand::Value(Cell::Text(value.clone())));
        condition = Some(match condition {
            None => is,
            Some(others) => Condition::And(Box::new(others), Box::new(is)),
        });
    }
    condition.ok_or_else(|| wrong(1))
}

/// How a key is written.
fn shape(keys: &[&str]) -> String {
    if keys.len() == 1 {
        "('…')".to_owned()
    } else {
        format!("({})", keys.iter().map(|k| format!("{k}='…'")).collect::<Vec<_>>().join(","))
    }
}

fn tokens(text: &str) -> Result<Vec<(usize, Token)>, Mistake> {
    let chars: Vec<char> = text.chars().collect();
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(c) = chars.get(at).copied() {
        let begin = at;
        at += 1;
        let token = match c {
            ' ' | '\t' => continue,
            '(' => Token::Open,
            ')' => Token::Close,
            ',' => Token::Comma,
            '\'' => {
                let (text, end) = quoted(&chars, at)
                    .ok_or_else(|| Mistake { at: begin + 1, why: "this text has no closing quotation mark; write ' as ''".to_owned() })?;
                at = end;
                Token::Text(text)
            }
            c if is_of_word(c) => {
                while chars.get(at).is_some_and(|c| is_of_word(*c)) {
                    at += 1;
                }
                Token::Word(chars.get(begin..at).unwrap_or_default().iter().collect())
            }
            other => return Err(Mistake { at: begin + 1, why: format!("{other:?} has no meaning here") }),
        };
        found.push((begin + 1, token));
    }
    Ok(found)
}

fn is_of_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-' | '+' | ':')
}

/// The text up to its closing quotation mark, and where it ends; '' is one mark.
fn quoted(chars: &[char], mut at: usize) -> Option<(String, usize)> {
    let mut text = String::new();
    loop {
        match (chars.get(at)?, chars.get(at + 1)) {
            ('\'', Some('\'')) => {
                text.push('\'');
                at += 2;
            }
            ('\'', _) => return Some((text, at + 1)),
            (c, _) => {
                text.push(*c);
                at += 1;
            }
        }
    }
}

struct Parser<'a> {
    set: &'a Set,
    tokens: Vec<(usize, Token)>,
    next: usize,
    end: usize,
}

impl Parser<'_> {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.next).map(|(_, token)| token)
    }

    fn at(&self) -> usize {
        self.tokens.get(self.next).map_or(self.end, |(at, _)| *at)
    }

    fn mistake(&self, why: impl Into<String>) -> Mistake {
        Mistake { at: self.at(), why: why.into() }
    }

    /// Steps over this word, if it is next.
    fn word(&mut self, word: &str) -> bool {
        let is = matches!(self.peek(), Some(Token::Word(w)) if w == word);
        self.next += usize::from(is);
        is
    }

    fn expect(&mut self, token: &Token, what: &str) -> Result<(), Mistake> {
        if self.peek() == Some(token) {
            self.next += 1;
            return Ok(());
        }
        Err(self.mistake(format!("{what} is missing")))
    }

    fn condition(&mut self, depth: usize) -> Result<Condition, Mistake> {
        let mut condition = self.conjunct(depth)?;
        while self.word("or") {
            condition = Condition::Or(Box::new(condition), Box::new(self.conjunct(depth)?));
        }
        Ok(condition)
    }

    fn conjunct(&mut self, depth: usize) -> Result<Condition, Mistake> {
        let mut condition = self.term(depth)?;
        while self.word("and") {
            condition = Condition::And(Box::new(condition), Box::new(self.term(depth)?));
        }
        Ok(condition)
    }

    fn term(&mut self, depth: usize) -> Result<Condition, Mistake> {
        if depth > DEEPEST {
            return Err(self.mistake(format!("conditions are nested more than {DEEPEST} deep")));
        }
        if self.word("not") {
            return Ok(Condition::Not(Box::new(self.term(depth + 1)?)));
        }
        if self.peek() == Some(&Token::Open) {
            self.next += 1;
            let condition = self.condition(depth + 1)?;
            self.expect(&Token::Close, "a closing bracket")?;
            return Ok(condition);
        }
        if let Some(condition) = self.function()? {
            return Ok(condition);
        }
        self.comparison()
    }

    /// A function, if a word with a bracket behind it is next.
    fn function(&mut self) -> Result<Option<Condition>, Mistake> {
        let called = matches!(self.tokens.get(self.next + 1), Some((_, Token::Open)));
        let Some(Token::Word(name)) = self.peek().filter(|_| called).cloned() else { return Ok(None) };
        let make = match name.as_str() {
            "contains" => Condition::Contains,
            "startswith" => Condition::StartsWith,
            other => return Err(self.mistake(format!("there is no function {other}; use contains or startswith"))),
        };
        self.next += 2;
        let first = self.text()?;
        self.expect(&Token::Comma, "a comma")?;
        let second = self.text()?;
        self.expect(&Token::Close, "a closing bracket")?;
        Ok(Some(make(first, second)))
    }

    /// An operand that is a text.
    fn text(&mut self) -> Result<Operand, Mistake> {
        let at = self.at();
        let operand = self.operand()?;
        match operand.kind(self.set) {
            None | Some(Type::Text) => Ok(operand),
            Some(other) => Err(Mistake { at, why: format!("this is {}, where a text is needed", other.name()) }),
        }
    }

    fn comparison(&mut self) -> Result<Condition, Mistake> {
        let at = self.at();
        let first = self.operand()?;
        let Some(operator) = self.operator() else {
            return match first.kind(self.set) {
                Some(Type::Flag) | None => Ok(Condition::Is(first)),
                Some(_) => Err(self.mistake("a comparison is missing: eq, ne, gt, ge, lt or le")),
            };
        };
        let second = self.operand()?;
        let numeric = |kind: Type| matches!(kind, Type::Number | Type::Count);
        match (first.kind(self.set), second.kind(self.set)) {
            (Some(a), Some(b)) if a != b && !(numeric(a) && numeric(b)) => {
                Err(Mistake { at, why: format!("{} cannot be compared with {}", a.name(), b.name()) })
            }
            _ => Ok(Condition::Compare(operator, first, second)),
        }
    }

    fn operator(&mut self) -> Option<Operator> {
        let Some(Token::Word(word)) = self.peek() else { return None };
        let operator = match word.as_str() {
            "eq" => Operator::Eq,
            "ne" => Operator::Ne,
            "gt" => Operator::Gt,
            "ge" => Operator::Ge,
            "lt" => Operator::Lt,
            "le" => Operator::Le,
            _ => return None,
        };
        self.next += 1;
        Some(operator)
    }

    fn operand(&mut self) -> Result<Operand, Mistake> {
        let operand = match self.peek() {
            Some(Token::Text(text)) => Operand::Value(Cell::Text(text.clone())),
            Some(Token::Word(word)) => match self.set.position(word) {
                Some(position) => Operand::Property(position),
                None => Operand::Value(literal(word).ok_or_else(|| {
                    let names: Vec<&str> = self.set.properties.iter().map(|p| p.name).collect();
                    self.mistake(format!("{word:?} is neither a value nor a property of {}: {}", self.set.name, names.join(", ")))
                })?),
            },
            _ => return Err(self.mistake("a property or a value is missing")),
        };
        self.next += 1;
        Ok(operand)
    }
}

/// A value that is not a text.
fn literal(word: &str) -> Option<Cell> {
    match word {
        "true" => return Some(Cell::Flag(true)),
        "false" => return Some(Cell::Flag(false)),
        "null" => return Some(Cell::Null),
        _ => {}
    }
    if let Ok(n) = word.parse::<i64>() {
        return Some(Cell::Count(n));
    }
    if let Ok(day) = word.parse::<NaiveDate>()
        && day.to_string() == word
    {
        return Some(Cell::Day(day));
    }
    let numeric = word.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'-' | b'+' | b'e' | b'E'));
    word.parse::<f64>().ok().filter(|n| numeric && n.is_finite()).map(Cell::Number)
}
