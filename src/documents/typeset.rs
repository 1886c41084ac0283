//! Runs a layout on data: the one way in which a PDF comes about, for paper forms, reports and slides.
//!
//! A layout sees the files that it is given and our typeface; it can reach nothing else: no file system, no network, no clock. Texts reach
//! it as data (JSON) and are never read as its language.

use std::collections::BTreeSet;

use typst::diag::{FileError, FileResult, SourceDiagnostic};
use typst::foundations::{Bytes, Datetime, Duration, Smart};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World};
use typst_layout::PagedDocument;
use typst_pdf::PdfOptions;

use super::fonts;
use crate::error::{Error, Result};

/// What is to be set.
#[derive(Debug)]
pub struct Sheet<'a> {
    /// What a message calls it: "the paper form".
    pub called: &'static str,
    /// The layout, in typst's language.
    pub layout: &'static str,
    /// The files that the layout reads, by name.
    pub files: Vec<(&'a str, Vec<u8>)>,
}

/// What begins the message of an `assert` by which a layout refuses what it was given.
const REFUSED: &str = "assertion failed: ";

/// The sheet as PDF. The same sheet gives the same bytes.
///
/// # Errors
/// `Refused` when the layout refuses what it was given, with its reason; `Internal` when typesetting fails.
pub fn pdf(sheet: Sheet<'_>) -> Result<Vec<u8>> {
    let called = sheet.called;
    let told = |errors: &[SourceDiagnostic]| {
        let all: Vec<&str> = errors.iter().map(|e| e.message.as_str()).collect();
        match all.first().and_then(|first| first.strip_prefix(REFUSED)) {
            Some(reason) => Error::Refused(format!("{called} cannot be printed: {reason}")),
            None => Error::Internal(format!("{called} could not be typeset: {}", all.join("; "))),
        }
    };
    let stage = Stage::new(sheet)?;
    let document = typst::compile::<PagedDocument>(&stage).output.map_err(|e| told(&e))?;
    let options = PdfOptions { creator: Smart::Custom(Some(concat!("sipas ", env!("CARGO_PKG_VERSION")).into())), ..PdfOptions::default() };
    let bytes = typst_pdf::pdf(&document, &options).map_err(|e| told(&e));
    typst::comemo::evict(0); // what is remembered for the next run would only grow in a server
    bytes
}

/// Refuses a sign that the typeface has not: it would be printed as an empty box.
///
/// # Errors
/// `Refused` with the signs and the text around the first of them.
pub fn printable<'a>(called: &str, texts: impl IntoIterator<Item = &'a str>) -> Result<()> {
    let regular = fonts::read().first().ok_or_else(|| Error::Internal(format!("the typeface of {called} cannot be read")))?;
    let has = |c: char| c.is_whitespace() || regular.info().coverage.contains(u32::from(c));
    for text in texts {
        let missing: BTreeSet<char> = text.chars().filter(|c| !has(*c)).collect();
        if !missing.is_empty() {
            let signs: Vec<String> = missing.iter().take(10).map(|c| named(*c)).collect();
            let shown: String = text.chars().take(60).filter(|c| !c.is_control()).collect();
            let what = format!("the typeface of {called} has no {} in “{shown}”; write it otherwise", signs.join(", "));
            return Err(Error::Refused(what));
        }
    }
    Ok(())
}

fn named(c: char) -> String {
    let code = u32::from(c);
    if c.is_control() || c.is_whitespace() { format!("U+{code:04X}") } else { format!("{c} (U+{code:04X})") }
}

/// All that the layout can see.
struct Stage {
    library: LazyHash<Library>,
    book: LazyHash<FontBook>,
    main: Source,
    files: Vec<(FileId, Bytes)>,
}

impl Stage {
    fn new(sheet: Sheet<'_>) -> Result<Stage> {
        let files = sheet.files.into_iter().map(|(name, bytes)| Ok((file(name)?, Bytes::new(bytes))));
        Ok(Stage {
            library: LazyHash::new(Library::builder().build()),
            book: LazyHash::new(FontBook::from_fonts(fonts::read())),
            main: Source::new(file("layout.typ")?, sheet.layout.to_owned()),
            files: files.collect::<Result<_>>()?,
        })
    }
}

fn file(name: &str) -> Result<FileId> {
    let path = VirtualPath::new(name).map_err(|e| Error::Internal(format!("{name}: {e:?}")))?;
    Ok(RootedPath::new(VirtualRoot::Project, path).intern())
}

impl World for Stage {
    fn library(&self) -> &LazyHash<Library> {
        &self.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &self.book
    }

    fn main(&self) -> FileId {
        self.main.id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        if id == self.main.id() { Ok(self.main.clone()) } else { Err(FileError::AccessDenied) }
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        self.files.iter().find(|(name, _)| *name == id).map(|(_, bytes)| bytes.clone()).ok_or(FileError::AccessDenied)
    }

    fn font(&self, index: usize) -> Option<Font> {
        fonts::read().get(index).cloned()
    }

    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}
