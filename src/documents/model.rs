//! What a document says: filled in by the caller, numbers already written as its language writes them.
//!
//! A line feed in a text begins a new line. Tables, figures and annexes carry no number of their own; they are numbered in the order in
//! which they are printed ("Bảng 1", "Hình 1", "Phụ lục I"), through the text and then the annexes.

use serde::Serialize;

/// An official report.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Document {
    /// `vi` or `en`: the language of the words that the layout adds, and of the file.
    pub language: String,
    /// What stands above the text.
    pub head: OfficialHead,
    /// Words that nobody may overlook, such as "DỮ LIỆU MINH HOẠ": printed at the top and across every page.
    pub mark: Option<String>,
    /// The text.
    pub body: Vec<Block>,
    /// Who signs.
    pub signer: Signer,
    /// Who gets it, a line each, without dash and without punctuation at the end: "Như trên", "Lưu: VT, CCHC".
    pub recipients: Vec<String>,
    /// Annexes, each on pages of its own, numbered from 1.
    pub annexes: Vec<Annex>,
    /// A small line below every page: version of the method, digest. May be empty.
    pub foot: String,
}

/// The head of an official document.
#[derive(Debug, Clone, Default, Serialize)]
pub struct OfficialHead {
    /// The agency above the one that issues, in capitals: "UBND THÀNH PHỐ HÀ NỘI".
    pub superior: Option<String>,
    /// The agency that issues, in capitals: "SỞ NỘI VỤ".
    pub agency: String,
    /// "Số:       /BC-SNV".
    pub number: String,
    /// "Hà Nội, ngày … tháng … năm 2026".
    pub place_and_date: String,
    /// Kind of the document, in capitals: "BÁO CÁO".
    pub kind: String,
    /// What it is about (trích yếu): "Kết quả đo lường sự hài lòng …".
    pub about: String,
}

/// Who signs.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Signer {
    /// Authority and office, in capitals, a line each: "KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC".
    pub lines: Vec<String>,
    /// The name; empty leaves room to write it.
    pub name: String,
}

/// An annex: begins on a new page, below "Phụ lục I", and counts its pages from 1.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Annex {
    /// Its name; printed in capitals.
    pub title: String,
    /// What it belongs to: "(Kèm theo Báo cáo số … ngày … của …)". May be empty.
    pub about: String,
    /// Whether its pages lie on their side, for wide tables.
    pub landscape: bool,
    /// What it says.
    pub blocks: Vec<Block>,
}

/// A piece of the text.
#[derive(Debug, Clone, Serialize)]
pub enum Block {
    /// A heading with its number, as it is to be read: level 1 "I. ĐẶC ĐIỂM", level 2 "1. Đối tượng", level 3 "a) Giới tính".
    Heading {
        /// 1 to 3.
        level: u8,
        /// Number and words.
        text: String,
    },
    /// A paragraph.
    Paragraph(Vec<Run>),
    /// Points, each printed after a dash.
    List(Vec<String>),
    /// A table.
    Table(Table),
    /// A picture.
    Figure(Figure),
    /// A remark in small italics.
    Note(String),
    /// What follows begins on a new page.
    PageBreak,
}

/// A stretch of text in one style.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Run {
    /// The words.
    pub text: String,
    /// Whether in bold.
    pub bold: bool,
    /// Whether in italics.
    pub italic: bool,
}

/// A table. Its head is printed again on every page, and no row breaks over two.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Table {
    /// What it shows, without its number.
    pub caption: String,
    /// The columns, at least one.
    pub columns: Vec<Column>,
    /// The rows; each has as many cells as there are columns.
    pub rows: Vec<TableRow>,
    /// A remark below.
    pub note: Option<String>,
}

impl Table {
    /// The column whose cells show how deep a row is in the tree: the widest that holds no numbers.
    pub(super) fn tree_column(&self) -> Option<usize> {
        let words = self.columns.iter().enumerate().filter(|(_, column)| !column.numeric);
        // The first of those that are equally wide.
        words.rev().max_by(|(_, a), (_, b)| a.share.total_cmp(&b.share)).map(|(at, _)| at)
    }
}

/// A column.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Column {
    /// What stands above it.
    pub head: String,
    /// Whether its cells are numbers, which stand at the right; the caller gives all of them the same decimals.
    pub numeric: bool,
    /// How wide it is, as a share of the whole width; only the proportions count.
    pub share: f32,
}

/// A row.
#[derive(Debug, Clone, Default, Serialize)]
pub struct TableRow {
    /// A text for each column.
    pub cells: Vec<String>,
    /// How deep it is in the tree of parts, factors and items: its widest cell of words is moved in by as many steps.
    pub indent: u8,
    /// Whether in bold.
    pub strong: bool,
}

/// A picture, in the forms that the files need: PDF and slides take the SVG, Word the PNG.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Figure {
    /// What it shows, without its number.
    pub caption: String,
    /// The same in words, for those who cannot see it. Not empty.
    pub alt: String,
    /// The picture as SVG. Its texts use [`super::fonts::FAMILY`].
    pub svg: String,
    /// The same picture as PNG, at whatever resolution prints well.
    #[serde(skip)]
    pub png: Vec<u8>,
    /// Width in pixels of 1/96 inch: the size at which it is printed, unless the page is narrower.
    pub width_px: u32,
    /// Height in pixels of 1/96 inch.
    pub height_px: u32,
    /// Where its figures come from.
    pub source: Option<String>,
}

/// Slides.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Deck {
    /// `vi` or `en`.
    pub language: String,
    /// What the talk is called, on the first page.
    pub title: String,
    /// Who, when, where.
    pub subtitle: String,
    /// Words that nobody may overlook, on every page.
    pub mark: Option<String>,
    /// A small line below every page.
    pub foot: String,
    /// The slides after the first page.
    pub slides: Vec<Slide>,
}

/// A slide: one finding and what shows it.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Slide {
    /// The finding, as a sentence.
    pub title: String,
    /// Few points; beside the picture when there is one.
    pub points: Vec<String>,
    /// A picture: at the left of points or table, else alone. Its caption is not printed, the title says it.
    pub figure: Option<Figure>,
    /// A table of a few rows. Its caption is not printed.
    pub table: Option<Table>,
    /// A remark below, such as the number of answers.
    pub note: Option<String>,
}
