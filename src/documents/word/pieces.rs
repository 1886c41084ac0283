//! The pieces of the text as Word paragraphs.

use docx_rs::{BreakType, Docx, FieldCharType, IndentLevel, InstrText, NumberingId, Paragraph, Pic, Run, Table};

use super::styles::DASHES;
use super::{Sheet, tables};
use crate::documents::model::{self, Figure};
use crate::documents::printed::{Item, Label};

/// English Metric Units in a pixel of 1/96 inch, and in a twip: the measure of pictures.
const EMU_PER_PIXEL: u64 = 9525;
const EMU_PER_TWIP: u64 = 635;
/// The most that a picture may be high, 200 mm in twips, so that its caption finds room below.
const HIGHEST: u64 = 11_339;

/// Writes a document from top to bottom. What was written last waits, because the next piece may bind it.
pub(super) struct Writer {
    docx: Docx,
    waiting: Option<Paragraph>,
    /// The next paragraph begins on a new page.
    new_page: bool,
    /// The page that is written on.
    pub(super) sheet: Sheet,
    /// Pictures in words, in order.
    pub(super) alts: Vec<String>,
}

impl Writer {
    pub(super) fn new(docx: Docx) -> Writer {
        Writer { docx, waiting: None, new_page: false, sheet: Sheet::UPRIGHT, alts: Vec::new() }
    }

    fn flush(&mut self) {
        if let Some(waiting) = self.waiting.take() {
            self.docx = std::mem::take(&mut self.docx).add_paragraph(waiting);
        }
    }

    pub(super) fn paragraph(&mut self, paragraph: Paragraph) {
        self.flush();
        self.waiting = Some(paragraph.page_break_before(std::mem::take(&mut self.new_page)));
    }

    /// A table, and the paragraph that must follow it.
    pub(super) fn table(&mut self, table: Table) {
        if self.new_page {
            self.paragraph(line("SectionEnd", ""));
        }
        self.flush();
        self.docx = std::mem::take(&mut self.docx).add_table(table);
    }

    /// What was written last stays on the page of what follows: nobody signs an empty page.
    pub(super) fn keep_last_with_next(&mut self) {
        self.waiting = self.waiting.take().map(|paragraph| paragraph.keep_next(true));
    }

    pub(super) fn end(mut self) -> Docx {
        self.flush();
        self.docx
    }

    pub(super) fn items(&mut self, items: &[Item<'_>]) {
        self.new_page = false;
        for item in items {
            match item {
                Item::Heading { level, text } => self.paragraph(line(&format!("Heading{level}"), text)),
                Item::Paragraph { runs } => {
                    self.paragraph(runs.iter().fold(Paragraph::new().style("BodyText"), |paragraph, run| paragraph.add_run(styled(run))));
                }
                Item::List { items } => items.iter().for_each(|item| {
                    self.paragraph(line("ListBullet", item).numbering(NumberingId::new(DASHES), IndentLevel::new(0)));
                }),
                Item::Table { label, tree, table } => {
                    self.paragraph(caption("Caption", label, &table.caption));
                    self.table(tables::table(table, *tree, self.sheet.room()));
                    match &table.note {
                        Some(note) => self.paragraph(line("Note", note)),
                        None => self.paragraph(line("SectionEnd", "")),
                    }
                }
                Item::Figure { label, figure, source } => self.figure(label, figure, source.as_deref()),
                Item::Note { text } => self.paragraph(line("Note", text)),
                Item::PageBreak => self.new_page = true,
            }
        }
    }

    fn figure(&mut self, label: &Label, figure: &Figure, source: Option<&str>) {
        self.alts.push(figure.alt.clone());
        let mut picture = Pic::new_with_dimensions(figure.png.clone(), figure.width_px, figure.height_px);
        picture.id = format!("rIdImage{}", self.alts.len()); // the crate counts through the life of the program; a document is the same each time
        let (width, height) = printed_size(figure, self.sheet.room());
        self.paragraph(Paragraph::new().style("Picture").add_run(Run::new().add_image(picture.size(width, height))));
        self.paragraph(caption("FigureCaption", label, &figure.caption).keep_next(source.is_some()));
        if let Some(source) = source {
            self.paragraph(line("Source", source));
        }
    }
}

/// Width and height in EMU: its own size, unless the page is smaller.
fn printed_size(figure: &Figure, room: u32) -> (u32, u32) {
    let natural = (u64::from(figure.width_px) * EMU_PER_PIXEL, u64::from(figure.height_px) * EMU_PER_PIXEL);
    let room = (u64::from(room) * EMU_PER_TWIP, HIGHEST * EMU_PER_TWIP);
    let fit = |(width, height): (u64, u64)| if width > room.0 { (room.0, height * room.0 / width) } else { (width, height) };
    let (width, height) = fit(natural);
    let (width, height) = if height > room.1 { (width * room.1 / height, room.1) } else { (width, height) };
    (u32::try_from(width).unwrap_or(u32::MAX), u32::try_from(height).unwrap_or(u32::MAX))
}

/// A paragraph of one style.
pub(super) fn line(style: &str, text: &str) -> Paragraph {
    let paragraph = Paragraph::new().style(style);
    if text.is_empty() { paragraph } else { paragraph.add_run(words(text)) }
}

/// A stretch of text; line feeds and tabs are Word's own.
pub(super) fn words(text: &str) -> Run {
    let mut run = Run::new();
    for (at, line) in text.lines().enumerate() {
        run = if at > 0 { run.add_break(BreakType::TextWrapping) } else { run };
        for (at, part) in line.split('\t').enumerate() {
            run = if at > 0 { run.add_tab() } else { run };
            run = if part.is_empty() { run } else { run.add_text(part) };
        }
    }
    run
}

fn styled(run: &model::Run) -> Run {
    let mut out = words(&run.text);
    out = if run.bold { out.bold() } else { out };
    if run.italic { out.italic() } else { out }
}

/// "Bảng 3. …": the number is a field, so that Word counts on when somebody adds a table.
fn caption(style: &str, label: &Label, text: &str) -> Paragraph {
    let counted = Run::new()
        .add_field_char(FieldCharType::Begin, false)
        .add_instr_text(InstrText::Unsupported(format!("SEQ {} \\* ARABIC", label.word)))
        .add_field_char(FieldCharType::Separate, false)
        .add_text(label.number.to_string())
        .add_field_char(FieldCharType::End, false);
    Paragraph::new().style(style).add_run(words(&format!("{} ", label.word))).add_run(counted).add_run(words(&format!(". {text}")))
}
