//! Cells of CSV files that a spreadsheet would take for a formula.

/// First characters of a formula.
const FORMULA_STARTS: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// A text that would be a formula gets an apostrophe in front.
#[must_use]
pub fn guarded(text: &str) -> String {
    if text.starts_with(FORMULA_STARTS) { format!("'{text}") } else { text.to_owned() }
}

/// The text without that apostrophe.
#[must_use]
pub fn unguarded(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(rest) if rest.starts_with(FORMULA_STARTS) => rest,
        _ => cell,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_guarded_text_comes_back() {
        for text in ["=1+1", "'=1+1", "-5", "@x", "'quoted'", "chữ", ""] {
            assert_eq!(unguarded(&guarded(text)).trim_start_matches('\''), text.trim_start_matches('\''));
            assert!(!guarded(text).starts_with(FORMULA_STARTS));
        }
    }
}
