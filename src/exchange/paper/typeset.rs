//! Runs the layout on a form. The layout sees two files, the form as JSON and the picture of the QR code, and our typeface; it can reach
//! nothing else: no file system, no network, no clock.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use typst::diag::{FileError, FileResult};
use typst::foundations::{Bytes, Datetime, Duration, Smart};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World};
use typst_layout::PagedDocument;
use typst_pdf::PdfOptions;

use super::form::Form;
use crate::error::{Error, Result};

const LAYOUT: &str = include_str!("layout.typ");
const FONTS: [&[u8]; 3] =
    [include_bytes!("fonts/Tinos-Regular.ttf"), include_bytes!("fonts/Tinos-Bold.ttf"), include_bytes!("fonts/Tinos-Italic.ttf")];

/// The form as PDF; `qr` is the picture of the QR code, as SVG.
pub(super) fn pdf(form: &Form, qr: Option<String>) -> Result<Vec<u8>> {
    let fonts = fonts();
    printable(form, fonts)?;
    let json = serde_json::to_vec(form).map_err(|e| Error::Internal(format!("the form could not be written: {e}")))?;
    let stage = Stage::new(fonts, json, qr)?;
    let typeset = typst::compile::<PagedDocument>(&stage);
    let told = |errors: &[typst::diag::SourceDiagnostic]| {
        let all: Vec<String> = errors.iter().map(|e| e.message.to_string()).collect();
        Error::Internal(format!("the paper form could not be typeset: {}", all.join("; ")))
    };
    let document = typeset.output.map_err(|e| told(&e))?;
    let options = PdfOptions { creator: Smart::Custom(Some(concat!("sipas ", env!("CARGO_PKG_VERSION")).into())), ..PdfOptions::default() };
    let bytes = typst_pdf::pdf(&document, &options).map_err(|e| told(&e));
    typst::comemo::evict(0); // what is remembered for the next run would only grow in a server
    bytes
}

fn fonts() -> &'static [Font] {
    static READ: OnceLock<Vec<Font>> = OnceLock::new();
    READ.get_or_init(|| FONTS.iter().filter_map(|f| Font::new(Bytes::new(*f), 0)).collect())
}

/// A sign that the typeface has not would be printed as an empty box: better to refuse.
fn printable(form: &Form, fonts: &[Font]) -> Result<()> {
    let regular = fonts.first().ok_or_else(|| Error::Internal("the typeface of paper forms cannot be read".into()))?;
    let has = |c: char| c.is_whitespace() || c.is_control() || regular.info().coverage.contains(u32::from(c));
    for text in form.texts()? {
        let missing: BTreeSet<char> = text.chars().filter(|c| !has(*c)).collect();
        if !missing.is_empty() {
            let signs: Vec<String> = missing.iter().take(10).map(|c| format!("{c} (U+{:04X})", u32::from(*c))).collect();
            let shown: String = text.chars().take(60).collect();
            let what = format!("the typeface of paper forms has no {} in “{shown}”; write it otherwise", signs.join(", "));
            return Err(Error::Refused(what));
        }
    }
    Ok(())
}

/// All that the layout can see.
struct Stage {
    library: LazyHash<Library>,
    book: LazyHash<FontBook>,
    fonts: &'static [Font],
    main: Source,
    form: (FileId, Bytes),
    qr: Option<(FileId, Bytes)>,
}

impl Stage {
    fn new(fonts: &'static [Font], form: Vec<u8>, qr: Option<String>) -> Result<Stage> {
        Ok(Stage {
            library: LazyHash::new(Library::builder().build()),
            book: LazyHash::new(FontBook::from_fonts(fonts)),
            fonts,
            main: Source::new(file("layout.typ")?, LAYOUT.to_owned()),
            form: (file("form.json")?, Bytes::new(form)),
            qr: qr.map(|svg| Ok::<_, Error>((file("qr.svg")?, Bytes::from_string(svg)))).transpose()?,
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
        let known = std::iter::once(&self.form).chain(&self.qr);
        known.into_iter().find(|(name, _)| *name == id).map(|(_, bytes)| bytes.clone()).ok_or(FileError::AccessDenied)
    }

    fn font(&self, index: usize) -> Option<Font> {
        self.fonts.get(index).cloned()
    }

    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}
