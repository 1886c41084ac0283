//! The typeface of everything that is printed, built in: Tinos, which is as wide as Times New Roman in every character.
//!
//! Reports, slides, paper forms and charts take it from here, so that a picture and the text around it are of one hand and nothing depends
//! on the fonts of the machine. `fonts/README.md` says where the files come from and under which licence.

use std::sync::OnceLock;

use typst::foundations::Bytes;
use typst::layout::Abs;
use typst::text::{Font, FontVariations};

/// The name by which a layout or an SVG asks for the typeface.
pub const FAMILY: &str = "Tinos";

const FILES: [&[u8]; 4] = [
    include_bytes!("fonts/Tinos-Regular.ttf"),
    include_bytes!("fonts/Tinos-Bold.ttf"),
    include_bytes!("fonts/Tinos-Italic.ttf"),
    include_bytes!("fonts/Tinos-BoldItalic.ttf"),
];

/// The font files (TrueType): regular, bold, italic, bold italic.
#[must_use]
pub fn all() -> [&'static [u8]; 4] {
    FILES
}

/// The same, read for typesetting; regular first.
pub(super) fn read() -> &'static [Font] {
    static READ: OnceLock<Vec<Font>> = OnceLock::new();
    READ.get_or_init(|| all().into_iter().filter_map(|file| Font::new(Bytes::new(file), 0)).collect())
}

/// How wide a line is when set in this size, in points; kerning left out. Times New Roman gives the same.
pub(super) fn width(line: &str, size: f64, bold: bool) -> f64 {
    let Some(font) = read().get(usize::from(bold)) else { return 0.0 };
    let font = font.clone().instantiate(font.info().variant, Abs::pt(size), &FontVariations::default());
    let advance = |c: char| font.ttf().glyph_index(c).and_then(|glyph| font.x_advance(glyph.0)).map_or(0.5, |em| em.get());
    line.chars().map(advance).sum::<f64>() * size
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_style_has_the_same_characters() {
        let coverage = |font: &Font| font.info().coverage.iter().collect::<Vec<_>>();
        assert_eq!(read().len(), FILES.len());
        assert!(read().iter().all(|font| font.info().family == FAMILY));
        assert!(
            read().iter().all(|font| coverage(font) == coverage(&read()[0])),
            "a text may be printable in one style and not in another"
        );
        assert!("ẵỡặẨĐđ₫±≥→".chars().all(|c| read()[0].info().coverage.contains(u32::from(c))));
    }

    #[test]
    fn a_line_is_as_wide_as_in_times_new_roman() {
        // Times New Roman Bold: T 1366, i 569, m 1706 of 2048 units.
        let expected = 13.0 * f64::from(1366 + 569 + 1706) / 2048.0;
        assert!((width("Tim", 13.0, true) - expected).abs() < 1e-9);
    }
}
