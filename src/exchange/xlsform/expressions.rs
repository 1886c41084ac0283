//! Expressions and texts, changed only where they name something: everything else stays as it was written.

use crate::questionnaires::piping;

enum Piece<'a> {
    Plain(&'a str),
    /// `${name}`: the name, trimmed, and the whole.
    Reference(&'a str, &'a str),
    /// A text in quotation marks: what is in them, and the whole.
    Quoted(&'a str, &'a str),
}

/// Cuts an expression.
fn pieces(source: &str) -> Vec<Piece<'_>> {
    let mut out = Vec::new();
    let mut rest = source;
    while !rest.is_empty() {
        let next = rest.char_indices().find(|(at, c)| matches!(c, '\'' | '"') || rest.get(*at..).is_some_and(|r| r.starts_with("${")));
        let Some((at, c)) = next else {
            out.push(Piece::Plain(rest));
            break;
        };
        let (before, from) = rest.split_at(at);
        if !before.is_empty() {
            out.push(Piece::Plain(before));
        }
        let (end, inner) =
            if c == '$' { (from.find('}'), from.get(2..)) } else { (from.get(1..).and_then(|f| f.find(c)).map(|n| n + 1), from.get(1..)) };
        let Some(end) = end else {
            out.push(Piece::Plain(from));
            break;
        };
        let (whole, after) = from.split_at(end + 1);
        let inner = inner.and_then(|i| i.get(..end.saturating_sub(if c == '$' { 2 } else { 1 }))).unwrap_or_default();
        out.push(if c == '$' { Piece::Reference(inner.trim(), whole) } else { Piece::Quoted(inner, whole) });
        rest = after;
    }
    out
}

/// The names an expression refers to.
pub(super) fn references(source: &str) -> Vec<String> {
    let mut names = Vec::new();
    for piece in pieces(source) {
        match piece {
            Piece::Reference(name, _) => names.push(name.to_owned()),
            // jr:choice-name names its question within quotation marks.
            Piece::Quoted(inner, _) => names.extend(piping::references(inner)),
            Piece::Plain(_) => {}
        }
    }
    names
}

/// An expression with other names: `reference` gives what stands for `${name}`, `literal` what stands in quotation marks; none leaves it.
pub(super) fn rewrite(source: &str, reference: &dyn Fn(&str) -> Option<String>, literal: &dyn Fn(&str) -> Option<String>) -> String {
    let mut out = String::with_capacity(source.len());
    for piece in pieces(source) {
        match piece {
            Piece::Plain(text) => out.push_str(text),
            Piece::Reference(name, whole) => out.push_str(reference(name).as_deref().unwrap_or(whole)),
            Piece::Quoted(inner, whole) => match (literal(inner), whole.chars().next()) {
                (Some(new), Some(mark)) => out.extend([String::from(mark), new, String::from(mark)]),
                _ => out.push_str(&piping::rewrite(whole, reference)),
            },
        }
    }
    out
}

/// A filter with other names for bare words: `change` gives the new name of a word that stands alone; none leaves it.
pub(super) fn rewrite_words(source: &str, change: &dyn Fn(&str) -> Option<String>) -> String {
    let mut out = String::with_capacity(source.len());
    let in_word = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-' || c == ':' || c == '.';
    for piece in pieces(source) {
        let (Piece::Plain(mut rest) | Piece::Reference(_, mut rest) | Piece::Quoted(_, mut rest)) = piece;
        if !matches!(piece, Piece::Plain(_)) {
            out.push_str(rest);
            continue;
        }
        while let Some(start) = rest.find(in_word) {
            let (before, from) = rest.split_at(start);
            let (word, after) = from.split_at(from.find(|c| !in_word(c)).unwrap_or(from.len()));
            out.push_str(before);
            let call = after.trim_start().starts_with('(');
            match if call { None } else { change(word) } {
                Some(new) => out.push_str(&new),
                None => out.push_str(word),
            }
            rest = after;
        }
        out.push_str(rest);
    }
    out
}

/// The bare words of a filter that call no function: `and`, numbers, names of attributes.
pub(super) fn words(source: &str) -> Vec<String> {
    let found = std::cell::RefCell::new(Vec::new());
    rewrite_words(source, &|word| {
        found.borrow_mut().push(word.to_owned());
        None
    });
    found.into_inner()
}

/// Both conditions as one.
pub(super) fn both(outer: Option<&str>, own: Option<&str>) -> Option<String> {
    match (outer, own) {
        (Some(outer), Some(own)) => Some(format!("({outer}) and ({own})")),
        (one, None) | (None, one) => one.map(str::to_owned),
    }
}
