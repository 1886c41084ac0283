//! What every file refuses before it is begun, so that PDF, Word and slides agree on what a document is.
//!
//! Mistakes of structure are faults of the code that filled the model in (`Internal`); signs that cannot stand in a file come from
//! people's texts (`Refused`).

use super::model::{Block, Deck, Document, Figure, Run, Slide, Table};
use super::typeset::printable;
use crate::error::{Error, Result};

impl Document {
    /// Whether this can be printed.
    ///
    /// # Errors
    /// `Internal` for an unknown language, a level of heading beyond 3, a table whose rows and columns differ, a picture that is none;
    /// `Refused` for signs that a Word file cannot hold.
    pub fn check(&self) -> Result<()> {
        language(&self.language)?;
        let all = self.body.iter().chain(self.annexes.iter().flat_map(|annex| &annex.blocks));
        all.clone().try_for_each(block)?;
        storable(self.texts())
    }

    /// Every text, pictures included, in no particular order.
    pub(super) fn texts(&self) -> Vec<&str> {
        let head = &self.head;
        let mut all: Vec<&str> =
            vec![&head.agency, &head.number, &head.place_and_date, &head.kind, &head.about, &self.foot, &self.signer.name];
        all.extend(head.superior.iter().chain(&self.mark).chain(&self.signer.lines).chain(&self.recipients).map(String::as_str));
        for annex in &self.annexes {
            all.extend([annex.title.as_str(), &annex.about]);
        }
        for block in self.body.iter().chain(self.annexes.iter().flat_map(|annex| &annex.blocks)) {
            match block {
                Block::Heading { text, .. } | Block::Note(text) => all.push(text),
                Block::Paragraph(runs) => all.extend(runs.iter().map(|run: &Run| run.text.as_str())),
                Block::List(items) => all.extend(items.iter().map(String::as_str)),
                Block::Table(table) => of_table(table, &mut all),
                Block::Figure(figure) => of_figure(figure, &mut all),
                Block::PageBreak => {}
            }
        }
        all
    }

    /// Refuses what the built-in typeface cannot print; Word has other typefaces to turn to.
    pub(super) fn printable(&self) -> Result<()> {
        printable("reports", self.texts())?;
        let figures = self.body.iter().chain(self.annexes.iter().flat_map(|annex| &annex.blocks)).filter_map(|block| match block {
            Block::Figure(figure) => Some(figure),
            _ => None,
        });
        figures.map(written).try_for_each(|texts| printable("reports", texts?.iter().map(String::as_str)))
    }
}

impl Deck {
    /// Whether this can be shown.
    ///
    /// # Errors
    /// As for [`Document::check`].
    pub fn check(&self) -> Result<()> {
        language(&self.language)?;
        self.slides.iter().filter_map(|slide| slide.table.as_ref()).try_for_each(table)?;
        self.slides.iter().filter_map(|slide| slide.figure.as_ref()).try_for_each(figure)?;
        let texts = self.slides.iter().flat_map(of_slide).chain([self.title.as_str(), &self.subtitle, &self.foot]);
        printable("slides", texts.chain(self.mark.as_deref()))?;
        let figures = self.slides.iter().filter_map(|slide| slide.figure.as_ref());
        figures.map(written).try_for_each(|texts| printable("slides", texts?.iter().map(String::as_str)))
    }
}

fn fault(what: String) -> Error {
    Error::Internal(format!("a document was filled in wrongly: {what}"))
}

fn language(code: &str) -> Result<()> {
    if ["vi", "en"].contains(&code) { Ok(()) } else { Err(fault(format!("its language is {code:?}, not vi or en"))) }
}

fn block(block: &Block) -> Result<()> {
    match block {
        Block::Heading { level, text } if !(1..=3).contains(level) => Err(fault(format!("heading “{text}” has level {level}, not 1 to 3"))),
        Block::Table(t) => table(t),
        Block::Figure(f) => figure(f),
        _ => Ok(()),
    }
}

fn table(table: &Table) -> Result<()> {
    let caption = &table.caption;
    if table.columns.is_empty() {
        return Err(fault(format!("table “{caption}” has no columns")));
    }
    if let Some(column) = table.columns.iter().find(|column| !(column.share > 0.0 && column.share.is_finite())) {
        return Err(fault(format!("column “{}” of table “{caption}” has the share {}", column.head, column.share)));
    }
    if let Some((at, row)) = table.rows.iter().enumerate().find(|(_, row)| row.cells.len() != table.columns.len()) {
        let what = format!("row {} of table “{caption}” has {} cells for {} columns", at + 1, row.cells.len(), table.columns.len());
        return Err(fault(what));
    }
    Ok(())
}

fn figure(figure: &Figure) -> Result<()> {
    let caption = &figure.caption;
    if figure.alt.trim().is_empty() {
        return Err(fault(format!("picture “{caption}” is not described in words")));
    }
    if figure.width_px == 0 || figure.height_px == 0 || figure.svg.is_empty() {
        return Err(fault(format!("picture “{caption}” is empty")));
    }
    if !figure.png.is_empty() && !figure.png.starts_with(b"\x89PNG\r\n\x1a\n") {
        return Err(fault(format!("picture “{caption}” has no PNG")));
    }
    Ok(())
}

/// Word files are XML, which cannot hold most control characters, escaped or not.
fn storable(texts: Vec<&str>) -> Result<()> {
    for text in texts {
        let forbidden = |c: &char| matches!(c, '\0'..='\x08' | '\x0B' | '\x0C' | '\x0E'..='\x1F' | '\u{FFFE}' | '\u{FFFF}');
        if let Some(c) = text.chars().find(forbidden) {
            let shown: String = text.chars().filter(|c| !c.is_control()).take(60).collect();
            let what = format!("“{shown}” holds the control character U+{:04X}, which no document can hold; remove it", u32::from(c));
            return Err(Error::Refused(what));
        }
    }
    Ok(())
}

fn of_table<'a>(table: &'a Table, all: &mut Vec<&'a str>) {
    all.push(&table.caption);
    all.extend(table.note.as_deref());
    all.extend(table.columns.iter().map(|column| column.head.as_str()));
    all.extend(table.rows.iter().flat_map(|row| &row.cells).map(String::as_str));
}

fn of_figure<'a>(figure: &'a Figure, all: &mut Vec<&'a str>) {
    all.extend([figure.caption.as_str(), &figure.alt]);
    all.extend(figure.source.as_deref());
}

fn of_slide(slide: &Slide) -> Vec<&str> {
    let mut all = vec![slide.title.as_str()];
    all.extend(slide.points.iter().map(String::as_str));
    all.extend(slide.note.as_deref());
    if let Some(table) = &slide.table {
        of_table(table, &mut all);
    }
    if let Some(figure) = &slide.figure {
        of_figure(figure, &mut all);
    }
    all
}

/// What is written in a picture.
fn written(figure: &Figure) -> Result<Vec<String>> {
    use quick_xml::events::Event;
    let broken = |e: String| fault(format!("the SVG of picture “{}” cannot be read: {e}", figure.caption));
    let mut reader = quick_xml::Reader::from_str(&figure.svg);
    let mut texts = Vec::new();
    loop {
        match reader.read_event().map_err(|e| broken(e.to_string()))? {
            Event::Text(text) => texts.push(text.xml10_content().into_owned()),
            Event::GeneralRef(reference) => {
                texts.extend(reference.resolve_char_ref().map_err(|e| broken(e.to_string()))?.map(String::from))
            }
            Event::Eof => return Ok(texts),
            _ => {}
        }
    }
}
