//! A sheet as a table: headers understood, rows looked up by the name of a column.

use super::super::workbook::{Sheet, letters};
use super::{At, Report, shown};

/// The head of a column.
#[derive(Debug, Clone)]
pub(super) struct Header {
    pub(super) column: u32,
    /// As written.
    pub(super) written: String,
    /// The one name that all spellings of this column mean.
    pub(super) key: String,
    /// The language it names.
    pub(super) language: Option<String>,
}

#[derive(Debug)]
pub(super) struct Row {
    pub(super) number: u32,
    /// Position of the header, text.
    values: Vec<(usize, String)>,
}

/// A sheet with its headers understood.
#[derive(Debug, Default)]
pub(super) struct Table {
    pub(super) name: String,
    pub(super) headers: Vec<Header>,
    pub(super) rows: Vec<Row>,
    pub(super) head: u32,
}

/// A row of a table.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line<'a> {
    pub(super) table: &'a Table,
    pub(super) row: &'a Row,
}

impl Table {
    /// `known` gives the one name of a spelling; a column whose name it does not know keeps what is written.
    pub(super) fn new(sheet: Sheet, known: fn(&str) -> Option<&'static str>, report: &mut Report) -> Table {
        let mut table = Table { name: sheet.name, ..Table::default() };
        let Some(head) = sheet.cells.first().map(|c| c.row) else { return table };
        table.head = head;
        for cell in sheet.cells {
            if cell.row == head {
                table.header(cell.column, &cell.text, known, report);
                continue;
            }
            let Some(position) = table.headers.iter().position(|h| h.column == cell.column) else {
                let at = At { sheet: table.name.clone(), row: Some(cell.row), column: Some((letters(cell.column), "no header".into())) };
                report.warn(
                    at,
                    format!("{} stands in a column without a header and is left out", shown(&cell.text)),
                    "give the column a header",
                );
                continue;
            };
            if table.rows.last().is_none_or(|r| r.number != cell.row) {
                table.rows.push(Row { number: cell.row, values: Vec::new() });
            }
            if cell.formula {
                let at = table.at(Some(cell.row), Some(position));
                if cell.text.is_empty() {
                    report.refuse(at, "the formula has no stored result, or an error", "write the text itself instead of a formula");
                    continue;
                }
                report.warn(
                    at,
                    format!("the cell has a formula; its stored result {} is taken", shown(&cell.text)),
                    "write the text itself if that is not what is meant",
                );
            }
            if let Some(row) = table.rows.last_mut() {
                row.values.push((position, cell.text));
            }
        }
        table
    }

    fn header(&mut self, column: u32, written: &str, known: fn(&str) -> Option<&'static str>, report: &mut Report) {
        let (key, language) = understood(written, known);
        let header = Header { column, written: written.trim().to_owned(), key, language };
        let same = |h: &Header| {
            h.key == header.key && h.language.as_ref().map(|l| l.to_lowercase()) == header.language.as_ref().map(|l| l.to_lowercase())
        };
        if let Some(twin) = self.headers.iter().find(|h| same(h)) {
            let at = At { sheet: self.name.clone(), row: Some(self.head), column: Some((letters(column), header.written.clone())) };
            report.refuse(
                at,
                format!("the column is there twice: {} stands in {} as well", shown(&twin.written), letters(twin.column)),
                "leave one of them",
            );
        }
        self.headers.push(header);
    }

    pub(super) fn lines(&self) -> impl Iterator<Item = Line<'_>> {
        self.rows.iter().map(|row| Line { table: self, row })
    }

    /// A place of this sheet.
    pub(super) fn at(&self, row: Option<u32>, header: Option<usize>) -> At {
        let column = header.and_then(|h| self.headers.get(h)).map(|h| (letters(h.column), h.written.clone()));
        At { sheet: self.name.clone(), row, column }
    }

    pub(super) fn has(&self, key: &str) -> bool {
        self.headers.iter().any(|h| h.key == key)
    }
}

impl<'a> Line<'a> {
    /// The text of a column that names no language, without white space around it; none when it is blank.
    pub(super) fn get(&self, key: &str) -> Option<&'a str> {
        self.exact(key).map(str::trim).filter(|t| !t.is_empty())
    }

    /// The same with the white space around it.
    pub(super) fn exact(&self, key: &str) -> Option<&'a str> {
        self.cells(key).find(|(h, _)| h.language.is_none()).map(|(_, text)| text)
    }

    /// All cells of a column in all its languages.
    pub(super) fn cells(&self, key: &str) -> impl Iterator<Item = (&'a Header, &'a str)> {
        let (key, table) = (key.to_owned(), self.table);
        self.row.values.iter().filter_map(move |(h, text)| table.headers.get(*h).filter(|h| h.key == key).map(|h| (h, text.as_str())))
    }

    /// Every cell of the row.
    pub(super) fn all(&self) -> impl Iterator<Item = (&'a Header, &'a str)> {
        let table = self.table;
        self.row.values.iter().filter_map(move |(h, text)| table.headers.get(*h).map(|h| (h, text.as_str())))
    }

    /// The place of a column in this row; of the row when there is no such column.
    pub(super) fn at(&self, key: &str) -> At {
        let filled = self.cells(key).next().map(|(h, _)| h.column);
        let header = self.table.headers.iter().position(|h| h.key == key && filled.is_none_or(|c| c == h.column));
        self.table.at(Some(self.row.number), header)
    }

    /// The place of a cell in this row.
    pub(super) fn at_header(&self, header: &Header) -> At {
        At { sheet: self.table.name.clone(), row: Some(self.row.number), column: Some((letters(header.column), header.written.clone())) }
    }
}

/// Splits a header such as `label::Tiếng Việt (vi)`, `label:English` or `bind:jr:constraintMsg`.
fn understood(written: &str, known: fn(&str) -> Option<&'static str>) -> (String, Option<String>) {
    let written = written.trim();
    let mut rest = written;
    for prefix in ["bind", "control", "media"] {
        if let Some((first, after)) = rest.split_once(':')
            && first.trim().eq_ignore_ascii_case(prefix)
        {
            rest = after.trim_start_matches(':').trim();
            break;
        }
    }
    let whole = spelled(rest);
    if let Some(key) = known(&whole) {
        return (key.to_owned(), None);
    }
    // `jr:` is part of a name.
    let (jr, tail) = match rest.get(..3) {
        Some(start) if start.eq_ignore_ascii_case("jr:") => ("jr:", rest.get(3..).unwrap_or_default()),
        _ => ("", rest),
    };
    let parts = tail.split_once("::").or_else(|| tail.split_once(':'));
    if let Some((base, language)) = parts
        && let Some(key) = known(&format!("{jr}{}", spelled(base)))
    {
        let language = language.trim();
        return (key.to_owned(), Some(language.to_owned()).filter(|l| !l.is_empty() && !l.eq_ignore_ascii_case("default")));
    }
    (written.to_owned(), None)
}

/// Small letters, one underscore for white space.
fn spelled(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join("_").to_lowercase()
}

/// The columns of `survey`.
pub(super) fn survey_column(name: &str) -> Option<&'static str> {
    const KNOWN: &[&str] = &[
        "type",
        "name",
        "label",
        "hint",
        "guidance_hint",
        "required",
        "required_message",
        "relevant",
        "constraint",
        "constraint_message",
        "calculation",
        "choice_filter",
        "appearance",
        "default",
        "read_only",
        "parameters",
        "repeat_count",
        "image",
        "big-image",
        "audio",
        "video",
        "autoplay",
        "rows",
        "trigger",
        "disabled",
        "sipas_kind",
        "sipas_code",
        "sipas_appearance",
        "sipas_shuffle",
        "sipas_min_selected",
        "sipas_max_selected",
        "sipas_min",
        "sipas_max",
        "sipas_decimals",
        "sipas_unit",
        "sipas_earliest",
        "sipas_latest",
        "sipas_max_length",
        "sipas_role",
    ];
    const ALIASES: &[(&str, &str)] = &[
        ("caption", "label"),
        ("command", "type"),
        ("tag", "name"),
        ("value", "name"),
        ("relevance", "relevant"),
        ("readonly", "read_only"),
        ("calculate", "calculation"),
        ("constraining_message", "constraint_message"),
        ("jr:constraintmsg", "constraint_message"),
        ("requiredmsg", "required_message"),
        ("jr:requiredmsg", "required_message"),
        ("count", "repeat_count"),
        ("jr:count", "repeat_count"),
    ];
    find(name, KNOWN, ALIASES)
}

/// The columns of `choices`; others are attributes of the options.
pub(super) fn choices_column(name: &str) -> Option<&'static str> {
    const KNOWN: &[&str] =
        &["list_name", "name", "label", "image", "big-image", "audio", "video", "sipas_role", "sipas_scale", "sipas_blank"];
    find(name, KNOWN, &[("caption", "label"), ("value", "name")])
}

/// The columns of `settings` and of our own sheets.
pub(super) fn settings_column(name: &str) -> Option<&'static str> {
    const KNOWN: &[&str] =
        &["form_title", "form_id", "version", "default_language", "style", "key", "value", "text", "level", "code", "from", "label"];
    find(name, KNOWN, &[("set_form_title", "form_title"), ("set_form_id", "form_id"), ("title", "form_title"), ("id_string", "form_id")])
}

fn find(name: &str, known: &[&'static str], aliases: &[(&str, &'static str)]) -> Option<&'static str> {
    known.iter().find(|k| **k == name).copied().or_else(|| aliases.iter().find(|(a, _)| *a == name).map(|(_, k)| *k))
}
