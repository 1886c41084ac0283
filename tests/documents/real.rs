//! Reports of surveys as they are in a database: printed, opened by other programs, and compared with what the engine says.

use std::collections::BTreeMap;
use std::io::{Cursor, Read};
use std::process::{Command, Output};
use std::sync::LazyLock;
use std::time::Instant;

use calamine::{Data, DataType, Reader, Xlsx};
use chrono::Utc;
use sipas::config::Issuer;
use sipas::db::Db;
use sipas::estimation::{Figures, Level, Row, Tables};
use sipas::reports::choice::Choice;
use sipas::reports::files;
use sipas::reports::formats::workbook;
use sipas::reports::printed::{self, Paper};
use sipas::reports::report::{Report, Sources};
use sipas::reports::teller::Teller;
use sipas::surveys::Surveys;
use sipas::units::boundaries::Boundaries;
use sipas::web::Language;
use sipas::web::locale::Words;

use crate::support::{Pdf, flat, printed_by_office};

#[path = "../fixtures/surveys.rs"]
#[allow(dead_code, unreachable_pub, reason = "other tests use the rest")]
mod sized;

/// A survey in a database.
struct Kept {
    folder: tempfile::TempDir,
    db: Db,
}

impl Kept {
    fn with(communes: usize) -> Self {
        let (folder, db) = sized::database();
        sized::fill(&db, communes);
        Kept { folder, db }
    }

    /// Computes something of a survey's report as the command line does.
    fn told<T>(&self, survey: &str, language: Language, make: impl FnOnce(&Teller<'_>) -> T) -> T {
        let surveys = Surveys::default();
        let open = self.db.read_now(|conn| surveys.by_code_afresh(conn, survey)).unwrap();
        let sources = Sources {
            db: self.db.clone(),
            surveys,
            tables: Tables::default(),
            figures: Figures::default(),
            boundaries: Boundaries::default(),
        };
        let report = Report::of(sources, &open, Choice::default(), None, Utc::now().naive_utc(), |_| true).unwrap();
        make(&Teller { report: &report, language, words: &Words::load(language).unwrap() })
    }

    fn printed(&self, survey: &str, language: Language, paper: Paper, unit: Option<&str>) -> Vec<u8> {
        self.told(survey, language, |teller| printed::make(teller, paper, unit, &Issuer::default()).unwrap())
    }

    /// `sipas report` on this database, with these arguments.
    fn command(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sipas"));
        command.env_remove("DATABASE_URL").env_remove("SIPAS_DATA").arg("report").args(arguments);
        command.arg("--data").arg(self.folder.path()).output().unwrap()
    }
}

/// Twelve communes, one with too few answers.
static SMALL: LazyLock<Kept> = LazyLock::new(|| Kept::with(12));
const BOTH: [Language; 2] = [Language::Vi, Language::En];

/// The engine's overall figures: all units together, then each.
fn overall(teller: &Teller<'_>) -> (Row, Vec<Row>) {
    let index = teller.report.index().unwrap();
    let units = index.units.iter().filter(|r| r.measure_level == Level::Overall).cloned().collect();
    (index.overall().unwrap().clone(), units)
}

/// Every page can be drawn, has something on it, and no sign is unreadable.
fn every_page_is_drawn(pdf: &Pdf) -> usize {
    let pages = pdf.pages();
    assert!(pages.iter().all(|p| !p.contains(['\u{fffd}', '\u{25a1}', '\u{0}'])), "a sign has no picture");
    let shades = pdf.drawn();
    assert_eq!(shades.len(), pages.len(), "every page is drawn");
    for (at, darkest) in shades.iter().enumerate() {
        assert!(*darkest < 128, "page {} is blank", at + 1);
    }
    pages.len()
}

/// A row of the table of units: what follows the unit's name up to the next name or the foot of the page.
fn row_of<'a>(annex: &'a str, name: &str) -> &'a str {
    let rest = annex.split(&format!("{} ", flat(name))).nth(1).unwrap_or_else(|| panic!("{name} is not in the annex"));
    rest.split(char::is_uppercase).next().unwrap()
}

fn the_whole_report_agrees(language: Language) {
    let pdf = Pdf::of(SMALL.printed(sized::LARGE, language, Paper::Pdf, None));
    let text = flat(&pdf.pages().join(" "));
    let (heading, hidden) = match language {
        Language::Vi => ("Chỉ số của các đơn vị", ["chưa đủ mẫu", "không hiển thị"]),
        Language::En => ("The index of the units", ["too few forms", "not shown"]),
    };
    SMALL.told(sized::LARGE, language, |teller| {
        let (all, units) = overall(teller);
        let number = |v: Option<f64>| language.number(v.unwrap(), 2);
        for figure in [all.estimate, all.ci_low, all.ci_high] {
            assert!(text.contains(&number(figure)), "{} is not printed", number(figure));
        }
        let annex = text.split(heading).last().unwrap();
        assert_eq!(units.len(), 12);
        let mut suppressed = 0;
        for unit in units {
            let row = row_of(annex, &teller.unit_name(unit.unit.as_deref().unwrap()));
            if unit.estimate.is_some() {
                for figure in [unit.estimate, unit.ci_low, unit.ci_high] {
                    assert!(row.contains(&number(figure)), "{} is not in {row}", number(figure));
                }
            } else {
                suppressed += 1;
                assert!(hidden.iter().any(|h| row.contains(h)), "{row}");
                let decimals = row.split(' ').filter(|w| w.chars().filter(char::is_ascii_digit).count() > 2 && w.contains([',', '.']));
                assert_eq!(decimals.count(), 0, "a hidden figure is printed: {row}");
            }
        }
        assert!(suppressed >= 2, "one unit has too few answers, and another hides it");
    });
    assert!(every_page_is_drawn(&pdf) > 8);
}

#[test]
fn the_printed_report_says_the_engines_figures_in_vietnamese() {
    the_whole_report_agrees(Language::Vi);
}

#[test]
fn the_printed_report_says_the_engines_figures_in_english() {
    the_whole_report_agrees(Language::En);
}

#[test]
fn the_report_on_a_unit_says_its_figure_or_why_there_is_none() {
    for language in BOTH {
        let (_, units) = SMALL.told(sized::LARGE, language, overall);
        let shown = units.iter().find(|r| r.estimate.is_some()).unwrap();
        let code = shown.unit.as_deref().unwrap();
        let pdf = Pdf::of(SMALL.printed(sized::LARGE, language, Paper::Pdf, Some(code)));
        let text = flat(&pdf.pages().join(" "));
        assert!(text.contains(&language.number(shown.estimate.unwrap(), 2)), "{text}");
        every_page_is_drawn(&pdf);

        let pdf = Pdf::of(SMALL.printed(sized::LARGE, language, Paper::Pdf, Some(sized::FEW)));
        let text = flat(&pdf.pages().join(" "));
        let why = SMALL.told(sized::LARGE, language, |t| t.say("card-hidden", &[]));
        assert!(text.contains(&why), "{text}");
        let percent = text.split(' ').filter(|w| w.ends_with('%') && w.contains([',', '.']));
        assert_eq!(percent.collect::<Vec<_>>(), Vec::<&str>::new(), "five answers give no figure");
        every_page_is_drawn(&pdf);
    }
}

#[test]
fn slides_say_the_headline() {
    for language in BOTH {
        let pdf = Pdf::of(SMALL.printed(sized::LARGE, language, Paper::Slides, None));
        let (all, _) = SMALL.told(sized::LARGE, language, overall);
        let pages = pdf.pages();
        assert!(pages[1].contains(&format!("{}%", language.number(all.estimate.unwrap(), 2))), "{}", pages[1]);
        assert_eq!(every_page_is_drawn(&pdf), pages.len());
    }
}

#[test]
fn the_word_file_is_read_back_and_printed_by_libreoffice() {
    for language in BOTH {
        let bytes = SMALL.printed(sized::LARGE, language, Paper::Docx, None);
        let mut archive = zip::ZipArchive::new(Cursor::new(&bytes)).unwrap();
        for at in 0..archive.len() {
            let mut part = archive.by_index(at).unwrap();
            let name = part.name().unwrap().into_owned();
            if name.ends_with(".xml") || name.ends_with(".rels") {
                let mut text = String::new();
                part.read_to_string(&mut text).unwrap();
                roxmltree::Document::parse(&text).unwrap_or_else(|e| panic!("{name}: {e}"));
            }
        }
        docx_rs::read_docx(&bytes).expect("a library reads the Word file");
        let text = flat(&Pdf::of(printed_by_office(&bytes)).pages().join(" "));
        SMALL.told(sized::LARGE, language, |teller| {
            let (all, units) = overall(teller);
            assert!(text.contains(&format!("{}%", language.number(all.estimate.unwrap(), 2))));
            for unit in units {
                let name = teller.unit_name(unit.unit.as_deref().unwrap());
                assert!(text.contains(&name), "{name} is not in the Word file");
            }
        });
    }
}

#[test]
fn the_workbook_is_read_back_with_every_digit() {
    for language in BOTH {
        SMALL.told(sized::LARGE, language, |teller| {
            let bytes = workbook::bytes(&files::handlers::figures(teller).unwrap(), teller.words).unwrap();
            let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).unwrap();
            let sheet = book.worksheet_range(&teller.say("file-sheet-units", &[])).unwrap();
            let rows: BTreeMap<String, Vec<Data>> = sheet.rows().map(|r| (r[1].to_string(), r.to_vec())).collect();
            for unit in overall(teller).1 {
                let row = &rows[unit.unit.as_deref().unwrap()];
                match unit.estimate {
                    Some(v) => assert!(row.iter().any(|c| c.as_f64().is_some_and(|c| (c - v).abs() < 1e-12)), "{v} is not in {row:?}"),
                    None => assert!(row.iter().all(|c| c.as_f64().is_none_or(|c| c.fract() == 0.0)), "a hidden figure in {row:?}"),
                }
            }
        });
    }
}

#[test]
fn reports_of_none_one_and_six_hundred_units_are_printed() {
    let kept = Kept::with(sized::MANY);
    for (survey, least, most) in [(sized::EMPTY, 3, 30), (sized::SINGLE, 8, 40), (sized::LARGE, 60, 260)] {
        let begun = Instant::now();
        let pdf = Pdf::of(kept.printed(survey, Language::Vi, Paper::Pdf, None));
        let took = begun.elapsed();
        let pages = pdf.pages();
        println!("{survey}: {} pages in {took:?}", pages.len());
        assert!((least..=most).contains(&pages.len()), "{survey}: {} pages", pages.len());
        let text = flat(&pages.join(" "));
        assert!(!text.contains("NaN") && !text.contains("inf"), "{survey}");
        let named = |t: &Teller<'_>| t.report.open().frame.units.values().map(|u| u.name_vi.clone()).collect::<Vec<_>>();
        let names = kept.told(survey, Language::Vi, named);
        if survey == sized::EMPTY {
            let nothing = kept.told(survey, Language::Vi, |t| t.say("headline-nothing", &[]));
            assert!(text.contains(&nothing), "{text}");
        } else {
            assert!(names.iter().all(|n| text.contains(n)), "{survey}: not all units are in the annex");
        }
        // Setting text takes long where the compiler did not optimise, and the other files hold the same tables or fewer.
        if survey != sized::LARGE {
            assert!(Pdf::of(kept.printed(survey, Language::Vi, Paper::Slides, None)).pages().len() >= 3, "{survey}");
            assert!(docx_rs::read_docx(&kept.printed(survey, Language::Vi, Paper::Docx, None)).is_ok(), "{survey}");
        }
    }
}

#[test]
fn the_command_writes_every_format_and_says_why_it_does_not() {
    let at = |name: &str| SMALL.folder.path().join(name);
    let begins: [(&str, &[u8]); 8] = [
        ("pdf", b"%PDF-"),
        ("docx", b"PK"),
        ("slides", b"%PDF-"),
        ("xlsx", b"PK"),
        ("csv", b""),
        ("json", b"{"),
        ("parquet", b"PAR1"),
        ("json-stat", b"{"),
    ];
    for (format, begin) in begins {
        let out = at(&format!("written.{format}"));
        let done = SMALL.command(&[sized::LARGE, "--format", format, "--out", out.to_str().unwrap()]);
        assert!(done.status.success(), "{format}: {}", String::from_utf8_lossy(&done.stderr));
        let written = std::fs::read(&out).unwrap();
        assert!(written.starts_with(begin) && written.len() > 1_000, "{format}: {} bytes", written.len());
        assert!(String::from_utf8_lossy(&done.stderr).contains(&format!("{} bytes", written.len())), "it says what it wrote");
    }
    let out = at("none.pdf");
    let out = out.to_str().unwrap();
    for (arguments, code, why) in [
        (vec!["nowhere", "--out", out], 1, "nowhere"),
        (vec![sized::LARGE, "--unit", "Z9", "--out", out], 1, "unit Z9"),
        (vec![sized::LARGE, "--unit", "X0001", "--format", "csv", "--out", out], 1, "--unit goes with"),
        (vec![sized::LARGE, "--from", "2026-13-01", "--out", out], 1, "2026-11-21"),
        (vec![sized::LARGE, "--lang", "fr", "--out", out], 1, "--lang vi"),
        (vec![sized::LARGE, "--out", "/nowhere/at/all.pdf"], 1, "choose another file"),
        (vec![sized::LARGE], 2, "--out"),
        (vec![sized::LARGE, "--format", "odt", "--out", out], 2, "odt"),
    ] {
        let done = SMALL.command(&arguments);
        let said = String::from_utf8_lossy(&done.stderr).into_owned();
        assert_eq!((done.status.code(), said.contains(why)), (Some(code), true), "{arguments:?}: {said}");
        assert!(!std::path::Path::new(out).exists(), "{arguments:?} leaves no file");
    }
}
