//! Values and how they become numbers and texts.
//!
//! Conversions are those of XPath 1.0 (section 4): a text is a number only as `-12.5`, everything else is NaN, and NaN compares as neither
//! less nor greater nor equal. A number is written with the fewest digits that read back as the same number, never with an exponent. A day
//! counts as the number of days since 1 January 1970, as in ODK.

use chrono::{Datelike, Days, NaiveDate};

/// Longest text that an expression makes, in characters.
const LONGEST: usize = 10_000;

/// What an expression evaluates to. An unanswered question is the empty text, as in XLSForm.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    Text(String),
    Number(f64),
    Truth(bool),
    Day(NaiveDate),
}

impl Value {
    pub(super) fn empty() -> Self {
        Value::Text(String::new())
    }

    /// A day, or the empty text.
    pub(super) fn day(day: Option<NaiveDate>) -> Self {
        day.map_or_else(Value::empty, Value::Day)
    }

    pub(super) fn count(n: usize) -> Self {
        Value::Number(u32::try_from(n).map_or(f64::INFINITY, f64::from))
    }

    pub(super) fn truth(&self) -> bool {
        match self {
            Value::Truth(b) => *b,
            Value::Number(n) => *n != 0.0 && !n.is_nan(),
            Value::Text(t) => !t.is_empty(),
            Value::Day(_) => true,
        }
    }

    pub(super) fn number(&self) -> f64 {
        match self {
            Value::Truth(b) => f64::from(u8::from(*b)),
            Value::Number(n) => *n,
            Value::Text(t) => number(t),
            Value::Day(day) => days_since_1970(*day),
        }
    }

    pub(super) fn text(self) -> String {
        match self {
            Value::Text(t) => t,
            Value::Number(n) => decimal(n),
            Value::Truth(b) => b.to_string(),
            Value::Day(day) => day.to_string(),
        }
    }

    /// The day that is meant: a day, one written as 2026-01-31, or a number of days since 1 January 1970.
    pub(super) fn to_day(&self) -> Option<NaiveDate> {
        match self {
            Value::Day(day) => Some(*day),
            Value::Text(t) => day(t),
            Value::Number(n) => day_number(*n),
            Value::Truth(_) => None,
        }
    }
}

/// The white space of XPath; a no-break space is none.
pub(super) fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r')
}

/// A text as a number: digits with at most one point, a minus before them, white space around.
pub(super) fn number(text: &str) -> f64 {
    let text = text.trim_matches(is_space);
    let digits = text.strip_prefix('-').unwrap_or(text);
    let plain = digits.bytes().all(|b| b.is_ascii_digit() || b == b'.') && digits.bytes().any(|b| b.is_ascii_digit());
    if plain { text.parse().unwrap_or(f64::NAN) } else { f64::NAN }
}

/// A number as a text.
pub(super) fn decimal(n: f64) -> String {
    if n == f64::INFINITY {
        "Infinity".to_owned()
    } else if n == f64::NEG_INFINITY {
        "-Infinity".to_owned()
    } else if n == 0.0 {
        "0".to_owned()
    } else {
        n.to_string()
    }
}

/// A day written as 2026-01-31, of the years 1 to 9999.
pub(super) fn day(text: &str) -> Option<NaiveDate> {
    let parts: Vec<&str> = text.split('-').collect();
    let [year, month, day] = parts.as_slice() else { return None };
    let plain = [(year, 4), (month, 2), (day, 2)].iter().all(|(t, n)| t.len() == *n && t.bytes().all(|b| b.is_ascii_digit()));
    if !plain {
        return None;
    }
    NaiveDate::from_ymd_opt(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).filter(|d| d.year() >= 1)
}

/// Days from 1 January 1970 to this day.
pub(super) fn days_since_1970(day: NaiveDate) -> f64 {
    f64::from(day.num_days_from_ce() - NaiveDate::default().num_days_from_ce())
}

/// The day that is this many days after 1 January 1970, of the years 1 to 9999.
fn day_number(n: f64) -> Option<NaiveDate> {
    const MOST: f64 = 4_000_000.0;
    if n.is_nan() || n.abs() > MOST {
        return None;
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "at most 4,000,000, and not below 0")]
    let days = Days::new(n.floor().abs() as u64);
    let epoch = NaiveDate::default();
    let day = if n < 0.0 { epoch.checked_sub_days(days) } else { epoch.checked_add_days(days) };
    day.filter(|d| (1..=9999).contains(&d.year()))
}

/// Texts one after another, cut at the longest text that an expression makes: a chain of calculations could double it each time.
pub(super) fn joined(parts: impl IntoIterator<Item = String>) -> String {
    let mut out = String::new();
    let mut left = LONGEST;
    for part in parts {
        let mut chars = part.chars();
        let before = left;
        out.extend(chars.by_ref().take(left));
        left = before.saturating_sub(part.chars().count());
    }
    out
}

/// The white space at both ends gone, and each run of it one space.
pub(super) fn normalized(text: &str) -> String {
    text.split(is_space).filter(|w| !w.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Each character that stands in `from` replaced by the one at the same place in `to`, or left out where `to` is too short.
pub(super) fn translated(text: &str, from: &str, to: &str) -> String {
    let to: Vec<char> = to.chars().collect();
    let replace = |c: char| match from.chars().position(|f| f == c) {
        Some(at) => to.get(at).copied(),
        None => Some(c),
    };
    text.chars().filter_map(replace).collect()
}

/// The characters from `from` up to but without `to`, counted from 0, or from the end when negative.
pub(super) fn substring(text: &str, from: f64, to: Option<f64>) -> String {
    let length = f64::from(u32::try_from(text.chars().count()).unwrap_or(u32::MAX));
    let place = |n: f64| if n < 0.0 { (length + n.trunc()).max(0.0) } else { n.trunc().min(length) };
    let to = to.unwrap_or(length);
    if from.is_nan() || to.is_nan() {
        return String::new();
    }
    let (from, to) = (place(from), place(to));
    if to <= from {
        return String::new();
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and the length")]
    let (skip, take) = (from as usize, (to - from) as usize);
    text.chars().skip(skip).take(take).collect()
}

/// Rounds the number as it is written in decimals, a half towards positive infinity (XPath 1.0, section 4.4): 2.675 to two places is 2.68,
/// although the number kept for it is a little less. Negative places round to tens, hundreds and so on.
pub(super) fn rounded(n: f64, places: f64) -> f64 {
    if !n.is_finite() || places.is_nan() {
        return if places.is_nan() { f64::NAN } else { n };
    }
    #[expect(clippy::cast_possible_truncation, reason = "between -400 and 400")]
    let places = places.trunc().clamp(-400.0, 400.0) as i32;
    let written = decimal(n.abs());
    let (whole, fraction) = written.split_once('.').unwrap_or((&written, ""));
    let digits: Vec<u8> = whole.bytes().chain(fraction.bytes()).map(|b| b - b'0').collect();
    let whole = i32::try_from(whole.len()).unwrap_or(i32::MAX);
    let kept = whole.saturating_add(places);
    let (mut digits, dropped) = match usize::try_from(kept) {
        Ok(kept) if kept >= digits.len() => return n,
        Ok(kept) => {
            let (a, b) = digits.split_at(kept);
            (a.to_vec(), b.to_vec())
        }
        // More places than there are digits: what is dropped begins with zeros and is less than a half.
        Err(_) => (Vec::new(), vec![0]),
    };
    let half = dropped.first() == Some(&5) && dropped.iter().skip(1).all(|d| *d == 0);
    let up = if half { n > 0.0 } else { dropped.first().is_some_and(|d| *d >= 5) };
    if up {
        increase(&mut digits);
    }
    let digits: String = digits.iter().map(|d| char::from(b'0' + d)).collect();
    let text = format!("{}0{digits}e{}", if n.is_sign_negative() { "-" } else { "" }, -places);
    text.parse().unwrap_or(f64::NAN)
}

/// Adds one to the last digit.
fn increase(digits: &mut Vec<u8>) {
    for digit in digits.iter_mut().rev() {
        if *digit < 9 {
            *digit += 1;
            return;
        }
        *digit = 0;
    }
    digits.insert(0, 1);
}

/// A day written as this format says; [`wrong_in_format`] tells what a format may hold.
pub(super) fn formatted(day: NaiveDate, format: &str) -> String {
    let mut out = String::new();
    let mut chars = format.chars();
    while let Some(c) = chars.next() {
        if c != '%' {
            out.push(c);
            continue;
        }
        match chars.next() {
            Some('Y') => out.push_str(&format!("{:04}", day.year())),
            Some('y') => out.push_str(&format!("{:02}", day.year().rem_euclid(100))),
            Some('m') => out.push_str(&format!("{:02}", day.month())),
            Some('n') => out.push_str(&day.month().to_string()),
            Some('d') => out.push_str(&format!("{:02}", day.day())),
            Some('e') => out.push_str(&day.day().to_string()),
            other => out.extend(other),
        }
    }
    out
}

/// The first sign in a format of days that is not known.
pub(super) fn wrong_in_format(format: &str) -> Option<String> {
    let mut chars = format.chars();
    while let Some(c) = chars.next() {
        if c != '%' {
            continue;
        }
        match chars.next() {
            Some('Y' | 'y' | 'm' | 'n' | 'd' | 'e' | '%') => {}
            other => return Some(format!("%{}", other.map_or(String::new(), |c| c.to_string()))),
        }
    }
    None
}
