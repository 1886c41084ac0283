//! `.xlsx`: an archive of XML. Before anything is parsed, every entry is unpacked once into nothing, counting what really comes out.

use std::io::{Cursor, Read};

use calamine::{DataRef, Reader, Xlsx};
use zip::ZipArchive;

use super::{Gathering, Limits, Unreadable, day, number};

pub(super) struct Book<'a> {
    xlsx: Xlsx<Cursor<&'a [u8]>>,
}

impl<'a> Book<'a> {
    pub(super) fn open(bytes: &'a [u8], limits: &Limits) -> Result<Self, Unreadable> {
        weigh(bytes, limits)?;
        let xlsx = Xlsx::new(Cursor::new(bytes)).map_err(Unreadable::damaged)?;
        Ok(Book { xlsx })
    }

    pub(super) fn sheets(&self) -> Vec<String> {
        self.xlsx.sheet_names()
    }

    pub(super) fn read(&mut self, name: &str, into: &mut Gathering) -> Result<(), Unreadable> {
        let from_1904 = self.xlsx.has_1904_epoch();
        let mut cells = self.xlsx.worksheet_cells_reader(name).map_err(Unreadable::damaged)?;
        while let Some(cell) = cells.next_cell_with_formula_metadata().map_err(Unreadable::damaged)? {
            let (row, column) = cell.pos;
            let formula = cell.formula.is_some();
            match cell.value {
                DataRef::Empty => into.take(row, column, "", formula)?,
                DataRef::Int(n) => into.take(row, column, &n.to_string(), formula)?,
                DataRef::Float(n) => into.take(row, column, &number(n), formula)?,
                DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => {
                    into.take(row, column, &text, formula)?
                }
                DataRef::SharedString(text) => into.take(row, column, text, formula)?,
                DataRef::Bool(truth) => into.take(row, column, if truth { "TRUE" } else { "FALSE" }, formula)?,
                DataRef::DateTime(moment) => into.take(row, column, &day(moment.as_f64(), from_1904), formula)?,
                // An error is a formula without a result, whoever stored it.
                DataRef::Error(_) => into.take(row, column, "", true)?,
            }
        }
        Ok(())
    }
}

/// Counts what really comes out of the archive, whatever its headers say, and looks for what has no place in a workbook.
fn weigh(bytes: &[u8], limits: &Limits) -> Result<(), Unreadable> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(Unreadable::damaged)?;
    if archive.len() > limits.entries {
        return Err(Unreadable::too_large(format!("the file is an archive of {} entries", archive.len()), limits.entries));
    }
    let mut total = 0u64;
    let mut workbook = false;
    for index in 0..archive.len() {
        let mut entry = match archive.by_index(index) {
            Ok(entry) => entry,
            Err(zip::result::ZipError::UnsupportedArchive(why)) if why.to_string().contains("assword") => return Err(locked()),
            Err(other) => return Err(Unreadable::damaged(other)),
        };
        let name = entry.name().map_err(Unreadable::damaged)?.into_owned();
        let lower = name.to_ascii_lowercase();
        if entry.enclosed_name().is_none()
            || name.contains(['\\', '\0', ':'])
            || name.starts_with('/')
            || name.split('/').any(|part| part == "..")
        {
            let shown: String = name.chars().take(80).collect();
            return Err(Unreadable::file(
                format!("the archive holds an entry named {shown:?}, which points outside of it"),
                "do not open this file; ask its sender for a form saved by a spreadsheet program",
            ));
        }
        workbook |= lower == "xl/workbook.xml";
        let own = match lower.rsplit('/').next().unwrap_or_default() {
            "sharedstrings.xml" => limits.shared_texts,
            // Read whole into memory by the parser, wherever the archive says they lie.
            "styles.xml" | "workbook.xml" | "theme1.xml" => limits.other_entry,
            _ if lower.starts_with("xl/worksheets/") => limits.unpacked,
            file if file.ends_with(".xml") || file.ends_with(".rels") => limits.other_entry,
            _ => u64::try_from(limits.bytes).unwrap_or(u64::MAX),
        };
        let xml = lower.ends_with(".xml") || lower.ends_with(".rels");
        total = total.saturating_add(unpack(&mut entry, &name, xml, own.min(limits.unpacked.saturating_sub(total)))?);
    }
    if !workbook {
        return Err(Unreadable::file("the file is an archive, but no .xlsx workbook", "save the form as .xlsx"));
    }
    Ok(())
}

fn locked() -> Unreadable {
    Unreadable::file("the workbook is protected by a password", "save it without a password")
}

/// Reads an entry to its end or to `most` bytes; gives its true size.
fn unpack(entry: &mut impl Read, name: &str, xml: bool, most: u64) -> Result<u64, Unreadable> {
    let mut buffer = vec![0u8; 64 * 1024];
    // The last bytes of the piece before, so that a declaration cut in two is seen.
    let mut tail: Vec<u8> = Vec::new();
    let mut size = 0u64;
    loop {
        let n = entry.read(&mut buffer).map_err(Unreadable::damaged)?;
        if n == 0 {
            return Ok(size);
        }
        size = size.saturating_add(u64::try_from(n).unwrap_or(u64::MAX));
        if size > most {
            return Err(Unreadable::too_large(
                format!("unpacked, {name} is larger than a form can be"),
                format!("{most} bytes for this part"),
            ));
        }
        if xml {
            tail.extend(buffer.iter().take(n));
            if declares(&tail) {
                return Err(Unreadable::file(
                    format!("{name} declares a document type, which spreadsheet programs never write and which can name other files"),
                    "do not open this file; ask its sender for a form saved by a spreadsheet program",
                ));
            }
            let keep = tail.len().saturating_sub(DECLARATION.len());
            tail.drain(..keep);
        }
    }
}

const DECLARATION: &[u8] = b"<!doctype";

/// Whether a document type is declared, in large letters or small.
fn declares(xml: &[u8]) -> bool {
    memchr::memmem::find_iter(xml, b"<!")
        .any(|at| xml.get(at..at + DECLARATION.len()).is_some_and(|start| start.eq_ignore_ascii_case(DECLARATION)))
}
