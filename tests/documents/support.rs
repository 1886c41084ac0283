//! What reads printed files back: poppler's programs, LibreOffice, and the archive that a Word file is.

use std::io::{Cursor, Read};
use std::path::Path;
use std::process::Command;
use std::sync::LazyLock;

use sipas::documents;

use crate::example;

/// The example, printed once for all tests.
pub(crate) static REPORT: LazyLock<Pdf> = LazyLock::new(|| Pdf::of(documents::pdf(&example::report()).expect("the report is printed")));
/// The example as Word file.
pub(crate) static WORD: LazyLock<Vec<u8>> = LazyLock::new(|| documents::docx(&example::report()).expect("the Word file is written"));
/// The Word file as LibreOffice prints it.
pub(crate) static WORD_PRINTED: LazyLock<Pdf> = LazyLock::new(|| Pdf::of(printed_by_office(&WORD)));
/// The example's slides.
pub(crate) static SLIDES: LazyLock<Pdf> = LazyLock::new(|| Pdf::of(documents::slides(&example::deck()).expect("the slides are printed")));

/// A PDF in a folder of its own.
pub(crate) struct Pdf {
    folder: tempfile::TempDir,
}

impl Pdf {
    pub(crate) fn of(bytes: Vec<u8>) -> Pdf {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("printed.pdf"), bytes).expect("the file is kept");
        Pdf { folder }
    }

    /// What a program of poppler says about it.
    pub(crate) fn told(&self, program: &str, arguments: &[&str]) -> String {
        let mut command = Command::new(program);
        command.args(arguments).arg(self.folder.path().join("printed.pdf"));
        if program == "pdftotext" {
            command.arg("-");
        }
        run(&mut command)
    }

    /// The text of each page in the order of writing, cell after cell; runs of spaces and line ends are one space.
    pub(crate) fn pages(&self) -> Vec<String> {
        pages(&self.told("pdftotext", &["-raw"]))
    }

    /// The darkest shade of each page, from 0 (black) to 255 (white), as poppler draws it, small and grey.
    pub(crate) fn drawn(&self) -> Vec<u8> {
        let root = self.folder.path().join("page");
        run(Command::new("pdftoppm").args(["-r", "20", "-gray"]).arg(self.folder.path().join("printed.pdf")).arg(&root));
        let mut files: Vec<_> = std::fs::read_dir(self.folder.path()).expect("the folder").map(|f| f.expect("a file").path()).collect();
        files.retain(|f| f.extension().is_some_and(|e| e == "pgm"));
        files.sort();
        let darkest = |file: &std::path::PathBuf| std::fs::read(file).expect("the picture").iter().skip(20).copied().min().expect("pixels");
        files.iter().map(darkest).collect()
    }

    /// The text of the upper margin of each page: the first `points` points.
    pub(crate) fn tops(&self, points: u32) -> Vec<String> {
        pages(&self.told("pdftotext", &["-raw", "-x", "0", "-y", "0", "-W", "900", "-H", &points.to_string()]))
    }
}

fn pages(text: &str) -> Vec<String> {
    let mut pages: Vec<String> = text.split('\u{c}').map(flat).collect();
    pages.pop(); // behind the last form feed
    pages
}

/// One space wherever there is any.
pub(crate) fn flat(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn run(command: &mut Command) -> String {
    let done = command.output().unwrap_or_else(|e| panic!("{command:?} cannot be run: {e}; tests/setup/install.sh says what to install"));
    assert!(done.status.success(), "{command:?}: {}", String::from_utf8_lossy(&done.stderr));
    String::from_utf8(done.stdout).expect("the program writes UTF-8")
}

/// A Word file as LibreOffice prints it, with a profile of its own, and with our typeface in place of Times New Roman, which is as wide.
pub(crate) fn printed_by_office(docx: &[u8]) -> Vec<u8> {
    let folder = tempfile::tempdir().expect("a folder");
    let at = |name: &str| folder.path().join(name);
    std::fs::write(at("report.docx"), docx).expect("the file is kept");
    std::fs::write(at("fonts.conf"), fonts(folder.path())).expect("the file is kept");
    let profile = format!("-env:UserInstallation=file://{}", at("profile").display());
    let mut office = Command::new("soffice");
    office.env("FONTCONFIG_FILE", at("fonts.conf")).env("HOME", folder.path());
    run(office.args([&profile, "--headless", "--convert-to", "pdf", "--outdir"]).arg(folder.path()).arg(at("report.docx")));
    std::fs::read(at("report.pdf")).expect("LibreOffice printed the Word file")
}

fn fonts(folder: &Path) -> String {
    let ours = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/documents/fonts");
    format!(
        "<?xml version=\"1.0\"?><!DOCTYPE fontconfig SYSTEM \"fonts.dtd\"><fontconfig><dir>{}</dir><cachedir>{}</cachedir><match target=\"pattern\"><test name=\"family\">\
         <string>Times New Roman</string></test><edit name=\"family\" mode=\"assign\" binding=\"strong\"><string>Tinos</string></edit></match></fontconfig>",
        ours.display(),
        folder.join("cache").display()
    )
}

/// A part of a Word file.
pub(crate) fn part(docx: &[u8], name: &str) -> String {
    let mut archive = zip::ZipArchive::new(Cursor::new(docx)).expect("a Word file is an archive");
    let mut text = String::new();
    archive
        .by_name(name)
        .unwrap_or_else(|e| panic!("the Word file has no {name}: {e}"))
        .read_to_string(&mut text)
        .expect("parts are UTF-8");
    text
}
