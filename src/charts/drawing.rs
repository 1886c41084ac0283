//! A finished drawing, and the three ways to write it: for a page, for paper, as a picture.

use std::fmt::Write;

use super::canvas::{Anchor, Canvas, Piece, escape, n};
use super::count;
use super::picture::{self, ChartError};
use super::text::wrap;

/// Width of a drawing beside which nothing stands, in user units.
pub(super) const WIDE: f64 = 760.0;
/// Width of a drawing for phones.
pub(super) const NARROW: f64 = 328.0;
/// The colours and type of paper.
const PRINT: &str = include_str!("print.css");

/// What stands around a chart. A page shows title, subtitle and source as text of its own; on paper they are drawn.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Head {
    /// States the finding in a sentence.
    pub title: String,
    /// Measure, number of forms, method.
    pub subtitle: String,
    /// Data cut and release.
    pub source: String,
    /// What the chart shows, for those who do not see it.
    pub description: String,
}

/// A drawing: the same input always gives the same bytes.
#[derive(Debug, Clone, PartialEq)]
pub struct Drawing {
    head: Head,
    width: f64,
    height: f64,
    narrow: bool,
    canvas: Canvas,
}

impl Drawing {
    pub(super) fn new(head: &Head, width: f64, height: f64, narrow: bool, mut canvas: Canvas) -> Self {
        canvas.seal();
        Drawing { head: head.clone(), width: width.ceil(), height: height.ceil(), narrow, canvas }
    }

    /// Width in user units (pixels at 100 %): 760, 328 when narrow, more only for heat maps of many columns.
    #[must_use]
    pub fn width(&self) -> f64 {
        self.width
    }

    /// Height in user units, without title, subtitle and source.
    #[must_use]
    pub fn height(&self) -> f64 {
        self.height
    }

    /// Title, subtitle, source and description.
    #[must_use]
    pub fn head(&self) -> &Head {
        &self.head
    }

    /// The same without title, subtitle and source, for where these stand beside it as text; [`Drawing::standalone`] then is as high as
    /// [`Drawing::height`] says.
    #[must_use]
    pub fn bare(&self) -> Drawing {
        Drawing { head: Head { description: self.head.description.clone(), ..Head::default() }, ..self.clone() }
    }

    /// An `<svg>` for a page, coloured by `static/charts.css`. `id` is a word unique in the page (letters, digits, hyphens; anything else becomes a
    /// hyphen). Title, subtitle and source are not drawn: the page has them. It is an image to assistive technology, or a group when it has links,
    /// because an image hides what is inside.
    #[must_use]
    pub fn inline(&self, id: &str) -> String {
        let id: String = id.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
        let mut out = String::new();
        let mut class = if self.narrow { "chart chart-small" } else { "chart chart-large" }.to_owned();
        let broad = self.width > if self.narrow { NARROW } else { WIDE };
        if broad {
            class.push_str(" chart-broad");
        }
        let role = if self.canvas.pieces().iter().any(|p| matches!(p, Piece::Link(_))) { "group" } else { "img" };
        let described = !self.head.description.trim().is_empty();
        let names = if described { format!("{id}-title {id}-desc") } else { format!("{id}-title") };
        let (w, h) = (n(self.width), n(self.height));
        let size = if broad { format!(" width=\"{w}\" height=\"{h}\"") } else { String::new() };
        let _ = write!(
            out,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"{class}\" viewBox=\"0 0 {w} {h}\"{size} role=\"{role}\" aria-labelledby=\"{names}\"><title id=\"{id}-title\">"
        );
        escape(&self.head.title, &mut out);
        out.push_str("</title>");
        if described {
            let _ = write!(out, "<desc id=\"{id}-desc\">");
            escape(&self.head.description, &mut out);
            out.push_str("</desc>");
        }
        self.body(&id, true, &mut out);
        out.push_str("</svg>");
        out
    }

    /// A whole SVG document for paper, with title, subtitle and source drawn as text and the colours of print, which also read in grey. It asks for
    /// the typeface Tinos, which the program brings along, then for Times New Roman.
    #[must_use]
    pub fn standalone(&self) -> String {
        let head = self.drawn_head();
        let height = head.top + self.height + head.below;
        let mut out = String::new();
        let _ = write!(
            out,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{w}\" height=\"{h}\" viewBox=\"0 0 {w} {h}\" role=\"img\"><title>",
            w = n(self.width),
            h = n(height)
        );
        escape(&self.head.title, &mut out);
        out.push_str("</title>");
        if !self.head.description.trim().is_empty() {
            out.push_str("<desc>");
            escape(&self.head.description, &mut out);
            out.push_str("</desc>");
        }
        let _ = write!(out, "<style>{PRINT}</style><rect class=\"c-paper\" width=\"{}\" height=\"{}\"/>", n(self.width), n(height));
        for piece in head.canvas.pieces() {
            if let Piece::Markup(text) = piece {
                out.push_str(text);
            }
        }
        let _ = write!(out, "<g transform=\"translate(0 {})\">", n(head.top));
        self.body("chart", false, &mut out);
        out.push_str("</g></svg>");
        out
    }

    /// [`Drawing::standalone`] as a PNG picture, so many pixels wide. Only the typeface that the program brings along is used.
    ///
    /// # Errors
    /// When the typeface lacks a character, when the picture would be empty or larger than [`picture::MOST_PIXELS`], or when the renderer fails.
    pub fn png(&self, pixels_wide: u32) -> Result<Vec<u8>, ChartError> {
        self.check_typeface()?;
        picture::png(&self.standalone(), pixels_wide)
    }

    /// Whether the typeface of paper has every character of the drawing and its head; to be asked before a drawing goes into a PDF.
    ///
    /// # Errors
    /// Names the characters that are missing, and the text they stand in.
    pub fn check_typeface(&self) -> Result<(), ChartError> {
        let head = [&self.head.title, &self.head.subtitle, &self.head.source];
        head.into_iter().chain(self.canvas.texts()).try_for_each(|text| picture::printable(text))
    }

    /// The pieces of the drawing, for a page or for paper.
    fn body(&self, id: &str, page: bool, out: &mut String) {
        for piece in self.canvas.pieces() {
            match piece {
                Piece::Markup(text) => out.push_str(text),
                Piece::Id => out.push_str(id),
                Piece::Link(href) if page => {
                    out.push_str("<a href=\"");
                    escape(href, out);
                    out.push_str("\">");
                }
                Piece::LinkEnd if page => out.push_str("</a>"),
                Piece::Tip(tip) if page => {
                    out.push_str("<title>");
                    escape(tip, out);
                    out.push_str("</title>");
                }
                Piece::Link(_) | Piece::LinkEnd | Piece::Tip(_) => {}
            }
        }
    }

    /// Title and subtitle above, source below, and the room they take.
    fn drawn_head(&self) -> DrawnHead {
        let mut canvas = Canvas::default();
        let mut y = 0.0;
        // Measured larger than drawn: bold type is wider, and print type is set a little larger.
        for (class, text, size, step) in [("c-title", &self.head.title, 19.5, 22.0), ("c-subtitle", &self.head.subtitle, 14.0, 17.0)] {
            let lines = wrap(text, self.width, size);
            if !lines.is_empty() {
                canvas.lines(class, 0.0, y + step - 4.0, Anchor::Start, step, &lines);
                y += count(lines.len()) * step + 2.0;
            }
        }
        let top = if y > 0.0 { y + 12.0 } else { 0.0 };
        let lines = wrap(&self.head.source, self.width, 12.5);
        let below = if lines.is_empty() { 0.0 } else { count(lines.len()) * 15.0 + 12.0 };
        canvas.lines("c-source", 0.0, top + self.height + 22.0, Anchor::Start, 15.0, &lines);
        canvas.seal();
        DrawnHead { canvas, top, below }
    }
}

/// Texts around a drawing on paper.
struct DrawnHead {
    canvas: Canvas,
    /// Where the drawing begins.
    top: f64,
    /// Room below it.
    below: f64,
}
