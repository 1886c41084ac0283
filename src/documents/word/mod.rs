//! A report as a Word file: text that can be edited, with Word's own structure.
//!
//! Headings, captions and lists are styles (`styles`), tables repeat their head and keep rows whole (`tables`), tables and pictures are counted by
//! fields, each annex is a section with pages of its own. The crate that writes the file leaves things out and puts others in an order that the
//! standard does not allow; `finish` mends both on the XML (`tree`) before the file is packed.

mod finish;
mod frame;
mod pieces;
mod styles;
mod tables;
mod tree;

use std::io::Cursor;

use docx_rs::{Docx, Footer, Header, PageNum, Paragraph, SectionProperty};

use super::model::{Block, Document};
use super::printed::Printed;
use crate::error::{Error, Result};
use pieces::{Writer, line};

/// Twentieths of a point in a millimetre, Word's measure.
const TWIPS_PER_MM: f64 = 1440.0 / 25.4;

/// A page, in twips.
#[derive(Debug, Clone, Copy)]
struct Sheet {
    landscape: bool,
    width: u32,
    height: u32,
    top: u32,
    bottom: u32,
    left: u32,
    right: u32,
}

impl Sheet {
    /// A4 with the margins of Nghị định 30/2020/NĐ-CP; on its side, the edge that is bound is the upper one.
    const UPRIGHT: Sheet = Sheet { landscape: false, width: 11906, height: 16838, top: 1134, bottom: 1134, left: 1701, right: 850 };
    const SIDEWAYS: Sheet = Sheet { landscape: true, width: 16838, height: 11906, top: 1701, bottom: 1020, left: 1134, right: 1134 };

    fn of(landscape: bool) -> Sheet {
        if landscape { Sheet::SIDEWAYS } else { Sheet::UPRIGHT }
    }

    /// How much is left for the text.
    fn room(self) -> u32 {
        self.width - self.left - self.right
    }
}

/// The report as a Word file (.docx), A4, in Times New Roman. The same document gives the same bytes.
///
/// # Errors
/// As [`Document::check`]; `Internal` also for a picture without PNG and when the file cannot be put together.
pub fn docx(document: &Document) -> Result<Vec<u8>> {
    document.check()?;
    pictures(document)?;
    let printed = Printed::of(document)?;
    let mut writer = Writer::new(styles::begin());
    writer.sheet = Sheet::UPRIGHT;
    frame::head(&mut writer, &printed);
    writer.items(&printed.body);
    writer.keep_last_with_next();
    frame::closing(&mut writer, &printed);
    let mut sheets = vec![Sheet::UPRIGHT];
    for annex in &printed.annexes {
        writer.paragraph(line("SectionEnd", "").section_property(SectionProperty::new()));
        writer.sheet = Sheet::of(annex.landscape);
        sheets.push(writer.sheet);
        frame::annex(&mut writer, annex);
        writer.items(&annex.body);
    }
    let alts = std::mem::take(&mut writer.alts);
    let built = around(writer.end(), &printed);
    let mut packed = Cursor::new(Vec::new());
    built.pack(&mut packed).map_err(|e| Error::Internal(format!("the Word file could not be put together: {e}")))?;
    finish::finish(packed.into_inner(), &finish::Plan { printed: &printed, sheets: &sheets, alts: &alts })
}

/// Word shows pictures of dots; a document without them can still be a PDF.
fn pictures(document: &Document) -> Result<()> {
    for block in document.body.iter().chain(document.annexes.iter().flat_map(|annex| &annex.blocks)) {
        if let Block::Figure(figure) = block
            && figure.png.is_empty()
        {
            return Err(Error::Internal(format!("picture “{}” has no PNG for the Word file", figure.caption)));
        }
    }
    Ok(())
}

/// What stands above and below every page. Where they apply, `finish` says in each section.
fn around(docx: Docx, printed: &Printed<'_>) -> Docx {
    let mark = || printed.mark.map(|mark| line("Mark", mark));
    let mut first = Header::new();
    let mut others = Header::new();
    if let Some(mark) = mark() {
        first = first.add_paragraph(mark);
    } else {
        first = first.add_paragraph(line("Header", ""));
    }
    if let Some(mark) = mark() {
        others = others.add_paragraph(mark);
    }
    others = others.add_paragraph(Paragraph::new().style("Header").add_page_num(PageNum::new()));
    let foot = || Footer::new().add_paragraph(line("Footer", printed.foot));
    docx.header(others).first_header(first).footer(foot()).first_footer(foot())
}
