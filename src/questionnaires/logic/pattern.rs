//! Patterns of `regex( )`: the part of the usual syntax that means the same everywhere.
//!
//! ```text
//! either = row ("|" row)*
//! row    = (single repeat?)*
//! single = character | "." | "[" "^"? (character | character "-" character)* "]" | "(" "?:"? either ")" | "\d" "\w" "\s" and the like
//! repeat = "*" | "+" | "?" | "{n}" | "{n,}" | "{n,m}"
//! ```
//!
//! The whole text must match, so `^` at the beginning and `$` at the end may be written and change nothing. `\d`, `\w`, `\s` are those of
//! JavaScript without its letters beyond ASCII: `[0-9]`, `[A-Za-z0-9_]`, `[ \t\n\r]`. A dot is any character but a line break. Looking around,
//! going back, word boundaries, and letters by Unicode property are refused.
//!
//! As JSON a pattern is `["class", outside, "az09__"]` (pairs of first and last character), `["row", pattern…]`, `["either", pattern…]` or
//! `["repeat", pattern, least, most]`, `most` null where there is no end. What matches is found by following all ways at once, so that the time
//! grows with the length of text and pattern only.

use serde_json::{Value as Json, json};

/// What a pattern may cost when every repeat is written out.
const MOST_STEPS: usize = 1_000;
const MOST_DEPTH: usize = 20;

/// A pattern, ready to be used.
#[derive(Debug, Clone)]
pub(super) struct Pattern {
    node: Node,
    regex: regex::Regex,
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.node == other.node
    }
}

#[derive(Debug, Clone, PartialEq)]
enum Node {
    Class { outside: bool, ranges: Vec<(char, char)> },
    Row(Vec<Node>),
    Either(Vec<Node>),
    Repeat { node: Box<Node>, least: u32, most: Option<u32> },
}

/// What is wrong with a pattern: message and hint.
pub(super) type Wrong = (String, &'static str);

impl Pattern {
    pub(super) fn new(source: &str) -> Result<Self, Wrong> {
        let mut reader = Reader { chars: source.chars().collect(), next: 0, depth: 0 };
        reader.take('^');
        let node = reader.either()?;
        if let Some(c) = reader.peek() {
            return Err((
                format!("{c:?} is not expected in the pattern"),
                "write a bracket that is meant as a character with \\ before it",
            ));
        }
        if node.steps() > MOST_STEPS {
            return Err(("the pattern repeats too much".into(), "use smaller numbers in { }, or string-length( )"));
        }
        let regex = regex::RegexBuilder::new(&format!(r"\A(?:{})\z", node.written()))
            .build()
            .map_err(|_| ("the pattern cannot be used".to_owned(), "write it more simply"))?;
        Ok(Pattern { node, regex })
    }

    /// Whether the whole text matches.
    pub(super) fn matches(&self, text: &str) -> bool {
        self.regex.is_match(text)
    }

    pub(super) fn tree(&self) -> Json {
        self.node.tree()
    }
}

impl Node {
    fn steps(&self) -> usize {
        match self {
            Node::Class { .. } => 1,
            Node::Row(all) | Node::Either(all) => all.iter().fold(1, |n, node| n.saturating_add(node.steps())),
            Node::Repeat { node, least, most } => {
                let times = most.unwrap_or(least.saturating_add(1)).max(1);
                node.steps().saturating_add(1).saturating_mul(usize::try_from(times).unwrap_or(usize::MAX))
            }
        }
    }

    fn written(&self) -> String {
        match self {
            Node::Class { outside, ranges } => {
                let inside: String = ranges.iter().map(|(a, b)| format!("\\u{{{:x}}}-\\u{{{:x}}}", u32::from(*a), u32::from(*b))).collect();
                format!("[{}{inside}]", if *outside { "^" } else { "" })
            }
            Node::Row(all) => all.iter().map(Node::written).collect(),
            Node::Either(all) => format!("(?:{})", all.iter().map(Node::written).collect::<Vec<_>>().join("|")),
            Node::Repeat { node, least, most } => {
                format!("(?:{}){{{least},{}}}", node.written(), most.map_or(String::new(), |m| m.to_string()))
            }
        }
    }

    fn tree(&self) -> Json {
        match self {
            Node::Class { outside, ranges } => json!(["class", outside, ranges.iter().flat_map(|(a, b)| [*a, *b]).collect::<String>()]),
            Node::Row(all) => std::iter::once(json!("row")).chain(all.iter().map(Node::tree)).collect(),
            Node::Either(all) => std::iter::once(json!("either")).chain(all.iter().map(Node::tree)).collect(),
            Node::Repeat { node, least, most } => json!(["repeat", node.tree(), least, most]),
        }
    }
}

struct Reader {
    chars: Vec<char>,
    next: usize,
    depth: usize,
}

type Ranges = Vec<(char, char)>;

impl Reader {
    fn peek(&self) -> Option<char> {
        self.chars.get(self.next).copied()
    }

    fn read(&mut self) -> Option<char> {
        let c = self.peek();
        self.next += usize::from(c.is_some());
        c
    }

    fn take(&mut self, wanted: char) -> bool {
        let found = self.peek() == Some(wanted);
        self.next += usize::from(found);
        found
    }

    fn either(&mut self) -> Result<Node, Wrong> {
        let mut all = vec![self.row()?];
        while self.take('|') {
            all.push(self.row()?);
        }
        Ok(match all.pop() {
            Some(one) if all.is_empty() => one,
            last => Node::Either(all.into_iter().chain(last).collect()),
        })
    }

    fn row(&mut self) -> Result<Node, Wrong> {
        let mut all = Vec::new();
        loop {
            match self.peek() {
                None | Some('|' | ')') => return Ok(Node::Row(all)),
                Some('$') if self.next + 1 == self.chars.len() && self.depth == 0 => self.next += 1,
                Some(_) => {
                    let single = self.single()?;
                    all.push(self.repeated(single)?);
                }
            }
        }
    }

    fn single(&mut self) -> Result<Node, Wrong> {
        let one = |c| Node::Class { outside: false, ranges: vec![(c, c)] };
        match self.read() {
            Some('.') => Ok(Node::Class { outside: true, ranges: vec![('\n', '\n'), ('\r', '\r')] }),
            Some('[') => self.class(),
            Some('(') => {
                if self.take('?') && !self.take(':') {
                    return Err(("the pattern looks around, names a group or sets a flag".into(), "use plain groups: ( )"));
                }
                self.depth += 1;
                if self.depth > MOST_DEPTH {
                    return Err(("the pattern is nested too deeply".into(), "write it with fewer groups"));
                }
                let inside = self.either()?;
                self.depth -= 1;
                if self.take(')') { Ok(inside) } else { Err(("a group in the pattern does not end".into(), "close it with )")) }
            }
            Some('\\') => {
                let (outside, ranges) = self.escaped()?;
                Ok(Node::Class { outside, ranges })
            }
            Some('^' | '$') => Err((
                "^ may only begin a pattern, and $ only end it".into(),
                "leave it out: the whole text must match; as a character write \\^ or \\$",
            )),
            Some(c @ ('*' | '+' | '?' | '{' | '}' | ']')) => Err((
                format!("{c:?} is not expected in the pattern"),
                "a character or group is missing before it; as a character write it with \\ before it",
            )),
            Some(c) => Ok(one(c)),
            None => Err(("the pattern ends too early".into(), "finish it")),
        }
    }

    /// What follows a backslash: whether everything outside is meant, and the characters.
    fn escaped(&mut self) -> Result<(bool, Ranges), Wrong> {
        let digits = vec![('0', '9')];
        let word = vec![('A', 'Z'), ('a', 'z'), ('0', '9'), ('_', '_')];
        let space = vec![(' ', ' '), ('\t', '\t'), ('\n', '\n'), ('\r', '\r')];
        match self.read() {
            Some('d') => Ok((false, digits)),
            Some('D') => Ok((true, digits)),
            Some('w') => Ok((false, word)),
            Some('W') => Ok((true, word)),
            Some('s') => Ok((false, space)),
            Some('S') => Ok((true, space)),
            Some('n') => Ok((false, vec![('\n', '\n')])),
            Some('r') => Ok((false, vec![('\r', '\r')])),
            Some('t') => Ok((false, vec![('\t', '\t')])),
            Some('p' | 'P') => Err(("letters by Unicode property differ from program to program".into(), "write the letters: [A-Za-zÀ-ỹ]")),
            Some('b' | 'B') => Err(("word boundaries mean something else in every program".into(), "write what stands there: ( |^)")),
            Some('0'..='9' | 'k') => Err(("the pattern goes back to a group".into(), "compare with substr( )")),
            Some(c) if c.is_ascii_punctuation() => Ok((false, vec![(c, c)])),
            Some(c) => Err((format!("\\{c} is not known in patterns"), "known are \\d \\w \\s \\n \\r \\t and signs such as \\.")),
            None => Err(("the pattern ends with a backslash".into(), "write \\\\ for a backslash")),
        }
    }

    fn class(&mut self) -> Result<Node, Wrong> {
        let outside = self.take('^');
        let mut ranges = Vec::new();
        loop {
            let first = match self.read() {
                None => return Err(("[ in the pattern does not end".into(), "close it with ]")),
                Some(']') if ranges.is_empty() => return Err(("[ ] in the pattern is empty".into(), "write characters between, or \\]")),
                Some(']') => return Ok(Node::Class { outside, ranges }),
                Some('\\') => match self.escaped()? {
                    (true, _) => return Err(("\\D, \\W, \\S within [ ] are not known".into(), "use [^…] or \\D alone")),
                    (false, several) if several.len() > 1 || several.iter().any(|(a, b)| a != b) => {
                        ranges.extend(several);
                        continue;
                    }
                    (false, one) => one.first().map_or('\\', |(c, _)| *c),
                },
                // These mean sets within sets in some programs.
                Some(c @ ('[' | '&' | '~')) if c == '[' || self.peek() == Some(c) => {
                    return Err((format!("{c:?} within [ ] means something else in other programs"), "write it with \\ before it"));
                }
                Some(c) => c,
            };
            if self.peek() != Some('-') || self.chars.get(self.next + 1) == Some(&']') {
                ranges.push((first, first));
                continue;
            }
            self.next += 1;
            let last = match self.read() {
                Some('\\') => match self.escaped()? {
                    (false, one) if one.len() == 1 && one.iter().all(|(a, b)| a == b) => one.first().map_or('\\', |(c, _)| *c),
                    _ => return Err(("a range in [ ] ends with several characters".into(), "write for example [a-z]")),
                },
                Some(c) if c != '[' => c,
                _ => return Err(("a range in [ ] does not end".into(), "write for example [a-z]")),
            };
            if first > last {
                return Err((format!("{first:?} comes after {last:?} in a range"), "exchange them"));
            }
            ranges.push((first, last));
        }
    }

    fn repeated(&mut self, node: Node) -> Result<Node, Wrong> {
        let (least, most) = match self.peek() {
            Some('*') => (0, None),
            Some('+') => (1, None),
            Some('?') => (0, Some(1)),
            Some('{') => self.numbers()?,
            _ => return Ok(node),
        };
        self.next += 1;
        match self.peek() {
            // Taking as few as possible changes what a group holds, not whether the whole matches.
            Some('?') => self.next += 1,
            Some('*' | '+' | '{') => return Err(("a repeat is repeated in the pattern".into(), "put a group around it: (a+)*")),
            _ => {}
        }
        Ok(Node::Repeat { node: Box::new(node), least, most })
    }

    /// The numbers of `{n}`, `{n,}`, `{n,m}`, up to before the closing bracket.
    fn numbers(&mut self) -> Result<(u32, Option<u32>), Wrong> {
        let wrong = || ("{ } in the pattern holds no numbers".to_owned(), "write {3}, {3,} or {3,5}, numbers up to 500");
        let from = self.next + 1;
        let length = self.chars.iter().skip(from).position(|c| *c == '}').ok_or_else(wrong)?;
        let inside: String = self.chars.iter().skip(from).take(length).collect();
        self.next = from + length;
        let number = |t: &str| {
            let n: Option<u32> = t.parse().ok().filter(|n| *n <= 500 && t.bytes().all(|b| b.is_ascii_digit()));
            n.ok_or_else(wrong)
        };
        let (least, most) = match inside.split_once(',') {
            None => (number(&inside)?, Some(number(&inside)?)),
            Some((least, "")) => (number(least)?, None),
            Some((least, most)) => (number(least)?, Some(number(most)?)),
        };
        if most.is_some_and(|m| m < least) {
            return Err(("the first number in { } is the larger one".into(), "exchange them"));
        }
        Ok((least, most))
    }
}
