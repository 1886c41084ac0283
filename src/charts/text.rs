//! How wide a text will be, and where it breaks.
//!
//! The reader's typeface is not known: a page uses the system's, paper uses Tinos. The widths here, in hundredths of the type size, are the larger of
//! DejaVu Sans (about the widest of the usual ones) and of Tinos at the size that the print style gives it. What fits by them fits everywhere.

/// Characters U+0020 to U+007E.
const ASCII: [u8; 95] = [
    32, 41, 46, 84, 64, 96, 88, 28, 40, 40, 56, 84, 32, 38, 32, 34, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 34, 34, 84, 84, 84, 54, 104,
    81, 75, 75, 81, 69, 63, 81, 81, 38, 44, 81, 69, 100, 81, 81, 63, 81, 75, 64, 69, 81, 81, 106, 81, 81, 69, 40, 34, 40, 84, 56, 50, 62,
    64, 55, 64, 62, 38, 64, 64, 32, 32, 58, 32, 98, 64, 62, 64, 64, 42, 53, 40, 64, 60, 82, 60, 60, 53, 64, 34, 64, 84,
];
/// How much wider the bold of the same size is.
const BOLD: f64 = 1.15;

/// Width of one character in hundredths of the type size.
fn character(c: char) -> u8 {
    let at = u32::from(c);
    match c {
        ' '..='~' => usize::try_from(at - 32).ok().and_then(|i| ASCII.get(i)).copied().unwrap_or(100),
        '\u{300}'..='\u{36F}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' => 0,
        'ì' | 'í' | 'ĩ' | 'ỉ' | 'ị' => 32,
        '\u{A0}' | '\u{2009}' | '\u{202F}' | '·' => 34,
        'ơ' | 'ư' | 'ợ' | 'ờ' | 'ớ' | 'ở' | 'ỡ' | 'ự' | 'ừ' | 'ứ' | 'ử' | 'ữ' | 'đ' => 64,
        '–' | '“' | '”' => 58,
        '‘' | '’' => 38,
        _ if at > 0x1_F000 => 140,
        _ if c.is_lowercase() => 64,
        _ if c.is_uppercase() => 92,
        _ => 112,
    }
}

/// Upper bound of the width of a text in this type size.
#[must_use]
pub(super) fn width(text: &str, size: f64) -> f64 {
    text.chars().map(|c| f64::from(character(c))).sum::<f64>() / 100.0 * size
}

/// The same for bold type.
#[must_use]
pub(super) fn bold(text: &str, size: f64) -> f64 {
    width(text, size) * BOLD
}

/// Width of the widest of these lines.
#[must_use]
pub(super) fn widest<'t>(lines: impl IntoIterator<Item = &'t String>, size: f64) -> f64 {
    lines.into_iter().map(|l| width(l, size)).fold(0.0, f64::max)
}

/// Lines not wider than `room`, broken between words and only where a word alone is too wide inside it; nothing is cut. An empty text has no line.
#[must_use]
pub(super) fn wrap(text: &str, room: f64, size: f64) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut filled = 0.0;
    let space = width(" ", size);
    for word in &units(text) {
        let long = width(word, size);
        match lines.last_mut() {
            Some(line) if filled + space + long <= room => {
                line.push(' ');
                line.push_str(word);
                filled += space + long;
            }
            _ if long <= room => {
                lines.push(word.clone());
                filled = long;
            }
            _ => {
                for part in broken(word, room, size) {
                    filled = width(&part, size);
                    lines.push(part);
                }
            }
        }
    }
    lines
}

/// Words between which a line may break: a dash standing alone stays at the end of the line before.
fn units(text: &str) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match out.last_mut() {
            Some(last) if ["-", "–", "—", "·"].contains(&word) && last.chars().count() < 20 => {
                last.push(' ');
                last.push_str(word);
            }
            _ => out.push(word.to_owned()),
        }
    }
    out
}

/// [`wrap`], then narrowed as far as the number of lines stays the same, so that no single word is left over.
#[must_use]
pub(super) fn balanced(text: &str, room: f64, size: f64) -> Vec<String> {
    let lines = wrap(text, room, size);
    if lines.len() < 2 {
        return lines;
    }
    // Words stay whole that are whole now.
    let word = widest(&units(text), size);
    let (mut low, mut high) = (word.min(room), room);
    for _ in 0..8 {
        let middle = f64::midpoint(low, high);
        if wrap(text, middle, size).len() > lines.len() { low = middle } else { high = middle }
    }
    if wrap(text, word.min(room), size).len() == lines.len() {
        high = word.min(room);
    }
    wrap(text, high, size)
}

/// A word too wide for a line in pieces; a mark stays with its letter.
fn broken(word: &str, room: f64, size: f64) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut filled = 0.0;
    for c in word.chars() {
        let wide = f64::from(character(c)) / 100.0 * size;
        if filled + wide > room && wide > 0.0 && filled > 0.0 {
            parts.push(String::new());
            filled = 0.0;
        }
        if let Some(part) = parts.last_mut() {
            part.push(c);
        }
        filled += wide;
    }
    parts
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NAME: &str = "Chi nhánh Trung tâm Phục vụ hành chính công số 12 thành phố Hà Nội tại phường Hoàn Kiếm";

    #[test]
    fn long_names_wrap_and_are_never_cut() {
        let lines = wrap(NAME, 220.0, 14.0);
        assert!(lines.len() >= 3 && lines.iter().all(|l| width(l, 14.0) <= 220.0), "{lines:?}");
        assert_eq!(lines.join(" "), NAME);
        assert!(wrap("  ", 220.0, 14.0).is_empty());
    }

    #[test]
    fn balanced_lines_leave_no_word_over() {
        let loose = wrap("Tiếp nhận, giải quyết góp ý, phản ánh, kiến nghị", 250.0, 12.0);
        let even = balanced("Tiếp nhận, giải quyết góp ý, phản ánh, kiến nghị", 250.0, 12.0);
        assert_eq!(loose.len(), even.len());
        let spread = |lines: &[String]| widest(lines, 12.0) - lines.iter().map(|l| width(l, 12.0)).fold(f64::MAX, f64::min);
        assert!(spread(&even) < spread(&loose), "{even:?} {loose:?}");
    }

    #[test]
    fn a_word_wider_than_the_line_is_broken_and_keeps_its_marks() {
        let word = "Nguye\u{302}\u{303}n".repeat(20);
        let lines = wrap(&word, 60.0, 14.0);
        assert!(lines.len() > 3 && lines.iter().all(|l| width(l, 14.0) <= 60.0));
        assert!(lines.iter().all(|l| !l.starts_with(['\u{302}', '\u{303}'])), "{lines:?}");
        assert_eq!(lines.concat(), word);
    }

    proptest! {
        #[test]
        fn no_sign_is_lost_and_no_line_too_wide(text in "\\PC{0,60}", room in 30.0..400.0f64) {
            let lines = wrap(&text, room, 14.0);
            let signs = |t: &str| t.split_whitespace().collect::<String>();
            prop_assert_eq!(signs(&lines.concat()), signs(&text));
            prop_assert!(lines.iter().all(|l| width(l, 14.0) <= room + 1e-9));
        }
    }
}
