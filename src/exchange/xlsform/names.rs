//! Names of an XLSForm made into the codes of this platform, always in the same way.

/// A code of small letters, digits and `joiner` that begins with a letter: `numberAsString` → `number_as_string`, `_1` → `q_1`, `tên` → `ten`.
pub(super) fn code(name: &str, joiner: char) -> String {
    let mut out = String::new();
    let mut after_small = false;
    for c in name.trim().chars() {
        let plain = fold(c);
        if plain.is_ascii_uppercase() && after_small {
            out.push(joiner);
        }
        after_small = plain.is_ascii_lowercase() || plain.is_ascii_digit();
        out.push(if plain.is_ascii_alphanumeric() { plain.to_ascii_lowercase() } else { joiner });
    }
    if !out.starts_with(|c: char| c.is_ascii_lowercase()) {
        let glue = if out.starts_with(joiner) { "" } else { if joiner == '-' { "-" } else { "_" } };
        out = format!("q{glue}{out}");
    }
    out.truncate(60);
    out
}

/// An option's code: letters, digits, `_` and `-`.
pub(super) fn option_code(name: &str) -> String {
    let mut out: String = name.trim().chars().map(fold).map(|c| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' }).collect();
    out.truncate(60);
    out
}

/// An attribute's name: letters, digits and `_`, a letter first, and not one that means something else; none when the header is no such name.
pub(super) fn is_attribute(header: &str) -> bool {
    header.starts_with(|c: char| c.is_ascii_alphabetic()) && header.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// A Vietnamese letter without its marks.
fn fold(c: char) -> char {
    const LETTERS: &[(&str, char)] = &[
        ("àáảãạăằắẳẵặâầấẩẫậ", 'a'),
        ("đ", 'd'),
        ("èéẻẽẹêềếểễệ", 'e'),
        ("ìíỉĩị", 'i'),
        ("òóỏõọôồốổỗộơờớởỡợ", 'o'),
        ("ùúủũụưừứửữự", 'u'),
        ("ỳýỷỹỵ", 'y'),
    ];
    let lower = c.to_lowercase().next().unwrap_or(c);
    let plain = LETTERS.iter().find(|(letters, _)| letters.contains(lower)).map_or(c, |(_, plain)| *plain);
    if lower != c && plain.is_ascii_lowercase() { plain.to_ascii_uppercase() } else { plain }
}
