//! From SVG to a PNG picture, with the typeface that the program brings along and none of the machine's.

use std::collections::BTreeSet;
use std::sync::{Arc, OnceLock};

use resvg::tiny_skia::{Color, Pixmap, Transform};
use resvg::usvg::fontdb::{Database, Source};
use resvg::usvg::{Options, Tree};
use thiserror::Error;
use typst::text::{Coverage, FontInfo};

use crate::documents::fonts;

/// The largest picture: 60 million pixels, 240 MB while it is drawn.
pub const MOST_PIXELS: u64 = 60_000_000;

/// Why a drawing could not become a picture.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ChartError {
    /// The typeface of paper lacks characters.
    #[error("the typeface of pictures and paper has no {signs} in “{text}”; write it otherwise")]
    NoGlyph {
        /// The characters, with their numbers.
        signs: String,
        /// The text they stand in, at most 60 characters of it.
        text: String,
    },
    /// The picture would be empty or too large.
    #[error(
        "a picture of {wide} × {high} pixels cannot be drawn: 1 to {MOST_PIXELS} pixels can; ask for fewer pixels or draw the rows in parts"
    )]
    Size {
        /// Pixels across.
        wide: u64,
        /// Pixels down.
        high: u64,
    },
    /// The renderer refused; a fault of the program.
    #[error("the drawing could not be rendered: {0}")]
    Renderer(String),
}

/// The typefaces as the renderer knows them.
pub(super) fn typefaces() -> Arc<Database> {
    static READ: OnceLock<Arc<Database>> = OnceLock::new();
    Arc::clone(READ.get_or_init(|| {
        let mut all = Database::new();
        for font in fonts::all() {
            all.load_font_source(Source::Binary(Arc::new(font)));
        }
        all.set_serif_family("Tinos");
        Arc::new(all)
    }))
}

/// The picture of a whole SVG document.
pub(super) fn png(svg: &str, pixels_wide: u32) -> Result<Vec<u8>, ChartError> {
    let options = Options { fontdb: typefaces(), font_family: "Tinos".into(), ..Options::default() };
    let tree = Tree::from_str(svg, &options).map_err(|e| ChartError::Renderer(e.to_string()))?;
    let size = tree.size();
    let scale = f64::from(pixels_wide) / f64::from(size.width());
    let high = (f64::from(size.height()) * scale).ceil();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a height in pixels; beyond u32 it saturates and is refused"
    )]
    let high = high as u32;
    let (wide, tall) = (u64::from(pixels_wide), u64::from(high));
    let refused = || ChartError::Size { wide, high: tall };
    if wide * tall > MOST_PIXELS {
        return Err(refused());
    }
    let mut picture = Pixmap::new(pixels_wide, high).ok_or_else(refused)?;
    picture.fill(Color::WHITE);
    #[expect(clippy::cast_possible_truncation, reason = "the renderer computes in f32")]
    let scale = scale as f32;
    resvg::render(&tree, Transform::from_scale(scale, scale), &mut picture.as_mut());
    picture.encode_png().map_err(|e| ChartError::Renderer(e.to_string()))
}

/// The characters that the typeface has in every style.
fn covered(c: char) -> bool {
    static READ: OnceLock<Vec<Coverage>> = OnceLock::new();
    let all = READ.get_or_init(|| fonts::all().into_iter().filter_map(|f| FontInfo::new(f, 0)).map(|info| info.coverage).collect());
    all.len() == fonts::all().len() && all.iter().all(|coverage| coverage.contains(u32::from(c)))
}

/// Refuses a text with characters that the typeface has not: they would be drawn as empty boxes.
pub(super) fn printable(text: &str) -> Result<(), ChartError> {
    let missing: BTreeSet<char> = text.chars().filter(|c| !c.is_whitespace() && !c.is_control() && !covered(*c)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let signs: Vec<String> = missing.iter().take(10).map(|c| format!("{c} (U+{:04X})", u32::from(*c))).collect();
    Err(ChartError::NoGlyph { signs: signs.join(", "), text: text.chars().take(60).collect() })
}
