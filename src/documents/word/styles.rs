//! The styles of the Word file: whoever edits it changes a style once, not every paragraph.

use docx_rs::{
    AbstractNumbering, AlignmentType, BorderType, Docx, Level, LevelJc, LevelSuffixType, LevelText, LineSpacing, LineSpacingType,
    NumberFormat, Numbering, ParagraphBorder, ParagraphBorderPosition, ParagraphBorders, ParagraphProperty, RunFonts, SpecialIndentType,
    Start, Style, StyleType, TextBorder,
};

/// The typeface of official documents.
const TYPEFACE: &str = "Times New Roman";
/// 1.27 cm in twips: how far the first line of a paragraph is moved in.
const FIRST_LINE: i32 = 720;
/// Space between the text and those who sign it, in twips.
pub(super) const ABOVE_CLOSING: u32 = 320;
/// The list with dashes; 1 is the crate's own.
pub(super) const DASHES: usize = 2;
/// The red of the mark.
const MARK: &str = "B3261E";
/// The same, so pale that words can be read over it.
pub(super) const PALE_MARK: &str = "F3D2D0";

/// What makes one style differ from plain text.
struct Look {
    id: &'static str,
    /// Word knows its own styles by these names and shows them in the reader's language.
    name: &'static str,
    /// In half points.
    size: usize,
    bold: bool,
    italic: bool,
    align: AlignmentType,
    first_line: bool,
    /// Space above and below, in twips.
    around: (u32, u32),
    /// Whether the paragraph stays on the page of the next.
    with_next: bool,
    /// Its place in the outline, from 0.
    outline: Option<usize>,
}

const PLAIN: Look = Look {
    id: "BodyText",
    name: "Body Text",
    size: 28,
    bold: false,
    italic: false,
    align: AlignmentType::Both,
    first_line: true,
    around: (0, 120),
    with_next: false,
    outline: None,
};
const CENTRED: Look = Look { align: AlignmentType::Center, first_line: false, around: (0, 0), ..PLAIN };
const HEADING: Look = Look { bold: true, align: AlignmentType::Left, with_next: true, ..PLAIN };
const CELL: Look =
    Look { id: "TableText", name: "Table Text", size: 24, align: AlignmentType::Left, first_line: false, around: (20, 20), ..PLAIN };

const LOOKS: [Look; 24] = [
    PLAIN,
    Look { id: "Heading1", name: "heading 1", around: (240, 120), outline: Some(0), ..HEADING },
    Look { id: "Heading2", name: "heading 2", around: (160, 120), outline: Some(1), ..HEADING },
    Look { id: "Heading3", name: "heading 3", italic: true, around: (160, 120), outline: Some(2), ..HEADING },
    Look { id: "ListBullet", name: "List Bullet", ..PLAIN },
    Look { id: "Note", name: "Note", size: 23, italic: true, first_line: false, around: (60, 160), ..PLAIN },
    Look { id: "Superior", name: "Superior Agency", size: 26, ..CENTRED },
    Look { id: "Agency", name: "Agency", size: 26, bold: true, ..CENTRED },
    Look { id: "Country", name: "Country", size: 26, bold: true, ..CENTRED },
    Look { id: "Motto", name: "Motto", bold: true, ..CENTRED },
    Look { id: "Number", name: "Document Number", size: 26, around: (200, 0), ..CENTRED },
    Look { id: "Date", name: "Date", italic: true, around: (200, 0), ..CENTRED },
    Look { id: "Title", name: "Title", bold: true, around: (360, 60), with_next: true, ..CENTRED },
    Look { id: "Subtitle", name: "Subtitle", bold: true, with_next: true, ..CENTRED },
    Look { id: "Caption", name: "caption", size: 25, bold: true, with_next: true, around: (160, 80), ..CENTRED },
    Look { id: "FigureCaption", name: "Figure Caption", size: 25, bold: true, around: (60, 40), ..CENTRED },
    Look { id: "Picture", name: "Picture", with_next: true, around: (160, 0), ..CENTRED },
    Look { id: "Source", name: "Source", size: 23, italic: true, around: (0, 200), ..CENTRED },
    CELL,
    Look { id: "TableNumber", name: "Table Number", align: AlignmentType::Right, ..CELL },
    Look { id: "TableHead", name: "Table Head", bold: true, align: AlignmentType::Center, with_next: true, ..CELL },
    Look { id: "AnnexTitle", name: "Annex Title", bold: true, with_next: true, outline: Some(0), around: (0, 60), ..CENTRED },
    Look { id: "AnnexAbout", name: "Annex Reference", size: 26, italic: true, around: (0, 240), ..CENTRED },
    Look { id: "Signer", name: "Signature", bold: true, ..CENTRED },
];

/// A file with its styles and nothing else.
pub(super) fn begin() -> Docx {
    let typeface = RunFonts::new().ascii(TYPEFACE).hi_ansi(TYPEFACE).east_asia(TYPEFACE).cs(TYPEFACE);
    let mut docx = Docx::new().default_fonts(typeface).default_size(28).default_tab_stop(720);
    for look in LOOKS {
        docx = docx.add_style(style(&look));
    }
    for special in [header(), footer(), mark(), recipients_head(), recipients(), rule(), section_end()] {
        docx = docx.add_style(special);
    }
    // Points after a dash, moved in like a paragraph.
    let dash = Level::new(0, Start::new(1), NumberFormat::new("bullet"), LevelText::new("-"), LevelJc::new("left"))
        .suffix(LevelSuffixType::Space)
        .paragraph_style("ListBullet")
        .indent(Some(0), Some(SpecialIndentType::FirstLine(FIRST_LINE)), None, None);
    docx.add_abstract_numbering(AbstractNumbering::new(DASHES).add_level(dash)).add_numbering(Numbering::new(DASHES, DASHES))
}

fn spacing((before, after): (u32, u32), line: i32) -> LineSpacing {
    LineSpacing::new().before(before).after(after).line(line).line_rule(LineSpacingType::Auto)
}

fn style(look: &Look) -> Style {
    let mut style = named(look.id, look.name, look.size).align(look.align);
    style = if look.bold { style.bold() } else { style };
    style = if look.italic { style.italic() } else { style };
    // 240 is single; text for reading has a little more.
    let paragraph = style.paragraph_property.line_spacing(spacing(look.around, if look.align.to_string() == "both" { 259 } else { 240 }));
    let paragraph = paragraph.keep_next(look.with_next);
    style.paragraph_property = match look.first_line {
        true => paragraph.indent(Some(0), Some(SpecialIndentType::FirstLine(FIRST_LINE)), None, None),
        false => paragraph,
    };
    if look.id.starts_with("Heading") || look.id == "AnnexTitle" {
        style = style.next("BodyText");
    }
    match look.outline {
        Some(level) => style.outline_lvl(level),
        None => style,
    }
}

fn named(id: &str, name: &str, size: usize) -> Style {
    Style::new(id, StyleType::Paragraph).name(name).based_on("Normal").size(size)
}

fn header() -> Style {
    named("Header", "header", 26).align(AlignmentType::Center)
}

fn footer() -> Style {
    let mut style = named("Footer", "footer", 17).color("505050");
    let above = ParagraphBorder::new(ParagraphBorderPosition::Top).val(BorderType::Single).size(4).space(2).color("8C8C8C");
    style.paragraph_property = style.paragraph_property.set_borders(ParagraphBorders::with_empty().set(above));
    style
}

/// In a frame, red.
fn mark() -> Style {
    let frame = TextBorder::new().border_type(BorderType::Single).size(12).space(3).color(MARK);
    named("Mark", "Mark", 23).bold().color(MARK).align(AlignmentType::Center).text_border(frame)
}

fn recipients_head() -> Style {
    let style = named("RecipientsHead", "Recipients Head", 24).bold().italic().align(AlignmentType::Left);
    style.line_spacing(spacing((ABOVE_CLOSING, 0), 240))
}

fn recipients() -> Style {
    named("Recipients", "Recipients", 22).align(AlignmentType::Left).indent(Some(113), Some(SpecialIndentType::Hanging(113)), None, None)
}

/// An empty line as high as its rule, which is the border above it.
fn rule() -> Style {
    let mut style = named("Rule", "Rule", 4);
    let above = ParagraphBorder::new(ParagraphBorderPosition::Top).val(BorderType::Single).size(6).space(0).color("000000");
    let exact = LineSpacing::new().before(50).after(0).line(60).line_rule(LineSpacingType::Exact);
    style.paragraph_property = style.paragraph_property.set_borders(ParagraphBorders::with_empty().set(above)).line_spacing(exact);
    style
}

/// The paragraph that ends a section or stands after a table: there must be one, and nobody should see it.
fn section_end() -> Style {
    let exact = LineSpacing::new().before(0).after(0).line(20).line_rule(LineSpacingType::Exact);
    let mut style = named("SectionEnd", "Section End", 2);
    style.paragraph_property = ParagraphProperty::new().line_spacing(exact);
    style
}
