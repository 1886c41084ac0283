//! What a drawing is made of: SVG elements with classes, numbers and texts written safely.
//!
//! Links, explanations of marks and identifiers differ between a page and paper, so they stand apart from the markup until the drawing is written.

use std::fmt::Write;

/// Type size of names and values.
pub(super) const BODY: f64 = 14.0;
/// Type size of axes, notes and headings.
pub(super) const SMALL: f64 = 12.0;
/// Distance of lines of names.
pub(super) const LINE: f64 = 17.0;
/// Distance of lines of small type.
pub(super) const SMALL_LINE: f64 = 14.0;
/// Beyond this a number is no figure of a chart; positions would lose their precision.
const LARGEST: f64 = 1e12;

/// Whether a number can be drawn.
#[must_use]
pub(super) fn sound(v: f64) -> bool {
    v.is_finite() && v.abs() <= LARGEST
}

/// A coordinate with one decimal at most. What is not a number cannot come here (see [`sound`]); if it does, it is drawn at 0 rather than spoiling the file.
#[must_use]
pub(super) fn n(v: f64) -> String {
    debug_assert!(v.is_finite(), "a coordinate that is no number");
    let v = if v.is_finite() { v } else { 0.0 };
    let text = format!("{v:.1}");
    let text = text.strip_suffix(".0").unwrap_or(&text);
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

/// A text as XML has it; what XML cannot hold becomes U+FFFD.
pub(super) fn escape(text: &str, into: &mut String) {
    for c in text.chars() {
        match c {
            '&' => into.push_str("&amp;"),
            '<' => into.push_str("&lt;"),
            '>' => into.push_str("&gt;"),
            '"' => into.push_str("&quot;"),
            '\'' => into.push_str("&#39;"),
            '\t' | '\n' | '\r' => into.push(' '),
            '\0'..='\u{1F}' | '\u{FFFE}' | '\u{FFFF}' => into.push('\u{FFFD}'),
            _ => into.push(c),
        }
    }
}

/// An address that a drawing may lead to: on this site, or another by HTTPS. Anything else is not drawn as a link.
#[must_use]
pub(super) fn leads(href: &str) -> bool {
    href.starts_with("https://")
        || href.starts_with(['#', '?'])
        || (href.starts_with('/') && !href.starts_with("//") && !href.starts_with("/\\"))
}

/// Which side of a text its position is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

impl Anchor {
    /// Left and right end of a text of this width at `x`.
    #[must_use]
    pub(super) fn span(self, x: f64, width: f64) -> (f64, f64) {
        match self {
            Anchor::Start => (x, x + width),
            Anchor::Middle => (x - width / 2.0, x + width / 2.0),
            Anchor::End => (x - width, x),
        }
    }
}

/// A part of a drawing.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Piece {
    /// Elements as they stand.
    Markup(String),
    /// The drawing's identifier, which the page chooses.
    Id,
    /// Begin of a link.
    Link(String),
    /// Its end.
    LinkEnd,
    /// What a mark means, for hovering and for assistive technology.
    Tip(String),
}

/// A drawing being made.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Canvas {
    pieces: Vec<Piece>,
    /// What is being written.
    markup: String,
    /// Every text drawn, so that paper can check its typeface.
    texts: Vec<String>,
}

impl Canvas {
    /// The parts in order.
    pub(super) fn pieces(&self) -> &[Piece] {
        &self.pieces
    }

    pub(super) fn texts(&self) -> &[String] {
        &self.texts
    }

    /// Puts a part after the markup written so far.
    fn piece(&mut self, piece: Piece) {
        self.seal();
        self.pieces.push(piece);
    }

    /// Ends the markup being written; nothing is missing in the parts afterwards.
    pub(super) fn seal(&mut self) {
        if !self.markup.is_empty() {
            self.pieces.push(Piece::Markup(std::mem::take(&mut self.markup)));
        }
    }

    fn push(&mut self, part: std::fmt::Arguments) {
        // Writing to a String cannot fail.
        let _ = self.markup.write_fmt(part);
    }

    /// A rectangle.
    pub(super) fn rect(&mut self, class: &str, x: f64, y: f64, width: f64, height: f64) {
        self.push(format_args!(
            "<rect class=\"{class}\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"/>",
            n(x),
            n(y),
            n(width.max(0.0)),
            n(height.max(0.0))
        ));
    }

    /// A circle.
    pub(super) fn circle(&mut self, class: &str, x: f64, y: f64, radius: f64) {
        self.push(format_args!("<circle class=\"{class}\" cx=\"{}\" cy=\"{}\" r=\"{}\"/>", n(x), n(y), n(radius)));
    }

    /// A path; `d` is made by [`Path`] or of numbers written by [`n`].
    pub(super) fn path(&mut self, class: &str, d: &str) {
        if !d.is_empty() {
            self.push(format_args!("<path class=\"{class}\" d=\"{d}\"/>"));
        }
    }

    /// A text on one line.
    pub(super) fn text(&mut self, class: &str, x: f64, y: f64, anchor: Anchor, text: &str) {
        if text.trim().is_empty() {
            return;
        }
        let side = match anchor {
            Anchor::Start => "",
            Anchor::Middle => " text-anchor=\"middle\"",
            Anchor::End => " text-anchor=\"end\"",
        };
        self.push(format_args!("<text class=\"{class}\" x=\"{}\" y=\"{}\"{side}>", n(x), n(y)));
        escape(text, &mut self.markup);
        self.push(format_args!("</text>"));
        self.texts.push(text.to_owned());
    }

    /// Lines of text below each other; `y` is the first baseline.
    pub(super) fn lines(&mut self, class: &str, x: f64, y: f64, anchor: Anchor, step: f64, lines: &[String]) {
        let mut at = y;
        for line in lines {
            self.text(class, x, at, anchor, line);
            at += step;
        }
    }

    /// A mark with what it means, leading to an address.
    pub(super) fn mark(&mut self, class: &str, tip: Option<&str>, link: Option<&str>, draw: impl FnOnce(&mut Canvas)) {
        self.linked(link, |c| {
            c.push(format_args!("<g class=\"{class}\">"));
            if let Some(tip) = tip.filter(|t| !t.trim().is_empty()) {
                c.piece(Piece::Tip(tip.to_owned()));
            }
            draw(c);
            c.push(format_args!("</g>"));
        });
    }

    /// What is drawn inside leads to an address.
    pub(super) fn linked(&mut self, link: Option<&str>, draw: impl FnOnce(&mut Canvas)) {
        let link = link.filter(|href| leads(href));
        if let Some(href) = link {
            self.piece(Piece::Link(href.to_owned()));
        }
        draw(self);
        if link.is_some() {
            self.piece(Piece::LinkEnd);
        }
    }

    /// A rectangle of diagonal lines for what is missing.
    pub(super) fn hatched(&mut self, x: f64, y: f64, width: f64, height: f64) {
        const STEP: f64 = 6.0;
        self.rect("c-none", x, y, width, height);
        let mut path = Path::default();
        let mut along = STEP / 2.0;
        while along < width + height {
            let from = if along <= height { (x, y + along) } else { (x + along - height, y + height) };
            let to = if along <= width { (x + along, y) } else { (x + width, y + along - width) };
            path = path.to(from).to(to).lift();
            along += STEP;
        }
        self.path("c-hatch", &path.done());
    }

    /// The pattern of diagonal lines for shapes that are no rectangles; see [`Canvas::hatched_path`].
    pub(super) fn hatch_pattern(&mut self) {
        self.push(format_args!("<defs><pattern id=\""));
        self.piece(Piece::Id);
        self.push(format_args!("-hatch\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\">"));
        self.rect("c-none", 0.0, 0.0, 6.0, 6.0);
        self.path("c-hatch", "M-1 1L1-1M0 6L6 0M5 7L7 5");
        self.push(format_args!("</pattern></defs>"));
    }

    /// A shape filled with diagonal lines.
    pub(super) fn hatched_path(&mut self, class: &str, d: &str) {
        self.push(format_args!("<path class=\"{class}\" fill=\"url(#"));
        self.piece(Piece::Id);
        self.push(format_args!("-hatch)\" d=\"{d}\"/>"));
    }
}

/// The commands of a path, in absolute coordinates.
#[derive(Debug, Clone, Default)]
pub(super) struct Path {
    d: String,
    down: bool,
}

impl Path {
    /// Moves to the first point, draws to the next ones.
    #[must_use]
    pub(super) fn to(mut self, (x, y): (f64, f64)) -> Self {
        self.d.push(if self.down { 'L' } else { 'M' });
        self.down = true;
        self.d.push_str(&n(x));
        self.d.push(' ');
        self.d.push_str(&n(y));
        self
    }

    /// The next point begins a new line.
    #[must_use]
    pub(super) fn lift(mut self) -> Self {
        self.down = false;
        self
    }

    /// Closes the shape.
    #[must_use]
    pub(super) fn close(mut self) -> Self {
        if self.down {
            self.d.push('Z');
        }
        self.lift()
    }

    /// What stands in the attribute `d`.
    #[must_use]
    pub(super) fn done(self) -> String {
        self.d
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn coordinates_are_short_and_never_minus_nothing() {
        assert_eq!(["12.3", "4", "0", "-7.5"], [n(12.34), n(4.0), n(-0.04), n(-7.5)].each_ref().map(String::as_str));
    }

    #[test]
    fn a_link_that_is_not_ours_or_https_is_left_out() {
        assert!(leads("/reports/a?unit=1") && leads("#b") && leads("?sort=name") && leads("https://example.org/"));
        for bad in ["javascript:alert(1)", "//example.org", "/\\example.org", "data:text/html,x", "http://example.org", " /x", ""] {
            assert!(!leads(bad), "{bad}");
        }
    }

    #[test]
    fn what_xml_cannot_hold_is_replaced() {
        let mut out = String::new();
        escape("<a b='\"'>&\u{0}\u{8}\u{FFFF}\n", &mut out);
        assert_eq!(out, "&lt;a b=&#39;&quot;&#39;&gt;&amp;\u{FFFD}\u{FFFD}\u{FFFD} ");
    }
}
