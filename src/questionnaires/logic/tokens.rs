//! An expression as words and signs.

use super::parser::{Mistake, mistake};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Number,
    Quoted,
    Reference,
    Word,
    Symbol,
}

#[derive(Debug, Clone)]
pub(super) struct Token {
    /// Characters before it.
    pub(super) at: usize,
    /// Its length in characters.
    pub(super) length: usize,
    pub(super) kind: Kind,
    /// The name, number or text, without marks around it.
    pub(super) text: String,
}

/// Reads all tokens, or tells the first thing that is none.
pub(super) fn tokens(source: &str) -> Result<Vec<Token>, Mistake> {
    let chars: Vec<char> = source.chars().collect();
    let mut out = Vec::new();
    let mut at = 0;
    while let Some(rest) = chars.get(at..)
        && let Some(&first) = rest.first()
    {
        if first.is_whitespace() {
            at += 1;
            continue;
        }
        let (kind, text, length) = token(first, rest, at)?;
        out.push(Token { at, length, kind, text });
        at += length;
    }
    Ok(out)
}

fn token(first: char, rest: &[char], at: usize) -> Result<(Kind, String, usize), Mistake> {
    let run = |from: usize, ok: &dyn Fn(char) -> bool| -> String { rest.iter().skip(from).take_while(|c| ok(**c)).collect() };
    let count = |t: &str| t.chars().count();
    let digit_follows = rest.get(1).is_some_and(char::is_ascii_digit);
    if first.is_ascii_digit() || (first == '.' && digit_follows) {
        let text = run(0, &|c| c.is_ascii_digit() || c == '.');
        let length = count(&text);
        return Ok((Kind::Number, text, length));
    }
    if first == '\'' || first == '"' {
        let text = run(1, &|c| c != first);
        let length = count(&text) + 2;
        if rest.len() < length {
            return Err(mistake(at, "a text begins here and does not end".into(), "close it with the same quotation mark"));
        }
        return Ok((Kind::Quoted, text, length));
    }
    if first == '$' {
        if rest.get(1) != Some(&'{') {
            return Err(mistake(at, "`$` must be followed by `{`".into(), "write ${code}"));
        }
        let text = run(2, &|c| c != '}');
        let length = count(&text) + 3;
        if rest.len() < length {
            return Err(mistake(at, "`${` without `}`".into(), "write ${code}"));
        }
        return Ok((Kind::Reference, text.trim().to_owned(), length));
    }
    if first.is_ascii_alphabetic() {
        let text = run(0, &|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | ':'));
        let length = count(&text);
        return Ok((Kind::Word, text, length));
    }
    let two: String = rest.iter().take(2).collect();
    if matches!(two.as_str(), "!=" | "<=" | ">=") {
        return Ok((Kind::Symbol, two, 2));
    }
    if "=<>+-*().,".contains(first) {
        return Ok((Kind::Symbol, first.to_string(), 1));
    }
    Err(mistake(at, format!("{first:?} means nothing in an expression"), "see the table of expressions in docs/QUESTIONNAIRES.md"))
}

/// The expression with the question `old` called `new`; everything else stays as it was written. An expression that cannot be read is
/// given back unchanged.
#[must_use]
pub fn rename(source: &str, old: &str, new: &str) -> String {
    let Ok(tokens) = tokens(source) else { return source.to_owned() };
    let chars: Vec<char> = source.chars().collect();
    let mut out = String::with_capacity(source.len());
    let mut copied = 0;
    let mut open: Vec<bool> = Vec::new();
    for (i, token) in tokens.iter().enumerate() {
        let names_choice = i.checked_sub(1).and_then(|p| tokens.get(p)).is_some_and(|t| t.kind == Kind::Word && t.text == "jr:choice-name");
        match (token.kind, token.text.as_str()) {
            (Kind::Symbol, "(") => open.push(names_choice),
            (Kind::Symbol, ")") => _ = open.pop(),
            _ => {}
        }
        let replacement = match token.kind {
            Kind::Reference if token.text == old => format!("${{{new}}}"),
            Kind::Quoted if quoted_reference(&token.text) == Some(old) && open.last() == Some(&true) => {
                let mark = chars.get(token.at).copied().unwrap_or('\'');
                format!("{mark}${{{new}}}{mark}")
            }
            _ => continue,
        };
        out.extend(chars.get(copied..token.at).unwrap_or_default());
        out.push_str(&replacement);
        copied = token.at + token.length;
    }
    out.extend(chars.get(copied..).unwrap_or_default());
    out
}

/// The code in a text that is nothing but `${code}`.
pub(super) fn quoted_reference(text: &str) -> Option<&str> {
    text.trim().strip_prefix("${")?.strip_suffix('}').map(str::trim)
}
