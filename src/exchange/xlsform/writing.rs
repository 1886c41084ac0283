//! A questionnaire as an XLSForm: a workbook that other tools can use and that reads back to the same questionnaire.

use std::collections::{BTreeMap, BTreeSet};

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, XlsxError};

use crate::questionnaires::format::{Appearance, Choice, File, Question, QuestionRole, QuestionType, Scale, Section, Texts};
use crate::questionnaires::{self, Finding, piping};

use super::choices::attribute_header;
use super::{Problem, derived, expressions, languages, names, shown};

mod index;

/// Writes an XLSForm (`.xlsx`).
///
/// # Errors
/// What [`crate::questionnaires::check()`] finds, and texts that a cell of a spreadsheet cannot hold.
pub fn write(file: &File) -> Result<Vec<u8>, Vec<Problem>> {
    questionnaires::check(file).map_err(|findings| findings.into_iter().map(from_finding).collect::<Vec<_>>())?;
    let mut writer = Writer::new(file);
    writer.survey();
    let sheets = [
        ("survey", writer.survey),
        ("choices", writer.choices),
        ("settings", settings(file)),
        ("sipas", index::own(file)),
        ("sipas_index", index::tree(file)),
    ];
    let problems: Vec<Problem> = sheets.iter().flat_map(|(name, grid)| grid.unwritable(name)).collect();
    if !problems.is_empty() {
        return Err(problems);
    }
    workbook(&sheets).map_err(|e| vec![problem("", format!("the workbook cannot be written ({e})"), "report this as a fault")])
}

fn problem(sheet: &str, what: String, remedy: &str) -> Problem {
    Problem { sheet: sheet.to_owned(), row: None, column: None, what, remedy: remedy.to_owned() }
}

fn from_finding(finding: Finding) -> Problem {
    problem("", finding.message, &finding.hint)
}

fn workbook(sheets: &[(&str, Grid)]) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    // The same questionnaire gives the same bytes, whenever it is written.
    book.set_properties(&DocProperties::new().set_creation_datetime(&ExcelDateTime::from_ymd(2026, 1, 1)?));
    let head = Format::new().set_bold();
    for (name, grid) in sheets {
        if grid.rows.is_empty() && *name != "choices" {
            continue;
        }
        let sheet = book.add_worksheet().set_name(*name)?;
        sheet.set_freeze_panes(1, 0)?;
        for (column, (header, position)) in (0u16..).zip(grid.used()) {
            sheet.write_string_with_format(0, column, header, &head)?;
            sheet.set_column_width(column, if header.contains("::") { 40 } else { 18 })?;
            for (row, cells) in (1u32..).zip(&grid.rows) {
                if let Some(text) = cells.get(&position) {
                    sheet.write_string(row, column, text)?;
                }
            }
        }
    }
    book.save_to_buffer()
}

/// A sheet being filled: columns in a fixed order, those that stay empty left out.
#[derive(Default)]
pub(super) struct Grid {
    headers: Vec<String>,
    rows: Vec<BTreeMap<usize, String>>,
    /// How many columns stand there even when they are empty.
    always: usize,
}

impl Grid {
    fn new(headers: Vec<String>, always: usize) -> Self {
        Grid { headers, rows: Vec::new(), always }
    }

    fn row(&mut self) {
        self.rows.push(BTreeMap::new());
    }

    /// Writes into the last row.
    fn set(&mut self, header: &str, text: impl Into<String>) {
        let text = text.into();
        if let (Some(position), Some(row)) = (self.headers.iter().position(|h| h == header), self.rows.last_mut())
            && !text.is_empty()
        {
            row.insert(position, text);
        }
    }

    fn set_if<T: ToString>(&mut self, header: &str, value: Option<T>) {
        if let Some(value) = value {
            self.set(header, value.to_string());
        }
    }

    fn texts(&mut self, key: &str, texts: &BTreeMap<String, String>) {
        for (language, text) in texts {
            self.set(&column(key, language), text.as_str());
        }
    }

    fn used(&self) -> impl Iterator<Item = (&str, usize)> {
        let filled: BTreeSet<usize> = self.rows.iter().flat_map(|r| r.keys().copied()).collect();
        self.headers.iter().enumerate().filter(move |(n, _)| *n < self.always || filled.contains(n)).map(|(n, h)| (h.as_str(), n))
    }

    /// Texts that a cell cannot hold.
    fn unwritable(&self, sheet: &str) -> Vec<Problem> {
        const LONGEST: usize = 32_767;
        let bad = |c: char| (c.is_control() && c != '\n' && c != '\t') || matches!(c, '\u{FFFE}' | '\u{FFFF}');
        let texts = self.rows.iter().flat_map(|r| r.values());
        let open = |t: &str| t.rsplit_once("${").is_some_and(|(_, after)| !after.contains('}'));
        let refused = texts.filter(|t| t.chars().any(bad) || t.encode_utf16().count() > LONGEST || is_blank(t) || open(t));
        refused
            .map(|t| {
                let what = format!("the text {} is blank or too long, or has what such a form cannot hold", shown(t));
                problem(sheet, what, "write it without control characters and without ${ that does not end, in at most 32767 characters")
            })
            .collect()
    }
}

fn is_blank(text: &str) -> bool {
    text.trim().is_empty()
}

/// The head of a column of texts.
fn column(key: &str, language: &str) -> String {
    format!("{key}::{}", languages::title(language))
}

fn text_columns(file: &File, key: &str) -> Vec<String> {
    file.languages.iter().map(|l| column(key, &l.value)).collect()
}

fn settings(file: &File) -> Grid {
    let mut grid = Grid::new(["form_title", "form_id", "version", "default_language", "style"].map(str::to_owned).to_vec(), 5);
    let first = file.languages.first().map_or("", |l| l.value.as_str());
    grid.row();
    grid.set("form_title", file.title.value.get(first).map_or("", String::as_str));
    grid.set("form_id", file.code.value.as_str());
    grid.set("version", file.version.value.as_str());
    grid.set("default_language", languages::title(first));
    grid.set("style", "pages");
    grid
}

struct Writer<'a> {
    file: &'a File,
    survey: Grid,
    choices: Grid,
    /// Names of rows that are taken.
    names: BTreeSet<String>,
    /// Codes that cannot be names there → the names they get.
    renamed: BTreeMap<String, String>,
    lists: BTreeSet<String>,
    /// Shared scale → its list.
    scales: BTreeMap<&'a str, String>,
}

impl<'a> Writer<'a> {
    fn new(file: &'a File) -> Self {
        let text = |key: &str| text_columns(file, key);
        let one = |key: &str| vec![key.to_owned()];
        let survey = [
            [one("type"), one("name"), text("label")].concat(),
            [text("hint"), one("required"), one("relevant"), one("constraint"), text("constraint_message")].concat(),
            ["calculation", "choice_filter", "appearance", "parameters", "sipas_kind", "sipas_code", "sipas_appearance"]
                .map(str::to_owned)
                .to_vec(),
            ["sipas_shuffle", "sipas_min_selected", "sipas_max_selected", "sipas_min", "sipas_max"].map(str::to_owned).to_vec(),
            [one("sipas_decimals"), text("sipas_unit"), one("sipas_earliest"), one("sipas_latest"), one("sipas_max_length")].concat(),
            one("sipas_role"),
        ]
        .concat();
        let attributes: BTreeSet<String> = all_choices(file).flat_map(|c| c.attributes.keys()).map(|a| attribute_header(a)).collect();
        let choices = [
            ["list_name", "name"].map(str::to_owned).to_vec(),
            text("label"),
            attributes.into_iter().collect(),
            ["sipas_role", "sipas_scale", "sipas_blank"].map(str::to_owned).to_vec(),
        ]
        .concat();
        let labels = file.languages.len();
        let questions = file.sections.iter().flat_map(|s| &s.questions);
        let mut taken: BTreeSet<String> = BTreeSet::new();
        for q in questions {
            taken.insert(q.code.value.clone());
            taken.insert(format!("{}_other", q.code.value));
            taken.extend(q.items.iter().map(|i| i.code.value.clone()));
        }
        let renamed = match taken.contains(RESERVED) {
            true => BTreeMap::from([(RESERVED.to_owned(), unique(&mut taken, format!("{RESERVED}_")))]),
            false => BTreeMap::new(),
        };
        taken.insert(RESERVED.to_owned());
        Writer {
            file,
            renamed,
            survey: Grid::new(survey, 2 + labels),
            choices: Grid::new(choices, 2 + labels),
            names: taken,
            lists: BTreeSet::new(),
            scales: BTreeMap::new(),
        }
    }

    fn survey(&mut self) {
        for (name, scale) in &self.file.scales {
            let simple = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') && name != "or_other";
            let list = unique(&mut self.lists, if simple { name.clone() } else { names::code(name, '_') });
            self.scales.insert(name, list.clone());
            self.list(&list, scale, Some(name));
        }
        self.note("introduction", &self.file.introduction);
        for section in &self.file.sections {
            self.section(section);
        }
    }

    /// The name of a question's row; its code beside it when that is another.
    fn name(&mut self, code: &str) {
        match self.renamed.get(code) {
            Some(name) => {
                self.survey.set("name", name.as_str());
                self.survey.set("sipas_code", code);
            }
            None => self.survey.set("name", code),
        }
    }

    /// How a question is referred to there: by its name, without blanks around it.
    fn reference(&self, name: &str) -> Option<String> {
        Some(format!("${{{}}}", self.renamed.get(name).map_or(name, String::as_str)))
    }

    fn expression(&mut self, key: &str, source: Option<&str>) {
        let renamed = source.map(|s| expressions::rewrite(s, &|name| self.reference(name), &|_| None));
        self.survey.set_if(key, renamed);
    }

    fn texts(&mut self, key: &str, texts: &Texts) {
        let renamed = texts.value.iter().map(|(l, t)| (l.clone(), piping::rewrite(t, &|name| self.reference(name)))).collect();
        self.survey.texts(key, &renamed);
    }

    fn note(&mut self, kind: &str, texts: &Texts) {
        let name = unique(&mut self.names, kind.to_owned());
        self.survey.row();
        self.survey.set("type", "note");
        self.survey.set("name", name);
        self.survey.set("sipas_kind", kind);
        self.texts("label", texts);
    }

    fn section(&mut self, section: &Section) {
        let code = &section.code.value;
        let free = if self.names.contains(code) { format!("section_{code}") } else { code.clone() };
        let name = unique(&mut self.names, free);
        self.survey.row();
        self.survey.set("type", "begin_group");
        if name != *code {
            self.survey.set("sipas_code", code.as_str());
        }
        self.survey.set("name", name.as_str());
        self.texts("label", &section.title);
        self.survey.set("appearance", "field-list");
        self.expression("relevant", section.relevant.as_ref().map(|r| r.value.as_str()));
        self.survey.set_if("sipas_shuffle", section.shuffle.then_some("yes"));
        if let Some(note) = &section.note {
            self.note("section_note", note);
        }
        for question in &section.questions {
            self.question(question);
        }
        self.end(&name);
    }

    fn end(&mut self, name: &str) {
        self.survey.row();
        self.survey.set("type", "end_group");
        self.survey.set("name", name);
    }

    fn question(&mut self, q: &Question) {
        if q.kind == QuestionType::Matrix {
            self.matrix(q);
            return;
        }
        let list = self.list_of(q);
        let kind = match q.kind {
            QuestionType::Scale | QuestionType::Single | QuestionType::YesNo => format!("select_one {list}"),
            QuestionType::Multiple | QuestionType::Consent => format!("select_multiple {list}"),
            QuestionType::Ranking => format!("rank {list}"),
            QuestionType::Number if q.decimals.unwrap_or(0) == 0 => "integer".to_owned(),
            QuestionType::Number => "decimal".to_owned(),
            QuestionType::Text => "text".to_owned(),
            QuestionType::Date => "date".to_owned(),
            QuestionType::Hidden => "hidden".to_owned(),
            QuestionType::Calculate => "calculate".to_owned(),
            QuestionType::Note | QuestionType::Matrix => "note".to_owned(),
        };
        self.begin(&kind, q);
        self.survey.set_if("required", q.required.then_some("yes"));
        self.survey.set_if(
            "sipas_kind",
            match q.kind {
                QuestionType::Single => Some("single"),
                QuestionType::YesNo => Some("yes_no"),
                QuestionType::Consent => Some("consent"),
                _ => None,
            },
        );
        self.expression("calculation", q.calculation.as_ref().map(|c| c.value.as_str()));
        let filter = q.choice_filter.as_ref().map(|f| filter(&f.value));
        self.expression("choice_filter", filter.as_deref());
        self.survey.set_if(
            if takes_options(q.kind) { "parameters" } else { "sipas_shuffle" },
            q.shuffle.then_some(if takes_options(q.kind) { "randomize=true" } else { "yes" }),
        );
        self.survey.set_if("appearance", appearance(q));
        let own = !matches!(q.appearance, Appearance::Rows | Appearance::List);
        self.survey.set_if("sipas_appearance", own.then(|| word(q.appearance)));
        self.constraint(q);
        self.survey.set_if("sipas_min_selected", q.min_selected);
        self.survey.set_if("sipas_max_selected", q.max_selected);
        self.survey.set_if("sipas_min", q.min);
        self.survey.set_if("sipas_max", q.max);
        self.survey.set_if("sipas_decimals", q.decimals);
        self.survey.set_if("sipas_earliest", q.earliest.as_ref().map(|d| &d.value));
        self.survey.set_if("sipas_latest", q.latest.as_ref().map(|d| &d.value));
        self.survey.set_if("sipas_max_length", q.max_length);
        if let Some(unit) = &q.unit {
            self.texts("sipas_unit", unit);
        }
        self.specify(q);
    }

    /// A row with what every question has.
    fn begin(&mut self, kind: &str, q: &Question) {
        self.survey.row();
        self.survey.set("type", kind);
        self.name(&q.code.value);
        self.texts("label", &q.text);
        if let Some(hint) = &q.hint {
            self.texts("hint", hint);
        }
        self.expression("relevant", q.relevant.as_ref().map(|r| r.value.as_str()));
        self.survey.set_if("sipas_role", q.role.map(QuestionRole::as_str));
    }

    fn constraint(&mut self, q: &Question) {
        let shared = q.scale.as_ref().and_then(|s| self.file.scales.get(&s.value)).map_or(&[][..], |s| &s.options);
        let exclusive: Vec<String> = q.options.iter().chain(shared).filter(|c| c.exclusive).map(|c| c.code.value.clone()).collect();
        let limits = derived::limits(q, &exclusive);
        let own = q.constraint.as_ref().map(|c| c.value.as_str());
        self.expression("constraint", derived::joined(own, limits.as_deref()).as_deref());
        match &q.constraint_message {
            Some(message) => self.texts("constraint_message", message),
            None if limits.is_some() => {
                for language in &self.file.languages {
                    self.survey.set(&column("constraint_message", &language.value), derived::message(&language.value));
                }
            }
            None => {}
        }
    }

    /// The text question that an option with `specify` brings here, which other tools need as a row.
    fn specify(&mut self, q: &Question) {
        let shared = q.scale.as_ref().and_then(|s| self.file.scales.get(&s.value)).map_or(&[][..], |s| &s.options);
        if let Some(option) = q.options.iter().chain(shared).find(|c| c.specify) {
            self.survey.row();
            self.survey.set("type", "text");
            self.survey.set("name", format!("{}_other", q.code.value));
            self.texts("label", &option.text);
            self.expression("relevant", Some(&format!("selected(${{{}}}, '{}')", q.code.value, option.code.value)));
            self.survey.set("sipas_kind", "specify");
        }
    }

    fn matrix(&mut self, q: &Question) {
        let list = self.list_of(q);
        self.begin("begin_group", q);
        self.survey.set("sipas_kind", "matrix");
        self.survey.set("appearance", "table-list");
        self.survey.set_if("sipas_shuffle", q.shuffle.then_some("yes"));
        self.survey.set_if("sipas_appearance", (q.appearance != Appearance::Rows).then(|| word(q.appearance)));
        for item in &q.items {
            self.survey.row();
            self.survey.set("type", format!("select_one {list}"));
            self.name(&item.code.value);
            self.texts("label", &item.text);
            if let Some(hint) = &item.hint {
                self.texts("hint", hint);
            }
            self.expression("relevant", item.relevant.as_ref().map(|r| r.value.as_str()));
            self.survey.set_if("required", q.required.then_some("yes"));
        }
        self.end(&self.renamed.get(&q.code.value).unwrap_or(&q.code.value).clone());
    }

    /// The list a question chooses from, written when it is the question's own.
    fn list_of(&mut self, q: &Question) -> String {
        if let Some(list) = q.scale.as_ref().and_then(|s| self.scales.get(s.value.as_str())) {
            return list.clone();
        }
        if !takes_options(q.kind) && q.kind != QuestionType::Consent {
            return String::new();
        }
        let list = unique(&mut self.lists, q.code.value.clone());
        let implied: &[&str] = match q.kind {
            QuestionType::Consent => &["yes"],
            QuestionType::YesNo if q.options.is_empty() => &["yes", "no"],
            _ => &[],
        };
        for code in implied {
            self.choices.row();
            self.choices.set("list_name", list.as_str());
            self.choices.set("name", *code);
            self.choices.set("sipas_role", "implied");
            for language in &self.file.languages {
                let text = if q.kind == QuestionType::Consent { consent(&language.value) } else { yes_no(code, &language.value) };
                self.choices.set(&column("label", &language.value), text);
            }
        }
        let options = Scale { options: q.options.clone(), not_applicable: q.not_applicable.clone(), refused: q.refused.clone() };
        self.list(&list, &options, None);
        list
    }

    fn list(&mut self, list: &str, scale: &Scale, name: Option<&str>) {
        for option in &scale.options {
            self.option(list, option, None, name);
        }
        for (option, role) in scale.not_applicable.iter().map(|c| (c, "na")).chain(scale.refused.iter().map(|c| (c, "refused"))) {
            self.option(list, option, Some(role), name);
        }
    }

    fn option(&mut self, list: &str, choice: &Choice, role: Option<&str>, scale: Option<&str>) {
        let roles = [role, choice.specify.then_some("specify"), choice.exclusive.then_some("exclusive")];
        let blank: Vec<&str> = choice.attributes.iter().filter(|(_, v)| v.is_empty()).map(|(k, _)| k.as_str()).collect();
        self.choices.row();
        self.choices.set("list_name", list);
        self.choices.set("name", choice.code.value.as_str());
        let label = choice.text.value.iter().map(|(l, t)| (l.clone(), piping::rewrite(t, &|name| self.reference(name)))).collect();
        self.choices.texts("label", &label);
        for (key, value) in &choice.attributes {
            self.choices.set(&attribute_header(key), value.as_str());
        }
        self.choices.set("sipas_role", roles.into_iter().flatten().collect::<Vec<_>>().join(" "));
        self.choices.set_if("sipas_scale", scale);
        self.choices.set("sipas_blank", blank.join(" "));
    }
}

fn all_choices(file: &File) -> impl Iterator<Item = &Choice> {
    let scales = file.scales.values().flat_map(|s| &s.options);
    scales.chain(file.sections.iter().flat_map(|s| &s.questions).flat_map(|q| &q.options))
}

fn takes_options(kind: QuestionType) -> bool {
    matches!(kind, QuestionType::Scale | QuestionType::Single | QuestionType::Multiple | QuestionType::YesNo | QuestionType::Ranking)
}

/// What ODK calls the way options are shown.
fn appearance(q: &Question) -> Option<&'static str> {
    match (q.kind, q.appearance) {
        (QuestionType::Text, _) => q.long.then_some("multiline"),
        (_, Appearance::List) => Some("minimal"),
        (QuestionType::Scale, _) => Some("likert"),
        _ => None,
    }
}

fn word(appearance: Appearance) -> &'static str {
    match appearance {
        Appearance::Rows => "rows",
        Appearance::Plain => "plain",
        Appearance::Stars => "stars",
        Appearance::Numbers => "numbers",
        Appearance::List => "list",
    }
}

/// A filter whose attributes are named as their columns.
fn filter(source: &str) -> String {
    let change = |name: &str| Some(attribute_header(name)).filter(|header| name != "name" && names::is_attribute(name) && header != name);
    expressions::rewrite_words(source, &change)
}

/// What XForms call the place of their own data, which no question can be called.
const RESERVED: &str = "meta";

/// A name that nobody has yet.
fn unique(taken: &mut BTreeSet<String>, wanted: String) -> String {
    let mut name = wanted.clone();
    let mut number = 2;
    while !taken.insert(name.clone()) {
        name = format!("{wanted}_{number}");
        number += 1;
    }
    name
}

/// The words of a yes-no question that has no words of its own.
pub(super) fn yes_no(code: &str, language: &str) -> &'static str {
    match (code, language) {
        ("yes", "vi") => "Có",
        ("no", "vi") => "Không",
        ("yes", _) => "Yes",
        _ => "No",
    }
}

fn consent(language: &str) -> &'static str {
    match language {
        "vi" => "Tôi đồng ý",
        _ => "I agree",
    }
}
